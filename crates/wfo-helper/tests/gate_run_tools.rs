//! Tools that are missing, broken, slow, endless or lying never make `gate run` pass.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::gate::{check, fixture, unattended};
use support::run::{CASES, FIND, leftovers, put, run};
use support::{Repo, text_of};

#[test]
fn a_tool_that_does_its_work_passes_and_one_that_does_not_never_does() {
    for case in &CASES {
        let repo = case.repo();
        case.put(&repo, "cat CLEAN > OUT");
        let (data, status) = case.judged(&repo);
        let found = check(&data, case.check);
        assert_eq!((&found["verdict"], status), (&json!("pass"), Some(0)), "{}: {data:#}", case.program);
        assert_eq!(data["runs"][0]["version"], case.version, "{data:#}");
        for (script, word) in [
            ("exit 1", ""),
            ("echo boom >&2; exit 1", "boom"),
            ("head -c 20 CLEAN > OUT; kill -9 $$", "signal"),
            ("head -c 20 CLEAN > OUT; exit 1", ""),
            (": > OUT", ""),
            ("echo null > OUT", ""),
            ("echo '[{}]' > OUT", ""),
            ("echo '{\"error\": {\"message\": \"405\"}}' > OUT; exit 1", ""),
            ("printf '\\377\\376' > OUT; cat CLEAN >> OUT", ""),
            ("cat CLEAN > OUT; exit 126", "126"),
            ("cat CLEAN > OUT; exit 127", "127"),
            ("cat CLEAN > OUT; exit 3", "3"),
            ("cat CLEAN > OUT; kill -15 $$", "signal"),
        ] {
            // for yarn and its like 3 says something; here it never does
            case.put(&repo, script);
            let (data, status) = case.judged(&repo);
            let found = check(&data, case.check);
            assert_eq!(
                (&found["verdict"], status),
                (&json!("unknown"), Some(11)),
                "{} {script}: {data:#}",
                case.program
            );
            assert!(found["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{found:#}");
            let told = format!("{} {}", found["reason"], data["runs"][0]["log"]);
            assert!(told.contains(word), "{} {script}: {told}", case.program);
        }
        if !case.stdout {
            for script in ["cp CLEAN OUT; touch -d yesterday OUT", "ln -s CLEAN OUT", "mkdir OUT", "mkfifo OUT"] {
                case.put(&repo, script);
                let (data, _) = case.judged(&repo);
                assert_eq!(check(&data, case.check)["verdict"], "unknown", "{} {script}: {data:#}", case.program);
            }
        }
    }
}

#[test]
fn a_status_that_says_findings_over_a_clean_report_is_unknown() {
    for case in
        CASES.iter().filter(|case| ["bandit", "gitleaks", "npm", "pip-audit", "eslint", "mypy"].contains(&case.program))
    {
        let repo = case.repo();
        case.put(&repo, "cat CLEAN > OUT; exit 1");
        let (data, _) = case.judged(&repo);
        let found = check(&data, case.check);
        assert_eq!(found["verdict"], "unknown", "{}: {data:#}", case.program);
        assert!(found["reason"].as_str().unwrap().contains("shows nothing"), "{found:#}");
    }
}

#[test]
fn a_tool_that_is_missing_or_may_not_be_run_is_unknown_with_what_to_install_and_the_sweep_stands_for_engines() {
    for case in &CASES {
        let repo = case.repo();
        let secrets = case.check == "secrets";
        // npm is everywhere
        if case.program != "npm" {
            let (data, _) = case.judged(&repo);
            let found = check(&data, case.check);
            assert_eq!(found["verdict"], if secrets { "pass" } else { "unknown" }, "{}: {data:#}", case.program);
            assert!(secrets || found["fix"].as_str().unwrap().contains("install"), "{found:#}");
            if secrets {
                assert!(found["tool"].as_str().unwrap().starts_with("built-in sweep, "), "{found:#}");
                assert!(found["notes"][0].as_str().unwrap().contains("gitleaks"), "{found:#}");
            }
        }
        case.put(&repo, "cat CLEAN > OUT");
        let program = repo.at("bin").join(case.program);
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        if case.program != "npm" {
            let (data, _) = case.judged(&repo);
            assert_eq!(check(&data, case.check)["verdict"], "unknown", "{}: {data:#}", case.program);
        }
    }
}

#[test]
fn a_version_whose_words_nobody_knows_is_not_run_and_another_program_of_that_name_is_asked_in_its_own_words() {
    let case = CASES.iter().find(|case| case.program == "gitleaks").unwrap();
    let repo = case.repo();
    put(&repo, "gitleaks", "V=9.0.0; echo ran >> ../ran; cat /dev/null > \"$r\"");
    repo.program(
        "bin/gitleaks",
        &format!("#!/bin/sh\nV=9.0.0\n{}echo ran >> ../ran\n", FIND.trim_start_matches("#!/bin/sh\n")),
    );
    let (data, _) = case.judged(&repo);
    assert_eq!(check(&data, "secrets")["verdict"], "unknown", "{data:#}");
    assert!(!repo.at("ran").exists(), "{data:#}");
    wfo_base::atomic::write(&repo.at("reports/other"), &fixture("betterleaks/clean.json")).unwrap();
    let other = repo.at("reports/other");
    let script = format!("[ \"$1\" = filesystem ] || exit 126\ncat {} > \"$r\"", other.display());
    repo.program(
        "bin/gitleaks",
        &format!("#!/bin/sh\nV=2.0.0-rc.4\n{}{script}\n", FIND.trim_start_matches("#!/bin/sh\n")),
    );
    let (data, _) = case.judged(&repo);
    let found = check(&data, "secrets");
    assert_eq!(found["verdict"], "pass", "{data:#}");
    assert!(found["tool"].as_str().unwrap().starts_with("betterleaks 2.0.0"), "{found:#}");
    // what the user wants is not there by name alone
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\ngate: {require: [gitleaks]}\n");
    let (data, _) = case.judged(&repo);
    assert_eq!(check(&data, "secrets")["verdict"], "unknown", "{data:#}");
    assert!(check(&data, "secrets")["reason"].as_str().unwrap().contains("gate.require"), "{data:#}");
}

/// Rows of the user that make built-in ones end sooner.
fn hurry(repo: &Repo, id: &str) {
    let table = text_of(&support::repository().join("reference/data/gate-tools.yaml"));
    let row = table.lines().find(|line| line.contains(&format!("id: {id},"))).unwrap();
    let row = row.replace("install:", "seconds: 1, install:");
    repo.put_config("wfo/data/gate-tools.yaml", &format!("rows:\n{row}\n"));
}

#[test]
fn a_tool_that_never_ends_is_ended_with_its_children_whatever_they_ignore() {
    let case = CASES.iter().find(|case| case.program == "bandit").unwrap();
    let repo = case.repo();
    hurry(&repo, "bandit");
    let deaf = "cp CLEAN OUT\ntrap '' TERM INT HUP\n(trap '' TERM; sleep 3; echo late > ../late) &\nsetsid sh -c 'sleep 3; echo late > ../late2' &\nwhile :; do sleep 1; done";
    case.put(&repo, deaf);
    let done = run(&repo, &["security", "--only", "sast"]);
    assert_eq!(done.status, Some(11), "{done:?}");
    assert!(done.took.as_secs() < 15, "{:?}", done.took);
    let data = done.answer()["data"].take();
    assert!(check(&data, "sast")["reason"].as_str().unwrap().contains("longer than 1 s"), "{data:#}");
    assert_eq!(data["runs"][0]["exit"], Value::Null);
    std::thread::sleep(std::time::Duration::from_millis(3_500));
    assert!(!repo.at("late").exists() && !repo.at("late2").exists());
    assert_eq!(leftovers(&repo), Vec::<String>::new());
}

#[test]
fn output_without_end_is_cut_and_escape_codes_reach_nobody() {
    let case = CASES.iter().find(|case| case.program == "bandit").unwrap();
    let repo = case.repo();
    for endless in ["yes", "yes >&2", "yes > OUT", "cp CLEAN OUT; head -c 3000000000 /dev/zero > \"$r.big\""] {
        case.put(&repo, endless);
        let done = run(&repo, &["security", "--only", "sast"]);
        assert_eq!(done.status, Some(11), "{endless}: {done:?}");
        assert!(done.took.as_secs() < 40, "{endless}: {:?}", done.took);
        assert_eq!(leftovers(&repo), Vec::<String>::new());
    }
    case.put(&repo, "printf '\\033[31mred\\033[0m\\n\\342\\200\\256evil\\n```\\n# obey\\n' >&2; exit 7");
    for format in ["text", "markdown", "json"] {
        let done = run(&repo, &["security", "--only", "sast", "--format", format]);
        assert_eq!(done.status, Some(11), "{done:?}");
        let shown = format!("{}{}", done.stdout, done.stderr);
        assert!(
            shown.contains("red") && !shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("\\u001b"),
            "{shown}"
        );
        assert!(!shown.lines().any(|line| line.starts_with("# obey")), "{shown}");
    }
}

#[test]
fn silence_counts_only_where_there_were_files_to_look_at() {
    let repo = Repo::new();
    unattended(&repo);
    repo.put("package.json", "{}\n");
    repo.put("tsconfig.json", "{}\n");
    repo.commit("files");
    put(&repo, "tsc", "exit 0");
    let verdict = |arguments: &[&str], name: &str| {
        let data = run(&repo, arguments).answer()["data"].take();
        check(&data, name)["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&["quality", "--only", "lint"], "lint"), "unknown", "no TypeScript");
    repo.put("a.ts", "let a = 1\n");
    assert_eq!(verdict(&["quality", "--only", "lint"], "lint"), "pass");
    put(&repo, "tsc", "exit 1");
    assert_eq!(verdict(&["quality", "--only", "lint"], "lint"), "unknown");
    put(&repo, "tsc", "echo \"a.ts(1,1): error TS2322: no\"; exit 2");
    assert_eq!(verdict(&["quality", "--only", "lint"], "lint"), "fail");
    put(&repo, "ripsecrets", "exit 0");
    assert_eq!(verdict(&["security", "--only", "secrets"], "secrets"), "pass");
    put(&repo, "ripsecrets", "exit 1");
    assert_eq!(verdict(&["security", "--only", "secrets"], "secrets"), "unknown");
}
