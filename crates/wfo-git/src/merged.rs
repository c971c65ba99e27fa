//! Decides whether a branch's own work is in the default branch, also after a squash or a rebase.
//! Evidence only: never the branch's name, and a branch that has no work of its own is not merged. What passes a bound
//! is not determined, never a yes.

mod difference;
mod patch;
mod search;

pub(crate) use difference::{Changed, Leaf, difference, leaf, whole};
pub(crate) use search::Works;

/// What is known about a branch and the default branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Whether the default branch reaches its tip.
    pub(crate) reached: Option<bool>,
    /// Whether its log shows commits of its own.
    pub(crate) own_work: Option<bool>,
    /// Whether its tip was once the tip of the default branch.
    pub(crate) on_main_line: Option<bool>,
    /// Whether its changes are found in the default branch as other commits; `None` when the search did not end.
    pub(crate) found: Option<bool>,
}

/// Weighs the evidence.
pub(crate) fn verdict(evidence: Evidence) -> Option<bool> {
    match (evidence.reached, evidence.own_work, evidence.on_main_line) {
        (None, ..) => None,
        (Some(false), ..) => evidence.found,
        (Some(true), Some(true), _) | (Some(true), _, Some(false)) => Some(true),
        (Some(true), Some(false), _) => Some(false),
        (Some(true), None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_without_work_of_its_own_is_not_merged_and_ignorance_is_not_a_yes() {
        let yes = Some(true);
        let no = Some(false);
        for (reached, own_work, on_main_line, found, expected) in [
            (yes, yes, yes, no, yes),
            (yes, yes, no, no, yes),
            (yes, no, yes, no, no),
            (yes, no, no, None, yes),
            (yes, no, None, yes, no),
            (yes, None, no, no, yes),
            (yes, None, yes, no, None),
            (yes, None, None, yes, None),
            (no, yes, no, no, no),
            (no, yes, no, yes, yes),
            (no, yes, no, None, None),
            (None, yes, yes, yes, None),
        ] {
            let evidence = Evidence { reached, own_work, on_main_line, found };
            assert_eq!(verdict(evidence), expected, "{evidence:?}");
        }
    }
}
