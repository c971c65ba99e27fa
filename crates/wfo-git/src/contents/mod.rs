//! What a scan reads: staged versions, files of the work tree, versions that commits brought, each with its new lines.
//! Lists first, cheaply; content is read one version at a time by a [`Reader`] for each thread. Writes nothing.

mod by_program;
mod changed;
mod checkout;
mod file;
mod history;
mod lines;
mod pending;
mod reader;
mod staged;
mod surroundings;

use std::sync::Arc;

use gix::ObjectId;
use wfo_base::Diagnostic;

pub use changed::changed;
pub use checkout::checkout;
pub use file::Meta;
pub use history::{Range, brought_by, history};
pub use pending::{Pending, pending, staged_id};
pub use reader::{Content, Reader};
pub use staged::staged;
pub use surroundings::Surroundings;

/// One version of a file that may hold something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From the top of the work tree, `/` between parts, any bytes but NUL.
    pub path: Vec<u8>,
    /// The commit that brought it; `None` for the index and the work tree.
    pub commit: Option<Arc<str>>,
    /// Whether the index knows the path.
    pub tracked: bool,
    source: Source,
}

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// An object; lines that stand in all of `before`'s versions are not new, and without any all lines are.
    Blob { id: ObjectId, before: Vec<ObjectId> },
    /// The file in the work tree.
    File,
    /// The same, of which lines that stand in all of `before`'s versions are not new.
    Work { before: Vec<ObjectId> },
    /// A file anywhere that a command is about to put in the path's place; lines as in `Work`.
    Outside { file: std::path::PathBuf, before: Vec<ObjectId> },
}

/// A path that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// From the top of the work tree.
    pub path: Vec<u8>,
    /// Why.
    pub why: Why,
}

/// Why a path is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Another repository: a submodule, or one that lies in the work tree.
    Repository,
    /// In conflict, so nothing of it is staged.
    Conflict,
}

/// What there is to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Each version once; links and submodules are left out.
    pub list: Vec<Version>,
    /// What is not read.
    pub left_out: Vec<LeftOut>,
    /// How many commits were gone through.
    pub commits: u64,
    /// Their messages, with the commits' ids.
    pub messages: Vec<(Arc<str>, Vec<u8>)>,
    /// Why there may be more than was listed.
    pub cut: Vec<String>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

/// The kind of a mode that is a regular file's.
const FILE: u16 = 0o100_000;

fn is_file(mode: u16) -> bool {
    mode & 0o170_000 == FILE
}
