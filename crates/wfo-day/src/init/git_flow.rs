//! Tells whether a project works by the git-flow, from its branches and TODO files. Reads names only, never a commit.

use std::path::Path;

use wfo_base::read;

use crate::place::Place;

/// Why the git-flow counts as being in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitFlow {
    /// It was asked for.
    Asked,
    /// There is `develop` and, beside it, `contrib/` or `release/` branches.
    Branches,
    /// There are workflow files named `TODO_<type>_<stamp>_<slug>.md`.
    TodoFiles,
}

impl GitFlow {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Branches => "branches",
            Self::TodoFiles => "todo-files",
        }
    }
}

/// The most of `packed-refs` that is read: 8 MiB.
const PACKED_LIMIT: u64 = 8 << 20;

/// Looks for the git-flow.
pub(crate) fn detect(place: &Place) -> Option<GitFlow> {
    if has_todo_file(place.shared_root()) {
        return Some(GitFlow::TodoFiles);
    }
    let branches = place.repository().map(|repository| branches(repository.common_dir()))?;
    let develop = branches.iter().any(|name| name == "develop");
    let others = branches.iter().any(|name| name.starts_with("contrib/") || name.starts_with("release/"));
    (develop && others).then_some(GitFlow::Branches)
}

fn has_todo_file(root: &Path) -> bool {
    let Ok(folder) = std::fs::read_dir(root) else { return false };
    folder.flatten().any(|entry| entry.file_name().to_str().is_some_and(|name| wfo_todo::todo_name(name).is_some()))
}

/// Names the branches that matter, local and remote, without the remote's name. A repository with another way of
/// keeping references (reftable) names none: the flag is there for it.
fn branches(common_dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let packed = read::own(&common_dir.join("packed-refs"), PACKED_LIMIT).ok().flatten();
    for line in packed.iter().flat_map(|page| page.text.lines()) {
        let name = line.split_once(' ').map(|(_, name)| name).unwrap_or_default();
        names.extend(branch(name).map(str::to_owned));
    }
    let heads = common_dir.join("refs/heads");
    let remotes = std::fs::read_dir(common_dir.join("refs/remotes")).into_iter().flatten().flatten().take(100);
    for folder in remotes.map(|remote| remote.path()).chain([heads]) {
        if folder.join("develop").is_file() {
            names.push("develop".to_owned());
        }
        for prefix in ["contrib", "release"] {
            // An empty folder is what is left of a branch that was removed.
            if std::fs::read_dir(folder.join(prefix)).is_ok_and(|mut inside| inside.next().is_some()) {
                names.push(format!("{prefix}/"));
            }
        }
    }
    names
}

/// Returns a branch's name without `refs/heads/` or `refs/remotes/<remote>/`.
fn branch(reference: &str) -> Option<&str> {
    let remote = || reference.strip_prefix("refs/remotes/")?.split_once('/').map(|(_, name)| name);
    reference.strip_prefix("refs/heads/").or_else(remote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lose_their_prefix_and_remote() {
        assert_eq!(branch("refs/heads/contrib/ada"), Some("contrib/ada"));
        assert_eq!(branch("refs/remotes/origin/develop"), Some("develop"));
        assert_eq!(branch("refs/tags/develop"), None);
        assert_eq!(branch("refs/remotes/origin"), None);
    }

    #[test]
    fn loose_and_packed_branches_are_found_and_left_over_folders_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        let file = |path: &str, text: &str| {
            wfo_base::atomic::make_folder(at(path).parent().unwrap(), false).unwrap();
            wfo_base::atomic::write(&at(path), text.as_bytes()).unwrap();
        };
        wfo_base::atomic::make_folder(&at("refs/heads/contrib"), false).unwrap();
        assert_eq!(branches(folder.path()), Vec::<String>::new());
        file("refs/heads/contrib/ada", "");
        file("refs/remotes/origin/develop", "");
        file("packed-refs", "# pack-refs with: peeled\nabc refs/heads/release/v1\n^abc\nbroken\n");
        assert_eq!(branches(folder.path()), ["release/v1", "develop", "contrib/"]);
    }
}
