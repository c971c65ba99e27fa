//! Reads jest's `--json` (and vitest's, which has its shape). A suite that did not load counts as an error; messages are not
//! shown, as they quote values.

use serde::Deserialize;

use super::figures::Tests;
use super::json::{self, or_default};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    num_total_tests: u64,
    num_passed_tests: u64,
    num_failed_tests: u64,
    num_pending_tests: u64,
    #[serde(default)]
    num_todo_tests: u64,
    #[serde(default)]
    num_runtime_error_test_suites: u64,
    success: bool,
    #[serde(default)]
    was_interrupted: bool,
    test_results: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    #[serde(default)]
    name: String,
    status: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    assertion_results: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    #[serde(default)]
    full_name: String,
    status: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("jest", text)?;
    if document.was_interrupted {
        return Unreadable::err("the test run was interrupted");
    }
    let mut report = Report::new(Tool::Jest);
    let (mut failed, mut broken, mut passed, mut listed) = (0, 0, 0, 0_u64);
    for suite in &document.test_results {
        listed += suite.assertion_results.len() as u64;
        passed += suite.assertion_results.iter().filter(|case| case.status == "passed").count() as u64;
        let cases = suite.assertion_results.iter().filter(|case| case.status == "failed");
        let before = report.findings.len();
        report.findings.extend(cases.map(|case| take("test-failed", &case.full_name, &suite.name)));
        failed += (report.findings.len() - before) as u64;
        if suite.status.as_deref() == Some("failed") && report.findings.len() == before {
            broken += 1;
            report.findings.push(take("test-error", "a suite that did not run", &suite.name));
        }
    }
    let skipped = document.num_pending_tests.saturating_add(document.num_todo_tests);
    let tests = Tests {
        total: document.num_total_tests,
        failed: document.num_failed_tests.max(failed),
        errors: document.num_runtime_error_test_suites.max(broken),
        skipped,
    };
    if document.success == (tests.failed > 0 || tests.errors > 0) {
        let says = if document.success { "succeeded" } else { "failed" };
        return Unreadable::err(format!("the run says that it {says}, with {} failed tests", tests.failed));
    }
    let told = document.num_passed_tests.saturating_add(document.num_failed_tests).saturating_add(skipped);
    if told != tests.total || listed != tests.total || passed != document.num_passed_tests {
        return Unreadable::err(format!(
            "the run counts {} tests, tells of {told}, and lists {listed} of which {passed} passed",
            tests.total
        ));
    }
    report.figures.tests = Some(tests.require_some()?);
    report.scanned = Some(tests.total);
    Ok(report)
}

fn take(id: &str, name: &str, file: &str) -> crate::finding::Finding {
    let severity = Some(Severity::High);
    Found { id, title: name, severity, file: Some(file), value: name, ..Found::default() }.take()
}
