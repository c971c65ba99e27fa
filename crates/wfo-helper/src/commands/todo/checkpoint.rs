//! `todo checkpoint`: how full the context is, and the state saved where that is due.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, codes};
use wfo_day::todo::{Save, checkpoint};
use wfo_todo::TaskStatus;
use wfo_todo::phase::ContextLevel;

use super::views::files_line;
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// Say how full the context is, and save the state in the TODO where that is due
///
/// From the limit `checkpoint` of the table `limits` on, an entry and a section with what is completed, current, next and blocked are
/// appended; below it nothing is written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Tokens in use
    #[arg(long, value_name = "N")]
    tokens: u64,
    /// The size of the host's window, where it is known
    #[arg(long, value_name = "N")]
    window: Option<u64>,
    /// What to remember
    #[arg(long, value_name = "TEXT", default_value = "")]
    notes: String,
    /// A task whose status is brought up to date, such as `impl_001=completed`; repeatable
    #[arg(long = "task", value_name = "ID=STATUS")]
    tasks: Vec<String>,
    #[command(flatten)]
    which: Which,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// ok, warn or checkpoint.
    level: &'static str,
    /// Tokens in use.
    tokens: u64,
    /// From how many tokens on a task should be ended.
    warn_at: Option<u64>,
    /// From how many tokens on the state is saved.
    checkpoint_at: Option<u64>,
    /// The TODO file that holds the state; null when nothing was due.
    file: Option<String>,
    /// Files that changed, or would.
    files: Vec<String>,
    /// What to do now.
    advice: &'static str,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let level = match self.level {
            "ok" => paint.green("ok"),
            "warn" => paint.yellow("warn"),
            other => paint.red(other),
        };
        let mut out = format!("{level} at {} tokens\n", self.tokens);
        if self.file.is_some() {
            out += &files_line(&self.files, self.applied);
        }
        out + self.advice + "\n"
    }
}

/// Returns what an agent does at a level.
fn advice(level: ContextLevel) -> &'static str {
    match level {
        ContextLevel::Ok => "go on",
        ContextLevel::Warn => "finish the current task, begin no other, then commit",
        ContextLevel::Checkpoint => {
            "commit, then empty the context: /compact keeps a summary, /clear begins anew; the TODO has the state"
        }
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let statuses = args.tasks.iter().map(|word| pair(word)).collect::<Result<Vec<_>, _>>()?;
    let save = Save { tokens: args.tokens, window: args.window, notes: &args.notes, statuses: &statuses, always: false };
    let checked = checkpoint(call.site, args.which.word(), &save, notes)?;
    let view = Shown {
        applied: !call.dry_run() && !checked.files.is_empty(),
        level: match checked.level {
            ContextLevel::Ok => "ok",
            ContextLevel::Warn => "warn",
            ContextLevel::Checkpoint => "checkpoint",
        },
        tokens: args.tokens,
        warn_at: checked.limits.0,
        checkpoint_at: checked.limits.1,
        file: checked.file,
        files: checked.files,
        advice: advice(checked.level),
    };
    let next = view.file.as_deref().filter(|_| view.applied).and_then(|file| call.commit(file));
    Ok(Answer::new("wfo.todo-checkpoint/1", view).next(next).into())
}

fn pair(word: &str) -> Result<(String, TaskStatus), Problem> {
    let parts = word.split_once('=').and_then(|(id, status)| Some((id.to_owned(), TaskStatus::from_word(status)?)));
    parts.ok_or_else(|| {
        let shown = wfo_base::text::code_span(word);
        Problem::new(codes::TODO_VALUE_INVALID, format!("{shown} is not a task and its status"))
            .hint("write `--task impl_001=completed`")
    })
}
