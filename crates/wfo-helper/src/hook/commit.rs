//! The commit guard in a session: refuses what goes around the commit checks, asks where it cannot be told, and is silent for
//! everything else. Blocks by exit status 2, which every version of the host honours.

use std::path::{Path, PathBuf};

use serde_json::Value;
use wfo_base::text;
use wfo_day::guard::{self, Content, Judgement};

use super::protocol::{self, Input};
use crate::context::Context;
use crate::output::Printable;

/// The longest reason that is given.
const LONGEST: usize = 600;
/// What helps against a secret.
pub(crate) const MEND: &str = "take the value out (read it from the environment, for one) and stage the file again, or `git rm --cached` it; on a false alarm a person writes `wfo:allow REASON` into the line";

/// Judges a tool call.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    let silence = || Printable::plain(String::new());
    let Some(tool) = input.tool_name.as_deref() else { return silence() };
    let folder: &Path = input.cwd.as_deref().filter(|folder| folder.is_absolute()).unwrap_or(&context.folder);
    let judgement = match tool {
        "Bash" => guard::judge_command(input.tool_text("command").unwrap_or_default(), folder),
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" => {
            let path = input.tool_text("file_path").or_else(|| input.tool_text("notebook_path")).unwrap_or_default();
            guard::judge_write(tool, path, folder).map_or(Judgement::Allow, Judgement::Deny)
        }
        _ if tool.starts_with("mcp__") => guard::judge_call(tool, repository(input).as_deref()),
        _ => Judgement::Allow,
    };
    match judgement {
        Judgement::Allow | Judgement::Push(_) => silence(),
        Judgement::Commit(commit) => match guard::look(&commit, &said(input), folder, &context.home) {
            Content::Clean => silence(),
            Content::Secrets(what) => blocked(&format!("wfo refuses this commit: {what}; {MEND}")),
            Content::Unknown(why) => protocol::ask(
                &text::one_line(&format!(
                    "wfo could not look at all of what this would commit: {why}; a person decides"
                )),
                None,
            ),
        },
        Judgement::Deny(deny) => blocked(&format!("wfo refuses {}: {}", deny.what, deny.reason)),
        Judgement::Ask(ask) => protocol::ask(&text::one_line(&ask.reason), None),
    }
}

fn blocked(reason: &str) -> Printable {
    Printable::blocked(&text::one_line(reason).chars().take(LONGEST).collect::<String>())
}

/// Returns all texts of a tool's input, whatever their names: any of them may end in the commit or its message.
fn said(input: &Input) -> String {
    let texts: Vec<&str> = input.tool_input.values().filter_map(Value::as_str).collect();
    texts.join("\n")
}

/// Returns the repository that a server's tool is told to work in.
fn repository(input: &Input) -> Option<PathBuf> {
    ["repo_path", "repository", "repo", "path", "cwd", "directory"]
        .iter()
        .find_map(|key| input.tool_text(key))
        .map(PathBuf::from)
}
