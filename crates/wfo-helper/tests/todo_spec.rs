//! `todo spec`: specification and plan from answers and planning documents, and tasks that come into the TODO again and again.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::{Done, Repo, text_of};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";
const SPEC: &str = "specs/login/spec.md";
const PLAN: &str = "specs/login/plan.md";
const PLANNING: &str = "analyst-problem: Users are sent round in circles
analyst-users: Everybody
analyst-outcome: Fewer than 1 of 10000 logins fails
analyst-criteria:
  - The login never redirects twice
  - Passwords are hashed with argon2
architect-fits: The session store
architect-stack: [PostgreSQL 16]
architect-data: A session belongs to a user
manager-slices: [Guard the redirect, \"Audit trail (depends: 1)\"]
manager-order: The guard comes first
";
const AUTHOR: &str = "author-behaviour: [Read the cookie, Send the user home]
author-errors: A sentence that names the account page
author-tests: ada logs in and sees her page
";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

fn with_login() -> Repo {
    let repo = Repo::new();
    todo(&repo, &["new", "feature", "login", "--title", "Login loop"]).data();
    repo
}

/// A repository with all planning documents.
fn planned() -> Repo {
    let repo = with_login();
    repo.put("p.yaml", PLANNING);
    todo(&repo, &["plan", "login", "--answers", "p.yaml"]).data();
    repo
}

fn spec(repo: &Repo, answers: &str) -> Done {
    repo.put("a.yaml", answers);
    todo(repo, &["spec", "login", "--answers", "a.yaml"])
}

fn text(repo: &Repo, file: &str) -> String {
    text_of(&repo.root().join(file))
}

/// Id, status and dependencies of each task.
fn tasks(repo: &Repo) -> BTreeMap<String, (String, String, Vec<String>)> {
    let data = todo(repo, &["show", "login"]).data();
    let task = |row: &Value| {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let waits = row["depends_on"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        (word("id"), (word("status"), word("description"), waits))
    };
    data["tasks"].as_array().unwrap().iter().map(task).collect()
}

#[test]
fn planning_documents_become_specification_plan_and_tasks_that_validate_clean() {
    let repo = planned();
    let asked = todo(&repo, &["spec", "login"]).data();
    assert_eq!((&asked["applied"], &asked["tasks"]), (&json!(false), &Value::Null));
    let ids: Vec<&str> = asked["questions"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 5 && !ids.contains(&"author-problem") && ids.contains(&"author-tests"), "{ids:?}");
    let done = spec(&repo, AUTHOR);
    let data = done.data();
    assert_eq!(data["written"], json!([SPEC, PLAN, LOGIN]));
    assert_eq!(data["commit"], json!({"paths": [SPEC, PLAN], "message": "docs(specs): login"}));
    assert_eq!(
        data["tasks"],
        json!({"added": ["impl_001", "impl_002", "test_001", "test_002"], "changed": [], "gone": [], "unchanged": 0})
    );
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo commit --todo login"]));
    let page = text(&repo, SPEC);
    for line in [
        "- S-1 (AC-1): The login never redirects twice",
        "- S-2 (AC-2): Passwords are hashed with argon2",
        "- PostgreSQL 16",
        "- Users are sent round in circles",
        "- A sentence that names the account page",
        "- T-1: ada logs in and sees her page",
    ] {
        assert!(page.lines().any(|one| one == line), "{line}\n{page}");
    }
    let tasks = tasks(&repo);
    assert_eq!(tasks["impl_002"], ("pending".into(), "Audit trail".into(), vec!["impl_001".into()]));
    assert_eq!(tasks["test_002"], ("pending".into(), "Test: Audit trail".into(), vec!["impl_002".into()]));
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass");
    // A criterion that the specification lost is named with its place.
    repo.put(SPEC, &page.replace("- S-2 (AC-2): Passwords are hashed with argon2\n", ""));
    let judged = todo(&repo, &["validate"]);
    assert_eq!(judged.status, Some(10));
    let gap = judged.answer()["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == "todo.criterion-open")
        .cloned();
    let requirements = text(&repo, "planning/login/requirements.md");
    let line = requirements.lines().position(|line| line.starts_with("- AC-2")).unwrap() + 1;
    assert_eq!(gap.unwrap()["where"], json!({"file": "planning/login/requirements.md", "line": line}));
    // What the plan calls done and what the record calls done is kept.
    todo(&repo, &["task", "set", "impl_001", "--status", "completed"]).data();
    spec(&repo, AUTHOR).data();
    assert_eq!(self::tasks(&repo)["impl_001"].0, "completed");
}

#[test]
fn named_tasks_find_their_epic_and_one_that_fits_none_is_asked_for_with_its_line() {
    let repo = planned();
    let tasks = "author-tasks: [Guard redirects, List the trail of audits, \"Stop it (epic: 2)\"";
    repo.put("a.yaml", &format!("{AUTHOR}{tasks}, Paint the shed]\n"));
    let done = todo(&repo, &["spec", "login", "--dry-run", "--answers", "a.yaml"]);
    assert_eq!(done.codes(), ["todo.task-without-epic"]);
    let done = spec(&repo, &format!("{AUTHOR}{tasks}, Paint the shed]\n"));
    let asked = done.answer()["diagnostics"][0].clone();
    let plan = text(&repo, PLAN);
    let line = plan.lines().position(|line| line == "- [ ] impl_004: Paint the shed").unwrap() + 1;
    assert_eq!(asked["where"], json!({"file": PLAN, "line": line}), "{plan}");
    for line in [
        "- [ ] impl_001: Guard redirects (epic: 1)",
        "- [ ] impl_002: List the trail of audits (epic: 2)",
        "- [ ] impl_003: Stop it (epic: 2)",
    ] {
        assert!(plan.lines().any(|one| one == line), "{line}\n{plan}");
    }
    repo.put(PLAN, &plan.replace("Paint the shed", "Paint the shed (epic: 1)"));
    assert_eq!(todo(&repo, &["spec", "login"]).codes(), Vec::<String>::new());
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass");
}

#[test]
fn ten_runs_leave_the_same_bytes() {
    let repo = planned();
    spec(&repo, AUTHOR).data();
    let all = |repo: &Repo| [SPEC, PLAN, LOGIN, "TODO.md"].map(|file| text(repo, file));
    let first = all(&repo);
    for _ in 0..9 {
        let data = spec(&repo, AUTHOR).data();
        assert_eq!((&data["applied"], &data["tasks"]["unchanged"]), (&json!(false), &json!(4)));
    }
    assert_eq!(all(&repo), first);
}

#[test]
fn without_planning_the_tasks_follow_from_the_behaviour_or_are_named() {
    let repo = with_login();
    let basics = "author-problem: It loops\nauthor-criteria: It does not loop\n";
    let data = spec(&repo, &format!("{basics}{AUTHOR}")).data();
    assert_eq!(data["tasks"]["added"], json!(["impl_001", "impl_002", "test_001"]));
    assert!(text(&repo, SPEC).contains("- S-1 (AC-1): It does not loop\n"));
    assert_eq!(tasks(&repo)["test_001"].2, ["impl_001", "impl_002"]);
    let repo = with_login();
    let named = "author-tasks: [\"Write `it`_now_\", \"test_004: Try it (depends: impl_001; epic: 3)\"]\n";
    let data = spec(&repo, &format!("{basics}{AUTHOR}{named}")).data();
    assert_eq!(data["tasks"]["added"], json!(["impl_001", "test_004"]));
    assert_eq!(tasks(&repo)["impl_001"].1, "Write `it`_now_", "a record has the text as it was said");
    assert_eq!(spec(&repo, &format!("{basics}{AUTHOR}{named}")).data()["applied"], false);
}

#[test]
fn documents_go_to_the_worktree_of_the_branch_and_are_committed_there() {
    let repo = planned();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo.commit("planning");
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "feature/20261121T090000Z_login", &tree.to_string_lossy()]);
    let done = spec(&repo, AUTHOR);
    let data = done.data();
    assert_eq!(data["worktree"], json!(tree.to_string_lossy()));
    assert!(tree.join(PLAN).exists() && !repo.root().join(PLAN).exists());
    assert_eq!(
        done.answer()["next"],
        json!(["wfo-helper todo commit --todo login --worktree", "wfo-helper todo commit --todo login"])
    );
    let words = ["commit", "--todo", "login", "--worktree"];
    let id = todo(&repo, &words).data()["proposal"]["id"].as_str().unwrap().to_owned();
    todo(&repo, &[&words[..], &["--confirm", &id]].concat()).data();
    let held = repo.git_in(&tree, &["show", "--name-only", "--format=%s", "HEAD"]);
    assert_eq!(held, format!("docs(specs): login\n\n{PLAN}\n{SPEC}"));
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass", "the tasks are in the TODO");
    let page = text_of(&tree.join(SPEC));
    let there = format!("tree/{SPEC}");
    repo.write(&there, &page.replace("- S-2 (AC-2): Passwords are hashed with argon2\n", ""));
    assert_eq!(todo(&repo, &["validate"]).status, Some(10), "the pages of the worktree are the ones that count");
    repo.write(&there, &page);
    // From inside of the worktree the same files are meant.
    let inside = repo.call(&["todo", "spec", "login"]).folder(&tree).run(&repo).data();
    assert_eq!((&inside["applied"], &inside["tasks"]["unchanged"]), (&json!(false), &json!(4)));
    repo.git(&["worktree", "remove", "--force", &tree.to_string_lossy()]);
    repo.git(&["branch", "-q", "-D", "feature/20261121T090000Z_login"]);
    assert_eq!(todo(&repo, &words).failure(), (20, "git.no-work-tree".to_owned()));
}

#[test]
fn a_plan_that_cannot_be_brought_in_changes_nothing() {
    let repo = with_login();
    repo.put(SPEC, "# Spec\n\nThe login works again.\n");
    let before = text(&repo, LOGIN);
    for (plan, code, line) in [
        ("# P\n- [ ] impl_001: A\n- [ ] IMPL_001: B\n", "todo.task-odd", 3),
        ("- [ ] impl_001: A (depends: impl_002)\n- [ ] impl_002: B (depends: impl_001)\n", "plan.cycle", 1),
        ("- [ ] impl_001: A\n\n- [ ] Then B (depends: impl_009)\n", "plan.dependency-unknown", 3),
    ] {
        repo.put(PLAN, plan);
        let done = todo(&repo, &["spec", "login"]);
        assert_eq!(done.failure(), (20, code.to_owned()));
        assert_eq!(done.answer()["diagnostics"][0]["where"], json!({"file": PLAN, "line": line}), "{code}");
        assert_eq!((text(&repo, LOGIN), text(&repo, PLAN)), (before.clone(), plan.to_owned()), "{code}");
    }
}

#[test]
fn lines_without_an_id_get_one_and_nothing_else_of_a_plan_changes() {
    let repo = with_login();
    let plan = "\u{feff}# Plan\r\n\r\n## Development\r\n- [ ] Write {{ it }} `now`\r\n  * [x] test_001: Try it\r\n\r\n```\r\n- [ ] no task\r\n```\r\n## 2fa / Roll-out\r\n1. [ ] Tell everybody (depends: test_001)";
    repo.put(PLAN, plan);
    let data = todo(&repo, &["spec", "login"]).data();
    assert_eq!(data["tasks"]["added"].as_array().unwrap().len(), 3, "{data}");
    let after = text(&repo, PLAN);
    let expected = plan.replace("- [ ] Write", "- [ ] impl_001: Write");
    let id = data["tasks"]["added"][2].as_str().unwrap();
    assert_eq!(after, expected.replace("[ ] Tell", &format!("[ ] {id}: Tell")));
    assert_eq!(tasks(&repo)["test_001"].0, "completed");
    let record = text(&repo, LOGIN);
    assert_eq!(todo(&repo, &["spec", "login"]).data()["applied"], false);
    assert_eq!((text(&repo, PLAN), text(&repo, LOGIN)), (after, record));
}

/// A small generator: the same seed gives the same edits.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

#[test]
fn random_edits_of_a_plan_never_lose_a_status_or_make_a_task_twice() {
    for seed in [1, 7, 42] {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let repo = with_login();
        let mut lines: Vec<String> = vec!["# Plan".into(), "## Implementation".into()];
        lines.extend(
            (0..5).map(|n| format!("- [ ] Piece number {n} of {}", ["glass", "stone", "wood", "iron", "wool"][n])),
        );
        repo.put(PLAN, &(lines.join("\n") + "\n"));
        todo(&repo, &["spec", "login"]).data();
        for round in 0..12 {
            let mut known = tasks(&repo);
            let ids: Vec<String> = known.keys().cloned().collect();
            let id = &ids[dice.roll(ids.len())];
            let status = ["pending", "in_progress", "completed", "blocked", "cancelled"][dice.roll(5)];
            todo(&repo, &["task", "set", id, "--status", status]).data();
            known.get_mut(id).unwrap().0 = status.to_owned();
            let page = text(&repo, PLAN);
            let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
            let at = 2 + dice.roll(lines.len() - 2);
            match dice.roll(6) {
                0 => lines.insert(at, format!("- [ ] Something new {seed} {round}")),
                1 if lines.len() > 4 => drop(lines.remove(at)),
                2 => lines[at] += " with more to say",
                3 => {
                    let line = lines.remove(at);
                    lines.push(line);
                }
                4 => lines.insert(at, "### A heading".to_owned()),
                _ => lines.insert(at, "A line between { and `.".to_owned()),
            }
            repo.put(PLAN, &(lines.join("\n") + "\n"));
            let boxes = lines.iter().filter(|line| line.starts_with("- [")).count();
            let data = todo(&repo, &["spec", "login"]).data();
            let now = tasks(&repo);
            for (id, (status, ..)) in &known {
                assert_eq!(&now[id].0, status, "{seed} {round} {id}: {data}");
            }
            let gone = data["tasks"]["gone"].as_array().unwrap().len();
            assert_eq!(now.len(), boxes + gone, "{seed} {round}: {data}\n{}", text(&repo, PLAN));
        }
        assert_eq!(todo(&repo, &["validate"]).status, Some(0));
    }
}

#[test]
fn many_at_once_bring_each_task_in_once() {
    let repo = with_login();
    let plan: String = (0..30).map(|n| format!("- [ ] Distinct work {n} x{n}\n")).collect();
    repo.put(PLAN, &plan);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let repo = &repo;
            scope.spawn(move || {
                if n % 2 == 0 {
                    todo(repo, &["spec", "login"]).data();
                } else {
                    todo(repo, &["task", "add", "qa", &format!("Look {n}")]).data();
                }
            });
        }
    });
    let tasks = tasks(&repo);
    assert_eq!(tasks.len(), 34, "{tasks:?}");
    assert_eq!(todo(&repo, &["spec", "login"]).data()["applied"], false);
}

#[test]
fn a_call_that_ended_between_document_and_record_is_completed_by_the_next() {
    let repo = planned();
    let bare = text(&repo, LOGIN);
    spec(&repo, AUTHOR).data();
    let (whole, documents) = (text(&repo, LOGIN), [SPEC, PLAN].map(|file| text(&repo, file)));
    repo.put(LOGIN, &bare);
    assert_eq!(spec(&repo, AUTHOR).data()["written"], json!([LOGIN]));
    assert_eq!((text(&repo, LOGIN), [SPEC, PLAN].map(|file| text(&repo, file))), (whole.clone(), documents));
    // The plan is lost and written anew: its tasks are known again.
    std::fs::remove_file(repo.root().join(PLAN)).unwrap();
    let data = spec(&repo, AUTHOR).data();
    assert_eq!((&data["written"], &data["tasks"]["unchanged"]), (&json!([PLAN]), &json!(4)));
    assert_eq!(text(&repo, LOGIN), whole);
}

#[test]
fn a_record_of_an_older_shape_keeps_its_keys_its_comments_and_its_line_endings() {
    let repo = with_login();
    let before = "\u{feff}---\r\ntype: workflow-manifest # mine\r\nslug: login\r\ntasks:\r\n  implementation:\r\n    - {id: impl_001, name: \"Old text\", dependencies: [], status: complete}   # first\r\n    - id: impl_002\r\n      title: 'Same'\r\n      status: in_progress\r\n...\r\n# Body\r\n";
    repo.put(LOGIN, before);
    repo.put(PLAN, "## Implementation\n- [ ] impl_001: New text (depends: impl_002)\n- [ ] impl_002: Same\n- [ ] impl_003: Third\n");
    let data = todo(&repo, &["spec", "login"]).data();
    assert_eq!(data["tasks"], json!({"added": ["impl_003"], "changed": ["impl_001"], "gone": [], "unchanged": 1}));
    let after = text(&repo, LOGIN);
    for kept in [
        "\u{feff}---\r\ntype: workflow-manifest # mine\r\n",
        "name: \"New text\", dependencies: [impl_002], status: complete}   # first\r\n",
        "    - id: impl_002\r\n      title: 'Same'\r\n      status: in_progress\r\n",
    ] {
        assert!(after.contains(kept), "{kept:?}: {after:?}");
    }
    assert!(after.ends_with("...\r\n# Body\r\n") && after.matches('\n').count() == after.matches("\r\n").count());
    // A plan that the record cannot hold is refused as a whole.
    let many: String = (0..1_500).map(|n| format!("- [ ] Work of its own, number {n}, {}\n", "x".repeat(40))).collect();
    repo.put(PLAN, &many);
    assert_ne!(todo(&repo, &["spec", "login"]).status, Some(0));
    assert_eq!((text(&repo, LOGIN), text(&repo, PLAN)), (after, many));
}

#[test]
fn a_hotfix_is_specified_without_planning() {
    let repo = Repo::new();
    todo(&repo, &["new", "hotfix", "loop"]).data();
    assert_eq!(todo(&repo, &["plan", "loop"]).data()["questions"], json!([]), "a hotfix is not planned");
    let asked = todo(&repo, &["spec", "loop"]).data()["questions"].as_array().unwrap().len();
    assert!((5..=15).contains(&asked), "{asked}");
    repo.put("a.yaml", "author-cause: A missing guard\nauthor-behaviour: It stops\nauthor-tests: ada logs in\n");
    let data = todo(&repo, &["spec", "loop", "--answers", "a.yaml"]).data();
    assert_eq!(data["tasks"]["added"], json!(["impl_001", "test_001"]));
    assert!(text(&repo, "specs/loop/spec.md").contains("- **Cause:** A missing guard\n"));
}
