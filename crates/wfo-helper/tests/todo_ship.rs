//! `todo ship`: TASK.md, PLANNING.md, cost and one commit, after a yes and nothing else, through the real binary.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::Done;
use support::flow::Flow;

const PLANNING: &str = "# Planning\r\n\r\n## Current\r\n\r\n- [ ] Log in\r\n  - by name\r\n- Search\r\n\r\n## Completed\r\n\r\n- Start\r\n";
const TASK: &str = "# Tasks\n\n## Now\n\n- [ ] impl_001: write the form\n- [ ] impl_002: check the name\n* [~] hand it in (`login`)\n- [ ] fix the login page\n\n| ID | Task | Status |\n|---|---|---|\n| T-7 | see `login` | Todo |\n| T-8 | other | Todo |\n";

fn ship(flow: &Flow, words: &[&str]) -> Done {
    flow.helper(&[&["todo", "ship", "login"], words].concat())
}

fn record(flow: &Flow) {
    let page = "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\ngithub_user: ada\n\
                metadata: {title: \"Log in\"}\ntasks:\n  implementation:\n  - {id: impl_001, description: write the form, status: completed}\n  \
                - {id: impl_002, description: check the name, status: pending}\n---\n# Log in\n";
    flow.put(&flow.file(), page);
}

/// A workflow with pages of a person, and work on its branch.
fn worked_with(task: &str, planning: &str) -> Flow {
    let flow = Flow::new("feature");
    record(&flow);
    flow.put("TASK.md", task);
    flow.put("PLANNING.md", planning);
    flow.commit("docs: pages");
    flow.git(&["branch", "-f", "contrib/ada", "main"]);
    flow.begin("contrib/ada");
    flow.work("src/api/form.py", "one\ntwo\n");
    flow
}

fn worked() -> Flow {
    worked_with(TASK, PLANNING)
}

fn proposed(flow: &Flow) -> (String, Value) {
    let data = ship(flow, &[]).data();
    assert_eq!((&data["applied"], &data["commit"]), (&json!(false), &json!(null)));
    (data["proposal"]["id"].as_str().unwrap_or_else(|| panic!("no proposal in {data}")).to_owned(), data)
}

fn read(flow: &Flow, file: &str) -> String {
    std::fs::read_to_string(flow.tree().join(file)).unwrap()
}

#[test]
fn finished_work_is_ticked_moved_and_committed_on_its_branch_and_nothing_else_changes() {
    let flow = worked();
    flow.write_there("README.md", "changed\n");
    let head = flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]);
    let (id, data) = proposed(&flow);
    assert_eq!(flow.git_in(&flow.tree(), &["status", "--porcelain"]), " M README.md", "a proposal writes nothing");
    assert_eq!(data["files"], json!(["TASK.md", "PLANNING.md"]));
    assert_eq!(data["extent"], json!({"files": 1, "additions": 2, "deletions": 0}));
    assert_eq!(data["gate"], json!({"name": "quality", "verdict": "unknown", "state": "missing"}));
    assert!(data["proposal"]["actions"][0].as_str().unwrap().contains("`quality` does not hold: unknown, missing"));
    let lines: Vec<u64> = data["ticked"].as_array().unwrap().iter().filter_map(|one| one["line"].as_u64()).collect();
    assert_eq!(lines, [5, 7, 12]);
    assert_eq!(data["left"][0]["why"], "its task is not completed");
    assert_eq!(data["moved"]["to"], "Completed");
    let done = ship(&flow, &["--confirm", &id]).data();
    assert_eq!((&done["applied"], &done["message"]), (&json!(true), &json!("docs: ship login")));
    let after = TASK
        .replace("- [ ] impl_001", "- [x] impl_001")
        .replace("* [~] hand", "* [x] hand")
        .replace("| T-7 | see `login` | Todo |", "| T-7 | see `login` | Done |");
    assert_eq!(read(&flow, "TASK.md"), after);
    let moved = "# Planning\r\n\r\n## Current\r\n\r\n- Search\r\n\r\n## Completed\r\n\r\n- Start\r\n- [x] Log in\r\n  - by name\r\n";
    assert_eq!(read(&flow, "PLANNING.md"), moved);
    let shown = flow.git_in(&flow.tree(), &["show", "--name-only", "--format=%s %P", "HEAD"]);
    assert_eq!(shown, format!("docs: ship login {head}\n\nPLANNING.md\nTASK.md"));
    assert_eq!(flow.git_in(&flow.tree(), &["status", "--porcelain"]), " M README.md");
    assert_eq!(flow.git(&["log", "-1", "--format=%s", "main"]).trim(), "docs: pages", "the main checkout stays");
    let again = ship(&flow, &[]).data();
    assert_eq!((&again["files"], again.get("proposal")), (&json!([]), None), "nothing is left to do");
    assert_eq!(ship(&flow, &["--confirm", &id]).failure().0, 22, "a yes counts once");
}

#[test]
fn a_yes_holds_for_the_pages_that_were_shown() {
    let flow = worked();
    let (id, _) = proposed(&flow);
    flow.write_there("TASK.md", &TASK.replace("other", "another"));
    assert_eq!(ship(&flow, &["--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    let (id, data) = proposed(&flow);
    assert_eq!(data["dirty"], json!(["TASK.md"]));
    assert!(data["proposal"]["actions"].to_string().contains("`TASK.md` holds other changes"));
    flow.work("src/more.py", "x\n");
    assert_eq!(ship(&flow, &["--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    let (id, _) = proposed(&flow);
    std::fs::remove_file(flow.config().join("wfo/config.yaml")).unwrap();
    let head = flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]);
    assert_eq!(ship(&flow, &["--confirm", &id]).failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]), head);
}

#[test]
fn a_secret_in_a_page_stops_it_before_anything_is_written() {
    let flow = worked();
    let secret = support::run::token();
    let page = format!("{TASK}- [ ] token {secret}\n");
    flow.write_there("TASK.md", &page);
    let done = ship(&flow, &[]);
    assert!(!format!("{}{}", done.stdout, done.stderr).contains(&secret));
    assert_eq!(done.failure(), (21, "todo.secret".to_owned()));
    assert_eq!(read(&flow, "TASK.md"), page);
    assert_eq!(read(&flow, "PLANNING.md"), PLANNING);
}

#[test]
fn when_the_commit_fails_the_pages_are_as_they_were() {
    let flow = worked();
    flow.program("project/.git/hooks/pre-commit", "#!/bin/sh\necho no >&2\nexit 1\n");
    let head = flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]);
    let (id, _) = proposed(&flow);
    assert_eq!(ship(&flow, &["--confirm", &id]).failure(), (30, "tool.failed".to_owned()));
    assert_eq!((read(&flow, "TASK.md").as_str(), read(&flow, "PLANNING.md").as_str()), (TASK, PLANNING));
    assert_eq!(flow.git_in(&flow.tree(), &["rev-parse", "HEAD"]), head);
}

#[test]
fn the_cost_is_noted_in_the_todo_and_an_unknown_one_is_left_out() {
    let flow = worked();
    let (_, data) = proposed(&flow);
    assert_eq!((&data["cost_usd"], &data["cost_noted"]), (&json!(null), &json!(false)));
    flow.helper(&["cost", "add", "--kind", "api", "--usd", "1.25", "--feature", "login"]).data();
    let (id, data) = proposed(&flow);
    assert_eq!((&data["cost_usd"], &data["cost_noted"]), (&json!(1.25), &json!(true)));
    let done = ship(&flow, &["--confirm", &id]);
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo commit --todo login"]));
    let todo = std::fs::read_to_string(flow.root().join(flow.file())).unwrap();
    assert!(todo.contains("cost_usd: 1.25"), "{todo}");
    assert!(todo.contains("title: \"Log in\"") && todo.ends_with("---\n# Log in\n"), "{todo}");
    assert_eq!(ship(&flow, &[]).data()["cost_noted"], false);
}

#[test]
fn documents_that_the_change_makes_stale_are_named_where_they_are_there_and_unchanged() {
    let flow = Flow::new("feature");
    record(&flow);
    for file in ["CLAUDE.md", "docs/API.md", "ARCHITECTURE.md", "TASK.md"] {
        flow.put(file, "- [ ] x (`login`)\n");
    }
    flow.commit("docs: pages");
    flow.git(&["branch", "-f", "contrib/ada", "main"]);
    flow.begin("contrib/ada");
    flow.work("src/api/form.py", "one\n").work("db/migrations/1.sql", "x\n").work("ARCHITECTURE.md", "new\n");
    let (_, data) = proposed(&flow);
    let stale: Vec<&str> =
        data["stale"].as_array().unwrap().iter().filter_map(|one| one["document"].as_str()).collect();
    assert_eq!(stale, ["CLAUDE.md", "docs/API.md"]);
    assert_eq!(data["stale"][1]["because"], "src/api/form.py");
}

#[test]
fn merged_work_is_shipped_in_the_main_checkout_with_its_todo() {
    let flow = Flow::trunk("feature");
    flow.put(".git/info/exclude", "ARCHIVED/\n");
    record(&flow);
    flow.put("TASK.md", "- [ ] x #login\n");
    flow.commit("docs: pages");
    flow.begin("main");
    flow.work("src/form.py", "one\n").leave().merge_into("main").forget();
    flow.helper(&["cost", "add", "--kind", "api", "--usd", "2", "--feature", "login"]).data();
    let (id, data) = proposed(&flow);
    assert_eq!((&data["branch"], &data["extent"]["files"]), (&json!("main"), &json!(1)));
    assert_eq!(data["files"], json!(["TASK.md", flow.file()]));
    ship(&flow, &["--confirm", &id]).data();
    let shown = flow.git(&["show", "--name-only", "--format=%s", "HEAD"]);
    assert_eq!(shown.trim(), format!("docs: ship login\n\nTASK.md\n{}", flow.file()));
}

#[test]
fn pages_that_are_links_or_no_text_are_refused_and_no_page_is_no_work() {
    let flow = worked();
    let page = flow.tree().join("TASK.md");
    wfo_base::atomic::write(&page, b"- [ ] `login` \xff\n").unwrap();
    assert_eq!(ship(&flow, &[]).failure(), (20, "file.not-utf8".to_owned()));
    std::fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink(flow.tree().join("PLANNING.md"), &page).unwrap();
    assert_eq!(ship(&flow, &[]).failure(), (20, "file.link-outside".to_owned()));
    std::fs::remove_file(&page).unwrap();
    std::fs::remove_file(flow.tree().join("PLANNING.md")).unwrap();
    let data = ship(&flow, &[]).data();
    assert_eq!((&data["files"], data.get("proposal")), (&json!([]), None));
    assert_eq!(flow.helper(&["todo", "ship", "../x"]).failure(), (20, "todo.unknown".to_owned()));
}

#[test]
fn a_line_of_a_stranger_cannot_speak_in_the_proposal() {
    let task = "- [ ] `login` \u{1b}[31mred\u{1b}[0m ``` <b> {{ x }}\n";
    let flow = worked_with(task, "# P\n");
    let (id, data) = proposed(&flow);
    assert!(!data.to_string().contains("\\u001b"), "{data}");
    ship(&flow, &["--confirm", &id]).data();
    assert_eq!(read(&flow, "TASK.md"), task.replace("[ ]", "[x]"));
}

#[test]
fn in_its_worktree_the_workflow_needs_no_name() {
    let flow = worked();
    flow.put("TODO_feature_20261101T000000Z_other.md", "---\nslug: other\n---\n");
    let there = flow.helper(&["--repo", &flow.tree().to_string_lossy(), "todo", "ship"]).data();
    assert_eq!(there["slug"], "login");
    let main = flow.helper(&["todo", "ship"]);
    assert_eq!(main.failure(), (20, "todo.ambiguous".to_owned()));
}

#[test]
fn of_many_who_confirm_the_same_proposal_exactly_one_ships() {
    let flow = worked();
    let (id, _) = proposed(&flow);
    let before = flow.git_in(&flow.tree(), &["rev-list", "--count", "HEAD"]);
    let done: Vec<Done> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| ship(&flow, &["--confirm", &id]))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let won = done.iter().filter(|one| one.status == Some(0)).count();
    assert_eq!(won, 1, "{:?}", done.iter().map(|one| &one.stdout).collect::<Vec<_>>());
    assert!(done.iter().filter(|one| one.status != Some(0)).all(|one| one.failure().0 == 22));
    let after = flow.git_in(&flow.tree(), &["rev-list", "--count", "HEAD"]);
    assert_eq!(after.parse::<u32>().unwrap(), before.parse::<u32>().unwrap() + 1);
    assert_eq!(read(&flow, "TASK.md").matches("[x]").count(), 2);
}
