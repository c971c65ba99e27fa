//! Tasks of a plan brought into the record: what `plan_merge` says, as one guarded edit. No status is lost, no task taken out.

use jiff::Timestamp;
use wfo_base::Problem;

use super::task::{new_task, require_name, status_edits};
use super::{stamp, touched};
use crate::front::{Content, Edit, Front, Route};
use crate::plan_merge::{Addition, Change, Merged};
use crate::todo_file::TaskStatus;

/// Keys under which files have a task's text, and what it waits for.
const TEXT: [&str; 4] = ["description", "name", "title", "task"];
const WAITS: [&str; 3] = ["depends_on", "dependencies", "depends"];

/// Returns the whole page with the tasks of a plan; the same page where nothing changes.
///
/// # Errors
/// `todo.value-invalid` for an id or category that cannot be one, `todo.edit-refused`.
pub fn bring_in(front: &Front<'_>, merged: &Merged, now: Timestamp) -> Result<String, Problem> {
    let mut edits = Vec::new();
    for one in &merged.additions {
        require_name(&one.category, "category")?;
        require_name(&one.id, "task id")?;
        edits.push(addition(front, one, now));
    }
    for one in &merged.changes {
        edits.extend(change(front, one, now));
    }
    if edits.is_empty() {
        return Ok(front.page().to_owned());
    }
    edits.push(touched(front, now));
    front.edit(&edits)
}

fn addition(front: &Front<'_>, one: &Addition, now: Timestamp) -> Edit {
    let finished = (one.status == TaskStatus::Completed).then(|| Content::Text(stamp(now)));
    let entries = vec![
        ("id".to_owned(), Content::text(one.id.as_str())),
        ("description".to_owned(), Content::text(one.description.as_str())),
        ("status".to_owned(), Content::text(one.status.as_str())),
        ("completed_at".to_owned(), finished.unwrap_or(Content::Null)),
    ];
    new_task(front, &one.category, &one.id, entries, &one.depends_on)
}

fn change(front: &Front<'_>, one: &Change, now: Timestamp) -> Vec<Edit> {
    let route = |key: &str| Route::task(&one.id).key(key);
    // a file keeps the key that it has
    let of = |keys: &[&'static str]| {
        let present = keys.iter().find(|key| front.get(&route(key)).is_some());
        route(present.or(keys.first()).copied().unwrap_or_default())
    };
    let mut edits = Vec::new();
    edits.extend(one.description.as_ref().map(|text| Edit::Set(of(&TEXT), Content::text(text.as_str()))));
    edits.extend(one.depends_on.as_ref().map(|ids| {
        let ids = ids.iter().map(Content::text).collect();
        Edit::Set(of(&WAITS), Content::List(ids))
    }));
    edits.extend(one.status.map(|status| status_edits(front, &one.id, status, now)).unwrap_or_default());
    edits
}
