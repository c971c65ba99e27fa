//! Branch, commits, upstream, default branch, tags, stashes, operations: in ordinary and odd repositories.

use wfo_git::{Operation, Options, Repository, Snapshot, Upstream};

use crate::sandbox::{Sandbox, open};

fn look(sandbox: &Sandbox) -> Snapshot {
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!(taken.notes, [], "nothing to note");
    taken
}

/// Both stores of references must give the same answers.
fn both(test: impl Fn(&Sandbox)) {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        test(&sandbox);
    }
}

#[test]
fn outside_a_repository_there_is_none_and_a_missing_folder_is_a_problem() {
    let sandbox = Sandbox::empty();
    assert!(Repository::discover(&sandbox.path("")).unwrap().is_none());
    assert_eq!(Repository::discover(&sandbox.path("nowhere")).unwrap_err().code, wfo_base::codes::FILE_MISSING);
}

#[test]
fn a_repository_that_nothing_can_open_is_a_problem_with_its_name() {
    let sandbox = Sandbox::with_files();
    crate::sandbox::write(&sandbox.repo().join(".git/config"), b"[core\nrubbish");
    let problem = Repository::discover(&sandbox.repo()).unwrap_err();
    assert_eq!(problem.code, wfo_base::codes::GIT_UNREADABLE);
    assert!(problem.message.contains("repo") && problem.hint.is_some());
}

#[test]
fn a_repository_that_only_git_can_open_still_answers() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["config", "extensions.relativeWorktrees", "true"]);
    sandbox.git(&["config", "core.repositoryFormatVersion", "0"]);
    sandbox.write("a.txt", "changed");
    let taken = look(&sandbox);
    assert_eq!((taken.branch.as_deref(), taken.head.unwrap().subject.as_str()), (Some("main"), "first"));
    assert_eq!(taken.status.unwrap().unstaged, 1);
    assert_eq!(sandbox.open().root(), sandbox.repo());
    assert_eq!(taken.worktrees.len(), 1);
}

#[test]
fn paths_are_absolute_and_clean_however_the_folder_is_spelled() {
    let sandbox = Sandbox::with_files();
    std::os::unix::fs::symlink(sandbox.repo(), sandbox.path("link")).unwrap();
    for spelled in ["repo/.", "repo/dir/..", "repo//dir/deep/", "link", "link/dir", "repo/a.txt", "repo/.git"] {
        let found = open(&sandbox.path("").join(spelled));
        assert_eq!(
            (found.root(), found.main_root()),
            (sandbox.repo().as_path(), sandbox.repo().as_path()),
            "{spelled}"
        );
        assert_eq!(found.git_dir(), sandbox.repo().join(".git"), "{spelled}");
    }
}

#[test]
fn a_branch_without_a_commit_is_unborn() {
    both(|sandbox| {
        let taken = look(sandbox);
        assert_eq!((taken.branch.as_deref(), taken.unborn, taken.detached), (Some("main"), true, false));
        assert_eq!((taken.head, taken.recent_commits.len(), taken.default_branch.as_deref()), (None, 0, Some("main")));
        assert_eq!((taken.upstream, taken.last_tag, taken.stashes), (Some(Upstream::None), None, Some(0)));
        assert_eq!((taken.worktrees.len(), taken.complete), (1, true));
        assert_eq!((taken.worktrees[0].head.as_ref(), taken.worktrees[0].branch.as_deref()), (None, Some("main")));
    });
}

#[test]
fn commits_come_newest_first_with_their_own_offset() {
    both(|sandbox| {
        for number in 0..7 {
            sandbox.commit(&format!("number {number}\nsecond line\n\nbody"));
        }
        let taken = look(sandbox);
        let head = taken.head.clone().unwrap();
        assert_eq!(head.id, sandbox.git(&["rev-parse", "HEAD"]));
        assert_eq!(head.subject, "number 6 second line");
        let shown = head.time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        assert_eq!(shown, sandbox.git(&["log", "-1", "--format=%cI"]));
        let ids: Vec<String> = taken.recent_commits.iter().map(|commit| commit.id.clone()).collect();
        let expected = sandbox.git(&["log", "-5", "--format=%H"]);
        assert_eq!(ids, expected.lines().collect::<Vec<_>>());
    });
}

#[test]
fn a_detached_head_names_no_branch() {
    both(|sandbox| {
        let id = sandbox.commit("first");
        sandbox.git(&["checkout", "-q", "--detach"]);
        let taken = look(sandbox);
        assert_eq!((taken.branch, taken.detached, taken.unborn), (None, true, false));
        assert_eq!((taken.head.unwrap().id, taken.upstream), (id, Some(Upstream::None)));
        assert!(taken.worktrees[0].detached);
    });
}

#[test]
fn branch_names_with_slashes_and_odd_characters_are_whole() {
    both(|sandbox| {
        sandbox.commit("first");
        sandbox.git(&["checkout", "-q", "-b", "feature/ünï-#1/deep"]);
        assert_eq!(look(sandbox).branch.as_deref(), Some("feature/ünï-#1/deep"));
    });
}

#[test]
fn an_upstream_is_none_gone_or_counted() {
    both(|sandbox| {
        sandbox.commit("base");
        sandbox.git(&["remote", "add", "origin", "../nowhere"]);
        sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        assert_eq!(look(sandbox).upstream, Some(Upstream::None));
        sandbox.git(&["branch", "-q", "--set-upstream-to=origin/main"]);
        let counted = |ahead, behind| {
            Some(Upstream::Present { name: "origin/main".to_owned(), ahead: Some(ahead), behind: Some(behind) })
        };
        assert_eq!(look(sandbox).upstream, counted(0, 0));
        sandbox.git(&["checkout", "-q", "-b", "there"]);
        sandbox.commit("there 1");
        sandbox.commit("there 2");
        sandbox.git(&["update-ref", "refs/remotes/origin/main", "there"]);
        sandbox.git(&["checkout", "-q", "main"]);
        assert_eq!(look(sandbox).upstream, counted(0, 2));
        sandbox.commit("here 1");
        sandbox.commit("here 2");
        sandbox.commit("here 3");
        assert_eq!(look(sandbox).upstream, counted(3, 2));
        sandbox.git(&["merge", "-q", "there"]);
        assert_eq!(look(sandbox).upstream, counted(4, 0));
        sandbox.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
        assert_eq!(look(sandbox).upstream, Some(Upstream::Gone { name: "origin/main".to_owned() }));
        sandbox.git(&["branch", "-q", "--set-upstream-to=there"]);
        let local = Upstream::Present { name: "there".to_owned(), ahead: Some(4), behind: Some(0) };
        assert_eq!(look(sandbox).upstream, Some(local));
    });
}

#[test]
fn histories_without_a_common_commit_are_counted_to_their_ends() {
    both(|sandbox| {
        sandbox.commit("one");
        sandbox.commit("two");
        sandbox.git(&["checkout", "-q", "--orphan", "other"]);
        sandbox.commit("lone");
        sandbox.git(&["branch", "-q", "--set-upstream-to=main"]);
        let expected = Upstream::Present { name: "main".to_owned(), ahead: Some(1), behind: Some(2) };
        assert_eq!(look(sandbox).upstream, Some(expected));
    });
}

#[test]
fn clocks_that_ran_wrong_do_not_spoil_the_counts() {
    let sandbox = Sandbox::init();
    let dated = |message: &str, date: &str| {
        let env = format!("GIT_COMMITTER_DATE={date} +0000");
        let ran = wfo_base::process::Run::new("env")
            .arg(env)
            .args(["git", "-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "--allow-empty", "-m", message])
            .folder(&sandbox.repo())
            .run()
            .unwrap();
        assert!(ran.is_ok());
    };
    dated("base", "2000000000");
    dated("before its parent", "1000000000");
    sandbox.git(&["branch", "other"]);
    dated("here", "1500000000");
    sandbox.git(&["checkout", "-q", "other"]);
    dated("there 1", "900000000");
    dated("there 2", "2100000000");
    sandbox.git(&["branch", "-q", "--set-upstream-to=main"]);
    let expected = Upstream::Present { name: "main".to_owned(), ahead: Some(2), behind: Some(1) };
    assert_eq!(look(&sandbox).upstream, Some(expected));
}

#[test]
fn the_default_branch_is_found_by_the_remote_the_setting_the_usual_names_or_being_the_only_one() {
    both(|sandbox| {
        sandbox.commit("first");
        sandbox.git(&["branch", "-q", "-m", "work"]);
        assert_eq!(look(sandbox).default_branch.as_deref(), Some("work"));
        sandbox.git(&["branch", "other"]);
        assert_eq!(look(sandbox).default_branch, None);
        sandbox.git(&["branch", "trunk"]);
        assert_eq!(look(sandbox).default_branch.as_deref(), Some("trunk"));
        sandbox.git(&["branch", "main"]);
        assert_eq!(look(sandbox).default_branch.as_deref(), Some("main"));
        sandbox.git(&["config", "init.defaultBranch", "other"]);
        assert_eq!(look(sandbox).default_branch.as_deref(), Some("other"));
        sandbox.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop/x"]);
        assert_eq!(look(sandbox).default_branch.as_deref(), Some("develop/x"));
    });
}

#[test]
fn the_last_tag_is_the_nearest_reachable_one_and_the_final_before_its_candidates() {
    both(|sandbox| {
        sandbox.commit("1");
        assert_eq!(look(sandbox).last_tag, None);
        sandbox.git(&["tag", "v1.9.0"]);
        sandbox.git(&["branch", "side"]);
        sandbox.commit("2");
        sandbox.git(&["tag", "-a", "v1.10.0", "-m", "ten"]);
        sandbox.git(&["checkout", "-q", "side"]);
        sandbox.commit("elsewhere");
        sandbox.git(&["tag", "v9.9.9"]);
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("3");
        assert_eq!(look(sandbox).last_tag.as_deref(), Some("v1.10.0"));
        sandbox.git(&["pack-refs", "--all"]);
        assert_eq!(look(sandbox).last_tag.as_deref(), Some("v1.10.0"));
        sandbox.git(&["commit-graph", "write", "--reachable"]);
        assert_eq!(look(sandbox).last_tag.as_deref(), Some("v1.10.0"));
    });
    let sandbox = Sandbox::with_files();
    for tag in ["v2.0.0-rc1", "v2.0.0", "v2.0.0-rc2", "v1.0.0"] {
        sandbox.git(&["tag", tag]);
    }
    assert_eq!(look(&sandbox).last_tag.as_deref(), Some("v2.0.0"));
}

#[test]
fn stash_entries_are_counted() {
    both(|sandbox| {
        sandbox.write("a", "1");
        sandbox.commit("first");
        for text in ["2", "3"] {
            sandbox.write("a", text);
            sandbox.git(&["stash", "push", "-q"]);
        }
        assert_eq!(look(sandbox).stashes, Some(2));
        sandbox.git(&["stash", "drop", "-q"]);
        assert_eq!(look(sandbox).stashes, Some(1));
        sandbox.git(&["stash", "drop", "-q"]);
        assert_eq!(look(sandbox).stashes, Some(0));
    });
}

/// Makes two branches that cannot be merged, and stands on `main`.
fn quarrel(sandbox: &Sandbox) {
    sandbox.write("a", "base");
    sandbox.commit("base");
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.write("a", "theirs");
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("a", "ours");
    sandbox.commit("ours");
}

#[test]
fn each_operation_under_way_is_named() {
    for (arguments, operation) in [
        (&["merge", "other"][..], Operation::Merge),
        (&["cherry-pick", "other"], Operation::CherryPick),
        (&["revert", "HEAD~1"], Operation::Revert),
        (&["rebase", "other"], Operation::Rebase),
        (&["rebase", "--apply", "other"], Operation::Rebase),
    ] {
        both(|sandbox| {
            quarrel(sandbox);
            assert_eq!(look(sandbox).operation, None);
            let (ok, _) = sandbox.try_git(&sandbox.repo(), arguments);
            assert!(!ok, "{arguments:?} must stop");
            let taken = look(sandbox);
            assert_eq!(taken.operation, Some(operation), "{arguments:?}");
            assert!(taken.status.unwrap().conflicted > 0);
            if operation == Operation::Rebase {
                assert_eq!((taken.rebasing.as_deref(), taken.branch, taken.detached), (Some("main"), None, true));
            } else {
                assert_eq!((taken.rebasing, taken.branch.as_deref()), (None, Some("main")));
            }
        });
    }
}

#[test]
fn a_mailbox_and_a_bisection_are_operations_and_the_greater_hides_the_lesser() {
    both(|sandbox| {
        quarrel(sandbox);
        sandbox.git(&["bisect", "start", "HEAD", "HEAD~1"]);
        assert_eq!(look(sandbox).operation, Some(Operation::Bisect));
        let (ok, _) = sandbox.try_git(&sandbox.repo(), &["cherry-pick", "other"]);
        assert!(!ok);
        assert_eq!(look(sandbox).operation, Some(Operation::CherryPick));
        sandbox.git(&["cherry-pick", "--abort"]);
        sandbox.git(&["bisect", "reset"]);
        let patch = sandbox.git(&["format-patch", "-1", "--stdout", "other"]);
        crate::sandbox::write(&sandbox.path("patch"), patch.as_bytes());
        let (ok, _) = sandbox.try_git(&sandbox.repo(), &["am", "../patch"]);
        assert!(!ok);
        assert_eq!(look(sandbox).operation, Some(Operation::Am));
    });
}

#[test]
fn a_series_of_picks_between_two_commits_is_still_a_pick() {
    let sandbox = Sandbox::init();
    quarrel(&sandbox);
    sandbox.git(&["checkout", "-q", "other"]);
    sandbox.write("b", "more");
    sandbox.commit("more");
    sandbox.git(&["checkout", "-q", "main"]);
    let (ok, _) = sandbox.try_git(&sandbox.repo(), &["cherry-pick", "other~1", "other"]);
    assert!(!ok);
    sandbox.commit("resolved by hand");
    assert_eq!(look(&sandbox).operation, Some(Operation::CherryPick));
}

#[test]
fn a_bare_repository_has_everything_but_a_status() {
    both(|sandbox| {
        let id = sandbox.commit("first");
        sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--bare", "repo", "bare.git"]);
        let bare = open(&sandbox.path("bare.git"));
        assert!(bare.is_bare() && !bare.is_linked_worktree() && !bare.is_submodule());
        assert_eq!((bare.root(), bare.main_root()), (bare.git_dir(), bare.git_dir()));
        let taken = wfo_git::snapshot(&bare, &Options::default());
        assert_eq!((taken.status, taken.complete, taken.notes.len()), (None, true, 0));
        assert_eq!((taken.branch.as_deref(), taken.head.unwrap().id), (Some("main"), id));
        assert!(taken.worktrees[0].bare && taken.worktrees[0].main && taken.worktrees[0].status.is_none());
    });
}

#[test]
fn a_shallow_clone_says_so_and_counts_what_it_has() {
    both(|sandbox| {
        for number in 0..4 {
            sandbox.commit(&format!("{number}"));
        }
        let from = format!("file://{}", sandbox.repo().display());
        sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--depth", "2", &from, "shallow"]);
        let taken = wfo_git::snapshot(&open(&sandbox.path("shallow")), &Options::default());
        assert!(taken.shallow);
        assert_eq!(taken.recent_commits.len(), 2);
        assert_eq!(taken.default_branch.as_deref(), Some("main"));
        let expected = Upstream::Present { name: "origin/main".to_owned(), ahead: Some(0), behind: Some(0) };
        assert_eq!(taken.upstream, Some(expected));
        assert!(!look(sandbox).shallow);
    });
}

#[test]
fn a_budget_that_is_over_leaves_status_out_and_keeps_the_rest() {
    let sandbox = Sandbox::with_files();
    let options = Options { status_budget: Some(std::time::Duration::ZERO), ..Options::default() };
    let taken = wfo_git::snapshot(&sandbox.open(), &options);
    assert_eq!((taken.status, taken.complete), (None, false));
    assert_eq!(taken.notes[0].problem.code, wfo_base::codes::GIT_INCOMPLETE);
    assert!(taken.head.is_some());
    let options = Options { status_budget: Some(std::time::Duration::from_secs(60)), ..Options::default() };
    assert!(wfo_git::snapshot(&sandbox.open(), &options).complete);
}

#[test]
fn a_part_that_cannot_be_read_is_a_note_and_the_rest_stands() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "changed");
    crate::sandbox::write(&sandbox.repo().join(".git/refs/tags/broken"), b"rubbish\n");
    crate::sandbox::write(&sandbox.repo().join(".git/refs/stash"), b"rubbish\n");
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!(taken.stashes, None);
    assert_eq!(taken.status.unwrap().unstaged, 1);
    assert_eq!(taken.head.unwrap().subject, "first");
    assert!(taken.notes.iter().any(|note| note.problem.code == wfo_base::codes::GIT_PART_FAILED));
}

#[test]
fn a_head_that_points_nowhere_sensible_is_a_note_and_not_a_lost_answer() {
    let sandbox = Sandbox::with_files();
    let missing = "1".repeat(40);
    crate::sandbox::write(&sandbox.repo().join(".git/refs/heads/main"), format!("{missing}\n").as_bytes());
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert!(!taken.notes.is_empty());
    assert_eq!(taken.worktrees.len(), 1);
}
