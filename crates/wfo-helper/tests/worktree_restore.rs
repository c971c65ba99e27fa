//! The trash of worktrees: what was removed comes back as it was, byte for byte, for seven days.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use registry::rows;
use serde_json::json;
use support::{Done, Repo, text_of};
use worktree::{has_branch, made, put, repo, traces, work, worktree};

/// Every path with its kind, mode and bytes, relative to the folder.
fn content(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let meta = path.symlink_metadata().expect("a path");
        let bytes = if meta.is_symlink() {
            std::fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
        } else if meta.is_file() {
            std::fs::read(&path).expect("a file")
        } else {
            waiting.extend(std::fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
            Vec::new()
        };
        found.insert(path.strip_prefix(folder).expect("below").to_owned(), (meta.permissions().mode(), bytes));
    }
    found
}

/// A worktree with everything that a checkout can hold and that is still safe to remove.
fn furnished(repo: &Repo) -> PathBuf {
    repo.put(".gitignore", "ignored/\n.env\n*.log\n");
    repo.commit("ignore");
    repo.put(".env", "SECRET=1\nPORT=1\n");
    let folder = made(repo, "feature/ä-b", &["--task", "Keep me"]);
    work(repo, &folder, "src/deep/one", "1\n");
    repo.git(&["branch", "-f", "backup", "feature/ä-b"]);
    put(&folder.join("ignored/sub/cache"), "cached\n");
    put(&folder.join("run.log"), "log\n");
    symlink("../src", folder.join("ignored/link")).unwrap();
    symlink("/nowhere/at/all", folder.join("ignored/out")).unwrap();
    std::fs::create_dir(folder.join("ignored/empty")).unwrap();
    std::fs::set_permissions(folder.join("run.log"), std::fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

fn restore(repo: &Repo, name: &str) -> Done {
    worktree(repo, &["restore", name])
}

#[test]
fn everything_comes_back_byte_for_byte() {
    let repo = repo();
    let folder = furnished(&repo);
    let before = content(&folder);
    let head = repo.git_in(&folder, &["rev-parse", "HEAD"]);
    let name = worktree(&repo, &["remove", "feature/ä-b"]).data()["removed"]["trash"].as_str().unwrap().to_owned();
    assert!(!folder.exists());
    let trashed = content(&repo.config().join("wfo/trash/project").join(&name));
    assert_eq!(trashed, before, "ignored files come along into the trash");
    let listed = worktree(&repo, &["restore"]).data();
    assert_eq!(
        listed["trash"],
        json!([{"name": name, "path": folder, "branch": "feature/ä-b", "at": "2026-11-21T09:00:00Z"}])
    );
    let dry = worktree(&repo, &["restore", "feature/ä-b", "--dry-run"]).data();
    assert!(dry["applied"] == false && !folder.exists());
    let back = restore(&repo, "feature/ä-b").data();
    assert_eq!((&back["applied"], &back["branch_made"]), (&json!(true), &json!(false)));
    assert_eq!(content(&folder), before);
    assert_eq!(repo.git_in(&folder, &["rev-parse", "HEAD"]), head);
    assert_eq!(repo.git_in(&folder, &["status", "--porcelain"]), "");
    assert_eq!(repo.git_in(&folder, &["symbolic-ref", "HEAD"]), "refs/heads/feature/ä-b");
    let rows = rows(&repo);
    assert_eq!((&rows[0]["task"], &rows[0]["worktreePath"]), (&json!("Keep me"), &json!(folder)));
    assert_eq!(worktree(&repo, &["restore"]).data()["trash"], json!([]), "the trash is empty again");
    assert_eq!(repo.git(&["for-each-ref", "refs/wfo"]), "");
}

#[test]
fn a_deleted_branch_comes_back_with_it() {
    let repo = repo();
    let folder = furnished(&repo);
    let (before, tip) = (content(&folder), repo.git(&["rev-parse", "backup"]));
    worktree(&repo, &["remove", "feature/ä-b", "--delete-branch"]).data();
    repo.git(&["branch", "-q", "-D", "backup"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let back = restore(&repo, "feature/ä-b").data();
    assert_eq!(back["branch_made"], true);
    assert_eq!(content(&folder), before);
    assert_eq!(repo.git(&["rev-parse", "feature/ä-b"]), tip, "the commit outlived git's own clean-up");
    assert_eq!(repo.git_in(&folder, &["status", "--porcelain"]), "");
}

#[test]
fn gits_own_state_of_the_worktree_comes_back() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    repo.git_in(&folder, &["update-index", "--assume-unchanged", "README.md"]);
    repo.git(&["config", "extensions.worktreeConfig", "true"]);
    repo.git_in(&folder, &["config", "--worktree", "demo.own", "kept"]);
    let reflog = repo.git_in(&folder, &["reflog"]);
    worktree(&repo, &["remove", "a"]).data();
    restore(&repo, "a").data();
    assert_eq!(repo.git_in(&folder, &["ls-files", "-v"]), "h README.md");
    assert_eq!(repo.git_in(&folder, &["config", "demo.own"]), "kept");
    assert_eq!(repo.git_in(&folder, &["reflog"]), reflog);
}

#[test]
fn nothing_is_laid_over_what_stands_there() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    worktree(&repo, &["remove", "a"]).data();
    put(&folder.join("mine"), "m\n");
    assert_eq!(restore(&repo, "a").failure(), (22, "worktree.exists".to_owned()));
    assert_eq!(content(&folder).len(), 2);
    std::fs::remove_dir_all(&folder).unwrap();
    let other = repo.at("other");
    repo.git(&["worktree", "add", "-q", &other.to_string_lossy(), "a"]);
    let before = traces(&repo);
    let done = restore(&repo, "a");
    assert_eq!(done.failure(), (22, "worktree.exists".to_owned()), "its branch is checked out elsewhere");
    assert_eq!(traces(&repo), before);
    assert!(!folder.exists());
    repo.git(&["worktree", "remove", &other.to_string_lossy()]);
    restore(&repo, "a").data();
    assert_eq!(text_of(&folder.join("README.md")), "demo\n");
}

#[test]
fn a_branch_that_moved_on_is_not_moved_back() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    worktree(&repo, &["remove", "a"]).data();
    repo.put("more", "m\n");
    let newer = repo.commit("more");
    repo.git(&["branch", "-q", "-f", "a", "main"]);
    restore(&repo, "a").data();
    assert_eq!(repo.git(&["rev-parse", "a"]).trim(), newer);
    assert!(!folder.join("more").exists(), "the files are those that were removed");
}

#[test]
fn the_newest_of_a_branch_counts_and_each_has_its_name() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    repo.put(".git/info/exclude", "mark\n");
    for mark in ["first", "second"] {
        put(&folder.join("mark"), mark);
        worktree(&repo, &["remove", "a"]).data();
        if mark == "first" {
            made(&repo, "a", &["--existing"]);
        }
    }
    let names: Vec<_> = worktree(&repo, &["restore"]).data()["trash"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["20261121T090000Z-a-2", "20261121T090000Z-a"]);
    restore(&repo, "a").data();
    assert_eq!(text_of(&folder.join("mark")), "second");
    worktree(&repo, &["remove", "a"]).data();
    restore(&repo, "20261121T090000Z-a").data();
    assert_eq!(text_of(&folder.join("mark")), "first");
    assert_eq!(restore(&repo, "nothing").failure(), (20, "worktree.unknown".to_owned()));
}

#[test]
fn the_trash_is_kept_for_seven_days() {
    let repo = repo();
    repo.put(".git/info/exclude", "mark\n");
    let folder = made(&repo, "old", &[]);
    made(&repo, "b", &[]);
    made(&repo, "c", &[]);
    put(&folder.join("mark"), "kept\n");
    worktree(&repo, &["remove", "old", "--delete-branch"]).data();
    let at = |branch: &str, now: &str| {
        repo.call(&["worktree", "remove", branch]).env("WFO_NOW", now).run(&repo).data();
        worktree(&repo, &["restore"]).data()["trash"].as_array().unwrap().len()
    };
    assert_eq!(at("b", "2026-11-28T09:00:00Z"), 2, "seven days to the second");
    assert_eq!(repo.git(&["for-each-ref", "refs/wfo"]).lines().count(), 2);
    assert_eq!(at("c", "2026-11-28T09:00:01Z"), 2, "a second more: the old one went, the new one came");
    assert_eq!(restore(&repo, "old").failure(), (20, "worktree.unknown".to_owned()));
    let left: Vec<_> = std::fs::read_dir(repo.config().join("wfo/trash/project"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("-old")), "{left:?}");
    assert_eq!(repo.git(&["for-each-ref", "refs/wfo"]).lines().count(), 2);
    assert!(!has_branch(&repo, "old"));
}

#[test]
fn another_repository_does_not_see_this_trash() {
    let repo = repo();
    made(&repo, "a", &[]);
    worktree(&repo, &["remove", "a"]).data();
    let other = repo.at("elsewhere/project");
    std::fs::create_dir_all(&other).unwrap();
    repo.git_in(&other, &["init", "-q", "-b", "main"]);
    repo.commit_in(&other, "start");
    let seen = worktree::worktree_in(&repo, &other, &["restore"]).data();
    assert_eq!(seen["trash"], json!([]), "the same name, another repository");
    assert_eq!(worktree::worktree_in(&repo, &other, &["restore", "a"]).failure().0, 20);
}

#[test]
fn from_another_file_system_it_comes_back_as_it_was_too() {
    use std::os::unix::fs::MetadataExt;
    let repo = repo();
    let device = |path: &Path| path.metadata().map(|meta| meta.dev()).ok();
    let elsewhere =
        tempfile::tempdir_in("/dev/shm").ok().filter(|folder| device(folder.path()) != device(&repo.root()));
    let Some(elsewhere) = elsewhere else {
        eprintln!("skipped: there is no second file system here");
        return;
    };
    let folder = elsewhere.path().join("tree");
    repo.put(".gitignore", "ignored/\n");
    repo.commit("ignore");
    made(&repo, "a", &["--path", &folder.to_string_lossy()]);
    put(&folder.join("ignored/sub/cache"), "cached\n");
    symlink("/nowhere/at/all", folder.join("ignored/out")).unwrap();
    std::fs::create_dir(folder.join("ignored/empty")).unwrap();
    std::fs::set_permissions(folder.join("ignored/sub"), std::fs::Permissions::from_mode(0o500)).unwrap();
    let before = content(&folder);
    worktree(&repo, &["remove", "a"]).data();
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing is left behind");
    restore(&repo, "a").data();
    assert_eq!(content(&folder), before);
    assert_eq!(repo.git_in(&folder, &["status", "--porcelain"]), "");
    std::fs::set_permissions(folder.join("ignored/sub"), std::fs::Permissions::from_mode(0o700)).unwrap();
}
