//! `todo archive`: finished work and its worktree leave as one unit, after a yes; what is not safe stays.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::PathBuf;

use serde_json::json;
use support::{Done, Repo, text_of};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

/// A finished feature with its worktree, merged, and nobody who has to be asked.
fn finished() -> (Repo, PathBuf) {
    let repo = Repo::new();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    todo(&repo, &["new", "feature", "login", "--for-version", "1.4.0"]).data();
    repo.commit("todo");
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "feature/20261121T090000Z_login", &tree.to_string_lossy()]);
    (repo, tree)
}

fn proposed(repo: &Repo, words: &[&str]) -> String {
    let asked = todo(repo, &[&["archive"], words].concat()).data();
    assert_eq!(asked["applied"], false);
    asked["proposal"]["id"].as_str().expect("a proposal").to_owned()
}

#[test]
fn file_and_worktree_go_together_after_a_yes_and_the_list_knows() {
    let (repo, tree) = finished();
    let id = proposed(&repo, &[]);
    assert!(tree.exists() && repo.root().join(LOGIN).exists());
    let done = todo(&repo, &["archive", "--confirm", &id]).data();
    assert_eq!(done["target"], format!("ARCHIVED/{LOGIN}"));
    assert!(!tree.exists() && !repo.root().join(LOGIN).exists());
    assert!(done["worktree"]["trash"].is_string(), "{done:#}");
    assert!(repo.root().join("ARCHIVED").join(LOGIN).exists());
    let manifest = text_of(&repo.root().join("TODO.md"));
    for line in ["completed_at: \"2026-11-21T09:00:00Z\"", "semantic_version: ", "1.4.0"] {
        assert!(manifest.contains(line), "{line}: {manifest}");
    }
    let list = todo(&repo, &["list"]).data();
    assert_eq!((&list["workflows"], &list["archived"]), (&json!([]), &json!(1)));
    let shown = todo(&repo, &["show", "login"]).data();
    assert_eq!((&shown["archived"], &shown["slug"]), (&json!(true), &json!("login")));
    assert_eq!(todo(&repo, &["archive", "--confirm", &id]).failure().0, 20, "there is nothing left to archive");
    // What a later writer makes of the list keeps what was known of the archived one.
    todo(&repo, &["new", "feature", "other"]).data();
    assert!(text_of(&repo.root().join("TODO.md")).contains("completed_at: \"2026-11-21T09:00:00Z\""));
    repo.git(&["rev-parse", "--verify", "feature/20261121T090000Z_login"]);
}

#[test]
fn a_worktree_with_work_of_its_own_stays_and_so_does_the_file() {
    let (repo, tree) = finished();
    wfo_base::atomic::write(&tree.join("new.txt"), b"only here").unwrap();
    assert_eq!(todo(&repo, &["archive"]).failure(), (21, "worktree.unsafe".to_owned()));
    assert!(repo.root().join(LOGIN).exists());
    let id = proposed(&repo, &["--keep-worktree"]);
    let done = todo(&repo, &["archive", "--keep-worktree", "--confirm", &id]).data();
    assert_eq!((&done["applied"], &done["worktree"]), (&json!(true), &json!(null)));
    assert!(tree.join("new.txt").exists());
}

#[test]
fn a_name_that_is_taken_is_refused_and_nothing_is_overwritten() {
    let (repo, tree) = finished();
    repo.put(&format!("ARCHIVED/{LOGIN}"), "an older one\n");
    assert_eq!(todo(&repo, &["archive"]).failure(), (22, "todo.exists".to_owned()));
    assert_eq!(text_of(&repo.root().join("ARCHIVED").join(LOGIN)), "an older one\n");
    assert!(tree.exists() && repo.root().join(LOGIN).exists());
    assert_eq!(todo(&repo, &["new", "feature", "login"]).failure(), (22, "todo.exists".to_owned()));
}

#[test]
fn a_yes_is_about_the_file_and_the_worktree_that_were_shown() {
    let (repo, _) = finished();
    let id = proposed(&repo, &[]);
    todo(&repo, &["task", "add", "testing", "meanwhile"]).data();
    assert_eq!(todo(&repo, &["archive", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(todo(&repo, &["archive", "--confirm", "AAAAAAAAAAAA"]).failure(), (20, "proposal.unknown".to_owned()));
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    let id = proposed(&repo, &[]);
    assert_eq!(todo(&repo, &["archive", "--confirm", &id]).failure(), (21, "proposal.needs-person".to_owned()));
}

#[test]
fn what_a_call_that_was_ended_had_begun_is_completed_by_the_next_writer() {
    let (repo, tree) = finished();
    let id = proposed(&repo, &[]);
    // The state between the two halves: the worktree is gone, the note is there, its process is not.
    todo(&repo, &["archive", "--keep-worktree", "--dry-run"]).data();
    repo.helper(&["worktree", "remove", &tree.to_string_lossy()]).data();
    let state = std::fs::read_dir(repo.config().join("wfo/state")).unwrap().flatten();
    let state: Vec<PathBuf> = state.map(|entry| entry.path()).filter(|path| path.join("pending").is_dir()).collect();
    let [state] = state.as_slice() else { panic!("{state:?}") };
    let note = state.join("pending-todo");
    std::fs::create_dir_all(&note).unwrap();
    wfo_base::atomic::write(
        &note.join("archive-0000000000000000.json"),
        json!({"pid": 999_999_999, "work": {"file": LOGIN}}).to_string().as_bytes(),
    )
    .unwrap();
    todo(&repo, &["new", "feature", "other"]).data();
    assert!(repo.root().join("ARCHIVED").join(LOGIN).exists() && !repo.root().join(LOGIN).exists());
    assert_eq!(
        std::fs::read_dir(&note)
            .unwrap()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "json"))
            .count(),
        0
    );
    assert_eq!(todo(&repo, &["archive", "--confirm", &id]).status, Some(22), "that yes was about something else");
}
