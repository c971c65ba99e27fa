//! Which TODO is meant: `next` and every `todo` verb answer alike, whatever the place and whatever the files are.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use support::{Call, Done, Repo, binary};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";
const SEARCH: &str = "TODO_feature_20261101T000000Z_search.md";
const AGAIN: &str = "TODO_hotfix_20261120T000000Z_login.md";
const RELEASE: &str = "TODO_release_20261120T000000Z_1-4-0.md";
const ACTIVE: &str = "---\nworkflow_progress: {phase: 2, status: planning}\n---\n";
const FINISHED: &str = "---\nworkflow_progress: {phase: 4, status: completed}\n---\n";
const BROKEN: &str = "---\nworkflow_progress: {phase: 2\n---\n";

/// A repository, and the folder that is asked from.
type Made = (Repo, PathBuf);

fn with(files: &[(&str, &str)]) -> Made {
    let repo = Repo::new();
    for (name, text) in files {
        repo.put(name, text);
    }
    let root = repo.root();
    (repo, root)
}

/// As before, asked from a worktree of this branch in this folder.
fn from_tree(files: &[(&str, &str)], branch: &str, folder: &str) -> Made {
    let (repo, _) = with(files);
    let tree = repo.at(folder);
    repo.git(&["worktree", "add", "-q", "-b", branch, &tree.to_string_lossy()]);
    let deep = tree.join("deep/down");
    std::fs::create_dir_all(&deep).unwrap();
    (repo, deep)
}

/// The file that is meant, or the code of the refusal.
fn said(done: &Done) -> String {
    if done.status == Some(0) {
        return done.data()["file"].as_str().unwrap_or("none").to_owned();
    }
    done.failure().1
}

/// What is made, the name that is asked for, and what every command has to say.
type Situation = (&'static str, fn() -> Made, Option<&'static str>, &'static str);

const BOTH: [(&str, &str); 2] = [(LOGIN, ACTIVE), (SEARCH, ACTIVE)];

const SITUATIONS: [Situation; 27] = [
    ("the only one", || with(&[(LOGIN, ACTIVE)]), None, LOGIN),
    ("the only one is finished", || with(&[(LOGIN, FINISHED)]), None, LOGIN),
    ("two, one of them finished", || with(&[(LOGIN, ACTIVE), (SEARCH, FINISHED)]), None, LOGIN),
    ("two, both finished", || with(&[(LOGIN, FINISHED), (SEARCH, FINISHED)]), None, "todo.ambiguous"),
    ("two, both active", || with(&BOTH), None, "todo.ambiguous"),
    ("one that cannot be read may be the one", || with(&[(LOGIN, ACTIVE), (SEARCH, BROKEN)]), None, "todo.ambiguous"),
    (
        "a finished one beside one that cannot be read",
        || with(&[(LOGIN, FINISHED), (SEARCH, BROKEN)]),
        None,
        "todo.unreadable",
    ),
    ("the only one cannot be read", || with(&[(LOGIN, BROKEN)]), None, "todo.unreadable"),
    ("a name", || with(&BOTH), Some("search"), SEARCH),
    ("stamp and name", || with(&BOTH), Some("20261121T090000Z_login"), LOGIN),
    ("the file's name", || with(&BOTH), Some(SEARCH), SEARCH),
    ("a name that nothing has", || with(&BOTH), Some("nothing"), "todo.unknown"),
    ("a name where there is none", || with(&[]), Some("nothing"), "todo.unknown"),
    ("a part of a name", || with(&BOTH), Some("sear"), "todo.unknown"),
    ("a name that leads out", || with(&BOTH), Some("../login"), "todo.unknown"),
    ("a name that two have", || with(&[(LOGIN, ACTIVE), (AGAIN, ACTIVE)]), Some("login"), "todo.ambiguous"),
    ("a name that cannot be read", || with(&[(LOGIN, BROKEN), (SEARCH, ACTIVE)]), Some("login"), "todo.unreadable"),
    (
        "an archived one by name",
        || {
            let made = with(&BOTH);
            made.0.put(&format!("ARCHIVED/{RELEASE}"), FINISHED);
            made
        },
        Some("1-4-0"),
        "ARCHIVED/TODO_release_20261120T000000Z_1-4-0.md",
    ),
    ("a branch with the stamp", || from_tree(&BOTH, "feature/20261101T000000Z_search", "t"), None, SEARCH),
    ("a branch with another stamp", || from_tree(&BOTH, "feature/20260101T000000Z_search", "t"), None, SEARCH),
    ("a branch with the slug alone", || from_tree(&BOTH, "search", "t"), None, SEARCH),
    (
        "a branch named by its version",
        || from_tree(&[(RELEASE, ACTIVE), (LOGIN, ACTIVE)], "release/v1.4.0", "t"),
        None,
        RELEASE,
    ),
    ("a branch that only begins alike", || from_tree(&BOTH, "feature/search-2", "t"), None, "todo.ambiguous"),
    ("a folder with the slug", || from_tree(&BOTH, "spike", "search"), None, SEARCH),
    ("a name beats the place", || from_tree(&BOTH, "feature/20261101T000000Z_search", "t"), Some("login"), LOGIN),
    (
        "a slug like the branch that everybody works on",
        || with(&[("TODO_feature_20261101T000000Z_main.md", ACTIVE), (LOGIN, ACTIVE)]),
        None,
        "todo.ambiguous",
    ),
    (
        "a link",
        || {
            let made = with(&[("notes.md", ACTIVE)]);
            symlink(made.1.join("notes.md"), made.1.join(LOGIN)).unwrap();
            made
        },
        None,
        "todo.unreadable",
    ),
];

#[test]
fn next_and_every_todo_command_mean_the_same_file_or_refuse_alike() {
    for (what, make, wanted, expected) in SITUATIONS {
        let (repo, folder) = make();
        repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
        let named: Vec<&str> = wanted.map_or_else(Vec::new, |wanted| vec!["--todo", wanted]);
        let ask =
            |words: &[&str]| Call::new(binary()).args(words).args(&named).args(["--json"]).folder(&folder).run(&repo);
        assert_eq!(said(&ask(&["next", "--offline"])), expected, "next: {what}");
        assert_eq!(said(&ask(&["todo", "show"])), expected, "todo show: {what}");
        let reconciled = ask(&["todo", "reconcile", "--offline"]);
        let refused = !expected.ends_with(".md");
        assert_eq!(refused, reconciled.status == Some(20), "todo reconcile: {what}: {reconciled:?}");
        // One that is archived is shown and judged, but not worked on.
        let expected = if expected.starts_with("ARCHIVED/") { "todo.unknown" } else { expected };
        for words in [
            &["todo", "task", "add", "testing", "x", "--dry-run"][..],
            &["todo", "set", "metadata.note=x", "--dry-run"],
            &["todo", "checkpoint", "--tokens", "100000", "--dry-run"],
        ] {
            assert_eq!(said(&ask(words)), expected, "{words:?}: {what}");
        }
    }
}
