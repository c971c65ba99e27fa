//! Worktrees and branches made, taken out, brought back and deleted in real repositories.

use std::path::{Path, PathBuf};

use wfo_base::{Problem, codes};
use wfo_git::{
    Foreign, NewWorktree, Repository, add_worktree, branch_tip, commit_id, delete_branch, is_linked_folder,
    keep_commit, let_commit_go, relink_worktree, unlink_worktree,
};

use crate::sandbox::{Sandbox, open, write};

/// Adds without running what the repository names.
pub(crate) fn add(repository: &Repository, path: &Path, branch: &str, start: Option<&str>) -> Result<(), Problem> {
    add_worktree(repository, &NewWorktree { path, branch, start, held: None }, Foreign::Skip)
}

/// Everything of git's that a half-made worktree could leave.
fn traces(sandbox: &Sandbox) -> (String, String, usize) {
    let list = std::fs::read_dir(sandbox.repo().join(".git/worktrees")).map_or(0, Iterator::count);
    (sandbox.git(&["for-each-ref"]), sandbox.git(&["worktree", "list"]), list)
}

#[test]
fn a_new_branch_and_its_worktree_come_together() {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        sandbox.write("a", "text");
        let first = sandbox.commit("first");
        let repository = sandbox.open();
        let path = sandbox.path("trees/deep/größe");
        add(&repository, &path, "feature/größe", Some(&first)).unwrap();
        assert_eq!(std::fs::read_to_string(path.join("a")).unwrap(), "text");
        assert_eq!(sandbox.git_in(&path, &["status", "--porcelain"]), "");
        assert_eq!(sandbox.git_in(&path, &["symbolic-ref", "HEAD"]), "refs/heads/feature/größe");
        assert_eq!(branch_tip(&repository, "feature/größe").unwrap(), Some(first.clone()));
        assert_eq!(branch_tip(&repository, "feature").unwrap(), None);
        // And for a branch that is there.
        sandbox.git(&["branch", "old"]);
        add(&repository, &sandbox.path("old"), "old", None).unwrap();
        assert_eq!(sandbox.git_in(&sandbox.path("old"), &["symbolic-ref", "HEAD"]), "refs/heads/old");
        assert_eq!(sandbox.git(&["config", "--list", "--local"]).matches("branch.").count(), 0, "nothing is tracked");
    }
}

#[test]
fn what_is_there_already_is_left_alone_and_named() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let repository = sandbox.open();
    add(&repository, &sandbox.path("one"), "one", Some(&head)).unwrap();
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    write(&sandbox.path("file"), b"mine");
    std::os::unix::fs::symlink("nowhere", sandbox.path("link")).unwrap();
    sandbox.git(&["branch", "a/b"]);
    std::fs::create_dir(sandbox.path("gone")).unwrap();
    add(&repository, &sandbox.path("gone2"), "gone2", Some(&head)).unwrap();
    std::fs::remove_dir_all(sandbox.path("gone2")).unwrap();
    let before = traces(&sandbox);
    let cases = [
        ("one", "two", Some(&head), codes::WORKTREE_EXISTS),
        ("empty", "two", Some(&head), codes::WORKTREE_EXISTS),
        ("file", "two", Some(&head), codes::WORKTREE_EXISTS),
        ("link", "two", Some(&head), codes::WORKTREE_EXISTS),
        ("gone2", "two", Some(&head), codes::WORKTREE_EXISTS),
        ("two", "one", Some(&head), codes::WORKTREE_EXISTS),
        ("two", "one", None, codes::WORKTREE_EXISTS),
        ("two", "main", None, codes::WORKTREE_EXISTS),
        ("two", "a", Some(&head), codes::GIT_BRANCH_INVALID),
        ("two", "a/b/c", Some(&head), codes::GIT_BRANCH_INVALID),
        ("two", "absent", None, codes::GIT_REVISION_UNKNOWN),
        ("two", "--force", Some(&head), codes::GIT_BRANCH_INVALID),
    ];
    for (path, branch, start, code) in cases {
        let problem = add(&repository, &sandbox.path(path), branch, start.map(String::as_str)).unwrap_err();
        assert_eq!(problem.code, code, "{path} {branch}: {problem}");
    }
    assert_eq!(traces(&sandbox), before);
    assert!(!sandbox.path("two").exists());
    assert_eq!(std::fs::read(sandbox.path("file")).unwrap(), b"mine");
}

#[test]
fn places_that_git_would_write_down_wrongly_are_refused() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let repository = sandbox.open();
    let odd = |name: &str| sandbox.path("").join(name);
    let bytes: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff");
    for path in [
        PathBuf::from("relative"),
        odd("new\nline"),
        odd("blank "),
        odd("a/../b"),
        sandbox.repo().join(".git/inside"),
        sandbox.path("").join(bytes),
    ] {
        let problem = add(&repository, &path, "x", Some(&head)).unwrap_err();
        assert_eq!(problem.code, codes::WORKTREE_PATH_REFUSED, "{path:?}");
    }
    // Odd, but fine.
    for (number, name) in ["--force", "two words", "日本語", "quote'\"$(x)"].iter().enumerate() {
        add(&repository, &odd(name), &format!("b{number}"), Some(&head)).unwrap();
    }
    assert_eq!(branch_tip(&repository, "x").unwrap(), None);
}

#[test]
fn a_failure_half_way_leaves_neither_branch_nor_folder() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let id = sandbox.git(&["rev-parse", "HEAD:dir/c.txt"]);
    let before = traces(&sandbox);
    std::fs::remove_file(sandbox.repo().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let problem = add(&sandbox.open(), &sandbox.path("tree"), "task", Some(&head)).unwrap_err();
    assert_eq!(problem.code, codes::TOOL_FAILED, "{problem}");
    assert!(!sandbox.path("tree").exists());
    assert_eq!(traces(&sandbox), before);
    // A branch that was there stays.
    sandbox.git(&["branch", "old"]);
    add(&sandbox.open(), &sandbox.path("tree"), "old", None).unwrap_err();
    assert!(!sandbox.path("tree").exists());
    assert_eq!(branch_tip(&sandbox.open(), "old").unwrap(), Some(head));
}

#[test]
fn bare_repositories_and_submodules_have_worktrees_too_and_unborn_ones_have_none() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--bare", "repo", "bare.git"]);
    add(&open(&sandbox.path("bare.git")), &sandbox.path("of-bare"), "x", Some(&head)).unwrap();
    assert!(sandbox.path("of-bare/a.txt").exists());
    let source = sandbox.path("bare.git").display().to_string();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &source, "sub"]);
    let sub = open(&sandbox.repo().join("sub"));
    assert!(sub.is_submodule());
    add(&sub, &sandbox.path("of-sub"), "y", Some(&head)).unwrap();
    assert_eq!(sandbox.git_in(&sandbox.path("of-sub"), &["status", "--porcelain"]), "");
    let empty = Sandbox::init();
    for revision in ["HEAD", "main", "HEAD~1"] {
        assert_eq!(commit_id(&empty.open(), revision).unwrap_err().code, codes::GIT_NO_COMMITS, "{revision}");
    }
    assert_eq!(branch_tip(&empty.open(), "main").unwrap(), None);
}

#[test]
fn a_revision_is_never_taken_for_an_option() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&["tag", "-a", "v1", "-m", "one"]);
    let repository = sandbox.open();
    for revision in ["HEAD", "main", "v1", &head, "@", &head[..10], ":/first"] {
        assert_eq!(commit_id(&repository, revision).unwrap(), head, "{revision}");
    }
    let long = "x".repeat(100_000);
    for revision in ["", "-h", "--all", "--git-dir", "absent", "HEAD:a.txt", "a\0b", "a\nb", "main..v1", &long] {
        let problem = commit_id(&repository, revision).unwrap_err();
        assert_eq!(problem.code, codes::GIT_REVISION_UNKNOWN, "{revision:?}");
        assert!(problem.message.len() < 500);
    }
}

#[test]
fn a_branch_goes_only_when_it_is_where_it_was_seen() {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        let first = sandbox.commit("first");
        sandbox.git(&["branch", "task"]);
        sandbox.git(&["config", "branch.task.remote", "origin"]);
        sandbox.git(&["config", "branch.task2.remote", "origin"]);
        sandbox.git(&["branch", "packed"]);
        if format == "files" {
            sandbox.git(&["pack-refs", "--all"]);
        }
        let second = sandbox.commit("second");
        let repository = sandbox.open();
        assert_eq!(delete_branch(&repository, "task", &second).unwrap_err().code, codes::GIT_BRANCH_MOVED);
        assert_eq!(branch_tip(&repository, "task").unwrap(), Some(first.clone()));
        delete_branch(&repository, "task", &first).unwrap();
        delete_branch(&repository, "packed", &first).unwrap();
        assert_eq!(branch_tip(&repository, "task").unwrap(), None);
        let config = sandbox.git(&["config", "--list", "--local"]);
        assert!(!config.contains("branch.task.") && config.contains("branch.task2.remote"), "{config}");
        assert_eq!(delete_branch(&repository, "task", &first).unwrap_err().code, codes::GIT_BRANCH_MOVED);
        // What is checked out somewhere is not deleted.
        sandbox.git(&["worktree", "add", "-q", "../tree", "-b", "busy"]);
        for branch in ["main", "busy"] {
            assert_eq!(delete_branch(&repository, branch, &second).unwrap_err().code, codes::WORKTREE_EXISTS);
        }
        // A branch that only points to another one takes nothing with it.
        sandbox.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
        let _ = delete_branch(&repository, "alias", &second);
        assert_eq!(branch_tip(&repository, "main").unwrap(), Some(second));
    }
}

#[test]
fn a_branch_that_is_being_rebased_elsewhere_stays() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["worktree", "add", "-q", "../tree", "-b", "task"]);
    let tree = sandbox.path("tree");
    write(&tree.join("a.txt"), b"theirs");
    sandbox.git_in(&tree, &["commit", "-qam", "theirs"]);
    let tip = sandbox.git_in(&tree, &["rev-parse", "HEAD"]);
    sandbox.write("a.txt", "ours");
    sandbox.commit("ours");
    assert!(!sandbox.try_git(&tree, &["rebase", "main"]).0);
    assert_eq!(delete_branch(&sandbox.open(), "task", &tip).unwrap_err().code, codes::WORKTREE_EXISTS);
}

#[test]
fn a_kept_commit_outlives_gits_clean_up() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["checkout", "-q", "-b", "task"]);
    let lost = sandbox.commit("lost");
    sandbox.git(&["checkout", "-q", "main"]);
    let repository = sandbox.open();
    keep_commit(&repository, "20261121-task", &lost).unwrap();
    keep_commit(&repository, "20261121-task", &lost).unwrap();
    let other = sandbox.git(&["rev-parse", "main"]);
    assert_eq!(keep_commit(&repository, "20261121-task", &other).unwrap_err().code, codes::GIT_BRANCH_MOVED);
    delete_branch(&repository, "task", &lost).unwrap();
    let clean_up = || {
        sandbox.git(&["reflog", "expire", "--expire=now", "--all"]);
        sandbox.git(&["gc", "-q", "--prune=now"]);
    };
    clean_up();
    assert_eq!(sandbox.git(&["cat-file", "-t", &lost]), "commit");
    let_commit_go(&repository, "20261121-task").unwrap();
    let_commit_go(&repository, "20261121-task").unwrap();
    clean_up();
    assert!(!sandbox.try_git(&sandbox.repo(), &["cat-file", "-e", &lost]).0);
    for (name, commit) in [("-x", lost.as_str()), ("a..b", &lost), ("fine", "HEAD"), ("fine", "--stdin")] {
        assert!(keep_commit(&repository, name, commit).is_err(), "{name} {commit}");
    }
}

#[test]
fn a_worktree_taken_out_comes_back_as_it_was() {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        sandbox.write("a", "text");
        sandbox.write("b", "text");
        let head = sandbox.commit("first");
        let (repository, tree, keep) = (sandbox.open(), sandbox.path("tree"), sandbox.path("trash/git"));
        add(&repository, &tree, "task", Some(&head)).unwrap();
        write(&tree.join("a"), b"staged");
        sandbox.git_in(&tree, &["add", "a"]);
        write(&tree.join("b"), b"changed");
        let (status, listed) = (sandbox.git_in(&tree, &["status", "--porcelain"]), traces(&sandbox));
        unlink_worktree(&repository, &tree, &keep).unwrap();
        std::fs::rename(&tree, sandbox.path("trash/tree")).unwrap();
        assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 1);
        assert_eq!(unlink_worktree(&repository, &tree, &keep).unwrap_err().code, codes::WORKTREE_UNKNOWN);
        // Its branch may be used meanwhile; then it cannot come back.
        assert_eq!(relink_worktree(&repository, &keep, &tree).unwrap_err().code, codes::WORKTREE_UNKNOWN);
        std::fs::rename(sandbox.path("trash/tree"), &tree).unwrap();
        sandbox.git(&["checkout", "-q", "task"]);
        assert_eq!(relink_worktree(&repository, &keep, &tree).unwrap_err().code, codes::WORKTREE_EXISTS);
        sandbox.git(&["checkout", "-q", "main"]);
        relink_worktree(&repository, &keep, &tree).unwrap();
        assert_eq!(sandbox.git_in(&tree, &["status", "--porcelain"]), status);
        assert_eq!(traces(&sandbox), listed);
        assert!(!keep.exists());
        sandbox.git(&["worktree", "prune", "--expire=now"]);
        assert_eq!(traces(&sandbox), listed);
        // Also at another place, and under another name when its own was given away.
        unlink_worktree(&repository, &tree, &keep).unwrap();
        std::fs::rename(&tree, sandbox.path("moved")).unwrap();
        add(&repository, &tree, "other", Some(&head)).unwrap();
        relink_worktree(&repository, &keep, &sandbox.path("moved")).unwrap();
        assert_eq!(sandbox.git_in(&sandbox.path("moved"), &["status", "--porcelain"]), status);
        assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 3);
    }
}

#[test]
fn what_is_no_linked_worktree_is_not_taken_out_and_nothing_is_put_over_another() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let (repository, tree, keep) = (sandbox.open(), sandbox.path("tree"), sandbox.path("keep"));
    add(&repository, &tree, "task", Some(&head)).unwrap();
    for path in [sandbox.repo(), sandbox.path("home"), sandbox.path("absent"), sandbox.repo().join("dir")] {
        assert_eq!(unlink_worktree(&repository, &path, &keep).unwrap_err().code, codes::WORKTREE_UNKNOWN);
    }
    std::fs::create_dir(&keep).unwrap();
    assert_eq!(unlink_worktree(&repository, &tree, &keep).unwrap_err().code, codes::WORKTREE_EXISTS);
    assert_eq!(relink_worktree(&repository, &keep, &tree).unwrap_err().code, codes::WORKTREE_UNKNOWN);
    assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 2);
    let keep = sandbox.path("keep2");
    unlink_worktree(&repository, &tree, &keep).unwrap();
    sandbox.git_in(&sandbox.path(""), &["init", "-q", "foreign"]);
    for place in [sandbox.path("foreign"), sandbox.repo()] {
        assert_eq!(relink_worktree(&repository, &keep, &place).unwrap_err().code, codes::WORKTREE_EXISTS);
    }
    relink_worktree(&repository, &keep, &tree).unwrap();
}

#[test]
fn a_worktree_whose_folder_is_gone_can_be_taken_out_through_a_link_too() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let repository = sandbox.open();
    std::os::unix::fs::symlink(sandbox.path(""), sandbox.path("way")).unwrap();
    add(&repository, &sandbox.path("way/tree"), "task", Some(&head)).unwrap();
    std::fs::remove_dir_all(sandbox.path("tree")).unwrap();
    unlink_worktree(&repository, &sandbox.path("way/tree"), &sandbox.path("keep")).unwrap();
    assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn a_private_folder_is_moved_to_another_file_system() {
    let Ok(other) = tempfile::tempdir_in("/dev/shm") else { return };
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let (repository, tree) = (sandbox.open(), sandbox.path("tree"));
    add(&repository, &tree, "task", Some(&head)).unwrap();
    let listed = traces(&sandbox);
    unlink_worktree(&repository, &tree, &other.path().join("keep")).unwrap();
    assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 1);
    relink_worktree(&repository, &other.path().join("keep"), &tree).unwrap();
    assert_eq!(traces(&sandbox), listed);
    assert_eq!(sandbox.git_in(&tree, &["status", "--porcelain"]), "");
    assert!(
        !std::fs::read_dir(sandbox.repo().join(".git"))
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().starts_with("wfo-") })
    );
}

#[test]
fn only_the_folder_that_names_its_private_folder_is_a_worktrees_own() {
    let sandbox = Sandbox::with_files();
    for name in ["one", "two"] {
        sandbox.git(&["worktree", "add", "-q", &format!("../{name}")]);
    }
    let repository = sandbox.open();
    let own = |name: &str| is_linked_folder(&repository, &sandbox.path(name));
    assert!(own("one") && own("two") && !own("none"));
    std::fs::rename(sandbox.path("one"), sandbox.path("moved")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("moved"), sandbox.path("one")).unwrap();
    assert!(!own("one"), "a link to it is not the folder");
    std::fs::remove_file(sandbox.path("two/.git")).unwrap();
    assert!(!own("two"));
}
