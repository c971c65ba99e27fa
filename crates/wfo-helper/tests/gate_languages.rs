//! Gates and the languages of a project: every folder that git sees counts, at any depth, and a repository's own table hides none of them.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::Value;
use support::gate::{check, gate, unattended};
use support::run::{NODE, put, run};
use support::{Repo, Sandbox};

/// The verdict of the check of dependencies, and its reason, as `gate judge` tells them without any report.
fn judged(sandbox: &Sandbox) -> (String, String) {
    told(&gate(sandbox, &["judge", "security"]).answer()["data"])
}

/// The same as `gate run` tells it; nothing is installed.
fn ran(repo: &Repo) -> (String, String) {
    told(&run(repo, &["security", "--only", "dependencies"]).answer()["data"])
}

fn told(data: &Value) -> (String, String) {
    let found = check(data, "dependencies");
    let word = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (word("verdict"), word("reason"))
}

/// The verdict of the dependencies in the sweep of `end-day`, and whether the sweep passed.
fn ended(repo: &Repo) -> (String, String) {
    let data = repo.helper(&["end-day", "--json"]).answer()["data"].take();
    let checks = data["sweep"]["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == "dependencies").unwrap();
    (found["verdict"].as_str().unwrap().to_owned(), data["sweep"]["verdict"].as_str().unwrap().to_owned())
}

#[test]
fn projects_two_and_more_folders_down_have_to_be_covered() {
    let repo = Repo::new();
    repo.put("services/api/requirements.txt", "flask==3.0.0\n");
    repo.put("services/web/package.json", NODE.1);
    repo.put("a/b/c/d/e/go.mod", "module x\n");
    repo.commit("services");
    assert_eq!(judged(&repo).0, "unknown", "{:?}", judged(&repo));
    let (verdict, reason) = ran(&repo);
    assert_eq!(verdict, "unknown", "{reason}");
    for folder in ["services/api", "services/web", "a/b/c/d/e"] {
        assert!(reason.contains(&format!("`{folder}`")), "{folder}: {reason}");
    }
    assert_eq!(ended(&repo), ("unknown".to_owned(), "unknown".to_owned()));
}

#[test]
fn a_clean_top_does_not_speak_for_another_language_further_down() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("requirements.txt", "flask==3.0.0\n");
    repo.put("services/web/package.json", NODE.1);
    repo.commit("two languages");
    let clean = support::gate::fixtures().join("pip-audit/clean.json");
    put(&repo, "pip-audit", &format!("cat {} > \"$r\"", clean.display()));
    let (verdict, reason) = ran(&repo);
    assert_eq!(verdict, "unknown", "{reason}");
    assert!(reason.contains("services/web"), "{reason}");
    std::fs::remove_dir_all(repo.root().join("services")).unwrap();
    let (verdict, reason) = ran(&repo);
    assert_eq!(verdict, "pass", "deleted files are no project: {reason}");
}

#[test]
fn what_git_ignores_and_what_is_other_people_s_is_no_project_and_what_is_untracked_is_one() {
    let repo = Repo::new();
    repo.put(".gitignore", "ignored/\n");
    repo.put("src/ignored/package.json", NODE.1);
    for folder in
        ["node_modules/x", "vendor/x", "third_party/x", "testdata", "fixtures/x", "__fixtures__/x", "examples/x"]
    {
        repo.put(&format!("src/{folder}/package.json"), NODE.1);
    }
    repo.put("src/.hidden/x/package.json", NODE.1);
    repo.commit("nothing of our own");
    let (verdict, reason) = judged(&repo);
    assert_eq!(verdict, "skipped", "{reason}");
    assert!(reason.contains("shows no language"), "{reason}");
    repo.put("src/own/x/package.json", NODE.1);
    assert_eq!(judged(&repo).0, "unknown", "untracked, and not ignored");
    repo.put(".git/info/exclude", "own/\n");
    assert_eq!(judged(&repo).0, "skipped");
}

#[test]
fn the_members_of_a_workspace_further_down_are_covered_where_it_begins() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("services/web/package.json", "{\"workspaces\": [\"packages/*\", \"!packages/own\"]}\n");
    repo.put("services/web/package-lock.json", "{}\n");
    repo.put("services/web/packages/a/package.json", NODE.1);
    repo.put("services/web/packages/b/package.json", NODE.1);
    repo.commit("a workspace");
    let clean = support::gate::fixtures().join("npm-audit/none.json");
    put(&repo, "npm", &format!("cat {}", clean.display()));
    let folders = || {
        let data = run(&repo, &["security", "--only", "dependencies"]).answer()["data"].take();
        let folders: Vec<String> = data["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| format!("{} {}", run["tool"].as_str().unwrap(), run["folder"].as_str().unwrap()))
            .collect();
        (folders, told(&data))
    };
    let (runs, (verdict, reason)) = folders();
    assert_eq!((runs, verdict.as_str()), (vec!["npm-audit services/web".to_owned()], "pass"), "{reason}");
    // what the workspace does not name is nobody's
    repo.put("services/web/packages/own/package.json", NODE.1);
    let (_, (verdict, reason)) = folders();
    assert_eq!(verdict, "unknown", "{reason}");
    assert!(reason.contains("services/web/packages/own") && !reason.contains("packages/a"), "{reason}");
}

#[test]
fn more_projects_than_are_looked_at_are_unknown_and_not_skipped() {
    let repo = Repo::new();
    for at in 0..230 {
        repo.put(&format!("all/p{at:03}/build.zig"), "x\n");
    }
    repo.put("all/z/package.json", NODE.1); // the last of all, so beyond what is listed
    repo.commit("many");
    assert_eq!(judged(&repo).0, "unknown", "{:?}", judged(&repo));
}

#[test]
fn a_repository_s_own_table_hides_no_language_and_may_add_one() {
    let repo = Repo::new();
    repo.put("requirements.txt", "flask==3.0.0\n");
    repo.put("services/api/requirements.txt", "flask==3.0.0\n");
    repo.put(".wfo/data/stacks.yaml", "rows:\n  - {id: python, markers: [never.txt], managers: []}\n");
    repo.commit("hidden");
    assert_eq!(judged(&repo).0, "unknown", "{:?}", judged(&repo));
    let (verdict, reason) = ran(&repo);
    assert!(verdict == "unknown" && reason.contains("`services/api`"), "{reason}");
    assert_eq!(ended(&repo).0, "unknown");
    // a member that only its own table names is not covered by the top
    repo.put("services/api/list.txt", "x\n");
    repo.put("list.txt", "services/api\n");
    let row = "{id: python, markers: [never.txt], members: [{file: list.txt, format: lines, key: x}]}";
    repo.put(".wfo/data/stacks.yaml", &format!("rows:\n  - {row}\n"));
    let (verdict, reason) = ran(&repo);
    assert!(verdict == "unknown" && reason.contains("`services/api`"), "{reason}");
    std::fs::remove_file(repo.root().join("requirements.txt")).unwrap();
    std::fs::remove_file(repo.root().join("services/api/requirements.txt")).unwrap();
    assert_eq!(judged(&repo).0, "skipped");
    repo.put(".wfo/data/stacks.yaml", "rows:\n  - {id: node, markers: [ours.txt]}\n");
    repo.put("src/deep/ours.txt", "x\n");
    assert_eq!(judged(&repo).0, "unknown", "what it adds counts");
}
