//! Odd states of the index: conflicts, announced files, skipped ones, sparse, split, other hashes and reference stores.

use wfo_git::Way;

use crate::oracle::{agree, agree_by};
use crate::sandbox::Sandbox;

/// Makes a branch `other` and a `main` that cannot be merged.
fn with_conflicts() -> Sandbox {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.write("a.txt", "theirs\n");
    sandbox.write("both", "theirs\n");
    sandbox.write("b.txt", "theirs\n");
    sandbox.git(&["rm", "-q", "dir/c.txt"]);
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("a.txt", "ours\n");
    sandbox.write("both", "ours\n");
    sandbox.write("dir/c.txt", "ours\n");
    sandbox.git(&["rm", "-q", "b.txt"]);
    sandbox.commit("ours");
    sandbox.write("new-beside", "x");
    let (merged, _) = sandbox.try_git(&sandbox.repo(), &["merge", "other"]);
    assert!(!merged);
    sandbox
}

#[test]
fn a_path_in_conflict_is_neither_staged_nor_unstaged() {
    let sandbox = with_conflicts();
    let changes = agree(&sandbox.repo());
    let conflicts = changes.iter().filter(|change| change.kind == wfo_git::Kind::Conflicted).count();
    assert_eq!((conflicts, changes.len()), (4, 5));
    sandbox.write("a.txt", "resolved\n");
    sandbox.git(&["add", "a.txt"]);
    agree(&sandbox.repo());
    std::fs::remove_file(sandbox.repo().join("both")).unwrap();
    sandbox.write("both/now-a-folder", "x");
    agree(&sandbox.repo());
    std::fs::remove_dir_all(sandbox.repo().join("dir")).unwrap();
    agree(&sandbox.repo());
}

#[test]
fn a_rename_with_changed_content_counts_once_also_beside_conflicts_and_announced_files() {
    let sandbox = with_conflicts();
    let long: String = (0..100).map(|line| format!("line {line}\n")).collect();
    sandbox.git(&["checkout", "-q", "--merge", "--", "a.txt"]);
    sandbox.git(&["reset", "-q", "--hard"]);
    sandbox.write("long", &long);
    sandbox.commit("long");
    let (merged, _) = sandbox.try_git(&sandbox.repo(), &["merge", "other"]);
    assert!(!merged);
    sandbox.git(&["mv", "long", "moved"]);
    sandbox.write("moved", &(long + "more\n"));
    sandbox.git(&["add", "moved"]);
    sandbox.write("announced", "x");
    sandbox.git(&["add", "-N", "announced"]);
    assert_eq!(agree(&sandbox.repo()).len(), 6);
}

#[test]
fn a_file_that_was_only_announced_is_unstaged() {
    let sandbox = Sandbox::with_files();
    sandbox.write("announced", "x");
    sandbox.write("empty", "");
    sandbox.write("new/deep", "x");
    sandbox.git(&["add", "-N", "announced", "empty", "new"]);
    assert_eq!(agree(&sandbox.repo()).len(), 3);
    std::fs::remove_file(sandbox.repo().join("announced")).unwrap();
    agree_by(&sandbox.repo(), &[Way::Git]);
    std::fs::remove_file(sandbox.repo().join("empty")).unwrap();
    std::fs::remove_dir_all(sandbox.repo().join("new")).unwrap();
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    agree_by(&sandbox.repo(), &[Way::Git]);
    std::fs::rename(sandbox.repo().join("b.txt"), sandbox.repo().join("moved")).unwrap();
    sandbox.git(&["add", "-N", "moved"]);
    agree_by(&sandbox.repo(), &[Way::Git]);
}

#[test]
fn a_deleted_and_then_announced_path_is_told_as_git_tells_it() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["rm", "-q", "--cached", "a.txt"]);
    agree(&sandbox.repo());
    sandbox.git(&["add", "-N", "a.txt"]);
    agree(&sandbox.repo());
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn assumed_and_skipped_files_are_not_looked_at() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["update-index", "--assume-unchanged", "a.txt"]);
    sandbox.git(&["update-index", "--skip-worktree", "b.txt", "dir/c.txt"]);
    sandbox.write("a.txt", "changed");
    sandbox.write("b.txt", "changed");
    std::fs::remove_file(sandbox.repo().join("dir/c.txt")).unwrap();
    assert_eq!(agree(&sandbox.repo()), []);
    std::fs::remove_dir_all(sandbox.repo().join("dir")).unwrap();
    assert_eq!(agree(&sandbox.repo()).len(), 1);
}

#[test]
fn a_sparse_checkout_counts_only_what_is_there() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["sparse-checkout", "set", "--cone", "dir"]);
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.write("dir/c.txt", "changed");
    sandbox.write("dir/new", "x");
    assert_eq!(agree(&sandbox.repo()).len(), 2);
    sandbox.write("other/e.txt", "back again, and changed");
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
    sandbox.git(&["config", "sparse.expectFilesOutsideOfPatterns", "true"]);
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn ignore_files_that_a_sparse_checkout_left_out_still_hold() {
    let sandbox = Sandbox::init();
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write("dir/.gitignore", "*.tmp\n");
    sandbox.write("dir/f", "x");
    sandbox.commit("first");
    sandbox.git(&["sparse-checkout", "set", "--no-cone", "/dir/f"]);
    assert!(!sandbox.repo().join(".gitignore").exists() && !sandbox.repo().join("dir/.gitignore").exists());
    for name in ["x.log", "dir/x.tmp", "dir/x.log", "dir/x"] {
        sandbox.write(name, "x");
    }
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn a_sparse_index_is_left_to_git() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
    sandbox.write("dir/c.txt", "changed");
    sandbox.write("dir/new", "x");
    sandbox.write("a.txt", "staged");
    sandbox.git(&["add", "a.txt"]);
    assert_eq!(agree_by(&sandbox.repo(), &[Way::Git]).len(), 3);
    let repository = sandbox.open();
    let found = wfo_git::changes(&repository, None).unwrap();
    assert_eq!((found.status.way, found.status.reason), (Way::Git, Some("the index is sparse")));
    assert!(wfo_git::changes(&repository, Some(Way::OnePass)).is_err());
}

#[test]
fn a_split_index_is_read_whole() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["config", "core.splitIndex", "true"]);
    sandbox.git(&["update-index", "--split-index"]);
    sandbox.write("a.txt", "staged\n");
    sandbox.write("new", "x");
    sandbox.git(&["add", "a.txt", "new"]);
    sandbox.git(&["rm", "-q", "b.txt"]);
    sandbox.write("dir/c.txt", "changed\n");
    assert_eq!(agree(&sandbox.repo()).len(), 4);
}

#[test]
fn the_longer_hash_works_the_same() {
    let sandbox = Sandbox::init_with(&["--object-format=sha256"]);
    for name in ["a", "dir/b", "dir/c"] {
        sandbox.write(name, name);
    }
    sandbox.commit("first");
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.write("a", "x");
    sandbox.write("dir/new", "x");
    sandbox.git(&["add", "a"]);
    sandbox.write("dir/b", "other");
    assert_eq!(agree(&sandbox.repo()).len(), 3);
}

#[test]
fn references_in_tables_are_left_to_git() {
    let sandbox = Sandbox::init_with(&["--ref-format=reftable"]);
    sandbox.write("a", "a");
    sandbox.commit("first");
    sandbox.write("a", "b");
    sandbox.write("new", "x");
    assert_eq!(agree_by(&sandbox.repo(), &[Way::Git]).len(), 2);
    assert!(wfo_git::changes(&sandbox.open(), None).unwrap().status.reason.is_some());
}

#[test]
fn other_versions_of_the_index_format_are_read() {
    for version in ["2", "3", "4"] {
        let sandbox = Sandbox::with_files();
        sandbox.git(&["update-index", "--index-version", version]);
        sandbox.write("dir/deep/d.txt", "changed\n");
        sandbox.write("dir/deep/new", "x");
        assert_eq!(agree(&sandbox.repo()).len(), 2, "version {version}");
    }
}

#[test]
fn a_lock_that_somebody_else_holds_does_not_matter() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "changed\n");
    crate::sandbox::write(&sandbox.repo().join(".git/index.lock"), b"");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    assert!(sandbox.repo().join(".git/index.lock").exists());
}

#[test]
fn an_index_without_a_file_means_everything_was_unstaged() {
    let sandbox = Sandbox::with_files();
    std::fs::remove_file(sandbox.repo().join(".git/index")).unwrap();
    agree(&sandbox.repo());
}

#[test]
fn a_broken_index_is_a_problem_and_not_a_clean_tree() {
    let sandbox = Sandbox::with_files();
    crate::sandbox::write(&sandbox.repo().join(".git/index"), b"DIRCrubbish that is no index at all");
    let problem = wfo_git::changes(&sandbox.open(), None).unwrap_err();
    assert_eq!(problem.code, wfo_base::codes::TOOL_FAILED);
}
