//! The call that opens a pull request: exact, with a title and a body that says what was done and what shows it. Foreign words in it stay
//! words: one line each, between quotes of the shell.

use wfo_base::text::{clip, one_line, quoted, shell_word};
use wfo_todo::TaskStatus;
use wfo_todo::feedback::Provider;
use wfo_todo::phase::Fact;
use wfo_todo::phase::facts::{Report, State, Verdict};

use super::{Scope, Workflow};

/// The most tasks that a body names.
const TASKS: usize = 20;
/// The most characters of a task.
const TASK: usize = 120;

/// A pull request that is to be opened.
pub(super) struct Offer<'a> {
    pub(super) head: &'a str,
    pub(super) base: &'a str,
    pub(super) title: &'a str,
    /// Its lines.
    pub(super) body: &'a [String],
}

impl Offer<'_> {
    /// Returns the host's command; both where the host is not known.
    pub(super) fn commands(&self, url: Option<&str>) -> Vec<String> {
        // A backtick would end the code span that the command is shown in, and mean something to the shell of somebody in a hurry.
        let word = |text: &str| shell_word(&one_line(text).replace('`', "'"));
        let (head, base, title) = (word(self.head), word(self.base), word(self.title));
        let lines: Vec<String> = self.body.iter().map(|line| word(line)).collect();
        let lines = lines.join(" ");
        let create = format!("gh pr create --base {base} --head {head} --title {title} --body-file -");
        let github = format!("`printf '%s\\n' {lines} | {create}`");
        let create = format!("az repos pr create --source-branch {head} --target-branch {base} --title {title}");
        let azure = format!("`{create} --description {lines}`");
        match url.and_then(Provider::of_remote) {
            Some(Provider::GitHub) => vec![github],
            Some(Provider::Azure) => vec![azure],
            None => vec![github, format!("at Azure DevOps: {azure}")],
        }
    }
}

/// Says what was done and what shows it: title, path, tasks, evidence.
pub(super) fn body(workflow: &Workflow, scope: &Scope) -> Vec<String> {
    let facts = &scope.facts;
    let mut lines = vec!["## What".to_owned(), String::new(), quoted(&workflow.said.title)];
    if let Some(commits) = facts.commits.known() {
        let path = match scope.path.path {
            wfo_todo::phase::Path::Tiny => "tiny",
            wfo_todo::phase::Path::Normal => "normal",
            wfo_todo::phase::Path::Risky => "risky: look twice",
        };
        lines.push(format!("Commits: {}. Path: {path}.", commits.all));
    }
    let done: Vec<_> = workflow.said.tasks.iter().filter(|task| task.status == TaskStatus::Completed).collect();
    if !done.is_empty() {
        let all = workflow.said.tasks.iter().filter(|task| task.status != TaskStatus::Cancelled).count();
        lines.extend([String::new(), format!("## Tasks done ({} of {all})", done.len()), String::new()]);
        lines.extend(done.iter().take(TASKS).map(|task| {
            let id = task.id.as_deref().map(|id| format!("{}: ", quoted(id))).unwrap_or_default();
            format!("- {id}{}", clip(&quoted(&task.description), TASK))
        }));
        let more = done.len().saturating_sub(TASKS);
        lines.extend((more > 0).then(|| format!("- and {more} more")));
    }
    lines.extend([String::new(), "## Evidence".to_owned(), String::new()]);
    lines.push(format!(
        "- tests: {}",
        said(&facts.tests, |passed| if *passed { "passed" } else { "failed" }.to_owned())
    ));
    lines.push(format!("- coverage: {}", said(&facts.coverage, |part| format!("{}.{:02} %", part / 100, part % 100))));
    lines.extend(facts.gates.iter().filter(|(name, _)| *name != "schema" || facts.touches_schema).map(
        |(name, gate)| {
            let word = |verdict: &Verdict| match verdict {
                Verdict::Pass => "passed".to_owned(),
                Verdict::Fail => "failed".to_owned(),
                Verdict::Unknown => "undecided".to_owned(),
            };
            format!("- gate {name}: {}", said(gate, word))
        },
    ));
    lines.extend(scope.version.as_deref().map(|version| format!("- version: {}", quoted(version))));
    lines
}

/// Words what a report said; what is not about this very content is told as that.
fn said<T>(fact: &Fact<Report<T>>, word: impl Fn(&T) -> String) -> String {
    match fact.known() {
        Some(Report { state: State::Fresh, said: Some(said) }) => word(said),
        Some(Report { state: State::Stale, said: Some(said) }) => format!("{}, for older content", word(said)),
        _ => "not known".to_owned(),
    }
}
