//! One run: a private folder, the version, the program under watch, its reports, and what its end says about them.
//! The folder is removed whatever happens; only findings, figures and a few hidden words of a failed run leave it.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use wfo_base::interrupt::Interrupt;
use wfo_base::process::Run;
use wfo_base::scratch::Scratch;
use wfo_base::watched::{Ended, Watch};
use wfo_base::{Clock, Problem, atomic, read, text};
use wfo_gate::judge::{Given, Lack};
use wfo_gate::report::{self, Report, Tool, redacted};
use wfo_gate::run::{Planned, Words};

use super::files::{Files, placed};
use super::{consent, moment};
use crate::Place;
use crate::scan::Rules;

/// The most that a program may print, and the largest report: 100 MiB.
const MOST: u64 = 100 << 20;
/// The most that may come together in the run's folder: 2 GiB.
const MOST_FILES: u64 = 2 << 30;
/// How much of what was printed is looked at.
const LOG: u64 = 1 << 20;
/// How many of the last lines are shown, and how long they may be.
const LINES: (usize, usize) = (20, 200);
/// How long a tool may take to tell its version.
const ASKING: Duration = Duration::from_secs(60);
/// How much earlier than the start of its run a report may be dated, for clocks of file systems: 2 s.
const SLACK: i64 = 2;
/// What the environment of a run is marked with.
const MARK: &str = "WFO_RUN_MARK";
/// Variables that would lead a tool elsewhere, or colour what it prints.
const TAKEN: [&str; 4] = ["FORCE_COLOR", "CLICOLOR_FORCE", "COVERAGE_PROCESS_START", "GITLEAKS_CONFIG"];
/// What begins the names of more of them.
const TAKEN_ALL: [&str; 2] = ["GIT_", "WFO_"];

/// What a run did.
#[derive(Debug)]
pub struct Done {
    /// The tool.
    pub tool: String,
    /// Its version, where it told one.
    pub version: Option<String>,
    /// Where it ran, relative to the top.
    pub folder: String,
    /// Its words.
    pub command: String,
    /// Its exit status; `None` when it was ended or did not start.
    pub exit: Option<i32>,
    /// How long it took.
    pub took: Duration,
    /// The last lines of what it printed, where it could not do its work.
    pub log: Vec<String>,
    pub(super) given: Vec<Given>,
    pub(super) lacks: Vec<Lack>,
    printed: String,
}

impl Done {
    /// Keeps of what was printed the last lines, without secrets and unsafe characters.
    pub(super) fn hide(&mut self, rules: &Rules) {
        let printed = std::mem::take(&mut self.printed);
        if printed.trim().is_empty() {
            return;
        }
        let hidden = rules.sweep().redact(&printed).into_owned();
        let line = |line: &str| {
            let plain = text::one_line(line).into_owned();
            let again = redacted(&rules.sweep().redact(&plain));
            text::clip(again.trim(), LINES.1).into_owned()
        };
        let mut lines: Vec<String> =
            hidden.lines().rev().map(line).filter(|line| !line.is_empty()).take(LINES.0).collect();
        lines.reverse();
        self.log = lines;
    }
}

/// What one run needs.
struct Job<'a> {
    place: &'a Place,
    run: &'a Planned,
    files: &'a Files,
    interrupt: &'a Interrupt,
    scratch: Scratch,
    began: Timestamp,
}

/// What came of a program.
struct Outcome {
    ended: Ended,
    stdout: String,
    stderr: String,
}

/// Carries out one run.
pub(super) fn carry(place: &Place, run: &Planned, files: &Files, interrupt: &Interrupt) -> Done {
    let clock = std::time::Instant::now();
    let mut done = Done {
        tool: run.row.id.clone(),
        version: None,
        folder: run.folder.clone(),
        command: consent::command(run),
        exit: None,
        took: Duration::ZERO,
        log: Vec::new(),
        given: Vec::new(),
        lacks: Vec::new(),
        printed: String::new(),
    };
    match Scratch::new() {
        Ok(scratch) => {
            let began = Clock::real();
            Job { place, run, files, interrupt, scratch, began }.go(&mut done);
        }
        Err(problem) => done.given = run.row.tools().map(|tool| without(run, tool, &problem.message)).collect(),
    }
    done.took = clock.elapsed();
    done
}

fn without(run: &Planned, tool: Tool, reason: &str) -> Given {
    Given { tool, file: run.label(), before: false, report: Err(redacted(reason)) }
}

impl Job<'_> {
    fn go(&self, done: &mut Done) {
        let row = &self.run.row;
        let all = |reason: &str, tools: &mut dyn Iterator<Item = Tool>| -> Vec<Given> {
            tools.map(|tool| without(self.run, tool, reason)).collect()
        };
        done.version = self.version();
        let Some(words) = row.words(done.version.as_deref(), self.run.staged) else {
            let known: Vec<&str> = row.forms.iter().flat_map(|form| form.versions.iter().map(String::as_str)).collect();
            let reason = match &done.version {
                Some(version) => format!("version {version} is none whose command line is known: {}", known.join(", ")),
                None => format!("it does not tell its version, and the command line hangs on it: {}", known.join(", ")),
            };
            // whose report it would have written tells the row, not one of its forms
            let tools: Vec<Tool> = row.reports.iter().filter_map(|report| Tool::from_id(&report.tool)).collect();
            done.given = all(&reason, &mut tools.into_iter());
            return;
        };
        let tools: Vec<Tool> = words.reports.iter().filter_map(|report| Tool::from_id(&report.tool)).collect();
        done.command = self.shown(words);
        let outcome = match self.start(words) {
            Ok(outcome) => outcome,
            Err(problem) => {
                done.given = all(&problem.message, &mut tools.iter().copied());
                return;
            }
        };
        if let Ended::Status(status) = outcome.ended {
            done.exit = status;
        }
        self.take(words, &outcome, done);
        let failed = done.given.iter().any(|one| one.report.is_err()) || !done.lacks.is_empty();
        if failed {
            let secret = tools.iter().any(|tool| tool.finds_secrets());
            // what an engine found stands on its output, in whatever form
            done.printed = match (outcome.stderr.trim().is_empty(), secret) {
                (true, false) => outcome.stdout,
                _ => outcome.stderr,
            };
        }
    }

    fn folder(&self) -> std::path::PathBuf {
        self.place.root().join(&self.run.folder)
    }

    /// The words that are shown: places of the run are left as the table names them.
    fn shown(&self, words: Words<'_>) -> String {
        let all = self.run.program.words.iter().chain(words.args).map(|word| text::shell_word(word));
        all.collect::<Vec<_>>().join(" ")
    }

    fn version(&self) -> Option<String> {
        let row = &self.run.row;
        if row.version.is_empty() {
            return None;
        }
        let run = self.prepared(&row.version).limit(ASKING);
        let outcome = self.watch(&run, "version").ok()?;
        if !matches!(outcome.ended, Ended::Status(Some(_))) {
            return None;
        }
        number(&outcome.stdout).or_else(|| number(&outcome.stderr))
    }

    fn prepared(&self, args: &[String]) -> Run {
        let program = &self.run.program;
        let mut run = Run::new(&program.start).args(program.words.iter().skip(1)).args(args).folder(&self.folder());
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let taken =
            |name: &String| TAKEN.contains(&name.as_str()) || TAKEN_ALL.iter().any(|start| name.starts_with(start));
        for name in names.filter(taken) {
            run = run.env(&name, None);
        }
        // git of a tool must not write into the index only to look
        for (name, value) in [("NO_COLOR", "1"), ("CI", "1"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0")]
        {
            run = run.env(name, Some(value));
        }
        for (name, value) in &self.run.row.env {
            run = run.env(name, Some(&self.filled(value, None)));
        }
        run.env_path("TMPDIR", &self.scratch.path().join("tmp"))
    }

    /// Puts the places of this run for their names.
    fn filled(&self, word: &str, report: Option<&str>) -> String {
        let own = self.scratch.path().join("own");
        let report = own.join(report.unwrap_or("report"));
        word.replace("{report}", &report.to_string_lossy())
            .replace("{folder}", &own.to_string_lossy())
            .replace("{root}", &self.place.root().to_string_lossy())
    }

    fn start(&self, words: Words<'_>) -> Result<Outcome, Problem> {
        for name in ["own", "tmp"] {
            atomic::make_folder(&self.scratch.path().join(name), true)?;
        }
        for (name, content) in &self.run.row.files {
            let path = self.scratch.path().join("own").join(name);
            atomic::write_private(&path, self.filled(content, None).as_bytes())?;
        }
        let report = words.reports.iter().find_map(|report| report.file.as_deref());
        let args: Vec<String> = words.args.iter().map(|word| self.filled(word, report)).collect();
        let run = self.prepared(&args).limit(Duration::from_secs(self.run.row.seconds));
        self.watch(&run, "run")
    }

    fn watch(&self, run: &Run, name: &str) -> Result<Outcome, Problem> {
        let folder = self.scratch.path();
        atomic::make_folder(&folder.join("tmp"), true)?;
        let (stdout, stderr) = (folder.join(format!("{name}.stdout")), folder.join(format!("{name}.stderr")));
        let mark = folder.to_string_lossy().into_owned();
        let ended = run.watched(&Watch {
            stdout: &stdout,
            stderr: &stderr,
            most_output: MOST,
            folder: (folder, MOST_FILES),
            stop: &|| self.interrupt.is_seen(),
            mark: (MARK, &mark),
        })?;
        let end = |path: &Path| read::tail(path, LOG).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Outcome { ended, stdout: end(&stdout).unwrap_or_default(), stderr: end(&stderr).unwrap_or_default() })
    }

    /// Reads the reports, and lets the way in which the program ended speak against them.
    fn take(&self, words: Words<'_>, outcome: &Outcome, done: &mut Done) {
        let row = &self.run.row;
        let seconds = row.seconds;
        let ended = match outcome.ended {
            Ended::TooLong => Err(format!("it ran longer than {seconds} s and was ended")),
            Ended::TooMuch => Err("it wrote more than can be read and was ended".to_owned()),
            Ended::Stopped => Err("it was ended".to_owned()),
            Ended::Status(None) => Err("a signal ended it".to_owned()),
            Ended::Status(Some(status)) => Ok(status),
        };
        let void = row.void_if.iter().find(|word| outcome.stdout.contains(*word) || outcome.stderr.contains(*word));
        let status = match (ended, void) {
            (Err(reason), _) => Err(reason),
            (Ok(_), Some(word)) => Err(format!("it said `{word}`")),
            (Ok(status), None) => Ok(status),
        };
        let mut reports: Vec<(Tool, Result<Report, String>)> = Vec::new();
        for one in words.reports {
            let Some(tool) = Tool::from_id(&one.tool) else { continue };
            let report = status.clone().and_then(|status| self.report(tool, one.file.as_deref(), status, done));
            reports.push((tool, report));
        }
        if let Ok(status) = status {
            self.doubt(status, &mut reports, done);
        }
        let given = |(tool, report)| Given { tool, file: self.run.label(), before: false, report };
        done.given = reports.into_iter().map(given).collect();
    }

    fn report(&self, tool: Tool, file: Option<&str>, status: i32, done: &Done) -> Result<Report, String> {
        let row = &self.run.row;
        let known = row.clean.contains(&status) || row.findings.contains(&status);
        let ending = if known { String::new() } else { format!("it ended with status {status}: ") };
        let (root, name) = match file {
            Some(file) => (self.scratch.path().join("own"), file),
            None => (self.scratch.path().to_owned(), "run.stdout"),
        };
        let said = |problem: Problem| redacted(&problem.message);
        let none = || format!("{ending}it wrote no report (exit status {status})");
        let found = read::find(&root, name).map_err(said)?.ok_or_else(none)?;
        if found.bytes > MOST {
            return Err(format!("its report has {} bytes, more than the {MOST} that are read", found.bytes));
        }
        let written = std::fs::metadata(&found.path).and_then(|meta| meta.modified()).ok().and_then(moment);
        if written.is_none_or(|written| written.as_second() + SLACK < self.began.as_second()) {
            return Err("its report is older than the run".to_owned());
        }
        let bytes = read::raw(&root, name, MOST).map_err(said)?.ok_or_else(none)?;
        let looks_at_files = !row.silent.is_empty();
        let files = if looks_at_files { self.files.seen_by(self.run) } else { 0 };
        if looks_at_files && files == 0 {
            return Err("there is no file that it would look at".to_owned());
        }
        let silent = bytes.iter().all(u8::is_ascii_whitespace) && looks_at_files && row.clean.contains(&status);
        let silence = silent.then(|| Report::of_silence(tool, files)).flatten();
        let mut report = match silence {
            Some(report) => report,
            None => report::read(tool, &bytes).map_err(|error| redacted(&format!("{ending}{}", error.reason)))?,
        };
        if report.version.is_none() {
            report.version.clone_from(&done.version);
        }
        if tool.finds_secrets() && !self.run.staged {
            self.files.without_ignored(self.place, &self.run.folder, &mut report);
        }
        placed(self.place, &self.run.folder, &mut report);
        Ok(report)
    }

    /// An exit status that says something else than the report takes its word away; what is bad all the same stays.
    fn doubt(&self, status: i32, reports: &mut [(Tool, Result<Report, String>)], done: &mut Done) {
        let row = &self.run.row;
        let (clean, findings) = (row.clean.contains(&status), row.findings.contains(&status));
        let shows = reports.iter().any(|(_, report)| report.as_ref().is_ok_and(Report::shows_something));
        let hidden = reports.iter().any(|(_, report)| {
            report.as_ref().is_ok_and(|report| report.notes.iter().any(|note| note.contains("git ignores")))
        });
        let reason = match (clean, findings) {
            (false, false) => format!("it ended with status {status}, so it could not do its work"),
            (false, true) if !shows && !hidden => {
                format!(
                    "it ended with status {status}, which says that it found something, and its report shows nothing"
                )
            }
            _ => return,
        };
        if shows && !clean && !findings {
            let fix = format!("run `{}` by hand", self.run.row.id);
            let reason = format!("{}: {reason}", self.run.label());
            done.lacks.extend(self.run.checks.iter().map(|check| Lack {
                check: check.clone(),
                reason: reason.clone(),
                fix: fix.clone(),
            }));
            return;
        }
        for (_, report) in reports.iter_mut().filter(|(_, report)| report.is_ok()) {
            *report = Err(reason.clone());
        }
    }
}

/// The first thing in a text that looks like a version.
fn number(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/'));
    let numbers = words.map(|word| word.trim_start_matches('v'));
    let version = numbers.take(200).find(|word| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0
            && word.len() <= 40
            && word.get(digits..).is_some_and(|rest| rest.starts_with('.'))
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_'))
    })?;
    Some(redacted(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_word_that_looks_like_one() {
        for (text, version) in [
            ("2.0.0-rc.4\n", Some("2.0.0-rc.4")),
            ("v8.21.2", Some("8.21.2")),
            ("bandit 1.9.4\n  python version = 3.11.7", Some("1.9.4")),
            ("mypy 2.4.1 (compiled: yes)", Some("2.4.1")),
            ("go version go1.23 linux/amd64", None),
            ("gitleaks version is set by build process", None),
            ("", None),
        ] {
            assert_eq!(number(text).as_deref(), version, "{text}");
        }
    }
}
