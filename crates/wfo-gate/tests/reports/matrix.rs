//! The table that every reader must hold: nothing but a tool's own whole report is ever read as clean.
//! A new reader is in it as soon as its folder of reports is there.

use wfo_gate::report::{Report, Tool, Unreadable, read};

use crate::fixtures::{Fixture, all, load, of};
use crate::judged::passes;

/// Whether bytes come through as a report that nothing speaks against.
fn is_clean(tool: Tool, bytes: &[u8]) -> bool {
    read(tool, bytes).is_ok_and(|report| passes(&report))
}

/// Small texts that are some tool's own clean report.
fn is_own(tool: Tool, text: &str) -> bool {
    match tool {
        Tool::Gitleaks | Tool::Ruff => text.trim() == "[]",
        Tool::BundleSize => matches!(text, r#"{"statusCode":500}"# | r#"{"total":1}"#),
        _ => false,
    }
}

/// Formats of lines without an end of their own: what is cut off between two lines cannot be seen.
fn ends_at_any_line(fixture: &Fixture) -> bool {
    matches!(fixture.tool, Tool::Lcov | Tool::Gocover) || fixture.name.ends_with(".csv")
}

#[test]
fn what_is_no_report_at_all_is_clean_for_no_tool() {
    let deep = ["[", "{\"a\":", "[{\"results\":", "<a>", "<testsuites>", "<coverage>"].map(|open| open.repeat(50_000));
    let shallow = [
        "",
        " \n\t\n",
        "\0",
        "null",
        "[]",
        "[]\n",
        "{}",
        "\"\"",
        "0",
        "true",
        "[null]",
        "[[]]",
        "[{}]",
        "[[],[]]",
        "{\"a\":[]}",
        "Killed\n",
        "Traceback (most recent call last):\n  File \"x.py\", line 1\nOSError: [Errno 28]\n",
        "command not found: x\n",
        "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        "<a/>",
        "<report/>",
        "<coverage/>",
        "<testsuites/>",
        "<testsuite/>",
        "<cppncss/>",
        "{\"error\":\"boom\"}",
        "{\"message\":\"boom\",\"statusCode\":500}",
        "{\"statusCode\":500}",
        "{\"total\":1}",
        "{\"results\":[]}",
        "{\"results\":[],\"errors\":[]}",
        "{\"results\":{}}",
        "{\"findings\":[]}",
        "{\"runs\":[]}",
        "{\"version\":\"2.1.0\",\"runs\":[{}]}",
        "{\"dependencies\":[]}",
        "{\"vulnerabilities\":{}}",
        "{\"metadata\":{}}",
        "{\"data\":[]}",
        "{\"total\":{}}",
        "{\"advisories\":{}}",
        "{\"testResults\":[],\"success\":true}",
        "{\"statistics\":{},\"duplicates\":[]}",
        "{\"assets\":[]}",
        "{\"assets\":[],\"errors\":[]}",
        "{\"succeeded\":true}",
        "mode: set\n",
        "mode: set",
        "end_of_record\n",
        "TN:\n",
        "SF:a\nend_of_record\n",
        "SF:a\nLF:0\nLH:0\nend_of_record\n",
        "Success: no issues found in 0 source files\n",
        "Success: no issues found\n",
        "Found 0 errors.\n",
        "Found 0 errors in 0 files (checked 0 source files)\n",
        "(0 / 0) 100%\n",
        "type-coverage success.\n",
        "0 vulnerabilities\n",
        "{\"reason\":\"build-finished\",\"success\":true}\n",
        "{\"reason\":\"build-finished\",\"success\":false}\n",
        "{\"type\":\"auditSummary\"}\n",
        "{\"type\":\"auditSummary\",\"data\":{}}\n",
        "{\"type\":\"info\",\"data\":\"ok\"}\n",
        "No known vulnerabilities found\n",
        "1,1,1,1,1\n",
    ];
    for tool in Tool::ALL {
        for text in shallow.into_iter().chain(deep.iter().map(String::as_str)) {
            if !is_own(*tool, text) {
                let start: String = text.chars().take(60).collect();
                assert!(!is_clean(*tool, text.as_bytes()), "{tool} takes {start:?} for a clean report");
            }
        }
    }
}

#[test]
fn an_empty_file_is_unreadable_for_every_tool_and_an_empty_array_for_all_but_two() {
    for tool in Tool::ALL {
        assert_eq!(read(*tool, b"").unwrap_err().reason, "an empty file");
        assert!(read(*tool, b"\xef\xbb\xbf \n").unwrap_err().reason.contains("blanks"));
        let own = matches!(tool, Tool::Gitleaks | Tool::Ruff);
        assert_eq!(read(*tool, b"[]").is_ok(), own, "{tool}");
    }
}

#[test]
fn a_report_of_another_tool_is_read_by_none() {
    // SARIF is read whosever it is under its own id, and yarn 2 and 3 write what pnpm writes
    let same = |tool: Tool, name: &str| match tool {
        Tool::Sarif => name.ends_with(".sarif"),
        Tool::Semgrep => name.starts_with("sarif/"),
        Tool::YarnAudit => name.starts_with("pnpm-audit/"),
        Tool::PnpmAudit => name.starts_with("yarn-audit/berry3"),
        Tool::Gitleaks => name == "ruff/clean.json",
        Tool::Ruff => name == "gitleaks/clean.json",
        // any `path:number:text` is one, and a finding then
        Tool::Ripsecrets => name.starts_with("mypy/") || name.starts_with("tsc/"),
        _ => false,
    };
    let fixtures = all();
    let mut pairs = 0;
    for tool in Tool::ALL {
        for fixture in fixtures.iter().filter(|fixture| fixture.tool != *tool) {
            if same(*tool, &fixture.name) {
                assert!(*tool != Tool::Ripsecrets || !is_clean(*tool, &fixture.bytes), "{}", fixture.name);
                continue;
            }
            pairs += 1;
            assert!(read(*tool, &fixture.bytes).is_err(), "{tool} reads {}", fixture.name);
        }
    }
    assert!(pairs > 3500, "{pairs}");
}

#[test]
fn a_report_that_is_cut_off_is_never_clean() {
    let mut cuts = 0;
    for fixture in all() {
        for place in 0..20 {
            let cut = fixture.bytes.get(..fixture.bytes.len() * place / 20).unwrap();
            let whole = cut.trim_ascii_end() == fixture.bytes.trim_ascii_end();
            let between = ends_at_any_line(&fixture) && cut.ends_with(b"\n");
            if !whole && !between {
                cuts += 1;
                assert!(!is_clean(fixture.tool, cut), "{} cut to {} bytes", fixture.name, cut.len());
            }
        }
    }
    assert!(cuts > 2000, "{cuts}");
}

#[test]
fn small_clean_reports_are_not_clean_with_any_byte_less_at_their_end() {
    for fixture in all().iter().filter(|fixture| fixture.bytes.len() < 6000 && is_clean(fixture.tool, &fixture.bytes)) {
        let whole = fixture.bytes.trim_ascii_end().len();
        for end in 0..whole {
            let cut = fixture.bytes.get(..end).unwrap();
            let between = ends_at_any_line(fixture) && (cut.ends_with(b"\n") || cut.ends_with(b"end_of_record"));
            assert!(between || !is_clean(fixture.tool, cut), "{} cut to {end} bytes", fixture.name);
        }
    }
}

#[test]
fn what_is_not_utf_8_is_unreadable_and_a_byte_order_mark_is_passed_over() {
    for fixture in all() {
        let original = read(fixture.tool, &fixture.bytes);
        let marked = [b"\xef\xbb\xbf".as_slice(), &fixture.bytes].concat();
        if !fixture.bytes.is_empty() {
            assert_eq!(read(fixture.tool, &marked), original, "{} with a byte order mark", fixture.name);
        }
        let units: Vec<u16> = fixture.text().encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for wide in [[b"\xff\xfe".as_slice(), &little].concat(), [b"\xfe\xff".as_slice(), &big].concat(), little, big] {
            if !wide.is_empty() {
                let Unreadable { reason } = read(fixture.tool, &wide).unwrap_err();
                assert!(reason.contains("UTF-16"), "{}: {reason}", fixture.name);
            }
        }
        for place in 0..20 {
            let (before, after) = fixture.bytes.split_at(fixture.bytes.len() * place / 20);
            let broken = [before, b"\xff", after].concat();
            assert!(read(fixture.tool, &broken).is_err(), "{} with a broken byte", fixture.name);
        }
    }
}

#[test]
fn a_huge_or_negative_number_makes_no_report_clean_that_was_not() {
    let mut changed = 0;
    for fixture in all().iter().filter(|fixture| !is_clean(fixture.tool, &fixture.bytes)) {
        let text = fixture.text();
        let digits = |c: char| c.is_ascii_digit();
        for (at, number) in text.match_indices(digits).filter(|(at, _)| !text[..*at].ends_with(digits)).take(150) {
            let rest = text[at..].trim_start_matches(digits);
            for other in ["99999999999999999999999999", "18446744073709551615", "1e999", "-1", "0.5"] {
                let mutated = format!("{}{other}{rest}", &text[..at]);
                changed += 1;
                // how often a block was run may be any number
                if matches!(fixture.tool, Tool::Gocover | Tool::Istanbul) && other.starts_with('1') {
                    continue;
                }
                let clean = is_clean(fixture.tool, mutated.as_bytes());
                assert!(!clean, "{} with {other} for {number} at {at}", fixture.name);
            }
        }
    }
    assert!(changed > 5000, "{changed}");
}

#[test]
fn another_version_of_a_format_is_unreadable() {
    for (name, from, to) in [
        ("semgrep/findings.sarif", "\"version\":\"2.1.0\"", "\"version\":\"3.0.0\""),
        ("sarif/clean.sarif", "\"2.1.0\"", "\"1.0.0\""),
        ("gitleaks/clean.sarif", "\"2.1.0\"", "\"2.2.0\""),
        ("betterleaks/clean.json", "\"schema_version\": \"1\"", "\"schema_version\": \"2\""),
        ("kingfisher/clean.json", "repository-audit.v1", "repository-audit.v2"),
        ("detect-secrets/clean.json", "\"version\": \"1.5.0\"", "\"version\": \"0.14.3\""),
        ("npm-audit/none.json", "\"auditReportVersion\": 2", "\"auditReportVersion\": 3"),
        ("coverage-py/high.json", "\"format\": 3", "\"format\": 9"),
        ("llvm-cov/below.json", "\"version\": \"2.0.1\"", "\"version\": \"9.0.0\""),
    ] {
        refused(name, from, to);
    }
}

#[test]
fn a_report_about_nothing_is_unreadable() {
    for (name, from, to) in [
        ("semgrep/clean.json", "[\"src/clean.py\"]", "[]"),
        ("bandit/clean.json", "\"./src/clean.py\"", "\"_totals\""),
        ("betterleaks/clean.json", "\"bytes_scanned\": 6", "\"bytes_scanned\": 0"),
        (
            "kingfisher/clean.json",
            "\"blobs_scanned\":1,\"bytes_scanned\":6,\"scan_duration",
            "\"blobs_scanned\":0,\"scan_duration",
        ),
        ("kingfisher/clean.json", "\"scan_succeeded\":1", "\"scan_succeeded\":0"),
        ("npm-audit/none.json", "\"total\": 4", "\"total\": 0"),
        ("pnpm-audit/clean.json", "\"totalDependencies\": 4", "\"totalDependencies\": 0"),
        ("yarn-audit/classic-clean.jsonl", "\"totalDependencies\":4", "\"totalDependencies\":0"),
        ("cargo-audit/clean.json", "\"dependency-count\":1", "\"dependency-count\":0"),
        ("cargo-audit/clean.json", "\"advisory-count\":2", "\"advisory-count\":0"),
        (
            "eslint/clean.json",
            "\"messages\":[]",
            "\"messages\":[{\"ruleId\":null,\"severity\":1,\"message\":\"File ignored because of a matching ignore pattern.\"}]",
        ),
        ("jscpd/clean.json", "\"sources\": 1", "\"sources\": 0"),
        ("mypy/clean.txt", "1 source file", "0 source files"),
        ("jest/clean.json", "\"passed\"", "\"pending\""),
        ("type-coverage/above.txt", "(95 / 100)", "(0 / 0)"),
        ("detect-secrets/clean.json", "\"plugins_used\": [", "\"plugins_used\": [], \"_\": ["),
    ] {
        refused(name, from, to);
    }
}

#[test]
fn a_report_that_contradicts_itself_or_says_that_it_broke_is_unreadable() {
    for (name, from, to) in [
        ("semgrep/clean.json", "\"errors\":[]", "\"errors\":[{\"level\":\"error\"}]"),
        ("semgrep/clean.json", "\"errors\":[]", "\"errors\":[{}]"),
        ("semgrep/findings.sarif", "\"executionSuccessful\":true", "\"executionSuccessful\":false"),
        (
            "semgrep/findings.sarif",
            "\"toolExecutionNotifications\":[]",
            "\"toolExecutionNotifications\":[{\"level\":\"error\"}]",
        ),
        ("bandit/clean.json", "\"errors\": []", "\"errors\": [{\"filename\":\"a.py\",\"reason\":\"syntax error\"}]"),
        ("betterleaks/clean.json", "\"num_findings\": 0", "\"num_findings\": 3"),
        ("kingfisher/clean.json", "\"scan_failed\":0", "\"scan_failed\":1"),
        ("kingfisher/clean.json", "\"summary\":{\"findings\":0", "\"summary\":{\"findings\":2"),
        ("npm-audit/none.json", "\"critical\": 0", "\"critical\": 1"),
        ("npm-audit/findings.json", "\"critical\": 2", "\"critical\": 0"),
        ("npm-audit/none.json", "\"auditReportVersion\"", "\"error\":{\"summary\":\"boom\"},\"auditReportVersion\""),
        ("yarn-audit/classic-clean.jsonl", "\"critical\":0", "\"critical\":4"),
        ("pip-audit/clean.json", "\"vulns\": []", "\"skip_reason\": \"not found\""),
        ("cargo-audit/clean.json", "\"found\":false", "\"found\":true"),
        ("cargo-audit/findings.json", "\"count\":1", "\"count\":0"),
        ("coverage-py/below-branch.json", "\"totals\": {\"covered_lines\": 8", "\"totals\": {\"covered_lines\": 32"),
        ("junit/pytest-pass.xml", "<testcase", "<system-out"),
        ("jest/clean.json", "\"success\": true", "\"success\": false"),
        ("jest/clean.json", "\"numTotalTests\": 1", "\"numTotalTests\": 2"),
        ("eslint/clean.json", "\"errorCount\":0", "\"errorCount\":2"),
        ("jscpd/findings.json", "\"duplicatedLines\": 13,\n      \"dup", "\"duplicatedLines\": 0,\n      \"dup"),
        ("clippy/clean.jsonl", "{\"reason\":\"build-finished\",\"success\":true}\n", ""),
        ("clippy/clean.jsonl", "\"success\":true", "\"success\":false"),
        ("lcov/exact.info", "LH:8", "LH:11"),
        ("jacoco/above.xml", "type=\"LINE\"", "type=\"ROW\""),
        ("gocover/duplicate-blocks.out", "5.2 1 3", "5.2 9 3"),
        (
            "lizard/findings.txt",
            "        33       5.3     3.2       26.3        6",
            "        33       5.3     3.2       26.3        7",
        ),
    ] {
        refused(name, from, to);
    }
}

#[test]
fn a_reason_is_one_short_lower_case_line() {
    for tool in Tool::ALL {
        for fixture in all() {
            let Err(Unreadable { reason }) = read(*tool, &fixture.bytes) else { continue };
            let first = reason.chars().next().unwrap();
            let starts_well =
                !first.is_uppercase() || ["SARIF", "XML", "UTF-16"].iter().any(|name| reason.starts_with(name));
            assert!(
                starts_well && !reason.contains('\n') && reason.chars().count() < 400,
                "{tool}, {}: {reason}",
                fixture.name
            );
        }
    }
}

#[test]
fn every_tool_has_a_report_that_is_read() {
    for tool in Tool::ALL {
        let read: Vec<Report> = of(*tool).iter().filter_map(|fixture| read(*tool, &fixture.bytes).ok()).collect();
        assert!(!read.is_empty(), "{tool}");
        assert!(read.iter().all(|report| report.tool == *tool));
    }
}

/// A report with each `from` put as `to` must be unreadable.
fn refused(name: &str, from: &str, to: &str) {
    let text = String::from_utf8(load(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    let answer = read(crate::fixtures::tool_of(name), text.replace(from, to).as_bytes());
    assert!(answer.is_err(), "{name} with {to}: {answer:?}");
}
