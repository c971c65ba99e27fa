//! Plans of the built-in table for made-up projects.

#![allow(clippy::unwrap_used, reason = "a test may")]
use std::collections::HashSet;

use wfo_base::tables::Row as _;

use super::*;
use crate::gates::GateRow;
use crate::judge::Project;

/// A project in which each `folder/file` shows, and programs are installed by name.
struct World {
    files: HashSet<String>,
    programs: Vec<&'static str>,
}

impl Ground for World {
    fn shows(&self, folder: &str, when: &str) -> bool {
        let name = when.replace('*', "js");
        self.files.contains(&if folder.is_empty() { name } else { format!("{folder}/{name}") })
    }

    fn program(&self, row: &ToolRow, _: &str, _: Option<&str>) -> Option<Program> {
        let name = row.programs.iter().find(|name| self.programs.contains(&name.as_str()))?;
        Some(Program { words: vec![name.clone()], start: format!("/bin/{name}"), local: false })
    }
}

fn rows<T: for<'de> serde::Deserialize<'de>>(table: &str) -> Vec<T> {
    serde_json::from_str(table).unwrap()
}

fn unit(language: &str, folder: &str, member: bool) -> Unit {
    Unit { language: language.to_owned(), folder: folder.to_owned(), member, home: String::new() }
}

/// The runs as `tool folder`, and the reasons of what is lacking, for one check of a gate.
fn planned(
    gate: &str,
    check: &str,
    units: &[Unit],
    files: &[&str],
    programs: &[&'static str],
) -> (Vec<String>, Vec<String>) {
    let mut gate: GateRow =
        rows::<GateRow>(wfo_base::tables::built_in::GATES).into_iter().find(|row| row.name == gate).unwrap();
    gate.checks.retain(|one| check.is_empty() || one.name == check);
    let mut languages: Vec<String> = units.iter().map(|unit| unit.language.clone()).collect();
    languages.sort();
    languages.dedup();
    let files: HashSet<String> = files.iter().map(|file| (*file).to_owned()).collect();
    let project = Project { languages, files: files.iter().cloned().collect(), incomplete: false };
    let world = World { files, programs: programs.to_vec() };
    let table: Vec<ToolRow> = rows(wfo_base::tables::built_in::GATE_TOOLS);
    let plan = plan(&gate, &project, units, &table, &world);
    let runs = plan.runs.iter().map(|run| format!("{} {}", run.row.id, run.folder).trim().to_owned()).collect();
    (runs, plan.lacks.into_iter().map(|lack| lack.reason).collect())
}

#[test]
fn every_built_in_row_is_sound_and_each_tool_of_the_gates_that_can_be_run_has_one() {
    let table: Vec<ToolRow> = rows(wfo_base::tables::built_in::GATE_TOOLS);
    table.iter().for_each(|row| row.check().unwrap());
    let runs: HashSet<&str> = table.iter().flat_map(|row| row.tools().map(|tool| tool.id())).collect();
    for gate in rows::<GateRow>(wfo_base::tables::built_in::GATES) {
        for rule in gate.checks.iter().flat_map(|check| &check.tools) {
            // formats that many tools write, and what only a build makes
            let formats = ["built-in", "sarif", "lcov", "cobertura", "jacoco", "bundle-size"];
            assert!(runs.contains(rule.id.as_str()) || formats.contains(&rule.id.as_str()), "{}", rule.id);
        }
    }
}

#[test]
fn each_language_in_each_folder_is_covered_or_named() {
    let python = [unit("python", "", false), unit("python", "tool", false)];
    let both = (vec!["ruff".to_owned(), "ruff tool".to_owned()], vec![]);
    assert_eq!(planned("quality", "lint", &python, &[], &["ruff"]), both);
    let (runs, lacks) = planned("quality", "lint", &python, &["tool/mypy.ini"], &["ruff"]);
    assert_eq!((runs.len(), lacks.len()), (2, 1), "{lacks:?}");
    assert!(lacks[0].contains("mypy is not installed in `tool`"));
    let (runs, lacks) = planned("quality", "lint", &python, &[], &[]);
    assert!(runs.is_empty() && lacks.len() == 2, "{lacks:?}");
    let mixed = [unit("python", "", false), unit("ruby", "", false)];
    let (_, lacks) = planned("quality", "coverage", &mixed, &[], &["pytest"]);
    assert!(lacks.len() == 1 && lacks[0].contains("ruby"), "{lacks:?}");
    let (runs, lacks) = planned("quality", "duplication", &mixed, &[], &["jscpd"]);
    assert_eq!((runs, lacks), (vec!["jscpd".to_owned()], vec![]));
    // node without a lock file has nothing that could be looked up
    let (runs, lacks) = planned("security", "dependencies", &[unit("node", "", false)], &[], &["npm"]);
    assert!(runs.is_empty() && lacks[0].contains("package-lock.json"), "{lacks:?}");
}

#[test]
fn what_runs_at_the_top_covers_members_and_else_each_member_is_covered_by_itself() {
    let units = [unit("go", "", false), unit("go", "a", true), unit("go", "b", true)];
    let (runs, lacks) = planned("quality", "coverage", &units, &["a/go.mod", "b/go.mod"], &["go"]);
    assert_eq!((runs, lacks), (vec!["go-test a".to_owned(), "go-test b".to_owned()], vec![]));
    let (_, lacks) = planned("quality", "coverage", &units, &["a/go.mod"], &["go"]);
    assert!(!lacks.is_empty(), "one member is not covered");
    let units = [unit("rust", "", false), unit("rust", "crates/a", true)];
    let (runs, lacks) =
        planned("quality", "coverage", &units, &["Cargo.toml", "crates/a/Cargo.toml"], &["cargo-llvm-cov"]);
    assert_eq!((runs, lacks), (vec!["llvm-cov".to_owned()], vec![]));
}

#[test]
fn one_run_serves_every_check_that_reads_its_reports_and_of_a_group_the_first_is_run() {
    let node = [unit("node", "", false)];
    let files = ["jest.config.js", "vitest.config.js"];
    let (runs, _) = planned("quality", "", &node, &files, &["jest", "vitest"]);
    assert_eq!(runs, ["vitest", "jest"], "a project that shows both has tests of both");
    let (runs, lacks) = planned("quality", "tests", &node, &files, &["jest"]);
    assert!(runs == ["jest"] && lacks.len() == 1 && lacks[0].contains("vitest is not installed"), "{lacks:?}");
    let (runs, lacks) = planned("quality", "tests", &node, &files, &[]);
    assert!(runs.is_empty() && !lacks.is_empty(), "{lacks:?}");
    let go = [unit("go", "", false)];
    for (installed, first) in [(&["go", "gotestsum"][..], "gotestsum"), (&["go"], "go-test")] {
        let (runs, _) = planned("quality", "coverage", &go, &["go.mod"], installed);
        assert_eq!(runs, [first]);
    }
}

#[test]
fn only_engines_that_know_what_is_staged_look_at_a_commit() {
    let all = ["betterleaks", "gitleaks", "kingfisher", "detect-secrets", "ripsecrets"];
    assert_eq!(planned("commit", "", &[], &[], &all).0, ["betterleaks"]);
    assert_eq!(planned("security", "secrets", &[], &[], &all).0.len(), 5);
    assert_eq!(planned("commit", "", &[], &[], &[]), (vec![], vec![]), "the sweep needs no tool");
}

#[test]
fn rows_that_could_not_work_are_told() {
    let row = |change: &str| {
        let yaml = "{id: x, programs: [x], reports: [{tool: bandit, file: x.json}], args: [\"{report}\"], install: x}";
        let (from, to) = change.split_once(" => ").unwrap();
        assert!(yaml.contains(from));
        let row: ToolRow = wfo_base::yaml::parse(&yaml.replace(from, to)).unwrap();
        row.check()
    };
    assert!(row("x.json => y.json").is_ok());
    for change in [
        "id: x => id: X",
        "tool: bandit => tool: nothing",
        "tool: bandit => tool: built-in",
        "x.json => ../x.json",
        "x.json => /x.json",
        "[x] => [a/x]",
        "[x] => []",
        "{report} => {reports}",
        "install: x => install: x, seconds: 0",
        "install: x => install: x, clean: [256]",
        "install: x => install: x, void_if: ['']",
        "install: x => install: x, forms: [{versions: ['1.'], args: []}]",
        "reports: [{tool: bandit, file: x.json}] => reports: []",
    ] {
        assert!(row(change).is_err(), "{change}");
    }
}
