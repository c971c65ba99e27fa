//! `todo task add|set`: a new task, and another status for one.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::todo::{NewTask, add_task, set_task};
use wfo_todo::TaskStatus;

use super::views::{Status, clean, files_line};
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// Add a task, or give one another status
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Add a task at the end of a category, pending, with the next free id
    Add {
        /// planning, specification, implementation, testing, containerization, qa, integration, or one of your own
        category: String,
        /// What is to be done
        description: String,
        /// Its id [default: the next free one, such as `impl_004`]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Tasks that it waits for
        #[arg(long, value_name = "ID", value_delimiter = ',')]
        after: Vec<String>,
        #[command(flatten)]
        which: Which,
    },
    /// Give a task another status; only its status and its dates change, and where the record says what was last done
    Set {
        /// The task
        id: String,
        /// How far it is
        #[arg(long, value_enum)]
        status: Status,
        #[command(flatten)]
        which: Which,
    },
}

/// A task that was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Added {
    /// Whether it was written.
    applied: bool,
    /// The TODO file.
    file: String,
    /// Its id.
    id: String,
    /// The list it stands in.
    category: String,
    /// Files that changed, or would.
    files: Vec<String>,
}

impl View for Added {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("added") } else { paint.dim("would add") };
        format!("{word} {} to {}\n{}", paint.bold(&self.id), self.category, files_line(&self.files, self.applied))
    }
}

/// A task with another status.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Moved {
    /// Whether it was written.
    applied: bool,
    /// The TODO file.
    file: String,
    /// The task.
    id: String,
    /// What it was; null where no status or an unknown word stood.
    was: Option<&'static str>,
    /// What it is now.
    status: &'static str,
    /// Files that changed, or would.
    files: Vec<String>,
}

impl View for Moved {
    fn text(&self, paint: Paint) -> String {
        let was = self.was.unwrap_or("no status");
        format!("{} {was} -> {}\n{}", paint.bold(&self.id), self.status, files_line(&self.files, self.applied))
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let applied = !call.dry_run();
    match args.verb {
        Verb::Add { category, description, id, after, which } => {
            let task = NewTask { id, category, description, depends_on: after };
            let added = add_task(call.site, which.word(), &task, notes)?;
            let category = clean(&task.category);
            let view = Added { applied, file: added.file, id: clean(&added.id), category, files: added.files };
            Ok(Answer::new("wfo.todo-task-add/1", view).into())
        }
        Verb::Set { id, status, which } => {
            let status = TaskStatus::from(status);
            let moved = set_task(call.site, which.word(), (&id, status), notes)?;
            let view = Moved {
                applied,
                file: moved.file,
                id: clean(&id),
                was: moved.was.map(TaskStatus::as_str),
                status: status.as_str(),
                files: moved.files,
            };
            Ok(Answer::new("wfo.todo-task-set/1", view).into())
        }
    }
}
