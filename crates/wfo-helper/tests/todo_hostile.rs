//! `todo` against input that means harm: names that leave the folder, text that wants to be markup, files that want to be large.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::symlink;
use std::time::Duration;

use serde_json::json;
use support::{Done, Repo, text_of, tree::picture};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";

fn todo(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["todo"], words].concat())
}

#[test]
fn slugs_that_could_leave_the_folder_are_refused_and_nothing_is_written() {
    let repo = Repo::new();
    let before = picture(&repo.root());
    for slug in
        ["..", "a/b", "../x", "/etc/x", "", "a b", "a\nb", "a.b", "é", "_x", "{{x}}", "a\u{202e}b", &"x".repeat(101)]
    {
        let done = todo(&repo, &["new", "feature", "--", slug]);
        assert_eq!(done.failure(), (20, "todo.slug-invalid".to_owned()), "{slug:?}");
    }
    let done = todo(&repo, &["new", "feature", "--", "-x"]);
    assert_eq!(done.failure(), (20, "todo.slug-invalid".to_owned()));
    assert_eq!(todo(&repo, &["new", "feature", "-x"]).status, Some(64));
    assert_eq!(todo(&repo, &["new", "epic", "x"]).status, Some(64));
    assert_eq!(picture(&repo.root()), before);
    for name in ["../../etc/passwd", "..", "TODO.md", "ARCHIVED/x"] {
        assert_eq!(todo(&repo, &["show", name]).failure(), (20, "todo.unknown".to_owned()), "{name}");
    }
}

#[test]
fn whatever_a_title_or_task_holds_it_stays_a_value() {
    for (number, text) in [
        "{{ 7 * 7 }}{% raw %}",
        "--- \n---\nphase: 6\n",
        "`$(touch x)` <script>alert(1)</script>",
        "a: b # c",
        "\"quoted\" 'twice' \\ back",
        "&anchor *alias !tag",
        "null",
        "2026-11-21",
        "\u{feff}\u{202e}evil\u{1b}[31m",
        "- [ ] x\n- y",
        "...",
    ]
    .into_iter()
    .enumerate()
    {
        let repo = Repo::new();
        let slug = format!("s{number}");
        let [title, description, user] = ["title", "description", "user"].map(|name| format!("--{name}={text}"));
        todo(&repo, &["new", "feature", &slug, &title, &description, "--brief", &user]).data();
        let shown = todo(&repo, &["show"]).data();
        // What nobody sees, or turns text around, is shown to nobody; all else as it is.
        let seen = if text.contains('\u{1b}') { "evil" } else { text };
        assert_eq!(shown["front_matter"]["metadata"]["description"], seen, "{text:?}");
        assert_eq!((&shown["phase"], &shown["front_matter"]["slug"]), (&json!(1), &json!(slug)), "{text:?}");
        todo(&repo, &["task", "add", "implementation", "--id", "impl_001", "--", text]).data();
        todo(&repo, &["set", &format!("metadata.note={text}")]).data();
        todo(&repo, &["checkpoint", "--tokens", "100000", &format!("--notes={text}")]).data();
        let shown = todo(&repo, &["show"]).data();
        assert_eq!(shown["tasks"].as_array().unwrap().len(), 1, "{text:?}");
        assert_eq!(todo(&repo, &["validate"]).data()["verdict"], "pass", "{text:?}");
        assert!(!repo.root().join("x").exists());
        let plain = repo.helper(&["todo", "show", "--format", "text"]).stdout;
        assert!(!plain.contains('\u{1b}') && !plain.contains('\u{202e}'), "{plain:?}");
    }
}

#[test]
fn files_that_are_bombs_are_refused_quickly_and_left_as_they_are() {
    let alias = |depth: usize| {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..depth {
            let before = level - 1;
            text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(", "));
        }
        text
    };
    for (what, front) in [
        ("aliases", alias(12)),
        ("nested lists", format!("x: {}{}\n", "[".repeat(50_000), "]".repeat(50_000))),
        ("nested maps", format!("x: {}\n", "{a: ".repeat(12_000))),
        ("too much", format!("x: \"{}\"\n", "y".repeat(65 << 10))),
        ("doubles", "status: a\nstatus: b\n".to_owned()),
        ("a NUL", "x: \"\0\"\n".to_owned()),
        ("no YAML", "x: [\n".to_owned()),
    ] {
        let repo = Repo::new();
        let text = format!(
            "---\ntype: workflow-manifest\n{front}tasks:\n  implementation:\n    - {{id: impl_001, status: pending}}\n---\n"
        );
        repo.put(LOGIN, &text);
        for words in [
            &["task", "set", "impl_001", "--status", "completed"][..],
            &["set", "metadata.title=x"],
            &["checkpoint", "--tokens", "100000"],
        ] {
            let done = todo(&repo, words);
            let (status, code) = done.failure();
            assert!([20, 21].contains(&status) && code.starts_with("todo."), "{what}: {code}");
            assert!(done.took < Duration::from_secs(20), "{what}: {:?}", done.took);
        }
        assert_eq!(text_of(&repo.root().join(LOGIN)), text, "{what}");
        let status = todo(&repo, &["validate"]).status;
        assert!([Some(10), Some(20)].contains(&status), "{what}: {status:?}");
        assert_eq!(todo(&repo, &["list"]).status, Some(0), "{what}");
    }
}

#[test]
fn ids_that_stand_twice_and_tasks_that_wait_in_a_circle_are_not_edited_blindly() {
    let repo = Repo::new();
    let text = "---\ntype: workflow-manifest\nslug: login\ntasks:\n  implementation:\n    - {id: impl_001, status: pending}\n    - {id: impl_001, status: pending}\n    - {id: impl_002, status: pending, depends_on: [impl_003]}\n    - {id: impl_003, status: pending, depends_on: [impl_002]}\n---\n";
    repo.put(LOGIN, text);
    let done = todo(&repo, &["task", "set", "impl_001", "--status", "completed"]);
    assert_eq!(done.failure(), (21, "todo.edit-refused".to_owned()));
    assert_eq!(todo(&repo, &["task", "set", "impl_009", "--status", "completed"]).failure().1, "todo.task-unknown");
    let done = todo(&repo, &["task", "add", "implementation", "x", "--id", "impl_001"]);
    assert_eq!(done.failure(), (20, "todo.value-invalid".to_owned()));
    let done = todo(&repo, &["task", "add", "implementation", "x", "--after", "impl_404"]);
    assert_eq!(done.failure(), (20, "todo.task-unknown".to_owned()));
    let done = todo(&repo, &["task", "add", "../x", "x"]);
    assert_eq!(done.failure(), (20, "todo.value-invalid".to_owned()));
    assert_eq!(text_of(&repo.root().join(LOGIN)), text);
    assert_eq!(todo(&repo, &["validate"]).status, Some(10));
    // The one that stands once is edited all the same.
    todo(&repo, &["task", "set", "impl_002", "--status", "completed"]).data();
}

#[test]
fn a_todo_that_is_a_link_is_neither_read_nor_written() {
    let repo = Repo::new();
    let outside = repo.write("elsewhere.md", "---\ntype: workflow-manifest\nslug: login\n---\nsecret plan\n");
    repo.put("notes.md", "---\ntype: workflow-manifest\nslug: login\n---\n");
    for target in [outside.clone(), repo.root().join("notes.md")] {
        let link = repo.root().join(LOGIN);
        symlink(&target, &link).unwrap();
        let before = text_of(&target);
        for words in [&["task", "add", "testing", "x"][..], &["set", "a=b"], &["show"], &["archive"]] {
            let done = todo(&repo, words);
            assert_eq!(done.failure(), (20, "todo.unreadable".to_owned()), "{words:?}");
            assert!(!done.stdout.contains("secret plan"));
        }
        let list = todo(&repo, &["list"]);
        assert_eq!(list.data()["workflows"], json!([]));
        assert!(list.codes().contains(&"todo.unreadable".to_owned()));
        assert_eq!(text_of(&target), before);
        std::fs::remove_file(link).unwrap();
    }
    // TODO.md, too: the edit is made, the link is left alone.
    symlink(&outside, repo.root().join("TODO.md")).unwrap();
    let before = text_of(&outside);
    let made = todo(&repo, &["new", "feature", "login"]);
    assert_eq!(made.data()["files"], json!([LOGIN]));
    assert!(made.codes().contains(&"todo.unreadable".to_owned()), "{made:?}");
    assert_eq!(text_of(&outside), before);
}

#[test]
fn a_todo_md_that_a_person_keeps_is_left_alone() {
    let repo = Repo::new();
    for mine in ["# My list\n- [ ] milk\n", "---\ntype: shopping\n---\n- milk\n", "---\nbroken: [\n---\n"] {
        repo.put("TODO.md", mine);
        let done = todo(&repo, &["new", "feature", &format!("s{}", mine.len())]);
        assert!(!done.data()["files"].as_array().unwrap().contains(&json!("TODO.md")));
        assert!(done.codes().contains(&"todo.manifest-foreign".to_owned()), "{done:?}");
        assert_eq!(text_of(&repo.root().join("TODO.md")), mine);
    }
}

/// A token that no service has issued.
fn token() -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let hex = |at: usize| format!("{:x}", letters[(at * 7 + 5 + at / 16) % letters.len()] % 16);
    format!("{}{}{}", "dop_", "v1_", (0..64).map(hex).collect::<String>())
}

#[test]
fn a_secret_in_a_task_is_shown_nowhere() {
    let repo = Repo::new();
    let secret = token();
    repo.put(
        LOGIN,
        &format!("---\ntype: workflow-manifest\nslug: login\nmetadata: {{title: \"t {secret}\"}}\ntasks:\n  testing:\n    - {{id: test_001, description: \"use {secret}\", status: pending}}\n---\n"),
    );
    for words in [&["list"][..], &["show"], &["validate"], &["set", "metadata.title=x"], &["archive"]] {
        let done = todo(&repo, words);
        assert!(!done.stdout.contains(&secret) && !done.stderr.contains(&secret), "{words:?}: {done:?}");
    }
    assert_eq!(todo(&repo, &["commit"]).failure(), (21, "todo.secret".to_owned()));
}
