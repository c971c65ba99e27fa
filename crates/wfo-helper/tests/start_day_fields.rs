//! The parts of `start-day --json` beside git: context files, hand-over, workflows, worktrees with ports, machine, alerts.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};
use support::{Repo, Sandbox};

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text `{key}` in {value:#}"))
}

/// Finds `count` ports in a row, beginning at an even one, that nobody uses.
fn free_ports(count: u16) -> u16 {
    // each test has a range of its own: a port that one call looks at is taken for another at that moment
    static TESTS: AtomicU16 = AtomicU16::new(0);
    let all_free = |start: &u16| (*start..*start + count).all(|port| TcpListener::bind(("0.0.0.0", port)).is_ok());
    let process = u16::try_from(std::process::id() % 300).expect("a small number");
    let start = process * 64 + TESTS.fetch_add(1, Ordering::Relaxed) * 16;
    (20_000 + start..60_000).step_by(usize::from(count)).find(all_free).expect("free ports")
}

#[test]
fn context_files_stand_in_the_order_of_their_importance_with_their_size() {
    let repo = Repo::new();
    let order = [
        "PROJECT_CONTEXT.md",
        "CLAUDE.md",
        "TASK.md",
        "PLANNING.md",
        "Backlog.md",
        ".taskmaster/docs/prd.txt",
        "AGENTS.md",
    ];
    for name in order.iter().rev() {
        repo.put(name, "nine ch.\n");
    }
    repo.put("OTHER.md", "no context file");
    let files = repo.brief()["context_files"].clone();
    let paths: Vec<_> = files.as_array().unwrap().iter().map(|file| text(file, "path")).collect();
    assert_eq!(paths, order);
    assert_eq!(files[0], json!({"path": "PROJECT_CONTEXT.md", "bytes": 9, "tokens": 3}));
    repo.put("CLAUDE.md", "größer");
    assert_eq!(
        repo.brief()["context_files"][1],
        json!({"path": "CLAUDE.md", "bytes": 8, "tokens": 2}),
        "characters, not bytes"
    );
}

#[test]
fn the_hand_over_is_read_whole() {
    let repo = Repo::new();
    repo.put(
        "PROJECT_CONTEXT.md",
        "## Project Context\nLast Updated: 2026-11-20 18:05\nSession Duration: 3h\n\n\
         ### Completed This Session\n- [x] Login form\n- [x] Session store\n\n\
         ### In Progress\n| Task | Branch | Status | Blockers |\n|---|---|---|---|\n\
         | Payment API | feature/pay @ 8102 | 70% | None |\n| Search | feature/search | started | - |\n\n\
         ### Blockers\n- Waiting for API keys\n\n### Decisions Made\n- Use PostgreSQL\n\n\
         ### Tomorrow's Priorities\n1. Finish the payment API\n2. [P1] Write the migration\n\n### Session Metrics\n- Tokens: 9000\n",
    );
    let data = repo.brief();
    assert_eq!(
        data["handover"],
        json!({
            "updated": "2026-11-20 18:05",
            "completed": ["Login form", "Session store"],
            "in_progress": [
                {"task": "Payment API", "branch": "feature/pay", "progress": 70, "port": 8102},
                {"task": "Search", "branch": "feature/search"},
            ],
            "blockers": ["Waiting for API keys"],
            "decisions": ["Use PostgreSQL"],
            "priorities": ["Finish the payment API", "Write the migration"],
        })
    );
    let queue: Vec<_> = data["queue"].as_array().unwrap().iter().map(|row| text(row, "task")).collect();
    assert_eq!(queue, ["Write the migration", "Finish the payment API", "Payment API", "Search"]);
}

#[test]
fn without_a_hand_over_page_there_is_none_and_not_an_empty_one() {
    let repo = Repo::new();
    assert_eq!(repo.brief()["handover"], Value::Null);
    repo.put("PROJECT_CONTEXT.md", "# Notes\nnothing of the kind\n");
    assert_eq!(repo.brief()["handover"]["completed"], json!([]));
}

/// A TODO file as people have them.
fn todo(status: &str, phase: &str) -> String {
    format!(
        "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\ntimestamp: 20261120T090000Z\n\
         metadata: {{title: \"Login page\"}}\n\
         workflow_progress: {{phase: {phase}, current_step: \"2.4\", last_update: \"2026-11-20T10:00:00Z\", status: {status}}}\n\
         tasks:\n  implementation:\n    - {{id: impl_001, description: \"Write the form\", status: complete}}\n    \
         - {{id: impl_002, description: \"Check the password\", status: in_progress}}\n    \
         - {{id: impl_003, description: \"Log out\", status: pending, depends_on: [impl_002]}}\n    \
         - {{id: impl_004, description: \"Never mind\", status: cancelled}}\n---\n# Login\n"
    )
}

const TODO: &str = "TODO_feature_20261120T090000Z_login.md";

#[test]
fn an_active_workflow_is_a_row_and_its_open_tasks_are_work() {
    let repo = Repo::new();
    repo.put(TODO, &todo("implementation", "2"));
    repo.put("TODO.md", "# notes of a person\n");
    repo.put("ARCHIVED/TODO_feature_20261101T090000Z_old.md", &todo("completed", "4"));
    let data = repo.brief();
    assert_eq!(
        data["workflows"],
        json!([{
            "file": TODO, "type": "feature", "slug": "login", "title": "Login page", "phase": 2, "step": "2.4",
            "status": "implementation", "tasks_completed": 1, "tasks_total": 3, "drift": [],
        }])
    );
    let queue: Vec<_> =
        data["queue"].as_array().unwrap().iter().map(|row| json!([row["task"], row["blocked_by"]])).collect();
    assert_eq!(queue, [json!(["Check the password", null]), json!(["Log out", "impl_002"])]);
    assert_eq!(data["queue"][0]["source"], json!({"file": TODO, "line": 11}));
}

#[test]
fn the_tasks_of_a_workflow_that_is_finished_are_no_work_any_more() {
    let repo = Repo::new();
    repo.put(TODO, &todo("completed", "4"));
    let data = repo.brief();
    assert_eq!((&data["workflows"][0]["status"], &data["queue"]), (&json!("completed"), &json!([])));
}

#[test]
fn a_record_that_git_contradicts_is_drift() {
    let repo = Repo::new();
    repo.put(TODO, &todo("implementation", "2"));
    repo.commit("todo");
    let folder = repo.at("project_feature_20261120T090000Z_login");
    repo.git(&["worktree", "add", "-q", "-b", "feature/20261120T090000Z_login", &folder.to_string_lossy()]);
    assert_eq!(repo.brief()["workflows"][0]["drift"], json!([]));
    repo.commit_in(&folder, "the work");
    repo.git(&["merge", "-q", "--ff-only", "feature/20261120T090000Z_login"]);
    let data = repo.brief();
    let drift = &data["workflows"][0]["drift"][0];
    assert_eq!(
        (text(drift, "field"), text(drift, "recorded"), text(drift, "actual")),
        ("status", "implementation", "merged")
    );
    assert_eq!(data["alerts"][0]["area"], "tasks");
    let step = &data["workflows"][0]["drift"][2];
    assert_eq!(
        (text(step, "field"), text(step, "recorded"), text(step, "actual")),
        ("workflow_progress.current_step", "2.4", "4.5")
    );
    repo.put(TODO, &todo("integration", "4").replace("2.4", "4.5"));
    assert_eq!(repo.brief()["workflows"][0]["drift"], json!([]), "merged and not yet archived is step 4.5");
}

#[test]
fn a_linked_worktree_shares_workflows_and_costs_but_not_the_hand_over() {
    let repo = Repo::new();
    repo.put(TODO, &todo("implementation", "2"));
    repo.put("PROJECT_CONTEXT.md", "### Blockers\n- of the main checkout\n");
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"budget\": 50, \"total\": 10}");
    let linked = repo.at("linked");
    repo.git(&["worktree", "add", "-q", "-b", "topic", &linked.to_string_lossy()]);
    let data = repo.brief_in(&linked);
    assert_eq!((text(&data["workflows"][0], "file"), &data["costs"]["month_usd"]), (TODO, &json!(10)));
    assert_eq!((&data["handover"], &data["context_files"]), (&Value::Null, &json!([])));
}

/// Writes the registry with rows of this repository.
fn register(repo: &Repo, rows: &Value, pool: &Value) {
    repo.put_config("worktree-registry.json", &json!({"worktrees": rows, "portPool": pool}).to_string());
}

#[test]
fn the_registry_is_joined_with_gits_worktrees() {
    let repo = Repo::new();
    let (api, gone) = (repo.at("trees/api"), repo.at("trees/gone"));
    repo.git(&["worktree", "add", "-q", "-b", "feature/api", &api.to_string_lossy()]);
    let start = free_ports(8);
    let own = |path: &std::path::Path, branch: &str, ports: [u16; 2], key: &str| {
        json!({"id": branch, "project": "project", "repoPath": repo.root(), "branch": branch, key: path, "ports": ports,
               "task": format!("the {branch} task"), "status": "active", "unknown": 1.50})
    };
    let other = json!({"project": "project", "repoPath": "/somewhere/else/project", "branch": "feature/api",
                       "worktreePath": "/somewhere/else/tree", "ports": [start + 4, start + 5], "task": "not ours"});
    let rows = json!([
        own(&api, "feature/api", [start, start + 1], "path"),
        own(&gone, "feature/gone", [start + 2, start + 3], "worktreePath"),
        other
    ]);
    register(&repo, &rows, &json!({"start": start, "end": start + 7, "allocated": [start, start + 1]}));

    let data = repo.brief();
    let shown: Vec<_> = data["worktrees"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["branch"], row["ports"], row["task"], row["orphaned"]]))
        .collect();
    assert_eq!(
        shown,
        [
            json!(["main", [], null, false]),
            json!(["feature/api", [start, start + 1], "the feature/api task", false]),
            json!(["feature/gone", [start + 2, start + 3], "the feature/gone task", true]),
        ],
        "rows of another repository with the same project name are not ours"
    );
    assert_eq!(data["worktrees"][2]["recommendation"]["action"], "free");
    assert_eq!(data["worktrees_active"], 1);
    assert_eq!(data["ports"], json!({"pool": {"start": start, "end": start + 7}, "leased": 3, "next": start + 6}));
    assert_eq!(
        data["alerts"],
        json!([{"severity": "info", "area": "worktrees", "message": "1 registry row without a worktree"}])
    );
}

#[test]
fn the_next_port_is_the_lowest_free_pair_and_not_the_highest_plus_two() {
    let repo = Repo::new();
    let start = free_ports(8);
    let lease = |ports: [u16; 2]| json!({"repoPath": repo.root(), "branch": "x", "worktreePath": null, "ports": ports});
    let pool = json!({"start": start, "end": start + 7, "allocated": []});
    let next = || repo.brief()["ports"]["next"].clone();
    register(&repo, &json!([lease([start + 2, start + 3])]), &pool);
    assert_eq!(next(), json!(start), "a freed pair is used again");
    let taken = TcpListener::bind(("127.0.0.1", start + 1)).expect("a free port");
    assert_eq!(next(), json!(start + 4), "a port that the system has taken is passed over");
    drop(taken);
    register(
        &repo,
        &json!([
            lease([start, start + 1]),
            lease([start + 2, start + 3]),
            lease([start + 4, start + 5]),
            lease([start + 6, start + 7])
        ]),
        &pool,
    );
    let data = repo.brief();
    assert_eq!((&data["ports"]["next"], &data["ports"]["leased"]), (&Value::Null, &json!(4)));
    assert_eq!(text(&data["alerts"][0], "message"), "no free pair of ports is left in the pool");
}

#[test]
fn how_many_worktrees_a_project_may_have_is_a_table_that_a_repository_may_only_tighten() {
    let repo = Repo::new();
    repo.put_config("wfo/data/worktrees.yaml", "rows:\n  - {id: max_per_project, value: 6}\n");
    assert_eq!(repo.brief()["worktrees_max"], 6);
    repo.put(".wfo/data/worktrees.yaml", "rows:\n  - {id: max_per_project, value: 2}\n");
    assert_eq!(repo.brief()["worktrees_max"], 2);
    repo.put(".wfo/data/worktrees.yaml", "rows:\n  - {id: max_per_project, value: 60}\n");
    let done = repo.noted();
    assert_eq!((&done.data()["worktrees_max"], done.codes()), (&json!(6), vec!["table.row-ignored".to_owned()]));
    let note = done.answer()["diagnostics"][0].clone();
    assert_eq!(note["where"], json!({"file": ".wfo/data/worktrees.yaml", "line": 2}));
}

#[test]
fn the_machine_is_described() {
    let data = Repo::new().brief();
    let cpus = u64::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
    assert_eq!(data["resources"]["cpus"], cpus);
    assert!(data["resources"]["memory_free_mb"].as_u64().is_some_and(|free| free > 0), "{data:#}");
}

#[test]
fn the_stack_of_the_project_is_part_of_the_briefing() {
    let repo = Repo::new();
    repo.put("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n");
    repo.put("Cargo.lock", "");
    let data = repo.brief();
    assert_eq!(
        (&data["project"]["kinds"], &data["project"]["stack"]["package_manager"]),
        (&json!(["rust"]), &json!("cargo"))
    );
    assert_eq!(data["project"]["stack"], repo.helper(&["stack", "detect", "--json"]).data());
}

#[test]
fn alerts_come_worst_first() {
    let repo = Repo::new();
    repo.with_origin();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.put("README.md", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.put("README.md", "main\n");
    repo.commit("main");
    repo.git_fails(&["merge", "-q", "side"]);
    repo.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"budget\": 10, \"total\": 8.50}");
    repo.put(".wfo/config.yaml", "start_day: {command: \"echo hello\"}\n");
    let alerts = repo.brief()["alerts"].clone();
    let shown: Vec<_> =
        alerts.as_array().unwrap().iter().map(|alert| (text(alert, "severity"), text(alert, "area"))).collect();
    assert_eq!(
        shown,
        [("error", "git"), ("warning", "git"), ("warning", "git"), ("warning", "costs"), ("warning", "trust")]
    );
}

#[test]
fn the_next_commands_fit_what_was_found() {
    let next = |repo: &Repo| repo.noted().answer()["next"].clone();
    let repo = Repo::new();
    assert_eq!(next(&repo), json!(["wfo-helper init --dry-run"]));
    repo.put("CLAUDE.md", "x");
    assert_eq!(next(&repo), Value::Null);
    let sandbox = Sandbox::new();
    assert_eq!(
        sandbox.helper(&["start-day", "--json"]).answer()["next"],
        Value::Null,
        "nothing to scaffold outside a repository"
    );
}
