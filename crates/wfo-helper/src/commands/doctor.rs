//! `doctor`: looks whether installation, settings and wfo's own files are as they should be; see `wfo_day::doctor`.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Exit, Problem, text};
use wfo_day::Place;
use wfo_day::doctor::{Check, Doctor, Verdict, doctor};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::{Paint, Table, and_more, count, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<DoctorView>("doctor")];

/// Check the installation, the permissions, the hooks and wfo's own files
///
/// Changes nothing. Exit 10 when a check fails, 11 when none fails and one could not be made.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// What was looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct DoctorView {
    /// pass, fail, or unknown when nothing fails and something could not be looked at.
    verdict: &'static str,
    /// Each check, in a fixed order.
    checks: Vec<CheckView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks_more: Option<usize>,
    /// How many fail and how many are unknown, those that were cut included.
    #[serde(skip)]
    numbers: (usize, usize),
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckView {
    /// Its name; stable.
    name: &'static str,
    /// pass, fail or unknown.
    verdict: &'static str,
    /// What was found.
    detail: String,
    /// The next command or edit; beside a pass it is advice.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        Self {
            name: check.name,
            verdict: check.verdict.word(),
            detail: check.detail,
            fix: check.fix.map(|fix| text::one_line(&fix).into_owned()),
        }
    }
}

impl View for DoctorView {
    fn text(&self, paint: Paint) -> String {
        let coloured = |verdict: &str| match verdict {
            "pass" => paint.green(verdict),
            "fail" => paint.red(verdict),
            _ => paint.yellow(verdict),
        };
        let mut table = Table::new();
        for check in &self.checks {
            table.row([coloured(check.verdict), check.name.to_owned(), check.detail.clone()]);
            if let Some(fix) = &check.fix {
                let word = if check.verdict == "pass" { "advice" } else { "fix" };
                table.row([String::new(), String::new(), paint.dim(&format!("{word}: {fix}"))]);
            }
        }
        let more = self.checks_more.unwrap_or(0);
        format!(
            "{}{}{}: {}, {} failed, {} unknown\n",
            table.lines(0),
            and_more(more),
            coloured(self.verdict),
            count(self.checks.len() + more, "check"),
            self.numbers.0,
            self.numbers.1
        )
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.checks, &mut self.checks_more, limit);
    }
}

pub(super) fn run(_: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let version = env!("CARGO_PKG_VERSION");
    let checks =
        doctor(&Doctor { place: &place, config: &config, home: &context.home, clock: &context.clock, version });
    let verdict = Verdict::of(&checks);
    let exit = match verdict {
        Verdict::Pass => Exit::Done,
        Verdict::Fail => Exit::No,
        Verdict::Unknown => Exit::Unknown,
    };
    let failed = |name: &str| checks.iter().any(|check| check.name == name && check.verdict == Verdict::Fail);
    let next: Vec<String> = [
        ("permissions", "wfo-helper setup"),
        ("tables", "wfo-helper data check"),
        ("config", "wfo-helper config show"),
    ]
    .into_iter()
    .filter(|(name, _)| failed(name))
    .map(|(_, command)| command.to_owned())
    .collect();
    let number = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let view = DoctorView {
        verdict: verdict.word(),
        numbers: (number(Verdict::Fail), number(Verdict::Unknown)),
        checks: checks.into_iter().map(CheckView::from).collect(),
        checks_more: None,
    };
    Ok(Answer::new("wfo.doctor/1", view).noting(place.notes).next(next).exit(exit).into())
}
