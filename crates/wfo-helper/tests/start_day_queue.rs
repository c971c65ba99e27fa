//! The priority queue of `start-day`: where work is read from, its order with every reason, the agent for each task,
//! the list for the host's task tool, and shorter answers that count what they leave out.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::Repo;

fn tasks(data: &Value) -> Vec<&str> {
    rows(data).iter().map(|row| row["task"].as_str().expect("a task")).collect()
}

fn rows(data: &Value) -> &[Value] {
    data["queue"].as_array().expect("a queue")
}

/// Makes a repository whose four sources all name work.
fn busy() -> Repo {
    let repo = Repo::new();
    repo.put(
        "PROJECT_CONTEXT.md",
        "Last Updated: 2026-11-19\n### In Progress\n- [ ] Payment API (70%)\n### Tomorrow's Priorities\n1. Fix the login loop\n",
    );
    repo.put(
        "TASK.md",
        "# Tasks\n## Now\n- [ ] fix the **login loop**\n- [ ] Write the report [AGENT: tech-writer]\n\
         ## Later\n- [ ] Clean the logs\n- [x] Set up CI\n- [ ] [P0] Rotate the keys (blocked by: Ann)\n- [ ] Ship it (blocked by: clean the logs)\n",
    );
    repo.put("Backlog.md", "- [ ] Dark mode\n- [ ] Clean the logs.\n");
    repo.put(
        "TODO_feature_20261119T090000Z_pay.md",
        "---\ntype: workflow-manifest\nslug: pay\ntasks:\n  implementation:\n    - {id: impl_001, description: \"Add the webhook\", status: pending}\n---\n",
    );
    repo
}

#[test]
fn the_queue_joins_all_sources_and_puts_what_is_blocked_last() {
    let data = busy().brief();
    assert_eq!(
        tasks(&data),
        [
            "fix the login loop",
            "Write the report",
            "Payment API",
            "Clean the logs",
            "Add the webhook",
            "Dark mode",
            "Rotate the keys",
            "Ship it",
        ]
    );
    let ranks: Vec<_> = rows(&data).iter().map(|row| row["rank"].as_u64().unwrap()).collect();
    assert_eq!(ranks, (1..=8).collect::<Vec<_>>());
    let blocked: Vec<_> = rows(&data).iter().filter(|row| row.get("blocked_by").is_some()).collect();
    let shown: Vec<_> = blocked.iter().map(|row| (&row["task"], &row["blocked_by"])).collect();
    assert_eq!(shown, [(&json!("Rotate the keys"), &json!("Ann")), (&json!("Ship it"), &json!("clean the logs"))]);
}

#[test]
fn every_point_of_a_score_has_its_reason() {
    let data = busy().brief();
    for row in rows(&data) {
        let reasons = row["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap());
        let points: u64 =
            reasons.filter_map(|reason| reason.strip_prefix('+')?.split(' ').next()?.parse::<u64>().ok()).sum();
        assert_eq!(row["score"], points, "{row:#}");
    }
    assert_eq!(
        rows(&data)[0]["reasons"],
        json!([
            "+60 priority high",
            "+10 named in the hand-over",
            "+20 chosen by the last session",
            "+2 2 days old",
            "also named in PROJECT_CONTEXT.md line 5",
        ])
    );
    assert_eq!(rows(&data)[0]["source"], json!({"file": "TASK.md", "line": 3}));
}

#[test]
fn a_task_in_two_lists_is_one_task_with_its_other_places() {
    let data = busy().brief();
    let logs = &rows(&data)[3];
    assert_eq!((&logs["task"], &logs["source"]), (&json!("Clean the logs"), &json!({"file": "TASK.md", "line": 6})));
    let reasons = logs["reasons"].as_array().unwrap();
    assert!(
        reasons.contains(&json!("+15 blocks \"Ship it\""))
            && reasons.contains(&json!("also named in Backlog.md line 2")),
        "{logs:#}"
    );
}

#[test]
fn urgency_is_read_from_marks_and_headings() {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] four [P3]\n- [ ] three\n- [ ] P1: two\n- [ ] (P2) two and a half\n- [ ] 🔴 also high\n## P0\n- [ ] one\n");
    assert_eq!(tasks(&repo.brief()), ["one", "two", "also high", "two and a half", "three", "four"]);
}

#[test]
fn a_tick_settles_the_line_of_the_hand_over() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", "### Tomorrow's Priorities\n1. Write the docs\n2. Release\n");
    repo.put("TASK.md", "- [x] write the docs\n");
    assert_eq!(tasks(&repo.brief()), ["Release"]);
}

#[test]
fn the_points_are_a_table() {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] [P1] marked\n- [ ] plain\n");
    assert_eq!(tasks(&repo.brief()), ["marked", "plain"]);
    repo.put_config("wfo/data/queue.yaml", "rows:\n  - {id: unmarked, points: 500}\n");
    assert_eq!(tasks(&repo.brief()), ["plain", "marked"]);
}

/// The agent that each task of a list is given.
fn agents(lines: &[&str]) -> Vec<Value> {
    let repo = Repo::new();
    repo.put("TASK.md", &lines.iter().map(|line| format!("- [ ] {line}\n")).collect::<String>());
    let data = repo.brief();
    let of = |line: &&str| {
        let row = rows(&data).iter().find(|row| row["task"] == *line);
        row.unwrap_or_else(|| panic!("{line}: {data:#}"))["agent"].clone()
    };
    lines.iter().map(of).collect()
}

#[test]
fn only_whole_words_choose_an_agent() {
    let found = agents(&["Get the latest contest results", "A rapid capital gain", "Remove the terror from errands"]);
    for (agent, wrong) in found.iter().zip(["test", "api", "debug"]) {
        assert!(
            agent.as_str().is_none_or(|agent| !agent.contains(wrong)),
            "{agent} for a word that only holds `{wrong}`"
        );
    }
}

#[test]
fn an_agent_that_is_named_is_taken_and_every_other_is_one_of_the_table() {
    let repo = Repo::new();
    repo.put(
        "TASK.md",
        "- [ ] Write unit tests for the parser\n- [ ] Do a thing [AGENT: my-own-agent]\n- [ ] Mumble\n",
    );
    let data = repo.brief();
    let agent = |task: &str| rows(&data).iter().find(|row| row["task"] == task).expect("the task")["agent"].clone();
    assert_eq!((agent("Do a thing"), agent("Mumble")), (json!("my-own-agent"), Value::Null));
    let table = include_str!("../../../reference/data/agents.yaml");
    let chosen = agent("Write unit tests for the parser");
    let chosen = chosen.as_str().expect("an agent for plain test work");
    assert!(table.contains(&format!("id: {chosen}")), "{chosen} is not in the table");
}

#[test]
fn the_list_for_the_task_tool_is_added_when_asked_for() {
    let repo = busy();
    assert_eq!(repo.brief().get("todos"), None);
    let data = repo.helper(&["start-day", "--json", "--todos"]).data();
    let todos = data["todos"].as_array().unwrap();
    assert_eq!(todos.len(), rows(&data).len());
    assert_eq!(
        todos[0],
        json!({"content": "fix the login loop", "status": "pending", "priority": "high", "activeForm": "Working on: fix the login loop"})
    );
    assert_eq!(
        (&todos[2]["content"], &todos[2]["status"], &todos[2]["priority"]),
        (&json!("Payment API"), &json!("in_progress"), &json!("medium"))
    );
    assert_eq!(todos[3]["priority"], "low");
}

#[test]
fn the_preference_asks_for_the_list_in_every_call() {
    let repo = busy();
    repo.put_config("preferences.json", "{\"auto_create_todos\": true, \"theme\": \"dark\"}");
    assert_eq!(repo.brief()["todos"].as_array().map(Vec::len), Some(8));
    repo.put_config("preferences.json", "{\"auto_create_todos\": false}");
    assert_eq!(repo.brief().get("todos"), None);
}

#[test]
fn a_limit_cuts_every_long_list_and_counts_what_it_cut() {
    let repo = busy();
    for subject in ["b", "c", "d"] {
        repo.commit(subject);
    }
    let data = repo.helper(&["start-day", "--json", "--todos", "--limit", "3"]).data();
    assert_eq!((rows(&data).len(), &data["queue_more"]), (3, &json!(5)));
    assert_eq!(data["todos"].as_array().map(Vec::len), Some(3));
    assert_eq!(data["todos_more"], 5, "a cut list has its count beside it");
    assert_eq!(
        (data["git"]["recent_commits"].as_array().map(Vec::len), &data["git"]["recent_commits_more"]),
        (Some(3), &json!(1))
    );
    let none = repo.helper(&["start-day", "--json", "--limit", "0"]).data();
    assert_eq!(
        (rows(&none).len(), &none["queue_more"], &none["handover"]["priorities_more"]),
        (0, &json!(8), &json!(1))
    );
    let all = repo.helper(&["start-day", "--json", "--limit", "8"]).data();
    assert_eq!((rows(&all).len(), all.get("queue_more")), (8, None), "nothing was cut, so nothing is counted");
}

#[test]
fn a_bound_in_tokens_is_kept_as_far_as_lists_can_be_cut() {
    let repo = busy();
    let lines: String = (0..200).map(|number| format!("- [ ] Task number {number} with some words\n")).collect();
    repo.put("Backlog.md", &lines);
    for bound in [3000_u64, 1500] {
        let done = repo.helper(&["start-day", "--json", "--max-tokens", &bound.to_string()]);
        let tokens = done.stdout.chars().count().div_ceil(4) as u64;
        let data = done.data();
        assert!(tokens <= bound, "{tokens} tokens instead of {bound}");
        let (shown, more) = (rows(&data).len() as u64, data["queue_more"].as_u64().unwrap());
        assert!(shown > 0 && shown + more == 207, "{shown} shown, {more} more");
    }
}

#[test]
fn a_page_with_very_many_tasks_is_answered_soon() {
    let repo = Repo::new();
    let lines: String =
        (0..12_000).map(|number| format!("- [ ] Task {number} (blocked by: task {})\n", number + 1)).collect();
    repo.put("TASK.md", &lines);
    let done = repo.helper(&["start-day", "--json", "--limit", "1"]);
    assert_eq!(done.data()["queue_more"], 11_999);
    assert!(done.took.as_secs() < 20, "{:?}", done.took);
}
