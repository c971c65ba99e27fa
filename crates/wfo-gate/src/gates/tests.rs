//! The built-in tables, the rules of a row, and what a repository may change.

#![allow(clippy::unwrap_used, reason = "a test may")]
use super::*;

fn gate(yaml: &str) -> Result<GateRow, String> {
    let row: GateRow = wfo_base::yaml::parse(yaml).map_err(|fault| fault.message)?;
    row.check().map(|()| row)
}

const SECURITY: &str = "{name: security, checks: [{name: sast, kind: findings, max: 0, severity: high, tools: [semgrep, {id: bandit, languages: [python]}], languages: [python]}, {name: coverage, kind: coverage, min: 80, tools: [lcov]}], approvals: [a, b]}";

#[test]
fn every_gate_of_the_built_in_table_can_be_read() {
    let rows: Vec<GateRow> = serde_json::from_str(wfo_base::tables::built_in::GATES).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["security", "quality", "schema", "research", "ship", "commit"]);
    let lists: Vec<ChecklistRow> = serde_json::from_str(wfo_base::tables::built_in::CHECKLISTS).unwrap();
    for row in &rows {
        row.check().unwrap();
        for approval in &row.approvals {
            assert!(lists.iter().any(|list| list.id == *approval), "{approval}");
        }
    }
    for list in &lists {
        list.check().unwrap();
    }
    assert_eq!(lists.first().unwrap().items.len(), 10);
}

#[test]
fn a_row_that_could_never_fail_or_never_pass_is_refused() {
    for (row, word) in [
        ("{name: x}", "always pass"),
        ("{name: x, checks: [{name: c, kind: lint, max: 0, tools: [ruff], required: false}]}", "requires nothing"),
        ("{name: X, approvals: [a]}", "no name"),
        ("{name: ../x, approvals: [a]}", "no name"),
        ("{name: x, checks: [{name: c, kind: lint, max: 0, tools: []}]}", "reads no tool"),
        ("{name: x, checks: [{name: c, kind: lint, max: 0, tools: [nose]}]}", "is not one of"),
        ("{name: x, checks: [{name: c, kind: lint, min: 0, tools: [ruff]}]}", "needs `max`"),
        ("{name: x, checks: [{name: c, kind: coverage, max: 80, tools: [lcov]}]}", "needs `min`"),
        ("{name: x, checks: [{name: c, kind: coverage, tools: [lcov]}]}", "needs `min`"),
        ("{name: x, checks: [{name: c, kind: lint, max: 0.5, tools: [ruff]}]}", "whole number"),
        ("{name: x, checks: [{name: c, kind: lint, max: -1, tools: [ruff]}]}", "not a number"),
        ("{name: x, checks: [{name: c, kind: lint, max: .inf, tools: [ruff]}]}", "not a number"),
        ("{name: x, checks: [{name: c, kind: lint, max: 0, tools: [ruff], severity: unknown}]}", "severity"),
        (
            "{name: x, checks: [{name: c, kind: lint, max: 0, tools: [ruff]}, {name: c, kind: lint, max: 0, tools: [ruff]}]}",
            "twice",
        ),
        ("{name: x, checks: [{name: c, kind: lint, max: 0, tools: [ruff], maximum: 3}]}", "unknown field"),
    ] {
        let fault = gate(row).unwrap_err();
        assert!(fault.contains(word), "{row}: {fault}");
    }
    assert_eq!(
        gate("{name: x, checks: [{name: c, kind: coverage, min: 79.5, tools: [lcov]}]}").unwrap().checks[0]
            .limit()
            .to_string(),
        "79.5"
    );
}

#[test]
fn a_repository_may_tighten_a_gate_and_loosen_nothing() {
    let old = gate(SECURITY).unwrap();
    assert!(stricter_gate(None, &old) && stricter_gate(Some(&old), &old));
    for (from, to, may) in [
        ("min: 80", "min: 90", true),
        ("min: 80", "min: 79.999999", false),
        ("max: 0", "max: 1", false),
        ("severity: high", "severity: medium", true),
        ("severity: high", "severity: critical", false),
        ("[semgrep, {id: bandit, languages: [python]}]", "[semgrep]", true),
        ("[semgrep, ", "[sarif, semgrep, ", false),
        ("{id: bandit, languages: [python]}", "bandit", false),
        ("{id: bandit, languages: [python]}", "{id: bandit, languages: [python], severity: critical}", false),
        ("{id: bandit, languages: [python]}", "{id: bandit, languages: [python, go]}", false),
        ("languages: [python]}, {name: coverage", "languages: [python, go]}, {name: coverage", true),
        ("languages: [python]}, {name: coverage", "languages: [go]}, {name: coverage", false),
        ("tools: [lcov]}", "tools: [lcov], required: false}", false),
        ("tools: [lcov]}", "tools: [lcov], when: [x]}", false),
        (", {name: coverage, kind: coverage, min: 80, tools: [lcov]}", "", false),
        ("approvals: [a, b]", "approvals: [a, b, c]", true),
        ("approvals: [a, b]", "approvals: [a]", false),
    ] {
        let text = SECURITY.replacen(from, to, 1);
        assert_ne!(text, SECURITY, "{from}");
        assert_eq!(stricter_gate(Some(&old), &gate(&text).unwrap()), may, "{to}");
    }
}

#[test]
fn a_repository_may_add_items_to_a_checklist_and_take_none() {
    let list = |holds, ids: &[&str]| ChecklistRow {
        id: "l".into(),
        title: "t".into(),
        holds,
        items: ids.iter().map(|id| Item { id: (*id).into(), part: None, text: (*id).into() }).collect(),
    };
    let old = list(Holds::Project, &["a", "b"]);
    assert!(keeps_all(None, &old) && keeps_all(Some(&old), &list(Holds::Content, &["c", "b", "a"])));
    assert!(!keeps_all(Some(&old), &list(Holds::Project, &["a"])));
    assert!(!keeps_all(Some(&list(Holds::Content, &["a"])), &list(Holds::Project, &["a"])));
}
