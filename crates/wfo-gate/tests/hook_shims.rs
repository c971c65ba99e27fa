//! Runs the hooks' texts with the real sh and git, in repositories of their own.
//! A small script stands in for the helper: it writes down how it was called and answers as it is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and starts git itself"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use wfo_gate::guard::hooks::{self, Hook, HookFacts, HookFile, HookPlan, HookStep};

/// A repository with one commit, a helper beside it, and a log of how that was called.
struct Repository {
    root: TempDir,
}

/// The helper: notes its arguments and what it is about to let through, then refuses if a file `refuse` is there.
const HELPER: &str = r#"#!/bin/sh
root=ROOT
{
  echo "args $*"
  echo "index ${GIT_INDEX_FILE:-none}"
  git diff --cached --name-only | sed 's/^/staged /'
} >> "$root/log"
[ ! -e "$root/refuse" ] || { echo "a secret in the commit" >&2; exit 10; }
"#;

fn script(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl Repository {
    fn new() -> Self {
        let repository = Self { root: tempfile::Builder::new().prefix("it's a ").tempdir().unwrap() };
        fs::create_dir(repository.root.path().join("home")).unwrap();
        fs::create_dir(repository.root.path().join("r")).unwrap();
        let root = format!("'{}'", repository.root.path().to_str().unwrap().replace('\'', r"'\''"));
        script(&repository.helper(), &HELPER.replace("ROOT", &root), 0o755);
        repository.must(&["init", "-q", "-b", "main"]);
        repository.write("a", "1");
        repository.must(&["add", "a"]);
        repository.must(&["commit", "-q", "-m", "first"]);
        repository
    }

    fn helper(&self) -> PathBuf {
        self.root.path().join("wfo-helper")
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("r")
    }

    fn hooks(&self) -> PathBuf {
        self.folder().join(".git/hooks")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).unwrap();
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(folder).env_clear();
        git.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", self.root.path().join("home"));
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
            git.env(name, "a");
        }
        git.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C").output().unwrap()
    }

    fn git(&self, arguments: &[&str]) -> Output {
        self.git_in(&self.folder(), arguments)
    }

    fn must(&self, arguments: &[&str]) {
        let output = self.git(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Says whether git refuses, and that nothing was committed then.
    fn refused(&self, arguments: &[&str]) -> String {
        let before = self.git(&["rev-parse", "HEAD"]).stdout;
        let output = self.git(arguments);
        assert!(!output.status.success(), "{arguments:?} was let through");
        assert_eq!(self.git(&["rev-parse", "HEAD"]).stdout, before, "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn refuse(&self, refuse: bool) {
        let path = self.root.path().join("refuse");
        if refuse { fs::write(path, "").unwrap() } else { fs::remove_file(path).unwrap() }
    }

    /// Returns how the helper was called since the last time.
    fn log(&self) -> String {
        let path = self.root.path().join("log");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text
    }

    fn facts(&self, strict: bool) -> HookFacts {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.hooks()).unwrap() {
            let path = entry.unwrap().path();
            files.push(HookFile {
                name: path.file_name().unwrap().to_str().unwrap().to_owned(),
                bytes: fs::read(&path).unwrap(),
                mode: fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let own = self.hooks().to_str().unwrap().to_owned();
        let helper = self.helper().to_str().unwrap().to_owned();
        HookFacts { folder: own.clone(), own, hooks_path: None, files, manager: None, helper, strict }
    }

    fn carry_out(&self, plan: &HookPlan) {
        for step in &plan.steps {
            match step {
                HookStep::Write { path, bytes, mode } => {
                    script(Path::new(path), std::str::from_utf8(bytes).unwrap(), *mode);
                }
                HookStep::Move { from, to } => fs::rename(from, to).unwrap(),
                HookStep::Remove { path } => fs::remove_file(path).unwrap(),
            }
        }
    }

    fn install(&self, strict: bool) {
        self.carry_out(&hooks::install(&self.facts(strict)));
        self.log();
    }
}

#[test]
fn a_commit_is_checked_by_both_hooks_and_refused_when_the_helper_says_so() {
    let repository = Repository::new();
    repository.install(false);
    repository.write("b", "1");
    repository.must(&["add", "b"]);
    repository.must(&["commit", "-q", "-m", "x"]);
    let log = repository.log();
    assert!(log.contains("args gate commit --hook pre-commit\n"), "{log}");
    assert!(log.contains("args gate commit --hook prepare-commit-msg .git/COMMIT_EDITMSG message\n"), "{log}");
    repository.refuse(true);
    repository.write("b", "2");
    repository.must(&["add", "b"]);
    for arguments in
        [&["commit", "-m", "x"][..], &["commit", "-n", "-m", "x"], &["commit", "--amend", "-n", "--no-edit"]]
    {
        assert!(repository.refused(arguments).contains("a secret in the commit"), "{arguments:?}");
    }
    repository.log();
    repository.refused(&["commit", "-n", "-m", "x"]);
    assert!(!repository.log().contains("--hook pre-commit"), "-n skips pre-commit, not prepare-commit-msg");
}

#[test]
fn the_helper_sees_the_index_that_is_committed() {
    let repository = Repository::new();
    repository.install(false);
    repository.write("a", "2");
    repository.must(&["commit", "-q", "-a", "-m", "x"]);
    let log = repository.log();
    assert!(log.contains("index.lock") && log.contains("staged a\n"), "{log}");
    repository.write("a", "3");
    repository.write("c", "1");
    repository.must(&["add", "c"]);
    repository.must(&["commit", "-q", "-m", "x", "a"]);
    let log = repository.log();
    assert!(log.contains("next-index-") && log.contains("staged a\n") && !log.contains("staged c\n"), "{log}");
}

#[test]
fn a_worktree_uses_the_same_hooks() {
    let repository = Repository::new();
    repository.install(false);
    let other = repository.root.path().join("w");
    repository.must(&["worktree", "add", "-q", other.to_str().unwrap()]);
    repository.refuse(true);
    fs::write(other.join("b"), "1").unwrap();
    assert!(repository.git_in(&other, &["add", "b"]).status.success());
    let output = repository.git_in(&other, &["commit", "-n", "-m", "x"]);
    assert!(!output.status.success());
    let log = repository.log();
    assert!(log.contains("staged b\n"), "{log}");
}

#[test]
fn a_foreign_hook_runs_first_with_its_arguments_and_its_status_stays() {
    let repository = Repository::new();
    let log = repository.root.path().join("foreign").to_str().unwrap().replace('\'', r"'\''");
    let text = |status: u8| format!("#!/bin/sh\necho \"$0 $*\" >> '{log}'\nexit {status}\n");
    script(&repository.hooks().join("pre-commit"), &text(0), 0o755);
    script(&repository.hooks().join("prepare-commit-msg"), &text(0), 0o755);
    let before = repository.facts(false).files;
    repository.install(false);
    repository.must(&["commit", "-q", "--allow-empty", "-m", "x"]);
    let foreign = fs::read_to_string(repository.root.path().join("foreign")).unwrap();
    assert!(foreign.contains("prepare-commit-msg.wfo-chained .git/COMMIT_EDITMSG message"), "{foreign}");
    assert!(repository.log().contains("--hook pre-commit"));
    script(&repository.hooks().join("pre-commit.wfo-chained"), &text(7), 0o755);
    repository.refused(&["commit", "--allow-empty", "-m", "x"]);
    assert_eq!(repository.log(), "", "the helper does not run after a refusal");
    let status = Command::new(repository.hooks().join("pre-commit")).status().unwrap();
    assert_eq!(status.code(), Some(7));
    script(&repository.hooks().join("pre-commit.wfo-chained"), &text(0), 0o755);
    repository.carry_out(&hooks::remove(&repository.facts(false)));
    assert_eq!(repository.facts(false).files, before);
}

#[test]
fn a_foreign_hook_that_git_would_not_run_is_not_run() {
    let repository = Repository::new();
    script(&repository.hooks().join("pre-commit"), "#!/bin/sh\nexit 1\n", 0o644);
    repository.install(false);
    repository.must(&["commit", "-q", "--allow-empty", "-m", "x"]);
}

#[test]
fn a_missing_helper_stops_the_commit_with_the_reason() {
    let repository = Repository::new();
    repository.install(true);
    fs::remove_file(repository.helper()).unwrap();
    for arguments in [&["commit", "--allow-empty", "-m", "x"][..], &["commit", "-n", "--allow-empty", "-m", "x"]] {
        let told = repository.refused(arguments);
        assert!(told.contains("wfo-helper is neither on PATH nor at ") && told.contains("cannot be checked"), "{told}");
    }
    fs::create_dir(repository.helper()).unwrap();
    repository.refused(&["commit", "--allow-empty", "-m", "x"]);
}

#[test]
fn the_strict_hook_stops_a_commit_made_by_plumbing_and_lets_the_rest_be() {
    let repository = Repository::new();
    repository.install(true);
    repository.must(&["branch", "other"]);
    assert!(repository.log().contains("args gate commit --hook reference-transaction prepared"));
    repository.must(&["tag", "v1"]);
    assert_eq!(repository.log(), "", "a tag starts no helper");
    repository.refuse(true);
    let commit = repository.git(&["commit-tree", "HEAD^{tree}", "-m", "x"]).stdout;
    let commit = String::from_utf8(commit).unwrap();
    let told = repository.refused(&["update-ref", "refs/heads/main", commit.trim()]);
    assert!(told.contains("a secret in the commit"), "{told}");
    repository.refused(&["commit", "-n", "--allow-empty", "-m", "x"]);
}

#[test]
fn a_foreign_strict_hook_reads_the_same_moves() {
    let repository = Repository::new();
    let seen = repository.root.path().join("seen");
    let path = seen.to_str().unwrap().replace('\'', r"'\''");
    script(&repository.hooks().join("reference-transaction"), &format!("#!/bin/sh\ncat >> '{path}'\n"), 0o755);
    repository.install(true);
    repository.must(&["branch", "other"]);
    assert!(fs::read_to_string(&seen).unwrap().contains(" refs/heads/other\n"));
    assert!(repository.log().contains("prepared"));
}

#[test]
fn a_helper_in_the_repository_itself_is_not_run() {
    let repository = Repository::new();
    repository.install(false);
    script(&repository.folder().join("wfo-helper"), "#!/bin/sh\nexit 0\n", 0o755);
    repository.refuse(true);
    let hook = Command::new(repository.hooks().join("pre-commit"))
        .current_dir(repository.folder())
        .env("PATH", ".:/usr/bin:/bin")
        .status()
        .unwrap();
    assert_eq!(hook.code(), Some(10), "the installed helper answered");
}

#[test]
fn a_relative_hooks_folder_is_absent_in_a_worktree_and_that_is_said() {
    let repository = Repository::new();
    repository.must(&["config", "core.hooksPath", ".husky/_"]);
    let other = repository.root.path().join("w");
    repository.must(&["worktree", "add", "-q", other.to_str().unwrap()]);
    let path = repository.git_in(&other, &["rev-parse", "--git-path", "hooks"]).stdout;
    let path = String::from_utf8(path).unwrap();
    let folder = other.join(path.trim());
    let facts = HookFacts {
        folder: folder.to_str().unwrap().to_owned(),
        hooks_path: Some((".husky/_".to_owned(), hooks::Origin::Local)),
        ..repository.facts(false)
    };
    assert!(hooks::would_not_run(&facts, folder.exists())[0].contains("no hook runs at all"));
    assert_eq!(hooks::install(&facts).steps, []);
}

#[test]
fn the_texts_are_plain_sh() {
    for hook in Hook::ALL {
        let text = hooks::shim(hook, "/x");
        for shell in ["sh", "dash", "bash"] {
            let Ok(status) = Command::new(shell).args(["-n", "-c", &text]).status() else { continue };
            assert!(status.success(), "{shell} {}", hook.name());
        }
        assert!(!text.contains("[[") && !text.contains("local ") && text.is_ascii());
    }
}
