//! Looks at git itself, and whether a large repository would be read faster with a commit-graph. Writes nothing.

use std::path::Path;
use std::time::Duration;

use wfo_base::process::Run;

use super::Check;

/// The oldest git that the fall-backs are tested with.
const OLDEST: (u32, u32) = (2, 30);
/// From this many objects on a commit-graph is worth its file.
const LARGE: u64 = 50_000;
/// Bytes that an index of packed objects has for each object, and before the first.
const INDEX_ROW: u64 = 28;
const INDEX_HEAD: u64 = 1_072;

/// Asks git for its version.
pub(super) fn git() -> Check {
    let install = format!("install git {}.{} or newer", OLDEST.0, OLDEST.1);
    let ran = match Run::new("git").arg("--version").limit(Duration::from_secs(2)).cap(4096).run() {
        Ok(ran) => ran,
        Err(problem) => return Check::fail("git", problem.message).fix(install),
    };
    let line = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
    match version(&line) {
        Some(found) if ran.is_ok() && found >= OLDEST => Check::pass("git", line),
        Some(_) if ran.is_ok() => Check::fail("git", format!("{line} is too old")).fix(install),
        _ => Check::unknown("git", "`git --version` gave no version").fix(install),
    }
}

/// Reads `git version 2.47.3 (...)`.
fn version(line: &str) -> Option<(u32, u32)> {
    let mut parts = line.strip_prefix("git version ")?.split(['.', ' ']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Advises a commit-graph where history is long and there is none.
pub(super) fn commit_graph(common_dir: &Path) -> Check {
    let objects = common_dir.join("objects");
    let there =
        ["info/commit-graph", "info/commit-graphs/commit-graph-chain"].iter().any(|name| objects.join(name).is_file());
    if there {
        return Check::pass("commit-graph", "there is one");
    }
    let packs = match std::fs::read_dir(objects.join("pack")) {
        Ok(packs) => packs,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return small(),
        Err(error) => return Check::unknown("commit-graph", format!("the packed objects cannot be listed: {error}")),
    };
    let indexes = packs.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "idx"));
    let packed: u64 = indexes
        .filter_map(|entry| entry.metadata().ok())
        .map(|meta| meta.len().saturating_sub(INDEX_HEAD) / INDEX_ROW)
        .sum();
    if packed < LARGE {
        return small();
    }
    Check::pass(
        "commit-graph",
        format!("there is none, and some {packed} objects are packed: history is read more slowly than need be"),
    )
    .fix("run `git commit-graph write --reachable`, or `git maintenance start` to keep one")
}

fn small() -> Check {
    Check::pass("commit-graph", "not needed: the repository is small")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_git_writes_them() {
        assert_eq!(version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("git version 3.0.windows.1"), Some((3, 0)));
        assert_eq!(version("hello"), None);
        assert!(version("git version 2.9.1") < Some(OLDEST));
    }

    #[test]
    fn advice_is_for_large_repositories_without_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(commit_graph(folder.path()).fix, None);
        wfo_base::atomic::make_folder(&folder.path().join("objects/pack"), false).unwrap();
        wfo_base::atomic::write(
            &folder.path().join("objects/pack/pack-1.idx"),
            &vec![0; (INDEX_HEAD + LARGE * INDEX_ROW) as usize],
        )
        .unwrap();
        assert!(commit_graph(folder.path()).fix.is_some());
        wfo_base::atomic::make_folder(&folder.path().join("objects/info"), false).unwrap();
        wfo_base::atomic::write(&folder.path().join("objects/info/commit-graph"), b"").unwrap();
        assert_eq!(commit_graph(folder.path()).fix, None);
    }
}
