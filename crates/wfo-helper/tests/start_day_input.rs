//! `start-day` on files that are broken, huge, of the wrong kind or out of reach: each is a diagnostic with code and place,
//! the rest of the briefing stands, and the exit status is 0.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::{Value, json};
use support::user::as_ordinary_user;
use support::{Call, Repo};

/// A repository whose TASK.md and commit must still be in the briefing, whatever else is broken.
fn sound() -> Repo {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] The sound task\n");
    repo
}

/// Checks that the rest of the briefing stands; returns the warnings as `code file`.
fn noted(repo: &Repo) -> Vec<String> {
    let done = repo.noted();
    let data = done.data();
    assert_eq!(data["queue"][0]["task"], "The sound task", "{data:#}");
    assert_eq!(data["git"]["head"]["subject"], "start", "{data:#}");
    warnings(&done.answer())
}

fn warnings(answer: &Value) -> Vec<String> {
    let notes =
        answer["diagnostics"].as_array().expect("diagnostics").iter().filter(|note| note["code"] != "clock.fixed");
    let mut found: Vec<String> = notes
        .map(|note| {
            assert_eq!(note["severity"], "warning", "{note:#}");
            assert!(note["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "no hint: {note:#}");
            assert!(
                note["message"].as_str().is_some_and(|text| !text.contains('\n') && text.chars().count() < 600),
                "{note:#}"
            );
            let file = note["where"]["file"].as_str().unwrap_or("-");
            format!(
                "{} {}",
                note["code"].as_str().expect("a code"),
                file.rsplit_once("/config/").map_or(file, |(_, own)| own)
            )
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn make_fifo(path: &Path, repo: &Repo) {
    let done = Call::new("mkfifo").args([path]).run(repo);
    assert_eq!(done.status, Some(0), "{done:?}");
}

#[test]
fn every_broken_file_is_named_and_the_rest_stands() {
    let registry = "worktree-registry.json";
    for (file, text, expected) in [
        (".wfo/config.yaml", "start_day: [", "config.invalid .wfo/config.yaml"),
        (".wfo/config.yaml", "- just\n- a list\n", "config.invalid .wfo/config.yaml"),
        (".wfo/config.yaml", "colour: red\n", "config.key-unknown .wfo/config.yaml"),
        (".wfo/config.yaml", "&a [*a, *a]\n", "config.invalid .wfo/config.yaml"),
        (".wfo/data/agents.yaml", "rows: {", "table.invalid .wfo/data/agents.yaml"),
        (".wfo/data/queue.yaml", "rows:\n  - {id: nonsense, points: 3}\n", "table.invalid .wfo/data/queue.yaml"),
        (".wfo/data/triggers.yaml", "rows:\n  - {id: hello, command: start-day}\n", "-"),
        (
            ".wfo/data/budgets.yaml",
            "rows:\n  - {id: daily, soft_limit: \"9\", hard_limit: \"9\", alert_threshold: \"1\"}\n",
            "table.row-ignored .wfo/data/budgets.yaml",
        ),
        ("costs/ledger.jsonl", "nonsense\n", "cost.file-invalid costs/ledger.jsonl"),
        ("costs/daily-2026-11-21.json", "{", "cost.file-invalid costs/daily-2026-11-21.json"),
        ("costs/mtd.json", "[]", "cost.file-invalid costs/mtd.json"),
        ("costs/budget-config.json", "{", "cost.file-invalid costs/budget-config.json"),
        ("costs/by-feature.jsonl", "{\"cost\":\n", "cost.file-invalid costs/by-feature.jsonl"),
        ("package.json", "{", "stack.manifest-invalid package.json"),
        (
            "TODO_feature_20261120T090000Z_x.md",
            "---\ntype: [\n---\n",
            "todo.unreadable TODO_feature_20261120T090000Z_x.md",
        ),
        (
            "TODO_feature_20261120T090000Z_x.md",
            "---\nworkflow_progress: {phase: 9}\n---\n",
            "todo.phase-unknown TODO_feature_20261120T090000Z_x.md",
        ),
        ("../config/wfo/config.yaml", "confirm: {unattended: maybe}", "config.value-unknown wfo/config.yaml"),
        ("../config/wfo/budgets.yaml", "budgets: [", "cost.file-invalid wfo/budgets.yaml"),
        ("../config/preferences.json", "{\"show_costs\":", "config.invalid preferences.json"),
        ("../config/worktree-registry.json", "{\"worktrees\": [", &format!("worktree.registry-invalid {registry}")),
        ("../config/worktree-registry.json", "", &format!("worktree.registry-invalid {registry}")),
        (
            "../config/worktree-registry.json",
            "{\"worktrees\": [7]}",
            &format!("worktree.registry-row-invalid {registry}"),
        ),
    ] {
        let repo = sound();
        repo.put(file, text);
        let expected: Vec<String> = Some(expected).filter(|text| *text != "-").map(str::to_owned).into_iter().collect();
        assert_eq!(noted(&repo), expected, "{file}: {text}");
    }
}

#[test]
fn a_budget_file_of_the_wrong_shape_is_named() {
    for text in [
        "[]",
        "{\"budgets\": 7}",
        "{\"budgets\": {\"monthly\": [7]}}",
        "{\"budgets\": {\"monthly\": {\"soft_limit\": \"much\"}}}",
    ] {
        let repo = sound();
        repo.put("costs/budget-config.json", text);
        assert_eq!(noted(&repo), ["cost.file-invalid costs/budget-config.json"], "{text}");
    }
}

#[test]
fn a_broken_registry_makes_the_ports_unknown_and_is_left_as_it_is() {
    let repo = sound();
    let path = repo.put_config("worktree-registry.json", "{broken");
    let data = repo.brief();
    assert_eq!((&data["ports"], data["worktrees"].as_array().map(Vec::len)), (&Value::Null, Some(1)));
    assert_eq!(support::text_of(&path), "{broken");
}

#[test]
fn a_huge_context_file_is_measured_and_not_read() {
    let repo = sound();
    for name in ["CLAUDE.md", "PROJECT_CONTEXT.md", "costs/ledger.jsonl"] {
        let path = repo.put(name, "");
        std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(500 << 20).unwrap();
    }
    // far less memory than the files are large
    let program = support::binary().to_string_lossy().into_owned();
    let done = Call::new("sh").args(["-c", "ulimit -v 400000 && exec \"$0\" start-day --json", &program]).run(&repo);
    let data = done.data();
    let huge = json!({"path": "CLAUDE.md", "bytes": 524_288_000, "tokens": 131_072_000});
    assert_eq!(
        (&data["context_files"][1], &data["handover"], &data["costs"]["month_usd"]),
        (&huge, &Value::Null, &Value::Null)
    );
    assert_eq!(data["queue"][0]["task"], "The sound task");
    assert_eq!(
        warnings(&done.answer()),
        ["file.too-large CLAUDE.md", "file.too-large PROJECT_CONTEXT.md", "file.too-large costs/ledger.jsonl"]
    );
}

/// Every file that is read, relative to the work tree.
const READ: [&str; 14] = [
    "PROJECT_CONTEXT.md",
    "CLAUDE.md",
    "Backlog.md",
    ".taskmaster/docs/prd.txt",
    "TODO_feature_20261120T090000Z_x.md",
    "costs/ledger.jsonl",
    "costs/budget-config.json",
    ".wfo/config.yaml",
    ".wfo/data/agents.yaml",
    ".wfo/templates/start-day.md.tera",
    "package.json",
    "../config/preferences.json",
    "../config/worktree-registry.json",
    "../config/wfo/config.yaml",
];

/// Puts something at each place of [`READ`] in turn and returns the codes that come of it.
fn each_place(put: impl Fn(&Repo, &Path)) -> Vec<(&'static str, Vec<String>)> {
    let at_place = |file: &'static str| {
        let repo = sound();
        let path = repo.put(file, "");
        std::fs::remove_file(&path).unwrap();
        put(&repo, &path);
        (file, noted(&repo))
    };
    READ.map(at_place).into()
}

#[test]
fn a_fifo_never_holds_the_briefing() {
    for (file, notes) in each_place(|repo, path| make_fifo(path, repo)) {
        if file == "package.json" && notes.is_empty() {
            continue; // what is no file marks no project
        }
        assert!(
            matches!(notes.as_slice(), [note] if ["file.not-regular", "worktree.registry-invalid"].contains(&note.split(' ').next().unwrap())),
            "{file}: {notes:?}"
        );
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_named() {
    for (file, notes) in each_place(|_, path| std::fs::create_dir(path).unwrap()) {
        assert_eq!(notes.len(), 1, "{file}: {notes:?}");
    }
}

#[test]
fn links_in_a_circle_or_out_of_the_repository_are_not_followed() {
    for target in ["x", "../home/secret", "/etc/passwd", "/dev/zero"] {
        for file in READ.into_iter().filter(|file| !file.starts_with("..")) {
            let repo = sound();
            repo.write("home/secret", "### Blockers\n- the secret\n- [ ] the secret\nthe secret");
            let path = repo.put(file, "");
            std::fs::remove_file(&path).unwrap();
            let target = if target == "x" { path.file_name().unwrap().into() } else { repo.root().join(target) };
            symlink(&target, &path).unwrap();
            let notes = noted(&repo);
            assert!(
                matches!(notes.as_slice(), [note] if note.starts_with("file.link-outside ")),
                "{file} -> {}: {notes:?}",
                target.display()
            );
            assert!(!repo.noted().stdout.contains("the secret"), "{file}");
        }
    }
}

#[test]
fn a_folder_that_is_a_link_out_of_the_repository_is_not_entered() {
    let repo = sound();
    repo.write("home/outer/config.yaml", "start_day: {command: \"touch tripped\"}\n");
    repo.write("home/outer/mtd.json", "{\"month\": \"2026-11\", \"total\": 7}");
    for name in [".wfo", "costs", ".taskmaster"] {
        symlink(repo.at("home/outer"), repo.root().join(name)).unwrap();
    }
    let data = repo.brief();
    assert_eq!((&data["costs"]["month_usd"], data.get("proposal")), (&Value::Null, None));
    assert!(noted(&repo).contains(&"file.link-outside .wfo/config.yaml".to_owned()), "{:?}", noted(&repo));
}

#[test]
fn a_link_inside_the_repository_is_followed() {
    let repo = sound();
    repo.put("docs/context.md", "### Blockers\n- Found by a link\n");
    symlink("docs/context.md", repo.root().join("PROJECT_CONTEXT.md")).unwrap();
    assert_eq!((repo.brief()["handover"]["blockers"].clone(), noted(&repo)), (json!(["Found by a link"]), vec![]));
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_said() {
    let repo = sound();
    let script = "printf -- '- [ ] caf\\351 \\377\\376 task\\000\\n' > Backlog.md; printf '\\377\\330' > CLAUDE.md; printf '### Blockers\\n- b\\300\\n' > PROJECT_CONTEXT.md";
    assert_eq!(Call::new("sh").args(["-c", script]).run(&repo).status, Some(0));
    let data = repo.brief();
    assert_eq!(
        (&data["queue"][1]["task"], &data["handover"]["blockers"]),
        (&json!("caf\u{fffd} \u{fffd}\u{fffd} task"), &json!(["b\u{fffd}"]))
    );
    assert_eq!(
        noted(&repo),
        ["file.not-utf8 Backlog.md", "file.not-utf8 CLAUDE.md", "file.not-utf8 PROJECT_CONTEXT.md"]
    );
}

#[test]
fn a_tracked_file_that_became_a_fifo_is_changed_and_not_read() {
    let repo = sound();
    repo.commit("start");
    std::fs::remove_file(repo.root().join("README.md")).unwrap();
    make_fifo(&repo.root().join("README.md"), &repo);
    make_fifo(&repo.root().join("untracked"), &repo);
    let git = repo.brief()["git"].clone();
    assert_eq!((&git["unstaged"], &git["untracked"]), (&json!(1), &json!(0)));
}

#[test]
fn a_broken_repository_still_has_a_briefing() {
    type Break = fn(&Repo);
    let breaks: [(&str, Break); 6] = [
        ("no HEAD", |repo| std::fs::remove_file(repo.root().join(".git/HEAD")).unwrap()),
        ("HEAD is nonsense", |repo| drop(repo.put(".git/HEAD", "nonsense\n"))),
        ("index is nonsense", |repo| drop(repo.put(".git/index", "DIRCnonsense"))),
        ("config is nonsense", |repo| drop(repo.put(".git/config", "[core\n\trepositoryformatversion = 99"))),
        ("no objects", |repo| std::fs::remove_dir_all(repo.root().join(".git/objects")).unwrap()),
        ("a .git file that leads nowhere", |repo| {
            std::fs::remove_dir_all(repo.root().join(".git")).unwrap();
            repo.put(".git", "gitdir: /nowhere/at/all\n");
        }),
    ];
    for (name, break_it) in breaks {
        let repo = sound();
        break_it(&repo);
        let done = repo.noted();
        let data = done.data();
        assert_eq!(data["queue"][0]["task"], "The sound task", "{name}");
        let notes = done.answer()["diagnostics"].to_string();
        assert!(notes.contains("\"git.") || notes.contains("`git` ended"), "{name}: {notes}");
    }
}

#[test]
fn a_history_with_missing_commits_is_told_as_far_as_it_goes() {
    let repo = sound();
    let first = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    repo.commit("second");
    std::fs::remove_file(repo.root().join(".git/objects").join(&first[..2]).join(&first[2..])).unwrap();
    let done = repo.noted();
    let data = done.data();
    assert_eq!((&data["git"]["branch"], &data["git"]["untracked"]), (&json!("main"), &json!(0)));
    assert!(done.answer()["diagnostics"].to_string().contains("git.part-failed"), "{data:#}");
}

#[test]
fn very_many_faults_do_not_flood_the_answer() {
    let repo = sound();
    let rows: String = (0..5_000).map(|number| format!("  - {{id: nonsense-{number}, points: 1}}\n")).collect();
    repo.put(".wfo/data/queue.yaml", &format!("rows:\n{rows}"));
    let done = repo.noted();
    assert!(done.stdout.len() < 64 << 10, "{} bytes", done.stdout.len());
    assert_eq!(noted(&repo), ["table.invalid .wfo/data/queue.yaml"]);
}

#[test]
fn text_that_is_made_to_be_slow_is_not() {
    let deep = "[".repeat(1 << 20);
    for file in [
        ".wfo/config.yaml",
        ".wfo/data/agents.yaml",
        "TODO_feature_20261120T090000Z_x.md",
        "package.json",
        "costs/mtd.json",
        "../config/worktree-registry.json",
    ] {
        let repo = sound();
        repo.put(file, &format!("---\n{deep}\n---\n")[if file.ends_with(".md") { 0 } else { 4 }..]);
        let done = repo.noted();
        assert_eq!(done.data()["queue"][0]["task"], "The sound task", "{file}");
        assert!(done.took.as_secs() < 10, "{file}: {:?}", done.took);
    }
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_stands() {
    let repo = sound();
    repo.put("locked/inside.txt", "x");
    repo.put("open/new.txt", "x");
    repo.put("CLAUDE.md", "secret");
    repo.put("costs/mtd.json", "{}");
    let close = |path: &str, mode| {
        std::fs::set_permissions(repo.root().join(path), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for path in ["locked", "CLAUDE.md", "costs"] {
        close(path, 0o000);
    }
    let done = as_ordinary_user(&repo, &["start-day", "--json"]);
    for (path, mode) in [("locked", 0o755), ("CLAUDE.md", 0o644), ("costs", 0o755)] {
        close(path, mode);
    }
    let Some(done) = done else { return };
    let data = done.data();
    assert_eq!(
        (&data["queue"][0]["task"], &data["git"]["branch"], &data["costs"]["month_usd"]),
        (&json!("The sound task"), &json!("main"), &Value::Null)
    );
    assert_eq!((&data["git"]["complete"], &data["git"]["untracked"]), (&json!(false), &json!(3)), "{data:#}");
    let notes = done.answer()["diagnostics"].to_string();
    for part in ["file.unreadable", "`CLAUDE.md`", "costs/"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn a_config_folder_that_cannot_be_written_costs_nothing_but_the_proposal() {
    let repo = sound();
    repo.put(".wfo/config.yaml", "start_day: {command: \"echo hello\"}\n");
    let close = |mode| std::fs::set_permissions(repo.config(), std::fs::Permissions::from_mode(mode)).unwrap();
    close(0o555);
    let done = as_ordinary_user(&repo, &["start-day", "--json"]);
    let confirm = as_ordinary_user(&repo, &["start-day", "--json", "--confirm", "AAAAAAAAAAAA"]);
    close(0o755);
    if let Some(done) = done {
        let data = done.data();
        assert_eq!(
            (&data["queue"][0]["task"], data.get("proposal"), data.get("command_output")),
            (&json!("The sound task"), None, None)
        );
        assert_eq!(warnings(&done.answer()), ["command.unapproved .wfo/config.yaml", "file.not-written -"]);
        assert_eq!(confirm.expect("as before").failure(), (30, "file.not-written".to_owned()));
    }
    // the same where the folder cannot even be one
    let file = repo.write("home/a-file", "x").to_string_lossy().into_owned();
    let done = repo.call(&["start-day", "--json"]).env("CLAUDE_CONFIG_DIR", file).run(&repo);
    assert_eq!(
        (done.data()["queue"][0]["task"].clone(), warnings(&done.answer())),
        (
            json!("The sound task"),
            vec!["command.unapproved .wfo/config.yaml".to_owned(), "file.not-written -".to_owned()]
        )
    );
}

#[test]
fn a_read_only_repository_is_read() {
    let repo = sound();
    let run = |mode: &str| assert_eq!(Call::new("chmod").args(["-R", mode, "."]).run(&repo).status, Some(0));
    run("a-w");
    let done = as_ordinary_user(&repo, &["start-day", "--json"]);
    run("u+w");
    let Some(done) = done else { return };
    assert_eq!((done.data()["git"]["untracked"].clone(), warnings(&done.answer())), (json!(1), Vec::<String>::new()));
}

#[test]
fn a_broken_repository_is_not_called_none() {
    type Break = fn(&Repo);
    let breaks: [(&str, Break); 4] = [
        ("config is nonsense", |repo| drop(repo.put(".git/config", "[core\n\trepositoryformatversion = 99"))),
        ("a .git file that leads nowhere", |repo| {
            std::fs::remove_dir_all(repo.root().join(".git")).unwrap();
            repo.put(".git", "gitdir: /nowhere/at/all\n");
        }),
        ("no HEAD", |repo| std::fs::remove_file(repo.root().join(".git/HEAD")).unwrap()),
        ("an extension that git refuses", |repo| {
            repo.git(&["config", "core.repositoryFormatVersion", "1"]);
            repo.git(&["config", "extensions.fromTheFuture", "true"]);
        }),
    ];
    for (name, break_it) in breaks {
        let repo = sound();
        break_it(&repo);
        let done = repo.noted();
        assert_eq!((&done.data()["git"], done.codes()), (&Value::Null, vec!["git.unreadable".to_owned()]), "{name}");
    }
}

#[test]
fn a_head_that_cannot_be_read_is_unknown_and_not_attached() {
    let repo = sound();
    repo.put(".git/HEAD", "ref: refs/heads/..\n");
    let git = repo.brief()["git"].clone();
    for key in ["branch", "detached", "unborn", "upstream", "ahead", "behind", "head"] {
        assert_eq!(git.get(key), Some(&Value::Null), "{key}: {git:#}");
    }
}

#[test]
fn a_registry_with_a_row_of_unreadable_ports_offers_none() {
    let repo = sound();
    for row in ["{\"branch\": \"a\", \"ports\": [\"many\"]}", "7"] {
        repo.put_config("worktree-registry.json", &format!("{{\"worktrees\": [{row}]}}"));
        let done = repo.noted();
        assert_eq!(done.data()["ports"]["next"], Value::Null, "{row}");
        assert!(done.codes().contains(&"worktree.registry-row-invalid".to_owned()), "{row}");
    }
}
