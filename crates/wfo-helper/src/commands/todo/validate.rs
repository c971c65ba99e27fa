//! `todo validate`: every broken rule with its line.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Exit, Problem};
use wfo_day::todo::{Judged, validate};

use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::render::{Paint, and_more, count, cut};

/// Check TODO files against their rules, and whether planning, specification and plan fit together
///
/// Exit 10 for broken rules (each a diagnostic with its line), 20 for a file that cannot be read.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

/// The verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// pass, fail, or unknown when a file cannot be read.
    verdict: &'static str,
    /// Each file.
    files: Vec<FileView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    files_more: Option<usize>,
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
struct FileView {
    /// The TODO file.
    file: String,
    /// pass, fail, or unknown when it cannot be read.
    verdict: &'static str,
    /// How many rules it breaks; they are the diagnostics.
    faults: usize,
}

fn verdict(unreadable: bool, faults: bool) -> &'static str {
    match (unreadable, faults) {
        (true, _) => "unknown",
        (false, true) => "fail",
        (false, false) => "pass",
    }
}

impl From<&Judged> for FileView {
    fn from(judged: &Judged) -> Self {
        Self {
            file: judged.file.clone(),
            verdict: verdict(judged.unreadable, !judged.faults.is_empty()),
            faults: judged.faults.len(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let line = |file: &FileView| {
            let word = match file.verdict {
                "pass" => paint.green("pass"),
                other => paint.red(other),
            };
            let faults = if file.faults == 0 { String::new() } else { format!("  {}", count(file.faults, "fault")) };
            format!("{word}  {}{faults}\n", file.file)
        };
        self.files.iter().map(line).collect::<String>() + &and_more(self.files_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.files, &mut self.files_more, limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let judged = validate(call.site, args.which.word(), notes)?;
    let unreadable = judged.iter().any(|one| one.unreadable);
    let faults = judged.iter().any(|one| !one.faults.is_empty());
    let view = Shown {
        verdict: verdict(unreadable, faults),
        files: judged.iter().map(FileView::from).collect(),
        files_more: None,
    };
    notes.extend(judged.into_iter().flat_map(|one| one.faults).map(Problem::warning));
    let exit = match (unreadable, faults) {
        (true, _) => Exit::Wrong,
        (false, true) => Exit::No,
        (false, false) => Exit::Done,
    };
    Ok(Answer::new("wfo.todo-validate/1", view).exit(exit).into())
}
