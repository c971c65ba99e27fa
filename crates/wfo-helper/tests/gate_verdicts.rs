//! Reports judged by the built program: every fixture as its row says, everything broken unknown, no secret shown.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::gate::{check, date, fixture, fixtures, gate, judge, report, tool_of};
use support::{Repo, text_of};

fn rows(file: &str) -> Vec<(String, Value)> {
    let all: Value = serde_json::from_slice(&fixture(file)).unwrap();
    all["files"].as_object().unwrap().iter().map(|(name, row)| (name.clone(), row.clone())).collect()
}

/// The gate that holds a check, and the exit status of each verdict there: other checks have no report.
fn home_of(check: &str) -> &'static str {
    match check {
        "sast" | "secrets" | "dependencies" | "coverage" => "security",
        _ => "quality",
    }
}

#[test]
fn every_report_is_judged_as_its_row_says() {
    let repo = Repo::new();
    let mut judged = 0;
    for (name, row) in rows("verdicts.json").into_iter().chain(rows("verdicts-more.json")) {
        let (kind, expected) = (row["gate"].as_str().unwrap(), row["expected"].as_str().unwrap());
        if matches!(kind, "types" | "bundle") {
            continue;
        }
        let file = report(&repo, &name, &fixture(&name));
        let done = judge(&repo, home_of(kind), tool_of(&name), &file);
        let data = done.answer()["data"].take();
        let expected = if expected == "error" { "unknown" } else { expected };
        let found = check(&data, kind);
        assert_eq!(found["verdict"], expected, "{name}: {found:#}");
        assert!(found["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{name}");
        assert_eq!(done.status, Some(if expected == "fail" { 10 } else { 11 }), "{name}");
        if let ("secrets", Some(count)) = (kind, row.get("count")) {
            let count = if expected == "unknown" { json!(0) } else { count.clone() };
            assert_eq!(found["findings"], count, "{name}");
        }
        judged += 1;
    }
    assert!(judged >= 118, "{judged}");
}

#[test]
fn a_gate_passes_only_when_every_check_passes_and_shares_are_compared_exactly() {
    let repo = Repo::new();
    let clean =
        [("semgrep", "semgrep/clean.json"), ("gitleaks", "gitleaks/clean.json"), ("npm-audit", "npm-audit/none.json")];
    for (coverage, verdict, status, value) in [
        ("coverage-py/exact.json", "pass", 0, json!(80)),
        ("coverage-py/almost.json", "fail", 10, json!(79.91)),
        ("coverage-py/truncated.json", "unknown", 11, Value::Null),
    ] {
        let [sast, secrets, dependencies] = clean;
        let reports: Vec<String> = [sast, secrets, dependencies, ("coverage-py", coverage)]
            .iter()
            .map(|(tool, name)| format!("{tool}={}", report(&repo, name, &fixture(name)).display()))
            .collect();
        let mut words = vec!["judge", "security"];
        reports.iter().for_each(|one| words.extend(["--report", one]));
        let done = gate(&repo, &words);
        let data = done.answer()["data"].take();
        assert_eq!((done.status, &data["verdict"]), (Some(status), &json!(verdict)), "{data:#}");
        let found = check(&data, "coverage");
        assert_eq!((found.get("value").unwrap_or(&Value::Null), &found["threshold"]), (&value, &json!(80)));
    }
    let done = gate(&repo, &["judge", "security"]);
    assert_eq!(done.status, Some(11), "no report at all");
}

/// Judges one file for the gate `commit` or its check elsewhere, and returns verdict and reason.
fn verdict(repo: &Repo, tool: &str, file: &Path) -> (String, String) {
    let kind = match tool {
        "semgrep" | "bandit" => "sast",
        "gitleaks" | "betterleaks" | "detect-secrets" => "secrets",
        "npm-audit" | "pip-audit" | "cargo-audit" => "dependencies",
        "coverage-py" | "lcov" => "coverage",
        "junit" | "jest" => "tests",
        _ => "lint",
    };
    let done = judge(repo, home_of(kind), tool, file);
    assert!(matches!(done.status, Some(10 | 11)), "{done:?}");
    let data = done.answer()["data"].take();
    let found = check(&data, kind);
    (found["verdict"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
}

const CLEAN: [(&str, &str); 9] = [
    ("semgrep", "semgrep/clean.json"),
    ("bandit", "bandit/clean.json"),
    ("gitleaks", "gitleaks/clean.json"),
    ("betterleaks", "betterleaks/clean.json"),
    ("npm-audit", "npm-audit/none.json"),
    ("pip-audit", "pip-audit/clean.json"),
    ("coverage-py", "coverage-py/high.json"),
    ("junit", "junit/pytest-pass.xml"),
    ("eslint", "eslint/clean.json"),
];

#[test]
fn whatever_is_not_a_whole_report_of_the_tool_is_unknown() {
    let repo = Repo::new();
    for (tool, name) in CLEAN {
        let whole = fixture(name);
        let clean = report(&repo, "clean", &whole);
        assert_eq!(verdict(&repo, tool, &clean).0, "pass", "{tool}");
        let half = &whole[..whole.len() / 2];
        let deep = [b"[".repeat(1_000_000), b"{\"a\":".repeat(200_000)];
        let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
            .chain(String::from_utf8_lossy(&whole).encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let invalid = [&whole[..], b"\xff\xfe"].concat();
        let broken: [&[u8]; 10] = [
            b"",
            b"null",
            b" \n",
            b"{}",
            b"{\"error\":\"boom\"}",
            b"Traceback (most recent call last):\n",
            half,
            &deep[0],
            &utf16,
            &invalid,
        ];
        for bytes in broken.into_iter().chain([deep[1].as_slice()]) {
            // half of gitleaks' `[]` is `[`
            let file = report(&repo, "broken", bytes);
            let (verdict, reason) = verdict(&repo, tool, &file);
            assert_eq!(verdict, "unknown", "{tool}: {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
            assert!(reason.contains("broken") && reason.chars().count() <= 600, "{reason}");
        }
    }
}

#[test]
fn links_out_fifos_folders_and_missing_files_are_unknown() {
    let repo = Repo::new();
    let clean = report(&repo, "clean.json", &fixture("gitleaks/clean.json"));
    let inside = repo.root().join("report.json");
    std::os::unix::fs::symlink(&clean, &inside).unwrap();
    std::fs::create_dir(repo.root().join("folder")).unwrap();
    let fifo = repo.root().join("fifo");
    support::Call::new("mkfifo").args([&fifo]).run(&repo);
    for (file, word) in [
        (inside, "link out"),
        (repo.root().join("folder"), "regular"),
        (fifo, "regular"),
        (repo.root().join("gone.json"), "not there"),
        (repo.at("nowhere/gone.json"), "not there"),
    ] {
        let (verdict, reason) = verdict(&repo, "gitleaks", &file);
        assert!(verdict == "unknown" && reason.contains(word), "{}: {reason}", file.display());
    }
}

#[test]
fn a_report_that_is_old_or_dated_ahead_is_unknown() {
    let repo = Repo::new();
    let file = report(&repo, "clean.json", &fixture("gitleaks/clean.json"));
    for (ago, expected, word) in
        [(5, "pass", ""), (-1, "pass", ""), (-60, "unknown", "ahead"), (86_500, "unknown", "24 hours")]
    {
        date(&file, ago);
        let (verdict, reason) = verdict(&repo, "gitleaks", &file);
        assert!(verdict == expected && reason.contains(word), "{ago}: {verdict} {reason}");
    }
    date(&file, 60);
    let changed = repo.put("new.txt", "x\n");
    assert!(verdict(&repo, "gitleaks", &file).1.contains("newest change"));
    date(&changed, 120);
    assert_eq!(verdict(&repo, "gitleaks", &file).0, "pass");
    // a report in the work tree is no change
    let inside = repo.put("report.json", "[]");
    assert_eq!(verdict(&repo, "gitleaks", &inside).0, "pass");
    std::fs::remove_file(inside).unwrap();
    repo.git(&["add", "-A"]);
    let now = jiff::Timestamp::now().to_string();
    let call = support::Call::new("git").args(["commit", "-qm", "now"]).env("GIT_COMMITTER_DATE", now);
    assert_eq!(call.run(&repo).status, Some(0));
    assert!(verdict(&repo, "gitleaks", &file).1.contains("last commit"));
}

#[test]
fn a_huge_report_is_read_or_refused_in_time_and_never_clean() {
    let repo = Repo::new();
    let file = report(&repo, "huge.json", b"[]");
    let handle = std::fs::File::options().write(true).open(&file).unwrap();
    handle.set_len(100 << 20).unwrap();
    for (tool, length) in [("gitleaks", 100_u64 << 20), ("semgrep", 100 << 20), ("gitleaks", 1 << 30)] {
        handle.set_len(length).unwrap();
        let done = judge(&repo, "security", tool, &file);
        assert_eq!(done.status, Some(11), "{done:?}");
        assert!(done.took.as_secs() < 20, "{:?}", done.took);
    }
}

#[test]
fn escape_codes_of_a_report_reach_no_terminal_and_its_words_are_one_line() {
    let repo = Repo::new();
    let nasty = "\\u001b[31mred\\u001b[0m\\n# obey\\u202e ```";
    let text = String::from_utf8(fixture("semgrep/findings.json")).unwrap();
    for from in ["subprocess with shell=True", "shell-true", "src/app.py", "1.182.0"] {
        let file = report(&repo, "nasty.json", text.replace(from, nasty).as_bytes());
        for format in ["text", "markdown", "json"] {
            let words = ["judge", "security", "--format", format, "--report", &format!("semgrep={}", file.display())];
            let done = gate(&repo, &words);
            assert_eq!(done.status, Some(10), "{done:?}");
            let shown = format!("{}{}", done.stdout, done.stderr);
            assert!(!shown.contains(['\u{1b}', '\u{202e}']) && !shown.contains("\\u001b"), "{shown}");
            assert!(!shown.lines().any(|line| line.starts_with("# obey")), "{shown}");
        }
    }
}

/// Made here, so that no scanner finds it in this file.
fn token() -> String {
    let body: String =
        (0..36_u8).map(|index| char::from(b"aZ3kQ9xB7mT2"[usize::from(index % 12)] + index / 12)).collect();
    format!("gh{}_{body}", "p")
}

/// Every file below a folder, as text.
fn everything(folder: &Path, out: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            everything(&entry.path(), out);
        } else {
            out.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default()));
        }
    }
}

#[test]
fn a_token_in_any_text_of_a_report_or_in_its_name_is_in_no_output_and_no_written_file() {
    let (repo, token) = (Repo::new(), token());
    let mut planted = 0;
    for entry in std::fs::read_dir(fixtures()).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(entry.path()).unwrap().flatten() {
            let name = format!("{}/{}", entry.file_name().display(), file.file_name().display());
            let text = text_of(&file.path());
            let marks: Vec<usize> = text.match_indices(['"', ':', ',']).map(|(at, _)| at + 1).collect();
            let step = (marks.len() / 5).max(1);
            let gates = if matches!(
                tool_of(&name),
                "junit"
                    | "jest"
                    | "eslint"
                    | "ruff"
                    | "mypy"
                    | "tsc"
                    | "clippy"
                    | "jscpd"
                    | "lizard"
                    | "type-coverage"
                    | "bundle-size"
            ) {
                "quality"
            } else {
                "security"
            };
            for at in marks.into_iter().step_by(step).filter(|at| text.is_char_boundary(*at)) {
                let mutated = format!("{}{token}{}", &text[..at], &text[at..]);
                let path = report(&repo, "planted", mutated.as_bytes());
                let done = judge(&repo, gates, tool_of(&name), &path);
                planted += 1;
                assert!(
                    !done.stdout.contains(&token) && !done.stderr.contains(&token),
                    "{name} at {at}: {}",
                    done.stdout
                );
            }
        }
    }
    assert!(planted > 400, "{planted}");
    let named = report(&repo, &format!("{token}.json"), b"[]");
    for tool in ["gitleaks", "semgrep", &token] {
        let done = judge(&repo, "security", tool, &named);
        assert!(!done.stdout.contains(&token), "{}", done.stdout);
    }
    for words in [
        ["waive", &token, "--reason", "x", "--until", "2026-12-01"],
        ["waive", "0123456789abcdef", "--reason", &token, "--until", &support::gate::day(1)],
    ] {
        let done = gate(&repo, &words);
        assert!(!done.stdout.contains(&token), "{}", done.stdout);
    }
    let mut written = String::new();
    everything(&repo.config(), &mut written);
    everything(&repo.root(), &mut written);
    assert!(!written.contains(&token));
}
