//! What a worktree holds that exists nowhere else, seen from real worktrees.

use std::path::{Path, PathBuf};

use wfo_git::{Holdings, Operation, Options, Repository};

use crate::sandbox::{Sandbox, open, write};
use crate::worktrees::{add, work};

fn look(repository: &Repository, path: &Path) -> Holdings {
    let rows = wfo_git::snapshot(repository, &Options::default()).worktrees;
    let all = wfo_git::holdings(repository, &rows);
    assert_eq!(all.len(), rows.len());
    let at = rows.iter().position(|row| row.path == path).unwrap();
    all[at].clone()
}

fn held(sandbox: &Sandbox, path: &Path) -> Holdings {
    look(&sandbox.open(), path)
}

/// Runs a test with both ways of storing references: the library reads the one, only the program the other.
fn both(test: impl Fn(&Sandbox, &Path, bool)) {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        for name in ["a.txt", "b.txt", "dir/c.txt"] {
            sandbox.write(name, &format!("content of {name}\n"));
        }
        sandbox.commit("first");
        let tree = add(&sandbox, "task");
        test(&sandbox, &tree, format == "files");
    }
}

fn with_work() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with_files();
    let tree = add(&sandbox, "task");
    work(&sandbox, &tree, "a.txt", "one\n");
    work(&sandbox, &tree, "a.txt", "two\n");
    (sandbox, tree)
}

#[test]
fn a_fresh_worktree_holds_nothing() {
    both(|sandbox, tree, _| {
        let nothing = Holdings { alone: Some(0), stashes: Some(0), hidden: Some(0), ..Holdings::default() };
        assert_eq!(held(sandbox, tree), nothing);
    });
}

#[test]
fn commits_are_alone_until_another_branch_a_tag_or_a_remote_has_them() {
    both(|sandbox, tree, _| {
        work(sandbox, tree, "a.txt", "one\n");
        work(sandbox, tree, "a.txt", "two\n");
        let alone = || held(sandbox, tree).alone;
        assert_eq!(alone(), Some(2));
        sandbox.git_in(tree, &["commit", "-q", "--amend", "-m", "said better"]);
        assert_eq!(alone(), Some(2), "an amended commit is one commit");
        sandbox.git(&["tag", "-a", "-m", "kept", "v1", "task~1"]);
        assert_eq!(alone(), Some(1));
        sandbox.git(&["branch", "other", "task"]);
        assert_eq!(alone(), Some(0));
        sandbox.git(&["branch", "-q", "-D", "other"]);
        sandbox.git(&["update-ref", "refs/remotes/origin/task", "task"]);
        let held = held(sandbox, tree);
        assert_eq!((held.alone, held.unpushed, held.has_remotes), (Some(0), Some(0), true));
    });
}

#[test]
fn references_that_come_and_go_with_tools_keep_nothing() {
    both(|sandbox, tree, _| {
        work(sandbox, tree, "a.txt", "one\n");
        for name in ["refs/stash", "refs/wfo/kept", "refs/bisect/bad", "refs/notes/x", "refs/original/x"] {
            sandbox.git(&["update-ref", name, "task"]);
        }
        sandbox.git_in(tree, &["update-ref", "refs/worktree/x", "task"]);
        assert_eq!(held(sandbox, tree).alone, Some(1));
    });
}

#[test]
fn another_name_for_its_own_branch_is_no_second_branch() {
    both(|sandbox, tree, library| {
        work(sandbox, tree, "a.txt", "one\n");
        sandbox.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/task"]);
        assert_eq!(held(sandbox, tree).alone, if library { Some(1) } else { None });
    });
}

#[test]
fn a_detached_head_has_no_branch_of_its_own_to_set_aside() {
    both(|sandbox, tree, _| {
        work(sandbox, tree, "a.txt", "one\n");
        sandbox.git_in(tree, &["checkout", "-q", "--detach"]);
        assert_eq!(held(sandbox, tree).alone, Some(0), "its former branch keeps it");
        work(sandbox, tree, "a.txt", "two\n");
        work(sandbox, tree, "a.txt", "three\n");
        assert_eq!(held(sandbox, tree).alone, Some(2));
    });
}

#[test]
fn what_is_pushed_and_what_is_not_is_counted_apart_from_what_is_alone() {
    let (sandbox, tree) = with_work();
    assert_eq!((held(&sandbox, &tree).unpushed, held(&sandbox, &tree).has_remotes), (None, false));
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    sandbox.git(&["branch", "other", "task"]);
    let found = held(&sandbox, &tree);
    assert_eq!((found.alone, found.unpushed), (Some(0), Some(2)));
    sandbox.git(&["update-ref", "refs/remotes/fork/anything", "task~1"]);
    assert_eq!(held(&sandbox, &tree).unpushed, Some(1));
}

#[test]
fn only_stashes_of_its_own_branch_are_counted() {
    both(|sandbox, tree, _| {
        add(sandbox, "task-two");
        for (folder, words) in [
            (sandbox.repo(), None),
            (tree.to_owned(), None),
            (tree.to_owned(), Some("my words")),
            (sandbox.path("trees/task-two"), Some("task: words")),
        ] {
            write(&folder.join("a.txt"), format!("{words:?}").as_bytes());
            let mut arguments = vec!["stash", "push", "-q"];
            arguments.extend(words.iter().flat_map(|words| ["-m", words]));
            sandbox.git_in(&folder, &arguments);
        }
        let count = |path: &Path| held(sandbox, path).stashes;
        assert_eq!((count(tree), count(&sandbox.repo())), (Some(2), Some(1)));
        assert_eq!(count(&sandbox.path("trees/task-two")), Some(1));
    });
}

#[test]
fn a_stash_without_its_log_is_not_counted_as_none() {
    let (sandbox, tree) = with_work();
    sandbox.git(&["update-ref", "refs/stash", "task"]);
    std::fs::remove_file(sandbox.repo().join(".git/logs/refs/stash")).ok();
    assert_eq!(held(&sandbox, &tree).stashes, None);
}

#[test]
fn edits_that_status_does_not_show_are_found() {
    both(|sandbox, tree, library| {
        let hidden = || held(sandbox, tree).hidden;
        sandbox.git_in(tree, &["update-index", "--assume-unchanged", "a.txt"]);
        sandbox.git_in(tree, &["update-index", "--skip-worktree", "dir/c.txt"]);
        let told = |count| if library { Some(count) } else { None };
        assert_eq!(hidden(), told(0), "flagged and as it was");
        write(&tree.join("a.txt"), b"an edit that status does not show");
        assert_eq!(sandbox.git_in(tree, &["status", "--porcelain"]), "");
        assert_eq!(hidden(), told(1));
        std::fs::remove_file(tree.join("a.txt")).unwrap();
        std::fs::remove_file(tree.join("dir/c.txt")).unwrap();
        assert_eq!(hidden(), Some(0), "not there is nothing to lose");
        std::os::unix::fs::symlink("/etc/passwd", tree.join("dir/c.txt")).unwrap();
        assert_eq!(hidden(), told(1), "a link in its place");
        write(&tree.join("b.txt"), b"an edit that status shows");
        assert_eq!(hidden(), told(1));
    });
}

#[test]
fn a_flagged_file_with_other_line_ends_is_compared_as_git_does() {
    let (sandbox, tree) = with_work();
    work(&sandbox, &tree, ".gitattributes", "*.txt text\n");
    sandbox.git_in(&tree, &["update-index", "--assume-unchanged", "b.txt"]);
    write(&tree.join("b.txt"), b"content of b.txt\r\n");
    assert_eq!(held(&sandbox, &tree).hidden, Some(0));
    write(&tree.join("b.txt"), b"content of b.txt\r\nand more\r\n");
    assert_eq!(held(&sandbox, &tree).hidden, Some(1));
}

#[test]
fn a_filter_that_the_repository_names_is_not_run_to_compare() {
    let (sandbox, tree) = with_work();
    work(&sandbox, &tree, ".gitattributes", "*.txt filter=evil\n");
    let tripwire = sandbox.path("tripwire");
    sandbox.git_in(&tree, &["update-index", "--assume-unchanged", "b.txt"]);
    sandbox.git(&["config", "filter.evil.clean", &format!("touch '{}'; cat", tripwire.display())]);
    write(&tree.join("b.txt"), b"an edit");
    assert_eq!(held(&sandbox, &tree).hidden, Some(1));
    assert!(!tripwire.exists());
    write(&tree.join("c.txt"), b"x");
    sandbox.git_in(&tree, &["add", "c.txt"]);
    assert!(tripwire.exists(), "the trap does not work, so this test shows nothing");
}

#[test]
fn an_operation_under_way_is_told_of_the_worktree_it_is_in() {
    both(|sandbox, tree, _| {
        work(sandbox, tree, "a.txt", "one\n");
        work(sandbox, &sandbox.repo(), "a.txt", "main\n");
        let operation = |path: &Path| held(sandbox, path).operation;
        assert_eq!((operation(tree), operation(&sandbox.repo())), (None, None));
        for (arguments, expected, end) in [
            (&["rebase", "main"][..], Operation::Rebase, &["rebase", "--abort"][..]),
            (&["merge", "main"], Operation::Merge, &["merge", "--abort"]),
            (&["cherry-pick", "main"], Operation::CherryPick, &["cherry-pick", "--abort"]),
            (&["bisect", "start"], Operation::Bisect, &["bisect", "reset"]),
        ] {
            sandbox.try_git(tree, arguments);
            assert_eq!((operation(tree), operation(&sandbox.repo())), (Some(expected), None), "{arguments:?}");
            sandbox.git_in(tree, end);
            assert_eq!(operation(tree), None, "{end:?}");
        }
    });
}

#[test]
fn what_cannot_be_looked_at_is_not_determined() {
    both(|sandbox, tree, library| {
        work(sandbox, tree, "a.txt", "one\n");
        let rows = wfo_git::snapshot(&sandbox.open(), &Options::default()).worktrees;
        std::fs::remove_dir_all(tree).unwrap();
        let gone = wfo_git::holdings(&sandbox.open(), &rows).pop().unwrap();
        assert_eq!((gone.alone, gone.hidden), (if library { Some(1) } else { None }, None));
        sandbox.git(&["worktree", "prune"]);
        let pruned = wfo_git::holdings(&sandbox.open(), &rows).pop().unwrap();
        assert_eq!((pruned.alone, pruned.unpushed, pruned.stashes, pruned.hidden), (None, None, None, None));
    });
    let (sandbox, tree) = with_work();
    write(&sandbox.repo().join(".git/worktrees/task/index"), b"rubbish");
    assert_eq!(held(&sandbox, &tree).hidden, None);
    let tip = sandbox.git(&["rev-parse", "task~1"]);
    std::fs::remove_file(sandbox.repo().join(".git/objects").join(&tip[..2]).join(&tip[2..])).unwrap();
    assert_eq!(held(&sandbox, &tree).alone, None);
}

#[test]
fn repositories_of_submodules_in_the_private_folder_are_told() {
    let sandbox = Sandbox::with_files();
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "repo", "part"]);
    let tree = add(&sandbox, "task");
    assert!(!held(&sandbox, &tree).submodules);
    let part = sandbox.path("part");
    let arguments = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", part.to_str().unwrap(), "part"];
    sandbox.git_in(&tree, &arguments);
    assert!(held(&sandbox, &tree).submodules);
    assert!(!look(&open(&tree), &sandbox.repo()).submodules);
}
