//! What is to change in the registry, and the keys and values that it is written as.
//! Knows nothing of the text that is edited.

use serde_json::{Value, json};

/// A row to append; `validatedAt`, `agentLaunchedAt` and `prNumber` become null, `status` becomes `active`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRow {
    /// `id`, a UUID.
    pub id: String,
    /// Name of the project.
    pub project: String,
    /// The main checkout: what identifies the repository.
    pub repo_path: String,
    /// Branch, without `refs/heads/`.
    pub branch: String,
    /// The branch as a folder name.
    pub branch_slug: String,
    /// The worktree's folder; `None` for a lease without one.
    pub worktree_path: Option<String>,
    /// Ports it holds.
    pub ports: Vec<u16>,
    /// Time, RFC 3339.
    pub created_at: String,
    /// What the worktree is for.
    pub task: Option<String>,
}

/// What of a row is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The worktree's folder; `None` makes the row a lease without one.
    Path(Option<String>),
    /// The ports it holds.
    Ports(Vec<u16>),
    /// What the worktree is for.
    Task(Option<String>),
    /// `active`, `orphaned` or `merged`.
    Status(&'static str),
    /// When somebody last looked, RFC 3339.
    ValidatedAt(String),
    /// The branch under another name.
    Branch {
        /// Branch, without `refs/heads/`.
        branch: String,
        /// The branch as a folder name.
        slug: String,
    },
}

/// One change; `index` is [`crate::Entry::index`] in the text before the edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Puts a row after the others.
    Append(NewRow),
    /// Sets a field of a row; of two that set the same, the later counts.
    Set {
        /// Which row, from 0.
        index: usize,
        /// The field and its value.
        field: Field,
    },
    /// Takes a row out, whatever else is set in it.
    Remove {
        /// Which row, from 0.
        index: usize,
    },
}

/// A field's spellings, the one that is written first, with the value it gets.
pub(super) type Setting = (&'static [&'static str], Value);

impl Field {
    /// Returns what is written for the field.
    pub(super) fn settings(&self) -> Vec<Setting> {
        match self {
            Self::Path(path) => vec![(&["worktreePath", "worktree_path", "path"], json!(path))],
            Self::Ports(ports) => vec![(&["ports"], json!(ports))],
            Self::Task(task) => vec![(&["task"], json!(task))],
            Self::Status(status) => vec![(&["status"], json!(status))],
            Self::ValidatedAt(time) => vec![(&["validatedAt", "validated_at"], json!(time))],
            Self::Branch { branch, slug } => {
                vec![(&["branch"], json!(branch)), (&["branchSlug", "branch_slug"], json!(slug))]
            }
        }
    }
}

impl NewRow {
    /// Returns the members of the row in the order they are written.
    pub(super) fn members(&self) -> [(&'static str, Value); 13] {
        [
            ("id", json!(self.id)),
            ("project", json!(self.project)),
            ("repoPath", json!(self.repo_path)),
            ("branch", json!(self.branch)),
            ("branchSlug", json!(self.branch_slug)),
            ("worktreePath", json!(self.worktree_path)),
            ("ports", json!(self.ports)),
            ("createdAt", json!(self.created_at)),
            ("validatedAt", Value::Null),
            ("agentLaunchedAt", Value::Null),
            ("task", json!(self.task)),
            ("prNumber", Value::Null),
            ("status", json!("active")),
        ]
    }
}
