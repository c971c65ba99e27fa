//! PreToolUse: turns a `--confirm` into a question for the person, and keeps the agent from answering in the person's place.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use wfo_base::trust::{self, Desk};
use wfo_base::{read, text};

use super::guard::{self, Verdict};
use super::protocol::{self, Input};
use crate::context::Context;
use crate::output::Printable;

/// Set by the host: 0 when nobody can answer a question.
const ATTENDED: &str = "CLAUDE_CODE_SESSION_ATTENDED";

/// Answers the event; silence for what does not concern us.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    let own = context.home.wfo("");
    let decision = match input.tool_name.as_deref() {
        Some("Bash") => {
            super::forget_tickets(input, context);
            guard::judge(input.tool_text("command").unwrap_or_default(), &own)
        }
        Some("Write" | "Edit" | "MultiEdit" | "NotebookEdit") => {
            let path = input.tool_text("file_path").or_else(|| input.tool_text("notebook_path"));
            match path.is_some_and(|path| is_below(path, input.cwd.as_deref(), &own)) {
                true => Verdict::Deny(
                    "wfo keeps approvals and proposals there; they are written by wfo-helper alone".to_owned(),
                ),
                false => Verdict::Silent,
            }
        }
        _ => Verdict::Silent,
    };
    match decision {
        Verdict::Silent => Printable::plain(String::new()),
        Verdict::Deny(reason) => protocol::deny(&reason),
        Verdict::Confirm { proposal, after } => confirm(input, context, &proposal, after),
    }
}

/// Asks the person, and adds a ticket that only a yes lets through.
fn confirm(input: &Input, context: &Context, proposal: &str, after: usize) -> Printable {
    let what = Desk::new(&context.home).issued(proposal).map_or_else(
        || format!("Proposal {proposal} of wfo needs your yes."),
        |shown| {
            format!(
                "Proposal {proposal} of wfo: {}. {}",
                text::quoted(&shown.title),
                shown.actions.iter().map(|a| text::quoted(a)).collect::<Vec<_>>().join("; ")
            )
        },
    );
    let what = format!("{what} Only a person can say yes to this.");
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

/// Finds project settings that would answer the host's permission question by program. The user's own settings may.
fn answering_hook(folder: &Path, config: &Path) -> Option<&'static str> {
    [".claude/settings.json", ".claude/settings.local.json"].into_iter().find(|name| {
        folder.ancestors().take(32).filter(|folder| folder.join(".claude") != config).any(|folder| {
            let page = read::own(&folder.join(name), read::PAGE_LIMIT);
            // What cannot be read may hold one.
            page.map_or(true, |page| page.is_some_and(|page| page.text.contains("PermissionRequest")))
        })
    })
}

/// Says whether a path, after links and dots, lies below a folder.
fn is_below(path: &str, cwd: Option<&Path>, folder: &Path) -> bool {
    let expanded = match path.strip_prefix("~/") {
        Some(rest) => std::env::home_dir().unwrap_or_default().join(rest),
        None => cwd.unwrap_or(Path::new("/")).join(path),
    };
    let mut plain = PathBuf::new();
    for part in expanded.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    resolved(&plain).starts_with(resolved(folder)) || plain.starts_with(folder)
}

/// Resolves the longest part of a path that is there.
fn resolved(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let Ok(real) = std::fs::canonicalize(there) {
            return real.join(path.strip_prefix(there).unwrap_or(Path::new("")));
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_links_and_tilde_do_not_hide_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("config/wfo");
        wfo_base::atomic::make_folder(&own, false).unwrap();
        std::os::unix::fs::symlink(&own, folder.path().join("link")).unwrap();
        let cwd = folder.path().join("config");
        for path in ["wfo/used.jsonl", "../config/./wfo/x/y", "../link/approvals.jsonl"] {
            assert!(is_below(path, Some(&cwd), &own), "{path}");
        }
        for path in ["wfo2/x", "other/wfo", "/etc/passwd", ""] {
            assert!(!is_below(path, Some(&cwd), &own), "{path}");
        }
    }
}
