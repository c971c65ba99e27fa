//! `gate run`: tools that are missing, broken, slow, endless or lying never make a gate pass; what runs is approved first, runs side
//! by side, changes nothing, and leaves nothing behind.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::gate::{check, fixture, unattended};
use support::{Call, Done, Repo, binary, text_of};

/// Runs `gate run ...` with the programs of the test before all others and the system's clock.
fn run(repo: &Repo, arguments: &[&str]) -> Done {
    prepared(repo, arguments).run(repo)
}

fn prepared(repo: &Repo, arguments: &[&str]) -> Call {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.at("bin").display());
    let words: Vec<&str> = ["run"].iter().chain(arguments).copied().collect();
    Call::new(binary()).arg_words("gate", &words).unset("WFO_NOW").env("USER", "ada").env("PATH", path)
}

/// What every program of these tests does first: `$r` is where its report belongs.
const FIND: &str = r#"#!/bin/sh
case "$*" in *version*) [ "$1 $2" = "audit --version" ] || [ $# = 1 ] && { echo "${V:-1.2.3}"; exit 0; };; esac
for a in "$@"; do case $a in */own/*) [ -n "$r" ] || { r=${a#*=}; r=${r#json:}; };; esac; done
"#;

/// Puts a program on the PATH of the tests.
fn put(repo: &Repo, name: &str, script: &str) {
    repo.program(&format!("bin/{name}"), &format!("{FIND}{script}\n"));
}

/// A tool with all that a project needs to be looked at by it, and its clean report.
struct Case {
    program: &'static str,
    gate: &'static str,
    check: &'static str,
    clean: &'static str,
    version: &'static str,
    files: &'static [(&'static str, &'static str)],
    stdout: bool,
}

const PYTHON: (&str, &str) = ("pyproject.toml", "[project]\nname = \"x\"\n");
const NODE: (&str, &str) = ("package.json", "{\"name\": \"x\"}\n");

const CASES: [Case; 12] = [
    Case {
        program: "semgrep",
        gate: "security",
        check: "sast",
        clean: "semgrep/clean.json",
        version: "1.182.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "bandit",
        gate: "security",
        check: "sast",
        clean: "bandit/clean.json",
        version: "1.9.4",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "gitleaks",
        gate: "security",
        check: "secrets",
        clean: "gitleaks/clean.json",
        version: "8.21.2",
        files: &[],
        stdout: false,
    },
    Case {
        program: "betterleaks",
        gate: "security",
        check: "secrets",
        clean: "betterleaks/clean.json",
        version: "2.0.0",
        files: &[],
        stdout: false,
    },
    Case {
        program: "npm",
        gate: "security",
        check: "dependencies",
        clean: "npm-audit/none.json",
        version: "11.0.0",
        files: &[NODE, ("package-lock.json", "{}\n")],
        stdout: true,
    },
    Case {
        program: "pip-audit",
        gate: "security",
        check: "dependencies",
        clean: "pip-audit/clean.json",
        version: "2.10.1",
        files: &[PYTHON, ("requirements.txt", "a==1\n")],
        stdout: false,
    },
    Case {
        program: "cargo-audit",
        gate: "security",
        check: "dependencies",
        clean: "cargo-audit/clean.json",
        version: "0.22.2",
        files: &[("Cargo.toml", "[package]\nname = \"x\"\n"), ("Cargo.lock", "\n")],
        stdout: true,
    },
    Case {
        program: "eslint",
        gate: "quality",
        check: "lint",
        clean: "eslint/clean.json",
        version: "9.39.5",
        files: &[NODE, ("eslint.config.js", "x\n")],
        stdout: false,
    },
    Case {
        program: "mypy",
        gate: "quality",
        check: "lint",
        clean: "mypy/clean.txt",
        version: "2.4.1",
        files: &[PYTHON, ("mypy.ini", "x\n")],
        stdout: true,
    },
    Case {
        program: "pytest",
        gate: "quality",
        check: "coverage",
        clean: "coverage-py/high.json",
        version: "9.2.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "jscpd",
        gate: "quality",
        check: "duplication",
        clean: "jscpd/below.json",
        version: "4.3.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "type-coverage",
        gate: "quality",
        check: "types",
        clean: "type-coverage/above.txt",
        version: "2.29.0",
        files: &[NODE, ("tsconfig.json", "{}\n")],
        stdout: true,
    },
];

impl Case {
    fn repo(&self) -> Repo {
        let repo = Repo::new();
        for (name, text) in self.files {
            repo.put(name, text);
        }
        repo.commit("files");
        unattended(&repo);
        std::fs::create_dir_all(repo.at("reports")).unwrap();
        std::fs::write(repo.at("reports/clean"), fixture(self.clean)).unwrap();
        repo
    }

    /// A program that writes a report by a shell command (`OUT` is the report, `CLEAN` a clean one), then goes on.
    fn put(&self, repo: &Repo, script: &str) {
        let out = if self.stdout { "/dev/stdout" } else { "\"$r\"" };
        let out = if self.program == "jscpd" { "\"$r/jscpd-report.json\"" } else { out };
        let clean = repo.at("reports/clean");
        let script = script.replace("OUT", out).replace("CLEAN", &clean.to_string_lossy());
        // `jscpd` is told the folder only
        let script = if self.program == "jscpd" {
            format!("for a in \"$@\"; do case $a in */own) r=$a;; esac; done\n{script}")
        } else {
            script
        };
        repo.program(
            &format!("bin/{}", self.program),
            &format!("V={}\n{FIND}{script}\n", self.version).replacen(
                &format!("V={}\n#!/bin/sh", self.version),
                &format!("#!/bin/sh\nV={}", self.version),
                1,
            ),
        );
    }

    fn judged(&self, repo: &Repo) -> (Value, Option<i32>) {
        let done = run(repo, &[self.gate, "--only", self.check]);
        let data = done.answer()["data"].take();
        assert_eq!(leftovers(repo), Vec::<String>::new());
        (data, done.status)
    }
}

/// Folders of runs that were not removed.
fn leftovers(repo: &Repo) -> Vec<String> {
    let names = std::fs::read_dir(repo.at("")).unwrap().flatten();
    names.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.starts_with("wfo-run-")).collect()
}

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
            ("exit 1", "no report"),
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
    std::fs::write(repo.at("reports/other"), fixture("betterleaks/clean.json")).unwrap();
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
    std::fs::write(repo.at("reports/eslint"), fixture("eslint/clean.json")).unwrap();
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
        std::fs::write(repo.at("reports").join(name), fixture(file)).unwrap();
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

/// Every path below a folder with its bytes.
fn all_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => out.extend(all_files(&entry.path())),
            false => out.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap_or_default())),
        }
    }
    out.sort();
    out
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

/// Made here, so that no scanner finds it in this file.
fn token() -> String {
    let body: String =
        (0..36_u8).map(|index| char::from(b"aZ3kQ9xB7mT2"[usize::from(index % 12)] + index / 12)).collect();
    format!("gh{}_{body}", "o")
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
        assert_eq!((&data["verdict"], &data["runs"][0]["approved"]), (&Value::Null, &json!(false)));
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
    repo.put(".wfo/data/gate-tools.yaml", "rows:\n  - {id: ruff, languages: [node], once: true, programs: [sh], reads_only: true, reports: [{tool: eslint, file: x}], args: [-c, \"echo ran >> ../ran\"], install: x}\n");
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
