//! `doctor`: looks whether the installation, Claude Code's settings and wfo's own files are as they should be. Changes nothing;
//! what cannot be looked at is unknown with the reason, never a pass.

mod files;
mod git_hooks;
mod hooks;
mod launcher;
mod locks;
mod plugin;
mod repository;
mod worktrees;

use std::path::PathBuf;

use wfo_base::{Clock, Diagnostic, config::Config, home::Home, text};

use crate::place::Place;
use crate::setup;

/// What `doctor` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Doctor<'a> {
    /// Where.
    pub place: &'a Place,
    /// With which settings.
    pub config: &'a Config,
    /// Whose.
    pub home: &'a Home,
    /// When.
    pub clock: &'a Clock,
    /// Version of the running binary.
    pub version: &'a str,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Could not be looked at.
    Unknown,
}

impl Verdict {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }

    /// Joins verdicts: one failure decides, then one unknown.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        let any = |verdict| checks.iter().any(|check| check.verdict == verdict);
        match (any(Self::Fail), any(Self::Unknown)) {
            (true, _) => Self::Fail,
            (false, true) => Self::Unknown,
            (false, false) => Self::Pass,
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name; stable.
    pub name: &'static str,
    /// What it came to.
    pub verdict: Verdict,
    /// What was found, on one line.
    pub detail: String,
    /// The next command or edit; with a pass it is advice.
    pub fix: Option<String>,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { name, verdict, detail: detail.into(), fix: None }
    }

    fn pass(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Pass, detail)
    }

    fn fail(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Fail, detail)
    }

    fn unknown(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Unknown, detail)
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Makes a check of faults: none is a pass, otherwise the first is shown and the others are counted.
    fn of_faults(name: &'static str, faults: &[Diagnostic], well: impl Into<String>) -> Self {
        let Some(first) = faults.first() else { return Self::pass(name, well) };
        let check = Self::fail(name, format!("{}{}", first.problem.message, more(faults.len())));
        match &first.problem.hint {
            Some(hint) => check.fix(hint.clone()),
            None => check,
        }
    }
}

/// Words how many there are beside the first.
fn more(count: usize) -> String {
    if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() }
}

/// Looks at everything, programs side by side.
#[must_use]
pub fn doctor(ask: &Doctor<'_>) -> Vec<Check> {
    let home = ask.home;
    let exe = std::env::current_exe().ok();
    let on_path = launcher::on_path();
    let plugin = plugin::find(home, on_path.as_deref(), exe.as_deref());
    let root = plugin.as_ref().map(|plugin| plugin.root.clone());
    // Before anything is started: the programs below take locks of their own.
    let locks = locks::check(home);
    let (launcher, hooks, git) = std::thread::scope(|scope| {
        let launcher = scope.spawn(|| launcher::check(on_path.as_deref(), root.as_deref(), ask.version));
        let hooks = scope.spawn(|| hooks::check(root.as_deref(), &setup::Sources::load(ask.place, home)));
        let git = scope.spawn(repository::git);
        (joined(launcher, "launcher"), joined(hooks, "hooks"), joined(git, "git"))
    });
    let mut checks = vec![
        binary(exe, ask.version),
        launcher,
        plugin::check(plugin.as_ref(), ask.version),
        permissions(ask),
        status_line(ask),
        hooks,
        files::folder(home),
        Check::of_faults("config", &ask.config.notes, "the settings that are there can be read"),
        files::key(home),
        files::tables(&ask.config.layers(home, ask.place.settings_root())),
        worktrees::registry(home),
        locks,
        git,
    ];
    if let Some(repository) = ask.place.repository() {
        checks.push(git_hooks::check(ask.place));
        checks.push(worktrees::worktrees(ask.place, home, ask.clock));
        checks.push(repository::commit_graph(repository.common_dir()));
    }
    checks.push(clock(ask.clock));
    for check in &mut checks {
        check.detail = text::one_line(&check.detail).into_owned();
    }
    checks
}

fn joined(thread: std::thread::ScopedJoinHandle<'_, Check>, name: &'static str) -> Check {
    thread.join().unwrap_or_else(|_| Check::unknown(name, "the check itself broke"))
}

fn binary(exe: Option<PathBuf>, version: &str) -> Check {
    match exe {
        Some(exe) => Check::pass("binary", format!("wfo-helper {version} at {}", exe.display())),
        None => Check::unknown("binary", format!("wfo-helper {version}; the system does not say where it lies")),
    }
}

fn permissions(ask: &Doctor<'_>) -> Check {
    let checked = setup::check(ask.place, ask.home, None);
    let missing: Vec<String> =
        checked.rules.iter().filter(|(_, file)| file.is_none()).map(|(rule, _)| format!("`{rule}`")).collect();
    match (checked.verdict(), checked.defeats.first(), checked.unread.first()) {
        (Some(true), ..) => {
            let mut files: Vec<&str> = checked.rules.iter().filter_map(|(_, file)| file.as_deref()).collect();
            files.dedup();
            Check::pass("permissions", format!("the permission lines stand in {}", files.join(" and ")))
        }
        (Some(false), Some(defeat), _) => {
            let warning = defeat.warning().problem;
            Check::fail("permissions", warning.message).fix(warning.hint.unwrap_or_default())
        }
        (Some(false), None, _) => {
            Check::fail("permissions", format!("{} not allowed: Claude Code asks each time", missing.join(" and ")))
                .fix("run `wfo-helper setup`")
        }
        (None, _, unread) => {
            let problem = unread.map(|note| note.problem.clone());
            let check =
                Check::unknown("permissions", problem.as_ref().map_or("settings could not be read", |p| &p.message));
            check.fix(
                problem.and_then(|problem| problem.hint).unwrap_or_else(|| "run `wfo-helper setup --check`".to_owned()),
            )
        }
    }
}

/// Tells whose status line sessions show here. None is needed, so this never fails.
fn status_line(ask: &Doctor<'_>) -> Check {
    let checked = setup::check(ask.place, ask.home, None);
    let found = checked.status_line.file().map(|file| format!("`{file}` sets"));
    match (&checked.status_line, found) {
        (setup::StatusLine::Ours { .. }, Some(found)) => {
            Check::pass("status-line", format!("{found} wfo's status line"))
        }
        (setup::StatusLine::Foreign { .. }, Some(found)) => {
            Check::pass("status-line", format!("{found} another status line, which stays"))
        }
        _ => Check::pass("status-line", "no status line is set")
            .fix("run `wfo-helper setup` to see costs in the session"),
    }
}

fn clock(clock: &Clock) -> Check {
    if clock.is_fixed() {
        let detail = format!("stands at {} (WFO_NOW)", wfo_base::clock::rfc3339(clock.now()));
        return Check::pass("clock", detail).fix("unset WFO_NOW, unless this is a test or a replay");
    }
    Check::pass("clock", "the system's time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_decides_then_one_unknown() {
        let check = |verdict| Check::new("x", verdict, "");
        for (verdicts, joined) in [
            (vec![], Verdict::Pass),
            (vec![Verdict::Pass], Verdict::Pass),
            (vec![Verdict::Pass, Verdict::Unknown], Verdict::Unknown),
            (vec![Verdict::Unknown, Verdict::Fail], Verdict::Fail),
        ] {
            assert_eq!(Verdict::of(&verdicts.into_iter().map(check).collect::<Vec<_>>()), joined);
        }
    }

    #[test]
    fn a_fixed_clock_is_said_but_is_no_fault() {
        let moment = "2026-11-21T09:00:00Z".parse::<jiff::Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        let check = clock(&Clock::fixed(moment));
        assert_eq!((check.verdict, check.fix.is_some()), (Verdict::Pass, true));
    }
}
