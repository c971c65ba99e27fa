//! Every row of the verdict files: readable or not, pass or fail, and every count that the row names.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use wfo_gate::Severity;
use wfo_gate::report::{Ratio, Report, Tool, read};

use crate::{fixtures, judged};

fn rows(file: &str) -> Map<String, Value> {
    let mut value: Value = serde_json::from_slice(&fixtures::load(file)).unwrap();
    let Value::Object(rows) = value["files"].take() else { panic!("no rows") };
    rows
}

#[test]
fn every_report_is_judged_as_its_row_says_and_counts_what_its_row_counts() {
    let mut wrong = Vec::new();
    let mut rows_and_figures = (0, 0);
    for (name, row) in rows("verdicts.json").into_iter().chain(rows("verdicts-more.json")) {
        let tool = fixtures::tool_of(&name);
        let answer = read(tool, &fixtures::load(&name));
        let verdict = match &answer {
            Err(_) => "error",
            Ok(report) if judged::passes(report) => "pass",
            Ok(_) => "fail",
        };
        rows_and_figures.0 += 1;
        if row["expected"] != verdict {
            wrong.push(format!("{name}: {verdict}, not {}: {answer:?}", row["expected"]));
        }
        let Ok(report) = answer else { continue };
        for (key, expected) in row.as_object().unwrap() {
            if matches!(key.as_str(), "gate" | "expected" | "trap") {
                continue;
            }
            rows_and_figures.1 += 1;
            if key == "function" {
                let function = report.figures.most_complex().map(|function| function.function.clone());
                assert_eq!(function.as_deref(), expected.as_str(), "{name}");
                continue;
            }
            let figure = figure(&report, row["gate"].as_str().unwrap(), key);
            if figure.is_none_or(|figure| (figure - expected.as_f64().unwrap()).abs() > 1e-9) {
                wrong.push(format!("{name}: {key} is {figure:?}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows_and_figures.0 >= 125 && rows_and_figures.1 >= 160, "{rows_and_figures:?}");
}

#[test]
fn every_report_file_has_its_row_and_every_tool_its_report() {
    let rows: BTreeSet<String> =
        rows("verdicts.json").into_iter().chain(rows("verdicts-more.json")).map(|row| row.0).collect();
    // the text of lizard is in no row: see the next test
    let files: BTreeSet<String> =
        fixtures::all().into_iter().map(|fixture| fixture.name).filter(|name| name != "lizard/findings.txt").collect();
    assert_eq!(files, rows);
    for tool in Tool::ALL {
        assert!(!fixtures::of(*tool).is_empty(), "no report of {tool}");
        assert_eq!(Tool::from_id(tool.id()), Some(*tool));
    }
}

#[test]
fn lizard_tells_the_same_functions_in_each_of_its_formats() {
    let of = |name: &str| read(Tool::Lizard, &fixtures::load(name)).unwrap().figures.complexity;
    let csv = of("lizard/findings.csv");
    assert_eq!(of("lizard/findings.txt"), csv);
    assert_eq!(of("lizard/findings.xml"), csv);
}

#[test]
fn istanbul_tells_the_same_figures_in_each_of_its_formats() {
    let of = |name: &str| read(Tool::Istanbul, &fixtures::load(name)).unwrap().figures;
    let (summary, whole) = (of("istanbul/below.json"), of("istanbul/final-below.json"));
    assert_eq!((summary.lines, summary.statements), (whole.lines, whole.statements));
    assert_eq!((summary.functions, summary.branches), (whole.functions, whole.branches));
}

#[test]
fn lines_of_files_are_the_same_in_each_format_of_one_run() {
    let of = |tool: Tool, name: &str| {
        let report = read(tool, &fixtures::load(name)).unwrap();
        let mut lines: Vec<(String, u32, bool)> = Vec::new();
        for file in report.figures.files {
            let name = file.file.trim_start_matches("src/").to_owned();
            lines.extend(file.spans.iter().map(|span| (name.clone(), span.first, span.hit)));
        }
        lines.sort();
        lines
    };
    let json = of(Tool::CoveragePy, "coverage-py/below-branch.json");
    assert_eq!(json.len(), 32);
    assert_eq!(of(Tool::Lcov, "lcov/below-branch.info"), json);
    assert_eq!(of(Tool::Cobertura, "cobertura/below-branch.xml"), json);
}

/// What a row's key means for the report of its gate.
fn figure(report: &Report, gate: &str, key: &str) -> Option<f64> {
    let figures = &report.figures;
    let severity = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
    let percent = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.part as f64 * 100.0 / ratio.whole as f64);
    let counted = figures.coverage().or(figures.types);
    let count = match (gate, key) {
        ("coverage", "lines") => return percent(figures.lines),
        ("coverage", "statements") => return percent(figures.statements.or(figures.lines)),
        ("coverage", "branches") => return percent(figures.branches),
        ("coverage", "percent_covered") => {
            let lines = figures.lines?;
            return percent(figures.branches.map_or(Some(lines), |branches| lines.plus(branches)));
        }
        ("duplication", "percentage") => return Some((percent(figures.duplication)? * 100.0).round() / 100.0),
        (_, "lines_hit" | "covered") => counted?.part,
        (_, "lines_found" | "valid" | "total") => counted?.whole,
        (_, "missed") => counted?.whole - counted?.part,
        (_, "branches_hit") => figures.branches?.part,
        (_, "branches_found") => figures.branches?.whole,
        ("dependencies", "critical") => {
            figures.packages.map_or(severity(Severity::Critical), |packages| packages.critical)
        }
        ("dependencies", "moderate") => {
            figures.packages.map_or(severity(Severity::Medium), |packages| packages.moderate)
        }
        ("dependencies", "packages") => match figures.packages {
            Some(packages) => packages.total(),
            None => report.findings.iter().map(|one| one.title.split(':').next()).collect::<BTreeSet<_>>().len() as u64,
        },
        ("dependencies", "vulns") => figures.levels.map_or(report.findings.len() as u64, |levels| levels.errors),
        ("dependencies" | "lint", "warnings") => figures.levels?.warnings,
        ("dependencies", "fixable") => figures.fixable?,
        ("dependencies", "dependencies") => report.scanned?,
        ("dependencies", "advisories") | ("secrets", "count") => report.findings.len() as u64,
        ("secrets", "files") => report.findings.iter().map(|one| &one.file).collect::<BTreeSet<_>>().len() as u64,
        ("secrets", "lines") => {
            report.findings.iter().map(|one| (&one.file, one.line)).collect::<BTreeSet<_>>().len() as u64
        }
        ("sast", "error" | "high") => severity(Severity::High),
        ("sast", "warning" | "medium") => severity(Severity::Medium),
        ("sast", "low") => severity(Severity::Low),
        ("sast", "info" | "note") => severity(Severity::Info),
        ("tests", "tests") => figures.tests?.total,
        ("tests", "failures") => figures.tests?.failed,
        ("tests", "errors") => figures.tests?.errors,
        ("tests", "skipped") => figures.tests?.skipped,
        ("tests", "passed") => {
            let tests = figures.tests?;
            tests.total - tests.failed - tests.errors - tests.skipped
        }
        ("lint", "errors") => figures.levels?.errors,
        ("lint", "fatal") => figures.levels?.fatal,
        ("complexity", "max") => figures.most_complex()?.ccn,
        ("complexity", "over") => figures.complexity.iter().filter(|function| function.ccn > 10).count() as u64,
        ("bundle", "bytes") => figures.bundles.iter().map(|bundle| bundle.bytes).sum(),
        other => panic!("no figure for {other:?}"),
    };
    Some(count as f64)
}
