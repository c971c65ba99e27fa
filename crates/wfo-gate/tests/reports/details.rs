//! What single formats have of their own, beyond the reports of the fixtures.

use wfo_gate::Severity;
use wfo_gate::report::figures::Tests;
use wfo_gate::report::{Ratio, Tool, read};

#[test]
fn a_line_of_a_compiler_or_linter_gives_place_rule_and_level() {
    let place = |tool: Tool, text: &str| {
        let report = read(tool, text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let one = report.findings.into_iter().next().unwrap();
        (one.file.unwrap_or_default(), one.line, one.column, one.id)
    };
    for (tool, text, file, line, column, id) in [
        (Tool::Tsc, "src/a.ts(1,14): error TS2322: Bad.\n", "src/a.ts", Some(1), Some(14), "TS2322"),
        (
            Tool::Tsc,
            "src/(group)/a b.ts(3,4): error TS1: Bad.\r\n  more\r\n",
            "src/(group)/a b.ts",
            Some(3),
            Some(4),
            "TS1",
        ),
        (Tool::Tsc, "src/a.ts:1:14 - error TS2322: Bad.\n", "src/a.ts", Some(1), Some(14), "TS2322"),
        (Tool::Tsc, "error TS18003: No inputs were found.\n", "", None, None, "TS18003"),
        (Tool::Mypy, "a.py:3: error: Bad  [misc]\n", "a.py", Some(3), None, "misc"),
        (Tool::Mypy, "a.py:3:7: error: Bad: worse  [attr-defined]\n", "a.py", Some(3), Some(7), "attr-defined"),
        (Tool::Mypy, "a.py:3:7:3:9: error: Bad\n", "a.py", Some(3), Some(7), "mypy"),
        (Tool::Mypy, "C:\\a.py:3: error: Bad  [misc]\n", "C:/a.py", Some(3), None, "misc"),
        (Tool::Mypy, "pyproject.toml: error: Bad  [misc]\n", "pyproject.toml", None, None, "misc"),
        (Tool::Ripsecrets, "a:b.env:12:x=1:2:3\n", "a:b.env", Some(12), None, "ripsecrets"),
    ] {
        assert_eq!(place(tool, text), (file.to_owned(), line, column, id.to_owned()), "{text}");
    }
}

#[test]
fn mypy_is_clean_only_with_its_own_last_words() {
    for (text, readable) in [
        ("Success: no issues found in 3 source files\n", true),
        ("a.py:1: note: By default ...\nSuccess: no issues found in 1 source file\n", true),
        ("a.py:1: note: By default ...\n", false),
        ("Traceback:\nSuccess: no issues found in 1 source file\n", false),
        ("Success: no issues found in 1 source file\nINTERNAL ERROR\n", false),
        ("a.py:1: error: Bad  [misc]\nSuccess: no issues found in 1 source file\n", false),
        ("a.py:1: error: Bad  [misc]\nFound 2 errors in 1 file (checked 1 source file)\n", false),
        ("Found 2 errors in 1 file (checked 1 source file)\n", false),
    ] {
        assert_eq!(read(Tool::Mypy, text.as_bytes()).is_ok(), readable, "{text}");
    }
}

#[test]
fn junit_takes_the_worse_of_what_is_counted_and_what_is_said() {
    let tests = |total, failed, errors, skipped| Some(Tests { total, failed, errors, skipped });
    let case = "<testcase name='a'/>";
    for (text, expected) in [
        (format!("<testsuite>{case}{case}</testsuite>"), tests(2, 0, 0, 0)),
        (format!("<testsuite tests='2' failures='1'>{case}{case}</testsuite>"), tests(2, 1, 0, 0)),
        ("<testsuite tests='1'><testcase name='a'><failure/></testcase></testsuite>".to_owned(), tests(1, 1, 0, 0)),
        ("<testsuite><testcase name='a'><failure/><error/></testcase></testsuite>".to_owned(), tests(1, 0, 1, 0)),
        (format!("<testsuites errors='1'><testsuite>{case}</testsuite></testsuites>"), tests(1, 0, 1, 0)),
        (
            format!(
                "<testsuites><testsuite tests='1'>{case}</testsuite><testsuite tests='1' failures='1'>{case}</testsuite></testsuites>"
            ),
            tests(2, 1, 0, 0),
        ),
        (
            format!(
                "<testsuite tests='2' failures='1'><testsuite tests='2' failures='1'>{case}<testcase name='b'><failure/></testcase></testsuite></testsuite>"
            ),
            tests(2, 1, 0, 0),
        ),
        (format!("<testsuite>{case}<testcase name='b' status='notrun'/></testsuite>"), tests(2, 0, 0, 1)),
        ("<testsuite tests='1'><testcase name='a'><skipped/></testcase></testsuite>".to_owned(), None),
        ("<testsuite tests='5'/>".to_owned(), None),
        (format!("<testsuite tests='five'>{case}</testsuite>"), None),
        (format!("<testsuite tests='-1'>{case}</testsuite>"), None),
        (format!("<testsuite>{case}</testsuite><testsuite/>"), None),
        (format!("<testsuite>{case}"), None),
        (format!("<testsuite>{case}</testsuites>"), None),
        (format!("words<testsuite>{case}</testsuite>"), None),
    ] {
        let read = read(Tool::Junit, text.as_bytes()).ok().and_then(|report| report.figures.tests);
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn coverage_counts_what_the_format_means() {
    let ratio = |part, whole| Ratio::new(part, whole);
    for (tool, text, expected) in [
        (Tool::Lcov, "TN:\nSF:a\nDA:1,0\nDA:2,5\nend_of_record\n", ratio(1, 2)),
        (Tool::Lcov, "SF:a\nLF:4\nLH:3\nend_of_record\nSF:b\nLF:6\nLH:5\nend_of_record\n", ratio(8, 10)),
        (Tool::Lcov, "SF:a\nLF:4\nend_of_record\n", None),
        (Tool::Lcov, "SF:a\nSF:b\nLF:4\nLH:4\nend_of_record\n", None),
        (Tool::Lcov, "SF:a\nLF:18446744073709551615\nLH:0\nend_of_record\nSF:b\nLF:1\nLH:1\nend_of_record\n", None),
        (Tool::Gocover, "mode: set\na.go:1.1,2.2 3 1\nmode: set\na.go:1.1,2.2 3 0\n", ratio(3, 3)),
        (Tool::Gocover, "mode: set\na.go:1.1,2.2 3 1\nmode: count\n", None),
        (Tool::Gocover, "mode: set\na.go:1.1,2.2 3\n", None),
        (
            Tool::Cobertura,
            "<coverage><class filename='a'><lines><line number='1' hits='2'/><line number='1' hits='0'/><line number='2' hits='0'/></lines></class></coverage>",
            ratio(1, 2),
        ),
        (Tool::Cobertura, "<coverage lines-valid='2' lines-covered='3'/>", None),
        (Tool::Cobertura, "<coverage lines-valid='2'/>", None),
        (Tool::Cobertura, "<coverage generated='1'><project/></coverage>", None),
        (
            Tool::Jacoco,
            "<report><group><counter type='LINE' missed='0' covered='9'/></group><counter type='LINE' missed='1' covered='1'/></report>",
            ratio(1, 2),
        ),
        (Tool::Jacoco, "<report><group><counter type='LINE' missed='0' covered='9'/></group></report>", None),
        (
            Tool::Jacoco,
            "<report><counter type='LINE' missed='1' covered='1'/><counter type='LINE' missed='0' covered='1'/></report>",
            None,
        ),
    ] {
        let read = read(tool, text.as_bytes()).ok().and_then(|report| report.figures.coverage());
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn a_cargo_build_counts_only_when_cargo_says_that_it_finished() {
    let message = |level: &str, code: &str| {
        format!(
            "{{\"reason\":\"compiler-message\",\"package_id\":\"p\",\"message\":{{\"message\":\"m {code}\",\"level\":\"{level}\",\"code\":{{\"code\":\"{code}\"}},\"spans\":[]}}}}\n"
        )
    };
    let end = |success: bool| format!("{{\"reason\":\"build-finished\",\"success\":{success}}}\n");
    let levels = |text: String| {
        read(Tool::Clippy, text.as_bytes())
            .ok()
            .and_then(|report| report.figures.levels)
            .map(|levels| (levels.errors, levels.warnings))
    };
    assert_eq!(levels(message("warning", "a") + &end(true)), Some((0, 1)));
    assert_eq!(
        levels(message("warning", "a") + &message("warning", "a") + &end(true)),
        Some((0, 1)),
        "told twice is found once"
    );
    assert_eq!(levels(message("error", "a") + &end(false)), Some((1, 0)));
    assert_eq!(levels(message("warning", "a") + &end(false)), None, "a build that failed has an error");
    assert_eq!(levels(message("strange", "a") + &end(true)), Some((1, 0)));
    assert_eq!(levels(message("warning", "a")), None);
    assert_eq!(levels("   Compiling sample v0.1.0\n".to_owned() + &end(true)), None);
}

#[test]
fn vulnerabilities_get_the_severity_that_can_be_computed_and_else_none() {
    let text = String::from_utf8(crate::fixtures::load("cargo-audit/findings.json")).unwrap();
    let vector = "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"";
    for (other, severity) in [
        (vector, Severity::Critical),
        ("\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L\"", Severity::Medium),
        ("\"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\"", Severity::Unknown),
        ("null", Severity::Unknown),
        ("\"nonsense\"", Severity::Unknown),
    ] {
        let report = read(Tool::CargoAudit, text.replace(vector, other).as_bytes()).unwrap();
        assert_eq!(report.findings.first().unwrap().severity, severity, "{other}");
    }
    let osv = String::from_utf8(crate::fixtures::load("osv-scanner/findings.json")).unwrap();
    for (score, severity) in
        [("\"9.8\"", Severity::Critical), ("\"\"", Severity::Critical), ("\"4.0\"", Severity::Medium)]
    {
        let text = osv.replace("\"max_severity\": \"9.8\"", &format!("\"max_severity\": {score}"));
        assert_eq!(
            read(Tool::OsvScanner, text.as_bytes()).unwrap().findings.first().unwrap().severity,
            severity,
            "{score}"
        );
    }
    let bare = osv
        .replace("\"max_severity\": \"9.8\"", "\"max_severity\": \"\"")
        .replace("CVSS:3.1/", "CVSS:9/")
        .replace("\"CRITICAL\"", "\"?\"");
    assert_eq!(read(Tool::OsvScanner, bare.as_bytes()).unwrap().findings.first().unwrap().severity, Severity::Unknown);
}

#[test]
fn a_package_that_was_skipped_leaves_pip_audit_without_a_verdict_unless_it_is_the_project() {
    let text = |reason: &str| {
        format!(
            r#"{{"dependencies":[{{"name":"a","version":"1","vulns":[]}},{{"name":"b","skip_reason":"{reason}"}}],"fixes":[]}}"#
        )
    };
    let reason = read(Tool::PipAudit, text("not on PyPI").as_bytes()).unwrap_err().reason;
    assert_eq!(reason, "1 of 2 dependencies were not audited (b first), beside 0 vulnerabilities");
    let report = read(Tool::PipAudit, text("distribution marked as editable").as_bytes()).unwrap();
    assert_eq!((report.scanned, report.notes.len()), (Some(1), 1));
}

#[test]
fn an_advisory_that_many_packages_lead_to_is_found_once() {
    let report = read(Tool::NpmAudit, &crate::fixtures::load("npm-audit/findings.json")).unwrap();
    let ids: Vec<&str> = report.findings.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["GHSA-dddd-eeee-ffff", "GHSA-aaaa-bbbb-cccc"]);
    let reason = read(Tool::NpmAudit, &crate::fixtures::load("npm-audit/no-lockfile.json")).unwrap_err().reason;
    assert_eq!(reason, "npm-audit answers with an error: This command requires an existing lockfile.");
}
