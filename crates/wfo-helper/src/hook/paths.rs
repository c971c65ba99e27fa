//! Where a path leads, after links, dots and `~`: to tell what lies below a folder whatever the spelling. Reads no file.

use std::path::{Component, Path, PathBuf};

/// Makes a path absolute and takes dots out; links stay.
pub(super) fn absolute(path: &str, cwd: Option<&Path>) -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_default();
    let expanded = match path.strip_prefix('~') {
        Some("") => home(),
        Some(rest) if rest.starts_with('/') => home().join(rest.trim_start_matches('/')),
        _ => cwd.unwrap_or(Path::new("/")).join(path),
    };
    let mut plain = PathBuf::new();
    for part in expanded.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Says whether a path, after links and dots, lies below a folder or is it.
pub(super) fn is_below(path: &str, cwd: Option<&Path>, folder: &Path) -> bool {
    if path.is_empty() {
        return false;
    }
    let plain = absolute(path, cwd);
    let folder = absolute(&folder.to_string_lossy(), None);
    plain.starts_with(&folder) || resolved(&plain).starts_with(resolved(&folder))
}

/// Resolves the longest part of a path that is there.
fn resolved(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let Ok(real) = std::fs::canonicalize(there) {
            return real.join(path.strip_prefix(there).unwrap_or(Path::new("")));
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_links_and_doubled_slashes_do_not_hide_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("config/wfo");
        wfo_base::atomic::make_folder(&own, false).unwrap();
        std::os::unix::fs::symlink(&own, folder.path().join("link")).unwrap();
        let cwd = folder.path().join("config");
        for path in ["wfo/used.jsonl", "../config/./wfo/x/y", "../link/approvals.jsonl", "..//config//wfo", "wfo"] {
            assert!(is_below(path, Some(&cwd), &own), "{path}");
        }
        for path in ["wfo2/x", "other/wfo", "/etc/passwd", ""] {
            assert!(!is_below(path, Some(&cwd), &own), "{path}");
        }
    }
}
