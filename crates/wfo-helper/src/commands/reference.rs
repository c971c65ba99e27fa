//! `ref [TOPIC]`: the reference pages, compiled in, so that an agent may read them without a file permission.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Problem, codes};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<Ref>("ref")];

/// A topic and its page.
type Topic = (&'static str, &'static str);

/// Every page below `reference/`, by its name. A new page is one line here.
const PAGES: &[Topic] = &[
    ("cli", include_str!("../../../../reference/cli.md")),
    ("config", include_str!("../../../../reference/config.md")),
    ("context", include_str!("../../../../reference/context.md")),
    ("costs", include_str!("../../../../reference/costs.md")),
    ("database", include_str!("../../../../reference/database.md")),
    ("dirs", include_str!("../../../../reference/dirs.md")),
    ("doctor", include_str!("../../../../reference/doctor.md")),
    ("end-day", include_str!("../../../../reference/end-day.md")),
    ("errors", include_str!("../../../../reference/errors.md")),
    ("gates", include_str!("../../../../reference/gates.md")),
    ("hooks", include_str!("../../../../reference/hooks.md")),
    ("init", include_str!("../../../../reference/init.md")),
    ("next", include_str!("../../../../reference/next.md")),
    ("performance", include_str!("../../../../reference/performance.md")),
    ("planning", include_str!("../../../../reference/planning.md")),
    ("pr", include_str!("../../../../reference/pr.md")),
    ("release", include_str!("../../../../reference/release.md")),
    ("scan", include_str!("../../../../reference/scan.md")),
    ("setup", include_str!("../../../../reference/setup.md")),
    ("stack", include_str!("../../../../reference/stack.md")),
    ("start-day", include_str!("../../../../reference/start-day.md")),
    ("tables", include_str!("../../../../reference/tables.md")),
    ("todo", include_str!("../../../../reference/todo.md")),
    ("trust", include_str!("../../../../reference/trust.md")),
    ("worktree", include_str!("../../../../reference/worktree.md")),
];

/// Show a reference page, or list the topics
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The page, such as start-day
    topic: Option<String>,
}

/// One page, or the list of pages.
#[derive(Debug, Serialize, JsonSchema)]
struct Ref {
    /// The page that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'static str>,
    /// The page itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'static str>,
    /// The pages there are, when none was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    topics: Vec<TopicView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    topics_more: Option<usize>,
}

/// One page of the list.
#[derive(Debug, Serialize, JsonSchema)]
struct TopicView {
    /// What `ref` takes.
    topic: &'static str,
    /// When to open it.
    about: &'static str,
}

impl View for Ref {
    fn text(&self, _: Paint) -> String {
        if let Some(markdown) = self.markdown {
            return markdown.to_owned();
        }
        let mut table = Table::new();
        for topic in &self.topics {
            table.row([topic.topic, topic.about]);
        }
        table.lines(0) + &and_more(self.topics_more.unwrap_or(0))
    }

    fn markdown(&self) -> Result<String, Problem> {
        Ok(match self.markdown {
            Some(page) => page.to_owned(),
            None => {
                let topics = self.topics.iter().map(|topic| format!("- `{}`: {}\n", topic.topic, topic.about));
                topics.collect::<String>() + &and_more(self.topics_more.unwrap_or(0))
            }
        })
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.topics, &mut self.topics_more, limit);
    }
}

pub(super) fn run(args: Args, _: &Context) -> Result<Outcome, Problem> {
    let Some(name) = args.topic else {
        let topics = PAGES.iter().map(|(topic, page)| TopicView { topic, about: about(page) }).collect();
        return Ok(Answer::new("wfo.ref/1", Ref { topic: None, markdown: None, topics, topics_more: None }).into());
    };
    let wanted = name.trim_end_matches(".md");
    let (topic, page) = PAGES.iter().find(|(topic, _)| *topic == wanted).ok_or_else(|| {
        let topics: Vec<_> = PAGES.iter().map(|(topic, _)| *topic).collect();
        Problem::new(codes::REF_UNKNOWN, format!("there is no reference page `{name}`"))
            .hint(format!("the pages are: {}", topics.join(", ")))
    })?;
    let view = Ref { topic: Some(topic), markdown: Some(page), topics: Vec::new(), topics_more: None };
    Ok(Answer::new("wfo.ref/1", view).into())
}

/// Returns the line below a page's heading, which says when to open it.
fn about(page: &'static str) -> &'static str {
    page.lines().find(|line| !line.is_empty() && !line.starts_with(['#', '<'])).unwrap_or_default()
}
