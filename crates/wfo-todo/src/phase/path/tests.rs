//! Changes by extent and by what they touch, and the path that the built-in rules choose for them.
//! Nothing here looks at a real diff.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use wfo_base::tables;

const TABLE: &str = include_str!("../../../../../reference/data/paths.yaml");

pub(crate) fn rows() -> Vec<PathRow> {
    let parsed = tables::parse::<PathRow>("paths.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| row).collect()
}

fn changed(files: &[(&str, u64)]) -> Scope {
    let change = |(path, lines): &(&str, u64)| Change { path: (*path).to_owned(), lines: Some(*lines) };
    Scope { changes: Some(files.iter().map(change).collect()), ..Scope::default() }
}

#[test]
fn small_changes_are_tiny_and_large_or_delicate_ones_are_risky() {
    let many: Vec<(String, u64)> = (0..30).map(|n| (format!("src/f{n}.rs"), 1)).collect();
    let many: Vec<(&str, u64)> = many.iter().map(|(path, lines)| (path.as_str(), *lines)).collect();
    for (files, expected) in [
        (vec![("src/a.rs", 4)], Path::Tiny),
        (vec![("README.md", 40)], Path::Tiny),
        (vec![("a", 10), ("b", 10), ("c", 10)], Path::Tiny),
        (vec![("a", 10), ("b", 10), ("c", 10), ("d", 1)], Path::Normal),
        (vec![("src/a.rs", 41)], Path::Normal),
        (vec![("package.json", 1)], Path::Normal),
        (vec![("src/api/users.ts", 2)], Path::Normal),
        (vec![("src/a.rs", 999)], Path::Normal),
        (vec![("src/a.rs", 1000)], Path::Risky),
        (vec![("db/migrations/0007_add.py", 2)], Path::Risky),
        (vec![("prisma/schema.prisma", 1)], Path::Risky),
        (vec![("src/auth/token.rs", 1)], Path::Risky),
        (vec![("src/LoginForm.tsx", 1)], Path::Risky),
        (vec![("billing/plan.py", 1)], Path::Risky),
        (vec![("terraform/main.tf", 1)], Path::Risky),
        (many[..29].to_vec(), Path::Normal),
        (many, Path::Risky),
        (vec![], Path::Normal),
    ] {
        let chosen = path(&rows(), &changed(&files));
        assert_eq!(chosen.path, expected, "{files:?}: {:?}", chosen.reasons);
        assert!(!chosen.reasons.is_empty(), "{files:?}");
    }
}

#[test]
fn what_is_not_known_makes_no_change_tiny() {
    let unknown_lines =
        Scope { changes: Some(vec![Change { path: "logo.png".into(), lines: None }]), ..Scope::default() };
    let planned = Scope { planned: vec!["src/a.rs".into()], tasks: Some(1), ..Scope::default() };
    for (scope, reason) in [
        (Scope::default(), "nothing has changed yet"),
        (unknown_lines, "not known: few lines"),
        (planned, "not known: few lines"),
    ] {
        let chosen = path(&rows(), &scope);
        assert_eq!((chosen.path, chosen.reasons.join("; ").as_str()), (Path::Normal, reason));
    }
}

#[test]
fn tasks_of_the_plan_count_too() {
    for (tasks, expected) in [(2, Path::Tiny), (3, Path::Normal), (19, Path::Normal), (20, Path::Risky)] {
        let scope = Scope { tasks: Some(tasks), ..changed(&[("a.rs", 1)]) };
        assert_eq!(path(&rows(), &scope).path, expected, "{tasks}");
    }
}

#[test]
fn a_plan_that_names_a_migration_asks_for_the_schema_step_before_anything_has_changed() {
    let scope = Scope { changes: Some(vec![]), planned: vec!["migrations/0001_init.sql".into()], ..Scope::default() };
    let chosen = path(&rows(), &scope);
    assert_eq!((chosen.path, chosen.touches_schema), (Path::Risky, true));
    assert_eq!(chosen.reasons, ["schema or migrations: 1 file, such as `migrations/0001_init.sql`"]);
    assert!(!path(&rows(), &changed(&[("auth/x.rs", 1)])).touches_schema);
}

#[test]
fn a_task_that_says_a_change_of_the_schema_asks_for_the_schema_step() {
    let of = |task: &str| {
        let scope = Scope { changes: Some(vec![]), tasks: Some(1), said: vec![task.to_owned()], ..Scope::default() };
        path(&rows(), &scope)
    };
    for (task, touches) in [
        ("Table for codes with a migration", true),
        ("Migrations for both tables", true),
        ("Schema changes of the codes", true),
        ("ALTER TABLE codes", true),
        ("Add a column for the sender", true),
        ("Rename the label, no migration needed", false),
        ("Page about immigration", false),
        ("Read the schema of the answer", false),
        ("Migrate to the new test runner", false),
    ] {
        let chosen = of(task);
        assert_eq!((chosen.touches_schema, chosen.path == Path::Risky), (touches, touches), "{task}");
    }
    let reasons = of("Table for `codes` with a\u{1b}[31m migration").reasons;
    assert_eq!(reasons, ["schema or migrations: 1 task, such as `Table for 'codes' with a migration`"]);
}

#[test]
fn a_file_name_of_a_stranger_stays_one_harmless_line() {
    let chosen = path(&rows(), &changed(&[("auth/`rm`\n\u{1b}[31m\u{202e}x", 1)]));
    assert_eq!(chosen.reasons, ["who may do what, or secrets: 1 file, such as `auth/'rm' x`"]);
}

#[test]
fn a_repository_may_make_tiny_smaller_and_risky_larger_only() {
    let all = rows();
    let row = |id: &str| all.iter().find(|row| row.id == id).unwrap().clone();
    let with = |id: &str, limit: u64| PathRow { limit, ..row(id) };
    assert!(PathRow::stricter(Some(&row("tiny-lines")), &with("tiny-lines", 10)));
    assert!(!PathRow::stricter(Some(&row("tiny-lines")), &with("tiny-lines", 41)));
    assert!(PathRow::stricter(Some(&row("risky-lines")), &with("risky-lines", 500)));
    assert!(!PathRow::stricter(Some(&row("risky-lines")), &with("risky-lines", 5_000)));
    let fewer = PathRow { patterns: vec!["*.sql".into()], ..row("schema") };
    assert!(!PathRow::stricter(Some(&row("schema")), &fewer));
    assert!(!PathRow::stricter(Some(&row("schema")), &PathRow { phrases: vec![], ..row("schema") }));
    let mut more = row("schema");
    more.patterns.push("db/".into());
    assert!(PathRow::stricter(Some(&row("schema")), &more) && PathRow::stricter(None, &more));
    assert!(!PathRow::stricter(Some(&row("schema")), &PathRow { path: Path::Tiny, ..row("schema") }));
}

#[test]
fn rules_that_cannot_be_are_named() {
    for row in [
        "{id: a, path: normal, measure: files, limit: 1, reason: r}",
        "{id: a, path: risky, measure: files, limit: 0, reason: r}",
        "{id: a, path: risky, measure: touches, limit: 1, reason: r}",
        "{id: a, path: risky, measure: files, limit: 1, reason: r, patterns: [x]}",
        "{id: a, path: risky, measure: touches, limit: 1, reason: r, patterns: [\"*\"]}",
        "{id: a, path: risky, measure: files, limit: 1, reason: r, phrases: [x]}",
        "{id: a, path: risky, measure: touches, limit: 1, reason: r, patterns: [x], phrases: [the]}",
        "{id: a, path: risky, measure: files, limit: 1, reason: \"\"}",
        "{id: a, path: risky, measure: files, limit: -1, reason: r}",
        "{id: a, path: risky, measure: size, limit: 1, reason: r}",
    ] {
        assert_eq!(tables::parse::<PathRow>("p.yaml", &format!("rows:\n- {row}\n")).notes.len(), 1, "{row}");
    }
}
