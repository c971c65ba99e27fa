//! `worktree list` and `worktree status`: what git, the registry, the disk and the system know of each worktree, in one answer.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, SystemTime};

use registry::ports;
use serde_json::{Value, json};
use support::tree::picture;
use support::{Call, Repo};
use worktree::{made, make, put, repo, row, work, worktree, worktree_in};

fn list(repo: &Repo) -> Value {
    worktree(repo, &["list"]).data()
}

fn status(repo: &Repo) -> Value {
    worktree(repo, &["status"]).data()
}

/// Commits a change in a folder at a date.
fn commit_at(repo: &Repo, folder: &Path, date: &str) {
    put(&folder.join("dated"), date);
    repo.git_in(folder, &["add", "dated"]);
    let call = Call::new("git").args(["commit", "-q", "-m", "dated"]).folder(folder);
    let done = call.env("GIT_COMMITTER_DATE", date).env("GIT_AUTHOR_DATE", date).run(repo);
    assert_eq!(done.status, Some(0), "{done:?}");
}

#[test]
fn a_row_has_everything_that_is_known_of_a_worktree() {
    let repo = repo();
    let data = make(&repo, "feature/login", &["--task", "Guard the redirect"]);
    let folder = repo.at("home/tmp/worktrees/project/feature-login");
    work(&repo, &folder, "one", "1\n");
    work(&repo, &folder, "two", "2\n");
    repo.put("main", "m\n");
    repo.commit("main goes on");
    put(&folder.join("one"), "changed\n");
    put(&folder.join("new"), "n\n");
    put(&folder.join("sub/newer"), "n\n");
    let list = list(&repo);
    assert_eq!(
        *row(&list, "feature/login"),
        json!({
            "path": folder, "branch": "feature/login", "ports": data["ports"], "task": "Guard the redirect", "changes": 3,
            "ahead": 2, "behind": 1, "age_days": 0, "merged": false,
            "recommendation": {"action": "commit", "reason": "3 changes not committed"},
            "main": false, "locked": false, "prunable": false, "orphaned": false, "detached": false,
            "untracked": 2, "listening": []})
    );
    let main = row(&list, "main");
    assert_eq!((&main["path"], &main["main"], &main["changes"]), (&json!("."), &json!(true), &json!(0)));
    assert_eq!(list["worktrees"][0]["main"], true, "the main checkout comes first");
    assert_eq!((&list["active"], &list["active_max"]), (&json!(1), &json!(4)));
}

#[test]
fn looking_changes_nothing() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    // Content that is racy for git's index: looking at it must not write the index either.
    put(&folder.join("README.md"), "demx\n");
    let (before, tree, config) = (picture(&repo.root()), picture(&folder), picture(&repo.config()));
    list(&repo);
    status(&repo);
    assert_eq!((picture(&repo.root()), picture(&folder), picture(&repo.config())), (before, tree, config));
}

#[test]
fn a_worktree_and_a_folder_in_it_see_the_same_list() {
    let repo = repo();
    let folder = made(&repo, "a", &["--task", "t"]);
    made(&repo, "b", &[]);
    let deep = folder.join("some/where");
    std::fs::create_dir_all(&deep).unwrap();
    put(&repo.root().join("sub/.keep"), "");
    repo.commit("a folder");
    let without_paths = |mut data: Value| {
        for row in data["worktrees"].as_array_mut().unwrap() {
            // The worktree in which the command runs cannot go.
            row.as_object_mut().unwrap().retain(|key, _| key != "path" && key != "removal");
        }
        data
    };
    for verb in ["list", "status"] {
        let main = without_paths(worktree(&repo, &[verb]).data());
        for place in [folder.clone(), deep.clone(), repo.root().join("sub")] {
            let there = worktree_in(&repo, &place, &[verb]).data();
            assert_eq!(without_paths(there), main, "{verb} in {}", place.display());
        }
    }
    let there = worktree_in(&repo, &deep, &["list"]).data();
    assert_eq!(row(&there, "a")["path"], ".", "relative to the work tree in which one stands");
    assert_eq!(row(&there, "main")["path"], json!(repo.root()));
}

#[test]
fn the_age_is_counted_from_real_dates() {
    let repo = repo();
    for (branch, date, days) in [
        ("weeks", "2026-11-07T09:00:00Z", 14),
        ("almost", "2026-11-07T09:00:01Z", 13),
        ("hours", "2026-11-21T06:00:00Z", 0),
        ("zone", "2026-11-19T23:30:00-1200", 0),
    ] {
        let folder = made(&repo, branch, &[]);
        commit_at(&repo, &folder, date);
        assert_eq!(row(&list(&repo), branch)["age_days"], days, "{branch}");
    }
}

#[test]
fn the_recommendation_goes_by_age_and_state() {
    let repo = repo();
    let (old, stale) = (made(&repo, "old", &[]), made(&repo, "stale", &[]));
    let fresh = made(&repo, "fresh", &[]);
    commit_at(&repo, &old, "2026-11-06T08:00:00Z");
    commit_at(&repo, &stale, "2026-11-13T08:00:00Z");
    commit_at(&repo, &fresh, "2026-11-21T08:00:00Z");
    let before = list(&repo);
    let action =
        |data: &Value, branch: &str| row(data, branch)["recommendation"]["action"].as_str().unwrap().to_owned();
    assert_eq!(["old", "stale", "fresh"].map(|branch| action(&before, branch)), ["archive", "merge", "keep"]);
    repo.put("main", "m\n");
    repo.commit("main goes on");
    assert_eq!(action(&list(&repo), "fresh"), "rebase");
    put(&fresh.join("new"), "n\n");
    assert_eq!(action(&list(&repo), "fresh"), "commit", "what is not committed comes first");
}

#[test]
fn locked_prunable_detached_and_orphaned_are_told_apart() {
    let repo = repo();
    let (locked, gone, orphan) = (made(&repo, "locked", &[]), made(&repo, "gone", &[]), made(&repo, "orphan", &[]));
    let detached = repo.at("detached");
    repo.git(&["worktree", "lock", "--reason", "mine", &locked.to_string_lossy()]);
    std::fs::remove_dir_all(&gone).unwrap();
    repo.git(&["worktree", "remove", &orphan.to_string_lossy()]);
    repo.git(&["worktree", "add", "-q", "--detach", &detached.to_string_lossy()]);
    let data = list(&repo);
    let marks = |row: &Value| json!([row["locked"], row["prunable"], row["orphaned"], row["detached"]]);
    assert_eq!(marks(row(&data, "locked")), json!([true, false, false, false]));
    assert_eq!(marks(row(&data, "gone")), json!([false, true, false, false]));
    assert_eq!(marks(row(&data, "orphan")), json!([false, false, true, false]));
    let rows = data["worktrees"].as_array().unwrap();
    let alone = rows.iter().find(|row| row["path"] == json!(detached)).expect("the detached one");
    assert_eq!((marks(alone), &alone["branch"]), (json!([false, false, false, true]), &Value::Null));
    assert_eq!(row(&data, "gone")["recommendation"]["action"], "prune");
    assert_eq!(row(&data, "orphan")["recommendation"]["action"], "free");
    assert_eq!(data["active"], 2, "what is gone is not active");
    assert_eq!(worktree(&repo, &["list"]).answer()["next"], json!(["wfo-helper worktree cleanup"]));
    status(&repo);
}

#[test]
fn who_listens_on_its_ports_is_named() {
    let repo = repo();
    let data = make(&repo, "a", &[]);
    made(&repo, "b", &[]);
    let held = ports(&data["ports"]);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, held[1])).unwrap();
    let data = list(&repo);
    let listening = row(&data, "a")["listening"].as_array().unwrap();
    assert_eq!(listening.len(), 1, "{data:#}");
    assert_eq!((&listening[0]["port"], &listening[0]["pid"]), (&json!(held[1]), &json!(std::process::id())));
    assert!(listening[0]["name"].as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(row(&data, "b")["listening"], json!([]));
    let text = worktree(&repo, &["status", "--format", "text"]).stdout;
    assert!(text.contains(&format!("listens on {}", held[1])), "{text}");
    drop(listener);
    assert_eq!(row(&list(&repo), "a")["listening"], json!([]));
}

#[test]
fn unpushed_counts_against_remotes_and_is_absent_without_one() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    work(&repo, &folder, "one", "1\n");
    assert_eq!(row(&list(&repo), "a").get("unpushed"), None);
    repo.with_origin();
    repo.git_in(&folder, &["push", "-q", "origin", ":a"]);
    let data = list(&repo);
    assert_eq!((&row(&data, "a")["unpushed"], &row(&data, "main")["unpushed"]), (&json!(1), &json!(0)));
    assert_eq!(row(&data, "a")["recommendation"]["action"], "push");
    repo.git_in(&folder, &["push", "-q", "-u", "origin", "a"]);
    work(&repo, &folder, "two", "2\n");
    work(&repo, &folder, "three", "3\n");
    let data = list(&repo);
    let row = row(&data, "a");
    assert_eq!(json!([row["unpushed"], row["ahead"], row["behind"]]), json!([2, 2, 0]), "ahead of its upstream");
}

#[test]
fn a_worktree_of_claude_code_is_in_use_as_long_as_its_session_lives() {
    let repo = repo();
    repo.put(".gitignore", ".claude/\n");
    repo.commit("ignore");
    repo.git(&["worktree", "add", "-q", "-b", "worktree-x", ".claude/worktrees/x"]);
    let lock = |pid: u32| {
        let reason = format!("claude session x (pid {pid})");
        repo.git(&["worktree", "lock", "--reason", &reason, ".claude/worktrees/x"]);
    };
    lock(std::process::id());
    let data = status(&repo);
    let alive = row(&data, "worktree-x");
    assert_eq!(
        json!([alive["path"], alive["locked"], alive["removal"]["verdict"]]),
        json!([".claude/worktrees/x", true, "unsafe"])
    );
    assert_eq!(worktree(&repo, &["remove", "worktree-x"]).failure(), (21, "worktree.unsafe".to_owned()));
    repo.git(&["worktree", "unlock", ".claude/worktrees/x"]);
    lock(ended());
    let data = status(&repo);
    let dead = row(&data, "worktree-x");
    assert_eq!(json!([dead["locked"], dead["removal"]["verdict"]]), json!([true, "safe"]));
    assert_eq!(worktree(&repo, &["remove", "worktree-x"]).data()["applied"], true);
    assert!(!repo.root().join(".claude/worktrees/x").exists());
}

/// Returns the number of a process that has ended.
fn ended() -> u32 {
    let done = Call::new("sh").args(["-c", "echo $$"]).run(&support::Sandbox::new());
    done.stdout.trim().parse().expect("a number")
}

const TODO: &str = "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\ntimestamp: 20261121T090000Z\n\
    workflow_progress: {phase: 2, current_step: \"2.4\"}\ntasks:\n  implementation:\n\
    \x20   - {id: impl_001, description: a, status: completed}\n    - {id: impl_002, description: b, status: STATE}\n\
    \x20   - {id: impl_003, description: c, status: pending}\n---\n# Login\n";

#[test]
fn status_shows_the_todo_of_the_branch() {
    let repo = repo();
    let file = "TODO_feature_20261121T090000Z_login.md";
    repo.put(file, &TODO.replace("STATE", "blocked"));
    repo.commit("plan");
    let folder = made(&repo, "feature/20261121T090000Z_login", &[]);
    work(&repo, &folder, "one", "1\n");
    made(&repo, "other", &[]);
    let data = status(&repo);
    let row_of = row(&data, "feature/20261121T090000Z_login");
    assert_eq!(row_of["todo"], json!({"file": file, "done": 1, "total": 3, "percent": 33}));
    let blockers = row_of["blockers"].to_string();
    assert!(blockers.contains("1 task"), "{blockers}");
    assert_eq!(row(&data, "other").get("todo"), None);
    repo.put(file, &TODO.replace("STATE", "completed").replace("pending", "cancelled"));
    repo.commit("done");
    repo.git_in(&folder, &["merge", "-q", "main"]);
    let data = status(&repo);
    let done = row(&data, "feature/20261121T090000Z_login");
    assert_eq!((&done["todo"]["percent"], &done["blockers"]), (&json!(100), &json!([])));
    assert_eq!(done["recommendation"]["action"], "merge");
}

#[test]
fn status_shows_the_last_test_report_and_whether_it_is_of_this_content() {
    let repo = repo();
    repo.put(".gitignore", "junit.xml\ncoverage.xml\n");
    repo.commit("ignore");
    let folder = made(&repo, "a", &[]);
    work(&repo, &folder, "one", "1\n");
    assert_eq!(row(&status(&repo), "a").get("tests"), None);
    let report = |name: &str, seconds: u64| {
        put(&folder.join(name), "<testsuites/>\n");
        let file = std::fs::File::options().write(true).open(folder.join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    };
    // 2026-11-20T16:00:00Z is after the commits, a day before is not.
    report("junit.xml", 1_795_190_400);
    report("coverage.xml", 1_795_104_000);
    let tests = row(&status(&repo), "a")["tests"].clone();
    assert_eq!(tests, json!({"file": "junit.xml", "at": "2026-11-20T16:00:00Z", "fresh": true}));
    put(&folder.join("one"), "changed\n");
    assert_eq!(row(&status(&repo), "a")["tests"]["fresh"], Value::Null, "what was changed when is not known");
    report("junit.xml", 1_795_104_000);
    let data = status(&repo);
    assert_eq!(row(&data, "a")["tests"]["fresh"], false);
    assert!(row(&data, "a")["blockers"].to_string().contains("test"), "{data:#}");
}

#[test]
fn status_says_what_stands_in_the_way_of_a_merge() {
    let repo = repo();
    let folder = made(&repo, "a", &[]);
    work(&repo, &folder, "README.md", "theirs\n");
    repo.put("README.md", "ours\n");
    repo.commit("the same line");
    put(&folder.join("new"), "n\n");
    repo.git(&["worktree", "lock", &folder.to_string_lossy()]);
    let data = status(&repo);
    let row = row(&data, "a");
    assert_eq!(row["conflicts"], json!(["README.md"]));
    assert_eq!((&row["alone"], &row["removal"]["verdict"]), (&json!(1), &json!("unsafe")));
    let blockers = row["blockers"].to_string();
    for part in ["1 change", "conflict", "1 commit", "lock"] {
        assert!(blockers.contains(part), "{part}: {blockers}");
    }
    let reasons = row["removal"]["reasons"].to_string();
    for part in ["locked", "1 file that git does not track", "1 commit that no other ref has"] {
        assert!(reasons.contains(part), "{part}: {reasons}");
    }
}

#[test]
fn the_text_stands_in_columns() {
    let repo = repo();
    made(&repo, "a", &[]);
    made(&repo, "feature/größer", &[]);
    made(&repo, "none", &["--ports", "0"]);
    let text = worktree(&repo, &["list", "--format", "text"]).stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    let column = |line: &str, word: &str| line.split(word).next().map(|before| before.chars().count());
    for line in &lines[..4] {
        assert_eq!(column(line, " changed"), column(lines[0], " changed"), "{text}");
    }
    let paths: Vec<_> = lines[1..4].iter().map(|line| column(line, "/")).collect();
    let path = lines[2].find("feature/").map(|_| column(&lines[2].replacen("feature/", "feature.", 1), "/"));
    assert_eq!((paths[0], path), (paths[2], Some(paths[0])), "{text}");
    assert!(lines.iter().all(|line| !line.ends_with(' ') && !line.contains('\u{1b}')), "{text}");
    assert_eq!(lines[4], "3 active worktrees of at most 4");
    let cut = worktree(&repo, &["list", "--limit", "2"]).data();
    assert_eq!((cut["worktrees"].as_array().unwrap().len(), &cut["worktrees_more"]), (2, &json!(2)));
}
