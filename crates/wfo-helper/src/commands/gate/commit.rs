//! `gate commit`: what git's hooks call before a commit is made. Silent when all is well; otherwise the reason on stderr and a
//! status that makes git stop. Git's own surroundings (another index, a linked worktree) count.

use std::ffi::OsString;

use wfo_base::{Exit, Problem, codes, read, text};
use wfo_day::Place;
use wfo_day::guard::{self, Occasion, place_of};
use wfo_day::scan::{Report, Rules, Surroundings};

use crate::answer::Answer;
use crate::commands::Outcome;
use crate::context::Context;
use crate::hook::MEND;
use crate::output::Printable;
pub(super) use crate::render::scan::Shown;
use crate::render::scan::Subject;

/// The most findings that a hook names.
const NAMED: usize = 20;
/// The most bytes of a list of moving references.
const MOVES: u64 = 64 << 20;
/// The most bytes of a message's file.
const MESSAGE: u64 = 16 << 20;
/// The most branches that move at once.
const MOST_TIPS: usize = 500;

/// Look at what the next commit would bring: what git's hooks call
///
/// Looks for secrets in what is staged, and in the message where git hands it over; GIT_INDEX_FILE, GIT_DIR and GIT_WORK_TREE
/// count. Exit status 10: a finding of high or medium confidence; 11: not all could be looked at. Both stop a commit when a git hook calls this.
/// `wfo-helper setup --only hooks` puts the hooks in place.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which git hook calls: it is silent when all is well, and words the reason for a person otherwise
    #[arg(long, value_name = "NAME")]
    hook: Option<Hook>,
    /// What git gives the hook
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    given: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Hook {
    /// Before the message is asked for
    PreCommit,
    /// Before a merge is committed
    PreMergeCommit,
    /// Before the message is edited; passes what pre-commit has just passed
    PrepareCommitMsg,
    /// Whenever references move; their list is on standard input
    ReferenceTransaction,
}

impl Hook {
    const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Problem> {
    let quiet = || Ok(Outcome::Raw(Printable::plain(String::new())));
    let occasion = match args.hook {
        // Only there a move can still be stopped.
        Some(Hook::ReferenceTransaction) if args.given.first().is_none_or(|state| state != "prepared") => {
            return quiet();
        }
        Some(Hook::ReferenceTransaction) => match moves() {
            Ok(tips) if tips.is_empty() => return quiet(),
            Ok(tips) => Occasion::Moves(tips),
            Err(problem) => return Ok(unknown(Hook::ReferenceTransaction, &problem)),
        },
        hook => Occasion::Index { again: hook == Some(Hook::PrepareCommitMsg) },
    };
    let place = Place::around(&context.folder, &context.home, &Surroundings::from_env());
    let rules = Rules::new(&place, &context.home);
    let judged = message(args, context)
        .and_then(|message| guard::judge_staged(&place, &rules, &context.home, &context.clock, &occasion, message));
    let Some(hook) = args.hook else {
        let mut report = judged?.unwrap_or_default();
        let notes = std::mem::take(&mut report.notes);
        let exit = exit(&report);
        let view = Shown::new(Subject::secrets(["staged"]), report);
        return Ok(Answer::new("wfo.gate-commit/1", view).noting(notes).exit(exit).into());
    };
    match judged {
        Ok(None) => quiet(),
        Ok(Some(report)) if exit(&report) == Exit::Done => quiet(),
        Ok(Some(report)) => Ok(Outcome::Raw(Printable::on_stderr(worded(hook, &report), exit(&report)))),
        Err(problem) => Ok(unknown(hook, &problem)),
    }
}

/// Reads the message that git has so far, if it hands one over.
fn message(args: &Args, context: &Context) -> Result<Option<String>, Problem> {
    let Some(file) = args.given.first().filter(|_| args.hook == Some(Hook::PrepareCommitMsg)) else { return Ok(None) };
    let source = args.given.get(1).map(|source| source.to_string_lossy());
    let page = read::own(&context.folder.join(file), MESSAGE)?;
    Ok(page.and_then(|page| guard::message_of(&page.text, source.as_deref())))
}

fn exit(report: &Report) -> Exit {
    match (report.blocked(), report.complete()) {
        (true, _) => Exit::No,
        (false, false) => Exit::Unknown,
        (false, true) => Exit::Done,
    }
}

/// Reads from standard input where branches and HEAD move to.
fn moves() -> Result<Vec<String>, Problem> {
    let page = read::stdin(MOVES)?;
    let mut tips: Vec<String> = Vec::new();
    for line in page.text.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(_), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        let id =
            new.len() >= 40 && new.bytes().all(|byte| byte.is_ascii_hexdigit()) && new.bytes().any(|byte| byte != b'0');
        if id && (name == "HEAD" || name.starts_with("refs/heads/")) {
            tips.push(new.to_owned());
        }
    }
    tips.sort_unstable();
    tips.dedup();
    match tips.len() {
        0..=MOST_TIPS => Ok(tips),
        many => {
            Err(Problem::new(codes::SCAN_INCOMPLETE, format!("{many} branches move at once, more than are looked at"))
                .hint("move fewer at a time"))
        }
    }
}

fn unknown(hook: Hook, problem: &Problem) -> Outcome {
    let mut words =
        format!("{}: nobody knows whether this may be committed: {}\n", hook.name(), text::one_line(&problem.message));
    if let Some(hint) = &problem.hint {
        words += &format!("  next: {}\n", text::one_line(hint));
    }
    Outcome::Raw(Printable::on_stderr(words, Exit::Unknown))
}

/// Words what stops a commit; no value is in a report.
fn worded(hook: Hook, report: &Report) -> String {
    let blocking: Vec<_> = report.findings.iter().filter(|found| found.blocks()).collect();
    if blocking.is_empty() {
        let mut words =
            format!("{}: not all could be looked at, so nobody knows whether this may be committed\n", hook.name());
        for one in report.unscanned.iter().filter(|one| one.unknown).take(NAMED) {
            words += &format!("  {}  {}\n", one.file.as_deref().unwrap_or("-"), one.why);
        }
        for why in report.cut.iter().take(NAMED) {
            words += &format!("  {}\n", text::one_line(why));
        }
        return words + "  next: make it readable or resolve the conflict, then commit again\n";
    }
    let mut words = format!("{}: this would commit what must not be committed, so it was stopped\n", hook.name());
    for found in blocking.iter().take(NAMED) {
        let commit = found.commit.as_ref().map(|id| format!(" ({})", id.chars().take(8).collect::<String>()));
        words += &format!("  {}{}  {}: {}\n", place_of(found), commit.unwrap_or_default(), found.rule, found.title);
    }
    if blocking.len() > NAMED {
        words += &format!("  and {} more\n", blocking.len() - NAMED);
    }
    words + &format!("  next: {MEND}\n")
}
