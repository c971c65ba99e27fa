//! `todo`: new work, tasks, keys, checkpoints and verdicts, against real repositories.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a test of speed says what it measured")]

mod support;

use serde_json::json;
use support::{Done, Repo, text_of};

/// The file that `todo new feature login` makes at the time of the sandbox.
const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

fn unattended(repo: &Repo) {
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
}

fn page(repo: &Repo) -> String {
    text_of(&repo.root().join(LOGIN))
}

/// A repository with the feature `login` and two tasks.
fn with_login() -> Repo {
    let repo = Repo::new();
    todo(&repo, &["new", "feature", "login", "--title", "Login loop"]).data();
    todo(&repo, &["task", "add", "implementation", "Guard the redirect"]).data();
    todo(&repo, &["task", "add", "testing", "Test the guard", "--after", "impl_001"]).data();
    repo
}

#[test]
fn a_feature_is_begun_listed_shown_worked_on_and_its_list_follows() {
    let repo = Repo::new();
    repo.put("pyproject.toml", "[project]\nname = \"x\"\n");
    repo.put("Dockerfile", "FROM scratch\n");
    let made = todo(&repo, &["new", "feature", "login", "--title", "Login loop", "--user", "ada", "--brief"]).data();
    assert_eq!(
        made,
        json!({"applied": true, "file": LOGIN, "type": "feature", "slug": "login", "title": "Login loop", "phase": 1, "step": "1.1",
               "brief": "planning/login/BRIEF.md", "files": [LOGIN, "planning/login/BRIEF.md", "TODO.md"]})
    );
    assert!(text_of(&repo.root().join("planning/login/BRIEF.md")).starts_with("# Brief: Login loop\n"));
    let shown = todo(&repo, &["show", "login"]).data();
    assert_eq!(shown["front_matter"]["metadata"]["stack"], "python");
    assert_eq!(shown["front_matter"]["metadata"]["containers"], json!(["Dockerfile"]));
    assert_eq!(shown["front_matter"]["github_user"], "ada");
    let added = todo(&repo, &["task", "add", "implementation", "Guard the redirect"]).data();
    assert_eq!((&added["id"], &added["files"]), (&json!("impl_001"), &json!([LOGIN])));
    todo(&repo, &["task", "add", "testing", "Test it", "--after", "impl_001"]).data();
    let set = todo(&repo, &["task", "set", "impl_001", "--status", "completed"]).data();
    assert_eq!((&set["was"], &set["status"]), (&json!("pending"), &json!("completed")));
    let shown = todo(&repo, &["show"]).data();
    assert_eq!(
        shown["tasks"],
        json!([
            {"id": "impl_001", "category": "implementation", "description": "Guard the redirect", "status": "completed", "depends_on": []},
            {"id": "test_001", "category": "testing", "description": "Test it", "status": "pending", "depends_on": ["impl_001"]},
        ])
    );
    assert_eq!(shown["front_matter"]["workflow_progress"]["last_task"], "impl_001");
    let list = todo(&repo, &["list"]).data();
    assert_eq!((&list["workflows"][0]["slug"], &list["workflows"][0]["tasks_completed"]), (&json!("login"), &json!(1)));
    assert_eq!((&list["here"]["place"], &list["here"]["subfolder"]), (&json!("main"), &json!(false)));
    assert_eq!(list["here"]["skills"], json!(["build-feature"]));
    let manifest = text_of(&repo.root().join("TODO.md"));
    assert!(manifest.contains("type: workflow-master-manifest") && manifest.contains(LOGIN), "{manifest}");
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass");
    // The briefing of the day shows the same row.
    assert_eq!(repo.brief()["workflows"], list["workflows"]);
}

#[test]
fn a_release_and_a_hotfix_begin_in_their_own_phase_with_what_they_start_from() {
    let repo = Repo::new();
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    for (kind, phase, step) in [("release", 5, "5.1"), ("hotfix", 6, "6.1")] {
        let made = todo(&repo, &["new", kind, &format!("one-{kind}"), "--for-version", "1.4.1"]).data();
        assert_eq!((&made["phase"], &made["step"]), (&json!(phase), &json!(step)));
        let front = todo(&repo, &["show", &format!("one-{kind}")]).data()["front_matter"].clone();
        assert_eq!(
            (&front["metadata"]["base_branch"], &front["metadata"]["base_commit"]),
            (&json!("main"), &json!(head))
        );
        assert_eq!(front["quality_gates"]["semantic_version"], "1.4.1");
    }
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass");
}

#[test]
fn an_edit_changes_only_what_it_is_about_to_the_byte() {
    let repo = Repo::new();
    let before = "\u{feff}---\r\ntype: workflow-manifest # mine\r\nworkflow_type: feature\r\nslug:   'login'\r\ntasks:\r\n  implementation:\r\n    - {id: impl_001, description: \"A: b\", status: pending}   # first\r\n    - id: impl_002\r\n      description: >-\r\n        folded\r\n      status: complete\r\n...\r\n# Body\r\n```yaml\r\nstatus: pending\r\n```\r\n";
    repo.put(LOGIN, before);
    todo(&repo, &["task", "set", "impl_001", "--status", "in_progress"]).data();
    let after = page(&repo);
    assert!(
        after.contains("description: \"A: b\", status: in_progress") && after.contains("}   # first\r\n"),
        "{after:?}"
    );
    for kept in [
        "\u{feff}---\r\ntype: workflow-manifest # mine\r\n",
        "slug:   'login'\r\n",
        "description: >-\r\n        folded\r\n      status: complete\r\n",
    ] {
        assert!(after.contains(kept), "{kept:?}: {after:?}");
    }
    assert!(after.ends_with("...\r\n# Body\r\n```yaml\r\nstatus: pending\r\n```\r\n"));
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let repo = Repo::new();
    let made = todo(&repo, &["new", "feature", "login", "--brief", "--dry-run"]).data();
    assert_eq!((&made["applied"], &made["file"]), (&json!(false), &json!(LOGIN)));
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    todo(&repo, &["new", "feature", "login"]).data();
    let before = page(&repo);
    let set = todo(&repo, &["task", "add", "implementation", "x", "--dry-run"]).data();
    assert_eq!((&set["applied"], &set["files"]), (&json!(false), &json!([LOGIN])));
    todo(&repo, &["checkpoint", "--tokens", "100000", "--dry-run"]).data();
    todo(&repo, &["set", "metadata.title=x", "--dry-run"]).data();
    assert_eq!(page(&repo), before);
}

#[test]
fn the_todo_that_is_meant_is_the_named_one_else_this_worktrees_else_the_only_active_one() {
    let repo = with_login();
    repo.put("TODO_feature_20261101T000000Z_search.md", "---\nworkflow_progress: {phase: 2, status: planning}\n---\n");
    let (status, code) = todo(&repo, &["task", "add", "testing", "x"]).failure();
    assert_eq!((status, code.as_str()), (20, "todo.ambiguous"));
    assert_eq!(todo(&repo, &["show", "--todo", "search"]).data()["slug"], "search");
    assert_eq!(todo(&repo, &["show", "20261101T000000Z_search"]).data()["slug"], "search");
    assert_eq!(todo(&repo, &["show", LOGIN]).data()["slug"], "login");
    assert_eq!(todo(&repo, &["show", "nothing"]).failure(), (20, "todo.unknown".to_owned()));
    // A finished one is not active.
    repo.put("TODO_feature_20261101T000000Z_search.md", "---\nworkflow_progress: {status: completed}\n---\n");
    assert_eq!(todo(&repo, &["show"]).data()["slug"], "login");
    repo.commit("files");
    let tree = repo.at("elsewhere");
    repo.git(&["worktree", "add", "-q", "-b", "feature/20261101T000000Z_search", &tree.to_string_lossy()]);
    std::fs::create_dir(tree.join("deep")).unwrap();
    let there = |words: &[&str]| repo.call(&[&["todo"], words].concat()).folder(&tree.join("deep")).run(&repo).data();
    assert_eq!(there(&["show"])["slug"], "search");
    let here = &there(&["list"])["here"];
    assert_eq!(
        (&here["place"], &here["subfolder"], &here["file"]),
        (&json!("worktree"), &json!(true), &json!("TODO_feature_20261101T000000Z_search.md"))
    );
    // The files are the main checkout's: nothing is written in the worktree.
    there(&["task", "add", "testing", "from the worktree", "--todo", "login"]);
    assert!(page(&repo).contains("from the worktree"));
    assert_eq!(repo.git_in(&tree, &["status", "--porcelain"]), "");
}

#[test]
fn a_submodule_and_a_plain_folder_are_told_apart() {
    let repo = Repo::new();
    let inner = Repo::new();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &inner.root().to_string_lossy(), "inner"]);
    let list = |folder: &str| repo.call(&["todo", "list"]).folder(&repo.at(folder)).run(&repo);
    assert_eq!(list("project/inner").data()["here"]["place"], "submodule");
    assert_eq!(list("home").data()["here"]["place"], "none");
    assert_eq!(list("home").codes(), ["git.no-repository"]);
    assert_eq!(list("project").data()["here"]["skills"], json!(["next-step"]), "no workflow: the set-up is next");
}

#[test]
fn a_key_is_set_at_once_and_progress_only_by_a_person() {
    let repo = with_login();
    let set = todo(&repo, &["set", "metadata.title=Login: {{ x }} --- `y`"]).data();
    assert_eq!((&set["before"], &set["applied"]), (&json!("Login loop"), &json!(true)));
    assert_eq!(todo(&repo, &["show"]).data()["front_matter"]["metadata"]["title"], "Login: {{ x }} --- `y`");
    for key in ["workflow_progress.phase=3", "quality_gates.tests_passing=true", " workflow_progress.status=completed"]
    {
        let before = page(&repo);
        let asked = todo(&repo, &["set", key]).data();
        assert_eq!(asked["applied"], false, "{key}");
        assert_eq!(page(&repo), before);
        let id = asked["proposal"]["id"].as_str().unwrap().to_owned();
        assert_eq!(todo(&repo, &["set", key, "--confirm", &id]).failure(), (21, "proposal.needs-person".to_owned()));
        assert_eq!(page(&repo), before);
        unattended(&repo);
        assert_eq!(todo(&repo, &["set", key, "--confirm", &id]).data()["applied"], true, "{key}");
        assert_eq!(todo(&repo, &["set", key, "--confirm", &id]).failure(), (22, "proposal.used".to_owned()));
        std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    }
    let front = &todo(&repo, &["show"]).data()["front_matter"];
    assert_eq!(
        (&front["workflow_progress"]["phase"], &front["quality_gates"]["tests_passing"]),
        (&json!(3), &json!(true))
    );
    // A yes is about the file as it was shown.
    unattended(&repo);
    let id = todo(&repo, &["set", "workflow_progress.phase=4"]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    todo(&repo, &["task", "add", "testing", "meanwhile"]).data();
    let done = todo(&repo, &["set", "workflow_progress.phase=4", "--confirm", &id]);
    assert_eq!(done.failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(todo(&repo, &["set", "workflow_progress.phase=7"]).failure(), (20, "todo.phase-unknown".to_owned()));
    assert_eq!(todo(&repo, &["set", "no-equals"]).failure(), (20, "todo.value-invalid".to_owned()));
    assert_eq!(
        todo(&repo, &["set", "tasks.impl_001.status=completed"]).failure(),
        (20, "todo.value-invalid".to_owned())
    );
}

#[test]
fn a_checkpoint_is_saved_at_its_limit_and_below_it_nothing_is_written() {
    let repo = with_login();
    for (tokens, level) in [("0", "ok"), ("79999", "ok"), ("80000", "warn"), ("99999", "warn")] {
        let before = page(&repo);
        let answer = todo(&repo, &["checkpoint", "--tokens", tokens, "--notes", "x"]).data();
        assert_eq!(
            (&answer["level"], &answer["applied"], &answer["file"]),
            (&json!(level), &json!(false), &json!(null))
        );
        assert_eq!(page(&repo), before);
    }
    let words =
        ["checkpoint", "--tokens", "100412", "--notes", "guard written, tests open", "--task", "impl_001=completed"];
    let answer = todo(&repo, &words).data();
    assert_eq!((&answer["level"], &answer["applied"]), (&json!("checkpoint"), &json!(true)));
    assert_eq!((&answer["warn_at"], &answer["checkpoint_at"]), (&json!(80_000), &json!(100_000)));
    let shown = todo(&repo, &["show"]).data();
    assert_eq!(
        shown["front_matter"]["context_checkpoints"],
        json!([{"timestamp": "2026-11-21T09:00:00Z", "token_usage": 100_412, "phase": 1, "step": "1.1", "last_task": "impl_001",
                "notes": "guard written, tests open"}])
    );
    assert_eq!(shown["tasks"][0]["status"], "completed");
    let page = page(&repo);
    let section = page.split_once("## Context Checkpoint").expect("a section").1;
    assert!(
        section.contains("impl_001: Guard the redirect") && section.contains("test_001: Test the guard"),
        "{section}"
    );
    // A small window lowers both limits.
    let answer = todo(&repo, &["checkpoint", "--tokens", "60000", "--window", "100000"]).data();
    assert_eq!(answer["level"], "warn");
    // Below the limit no TODO is needed.
    let empty = Repo::new();
    assert_eq!(todo(&empty, &["checkpoint", "--tokens", "5"]).data()["level"], "ok");
    assert_eq!(todo(&empty, &["checkpoint", "--tokens", "500000"]).failure(), (20, "todo.unknown".to_owned()));
}

#[test]
fn every_broken_rule_is_named_with_its_line() {
    let repo = Repo::new();
    repo.put(
        LOGIN,
        "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\nworkflow_progress: {phase: 9, current_step: \"2.4\", status: dreaming}\ntasks:\n  implementation:\n    - {id: impl_001, description: a, status: pending, depends_on: [impl_002]}\n    - {id: impl_002, description: b, status: pending, depends_on: [impl_001]}\n    - {id: impl_002, description: c, status: pending}\n---\n",
    );
    let done = todo(&repo, &["validate"]);
    assert_eq!(done.status, Some(10), "{done:?}");
    let answer = done.answer();
    assert_eq!(answer["data"]["verdict"], "fail");
    let notes = answer["diagnostics"].as_array().unwrap();
    let lines: Vec<u64> = notes.iter().filter_map(|note| note["where"]["line"].as_u64()).collect();
    assert!(lines.contains(&5) && lines.contains(&10), "{lines:?}: {answer:#}");
    assert!(notes.iter().any(|note| note["message"].as_str().unwrap().contains("impl_002")), "{answer:#}");
    repo.put("TODO_feature_20261101T000000Z_broken.md", "no front matter\n");
    let done = todo(&repo, &["validate"]);
    assert_eq!((done.status, &done.answer()["data"]["verdict"]), (Some(20), &json!("unknown")));
    assert_eq!(todo(&Repo::new(), &["validate"]).failure(), (20, "todo.unknown".to_owned()));
}

#[test]
fn what_planning_specification_and_plan_leave_open_is_told() {
    let repo = with_login();
    repo.put("planning/login/requirements.md", "# Requirements\n\n## Acceptance criteria\n\n- [ ] Redirects never form a loop\n- [ ] Passwords expire yearly\n");
    repo.put("specs/login/spec.md", "# Specification\n\n## Items\n\n- Redirects: a guard breaks every loop\n");
    repo.put("planning/login/epics.md", "# Epics\n\n## Epic 1: Redirects\n");
    repo.put(
        "specs/login/plan.md",
        "# Plan\n\n## Implementation\n\n- [ ] impl_001: Guard the redirect (epic: 1)\n- [ ] impl_002: Paint the shed\n",
    );
    let done = todo(&repo, &["validate"]);
    assert_eq!(done.status, Some(10), "{done:?}");
    let codes = done.codes();
    assert!(
        codes.contains(&"todo.criterion-open".to_owned()) && codes.contains(&"todo.task-without-epic".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn new_work_remembers_the_work_item_it_comes_from() {
    let repo = Repo::new();
    repo.put(
        "planning/pr-7-issue-42.md",
        "---\ntype: pr-feedback\npr: 7\nthread: \"42\"\n---\n\n# Retry when the lock is busy\n",
    );
    let made = todo(&repo, &["new", "feature", "retry", "--from-work-item", "planning/pr-7-issue-42.md"]).data();
    assert_eq!(
        (&made["title"], &made["work_item"]),
        (&json!("Retry when the lock is busy"), &json!("planning/pr-7-issue-42.md"))
    );
    assert_eq!(todo(&repo, &["show"]).data()["front_matter"]["metadata"]["work_item"], "planning/pr-7-issue-42.md");
    for missing in ["planning/none.md", "../../etc/hostname"] {
        let (status, _) = todo(&repo, &["new", "feature", "other", "--from-work-item", missing]).failure();
        assert_eq!(status, 20, "{missing}");
    }
}

#[test]
fn a_task_in_five_hundred_is_changed_and_a_thousand_files_are_listed_in_good_time() {
    let repo = Repo::new();
    todo(&repo, &["new", "feature", "login"]).data();
    let rows: String = (0..500)
        .map(|n| {
            format!(
                "    - {{id: impl_{n:03}, description: \"Task number {n}\", status: pending, completed_at: null}}\n"
            )
        })
        .collect();
    let text = page(&repo).replace("  implementation: []\n", &format!("  implementation:\n{rows}"));
    repo.put(LOGIN, &text);
    let best = |words: &[&str]| {
        (0..3).map(|_| todo(&repo, words)).inspect(|done| drop(done.data())).map(|done| done.took).min()
    };
    eprintln!("one task in 500: {:?}", best(&["task", "set", "impl_250", "--status", "in_progress"]));
    for n in 0..1_000 {
        repo.put(
            &format!("TODO_feature_20261101T000000Z_work-{n:04}.md"),
            &format!("---\ntype: workflow-manifest\nslug: work-{n:04}\nworkflow_progress: {{phase: 2, current_step: \"2.4\"}}\n---\n"),
        );
    }
    let list = todo(&repo, &["list", "--limit", "5"]);
    assert_eq!(list.data()["workflows_more"], 996);
    eprintln!("1,001 files listed: {:?}", best(&["list", "--limit", "5"]));
}
