//! `todo plan`: planning documents from answers, in real repositories; what a person wrote stays, and answers stay text.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::symlink;

use serde_json::{Value, json};
use support::{Done, Repo, text_of};

const ANSWERS: &str = "analyst-problem: Users are sent round in circles after login.
analyst-users: Everybody who logs in, daily
analyst-outcome: Fewer than 1 of 10000 logins fails
analyst-criteria:
  - The login never redirects twice
  - Passwords are hashed with argon2
architect-fits: The session store
architect-stack: [PostgreSQL 16, Redis]
architect-data: A session belongs to a user
manager-slices:
  - Guard the redirect
  - \"Audit trail (depends: 1; priority: P2; effort: 2 days; done: each attempt is listed)\"
manager-order: The guard comes first
";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

fn with_login() -> Repo {
    let repo = Repo::new();
    todo(&repo, &["new", "feature", "login", "--title", "Login loop"]).data();
    repo
}

fn plan(repo: &Repo, answers: &str) -> Done {
    repo.put("answers.yaml", answers);
    todo(repo, &["plan", "login", "--answers", "answers.yaml"])
}

fn page(repo: &Repo, name: &str) -> String {
    text_of(&repo.root().join(format!("planning/login/{name}.md")))
}

fn ids(data: &Value, must: bool) -> Vec<String> {
    let rows = data["questions"].as_array().unwrap().iter().filter(|row| !must || row["must"] == true);
    rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_answers_nothing_is_written_and_each_role_asks_its_questions() {
    let repo = with_login();
    let before = repo.git(&["status", "--porcelain", "-uall"]);
    let done = todo(&repo, &["plan", "login"]);
    let data = done.data();
    assert_eq!((&data["applied"], &data["written"], &data["commit"]), (&json!(false), &json!([]), &Value::Null));
    for role in ["analyst", "architect", "manager"] {
        let count = data["questions"].as_array().unwrap().iter().filter(|row| row["role"] == role).count();
        assert!((5..=15).contains(&count), "{role}: {count}");
    }
    assert_eq!(
        data["documents"][0],
        json!({"name": "requirements", "path": "planning/login/requirements.md", "state": "missing"})
    );
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo plan login --answers planning/login/answers.yaml"]));
    assert_eq!(data["answers"], "planning/login/answers.yaml");
    assert_eq!(repo.git(&["status", "--porcelain", "-uall"]), before);
    // One document can be written before the others.
    let data = plan(&repo, "manager-slices: All of it\nmanager-order: nothing\nanalyst-problem: x\n").data();
    assert_eq!(data["written"], json!(["planning/login/epics.md"]));
    assert_eq!(
        ids(&data, true),
        ["analyst-users", "analyst-outcome", "analyst-criteria", "architect-fits", "architect-stack", "architect-data"]
    );
}

#[test]
fn answers_beside_the_documents_need_not_be_named_and_the_next_call_names_the_same_file() {
    let repo = with_login();
    repo.put("mine.yaml", "analyst-problem: x\n");
    let done = todo(&repo, &["plan", "login", "--answers", "mine.yaml"]);
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo plan login --answers mine.yaml"]));
    let text = repo.call(&["todo", "plan", "login", "--format", "text", "--answers", "mine.yaml"]).run(&repo).stdout;
    assert!(text.contains("add the answer to mine.yaml, where those given before stay"), "{text}");
    repo.put("planning/login/answers.yaml", ANSWERS);
    let data = todo(&repo, &["plan", "login"]).data();
    assert_eq!(data["written"].as_array().unwrap().len(), 3, "{data:#}");
    let again = todo(&repo, &["plan", "login"]);
    assert_eq!((again.data()["written"].clone(), again.codes()), (json!([]), vec![]));
    repo.put("planning/login/answers.yaml", "no-such: x\n");
    let problem = todo(&repo, &["plan", "login"]).answer()["diagnostics"][0].clone();
    assert_eq!(problem["code"], "todo.answers-invalid");
    assert_eq!(problem["where"], json!({"file": "planning/login/answers.yaml", "line": 1}));
}

#[test]
fn answers_become_documents_that_validate_clean_and_end_with_their_commit() {
    let repo = with_login();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo.put("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n");
    let done = plan(&repo, ANSWERS);
    let data = done.data();
    let written =
        json!(["planning/login/requirements.md", "planning/login/architecture.md", "planning/login/epics.md"]);
    assert_eq!((&data["applied"], &data["written"], &data["kept"]), (&json!(true), &written, &json!([])));
    assert_eq!(data["commit"], json!({"paths": written, "message": "docs(planning): login"}));
    assert_eq!(done.answer()["next"], json!(["wfo-helper todo commit --todo login"]));
    assert!(page(&repo, "requirements").contains("\n- AC-2: Passwords are hashed with argon2\n"));
    let architecture = page(&repo, "architecture");
    for row in ["| PostgreSQL 16 | database | answer |", "| rust | language | the project's files |"] {
        assert!(architecture.contains(row), "{architecture}");
    }
    let epics = page(&repo, "epics");
    assert!(
        epics.contains("### Epic 1: Guard the redirect\n\n- **Priority:** P0 (assumed)\n- **Depends on:** not known\n"),
        "{epics}"
    );
    assert!(epics.contains("- **Priority:** P2\n- **Depends on:** Epic 1\n- **Effort:** 2 days\n"), "{epics}");
    assert!(epics.contains("- **Done when:** each attempt is listed\n"), "{epics}");
    assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass");
    let proposal = todo(&repo, &["commit", "--todo", "login"]).data();
    let id = proposal["proposal"]["id"].as_str().unwrap().to_owned();
    todo(&repo, &["commit", "--todo", "login", "--confirm", &id]).data();
    let held = repo.git(&["show", "--name-only", "--format=%s", "HEAD"]);
    assert!(held.starts_with("docs(planning): login\n") && held.contains("planning/login/epics.md"), "{held}");
    assert!(!held.contains("answers.yaml") && !held.contains("Cargo.toml"), "{held}");
}

#[test]
fn ten_runs_leave_the_same_bytes() {
    let repo = with_login();
    plan(&repo, ANSWERS).data();
    let all = |repo: &Repo| ["requirements", "architecture", "epics"].map(|name| page(repo, name));
    let first = all(&repo);
    for _ in 0..9 {
        let data = plan(&repo, ANSWERS).data();
        assert_eq!((&data["applied"], data["kept"].as_array().unwrap().len()), (&json!(false), 3));
    }
    assert_eq!(all(&repo), first);
    let dry = todo(&repo, &["plan", "login", "--dry-run", "--answers", "answers.yaml"]).data();
    assert_eq!(dry["applied"], false);
}

#[test]
fn what_a_person_wrote_stays_and_only_open_questions_are_filled() {
    let repo = with_login();
    plan(&repo, ANSWERS).data();
    let mine = page(&repo, "requirements").replace("## Users\n", "## Users\n\nMine: `{{ x }}`\n").replace('\n', "\r\n");
    repo.put("planning/login/requirements.md", &mine);
    let done = plan(&repo, "analyst-data: Names and addresses\nanalyst-problem: Another\n");
    assert_eq!(done.data()["written"], json!(["planning/login/requirements.md"]));
    assert!(done.codes().contains(&"todo.exists".to_owned()), "the answer that was left out is told");
    let expected = mine.replace(
        "<!-- analyst-data: Which personal or secret data does it touch? -->",
        "- **Data:** Names and addresses",
    );
    assert_eq!(page(&repo, "requirements"), expected);
    // A page of a person's own making has nothing to fill.
    repo.put("planning/login/epics.md", "# Epics\n\nOurs.\n");
    let data = plan(&repo, ANSWERS).data();
    assert_eq!(page(&repo, "epics"), "# Epics\n\nOurs.\n");
    assert!(data["kept"].as_array().unwrap().contains(&json!("planning/login/epics.md")));
}

#[test]
fn what_the_brief_says_is_not_asked_again() {
    let repo = with_login();
    repo.put(
        "planning/login/BRIEF.md",
        "# Brief\n\n## Problem\n\nNobody can log in.\n\n## Success criteria\n\n- [ ] 99 % can\n\n## Scope\n\n### In\n\n- the form\n\n### Out\n\n- sign-up\n",
    );
    let data = plan(&repo, "analyst-users: All\nanalyst-criteria: They can\n").data();
    assert_eq!(data["written"], json!(["planning/login/requirements.md"]));
    let page = page(&repo, "requirements");
    for line in ["- Nobody can log in.", "- 99 % can", "- **In:** the form", "- **Out:** sign-up", "- AC-1: They can"] {
        assert!(page.lines().any(|one| one == line), "{line}\n{page}");
    }
}

#[test]
fn hostile_answers_are_text_or_refused_with_their_place() {
    let repo = with_login();
    let nasty = "{{ now() }} {% include \\\"x\\\" %} ```\\n---\\n# Heading\\n## Acceptance criteria\\n- [x] AC-9: mine <!-- <script>";
    let hostile = ANSWERS.replace("Users are sent round in circles after login.", &format!("\"{nasty}\""));
    plan(&repo, &hostile).data();
    let text = page(&repo, "requirements");
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(headings.len(), 8, "{text}");
    assert!(!text.lines().any(|line| line.starts_with("```") || line == "---"), "{text}");
    assert!(text.contains("\\{\\{ now() \\}\\}") && text.contains("AC-2: Passwords"), "{text}");
    let long = "x".repeat(70 << 10);
    let bomb = format!("a: &a [{}]\n{}", "x,".repeat(9_000), "b: *a\n".repeat(200));
    let deep = format!("analyst-problem: {}", "[".repeat(50_000));
    for (text, code) in [
        ("analyst-problm: x\n", "todo.answers-invalid"),
        ("- x\n", "todo.answers-invalid"),
        ("analyst-problem: {a: b}\n", "todo.answers-invalid"),
        ("analyst-problem: x\nanalyst-problem: y\n", "todo.answers-invalid"),
        (&bomb, "todo.answers-invalid"),
        (&deep, "todo.answers-invalid"),
        (&format!("analyst-problem: {long}"), "file.too-large"),
        ("manager-slices: [\"A (depends: 2)\", \"B (depends: 1)\"]\nmanager-order: x\n", "plan.cycle"),
    ] {
        if code == "plan.cycle" {
            std::fs::remove_file(repo.root().join("planning/login/epics.md")).unwrap();
        }
        assert_eq!(plan(&repo, text).failure(), (20, code.to_owned()), "{}", &text[..text.len().min(60)]);
    }
    let done = plan(&repo, "analyst-users: x\nanalyst-problm: y\n").answer();
    let problem = &done["diagnostics"][0];
    assert_eq!(problem["where"], json!({"file": "answers.yaml", "line": 2}));
    assert!(problem["hint"].as_str().unwrap().contains("`analyst-problem`"), "{problem}");
    repo.write("secret", "analyst-problem: secret\n");
    symlink(repo.at("secret"), repo.root().join("link.yaml")).unwrap();
    for (file, code) in [
        ("link.yaml", "todo.answers-invalid"),
        ("../secret", "todo.answers-invalid"),
        ("nowhere.yaml", "file.missing"),
        (".", "file.not-regular"),
    ] {
        assert_eq!(todo(&repo, &["plan", "login", "--answers", file]).failure(), (20, code.to_owned()), "{file}");
    }
    for slug in ["../login", "a/b", "", "other"] {
        assert_eq!(todo(&repo, &["plan", slug]).failure().0, 20, "{slug}");
    }
}

#[test]
fn nothing_is_written_through_a_link_out_of_the_repository() {
    let repo = with_login();
    std::fs::create_dir(repo.at("outside")).unwrap();
    symlink(repo.at("outside"), repo.root().join("planning")).unwrap();
    assert_eq!(plan(&repo, ANSWERS).failure().1, "file.link-outside");
    assert_eq!(std::fs::read_dir(repo.at("outside")).unwrap().count(), 0);
}

#[test]
fn a_brief_names_who_fits_and_makes_no_number_up() {
    let repo = Repo::new();
    repo.put(
        "specs/api/plan.md",
        "- [ ] impl_001: A (estimate: 2h)\n- [ ] impl_002: B (depends: impl_001; estimate: 1h)\n",
    );
    todo(&repo, &["new", "feature", "api", "--brief", "--title", "Write unit tests for the REST API"]).data();
    let brief = text_of(&repo.root().join("planning/api/BRIEF.md"));
    for part in [
        "- **Link:** <!--",
        "- **Priority:**",
        "- **Effort:**",
        "- **Estimate:** 3 h, by the estimates of [plan.md](../../specs/api/plan.md)\n",
        "  1. impl_001\n  2. impl_002\n",
        "## Problem",
        "## Success criteria",
        "### In",
        "### Out",
        "## Approach",
        "## Dependencies",
        "## Risks",
    ] {
        assert!(brief.contains(part), "{part}\n{brief}");
    }
    let agents = brief.lines().find_map(|line| line.strip_prefix("- **Agents:** ")).unwrap();
    assert!(agents.contains("test"), "{agents}");
    todo(&repo, &["new", "feature", "other", "--brief", "--title", "zzz"]).data();
    let brief = text_of(&repo.root().join("planning/other/BRIEF.md"));
    assert!(brief.contains("- **Estimate:** not known\n\n## Problem"), "{brief}");
    assert_eq!(todo(&repo, &["plan", "other"]).data()["written"], json!([]), "an untouched brief answers nothing");
}
