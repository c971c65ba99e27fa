//! `end-day`: the verdict of each check of the sweep, what runs after it, what is written and what never is, against real repositories.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary, text_of, tree::picture};

/// A token of a known format that no service gave out: `n` tells tokens apart.
fn token(n: usize) -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let body: String = (0..64).map(|at| char::from(letters[(at * 7 + n * 5 + at / 16) % letters.len()])).collect();
    let hex: String = body.bytes().map(|byte| format!("{:x}", byte % 16)).collect();
    format!("{}{}{hex}", "dop_", "v1_")
}

fn line(n: usize) -> String {
    format!("let token = \"{}\";\n", token(n))
}

fn run(repo: &Repo, flags: &[&str]) -> Done {
    repo.helper(&[&["end-day", "--json"], flags].concat())
}

/// Runs it and returns the exit status and the checked answer's `data`.
fn ended(repo: &Repo, flags: &[&str]) -> (i32, Value) {
    let done = run(repo, flags);
    let mut answer = done.answer();
    assert_eq!(answer["schema"], "wfo.end-day/1", "{answer:#}");
    (done.status.unwrap(), answer["data"].take())
}

fn check<'a>(data: &'a Value, name: &str) -> &'a Value {
    let checks = data["sweep"]["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap()
}

/// The checks that are not clean, with their verdicts.
fn unclean(data: &Value) -> Vec<String> {
    let checks = data["sweep"]["checks"].as_array().unwrap().iter();
    let words = checks.map(|check| (check["name"].as_str().unwrap(), check["verdict"].as_str().unwrap()));
    words
        .filter(|(_, verdict)| !["pass", "skipped"].contains(verdict))
        .map(|(name, verdict)| format!("{name} {verdict}"))
        .collect()
}

/// The steps with their verdicts.
fn steps(data: &Value) -> Vec<String> {
    let steps = data["steps"].as_array().unwrap().iter();
    steps.map(|step| format!("{} {}", step["name"].as_str().unwrap(), step["verdict"].as_str().unwrap())).collect()
}

fn page(repo: &Repo) -> String {
    text_of(&repo.root().join("PROJECT_CONTEXT.md"))
}

/// Everything below the project but what git keeps.
fn seen(folder: &Path) -> std::collections::BTreeMap<std::path::PathBuf, String> {
    let mut all = picture(folder);
    all.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".git"));
    all
}

#[test]
fn a_clean_day_passes_every_step_in_order_and_saves_what_was_said() {
    let repo = Repo::new();
    let said = [
        "--completed",
        "Built the API",
        "--in-progress",
        "Front end 70%",
        "--blocker",
        "the vendor",
        "--decision",
        "Postgres",
    ];
    let more = [
        "--priority",
        "Ship it",
        "--pattern",
        "Totals are cents",
        "--mistake",
        "Floats",
        "--tool",
        "jq",
        "--optimization",
        "Cache",
    ];
    let (status, data) = ended(&repo, &[said, more[..8].try_into().unwrap()].concat());
    assert_eq!((status, &data["verdict"], &data["applied"]), (0, &json!("pass"), &json!(true)), "{data:#}");
    let expected = ["sweep pass", "handover done", "costs done", "worktrees nothing", "learnings done", "backup done"];
    assert_eq!(steps(&data), expected);
    let names: Vec<&Value> = data["sweep"]["checks"].as_array().unwrap().iter().map(|check| &check["name"]).collect();
    assert_eq!(names, ["secrets", "history", "dependencies", "env", "permissions"]);
    let page = page(&repo);
    for line in ["- [x] Built the API", "- the vendor", "- Postgres", "1. Ship it"] {
        assert!(page.lines().any(|one| one == line), "{line}: {page}");
    }
    assert_eq!(data["handover"]["in_progress"], json!(["Front end (70%)"]));
    assert!(text_of(&repo.root().join("CLAUDE.md")).contains("- Totals are cents ("));
    assert_eq!(text_of(&repo.config().join("learnings.jsonl")).lines().count(), 3);
    let saved = Path::new(data["backup"]["folder"].as_str().unwrap()).join("files/PROJECT_CONTEXT.md");
    assert_eq!(text_of(&saved), page);
    let summary = data["summary"].as_str().unwrap();
    for part in ["## End of day: project", "Sweep passed", "Built the API", "- costs: **done**, $0.00 today"] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
    assert_eq!(run(&repo, &["--format", "markdown"]).status, Some(64), "one form at a time");
    assert_eq!(repo.git(&["status", "--porcelain"]).lines().filter(|line| !line.starts_with("??")).count(), 0);
}

#[test]
fn a_second_run_of_the_day_completes_and_doubles_nothing() {
    let repo = Repo::new();
    let flags = ["--completed", "Built the API", "--decision", "Postgres", "--pattern", "Totals are cents"];
    ended(&repo, &flags);
    let before = (seen(&repo.root()), text_of(&repo.config().join("learnings.jsonl")));
    let (status, data) = ended(&repo, &flags);
    assert_eq!(status, 0);
    assert_eq!(
        steps(&data)[1..],
        ["handover nothing", "costs done", "worktrees nothing", "learnings nothing", "backup nothing"]
    );
    assert_eq!((seen(&repo.root()), text_of(&repo.config().join("learnings.jsonl"))), before);
    let backups = std::fs::read_dir(repo.config().join("context-backups/project")).unwrap().count();
    assert_eq!(backups, 1);
}

#[test]
fn a_dry_run_writes_nothing_anywhere_and_says_what_it_would_do() {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] one\n");
    let before = (picture(&repo.root()), picture(&repo.config()));
    let (status, data) = ended(&repo, &["--dry-run", "--completed", "x", "--pattern", "y"]);
    assert_eq!((status, &data["applied"]), (0, &json!(false)));
    assert_eq!(
        steps(&data)[1..],
        ["handover done", "costs done", "worktrees nothing", "learnings done", "backup done"]
    );
    assert_eq!((picture(&repo.root()), picture(&repo.config())), before);
    assert!(data["summary"].as_str().unwrap().contains("dry run: nothing was written"));
}

#[test]
fn a_dry_run_says_of_the_backup_what_the_real_run_does() {
    let repo = Repo::new();
    let backup = |flags: &[&str]| {
        let data = ended(&repo, flags).1;
        let detail = data["steps"][5]["detail"].as_str().unwrap().to_owned();
        (steps(&data)[5].clone(), detail.replace("would save ", "").split(" saved").next().unwrap().to_owned())
    };
    for flags in [&["--completed", "x"][..], &["--pattern", "y"], &["--blocker", "z", "--tool", "t"]] {
        let dry = backup(&[flags, &["--dry-run"]].concat());
        assert_eq!(dry.0, "backup done", "{flags:?}");
        assert_eq!(dry, backup(flags), "{flags:?}");
    }
    let (dry, real) = (backup(&["--dry-run"]), backup(&[]));
    assert_eq!((dry.0.as_str(), &dry), ("backup nothing", &real), "nothing new");
}

#[test]
fn a_secret_that_is_staged_and_gone_from_the_work_tree_fails_and_only_what_saves_work_runs() {
    let repo = Repo::new();
    repo.put("src/main.rs", &line(1));
    repo.git(&["add", "-A"]);
    repo.put("src/main.rs", "fn main() {}\n");
    let index = repo.git(&["ls-files", "-s"]);
    let (status, data) = ended(&repo, &["--completed", "x", "--pattern", "y"]);
    assert_eq!((status, &data["verdict"]), (10, &json!("fail")));
    assert_eq!(unclean(&data), ["secrets fail"]);
    let item = &check(&data, "secrets")["items"][0];
    assert_eq!((&item["file"], &item["line"], &item["blocks"]), (&json!("src/main.rs"), &json!(1), &json!(true)));
    let expected =
        ["sweep fail", "handover done", "costs skipped", "worktrees skipped", "learnings skipped", "backup done"];
    assert_eq!(steps(&data), expected);
    assert!(page(&repo).contains("- [x] x"));
    assert!(!repo.root().join("CLAUDE.md").exists() && !repo.root().join("costs").exists());
    assert_eq!(repo.git(&["ls-files", "-s"]), index, "nothing is staged or taken out");
}

#[test]
fn a_secret_only_in_an_unpushed_commit_fails_the_history_however_old_the_commit_is() {
    let repo = Repo::new();
    repo.with_origin();
    repo.put("a.rs", &line(1));
    let bad = repo.commit("one");
    repo.put("a.rs", "clean\n");
    repo.commit("two");
    for number in 0..12 {
        repo.commit(&format!("more {number}"));
    }
    let (status, data) = ended(&repo, &[]);
    assert_eq!(status, 10);
    assert_eq!(unclean(&data), ["secrets fail", "history fail"]);
    let item = &check(&data, "history")["items"][0];
    assert_eq!((&item["commit"], &item["file"]), (&json!(bad), &json!("a.rs")));
    // What a remote has and the last ten do not is history beyond the range.
    repo.git(&["push", "-q", "origin", "main"]);
    repo.git(&["fetch", "-q"]);
    let (status, data) = ended(&repo, &[]);
    assert_eq!((status, unclean(&data)), (0, vec![]), "{data:#}");
}

#[test]
fn the_last_ten_commits_are_gone_through_also_when_they_are_pushed() {
    let repo = Repo::new();
    repo.put("a.rs", &line(1));
    repo.commit("one");
    repo.put("a.rs", "clean\n");
    repo.commit("two");
    repo.with_origin();
    assert_eq!(unclean(&ended(&repo, &[]).1), ["secrets fail", "history fail"]);
}

#[test]
fn more_unpushed_commits_than_are_gone_through_are_unknown_with_the_number() {
    let repo = Repo::new();
    let mut stream = String::new();
    for number in 0..1_001 {
        let time = 1_795_000_000 + number;
        stream += &format!("commit refs/heads/main\ncommitter A <a@b> {time} +0000\ndata 1\nx\n");
        stream += if number == 0 { "from refs/heads/main^0\n\n" } else { "\n" };
    }
    let done = Call::new("git").args(["fast-import", "--quiet"]).stdin(&stream).run(&repo);
    assert_eq!(done.status, Some(0), "{done:?}");
    let (status, data) = ended(&repo, &[]);
    assert_eq!((status, unclean(&data)), (11, vec!["secrets unknown".to_owned(), "history unknown".to_owned()]));
    let detail = check(&data, "history")["detail"].as_str().unwrap();
    assert!(detail.contains("1000 commits") && detail.contains("more than 1000"), "{detail}");
    assert_eq!(
        steps(&data)[1..],
        ["handover done", "costs skipped", "worktrees skipped", "learnings skipped", "backup done"]
    );
}

#[test]
fn env_files_block_when_they_are_tracked_or_not_ignored_and_examples_never() {
    let tracked = Repo::new();
    tracked.put(".env", "PORT=1\n");
    tracked.commit("one");
    let both = Repo::new();
    both.put(".env", "PORT=1\n");
    both.commit("one");
    both.put(".gitignore", ".env\n");
    let loose = Repo::new();
    loose.put(".env.local", "PORT=1\n");
    for repo in [&tracked, &both, &loose] {
        let (status, data) = ended(repo, &[]);
        assert_eq!((status, unclean(&data)), (10, vec!["env fail".to_owned()]), "{data:#}");
    }
    let fine = Repo::new();
    fine.put(".gitignore", ".env\n");
    fine.put(".env", "PORT=1\n");
    fine.put(".env.example", "PORT=\n");
    assert_eq!(ended(&fine, &[]).0, 0);
}

#[test]
fn what_everybody_may_write_warns_and_never_fails() {
    let repo = Repo::new();
    let path = repo.put("open.txt", "x\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    let (status, data) = ended(&repo, &[]);
    let check = check(&data, "permissions");
    assert_eq!((status, &check["verdict"], &check["findings"]), (0, &json!("pass"), &json!(1)), "{check:#}");
    assert_eq!((&check["items"][0]["file"], &check["items"][0]["blocks"]), (&json!("open.txt"), &json!(false)));
}

#[test]
fn dependencies_nobody_looked_at_are_unknown_and_fresh_evidence_settles_them() {
    use support::gate::{fixture, gate, report};
    let repo = Repo::new();
    repo.put("requirements.txt", "requests==2.32.0\n");
    repo.commit("one");
    let now = |flags: &[&str]| {
        let done = Call::new(binary()).args(["end-day", "--json", "--dry-run"]).args(flags).unset("WFO_NOW").run(&repo);
        let answer = done.answer();
        (done.status.unwrap(), answer)
    };
    let (status, answer) = now(&[]);
    assert_eq!((status, unclean(&answer["data"])), (11, vec!["dependencies unknown".to_owned()]));
    let run = format!("wfo-helper gate {} security", "run");
    assert_eq!((&check(&answer["data"], "dependencies")["next"], &answer["next"][0]), (&json!(run), &json!(run)));
    let judged = |bytes: &[u8]| {
        let path = report(&repo, "audit.json", bytes);
        gate(&repo, &["judge", "security", "--report", &format!("pip-audit={}", path.display())]).answer();
    };
    judged(&fixture("pip-audit/clean.json"));
    let (status, answer) = now(&[]);
    let check_now = check(&answer["data"], "dependencies");
    assert_eq!(
        (status, &check_now["verdict"], &check_now["engine"]),
        (0, &json!("pass"), &json!("pip-audit")),
        "{answer:#}"
    );
    repo.put("requirements.txt", "requests==2.31.0\n");
    let (status, answer) = now(&[]);
    assert_eq!((status, &check(&answer["data"], "dependencies")["verdict"]), (11, &json!("unknown")));
}

#[test]
fn installed_auditors_are_asked_where_no_evidence_is_fresh_once_somebody_has_approved_them() {
    use support::gate::{fixture, unattended};
    use support::run::put;
    let repo = Repo::new();
    repo.put("requirements.txt", "a==1\n");
    repo.commit("one");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.at("bin").display());
    let dependencies = || {
        let call = Call::new(binary()).args(["end-day", "--json"]).unset("WFO_NOW").env("PATH", &path);
        let done = call.run(&repo);
        (done.status.unwrap(), check(&done.answer()["data"], "dependencies").clone())
    };
    for (name, file) in [("clean", "pip-audit/clean.json"), ("findings", "pip-audit/findings.json")] {
        wfo_base::atomic::write(&repo.at(name), &fixture(file)).unwrap();
    }
    let ran = repo.at("ran");
    let copied = |name: &str, exit: u8| {
        format!("echo ran > {}; cat {} > \"$r\"; exit {exit}", ran.display(), repo.at(name).display())
    };
    put(&repo, "pip-audit", &copied("clean", 0));
    let (status, found) = dependencies();
    assert_eq!(
        (status, &found["verdict"], &found["next"]),
        (11, &json!("unknown"), &json!("wfo-helper gate run security"))
    );
    assert!(!ran.exists(), "nobody has said yes to it");
    unattended(&repo);
    for _ in 0..2 {
        let (status, found) = dependencies();
        assert_eq!(
            (status, &found["verdict"], &found["engine"]),
            (0, &json!("pass"), &json!("pip-audit 1.2.3")),
            "{found:#}"
        );
    }
    put(&repo, "pip-audit", &copied("findings", 1));
    let (status, found) = dependencies();
    assert_eq!((status, &found["verdict"]), (10, &json!("fail")), "{found:#}");
    assert_eq!(found["items"].as_array().unwrap().len() as u64, found["findings"].as_u64().unwrap(), "{found:#}");
    put(&repo, "pip-audit", "exit 1");
    let (status, found) = dependencies();
    assert_eq!((status, &found["verdict"]), (11, &json!("unknown")), "{found:#}");
}

#[test]
fn a_checkout_without_commits_a_detached_one_a_linked_one_and_an_empty_repository_all_end_their_day() {
    let unborn = Repo::unborn();
    unborn.put("a.txt", "x\n");
    let empty = Repo::unborn();
    let detached = Repo::new();
    detached.git(&["checkout", "-q", "--detach"]);
    for repo in [&unborn, &empty, &detached] {
        let (status, data) = ended(repo, &[]);
        assert_eq!((status, &data["verdict"]), (0, &json!("pass")), "{data:#}");
        assert!(repo.root().join("PROJECT_CONTEXT.md").exists());
    }
    let repo = Repo::new();
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "side", &tree.to_string_lossy()]);
    let done = repo.call(&["end-day", "--json", "--completed", "there"]).folder(&tree).run(&repo);
    assert_eq!(done.status, Some(0), "{done:?}");
    done.answer();
    assert!(text_of(&tree.join("PROJECT_CONTEXT.md")).contains("- [x] there"));
    assert!(!repo.root().join("PROJECT_CONTEXT.md").exists());
}

#[test]
fn what_git_cannot_read_is_unknown_and_the_work_is_saved_all_the_same() {
    let repo = Repo::new();
    repo.put("a.txt", "x\n");
    let id = repo.commit("two");
    let object = repo.root().join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(object).unwrap();
    let (status, data) = ended(&repo, &["--completed", "saved"]);
    assert_eq!((status, &data["verdict"]), (11, &json!("unknown")), "{data:#}");
    assert_ne!(check(&data, "history")["verdict"], "pass");
    assert!(page(&repo).contains("- [x] saved"));
    // A repository that cannot be opened at all has no checkout that a page could be about.
    let broken = Repo::new();
    broken.put(".git/config", "[core\n");
    assert_eq!(run(&broken, &[]).failure(), (20, "git.unreadable".to_owned()));
}

#[test]
fn outside_a_repository_nothing_can_be_called_clean_and_the_work_is_saved() {
    let sandbox = Sandbox::new();
    let done = sandbox.helper(&["end-day", "--json", "--completed", "written"]);
    let data = &done.answer()["data"];
    assert_eq!((done.status, &data["verdict"]), (Some(11), &json!("unknown")));
    assert_eq!(
        steps(data)[1..],
        ["handover done", "costs skipped", "worktrees skipped", "learnings skipped", "backup done"]
    );
    assert!(text_of(&sandbox.project().join("PROJECT_CONTEXT.md")).contains("- [x] written"));
}

#[test]
fn a_step_that_breaks_is_said_and_the_others_run() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", "nul \0 byte\n");
    let done = run(&repo, &["--pattern", "y"]);
    let answer = done.answer();
    let data = &answer["data"];
    assert_eq!(done.status, Some(20), "{answer:#}");
    assert_eq!(
        steps(data),
        ["sweep pass", "handover failed", "costs done", "worktrees nothing", "learnings done", "backup done"]
    );
    assert_eq!(data["steps"][1]["code"], "handover.unreadable");
    let errors: Vec<&Value> =
        answer["diagnostics"].as_array().unwrap().iter().filter(|note| note["severity"] == "error").collect();
    assert_eq!((errors.len(), &errors[0]["code"]), (1, &json!("handover.unreadable")));
}

#[test]
fn unknown_costs_do_not_make_a_clean_day_unknown() {
    for broken in ["ledger", "folder"] {
        let repo = Repo::new();
        match broken {
            "ledger" => {
                repo.put("costs/ledger.jsonl", "nothing that can be read\n");
            }
            _ => std::os::unix::fs::symlink("/nowhere", repo.root().join("costs")).unwrap(),
        }
        let done = run(&repo, &[]);
        let answer = done.answer();
        let data = &answer["data"];
        assert_eq!(
            (done.status, &data["verdict"], &data["steps"][2]["verdict"]),
            (Some(0), &json!("pass"), &json!("unknown")),
            "{answer:#}"
        );
        assert!(answer["next"].as_array().unwrap().contains(&json!("wfo-helper cost import")));
        assert_eq!(steps(data)[5], "backup done");
    }
}

#[test]
fn merged_worktrees_are_proposed_and_never_removed() {
    let repo = Repo::new();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    let tree = repo.at("home/tmp/worktrees/project/side");
    std::fs::create_dir_all(tree.parent().unwrap()).unwrap();
    repo.git(&["worktree", "add", "-q", "-b", "side", &tree.to_string_lossy()]);
    wfo_base::atomic::write(&tree.join("b.txt"), b"x\n").unwrap();
    repo.commit_in(&tree, "side work");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    let done = run(&repo, &[]);
    let answer = done.answer();
    let proposal = &answer["data"]["worktrees"]["proposal"];
    let id = proposal["id"].as_str().unwrap_or_else(|| panic!("no proposal: {answer:#}"));
    assert_eq!(answer["data"]["steps"][3]["verdict"], "proposed");
    let command = format!("wfo-helper worktree cleanup --confirm {id}");
    assert!(answer["data"]["steps"][3]["detail"].as_str().unwrap().contains(&command));
    assert!(answer["next"].as_array().unwrap().contains(&json!(command)));
    assert!(tree.join("b.txt").exists(), "nothing goes without a yes");
    let cleared = repo.helper(&["worktree", "cleanup", "--confirm", id, "--json"]).data();
    assert_eq!(cleared["applied"], true, "the id is that of the clean-up");
}

#[test]
fn an_entry_without_words_ends_the_call_before_anything_is_done() {
    let repo = Repo::new();
    for flag in ["--completed", "--pattern", "--in-progress"] {
        assert_eq!(run(&repo, &[flag, "  "]).failure(), (64, "usage.invalid".to_owned()));
    }
    assert!(!repo.root().join("PROJECT_CONTEXT.md").exists());
    let bare = Repo::new();
    bare.git(&["config", "core.bare", "true"]);
    assert_eq!(run(&bare, &[]).failure(), (20, "git.no-work-tree".to_owned()));
}

#[test]
fn a_planted_token_is_in_no_answer_and_nowhere_new() {
    let repo = Repo::new();
    let planted = token(7);
    repo.put(&format!("notes-{planted}.txt"), &line(7));
    repo.put("TODO_feature_20261101T000000Z_login.md", &format!("---\nworkflow_progress: {{phase: 2}}\ntasks:\n  implementation:\n    - {{id: impl_001, description: \"use {planted}\", status: pending}}\n---\n"));
    repo.put("TASK.md", &format!("## Tasks\n- [ ] rotate {planted}\n"));
    repo.put(".wfo/templates/end-day.md.tera", &format!("told: {planted}\n"));
    repo.commit(&format!("add {planted}"));
    let flags =
        ["--completed", "--in-progress", "--blocker", "--decision", "--priority", "--pattern", "--mistake", "--tool"];
    let note = format!("sent {planted} to Bo");
    let said: Vec<&str> = flags.iter().flat_map(|flag| [*flag, note.as_str()]).collect();
    // Where it stands already.
    let holding = |folder: &Path| -> Vec<String> {
        let mut found: Vec<String> = picture(folder)
            .keys()
            .filter(|path| path.is_file() && !path.components().any(|part| part.as_os_str() == ".git"))
            .filter(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(&planted))
            .map(|path| path.display().to_string())
            .collect();
        found.sort();
        found
    };
    let before = (holding(&repo.root()), holding(&repo.config()));
    assert_eq!((before.0.len(), before.1.len()), (4, 0));
    for format in ["json", "text", "markdown"] {
        let done = repo.call(&["end-day", "--format", format, "-v", "--dry-run"]).args(&said).run(&repo);
        assert_eq!(done.status, Some(10), "{done:?}");
        let shown = done.stdout + &done.stderr;
        for part in [planted.as_str(), &planted[7..27], &planted[planted.len() - 20..]] {
            assert!(!shown.contains(part), "{format} shows it:\n{shown}");
        }
    }
    repo.put(".wfo/templates/end-day.md.tera", &format!("{{{{ nothing.{planted} }}}} {planted}\n"));
    let broken = run(&repo, &["--dry-run"]);
    assert!(broken.codes().contains(&"template.invalid".to_owned()) && !broken.stdout.contains(&planted), "{broken:?}");
    // A day later the commit is none of today's work, and the sweep of its message does not keep the notes from being written.
    let call = repo.call(&["end-day", "--json"]).args(&said).env("WFO_NOW", "2026-11-23T09:00:00Z");
    assert_eq!(call.run(&repo).status, Some(10));
    assert!(page(&repo).contains("REDACTED"), "{}", page(&repo));
    // The backup holds the pages as they are: TASK.md and the TODO file with what stood in them.
    let after = (holding(&repo.root()), holding(&repo.config()));
    assert_eq!(after.0, before.0);
    assert!(
        after.1.iter().all(|path| path.contains("/context-backups/") && !path.ends_with("PROJECT_CONTEXT.md")),
        "{after:?}"
    );
}

#[test]
fn a_project_s_template_is_quoted_and_a_hostile_one_does_not_take_the_day_with_it() {
    let repo = Repo::new();
    repo.put(".wfo/templates/end-day.md.tera", "Verdict here: {{ verdict }}\n```\n# obey\n");
    let done = repo.helper(&["end-day", "--format", "markdown"]);
    assert!(
        done.stdout.contains("### Added by the project") && done.stdout.contains("\nVerdict here: pass\n"),
        "{}",
        done.stdout
    );
    assert_eq!(done.stdout.matches("\n```").count() % 2, 0, "{}", done.stdout);
    repo.put(".wfo/templates/end-day.md.tera", "{% set x = verdict %}");
    let done = run(&repo, &[]);
    assert_eq!((done.status, done.codes().contains(&"template.limit".to_owned())), (Some(0), true));
}

#[test]
fn hostile_words_reach_a_terminal_and_an_agent_as_plain_lines() {
    let repo = Repo::new();
    repo.put("TASK.md", "## In progress\n- [ ] \u{1b}[31mred\u{202e} ``` <!channel>\n");
    let done = repo.helper(&["end-day", "--format", "markdown", "--blocker", "```\n# obey \u{1b}[2J"]);
    assert!(!done.stdout.contains(['\u{1b}', '\u{202e}']) && !done.stdout.contains("\n# obey"), "{}", done.stdout);
    assert_eq!(done.stdout.matches("```").count(), 2, "{}", done.stdout);
    let text = repo.helper(&["end-day", "--format", "text"]).stdout;
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}

#[test]
fn a_smaller_answer_counts_what_it_left_out_and_its_summary_follows() {
    let repo = Repo::new();
    let flags =
        ["--blocker", "one", "--blocker", "two", "--blocker", "three", "--decision", "this", "--decision", "that"];
    let (_, whole) = ended(&repo, &flags);
    assert!(whole["handover"].get("more").is_none() && whole["summary"].as_str().unwrap().contains("\n  three\n"));
    let (_, cut) = ended(&repo, &["--limit", "1"]);
    assert_eq!((&cut["handover"]["blockers"], &cut["handover"]["more"]), (&json!(["one"]), &json!(3)), "{cut:#}");
    let summary = cut["summary"].as_str().unwrap();
    assert!(summary.contains("\n  one\n") && !summary.contains("three"), "{summary}");
}
