//! `cost import`: transcripts into the index, the repository's part into its ledger.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd};
use wfo_day::cost::{Accounts, import};

use super::super::Outcome;
use super::KeptView;
use crate::answer::{Answer, View};
use crate::render::cost::dollars;
use crate::render::{Paint, count};

/// Read what Claude Code's transcripts tell, count each response once, and keep this repository's ledger
///
/// Only bytes that were not read yet cost time. The ledger is `costs/ledger.jsonl`; daily, monthly and by-feature files are
/// derived from it. Files that an older tool left there become ledger rows first and are kept as `.bak`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only files changed since this day, and only responses from it on
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<String>,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something may have been written.
    applied: bool,
    /// Transcripts that are there, of all projects.
    files: usize,
    /// Responses that count, of all projects and times.
    responses: usize,
    /// Of these, how many are new.
    new: usize,
    /// Lines of transcripts that could not be read.
    skipped_lines: u64,
    /// What all responses cost; null when no price is known for any.
    #[schemars(with = "Option<f64>")]
    total_usd: Option<Usd>,
    /// What became of this repository's ledger; absent outside a repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<KeptView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let new = format!("{} new of {}", self.new, count(self.responses, "response"));
        let files = count(self.files, "transcript");
        let mut out = format!("{} in {files}, {} in all\n", paint.bold(&new), dollars(self.total_usd));
        if let Some(ledger) = &self.ledger {
            out += &ledger.text(paint, self.applied);
        }
        out
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let since = args.since.as_deref().map(super::period::parse_day).transpose()?;
    let done = import(accounts, since, notes)?;
    let view = Shown {
        applied: !accounts.dry_run,
        files: done.files,
        responses: done.responses,
        new: done.new,
        skipped_lines: done.skipped_lines,
        total_usd: done.total,
        ledger: done.kept.as_ref().map(KeptView::new),
    };
    Ok(Answer::new("wfo.cost-import/1", view).into())
}
