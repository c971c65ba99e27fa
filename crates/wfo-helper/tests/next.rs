//! `next` and `todo reconcile`: what is proposed, what a yes writes, and what is refused.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::flow::{Flow, STAMP};
use support::tree::picture;
use support::{Call, Done, Repo, Sandbox, binary, text_of};

fn worked() -> Flow {
    let flow = Flow::new("feature");
    flow.begin("contrib/ada").specify().work("src/form.py", "print('form')\n");
    flow
}

fn id(data: &Value) -> String {
    data["proposal"]["id"].as_str().unwrap_or_else(|| panic!("no id: {data:#}")).to_owned()
}

fn confirm(flow: &Flow, id: &str) -> Done {
    flow.asking(&flow.tree(), &["next", "--confirm", id]).run(flow)
}

fn record(flow: &Flow) -> String {
    text_of(&flow.root().join(flow.file()))
}

#[test]
fn one_step_is_proposed_with_its_commands_skills_and_evidence() {
    let flow = Flow::new("feature");
    let data = flow.next();
    assert_eq!(data["place"], json!({"kind": "main", "below_top": false}));
    assert_eq!(
        (&data["slug"], &data["type"], &data["branch"]),
        (&json!("login"), &json!("feature"), &json!(flow.branch()))
    );
    assert_eq!(data["checkout"], Value::Null);
    let proposal = &data["proposal"];
    assert_eq!((&proposal["phase"], &proposal["step"]), (&json!(2), &json!("2.1")));
    let create = format!("`wfo-helper worktree create {} --base contrib/ada`", flow.branch());
    assert_eq!(proposal["actions"], json!([create]));
    assert_eq!(proposal["skills"], data["skills"]);
    assert!(proposal["skills"].as_array().unwrap().contains(&json!("parallel-work")), "{proposal:#}");
    assert_eq!(data["derived"]["optional"], json!(["1.1", "1.2", "1.3", "1.4"]));
}

#[test]
fn the_way_on_from_each_place_is_named() {
    let flow = worked();
    let there = flow.tree();
    for (folder, kind, below) in
        [(flow.root(), "main", false), (there.clone(), "worktree", false), (there.join("src"), "worktree", true)]
    {
        let data = flow.asking(&folder, &["next"]).run(&flow).data();
        assert_eq!(data["place"], json!({"kind": kind, "below_top": below}));
        assert_eq!(data["derived"]["step"], "2.5");
    }
    let flow = Flow::new("feature");
    flow.begin("contrib/ada");
    let data = flow.asking(&flow.root(), &["next"]).run(&flow).data();
    assert_eq!(data["derived"]["step"], "2.2");
    assert_eq!(data["proposal"]["actions"], json!([format!("`cd {}`", flow.tree().display())]));
}

#[test]
fn the_workflow_of_a_worktree_is_found_without_being_named() {
    let flow = worked();
    flow.put("TODO_hotfix_20261121T100000Z_loop.md", "---\nworkflow_type: hotfix\n---\n");
    let ask = |folder: &std::path::Path| Call::new(binary()).args(["next", "--json"]).folder(folder).run(&flow);
    assert_eq!(ask(&flow.tree().join("src")).data()["slug"], "login");
    assert_eq!(ask(&flow.root()).failure(), (20, "todo.ambiguous".to_owned()));
    let unknown = flow.helper(&["next", "--json", "--todo", "nothing"]);
    assert_eq!(unknown.failure(), (20, "todo.unknown".to_owned()));
    assert!(unknown.stdout.contains("login, loop"), "{unknown:?}");
}

#[test]
fn without_a_workflow_what_can_be_begun_is_listed() {
    let repo = Repo::new();
    let data = repo.helper(&["next", "--json"]).data();
    assert!(data.get("proposal").is_none() && data.get("derived").is_none(), "{data:#}");
    let choices = data["choices"].as_array().expect("choices");
    assert!(choices[0]["title"].as_str().unwrap().contains("small change"), "{choices:#?}");
    assert!(choices[1]["actions"][0].as_str().unwrap().contains("todo new feature SLUG"), "{choices:#?}");
    let none = Sandbox::new().helper(&["next", "--json"]);
    assert_eq!(none.failure(), (20, "git.no-repository".to_owned()));
}

#[test]
fn a_yes_moves_the_record_and_nothing_else() {
    let flow = worked();
    flow.record(Some(("2", "2.1", "implementation")));
    let old = record(&flow);
    let data = flow.next();
    assert_eq!(record(&flow), old, "a proposal writes nothing");
    let done = confirm(&flow, &id(&data)).data();
    assert_eq!((&done["applied"], &done["proposal"]["step"]), (&json!(true), &json!("2.5")));
    let new = record(&flow);
    assert!(new.contains("current_step: \"2.5\"") && new.contains("# Log in\n"), "{new}");
    let after = flow.next();
    assert_eq!((&after["drift"], &after["recorded"]["step"]), (&json!([]), &json!("2.5")));
}

#[test]
fn a_yes_to_what_has_changed_since_is_refused() {
    type Change = fn(&Flow);
    let changes: [(&str, Change); 4] = [
        ("a commit", |flow| {
            flow.work("src/more.py", "2\n");
        }),
        ("the record", |flow| flow.record(Some(("1", "1.1", "planning")))),
        ("a merge", |flow| {
            flow.merge_into("contrib/ada");
        }),
        ("a document is gone", |flow| std::fs::remove_file(flow.tree().join("specs/login/plan.md")).unwrap()),
    ];
    for (what, change) in changes {
        let flow = worked();
        let id = id(&flow.next());
        change(&flow);
        let old = record(&flow);
        let (status, code) = confirm(&flow, &id).failure();
        assert_eq!((status, code.as_str()), (22, "proposal.stale"), "{what}");
        assert_eq!(record(&flow), old, "{what}");
    }
}

#[test]
fn only_a_person_says_yes() {
    let flow = worked();
    flow.put_config("wfo/config.yaml", "");
    let id = id(&flow.next());
    let old = record(&flow);
    let done = flow.asking(&flow.tree(), &["next", "--confirm", &id]).env("CLAUDECODE", "1").run(&flow);
    assert_eq!(done.failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(record(&flow), old);
}

#[test]
fn of_two_who_confirm_the_same_proposal_one_wins() {
    let flow = worked();
    let id = id(&flow.next());
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| confirm(&flow, &id));
        (confirm(&flow, &id), other.join().unwrap())
    });
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [Some(0), Some(22)], "{one:?} {other:?}");
    assert!(record(&flow).contains("2.5"));
}

#[test]
fn a_yes_that_is_killed_at_any_moment_leaves_a_whole_record_and_the_next_call_proposes_the_rest() {
    let flow = worked();
    for number in 0..12 {
        flow.record(Some(("2", "2.1", "implementation")));
        let old = record(&flow);
        let id = id(&flow.next());
        let limit = format!("0.{:03}", 2 + number * 4);
        let program = binary().to_string_lossy().into_owned();
        let words =
            ["-s", "KILL", &limit, &program, "next", "--json", "--offline", "--todo", "login", "--confirm", &id];
        Call::new("timeout").args(words).folder(&flow.tree()).run(&flow);
        let new = record(&flow);
        assert!(new == old || new.contains("current_step: \"2.5\""), "{new}");
        let data = flow.next();
        assert_eq!((&data["derived"]["step"], data["drift"] == json!([])), (&json!("2.5"), new != old), "{limit}");
        let done = confirm(&flow, data["proposal"]["id"].as_str().expect("an id")).data();
        assert_eq!(done["applied"], true, "{limit}");
        assert!(record(&flow).contains("current_step: \"2.5\""));
    }
}

#[test]
fn one_workflow_goes_from_new_to_done_and_every_call_between_sees_where_it_is() {
    let flow = Flow::new("feature");
    let step = |expected: &str| {
        let data = flow.next();
        assert_eq!(data["proposal"]["step"], expected, "{data:#}");
        if data["drift"] != json!([]) {
            let folder = if flow.tree().is_dir() { flow.tree() } else { flow.root() };
            let done = flow.asking(&folder, &["next", "--confirm", &id(&data)]).run(&flow).data();
            assert_eq!(done["applied"], true);
        }
        assert_eq!(flow.next()["drift"], json!([]), "{expected}");
    };
    step("2.1");
    flow.begin("contrib/ada");
    step("2.3");
    flow.specify();
    step("2.4");
    flow.work("src/form.py", "print('form')\n");
    step("2.5");
    flow.pull_request("contrib/ada", "OPEN", false, "");
    step("4.2");
    flow.pull_request("contrib/ada", "OPEN", false, "APPROVED");
    step("4.4");
    flow.merge_into("contrib/ada");
    step("4.5");
    flow.leave();
    step("4.5");
    flow.archive();
    step("4.8");
    flow.merge("contrib/ada", "develop");
    step("complete");
    flow.forget();
    step("complete");
}

#[test]
fn a_dry_run_proposes_nothing_that_could_be_confirmed() {
    let flow = worked();
    let before = picture(&flow.root());
    let data = flow.asking(&flow.tree(), &["next", "--dry-run"]).run(&flow).data();
    assert!(data["proposal"].get("id").is_none(), "{data:#}");
    assert_eq!(picture(&flow.root()), before);
}

#[test]
fn an_optional_step_can_be_chosen_and_is_no_drift_then() {
    let flow = Flow::new("feature");
    let data = flow.asking(&flow.root(), &["next", "--step", "1.1"]).run(&flow).data();
    let proposal = &data["proposal"];
    assert_eq!((&proposal["step"], &proposal["phase"]), (&json!("1.1"), &json!(1)));
    let commit = "`wfo-helper todo commit --todo login --message 'docs(planning): requirements of login'`";
    let actions = proposal["actions"].as_array().unwrap();
    assert_eq!(actions[1..], [json!("`wfo-helper todo plan login --answers FILE`"), json!(commit)]);
    let id = id(&data);
    let done = flow.asking(&flow.root(), &["next", "--step", "1.1", "--confirm", &id]).run(&flow);
    assert_eq!(done.data()["applied"], true);
    let after = flow.next();
    assert_eq!(
        (&after["drift"], &after["proposal"]["step"], &after["derived"]["step"]),
        (&json!([]), &json!("1.1"), &json!("2.1"))
    );
    for step in ["2.4", "9.9", "..", "4.4"] {
        let refused = flow.asking(&flow.root(), &["next", "--step", step]).run(&flow);
        assert_eq!(refused.failure(), (20, "next.step-unknown".to_owned()), "{step}");
    }
}

#[test]
fn a_record_that_differs_is_repaired_after_a_yes() {
    let flow = worked();
    flow.record(Some(("5", "5.6", "release")));
    let asked = flow.reconcile(&[]);
    assert_eq!(asked.status, Some(10), "{asked:?}");
    let data = asked.answer()["data"].take();
    assert_eq!((&data["applied"], &data["step"], &data["phase"]), (&json!(false), &json!("2.5"), &json!(2)));
    assert_eq!(data["drift"].as_array().unwrap().len(), 3);
    let confirmed = flow.reconcile(&["--confirm", &id(&data)]);
    assert_eq!((confirmed.status, &confirmed.answer()["data"]["applied"]), (Some(0), &json!(true)));
    let again = flow.reconcile(&[]);
    assert_eq!((again.status, &again.answer()["data"]["drift"]), (Some(0), &json!([])));
    let next = flow.next();
    assert_eq!((&next["recorded"]["step"], &next["recorded"]["status"]), (&json!("2.5"), &json!("implementation")));
}

#[test]
fn a_claim_that_tests_pass_goes_where_there_is_no_evidence() {
    let flow = worked();
    let page = record(&flow).replace("{semantic_version", "{tests_passing: true, semantic_version");
    flow.put(&flow.file(), &page);
    let data = flow.reconcile(&[]).answer()["data"].take();
    let fields: Vec<&str> = data["drift"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
    assert!(fields.contains(&"quality_gates.tests_passing"), "{data:#}");
    assert_eq!(flow.reconcile(&["--confirm", &id(&data)]).status, Some(0));
    assert!(record(&flow).contains("tests_passing: false"), "{}", record(&flow));
    assert_eq!(flow.reconcile(&[]).status, Some(0));
}

#[test]
fn a_file_that_cannot_be_edited_safely_is_still_judged_but_not_written() {
    let flow = worked();
    flow.record(Some(("2", "2.1", "implementation")));
    let page = record(&flow).replace("workflow_progress: {", "workflow_progress: &here {");
    flow.put(&flow.file(), &page);
    let data = flow.next();
    assert_eq!(data["derived"]["step"], "2.5");
    assert_eq!(confirm(&flow, &id(&data)).failure(), (21, "todo.edit-refused".to_owned()));
    assert_eq!(record(&flow), page);
}

#[test]
fn a_link_in_place_of_the_file_is_neither_read_nor_written() {
    let flow = worked();
    let id = id(&flow.next());
    let target = flow.put("real.md", &record(&flow));
    std::fs::remove_file(flow.root().join(flow.file())).unwrap();
    std::os::unix::fs::symlink("real.md", flow.root().join(flow.file())).unwrap();
    let old = text_of(&target);
    for words in [&["next"][..], &["next", "--confirm", &id], &["todo", "reconcile"]] {
        let done = flow.asking(&flow.tree(), words).run(&flow);
        assert_eq!(done.failure(), (20, "todo.unreadable".to_owned()), "{words:?}");
    }
    assert_eq!(text_of(&target), old);
}

#[test]
fn pull_requests_that_cannot_be_read_are_refused_and_foreign_words_stay_one_line() {
    let flow = worked();
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    for page in [
        "",
        "null",
        "7",
        "[{\"number\": 7, \"state\": \"OPEN\"",
        "[{\"number\": 7}]",
        "[{\"number\": -1, \"state\": \"OPEN\", \"headRefName\": \"x\"}]",
        "[{\"number\": 7, \"state\": \"MERGED!\", \"headRefName\": \"x\"}]",
        "{\"pullRequestId\": 7, \"status\": \"all\", \"sourceRefName\": \"refs/heads/x\"}",
        deep.as_str(),
    ] {
        flow.write("pr.json", page);
        let done = flow.asking(&flow.tree(), &["next"]).run(&flow);
        assert_eq!(done.failure(), (20, "pr.unreadable".to_owned()), "{}", page.chars().take(60).collect::<String>());
    }
    let row = json!([{"number": 7, "state": "OPEN", "headRefName": flow.branch(), "title": "\u{202e}x\u{1b}[2K", "reviewDecision": "\u{1b}"}]);
    flow.write("pr.json", &row.to_string());
    let done = flow.asking(&flow.tree(), &["next"]).run(&flow);
    assert_eq!(done.data()["derived"]["step"], "4.2");
    assert!(!done.stdout.contains('\u{1b}') && !done.stdout.contains("\\u001b"), "{}", done.stdout);
}

#[test]
fn azures_pull_requests_are_read_as_well() {
    let flow = worked();
    let row = |status: &str, vote: i64| {
        json!([{"pullRequestId": 3, "status": status, "isDraft": false, "reviewers": [{"vote": vote}],
            "sourceRefName": format!("refs/heads/{}", flow.branch()), "targetRefName": "refs/heads/contrib/ada"}])
    };
    for (status, vote, step) in [
        ("active", 0, "4.2"),
        ("active", 10, "4.4"),
        ("active", -5, "4.2"),
        ("completed", 0, "4.5"),
        ("abandoned", 0, "2.5"),
    ] {
        flow.write("pr.json", &row(status, vote).to_string());
        assert_eq!(flow.next()["derived"]["step"], step, "{status} {vote}");
    }
}

/// Puts a program named `gh` first on the path and lets the branch be pushed to GitHub.
fn hosted(script: &str) -> (Flow, String) {
    let flow = worked();
    flow.git(&["remote", "add", "origin", "https://github.com/ada/demo.git"]);
    flow.git(&["update-ref", &format!("refs/remotes/origin/{}", flow.branch()), &flow.branch()]);
    flow.program("bin/gh", script);
    let path = format!("{}:{}", flow.at("bin").display(), std::env::var("PATH").unwrap_or_default());
    (flow, path)
}

fn asked(flow: &Flow, path: &str, words: &[&str]) -> Done {
    Call::new(binary()).args(["next", "--json"]).args(words).folder(&flow.tree()).env("PATH", path).run(flow)
}

#[test]
fn the_host_is_asked_for_the_pushed_branch_and_never_offline() {
    let (flow, path) = hosted("#!/bin/sh\necho \"$@\" >> \"$HOME/asked\"\necho '[]'\n");
    assert_eq!(asked(&flow, &path, &["--offline"]).data()["derived"]["step"], "2.5");
    assert!(!flow.at("home/asked").exists());
    asked(&flow, &path, &[]).data();
    let words = text_of(&flow.at("home/asked"));
    assert!(
        words.contains("--repo github.com/ada/demo") && words.contains(&format!("--head feature/{STAMP}_login")),
        "{words}"
    );
    let row = json!([{"number": 7, "state": "OPEN", "reviewDecision": "APPROVED", "headRefName": flow.branch(), "baseRefName": "contrib/ada"}]);
    flow.program("bin/gh", &format!("#!/bin/sh\ncat <<'E'\n{row}\nE\n"));
    assert_eq!(asked(&flow, &path, &[]).data()["derived"]["step"], "4.4");
}

#[test]
fn a_host_that_fails_or_hangs_leaves_the_pull_request_unknown() {
    for (script, word) in [("echo no >&2; exit 4", "no"), ("echo '[{'", "no whole JSON"), ("exec sleep 60", "")] {
        let (flow, path) = hosted(&format!("#!/bin/sh\n{script}\n"));
        let done = asked(&flow, &path, &[]);
        let data = done.data();
        let row = data["derived"]["evidence"].as_array().unwrap().iter().find(|one| one["step"] == "4.1").unwrap();
        assert_eq!(row["proven"], "unknown", "{script}: {row:#}");
        assert!(row["detail"].as_str().unwrap().contains(word), "{script}: {row:#}");
        assert!(done.took < Duration::from_secs(9), "{script}: {:?}", done.took);
    }
}

#[test]
fn coverage_and_tests_count_while_they_are_about_this_content() {
    let flow = worked();
    let report = flow.write("reports/lcov.info", "SF:src/form.py\nDA:1,1\nLF:1\nLH:1\nend_of_record\n");
    let judge = format!("lcov={}", report.display());
    let call = Call::new(binary()).args(["gate", "judge", "quality", "--report", &judge, "--json"]);
    let judged = call.folder(&flow.tree()).unset("WFO_NOW").run(&flow);
    assert_eq!(judged.status, Some(11), "{judged:?}");
    let now = || flow.asking(&flow.tree(), &["next"]).unset("WFO_NOW").run(&flow).data();
    assert_eq!(now()["derived"]["step"], "3.1", "{judged:?}");
    flow.write_there("src/form.py", "print('other')\n");
    let data = now();
    assert_eq!(data["derived"]["step"], "2.5");
    let row = data["derived"]["evidence"].as_array().unwrap().iter().find(|one| one["step"] == "2.5").unwrap();
    assert!(row["detail"].as_str().unwrap().contains("older than the content"), "{row:#}");
}

#[test]
fn the_path_is_chosen_by_the_diff_and_says_why() {
    let flow = Flow::new("feature");
    flow.begin("contrib/ada").work("src/form.py", "1\n");
    let tiny = flow.next();
    assert_eq!((&tiny["path"], &tiny["derived"]["step"]), (&json!("tiny"), &json!("2.5")), "{tiny:#}");
    flow.work("db/migrations/1.sql", "create table t (i int);\n");
    let risky = flow.next();
    assert_eq!((&risky["path"], &risky["derived"]["step"]), (&json!("risky"), &json!("2.3.1")), "{risky:#}");
    assert!(risky["path_reasons"][0].as_str().unwrap().contains("schema or migrations"), "{risky:#}");
    assert_eq!(risky["proposal"]["human"], true);
}

#[test]
fn an_answer_comes_quickly_in_a_small_repository() {
    let flow = worked();
    let took = (0..5).map(|_| flow.asking(&flow.tree(), &["next"]).run(&flow).took).min().unwrap();
    // Without optimisation; the release build is measured by scripts/bench.
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn text_and_markdown_say_what_comes_next() {
    let flow = worked();
    for format in ["text", "markdown"] {
        let call = Call::new(binary()).args(["next", "--offline", "--format", format]).folder(&flow.tree());
        let done = call.run(&flow);
        assert_eq!(done.status, Some(0), "{done:?}");
        assert!(
            done.stdout.contains("feature login:") && done.stdout.contains("Next: 2.5 Test at least 80 %"),
            "{}",
            done.stdout
        );
    }
}

#[test]
fn a_task_of_the_plan_that_says_a_migration_puts_the_schema_step_in_and_one_that_denies_it_does_not() {
    for (task, touches) in [("Table for codes with a migration", true), ("Rename a label, no migration needed", false)]
    {
        let flow = Flow::new("feature");
        flow.begin("contrib/ada").work("src/form.py", "1\n");
        flow.write_there("specs/login/plan.md", &format!("# Plan\n\n## Implementation\n\n- [ ] impl_001: {task}\n"));
        flow.commit_in(&flow.tree(), "docs: plan");
        let data = flow.next();
        let reasons = data["path_reasons"].to_string();
        assert_eq!((&data["derived"]["step"] == "2.3.1", reasons.contains(task)), (touches, touches), "{data:#}");
    }
}

#[test]
fn open_threads_of_the_file_ask_for_work_items_until_each_has_its_page() {
    let flow = worked();
    let told = |threads: &Value| {
        let row = json!([{"number": 7, "state": "OPEN", "isDraft": false, "reviewDecision": "APPROVED",
            "headRefName": flow.branch(), "baseRefName": "contrib/ada", "reviewThreads": threads}]);
        flow.write("pr.json", &row.to_string());
        let data = flow.next();
        let rows = data["derived"]["evidence"].as_array().unwrap();
        let row = rows.iter().find(|one| one["step"] == "4.3").unwrap_or_else(|| panic!("{data:#}"));
        (row["proven"].as_str().unwrap().to_owned(), row["detail"].as_str().unwrap().to_owned())
    };
    let thread = |id: &str, resolved: bool| json!({"id": id, "isResolved": resolved});
    assert_eq!(told(&json!([thread("a", true)])).0, "yes");
    assert_eq!(
        told(&json!({"nodes": [thread("RT_1", false), thread("b", false)]})).1,
        "2 open threads without a work item"
    );
    let page = "---\ntype: pr-feedback\npr: 7\nthread: RT_1\n---\n# Fix it\n";
    flow.put("planning/pr-7-issue-RT_1.md", page);
    let (proven, detail) = told(&json!([thread("RT_1", false), thread("b", false)]));
    assert_eq!((proven.as_str(), detail.as_str()), ("no", "1 open thread without a work item"));
    assert_eq!(told(&json!([thread("RT_1", false)])).0, "yes");
    for odd in [
        json!({"nodes": [], "pageInfo": {"hasNextPage": true}}),
        json!([{"id": "a"}]),
        json!([{"isResolved": false}]),
        json!("x"),
        Value::Null,
    ] {
        assert_eq!(told(&odd).0, "unknown", "{odd}");
    }
}
