//! Which operation is under way, and the branch being rebased, told from the files in the git folder.
//! Reads only those files; follows git's own `wt-status` rules.

use std::path::Path;

use crate::facts::Operation;

/// What the git folder says is under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UnderWay {
    /// The operation; the first that holds in the order of [`Operation`].
    pub(crate) operation: Option<Operation>,
    /// Short name of the branch that is being rebased.
    pub(crate) rebasing: Option<String>,
}

/// Looks into a checkout's own git folder.
pub(crate) fn under_way(git_dir: &Path) -> UnderWay {
    let has = |name: &str| git_dir.join(name).exists();
    let rebase = ["rebase-merge", "rebase-apply"].into_iter().find(|name| git_dir.join(name).is_dir());
    let am = has("rebase-apply/applying");
    let sequence = sequence(git_dir);
    let operation = if am {
        Some(Operation::Am)
    } else if rebase.is_some() {
        Some(Operation::Rebase)
    } else if has("CHERRY_PICK_HEAD") {
        Some(Operation::CherryPick)
    } else if has("MERGE_HEAD") {
        Some(Operation::Merge)
    } else if has("REVERT_HEAD") {
        Some(Operation::Revert)
    } else if sequence.is_some() {
        sequence
    } else if has("BISECT_LOG") {
        Some(Operation::Bisect)
    } else {
        None
    };
    let rebasing = rebase.filter(|_| !am).and_then(|folder| {
        let name = read(&git_dir.join(folder).join("head-name"))?;
        name.trim_end().strip_prefix("refs/heads/").map(str::to_owned)
    });
    UnderWay { operation, rebasing }
}

/// A series of picks or reverts between two of its commits leaves only its list.
fn sequence(git_dir: &Path) -> Option<Operation> {
    let todo = read(&git_dir.join("sequencer/todo"))?;
    match todo.split_whitespace().next()? {
        "pick" | "p" => Some(Operation::CherryPick),
        "revert" => Some(Operation::Revert),
        _ => None,
    }
}

/// Reads a small state file; what is not a regular file is not there.
pub(crate) fn read(path: &Path) -> Option<String> {
    let page = wfo_base::read::own(path, 1 << 20).ok()??;
    Some(page.text)
}
