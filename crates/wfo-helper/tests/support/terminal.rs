//! Runs the helper at a terminal of its own, by way of `terminal.py` (Python's `pty`); a machine without Python skips.

use std::path::Path;

use serde_json::{Value, json};

use super::{Call, Sandbox, binary};

/// What was seen at the terminal.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The exit status.
    pub(crate) status: i64,
    /// stdout and stderr, as they came.
    pub(crate) output: String,
}

/// Runs the helper at a terminal in the sandbox's project. `None`, said out loud, where that cannot be done: no Python, or
/// the tests run below an agent that cannot be left.
pub(crate) fn at_terminal(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)]) -> Option<Seen> {
    run(sandbox, words(arguments), variables, None)
}

/// As [`at_terminal`], but a shell runs `script`, in which `$0` is the helper.
pub(crate) fn shell_at_terminal(sandbox: &Sandbox, script: &str) -> Option<Seen> {
    let helper = binary().to_string_lossy().into_owned();
    run(sandbox, ["sh", "-c", script, &helper].map(str::to_owned).to_vec(), &[], None)
}

/// As [`at_terminal`], but an agent of the host stands behind: the program that starts the helper carries `mark`.
pub(crate) fn at_terminal_of_an_agent(sandbox: &Sandbox, arguments: &[&str], mark: &str) -> Option<Seen> {
    run(sandbox, words(arguments), &[], Some(mark))
}

fn words(arguments: &[&str]) -> Vec<String> {
    let helper = binary().to_string_lossy().into_owned();
    std::iter::once(helper).chain(arguments.iter().map(|word| (*word).to_owned())).collect()
}

fn run(sandbox: &Sandbox, command: Vec<String>, variables: &[(&str, &str)], mark: Option<&str>) -> Option<Seen> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/terminal.py");
    let probe = Call::new("sh").args(["-c", "command -v python3"]).run(sandbox);
    if probe.status != Some(0) {
        eprintln!("skipped: python3 is not here");
        return None;
    }
    let mut env = json!({
        "PATH": std::env::var("PATH").unwrap_or_default(), "TZ": "UTC", "LC_ALL": "C", "TERM": "xterm", "WFO_NOW": super::NOW,
        "HOME": sandbox.at("home"), "CLAUDE_CONFIG_DIR": sandbox.config(), "TMPDIR": sandbox.at(""),
    });
    for (name, value) in variables {
        env[name] = json!(value);
    }
    let spec = json!({"command": command, "env": env}).to_string();
    let call = Call::new(probe.stdout.trim()).args([script.to_string_lossy().into_owned(), spec]);
    let call = mark.into_iter().fold(call, |call, mark| call.env(mark, "1"));
    let seen: Value = call.run(sandbox).json();
    if mark.is_none() && seen["agent"] == true {
        eprintln!("skipped: an agent stands behind every process here");
        return None;
    }
    let output = seen["output"].as_str().expect("text").to_owned();
    Some(Seen { status: seen["status"].as_i64().expect("a status"), output })
}
