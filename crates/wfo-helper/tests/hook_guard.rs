//! The commit guard in the host's PreToolUse hook: what is blocked with status 2, what is asked, and what goes its way quietly.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary};

fn tool_in(sandbox: &Sandbox, folder: &Path, tool: &str, input: &Value) -> Done {
    let payload = json!({"session_id": "s", "cwd": folder, "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "tool_use_id": "t"});
    Call::new(binary()).args(["hook", "pre-tool-use"]).stdin(&payload.to_string()).run(sandbox)
}

fn bash(sandbox: &Sandbox, command: &str) -> Done {
    tool_in(sandbox, &sandbox.project(), "Bash", &json!({"command": command}))
}

/// What the host is to do: `quiet`, `blocked` or `asked`; the words that go with it have the shape of the contract.
fn answer(done: &Done) -> &'static str {
    match (done.status, done.stdout.as_str(), done.stderr.as_str()) {
        (Some(0), "", "") => "quiet",
        (Some(2), "", reason) => {
            assert_eq!(reason.lines().count(), 1, "one sentence: {reason}");
            assert!(reason.len() > 30 && reason.is_ascii(), "{reason}");
            "blocked"
        }
        (Some(0), _, "") => {
            let answer = done.json()["hookSpecificOutput"].clone();
            assert_eq!(answer["permissionDecision"], "ask", "{answer:#}");
            assert!(answer["permissionDecisionReason"].as_str().unwrap().len() > 20);
            assert!(answer.get("updatedInput").is_none(), "a question changes nothing");
            "asked"
        }
        _ => panic!("no answer of the contract: {done:?}"),
    }
}

#[test]
fn every_documented_way_around_the_checks_is_blocked_with_the_reason() {
    let repo = Repo::new();
    repo.git(&["config", "alias.sneak", "commit -n"]);
    repo.git(&["config", "alias.outer", "sneak"]);
    repo.git(&["config", "alias.shelled", "!git commit --no-verify"]);
    for command in [
        "git commit -n -m x",
        "git commit -nm x",
        "git commit -anm x",
        "git commit --no-verify -m x",
        "git commit --no-verif -m x",
        "git -C . commit -n -m x",
        "git -c core.hooksPath=/dev/null commit -m x",
        "git -c core.hookspath= commit -m x",
        "git --config-env=core.hooksPath=X commit -m x",
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null git commit -m x",
        "env HUSKY=0 git commit -m x",
        "sh -c 'git commit -n -m x'",
        "bash -lc \"cd sub && git commit -n -m x\"",
        "echo -n | xargs git commit -n -m",
        "git commit-tree HEAD^{tree} -m x",
        "git update-ref refs/heads/main 0123456",
        "git config core.hooksPath /dev/null",
        "git push --no-verify",
        "chmod -x .git/hooks/pre-commit",
        "rm .git/hooks/pre-commit",
        "git sneak -m x",
        "git outer -m x",
        "git shelled -m x",
        "git add a && git sneak -m x",
    ] {
        assert_eq!(answer(&bash(&repo, command)), "blocked", "{command}");
    }
    let said = bash(&repo, "git commit -n -m x").stderr;
    assert!(said.contains("commit without --no-verify"), "no next step: {said}");
}

#[test]
fn what_cannot_be_told_is_asked_and_the_rest_goes_its_way() {
    let repo = Repo::new();
    repo.git(&["config", "alias.st", "status -s"]);
    for (command, expected) in [
        ("git $(echo commit) -n", "asked"),
        ("x=commit; git $x -n -m y", "blocked"),
        ("git config --edit", "asked"),
        ("pre-commit uninstall", "asked"),
        ("git commit -m 'fix -n and --no-verify'", "quiet"),
        ("git commit -am x", "quiet"),
        ("git add -A && git commit -m x && git push", "quiet"),
        ("git push -n", "quiet"),
        ("git st", "quiet"),
        ("git nosuchcommand", "quiet"),
        ("git log --oneline", "quiet"),
        ("grep -rn core.hooksPath .", "quiet"),
        ("cat .git/hooks/pre-commit", "quiet"),
        ("cargo test", "quiet"),
        ("echo 'git commit -n'", "quiet"),
        ("", "quiet"),
    ] {
        assert_eq!(answer(&bash(&repo, command)), expected, "{command}");
    }
}

#[test]
fn a_repository_that_cannot_be_opened_is_asked_about_and_not_taken_for_a_clean_one() {
    let repo = Repo::new();
    repo.put(".git/config", "[core\n");
    for (command, expected) in [("git commit -m x", "asked"), ("git quick -m x", "asked"), ("git status", "quiet")] {
        assert_eq!(answer(&bash(&repo, command)), expected, "{command}");
    }
}

#[test]
fn where_hooks_lie_cannot_be_read_what_is_called_like_one_is_not_written_silently() {
    let repo = Repo::new();
    let write = |path: &str| answer(&tool_in(&repo, &repo.project(), "Write", &json!({"file_path": path})));
    let both = |path: &str| {
        (answer(&bash(&repo, &format!("echo > {path}"))), write(&repo.root().join(path).to_string_lossy()))
    };
    repo.git(&["config", "core.hooksPath", "tools/checks"]);
    assert_eq!(both("tools/checks/pre-commit"), ("blocked", "blocked"), "not there yet, and it would be made");
    assert_eq!(both("scripts/pre-commit"), ("quiet", "quiet"), "elsewhere");
    repo.put(".git/config", "[core\n");
    for path in ["tools/checks/pre-commit", "my-hooks/all", "scripts/commit-msg"] {
        assert_eq!(both(path), ("asked", "blocked"), "{path}");
    }
    assert_eq!(both("src/main.rs"), ("quiet", "quiet"));
}

#[test]
fn an_alias_counts_where_git_is_told_to_work() {
    let repo = Repo::new();
    let other = repo.at("other repo");
    repo.git(&["init", "-q", &other.to_string_lossy()]);
    repo.git_in(&other, &["config", "alias.quick", "commit -n"]);
    assert_eq!(answer(&bash(&repo, "git quick -m x")), "quiet", "no such alias here");
    assert_eq!(answer(&bash(&repo, "git -C '../other repo' quick -m x")), "blocked");
    assert_eq!(answer(&bash(&repo, "cd '../other repo' && git quick -m x")), "blocked");
    assert_eq!(answer(&bash(&repo, "git --git-dir='../other repo/.git' quick -m x")), "blocked");
    assert_eq!(answer(&bash(&repo, "git quick; git -C '../other repo' quick -m x")), "blocked");
    // A user's own alias holds in every repository, and outside of them.
    let global = repo.write("home/.gitconfig", "[alias]\n\tq = commit --no-verify\n");
    let payload =
        json!({"cwd": repo.at("home"), "tool_name": "Bash", "tool_input": {"command": "git q -m x"}}).to_string();
    let done = repo
        .call(&["hook", "pre-tool-use"])
        .env("GIT_CONFIG_GLOBAL", global.to_string_lossy())
        .stdin(&payload)
        .run(&repo);
    assert_eq!(answer(&done), "blocked");
}

#[test]
fn file_tools_do_not_reach_hooks_nor_the_repositorys_configuration() {
    let repo = Repo::new();
    std::os::unix::fs::symlink(repo.root().join(".git/hooks"), repo.root().join("innocent")).unwrap();
    std::fs::create_dir(repo.root().join("checks")).unwrap();
    repo.git(&["config", "core.hooksPath", "checks"]);
    for (tool, key, path, expected) in [
        ("Write", "file_path", ".git/hooks/pre-commit", "blocked"),
        ("Edit", "file_path", "sub/../.git/hooks/pre-commit", "blocked"),
        ("MultiEdit", "file_path", ".git/config", "blocked"),
        ("Write", "file_path", "innocent/pre-commit", "blocked"),
        ("Write", "file_path", ".husky/pre-commit", "blocked"),
        ("Write", "file_path", "checks/pre-commit", "blocked"),
        ("Write", "file_path", "src/pre-commit.md", "quiet"),
        ("Write", "file_path", "docs/hooks.md", "quiet"),
        ("Write", "file_path", ".gitignore", "quiet"),
        ("NotebookEdit", "notebook_path", "a.ipynb", "quiet"),
    ] {
        let done = tool_in(&repo, &repo.root(), tool, &json!({key: path}));
        assert_eq!(answer(&done), expected, "{tool} {path}: {done:?}");
    }
    assert_eq!(answer(&bash(&repo, "rm checks/pre-commit # the git hook")), "blocked");
}

#[test]
fn odd_messages_and_hostile_commands_are_no_fault() {
    let repo = Repo::new();
    let deep = format!("{}git commit -n{}", "$(".repeat(4000), ")".repeat(4000));
    for command in [deep.as_str(), "git commit -n 'open", "\u{0}git\u{0} commit", &"git commit ".repeat(20_000)] {
        let done = bash(&repo, command);
        answer(&done);
        assert!(done.took < Duration::from_secs(5), "{:?}", done.took);
    }
    let gone =
        json!({"cwd": "/nowhere/at/all", "tool_name": "Bash", "tool_input": {"command": "git zz && git commit -n"}});
    let done = repo.call(&["hook", "pre-tool-use"]).stdin(&gone.to_string()).run(&repo);
    assert_eq!(answer(&done), "blocked");
    let shown = bash(&repo, "git -c core.hooksPath=$'\\e[31m' commit -n");
    assert!(!shown.stderr.contains('\u{1b}'), "{shown:?}");
}

/// A command that has nothing to do with commits starts no program: a git that answers never would be waited for.
#[test]
fn a_command_that_is_no_commit_starts_nothing_and_opens_no_repository() {
    let repo = Repo::new();
    repo.program("slow/git", "#!/bin/sh\ntouch \"$0.ran\"\n");
    let path = format!("{}:{}", repo.at("slow").display(), std::env::var("PATH").unwrap());
    std::fs::remove_dir_all(repo.root().join(".git/objects")).unwrap();
    for command in
        ["ls -l", "cargo test --workspace", "git status", "git diff | head", "cat hooks/pre-commit.md", "git log -1"]
    {
        let payload = json!({"cwd": repo.root(), "tool_name": "Bash", "tool_input": {"command": command}}).to_string();
        let done = repo.call(&["hook", "pre-tool-use"]).env("PATH", &path).stdin(&payload).run(&repo);
        assert_eq!(answer(&done), "quiet", "{command}");
    }
    assert!(!repo.at("slow/git.ran").exists(), "git was started");
}
