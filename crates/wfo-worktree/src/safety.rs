//! May a worktree be removed, and may its branch go with it? Safe only when nothing in it exists nowhere else.
//!
//! A fact that is not known is never taken for harmless: it makes the verdict unknown, which callers treat as no.
//! Each judgement holds for one removal. After it, read the facts of the next worktree again: two of them may each be the
//! only other place of the same commits. Removes nothing itself.

use wfo_base::text::code_span;

use crate::recommend::{count, plural};

/// Who holds the lock of a worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// It is not locked.
    Open,
    /// It is locked, and its owner runs, or nobody knows whether it does.
    Held,
    /// It is locked by a process that is known to have ended.
    OwnerEnded,
}

/// A process whose working folder is inside the worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, as the system tells it.
    pub name: String,
}

/// What is known about a worktree; `None` = could not be determined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether it is the main checkout.
    pub main: Option<bool>,
    /// Whether its folder is gone.
    pub gone: Option<bool>,
    /// Who holds its lock.
    pub lock: Option<Lock>,
    /// Whether HEAD is on no branch.
    pub detached: Option<bool>,
    /// Whether the calling process stands in it.
    pub inside: Option<bool>,
    /// Processes that work in it, the calling one and its ancestors apart.
    pub processes: Option<Vec<Process>>,
    /// Operations under way, such as `rebase`; empty = none.
    pub operations: Option<Vec<String>>,
    /// Tracked files that differ from HEAD, staged or not, conflicts included.
    pub changes: Option<u64>,
    /// Files that git neither tracks nor ignores.
    pub untracked: Option<u64>,
    /// Files that differ although git was told not to look (`assume-unchanged`, `skip-worktree`).
    pub hidden: Option<u64>,
    /// Submodules with work, or with a repository of their own in the worktree's git folder.
    pub submodules: Option<u64>,
    /// Other worktrees, and mounted file systems, that lie in its folder.
    pub nested: Option<u64>,
    /// Stash entries made on its branch.
    pub stashes: Option<u64>,
    /// Commits that no other kept ref reaches, local or remote.
    pub alone: Option<u64>,
    /// Whether all its commits are in the default branch by content.
    pub merged: Option<bool>,
}

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes: nothing is lost.
    Safe,
    /// No: something would be lost or disturbed.
    Unsafe,
    /// Not known, so no.
    Unknown,
}

impl Verdict {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Unknown => "unknown",
        }
    }
}

/// One reason for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What is so, in one sentence.
    pub what: String,
    /// What would settle it; `None` where there is nothing to do.
    pub remedy: Option<String>,
}

/// A verdict and all that led to it; a safe one has one reason, which says why nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// May it be done?
    pub verdict: Verdict,
    /// Why; what stands against it comes before what is not known.
    pub reasons: Vec<Reason>,
}

/// Collects what stands against something and what is not known about it.
#[derive(Default)]
struct Case {
    against: Vec<Reason>,
    unknown: Vec<Reason>,
}

impl Case {
    fn against(&mut self, what: impl Into<String>, remedy: &str) {
        let remedy = (!remedy.is_empty()).then(|| remedy.to_owned());
        self.against.push(Reason { what: what.into(), remedy });
    }

    fn unknown(&mut self, what: &str) {
        let remedy = Some("look at it by hand, then run the command again".to_owned());
        self.unknown.push(Reason { what: format!("{what} could not be determined"), remedy });
    }

    /// Asks a yes-or-no fact that must be no.
    fn must_not(&mut self, fact: Option<bool>, name: &str, what: &str, remedy: &str) {
        match fact {
            Some(false) => {}
            Some(true) => self.against(what, remedy),
            None => self.unknown(name),
        }
    }

    /// Asks a count that must be zero; `what` follows the counted noun.
    fn none_of(&mut self, fact: Option<u64>, noun: &str, what: &str, remedy: &str) {
        match fact {
            Some(0) => {}
            Some(number) => self.against(format!("{} {what}", count(number, noun)), remedy),
            None => self.unknown(&format!("whether it has {} {what}", plural(noun))),
        }
    }

    fn close(self, safe: &str) -> Judgement {
        let verdict = match (self.against.is_empty(), self.unknown.is_empty()) {
            (false, _) => Verdict::Unsafe,
            (true, false) => Verdict::Unknown,
            (true, true) => {
                return Judgement {
                    verdict: Verdict::Safe,
                    reasons: vec![Reason { what: safe.to_owned(), remedy: None }],
                };
            }
        };
        Judgement { verdict, reasons: self.against.into_iter().chain(self.unknown).collect() }
    }
}

/// Judges whether a worktree may be removed while its branch stays.
///
/// Commits count as kept when another ref that stays reaches them, or when the default branch has their content; one of the two is
/// enough, with or without a remote. Of a folder that is gone only commits can be lost, so only they, and the lock, are asked.
#[must_use]
pub fn judge(facts: &Facts) -> Judgement {
    let mut case = Case::default();
    let main = "the main checkout is never removed";
    case.must_not(facts.main, "whether it is the main checkout", main, "");
    match facts.lock {
        Some(Lock::Open | Lock::OwnerEnded) => {}
        Some(Lock::Held) => {
            case.against(
                "locked: a session may be at work in it",
                "run `git worktree unlock` on it when that has ended",
            );
        }
        None => case.unknown("whether it is locked"),
    }
    if facts.gone.is_none() {
        case.unknown("whether its folder is there");
    }
    if facts.gone == Some(true) {
        submodules(&mut case, facts);
    } else {
        in_use(&mut case, facts);
        files(&mut case, facts);
    }
    commits(&mut case, facts);
    case.close(match (facts.gone, facts.merged) {
        (Some(true), _) => "its folder is gone, and its commits are kept elsewhere",
        (_, Some(true)) => "clean, and the default branch has all of it",
        _ => "clean, and other refs keep its commits",
    })
}

/// Judges whether the branch may be deleted too: only when the default branch has its content, or another kept ref reaches its tip.
#[must_use]
pub fn branch_may_go(facts: &Facts) -> Judgement {
    let mut case = Case::default();
    let main = "it is the branch of the main checkout";
    case.must_not(facts.main, "whether it is the main checkout", main, "");
    case.must_not(facts.detached, "whether it is on a branch", "it is on no branch", "");
    commits(&mut case, facts);
    case.close(match facts.merged {
        Some(true) => "the default branch has all of it",
        _ => "another ref reaches its tip",
    })
}

/// The most processes that are named one by one.
const NAMED: usize = 5;

fn in_use(case: &mut Case, facts: &Facts) {
    let inside = "this command runs inside it";
    case.must_not(facts.inside, "whether this command runs inside it", inside, "change to another folder first");
    match facts.processes.as_deref() {
        Some([]) => {}
        Some(processes) => {
            let mut named: Vec<String> =
                processes.iter().take(NAMED).map(|each| format!("{} ({})", code_span(&each.name), each.pid)).collect();
            if processes.len() > NAMED {
                named.push(format!("{} more", processes.len() - NAMED));
            }
            let verb = if processes.len() == 1 { "works" } else { "work" };
            let number = count(u64::try_from(processes.len()).unwrap_or(u64::MAX), "process");
            case.against(format!("{number} {verb} in it: {}", named.join(", ")), "end what runs there");
        }
        None => case.unknown("whether a process works in it"),
    }
    match facts.operations.as_deref() {
        Some([]) => {}
        Some(operations) => {
            let named: Vec<String> = operations.iter().take(NAMED).map(|name| code_span(name)).collect();
            case.against(format!("{} under way", named.join(", ")), "finish it, or give it up with its `--abort`");
        }
        None => case.unknown("whether a merge or rebase is under way"),
    }
}

fn files(case: &mut Case, facts: &Facts) {
    case.none_of(facts.changes, "change", "not committed", "commit them in the worktree, or undo them");
    case.none_of(facts.untracked, "file", "that git does not track", "commit them, or move them away");
    let hidden = "changed where git was told not to look";
    let unhide = "undo `git update-index --assume-unchanged` or `--skip-worktree` on them, then commit";
    case.none_of(facts.hidden, "file", hidden, unhide);
    submodules(case, facts);
    case.none_of(
        facts.nested,
        "worktree or mount",
        "in its folder that is not a part of it",
        "remove or unmount that first",
    );
    let stashes = "of its branch";
    case.none_of(facts.stashes, "stash", stashes, "apply and commit it, or drop it");
}

/// Asks for submodules whose repositories lie in the worktree or in its private git folder.
fn submodules(case: &mut Case, facts: &Facts) {
    let what = "with work or a repository of its own";
    case.none_of(facts.submodules, "submodule", what, "commit and push inside, then `git submodule deinit` it");
}

/// Asks whether the commits are kept: one proof is enough, and both must fail before it is known that they are not.
fn commits(case: &mut Case, facts: &Facts) {
    match (facts.alone, facts.merged) {
        (Some(0), _) | (_, Some(true)) => {}
        (Some(alone), Some(false)) => {
            let remedy = match facts.detached {
                Some(true) => "give them a branch, then push or merge it",
                _ => "push or merge its branch",
            };
            case.against(format!("{} that no other ref has", count(alone, "commit")), remedy);
        }
        (None, _) | (_, None) => case.unknown("whether its commits are kept elsewhere"),
    }
}

#[cfg(test)]
#[path = "safety_tests.rs"]
mod tests;
