//! `todo commit`: exactly the files of one workflow, after a yes, and nothing else.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::json;
use support::{Done, Repo};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

/// A repository with new work that is in no commit, and nobody who has to be asked.
fn begun() -> Repo {
    let repo = Repo::new();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    let made = todo(&repo, &["new", "feature", "login", "--brief"]);
    assert_eq!(made.answer()["next"], json!(["wfo-helper todo commit --todo login"]));
    repo
}

fn proposed(repo: &Repo, words: &[&str]) -> String {
    let asked = todo(repo, &[&["commit"], words].concat()).data();
    assert_eq!((&asked["applied"], &asked["commit"]), (&json!(false), &json!(null)));
    asked["proposal"]["id"].as_str().expect("a proposal").to_owned()
}

#[test]
fn only_the_files_of_the_workflow_are_committed_and_the_rest_stays_as_it_was() {
    let repo = begun();
    repo.put("README.md", "changed\n");
    repo.put("staged.txt", "x\n");
    repo.put("TODO_feature_20261101T000000Z_other.md", "---\nslug: other\n---\n");
    repo.git(&["add", "staged.txt"]);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let id = proposed(&repo, &["--todo", "login"]);
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head);
    let done = todo(&repo, &["commit", "--todo", "login", "--confirm", &id]).data();
    let files = json!([LOGIN, "TODO.md", "planning/login/BRIEF.md"]);
    let mut committed = done["files"].as_array().unwrap().clone();
    committed.sort_by_key(|file| file.as_str().unwrap().to_lowercase());
    let mut expected = files.as_array().unwrap().clone();
    expected.sort_by_key(|file| file.as_str().unwrap().to_lowercase());
    assert_eq!(committed, expected);
    assert_eq!(done["message"], "docs(planning): login");
    let shown = repo.git(&["show", "--name-only", "--format=%s", "HEAD"]);
    let mut lines: Vec<&str> = shown.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.remove(0), "docs(planning): login");
    lines.sort_unstable();
    assert_eq!(lines, ["TODO.md", LOGIN, "planning/login/BRIEF.md"]);
    let status = repo.git(&["status", "--porcelain"]);
    assert_eq!(status, " M README.md\nA  staged.txt\n?? TODO_feature_20261101T000000Z_other.md\n");
    assert_eq!(todo(&repo, &["commit", "--todo", "login"]).data()["files"], json!([]), "nothing is left");
}

#[test]
fn an_archived_workflow_is_committed_as_a_move() {
    let repo = begun();
    repo.commit("all");
    let id = todo(&repo, &["archive"]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    let done = todo(&repo, &["archive", "--confirm", &id]);
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo commit --todo login"]));
    let id = proposed(&repo, &["--todo", "login"]);
    assert_eq!(todo(&repo, &["commit", "--todo", "login", "--confirm", &id]).data()["message"], "chore: archive login");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_yes_holds_for_the_head_and_the_files_that_were_shown() {
    let repo = begun();
    let id = proposed(&repo, &[]);
    todo(&repo, &["task", "add", "testing", "meanwhile"]).data();
    assert_eq!(todo(&repo, &["commit", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    let id = proposed(&repo, &[]);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "somebody else"]);
    assert_eq!(todo(&repo, &["commit", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    let id = proposed(&repo, &[]);
    assert_eq!(todo(&repo, &["commit", "--confirm", &id]).failure(), (21, "proposal.needs-person".to_owned()));
}

#[test]
fn a_hook_of_the_repository_that_says_no_stops_the_commit() {
    let repo = begun();
    repo.program("project/.git/hooks/pre-commit", "#!/bin/sh\necho no >&2\nexit 1\n");
    let head = repo.git(&["rev-parse", "HEAD"]);
    let id = proposed(&repo, &[]);
    assert_eq!(todo(&repo, &["commit", "--confirm", &id]).failure(), (30, "tool.failed".to_owned()));
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head);
}
