//! The budget in a session: blocks a prompt or the start of an agent over a hard limit where that is wanted, tells each alert
//! once, and starts agents with a cheaper model when little is left. Unknown spend never blocks and never switches.

use std::path::PathBuf;

use serde_json::{Value, json};
use wfo_base::{config::Config, text};
use wfo_cost::budget::request::{Decision, Verdict};
use wfo_cost::budget::standing::State as Standing;
use wfo_cost::{Alert, Origin};
use wfo_day::Place;
use wfo_day::cost::{Accounts, State, fresh_alerts};

use super::protocol::{self, Input};
use crate::context::Context;
use crate::output::Printable;

/// What a person begins a prompt with that is to be sent all the same.
const OVERRIDE: &str = "override budget";

/// What is told once: to the person, and to the model.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    pub(super) person: String,
    pub(super) model: String,
}

/// The place of a session, for as long as one answer takes.
struct Scene<'a> {
    context: &'a Context,
    place: Place,
    config: Config,
}

impl<'a> Scene<'a> {
    fn of(input: &Input, context: &'a Context) -> Self {
        let folder = input.cwd.as_ref().and_then(|folder| std::fs::canonicalize(folder).ok());
        let folder: PathBuf = folder.filter(|folder| folder.is_dir()).unwrap_or_else(|| context.folder.clone());
        let place = Place::find(&folder, &context.home);
        let config = place.config(&context.home);
        Self { context, place, config }
    }

    fn accounts(&self) -> Accounts<'_> {
        Accounts::live(&self.place, &self.context.home, &self.context.clock, &self.config)
    }
}

/// Judges a prompt: an answer that blocks it, or what is new to tell with it.
pub(super) fn prompt(input: &Input, context: &Context) -> Result<Option<News>, Printable> {
    let scene = Scene::of(input, context);
    let accounts = scene.accounts();
    let state = accounts.now(input.transcript_path.as_deref());
    let decision = state.going_on();
    if decision.verdict == Verdict::Deny && !passes(input.prompt.as_deref().unwrap_or_default()) {
        return Err(protocol::block(&format!(
            "{} To send one prompt all the same, begin it with \"{OVERRIDE}\"; commands with / and ! go through.",
            refusal(&decision, context)
        )));
    }
    Ok(news(&accounts, &state))
}

/// Answers the start of an agent; silence where it may start as it is.
pub(super) fn agent(input: &Input, context: &Context) -> Printable {
    let scene = Scene::of(input, context);
    let accounts = scene.accounts();
    let state = accounts.now(input.transcript_path.as_deref());
    let decision = state.going_on();
    if decision.verdict == Verdict::Deny {
        let reason =
            format!("{} Until then no agent is started; do the work here or stop.", refusal(&decision, context));
        return protocol::deny(&reason);
    }
    let mut news = news(&accounts, &state).unwrap_or_default();
    let switch = input.tool_text("model").and_then(|model| accounts.cheaper(model, &state));
    let mut fields = json!({});
    if let (Some(switch), Some(fields)) = (&switch, fields.as_object_mut()) {
        let mut updated = input.tool_input.clone();
        updated.insert("model".to_owned(), Value::String(switch.to.clone()));
        let words = format!("The agent starts with a cheaper model: {}.", text::one_line(&switch.reason));
        join(&mut news.person, &format!("wfo: {words}"));
        join(&mut news.model, &format!("{words} (auto_switch_models of the budget)"));
        fields.insert("updatedInput".to_owned(), Value::Object(updated));
    }
    protocol::told("PreToolUse", fields, &news.person, &news.model)
}

/// Says whether a prompt goes through over a hard limit: commands of the host, and what begins with the override.
fn passes(prompt: &str) -> bool {
    let prompt = prompt.trim_start();
    let head = prompt.get(..OVERRIDE.len());
    prompt.starts_with(['/', '!']) || head.is_some_and(|head| head.eq_ignore_ascii_case(OVERRIDE))
}

/// Words why nothing goes on, and what a person can do about it.
fn refusal(decision: &Decision, context: &Context) -> String {
    let binding = decision.binding.and_then(|index| decision.limits.get(index));
    let user = context.home.wfo("budgets.yaml").display().to_string();
    let (file, key) = match binding {
        Some(limit) => {
            let key = format!("`budgets.{}.{}_limit`", limit.scope.word(), limit.kind.word());
            match limit.side {
                Origin::Repository => ("costs/budget-config.json".to_owned(), key),
                Origin::User => (user, key),
                Origin::Default => (format!("costs/budget-config.json or {user}"), key),
            }
        }
        None => (user, "the limit".to_owned()),
    };
    format!(
        "Over budget: {}. Raise {key} in {}, or look with `wfo-helper cost budget`.",
        decision.reason,
        text::one_line(&file)
    )
}

/// Words the alerts that nobody was told yet.
fn news(accounts: &Accounts<'_>, state: &State) -> Option<News> {
    let alerts = fresh_alerts(accounts, state);
    if alerts.is_empty() {
        return None;
    }
    let words: Vec<String> = alerts.iter().map(worded).collect();
    let words = words.join("; ");
    let mut model = format!("Budget (wfo-helper, told once): {words}. `wfo-helper cost budget` tells more.");
    let saving = state.standing().filter(|standing| *standing > Standing::Normal);
    if let Some(saving) = saving.filter(|_| state.controls.auto_switch_models) {
        model += &format!(
            " State: {}. Agents that name a model are started with a cheaper one; name one (such as haiku) when you start \
             an agent. The model of this session is the person's to change.",
            saving.word()
        );
    }
    Some(News { person: format!("wfo budget: {words}"), model })
}

fn worded(alert: &Alert) -> String {
    let percent = alert.percent.map_or_else(String::new, |percent| format!(" ({percent} %)"));
    format!("{} {}: {} of {}{percent}", alert.scope.word(), alert.level.word(), alert.spent, alert.limit)
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_the_override_go_through_and_nothing_that_only_mentions_it() {
        for (prompt, expected) in [
            ("/cost", true),
            ("  /wfo:costs", true),
            ("!ls", true),
            ("override budget: finish the release", true),
            ("Override Budget", true),
            ("override budge", false),
            ("please override budget", false),
            ("fix the login", false),
            ("", false),
            ("överride budget", false),
        ] {
            assert_eq!(passes(prompt), expected, "{prompt}");
        }
    }
}
