//! `todo show`: one TODO with its front matter and its tasks.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::todo::show;

use super::views::{TaskView, clean};
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::render::{Paint, Table, and_more, cut};

/// Show one TODO: what its front matter says, and its tasks
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its slug, its stamp and slug, or its file name; also an archived one
    #[arg(value_name = "ID", conflicts_with = "todo")]
    id: Option<String>,
    #[command(flatten)]
    which: Which,
}

/// One workflow.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Its TODO file.
    file: String,
    /// Whether it lies in ARCHIVED/.
    archived: bool,
    /// feature, release or hotfix; null when the file does not say.
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    /// Its slug.
    slug: String,
    /// Its title.
    title: String,
    /// Recorded phase, 0-6; null when it cannot be read.
    phase: Option<u8>,
    /// Recorded step.
    step: Option<String>,
    /// Recorded status.
    status: Option<String>,
    /// The front matter as values; null when it is of a kind that no edit would be safe in.
    front_matter: Value,
    /// The tasks in the order of the file.
    tasks: Vec<TaskView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks_more: Option<usize>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let step = self.step.as_deref().unwrap_or("?");
        let status = self.status.as_deref().unwrap_or("no status");
        let mut out = format!("{}  {}\n{}: step {step}, {status}\n", paint.bold(&self.slug), self.title, self.file);
        let mut table = Table::new();
        for task in &self.tasks {
            let status = match task.status {
                "completed" => paint.green(task.status),
                "blocked" => paint.red(task.status),
                "in_progress" => paint.yellow(task.status),
                other => other.to_owned(),
            };
            let waits = if task.depends_on.is_empty() { String::new() } else { format!(" (after {})", task.depends_on.join(", ")) };
            table.row([task.id.clone().unwrap_or_default(), status, format!("{}{waits}", task.description)]);
        }
        out += &table.lines(1);
        out + &and_more(self.tasks_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.tasks, &mut self.tasks_more, limit);
        // The tasks stand in the front matter as well.
        if self.tasks_more.is_some()
            && let Some(map) = self.front_matter.as_object_mut()
        {
            map.remove("tasks");
        }
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let found = show(call.site, args.id.as_deref().or(args.which.word()), notes)?;
    let one = &found.workflow;
    let view = Shown {
        file: one.file.clone(),
        archived: found.archived,
        kind: one.kind.map(wfo_todo::Kind::as_str),
        slug: clean(&one.slug),
        title: clean(&one.title),
        phase: one.phase,
        step: one.step.as_deref().map(clean),
        status: one.status.as_deref().map(clean),
        tasks: one.tasks.iter().map(TaskView::from).collect(),
        tasks_more: None,
        front_matter: harmless(found.front),
    };
    Ok(Answer::new("wfo.todo-show/1", view).into())
}

/// Takes what nobody sees, or turns text around, out of every text; lines and blanks stay.
fn harmless(value: Value) -> Value {
    match value {
        Value::String(words) => Value::String(words.split('\n').map(visible).collect::<Vec<_>>().join("\n")),
        Value::Array(list) => list.into_iter().map(harmless).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (clean(&key), harmless(value))).collect(),
        other => other,
    }
}

fn visible(line: &str) -> String {
    let plain = text::one_line(line);
    let letters = |words: &str| words.split_whitespace().collect::<String>();
    if letters(&plain) == letters(line) { line.to_owned() } else { plain.into_owned() }
}
