//! UserPromptSubmit: when the whole prompt is a trigger sentence, the finished briefing is put into the context at once.

use wfo_day::{tables, triggers};

use super::protocol::{self, Input};
use super::session_start::briefing;
use crate::context::Context;
use crate::output::Printable;

/// The most tokens of the briefing.
const BOUND: u64 = 1_500;

/// Answers the event; silence unless the prompt is a trigger.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    super::forget_tickets(input, context);
    let silence = || Printable::plain(String::new());
    let Some(prompt) = input.prompt.as_deref().filter(|prompt| triggers::may_be(prompt)) else { return silence() };
    // Triggers are the user's: no repository is looked at before one is found.
    let config = wfo_base::config::Config::load(&context.home, None);
    let rows = tables::TRIGGERS.load(&config.layers(&context.home, None)).value;
    if triggers::command(prompt, rows.iter().map(|(row, _)| row)) != Some("start-day") {
        return silence();
    }
    match briefing(input, context, None, BOUND) {
        Some(page) => protocol::context(
            "UserPromptSubmit",
            &format!(
                "The user asks for the start-of-day briefing. Here it is, finished by wfo-helper just now: show it as it stands, \
                 then ask which task to take. Nothing needs to be run or read first.\n\n{page}"
            ),
        ),
        None => silence(),
    }
}
