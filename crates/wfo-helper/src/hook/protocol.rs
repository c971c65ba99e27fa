//! The host's hook messages: only the fields that are used, read tolerantly; and the answers it understands.

use std::io::Read;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::output::Printable;

/// The most that is read from stdin: 16 MiB (a prompt may hold pasted files).
const LIMIT: u64 = 16 << 20;

/// What the host says. Every field may be missing.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// Whether a field has another type than the host gives it.
    pub(super) odd: bool,
    pub(super) session_id: String,
    pub(super) agent_id: Option<String>,
    pub(super) cwd: Option<PathBuf>,
    pub(super) transcript_path: Option<PathBuf>,
    pub(super) source: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) tool_name: Option<String>,
    pub(super) name: Option<String>,
    pub(super) worktree_path: Option<PathBuf>,
    pub(super) tool_use_id: String,
    pub(super) tool_input: Map<String, Value>,
    /// The size of the context window, where the host tells it.
    pub(super) context_window: Option<u64>,
    /// Whether the host goes on because a Stop hook asked for it.
    pub(super) stop_hook_active: bool,
}

impl Input {
    /// Returns a text field of the tool's input.
    pub(super) fn tool_text(&self, key: &str) -> Option<&str> {
        self.tool_input.get(key)?.as_str()
    }
}

/// What stdin held.
pub(super) enum Message {
    /// A message of the host.
    Input(Box<Input>),
    /// More than is read: it was not looked at.
    TooLarge,
    /// Anything else, as far as it is text.
    Foreign(String),
}

/// Reads stdin.
pub(super) fn read_stdin() -> Message {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes);
    if read.is_ok_and(|length| length as u64 > LIMIT) {
        return Message::TooLarge;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match parsed(&text) {
        Some(input) => Message::Input(Box::new(input)),
        None => Message::Foreign(text),
    }
}

/// Takes the fields one by one: one odd field must not switch the guard off.
fn parsed(text: &str) -> Option<Input> {
    let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(text) else { return None };
    let mut odd = false;
    let mut string = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        None | Some(Value::Null) => None,
        Some(_) => {
            odd = true;
            None
        }
    };
    let mut input = Input {
        odd: false,
        session_id: string("session_id").unwrap_or_default(),
        agent_id: string("agent_id"),
        cwd: string("cwd").map(PathBuf::from),
        transcript_path: string("transcript_path").map(PathBuf::from),
        source: string("source"),
        prompt: string("prompt"),
        tool_name: string("tool_name"),
        // Clients differ in what they call it.
        name: string("name").or_else(|| string("worktree_name")),
        worktree_path: string("worktree_path").map(PathBuf::from),
        tool_use_id: string("tool_use_id").unwrap_or_default(),
        tool_input: Map::new(),
        context_window: None,
        stop_hook_active: false,
    };
    match fields.remove("tool_input") {
        Some(Value::Object(tool_input)) => input.tool_input = tool_input,
        None | Some(Value::Null) => {}
        Some(_) => odd = true,
    }
    match fields.remove("stop_hook_active") {
        Some(Value::Bool(active)) => input.stop_hook_active = active,
        None | Some(Value::Null) => {}
        Some(_) => odd = true,
    }
    // As the status line is told; a host that says nothing of it is no odd one.
    let size = fields.get("context_window").and_then(|window| window.get("context_window_size"));
    input.context_window = size.and_then(Value::as_u64);
    input.odd = odd;
    Some(input)
}

/// Says whether a text that is no message may hold a call that only a person may make.
pub(super) fn may_confirm(text: &str) -> bool {
    text.contains("wfo") && ["hook", "--conf", "--tick", "--yes"].iter().any(|word| text.contains(word))
}

/// Adds text to the session's context.
pub(super) fn context(event: &str, text: &str) -> Printable {
    specific(event, json!({ "additionalContext": text }))
}

/// Refuses a prompt; the reason is shown to the person, and nothing is sent.
pub(super) fn block(reason: &str) -> Printable {
    Printable::plain(format!("{}\n", json!({ "decision": "block", "reason": reason })))
}

/// Tells the person and the model something, beside other fields for the event; nothing to say is silence.
pub(super) fn told(event: &str, mut fields: Value, person: &str, model: &str) -> Printable {
    let Some(inner) = fields.as_object_mut() else { return Printable::plain(String::new()) };
    if !model.is_empty() {
        inner.insert("additionalContext".to_owned(), Value::String(model.to_owned()));
    }
    if inner.is_empty() && person.is_empty() {
        return Printable::plain(String::new());
    }
    inner.insert("hookEventName".to_owned(), Value::String(event.to_owned()));
    let mut answer = json!({ "hookSpecificOutput": fields });
    if let Some(answer) = answer.as_object_mut().filter(|_| !person.is_empty()) {
        answer.insert("systemMessage".to_owned(), Value::String(person.to_owned()));
    }
    Printable::plain(format!("{answer}\n"))
}

/// Tells the person something, and nobody else.
pub(super) fn tell(person: &str) -> Printable {
    Printable::plain(format!("{}\n", json!({ "systemMessage": person })))
}

/// Refuses a tool call; the reason reaches the model.
pub(super) fn deny(reason: &str) -> Printable {
    specific("PreToolUse", json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }))
}

/// Has the host ask the person; with `input`, that is what runs after a yes.
pub(super) fn ask(reason: &str, input: Option<Map<String, Value>>) -> Printable {
    let mut fields = json!({ "permissionDecision": "ask", "permissionDecisionReason": reason });
    if let (Some(input), Some(fields)) = (input, fields.as_object_mut()) {
        fields.insert("updatedInput".to_owned(), Value::Object(input));
    }
    specific("PreToolUse", fields)
}

fn specific(event: &str, mut fields: Value) -> Printable {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("hookEventName".to_owned(), Value::String(event.to_owned()));
    }
    Printable::plain(format!("{}\n", json!({ "hookSpecificOutput": fields })))
}
