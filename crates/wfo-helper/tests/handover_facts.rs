//! What a hand-over knows without being told: the host's task lists, and the coverage that a gate saw last.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::gate::{gate, report};
use support::{Repo, text_of};

#[test]
fn what_the_host_calls_finished_today_is_completed_in_all_its_kinds_of_lists() {
    let repo = Repo::new();
    let root = repo.root().to_string_lossy().into_owned();
    let session = "0b5a8c1e-7d35-4f0e-9f63-2a1b3c4d5e6f";
    let line = |kind: &str, at: &str, content: Value, result: Value| {
        json!({"type": kind, "timestamp": at, "cwd": root, "sessionId": session, "requestId": at, "toolUseResult": result,
            "message": {"id": at, "role": kind, "model": "claude-sonnet-4-5", "content": content, "usage": {"input_tokens": 1, "output_tokens": 1}}})
    };
    let call = |at: &str, id: &str, name: &str, input: Value| {
        line("assistant", at, json!([{"type": "tool_use", "id": id, "name": name, "input": input}]), Value::Null)
    };
    let answer = |at: &str, id: &str, number: &str| {
        let said = format!("Task #{number} created successfully");
        let content = json!([{"type": "tool_result", "tool_use_id": id, "content": said}]);
        line("user", at, content, json!({"task": {"id": number}}))
    };
    let lines = [
        call("2026-11-20T16:00:00Z", "a", "TaskCreate", json!({"subject": "Made yesterday", "description": "d"})),
        answer("2026-11-20T16:00:01Z", "a", "1"),
        call("2026-11-20T16:00:02Z", "b", "TaskCreate", json!({"subject": "Finished yesterday", "description": "d"})),
        answer("2026-11-20T16:00:03Z", "b", "2"),
        call("2026-11-20T16:00:04Z", "c", "TaskUpdate", json!({"taskId": "2", "status": "completed"})),
        call("2026-11-21T07:00:00Z", "d", "TaskUpdate", json!({"taskId": "1", "status": "completed"})),
    ];
    repo.put_config(
        &format!("projects/p/{session}.jsonl"),
        &lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
    );
    let task = |number: u32, subject: &str, status: &str| {
        let text = json!({"id": number.to_string(), "subject": subject, "description": "d", "activeForm": "Doing",
            "status": status, "blocks": [], "blockedBy": []});
        repo.put_config(&format!("tasks/{session}/{number}.json"), &text.to_string())
    };
    task(3, "In a file of its own", "completed");
    task(4, "Still open", "in_progress");
    let old = task(5, "Of last week", "completed");
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    std::fs::File::options().append(true).open(&old).unwrap().set_modified(then).unwrap();
    repo.put_config(&format!("tasks/{session}/6.json"), "{\"id\": not json");
    repo.put_config(&format!("tasks/{session}/.lock"), "");
    repo.put_config(
        "tasks/another-session/1.json",
        r#"{"id":"1","subject":"Of another session","status":"completed"}"#,
    );
    let list = r#"[{"content":"In the old list","status":"completed","activeForm":"x"},{"content":"Open there","status":"pending","activeForm":"x"}]"#;
    repo.put_config(&format!("todos/{session}-agent-{session}.json"), list);
    repo.put_config("todos/another-agent-another.json", r#"[{"content":"Of another list","status":"completed"}]"#);
    let done = repo.helper(&["context", "write"]).data();
    let completed: Vec<&str> =
        done["added"]["completed"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(completed, ["Made yesterday", "In the old list", "In a file of its own"]);
    assert_eq!(repo.helper(&["context", "write"]).data()["added"]["completed"], json!([]), "once");
}

/// Judges the quality gate by a report in which so many of 8 lines were run.
fn measured(repo: &Repo, run: usize) {
    let lines: String = (1..=8).map(|line| format!("DA:{line},{}\n", u8::from(line <= run))).collect();
    let text = format!("TN:\nSF:src/a.js\n{lines}LF:8\nLH:{run}\nend_of_record\n");
    let file = report(repo, "lcov.info", text.as_bytes());
    let data =
        gate(repo, &["judge", "quality", "--report", &format!("lcov={}", file.display())]).answer()["data"].take();
    assert!(data["checks"].as_array().unwrap().iter().any(|check| check["name"] == "coverage"), "{data:#}");
}

#[test]
fn coverage_is_what_a_gate_saw_last_and_whether_that_is_still_about_this_content_is_said() {
    let repo = Repo::new();
    repo.put("src/a.js", "a\n");
    repo.commit("code");
    let write = || repo.helper(&["context", "write"]).data()["metrics"].take();
    let metrics = repo.helper(&["context", "write", "--dry-run"]).data()["metrics"].take();
    assert_eq!((&metrics["coverage"], metrics.get("coverage_fresh")), (&Value::Null, None), "nobody measured");
    measured(&repo, 7);
    let metrics = write();
    assert_eq!((&metrics["coverage"], &metrics["coverage_fresh"]), (&json!(87.5), &json!(true)));
    let page = || text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    assert!(page().contains("- Coverage: 87.5%\n"), "{}", page());
    let data: Value = serde_json::from_str(&text_of(&repo.root().join(".claude/context.json"))).unwrap();
    assert_eq!((&data["metrics"]["coverage"], &data["metrics"]["coverage_fresh"]), (&json!(87.5), &json!(true)));
    repo.put("src/a.js", "another\n");
    assert_eq!(write()["coverage_fresh"], false);
    assert!(page().contains("- Coverage: 87.5% (of earlier content)\n"), "{}", page());
    measured(&repo, 4);
    assert_eq!((&write()["coverage"], page().contains("- Coverage: 50%\n")), (&json!(50.0), true));
}
