//! The sweep: five checks, each with a verdict of its own. What could not be looked at is unknown, never clean.
//! Takes what the scans find; shows no value.

use wfo_base::{Diagnostic, Problem, codes};
use wfo_gate::Verdict;

use super::EndDay;
use super::dependencies::dependencies;
use crate::scan::{self, Found, Range, Report};

/// What looks where no tool is needed.
pub(super) const BUILT_IN: &str = "built-in";
/// At least so many of the newest commits are gone through.
const LAST: usize = 10;
/// The most unpushed commits that are gone through.
const MOST: usize = 1_000;
/// The rule of what everybody may write.
const WRITABLE: &str = "world-writable";

/// What the sweep came to.
#[derive(Debug)]
pub struct Sweep {
    /// The worst of its checks.
    pub verdict: Verdict,
    /// secrets, history, dependencies, env, permissions.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// What it comes to.
    pub verdict: Verdict,
    /// How many findings there are, warnings included.
    pub findings: usize,
    /// The findings, where they are known one by one.
    pub items: Vec<Item>,
    /// One sentence.
    pub detail: String,
    /// Who judged.
    pub engine: String,
    /// The command that helps on.
    pub next: Option<String>,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Item {
    /// The rule.
    pub rule: String,
    /// What it is.
    pub title: String,
    /// Whether it means no; otherwise it warns.
    pub blocks: bool,
    /// The file, fit to be shown.
    pub file: Option<String>,
    /// Its line.
    pub line: Option<u64>,
    /// The commit that brought it.
    pub commit: Option<String>,
    /// What tells it from others.
    pub fingerprint: String,
}

impl From<&Found> for Item {
    fn from(found: &Found) -> Self {
        Self {
            rule: found.rule.clone(),
            title: found.title.clone(),
            blocks: found.blocks(),
            file: found.file.clone(),
            line: found.at.map(|at| at.0),
            commit: found.commit.clone(),
            fingerprint: found.fingerprint.clone(),
        }
    }
}

impl Check {
    /// A check that nobody could settle.
    pub(super) fn unknown(name: &'static str, detail: String) -> Self {
        Self {
            name,
            verdict: Verdict::Unknown,
            findings: 0,
            items: Vec::new(),
            detail,
            engine: BUILT_IN.to_owned(),
            next: None,
        }
    }

    /// Adds the command that helps on.
    pub(super) fn next(self, command: String) -> Self {
        Self { next: Some(command), ..self }
    }

    /// A check by what a scan found; `incomplete` says why there may be more.
    fn of(name: &'static str, items: Vec<Item>, looked_at: &str, incomplete: Option<String>) -> Self {
        let blocking = items.iter().filter(|item| item.blocks).count();
        let warned = items.len() - blocking;
        let warnings = if warned == 0 { String::new() } else { format!(", {}", counted(warned, "warning")) };
        let (verdict, detail) = match (blocking, incomplete) {
            (0, Some(why)) => {
                (Verdict::Unknown, format!("nothing that blocks was found in {looked_at}{warnings}, but {why}"))
            }
            (0, None) if warned == 0 => (Verdict::Pass, format!("nothing was found in {looked_at}")),
            (0, None) => (Verdict::Pass, format!("nothing that blocks was found in {looked_at}{warnings}")),
            (some, why) => {
                let why = why.map(|why| format!("; {why}")).unwrap_or_default();
                (Verdict::Fail, format!("{} in {looked_at}{warnings}{why}", counted(some, "finding")))
            }
        };
        Self { verdict, findings: items.len(), items, detail, ..Self::unknown(name, String::new()) }
    }

    fn broken(name: &'static str, problem: &Problem) -> Self {
        Self::unknown(name, problem.message.clone())
    }
}

/// Carries it out.
pub(super) fn sweep(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> Sweep {
    let (secrets, history) = secrets(ask, notes);
    let checks = vec![secrets, history, dependencies(ask, notes), env(ask, notes), permissions(ask, notes)];
    let clean = checks.into_iter().map(|check| Check { detail: ask.rules.words(&check.detail), ..check });
    let checks: Vec<Check> = clean.collect();
    let verdict = checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Unknown).max(Verdict::Pass);
    Sweep { verdict, checks }
}

/// Index, work tree and commits; and the commits alone, which are gone through once.
fn secrets(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> (Check, Check) {
    let here = scan::Ask { staged: true, tree: true, ..scan::Ask::default() };
    let range = Range { last: LAST, unpushed: true, most: MOST };
    let there = scan::Ask { history: Some(range), ..scan::Ask::default() };
    let [here, there] = [here, there].map(|what| scanned(scan::secrets(ask.place, ask.rules, what), notes));
    let commits = |report: &Report| counted(usize::try_from(report.commits).unwrap_or(usize::MAX), "commit");
    let history = match &there {
        Ok(report) => {
            let items = report.findings.iter().map(Item::from).collect();
            Check::of("history", items, &commits(report), incomplete(report))
                .settled_by("wfo-helper scan secrets --history unpushed")
        }
        Err(problem) => Check::broken("history", problem),
    };
    let secrets = match (&here, &there) {
        (Ok(here), Ok(there)) => {
            let mut items: Vec<Item> = here.findings.iter().map(Item::from).collect();
            for item in there.findings.iter().map(Item::from) {
                if !items.iter().any(|one| one.fingerprint == item.fingerprint) {
                    items.push(item);
                }
            }
            let allowed = here.allowed.len();
            let allowed = if allowed == 0 { String::new() } else { format!(" ({allowed} allowed by their lines)") };
            let files = counted(usize::try_from(here.files).unwrap_or(usize::MAX), "file");
            let looked_at = format!("{files} and {}{allowed}", commits(there));
            let why = [incomplete(here), incomplete(there)].into_iter().flatten().collect::<Vec<_>>().join("; ");
            let why = if why.is_empty() { None } else { Some(why) };
            Check::of("secrets", items, &looked_at, why).settled_by("wfo-helper scan secrets")
        }
        (Ok(report), Err(problem)) | (Err(problem), Ok(report)) => {
            let items = report.findings.iter().map(Item::from).collect();
            Check::of("secrets", items, "what could be read", Some(problem.message.clone()))
        }
        (Err(problem), Err(_)) => Check::broken("secrets", problem),
    };
    (secrets, history)
}

impl Check {
    /// Names the command that shows more, where there is more to be seen.
    fn settled_by(self, command: &str) -> Self {
        match self.verdict {
            Verdict::Fail | Verdict::Unknown => self.next(command.to_owned()),
            _ => self,
        }
    }
}

fn env(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> Check {
    match scanned(scan::env(ask.place, ask.rules), notes) {
        Ok(report) => {
            let items = report.findings.iter().map(Item::from).collect();
            Check::of("env", items, &names(&report), incomplete(&report)).settled_by("wfo-helper scan env")
        }
        Err(problem) => Check::broken("env", &problem),
    }
}

/// What everybody may write only warns.
fn permissions(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> Check {
    match scanned(scan::files(ask.place, ask.rules), notes) {
        Ok(report) => {
            let open = report.findings.iter().filter(|found| found.rule == WRITABLE);
            let items = open.map(|found| Item { blocks: false, ..Item::from(found) }).collect();
            match incomplete(&report) {
                // A file system that knows no permissions is no reason to doubt the day.
                Some(why) => Check { verdict: Verdict::Skipped, ..Check::unknown("permissions", why) },
                None => Check::of("permissions", items, &names(&report), None),
            }
        }
        Err(problem) => Check::broken("permissions", &problem),
    }
}

/// Takes what a scan noticed; says what stopped it.
fn scanned(report: Result<Report, Problem>, notes: &mut Vec<Diagnostic>) -> Result<Report, Problem> {
    report
        .map(|mut report| {
            notes.append(&mut report.notes);
            report
        })
        .inspect_err(|problem| {
            // Outside a repository that is said once, and it is no fault.
            if problem.code != codes::GIT_NONE {
                notes.push(problem.clone().warning());
            }
        })
}

/// Says why there may be more than was looked at.
fn incomplete(report: &Report) -> Option<String> {
    let left = report.unscanned.iter().filter(|one| one.unknown).count();
    let left = (left > 0).then(|| format!("{} could not be looked at", counted(left, "file")));
    let why: Vec<String> = report.cut.iter().cloned().chain(left).collect();
    if why.is_empty() { None } else { Some(why.join("; ")) }
}

fn names(report: &Report) -> String {
    counted(usize::try_from(report.files).unwrap_or(usize::MAX), "file")
}

/// Writes a count with its noun.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
