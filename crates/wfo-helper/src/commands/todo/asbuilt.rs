//! `todo asbuilt`: what was measured, as sections of the planning documents, and where it deviates from what was planned.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd, text};
use wfo_day::todo::{AsBuilt, Written, as_built};
use wfo_todo::as_built::Deviation;
use wfo_todo::phase::Fact;

use super::views::clean;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::{Paint, and_more, cut};

/// Write what was really built into the planning documents, as sections `## As-Built`
///
/// Commits, files, days, cost, coverage, tasks and estimates are measured, never taken from the record; what cannot be told is null,
/// with the reason. Running it again replaces its own sections and nothing else.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The workflow: its slug, or its stamp and slug, also an archived one
    slug: String,
}

/// What was measured and written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// The slug.
    slug: String,
    /// Documents that changed, or would.
    written: Vec<String>,
    /// What was measured.
    facts: FactsView,
    /// Where planned, specified and built differ.
    deviations: Vec<DeviationView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    deviations_more: Option<usize>,
    /// The commit that would keep the documents; null when none changed.
    commit: Option<CommitView>,
    /// That of documents which lie in another checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_commit: Option<CommitView>,
}

/// What was measured; null = not known, for the reason in `unknown`.
#[derive(Debug, Serialize, JsonSchema)]
struct FactsView {
    /// branch, merge or squash: where the commits are known from.
    from: Option<&'static str>,
    /// Commits that change more than documents.
    commits: Option<u64>,
    /// The commit before the first, and the last, as `FROM..TO`.
    range: Option<String>,
    /// Day of the first commit.
    first: Option<String>,
    /// Day of the last commit.
    last: Option<String>,
    /// Days from the first to the last, both counted.
    days: Option<u64>,
    /// Files that changed, without documents about the work.
    files: Option<u64>,
    /// Lines added.
    additions: Option<u64>,
    /// Lines removed.
    deletions: Option<u64>,
    /// Dollars.
    #[schemars(with = "Option<f64>")]
    cost_usd: Option<Usd>,
    /// Percent of lines.
    coverage: Option<f64>,
    /// Whether that is of the present content.
    coverage_fresh: Option<bool>,
    /// Tasks of plan.md.
    tasks_planned: Option<u64>,
    /// Tasks of the TODO that are completed.
    tasks_done: Option<u64>,
    /// All tasks of the TODO.
    tasks_all: Option<u64>,
    /// What was estimated.
    estimates: Vec<EstimateView>,
    /// Why a figure is not known.
    unknown: Vec<UnknownView>,
}

/// What a document estimates.
#[derive(Debug, Serialize, JsonSchema)]
struct EstimateView {
    /// The document.
    document: &'static str,
    /// As it stands there.
    text: String,
}

/// Why a figure is not known.
#[derive(Debug, Serialize, JsonSchema)]
struct UnknownView {
    /// The field.
    fact: &'static str,
    /// The reason.
    why: String,
}

/// A difference.
#[derive(Debug, Serialize, JsonSchema)]
struct DeviationView {
    /// task-open, task-added, criterion-open, file-unplanned, file-untouched or technology.
    kind: &'static str,
    /// What the planning says.
    #[serde(skip_serializing_if = "Option::is_none")]
    planned: Option<String>,
    /// What specification and plan say.
    #[serde(skip_serializing_if = "Option::is_none")]
    specified: Option<String>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    built: Option<String>,
    /// In words.
    text: String,
}

/// A commit that is not made yet.
#[derive(Debug, Serialize, JsonSchema)]
struct CommitView {
    /// Exactly these files.
    paths: Vec<String>,
    /// The message.
    message: String,
    /// The checkout that holds them.
    checkout: String,
}

impl From<&Deviation> for DeviationView {
    fn from(one: &Deviation) -> Self {
        let line = |words: &Option<String>| words.as_deref().map(clean);
        Self {
            kind: one.kind,
            planned: line(&one.planned),
            specified: line(&one.specified),
            built: line(&one.built),
            text: clean(&one.text),
        }
    }
}

/// Takes a fact; a reason why it is not known joins the list.
fn known<'a, T>(fact: &'a Fact<T>, name: &'static str, unknown: &mut Vec<UnknownView>) -> Option<&'a T> {
    match fact {
        Fact::Known(value) => Some(value),
        Fact::Unknown(why) => {
            unknown.push(UnknownView { fact: name, why: clean(why) });
            None
        }
    }
}

impl From<&AsBuilt> for FactsView {
    fn from(built: &AsBuilt) -> Self {
        let mut unknown = Vec::new();
        let of = &built.measured;
        let commits = known(&of.commits, "commits", &mut unknown).copied();
        let range = of.range.known().map(|(from, to)| format!("{from}..{to}"));
        let days = known(&of.days, "days", &mut unknown).copied();
        let files = known(&of.files, "files", &mut unknown).copied();
        let cost_usd = known(&built.cost, "cost_usd", &mut unknown).copied();
        let coverage = known(&of.coverage, "coverage", &mut unknown).copied();
        let percent = |hundredths: u64| f64::from(u32::try_from(hundredths).unwrap_or(u32::MAX)) / 100.0;
        Self {
            from: built.from,
            commits,
            range,
            first: of.dates.known().map(|(first, _)| first.clone()),
            last: of.dates.known().map(|(_, last)| last.clone()),
            days,
            files: files.map(|(files, ..)| files),
            additions: files.map(|(_, added, _)| added),
            deletions: files.map(|(.., removed)| removed),
            cost_usd,
            coverage: coverage.map(|(share, _)| percent(share)),
            coverage_fresh: coverage.map(|(_, fresh)| fresh),
            tasks_planned: known(&of.planned, "tasks_planned", &mut unknown).copied(),
            tasks_done: of.tasks.known().map(|(done, _)| *done),
            tasks_all: of.tasks.known().map(|(_, all)| *all),
            estimates: of
                .estimates
                .iter()
                .map(|(document, said)| EstimateView { document, text: clean(said) })
                .collect(),
            unknown,
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("written") } else { paint.dim("would write") };
        let mut out = match self.written.as_slice() {
            [] => "every section is up to date\n".to_owned(),
            files => format!("{word}: {}\n", files.join(", ")),
        };
        let number = |value: Option<u64>| value.map_or_else(|| "not known".to_owned(), |value| value.to_string());
        let facts = &self.facts;
        let cost = facts.cost_usd.map_or_else(|| "not known".to_owned(), |usd| usd.cents());
        out += &format!(
            "commits {}, days {}, files {}, cost {cost}, tasks done {}\n",
            number(facts.commits),
            number(facts.days),
            number(facts.files),
            number(facts.tasks_done),
        );
        for one in &facts.unknown {
            out += &format!("  {} not known: {}\n", one.fact, one.why);
        }
        for one in &self.deviations {
            out += &format!("- {}\n", one.text);
        }
        out + &and_more(self.deviations_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.deviations, &mut self.deviations_more, limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let built = as_built(call.site, Some(&args.slug), notes)?;
    let place = call.site.place();
    let commit = |group: &Written| CommitView {
        paths: group.files.clone(),
        message: clean(&built.message),
        checkout: place.shown(&group.checkout),
    };
    let mut commits = built.written.iter().map(commit);
    let view = Shown {
        applied: !call.dry_run() && !built.written.is_empty(),
        slug: clean(&built.slug),
        written: built.written.iter().flat_map(|group| group.files.clone()).collect(),
        facts: FactsView::from(&built),
        deviations: built.deviations.iter().map(DeviationView::from).collect(),
        deviations_more: None,
        commit: commits.next(),
        second_commit: commits.next(),
    };
    let next: Vec<String> = match view.applied {
        true => built.written.iter().map(|group| next(&built, group)).collect(),
        false => Vec::new(),
    };
    Ok(Answer::new("wfo.todo-asbuilt/1", view).next(next).into())
}

/// Returns the command that commits the documents of one checkout.
fn next(built: &AsBuilt, group: &Written) -> String {
    let (slug, message) = (text::shell_word(&built.slug), text::shell_word(&built.message));
    let place = if group.in_main { "" } else { " --worktree" };
    format!("wfo-helper todo commit --todo {slug}{place} --message {message}")
}
