//! Verdicts of checks and gates, by kind.

#![allow(clippy::unwrap_used, reason = "a test may")]
use super::*;
use crate::report::read;
use wfo_base::tables::Row as _;

fn gate(yaml: &str) -> GateRow {
    let row: GateRow = wfo_base::yaml::parse(yaml).unwrap();
    row.check().unwrap();
    row
}

fn given(tool: Tool, text: &str) -> Given {
    let report = read(tool, text.as_bytes()).map_err(|error| error.reason);
    Given { tool, file: format!("{tool}.report"), before: false, report }
}

fn lcov(hit: u64, found: u64) -> Given {
    let lines: String = (1..=found).map(|line| format!("DA:{line},{}\n", u64::from(line <= hit))).collect();
    given(Tool::Lcov, &format!("TN:\nSF:src/a.js\n{lines}LF:{found}\nLH:{hit}\nend_of_record\n"))
}

struct World {
    project: Project,
    waivers: Waivers,
    changed: Result<Changed, String>,
    baseline: Option<std::collections::BTreeSet<String>>,
}

impl World {
    fn new() -> Self {
        Self { project: Project::default(), waivers: Waivers::default(), changed: Err("no".into()), baseline: None }
    }

    fn judge(&self, gate: &GateRow, given: &[Given]) -> Judgement {
        let facts = Facts {
            project: &self.project,
            waivers: &self.waivers,
            baseline: self.baseline.as_ref(),
            changed: Some(&self.changed),
            checklists: &[],
            approvals: &[],
            content: Some("c"),
            lacks: &[],
        };
        judge(gate, given, &facts)
    }

    fn verdict(&self, gate: &GateRow, given: &[Given]) -> Verdict {
        self.judge(gate, given).verdict
    }
}

const COVERAGE: &str = "{name: g, checks: [{name: coverage, kind: coverage, min: 80, tools: [lcov, {id: coverage-py, languages: [python]}]}]}";

#[test]
fn every_report_has_to_hold_and_the_lowest_share_is_shown() {
    let (world, gate) = (World::new(), gate(COVERAGE));
    for (shares, verdict, shown) in [
        (&[(8, 10)][..], Verdict::Pass, 8000),
        (&[(199, 249)], Verdict::Fail, 7991),
        (&[(9, 10), (79, 100)], Verdict::Fail, 7900),
        (&[(9, 10), (8, 10)], Verdict::Pass, 8000),
    ] {
        let reports: Vec<Given> = shares.iter().map(|(hit, found)| lcov(*hit, *found)).collect();
        let judged = world.judge(&gate, &reports);
        assert_eq!((judged.verdict, judged.checks[0].value), (verdict, Some(Value::Hundredths(shown))), "{shares:?}");
    }
}

#[test]
fn fail_beats_unknown_and_unknown_beats_pass() {
    let (world, gate) = (World::new(), gate(COVERAGE));
    let broken = || given(Tool::Lcov, "");
    assert_eq!(world.verdict(&gate, &[lcov(9, 10), broken()]), Verdict::Unknown);
    assert_eq!(world.verdict(&gate, &[lcov(1, 10), broken()]), Verdict::Fail);
    assert_eq!(world.verdict(&gate, &[broken()]), Verdict::Unknown);
    assert_eq!(world.verdict(&gate, &[]), Verdict::Unknown);
}

#[test]
fn each_language_needs_a_report_that_speaks_for_it() {
    let mut world = World::new();
    let gate = gate(
        "{name: g, checks: [{name: sast, kind: findings, max: 0, severity: high, tools: [semgrep, {id: bandit, languages: [python]}]}]}",
    );
    let bandit = given(Tool::Bandit, r#"{"errors":[],"generated_at":"t","metrics":{"a.py":{"loc":3}},"results":[]}"#);
    assert!(bandit.report.is_ok(), "{bandit:?}");
    world.project.languages = vec!["python".into()];
    assert_eq!(world.verdict(&gate, std::slice::from_ref(&bandit)), Verdict::Pass);
    world.project.languages = vec!["go".into(), "python".into()];
    let judged = world.judge(&gate, &[bandit]);
    assert_eq!(judged.verdict, Verdict::Unknown);
    assert!(judged.checks[0].reason.contains("no report speaks for go"), "{judged:?}");
}

#[test]
fn a_check_is_skipped_by_evidence_only_and_a_gate_of_nothing_but_skipped_checks_is_unknown() {
    let mut world = World::new();
    let gate = gate(
        "{name: g, checks: [{name: types, kind: types, min: 90, when: [tsconfig.json], tools: [type-coverage]}, {name: coverage, kind: coverage, min: 80, tools: [lcov]}]}",
    );
    assert_eq!(world.judge(&gate, &[]).checks[0].verdict, Verdict::Skipped);
    assert_eq!(world.verdict(&gate, &[lcov(9, 10)]), Verdict::Pass);
    world.project.incomplete = true;
    assert_eq!(world.verdict(&gate, &[lcov(9, 10)]), Verdict::Unknown);
    world.project = Project { files: vec!["tsconfig.json".into()], ..Project::default() };
    assert_eq!(world.verdict(&gate, &[lcov(9, 10)]), Verdict::Unknown);
    let only = GateRow { checks: gate.checks[..1].to_vec(), ..gate };
    assert_eq!(World::new().verdict(&only, &[]), Verdict::Unknown);
}

#[test]
fn a_waiver_takes_one_finding_out_and_every_use_is_listed() {
    let mut world = World::new();
    let gate = gate("{name: g, checks: [{name: secrets, kind: secrets, max: 0, tools: [gitleaks]}]}");
    let row =
        |value: &str| format!(r#"{{"RuleID":"r","File":"f","StartLine":1,"Secret":"{value}","Match":"{value}"}}"#);
    let report = given(Tool::Gitleaks, &format!("[{},{}]", row("one"), row("two")));
    let judged = world.judge(&gate, std::slice::from_ref(&report));
    let prints: Vec<String> = judged.checks[0].items.iter().map(|item| item.fingerprint.clone()).collect();
    assert_eq!((judged.verdict, prints.len()), (Verdict::Fail, 2));
    let today = "2026-11-21".parse().unwrap();
    for (count, verdict) in [(1, Verdict::Fail), (2, Verdict::Pass)] {
        world.waivers.in_force = prints
            .iter()
            .take(count)
            .map(|print| Waiver::new(print, "r", "ada", "2026-11-21", today).unwrap())
            .collect();
        let judged = world.judge(&gate, std::slice::from_ref(&report));
        assert_eq!((judged.verdict, judged.waived.len()), (verdict, count));
        assert_eq!(judged.checks[0].findings, 2 - count as u64);
    }
}

#[test]
fn a_baseline_marks_what_is_new_and_changes_no_verdict() {
    let mut world = World::new();
    let gate = gate("{name: g, checks: [{name: secrets, kind: secrets, max: 0, tools: [gitleaks]}]}");
    let report = given(Tool::Gitleaks, r#"[{"RuleID":"r","File":"f","StartLine":1,"Secret":"one","Match":"one"}]"#);
    let before = world.judge(&gate, std::slice::from_ref(&report));
    assert_eq!(before.checks[0].items[0].new, None);
    world.baseline = Some(fingerprints(&before));
    let after = world.judge(&gate, std::slice::from_ref(&report));
    assert_eq!((after.verdict, after.checks[0].items[0].new), (Verdict::Fail, Some(false)));
    world.baseline = Some(Default::default());
    assert_eq!(world.judge(&gate, &[report]).checks[0].items[0].new, Some(true));
}

#[test]
fn vulnerabilities_count_packages_and_an_advisory_can_be_waived_by_its_id() {
    let mut world = World::new();
    let gate = gate(
        "{name: g, checks: [{name: dependencies, kind: vulnerabilities, max: 0, severity: critical, tools: [npm-audit, pip-audit]}]}",
    );
    let fixture = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let npm = given(Tool::NpmAudit, &fixture("npm-audit/findings.json"));
    let judged = world.judge(&gate, std::slice::from_ref(&npm));
    assert_eq!((judged.verdict, judged.checks[0].value), (Verdict::Fail, Some(Value::Count(2))));
    let pip = given(Tool::PipAudit, &fixture("pip-audit/findings.json"));
    let judged_pip = world.judge(&gate, std::slice::from_ref(&pip));
    assert_eq!((judged_pip.verdict, judged_pip.checks[0].findings), (Verdict::Fail, 2));
    let today = "2026-11-21".parse().unwrap();
    let of = |severity| {
        let item = judged.checks[0].items.iter().find(|item| item.severity == Some(severity)).unwrap();
        Waiver::new(&item.fingerprint, "r", "ada", "2026-12-01", today).unwrap()
    };
    world.waivers.in_force = vec![of(Severity::Medium)];
    assert_eq!(world.verdict(&gate, std::slice::from_ref(&npm)), Verdict::Fail, "another advisory's waiver");
    world.waivers.in_force = vec![of(Severity::Critical)];
    assert_eq!(world.verdict(&gate, std::slice::from_ref(&npm)), Verdict::Pass);
}

#[test]
fn changed_lines_are_judged_by_themselves_and_a_changed_file_in_no_report_is_unknown() {
    let mut world = World::new();
    let gate = gate(
        "{name: g, checks: [{name: changed, kind: changed-coverage, min: 80, tools: [lcov]}, {name: all, kind: coverage, min: 0, tools: [lcov]}]}",
    );
    let report = lcov(8, 10);
    for (path, lines, verdict) in [
        ("src/a.js", (1, 5), Verdict::Pass),
        ("src/a.js", (7, 10), Verdict::Fail),
        ("src/a.js", (90, 99), Verdict::Skipped),
        ("src/b.js", (1, 5), Verdict::Unknown),
        ("src/b.test.js", (1, 5), Verdict::Skipped),
        ("README.md", (1, 5), Verdict::Skipped),
        ("packages/x/src/a.js", (1, 5), Verdict::Pass),
    ] {
        let file = ChangedFile { path: path.into(), lines: vec![lines] };
        world.changed = Ok(Changed { base: "main".into(), files: vec![file] });
        assert_eq!(world.judge(&gate, std::slice::from_ref(&report)).checks[0].verdict, verdict, "{path} {lines:?}");
    }
    world.changed = Err("nobody knows".into());
    assert_eq!(world.verdict(&gate, &[report]), Verdict::Unknown);
}

#[test]
fn growth_needs_the_sizes_of_before_and_is_compared_exactly() {
    let world = World::new();
    let gate = gate("{name: g, checks: [{name: bundle, kind: growth, max: 5, tools: [bundle-size]}]}");
    let of = |bytes: u64, before| Given { before, ..given(Tool::BundleSize, &format!("{{\"main.js\":{bytes}}}")) };
    for (before, after, verdict, shown) in [
        (100_000, 105_000, Verdict::Pass, 500),
        (100_000, 105_001, Verdict::Fail, 501),
        (100_000, 90_000, Verdict::Pass, 0),
    ] {
        let judged = world.judge(&gate, &[of(before, true), of(after, false)]);
        assert_eq!((judged.verdict, judged.checks[0].value), (verdict, Some(Value::Hundredths(shown))), "{after}");
    }
    assert_eq!(world.verdict(&gate, &[of(1, false)]), Verdict::Unknown);
    assert_eq!(world.verdict(&gate, &[of(1, true)]), Verdict::Unknown);
}

#[test]
fn an_approval_passes_when_every_item_is_answered_for_this_content() {
    let list: ChecklistRow =
        wfo_base::yaml::parse("{id: l, title: t, items: [{id: a, text: x}, {id: b, text: y}]}").unwrap();
    let gate = gate("{name: g, approvals: [l]}");
    let (project, waivers) = (Project::default(), Waivers::default());
    let of = |answers: &[(&str, Answer)], content: &str| Approval {
        checklist: "l".into(),
        answers: answers.iter().map(|(id, answer)| ((*id).to_owned(), *answer)).collect(),
        content: Some(content.into()),
        by: "ada".into(),
        at: "t".into(),
    };
    use Answer::{No, NotApplicable, Yes};
    for (answers, content, verdict) in [
        (&[("a", Yes), ("b", NotApplicable)][..], "c", Verdict::Pass),
        (&[("a", Yes), ("b", No)], "c", Verdict::Fail),
        (&[("a", Yes)], "c", Verdict::Unknown),
        (&[("a", No)], "c", Verdict::Fail),
        (&[("a", Yes), ("b", Yes)], "d", Verdict::Unknown),
    ] {
        let approvals = [of(answers, content)];
        let facts = Facts {
            project: &project,
            waivers: &waivers,
            baseline: None,
            changed: None,
            checklists: std::slice::from_ref(&list),
            approvals: &approvals,
            content: Some("c"),
            lacks: &[],
        };
        assert_eq!(judge(&gate, &[], &facts).verdict, verdict, "{answers:?} {content}");
    }
}
