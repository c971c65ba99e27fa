//! What stops a worktree from being merged now, in plain sentences.
//! Judges facts only; what could not be determined stops it too, and what does not apply says nothing.

use wfo_base::text::code_span;

use crate::recommend::count;

/// What the last test run says about the content that is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tests {
    /// They passed on this very content.
    Passed,
    /// They failed.
    Failed,
    /// They ran on other content.
    Stale,
    /// None has run.
    Missing,
    /// The evidence could not be read.
    Unknown,
}

/// What a merge depends on; in counts `None` = could not be determined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeFacts {
    /// Files in conflict.
    pub conflicted: Option<u64>,
    /// Operations under way, such as `rebase`; empty = none.
    pub operations: Option<Vec<String>>,
    /// Files changed and not committed, untracked ones and conflicts included.
    pub changes: Option<u64>,
    /// Blocked tasks of its TODO; 0 without a TODO.
    pub blocked_tasks: u64,
    /// Commits of the default branch that it lacks.
    pub behind_default: Option<u64>,
    /// Test evidence; `None` where no evidence is kept, so that nothing is said.
    pub tests: Option<Tests>,
    /// Files in which a simulated merge into the default branch conflicts.
    pub forecast: Option<u64>,
    /// Whether it is locked.
    pub locked: bool,
}

/// Lists what stops the merge, the most pressing first; empty = nothing is known to.
#[must_use]
pub fn blockers(facts: &MergeFacts) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(conflicted @ 1..) = facts.conflicted {
        out.push(format!("{} in conflict", count(conflicted, "file")));
    }
    for operation in facts.operations.iter().flatten() {
        out.push(format!("{} is under way", code_span(operation)));
    }
    match facts.changes {
        Some(0) => {}
        Some(changes) => out.push(format!("{} not committed", count(changes, "change"))),
        None => out.push("its state could not be read".to_owned()),
    }
    if facts.operations.is_none() {
        out.push("whether a merge or rebase is under way could not be read".to_owned());
    }
    if facts.blocked_tasks > 0 {
        out.push(format!("{} of its TODO blocked", count(facts.blocked_tasks, "task")));
    }
    match facts.behind_default {
        Some(0) => {}
        Some(behind) => out.push(format!("{} behind the default branch", count(behind, "commit"))),
        None => out.push("how far it is behind the default branch could not be determined".to_owned()),
    }
    match facts.tests {
        None | Some(Tests::Passed) => {}
        Some(Tests::Failed) => out.push("its tests fail".to_owned()),
        Some(Tests::Stale) => out.push("its tests ran on other content than is there now".to_owned()),
        Some(Tests::Missing) => out.push("no test has run on it".to_owned()),
        Some(Tests::Unknown) => out.push("its test evidence could not be read".to_owned()),
    }
    match facts.forecast {
        Some(0) => {}
        Some(files) => out.push(format!("merging it into the default branch conflicts in {}", count(files, "file"))),
        None => out.push("whether it conflicts with the default branch could not be determined".to_owned()),
    }
    if facts.locked {
        out.push("locked: a session may be at work in it".to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worktree that could be merged now.
    fn ready() -> MergeFacts {
        MergeFacts {
            conflicted: Some(0),
            operations: Some(vec![]),
            changes: Some(0),
            behind_default: Some(0),
            tests: Some(Tests::Passed),
            forecast: Some(0),
            ..MergeFacts::default()
        }
    }

    #[test]
    fn nothing_stops_a_worktree_that_is_ready() {
        assert_eq!(blockers(&ready()), Vec::<String>::new());
        assert_eq!(blockers(&MergeFacts { tests: None, ..ready() }), Vec::<String>::new());
    }

    #[test]
    fn each_thing_that_stops_a_merge_is_one_sentence() {
        for (facts, sentence) in [
            (MergeFacts { conflicted: Some(1), ..ready() }, "1 file in conflict"),
            (MergeFacts { operations: Some(vec!["rebase".into()]), ..ready() }, "`rebase` is under way"),
            (MergeFacts { changes: Some(2), ..ready() }, "2 changes not committed"),
            (MergeFacts { blocked_tasks: 1, ..ready() }, "1 task of its TODO blocked"),
            (MergeFacts { behind_default: Some(3), ..ready() }, "3 commits behind the default branch"),
            (MergeFacts { tests: Some(Tests::Failed), ..ready() }, "its tests fail"),
            (MergeFacts { tests: Some(Tests::Stale), ..ready() }, "its tests ran on other content than is there now"),
            (MergeFacts { tests: Some(Tests::Missing), ..ready() }, "no test has run on it"),
            (MergeFacts { forecast: Some(2), ..ready() }, "merging it into the default branch conflicts in 2 files"),
            (MergeFacts { locked: true, ..ready() }, "locked: a session may be at work in it"),
        ] {
            assert_eq!(blockers(&facts), [sentence]);
        }
    }

    #[test]
    fn what_could_not_be_determined_stops_a_merge() {
        for facts in [
            MergeFacts { operations: None, ..ready() },
            MergeFacts { changes: None, ..ready() },
            MergeFacts { behind_default: None, ..ready() },
            MergeFacts { tests: Some(Tests::Unknown), ..ready() },
            MergeFacts { forecast: None, ..ready() },
        ] {
            assert_eq!(blockers(&facts).len(), 1, "{facts:?}");
        }
    }

    #[test]
    fn the_most_pressing_comes_first() {
        let facts = MergeFacts {
            conflicted: Some(1),
            operations: Some(vec!["merge\u{1b}[31m".into()]),
            changes: Some(1),
            locked: true,
            ..ready()
        };
        let found = blockers(&facts);
        assert_eq!(found[..3], ["1 file in conflict", "`merge` is under way", "1 change not committed"]);
        assert_eq!(found.len(), 4);
    }
}
