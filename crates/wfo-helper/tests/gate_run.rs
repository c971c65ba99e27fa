//! `gate run`: what runs is approved first, covers all of a project, runs side by side, changes nothing and leaves nothing behind.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::json;
use support::gate::{check, fixture, unattended};
use support::run::{CASES, FIND, PYTHON, all_files, leftovers, put, run, token};
use support::{Call, Repo, binary, text_of};

#[test]
fn every_language_and_every_workspace_has_to_be_covered() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("pyproject.toml", PYTHON.1);
    repo.put("web/package.json", "{\"devDependencies\": {\"eslint\": \"9\"}}\n");
    repo.put("web/eslint.config.js", "x\n");
    repo.put("tool/pyproject.toml", PYTHON.1);
    repo.commit("three projects");
    std::fs::create_dir_all(repo.at("reports")).unwrap();
    wfo_base::atomic::write(&repo.at("reports/eslint"), &fixture("eslint/clean.json")).unwrap();
    repo.put("a.py", "a = 1\n");
    repo.put("tool/b.py", "b = 1\n");
    let lint = || {
        let data = run(&repo, &["quality", "--only", "lint"]).answer()["data"].take();
        let mut folders: Vec<String> = data["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| format!("{} {}", run["tool"].as_str().unwrap(), run["folder"].as_str().unwrap()))
            .collect();
        folders.sort();
        let found = check(&data, "lint").clone();
        (found["verdict"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned(), folders)
    };
    put(&repo, "ruff", "echo '[]' > \"$r\"");
    let (verdict, reason, folders) = lint();
    assert_eq!((verdict.as_str(), folders), ("unknown", vec!["ruff .".to_owned(), "ruff tool".to_owned()]), "{reason}");
    assert!(reason.contains("eslint is not installed in `web`"), "{reason}");
    let eslint = repo.at("reports/eslint");
    put(&repo, "eslint", &format!("cat {} > \"$r\"", eslint.display()));
    let (verdict, reason, folders) = lint();
    assert_eq!((verdict.as_str(), folders.len()), ("pass", 3), "{reason}");
    // one of the folders fails
    put(&repo, "ruff", "case $PWD in */tool) exit 2;; esac; echo '[]' > \"$r\"");
    let (verdict, reason, _) = lint();
    assert_eq!(verdict, "unknown", "{reason}");
    assert!(reason.contains("ruff in tool"), "{reason}");
    // a language that nothing is known for
    repo.put("Gemfile", "source 'https://rubygems.org'\n");
    put(&repo, "ruff", "echo '[]' > \"$r\"");
    let data = run(&repo, &["quality", "--only", "coverage"]).answer()["data"].take();
    assert!(check(&data, "coverage")["reason"].as_str().unwrap().contains("ruby"), "{data:#}");
}

#[test]
fn two_tools_run_side_by_side_and_one_run_serves_several_checks() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("pyproject.toml", PYTHON.1);
    repo.commit("files");
    std::fs::create_dir_all(repo.at("reports")).unwrap();
    for (name, file) in
        [("coverage", "coverage-py/high.json"), ("junit", "junit/pytest-pass.xml"), ("bandit", "bandit/clean.json")]
    {
        wfo_base::atomic::write(&repo.at("reports").join(name), &fixture(file)).unwrap();
    }
    let reports = repo.at("reports");
    let reports = reports.display();
    put(&repo, "bandit", &format!("sleep 3; cp {reports}/bandit \"$r\"; touch \"$r\""));
    let both = format!(
        "echo ran >> ../ran; sleep 3; d=${{r%/*}}; cat {reports}/coverage > $d/coverage.json; cat {reports}/junit > $d/junit.xml"
    );
    put(&repo, "pytest", &both);
    let done = run(&repo, &["security", "--only", "sast", "--only", "coverage"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.took.as_secs_f64() < 5.5, "{:?}", done.took);
    std::fs::remove_file(repo.at("ran")).unwrap();
    let done = run(&repo, &["quality", "--only", "coverage", "--only", "changed-coverage", "--only", "tests"]);
    let data = done.answer()["data"].take();
    assert_eq!(text_of(&repo.at("ran")), "ran\n", "{data:#}");
    assert_eq!(
        (check(&data, "coverage")["verdict"].clone(), check(&data, "tests")["verdict"].clone()),
        (json!("pass"), json!("pass"))
    );
}

#[test]
fn the_work_tree_stays_as_it_is_and_content_that_changes_meanwhile_is_unknown() {
    let case = CASES.iter().find(|case| case.program == "bandit").unwrap();
    let repo = case.repo();
    case.put(&repo, "cat CLEAN > OUT; echo x > \"$TMPDIR/x\"");
    let before = all_files(&repo.root());
    let (data, status) = case.judged(&repo);
    assert_eq!(status, Some(0), "{data:#}");
    assert!(all_files(&repo.root()) == before);
    case.put(&repo, "cat CLEAN > OUT; echo x > new.txt");
    let (data, status) = case.judged(&repo);
    assert_eq!((status, &data["verdict"]), (Some(11), &json!("unknown")), "{data:#}");
    assert!(check(&data, "sast")["reason"].as_str().unwrap().contains("changed while tools ran"), "{data:#}");
}

#[test]
fn what_passed_is_evidence_until_something_changes_and_a_part_of_a_gate_is_none() {
    let repo = Repo::new();
    let status = || support::gate::gate(&repo, &["status", "commit"]).answer()["data"]["gates"][0]["state"].clone();
    repo.put("a.txt", "hello\n");
    repo.git(&["add", "-A"]);
    assert_eq!(run(&repo, &["commit", "--only", "secrets"]).data()["applied"], false);
    assert_eq!(status(), "missing");
    let done = run(&repo, &["commit"]);
    assert_eq!((done.status, &done.answer()["data"]["applied"]), (Some(0), &json!(true)), "{done:?}");
    assert_eq!(status(), "fresh");
    repo.put("a.txt", "other\n");
    assert_eq!(status(), "stale");
}

#[test]
fn the_sweep_judges_what_is_staged_for_a_commit_and_more_for_security() {
    let repo = Repo::new();
    let secrets = |gate: &str| {
        let data = run(&repo, &[gate, "--only", "secrets"]).answer()["data"].take();
        check(&data, "secrets").clone()
    };
    repo.put("notes.txt", &format!("token = '{}'\n", token()));
    assert_eq!(secrets("commit")["verdict"], "unknown", "nothing is staged");
    repo.put("fine.txt", "fine\n");
    repo.git(&["add", "fine.txt"]);
    assert_eq!(secrets("commit")["verdict"], "pass");
    let found = secrets("security");
    assert_eq!((&found["verdict"], &found["findings"]), (&json!("fail"), &json!(1)), "{found:#}");
    assert_eq!(found["items"][0]["file"], "notes.txt");
    repo.git(&["add", "notes.txt"]);
    std::fs::remove_file(repo.root().join("notes.txt")).unwrap();
    assert_eq!(secrets("commit")["verdict"], "fail", "staged, and gone from the work tree");
}

#[test]
fn a_token_in_logs_reports_and_names_is_in_no_output_and_no_file() {
    let (repo, token) = (Repo::new(), token());
    unattended(&repo);
    repo.put("pyproject.toml", PYTHON.1);
    repo.put(&format!("{token}/pyproject.toml"), PYTHON.1);
    put(&repo, "bandit", &format!("echo 'boom {token} and\n{token}' >&2; echo '{{\"{token}\": 1}}' > \"$r\"; exit 4"));
    put(&repo, "gitleaks", "exit 1");
    let script = format!(
        "echo '[{{\"RuleID\":\"{token}\",\"File\":\"{token}\",\"Secret\":\"{token}\",\"StartLine\":1}}]' > \"$r\"; echo {token}; exit 1"
    );
    repo.program("bin/gitleaks", &format!("#!/bin/sh\nV=8.0.0\n{}{script}\n", FIND.trim_start_matches("#!/bin/sh\n")));
    put(&repo, "semgrep", &format!("echo {token}; exit 2"));
    for format in ["json", "text", "markdown"] {
        let done = run(&repo, &["security", "--format", format]);
        assert_eq!(done.status, Some(10), "{done:?}");
        assert!(!done.stdout.contains(&token) && !done.stderr.contains(&token), "{}", done.stdout);
        assert!(done.stdout.contains("boom"), "{}", done.stdout);
    }
    std::fs::remove_dir_all(repo.root().join(&token)).unwrap();
    std::fs::remove_dir_all(repo.at("bin")).unwrap();
    for (path, bytes) in all_files(&repo.at("")) {
        assert!(!path.contains(&token) && !String::from_utf8_lossy(&bytes).contains(&token), "{path}");
    }
}

#[test]
fn ctrl_c_ends_the_tools_and_removes_their_folders() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let case = CASES.iter().find(|case| case.program == "bandit").unwrap();
        let repo = case.repo();
        case.put(&repo, "trap '' INT TERM; echo up > ../up; sleep 4; echo late > ../late");
        let root = repo.at("");
        let stop = std::thread::spawn(move || {
            while !root.join("up").exists() {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            // by the name of the program in this sandbox only
            let pid = text_of(&root.join("pid"));
            Call::new("kill").args([&format!("-{signal}"), pid.trim()]).run(&support::Sandbox::new())
        });
        let helper = prepared_by_shell(&repo);
        let done = helper.run(&repo);
        assert_eq!(stop.join().unwrap().status, Some(0));
        assert_eq!(done.status, Some(status), "{done:?}");
        let answer = done.json();
        assert_eq!(answer["ok"], false, "{answer:#}");
        assert!(done.took.as_secs() < 4, "{:?}", done.took);
        std::thread::sleep(std::time::Duration::from_secs(4));
        assert!(!repo.at("late").exists());
        assert_eq!(leftovers(&repo), Vec::<String>::new());
    }
}

/// The helper under a known number, as `exec` of a shell that tells it.
fn prepared_by_shell(repo: &Repo) -> Call {
    let path = format!("{}:/usr/bin:/bin", repo.at("bin").display());
    let script = format!(
        "echo $$ > {}; exec {} gate run security --only sast --json",
        repo.at("pid").display(),
        binary().display()
    );
    Call::new("sh").args(["-c", &script]).unset("WFO_NOW").env("PATH", path)
}

#[test]
fn a_repository_s_code_runs_after_one_yes_until_a_word_or_a_script_changes() {
    let repo = Repo::new();
    repo.put("package.json", "{\"name\": \"x\", \"scripts\": {\"test\": \"one\"}}\n");
    repo.put("eslint.config.js", "x\n");
    repo.put("a.js", "x\n");
    repo.program("project/node_modules/.bin/eslint", &format!("{FIND}echo ran >> ../ran; cat ../clean > \"$r\"\n"));
    repo.put(".gitignore", "node_modules/\n");
    repo.write("clean", &String::from_utf8(fixture("eslint/clean.json")).unwrap());
    repo.commit("files");
    let lint = |more: &[&str]| {
        let words: Vec<&str> = ["quality", "--only", "lint"].iter().chain(more).copied().collect();
        run(&repo, &words)
    };
    let asked = || {
        let done = lint(&[]);
        assert_eq!(done.status, Some(21), "{done:?}");
        assert!(!repo.at("ran").exists(), "nothing may run before");
        assert!(done.codes().contains(&"command.unapproved".to_owned()));
        let data = done.answer()["data"].take();
        assert!(data["proposal"]["title"].as_str().unwrap().contains("runs code of this repository"), "{data:#}");
        let mut runs = data["runs"].as_array().unwrap().iter();
        assert!(data["verdict"].is_null() && runs.any(|run| run["approved"] == false), "{data:#}");
        data["proposal"]["id"].as_str().unwrap().to_owned()
    };
    let dry = lint(&["--dry-run"]);
    assert_eq!((dry.status, &dry.answer()["data"]["runs"][0]["folder"]), (Some(0), &json!(".")));
    let id = asked();
    // an agent cannot say yes
    assert_eq!(lint(&["--confirm", &id]).status, Some(21));
    assert!(!repo.at("ran").exists());
    unattended(&repo);
    assert_eq!(lint(&["--confirm", &id]).status, Some(0));
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    assert_eq!(lint(&[]).status, Some(0), "approved is approved");
    assert_eq!(text_of(&repo.at("ran")), "ran\nran\n");
    std::fs::remove_file(repo.at("ran")).unwrap();
    repo.put("package.json", "{\"name\": \"x\", \"scripts\": {\"test\": \"two\"}}\n");
    let second = asked();
    assert_ne!(second, id);
    assert_eq!(lint(&["--confirm", &id]).status, Some(22), "that was for another text");
    unattended(&repo);
    assert_eq!(lint(&[]).status, Some(0), "unattended, it is approved as it comes");
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    assert_eq!(lint(&[]).status, Some(0), "and recorded");
    // a row of the repository is its own text, also where it says that it only reads
    repo.put(".wfo/data/gate-tools.yaml", "rows:\n  - {id: own-lint, languages: [node], once: true, programs: [sh], reads_only: true, reports: [{tool: eslint, file: x}], args: [-c, \"echo ran >> ../ran\"], install: x}\n");
    std::fs::remove_file(repo.at("ran")).unwrap();
    asked();
}

#[test]
fn gates_of_persons_run_nothing_and_unknown_names_are_told() {
    let repo = Repo::new();
    let done = run(&repo, &["ship"]);
    assert_eq!((done.status, &done.answer()["data"]["runs"]), (Some(11), &json!([])), "{done:?}");
    assert_eq!(run(&repo, &["nowhere"]).failure(), (20, "gate.unknown".to_owned()));
    assert_eq!(run(&repo, &["security", "--only", "nothing"]).failure(), (20, "gate.check-unknown".to_owned()));
}

#[test]
fn a_repository_cannot_take_a_tool_away_and_its_own_rules_come_besides() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("pyproject.toml", PYTHON.1);
    repo.put("mypy.ini", "[mypy]\n");
    repo.put("a.py", "a = 1\n");
    repo.commit("files");
    put(&repo, "ruff", "echo '[]' > \"$r\"");
    put(
        &repo,
        "mypy",
        "echo 'a.py:1: error: no [misc]'; echo 'Found 1 error in 1 file (checked 1 source file)'; exit 1",
    );
    let lint = || run(&repo, &["quality", "--only", "lint"]);
    assert_eq!(lint().answer()["data"]["verdict"], "fail");
    repo.put(
        ".wfo/data/gate-tools.yaml",
        "rows:\n- {id: mypy, languages: [python], when: [never.ini], programs: [mypy], version: [--version], \
         reports: [{tool: mypy}], args: [.], clean: [0], findings: [1], install: x}\n",
    );
    let done = lint();
    assert_eq!(done.answer()["data"]["verdict"], "fail", "{done:?}");
    assert!(done.codes().contains(&"table.row-ignored".to_owned()), "{done:?}");

    let semgrep = repo.at("semgrep.json");
    wfo_base::atomic::write(&semgrep, &fixture("semgrep/clean.json")).unwrap();
    put(&repo, "semgrep", &format!("cat {} > \"$r\"", semgrep.display()));
    let configs = || {
        let data = run(&repo, &["security", "--only", "sast"]).answer()["data"].take();
        let runs = data["runs"].as_array().unwrap().iter();
        runs.map(|run| run["command"].as_str().unwrap().split(' ').nth(3).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(configs(), ["p/default"]);
    repo.put(".semgrep.yml", "rules: []\n");
    assert_eq!(configs(), ["p/default", ".semgrep.yml"]);
}

#[test]
fn a_part_of_a_gate_says_so_and_a_linter_that_saw_nothing_is_unknown() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("pyproject.toml", PYTHON.1);
    repo.put("a.py", "a = 1\n");
    repo.commit("files");
    put(&repo, "ruff", "echo '[]' > \"$r\"");
    let done = run(&repo, &["quality", "--only", "lint", "--format", "text"]);
    assert!(done.stdout.starts_with("quality (only lint): pass"), "{done:?}");
    assert_eq!(run(&repo, &["quality", "--only", "lint"]).answer()["data"]["only"], json!(["lint"]));
    put(&repo, "ruff", "echo 'warning: No Python files found under the given path(s)' >&2; echo '[]' > \"$r\"");
    assert_eq!(run(&repo, &["quality", "--only", "lint"]).answer()["data"]["verdict"], "unknown");
}
