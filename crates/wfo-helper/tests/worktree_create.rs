//! `worktree create`: branch, folder, ports and row as one unit, in the right place, or nothing at all and the one that is there.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use registry::{rows, set_pool, took, unattended, with_pool};
use serde_json::json;
use support::Repo;
use support::tree::picture;
use worktree::{has_branch, made, make, put, repo, said, traces, work, worktree, worktree_in};

#[test]
fn a_worktree_is_made_with_branch_folder_ports_and_row() {
    let repo = repo();
    let first = registry::quiet(20);
    set_pool(&repo, first, first + 19);
    let done = worktree(&repo, &["create", "feature/login", "--task", "Guard the redirect"]);
    let data = done.data();
    let folder = repo.at("home/tmp/worktrees/project/feature-login");
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    assert_eq!(
        data,
        json!({"applied": true, "worktree": {
            "path": folder, "branch": "feature/login", "base": head, "ports": [first, first + 1],
            "task": "Guard the redirect", "carried": [], "env_files": [], "set_up": false, "skipped": []}})
    );
    assert_eq!(done.answer()["next"], json!([format!("cd {}", folder.display())]));
    assert_eq!(repo.git_in(&folder, &["rev-parse", "--abbrev-ref", "HEAD"]), "feature/login");
    assert_eq!(repo.git_in(&folder, &["rev-parse", "HEAD"]), head);
    assert_eq!(repo.git_in(&folder, &["status", "--porcelain", "--ignored"]), "", "no file of ours lies in it");
    let rows = rows(&repo);
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        json!([row["project"], row["repoPath"], row["branch"], row["branchSlug"], row["worktreePath"], row["ports"]]),
        json!(["project", repo.root(), "feature/login", "feature-login", folder, [first, first + 1]])
    );
    assert_eq!((&row["task"], &row["status"]), (&json!("Guard the redirect"), &json!("active")));
    assert_eq!(row["createdAt"], "2026-11-21T09:00:00Z");
}

#[test]
fn a_dry_run_says_the_same_and_makes_nothing() {
    let repo = repo();
    repo.put(".gitignore", ".env\n");
    repo.commit("ignore");
    repo.put(".env", "PORT=1\n");
    let (before, home) = (traces(&repo), picture(&repo.at("home")));
    let dry = worktree(&repo, &["create", "a", "--task", "t", "--dry-run"]).data();
    assert_eq!((traces(&repo), picture(&repo.at("home"))), (before, home));
    let wet = worktree(&repo, &["create", "a", "--task", "t"]).data();
    assert_eq!((&dry["applied"], &wet["applied"]), (&json!(false), &json!(true)));
    for key in ["path", "branch", "base", "ports", "task", "carried", "set_up"] {
        assert_eq!(dry["worktree"][key], wet["worktree"][key], "{key}");
    }
}

#[test]
fn the_folder_is_chosen_by_branch_setting_or_flag() {
    let repo = repo();
    let workflow = made(&repo, "feature/20261121T090000Z_login-loop", &[]);
    assert_eq!(workflow, repo.at("project_feature_20261121T090000Z_login-loop"), "a TODO workflow lies beside");
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\nworktree: {root: ~/trees}\n");
    assert_eq!(made(&repo, "a", &[]), repo.at("home/trees/project/a"));
    let stamped = made(&repo, "hotfix/20261121T090000Z_x", &[]);
    assert_eq!(stamped, repo.at("home/trees/project/hotfix-20261121T090000Z_x"), "one setting overrides both");
    let named = repo.at("some where/else");
    assert_eq!(made(&repo, "b", &["--path", &named.to_string_lossy()]), named);
    let data = repo.call(&["worktree", "create", "c", "--path", "near", "--force"]).folder(&repo.at("home")).run(&repo);
    assert_eq!(data.failure().0, 20, "outside a repository there is none to make it in");
}

#[test]
fn a_folder_in_git_or_in_another_worktree_is_refused() {
    let repo = repo();
    let other = made(&repo, "a", &[]);
    let before = traces(&repo);
    for path in [repo.root().join(".git/x"), other.join("x"), repo.root().join("sub/.git/x")] {
        let done = worktree(&repo, &["create", "b", "--path", &path.to_string_lossy()]);
        assert_eq!(done.failure(), (21, "worktree.path-refused".to_owned()), "{}", path.display());
    }
    assert_eq!(traces(&repo), before);
}

#[test]
fn what_is_there_already_is_named_and_left_alone() {
    let repo = repo();
    repo.git(&["branch", "old"]);
    let folder = made(&repo, "a", &["--task", "first"]);
    let shown = folder.display().to_string();
    let (before, home) = (traces(&repo), picture(&repo.at("home")));
    let taken = repo.at("home/tmp/worktrees/project/taken");
    put(&taken.join("mine"), "work\n");
    for (arguments, named) in [
        (&["create", "old"][..], "`old`"),
        (&["create", "a", "--task", "second"], &shown),
        (&["create", "a", "--existing"], &shown),
        (&["create", "main", "--existing"], &repo.root().to_string_lossy()),
        (&["create", "taken"], &taken.to_string_lossy()),
    ] {
        let done = worktree(&repo, arguments);
        assert_eq!(done.failure(), (22, "worktree.exists".to_owned()), "{arguments:?}");
        assert!(said(&done, "worktree.exists").contains(named), "{arguments:?}: {done:?}");
    }
    std::fs::remove_dir_all(&taken).unwrap();
    assert_eq!(traces(&repo), before);
    let after = picture(&repo.at("home"));
    let same = |path: &std::path::Path| before_and_after(&home, &after, path);
    assert!(same(&folder) && same(&folder.join("README.md")), "the one that is there was touched");
}

fn before_and_after(
    before: &std::collections::BTreeMap<std::path::PathBuf, String>,
    after: &std::collections::BTreeMap<std::path::PathBuf, String>,
    path: &std::path::Path,
) -> bool {
    before.contains_key(path) && before.get(path) == after.get(path)
}

#[test]
fn a_branch_that_is_there_is_checked_out_only_when_asked() {
    let repo = repo();
    repo.git(&["branch", "old"]);
    let tip = repo.git(&["rev-parse", "old"]).trim().to_owned();
    repo.put("more", "x\n");
    repo.commit("more");
    let data = make(&repo, "old", &["--existing"]);
    assert_eq!(data["base"], tip.as_str());
    assert_eq!(worktree(&repo, &["create", "new", "--existing"]).failure(), (20, "git.revision-unknown".to_owned()));
    assert_eq!(worktree(&repo, &["create", "x", "--existing", "--base", "main"]).status, Some(64));
}

#[test]
fn a_branch_begins_where_it_is_told_or_where_one_stands() {
    let repo = repo();
    let start = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    repo.git(&["tag", "v1"]);
    let folder = made(&repo, "a", &[]);
    let own = work(&repo, &folder, "own", "x\n");
    repo.put("more", "x\n");
    let head = repo.commit("more");
    assert_eq!(make(&repo, "b", &["--base", "v1"])["base"], start.as_str());
    assert_eq!(make(&repo, "c", &[])["base"], head.as_str());
    let here = worktree_in(&repo, &folder, &["create", "d", "--dry-run"]).data();
    assert_eq!(here["worktree"]["base"], own.as_str(), "from a worktree its own commit");
    repo.git(&["checkout", "-q", "--detach", "v1"]);
    assert_eq!(make(&repo, "e", &[])["base"], start.as_str(), "detached: the commit that is checked out");
    for base in ["nowhere", "--help", ""] {
        let done = worktree(&repo, &["create", "f", &format!("--base={base}")]);
        assert_eq!(done.failure(), (20, "git.revision-unknown".to_owned()), "{base:?}");
    }
}

#[test]
fn without_a_commit_there_is_nothing_to_begin_with() {
    let repo = Repo::unborn();
    with_pool(&repo, 10);
    let before = traces(&repo);
    for branch in ["a", "main"] {
        assert_eq!(worktree(&repo, &["create", branch]).failure(), (20, "git.no-commits".to_owned()), "{branch}");
    }
    assert_eq!(traces(&repo), before);
}

#[test]
fn a_bare_repository_and_a_submodule_get_worktrees_of_their_own() {
    let repo = repo();
    repo.with_origin();
    let bare = repo.at("origin.git");
    let done = worktree_in(&repo, &bare, &["create", "a"]).data();
    let folder = repo.root().join(done["worktree"]["path"].as_str().unwrap());
    assert_eq!(repo.git_in(&folder, &["log", "-1", "--format=%s"]), "start");
    let address = bare.to_string_lossy().into_owned();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &address, "lib"]);
    repo.commit("a library");
    let done = worktree_in(&repo, &repo.root().join("lib"), &["create", "b"]).data();
    let folder = repo.root().join(done["worktree"]["path"].as_str().unwrap());
    assert_eq!(repo.git_in(&folder, &["log", "-1", "--format=%s"]), "start", "of the library, not of what holds it");
    assert!(!has_branch(&repo, "b"));
    let held: Vec<_> = rows(&repo).iter().map(|row| row["repoPath"].clone()).collect();
    assert_eq!(held[0], json!(bare));
    assert_ne!(held[1], json!(repo.root()));
}

#[test]
fn names_of_branches_are_gits_own_affair() {
    let repo = repo();
    repo.git(&["branch", "taken/below"]);
    let before = traces(&repo);
    for bad in ["a b", "a..b", "a~1", "a/", "/a", "a.lock", "-x", "a\nb", "@", "HEAD", "", "a:b", "a\\b", "..", "a//b"]
    {
        let done = worktree(&repo, &["create", "--", bad]);
        assert_eq!(done.failure(), (20, "git.branch-invalid".to_owned()), "{bad:?}");
    }
    assert_eq!(worktree(&repo, &["create", "-x"]).status, Some(64));
    for below in ["taken", "taken/below/deeper", "main/x"] {
        let done = worktree(&repo, &["create", below]);
        assert_eq!(done.failure(), (20, "git.branch-invalid".to_owned()), "{below}");
        let beside = if below == "main/x" { "`main`" } else { "`taken/below`" };
        assert!(said(&done, "git.branch-invalid").contains(beside), "{done:?}");
        assert_eq!(traces(&repo), before, "{below}");
    }
    for good in ["größe/日本語", "a/b/c", "x'y\"z", "mit-😀"] {
        let folder = made(&repo, good, &[]);
        assert_eq!(repo.git_in(&folder, &["symbolic-ref", "HEAD"]), format!("refs/heads/{good}"));
        assert_eq!(folder.parent(), Some(repo.at("home/tmp/worktrees/project").as_path()), "{}", folder.display());
    }
}

#[test]
fn two_branches_with_the_same_folder_do_not_meet() {
    let repo = repo();
    made(&repo, "a/b", &[]);
    let before = traces(&repo);
    let done = worktree(&repo, &["create", "a-b"]);
    assert_eq!(done.failure(), (22, "worktree.exists".to_owned()));
    assert_eq!(traces(&repo), before);
}

#[test]
fn the_fifth_worktree_needs_force() {
    let repo = repo();
    for branch in ["a", "b", "c", "d"] {
        made(&repo, branch, &[]);
    }
    let before = traces(&repo);
    let done = worktree(&repo, &["create", "e"]);
    assert_eq!(done.failure(), (21, "worktree.limit".to_owned()));
    let message = said(&done, "worktree.limit");
    assert!(message.contains('4'), "{message}");
    assert_eq!(traces(&repo), before);
    assert_eq!(worktree(&repo, &["create", "e", "--dry-run"]).failure().0, 21, "a dry run knows it too");
    made(&repo, "e", &["--force"]);
}

#[test]
fn ports_are_as_many_as_asked_and_those_that_the_branch_holds() {
    let repo = repo();
    let held = took(&repo, "a");
    assert_eq!(make(&repo, "a", &[])["ports"], json!(held), "the lease that was taken before");
    assert_eq!(make(&repo, "b", &["--ports", "0"])["ports"], json!([]));
    assert_eq!(make(&repo, "c", &["--ports", "4"])["ports"].as_array().unwrap().len(), 4);
    assert_eq!(rows(&repo).len(), 3, "one row a branch");
}

#[test]
fn an_empty_pool_leaves_everything_as_it_was() {
    let repo = repo();
    let first = registry::quiet(2);
    set_pool(&repo, first, first + 1);
    took(&repo, "other");
    let (before, home) = (traces(&repo), picture(&repo.at("home")));
    let done = worktree(&repo, &["create", "a"]);
    assert_eq!(done.failure(), (22, "port.pool-exhausted".to_owned()));
    assert_eq!((traces(&repo), picture(&repo.at("home"))), (before, home));
    made(&repo, "a", &["--ports", "0"]);
}

#[test]
fn a_broken_registry_is_not_touched_and_nothing_is_made() {
    let repo = repo();
    for text in ["", "{", "[]", "{\"worktrees\": 5}"] {
        let file = repo.put_config(registry::FILE, text);
        let refs = repo.git(&["for-each-ref"]);
        assert_eq!(
            worktree(&repo, &["create", "a"]).failure(),
            (20, "worktree.registry-invalid".to_owned()),
            "{text:?}"
        );
        assert_eq!((support::text_of(&file), repo.git(&["for-each-ref"])), (text.to_owned(), refs));
        assert!(!repo.at("home/tmp/worktrees/project/a").exists());
    }
}

#[test]
fn the_text_says_what_was_made() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    unattended(&repo);
    let done = worktree(&repo, &["create", "a", "--task", "Do it", "--format", "text"]);
    let folder = repo.at("home/tmp/worktrees/project/a");
    assert_eq!(
        done.stdout,
        format!("made a at {}\n  ports    {first}, {}\n  task     Do it\n", folder.display(), first + 1)
    );
}
