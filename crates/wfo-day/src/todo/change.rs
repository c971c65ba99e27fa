//! Tasks and single keys of a TODO. Where the record says how far the work is, only a person changes it by hand.

use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, codes, text};
use wfo_todo::record::{self, NewTask};
use wfo_todo::{TaskStatus, front::Front};

use super::Site;
use super::choose::choose;
use super::files::bytes;
use super::put::{Edited, edit};

/// A task with another status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The TODO file.
    pub file: String,
    /// Files that changed, or would.
    pub files: Vec<String>,
    /// What it was; `None` where no status or an unknown word stood.
    pub was: Option<TaskStatus>,
}

/// Gives a task another status.
///
/// # Errors
/// `todo.task-unknown`, `todo.edit-refused`, and what choosing and writing a file answer.
pub fn set_task(
    site: &Site<'_>,
    wanted: Option<&str>,
    (id, status): (&str, TaskStatus),
    notes: &mut Vec<Diagnostic>,
) -> Result<Moved, Problem> {
    let file = choose(site, wanted, notes)?;
    let Edited { files, value } = edit(site, &file, notes, |front| {
        let change = record::set_task(front, id, status, site.now())?;
        Ok((change.page, change.was))
    })?;
    Ok(Moved { file, files, was: value })
}

/// New tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The TODO file.
    pub file: String,
    /// Files that changed, or would.
    pub files: Vec<String>,
    /// The id of the task.
    pub id: String,
}

/// Adds a task.
///
/// # Errors
/// `todo.value-invalid`, `todo.task-unknown` for a task that it waits for and that is not there, `todo.edit-refused`, and what
/// choosing and writing a file answer.
pub fn add_task(
    site: &Site<'_>,
    wanted: Option<&str>,
    task: &NewTask,
    notes: &mut Vec<Diagnostic>,
) -> Result<Added, Problem> {
    let file = choose(site, wanted, notes)?;
    let Edited { files, value } = edit(site, &file, notes, |front| {
        require_known(front, &task.depends_on)?;
        let added = record::add_tasks(front, std::slice::from_ref(task), site.now())?;
        Ok((added.page, added.ids.into_iter().next().unwrap_or_default()))
    })?;
    Ok(Added { file, files, id: value })
}

fn require_known(front: &Front<'_>, ids: &[String]) -> Result<(), Problem> {
    let read = wfo_todo::todo(front.file(), front.page())?.value;
    match ids.iter().find(|id| !read.tasks.iter().any(|task| task.id.as_ref() == Some(id))) {
        Some(id) => {
            let message = format!("the task cannot wait for {}, which is not there", text::code_span(id));
            Err(Problem::new(codes::TODO_TASK_UNKNOWN, message).hint("`wfo-helper todo show` lists the tasks"))
        }
        None => Ok(()),
    }
}

/// One key that is to be set, looked at but not set.
#[derive(Debug)]
pub struct Setting {
    /// The TODO file.
    pub file: String,
    /// The dotted path.
    pub key: String,
    /// The new value.
    pub value: String,
    /// The value that is there.
    pub before: Option<String>,
    /// Whether the key is new.
    pub added: bool,
    shown: String,
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// Files that changed, or would.
    pub files: Vec<String>,
}

/// The keys by which the record says how far the work is, at the top of older files too.
const HELD: [&str; 2] = ["workflow_progress", "quality_gates"];
const HELD_AT_TOP: [&str; 4] = ["phase", "current_step", "step", "status"];

impl Setting {
    /// Looks what setting `KEY=VALUE` would do.
    ///
    /// # Errors
    /// `todo.value-invalid`, `todo.phase-unknown`, `todo.edit-refused`, and what choosing and reading a file answer.
    pub fn look(
        site: &Site<'_>,
        wanted: Option<&str>,
        assignment: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let (key, value) = assignment.split_once('=').ok_or_else(|| {
            let shown = text::code_span(assignment);
            Problem::new(codes::TODO_VALUE_INVALID, format!("{shown} has no `=` between key and value"))
                .hint("write `wfo-helper todo set metadata.title=\"Login loop\"`")
        })?;
        let file = choose(site, wanted, notes)?;
        let bytes = bytes(site.root(), &file)?;
        let change = record::set_key(&Front::read(&file, &bytes)?, key.trim(), value)?;
        Ok(Self {
            file,
            key: key.trim().to_owned(),
            value: value.to_owned(),
            before: change.before,
            added: change.added,
            shown: trust::digest_bytes(&bytes),
        })
    }

    /// Says whether only a person may set it.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        let first = self.key.split('.').next().unwrap_or_default().trim();
        HELD.contains(&first) || HELD_AT_TOP.contains(&self.key.as_str())
    }

    /// What the yes is bound to: the file as it was shown.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        Subject {
            command: "todo set".to_owned(),
            arguments: format!("{}={}", self.key, self.value),
            main_checkout: site.place().identity(),
            state: format!("{} {}", self.file, self.shown),
        }
    }

    /// Sets it.
    ///
    /// # Errors
    /// `todo.changed` when the file is not as it was shown, and what writing answers.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<KeyChange, Problem> {
        let held = self.needs_person();
        let Edited { files, value: () } = edit(site, &self.file, notes, |front| {
            if held && trust::digest(front.page()) != self.shown {
                return Err(super::put::changed(&self.file));
            }
            Ok((record::set_key(front, &self.key, &self.value)?.page, ()))
        })?;
        Ok(KeyChange { files })
    }
}
