//! `statusline` with the built program: one plain line and exit 0 whatever comes in, what is known and nothing else, many at once.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary, text_of};

/// One response of a million input tokens of a model at 4 USD a million.
fn response(repo: &Repo, id: &str, time: &str) -> String {
    let line = json!({
        "type": "assistant", "sessionId": "s1", "requestId": format!("req_{id}"), "timestamp": time,
        "cwd": repo.root(), "gitBranch": "main", "version": "2.1.329",
        "message": {"id": format!("msg_{id}"), "model": "claude-opus-5-5", "role": "assistant", "type": "message", "content": [],
            "usage": {"input_tokens": 1_000_000, "output_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}},
    });
    format!("{line}\n")
}

fn transcript(repo: &Repo, name: &str, text: &str) -> std::path::PathBuf {
    repo.put_config(&format!("projects/p/{name}.jsonl"), text)
}

fn call(sandbox: &Sandbox, stdin: &str) -> Done {
    Call::new(binary()).args(["statusline"]).stdin(stdin).run(sandbox)
}

fn line(done: &Done) -> String {
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{done:?}");
    let line = done.stdout.strip_suffix('\n').expect("an ended line");
    assert!(!line.chars().any(char::is_control) && line.chars().count() <= 120, "{line:?}");
    line.to_owned()
}

fn said(repo: &Repo, transcript: &std::path::Path) -> Value {
    json!({"session_id": "s1", "transcript_path": transcript, "cwd": repo.root(), "model": {"id": "claude-opus-5-5", "display_name": "Opus 5.5"},
        "workspace": {"current_dir": repo.root()}, "cost": {"total_cost_usd": 4.004},
        "context_window": {"used_percentage": 12, "current_usage": null}})
}

#[test]
fn the_line_tells_what_the_session_the_day_and_the_month_cost() {
    let repo = Repo::new();
    let path = transcript(&repo, "s1", &response(&repo, "1", "2026-11-21T08:00:00Z"));
    transcript(&repo, "s0", &response(&repo, "0", "2026-11-02T08:00:00Z"));
    let whole = "Opus 5.5 | session $4.00 | today $4.00 | month $8.00 of $100.00 (8.0 %) | context 12 % | main";
    assert_eq!(line(&call(&repo, &said(&repo, &path).to_string())), whole);
    // The same transcript grows: only it is looked at, and its new response counts once.
    let two =
        text_of(&path) + &response(&repo, "2", "2026-11-21T08:30:00Z") + &response(&repo, "2", "2026-11-21T08:30:00Z");
    transcript(&repo, "s1", &two);
    for _ in 0..2 {
        let line = line(&call(&repo, &said(&repo, &path).to_string()));
        assert!(line.contains("today $8.00 | month $12.00 of $100.00 (12.0 %)"), "{line}");
    }
}

#[test]
fn other_transcripts_are_not_walked_once_all_were_read() {
    let repo = Repo::new();
    let path = transcript(&repo, "s1", &response(&repo, "1", "2026-11-21T08:00:00Z"));
    let ask = said(&repo, &path).to_string();
    assert!(line(&call(&repo, &ask)).contains("today $4.00"));
    transcript(&repo, "other", &response(&repo, "2", "2026-11-21T08:00:00Z"));
    assert!(line(&call(&repo, &ask)).contains("today $4.00"), "another session answers for its own");
    repo.helper(&["start-day", "--json"]).data();
    assert!(line(&call(&repo, &ask)).contains("today $8.00"));
}

#[test]
fn what_was_never_read_makes_the_figures_unknown_and_not_low() {
    let repo = Repo::new();
    // More than a session waits for before everything was read once.
    let padding = format!("{}\n", json!({"type": "user", "text": "x".repeat(1 << 20)}));
    transcript(&repo, "old", &padding.repeat(33));
    let path = transcript(&repo, "s1", &response(&repo, "1", "2026-11-21T08:00:00Z"));
    let said = said(&repo, &path).to_string();
    assert_eq!(line(&call(&repo, &said)), "Opus 5.5 | session $4.00 | context 12 % | main");
}

#[test]
fn a_ledger_counts_and_a_changed_one_is_read_anew() {
    let repo = Repo::new();
    let row = |id: &str, usd: &str| {
        format!(
            "{{\"id\": \"{id}\", \"day\": \"2026-11-21\", \"kind\": \"api\", \"source\": \"manual\", \"usd\": {usd}}}\n"
        )
    };
    repo.put("costs/ledger.jsonl", &row("a", "1.25"));
    let ask = json!({"cwd": repo.root()}).to_string();
    for _ in 0..2 {
        assert_eq!(line(&call(&repo, &ask)), "today $1.25 | month $1.25 of $100.00 (1.2 %) | main");
    }
    repo.put("costs/ledger.jsonl", &(row("a", "1.25") + &row("b", "2")));
    assert_eq!(line(&call(&repo, &ask)), "today $3.25 | month $3.25 of $100.00 (3.2 %) | main");
    // A session that the index does not know counts by its row; once its transcript is known, by that.
    let told = "{\"session\": \"s1\", \"day\": \"2026-11-21\", \"model\": \"m\", \"kind\": \"inference\", \"source\": \"transcript\", \"usd\": 10}\n";
    repo.put("costs/ledger.jsonl", told);
    assert!(line(&call(&repo, &ask)).starts_with("today $10.00"));
    transcript(&repo, "s1", &response(&repo, "1", "2026-11-21T08:00:00Z"));
    assert!(line(&call(&repo, &ask)).starts_with("today $4.00"));
    repo.put("costs/ledger.jsonl", "no line of it can be read\n");
    assert_eq!(line(&call(&repo, &ask)), "main", "unknown, not zero");
}

#[test]
fn nothing_that_comes_in_breaks_the_line() {
    let repo = Repo::new();
    let deep = "[".repeat(100_000);
    let long = format!("{{\"model\": {{\"id\": \"{}\"}}}}", "x".repeat(10 << 20));
    let odd = json!({"cwd": 7, "model": [], "cost": {"total_cost_usd": {}}, "context_window": "x", "workspace": null, "worktree": 1});
    let escapes =
        json!({"cwd": "\u{0}", "model": {"display_name": "a\u{1b}[2Jb\nc"}, "worktree": {"branch": "x\u{202e}y\r"}});
    for (stdin, expected) in [
        ("", "project"),
        ("{", "project"),
        ("null", "project"),
        (&deep, "project"),
        (&long, "project"),
        ("{\"cwd\": \"/nowhere/at/all\"}", "project"),
        (&odd.to_string(), "project"),
        (&escapes.to_string(), "ab c | xy"),
    ] {
        let sandbox = Sandbox::new();
        let line = line(&call(&sandbox, stdin));
        let line = line.replace("today $0.00 | month $0.00 of $100.00 (0.0 %)", "-").replace(" | - | ", " | ");
        let known = if expected == "project" { line == "-" || line == "project" } else { line == expected };
        assert!(known, "{}: {line}", &stdin[..stdin.len().min(60)]);
    }
    assert!(line(&call(&repo, "\u{feff}{\"model\": {\"id\": \"m\"}}")).starts_with("m | "));
}

#[test]
fn without_a_home_the_folder_s_name_is_all_there_is() {
    let sandbox = Sandbox::new();
    let done =
        Call::new(binary()).args(["statusline"]).unset("HOME").unset("CLAUDE_CONFIG_DIR").stdin("{}").run(&sandbox);
    assert_eq!(done.status, Some(0));
    let done = Call::new(binary()).args(["statusline"]).env("CLAUDE_CONFIG_DIR", "relative").stdin("{}").run(&sandbox);
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), "project\n"));
    let done = Call::new(binary()).args(["statusline"]).env("WFO_NOW", "no time").stdin("{}").run(&sandbox);
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), "project\n"));
}

#[test]
fn a_path_that_is_no_transcript_is_never_read() {
    let repo = Repo::new();
    transcript(&repo, "s0", &response(&repo, "0", "2026-11-21T08:00:00Z"));
    let ask = |path: &std::path::Path| line(&call(&repo, &said(&repo, path).to_string()));
    assert!(ask(&repo.config().join("projects/p/s0.jsonl")).contains("today $4.00"));
    let foreign = repo.put("planted.jsonl", &response(&repo, "9", "2026-11-21T08:00:00Z"));
    for path in [foreign, repo.config().join("projects/p/../../../project/planted.jsonl")] {
        assert!(ask(&path).contains("today $4.00"), "{}", path.display());
    }
}

#[test]
fn the_ports_of_this_worktree_are_named() {
    let repo = Repo::new();
    let row = |path: &std::path::Path, ports: &str| json!({"id": ports, "project": "project", "repoPath": repo.root(), "branch": "main", "worktreePath": path, "ports": serde_json::from_str::<Value>(ports).expect("ports")});
    let registry = json!({"worktrees": [row(&repo.root(), "[8101, 8100]"), row(&repo.at("elsewhere"), "[8102]")]});
    repo.put_config("worktree-registry.json", &registry.to_string());
    let line = line(&call(&repo, &json!({"cwd": repo.root()}).to_string()));
    assert!(line.ends_with("| main | ports 8100, 8101"), "{line}");
    repo.put_config("worktree-registry.json", "{ broken");
    let broken = call(&repo, &json!({"cwd": repo.root()}).to_string());
    assert!(self::line(&broken).ends_with("| main"));
}

#[test]
fn a_damaged_index_makes_the_figures_unknown() {
    let repo = Repo::new();
    let path = transcript(&repo, "s1", &response(&repo, "1", "2026-11-21T08:00:00Z"));
    transcript(&repo, "s0", &response(&repo, "0", "2026-11-21T07:00:00Z"));
    let ask = said(&repo, &path).to_string();
    assert!(line(&call(&repo, &ask)).contains("today $8.00"));
    repo.put_config("wfo/cost/index/base", "not an index");
    assert_eq!(line(&call(&repo, &ask)), "Opus 5.5 | session $4.00 | context 12 % | main");
}

#[test]
fn twenty_at_once_beside_an_import_all_answer_and_agree_afterwards() {
    let repo = Repo::new();
    let texts: Vec<String> =
        (0..10).map(|number| response(&repo, &number.to_string(), "2026-11-21T08:00:00Z")).collect();
    let paths: Vec<_> = texts.iter().enumerate().map(|(n, text)| transcript(&repo, &format!("t{n}"), text)).collect();
    let asks: Vec<String> = paths.iter().map(|path| said(&repo, path).to_string()).collect();
    std::thread::scope(|scope| {
        let repo: &Sandbox = &repo;
        let import = scope.spawn(move || repo.helper(&["cost", "import", "--json"]).status);
        let lines: Vec<_> = (0..20)
            .map(|number| {
                let ask = &asks[number % asks.len()];
                scope.spawn(move || line(&call(repo, ask)))
            })
            .collect();
        for line in lines {
            let line = line.join().expect("a line");
            assert!(line.starts_with("Opus 5.5 | session $4.00 | ") && line.ends_with("context 12 % | main"), "{line}");
        }
        assert_eq!(import.join().expect("an import"), Some(0));
    });
    let last = line(&call(&repo, &said(&repo, &paths[0]).to_string()));
    assert!(last.contains("today $40.00 | month $40.00 of $100.00 (40.0 %)"), "{last}");
}
