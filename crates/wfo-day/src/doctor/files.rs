//! Looks at wfo's own files: who may read them, and whether key and tables can be read. Never shows what the key holds.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wfo_base::home::Home;
use wfo_base::read;
use wfo_base::tables::Layers;

use super::{Check, more};
use crate::tables;

/// The most files below CONFIG/wfo that are looked at.
const MOST: usize = 5_000;
/// How deep folders are followed.
const DEPTH: usize = 5;

/// What a person edits: others may read it where the folder lets them, but not write it.
const EDITED: [&str; 4] = ["config.yaml", "budgets.yaml", "data", "bin"];

/// Walks the files below a folder, links not followed.
pub(super) fn below(folder: &Path) -> Vec<(PathBuf, std::fs::Metadata)> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            // Removed worktrees keep the modes of their files: the folder around them is closed.
            if depth == 0 && entry.file_name() == "trash" {
                found.push((entry.path(), meta));
                continue;
            }
            if meta.is_dir() && depth < DEPTH {
                open.push((entry.path(), depth + 1));
            }
            found.push((entry.path(), meta));
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Looks at the modes below `CONFIG/wfo`: 0700 and 0600.
pub(super) fn folder(home: &Home) -> Check {
    let own = home.wfo("");
    let shown = own.display().to_string();
    let shown = shown.trim_end_matches('/');
    let meta = match std::fs::metadata(&own) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::pass("config-folder", format!("{shown} is not there yet; it is made on first need"));
        }
        Err(error) => return Check::unknown("config-folder", format!("{shown} cannot be looked at: {error}")),
    };
    if !meta.is_dir() {
        return Check::fail("config-folder", format!("{shown} is not a folder")).fix(format!("move {shown} away"));
    }
    if let Err(error) = std::fs::read_dir(&own) {
        return Check::unknown("config-folder", format!("{shown} cannot be read: {error}"))
            .fix(format!("run `chmod 700 {shown}`"));
    }
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Check::fail("config-folder", format!("{shown} has mode {mode:04o}: others can look into it"))
            .fix(format!("run `chmod 700 {shown}`"));
    }
    let files = below(&own);
    let open: Vec<(&Path, u32)> = files.iter().filter_map(|(path, meta)| too_open(&own, path, meta)).collect();
    match open.first() {
        None => Check::pass("config-folder", format!("{shown} is for its owner only")),
        Some((path, mode)) => {
            let right = if path.is_dir() { "700" } else { "600" };
            Check::fail("config-folder", format!("{} has mode {mode:04o}{}", path.display(), more(open.len())))
                .fix(format!("run `chmod {right} {}`", path.display()))
        }
    }
}

/// Returns path and mode of what others may use. Links have no mode of their own.
fn too_open<'a>(own: &Path, path: &'a Path, meta: &std::fs::Metadata) -> Option<(&'a Path, u32)> {
    let first = path.strip_prefix(own).ok()?.components().next()?;
    let edited = EDITED.iter().any(|name| first.as_os_str() == *name);
    let mode = meta.permissions().mode() & 0o777;
    let forbidden = if edited { 0o022 } else { 0o077 };
    (!meta.is_symlink() && mode & forbidden != 0).then_some((path, mode))
}

/// Looks whether the key that proposals are signed with can be read.
pub(super) fn key(home: &Home) -> Check {
    let path = home.wfo("key");
    let shown = path.display();
    match read::own(&path, 1024) {
        Ok(None) => Check::pass("key", "not made yet; it is made with the first proposal"),
        Ok(Some(page)) => {
            let text = page.text.trim();
            let sound = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if sound {
                Check::pass("key", format!("{shown} can be read"))
            } else {
                Check::fail("key", format!("{shown} is not a key of wfo"))
                    .fix(format!("remove {shown}: a new one is made, and open proposals are then stale"))
            }
        }
        Err(problem) => Check::fail("key", problem.message).fix(format!("run `chmod 600 {shown}`")),
    }
}

/// Reads all tables in force.
pub(super) fn tables(layers: &Layers) -> Check {
    let checked = tables::check_all(layers);
    let check = Check::of_faults("tables", &checked.faults, format!("{} tables can be read", checked.tables.len()));
    if checked.faults.is_empty() { check } else { check.fix("run `wfo-helper data check`") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use std::fs;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned());
        (folder, home)
    }

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn files_that_others_may_use_are_named() {
        let (_folder, home) = home();
        assert_eq!(folder(&home).verdict, Verdict::Pass);
        wfo_base::atomic::make_folder(&home.wfo("tickets"), true).unwrap();
        wfo_base::atomic::make_folder(&home.wfo("data"), true).unwrap();
        for name in ["key", "tickets/a.json", "config.yaml", "data/agents.yaml"] {
            wfo_base::atomic::write_private(&home.wfo(name), b"x").unwrap();
        }
        assert_eq!(folder(&home).verdict, Verdict::Pass);
        // What a person edits may be readable, not writable.
        mode(&home.wfo("config.yaml"), 0o644);
        mode(&home.wfo("data/agents.yaml"), 0o644);
        assert_eq!(folder(&home).verdict, Verdict::Pass);
        for (name, bad, good) in [
            ("config.yaml", 0o664, 0o644),
            ("key", 0o640, 0o600),
            ("tickets/a.json", 0o604, 0o600),
            ("tickets", 0o755, 0o700),
            ("", 0o755, 0o700),
        ] {
            mode(&home.wfo(name), bad);
            let check = folder(&home);
            assert_eq!(check.verdict, Verdict::Fail, "{name}");
            assert!(check.detail.contains(&format!("{bad:04o}")) && check.fix.unwrap().contains("chmod"), "{name}");
            mode(&home.wfo(name), good);
        }
    }

    #[test]
    fn a_key_that_is_none_is_named_and_not_shown() {
        let (_folder, home) = home();
        assert_eq!(key(&home).verdict, Verdict::Pass);
        wfo_base::atomic::make_folder(&home.wfo(""), true).unwrap();
        wfo_base::atomic::write_private(&home.wfo("key"), "ab".repeat(32).as_bytes()).unwrap();
        assert_eq!(key(&home).verdict, Verdict::Pass);
        wfo_base::atomic::write_private(&home.wfo("key"), b"topsecret").unwrap();
        let check = key(&home);
        assert!(check.verdict == Verdict::Fail && !check.detail.contains("topsecret"));
    }

    #[test]
    fn a_broken_table_is_named() {
        let (_folder, home) = home();
        let layers = Layers { user: Some(home.wfo("data")), ..Layers::default() };
        assert_eq!(tables(&layers).verdict, Verdict::Pass);
        wfo_base::atomic::make_folder(&home.wfo("data"), true).unwrap();
        wfo_base::atomic::write(&home.wfo("data/agents.yaml"), b"rows: 1").unwrap();
        assert_eq!(tables(&layers).verdict, Verdict::Fail);
    }
}
