//! `context`: the hand-over page, its data, backups and learnings, against real repositories.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};
use support::{Done, Repo, Sandbox, text_of, tree};

/// The day on which the sandbox's commits are made.
const THAT_DAY: &str = "2026-11-20T18:00:00Z";

fn write(repo: &Repo, flags: &[&str]) -> Done {
    repo.helper(&[&["context", "write"], flags].concat())
}

fn at(repo: &Repo, now: &str, words: &[&str]) -> Done {
    repo.call(words).env("WFO_NOW", now).run(repo)
}

fn page(repo: &Repo) -> String {
    text_of(&repo.root().join("PROJECT_CONTEXT.md"))
}

fn data(repo: &Repo) -> Value {
    serde_json::from_str(&text_of(&repo.root().join(".claude/context.json"))).unwrap()
}

fn unattended(sandbox: &Sandbox) {
    sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
}

#[test]
fn the_day_is_written_from_git_the_task_files_and_what_is_said() {
    let repo = Repo::new();
    repo.put("TASK.md", "## In progress\n- [ ] Search\n## Tasks\n- [x] Old thing\n- [ ] Later\n");
    repo.put("src/lib.rs", "#[test]\nfn one() {}\n#[test]\nfn two() {}\n");
    repo.commit("feat: search");
    let todo = "---\nworkflow_progress: {phase: 2}\ntasks:\n  implementation:\n    - {id: impl_001, description: Guard the redirect, status: in_progress}\n    \
                - {id: impl_002, description: Log in once, status: completed, completed_at: \"2026-11-20T10:00:00Z\"}\n    \
                - {id: impl_003, description: Last week, status: completed, completed_at: \"2026-11-11T10:00:00Z\"}\n---\n";
    repo.put("TODO_feature_20261101T000000Z_login.md", todo);
    repo.put(
        ".claude/todos.json",
        r#"[{"content":"Ask Bo","status":"completed"},{"content":"Open one","status":"pending"}]"#,
    );
    let said = [
        "context",
        "write",
        "--completed",
        "Built the API",
        "--blocker",
        "Waiting on design",
        "--decision",
        "Postgres, not MySQL",
    ];
    let done = at(&repo, THAT_DAY, &said).data();
    assert_eq!(done["applied"], true);
    assert_eq!(
        done["metrics"],
        json!({"commits": 2, "files_changed": 3, "tests_added": 2, "coverage": null, "session_minutes": null})
    );
    let page = page(&repo);
    for line in [
        "Last Updated: 2026-11-20T18:00:00+00:00",
        "- [x] Built the API",
        "- [x] Log in once",
        "- [x] Old thing",
        "- [x] Ask Bo",
        "- [x] start",
        "- [x] feat: search",
        "| Guard the redirect | - | in progress | None |",
        "| Search | - | in progress | None |",
        "- Waiting on design",
        "- Postgres, not MySQL",
        "- Tests Added: 2",
        "- Coverage: unknown",
    ] {
        assert!(page.lines().any(|one| one == line), "{line}: {page}");
    }
    assert!(!page.contains("Last week") && !page.contains("Open one"), "{page}");
    let data = data(&repo);
    assert_eq!((&data["branch"], &data["blockers"]), (&json!("main"), &json!(["Waiting on design"])));
    // The briefing of the next morning reads it.
    let handover = &repo.brief()["handover"];
    assert_eq!(handover["blockers"], json!(["Waiting on design"]));
}

#[test]
fn a_task_that_the_files_call_finished_leaves_the_page_and_one_of_a_person_is_told_apart() {
    let repo = Repo::new();
    repo.put("TASK.md", "## In progress\n- [ ] Search\n- [ ] Mine\n");
    repo.put("PROJECT_CONTEXT.md", "### In Progress\n- [ ] Mine (50%)\n");
    write(&repo, &[]).data();
    assert!(page(&repo).contains("- [ ] Mine (50%)\n- [ ] Search\n"), "{}", page(&repo));
    repo.put("TASK.md", "## Tasks\n- [x] Search\n- [x] Mine\n");
    let shown = repo.helper(&["context", "show"]).data();
    let drift: Vec<_> =
        shown["drift"].as_array().unwrap().iter().map(|one| (&one["field"], &one["recorded"])).collect();
    assert!(drift.contains(&(&json!("in_progress"), &json!("Mine"))), "{drift:?}");
    write(&repo, &[]).data();
    let page = page(&repo);
    assert!(
        !page.contains("- [ ] Search") && page.contains("- [x] Search") && page.contains("- [ ] Mine (50%)"),
        "{page}"
    );
}

#[test]
fn on_a_new_day_only_completed_begins_afresh_and_the_old_page_is_in_a_backup() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", "# Notes\nkept\n");
    at(
        &repo,
        THAT_DAY,
        &["context", "write", "--completed", "Yesterday's", "--blocker", "b", "--decision", "d", "--priority", "p"],
    )
    .data();
    let evening = page(&repo);
    repo.put("PROJECT_CONTEXT.md", &evening.replace("- [x] start", "- [x] start\n- [x] by hand this morning"));
    let done = write(&repo, &["--completed", "Today's"]).data();
    assert_eq!(done["dropped"], json!(["Yesterday's", "start"]));
    let page = page(&repo);
    assert!(
        page.starts_with("# Notes\nkept\n") && page.contains("- [x] by hand this morning\n- [x] Today's\n"),
        "{page}"
    );
    for line in ["- b", "- d", "1. p"] {
        assert!(page.lines().any(|one| one == line), "{line}: {page}");
    }
    let folder = done["backup"]["folder"].as_str().unwrap();
    assert!(text_of(&Path::new(folder).join("files/PROJECT_CONTEXT.md")).contains("Yesterday's"));
    assert_eq!(write(&repo, &[]).data()["dropped"], json!([]), "the same day again");
}

#[test]
fn the_session_lasts_from_the_first_to_the_last_event_of_the_day() {
    let repo = Repo::new();
    let root = repo.root().to_string_lossy().into_owned();
    let user = |at: &str| json!({"type": "user", "timestamp": at, "cwd": root, "sessionId": "s", "message": {"role": "user", "content": "go"}});
    let usage = json!({"input_tokens": 1, "output_tokens": 1});
    let todos = json!([{"type": "tool_use", "name": "TodoWrite", "input": {"todos": [
        {"content": "From the list", "status": "completed"}, {"content": "Not yet", "status": "in_progress"}]}}]);
    let answer = json!({"type": "assistant", "timestamp": "2026-11-21T07:30:00Z", "cwd": root, "sessionId": "s", "requestId": "r",
        "message": {"id": "m", "role": "assistant", "model": "claude-sonnet-4-5", "content": todos, "usage": usage}});
    let lines = [user("2026-11-20T23:00:00Z"), user("2026-11-21T06:55:00Z"), answer, user("2026-11-21T09:00:00Z")];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    repo.put_config("projects/p/s.jsonl", &text);
    let done = write(&repo, &[]).data();
    assert_eq!(done["metrics"]["session_minutes"], 125);
    let page = page(&repo);
    assert!(
        page.contains("Session Duration: 2 h 5 min\n")
            && page.contains("- [x] From the list\n")
            && !page.contains("Not yet"),
        "{page}"
    );
}

#[test]
fn dry_runs_change_nothing() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", &format!("### Blockers\n{}", "- a blocker that is long enough\n".repeat(400)));
    repo.put("CLAUDE.md", "# Rules\n");
    repo.helper(&["context", "backup"]).data();
    repo.put("CLAUDE.md", "# Other rules\n");
    let files = || (tree::picture(&repo.root()), tree::picture(&repo.config().join("context-backups")));
    let before = files();
    for words in [
        &["context", "write", "--blocker", "x"][..],
        &["context", "compress", "--max-tokens", "100"],
        &["context", "backup"],
        &["context", "restore"],
        &["context", "learn", "--tool", "x"],
        &["context", "show"],
    ] {
        let done = repo.helper(&[words, &["--dry-run"]].concat());
        assert!(done.data().get("applied").is_none_or(|applied| applied == false), "{words:?}");
        assert_eq!(files(), before, "{words:?}");
    }
    assert!(!repo.config().join("learnings.jsonl").exists());
}

#[test]
fn a_page_is_compressed_by_what_matters_after_a_backup_and_comes_back() {
    let repo = Repo::new();
    unattended(&repo);
    let list = |title: &str| {
        format!("### {title}\n{}\n", (0..80).map(|n| format!("- {title} {n} of some length\n")).collect::<String>())
    };
    let lists = ["Completed", "Decisions", "Notes", "Blockers"].map(list).concat();
    let whole = format!("Last Updated: 2026-11-21\n\n{lists}");
    repo.put("PROJECT_CONTEXT.md", &whole);
    let shown = repo.helper(&["context", "compress", "--max-tokens", "900", "--dry-run"]).data();
    assert!(shown["page"].as_str().unwrap().contains("Blockers 79"), "{shown:#}");
    let done = repo.helper(&["context", "compress", "--max-tokens", "900"]).data();
    let short = page(&repo);
    assert!(short.chars().count() <= 3_600 && short.contains("Blockers 79") && !short.contains("Notes 79"), "{short}");
    assert_eq!(done["tokens_after"], short.chars().count().div_ceil(4));
    let stamp = done["backup"]["stamp"].as_str().unwrap();
    let restore = |more: &[&str]| repo.helper(&[&["context", "restore", stamp], more].concat());
    let proposed = restore(&[]).data();
    assert_eq!((&proposed["applied"], &proposed["files"][0]["action"]), (&json!(false), &json!("replace")));
    assert_eq!(page(&repo), short, "a proposal writes nothing");
    let id = proposed["proposal"]["id"].as_str().unwrap();
    let done = restore(&["--confirm", id]).data();
    assert_eq!(page(&repo), whole);
    let saved = Path::new(done["saved"]["folder"].as_str().unwrap()).join("files/PROJECT_CONTEXT.md");
    assert_eq!(text_of(&saved), short, "what was replaced is saved");
    assert_eq!(restore(&["--confirm", id]).failure(), (22, "proposal.used".to_owned()));
    assert_eq!(repo.helper(&["context", "compress"]).data()["applied"], true, "2000 tokens when nothing is said");
}

#[test]
fn a_proposal_does_not_hold_when_the_page_changed_since() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("TASK.md", "one\n");
    repo.helper(&["context", "backup"]).data();
    repo.put("TASK.md", "two\n");
    let id = repo.helper(&["context", "restore"]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    repo.put("TASK.md", "three\n");
    assert_eq!(repo.helper(&["context", "restore", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(text_of(&repo.root().join("TASK.md")), "three\n");
    assert_eq!(
        repo.helper(&["context", "restore", "20200101T000000Z"]).failure(),
        (20, "context.backup-unknown".to_owned())
    );
}

#[test]
fn backups_of_more_than_seven_days_go_but_the_newest_and_other_projects_stay() {
    let repo = Repo::new();
    assert_eq!(repo.helper(&["context", "backup"]).failure(), (20, "context.nothing-to-save".to_owned()));
    repo.put("TASK.md", "one\n");
    let age = |stamp: &str, days: i64| {
        let path = repo.config().join(format!("context-backups/project/{stamp}/backup.json"));
        let mut list: Value = serde_json::from_str(&text_of(&path)).unwrap();
        let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
        list["at"] = json!(old.to_string());
        repo.write(&format!("config/context-backups/project/{stamp}/backup.json"), &list.to_string());
    };
    let backup = || repo.helper(&["context", "backup"]).data();
    let stamp = |done: &Value| done["backup"]["stamp"].as_str().unwrap().to_owned();
    let first = stamp(&backup());
    age(&first, 30);
    let foreign = repo.write("config/context-backups/project/context_20200101.tar.gz", "of another tool");
    repo.put("TASK.md", "");
    std::fs::remove_file(repo.root().join("TASK.md")).unwrap();
    assert_eq!(repo.helper(&["context", "backup"]).failure().0, 20);
    assert!(repo.config().join(format!("context-backups/project/{first}")).exists(), "nothing to save prunes nothing");
    repo.put("TASK.md", "two\n");
    let second = backup();
    assert_eq!(second["pruned"], json!([first]));
    assert!(foreign.exists());
    let third = stamp(&backup());
    age(&third, 9);
    age(&stamp(&second), 8);
    assert_eq!(backup()["pruned"].as_array().unwrap().len(), 2);
}

#[test]
fn learnings_stand_once_in_the_page_and_once_in_the_list() {
    let repo = Repo::new();
    repo.put("CLAUDE.md", "# Rules\r\nBe kind.\r\n");
    let learn = || {
        repo.helper(&[
            "context",
            "learn",
            "--pattern",
            "Small files",
            "--mistake",
            "Force push",
            "--pattern",
            "small files!",
        ])
    };
    let done = learn().data();
    assert_eq!((done["added"].as_array().unwrap().len(), &done["listed"]), (2, &json!(2)));
    let page = text_of(&repo.root().join("CLAUDE.md"));
    assert!(page.starts_with("# Rules\r\nBe kind.\r\n\r\n## Session Learnings\r\n"), "{page:?}");
    let again = learn().data();
    assert_eq!((&again["applied"], &again["listed"]), (&json!(false), &json!(0)));
    assert_eq!(text_of(&repo.root().join("CLAUDE.md")), page);
    let list = text_of(&repo.config().join("learnings.jsonl"));
    assert_eq!(list.lines().count(), 2);
    assert!(list.contains(r#""kind":"mistake""#), "{list}");
    assert_eq!(repo.helper(&["context", "learn"]).failure(), (64, "usage.invalid".to_owned()));
}

#[test]
fn hostile_pages_are_refused_and_stay_as_they_are() {
    let outside = tempfile::tempdir().unwrap();
    let elsewhere = outside.path().join("elsewhere.md");
    wfo_base::atomic::write(&elsewhere, b"theirs\n").unwrap();
    for (kind, code) in [
        ("large", "file.too-large"),
        ("fifo", "file.not-regular"),
        ("link", "file.link-outside"),
        ("nowhere", "file.link-outside"),
        ("nul", "handover.unreadable"),
        ("comment", "handover.unreadable"),
    ] {
        let repo = Repo::new();
        let path = repo.root().join("PROJECT_CONTEXT.md");
        match kind {
            "large" => drop(repo.put("PROJECT_CONTEXT.md", &"x".repeat(5 << 20))),
            "fifo" => drop(support::Call::new("mkfifo").args([&path]).run(&repo)),
            "link" => symlink(&elsewhere, &path).unwrap(),
            "nowhere" => symlink("not/there", &path).unwrap(),
            "nul" => drop(repo.put("PROJECT_CONTEXT.md", "### Blockers\n\0\n")),
            _ => drop(repo.put("PROJECT_CONTEXT.md", "### Blockers\n<!-- never closed\n")),
        }
        let done = write(&repo, &["--blocker", "x"]);
        assert_eq!(done.failure(), (20, code.to_owned()), "{kind}");
        assert!(!repo.root().join(".claude").exists(), "{kind}");
    }
    assert_eq!(text_of(&elsewhere), "theirs\n");
}

#[test]
fn a_folder_of_the_host_that_leads_out_of_the_checkout_is_not_written_to() {
    let repo = Repo::new();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), repo.root().join(".claude")).unwrap();
    let done = write(&repo, &["--blocker", "x"]);
    assert!(done.codes().contains(&"file.link-outside".to_owned()));
    assert_eq!(done.data()["files"], json!(["PROJECT_CONTEXT.md"]), "the page is written all the same");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    let repo = Repo::new();
    repo.put(".claude/context.json", "not json");
    let done = write(&repo, &["--blocker", "x"]);
    assert!(done.codes().contains(&"context.data-invalid".to_owned()));
    assert_eq!(text_of(&repo.root().join(".claude/context.json")), "not json");
    repo.put(".claude/context.json", r#"{"mine": 1.50, "blockers": []}"#);
    write(&repo, &[]).data();
    assert!(
        text_of(&repo.root().join(".claude/context.json")).contains(r#""mine": 1.50"#),
        "keys that are not ours stay"
    );
}

#[test]
fn text_of_the_repository_is_harmless_in_the_page() {
    let repo = Repo::new();
    repo.put("x", "1");
    repo.commit("<!-- \u{1b}[31mobey\u{202e} ``` # Blockers");
    at(&repo, THAT_DAY, &["context", "write"]).data();
    let page = page(&repo);
    assert!(page.contains("- [x] <! -- obey ''' # Blockers\n"), "{page:?}");
}

#[test]
fn a_linked_worktree_has_a_page_of_its_own_and_a_bare_repository_has_none() {
    let repo = Repo::new();
    repo.put(
        "TODO_feature_20261101T000000Z_login.md",
        "---\ntasks: [{id: a_01, description: Shared task, status: in_progress}]\n---\n",
    );
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "feature/login", &tree.to_string_lossy()]);
    repo.call(&["context", "write", "--blocker", "of the tree"]).folder(&tree).run(&repo).data();
    assert!(!repo.root().join("PROJECT_CONTEXT.md").exists());
    let page = text_of(&tree.join("PROJECT_CONTEXT.md"));
    assert!(page.contains("- of the tree") && page.contains("| Shared task | feature/login |"), "{page}");
    let saved = repo.call(&["context", "backup"]).folder(&tree).run(&repo).data();
    assert_eq!(saved["backup"]["files"].as_array().unwrap().len(), 3, "{saved:#}");
    assert_eq!(
        repo.helper(&["context", "restore"]).failure().1,
        "context.backup-unknown",
        "it is not the main checkout's"
    );
    let bare = repo.at("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    assert_eq!(
        repo.call(&["context", "write"]).folder(&bare).run(&repo).failure(),
        (20, "git.no-work-tree".to_owned())
    );
    let of_bare = repo.at("of-bare");
    repo.git_in(&bare, &["worktree", "add", "-q", &of_bare.to_string_lossy(), "main"]);
    assert_eq!(repo.call(&["context", "write"]).folder(&of_bare).run(&repo).data()["applied"], true);
}

#[test]
fn without_a_repository_the_page_is_written_and_figures_of_git_are_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("project/TASK.md", "- [x] Done\n");
    let done = sandbox.helper(&["context", "write", "--priority", "Next"]);
    assert!(done.codes().contains(&"git.no-repository".to_owned()));
    let data = done.data();
    assert_eq!((&data["metrics"]["commits"], &data["metrics"]["tests_added"]), (&Value::Null, &Value::Null));
    let page = text_of(&sandbox.project().join("PROJECT_CONTEXT.md"));
    assert!(
        page.contains("- [x] Done\n") && page.contains("- Commits: unknown\n") && page.contains("1. Next\n"),
        "{page}"
    );
}
