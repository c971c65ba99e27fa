//! UserPromptSubmit: when the whole prompt is a trigger sentence, the finished briefing is put into the context at once; and
//! the budget: a prompt over a hard limit is blocked where that is wanted, and each alert is told once; so is a context that gets full.

use serde_json::json;
use wfo_day::{tables, triggers};

use super::protocol::{self, Input};
use super::session_start::briefing;
use crate::context::Context;
use crate::output::Printable;

/// The most tokens of the briefing.
const BOUND: u64 = 1_500;

/// Answers the event; silence unless the prompt is a trigger, the budget has news, or it is used up.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    super::forget_tickets(input, context);
    // A message without a prompt is none that could be blocked.
    let Some(prompt) = input.prompt.as_deref() else { return Printable::plain(String::new()) };
    let news = match super::budget::prompt(input, context) {
        Ok(news) => news.unwrap_or_default(),
        Err(blocked) => return blocked,
    };
    let page = if triggers::may_be(prompt) { finished(prompt, input, context) } else { None };
    let full = super::watch::news(input, context, "model");
    let parts: Vec<String> =
        [page, Some(news.model), full].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    protocol::told("UserPromptSubmit", json!({}), &news.person, &parts.join("\n\n"))
}

/// Makes the briefing that a trigger asks for.
fn finished(prompt: &str, input: &Input, context: &Context) -> Option<String> {
    // Triggers are the user's: no repository is looked at before one is found.
    let config = wfo_base::config::Config::load(&context.home, None);
    let rows = tables::TRIGGERS.load(&config.layers(&context.home, None)).value;
    if triggers::command(prompt, rows.iter().map(|(row, _)| row)) != Some("start-day") {
        return None;
    }
    let page = briefing(input, context, None, BOUND)?;
    Some(format!(
        "The user asks for the start-of-day briefing. Here it is, finished by wfo-helper just now: show it as it stands, \
         then ask which task to take. Nothing needs to be run or read first.\n\n{page}"
    ))
}
