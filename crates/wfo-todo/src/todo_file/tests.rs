//! Every spelling of TODO files that is read, and what is refused.

use super::*;
use proptest::prelude::*;

const FILE: &str = "TODO_hotfix_20261121T090000Z_login-loop.md";

fn read(front: &str) -> Noted<Workflow> {
    todo(FILE, &format!("---\n{front}---\n# Body\n- [ ] not a task of the record\n")).expect(front)
}

#[test]
fn only_todo_names_are_taken_apart() {
    let name = todo_name(FILE).expect("a TODO name");
    assert_eq!((name.kind, name.stamp.as_str(), name.slug.as_str()), (Kind::Hotfix, "20261121T090000Z", "login-loop"));
    let odd = todo_name("TODO_feature_20261121T090000Z_a_b-C9.md").map(|name| name.slug);
    assert_eq!(odd.as_deref(), Some("a_b-C9"));
    for name in [
        "TODO.md",
        "TODO_feature_20261121T090000Z_.md",
        "TODO_feature_20261121T090000Z_-x.md",
        "TODO_feature_20261121T090000Z_a/b.md",
        "TODO_feature_20261121T090000Z_a..b.md",
        "TODO_feature_20261121_x.md",
        "TODO_feature_2026112éT09000Z_x.md",
        "TODO_chore_20261121T090000Z_x.md",
        "TODO_Feature_20261121T090000Z_x.md",
        "todo_feature_20261121T090000Z_x.md",
        "TODO_feature_20261121T090000Z_x.md.bak",
    ] {
        assert_eq!(todo_name(name), None, "{name}");
    }
}

#[test]
fn the_whole_record_is_read() {
    let noted = read(
        "type: workflow-manifest\nworkflow_type: hotfix\nslug: login-loop\nmetadata: {title: \"Login loop\"}\n\
         workflow_progress: {phase: 6, current_step: \"6.4\", last_update: \"2026-11-21T10:15:00Z\", status: hotfix}\n\
         tasks:\n  implementation:\n    - {id: impl_001, description: \"Guard the redirect\", status: in_progress}\n  testing:\n    \
         - id: test_001\n      name: Cover it\n      status: pending\n      dependencies: [impl_001]\n      priority: high\n",
    );
    assert_eq!(noted.notes, vec![]);
    let read = noted.value;
    assert_eq!((read.kind, read.slug.as_str(), read.title.as_str()), (Some(Kind::Hotfix), "login-loop", "Login loop"));
    assert_eq!((read.phase, read.step.as_deref(), read.status.as_deref()), (Some(6), Some("6.4"), Some("hotfix")));
    assert_eq!(read.last_update.as_deref(), Some("2026-11-21T10:15:00Z"));
    let [first, second] = read.tasks.as_slice() else { panic!("two tasks") };
    assert_eq!((first.id.as_deref(), first.category.as_str(), first.line), (Some("impl_001"), "implementation", 9));
    assert_eq!(first.status, TaskStatus::InProgress);
    assert_eq!((second.description.as_str(), second.line), ("Cover it", 11));
    assert_eq!((second.depends_on.as_slice(), second.priority), (&["impl_001".to_owned()][..], Some(Level::High)));
}

#[test]
fn the_category_is_the_list_a_task_stands_in_and_not_the_prefix_of_its_id() {
    let read = read("tasks:\n  testing:\n    - {id: impl_001, description: x}\n").value;
    assert_eq!(read.tasks.first().map(|task| task.category.as_str()), Some("testing"));
}

#[test]
fn every_spelling_of_a_status_is_read_and_an_unknown_one_is_named() {
    for (word, status) in [
        ("complete", TaskStatus::Completed),
        ("Completed", TaskStatus::Completed),
        ("done", TaskStatus::Completed),
        ("in-progress", TaskStatus::InProgress),
        ("In Progress", TaskStatus::InProgress),
        ("blocked", TaskStatus::Blocked),
        ("canceled", TaskStatus::Cancelled),
        ("true", TaskStatus::Completed),
        ("~", TaskStatus::Pending),
    ] {
        let read = read(&format!("tasks:\n  a:\n    - id: a_01\n      description: x\n      status: {word}\n"));
        assert_eq!((read.value.tasks.first().map(|task| task.status), read.notes.len()), (Some(status), 0), "{word}");
    }
    let odd = read("tasks:\n  a:\n    - {id: a_01, status: maybe}\n");
    assert_eq!(odd.value.tasks.first().map(|task| task.status), Some(TaskStatus::Pending));
    let [note] = odd.notes.as_slice() else { panic!("one note") };
    assert_eq!(
        (note.problem.code, note.problem.location.as_ref().and_then(|at| at.line)),
        (codes::TODO_TASK_ODD, Some(4))
    );
}

#[test]
fn a_phase_may_be_a_text_and_an_unknown_one_is_named_with_its_line_while_the_rest_is_read() {
    for (written, phase) in [("2", Some(2)), ("\"2\"", Some(2)), ("0", Some(0)), ("6", Some(6)), ("2.0", Some(2))] {
        let read = read(&format!("workflow_progress:\n  phase: {written}\n"));
        assert_eq!((read.value.phase, read.notes.len()), (phase, 0), "{written}");
    }
    for written in ["7", "-1", "2.4", "planning", "[1]"] {
        let read = read(&format!("slug: x\nworkflow_progress:\n  phase: {written}\n  status: planning\n"));
        assert_eq!((read.value.phase, read.value.status.as_deref()), (None, Some("planning")), "{written}");
        let [note] = read.notes.as_slice() else { panic!("one note for {written}") };
        assert_eq!(note.problem.code, codes::TODO_PHASE_UNKNOWN);
        assert_eq!(note.problem.location.as_ref().and_then(|place| place.line), Some(4), "{written}");
    }
    let message = read("workflow_progress: {phase: 7}\n").notes.first().map(|note| note.problem.message.clone());
    assert_eq!(message.as_deref(), Some(format!("phase `7` in {FILE} line 2 is not one of 0-6").as_str()));
}

#[test]
fn an_unquoted_step_keeps_its_spelling() {
    for (written, step) in [("6.10", "6.10"), ("2.4", "2.4"), ("\"0.0\"", "0.0"), ("complete", "complete"), ("3", "3")]
    {
        let read = read(&format!("workflow_progress:\n  phase: 2\n  current_step: {written} # note\n")).value;
        assert_eq!(read.step.as_deref(), Some(step));
    }
}

#[test]
fn older_shapes_are_read() {
    let read = todo(
        "ARCHIVED/TODO_release_20250101T000000Z_v2.md",
        "\u{feff}---\r\nslug: 2\r\ncreated_at: x\r\nphase: 5\r\nstatus: complete\r\nblocked_tasks: [qa_002]\r\ntasks:\r\n  - qa_001\r\n  - {id: qa_002, depends_on: \"qa_001, none\"}\r\n  - {id: qa_003, completed_at: \"2025\"}\r\n...\r\n",
    )
    .expect("readable")
    .value;
    assert_eq!(
        (read.kind, read.slug.as_str(), read.title.as_str(), read.phase),
        (Some(Kind::Release), "v2", "v2", Some(5))
    );
    assert!(read.is_finished());
    let tasks: Vec<_> =
        read.tasks.iter().map(|task| (task.description.as_str(), task.status, task.depends_on.len())).collect();
    assert_eq!(
        tasks,
        vec![
            ("qa_001", TaskStatus::Pending, 0),
            ("qa_002", TaskStatus::Blocked, 1),
            ("qa_003", TaskStatus::Completed, 0)
        ]
    );
    assert_eq!(read.open_tasks().count(), 2);
}

#[test]
fn a_task_id_that_stands_twice_is_named() {
    let read = read("tasks:\n  a:\n    - {id: a_01}\n    - {id: a_01}\n");
    assert_eq!((read.value.tasks.len(), read.notes.len()), (2, 1));
}

#[test]
fn what_is_no_todo_file_is_refused_with_its_place() {
    let large = format!("---\n{}---\n", "a: b\n".repeat(20_000));
    for (page, line, column) in [
        ("# Tasks\n", Some(1), None),
        ("---\na: 1\n", Some(1), None),
        (large.as_str(), Some(1), None),
        ("---\na: 1\nb: x\0\n---\n", Some(3), Some(5)),
        ("---\na: 1\na: 2\n---\n", Some(3), Some(1)),
        ("---\ntype: workflow-master-manifest\n---\n", Some(2), None),
        ("---\n- a\n---\n", Some(2), None),
    ] {
        let problem = todo("TODO_x.md", page).expect_err("refused");
        let place = problem.location.expect("a place");
        assert_eq!((problem.code, place.line, place.column), (codes::TODO_UNREADABLE, line, column));
        assert!(problem.hint.is_some());
    }
}

proptest! {
    #[test]
    fn any_front_matter_is_read_or_refused_without_a_panic(front in "((type|slug|tasks|workflow_progress|phase|status|id|a)?[:\\-\\[\\]{},&*|>\"' 0-9a-cé]{0,10}\n){0,10}") {
        let page = format!("---\n{front}---\n");
        if let Ok(read) = todo(FILE, &page) {
            prop_assert!(read.value.phase.is_none_or(|phase| phase <= LAST_PHASE));
        }
    }
}
