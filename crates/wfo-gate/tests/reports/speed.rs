//! How long reports of 10 MB take. Run by name: `cargo test -p wfo-gate --release --test reports -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use wfo_gate::report::{Tool, read};

use crate::fixtures::load;

/// A text with its middle repeated until it has 10 MB.
fn grown(name: &str, from: &str, to: &str, between: &str) -> Vec<u8> {
    let text = String::from_utf8(load(name)).unwrap();
    let start = text.find(from).unwrap_or_else(|| panic!("{name} has no {from}"));
    let end = start + text[start..].find(to).unwrap_or_else(|| panic!("{name} has no {to}")) + to.len();
    let row = format!("{}{between}", &text[start..end]);
    let rows = row.repeat((10 << 20) / row.len());
    format!("{}{rows}{}", &text[..start], &text[start..]).into_bytes()
}

#[test]
#[ignore = "a measurement, for the release build"]
fn a_report_of_10_mb_is_read_in_time() {
    for (tool, bytes) in [
        (Tool::Semgrep, grown("semgrep/findings.json", "{\"check_id\"", "\"engine_kind\":\"OSS\"}}", ",")),
        (Tool::Semgrep, grown("semgrep/findings.sarif", "{\"fingerprints\"", "\"ruleId\":\"shell-true\"}", ",")),
        (Tool::Bandit, grown("bandit/findings.json", "    {\n      \"code\"", "\"blacklist\"\n    }", ",")),
        (Tool::Gitleaks, grown("gitleaks/findings.json", " {\n  \"RuleID\"", "}", ",")),
        (Tool::Jest, grown("junit/jest.json", "\"startTime\"", ",", "")),
        (Tool::Eslint, grown("eslint/clean.json", "{\"filePath\"", "[]}", ",")),
        (Tool::CoveragePy, grown("coverage-py/high.json", "\"excluded_lines\": []", ",", " ")),
        (Tool::Junit, grown("junit/pytest-mixed.xml", "<testcase classname=\"test_app\" name=\"test_add\"", "/>", "")),
        (Tool::Cobertura, grown("cobertura/high.xml", "<line number=\"1\" hits=\"1\"/>", "/>", "\n")),
        (Tool::Lcov, grown("lcov/high.info", "SF:", "end_of_record\n", "")),
        (Tool::Gocover, grown("gocover/above.out", "example.com/m/b.go", "6 1\n", "")),
        (Tool::Lizard, grown("lizard/findings.csv", "6,3", "\n", "")),
        (Tool::Mypy, grown("mypy/findings.jsonl", "{", "\n", "")),
        (Tool::Clippy, grown("clippy/findings.jsonl", "{\"reason\":\"compiler-message\"", "\n", "")),
        (Tool::Tsc, grown("tsc/findings.txt", "src/a.ts", "\n", "")),
    ] {
        let start = Instant::now();
        let answer = read(tool, &bytes);
        let taken = start.elapsed();
        let what = answer.map_or_else(|error| error.reason, |report| format!("{} findings", report.findings.len()));
        println!("{:14} {:5.1} MB {:6.1} ms  {what}", tool.id(), bytes.len() as f64 / 1e6, taken.as_secs_f64() * 1e3);
        assert!(cfg!(debug_assertions) || taken < Duration::from_millis(200), "{tool}: {taken:?}");
    }
}
