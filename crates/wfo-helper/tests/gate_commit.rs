//! Commits with the real git and the hooks that `setup` writes: what they stop, what they let through, and the session's own look.
//! Tokens are made at run time from parts.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;

use serde_json::json;
use support::{Call, Done, Repo};

/// A token of a known format that no service gave out.
fn token() -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let hex: String = (0..64).map(|at| format!("{:x}", letters[(at * 7 + 5 + at / 16) % letters.len()] % 16)).collect();
    format!("{}{}{hex}", "dop_", "v1_")
}

fn secret() -> String {
    format!("let token = \"{}\";\n", token())
}

/// A repository with the hooks in place.
struct World(Repo);

impl World {
    fn new(flags: &[&str]) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let repo = Repo::new();
        let path = repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let done = repo.helper(&[&["setup", "--only", "hooks", "--yes", "--json"], flags].concat());
        assert_eq!(done.data()["applied"], true);
        Self(repo)
    }

    fn git(&self, arguments: &[&str]) -> Done {
        self.git_in(&self.0.root(), arguments)
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Done {
        Call::new("git").args(arguments).folder(folder).run(&self.0)
    }

    fn head(&self, folder: &Path) -> String {
        self.0.git_in(folder, &["rev-parse", "HEAD"])
    }

    /// Asserts that git is stopped in a folder by a hook, that nothing is committed and that no value is shown.
    fn stopped_in(&self, folder: &Path, arguments: &[&str], by: &str) -> String {
        let before = self.head(folder);
        let done = self.git_in(folder, arguments);
        assert_ne!(done.status, Some(0), "{arguments:?} was let through");
        assert!(done.stderr.contains(&format!("{by}: ")), "{arguments:?}: {done:?}");
        assert_eq!(self.head(folder), before, "{arguments:?}");
        assert!(!format!("{done:?}").contains(&token()[8..40]), "a value is shown: {done:?}");
        done.stderr
    }

    fn stopped(&self, arguments: &[&str], by: &str) -> String {
        self.stopped_in(&self.0.root(), arguments, by)
    }

    fn passes(&self, arguments: &[&str]) {
        let done = self.git(arguments);
        assert_eq!(done.status, Some(0), "{arguments:?}: {done:?}");
        assert!(!done.stderr.contains("pre-commit"), "a hook is silent when all is well: {done:?}");
    }
}

#[test]
fn a_secret_stops_a_commit_with_its_place_and_a_clean_one_goes_through() {
    let world = World::new(&[]);
    world.0.put("src/a.rs", "fn main() {}\n");
    world.0.git(&["add", "-A"]);
    world.passes(&["commit", "-q", "-m", "clean"]);
    assert!(!world.0.root().join(".git/wfo-commit-passed").exists(), "the note of pre-commit is used up");
    world.0.put("src/a.rs", &format!("fn main() {{}}\n{}", secret()));
    world.0.git(&["add", "-A"]);
    // Gone from the work tree, and staged all the same.
    world.0.put("src/a.rs", "fn main() {}\n");
    let said = world.stopped(&["commit", "-q", "-m", "x"], "pre-commit");
    assert!(said.contains("src/a.rs:2") && said.contains("next: take the value out"), "{said}");
    let asked = world.0.helper(&["gate", "commit", "--json"]);
    assert_eq!((asked.status, asked.answer()["data"]["verdict"].as_str()), (Some(10), Some("fail")));
    world.0.put(
        "src/a.rs",
        &format!("fn main() {{}}\n{}", secret().replace(";\n", "; // wfo:allow made up for a test\n")),
    );
    world.0.git(&["add", "-A"]);
    world.passes(&["commit", "-q", "-m", "a false alarm with its reason"]);
}

#[test]
fn leaving_pre_commit_out_is_no_way_around() {
    let world = World::new(&[]);
    world.0.put("a.rs", &secret());
    world.0.git(&["add", "-A"]);
    for arguments in [
        &["commit", "-n", "-m", "x"][..],
        &["commit", "--no-verify", "-m", "x"],
        &["commit", "-anm", "x"],
        &["-c", "alias.q=commit -n", "q", "-m", "x"],
    ] {
        world.stopped(arguments, "prepare-commit-msg");
    }
    world.0.git(&["config", "alias.sneak", "!sh -c 'git commit -n -m x'"]);
    world.stopped(&["sneak"], "prepare-commit-msg");
    // A forged note of a pass is none.
    world.0.put(".git/wfo-commit-passed", "1795251600 00ff\n");
    world.stopped(&["commit", "-n", "-m", "x"], "prepare-commit-msg");
}

#[test]
fn commit_all_and_commit_path_are_judged_by_the_index_that_git_makes_for_them() {
    let world = World::new(&[]);
    world.0.put("a.rs", "one\n");
    world.0.put("b.rs", "one\n");
    world.0.git(&["add", "-A"]);
    world.passes(&["commit", "-q", "-m", "two files"]);
    world.0.put("a.rs", &secret());
    world.0.put("b.rs", "two\n");
    world.0.git(&["add", "b.rs"]);
    world.stopped(&["commit", "-q", "-a", "-m", "x"], "pre-commit");
    world.stopped(&["commit", "-q", "-m", "x", "a.rs"], "pre-commit");
    world.stopped(&["commit", "-q", "-n", "-m", "x", "a.rs"], "prepare-commit-msg");
    world.passes(&["commit", "-q", "-m", "only b", "b.rs"]);
    world.0.put("b.rs", "three\n");
    world.0.git(&["add", "b.rs"]);
    world.passes(&["commit", "-q", "-m", "what lies in the work tree alone does not block"]);
}

#[test]
fn a_linked_worktree_and_a_git_folder_elsewhere_are_judged_by_their_own_index() {
    let world = World::new(&[]);
    let side = world.0.at("side");
    world.0.git(&["worktree", "add", "-q", &side.to_string_lossy()]);
    world.0.write("side/a.rs", &secret());
    world.0.git_in(&side, &["add", "-A"]);
    world.stopped_in(&side, &["commit", "-q", "-m", "x"], "pre-commit");
    world.stopped_in(&side, &["commit", "-q", "-n", "-m", "x"], "prepare-commit-msg");
    // The main checkout has nothing of it.
    world.0.put("clean.rs", "one\n");
    world.0.git(&["add", "-A"]);
    world.passes(&["commit", "-q", "-m", "clean"]);
    let git_dir = world.0.root().join(".git");
    let elsewhere = world.0.at("home");
    world.0.put("b.rs", &secret());
    let apart = [format!("--git-dir={}", git_dir.display()), format!("--work-tree={}", world.0.root().display())];
    let call = |more: &[&str]| {
        let words: Vec<&str> = apart.iter().map(String::as_str).chain(more.iter().copied()).collect();
        Call::new("git").args(words).folder(&elsewhere).run(&world.0)
    };
    assert_eq!(call(&["add", "-A"]).status, Some(0));
    let done = call(&["commit", "-q", "-m", "x"]);
    assert!(done.status != Some(0) && done.stderr.contains("b.rs:1"), "{done:?}");
}

#[test]
fn strict_hooks_stop_a_branch_from_moving_to_commits_made_past_the_others() {
    let world = World::new(&["--strict"]);
    world.0.put("a.rs", "one\n");
    world.0.git(&["add", "-A"]);
    world.passes(&["commit", "-q", "-m", "clean"]);
    world.passes(&["branch", "other"]);
    world.passes(&["switch", "-q", "-c", "third"]);
    world.0.put("a.rs", &secret());
    world.0.git(&["add", "-A"]);
    let tree = world.0.git(&["write-tree"]).trim().to_owned();
    let made = world.0.git(&["commit-tree", &tree, "-p", "HEAD", "-m", "x"]).trim().to_owned();
    let said = world.stopped(&["update-ref", "refs/heads/third", &made], "reference-transaction");
    assert!(said.contains("a.rs:1"), "{said}");
    world.stopped(&["reset", "-q", "--hard", &made], "reference-transaction");
    world.0.git(&["reset", "-q", "--hard", "main"]);
    // What a remote has already is not new.
    world.0.with_origin();
    world.passes(&["fetch", "-q", "origin"]);
}

#[test]
fn somebody_elses_hook_still_decides_first() {
    let world = World::new(&[]);
    world.0.helper(&["setup", "--only", "hooks", "--remove", "--yes", "--json"]).data();
    world.0.program("project/.git/hooks/pre-commit", "#!/bin/sh\n[ ! -e stop ] || { echo theirs: no >&2; exit 3; }\n");
    world.0.helper(&["setup", "--only", "hooks", "--yes", "--json"]).data();
    world.0.put("stop", "");
    world.0.git(&["add", "-A"]);
    world.stopped(&["commit", "-q", "-m", "x"], "theirs");
    std::fs::remove_file(world.0.root().join("stop")).unwrap();
    world.0.put("a.rs", &secret());
    world.0.git(&["add", "-A"]);
    world.stopped(&["commit", "-q", "-m", "x"], "pre-commit");
}

#[test]
fn what_cannot_be_looked_at_stops_a_commit_too() {
    let world = World::new(&[]);
    world.0.put("a.rs", "one of a kind\n");
    world.0.git(&["add", "-A"]);
    let id = world.0.git(&["rev-parse", ":a.rs"]).trim().to_owned();
    std::fs::remove_file(world.0.root().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let done = world.0.helper(&["gate", "commit", "--hook", "pre-commit"]);
    assert_eq!((done.status, done.stdout.as_str()), (Some(11), ""), "{done:?}");
    assert!(done.stderr.contains("a.rs") && done.stderr.contains("nobody knows"), "{done:?}");
    let outside = world.0.call(&["gate", "commit", "--hook", "pre-commit"]).folder(&world.0.at("home")).run(&world.0);
    assert_eq!(outside.status, Some(11), "{outside:?}");
    for (arguments, stdin) in [
        (&["aborted"][..], "x y refs/heads/main\n"),
        (&["committed"], ""),
        (&["prepared"], "not a list at all\n\u{0}\n"),
        (&["prepared"], &format!("{0} {0} refs/heads/main\n", "0".repeat(40))),
    ] {
        let words = [&["gate", "commit", "--hook", "reference-transaction"], arguments].concat();
        let done = world.0.call(&words).stdin(stdin).run(&world.0);
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{arguments:?} {stdin:?}");
    }
}

/// What the session's hook says to a command.
fn session(repo: &Repo, tool: &str, input: &serde_json::Value) -> Done {
    let payload = json!({"cwd": repo.root(), "tool_name": tool, "tool_input": input}).to_string();
    repo.call(&["hook", "pre-tool-use"]).stdin(&payload).run(repo)
}

fn refused(repo: &Repo, command: &str) -> bool {
    let done = session(repo, "Bash", &json!({"command": command}));
    assert!(!format!("{done:?}").contains(&token()[8..40]), "a value is shown: {done:?}");
    match done.status {
        Some(2) => {
            assert!(
                done.stderr.starts_with("wfo refuses this commit: ") && done.stderr.contains(".rs:1 ("),
                "{done:?}"
            );
            true
        }
        _ => {
            assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "", ""), "{command}");
            false
        }
    }
}

#[test]
fn a_session_is_told_before_a_commit_runs_what_it_would_bring() {
    let repo = Repo::new();
    repo.put("known.rs", &secret());
    repo.put("plain.rs", "one\n");
    repo.put(".gitignore", "hidden.rs\n");
    repo.commit("a secret that is there already");
    for command in ["git commit -m x", "git commit -am x", "git add -A && git commit -m x"] {
        assert!(!refused(&repo, command), "{command}: nothing is new");
    }
    repo.put("known.rs", &format!("{}// one more line\n", secret()));
    assert!(!refused(&repo, "git commit -am x"), "only new lines count");
    repo.put("new.rs", &secret());
    repo.put("sub/deep.rs", &secret());
    repo.put("hidden.rs", &secret());
    for (command, expected) in [
        ("git commit -m x", false),
        ("git commit -am x", false),
        ("git add plain.rs && git commit -m x", false),
        ("git add new.rs && git commit -m x", true),
        ("git add -A && git commit -m x", true),
        ("git add . && git commit -m x", true),
        ("cd sub && git add deep.rs && git commit -m x", true),
        ("git -C sub add . && git -C sub commit -m x", true),
        ("git add sub; git commit -m x", true),
        ("git add -f hidden.rs && git commit -m x", true),
        ("git update-index --add new.rs && git commit -m x", true),
        ("git update-index --assume-unchanged new.rs && git commit -m x", false),
        ("git add new.rs", false),
        ("git status", false),
    ] {
        assert_eq!(refused(&repo, command), expected, "{command}");
    }
    repo.put("plain.rs", &secret());
    assert!(refused(&repo, "git commit -am x"));
    assert!(refused(&repo, "git commit plain.rs -m x"));
    assert!(!refused(&repo, "git commit -m x"), "nothing of it is staged");
    repo.git(&["add", "plain.rs"]);
    assert!(refused(&repo, "git commit -m x"));
    assert!(refused(&repo, "sh -c 'git commit -m x' | cat"));
    assert!(refused(&repo, &format!("cd /tmp && git -C '{}' commit -m x", repo.root().display())));
    let by_server = session(&repo, "mcp__git__git_commit", &json!({"repo_path": repo.root(), "message": "x"}));
    assert_eq!(by_server.status, Some(2), "{by_server:?}");
    assert_eq!(session(&repo, "mcp__git__git_status", &json!({"repo_path": repo.root()})).status, Some(0));
}

/// Asserts that the session's hook refuses a command for what stands in it, and shows no value.
fn refused_for_its_words(repo: &Repo, tool: &str, input: &serde_json::Value) {
    let done = session(repo, tool, input);
    assert_eq!(done.status, Some(2), "{input}: {done:?}");
    assert!(done.stderr.contains("in the command, line ") && done.stderr.contains(" ("), "{done:?}");
    assert!(!format!("{done:?}").contains(&token()[8..40]), "a value is shown: {done:?}");
}

#[test]
fn a_secret_that_the_command_itself_writes_or_says_is_refused() {
    let repo = Repo::new();
    repo.put("a.txt", "one\n");
    repo.commit("clean");
    let token = token();
    for command in [
        format!("cat > conf.py <<'E'\nk = \"{token}\"\nE\ngit add conf.py && git commit -m x"),
        format!("echo k={token} > conf.py; git add -A; git commit -m x"),
        format!("echo \"k = '{token}'\" >> a.txt; git commit -am x"),
        format!("tee conf.py <<< 'k = \"{token}\"'; git add conf.py; git commit -m x"),
        format!("sed -i 's/one/k={token}/' a.txt && git commit -am x"),
        format!("git commit --allow-empty -m 'with {token}'"),
        format!("git commit --allow-empty -F - <<E\nwith {token}\nE"),
        format!("git merge --no-ff -m 'with {token}' other"),
        format!("git init -q new && cd new && echo {token} > a && git add a && git commit -m x"),
    ] {
        refused_for_its_words(&repo, "Bash", &json!({"command": command}));
    }
    let message = json!({"repo_path": repo.root(), "message": format!("with {token}")});
    refused_for_its_words(&repo, "mcp__git__git_commit", &message);
    // What commits nothing is nobody's business, and neither are long words that are none.
    for command in [
        format!("echo k={token} > conf.py"),
        format!("git log -S {token}"),
        format!("git merge-base {token} HEAD"),
        "git commit -am 'mend the_long_name_of_a_function and src/crates/wfo-helper/tests/gate_commit.rs'".to_owned(),
        "git commit -m \"$(cat <<'EOF'\nlogin: the password is asked for once\n\nCo-Authored-By: A <noreply@example.com>\nEOF\n)\"".to_owned(),
        format!("git commit -am 'with {token}' # wfo:allow made up for a test"),
    ] {
        assert!(!refused(&repo, &command), "{command}");
    }
}

#[test]
fn a_secret_in_the_message_stops_a_commit_whoever_hands_it_over() {
    let world = World::new(&[]);
    let said = format!("one\n\nwith {}\n", token());
    let file = world.0.write("home/message", &said).to_string_lossy().into_owned();
    for arguments in [
        &["commit", "-q", "--allow-empty", "-m", &said][..],
        &["commit", "-q", "--allow-empty", "-n", "-m", &said],
        &["commit", "-q", "--allow-empty", "-F", &file],
        &["commit", "-q", "--allow-empty", "-t", &file],
    ] {
        let said = world.stopped(arguments, "prepare-commit-msg");
        assert!(said.contains("in the message, line 3"), "{said}");
    }
    world.0.git(&["checkout", "-q", "-b", "side"]);
    world.0.commit("of the side");
    world.0.git(&["checkout", "-q", "main"]);
    world.stopped(&["merge", "-q", "--no-ff", "-m", &said, "side"], "prepare-commit-msg");
    world.0.git(&["reset", "-q", "--hard"]);
    world.passes(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "with a long_name_that_is_no_token and password: asked once",
    ]);
    // What `-v` shows of the changes is no message, and a line that goes is none that comes.
    world.0.put("a.rs", &secret());
    world.0.git(&["add", "-A"]);
    world.0.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "brings it"]);
    world.0.put("a.rs", "one\n");
    world.0.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", &said]);
    let edits = |arguments: &[&str]| {
        let call = Call::new("git").args(arguments).env("GIT_EDITOR", "sed -i 1s/^/taken-out/").folder(&world.0.root());
        let done = call.run(&world.0);
        assert_eq!(done.status, Some(0), "{arguments:?}: {done:?}");
    };
    edits(&["commit", "-q", "--amend", "--allow-empty"]);
    edits(&["commit", "-q", "-v", "-a"]);
}

#[test]
fn what_a_command_copies_before_it_commits_is_looked_at_where_it_lies_now() {
    let repo = Repo::new();
    repo.put("known.rs", &secret());
    repo.put("plain.rs", "one\n");
    repo.put(".gitignore", "hidden.rs\n");
    repo.commit("a secret that is there already");
    repo.write("home/secret.rs", &secret());
    repo.write("home/more/deep/secret.rs", &secret());
    repo.write("home/clean.rs", "two\n");
    for (command, expected) in [
        ("cp ../home/secret.rs new.rs && git add new.rs && git commit -m x", true),
        ("cp ../home/secret.rs . && git add -A && git commit -m x", true),
        ("mv ../home/secret.rs plain.rs; git commit -am x", true),
        ("cat ../home/secret.rs >> plain.rs && git commit -am x", true),
        ("cat < ../home/secret.rs > new.rs && git add . && git commit -m x", true),
        ("cp -t . ../home/secret.rs; git add secret.rs; git commit -m x", true),
        ("install -m 644 ../home/secret.rs new.rs; git add new.rs; git commit -m x", true),
        ("dd if=../home/secret.rs of=new.rs; git add new.rs; git commit -m x", true),
        ("cp -r ../home/more . && git add more && git commit -m x", true),
        ("cd ../home && cp secret.rs ../project/new.rs && cd ../project && git add new.rs && git commit -m x", true),
        ("cp ../home/secret.rs hidden.rs && git add -f hidden.rs && git commit -m x", true),
        ("cp ../home/secret.rs hidden.rs && git add -A && git commit -m x", false),
        ("cp ../home/secret.rs new.rs && git commit -am x", false),
        ("cp ../home/secret.rs /tmp/other.rs && git add -A && git commit -m x", false),
        ("cp ../home/secret.rs known.rs && git commit -am x", false),
        ("cp ../home/clean.rs plain.rs && git commit -am x", false),
        ("mv known.rs moved.rs && git add -A && git commit -m x", false),
        ("cp /nowhere/at/all plain.rs && git commit -am x", false),
        ("make fmt && git commit -am x", false),
    ] {
        assert_eq!(refused(&repo, command), expected, "{command}");
    }
}
