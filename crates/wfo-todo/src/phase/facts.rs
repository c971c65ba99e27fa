//! What a caller has found out about one workflow: git, documents, reports, pull requests. Each fact may be unknown, with the reason.
//! Holds values only; nothing here is taken from the record.

use std::collections::BTreeMap;

use super::fill::Fill;
use super::proof::Document;
use crate::todo_file::Kind;

/// Something that is known, or not, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is so.
    Known(T),
    /// Nobody can tell, for this reason; empty = nobody has looked.
    Unknown(String),
}

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl<T> Fact<T> {
    /// Makes an unknown fact with its reason.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(why.into())
    }

    /// Returns the value where it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T> From<Option<T>> for Fact<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::default, Self::Known)
    }
}

/// The branches of this repository by their part in the flow; an absent part does not exist here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// The branch that the work goes into.
    pub base: String,
    /// The contributor's own branch.
    pub contrib: Option<String>,
    /// Where finished work gathers.
    pub develop: Option<String>,
    /// What is released.
    pub main: Option<String>,
}

/// The set-up of a repository: what is missing; an empty list = nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// Tools.
    pub tools: Fact<Vec<String>>,
    /// Folders.
    pub folders: Fact<Vec<String>>,
    /// Files.
    pub files: Fact<Vec<String>>,
    /// Branches.
    pub branches: Fact<Vec<String>>,
}

/// Where the call was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Nobody can tell.
    #[default]
    Unknown,
    /// In a checkout of the workflow's branch, a sub-folder included.
    Inside,
    /// Somewhere else.
    Elsewhere,
}

/// Commits of the branch that its base lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Commits {
    /// All of them.
    pub all: u64,
    /// Those that change more than planning, specification and TODO files.
    pub work: u64,
}

/// The tasks of the record that tell how far the implementation is: category `implementation`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tasks {
    /// Completed.
    pub done: usize,
    /// Neither completed nor cancelled.
    pub open: usize,
}

impl Tasks {
    /// Counts the tasks of a TODO file.
    #[must_use]
    pub fn of(workflow: &crate::Workflow) -> Self {
        let here = |task: &&crate::TodoTask| task.category.eq_ignore_ascii_case("implementation");
        let count = |over: bool| {
            let fits = |task: &&crate::TodoTask| match task.status {
                crate::TaskStatus::Completed => over,
                crate::TaskStatus::Cancelled => false,
                _ => !over,
            };
            workflow.tasks.iter().filter(here).filter(fits).count()
        };
        Self { done: count(true), open: count(false) }
    }
}

/// Whether evidence is about the content that is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// For exactly this content.
    Fresh,
    /// For an older one.
    Stale,
    /// There is none.
    Missing,
}

/// What a report or a gate said, and about which content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<T> {
    /// Whether it still counts.
    pub state: State,
    /// What it said; absent without a report.
    pub said: Option<T>,
}

/// A gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All holds.
    Pass,
    /// Something does not.
    Fail,
    /// Nobody can tell.
    Unknown,
}

/// What became of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrState {
    /// Open.
    Open,
    /// Open, and not offered for review yet.
    Draft,
    /// Merged.
    Merged,
    /// Closed without merging.
    Closed,
}

/// What the reviewers say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Review {
    /// Nobody can tell.
    #[default]
    Unknown,
    /// Nobody has said anything yet.
    Pending,
    /// Something has to change.
    ChangesRequested,
    /// Yes.
    Approved,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pr {
    /// Its number.
    pub number: u64,
    /// What became of it.
    pub state: PrState,
    /// What the reviewers say.
    pub review: Review,
}

/// Versions by semantic versioning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// What the record says.
    pub recorded: Option<String>,
    /// What the commits ask for at least.
    pub demanded: String,
}

/// Everything that is known about one workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its type; none = no workflow yet.
    pub kind: Option<Kind>,
    /// Branches of the repository.
    pub flow: Flow,
    /// The repository's set-up.
    pub setup: Setup,
    /// The workflow's branch exists.
    pub branch: Fact<bool>,
    /// The branch is checked out, in a linked worktree or in the main checkout.
    pub worktree: Fact<bool>,
    /// Where the call was made.
    pub place: Place,
    /// How much the documents say; an absent key = nobody has looked.
    pub documents: BTreeMap<Document, Fact<Fill>>,
    /// The planning documents are in a commit.
    pub planning_committed: Fact<bool>,
    /// Commits that the base lacks.
    pub commits: Fact<Commits>,
    /// Tasks of the record.
    pub tasks: Tasks,
    /// Migrations or schema files are in the plan or the diff.
    pub touches_schema: bool,
    /// A container file is there.
    pub containers: Fact<bool>,
    /// Whether the tests passed.
    pub tests: Fact<Report<bool>>,
    /// The share of lines that were run, in hundredths of a percent, rounded down.
    pub coverage: Fact<Report<u32>>,
    /// Gates by name.
    pub gates: BTreeMap<String, Fact<Report<Verdict>>>,
    /// Recorded and demanded version.
    pub versions: Fact<Versions>,
    /// The version stands in the change log.
    pub notes: Fact<bool>,
    /// The pull request of the branch.
    pub pr: Fact<Option<Pr>>,
    /// The pull request from the base branch on to develop.
    pub pr_develop: Fact<Option<Pr>>,
    /// Threads of the review that are open and no work item.
    pub open_threads: Fact<usize>,
    /// The work's content is in the base branch.
    pub merged_base: Fact<bool>,
    /// The work's content is in develop.
    pub merged_develop: Fact<bool>,
    /// The work's content is in main.
    pub merged_main: Fact<bool>,
    /// The tag of the version.
    pub tag: Fact<Option<String>>,
    /// The TODO file is in `ARCHIVED/`.
    pub archived: Fact<bool>,
    /// The planning documents say what was built.
    pub as_built: Fact<bool>,
    /// The base branch holds everything that develop has.
    pub rebased: Fact<bool>,
}
