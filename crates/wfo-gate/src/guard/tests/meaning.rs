//! What a commit or push that is let through is taken to mean: folders, paths, what is added.

use super::*;

fn commit(command: &str) -> Commit {
    match judge(command, &facts()) {
        Judgement::Commit(commit) => *commit,
        other => panic!("{command}: {other:?}"),
    }
}

fn paths(commit: &Commit) -> Vec<Option<&str>> {
    commit.folders.iter().map(|folder| folder.path.as_deref()).collect()
}

#[test]
fn the_folder_of_a_commit_is_the_one_git_would_work_in() {
    let table: &[(&str, &[Option<&str>])] = &[
        ("git commit -m x", &[Some("")]),
        ("git -C a commit -m x", &[Some("a")]),
        ("git -C a -C b/../c commit -m x", &[Some("a/c")]),
        ("cd a && cd ./b && git commit", &[Some("a/b")]),
        ("cd a && git -C .. commit", &[Some("")]),
        ("cd /srv/x; git commit", &[Some("/srv/x")]),
        ("(cd a && git commit); git commit", &[Some("a"), Some("")]),
        ("git commit; git commit", &[Some("")]),
        ("cd \"$D\" && git commit", &[None]),
        ("cd - && git commit", &[None]),
        ("D=a; cd $D && git commit", &[Some("a")]),
        ("echo $(cd a && ls) && git commit", &[Some("")]),
        ("sh -c 'cd a && git commit'; git -C b commit", &[Some("a"), Some("b")]),
        ("git -C \"$D\" commit", &[None]),
        ("env -C a git commit; git commit", &[None, Some("")]),
        ("sudo --chdir=/x git commit", &[None]),
        ("cd 'a b' && git ci -m x", &[Some("a b")]),
    ];
    for (command, expected) in table {
        assert_eq!(paths(&commit(command)), *expected, "{command}");
    }
}

#[test]
fn a_commit_tells_what_it_takes() {
    let table = [
        ("git commit -m x", false, vec![], vec![], false, false),
        ("git commit -am x", true, vec![], vec![], false, false),
        ("git commit --all", true, vec![], vec![], false, false),
        ("git commit a b/c -m x", false, vec!["a", "b/c"], vec![], false, false),
        ("git -C s commit -m x -- a", false, vec!["s/a"], vec![], false, false),
        ("git commit --amend --no-edit", false, vec![], vec![], false, true),
        ("git commit -m x *.rs", true, vec![], vec![], false, false),
        ("git add a b && git commit -m x", false, vec![], vec!["a", "b"], false, false),
        ("cd s && git add a && git commit -m x", false, vec![], vec!["s/a"], false, false),
        ("git add -A && git commit -m x", false, vec![], vec![], true, false),
        ("git add . && git commit -m x", false, vec![], vec![], true, false),
        ("git add 'a*' && git commit -m x", false, vec![], vec![], true, false),
        ("git add \"$F\" && git commit -m x", false, vec![], vec![], true, false),
        ("git stage a; git commit", false, vec![], vec!["a"], false, false),
        ("git all -m x", false, vec![], vec![], true, false),
        ("ls | xargs git add; git commit", false, vec![], vec![], true, false),
        ("git commit -p", true, vec![], vec![], false, false),
    ];
    for (command, all, named, adds, adds_all, amend) in table {
        let seen = commit(command);
        assert_eq!(seen.all, all, "all of {command}");
        assert_eq!(seen.paths, named, "paths of {command}");
        assert_eq!(seen.adds, adds, "adds of {command}");
        assert_eq!(seen.adds_all, adds_all, "adds_all of {command}");
        assert_eq!(seen.amend, amend, "amend of {command}");
    }
}

#[test]
fn another_repository_work_tree_and_index_are_told() {
    let folder = |command| commit(command).folders.remove(0);
    let options = folder("git --git-dir=/r/.git --work-tree /w commit -m x");
    assert_eq!((options.git_dir.as_deref(), options.work_tree.as_deref()), (Some("/r/.git"), Some("/w")));
    let variables = folder("GIT_DIR=/r/.git GIT_INDEX_FILE=/i git commit -m x");
    assert_eq!((variables.git_dir.as_deref(), variables.index.as_deref()), (Some("/r/.git"), Some("/i")));
    let exported = folder("export GIT_WORK_TREE=/w && git commit -m x");
    assert_eq!(exported.work_tree.as_deref(), Some("/w"));
}

#[test]
fn a_push_tells_remote_refs_and_whether_it_is_tried_only() {
    let push = |command| match judge(command, &facts()) {
        Judgement::Push(push) => *push,
        other => panic!("{other:?}"),
    };
    let named = push("cd a && git push -u origin main:next v1");
    assert_eq!(named.remote.as_deref(), Some("origin"));
    assert_eq!(named.refs, ["main:next", "v1"]);
    assert_eq!(named.folders[0].path.as_deref(), Some("a"));
    assert!(!named.dry_run);
    assert!(push("git push -n").dry_run);
    assert!(!push("git push -n; git push").dry_run);
    assert!(commit("git commit -m x && git push").push);
}

#[test]
fn a_refusal_is_one_sentence_with_the_next_step() {
    let Judgement::Deny(deny) = judge("git commit -anm x", &facts()) else { panic!() };
    assert_eq!(deny.what, "git commit --no-verify");
    assert_eq!(deny.reason, "commit without --no-verify; the check takes milliseconds");
    let Judgement::Deny(deny) = judge("git -c core.hooksPath=/dev/null commit", &facts()) else { panic!() };
    assert_eq!(deny.reason, "run `git commit` without `core.hookspath`, which switches the checks off");
}

#[test]
fn the_folder_the_shell_starts_in_counts() {
    let facts = Facts { folder: Some("/srv/x/.git/hooks".to_owned()), ..facts() };
    assert!(matches!(judge("rm pre-commit # hooks", &facts), Judgement::Deny(_)));
    let facts = Facts { folder: Some("/srv/x".to_owned()), ..facts };
    assert!(matches!(judge("rm pre-commit # hooks", &facts), Judgement::Allow));
    let Judgement::Commit(commit) = judge("cd a && git commit b", &facts) else { panic!() };
    assert_eq!(commit.folders[0].path.as_deref(), Some("/srv/x/a"));
    assert_eq!(commit.paths, ["/srv/x/a/b"]);
}

#[test]
fn file_tools_do_not_write_hooks_or_configuration() {
    let denied = [
        "/srv/x/.git/hooks/pre-commit",
        ".git/hooks/pre-push",
        "/srv/x/.git/config",
        ".git/config.worktree",
        "a/../.git/hooks/x",
        ".husky/_/pre-commit",
        ".husky/pre-commit",
        "/srv/hooks/pre-commit",
        "/srv/x/.git/worktrees/a/config.worktree",
        "/srv/x/.git/modules/a/hooks/pre-commit",
        ".GIT/config",
    ];
    let free = [
        "/srv/x/src/hooks/pre-commit.ts",
        "/srv/x/src/hooks/index.ts",
        ".gitignore",
        ".github/config",
        "git/config",
        "/srv/x/.git/info/exclude",
        "hooks/pre-commit",
        ".husky/README.md",
    ];
    for tool in ["Edit", "Write", "MultiEdit", "NotebookEdit"] {
        for path in denied {
            assert!(tool_writes(tool, path, &facts()).is_some(), "{tool} {path}");
        }
        for path in free {
            assert_eq!(tool_writes(tool, path, &facts()), None, "{tool} {path}");
        }
    }
    assert_eq!(tool_writes("Read", ".git/config", &facts()), None);
}

#[test]
fn a_server_tool_that_commits_is_a_commit() {
    for tool in ["mcp__git__git_commit", "mcp__local_git__commit", "mcp__Git__git_commit"] {
        let Judgement::Commit(commit) = tool_call(tool, Some("/srv/x")) else { panic!("{tool}") };
        assert_eq!(commit.folders[0].path.as_deref(), Some("/srv/x"), "{tool}");
        assert!(commit.all, "{tool}");
    }
    for tool in [
        "mcp__git__git_status",
        "mcp__github__create_commit_comment",
        "mcp__github__get_commit",
        "mcp__db__commit",
        "Bash",
        "mcp__git",
        "git_commit",
    ] {
        assert_eq!(tool_call(tool, None), Judgement::Allow, "{tool}");
    }
}
