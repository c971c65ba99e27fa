//! Runs every command of the plugin's `hooks/hooks.json` as Claude Code would, with a sample message that concerns nothing:
//! a hook that is missing or breaks is a guard that is silently off. Runs nothing but the plugin's own commands.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use wfo_base::process::Run;
use wfo_base::{read, text};

use super::{Check, more};
use crate::setup::Sources;
use crate::tools::is_executable;

/// The file, below the plugin's folder.
const FILE: &str = "hooks/hooks.json";
/// How long one command may take here; the host allows each its own time, at most this.
const TIME: Duration = Duration::from_secs(2);
/// The most commands that are run.
const MOST: usize = 20;

/// One command of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hook {
    event: String,
    command: String,
    /// Arguments of the form without a shell.
    args: Option<Vec<String>>,
    limit: Duration,
}

/// Runs all commands side by side.
pub(super) fn check(root: Option<&Path>, sources: &Sources) -> Check {
    let Some(root) = root else {
        return Check::unknown("hooks", "no installed wfo plugin was found, so there are no hooks to run");
    };
    if let Some((file, setting)) = sources.hooks_off() {
        return Check::fail("hooks", format!("`{setting}` in {file} turns the plugin's hooks off"))
            .fix(format!("take `{setting}` out of {file}"));
    }
    let found = match load(root) {
        Ok(found) => found,
        Err(why) => return Check::fail("hooks", why).fix("install the plugin anew"),
    };
    let faults: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = found.iter().map(|hook| scope.spawn(|| fault(hook, root))).collect();
        runs.into_iter().filter_map(|run| run.join().unwrap_or_else(|_| Some("a check broke".to_owned()))).collect()
    });
    match faults.first() {
        None => Check::pass("hooks", format!("{} ran on a sample: {}", counted(found.len()), events(&found))),
        Some(first) => Check::fail("hooks", format!("{first}{}", more(faults.len())))
            .fix("install the plugin anew, or run `sh scripts/install.sh` in its folder"),
    }
}

fn counted(number: usize) -> String {
    if number == 1 { "one command".to_owned() } else { format!("{number} commands") }
}

fn events(found: &[Hook]) -> String {
    let mut names: Vec<&str> = found.iter().map(|hook| hook.event.as_str()).collect();
    names.dedup();
    names.join(", ")
}

/// Reads the commands.
fn load(root: &Path) -> Result<Vec<Hook>, String> {
    let page = read::page(root, FILE, read::PAGE_LIMIT).map_err(|problem| problem.message)?;
    let page = page.ok_or_else(|| format!("{} is not there", root.join(FILE).display()))?;
    let file: Value = serde_json::from_str(&page.text).map_err(|error| format!("{FILE} does not parse: {error}"))?;
    let mut found = Vec::new();
    for (event, groups) in file.get("hooks").and_then(Value::as_object).into_iter().flatten() {
        let groups = groups.as_array().into_iter().flatten();
        for hook in groups.filter_map(|group| group.get("hooks")?.as_array()).flatten() {
            let Some(command) = hook.get("command").and_then(Value::as_str) else { continue };
            let args = hook.get("args").and_then(Value::as_array);
            let seconds = hook.get("timeout").and_then(Value::as_u64);
            found.push(Hook {
                event: event.clone(),
                command: command.to_owned(),
                args: args.map(|args| args.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
                limit: seconds.map_or(TIME, |seconds| Duration::from_secs(seconds).min(TIME)),
            });
        }
    }
    found.truncate(MOST);
    if found.is_empty() { Err(format!("{FILE} names no command")) } else { Ok(found) }
}

/// Says what is wrong with a command; `None` when it ran.
fn fault(hook: &Hook, root: &Path) -> Option<String> {
    let shown = |why: String| Some(format!("the hook for {} {why}", text::clip(&hook.event, 60)));
    let Some(program) = program(hook, root) else { return shown("names no program".to_owned()) };
    if !is_executable(&program) {
        return shown(format!("starts {}, which is missing or cannot be run", program.display()));
    }
    match run(hook, root) {
        Err(problem) => shown(problem.message),
        Ok(ran) if !ran.is_ok() => {
            let said = String::from_utf8_lossy(&ran.stderr);
            let status = ran.status.map_or("a signal".to_owned(), |status| format!("status {status}"));
            shown(format!("ended with {status}: {}", text::clip(said.lines().next().unwrap_or_default(), 120)))
        }
        Ok(ran) => {
            let out = String::from_utf8_lossy(&ran.stdout);
            let broken = out.trim_start().starts_with('{') && serde_json::from_str::<Value>(&out).is_err();
            if broken { shown("answers with JSON that does not parse".to_owned()) } else { None }
        }
    }
}

/// Returns the program that a command starts, its folder filled in; a bare name is not found by hooks.
fn program(hook: &Hook, root: &Path) -> Option<PathBuf> {
    let whole = filled(&hook.command, root);
    let first = match hook.args {
        Some(_) => whole,
        None => first_word(&whole)?,
    };
    let path = PathBuf::from(first);
    if path.is_absolute() {
        return Some(path);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(&path)).find(|file| is_executable(file));
    Some(found.unwrap_or(path))
}

fn filled(text: &str, root: &Path) -> String {
    let root = root.to_string_lossy();
    text.replace("${CLAUDE_PLUGIN_ROOT}", &root).replace("$CLAUDE_PLUGIN_ROOT", &root)
}

/// Returns the first word of a shell command, quotes taken off.
fn first_word(command: &str) -> Option<String> {
    let mut word = String::new();
    let mut quote = None;
    for c in command.trim_start().chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, c) if c.is_whitespace() || matches!(c, ';' | '|' | '&') => break,
            (_, c) => word.push(c),
        }
    }
    (!word.is_empty()).then_some(word)
}

fn run(hook: &Hook, root: &Path) -> Result<wfo_base::process::Ran, wfo_base::Problem> {
    // The message goes in by a pipe, as from the host; the shell is the one that the host uses.
    let shell = Run::new("sh").arg("-c");
    let shell = match &hook.args {
        None => shell.arg(format!("printf %s \"$WFO_SAMPLE\" | {{\n{}\n}}", hook.command)),
        Some(args) => {
            let words = std::iter::once(&hook.command).chain(args).map(|word| filled(word, root));
            shell.arg("printf %s \"$WFO_SAMPLE\" | \"$@\"").arg("sh").args(words)
        }
    };
    let folder = std::env::temp_dir();
    let root = root.to_string_lossy();
    shell
        .env("WFO_SAMPLE", Some(&sample(&hook.event, &folder)))
        .env("CLAUDE_PLUGIN_ROOT", Some(&root))
        .folder(&folder)
        .limit(hook.limit)
        .run()
}

/// Makes a message about nothing: a command that does nothing, a prompt that asks for nothing.
fn sample(event: &str, folder: &Path) -> String {
    json!({
        "session_id": "wfo-doctor",
        "transcript_path": "/dev/null",
        "cwd": folder,
        "hook_event_name": event,
        "source": "resume",
        "prompt": "(a sample from wfo-helper doctor)",
        "tool_name": "Bash",
        "tool_use_id": "wfo-doctor",
        "tool_input": {"command": "true"},
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use std::os::unix::fs::PermissionsExt;

    fn plugin(commands: &[(&str, &str)], script: &str) -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("a plugin ").tempdir().unwrap();
        let file = |path: &str, text: &str| {
            let path = folder.path().join(path);
            wfo_base::atomic::make_folder(path.parent().unwrap(), false).unwrap();
            wfo_base::atomic::write(&path, text.as_bytes()).unwrap();
            path
        };
        let hooks: serde_json::Map<String, Value> = commands
            .iter()
            .map(|(event, hook)| {
                ((*event).to_owned(), json!([{"hooks": [serde_json::from_str::<Value>(hook).unwrap()]}]))
            })
            .collect();
        file(FILE, &json!({"hooks": hooks}).to_string());
        let path = file("bin/x", &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    const SHELL: &str = r#"{"type":"command","command":"\"${CLAUDE_PLUGIN_ROOT}\"/bin/x a || exit 2"}"#;
    const EXEC: &str = r#"{"type":"command","command":"${CLAUDE_PLUGIN_ROOT}/bin/x","args":["a b"]}"#;

    fn verdict(commands: &[(&str, &str)], script: &str) -> (Verdict, String) {
        let plugin = plugin(commands, script);
        let check = check(Some(plugin.path()), &Sources::default());
        (check.verdict, check.detail)
    }

    #[test]
    fn commands_run_in_both_forms_with_the_message_on_stdin() {
        let script = "grep -q '\"hook_event_name\":\"Stop\"' && [ $# = 1 ]";
        for command in [SHELL, EXEC] {
            let (verdict, detail) = verdict(&[("Stop", command)], script);
            assert_eq!(verdict, Verdict::Pass, "{detail}");
        }
        assert_eq!(verdict(&[("Other", SHELL)], script).0, Verdict::Fail);
    }

    #[test]
    fn what_would_be_silently_off_fails() {
        for (command, script, words) in [
            (SHELL, "echo no >&2; exit 3", "status 2: no"),
            (SHELL, "echo '{\"broken\"'", "does not parse"),
            (r#"{"command":"wfo-helper-that-is-not-there hook x"}"#, "", "missing or cannot be run"),
            (r#"{"command":"\"${CLAUDE_PLUGIN_ROOT}\"/bin/gone"}"#, "", "bin/gone, which is missing"),
            (r#"{"command":"\"${CLAUDE_PLUGIN_ROOT}\"/bin/x","timeout":1}"#, "sleep 30", "ran longer than 1 s"),
            (r#"{"type":"prompt"}"#, "", "names no command"),
        ] {
            let (verdict, detail) = verdict(&[("Stop", command)], script);
            assert_eq!(verdict, Verdict::Fail, "{command}");
            assert!(detail.contains(words), "{detail}");
        }
    }

    #[test]
    fn without_a_plugin_nothing_is_known() {
        assert_eq!(check(None, &Sources::default()).verdict, Verdict::Unknown);
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(check(Some(empty.path()), &Sources::default()).verdict, Verdict::Fail);
    }
}
