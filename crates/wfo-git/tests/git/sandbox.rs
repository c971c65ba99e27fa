//! Makes temporary repositories with the real `git`, untouched by the configuration of whoever runs the tests.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wfo_base::process::Run;
use wfo_git::Repository;

/// A temporary folder with a repository `repo` in it.
pub(crate) struct Sandbox {
    folder: TempDir,
    clock: Cell<u64>,
}

impl Sandbox {
    /// Makes an empty folder.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("home")).expect("a home");
        Self { folder, clock: Cell::new(1_700_000_000) }
    }

    /// Makes a repository on branch `main` without a commit.
    pub(crate) fn init() -> Self {
        Self::init_with(&[])
    }

    /// As [`Sandbox::init`], with more arguments for `git init`.
    pub(crate) fn init_with(more: &[&str]) -> Self {
        let sandbox = Self::empty();
        let arguments = [&["init", "-q", "-b", "main"], more, &["repo"]].concat();
        sandbox.git_in(&sandbox.path(""), &arguments);
        sandbox
    }

    /// Makes a repository with some committed files.
    pub(crate) fn with_files() -> Self {
        let sandbox = Self::init();
        for name in ["a.txt", "b.txt", "dir/c.txt", "dir/deep/d.txt", "other/e.txt"] {
            sandbox.write(name, &format!("content of {name}\n"));
        }
        sandbox.commit("first");
        sandbox
    }

    /// Returns a path in the temporary folder.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        let root = std::fs::canonicalize(self.folder.path()).expect("the temporary folder");
        if relative.is_empty() { root } else { root.join(relative) }
    }

    /// Returns the top of the repository.
    pub(crate) fn repo(&self) -> PathBuf {
        self.path("repo")
    }

    /// Opens the repository.
    pub(crate) fn open(&self) -> Repository {
        open(&self.repo())
    }

    /// Writes a file of the repository, with its folders.
    pub(crate) fn write(&self, name: &str, text: &str) {
        write(&self.repo().join(name), text.as_bytes());
    }

    /// Runs git in the repository and returns what it printed; it must end well.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.repo(), arguments)
    }

    /// Runs git in a folder and returns what it printed; it must end well.
    pub(crate) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let (ok, text) = self.try_git(folder, arguments);
        assert!(ok, "git {arguments:?}: {text}");
        text
    }

    /// Runs git in a folder, which may end badly.
    pub(crate) fn try_git(&self, folder: &Path, arguments: &[&str]) -> (bool, String) {
        self.clock.set(self.clock.get() + 60);
        let date = format!("{} +0200", self.clock.get());
        let home = self.path("home");
        let ran = Run::new("git")
            .args(arguments)
            .folder(folder)
            .env("HOME", home.to_str())
            .env("XDG_CONFIG_HOME", None)
            .env("GIT_CONFIG_NOSYSTEM", Some("1"))
            .env("GIT_CONFIG_GLOBAL", Some("/dev/null"))
            .env("GIT_AUTHOR_NAME", Some("A U Thor"))
            .env("GIT_AUTHOR_EMAIL", Some("author@example.com"))
            .env("GIT_COMMITTER_NAME", Some("A U Thor"))
            .env("GIT_COMMITTER_EMAIL", Some("author@example.com"))
            .env("GIT_AUTHOR_DATE", Some(&date))
            .env("GIT_COMMITTER_DATE", Some(&date))
            .env("GIT_EDITOR", Some("true"))
            .env("GIT_SEQUENCE_EDITOR", Some("true"))
            .env("LC_ALL", Some("C"))
            .run()
            .expect("git runs");
        let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        (ran.is_ok(), text.trim_end().to_owned())
    }

    /// Commits everything there is.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

/// Opens the repository around a folder.
pub(crate) fn open(folder: &Path) -> Repository {
    Repository::discover(folder).expect("readable").expect("a repository")
}

/// Writes a file with its folders.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    wfo_base::atomic::write(path, bytes).expect("written");
}
