//! `worktree cleanup`: every worktree with its verdict, and after one yes exactly what was shown, no more.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::path::PathBuf;

use registry::{branches, unattended};
use serde_json::{Value, json};
use support::terminal::at_terminal;
use support::tree::picture;
use support::{Done, Repo, text_of};
use worktree::{has_branch, made, proposed, put, repo, row, traces, watched, work, worktree};

struct Trees {
    merged: PathBuf,
    fresh: PathBuf,
    dirty: PathBuf,
    gone: PathBuf,
}

/// One of each kind: merged, fresh, dirty, its folder gone, only its row left.
fn trees(repo: &Repo) -> Trees {
    let merged = made(repo, "merged", &[]);
    work(repo, &merged, "one", "1\n");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "merged"]);
    let [fresh, dirty, gone] = ["fresh", "dirty", "gone"].map(|branch| made(repo, branch, &[]));
    put(&dirty.join("new"), "n\n");
    std::fs::remove_dir_all(&gone).unwrap();
    let orphan = made(repo, "orphan", &["--force"]);
    repo.git(&["worktree", "remove", &orphan.to_string_lossy()]);
    Trees { merged, fresh, dirty, gone }
}

fn confirm(repo: &Repo, id: &str) -> Done {
    unattended(repo);
    let done = worktree(repo, &["cleanup", "--confirm", id]);
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    done
}

fn removed(data: &Value) -> Vec<&str> {
    let mut list: Vec<&str> =
        data["removed"].as_array().unwrap().iter().filter_map(|row| row["branch"].as_str()).collect();
    list.sort_unstable();
    list
}

#[test]
fn every_worktree_is_listed_with_verdict_action_and_reason() {
    let repo = watched();
    let trees = trees(&repo);
    let (before, project, tree) = (traces(&repo), picture(&repo.root()), picture(&trees.merged));
    let done = worktree(&repo, &["cleanup"]);
    let data = done.data();
    assert_eq!((&data["applied"], &data["removed"]), (&json!(false), &json!([])));
    let judged: Vec<Value> = data["worktrees"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["branch"], row["verdict"], row["action"]]))
        .collect();
    assert_eq!(
        judged,
        [
            json!(["dirty", "unsafe", "keep"]),
            json!(["fresh", "safe", "keep"]),
            json!(["gone", "safe", "prune"]),
            json!(["merged", "safe", "remove"]),
            json!(["orphan", "safe", "free"]),
        ]
    );
    assert!(row(&data, "dirty")["reasons"].to_string().contains("1 file that git does not track"));
    assert!(row(&data, "fresh")["reasons"].to_string().contains("kept"));
    let actions = data["proposal"]["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 3, "{actions:?}");
    for branch in ["merged", "gone", "orphan"] {
        assert!(actions.iter().any(|act| act.as_str().unwrap().contains(branch)), "{branch}: {actions:?}");
    }
    let id = proposed(&done);
    assert_eq!(done.answer()["next"], json!([format!("wfo-helper worktree cleanup --confirm {id}")]));
    let alone = worktree(&repo, &["cleanup", "--confirm", &id]);
    assert_eq!(alone.failure(), (21, "proposal.needs-person".to_owned()));
    assert!(worktree(&repo, &["cleanup", "--dry-run"]).data().get("proposal").is_none());
    assert_eq!((traces(&repo), picture(&repo.root()), picture(&trees.merged)), (before, project, tree));
}

#[test]
fn a_yes_does_exactly_what_was_shown() {
    let repo = watched();
    let trees = trees(&repo);
    let (fresh, dirty) = (picture(&trees.fresh), picture(&trees.dirty));
    let id = proposed(&worktree(&repo, &["cleanup"]));
    let Some(seen) = at_terminal(&repo, &["worktree", "cleanup", "--confirm", &id, "--json"], &[]) else { return };
    assert_eq!(seen.status, 0, "{}", seen.output);
    assert!(!trees.merged.exists() && !trees.gone.exists());
    assert_eq!((picture(&trees.fresh), picture(&trees.dirty)), (fresh, dirty));
    assert_eq!(branches(&repo), ["dirty", "fresh"]);
    for branch in ["merged", "gone", "orphan", "fresh", "dirty"] {
        assert!(has_branch(&repo, branch), "{branch}: branches stay");
    }
    let list = repo.git(&["worktree", "list", "--porcelain"]);
    assert!(!list.contains("heads/gone") && !list.contains("heads/merged"), "{list}");
    let trash = worktree(&repo, &["restore"]).data()["trash"].clone();
    let kept: Vec<_> = trash.as_array().unwrap().iter().map(|row| row["branch"].clone()).collect();
    assert!(kept.contains(&json!("merged")), "{trash:#}");
    worktree(&repo, &["restore", "merged"]).data();
    assert_eq!(text_of(&trees.merged.join("one")), "1\n");
}

#[test]
fn the_answer_names_what_went_and_a_second_time_there_is_nothing() {
    let repo = repo();
    trees(&repo);
    let data = worktree(&repo, &["cleanup", "--yes"]).data();
    assert_eq!((&data["applied"], removed(&data)), (&json!(true), vec!["gone", "merged", "orphan"]));
    let ports = data["removed"].as_array().unwrap().iter().map(|row| row["ports"].as_array().unwrap().len());
    assert!(ports.into_iter().all(|held| held == 2), "{data:#}");
    let again = worktree(&repo, &["cleanup", "--yes"]).data();
    assert_eq!((&again["applied"], removed(&again)), (&json!(false), vec![]));
    assert!(again.get("proposal").is_none());
}

#[test]
fn a_state_that_changed_needs_a_new_yes() {
    let repo = watched();
    let trees = trees(&repo);
    let id = proposed(&worktree(&repo, &["cleanup"]));
    put(&trees.merged.join("new"), "work that came meanwhile\n");
    assert_eq!(confirm(&repo, &id).failure(), (22, "proposal.stale".to_owned()));
    assert!(trees.merged.join("new").exists() && branches(&repo).len() == 5, "nothing went");
    std::fs::remove_file(trees.merged.join("new")).unwrap();
    let id = proposed(&worktree(&repo, &["cleanup"]));
    work(&repo, &trees.merged, "more", "m\n");
    assert_eq!(confirm(&repo, &id).failure(), (22, "proposal.stale".to_owned()));
    let id = proposed(&worktree(&repo, &["cleanup"]));
    assert_eq!(removed(&confirm(&repo, &id).data()), ["gone", "orphan"]);
    assert_eq!(confirm(&repo, &id).status, Some(22), "an id is used once");
    assert_eq!(confirm(&repo, "AAAAAAAAAAAA").failure().0, 20);
    assert!(trees.merged.exists());
}

#[test]
fn two_worktrees_at_the_same_commit_do_not_vouch_for_each_other() {
    let repo = repo();
    let [one, two] = ["one", "two"].map(|name| repo.at(name));
    repo.git(&["worktree", "add", "-q", "--detach", &one.to_string_lossy()]);
    let commit = work(&repo, &one, "work", "w\n");
    repo.git(&["worktree", "add", "-q", "--detach", &two.to_string_lossy(), &commit]);
    // Weeks later both are old; were one to vouch for the other, both would go.
    let call = repo.call(&["worktree", "cleanup", "--yes"]).env("WFO_NOW", "2026-12-31T09:00:00Z").run(&repo);
    let data = call.data();
    let verdicts: Vec<_> = data["worktrees"].as_array().unwrap().iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!((verdicts, removed(&data)), (vec![json!("unsafe"), json!("unsafe")], vec![]));
    assert!(one.exists() && two.exists());
}

#[test]
fn an_old_worktree_goes_only_when_its_commits_are_kept() {
    let repo = repo();
    repo.with_origin();
    let (pushed, alone) = (made(&repo, "pushed", &[]), made(&repo, "alone", &[]));
    work(&repo, &pushed, "one", "1\n");
    work(&repo, &alone, "two", "2\n");
    repo.git_in(&pushed, &["push", "-q", "-u", "origin", "pushed"]);
    let at = |now: &str| repo.call(&["worktree", "cleanup"]).env("WFO_NOW", now).run(&repo).data();
    let action = |data: &Value, branch: &str| row(data, branch)["action"].as_str().unwrap().to_owned();
    let young = at("2026-12-04T12:00:00Z");
    assert_eq!([action(&young, "pushed"), action(&young, "alone")], ["keep", "keep"], "14 days are not older than 14");
    let old = at("2026-12-06T12:00:00Z");
    assert_eq!([action(&old, "pushed"), action(&old, "alone")], ["remove", "keep"]);
    assert_eq!(row(&old, "alone")["verdict"], "unsafe");
}

#[test]
fn rows_of_other_repositories_are_never_touched() {
    let repo = repo();
    let other = repo.at("elsewhere/project");
    std::fs::create_dir_all(&other).unwrap();
    repo.git_in(&other, &["init", "-q", "-b", "main"]);
    repo.commit_in(&other, "start");
    let theirs = worktree::worktree_in(&repo, &other, &["create", "theirs", "--path", "../their-tree"]).data();
    let folder = other.join("../their-tree").canonicalize().unwrap();
    assert_eq!(theirs["worktree"]["path"], json!(folder));
    std::fs::remove_dir_all(&folder).unwrap();
    let orphan = made(&repo, "mine", &[]);
    repo.git(&["worktree", "remove", &orphan.to_string_lossy()]);
    let before: Vec<Value> = registry::rows(&repo).into_iter().filter(|row| row["branch"] == "theirs").collect();
    let data = worktree(&repo, &["cleanup", "--yes"]).data();
    assert_eq!(removed(&data), ["mine"]);
    assert_eq!(registry::rows(&repo), before, "same name of project, another repository");
    let theirs = worktree::worktree_in(&repo, &other, &["cleanup", "--yes"]).data();
    assert_eq!(removed(&theirs), ["theirs"]);
}

#[test]
fn a_row_whose_folder_git_does_not_know_is_left_to_a_person() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    repo.git(&["worktree", "remove", &folder.to_string_lossy()]);
    put(&folder.join("somebody"), "put this here\n");
    let data = worktree(&repo, &["cleanup", "--yes"]).data();
    assert_eq!(json!([row(&data, "a")["verdict"], row(&data, "a")["action"]]), json!(["unknown", "keep"]));
    assert_eq!(
        (text_of(&folder.join("somebody")), branches(&repo)),
        ("put this here\n".to_owned(), vec!["a".to_owned()])
    );
}

#[test]
fn the_text_shows_a_table_and_how_to_say_yes() {
    let repo = watched();
    trees(&repo);
    let text = worktree(&repo, &["cleanup", "--format", "text"]).stdout;
    for part in ["dirty", "unsafe", "merged", "safe", "prune", "free", "--confirm "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let cut = worktree(&repo, &["cleanup", "--limit", "2"]).data();
    assert_eq!((cut["worktrees"].as_array().unwrap().len(), &cut["worktrees_more"]), (2, &json!(3)));
    assert_eq!(cut["proposal"]["actions"].as_array().unwrap().len(), 3, "what is proposed is never cut");
}
