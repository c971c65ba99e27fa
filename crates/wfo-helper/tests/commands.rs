//! The small commands, and one sample for every schema: each answer that is JSON is held against the schema of its name.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, repository, text_of};

/// A place in which every command has something to say.
fn place() -> Repo {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] A task\n");
    repo.put("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n");
    repo.put("plan.yaml", "dev_hours: 2\nservices: [{name: x, quantity: 1}]\n");
    repo.put(
        "options.yaml",
        "threshold_usd: 5\noptions: [{name: a, monthly_fixed: 6}, {name: b, services: [{name: x, quantity: 1}]}]\n",
    );
    repo.put(".wfo/config.yaml", "start_day: {command: echo hello}\n");
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo.brief();
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    repo
}

fn approval(repo: &Repo) -> String {
    repo.helper(&["trust", "list", "--json"]).data()["approvals"][0]["id"].as_str().expect("an approval").to_owned()
}

/// Calls whose answers have the schema of this name; none for a name that nobody gave a sample.
fn samples(name: &str, repo: &Repo) -> Vec<Vec<String>> {
    let calls: &[&str] = match name {
        "start-day" => &[
            "start-day",
            "start-day --todos --limit 1",
            "start-day --max-tokens 400",
            "start-day --dry-run --confirm AAAAAAAAAAAA",
        ],
        "end-day" => &[
            "end-day --dry-run",
            "end-day --completed login --pattern one",
            "end-day --limit 0",
            "end-day --max-tokens 300",
        ],
        "next" => &["next", "next --offline --limit 0"],
        "todo-reconcile" => &["todo reconcile", "todo reconcile --dry-run"],
        "pr-feedback" => &[
            "pr feedback --pr 94 --from review.json --dry-run",
            "pr feedback --pr 94 --from review.json",
            "pr feedback --pr 94 --from review.json --limit 0",
        ],
        "dirs-check" => &["dirs check", "dirs check --force", "dirs check --force --limit 0"],
        "dirs-create" => &["dirs create docs --dry-run", "dirs create docs --purpose words"],
        "init" => &["init --dry-run", "init --git-flow --user ada", "init"],
        "stack-detect" => &["stack detect", "stack detect --limit 0"],
        "setup" => &[
            "setup --dry-run",
            "setup --check",
            "setup",
            "setup --only hooks",
            "setup --check --only hooks",
            "setup --only hooks --remove --strict",
        ],
        "gate-commit" => &["gate commit", "gate commit --limit 0"],
        "doctor" => &["doctor"],
        "trust-list" => &["trust list", "trust list --limit 0"],
        "trust-revoke" => &["trust revoke APPROVAL", "trust revoke APPROVAL --dry-run"],
        "config-show" => &["config show", "config show start_day.command", "config show --limit 1"],
        "data-check" => &["data check", "data check .wfo/data/queue.yaml --limit 1"],
        "ref" => &["ref", "ref start-day"],
        "schema" => &["schema"],
        // In this order: what the first makes, the later ones remove and bring back.
        "worktree-create" => {
            &["worktree create one", "worktree create two --task t --dry-run", "worktree create two --no-setup"]
        }
        "worktree-list" => &["worktree list", "worktree list --limit 1"],
        "worktree-status" => &["worktree status", "worktree status --limit 1"],
        "worktree-plan" => &["worktree plan", "worktree plan --tasks TASK.md --limit 0"],
        "worktree-merge" => &["worktree merge one", "worktree merge one --dry-run"],
        "worktree-remove" => &["worktree remove two --dry-run", "worktree remove two"],
        "worktree-cleanup" => &["worktree cleanup", "worktree cleanup --dry-run --limit 0"],
        "worktree-restore" => &["worktree restore", "worktree restore two --dry-run", "worktree restore two"],
        "worktree-adopt" => &["worktree adopt --dry-run", "worktree adopt"],
        "port-take" => &["port take --for held", "port take --for other --dry-run"],
        "port-list" => &["port list", "port list --limit 0"],
        "port-free" => &["port free --for held --dry-run", "port free --for held"],
        "scan-secrets" => &["scan secrets", "scan secrets --stdin", "scan secrets --staged --limit 0"],
        "scan-env" => &["scan env"],
        "context-show" => &["context show", "context show --limit 0"],
        "context-write" => &["context write --dry-run", "context write --completed login --priority docs"],
        "context-compress" => &["context compress --max-tokens 50 --dry-run", "context compress --max-tokens 1000"],
        "context-backup" => &["context backup --dry-run", "context backup"],
        "context-restore" => &["context restore --dry-run", "context restore"],
        "context-learn" => &["context learn --pattern one --dry-run", "context learn --tool two"],
        // In the order of the list of commands: the first makes what the others are about.
        "todo-new" => &["todo new feature login --dry-run", "todo new feature login --brief"],
        "todo-plan" => &["todo plan login", "todo plan login --limit 0"],
        "todo-spec" => &["todo spec login --dry-run", "todo spec login --limit 1"],
        "todo-list" => &["todo list", "todo list --limit 0"],
        "todo-show" => &["todo show", "todo show login --limit 0"],
        "todo-task-add" => &["todo task add testing one", "todo task add testing two --after test_001 --dry-run"],
        "todo-task-set" => &["todo task set test_001 --status completed"],
        "todo-set" => &["todo set metadata.title=x", "todo set workflow_progress.phase=2"],
        "todo-checkpoint" => &["todo checkpoint --tokens 5", "todo checkpoint --tokens 100000 --notes x"],
        "todo-validate" => &["todo validate", "todo validate --todo login --limit 0"],
        "todo-commit" => &["todo commit", "todo commit --message x --dry-run"],
        "todo-ship" => &["todo ship", "todo ship login --dry-run"],
        "todo-asbuilt" => {
            repo.put("specs/login/spec.md", "# Log in\n");
            &["todo asbuilt login --dry-run", "todo asbuilt login --limit 0"]
        }
        "release-version" => &["release version", "release version --base HEAD --limit 0"],
        "release-notes" => &["release notes", "release notes --for-version 9.0.0 --write --dry-run"],
        "todo-archive" => &["todo archive", "todo archive --keep-worktree --dry-run"],
        "gate-list" => &["gate list", "gate list --limit 0"],
        "gate-explain" => &["gate explain security", "gate explain ship --limit 1"],
        "gate-run" => &["gate run commit", "gate run quality --dry-run", "gate run ship --limit 0"],
        "gate-judge" => &["gate judge quality --report eslint=nowhere.json", "gate judge security --limit 0"],
        "gate-status" => &["gate status", "gate status security"],
        "gate-baseline" => &["gate baseline quality --dry-run", "gate baseline quality"],
        "gate-waive" => &["gate waive GHSA-aaaa-bbbb-cccc --reason old --until 2026-12-01"],
        "gate-approve" => &["gate approve ship --dry-run", "gate approve ship"],
        "scan-files" => &["scan files"],
        "cost-price" => &[
            "cost price deepseek-flash",
            "cost price claude-fable-5-2",
            "cost price runpod/a6000",
            "cost price --limit 2",
        ],
        "cost-estimate" => &["cost estimate --plan plan.yaml", "cost estimate --plan plan.yaml --limit 0"],
        "cost-project" => &["cost project --options options.yaml", "cost project --options options.yaml --limit 0"],
        "model-route" => &["model route --task code", "model route --task static-analysis --local --limit 0"],
        "model-degrade" => &["model degrade opus --left 20", "model degrade ollama-llama3"],
        // The one with an amount comes first, so that the others have something to say.
        "cost-import" => &["cost import", "cost import --since 2026-11-01 --dry-run"],
        "cost-add" => &[
            "cost add --kind compute --usd 2.50 --feature login --id pod",
            "cost add --model claude-opus-5-5 --input 1000 --output 10 --batch --day 2026-11-20",
            "cost add --kind api --usd 1 --dry-run",
        ],
        "cost-today" => &["cost today", "cost today --all --limit 0"],
        "cost-week" => &["cost week", "cost week 2026-11-15 --all"],
        "cost-month" => &["cost month", "cost month 2026-10"],
        "cost-day" => &["cost day 2026-11-20", "cost day 2028-02-29 --all"],
        "cost-feature" => &["cost feature", "cost feature login", "cost feature --limit 0"],
        "cost-report" => {
            &["cost report --dry-run", "cost report --html", "cost report --day 2026-11-20 --all --limit 1"]
        }
        "cost-budget" => &["cost budget", "cost budget --request 1000000 --priority critical"],
        "cost-roi" => &["cost roi login --users 3 --revenue 12.50", "cost roi login --estimate 2"],
        "error" => &["frobnicate", "ref nothing", "trust revoke nothing", "start-day -C /nowhere"],
        _ => &[],
    };
    let approval = approval(repo);
    calls.iter().map(|call| call.split(' ').map(|word| word.replace("APPROVAL", &approval)).collect()).collect()
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let data = sandbox.helper(&["schema"]).data();
    let names = data["schemas"].as_array().expect("names").iter();
    names.map(|name| name.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_schema_has_samples_and_every_sample_fits_its_schema() {
    let repo = place();
    repo.put(".wfo/data/queue.yaml", "rows:\n  - {id: nonsense, points: 1}\n  - {id: p1}\n");
    let review = support::review::page(vec![support::review::thread("a", support::review::LARGE)], None);
    repo.put("review.json", &review.to_string());
    for name in names(&repo) {
        let calls = samples(&name, &repo);
        assert!(!calls.is_empty(), "no sample for the schema `{name}`: add one above");
        for call in calls {
            let mut words: Vec<&str> = call.iter().map(String::as_str).collect();
            words.push("--json");
            let done = repo.helper(&words);
            let schema = done.answer()["schema"].clone();
            let refused = schema == "wfo.error/1" && call.iter().any(|word| word == "--confirm");
            assert!(schema == format!("wfo.{name}/1") || refused, "{call:?}: {schema}");
        }
    }
}

#[test]
fn a_schema_is_raw_json_schema_that_names_every_field() {
    let sandbox = Sandbox::new();
    for name in names(&sandbox) {
        let schema = sandbox.helper(&["schema", &name]).json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        for key in ["schema", "ok", "data", "diagnostics"] {
            assert!(schema["properties"].get(key).is_some(), "{name} has no {key}");
        }
        let same = sandbox.helper(&["schema", &format!("wfo.{name}/1")]).json();
        assert_eq!(schema, same, "by its id too");
    }
    assert_eq!(sandbox.helper(&["schema", "nothing"]).failure(), (20, "schema.unknown".to_owned()));
}

#[test]
fn the_contract_of_start_day_stands_in_its_schema() {
    let schema = Sandbox::new().helper(&["schema", "start-day"]).stdout;
    for field in [
        "project",
        "git",
        "context_files",
        "handover",
        "workflows",
        "worktrees",
        "ports",
        "costs",
        "queue",
        "resources",
        "alerts",
        "todos",
        "branch",
        "detached",
        "unborn",
        "default_branch",
        "upstream",
        "ahead",
        "behind",
        "staged",
        "unstaged",
        "untracked",
        "conflicted",
        "stashes",
        "operation",
        "head",
        "recent_commits",
        "last_tag",
        "upstream_gone",
        "rebasing",
        "complete",
        "today_usd",
        "month_usd",
        "budget_usd",
        "remaining_usd",
        "percent_used",
        "average_task_usd",
        "age_days",
        "merged",
        "recommendation",
        "blocked_by",
        "reasons",
        "memory_free_mb",
        "cpus",
        "drift",
        "queue_more",
        "activeForm",
        "leased",
        "next",
        "pool",
    ] {
        assert!(schema.contains(&format!("\"{field}\": {{")), "{field}");
    }
}

#[test]
fn the_reference_pages_are_built_in_and_told_when_to_be_opened() {
    let sandbox = Sandbox::new();
    let list = sandbox.helper(&["ref", "--json"]).data();
    let topics = list["topics"].as_array().expect("topics").clone();
    let files = std::fs::read_dir(repository().join("reference")).unwrap().flatten();
    let mut pages: Vec<String> = files
        .filter_map(|entry| entry.file_name().into_string().ok()?.strip_suffix(".md").map(str::to_owned))
        .collect();
    pages.sort();
    let mut named: Vec<String> = topics.iter().map(|topic| topic["topic"].as_str().unwrap().to_owned()).collect();
    named.sort();
    assert_eq!(named, pages, "every page below reference/ is a topic");
    for topic in &topics {
        assert!(topic["about"].as_str().is_some_and(|about| about.len() > 20), "{topic}: does not say when to open it");
        let name = topic["topic"].as_str().unwrap();
        let page = text_of(&repository().join(format!("reference/{name}.md")));
        assert_eq!(sandbox.helper(&["ref", name, "--json"]).data(), json!({"topic": name, "markdown": page}));
        for format in ["text", "markdown"] {
            assert_eq!(sandbox.helper(&["ref", name, "--format", format]).stdout.trim_end(), page.trim_end());
        }
    }
    let done = sandbox.helper(&["ref", "nothing", "--json"]);
    assert_eq!(done.failure(), (20, "ref.unknown-topic".to_owned()));
    assert!(done.answer()["diagnostics"][0]["hint"].as_str().unwrap().contains("start-day"));
}

#[test]
fn every_setting_tells_its_value_and_where_it_comes_from() {
    let repo = Repo::new();
    repo.put_config("preferences.json", "{\"show_costs\": false}");
    repo.put_config("wfo/config.yaml", "start_day: {command: mine}\nteam_data: /usr/share\n");
    let shown = |key: &str| {
        let data = repo.helper(&["config", "show", key, "--json"]).data();
        assert_eq!(data["settings"].as_array().map(Vec::len), Some(1));
        let row = data["settings"][0].clone();
        json!([row["key"], row["value"], row["origin"]])
    };
    assert_eq!(shown("start_day_format"), json!(["start_day_format", "standard", "built-in"]));
    assert_eq!(shown("show_costs"), json!(["show_costs", "false", "user"]));
    assert_eq!(shown("start_day.command"), json!(["start_day.command", "mine", "user"]));
    repo.put(".wfo/config.yaml", "start_day: {command: theirs}\nteam_data: /tmp\n");
    assert_eq!(shown("start_day.command"), json!(["start_day.command", "theirs", "repository"]));
    assert_eq!(
        shown("team_data"),
        json!(["team_data", "/usr/share", "user"]),
        "a repository cannot name the team's tables"
    );
    let done = repo.helper(&["config", "show", "start_day", "--json"]);
    assert_eq!(done.failure(), (20, "config.key-unknown".to_owned()));
    let all = repo.helper(&["config", "show", "--json"]).data();
    let keys: Vec<&Value> = all["settings"].as_array().unwrap().iter().map(|row| &row["key"]).collect();
    assert!(keys.is_sorted_by_key(|key| key.to_string()) && keys.len() > 4, "{keys:?}");
    assert!(
        all["settings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["about"].as_str().is_some_and(|about| !about.is_empty()))
    );
}

#[test]
fn the_first_of_a_list_of_configuration_folders_is_the_users() {
    let sandbox = Sandbox::new();
    sandbox.write("config/preferences.json", "{\"show_costs\": false}");
    let list = format!(" {} ,{}", sandbox.config().display(), sandbox.at("home").display());
    let call = |list: &str| {
        Call::new(support::binary()).args(["config", "show", "--json"]).env("CLAUDE_CONFIG_DIR", list).run(&sandbox)
    };
    assert_eq!(call(&list).data()["user_file"], json!(sandbox.config().join("wfo/config.yaml")));
    assert_eq!(call("relative").failure(), (20, "config.no-home".to_owned()));
    assert_eq!(
        call("").data()["user_file"],
        json!(sandbox.at("home/.claude/wfo/config.yaml")),
        "empty counts as not set"
    );
}

#[test]
fn tables_are_checked_with_file_line_and_a_sentence() {
    let repo = Repo::new();
    let good = repo.helper(&["data", "check", "--json"]);
    let data = good.data();
    assert_eq!((&data["verdict"], &data["faults"]), (&json!("pass"), &json!([])));
    let tables: Vec<_> = data["tables"].as_array().unwrap().iter().map(|row| row["table"].as_str().unwrap()).collect();
    for file in std::fs::read_dir(repository().join("reference/data")).unwrap().flatten() {
        let name = file.file_name().to_string_lossy().trim_end_matches(".yaml").to_owned();
        assert!(tables.contains(&name.as_str()), "{name} is not checked");
        let path = file.path().to_string_lossy().into_owned();
        assert_eq!(repo.helper(&["data", "check", &path, "--json"]).data()["verdict"], "pass", "{name}");
    }
    repo.put(".wfo/data/queue.yaml", "rows:\n  - {id: p1, points: 5}\n  - {id: p1, points: lots}\n  - {points: 3}\n");
    for arguments in [&["data", "check", "--json"][..], &["data", "check", ".wfo/data/queue.yaml", "--json"]] {
        let bad = repo.helper(arguments);
        let answer = bad.answer();
        assert_eq!(
            (bad.status, &answer["ok"], &answer["data"]["verdict"]),
            (Some(10), &json!(true), &json!("fail")),
            "{arguments:?}"
        );
        let faults = answer["data"]["faults"].as_array().unwrap();
        let places: Vec<_> =
            faults.iter().map(|fault| (fault["where"]["line"].clone(), fault["code"].clone())).collect();
        assert_eq!(places, [(json!(3), json!("table.invalid")), (json!(4), json!("table.invalid"))], "{faults:#?}");
    }
    assert_eq!(repo.helper(&["data", "check", "nowhere.yaml", "--json"]).failure(), (20, "file.missing".to_owned()));
    repo.put("colours.yaml", "rows: []\n");
    assert_eq!(repo.helper(&["data", "check", "colours.yaml", "--json"]).failure().0, 20, "not the name of a table");
}

#[test]
fn a_broken_table_never_takes_the_built_in_rows_with_it() {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] [P1] A task\n");
    let usual = repo.brief()["queue"].clone();
    repo.put(".wfo/data/queue.yaml", "rows: [[[\n");
    repo.put_config("wfo/data/agents.yaml", "\u{0}");
    assert_eq!(repo.brief()["queue"], usual);
}

#[test]
fn the_teams_tables_lie_below_the_users() {
    let repo = Repo::new();
    let team = repo.at("team");
    repo.write("team/worktrees.yaml", "rows:\n  - {id: max_per_project, value: 5}\n  - {id: stale_days, value: 3}\n");
    repo.put_config("wfo/config.yaml", &format!("team_data: {}\n", team.display()));
    assert_eq!(repo.brief()["worktrees_max"], 5);
    repo.put_config("wfo/data/worktrees.yaml", "rows:\n  - {id: max_per_project, value: 7}\n");
    assert_eq!(repo.brief()["worktrees_max"], 7);
}

#[test]
fn completions_are_made_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        let done = sandbox.helper(&["completions", shell]);
        assert!(
            done.status == Some(0) && done.stdout.contains("start-day") && done.stdout.contains("wfo-helper"),
            "{shell}"
        );
    }
    assert_eq!(sandbox.helper(&["completions", "tcsh", "--json"]).failure().0, 64);
}

#[test]
fn stack_detect_names_languages_manager_commands_and_evidence() {
    let repo = Repo::new();
    let nothing = repo.helper(&["stack", "detect", "--json"]).data();
    assert_eq!((&nothing["kinds"], &nothing["package_manager"]), (&json!([]), &Value::Null));
    repo.put("package.json", "{\"scripts\": {\"test\": \"vitest\", \"build\": \"tsc\"}}");
    repo.put("pnpm-lock.yaml", "");
    let node = repo.helper(&["stack", "detect", "--json"]).data();
    assert_eq!(
        (&node["kinds"], &node["package_manager"], &node["commands"]["test"]),
        (&json!(["node"]), &json!("pnpm"), &json!("pnpm test"))
    );
    assert!(node["evidence"].as_array().unwrap().iter().any(|row| row["file"] == "pnpm-lock.yaml"), "{node:#}");
    repo.put("pyproject.toml", "[project]\nname = \"x\"\n");
    let mixed = repo.helper(&["stack", "detect", "--json"]).data();
    assert!(mixed["kinds"].as_array().unwrap().contains(&json!("mixed")), "{mixed:#}");
    let text = repo.helper(&["stack", "detect", "--format", "text"]).stdout;
    assert!(text.contains("pnpm test"), "{text}");
}

#[test]
fn no_command_changes_a_repository_unless_that_is_what_it_is_for() {
    let repo = place();
    let before = support::tree::picture(&repo.root());
    let reading = [
        "start-day",
        "stack detect",
        "doctor",
        "setup --check",
        "setup --dry-run",
        "init --dry-run",
        "worktree list",
        "worktree status",
        "worktree plan",
        "worktree create new --dry-run",
        "worktree cleanup",
        "worktree restore",
        "worktree adopt --dry-run",
        "port list",
        "cost price",
        "cost estimate --plan plan.yaml",
        "cost project --options options.yaml",
        "model route --task code",
        "model degrade opus",
        "trust list",
        "config show",
        "data check",
        "ref",
        "schema",
        "completions bash",
        "cost import --dry-run",
        "cost add --kind api --usd 1 --dry-run",
        "cost today",
        "cost week --all",
        "cost month",
        "cost day 2026-11-20",
        "cost feature",
        "cost budget --request 1",
        "cost report --html --dry-run",
    ];
    let run = |call: &str| -> Done { repo.helper(&call.split(' ').collect::<Vec<_>>()) };
    for call in reading {
        let done = run(call);
        assert!(matches!(done.status, Some(0 | 10 | 11)), "{call}: {done:?}");
        assert_eq!(support::tree::picture(&repo.root()), before, "{call}");
    }
}

#[test]
fn a_table_whose_name_is_misspelled_is_a_fault_of_the_check() {
    let repo = Repo::new();
    repo.put(".wfo/data/queues.yaml", "rows: []\n");
    repo.put(".wfo/data/queue.yaml", "rows: []\n");
    repo.put(".wfo/data/notes.md", "");
    let done = repo.helper(&["data", "check", "--json"]);
    let answer = done.json();
    let faults = answer["data"]["faults"].as_array().cloned().unwrap_or_default();
    assert_eq!((done.status, faults.len()), (Some(10), 1), "{answer:#}");
    assert_eq!(
        (faults[0]["severity"].as_str(), faults[0]["where"]["file"].as_str()),
        (Some("warning"), Some(".wfo/data/queues.yaml"))
    );
}
