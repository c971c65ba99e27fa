//! What the morning says about safety: secrets in changed files, files of settings, the last check of dependencies. No value is shown.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::Repo;
use support::gate::{fixture, gate, report};

/// A token that no service has issued; each number is another one.
fn token(number: usize) -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let hex = |at: usize| format!("{:x}", letters[(at * 7 + number * 5 + at / 16) % letters.len()] % 16);
    format!("{}{}{}", "dop_", "v1_", (0..64).map(hex).collect::<String>())
}

/// The alerts of an area.
fn alerts(repo: &Repo, area: &str) -> Vec<Value> {
    let all = repo.brief()["alerts"].take();
    all.as_array().unwrap().iter().filter(|alert| alert["area"] == area).cloned().collect()
}

fn messages(repo: &Repo, area: &str) -> Vec<String> {
    alerts(repo, area)
        .iter()
        .map(|alert| format!("{}: {}", alert["severity"], alert["message"]).replace('"', ""))
        .collect()
}

#[test]
fn a_secret_in_a_changed_file_is_told_with_its_place_and_one_that_is_committed_is_not() {
    let repo = Repo::new();
    repo.put("old.js", &format!("const a = \"{}\";\n", token(1)));
    repo.put("src/changed.js", "one\n");
    repo.commit("committed");
    assert_eq!(alerts(&repo, "secrets"), [] as [Value; 0], "nothing is changed");
    repo.put("src/changed.js", &format!("one\ntwo\nconst b = \"{}\";\n", token(2)));
    let told = alerts(&repo, "secrets");
    let expected = json!([{"severity": "error", "area": "secrets", "files": ["src/changed.js"],
        "message": "1 likely secret in 1 changed file: digitalocean-token at src/changed.js:3"}]);
    assert_eq!(json!(told), expected);
    repo.git(&["add", "-A"]);
    assert_eq!(json!(alerts(&repo, "secrets")), expected, "staged");
    repo.put("src/changed.js", "one\n");
    assert_eq!(json!(alerts(&repo, "secrets")), expected, "staged, and gone from the work tree");
    repo.put("src/new.js", &format!("const c = \"{}\";\n", token(3)));
    repo.put("old.js", &format!("const a = \"{}\";\nmore\n", token(1)));
    let told = alerts(&repo, "secrets");
    assert_eq!(told[0]["message"], "2 likely secrets in 2 changed files, first digitalocean-token at src/changed.js:3");
    assert_eq!(told[0]["files"], json!(["src/changed.js", "src/new.js"]), "a line that was there is not new");
    for format in ["json", "text", "markdown"] {
        let shown = repo.helper(&["start-day", "--format", format]).stdout;
        assert!((1..4).all(|number| !shown.contains(&token(number)[7..39])), "{shown}");
    }
}

#[test]
fn more_changed_files_than_are_looked_through_are_counted() {
    let repo = Repo::new();
    (0..510).for_each(|number| drop(repo.put(&format!("new/{number:03}.txt"), "plain\n")));
    repo.put("z-large.txt", &"plain words\n".repeat(900_000));
    assert_eq!(
        messages(&repo, "secrets"),
        ["info: 11 changed files not looked through for secrets; `wfo-helper scan secrets` looks through all of them"]
    );
    repo.git(&["clean", "-qfd", "new"]);
    assert_eq!(
        messages(&repo, "secrets"),
        ["info: 1 changed file not looked through for secrets; `wfo-helper scan secrets` looks through all of them"]
    );
}

#[test]
fn files_of_settings_are_told_when_git_has_them_or_would_take_them() {
    let repo = Repo::new();
    for name in [".env.example", "env.md", "src/environment.ts", "docs/venv/notes.txt", "ignored/.env"] {
        repo.put(name, "A=1\n");
    }
    repo.put(".gitignore", "ignored/\n");
    repo.commit("harmless");
    assert_eq!(messages(&repo, "env"), [] as [String; 0]);
    repo.put("app/.env.local", "A=1\n");
    assert_eq!(messages(&repo, "env"), ["warning: 1 file of secret settings not ignored: app/.env.local"]);
    repo.put("app/prod.env", "A=1\n");
    repo.put("app/.ENV", "A=1\n");
    repo.git(&["add", "-f", "app/prod.env", "app/.ENV"]);
    repo.git(&["commit", "-qm", "settings", "--", "app/prod.env", "app/.ENV"]);
    assert_eq!(
        messages(&repo, "env"),
        [
            "error: 2 files of secret settings in the index, first app/.ENV",
            "warning: 1 file of secret settings not ignored: app/.env.local"
        ]
    );
    assert_eq!(alerts(&repo, "env")[0]["files"], json!(["app/.ENV", "app/prod.env"]));
    // Where the library is not the one who looks, the same is seen.
    repo.git(&["update-index", "--split-index"]);
    assert_eq!(messages(&repo, "env").len(), 2);
}

#[test]
fn the_last_check_of_dependencies_is_told_with_its_age() {
    let repo = Repo::new();
    repo.put("package.json", "{\"name\": \"x\"}\n");
    repo.commit("node");
    assert_eq!(messages(&repo, "dependencies"), [] as [String; 0], "nobody has looked");
    let judge = |name: &str| {
        let file = report(&repo, "audit.json", &fixture(name));
        gate(&repo, &["judge", "security", "--report", &format!("npm-audit={}", file.display())]).answer()
    };
    let told = |now: &str| {
        let alerts = repo.call(&["start-day", "--json"]).env("WFO_NOW", now).run(&repo).data()["alerts"].take();
        let one = alerts.as_array().unwrap().iter().find(|alert| alert["area"] == "dependencies").cloned();
        one.map(|alert| format!("{}: {}", alert["severity"], alert["message"]).replace('"', "")).unwrap_or_default()
    };
    let later = |days: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days + 1)).to_string();
    let verdict = |answer: &Value| support::gate::check(&answer["data"], "dependencies")["verdict"].clone();
    for (name, seen, days, words) in [
        ("npm-audit/findings.json", "fail", 3, "error: the last check of dependencies failed with "),
        ("npm-audit/not-json.txt", "unknown", 1, "warning: the last check of dependencies told nothing, 1 day ago"),
        ("npm-audit/none.json", "pass", 0, "info: the last check of dependencies passed, 1 hour ago"),
    ] {
        assert_eq!(verdict(&judge(name)), seen, "{name}");
        let told = told(&later(days));
        assert!(told.starts_with(words), "{told}");
        assert!(seen != "fail" || told.ends_with(", 3 days ago"), "{told}");
    }
}

#[test]
fn a_token_in_what_a_repository_says_is_in_no_briefing() {
    let repo = Repo::new();
    repo.git(&["switch", "-q", "-c", &format!("fix/{}", token(1))]);
    repo.put("TASK.md", &format!("## Tasks\n- [ ] Use {}\n", token(2)));
    repo.put("src/x.js", "x\n");
    repo.commit(&format!("feat: {}", token(3)));
    repo.git(&["tag", &format!("v1-{}", token(4))]);
    repo.put(
        &format!("TODO_feature_20261101T000000Z_{}.md", token(5)),
        &format!(
            "---\nmetadata: {{title: \"With {}\"}}\ntasks:\n  implementation:\n    - {{id: impl_001, description: \"{}\", status: pending}}\n---\n",
            token(6),
            token(7)
        ),
    );
    repo.put(
        "PROJECT_CONTEXT.md",
        &format!(
            "### Blockers\n- {}\n### Priorities\n1. {}\n### In Progress\n- [ ] {} (50%)\n",
            token(8),
            token(9),
            token(10)
        ),
    );
    repo.put(&format!("new-{}.js", token(11)), &format!("const a = \"{}\";\n", token(12)));
    repo.put(&format!("{}.env", token(13)), "A=1\n");
    let hook = json!({"session_id": "s", "hook_event_name": "SessionStart", "source": "startup", "cwd": repo.root()});
    let mut shown = repo.call(&["hook", "session-start"]).stdin(&hook.to_string()).run(&repo).stdout;
    for format in ["json", "text", "markdown"] {
        shown += &repo.helper(&["start-day", "--todos", "--format", format]).stdout;
    }
    for number in 1..14 {
        let line =
            shown.lines().find(|line| line.contains(&token(number)[7..39]) || line.contains(&token(number)[39..]));
        assert!(line.is_none(), "token {number}: {}", line.unwrap());
    }
    assert!(shown.contains("[REDACTED digitalocean-token 71]"), "the words around it stay: {shown}");
}
