//! `dirs check` and `dirs create` on real repositories: what the standard is about, what it leaves alone, and that nothing is overwritten.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::tree::picture;
use support::{Done, Repo, Sandbox, text_of};

fn dirs(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["--json", "dirs"], words].concat())
}

/// A repository in which the standard is on, with nothing but its top.
fn strict() -> Repo {
    let repo = Repo::new();
    repo.put(".wfo/config.yaml", "dirs: {standard: true}\n");
    repo
}

fn faults(done: &Done) -> Vec<(String, Vec<String>, Vec<String>)> {
    let list = |value: &Value| value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let data = &done.answer()["data"];
    let one = |folder: &Value| {
        (folder["path"].as_str().unwrap().to_owned(), list(&folder["missing"]), list(&folder["extra"]))
    };
    data["folders"].as_array().unwrap().iter().map(one).collect()
}

fn paths(done: &Done) -> Vec<String> {
    faults(done).into_iter().map(|(path, ..)| path).collect()
}

#[test]
fn without_the_setting_nothing_is_checked_unless_it_is_forced() {
    let repo = Repo::new();
    let off = dirs(&repo, &["check"]);
    assert_eq!((off.status, off.codes()), (Some(0), vec!["dirs.off".to_owned()]));
    assert_eq!(off.data(), json!({"on": false, "compliant": null, "checked": 0, "folders": []}));
    let forced = dirs(&repo, &["check", "--force"]);
    assert_eq!(forced.status, Some(10));
    assert_eq!(faults(&forced), [(".".to_owned(), vec!["CLAUDE.md".to_owned(), "ARCHIVED/".to_owned()], vec![])]);
    assert_eq!(forced.answer()["next"], json!(["wfo-helper dirs create ."]));
    repo.put(".wfo/config.yaml", "dirs: {standard: true}\n");
    assert_eq!(dirs(&repo, &["check"]).status, Some(10));
}

#[test]
fn each_folder_is_told_what_it_lacks_and_what_it_has_too_many_of() {
    let repo = strict();
    dirs(&repo, &["create", "."]).data();
    repo.put("docs/api/x.md", "x");
    repo.put("docs/CLAUDE.md", "x");
    repo.put("docs/ARCHIVED/README.md", "x");
    repo.put("docs/ARCHIVED/ARCHIVED/x", "x");
    repo.put("docs/ARCHIVED/old/deep/x", "x");
    let done = dirs(&repo, &["check"]);
    let text = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        faults(&done),
        [
            ("docs".to_owned(), text(&["README.md", "ARCHIVED/CLAUDE.md"]), text(&["ARCHIVED/ARCHIVED/"])),
            ("docs/api".to_owned(), text(&["CLAUDE.md", "README.md", "ARCHIVED/"]), vec![]),
        ]
    );
    assert_eq!(done.answer()["data"]["checked"], 3);
    assert_eq!(paths(&dirs(&repo, &["check", "docs/api"])), ["docs/api"]);
    assert_eq!(dirs(&repo, &["check", "docs/ARCHIVED"]).status, Some(10));
    let said = repo.helper(&["dirs", "check", "--format", "text"]).stdout;
    assert!(
        said.starts_with("fail 2 of 3 folders\n")
            && said.contains("lacks README.md, ARCHIVED/CLAUDE.md; has ARCHIVED/ARCHIVED/"),
        "{said}"
    );
}

#[test]
fn what_git_ignores_and_what_is_hidden_or_made_by_programs_is_left_alone() {
    let repo = strict();
    dirs(&repo, &["create", "."]).data();
    repo.put(".gitignore", "/build/\n*.log\n");
    for path in
        ["build/deep/x", "logs/a.log", ".github/workflows/ci.yml", "node_modules/a/index.js", "a/.cache/b/x", ".wfo/x"]
    {
        repo.put(path, "x");
    }
    std::os::unix::fs::symlink("build", repo.root().join("linked")).unwrap();
    std::fs::create_dir_all(repo.root().join("empty/deep")).unwrap();
    repo.put(".git/info/exclude", "/private/\n");
    repo.put("private/x", "x");
    repo.git(&["init", "-q", "nested"]);
    repo.put("nested/x", "x");
    repo.git(&["-C", "nested", "add", "x"]);
    repo.git(&["-C", "nested", "commit", "-qm", "x"]);
    let done = dirs(&repo, &["check"]);
    assert_eq!(paths(&done), ["a"]);
    repo.commit("all");
    assert_eq!(paths(&dirs(&repo, &["check"])), ["a"], "the same once it is tracked");
    std::fs::remove_dir_all(repo.root().join("a")).unwrap();
    assert_eq!(dirs(&repo, &["check"]).status, Some(0), "a folder that is gone lacks nothing");
    // One that is named is looked at all the same.
    assert_eq!(paths(&dirs(&repo, &["check", "empty"])), ["empty"]);
}

#[test]
fn a_folder_that_was_made_is_as_it_should_be_and_so_is_each_on_the_way() {
    let repo = strict();
    dirs(&repo, &["create", "."]).data();
    let made = dirs(&repo, &["create", "docs/api/v1", "--purpose", "What \"clients\" call: {{ x }}\n---"]).data();
    assert_eq!((&made["applied"], &made["folder"]), (&json!(true), &json!("docs/api/v1")));
    assert_eq!(made["created"].as_array().unwrap().len(), 12);
    let done = dirs(&repo, &["check"]);
    assert_eq!((done.status, done.data()["checked"].clone()), (Some(0), json!(4)));
    let page = text_of(&repo.root().join("docs/api/v1/CLAUDE.md"));
    let front = wfo_base::markdown::front_matter(&page).unwrap();
    let yaml: Value = wfo_base::yaml::parse(front.yaml).unwrap();
    assert_eq!((&yaml["type"], &yaml["directory"]), (&json!("claude-context"), &json!("docs/api/v1")));
    assert_eq!(yaml["purpose"], "What \"clients\" call: {{ x }} ---");
    assert_eq!((&yaml["parent"], &yaml["children"]), (&json!("../CLAUDE.md"), &json!(["ARCHIVED/CLAUDE.md"])));
    for name in ["README.md", "ARCHIVED/CLAUDE.md", "ARCHIVED/README.md"] {
        let page = text_of(&repo.root().join("docs/api/v1").join(name));
        let yaml: Value = wfo_base::yaml::parse(wfo_base::markdown::front_matter(&page).unwrap().yaml).unwrap();
        assert!(yaml["directory"].as_str().unwrap().starts_with("docs/api/v1"), "{page}");
    }
    assert!(!repo.root().join("docs/api/v1/ARCHIVED/ARCHIVED").exists());
    let top = text_of(&repo.root().join("CLAUDE.md"));
    assert!(top.contains("parent: null\n"), "{top}");
}

#[test]
fn nothing_that_is_there_is_overwritten_and_again_changes_nothing() {
    let repo = strict();
    repo.put("docs/CLAUDE.md", "mine\r\n");
    repo.put("docs/ARCHIVED/old.md", "old");
    let dry = dirs(&repo, &["create", "docs", "--dry-run"]).data();
    assert_eq!((&dry["applied"], &dry["kept"]), (&json!(false), &json!(["docs/CLAUDE.md"])));
    assert!(!repo.root().join("docs/README.md").exists());
    let made = dirs(&repo, &["create", "docs"]).data();
    assert_eq!(made["created"], dry["created"]);
    assert_eq!(text_of(&repo.root().join("docs/CLAUDE.md")), "mine\r\n");
    let before = picture(&repo.root().join("docs"));
    let again = dirs(&repo, &["create", "docs"]).data();
    assert_eq!((&again["applied"], &again["created"]), (&json!(false), &json!([])));
    assert_eq!(picture(&repo.root().join("docs")), before);
}

#[test]
fn paths_outside_through_links_and_into_the_past_are_refused() {
    let repo = strict();
    std::fs::create_dir(repo.at("outside")).unwrap();
    repo.put("real/x", "x");
    std::os::unix::fs::symlink("real", repo.root().join("link")).unwrap();
    std::os::unix::fs::symlink(repo.at("outside"), repo.root().join("out")).unwrap();
    std::os::unix::fs::symlink(repo.at("outside"), repo.root().join("real/ARCHIVED")).unwrap();
    let outside = repo.at("outside/x").display().to_string();
    let long = "x".repeat(250);
    let before = picture(&repo.at("outside"));
    for path in [
        "..",
        "../x",
        "a/../../x",
        "real/../x",
        &outside,
        "link",
        "link/x",
        "out",
        "out/x",
        "real",
        "README.md",
        "README.md/x",
        ".git/x",
        ".hidden",
        "a/.git",
        "ARCHIVED/x",
        "a/ARCHIVED/ARCHIVED",
        "archived",
        "node_modules/x",
        "a\nb",
        &long,
    ] {
        assert_eq!(dirs(&repo, &["create", "--", path]).failure(), (20, "dirs.path-invalid".to_owned()), "{path}");
    }
    for path in ["..", "link", "out", &outside, "README.md"] {
        assert_eq!(dirs(&repo, &["check", path]).failure(), (20, "dirs.path-invalid".to_owned()), "{path}");
    }
    assert_eq!(dirs(&repo, &["check", "nowhere"]).failure(), (20, "file.missing".to_owned()));
    assert_eq!(picture(&repo.at("outside")), before);
    assert_eq!(repo.git(&["status", "--porcelain", "-uall"]).lines().count(), 5, "no file was made");
    assert_eq!(paths(&dirs(&repo, &["check", "real"])), ["real"], "a link is no ARCHIVED");
}

#[test]
fn a_page_may_be_a_link_to_a_file_of_the_repository() {
    let repo = strict();
    dirs(&repo, &["create", "docs"]).data();
    std::fs::remove_file(repo.root().join("docs/CLAUDE.md")).unwrap();
    std::os::unix::fs::symlink("README.md", repo.root().join("docs/CLAUDE.md")).unwrap();
    assert_eq!(dirs(&repo, &["check", "docs"]).status, Some(0));
    std::fs::remove_file(repo.root().join("docs/README.md")).unwrap();
    assert_eq!(paths(&dirs(&repo, &["check", "docs"])), ["docs"], "a link to nothing is no page");
}

#[test]
fn a_path_is_meant_from_the_folder_of_the_call_and_from_a_worktree_its_own() {
    let repo = strict();
    repo.put("docs/x", "x");
    repo.commit("start");
    let there = repo.call(&["dirs", "create", "api", "--json"]).folder(&repo.root().join("docs")).run(&repo).data();
    assert_eq!(there["folder"], "docs/api");
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "x", &tree.to_string_lossy()]);
    let made = repo.call(&["dirs", "create", "new", "--json"]).folder(&tree).run(&repo).data();
    assert_eq!(made["applied"], true);
    assert!(tree.join("new/ARCHIVED/README.md").exists() && !repo.root().join("new").exists());
}

#[test]
fn outside_a_repository_a_folder_can_be_made_and_nothing_can_be_checked() {
    let sandbox = Sandbox::new();
    let made = sandbox.helper(&["dirs", "create", "x", "--json"]);
    assert_eq!(made.data()["applied"], true);
    let done = sandbox.helper(&["dirs", "check", "--force", "--json"]);
    assert_eq!(done.failure(), (20, "git.no-repository".to_owned()));
}

#[test]
fn nothing_is_laid_into_the_git_folder_of_a_bare_repository() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "--bare", "."]);
    let before = picture(&sandbox.at(""));
    let done = sandbox.helper(&["dirs", "create", "hooks", "--json"]);
    assert_eq!(done.failure(), (20, "git.no-work-tree".to_owned()));
    assert_eq!(picture(&sandbox.at("")), before);
}
