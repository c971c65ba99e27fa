//! What a judgement needs to know and what it says.
//! Never words more than one sentence: what is refused and the next step.

use std::collections::BTreeMap;

/// What is known around a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// git's aliases from every configuration that holds here: name without `alias.`, and text.
    pub aliases: BTreeMap<String, String>,
    /// The folder the shell starts in; without it, folders in the answer are relative to where it starts.
    pub folder: Option<String>,
    /// Folders that hold hooks besides `.git/hooks`, absolute: `core.hooksPath` where it is set.
    pub hooks: Vec<String>,
    /// Whether it could not be read where hooks lie: then every path that is called like one may be one.
    pub hooks_unknown: bool,
}

/// A folder in which git is told to work.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// Where git starts; none if the command does not tell. Empty is where the shell starts.
    pub path: Option<String>,
    /// The repository if it is named by `--git-dir` or `GIT_DIR`.
    pub git_dir: Option<String>,
    /// The work tree if it is named by `--work-tree` or `GIT_WORK_TREE`.
    pub work_tree: Option<String>,
    /// The index if it is named by `GIT_INDEX_FILE`.
    pub index: Option<String>,
}

/// What a command would commit. Look at what is staged, at tracked files that differ, and at the named ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Every folder in which a commit of new content is made, each once; none where only a message is new.
    pub folders: Vec<Folder>,
    /// Whether tracked files that differ are committed too (`-a`).
    pub all: bool,
    /// Files and folders named to `git commit`, from where the shell starts.
    pub paths: Vec<String>,
    /// Files and folders named to `git add` in the same command, from where the shell starts.
    pub adds: Vec<String>,
    /// Whether `git add` takes more than can be named: `-A`, a pattern, a variable.
    pub adds_all: bool,
    /// Files that the command copies or moves: from, and to, each from where the shell starts.
    pub copies: Vec<(String, String)>,
    /// Whether the last commit is rewritten.
    pub amend: bool,
    /// Whether the command pushes as well.
    pub push: bool,
}

/// What a command would push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Push {
    /// Every folder from which is pushed, each once.
    pub folders: Vec<Folder>,
    /// The remote if it is named.
    pub remote: Option<String>,
    /// What is pushed, as written.
    pub refs: Vec<String>,
    /// Whether nothing is sent (`--dry-run`).
    pub dry_run: bool,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    /// What in the command is refused, in a few words.
    pub what: String,
    /// One sentence for a person or an agent, with the next step.
    pub reason: String,
}

/// A question for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// One sentence: what cannot be told.
    pub reason: String,
}

/// What is to be done with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It is none of the guard's business.
    Allow,
    /// It commits: look at the content first.
    Commit(Box<Commit>),
    /// It pushes.
    Push(Box<Push>),
    /// It goes around the checks.
    Deny(Deny),
    /// It may go around them; a person decides.
    Ask(Ask),
}

/// A judgement, and what would have to be known to be sure of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The judgement, as far as the facts go.
    pub judgement: Judgement,
    /// Where git is asked for what is neither its own nor an alias in the facts, each folder once.
    pub strangers: Vec<Folder>,
}

impl Deny {
    pub(super) fn new(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { what: what.into(), reason: reason.into() }
    }
}
