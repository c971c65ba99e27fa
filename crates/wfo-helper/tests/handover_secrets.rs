//! A secret that a hand-over would take along: it is in no answer and in no file that is written, and a person's own words stay.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{Repo, text_of};

/// A token that no service has issued; each number is another one.
fn token(number: usize) -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let hex = |at: usize| format!("{:x}", letters[(at * 7 + number * 5 + at / 16) % letters.len()] % 16);
    format!("{}{}{}", "dop_", "v1_", (0..64).map(hex).collect::<String>())
}

/// Every file below a folder that wfo may have written, with its text.
fn files(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            out.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// A repository with a token in every place that a hand-over reads.
fn planted() -> Repo {
    let repo = Repo::new();
    let say = |what: &str, number: usize| format!("{what} {}", token(number));
    repo.git(&["switch", "-q", "-c", &format!("fix/{}", token(1))]);
    repo.put("TASK.md", &format!("## In progress\n- [ ] {}\n## Tasks\n- [x] {}\n", say("begun", 2), say("ticked", 3)));
    repo.put("src/lib.rs", "fn one() {}\n");
    repo.commit(&say("feat: with", 4));
    let todo = format!(
        "---\nworkflow_progress: {{phase: 2}}\ntasks:\n  implementation:\n    - {{id: impl_001, description: \"{}\", status: in_progress}}\n    \
         - {{id: impl_002, description: \"{}\", status: completed, completed_at: \"2026-11-21T08:00:00Z\"}}\n---\n",
        say("open", 5),
        say("done", 6)
    );
    repo.put(&format!("TODO_feature_20261101T000000Z_{}.md", token(7)), &todo);
    repo.put(".claude/todos.json", &json!([{"content": say("listed", 8), "status": "completed"}]).to_string());
    let root = repo.root().to_string_lossy().into_owned();
    let list = json!([{"type": "tool_use", "name": "TodoWrite", "input": {"todos": [{"content": say("of the host", 9), "status": "completed"}]}}]);
    let line = json!({"type": "assistant", "timestamp": "2026-11-21T07:30:00Z", "cwd": root, "sessionId": "s", "requestId": "r",
        "message": {"id": "m", "role": "assistant", "model": "claude-sonnet-4-5", "content": list, "usage": {"input_tokens": 1, "output_tokens": 1}}});
    repo.put_config("projects/p/s.jsonl", &format!("{line}\n"));
    repo
}

#[test]
fn a_token_in_any_source_is_in_no_answer_and_in_no_file_that_is_written() {
    let repo = planted();
    let said: Vec<String> = (10..15).map(|number| format!("said {}", token(number))).collect();
    let flags = ["--completed", "--in-progress", "--blocker", "--decision", "--priority"];
    let flags: Vec<&str> = flags.iter().zip(&said).flat_map(|(flag, said)| [*flag, said.as_str()]).collect();
    let learned = format!("use {}", token(15));
    let write = [&["context", "write"], &flags[..]].concat();
    let (mut shown, mut more) = (String::new(), 0);
    for words in [
        &[&write[..], &["--dry-run"]].concat()[..],
        &write,
        &write,
        &["context", "show"],
        &["context", "learn", "--tool", &learned],
        &["context", "backup"],
        &["context", "compress", "--max-tokens", "200", "--dry-run"],
        &["context", "compress", "--max-tokens", "200"],
        &["context", "restore"],
    ] {
        for format in ["json", "text", "markdown"] {
            let done = repo.helper(&[words, &["--format", format]].concat());
            assert_eq!(done.status, Some(0), "{words:?}: {}", done.stderr);
            shown += &format!("{}\n{}\n", done.stdout, done.stderr);
            more += usize::from(done.stdout.contains("[REDACTED digitalocean-token 71]"));
        }
    }
    assert!(more >= 9, "the words around a token stay: {more}");
    let mut found = Vec::new();
    for name in ["PROJECT_CONTEXT.md", "CLAUDE.md", ".claude/context.json"] {
        found.push((name.to_owned(), text_of(&repo.root().join(name))));
    }
    files(&repo.config().join("wfo/state"), &mut found);
    files(&repo.config().join("wfo/pending"), &mut found);
    found.push(("learnings".into(), text_of(&repo.config().join("learnings.jsonl"))));
    found.push(("answers".into(), shown));
    for number in 1..16 {
        // A part would be enough for somebody who guesses the rest.
        let token = token(number);
        for part in [&token[7..39], &token[39..]] {
            for (name, text) in &found {
                let line = text.lines().find(|line| line.to_lowercase().contains(part));
                assert!(line.is_none(), "token {number} is in {name}: {}", line.unwrap());
            }
        }
    }
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    assert!(page.contains("said [REDACTED digitalocean-token 71]"), "{page}");
}

#[test]
fn what_a_person_wrote_stays_byte_for_byte_and_its_copies_do_not_hold_the_token() {
    let repo = Repo::new();
    let own = format!("### Blockers\n- the vendor gave us {}\n\n### Notes\n{}\n", token(1), token(2));
    repo.put("PROJECT_CONTEXT.md", &own);
    let done = repo.helper(&["context", "write", "--blocker", "another"]).data();
    assert_eq!(done["applied"], true);
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    assert!(page.contains(&format!("- the vendor gave us {}\n", token(1))) && page.contains(&token(2)), "{page}");
    let data: Value = serde_json::from_str(&text_of(&repo.root().join(".claude/context.json"))).unwrap();
    assert_eq!(data["blockers"], json!(["the vendor gave us [REDACTED digitalocean-token 71]", "another"]));
    for format in ["json", "text"] {
        let shown = repo.helper(&["context", "write", "--dry-run", "--format", format]).stdout;
        assert!(!shown.contains(&token(1)) && !shown.contains(&token(2)), "{shown}");
    }
}

#[test]
fn a_completed_entry_with_a_token_leaves_the_page_on_a_new_day_like_any_other() {
    let repo = Repo::new();
    let at = |now: &str| repo.call(&["context", "write"]).env("WFO_NOW", now).run(&repo).data();
    at("2026-11-20T18:00:00Z");
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    repo.put("PROJECT_CONTEXT.md", &page.replace("- [x] start", &format!("- [x] start\n- [x] mine {}", token(3))));
    at("2026-11-20T19:00:00Z");
    let done = at("2026-11-21T09:00:00Z");
    assert_eq!(done["dropped"], json!(["start", "mine [REDACTED digitalocean-token 71]"]));
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    assert!(!page.contains("mine"), "{page}");
}

#[test]
fn progress_is_absent_where_nobody_told_it() {
    let repo = Repo::new();
    repo.helper(&["context", "write", "--in-progress", "Front end 70%", "--in-progress", "Back end"]).data();
    let data: Value = serde_json::from_str(&text_of(&repo.root().join(".claude/context.json"))).unwrap();
    let [front, back] = data["in_progress"].as_array().unwrap().as_slice() else { panic!("two rows: {data:#}") };
    assert_eq!((&front["progress"], back.get("progress"), &back["branch"]), (&json!(70), None, &Value::Null));
}
