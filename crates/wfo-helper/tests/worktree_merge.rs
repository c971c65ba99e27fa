//! `worktree merge`: proposed, tried in memory, made as a merge commit; on a conflict or a no the checkout is as it was.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::collections::BTreeMap;
use std::path::PathBuf;

use registry::{rows, unattended};
use serde_json::json;
use support::terminal::at_terminal;
use support::tree::picture;
use support::{Done, Repo};
use worktree::{made, proposed, put, repo, said, watched, work, worktree, worktree_in};

/// A branch with one commit of its own, beside a main that went on.
fn branched(repo: &Repo, branch: &str, flags: &[&str]) -> PathBuf {
    let folder = made(repo, branch, flags);
    work(repo, &folder, "theirs", "t\n");
    repo.put("ours", "o\n");
    repo.commit("main goes on");
    folder
}

/// The main checkout byte for byte, git's index and references with it; objects may be added.
fn checkout(repo: &Repo) -> BTreeMap<PathBuf, String> {
    let objects = repo.root().join(".git/objects");
    let mut found = picture(&repo.root());
    found.retain(|path, _| !path.starts_with(&objects));
    found
}

/// The files of the main checkout with their bytes.
fn content(repo: &Repo) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = picture(&repo.root()).into_keys().filter(|path| path.is_file());
    files
        .filter(|path| !path.starts_with(repo.root().join(".git")))
        .map(|path| (path.clone(), std::fs::read(&path).expect("a file")))
        .collect()
}

fn merge(repo: &Repo, branch: &str) -> Done {
    worktree(repo, &["merge", branch])
}

/// Says yes as the user whose configuration lets everything happen, and takes the configuration away again.
fn confirm(repo: &Repo, branch: &str, id: &str) -> Done {
    unattended(repo);
    let done = worktree(repo, &["merge", branch, "--confirm", id]);
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    done
}

fn log(repo: &Repo, format: &str) -> String {
    repo.git(&["log", "-1", &format!("--format={format}")]).trim_end().to_owned()
}

#[test]
fn a_merge_is_proposed_and_nothing_is_written() {
    let repo = watched();
    branched(&repo, "feature/api", &["--task", "Add endpoints"]);
    let before = checkout(&repo);
    let done = merge(&repo, "feature/api");
    let data = done.data();
    assert_eq!(
        json!([data["applied"], data["branch"], data["into"], data["files"], data["conflicts"], data.get("commit")]),
        json!([false, "feature/api", "main", 1, [], null])
    );
    let message = data["message"].as_str().unwrap();
    assert_eq!(message.trim_end(), "feat(api): Add endpoints\n\nMerge branch 'feature/api' into main");
    let id = proposed(&done);
    assert_eq!(done.answer()["next"], json!([format!("wfo-helper worktree merge feature/api --confirm {id}")]));
    let actions = data["proposal"]["actions"].to_string();
    for part in ["feature/api", "main", "feat(api): Add endpoints", "1 file", "no conflict"] {
        assert!(actions.contains(part), "{part}: {actions}");
    }
    assert_eq!(
        worktree(&repo, &["merge", "feature/api", "--confirm", &id]).failure(),
        (21, "proposal.needs-person".to_owned())
    );
    assert_eq!(worktree(&repo, &["merge", "feature/api", "--yes"]).failure(), (21, "proposal.needs-person".to_owned()));
    let dry = worktree(&repo, &["merge", "feature/api", "--dry-run"]).data();
    assert_eq!((&dry["applied"], dry.get("proposal")), (&json!(false), None));
    assert_eq!(checkout(&repo), before);
}

#[test]
fn a_yes_makes_one_merge_commit_with_the_message_of_the_table() {
    let repo = watched();
    let folder = branched(&repo, "feature/api", &["--task", "Add endpoints"]);
    repo.git(&["config", "user.name", "Ada"]);
    repo.git(&["config", "user.email", "ada@example.org"]);
    let (head, tip) = (log(&repo, "%H"), repo.git_in(&folder, &["rev-parse", "HEAD"]));
    let id = proposed(&merge(&repo, "feature/api"));
    let Some(seen) = at_terminal(&repo, &["worktree", "merge", "feature/api", "--confirm", &id], &[]) else { return };
    assert_eq!(seen.status, 0, "{}", seen.output);
    assert_eq!(log(&repo, "%P"), format!("{head} {tip}"));
    assert_eq!(log(&repo, "%B"), "feat(api): Add endpoints\n\nMerge branch 'feature/api' into main");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    assert!(repo.root().join("theirs").exists() && repo.root().join("ours").exists());
    assert_eq!(rows(&repo)[0]["status"], "merged");
    let again = worktree(&repo, &["merge", "feature/api", "--confirm", &id]);
    assert_eq!(again.status, Some(22), "an id is used once: {again:?}");
}

#[test]
fn even_what_could_be_fast_forwarded_is_a_merge_commit() {
    let repo = repo();
    repo.git(&["config", "merge.ff", "only"]);
    let folder = made(&repo, "fix/typo", &[]);
    let tip = work(&repo, &folder, "one", "1\n");
    let data = worktree(&repo, &["merge", "fix/typo", "--yes"]).data();
    assert_eq!(data["applied"], true);
    assert_eq!(data["commit"], log(&repo, "%H").as_str());
    assert!(log(&repo, "%P").ends_with(&format!(" {tip}")));
    assert_eq!(log(&repo, "%s"), "fix: typo");
}

#[test]
fn a_message_of_ones_own_is_taken() {
    let repo = repo();
    branched(&repo, "a", &[]);
    worktree(&repo, &["merge", "a", "-m", "Own words\n\nand a body", "--yes"]).data();
    assert_eq!(log(&repo, "%B"), "Own words\n\nand a body");
}

#[test]
fn a_conflict_is_named_and_the_checkout_is_as_before() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    work(&repo, &folder, "README.md", "theirs\n");
    work(&repo, &folder, "fine", "f\n");
    repo.put("README.md", "ours\n");
    repo.put("untracked", "u\n");
    repo.git(&["add", "README.md"]);
    repo.git(&["commit", "-q", "-m", "the same line"]);
    let before = checkout(&repo);
    for flags in [&["merge", "a"][..], &["merge", "a", "--yes"], &["merge", "a", "--dry-run"]] {
        let done = worktree(&repo, flags);
        let answer = done.answer();
        assert_eq!((done.status, &answer["ok"]), (Some(22), &json!(true)), "{flags:?}: {answer:#}");
        assert_eq!((&answer["data"]["conflicts"], &answer["data"]["applied"]), (&json!(["README.md"]), &json!(false)));
        assert!(answer["data"].get("proposal").is_none());
        assert_eq!(done.codes(), ["git.merge-conflict"]);
        assert_eq!(checkout(&repo), before, "{flags:?}");
    }
    let text = worktree(&repo, &["merge", "a", "--format", "text"]).stdout;
    assert!(text.contains("README.md") && text.contains("nothing was changed"), "{text}");
}

#[test]
fn a_dirty_checkout_is_refused() {
    let repo = repo();
    branched(&repo, "a", &[]);
    let refused = |why: &str| {
        let before = checkout(&repo);
        for flags in [&["merge", "a"][..], &["merge", "a", "--yes"]] {
            let done = worktree(&repo, flags);
            assert_eq!(done.failure(), (21, "git.dirty".to_owned()), "{why}");
            assert!(said(&done, "git.dirty").contains(why), "{why}: {done:?}");
        }
        assert_eq!(checkout(&repo), before, "{why}");
    };
    repo.put("README.md", "changed\n");
    refused("1 change that");
    repo.git(&["add", "README.md"]);
    refused("1 change that");
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["bisect", "start"]);
    refused("bisect under way");
    repo.git(&["bisect", "reset"]);
    repo.git(&["checkout", "-q", "--detach"]);
    refused("on no branch");
    repo.git(&["checkout", "-q", "main"]);
    repo.put("unrelated", "an untracked file is in nobody's way\n");
    assert_eq!(worktree(&repo, &["merge", "a", "--yes"]).data()["applied"], true);
    assert!(repo.root().join("unrelated").exists());
}

#[test]
fn an_untracked_file_in_the_way_is_not_overwritten() {
    let repo = repo();
    branched(&repo, "a", &[]);
    repo.put("theirs", "mine, and nowhere else\n");
    let before = checkout(&repo);
    let done = worktree(&repo, &["merge", "a", "--yes"]);
    assert_eq!(done.failure(), (21, "git.dirty".to_owned()));
    assert_eq!(checkout(&repo), before);
}

#[test]
fn what_main_has_already_is_not_merged_again() {
    let repo = repo();
    let folder = branched(&repo, "a", &[]);
    made(&repo, "fresh", &[]);
    repo.put("later", "l\n");
    repo.commit("main goes on");
    worktree(&repo, &["merge", "a", "--yes"]).data();
    repo.put("more", "m\n");
    repo.commit("and on");
    let before = checkout(&repo);
    for branch in ["a", "fresh"] {
        for flags in [&["merge", branch][..], &["merge", branch, "--yes"], &["merge", branch, "--dry-run"]] {
            let done = worktree(&repo, flags);
            let data = done.data();
            assert_eq!((&data["applied"], data.get("proposal")), (&json!(false), None), "{flags:?}: {data:#}");
            assert_eq!(done.answer()["diagnostics"][0]["severity"], "info", "{flags:?}: {done:?}");
        }
    }
    assert_eq!(checkout(&repo), before);
    work(&repo, &folder, "second", "2\n");
    assert_eq!(worktree(&repo, &["merge", "a", "--yes"]).data()["applied"], true, "new work is merged again");
}

#[test]
fn a_yes_is_for_the_commits_that_were_shown() {
    let repo = watched();
    let folder = branched(&repo, "a", &[]);
    let id = proposed(&merge(&repo, "a"));
    work(&repo, &folder, "more", "m\n");
    let before = checkout(&repo);
    assert_eq!(confirm(&repo, "a", &id).failure(), (22, "proposal.stale".to_owned()));
    let id = proposed(&merge(&repo, "a"));
    repo.put("ours", "more\n");
    repo.commit("main moved");
    assert_eq!(confirm(&repo, "a", &id).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(log(&repo, "%s"), "main moved");
    assert_ne!(checkout(&repo), before);
    assert_eq!(confirm(&repo, "a", "AAAAAAAAAAAA").failure().0, 20, "an id that was never issued");
    let other = proposed(&merge(&repo, "a"));
    made(&repo, "b", &[]);
    assert!(confirm(&repo, "b", &other).status != Some(0), "a yes to a is none to b");
}

#[test]
fn what_the_repository_brings_runs_only_after_the_yes() {
    let repo = watched();
    let trip = |word: &str| format!("echo {word} >> '{}'", repo.at("home/ran").display());
    let ran = || {
        let mut words: Vec<String> =
            std::fs::read_to_string(repo.at("home/ran")).unwrap_or_default().lines().map(str::to_owned).collect();
        words.sort();
        words.dedup();
        words
    };
    repo.put(".gitattributes", "*.txt merge=trip filter=trip\n");
    repo.put("same.txt", "1\n2\n3\n4\n5\n");
    repo.commit("attributes");
    let folder = made(&repo, "a", &[]);
    work(&repo, &folder, "same.txt", "1\n2\n3\n4\nfive\n");
    repo.put("same.txt", "one\n2\n3\n4\n5\n");
    repo.commit("the same file");
    repo.git(&["config", "merge.trip.driver", &format!("{}; git merge-file %A %O %B", trip("driver"))]);
    repo.git(&["config", "filter.trip.smudge", &format!("{}; cat", trip("filter"))]);
    repo.program("project/.git/hooks/post-merge", &format!("#!/bin/sh\n{}\n", trip("hook")));
    let done = merge(&repo, "a");
    let shown = done.data()["proposal"]["actions"].to_string();
    for part in ["merge.trip.driver", "filter.trip.smudge", "post-merge"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let id = proposed(&done);
    worktree(&repo, &["merge", "a", "--confirm", &id]);
    assert_eq!(ran(), Vec::<String>::new(), "looking and a refused yes run nothing");
    assert_eq!(confirm(&repo, "a", &id).data()["applied"], true);
    assert_eq!(ran(), ["driver", "filter", "hook"]);
    assert_eq!(support::text_of(&repo.root().join("same.txt")), "one\n2\n3\n4\nfive\n");
}

#[test]
fn without_hooks_nothing_of_the_repository_runs() {
    let repo = repo();
    branched(&repo, "a", &[]);
    let mark = repo.at("home/ran");
    repo.program("project/.git/hooks/commit-msg", &format!("#!/bin/sh\ntouch '{}'\nexit 1\n", mark.display()));
    // The merge was begun and taken back: git's own log and times may tell of it, nothing else.
    let state = || {
        let files = content(&repo);
        (
            files,
            ["rev-parse HEAD main a", "ls-files --stage", "status --porcelain=v2 --branch"]
                .map(|words| repo.git(&words.split(' ').collect::<Vec<_>>())),
        )
    };
    let before = state();
    let done = worktree(&repo, &["merge", "a", "--yes"]);
    assert!(done.status != Some(0) && mark.exists(), "the hook says no: {done:?}");
    assert_eq!(state(), before, "and the checkout is as before");
    assert!(!repo.root().join(".git/MERGE_HEAD").exists() && !repo.root().join(".git/MERGE_MSG").exists());
    std::fs::remove_file(&mark).unwrap();
    assert_eq!(worktree(&repo, &["merge", "a", "--no-hooks", "--yes"]).data()["applied"], true);
    assert!(!mark.exists());
}

#[test]
fn the_main_checkout_is_meant_wherever_one_stands() {
    let repo = repo();
    let folder = branched(&repo, "a", &[]);
    put(&folder.join("new"), "n\n");
    let done = worktree_in(&repo, &folder, &["merge", "a", "--yes"]);
    assert_eq!(done.data()["into"], "main");
    assert!(said(&done, "git.dirty").contains("1 change is not committed"), "{done:?}");
    assert!(repo.root().join("theirs").exists() && !repo.root().join("new").exists());
    assert_eq!(merge(&repo, "nowhere").failure(), (20, "git.revision-unknown".to_owned()));
    assert_eq!(merge(&repo, "a..b").failure(), (20, "git.branch-invalid".to_owned()));
    repo.with_origin();
    let bare = worktree_in(&repo, &repo.at("origin.git"), &["merge", "a"]);
    assert_eq!(bare.failure(), (20, "git.no-work-tree".to_owned()));
}
