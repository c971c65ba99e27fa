//! A repository with the branches of the git-flow, and short ways to bring one workflow from step to step.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Call, Done, Repo, binary};

/// The stamp of every workflow.
pub(crate) const STAMP: &str = "20261121T090000Z";

/// What a record claims: phase, step, status.
pub(crate) type Claim<'a> = Option<(&'a str, &'a str, &'a str)>;

/// A repository with main, develop and contrib/ada, and one workflow `login`.
pub(crate) struct Flow {
    repo: Repo,
    kind: &'static str,
}

impl Deref for Flow {
    type Target = Repo;

    fn deref(&self) -> &Repo {
        &self.repo
    }
}

impl Flow {
    /// Makes one whose workflow has no branch yet.
    pub(crate) fn new(kind: &'static str) -> Self {
        let flow = Self::trunk(kind);
        flow.git(&["branch", "develop"]);
        flow.git(&["branch", "contrib/ada"]);
        flow
    }

    /// Makes one with no branch but main.
    pub(crate) fn trunk(kind: &'static str) -> Self {
        let repo = Repo::new();
        repo.put(".git/info/exclude", "TODO*\nARCHIVED/\n");
        repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
        let flow = Self { repo, kind };
        flow.record(None);
        flow
    }

    /// The name of the workflow's file.
    pub(crate) fn file(&self) -> String {
        format!("TODO_{}_{STAMP}_login.md", self.kind)
    }

    /// The workflow's branch.
    pub(crate) fn branch(&self) -> String {
        format!("{}/{STAMP}_login", self.kind)
    }

    /// Where its worktree is.
    pub(crate) fn tree(&self) -> PathBuf {
        self.at("tree")
    }

    /// Writes the record: where it is archived, there.
    pub(crate) fn record(&self, claim: Claim<'_>) {
        let progress = match claim {
            Some((phase, step, status)) => {
                format!("workflow_progress: {{phase: {phase}, current_step: \"{step}\", status: {status}}}\n")
            }
            None => String::new(),
        };
        let kind = self.kind;
        let page = format!(
            "---\ntype: workflow-manifest\nworkflow_type: {kind}\nslug: login\ngithub_user: ada\n\
             metadata: {{title: \"Log in\"}}\n{progress}quality_gates: {{semantic_version: \"1.1.0\"}}\n---\n# Log in\n"
        );
        let archived = format!("ARCHIVED/{}", self.file());
        let place = if self.root().join(&archived).exists() { archived } else { self.file() };
        self.put(&place, &page);
    }

    /// Makes branch and worktree from another branch.
    pub(crate) fn begin(&self, from: &str) -> &Self {
        self.git(&["worktree", "add", "-q", "-b", &self.branch(), &self.tree().to_string_lossy(), from]);
        self
    }

    /// Writes a file of the worktree.
    pub(crate) fn write_there(&self, relative: &str, text: &str) -> &Self {
        self.write(&format!("tree/{relative}"), text);
        self
    }

    /// Writes specification and plan.
    pub(crate) fn specify(&self) -> &Self {
        self.write_there("specs/login/spec.md", "# Log in\n\nUsers log in with a name and a password.\n");
        self.write_there("specs/login/plan.md", "# Plan\n\n## Implementation\n\n- [ ] impl_001: write the form\n");
        self
    }

    /// Commits a file of the worktree.
    pub(crate) fn work(&self, relative: &str, text: &str) -> &Self {
        self.write_there(relative, text);
        self.commit_in(&self.tree(), &format!("feat: {relative}"));
        self
    }

    /// Merges the workflow's branch into another, with a merge commit.
    pub(crate) fn merge_into(&self, branch: &str) -> &Self {
        self.git(&["switch", "-q", branch]);
        self.git(&["merge", "-q", "--no-ff", "-m", &format!("Merge branch '{}'", self.branch()), &self.branch()]);
        self.git(&["switch", "-q", "main"]);
        self
    }

    /// Merges one branch into another.
    pub(crate) fn merge(&self, from: &str, into: &str) -> &Self {
        self.git(&["switch", "-q", into]);
        self.git(&["merge", "-q", "--no-ff", "-m", &format!("Merge {from}"), from]);
        self.git(&["switch", "-q", "main"]);
        self
    }

    /// Moves the file to `ARCHIVED/`.
    pub(crate) fn archive(&self) -> &Self {
        std::fs::create_dir_all(self.root().join("ARCHIVED")).expect("a folder");
        let to = self.root().join("ARCHIVED").join(self.file());
        std::fs::rename(self.root().join(self.file()), to).expect("a move");
        self
    }

    /// Removes the worktree.
    pub(crate) fn leave(&self) -> &Self {
        self.git(&["worktree", "remove", "--force", &self.tree().to_string_lossy()]);
        self
    }

    /// Deletes the branch.
    pub(crate) fn forget(&self) -> &Self {
        self.git(&["branch", "-q", "-D", &self.branch()]);
        self
    }

    /// Writes pull requests as `gh` prints them, one of the workflow's branch into `base`.
    pub(crate) fn pull_request(&self, base: &str, state: &str, draft: bool, review: &str) -> &Self {
        let row = serde_json::json!([{
            "number": 7, "state": state, "isDraft": draft, "reviewDecision": review,
            "headRefName": self.branch(), "baseRefName": base,
        }]);
        self.write("pr.json", &row.to_string());
        self
    }

    /// Prepares `next --json`, with the pull requests where some were written.
    pub(crate) fn asking(&self, folder: &Path, words: &[&str]) -> Call {
        let pr = self.at("pr.json");
        let file = pr.to_string_lossy().into_owned();
        let mut call = Call::new(binary()).args(words).args(["--json", "--offline", "--todo", "login"]).folder(folder);
        if pr.exists() {
            call = call.args(["--pr", &file]);
        }
        call
    }

    /// Runs `next` in the worktree if there is one, else in the main checkout; returns its data.
    pub(crate) fn next(&self) -> Value {
        let folder = if self.tree().is_dir() { self.tree() } else { self.root() };
        self.asking(&folder, &["next"]).run(self).data()
    }

    /// Runs `todo reconcile`.
    pub(crate) fn reconcile(&self, words: &[&str]) -> Done {
        let words: Vec<&str> = ["todo", "reconcile"].iter().chain(words).copied().collect();
        let folder = if self.tree().is_dir() { self.tree() } else { self.root() };
        self.asking(&folder, &words).run(self)
    }
}
