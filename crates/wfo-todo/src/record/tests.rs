//! The edits that commands make: whole pages compared, and what is refused.

use super::*;
use crate::todo_file::{Kind, TaskStatus, todo};
use wfo_base::codes;

const NAME: &str = "TODO_feature_20261121T090000Z_login-loop.md";

fn now() -> Timestamp {
    "2026-11-21T10:15:00Z".parse().expect("a time")
}

const PAGE: &str = "---
type: workflow-manifest
workflow_type: feature
slug: login-loop
timestamp: 20261121T090000Z
metadata: {title: \"Login loop\", created: \"2026-11-21T09:00:00Z\"}
workflow_progress:
  phase: 2
  current_step: \"2.4\"
  last_task: null # none yet
  last_update: \"2026-11-21T09:00:00Z\"
  status: implementation
quality_gates: {test_coverage: 80, tests_passing: false, semantic_version: null}
tasks:
  planning: []
  implementation:
    - {id: impl_001, description: \"Guard the redirect\", status: pending, completed_at: null}
    - id: impl_002
      description: Second   # note
      status: complete
      completed_at: \"2026-11-20T08:00:00Z\"
    - id: impl_007
      description: Third
      status: pending
      depends_on: [impl_001]
  testing:
    - {id: test_001, description: Run, status: blocked}
context_checkpoints: []
---

# Login loop
";

fn front(page: &str) -> Front<'_> {
    Front::read(NAME, page.as_bytes()).expect("readable")
}

/// Returns the lines that went and the lines that came.
fn changed(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let only =
        |a: &str, b: &str| a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(str::to_owned).collect();
    (only(before, after), only(after, before))
}

#[test]
fn a_status_changes_the_task_and_the_records_stamp_and_nothing_else() {
    let done = set_task(&front(PAGE), "impl_001", TaskStatus::Completed, now()).expect("edited");
    assert_eq!((done.was, done.status), (Some(TaskStatus::Pending), TaskStatus::Completed));
    let (_, new) = changed(PAGE, &done.page);
    assert_eq!(
        new,
        vec![
            "  last_task: impl_001 # none yet",
            "  last_update: \"2026-11-21T10:15:00Z\"",
            "    - {id: impl_001, description: \"Guard the redirect\", status: completed, completed_at: \"2026-11-21T10:15:00Z\"}",
        ]
    );
    assert_eq!(done.page.lines().count(), PAGE.lines().count());
}

#[test]
fn what_is_completed_keeps_its_word_and_its_time_and_going_back_takes_the_time_away() {
    let again = set_task(&front(PAGE), "impl_002", TaskStatus::Completed, now()).expect("edited");
    assert!(again.page.contains("      status: complete\n      completed_at: \"2026-11-20T08:00:00Z\"\n"));
    let back = set_task(&front(PAGE), "impl_002", TaskStatus::InProgress, now()).expect("edited").page;
    assert!(back.contains("      description: Second   # note\n      status: in_progress\n      completed_at: null\n      started_at: \"2026-11-21T10:15:00Z\"\n"), "{back}");
    let pending = set_task(&front(&back), "impl_002", TaskStatus::Pending, now()).expect("edited").page;
    assert!(pending.contains("      status: pending\n      completed_at: null\n      started_at: null\n"), "{pending}");
    let twice = PAGE.replace("id: impl_007", "id: impl_001");
    let refused = set_task(&front(&twice), "impl_001", TaskStatus::Completed, now()).expect_err("twice");
    assert_eq!((refused.code, refused.location.and_then(|place| place.line)), (codes::TODO_EDIT_REFUSED, Some(22)));
    let unknown = set_task(&front(PAGE), "impl_009", TaskStatus::Completed, now()).expect_err("unknown");
    assert_eq!(unknown.code, codes::TODO_TASK_UNKNOWN);
}

#[test]
fn older_files_keep_their_progress_at_the_top() {
    let page =
        "---\nphase: 2\nstatus: planning\nlast_updated: '2026-01-01'\ntasks:\n  - {id: a_01, status: open}\n---\n";
    let done = set_task(&front(page), "a_01", TaskStatus::Completed, now()).expect("edited").page;
    assert_eq!(
        done,
        "---\nphase: 2\nstatus: planning\nlast_updated: '2026-11-21T10:15:00Z'\ntasks:\n  - {id: a_01, status: completed, completed_at: \"2026-11-21T10:15:00Z\"}\nlast_task: a_01\n---\n"
    );
    let read = todo(NAME, &done).expect("readable").value;
    assert_eq!((read.phase, read.status.as_deref()), (Some(2), Some("planning")));
}

#[test]
fn new_tasks_get_the_next_free_id_of_their_category() {
    let task = |category: &str, depends_on: &[&str]| NewTask {
        id: None,
        category: category.to_owned(),
        description: "Say: \"no\" # {{ x }}\n---\n".to_owned(),
        depends_on: depends_on.iter().map(|id| (*id).to_owned()).collect(),
    };
    let tasks = [
        task("implementation", &["impl_002"]),
        task("implementation", &[]),
        task("planning", &[]),
        task("qa", &[]),
        task("docs", &[]),
    ];
    let added = add_tasks(&front(PAGE), &tasks, now()).expect("added");
    assert_eq!(added.ids, vec!["impl_008", "impl_009", "plan_001", "qa_001", "docs_001"]);
    let read = todo(NAME, &added.page).expect("readable");
    assert_eq!((read.value.tasks.len(), read.notes.len()), (9, 0));
    let first = read.value.tasks.iter().find(|task| task.id.as_deref() == Some("impl_008")).expect("there");
    assert_eq!(
        (first.description.as_str(), first.category.as_str(), first.depends_on.len()),
        ("Say: \"no\" # {{ x }} ---", "implementation", 1)
    );
    assert!(added.page.contains("  planning:\n    - id: plan_001\n"), "{}", added.page);
    let again =
        add_tasks(&front(PAGE), &[NewTask { id: Some("impl_007".into()), ..task("implementation", &[]) }], now());
    assert_eq!(again.expect_err("taken").code, codes::TODO_VALUE_INVALID);
    for (category, description) in [("../x", "a"), ("", "a"), ("a b", "a"), ("implementation", " \n ")] {
        let task = NewTask { category: category.into(), description: description.into(), ..NewTask::default() };
        assert_eq!(add_tasks(&front(PAGE), &[task], now()).expect_err(category).code, codes::TODO_VALUE_INVALID);
    }
    let flat = add_tasks(&front("---\ntasks: [{id: a_01}]\n---\n"), &[task("testing", &[])], now()).expect("added");
    assert!(flat.page.contains("tasks: [{id: a_01}, {id: test_001, "), "{}", flat.page);
    let by_id = add_tasks(&front("---\ntasks:\n  qa:\n    qa_001: {status: open}\n---\n"), &[task("qa", &[])], now())
        .expect("added");
    assert!(by_id.page.contains("    qa_001: {status: open}\n    qa_002:\n      description:"), "{}", by_id.page);
}

#[test]
fn a_key_keeps_its_kind_unless_it_is_a_number_a_flag_or_null() {
    for (key, value, line) in [
        ("workflow_progress.phase", "3", "  phase: 3"),
        ("workflow_progress.current_step", "6.10", "  current_step: \"6.10\""),
        ("workflow_progress.last_task", "impl_001", "  last_task: impl_001 # none yet"),
        ("slug", "0644", "slug: \"0644\""),
        ("tasks.impl_002.priority", "P1", "      priority: P1"),
        ("tasks.impl_002.description", "true", "      description: \"true\"   # note"),
        (
            "metadata.stack",
            "python",
            "metadata: {title: \"Login loop\", created: \"2026-11-21T09:00:00Z\", stack: python}",
        ),
        (
            "quality_gates.tests_passing",
            "true",
            "quality_gates: {test_coverage: 80, tests_passing: true, semantic_version: null}",
        ),
        (
            "quality_gates.test_coverage",
            "81.5",
            "quality_gates: {test_coverage: 81.5, tests_passing: false, semantic_version: null}",
        ),
        (
            "quality_gates.semantic_version",
            "1.4.1",
            "quality_gates: {test_coverage: 80, tests_passing: false, semantic_version: \"1.4.1\"}",
        ),
    ] {
        let change = set_key(&front(PAGE), key, value).expect(key);
        assert_eq!(changed(PAGE, &change.page).1, vec![line], "{key}");
    }
    let known = set_key(&front(PAGE), "slug", "x").expect("set");
    assert_eq!((known.before.as_deref(), known.added), (Some("login-loop"), false));
    assert!(set_key(&front(PAGE), "estimated_effort", "2 days").expect("set").added);
}

#[test]
fn a_phase_outside_0_to_6_and_a_key_without_one_value_are_refused() {
    for (key, value, code) in [
        ("workflow_progress.phase", "7", codes::TODO_PHASE_UNKNOWN),
        ("workflow_progress.phase", "2.5", codes::TODO_PHASE_UNKNOWN),
        ("workflow_progress.phase", "planning", codes::TODO_PHASE_UNKNOWN),
        ("phase", "-1", codes::TODO_PHASE_UNKNOWN),
        ("tasks", "x", codes::TODO_VALUE_INVALID),
        ("slug.x", "x", codes::TODO_VALUE_INVALID),
        ("", "x", codes::TODO_VALUE_INVALID),
        ("metadata..title", "x", codes::TODO_VALUE_INVALID),
        ("tasks.impl_001.status", "done", codes::TODO_VALUE_INVALID),
        ("tasks.impl_404.notes", "x", codes::TODO_TASK_UNKNOWN),
    ] {
        assert_eq!(set_key(&front(PAGE), key, value).expect_err(key).code, code, "{key}={value}");
    }
}

#[test]
fn a_checkpoint_is_an_entry_and_a_section_and_brings_statuses_up_to_date() {
    let statuses = [("impl_001".to_owned(), TaskStatus::InProgress)];
    let taken = Checkpoint { tokens: 100_412, notes: "guard written,\n# tests open", statuses: &statuses };
    let page = checkpoint(&front(PAGE), &taken, now()).expect("written");
    let entry = "context_checkpoints:\n  - timestamp: \"2026-11-21T10:15:00Z\"\n    token_usage: 100412\n    phase: 2\n    step: \"2.4\"\n    last_task: impl_001\n    notes: \"guard written, # tests open\"\n---\n";
    assert!(page.contains(entry), "{page}");
    assert!(page.contains("status: in_progress, completed_at: null, started_at: \"2026-11-21T10:15:00Z\"}"), "{page}");
    let body = "---\n\n# Login loop\n\n## Context Checkpoint\n\n2026-11-21T10:15:00Z: 100412 tokens in use, phase 2, step 2.4, last task impl_001.\n\nguard written, # tests open\n\n### Completed\n\n- impl_002: Second\n\n### Current\n\n- impl_001: Guard the redirect\n\n### Next\n\n- none\n\n### Blockers\n\n- impl_007: Third\n- test_001: Run\n";
    assert!(page.ends_with(body), "{page}");
    let second = checkpoint(&front(&page), &Checkpoint { tokens: 1, ..Checkpoint::default() }, now()).expect("again");
    assert_eq!(second.matches("## Context Checkpoint\n").count(), 2);
    assert_eq!(
        front(&second).get(&Route::keys(["context_checkpoints"])).and_then(Value::as_sequence).map(Vec::len),
        Some(2)
    );
    let dos = PAGE.replace('\n', "\r\n");
    let page = checkpoint(&front(&dos), &Checkpoint::default(), now()).expect("written");
    assert_eq!(page.matches('\n').count(), page.matches("\r\n").count());
    let bare = checkpoint(&front("---\ntasks: {}\n---"), &Checkpoint::default(), now()).expect("written");
    assert!(bare.contains("---\n\n## Context Checkpoint\n\n2026-11-21T10:15:00Z: 0 tokens in use.\n"), "{bare}");
}

#[test]
fn the_record_moves_and_what_says_the_same_keeps_its_spelling() {
    let to = Position { phase: 3, step: "3.1".into(), status: "qa".into() };
    let page = advance(&front(PAGE), &to, now()).expect("moved");
    let (_, new) = changed(PAGE, &page);
    let moved = ["  phase: 3", "  current_step: \"3.1\"", "  last_update: \"2026-11-21T10:15:00Z\"", "  status: qa"];
    assert_eq!(new, moved);
    let same = "---\nworkflow_progress: {phase: '3', current_step: '3.1', status: \"qa\"}\n---\n";
    let page = advance(&front(same), &to, now()).expect("moved");
    assert_eq!(page, same.replace("\"qa\"}", "\"qa\", last_update: \"2026-11-21T10:15:00Z\"}"));
    let empty = advance(&front("---\na: 1\n---\n"), &to, now()).expect("moved");
    let read = todo(NAME, &empty).expect("readable").value;
    assert_eq!((read.phase, read.step.as_deref(), read.status.as_deref()), (Some(3), Some("3.1"), Some("qa")));
}

#[test]
fn a_fresh_file_is_valid_whatever_its_title_says() {
    for title in [
        "Login loop",
        "",
        "{{ 7 * 7 }} {% raw %}",
        "---\nphase: 9\n---",
        "```\n# obey",
        "it's \"so\": [a] {b} #c & *d !e %f @g `h`",
        "no",
        "\u{1f600} \u{202e}x",
        "\u{85}a: b",
        "<script>",
        "...",
    ] {
        for (kind, phase) in [(Kind::Feature, 1), (Kind::Release, 5), (Kind::Hotfix, 6)] {
            let containers = ["Dockerfile".to_owned(), "a: b, c".to_owned()];
            let fresh = Fresh {
                slug: "2026-11-21",
                title,
                description: title,
                user: Some("no"),
                containers: &containers,
                base: (kind == Kind::Release).then_some(("develop", "0123456")),
                version: Some("1.4.1"),
                work_item: Some(title),
                ..Fresh::default()
            };
            let made = fresh_todo(kind, &fresh, now()).expect(title);
            let broken = validate(&made.file_name, made.page.as_bytes(), Rules::default()).expect("readable");
            assert_eq!(broken, vec![], "{}", made.page);
            let read = todo(&made.file_name, &made.page).expect("readable");
            assert_eq!((read.value.phase, read.value.kind, read.notes.len()), (Some(phase), Some(kind), 0));
            assert!(!made.page.contains("{%") || title.contains("{%"));
            let body = made.page.split("\n---\n").nth(1).expect("a body");
            assert!(!body.contains("```") && !body.contains("<s"), "{body}");
            let task = NewTask { category: "implementation".into(), description: title.into(), ..NewTask::default() };
            if !title.trim().is_empty() {
                let front = Front::read(&made.file_name, made.page.as_bytes()).expect("readable");
                assert_eq!(add_tasks(&front, &[task], now()).expect(title).ids, vec!["impl_001"]);
            }
        }
    }
    let made = fresh_todo(Kind::Hotfix, &Fresh { slug: "v1_x", title: "A", ..Fresh::default() }, now()).expect("made");
    assert_eq!(made.file_name, "TODO_hotfix_20261121T101500Z_v1_x.md");
}

#[test]
fn slugs_that_lead_elsewhere_are_refused() {
    for slug in ["", "-x", "_x", "..", "a/b", "a..b", "a b", "ä", "a\0", "a\n", "{{x}}", &"x".repeat(101)] {
        let fresh = Fresh { slug, ..Fresh::default() };
        assert_eq!(fresh_todo(Kind::Feature, &fresh, now()).expect_err(slug).code, codes::TODO_SLUG_INVALID);
    }
    for slug in ["a", "A-b_c9", "9"] {
        assert_eq!(require_slug(slug), Ok(()));
    }
}

fn broken_in(page: &str) -> Vec<(Option<usize>, String)> {
    let found = validate(NAME, page.as_bytes(), Rules { steps: &["1.1", "2.4", "2.5", "6.10"] }).expect("readable");
    found.into_iter().map(|problem| (problem.location.and_then(|place| place.line), problem.message)).collect()
}

#[test]
fn each_broken_rule_is_named_with_its_line() {
    assert_eq!(broken_in(PAGE), vec![]);
    for (from, to, line, what) in [
        ("type: workflow-manifest", "type: other", 2, "type `other`"),
        ("workflow_type: feature\n", "", 2, "`workflow_type` is missing"),
        ("workflow_type: feature", "workflow_type: hotfix", 3, "not the one of the file's name"),
        ("workflow_type: feature", "workflow_type: chore", 3, "`chore` is not feature"),
        ("slug: login-loop", "slug: ../x", 4, "slug `../x`"),
        ("slug: login-loop", "slug: other", 4, "slug `other` is not the one"),
        ("20261121T090000Z\nm", "20261341T090000Z\nm", 5, "`20261341T090000Z`, which is no time"),
        ("20261121T090000Z\nm", "20261121T090001Z\nm", 5, "timestamp `20261121T090001Z` is not the one"),
        ("title: \"Login loop\", ", "", 2, "`metadata.title` is missing"),
        ("\"2026-11-21T09:00:00Z\"}", "yesterday}", 6, "`metadata.created` is `yesterday`"),
        ("phase: 2", "phase: 7", 8, "phase `7`"),
        ("  phase: 2\n", "", 2, "`workflow_progress.phase` is missing"),
        ("\"2.4\"", "\"2.9\"", 9, "step `2.9` is not a step"),
        ("\"2.4\"", "6.10", 9, "step `6.10` does not belong"),
        ("last_update: \"2026-11-21T09:00:00Z\"", "last_update: soon", 11, "`soon`"),
        ("status: implementation", "status: coding", 12, "status `coding`"),
        ("test_coverage: 80", "test_coverage: most", 13, "test_coverage"),
        ("id: impl_001, ", "", 17, "a task has no id"),
        ("id: impl_007", "id: impl_001", 22, "task id `impl_001` stands in line 17 already"),
        ("      description: Third\n", "", 22, "task `impl_007` has no description"),
        ("status: blocked", "status: maybe", 27, "the status `maybe`"),
        ("completed_at: \"2026-11-20T08:00:00Z\"", "completed_at: long ago", 18, "`long ago`"),
        ("[impl_001]", "[impl_404]", 22, "`impl_404`, which is not there"),
        ("[impl_001]", "[impl_007]", 22, "impl_007 -> impl_007"),
        ("completed_at: null}", "depends_on: impl_007}", 17, "impl_001 -> impl_007 -> impl_001"),
        ("context_checkpoints: []", "context_checkpoints: x", 28, "is not a list"),
        ("context_checkpoints: []", "context_checkpoints: [{timestamp: x}]", 28, "timestamp `x`"),
        (
            "context_checkpoints: []",
            "context_checkpoints:\n- timestamp: 2026-11-21\n- {timestamp: 2026-11-21, token_usage: x}",
            30,
            "`token_usage`",
        ),
    ] {
        assert!(PAGE.contains(from), "{from}");
        let found = broken_in(&PAGE.replacen(from, to, 1));
        let hit = found.iter().any(|(at, message)| *at == Some(line) && message.contains(what));
        assert!(hit, "{to:?} {what}: {found:?}");
    }
    let named = validate("TODO.md", PAGE.as_bytes(), Rules::default()).expect("readable");
    assert!(named.iter().any(|problem| problem.message.contains("file's name is not")));
    let doubled =
        validate(NAME, PAGE.replacen("slug:", "type:", 1).as_bytes(), Rules::default()).expect_err("unreadable");
    assert_eq!(doubled.code, codes::TODO_UNREADABLE);
}

#[test]
fn older_spellings_break_no_rule_and_long_chains_are_quick() {
    for (from, to) in [
        ("current_step: \"2.4\"", "current_step: complete"),
        ("current_step: \"2.4\"", "current_step: \"0.0\""),
        ("current_step: \"2.4\"", "current_step: 2.4"),
        ("status: implementation", "status: complete"),
        ("phase: 2", "phase: \"2\""),
        ("timestamp: 20261121T090000Z", "created_at: \"2026-11-21\""),
        ("status: pending\n", "status: not started\n"),
        ("description: Third", "name: Third"),
    ] {
        assert_eq!(broken_in(&PAGE.replacen(from, to, 1)), vec![], "{to}");
    }
    let chain: String =
        (0..1200).map(|n| format!("- {{id: a_{n}, name: x, depends_on: [a_{}]}}\n", (n + 1) % 1200)).collect();
    let start = std::time::Instant::now();
    let page = format!("---\ntasks:\n{chain}---\n");
    let found = validate(NAME, page.as_bytes(), Rules::default()).expect("readable");
    assert_eq!(found.iter().filter(|problem| problem.message.contains("wait for each other")).count(), 1);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

fn listed(slug: &str, status: &str) -> Listed {
    Listed {
        slug: slug.into(),
        timestamp: "20261121T090000Z".into(),
        title: format!("{slug}: {{{{ x }}}}"),
        status: status.into(),
        file: format!("TODO_feature_20261121T090000Z_{slug}.md"),
        ..Listed::default()
    }
}

#[test]
fn the_list_of_workflows_is_made_anew_and_all_else_stays() {
    let page = "---\ntype: workflow-master-manifest # ours\nlast_update: \"2026-01-01T00:00:00Z\"\nworkflows:\n  active:\n    - slug: a\n      timestamp: 20261121T090000Z\n      title: old\n      status: planning\n      file: TODO_feature_20261121T090000Z_a.md\n      owner: ada\n  archived:\n    - {slug: gone, summary: \"kept\"}\ncontext_stats: {total_workflows_completed: 3} # keep\n---\nbody\n";
    let done = Listed { completed_at: Some("2026-11-21T10:00:00Z".into()), ..listed("b", "completed") };
    let Rebuilt::Page(new) = rebuild_manifest(
        "TODO.md",
        page.as_bytes(),
        &[listed("a", "implementation")],
        std::slice::from_ref(&done),
        now(),
    )
    .expect("ours") else {
        panic!("a new page")
    };
    let expected = "---\ntype: workflow-master-manifest # ours\nlast_update: \"2026-11-21T10:15:00Z\"\nworkflows:\n  active:\n    - slug: a\n      timestamp: 20261121T090000Z\n      title: \"a: {{ x }}\"\n      status: implementation\n      file: TODO_feature_20261121T090000Z_a.md\n      owner: ada\n  archived:\n    - {slug: gone, summary: \"kept\"}\n    - {slug: b, timestamp: \"20261121T090000Z\", title: \"b: {{ x }}\", status: completed, file: TODO_feature_20261121T090000Z_b.md, completed_at: \"2026-11-21T10:00:00Z\"}\ncontext_stats: {total_workflows_completed: 3} # keep\nversion: \"1.0.0\"\n---\nbody\n";
    assert_eq!(new, expected);
    let again = rebuild_manifest("TODO.md", new.as_bytes(), &[listed("a", "implementation")], &[done], now());
    assert_eq!(again, Ok(Rebuilt::Same));
    let moved = rebuild_manifest("TODO.md", new.as_bytes(), &[], &[listed("a", "completed")], now()).expect("ours");
    let Rebuilt::Page(moved) = moved else { panic!("a new page") };
    let (gone, come) = changed(&new, &moved);
    assert_eq!((gone.len(), come.len()), (7, 2), "{moved}");
    assert!(
        moved.contains("  active: []\n")
            && moved.contains("status: completed, file: TODO_feature_20261121T090000Z_a.md, owner: ada}\n"),
        "{moved}"
    );
}

#[test]
fn a_todo_page_of_a_person_is_left_alone() {
    for page in
        ["# Things\n- [ ] a\n", "", "---\ntype: notes\n---\n", "---\nbroken: [\n---\n", "---\ntype: [workflow]\n---\n"]
    {
        let Ok(Rebuilt::Foreign(note)) = rebuild_manifest("TODO.md", page.as_bytes(), &[], &[], now()) else {
            panic!("{page:?} is foreign")
        };
        assert_eq!(note.problem.code, codes::TODO_MANIFEST_FOREIGN);
    }
    let ours = b"---\ntype: workflow-master-manifest\na: [\n---\n";
    assert_eq!(rebuild_manifest("TODO.md", ours, &[], &[], now()).expect_err("broken").code, codes::TODO_UNREADABLE);
    for bare in [
        "type: workflow-master-manifest\n",
        "{type: workflow-master-manifest, workflows: {active: [], archived: []}}\n",
    ] {
        let page = format!("---\n{bare}---\n");
        let filled =
            rebuild_manifest("TODO.md", page.as_bytes(), &[listed("a", "planning")], &[], now()).expect("ours");
        let Rebuilt::Page(filled) = filled else { panic!("a new page") };
        let again = rebuild_manifest("TODO.md", filled.as_bytes(), &[listed("a", "planning")], &[], now());
        assert_eq!(again, Ok(Rebuilt::Same), "{filled}");
    }
    let fresh = fresh_manifest(now()).expect("made");
    assert_eq!(rebuild_manifest("TODO.md", fresh.as_bytes(), &[], &[], now()), Ok(Rebuilt::Same));
    let filled = rebuild_manifest("TODO.md", fresh.as_bytes(), &[listed("a", "planning")], &[], now()).expect("ours");
    let Rebuilt::Page(filled) = filled else { panic!("a new page") };
    assert!(filled.contains("  active:\n    - slug: a\n"), "{filled}");
}

#[test]
fn one_task_of_five_hundred_is_edited_quickly() {
    let rows: String = (0..500)
        .map(|n| format!("    - {{id: impl_{n:03}, description: \"Guard the redirect of {n}\", status: pending, completed_at: null}}\n"))
        .collect();
    let page = format!("---\nworkflow_progress: {{phase: 2}}\ntasks:\n  implementation:\n{rows}---\n");
    let start = std::time::Instant::now();
    let done = set_task(&front(&page), "impl_499", TaskStatus::Completed, now()).expect("edited").page;
    // a hundredfold of what an optimised build may take
    assert!(start.elapsed().as_secs() < 1, "{:?}", start.elapsed());
    println!("500 tasks, {} bytes: {:?}", page.len(), start.elapsed());
    assert_eq!(changed(&page, &done).1.len(), 2);
}

#[test]
fn a_list_that_can_never_fit_is_refused_at_once_and_told_with_its_number() {
    let one = |number: usize| Listed {
        slug: format!("work-{number:05}"),
        timestamp: "20261121T090000Z".into(),
        title: "t".repeat(60),
        file: format!("TODO_feature_20261121T090000Z_work-{number:05}.md"),
        ..Listed::default()
    };
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    let page = fresh_manifest(now).unwrap();
    let many: Vec<Listed> = (0..2_000).map(one).collect();
    let began = std::time::Instant::now();
    let problem = rebuild_manifest("TODO.md", page.as_bytes(), &many, &[], now).unwrap_err();
    assert!(problem.message.contains("2000 workflows"), "{problem:?}");
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    let some: Vec<Listed> = (0..200).map(one).collect();
    let Ok(Rebuilt::Page(page)) = rebuild_manifest("TODO.md", page.as_bytes(), &some, &[], now) else {
        panic!("200 fit");
    };
    assert_eq!(rebuild_manifest("TODO.md", page.as_bytes(), &some, &[], now), Ok(Rebuilt::Same));
}
