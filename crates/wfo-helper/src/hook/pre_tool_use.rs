//! PreToolUse: turns a `--confirm` into a question for the person, and keeps the agent from answering in the person's place.
//! The start of an agent is a matter of the budget, commits are one of the commit guard.

use std::path::{Path, PathBuf};

use serde_json::Value;
use wfo_base::trust::{self, Desk};
use wfo_base::{read, text};

use super::guard::{self, Ground, Verdict};
use super::paths;
use super::protocol::{self, Input};
use crate::context::Context;
use crate::output::Printable;

/// Set by the host: 0 when nobody can answer a question.
const ATTENDED: &str = "CLAUDE_CODE_SESSION_ATTENDED";

/// Answers the event; silence for what does not concern us.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    // The host's word for it, and the older one.
    if let Some("Agent" | "Task") = input.tool_name.as_deref() {
        return super::budget::agent(input, context);
    }
    let own = context.home.wfo("");
    let decision = match input.tool_name.as_deref() {
        Some("Bash") => {
            super::forget_tickets(input, context);
            let ground = Ground { own: &own, cwd: input.cwd.as_deref() };
            guard::judge(input.tool_text("command").unwrap_or_default(), ground)
        }
        Some("Write" | "Edit" | "MultiEdit" | "NotebookEdit") => {
            let path = input.tool_text("file_path").or_else(|| input.tool_text("notebook_path"));
            match path.is_some_and(|path| paths::is_below(path, input.cwd.as_deref(), &own)) {
                true => Verdict::Deny(
                    "wfo keeps approvals and proposals there; they are written by wfo-helper alone".to_owned(),
                ),
                false => Verdict::Silent,
            }
        }
        _ => Verdict::Silent,
    };
    match decision {
        Verdict::Silent => super::commit::answer(input, context),
        Verdict::Deny(reason) => protocol::deny(&reason),
        Verdict::Confirm { proposal, after } => confirm(input, context, &proposal, after),
    }
}

/// Asks the person, and adds a ticket that only a yes lets through.
fn confirm(input: &Input, context: &Context, proposal: &str, after: usize) -> Printable {
    // The person is told what was shown with the id, never what the agent calls it.
    let shown =
        Desk::new(&context.home).issued(proposal).filter(|shown| !shown.title.is_empty() && !shown.actions.is_empty());
    let Some(shown) = shown else {
        return protocol::deny("wfo has shown no proposal with this id; run the command without --confirm and look");
    };
    let what = format!(
        "Proposal {proposal} of wfo: {}. It would {}. Only a person can say yes to this.",
        text::one_line(&shown.title),
        shown.actions.join("; ")
    );
    if std::env::var(ATTENDED).is_ok_and(|attended| attended == "0") {
        // Nobody is there: the host denies, and no ticket is made that could leak.
        return protocol::ask(&what, None);
    }
    if let Some(file) = answering_hook(input.cwd.as_deref().unwrap_or(&context.folder), context.home.config()) {
        return protocol::deny(&format!(
            "`{file}` names a PermissionRequest hook, which could say yes in the person's place. Ask the person to run the command in a terminal."
        ));
    }
    let Ok(nonce) = trust::issue(&context.home, proposal, &super::holder(input), &input.tool_use_id) else {
        return protocol::deny(
            "No ticket could be written below CONFIG/wfo. Ask the person to run the command in a terminal.",
        );
    };
    let mut updated = input.tool_input.clone();
    let command = input.tool_text("command").unwrap_or_default();
    let (before, rest) = command.split_at(after);
    updated.insert("command".to_owned(), Value::String(format!("{before} --ticket {nonce}{rest}")));
    protocol::ask(&what, Some(updated))
}

/// Finds project files that could answer the host's permission question by program. The user's own settings may.
fn answering_hook(folder: &Path, config: &Path) -> Option<String> {
    let project = std::env::var_os("CLAUDE_PROJECT_DIR").map(PathBuf::from);
    let folders = folder.ancestors().take(32).map(Path::to_owned).chain(project);
    folders.map(|folder| folder.join(".claude")).filter(|folder| folder != config).find_map(|folder| {
        let settings = ["settings.json", "settings.local.json"].map(|name| folder.join(name));
        let found = settings.into_iter().find(|file| names_hook(file));
        found.or_else(|| brought(&folder).find(|file| brings_hook(file))).map(|file| file.display().to_string())
    })
}

/// Says whether settings name the hook; what cannot be read may hold one.
fn names_hook(file: &Path) -> bool {
    match read::own(file, read::PAGE_LIMIT) {
        Ok(None) => false,
        Ok(Some(page)) => match serde_json::from_str::<Value>(&page.text) {
            Ok(settings) => settings.get("hooks").and_then(|hooks| hooks.get("PermissionRequest")).is_some(),
            Err(_) => true,
        },
        Err(_) => true,
    }
}

/// Skills and agents of a project: their front matter may hold hooks.
fn brought(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let skills = std::fs::read_dir(folder.join("skills"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|skill| skill.path().join("SKILL.md"));
    let agents = std::fs::read_dir(folder.join("agents")).into_iter().flatten().flatten().map(|agent| agent.path());
    skills.chain(agents).take(200)
}

fn brings_hook(file: &Path) -> bool {
    match read::own(file, read::PAGE_LIMIT) {
        Ok(page) => page.is_some_and(|page| {
            page.text.contains("PermissionRequest") || (page.text.contains("hooks") && page.text.contains("\\u"))
        }),
        Err(_) => true,
    }
}
