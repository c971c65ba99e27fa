//! `todo asbuilt`: measured figures in the planning documents, over branches, merges, squashes and rebases, through the real binary.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::Done;
use support::flow::{Flow, STAMP};

const REQUIREMENTS: &str = "# Requirements\n\n## Acceptance criteria\n\n- Write the form\n- Passwords are hashed\n";
const EPICS: &str = "# Epics\r\n\r\n- Effort: 3 days\r\n";
const PLAN: &str = "# Plan\n\n## Implementation\n\n- [ ] impl_001: write the form (files: src/form.py)\n- [ ] impl_002: check the name (files: src/check.py)\n";

fn asbuilt(flow: &Flow, words: &[&str]) -> Done {
    flow.helper(&[&["todo", "asbuilt", "login"], words].concat())
}

/// A workflow with documents, and two commits of work on its branch.
fn worked() -> Flow {
    let flow = Flow::new("feature");
    record(&flow);
    flow.put("planning/login/requirements.md", REQUIREMENTS);
    flow.put("planning/login/epics.md", EPICS);
    flow.put("specs/login/plan.md", PLAN);
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.commit("docs(planning): login");
    flow.git(&["switch", "-q", "main"]);
    flow.git(&["merge", "-q", "contrib/ada"]);
    flow.begin("contrib/ada");
    flow.work("src/form.py", "one\ntwo\n").work("src/extra.py", "three\n");
    flow
}

fn record(flow: &Flow) {
    let page = "---\ntype: workflow-manifest\nworkflow_type: feature\nslug: login\ngithub_user: ada\n\
                metadata: {title: \"Log in\"}\ntasks:\n  implementation:\n  - {id: impl_001, description: write the form, status: completed}\n  \
                - {id: impl_002, description: check the name, status: pending}\n  \
                - {id: impl_003, description: \"added `later`\", status: completed}\n---\n# Log in\n";
    flow.put(&flow.file(), page);
}

fn kinds(data: &Value) -> Vec<&str> {
    data["deviations"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect()
}

#[test]
fn figures_of_a_branch_are_written_where_its_documents_are_and_nothing_else_changes() {
    let flow = worked();
    let shown = asbuilt(&flow, &["--dry-run"]).data();
    assert_eq!(
        (&shown["applied"], flow.git_in(&flow.tree(), &["status", "--porcelain"]).as_str()),
        (&json!(false), "")
    );
    let data = asbuilt(&flow, &[]).data();
    assert_eq!(
        data["written"],
        json!(["planning/login/requirements.md", "planning/login/epics.md", "specs/login/plan.md"])
    );
    let facts = &data["facts"];
    for (name, value) in [
        ("from", json!("branch")),
        ("commits", json!(2)),
        ("files", json!(2)),
        ("additions", json!(3)),
        ("deletions", json!(0)),
        ("days", json!(1)),
        ("cost_usd", json!(null)),
        ("coverage", json!(null)),
        ("tasks_planned", json!(2)),
        ("tasks_done", json!(2)),
        ("tasks_all", json!(3)),
        ("estimates", json!([{"document": "epics.md", "text": "3 days"}])),
    ] {
        assert_eq!(facts[name], value, "{name}");
    }
    let unknown: Vec<&str> =
        facts["unknown"].as_array().unwrap().iter().filter_map(|one| one["fact"].as_str()).collect();
    assert_eq!(unknown, ["cost_usd", "coverage"]);
    let expected = ["task-open", "task-added", "criterion-open", "file-unplanned", "file-untouched"];
    assert_eq!(kinds(&data), expected, "{}", data["deviations"]);
    let tree = flow.tree();
    let epics = std::fs::read_to_string(tree.join("planning/login/epics.md")).unwrap();
    assert!(epics.starts_with(EPICS) && epics.contains("## As-Built\r\n") && !epics.replace("\r\n", "").contains('\n'));
    assert!(epics.contains("| cost | not known: nothing is recorded for it |\r\n"), "{epics}");
    let requirements = std::fs::read_to_string(tree.join("planning/login/requirements.md")).unwrap();
    assert!(
        requirements.starts_with(REQUIREMENTS) && requirements.contains("Passwords are hashed\n<!-- /wfo"),
        "{requirements}"
    );
    assert_eq!(flow.git(&["status", "--porcelain"]), "", "the main checkout stays as it is");
    let status = flow.git_in(&tree, &["status", "--porcelain"]);
    assert_eq!(status.lines().count(), 3, "{status}");
    assert_eq!(data["commit"]["message"], "docs(planning): as-built notes of login");
}

#[test]
fn running_it_again_replaces_only_its_own_section_also_after_it_was_committed() {
    let flow = worked();
    asbuilt(&flow, &[]).data();
    let path = flow.tree().join("specs/login/plan.md");
    let first = std::fs::read_to_string(&path).unwrap();
    assert_eq!(asbuilt(&flow, &[]).data()["written"], json!([]));
    wfo_base::atomic::write(&path, format!("{first}\nmine, below\n").as_bytes()).unwrap();
    flow.commit_in(&flow.tree(), "docs(planning): as-built notes of login");
    assert_eq!(asbuilt(&flow, &[]).data()["written"], json!([]), "a commit of documents is no work");
    flow.work("src/more.py", "x\n");
    assert_eq!(asbuilt(&flow, &[]).data()["facts"]["commits"], 3);
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.starts_with(PLAN) && after.ends_with("<!-- /wfo:as-built -->\n\nmine, below\n"), "{after}");
    assert_eq!(after.matches("## As-Built").count(), 1);
}

#[test]
fn after_a_merge_and_without_the_branch_the_figures_come_from_the_merge() {
    let flow = worked();
    flow.leave().merge_into("contrib/ada").forget();
    flow.git(&["switch", "-q", "contrib/ada"]);
    let data = asbuilt(&flow, &[]).data();
    let facts = &data["facts"];
    assert_eq!((&facts["from"], &facts["commits"], &facts["files"]), (&json!("merge"), &json!(2), &json!(2)));
    assert_eq!(data["applied"], true);
    assert!(std::fs::read_to_string(flow.root().join("planning/login/epics.md")).unwrap().contains("| commits | 2 ("));
}

#[test]
fn after_a_merge_with_the_branch_still_there_only_its_own_commits_count() {
    let flow = worked();
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.put("other.txt", "x\n");
    flow.commit("feat: meanwhile");
    flow.git(&["switch", "-q", "main"]);
    flow.merge_into("contrib/ada");
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.put("later.txt", "x\n");
    flow.commit("feat: later");
    let facts = asbuilt(&flow, &[]).data()["facts"].clone();
    assert_eq!(
        (&facts["from"], &facts["commits"], &facts["files"]),
        (&json!("merge"), &json!(2), &json!(2)),
        "{facts}"
    );
}

#[test]
fn after_a_squash_the_files_are_known_and_the_commits_only_while_the_branch_is_there() {
    let flow = worked();
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.git(&["merge", "-q", "--squash", &flow.branch()]);
    flow.commit(&format!("feat: log in (#7)\n\nSquashed from {}", flow.branch()));
    let facts = asbuilt(&flow, &["--dry-run"]).data()["facts"].clone();
    assert_eq!((&facts["from"], &facts["commits"]), (&json!("branch"), &json!(2)));
    flow.leave().forget();
    let data = asbuilt(&flow, &[]).data();
    let facts = &data["facts"];
    assert_eq!((&facts["from"], &facts["commits"], &facts["days"]), (&json!("squash"), &json!(null), &json!(null)));
    assert_eq!((&facts["files"], &facts["additions"]), (&json!(2), &json!(3)));
    let page = std::fs::read_to_string(flow.root().join("specs/login/plan.md")).unwrap();
    assert!(page.contains("| commits | not known: they were squashed into one, and the branch is gone |"), "{page}");
}

#[test]
fn a_rebased_or_forgotten_branch_is_not_guessed_at() {
    let flow = worked();
    flow.leave();
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.git(&["merge", "-q", "--ff-only", &flow.branch()]);
    let facts = asbuilt(&flow, &["--dry-run"]).data()["facts"].clone();
    assert_eq!((&facts["from"], &facts["commits"], &facts["files"]), (&json!(null), &json!(null), &json!(null)));
    flow.forget();
    let facts = asbuilt(&flow, &["--dry-run"]).data()["facts"].clone();
    assert_eq!((&facts["commits"], &facts["additions"]), (&json!(null), &json!(null)));
    assert!(facts["unknown"].to_string().contains("the branch is gone, and no commit names it"), "{facts}");
}

#[test]
fn a_merge_into_the_branch_is_not_taken_for_its_arrival() {
    let flow = worked();
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.commit("feat: meanwhile");
    let into = format!("Merge branch 'contrib/ada' into {}", flow.branch());
    flow.git_in(&flow.tree(), &["merge", "-q", "--no-ff", "-m", &into, "contrib/ada"]);
    let facts = asbuilt(&flow, &["--dry-run"]).data()["facts"].clone();
    assert_eq!(
        (&facts["from"], &facts["commits"], &facts["files"]),
        (&json!("branch"), &json!(2), &json!(2)),
        "{facts}"
    );
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let flow = worked();
    let requirements = flow.tree().join("planning/login/requirements.md");
    let plan = flow.tree().join("specs/login/plan.md");
    wfo_base::atomic::write(&plan, format!("{PLAN}<!-- wfo:as-built -->\n").as_bytes()).unwrap();
    assert_eq!(asbuilt(&flow, &[]).failure(), (21, "todo.marks-broken".to_owned()));
    assert_eq!(std::fs::read_to_string(&requirements).unwrap(), REQUIREMENTS);
    wfo_base::atomic::write(&plan, b"# Plan \xff\n").unwrap();
    assert_eq!(asbuilt(&flow, &[]).failure(), (20, "file.not-utf8".to_owned()));
    std::fs::remove_file(&plan).unwrap();
    let target = flow.tree().join("real.md");
    wfo_base::atomic::write(&target, b"mine\n").unwrap();
    std::os::unix::fs::symlink(&target, &plan).unwrap();
    assert_eq!(asbuilt(&flow, &[]).failure(), (20, "file.link-outside".to_owned()));
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "mine\n");
    assert_eq!(flow.helper(&["todo", "asbuilt", "nothing"]).failure(), (20, "todo.unknown".to_owned()));
    assert_eq!(flow.helper(&["todo", "asbuilt", "../x"]).failure(), (20, "todo.unknown".to_owned()));
    let bare = Flow::new("feature");
    assert_eq!(asbuilt(&bare, &[]).failure(), (20, "todo.no-documents".to_owned()));
}

#[test]
fn the_words_of_tasks_cannot_break_the_page() {
    let flow = worked();
    let hostile = format!(
        "---\nslug: login\ntasks:\n  implementation:\n  - {{id: impl_009, status: completed, description: \"x --> <!-- wfo:as-built --> | `a` {{{{ b }}}} \\e[31m\"}}\n---\n{STAMP}\n"
    );
    flow.put(&flow.file(), &hostile);
    asbuilt(&flow, &[]).data();
    let page = std::fs::read_to_string(flow.tree().join("specs/login/plan.md")).unwrap();
    assert_eq!(page.lines().filter(|line| *line == "<!-- wfo:as-built -->").count(), 1);
    assert!(!page.contains('\u{1b}') && page.contains("\\{\\{ b \\}\\}"), "{page}");
    assert_eq!(asbuilt(&flow, &[]).data()["written"], json!([]));
}

#[test]
fn the_cost_that_is_recorded_for_the_feature_is_written() {
    let flow = worked();
    flow.helper(&["cost", "add", "--kind", "api", "--usd", "1.25", "--feature", "login"]).data();
    let facts = asbuilt(&flow, &[]).data()["facts"].clone();
    assert_eq!(facts["cost_usd"], json!(1.25), "{facts}");
    let page = std::fs::read_to_string(flow.tree().join("specs/login/plan.md")).unwrap();
    assert!(page.contains("| cost | $1.25 |"), "{page}");
}

#[test]
fn documents_of_two_checkouts_are_committed_each_where_they_lie() {
    let flow = worked();
    flow.git(&["switch", "-q", "main"]);
    flow.put("specs/login/spec.md", "# Log in\n\nUsers log in.\n");
    let answer = asbuilt(&flow, &[]).answer();
    let data = &answer["data"];
    assert_eq!(data["written"].as_array().unwrap().len(), 4);
    assert_eq!(data["commit"]["paths"].as_array().unwrap().len(), 3);
    assert_eq!(data["second_commit"]["paths"], json!(["specs/login/spec.md"]));
    let next: Vec<&str> = answer["next"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let message = "--message 'docs(planning): as-built notes of login'";
    let expected = [
        format!("wfo-helper todo commit --todo login --worktree {message}"),
        format!("wfo-helper todo commit --todo login {message}"),
    ];
    assert_eq!(next, expected);
}

#[test]
fn after_a_rebase_the_figures_come_from_the_branch_and_are_written_in_the_main_checkout() {
    let flow = worked();
    flow.git(&["switch", "-q", "contrib/ada"]);
    flow.put("other.txt", "x\n");
    flow.commit("feat: meanwhile");
    flow.git(&["cherry-pick", &format!("contrib/ada~1..{}", flow.branch())]);
    let data = asbuilt(&flow, &[]).data();
    let facts = &data["facts"];
    assert_eq!(
        (&facts["from"], &facts["commits"], &facts["files"]),
        (&json!("branch"), &json!(2), &json!(2)),
        "{facts}"
    );
    assert_eq!(
        flow.git_in(&flow.tree(), &["status", "--porcelain"]),
        "",
        "its worktree goes, so nothing is written there"
    );
    assert!(flow.git(&["status", "--porcelain"]).contains("specs/login/plan.md"));
}
