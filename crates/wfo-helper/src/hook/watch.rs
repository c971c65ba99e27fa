//! The context watch: tells a crossed limit once, saves the state before the host forgets, and gives it back afterwards.
//! Silent wherever something cannot be known or saved at once; never fails a session.

use std::path::PathBuf;

use wfo_base::{Diagnostic, text};
use wfo_day::Place;
use wfo_day::todo::{Crossing, Restored, Site, Watched, crossing, restored, save_before_compaction, task_line};
use wfo_todo::phase::ContextLevel;

use super::protocol::Input;
use crate::context::Context;
use crate::output::Printable;

/// The most tokens of what a session is given back.
const BOUND: usize = 500;

/// Runs `work` where the session works; `None` outside a repository, and where the watch is switched off.
fn there<T>(input: &Input, context: &Context, work: impl FnOnce(&Site<'_>) -> Option<T>) -> Option<T> {
    let folder = input.cwd.as_ref().and_then(|folder| std::fs::canonicalize(folder).ok());
    let folder: PathBuf = folder.filter(|folder| folder.is_dir())?;
    let place = Place::find(&folder, &context.home);
    place.repository()?;
    let mut notes: Vec<Diagnostic> = Vec::new();
    let site = Site::at(&place, &context.home, &context.clock, false, &mut notes).ok()?;
    if site.watches() { work(&site) } else { None }
}

/// Words a limit that the session crossed since `listener` was last told.
pub(super) fn news(input: &Input, context: &Context, listener: &str) -> Option<String> {
    let transcript = input.transcript_path.as_deref().filter(|_| !input.session_id.is_empty())?;
    there(input, context, |site| {
        let watched = Watched { session: &input.session_id, transcript, window: input.context_window };
        let crossed = crossing(site, &watched, listener)?;
        Some(site.rules().without_secrets(&worded(&crossed)))
    })
}

fn worded(crossed: &Crossing) -> String {
    let tokens = crossed.tokens;
    if crossed.level != ContextLevel::Checkpoint {
        return format!(
            "wfo: the context holds {tokens} tokens. Finish the current task, begin no other, and commit; soon the state is saved."
        );
    }
    let state = match (&crossed.saved, &crossed.not_saved) {
        (Some(file), _) => format!("the state is saved in {}", text::quoted(file)),
        (None, Some(problem)) => format!("the state could not be saved ({})", text::quoted(&problem.message)),
        (None, None) => "there is no TODO to save the state in (`wfo-helper context write` hands over)".to_owned(),
    };
    format!(
        "wfo: the context holds {tokens} tokens; {state}. Commit, then `/compact`, or `/clear` and go on from the TODO."
    )
}

/// Answers PreCompact: the state is saved before the host forgets. The host shows these words to the person and gives them to the model
/// as instructions for its summary, so they are plain words, and the only foreign text in them is the name of a file.
pub(super) fn before_compaction(input: &Input, context: &Context) -> Printable {
    let saved = there(input, context, |site| save_before_compaction(site, input.transcript_path.as_deref()).ok());
    Printable::plain(saved.map_or_else(String::new, |file| {
        format!(
            "wfo: the state is saved in {}. Keep in the summary: this file's name, the step and the task in work, what is decided and what \
             is open, and that `wfo-helper next` says what comes now.\n",
            text::quoted(&file)
        )
    }))
}

/// Words what a session needs to go on; `None` where no TODO belongs to its place.
pub(super) fn state(input: &Input, context: &Context) -> Option<String> {
    there(input, context, |site| {
        let words = restored_words(&restored(site)?);
        Some(text::clip(&site.rules().without_secrets_in_lines(&words), BOUND * 4).into_owned())
    })
}

fn restored_words(state: &Restored) -> String {
    let one = &state.workflow;
    let step = one.step.as_deref().map_or_else(|| "?".to_owned(), text::quoted);
    let status = one.status.as_deref().map_or_else(|| "no status".to_owned(), text::quoted);
    let mut lines = vec![
        format!("record: {} ({})", text::quoted(&one.file), text::quoted(&one.title)),
        format!("recorded step: {step}, {status}"),
    ];
    for (word, tasks) in [("in work", &state.current), ("next", &state.next)] {
        lines.extend(tasks.iter().map(|task| format!("{word}: {}", task_line(task))));
    }
    let skills = if state.skills.is_empty() { String::new() } else { format!(" Skills: {}.", state.skills.join(", ")) };
    // A title cannot close the fence: quoted text is one line, and a line of ours never begins with backticks.
    let which = wfo_todo::todo_name(one.file.rsplit('/').next().unwrap_or_default())
        .map(|name| format!(" --todo {}_{}", name.stamp, name.slug))
        .unwrap_or_default();
    format!(
        "Where the work stood (from wfo; `wfo-helper todo show` gives all of it, the section \"Context Checkpoint\" of the file has \
         the last notes). A record may be stale: before you go on run `wfo-helper next{which} --json`, which derives the step that \
         comes now.{skills}\n\n{}\n```text\n{}\n```\n",
        text::QUOTE_HEADING,
        lines.join("\n")
    )
}
