//! Reads JUnit's XML. Test cases are counted, and set against what the suites say: the worse of both counts. `errors`, as of
//! a module that did not load, count as much as failures; a run in which nothing ran says nothing. Messages are not shown.

use super::figures::{Tests, sum};
use super::taken::{self, Found};
use super::xml::{self, Element, Node};
use super::{Report, Tool, Unreadable};

/// The test case that is open.
#[derive(Default)]
struct Case {
    name: String,
    class: String,
    file: Option<String>,
    line: Option<u64>,
    outcome: Outcome,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    #[default]
    Passed,
    Skipped,
    Failed,
    Error,
}

#[derive(Default)]
struct Run {
    counted: Tests,
    /// What the outermost suites say together.
    suites: Tests,
    /// What the root says, where it is `testsuites`.
    root: Tests,
    case: Option<Case>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut run = Run::default();
    let mut report = Report::new(Tool::Junit);
    xml::walk("junit", &["testsuites", "testsuite"], text, &mut |parents, node| match node {
        Node::Open(element) => open(&mut run, parents, &element),
        Node::Close if parents.last().is_some_and(|name| name == "testcase") => close(&mut run, &mut report),
        Node::Close | Node::Text(_) => Ok(()),
    })?;
    let worse = |of: fn(&Tests) -> u64| of(&run.counted).max(of(&run.suites)).max(of(&run.root));
    let tests = Tests {
        total: worse(|tests| tests.total),
        failed: worse(|tests| tests.failed),
        errors: worse(|tests| tests.errors),
        skipped: worse(|tests| tests.skipped),
    };
    // of tests that are told of but not listed, nobody knows how they came out
    if run.counted.total == 0 && tests.total > 0 && tests.failed == 0 && tests.errors == 0 {
        return Unreadable::err(format!("the suites tell of {} tests and list none", tests.total));
    }
    report.figures.tests = Some(tests.require_some()?);
    report.scanned = Some(tests.total);
    Ok(report)
}

fn open(run: &mut Run, parents: &[String], element: &Element<'_>) -> Result<(), Unreadable> {
    match element.name().as_ref() {
        "testsuites" if parents.is_empty() => run.root = said(element)?,
        "testsuite" if !parents.iter().any(|parent| parent == "testsuite") => {
            let suite = said(element)?;
            let suites = &mut run.suites;
            *suites = Tests {
                total: sum(suites.total, suite.total)?,
                failed: sum(suites.failed, suite.failed)?,
                errors: sum(suites.errors, suite.errors)?,
                skipped: sum(suites.skipped, suite.skipped)?,
            };
        }
        "testcase" => {
            let status = element.text("status")?;
            let skipped = matches!(status.as_deref(), Some("notrun" | "skipped" | "disabled"));
            run.case = Some(Case {
                name: element.text("name")?.unwrap_or_default(),
                class: element.text("classname")?.unwrap_or_default(),
                file: element.text("file")?,
                line: element.text("line")?.and_then(|line| line.trim().parse().ok()),
                outcome: if skipped { Outcome::Skipped } else { Outcome::Passed },
            });
        }
        name if parents.last().is_some_and(|parent| parent == "testcase") => {
            let outcome = match name {
                "failure" => Outcome::Failed,
                "error" => Outcome::Error,
                "skipped" => Outcome::Skipped,
                _ => return Ok(()),
            };
            if let Some(case) = &mut run.case {
                case.outcome = case.outcome.max(outcome);
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a suite says of itself.
fn said(element: &Element<'_>) -> Result<Tests, Unreadable> {
    let count = |name| element.count(name).map(Option::unwrap_or_default);
    let skipped = sum(count("skipped")?, count("disabled")?)?;
    Ok(Tests { total: count("tests")?, failed: count("failures")?, errors: count("errors")?, skipped })
}

fn close(run: &mut Run, report: &mut Report) -> Result<(), Unreadable> {
    let Some(case) = run.case.take() else { return Ok(()) };
    let counted = &mut run.counted;
    counted.total = sum(counted.total, 1)?;
    let id = match case.outcome {
        Outcome::Passed => return Ok(()),
        Outcome::Skipped => {
            counted.skipped = sum(counted.skipped, 1)?;
            return Ok(());
        }
        Outcome::Failed => {
            counted.failed = sum(counted.failed, 1)?;
            "test-failed"
        }
        Outcome::Error => {
            counted.errors = sum(counted.errors, 1)?;
            "test-error"
        }
    };
    let name = if case.class.is_empty() { case.name } else { format!("{}.{}", case.class, case.name) };
    let severity = Some(crate::finding::Severity::High);
    let file = case.file.as_deref();
    let found =
        Found { id, title: &taken::line(&name), severity, file, line: case.line, value: &name, ..Found::default() };
    report.findings.push(found.take());
    Ok(())
}
