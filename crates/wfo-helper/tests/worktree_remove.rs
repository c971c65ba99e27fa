//! `worktree remove`: gone is only what is kept elsewhere; everything else is refused with its reason, and stays as it was.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use std::path::{Path, PathBuf};

use registry::{ports, rows};
use serde_json::json;
use support::tree::picture;
use support::{Call, Done, Repo, text_of};
use worktree::{has_branch, made, make, put, repo, said, traces, work, worktree, worktree_in};

fn remove(repo: &Repo, name: &str) -> Done {
    worktree(repo, &["remove", name])
}

/// Proves that the removal is refused for this reason, and that nothing at all changed.
fn refused(repo: &Repo, folder: &Path, name: &str, reason: &str) {
    let (before, tree) = (traces(repo), picture(folder));
    for arguments in [&["remove", name][..], &["remove", name, "--delete-branch"], &["remove", name, "--dry-run"]] {
        let done = worktree(repo, arguments);
        assert_eq!(done.failure(), (21, "worktree.unsafe".to_owned()), "{arguments:?}");
        let message = said(&done, "worktree.unsafe");
        assert!(message.contains(reason), "{reason}: {message}");
    }
    assert_eq!((traces(repo), picture(folder)), (before, tree), "{reason}");
}

/// A worktree whose branch another one holds, too.
fn safe(repo: &Repo, branch: &str) -> PathBuf {
    made(repo, branch, &[])
}

#[test]
fn what_is_safe_goes_to_the_trash_and_its_ports_are_free() {
    let repo = repo();
    let data = make(&repo, "a", &[]);
    let folder = repo.at("home/tmp/worktrees/project/a");
    let done = remove(&repo, "a");
    let trash = "20261121T090000Z-a";
    assert_eq!(
        done.data(),
        json!({"applied": true, "removed": {
            "path": folder, "branch": "a", "ports": data["ports"], "trash": trash, "branch_deleted": false,
            "reasons": ["clean, and other refs keep its commits"]}})
    );
    assert!(!folder.exists() && has_branch(&repo, "a"), "the branch stays");
    assert!(!folder.parent().unwrap().exists(), "nor is an empty folder left");
    assert_eq!(rows(&repo).len(), 0);
    assert_eq!(text_of(&repo.config().join("wfo/trash/project").join(trash).join("README.md")), "demo\n");
    assert!(!repo.git(&["worktree", "list", "--porcelain"]).contains("refs/heads/a"));
    let held = ports(&data["ports"]);
    assert_eq!(ports(&make(&repo, "b", &[])["ports"]), held, "free again");
    assert_eq!(remove(&repo, "a").failure(), (20, "worktree.unknown".to_owned()));
}

#[test]
fn a_dry_run_judges_and_removes_nothing() {
    let repo = repo();
    let folder = safe(&repo, "a");
    let (before, tree, config) = (traces(&repo), picture(&folder), picture(&repo.config()));
    let data = worktree(&repo, &["remove", "a", "--dry-run"]).data();
    assert_eq!((&data["applied"], &data["removed"]["branch"]), (&json!(false), &json!("a")));
    assert_eq!((traces(&repo), picture(&folder), picture(&repo.config())), (before, tree, config));
}

#[test]
fn uncommitted_work_of_every_kind_is_refused() {
    let repo = repo();
    let folder = safe(&repo, "a");
    put(&folder.join("README.md"), "changed\n");
    refused(&repo, &folder, "a", "1 change not committed");
    repo.git_in(&folder, &["add", "README.md"]);
    refused(&repo, &folder, "a", "1 change not committed");
    repo.git_in(&folder, &["reset", "-q", "--hard"]);
    std::fs::remove_file(folder.join("README.md")).unwrap();
    refused(&repo, &folder, "a", "1 change not committed");
    repo.git_in(&folder, &["reset", "-q", "--hard"]);
    put(&folder.join("deep/new"), "n\n");
    refused(&repo, &folder, "a", "1 file that git does not track");
    std::fs::remove_dir_all(folder.join("deep")).unwrap();
    for flag in ["assume-unchanged", "skip-worktree"] {
        repo.git_in(&folder, &["update-index", &format!("--{flag}"), "README.md"]);
        put(&folder.join("README.md"), "a hidden edit\n");
        refused(&repo, &folder, "a", "1 file changed where git was told not to look");
        repo.git_in(&folder, &["update-index", &format!("--no-{flag}"), "README.md"]);
        repo.git_in(&folder, &["reset", "-q", "--hard"]);
    }
    assert_eq!(remove(&repo, "a").status, Some(0), "and clean again it goes");
}

#[test]
fn commits_that_exist_nowhere_else_are_refused_when_the_branch_would_go() {
    let repo = repo();
    let folder = safe(&repo, "a");
    work(&repo, &folder, "one", "1\n");
    work(&repo, &folder, "two", "2\n");
    refused(&repo, &folder, "a", "2 commits that no other ref has");
    repo.git(&["branch", "backup", "a"]);
    assert_eq!(worktree(&repo, &["remove", "a", "--delete-branch"]).data()["removed"]["branch_deleted"], true);
    assert!(!has_branch(&repo, "a") && has_branch(&repo, "backup"));
}

#[test]
fn of_two_branches_with_the_same_commits_only_one_is_deleted() {
    let repo = repo();
    let one = safe(&repo, "one");
    let tip = work(&repo, &one, "work", "w\n");
    let two = made(&repo, "two", &["--base", "one"]);
    assert_eq!(worktree(&repo, &["remove", "one", "--delete-branch"]).status, Some(0));
    refused(&repo, &two, "two", "1 commit that no other ref has");
    assert_eq!(repo.git(&["rev-parse", "two"]).trim(), tip);
}

#[test]
fn commits_that_a_remote_has_or_that_are_merged_are_kept() {
    let repo = repo();
    repo.with_origin();
    let (pushed, merged) = (safe(&repo, "pushed"), safe(&repo, "merged"));
    let alone = safe(&repo, "alone");
    work(&repo, &pushed, "one", "1\n");
    refused(&repo, &pushed, "pushed", "1 commit that no other ref has");
    repo.git_in(&pushed, &["push", "-q", "-u", "origin", "pushed"]);
    assert_eq!(remove(&repo, "pushed").status, Some(0));
    work(&repo, &merged, "two", "2\n");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "merged"]);
    let data = worktree(&repo, &["remove", "merged", "--delete-branch"]).data();
    assert_eq!(data["removed"]["reasons"], json!(["clean, and the default branch has all of it"]));
    assert!(!has_branch(&repo, "merged"));
    work(&repo, &alone, "three", "3\n");
    refused(&repo, &alone, "alone", "1 commit that no other ref has");
}

#[test]
fn a_squashed_branch_is_merged_although_main_went_on() {
    let repo = repo();
    let folder = safe(&repo, "a");
    work(&repo, &folder, "one", "1\n");
    work(&repo, &folder, "two", "2\n");
    let fresh = worktree(&repo, &["list"]).data();
    assert_eq!(worktree::row(&fresh, "a")["merged"], false);
    repo.git(&["merge", "-q", "--squash", "a"]);
    repo.commit("squashed");
    repo.put("one", "1\nand more\n");
    repo.put("later", "l\n");
    repo.commit("main goes on, in the same file too");
    let data = worktree(&repo, &["list"]).data();
    let row = worktree::row(&data, "a");
    assert_eq!(json!([row["merged"], row["recommendation"]["action"]]), json!([true, "remove"]));
    let data = worktree(&repo, &["remove", "a", "--delete-branch"]).data();
    assert_eq!(data["removed"]["branch_deleted"], true);
}

#[test]
fn a_fresh_branch_is_not_merged() {
    let repo = repo();
    safe(&repo, "a");
    assert_eq!(worktree::row(&worktree(&repo, &["list"]).data(), "a")["merged"], false);
    repo.put("more", "m\n");
    repo.commit("main goes on");
    assert_eq!(worktree::row(&worktree(&repo, &["list"]).data(), "a")["merged"], false);
}

#[test]
fn a_stash_of_its_branch_is_refused() {
    let repo = repo();
    let (folder, other) = (safe(&repo, "a"), safe(&repo, "b"));
    put(&folder.join("README.md"), "stashed\n");
    repo.git_in(&folder, &["stash", "-q"]);
    refused(&repo, &folder, "a", "1 stash of its branch");
    assert_eq!(remove(&repo, "b").status, Some(0), "another branch's stash is not its own: {}", other.display());
    repo.git_in(&folder, &["stash", "drop", "-q"]);
    assert_eq!(remove(&repo, "a").status, Some(0));
}

#[test]
fn a_process_inside_is_refused_and_named() {
    let repo = repo();
    let folder = safe(&repo, "a");
    std::fs::create_dir(folder.join("deep")).unwrap();
    let mut child = sleeper(&folder.join("deep"));
    refused(&repo, &folder, "a", &format!("1 process works in it: `sleep` ({})", child.id()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(remove(&repo, "a").status, Some(0));
}

#[expect(clippy::disallowed_methods, reason = "a program that goes on running beside the test")]
fn sleeper(folder: &Path) -> std::process::Child {
    std::process::Command::new("sleep").arg("600").current_dir(folder).spawn().unwrap()
}

#[test]
fn an_operation_under_way_is_refused() {
    let repo = repo();
    let folder = safe(&repo, "a");
    work(&repo, &folder, "README.md", "theirs\n");
    repo.git(&["branch", "backup", "a"]);
    repo.put("README.md", "ours\n");
    repo.commit("the same line");
    let stop = |arguments: &[&str]| Call::new("git").args(arguments).folder(&folder).run(&repo);
    assert_ne!(stop(&["rebase", "main"]).status, Some(0));
    let path = folder.to_string_lossy().into_owned();
    refused(&repo, &folder, &path, "`rebase` under way");
    repo.git_in(&folder, &["rebase", "--abort"]);
    repo.git_in(&folder, &["bisect", "start"]);
    refused(&repo, &folder, "a", "`bisect` under way");
    repo.git_in(&folder, &["bisect", "reset"]);
    assert_eq!(remove(&repo, "a").status, Some(0));
}

#[test]
fn a_locked_one_the_main_checkout_and_where_one_stands_are_refused() {
    let repo = repo();
    let folder = safe(&repo, "a");
    repo.git(&["worktree", "lock", &folder.to_string_lossy()]);
    refused(&repo, &folder, "a", "locked");
    repo.git(&["worktree", "unlock", &folder.to_string_lossy()]);
    refused(&repo, &folder, "main", "main checkout");
    refused(&repo, &folder, ".", "main checkout");
    let (before, tree) = (traces(&repo), picture(&folder));
    std::fs::create_dir(folder.join("deep")).unwrap();
    for place in [folder.clone(), folder.join("deep")] {
        let done = worktree_in(&repo, &place, &["remove", "a"]);
        assert_eq!(done.failure(), (21, "worktree.unsafe".to_owned()));
        assert!(said(&done, "worktree.unsafe").contains("this command runs inside it"), "{done:?}");
    }
    std::fs::remove_dir(folder.join("deep")).unwrap();
    assert_eq!(traces(&repo), before);
    assert_eq!(tree.len(), picture(&folder).len());
}

#[test]
fn a_detached_worktree_goes_only_when_its_commit_is_kept() {
    let repo = repo();
    let folder = repo.at("detached");
    repo.git(&["worktree", "add", "-q", "--detach", &folder.to_string_lossy()]);
    let path = folder.to_string_lossy().into_owned();
    work(&repo, &folder, "one", "1\n");
    refused(&repo, &folder, &path, "1 commit that no other ref has");
    repo.git_in(&folder, &["checkout", "-q", "--detach", "main"]);
    assert_eq!(worktree(&repo, &["remove", &path, "--delete-branch"]).failure().0, 21, "it has no branch to delete");
    assert_eq!(remove(&repo, &path).data()["removed"]["branch"], json!(null));
    assert!(!folder.exists());
}

#[test]
fn a_worktree_that_nobody_adopted_and_one_with_an_odd_path_can_go() {
    let repo = repo();
    let odd = repo.at("home/mit Leer zeichen 'und\" größe 日本");
    repo.git(&["worktree", "add", "-q", "-b", "feature/ünï", &odd.to_string_lossy()]);
    let near = repo.at("near");
    put(&near.join("keep"), "k\n");
    assert_eq!(remove(&repo, "feature/ünï").data()["removed"]["path"], json!(odd));
    assert!(!odd.exists() && near.join("keep").exists());
    assert_eq!(worktree(&repo, &["restore", "feature/ünï"]).data()["applied"], true);
    assert_eq!(text_of(&odd.join("README.md")), "demo\n");
    let done = worktree(&repo, &["remove", &odd.to_string_lossy()]);
    assert_eq!(done.status, Some(0), "by its folder, too: {done:?}");
}

#[test]
fn rows_of_other_projects_keep_every_byte() {
    let repo = repo();
    let pool = registry::quiet(20);
    registry::set_pool(&repo, pool, pool + 19);
    let foreign = format!(
        "{{\n  \"note\": 1.50,\n  \"worktrees\": [\n    {{\"id\": \"x\",   \"project\":\"project\", \"repoPath\": \"/else/where\", \
         \"branch\": \"a\", \"path\": \"{}\", \"ports\": [{}], \"mine\": 1e3}}\n  ],\n  \"portPool\": {{\"start\": {pool}, \
         \"end\": {}, \"allocated\": [{}]}}\n}}\n",
        repo.at("home/tmp/worktrees/project/a").display(),
        pool + 18,
        pool + 19,
        pool + 18
    );
    let file = repo.put_config(registry::FILE, &foreign);
    let row =
        |text: &str| text.lines().find(|line| line.contains("/else/where")).unwrap().trim_end_matches(',').to_owned();
    made(&repo, "a", &[]);
    assert_eq!(row(&text_of(&file)), row(&foreign));
    remove(&repo, "a").data();
    assert_eq!(text_of(&file), foreign, "as if nothing had been");
}

#[test]
fn a_folder_that_is_gone_leaves_git_and_the_registry() {
    let repo = repo();
    let folder = safe(&repo, "a");
    std::fs::remove_dir_all(&folder).unwrap();
    let data = remove(&repo, "a").data();
    assert_eq!(data["applied"], true);
    assert_eq!((rows(&repo).len(), has_branch(&repo, "a")), (0, true));
    assert!(!repo.git(&["worktree", "list", "--porcelain"]).contains("refs/heads/a"));
    let other = safe(&repo, "b");
    work(&repo, &other, "one", "1\n");
    std::fs::remove_dir_all(&other).unwrap();
    let done = remove(&repo, "b");
    assert_eq!(done.failure().0, 21, "its commits are nowhere else");
}
