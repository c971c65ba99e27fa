//! The plugin as the host sees it: manifests, icon, and hooks that exist, run, and never fail a session.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Call, Done, Sandbox, binary, repository, text_of};

/// Events that the host knows.
const EVENTS: [&str; 16] = [
    "SessionStart",
    "SessionEnd",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PostToolBatch",
    "PermissionRequest",
    "PermissionDenied",
    "Notification",
    "Stop",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
    "WorktreeCreate",
    "WorktreeRemove",
];

fn json_of(relative: &str) -> Value {
    serde_json::from_str(&text_of(&repository().join(relative))).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

#[test]
fn the_manifest_has_the_version_of_the_program() {
    let plugin = json_of(".claude-plugin/plugin.json");
    assert_eq!(plugin["name"], "wfo");
    assert_eq!(plugin["version"], env!("CARGO_PKG_VERSION"), "raise the version in .claude-plugin/plugin.json too");
    for key in ["displayName", "description", "license"] {
        assert!(plugin[key].as_str().is_some_and(|text| !text.is_empty()), "plugin.json has no {key}");
    }
}

#[test]
fn the_marketplace_offers_this_very_plugin() {
    let market = json_of(".claude-plugin/marketplace.json");
    assert!(market["description"].is_string() && market["owner"]["name"].is_string());
    let plugins = market["plugins"].as_array().expect("a list of plugins");
    assert_eq!(plugins.len(), 1);
    assert_eq!((plugins[0]["name"].as_str(), plugins[0]["source"].as_str()), (Some("wfo"), Some("./")));
    // The manifest's version wins; a second one here could only be wrong.
    assert_eq!(plugins[0].get("version"), None);
}

#[test]
fn the_icon_is_a_square_png_of_at_least_512() {
    let path = json_of(".claude-plugin/plugin.json")["icon"].as_str().expect("an icon").to_owned();
    let bytes = std::fs::read(repository().join(path)).expect("the icon");
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "not a PNG");
    assert_eq!(&bytes[12..16], b"IHDR");
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(side(16), side(20), "not square");
    assert!((512..=2048).contains(&side(16)) && bytes.len() < 2 << 20, "{} pixels, {} bytes", side(16), bytes.len());
}

/// One hook of `hooks.json`.
struct Hook {
    event: String,
    matcher: Option<String>,
    command: String,
    timeout: u64,
}

fn hooks() -> Vec<Hook> {
    let file = json_of("hooks/hooks.json");
    let mut found = Vec::new();
    for (event, groups) in file["hooks"].as_object().expect("hooks by event") {
        for group in groups.as_array().expect("a list") {
            for hook in group["hooks"].as_array().expect("a list") {
                assert_eq!(hook["type"], "command", "{event}");
                found.push(Hook {
                    event: event.clone(),
                    matcher: group["matcher"].as_str().map(str::to_owned),
                    command: hook["command"].as_str().expect("a command").to_owned(),
                    timeout: hook["timeout"].as_u64().unwrap_or_else(|| panic!("{event}: no timeout")),
                });
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Makes what the host would send for an event.
fn payload(sandbox: &Sandbox, event: &str) -> Value {
    let mut payload = json!({"session_id": "s", "transcript_path": "/nowhere.jsonl", "cwd": sandbox.project(), "hook_event_name": event});
    let more = match event {
        "SessionStart" => json!({"source": "startup"}),
        "UserPromptSubmit" => json!({"prompt": "start day"}),
        "PreToolUse" => json!({"tool_name": "Bash", "tool_use_id": "t", "tool_input": {"command": "git status"}}),
        "PostToolBatch" => {
            json!({"tool_calls": [{"tool_name": "Bash", "tool_use_id": "t", "tool_input": {"command": "git status"}}]})
        }
        "Stop" => json!({"stop_hook_active": false, "last_assistant_message": "done"}),
        "PreCompact" => json!({"trigger": "auto", "custom_instructions": ""}),
        "WorktreeCreate" => json!({"name": "feat-x"}),
        "WorktreeRemove" => json!({"worktree_path": sandbox.project().join(".claude/worktrees/feat-x")}),
        other => panic!("{other} has no sample here: add one"),
    };
    payload.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    payload
}

/// Runs a hook's own command line as the host does: by a shell, with the plugin's folder in a variable.
fn run(sandbox: &Sandbox, command: &str, stdin: &str) -> Done {
    Call::new("sh")
        .args(["-c", command])
        .env("CLAUDE_PLUGIN_ROOT", repository().to_string_lossy())
        .env("CLAUDE_PROJECT_DIR", sandbox.project().to_string_lossy())
        .env("WFO_HELPER", binary().to_string_lossy())
        .stdin(stdin)
        .run(sandbox)
}

fn repository_sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.write("project/TASK.md", "## Now\n- [ ] Fix login [P1]\n");
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "-m", "one"]);
    sandbox
}

#[test]
fn every_hook_is_for_an_event_that_exists_and_names_a_program_that_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for hook in hooks() {
        assert!(EVENTS.contains(&hook.event.as_str()), "{} is not an event of the host", hook.event);
        // A checkout may take its time; nothing else may.
        let most = if hook.event.starts_with("Worktree") { 600 } else { 10 };
        assert!((1..=most).contains(&hook.timeout), "{}: a timeout of {} s", hook.event, hook.timeout);
        let rest = hook
            .command
            .strip_prefix("\"${CLAUDE_PLUGIN_ROOT}\"/")
            .unwrap_or_else(|| panic!("not below the plugin: {}", hook.command));
        let program = repository().join(rest.split(' ').next().expect("a program"));
        let mode = std::fs::metadata(&program)
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
            .permissions()
            .mode();
        assert!(mode & 0o111 == 0o111, "{} cannot be run", program.display());
        if hook.event == "PreToolUse" {
            let matcher = hook.matcher.expect("PreToolUse for some tools only");
            assert!(
                ["Bash", "Write", "Edit"].iter().all(|tool| matcher.split('|').any(|one| one == *tool)),
                "{matcher}"
            );
        }
    }
}

#[test]
fn every_hook_answers_a_sample_within_two_seconds() {
    let sandbox = repository_sandbox();
    for hook in hooks() {
        let payload = payload(&sandbox, &hook.event).to_string();
        let done = run(&sandbox, &hook.command, &payload);
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{}: {done:?}", hook.event);
        assert!(done.took < Duration::from_secs(2), "{} took {:?}", hook.event, done.took);
        if ["SessionStart", "UserPromptSubmit"].contains(&hook.event.as_str()) {
            let answer = done.json();
            assert_eq!(answer["hookSpecificOutput"]["hookEventName"], hook.event.as_str());
            let context = answer["hookSpecificOutput"]["additionalContext"].as_str().expect("a context");
            assert!(context.contains("Session start") && context.contains("Fix login"), "{context}");
        } else if hook.event == "WorktreeCreate" {
            let made = sandbox.project().join(".claude/worktrees/feat-x");
            assert_eq!(done.stdout, format!("{}\n", made.display()), "the folder and nothing else");
            assert!(made.join("TASK.md").is_file());
        } else {
            assert_eq!(done.stdout, "", "{} has nothing to say about this", hook.event);
        }
    }
}

#[test]
fn a_worktree_of_the_host_has_ports_and_goes_only_when_nothing_in_it_is_lost() {
    let sandbox = repository_sandbox();
    let made = sandbox.project().join(".claude/worktrees/feat-x");
    let call = |event: &str, kind: &str| {
        let payload = payload(&sandbox, kind).to_string();
        Call::new(binary()).args(["hook", event]).stdin(&payload).run(&sandbox)
    };
    assert_eq!(call("worktree-create", "WorktreeCreate").stdout.trim(), made.to_string_lossy());
    assert_eq!(call("worktree-create", "WorktreeCreate").stdout.trim(), made.to_string_lossy(), "it is given again");
    let registry = text_of(&sandbox.config().join("worktree-registry.json"));
    assert!(registry.contains("worktree-feat-x") && registry.contains("[8100, 8101]"), "{registry}");
    sandbox.write("project/.claude/worktrees/feat-x/new", "work");
    let kept = call("worktree-remove", "WorktreeRemove");
    assert_eq!((kept.status, made.join("new").is_file()), (Some(21), true), "{kept:?}");
    assert!(kept.stderr.contains("worktree.unsafe"), "{kept:?}");
    std::fs::remove_file(made.join("new")).expect("removed");
    let gone = call("worktree-remove", "WorktreeRemove");
    assert_eq!((gone.status, made.exists()), (Some(0), false), "{gone:?}");
}

#[test]
fn a_broken_registry_keeps_no_session_from_its_worktree() {
    let sandbox = repository_sandbox();
    let registry = sandbox.config().join("worktree-registry.json");
    sandbox.write(&registry.strip_prefix(sandbox.at("")).expect("inside").to_string_lossy(), "{broken");
    let payload = payload(&sandbox, "WorktreeCreate").to_string();
    let done = Call::new(binary()).args(["hook", "worktree-create"]).stdin(&payload).run(&sandbox);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(sandbox.project().join(".claude/worktrees/feat-x/TASK.md").is_file());
    assert_eq!(text_of(&registry), "{broken");
}

#[test]
fn a_name_that_leads_elsewhere_makes_no_worktree() {
    let sandbox = repository_sandbox();
    for name in ["../x", "a/../b", "a//b", "", ".git", "-x", "a b", "x\ny"] {
        let stdin = json!({"cwd": sandbox.project(), "name": name}).to_string();
        let done = Call::new(binary()).args(["hook", "worktree-create"]).stdin(&stdin).run(&sandbox);
        assert_eq!((done.status, done.stdout.as_str()), (Some(20), ""), "{name}");
    }
    assert!(!sandbox.project().join(".claude").exists());
}

#[test]
fn no_input_fails_a_session() {
    let sandbox = repository_sandbox();
    let long = "x".repeat(1 << 20);
    let odd = ["", "no json", "[]", "null", "{", "{\"cwd\": 7}", "{\"tool_input\": [1]}", "\u{0}\u{1}", long.as_str()];
    for hook in hooks() {
        for stdin in odd {
            let done = run(&sandbox, &hook.command, stdin);
            let shown: String = stdin.chars().take(40).collect();
            assert_eq!(
                (done.status, done.stdout.as_str(), done.stderr.as_str()),
                (Some(0), "", ""),
                "{} {shown}",
                hook.event
            );
        }
    }
}

#[test]
fn a_session_in_a_folder_that_is_gone_or_no_repository_still_begins() {
    let sandbox = Sandbox::new();
    let gone = json!({"session_id": "s", "cwd": sandbox.at("gone"), "source": "startup"}).to_string();
    for stdin in [gone, payload(&sandbox, "SessionStart").to_string(), "{}".to_owned()] {
        let done = Call::new(binary()).args(["hook", "session-start"]).stdin(&stdin).run(&sandbox);
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{stdin}: {done:?}");
        assert!(done.stdout.is_empty() || done.json().is_object());
    }
}

#[test]
fn an_event_that_nobody_knows_is_met_with_silence() {
    let sandbox = Sandbox::new();
    for event in ["no-such-event", "SessionStart", "pre_tool_use", ""] {
        let done = Call::new(binary()).args(["hook", event]).stdin("{}").run(&sandbox);
        assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "", ""), "{event}");
    }
}

#[test]
fn nothing_of_the_plugin_is_a_link_or_leaves_its_folder() {
    let root = repository();
    for folder in [".claude-plugin", "bin", "hooks", "skills"] {
        let mut open: Vec<PathBuf> = vec![root.join(folder)];
        while let Some(path) = open.pop() {
            let meta = std::fs::symlink_metadata(&path).expect("a file of the plugin");
            assert!(!meta.is_symlink(), "{} is a link: some hosts drop it", path.display());
            if meta.is_dir() {
                open.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
            }
        }
    }
}
