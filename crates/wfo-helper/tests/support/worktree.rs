//! Worktrees as tests need them: made by the helper itself, and the traces that a call leaves in branches, folders and registry.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::registry::{rows, unattended, with_pool};
use super::support::{Done, Repo};

/// A repository with one commit, a pool of ports that nobody uses, and a user who lets everything happen.
pub(crate) fn repo() -> Repo {
    let repo = watched();
    unattended(&repo);
    repo
}

/// As [`repo`], but a person has to say yes.
pub(crate) fn watched() -> Repo {
    let repo = Repo::new();
    with_pool(&repo, 20);
    repo
}

/// Runs `worktree ...`.
pub(crate) fn worktree(repo: &Repo, arguments: &[&str]) -> Done {
    worktree_in(repo, &repo.root(), arguments)
}

/// Runs `worktree ...` in another folder.
pub(crate) fn worktree_in(repo: &Repo, folder: &Path, arguments: &[&str]) -> Done {
    repo.call(&[&["worktree"], arguments].concat()).folder(folder).run(repo)
}

/// Makes a worktree and returns what was made.
pub(crate) fn make(repo: &Repo, branch: &str, flags: &[&str]) -> Value {
    let data = worktree(repo, &[&["create", branch], flags].concat()).data();
    assert_eq!(data["applied"], true, "{data:#}");
    data["worktree"].clone()
}

/// Makes a worktree and returns its folder.
pub(crate) fn made(repo: &Repo, branch: &str, flags: &[&str]) -> PathBuf {
    let path = make(repo, branch, flags)["path"].as_str().expect("a path").to_owned();
    repo.root().join(path)
}

/// Writes a file of a worktree and commits it there.
pub(crate) fn work(repo: &Repo, tree: &Path, file: &str, text: &str) -> String {
    let path = tree.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    wfo_base::atomic::write(&path, text.as_bytes()).expect("a file");
    repo.commit_in(tree, &format!("change {file}"))
}

/// Writes a file without committing it.
pub(crate) fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    wfo_base::atomic::write(path, text.as_bytes()).expect("a file");
}

/// What a call may leave: branches with their tips, git's worktrees, its private folders, rows of the registry. The trash does not
/// count: what a half made worktree held may lie there.
pub(crate) fn traces(repo: &Repo) -> (String, String, Vec<String>, Vec<Value>) {
    let common = repo.root().join(".git/worktrees");
    let mut private: Vec<String> = std::fs::read_dir(common)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    private.sort();
    let refs = repo.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    let refs = refs.lines().filter(|line| !line.starts_with("refs/wfo/trash/")).collect::<Vec<_>>().join("\n");
    (refs, repo.git(&["worktree", "list", "--porcelain"]), private, rows(repo))
}

/// Says whether a branch is there.
pub(crate) fn has_branch(repo: &Repo, branch: &str) -> bool {
    repo.git(&["for-each-ref", "--format=%(refname:short)"]).lines().any(|line| line == branch)
}

/// Returns the row of a branch in an answer's list.
pub(crate) fn row<'a>(data: &'a Value, branch: &str) -> &'a Value {
    let rows = data["worktrees"].as_array().expect("worktrees");
    rows.iter().find(|row| row["branch"] == branch).unwrap_or_else(|| panic!("no `{branch}`: {data:#}"))
}

/// Returns the message of the first diagnostic with this code.
pub(crate) fn said(done: &Done, code: &str) -> String {
    let answer = done.answer();
    let notes = answer["diagnostics"].as_array().expect("diagnostics");
    let note = notes.iter().find(|note| note["code"] == code).unwrap_or_else(|| panic!("no {code}: {answer:#}"));
    note["message"].as_str().expect("a message").to_owned()
}

/// Returns the id of what is proposed.
pub(crate) fn proposed(done: &Done) -> String {
    let answer = done.answer();
    answer["data"]["proposal"]["id"].as_str().unwrap_or_else(|| panic!("no proposal: {answer:#}")).to_owned()
}
