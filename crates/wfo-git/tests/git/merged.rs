//! Every way in which a branch's work can have come into the default branch, and what only looks like one.

use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, open, write};
use crate::worktrees::{add, merged};

/// Makes a text of numbered lines, some of them replaced.
fn lines(count: usize, changes: &[(usize, &str)]) -> String {
    (1..=count)
        .map(|number| match changes.iter().find(|(at, _)| *at == number) {
            Some((_, text)) => format!("{text}\n"),
            None => format!("line number {number}\n"),
        })
        .collect()
}

/// Makes a repository with one longer file and some short ones.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_files();
    sandbox.write("long.txt", &lines(40, &[]));
    sandbox.commit("a longer file");
    sandbox
}

/// Commits one changed file in a checkout.
fn work(sandbox: &Sandbox, folder: &Path, name: &str, text: &str) {
    write(&folder.join(name), text.as_bytes());
    sandbox.git_in(folder, &["add", "-A"]);
    sandbox.git_in(folder, &["commit", "-q", "-m", name]);
}

fn main_has(sandbox: &Sandbox, name: &str, text: &str) {
    work(sandbox, &sandbox.repo(), name, text);
}

fn tree_with(sandbox: &Sandbox, branch: &str, changes: &[(&str, &str)]) -> PathBuf {
    let tree = add(sandbox, branch);
    for (name, text) in changes {
        work(sandbox, &tree, name, text);
    }
    tree
}

/// Squashes a branch into the default branch as a forge does it.
fn squash(sandbox: &Sandbox, branch: &str) {
    sandbox.git(&["merge", "-q", "--squash", branch]);
    sandbox.git(&["commit", "-q", "-m", &format!("squash of {branch}")]);
}

#[test]
fn a_branch_whose_commits_come_to_nothing_has_nothing_to_add_and_is_merged() {
    let sandbox = sandbox();
    let tree = add(&sandbox, "empty");
    sandbox.git_in(&tree, &["commit", "-q", "--allow-empty", "-m", "only a message"]);
    let tree = tree_with(&sandbox, "undone", &[("a.txt", "something else\n")]);
    sandbox.git_in(&tree, &["revert", "--no-edit", "HEAD"]);
    for step in ["one", "two"] {
        assert_eq!((merged(&sandbox, "empty"), merged(&sandbox, "undone")), (Some(true), Some(true)));
        main_has(&sandbox, "b.txt", step);
    }
    work(&sandbox, &tree, "a.txt", "something else after all\n");
    assert_eq!(merged(&sandbox, "undone"), Some(false));
}

#[test]
fn a_squash_stays_seen_when_main_later_changes_other_files_other_lines_or_the_same_lines() {
    let sandbox = sandbox();
    tree_with(&sandbox, "task", &[("long.txt", &lines(40, &[(5, "the work of a branch")])), ("new.txt", "new file\n")]);
    main_has(&sandbox, "long.txt", &lines(40, &[(30, "main was here before")]));
    assert_eq!(merged(&sandbox, "task"), Some(false));
    squash(&sandbox, "task");
    assert_eq!(merged(&sandbox, "task"), Some(true), "right after it, on a file that had moved");
    main_has(&sandbox, "b.txt", "another file\n");
    assert_eq!(merged(&sandbox, "task"), Some(true), "another file");
    let after = lines(40, &[(5, "the work of a branch"), (20, "other lines"), (30, "main was here before")]);
    main_has(&sandbox, "long.txt", &after);
    assert_eq!(merged(&sandbox, "task"), Some(true), "other lines of the same file");
    main_has(&sandbox, "long.txt", &lines(40, &[(5, "main went further"), (30, "main was here before")]));
    assert_eq!(merged(&sandbox, "task"), Some(true), "the same lines");
    sandbox.git(&["rm", "-q", "new.txt"]);
    sandbox.commit("the new file goes again");
    assert_eq!(merged(&sandbox, "task"), Some(true), "one of its files is gone again");
}

#[test]
fn a_squash_with_other_blanks_at_line_ends_is_the_same_patch_and_one_with_other_words_is_not() {
    for (theirs, expected) in [
        ("the work of a branch  \t", Some(true)),
        ("the work of a branch\r", Some(true)),
        ("the work of the branch", Some(false)),
        ("  the work of a branch", Some(false)),
    ] {
        let sandbox = sandbox();
        tree_with(&sandbox, "task", &[("long.txt", &lines(40, &[(5, "the work of a branch")]))]);
        main_has(&sandbox, "long.txt", &lines(40, &[(5, theirs), (30, "and more")]));
        main_has(&sandbox, "long.txt", &lines(40, &[(5, theirs)]));
        // In one commit with another line it is another patch; alone it is the same.
        main_has(&sandbox, "long.txt", &lines(40, &[]));
        main_has(&sandbox, "b.txt", "between\n");
        main_has(&sandbox, "long.txt", &lines(40, &[(5, theirs)]));
        main_has(&sandbox, "long.txt", &lines(40, &[(5, "main went further")]));
        assert_eq!(merged(&sandbox, "task"), expected, "{theirs:?}");
    }
}

#[test]
fn a_change_so_small_that_anybody_may_have_made_it_proves_nothing() {
    let sandbox = sandbox();
    tree_with(&sandbox, "task", &[("long.txt", &(lines(40, &[]) + "}\n"))]);
    main_has(&sandbox, "long.txt", &("}\n".to_owned() + &lines(40, &[])));
    main_has(&sandbox, "long.txt", &("}}\n".to_owned() + &lines(40, &[(40, "the end")])));
    assert_eq!(merged(&sandbox, "task"), None);
}

#[test]
fn work_that_came_in_piece_by_piece_adds_nothing_and_is_merged() {
    let sandbox = sandbox();
    tree_with(
        &sandbox,
        "task",
        &[("long.txt", &lines(40, &[(5, "one half of it")])), ("a.txt", "the other half of it\n")],
    );
    main_has(&sandbox, "long.txt", &lines(40, &[(5, "one half of it"), (30, "with more beside it")]));
    assert_eq!(merged(&sandbox, "task"), Some(false), "half of it");
    main_has(&sandbox, "a.txt", "the other half of it\n");
    assert_eq!(merged(&sandbox, "task"), Some(true), "all of it");
}

#[test]
fn a_rebase_onto_changed_files_is_seen_and_half_of_a_branch_is_not_enough() {
    let sandbox = sandbox();
    let steps: [&[(usize, &str)]; 3] = [
        &[(3, "first step of the work")],
        &[(3, "first step of the work"), (12, "second step of the work")],
        &[(3, "third step of the work"), (12, "second step of the work")],
    ];
    let tree = add(&sandbox, "task");
    for step in steps {
        work(&sandbox, &tree, "long.txt", &lines(40, step));
    }
    main_has(&sandbox, "long.txt", &lines(40, &[(30, "main was here before")]));
    let own = sandbox.git(&["rev-list", "--reverse", "main..task"]);
    let own: Vec<&str> = own.lines().collect();
    sandbox.git(&["cherry-pick", own[0], own[1]]);
    assert_eq!(merged(&sandbox, "task"), Some(false), "two of three");
    sandbox.git(&["cherry-pick", own[2]]);
    assert_eq!(merged(&sandbox, "task"), Some(true));
    main_has(&sandbox, "long.txt", &lines(40, &[(3, "main went further"), (12, "and here")]));
    assert_eq!(merged(&sandbox, "task"), Some(true), "found commit by commit");
    work(&sandbox, &tree, "long.txt", &lines(40, &[(3, "one more step")]));
    assert_eq!(merged(&sandbox, "task"), Some(false));
}

#[test]
fn the_newest_commits_of_a_branch_are_not_taken_for_all_of_them() {
    let sandbox = sandbox();
    let tree = add(&sandbox, "task");
    work(&sandbox, &tree, "long.txt", &lines(40, &[(40, "what main does not get")]));
    main_has(&sandbox, "long.txt", &lines(40, &[(20, "main goes on")]));
    sandbox.git_in(&tree, &["merge", "-q", "-m", "main again", "main"]);
    let beside = [(20, "main goes on"), (40, "what main does not get")];
    work(&sandbox, &tree, "long.txt", &lines(40, &[&beside[..], &[(1, "a first new line")]].concat()));
    work(&sandbox, &tree, "long.txt", &lines(40, &[&beside[..], &[(1, "another new line")]].concat()));
    sandbox.git(&["cherry-pick", "task~1", "task"]);
    assert_eq!(merged(&sandbox, "task"), Some(false));
}

#[test]
fn conflicting_work_and_work_that_main_took_back_are_not_merged() {
    let sandbox = sandbox();
    tree_with(&sandbox, "other", &[("long.txt", &lines(40, &[(5, "their words")]))]);
    tree_with(&sandbox, "back", &[("a.txt", "comes and goes\n"), ("new.txt", "comes and goes\n")]);
    main_has(&sandbox, "long.txt", &lines(40, &[(5, "our words")]));
    assert_eq!(merged(&sandbox, "other"), Some(false));
    squash(&sandbox, "back");
    assert_eq!(merged(&sandbox, "back"), Some(true));
    sandbox.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(merged(&sandbox, "back"), Some(false));
}

#[test]
fn a_detached_checkout_is_judged_by_its_commit() {
    let sandbox = sandbox();
    let tree = tree_with(&sandbox, "task", &[("a.txt", "the work of a branch\n")]);
    sandbox.git_in(&tree, &["checkout", "-q", "--detach"]);
    let judged = |sandbox: &Sandbox| {
        let taken = wfo_git::snapshot(&sandbox.open(), &wfo_git::Options::default());
        taken.worktrees.iter().find(|row| row.detached).unwrap().merged
    };
    assert_eq!(judged(&sandbox), Some(false));
    main_has(&sandbox, "b.txt", "main was here before\n");
    squash(&sandbox, "task");
    assert_eq!(judged(&sandbox), Some(true));
}

#[test]
fn a_file_too_large_to_be_merged_leaves_the_answer_open_unless_something_else_proves_it() {
    let sandbox = Sandbox::with_files();
    let large = |changes: &[(usize, &str)]| lines(80_000, changes);
    main_has(&sandbox, "large.txt", &large(&[]));
    tree_with(&sandbox, "task", &[("large.txt", &large(&[(5, "the work of a branch")]))]);
    assert_eq!(merged(&sandbox, "task"), Some(false), "main has not touched it");
    main_has(&sandbox, "large.txt", &large(&[(5, "the work of a branch"), (70_000, "and more")]));
    assert_eq!(merged(&sandbox, "task"), None);
    main_has(&sandbox, "large.txt", &large(&[(5, "the work of a branch")]));
    main_has(&sandbox, "large.txt", &large(&[(6, "something else")]));
    assert_eq!(merged(&sandbox, "task"), Some(true), "the same tree was there");
}

#[test]
fn a_squash_further_back_than_is_searched_is_not_denied() {
    let sandbox = sandbox();
    let text = lines(40, &[(5, "the work of a branch")]);
    tree_with(&sandbox, "task", &[("long.txt", &text)]);
    tree_with(&sandbox, "untouched", &[("a.txt", "nobody else changed this\n")]);
    main_has(&sandbox, "b.txt", "main was here before\n");
    squash(&sandbox, "task");
    main_has(&sandbox, "long.txt", &lines(40, &[(5, "main went further")]));
    for number in 0..205 {
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", &format!("step {number}")]);
    }
    assert_eq!(merged(&sandbox, "task"), None);
    assert_eq!(merged(&sandbox, "untouched"), Some(false));
}

#[test]
fn where_history_is_cut_off_before_the_branch_left_nothing_is_claimed() {
    let origin = sandbox();
    tree_with(&origin, "task", &[("a.txt", "one step\n"), ("a.txt", "two steps\n"), ("a.txt", "three steps\n")]);
    main_has(&origin, "b.txt", "one\n");
    main_has(&origin, "b.txt", "two\n");
    let source = format!("file://{}", origin.repo().display());
    origin.git_in(&origin.path(""), &["clone", "-q", "--depth", "2", "--no-single-branch", &source, "shallow"]);
    let shallow = origin.path("shallow");
    let tree = origin.path("trees/shallow");
    origin.git_in(&shallow, &["worktree", "add", "-q", "-b", "task", tree.to_str().unwrap(), "origin/task"]);
    let taken = wfo_git::snapshot(&open(&shallow), &wfo_git::Options::default());
    let row = taken.worktrees.iter().find(|row| row.branch.as_deref() == Some("task")).unwrap();
    assert_eq!((row.merged, taken.shallow), (None, true));
}

#[test]
fn without_the_library_trees_and_paths_decide_and_lines_stay_open() {
    let sandbox = Sandbox::init_with(&["--ref-format=reftable"]);
    main_has(&sandbox, "long.txt", &lines(40, &[]));
    let tree = add(&sandbox, "empty");
    sandbox.git_in(&tree, &["commit", "-q", "--allow-empty", "-m", "only a message"]);
    tree_with(&sandbox, "task", &[("long.txt", &lines(40, &[(5, "the work of a branch")]))]);
    assert_eq!((merged(&sandbox, "empty"), merged(&sandbox, "task")), (Some(true), Some(false)));
    main_has(&sandbox, "long.txt", &lines(40, &[(5, "the work of a branch"), (30, "and more")]));
    assert_eq!(merged(&sandbox, "task"), None);
}

#[test]
fn commits_that_no_branch_of_a_remote_has_are_counted_and_without_a_remote_not_at_all() {
    let unpushed = |folder: &Path, branch: &str| {
        let taken = wfo_git::snapshot(&open(folder), &wfo_git::Options::default());
        taken.worktrees.iter().find(|row| row.branch.as_deref() == Some(branch)).unwrap().unpushed
    };
    for format in ["files", "reftable"] {
        let origin = sandbox();
        assert_eq!(unpushed(&origin.repo(), "main"), None);
        let format = format!("--ref-format={format}");
        origin.git_in(&origin.path(""), &["clone", "-q", &format, "repo", "clone"]);
        let clone = origin.path("clone");
        let tree = origin.path("trees/task");
        origin.git_in(&clone, &["worktree", "add", "-q", "-b", "task", tree.to_str().unwrap()]);
        assert_eq!((unpushed(&clone, "main"), unpushed(&clone, "task")), (Some(0), Some(0)));
        write(&tree.join("a.txt"), b"one");
        origin.git_in(&tree, &["commit", "-q", "-a", "-m", "one"]);
        origin.git_in(&tree, &["commit", "-q", "--allow-empty", "-m", "two"]);
        assert_eq!((unpushed(&clone, "main"), unpushed(&clone, "task")), (Some(0), Some(2)));
        origin.git_in(&tree, &["push", "-q", "origin", "HEAD~1:refs/heads/other"]);
        assert_eq!(unpushed(&clone, "task"), Some(1), "a branch of any name keeps them");
    }
}
