//! Checkouts beside the main one: where they lie, how they stand, and what counts as merged.

use wfo_git::{Options, Snapshot, Worktree};

use crate::sandbox::{Sandbox, open, write};

fn look(sandbox: &Sandbox) -> Snapshot {
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!(taken.notes, [], "nothing to note");
    taken
}

fn row(taken: &Snapshot, branch: &str) -> Worktree {
    let row = taken.worktrees.iter().find(|row| row.branch.as_deref() == Some(branch));
    row.unwrap_or_else(|| panic!("no row for {branch}: {taken:#?}")).clone()
}

pub(crate) fn merged(sandbox: &Sandbox, branch: &str) -> Option<bool> {
    row(&look(sandbox), branch).merged
}

/// Adds a worktree with a new branch, beside the repository.
pub(crate) fn add(sandbox: &Sandbox, branch: &str) -> std::path::PathBuf {
    let path = sandbox.path(&format!("trees/{branch}"));
    sandbox.git(&["worktree", "add", "-q", path.to_str().unwrap(), "-b", branch]);
    path
}

/// Commits one changed file in a checkout.
pub(crate) fn work(sandbox: &Sandbox, folder: &std::path::Path, name: &str, text: &str) {
    write(&folder.join(name), text.as_bytes());
    sandbox.git_in(folder, &["add", "-A"]);
    sandbox.git_in(folder, &["commit", "-q", "-m", &format!("{name}: {}", text.trim())]);
}

fn both(test: impl Fn(&Sandbox)) {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        for name in ["a.txt", "b.txt", "dir/c.txt"] {
            sandbox.write(name, &format!("content of {name}\n"));
        }
        sandbox.commit("first");
        test(&sandbox);
    }
}

#[test]
fn a_worktree_is_told_by_its_git_folder_from_its_top_and_from_a_plain_folder_below() {
    both(|sandbox| {
        let tree = add(sandbox, "task");
        for folder in [tree.clone(), tree.join("dir")] {
            let inside = open(&folder);
            assert!(inside.is_linked_worktree() && !inside.is_bare() && !inside.is_submodule());
            assert_eq!((inside.root(), inside.main_root()), (tree.as_path(), sandbox.repo().as_path()));
            assert_eq!(inside.common_dir(), sandbox.repo().join(".git"));
        }
        for folder in [sandbox.repo(), sandbox.repo().join("dir")] {
            let main = open(&folder);
            assert!(!main.is_linked_worktree());
            assert_eq!((main.root(), main.main_root()), (sandbox.repo().as_path(), sandbox.repo().as_path()));
        }
    });
}

#[test]
fn all_checkouts_are_listed_from_each_of_them_with_their_own_changes() {
    both(|sandbox| {
        let tree = sandbox.path("trees/with blank");
        sandbox.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "-b", "task"]);
        write(&tree.join("a.txt"), b"changed");
        write(&tree.join("new/file"), b"x");
        sandbox.write("b.txt", "changed in main");
        for folder in [sandbox.repo(), tree.clone()] {
            let taken = wfo_git::snapshot(&open(&folder), &Options::default());
            let paths: Vec<_> = taken.worktrees.iter().map(|row| row.path.clone()).collect();
            assert_eq!(paths, [sandbox.repo(), tree.clone()]);
            assert_eq!(taken.worktrees.iter().map(|row| row.main).collect::<Vec<_>>(), [true, false]);
            assert_eq!(
                taken.worktrees.iter().map(|row| row.current).collect::<Vec<_>>(),
                [folder == sandbox.repo(), folder == tree]
            );
            let changes: Vec<_> = taken.worktrees.iter().map(Worktree::changes).collect();
            assert_eq!(changes, [Some(1), Some(2)]);
            let current = taken.worktrees.iter().find(|row| row.current).unwrap();
            assert_eq!(current.status, taken.status);
        }
    });
}

#[test]
fn locked_gone_detached_and_bare_ones_are_told_apart() {
    both(|sandbox| {
        let locked = add(sandbox, "locked");
        let silent = add(sandbox, "silent");
        let gone = add(sandbox, "gone");
        let locked_gone = add(sandbox, "locked-gone");
        sandbox.git(&["worktree", "lock", "--reason", "in use by an agent", locked.to_str().unwrap()]);
        sandbox.git(&["worktree", "lock", silent.to_str().unwrap()]);
        sandbox.git(&["worktree", "lock", locked_gone.to_str().unwrap()]);
        sandbox.git(&["worktree", "add", "-q", "--detach", sandbox.path("trees/detached").to_str().unwrap()]);
        std::fs::remove_dir_all(&gone).unwrap();
        std::fs::remove_dir_all(&locked_gone).unwrap();
        let taken = look(sandbox);
        let by_path = |path: &std::path::Path| taken.worktrees.iter().find(|row| row.path == path).unwrap();
        assert_eq!(by_path(&locked).locked.as_deref(), Some("in use by an agent"));
        assert_eq!(by_path(&silent).locked.as_deref(), Some(""));
        assert_eq!((by_path(&gone).prunable, by_path(&gone).status), (true, None));
        assert_eq!((by_path(&locked_gone).prunable, by_path(&locked_gone).status), (false, None));
        let detached = by_path(&sandbox.path("trees/detached"));
        assert_eq!((detached.detached, detached.branch.as_ref()), (true, None));
        let expected = sandbox.git(&["worktree", "list", "--porcelain"]);
        assert_eq!(taken.worktrees.len(), expected.lines().filter(|line| line.starts_with("worktree ")).count());
    });
}

#[test]
fn worktrees_of_a_bare_repository_have_it_as_their_main_row() {
    let sandbox = Sandbox::with_files();
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--bare", "repo", "project.git"]);
    let bare = sandbox.path("project.git");
    sandbox.git_in(&bare, &["worktree", "add", "-q", "../tree", "-b", "task"]);
    let inside = open(&sandbox.path("tree"));
    assert!(inside.is_linked_worktree() && !inside.is_bare());
    assert_eq!(inside.main_root(), bare);
    let taken = wfo_git::snapshot(&inside, &Options::default());
    assert_eq!(taken.notes, []);
    assert_eq!((taken.worktrees[0].bare, taken.worktrees[0].path.as_path()), (true, bare.as_path()));
    assert_eq!((taken.worktrees[1].current, taken.worktrees[1].changes()), (true, Some(0)));

    let hidden = sandbox.path("hidden");
    std::fs::create_dir(&hidden).unwrap();
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--bare", "repo", "hidden/.git"]);
    sandbox.git_in(&hidden.join(".git"), &["worktree", "add", "-q", "../tree", "-b", "task"]);
    let inside = open(&hidden.join("tree"));
    assert_eq!(inside.main_root(), hidden.join(".git"));
}

#[test]
fn a_fresh_branch_is_not_merged_however_old_it_gets() {
    both(|sandbox| {
        add(sandbox, "fresh");
        assert_eq!(merged(sandbox, "fresh"), Some(false));
        sandbox.commit("main goes on");
        assert_eq!(merged(sandbox, "fresh"), Some(false));
        assert_eq!(row(&look(sandbox), "fresh").behind, Some(1));
        assert_eq!(merged(sandbox, "main"), None);
    });
}

#[test]
fn a_branch_merged_by_a_merge_or_a_fast_forward_is_merged() {
    both(|sandbox| {
        let tree = add(sandbox, "done");
        work(sandbox, &tree, "a.txt", "done\n");
        assert_eq!(merged(sandbox, "done"), Some(false));
        assert_eq!((row(&look(sandbox), "done").ahead, row(&look(sandbox), "done").behind), (Some(1), Some(0)));
        sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge", "done"]);
        assert_eq!(merged(sandbox, "done"), Some(true));
        let tree = add(sandbox, "forward");
        work(sandbox, &tree, "b.txt", "forward\n");
        sandbox.git(&["merge", "-q", "--ff-only", "forward"]);
        assert_eq!(merged(sandbox, "forward"), Some(true));
        work(sandbox, &tree, "b.txt", "and more\n");
        assert_eq!(merged(sandbox, "forward"), Some(false));
    });
}

#[test]
fn a_squash_of_several_commits_is_seen_also_when_the_default_branch_went_on() {
    both(|sandbox| {
        let tree = add(sandbox, "squashed");
        work(sandbox, &tree, "a.txt", "one\n");
        work(sandbox, &tree, "dir/new.txt", "two\n");
        sandbox.git(&["merge", "-q", "--squash", "squashed"]);
        sandbox.git(&["commit", "-q", "-m", "all of it"]);
        assert_eq!(merged(sandbox, "squashed"), Some(true));
        sandbox.write("b.txt", "main goes on\n");
        sandbox.commit("more");
        assert_eq!(merged(sandbox, "squashed"), Some(true));
    });
}

#[test]
fn a_squash_onto_a_default_branch_that_had_moved_and_a_rebase_are_seen() {
    let sandbox = Sandbox::with_files();
    let tree = add(&sandbox, "squashed");
    work(&sandbox, &tree, "a.txt", "one\n");
    work(&sandbox, &tree, "dir/new.txt", "two\n");
    let rebased = add(&sandbox, "rebased");
    work(&sandbox, &rebased, "other/e.txt", "one\n");
    work(&sandbox, &rebased, "other/e.txt", "two\n");
    work(&sandbox, &rebased, "other/new.txt", "three\n");
    sandbox.write("b.txt", "main went on\n");
    sandbox.commit("more");
    assert_eq!((merged(&sandbox, "squashed"), merged(&sandbox, "rebased")), (Some(false), Some(false)));
    sandbox.git(&["merge", "-q", "--squash", "squashed"]);
    sandbox.git(&["commit", "-q", "-m", "all of it"]);
    sandbox.git(&["cherry-pick", "main~2..rebased"]);
    assert_eq!((merged(&sandbox, "squashed"), merged(&sandbox, "rebased")), (Some(true), Some(true)));
    work(&sandbox, &tree, "a.txt", "one more\n");
    assert_eq!(merged(&sandbox, "squashed"), Some(false));
}

#[test]
fn a_branch_whose_name_contains_another_is_judged_by_itself() {
    both(|sandbox| {
        let short = add(sandbox, "fix");
        let long = add(sandbox, "fix-login");
        work(sandbox, &short, "a.txt", "short\n");
        work(sandbox, &long, "b.txt", "long\n");
        sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge fix-login", "fix-login"]);
        assert_eq!((merged(sandbox, "fix"), merged(sandbox, "fix-login")), (Some(false), Some(true)));
    });
}

#[test]
fn a_branch_merged_at_the_remote_is_merged_though_the_local_one_is_behind() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["remote", "add", "origin", "../nowhere"]);
    let tree = add(&sandbox, "done");
    work(&sandbox, &tree, "a.txt", "done\n");
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    assert_eq!(merged(&sandbox, "done"), Some(false));
    sandbox.git_in(&tree, &["checkout", "-q", "--detach", "main"]);
    sandbox.git_in(&tree, &["merge", "-q", "--no-ff", "-m", "at the remote", "done"]);
    sandbox.git_in(&tree, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git_in(&tree, &["checkout", "-q", "done"]);
    assert_eq!(merged(&sandbox, "done"), Some(true));
}

#[test]
fn without_a_log_a_branch_on_the_main_line_is_unknown_and_not_guessed() {
    let sandbox = Sandbox::with_files();
    add(&sandbox, "lone");
    std::fs::remove_file(sandbox.repo().join(".git/logs/refs/heads/lone")).unwrap();
    assert_eq!(merged(&sandbox, "lone"), None);
}

#[test]
fn a_worktree_compares_with_its_upstream_before_the_default_branch() {
    both(|sandbox| {
        let tree = add(sandbox, "task");
        work(sandbox, &tree, "a.txt", "one\n");
        let taken = row(&look(sandbox), "task");
        assert_eq!((taken.compared_with.as_deref(), taken.ahead, taken.behind), (Some("main"), Some(1), Some(0)));
        sandbox.git(&["remote", "add", "origin", "../nowhere"]);
        sandbox.git(&["update-ref", "refs/remotes/origin/task", "task"]);
        sandbox.git(&["branch", "-q", "--set-upstream-to=origin/task", "task"]);
        let taken = row(&look(sandbox), "task");
        assert_eq!(
            (taken.compared_with.as_deref(), taken.ahead, taken.behind),
            (Some("origin/task"), Some(0), Some(0))
        );
        let time = taken.last_commit.unwrap().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        assert_eq!(time, sandbox.git(&["log", "-1", "--format=%cI", "task"]));
    });
}

#[test]
fn a_folder_that_now_belongs_to_another_repository_is_noted_and_not_read() {
    let sandbox = Sandbox::with_files();
    let tree = add(&sandbox, "task");
    std::fs::remove_dir_all(&tree).unwrap();
    sandbox.git_in(&sandbox.path("trees"), &["init", "-q", "task"]);
    write(&tree.join("stranger"), b"x");
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!(row(&taken, "task").status, None);
    assert_eq!(taken.notes[0].problem.code, wfo_base::codes::GIT_PART_FAILED);
}

#[test]
fn only_a_branch_with_an_upstream_of_its_own_at_a_remote_is_said_to_be_counted_against_one() {
    both(|origin| {
        origin.git_in(&origin.path(""), &["clone", "-q", "repo", "clone"]);
        let clone = origin.path("clone");
        for (branch, how) in [("alone", "--no-track"), ("followed", "--track")] {
            let path = origin.path(&format!("trees/{branch}"));
            let path = path.to_str().unwrap();
            origin.git_in(&clone, &["worktree", "add", "-q", how, "-b", branch, path, "origin/main"]);
        }
        let local = origin.path("trees/local");
        origin.git_in(&clone, &["worktree", "add", "-q", "--track", "-b", "local", local.to_str().unwrap(), "main"]);
        let upstream = |taken: &Snapshot, branch: &str| {
            let row = row(taken, branch);
            (row.upstream, row.compared_with)
        };
        let taken = wfo_git::snapshot(&open(&clone), &Options::default());
        assert_eq!(upstream(&taken, "alone"), (false, Some("main".into())));
        assert_eq!(upstream(&taken, "followed"), (true, Some("origin/main".into())));
        assert_eq!(upstream(&taken, "local"), (false, Some("main".into())));
        assert_eq!(upstream(&taken, "main"), (true, Some("origin/main".into())));
        // Without a local `main` the remote one stands in for it, and is nobody's upstream by that.
        origin.git_in(&clone, &["checkout", "-q", "--detach"]);
        origin.git_in(&clone, &["branch", "-q", "-D", "main"]);
        let taken = wfo_git::snapshot(&open(&clone), &Options::default());
        assert_eq!(upstream(&taken, "alone"), (false, Some("origin/main".into())));
        assert_eq!(upstream(&taken, "followed"), (true, Some("origin/main".into())));
    });
}
