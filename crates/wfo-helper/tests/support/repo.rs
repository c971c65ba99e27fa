//! A git repository in a sandbox: `project/` on branch main, and short ways to change and question it.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::{Call, Done, Sandbox, binary};

/// A repository with a HOME and CONFIG of its own.
pub(crate) struct Repo {
    sandbox: Sandbox,
    commits: AtomicU32,
}

impl Deref for Repo {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Repo {
    /// Makes one without a commit.
    pub(crate) fn unborn() -> Self {
        let repo = Self { sandbox: Sandbox::new(), commits: AtomicU32::new(0) };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// Makes one with the commit "start" of a README.md.
    pub(crate) fn new() -> Self {
        let repo = Self::unborn();
        repo.put("README.md", "demo\n");
        repo.commit("start");
        repo
    }

    /// Returns the top of its work tree.
    pub(crate) fn root(&self) -> PathBuf {
        self.project()
    }

    /// Writes a file of the work tree.
    pub(crate) fn put(&self, relative: &str, text: &str) -> PathBuf {
        self.write(&format!("project/{relative}"), text)
    }

    /// Writes a file of CONFIG.
    pub(crate) fn put_config(&self, relative: &str, text: &str) -> PathBuf {
        self.write(&format!("config/{relative}"), text)
    }

    /// Commits everything, one minute after the commit before it (the first at 2026-11-20T12:01:00Z); returns the id.
    pub(crate) fn commit(&self, subject: &str) -> String {
        self.commit_in(&self.root(), subject)
    }

    /// As [`Repo::commit`], in another checkout.
    pub(crate) fn commit_in(&self, folder: &Path, subject: &str) -> String {
        let number = self.commits.fetch_add(1, Ordering::Relaxed) + 1;
        let time = format!("2026-11-20T12:{number:02}:00Z");
        self.git_in(folder, &["add", "-A"]);
        let call = Call::new("git").args(["commit", "-q", "--allow-empty", "-m", subject]).folder(folder);
        let done = call.env("GIT_COMMITTER_DATE", &time).env("GIT_AUTHOR_DATE", &time).run(self);
        assert_eq!(done.status, Some(0), "commit: {}", done.stderr);
        self.git_in(folder, &["rev-parse", "HEAD"])
    }

    /// Runs git in another folder; returns what it printed, without the last newline.
    pub(crate) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let done = Call::new("git").args(arguments).folder(folder).run(self);
        assert_eq!(done.status, Some(0), "git {arguments:?}: {}", done.stderr);
        done.stdout.trim_end_matches('\n').to_owned()
    }

    /// Runs git where it may end badly, as a merge with conflicts does.
    pub(crate) fn git_fails(&self, arguments: &[&str]) {
        let done = Call::new("git").args(arguments).run(self);
        assert_ne!(done.status, Some(0), "git {arguments:?} was expected to stop");
    }

    /// Makes a second repository `origin.git` (bare) with what is here, and follows it from main.
    pub(crate) fn with_origin(&self) {
        let origin = self.at("origin.git");
        self.git(&["clone", "-q", "--bare", ".", &origin.to_string_lossy()]);
        self.git(&["remote", "add", "origin", &origin.to_string_lossy()]);
        self.git(&["fetch", "-q", "origin"]);
        self.git(&["branch", "-q", "-u", "origin/main", "main"]);
    }

    /// Prepares a call of the helper in the work tree.
    pub(crate) fn call(&self, arguments: &[&str]) -> Call {
        Call::new(binary()).args(arguments)
    }

    /// Runs `start-day --json` and returns its checked answer's `data`.
    pub(crate) fn brief(&self) -> Value {
        self.helper(&["start-day", "--json"]).data()
    }

    /// As [`Repo::brief`], from another folder.
    pub(crate) fn brief_in(&self, folder: &Path) -> Value {
        self.call(&["start-day", "--json"]).folder(folder).run(self).data()
    }

    /// Runs `start-day --json` for its diagnostics.
    pub(crate) fn noted(&self) -> Done {
        self.helper(&["start-day", "--json"])
    }
}
