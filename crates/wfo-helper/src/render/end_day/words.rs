//! The end of a day for a terminal: the sweep's checks, the steps, and what to do next.

use wfo_day::end_day::Sweep;
use wfo_gate::Verdict;

use super::EndDayView;
use crate::render::{Paint, Table, and_more, count};

/// How many findings of a check are listed.
const LISTED: usize = 10;

/// Words the sweep in a sentence.
pub(super) fn sweep(sweep: &Sweep) -> String {
    let of = |verdict| sweep.checks.iter().filter(move |check| check.verdict == verdict).map(|check| check.name);
    let (failed, unknown) = (of(Verdict::Fail).collect::<Vec<_>>(), of(Verdict::Unknown).collect::<Vec<_>>());
    let parts = [("failed", failed), ("unknown", unknown)].into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(word, names)| format!("{word}: {}", names.join(", "))).collect();
    if parts.is_empty() { "all checks are clean".to_owned() } else { parts.join("; ") }
}

/// Says in a sentence whether the work may be committed.
pub(super) fn verdict(view: &EndDayView) -> &'static str {
    match view.verdict {
        "pass" => "Sweep passed: safe to commit.",
        "fail" => "Sweep failed: commit nothing until it is settled.",
        _ => "Sweep unknown: treat it as a no until it is settled.",
    }
}

/// Words the whole.
pub(super) fn text(view: &EndDayView, paint: Paint) -> String {
    let colour = |word: &str| match word {
        "pass" | "done" => paint.green(word),
        "fail" | "failed" => paint.red(word),
        "unknown" | "proposed" => paint.yellow(word),
        _ => paint.dim(word),
    };
    let mut out = format!("{}\n", paint.bold(&format!("{}: end of day, {}", view.project, view.ended)));
    out += &match view.verdict {
        "pass" => paint.green(verdict(view)),
        "fail" => paint.red(verdict(view)),
        _ => paint.yellow(verdict(view)),
    };
    out += &format!("\n\n{}\n", paint.bold("Sweep"));
    for check in &view.sweep.checks {
        let mut table = Table::new();
        table.row([format!("{:<12}", check.name), colour(&format!("{:<7}", check.verdict)), check.detail.clone()]);
        out += &table.lines(2);
        let mut items = Table::new();
        for item in check.items.iter().take(LISTED) {
            let word = if item.blocks { paint.red("blocks") } else { paint.yellow("warns") };
            items.row([word, paint.bold(&item.place()), item.title.clone()]);
        }
        out += &items.lines(4);
        out += &and_more(check.items.len().saturating_sub(LISTED) + check.items_more.unwrap_or(0));
    }
    out += &format!("\n{}\n", paint.bold("Steps"));
    let mut table = Table::new();
    for step in view.steps.iter().skip(1) {
        table.row([step.name.to_owned(), colour(step.verdict), step.detail.clone()]);
    }
    out += &table.lines(2);
    for (name, list) in lists(view) {
        let rows: String = list.iter().map(|row| format!("  {row}\n")).collect();
        out += &format!("\n{}\n{rows}", paint.bold(name));
    }
    if let Some(more) = view.handover.as_ref().and_then(|handover| handover.more) {
        out += &and_more(more);
    }
    for posted in &view.notified {
        let word = if posted.sent { paint.green("posted") } else { paint.yellow("not posted") };
        out += &format!("\n{word} to {} ({})", posted.to, posted.host);
    }
    out
}

/// The lists of the hand-over that say something.
pub(super) fn lists(view: &EndDayView) -> Vec<(&'static str, &[String])> {
    let Some(page) = &view.handover else { return Vec::new() };
    let all = [
        ("Completed", page.completed.as_slice()),
        ("In progress", &page.in_progress),
        ("Blockers", &page.blockers),
        ("Decisions", &page.decisions),
        ("Next", &page.priorities),
    ];
    all.into_iter().filter(|(_, list)| !list.is_empty()).collect()
}

/// The day's figures in a line.
pub(super) fn figures(view: &EndDayView) -> Option<String> {
    let page = view.handover.as_ref()?;
    let number =
        |figure: Option<u64>, noun: &str| figure.map(|n| count(usize::try_from(n).unwrap_or(usize::MAX), noun));
    let minutes = page.session_minutes.map(|minutes| format!("session of {minutes} min"));
    let tests = page.tests_added.map(|tests| format!("tests added: {tests}"));
    let coverage = page.coverage.map(|percent| format!("coverage {percent} %"));
    let known = [minutes, number(page.commits, "commit"), number(page.files_changed, "changed file"), tests, coverage];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() { None } else { Some(known.join(", ")) }
}
