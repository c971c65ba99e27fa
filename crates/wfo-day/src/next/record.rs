//! The record of a workflow: what it claims, and how it is brought to another place. Written under a lock, and only while the file is
//! still what was shown.

use wfo_base::{Problem, atomic, codes};
use wfo_todo::front::{Content, Edit, Front, Route};
use wfo_todo::phase::Record;
use wfo_todo::record::{Position, advance};

use super::{Ask, Current, Workflow};
use crate::todo::{Site, rebuild};

/// What a record claims.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Where it says the work stands.
    pub(super) state: Record,
    /// The version that it names.
    pub(super) version: Option<String>,
    /// Whose branch it goes by.
    pub(super) user: Option<String>,
}

/// Reads what is claimed. A file that can be read but not edited claims all the same.
pub(super) fn recorded(workflow: &Workflow, page: &[u8]) -> Result<Recorded, Problem> {
    let mut out = Recorded { state: Record::of(&workflow.said), ..Recorded::default() };
    let front = match Front::read(&workflow.file, page) {
        Ok(front) => front,
        Err(problem) if problem.code == codes::TODO_EDIT_REFUSED => return Ok(out),
        Err(problem) => return Err(problem),
    };
    let value = |keys: &[&str]| front.get(&Route::keys(keys.iter().copied()));
    out.state.tests_passing = value(&TESTS).and_then(|value| value.as_bool());
    let text = |keys: &[&str]| value(keys).and_then(|value| value.as_str()).map(str::trim).map(str::to_owned);
    out.version = text(&["quality_gates", "semantic_version"]).filter(|text| !text.is_empty());
    out.user = text(&["github_user"]).filter(|text| !text.is_empty() && !text.contains(char::is_whitespace));
    Ok(out)
}

const TESTS: [&str; 2] = ["quality_gates", "tests_passing"];

/// Writes the place; `repair`: also takes back what the record claims without evidence.
pub(super) fn write(ask: &Ask<'_>, current: &Current, to: &Position, repair: bool) -> Result<(), Problem> {
    let file = &current.workflow.file;
    let path = ask.place.shared_root().join(file);
    // What is odd at this place was told when it was looked at.
    let quiet = &mut Vec::new();
    let site = Site::at(ask.place, ask.home, ask.clock, false, quiet)?;
    site.locked(|| {
        if std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink()) {
            return Err(Problem::new(codes::TODO_EDIT_REFUSED, format!("`{file}` is a link, so it is not written"))
                .hint("replace it by the file that it leads to"));
        }
        let page = current.workflow.page(ask.place)?;
        if page != current.page {
            return Err(Problem::new(codes::PROPOSAL_STALE, format!("`{file}` changed since it was shown"))
                .hint("run the command again and look at the new proposal"));
        }
        let now = ask.clock.now().timestamp();
        let mut new = advance(&Front::read(file, &page)?, to, now)?;
        if repair && current.derived.drift.iter().any(|drift| drift.field == TESTS.join(".")) {
            let edit = Edit::Set(Route::keys(TESTS), Content::Bool(false));
            new = Front::read(file, new.as_bytes())?.edit(&[edit])?;
        }
        atomic::write(&path, new.as_bytes())?;
        rebuild(&site, None, quiet);
        Ok(())
    })
}
