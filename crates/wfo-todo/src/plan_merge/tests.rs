//! Plans that come into a TODO once and again, with the statuses and ids that must stay.
//! The TODO is a list of tasks here, never a file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use proptest::prelude::*;

const PLAN: &str = "# Plan\n\n## Implementation\n\n- [ ] impl_001: Make the form\n- [x] impl_002: Guard the redirect (depends: impl_001)\n- [ ] Write the handler\n\n### Later\n- [ ] Log each attempt\n\n## Phase 3: Testing\n- [ ] test_001: Test the form (depends: IMPL_001, impl_002)\n\n## Documentation\n- [ ] Explain the login\n";

fn task(id: &str, category: &str, text: &str, status: TaskStatus, waits: &[&str]) -> TodoTask {
    TodoTask {
        id: Some(id.to_owned()),
        category: category.to_owned(),
        description: text.to_owned(),
        status,
        depends_on: waits.iter().map(|wait| (*wait).to_owned()).collect(),
        priority: None,
        completed_on: None,
        line: 1,
    }
}

/// Carries out what a merge says, as the editor of TODO files would.
fn apply(existing: &[TodoTask], merged: &Merged) -> Vec<TodoTask> {
    let mut out = existing.to_vec();
    for change in &merged.changes {
        let old = out.iter_mut().find(|task| task.id.as_deref() == Some(&change.id)).unwrap();
        old.description = change.description.clone().unwrap_or_else(|| old.description.clone());
        old.depends_on = change.depends_on.clone().unwrap_or_else(|| old.depends_on.clone());
        old.status = change.status.unwrap_or(old.status);
    }
    let add = |one: &Addition| {
        let waits: Vec<&str> = one.depends_on.iter().map(String::as_str).collect();
        task(&one.id, &one.category, &one.description, one.status, &waits)
    };
    out.extend(merged.additions.iter().map(add));
    out
}

fn brief(tasks: &[TodoTask]) -> Vec<String> {
    let line = |task: &TodoTask| {
        let id = task.id.as_deref().unwrap_or("-");
        format!("{}/{id} {} {:?} [{}]", task.category, task.description, task.status, task.depends_on.join(","))
    };
    tasks.iter().map(line).collect()
}

#[test]
fn a_plan_comes_into_an_empty_todo_with_categories_ids_and_waiting() {
    let merged = merge(&[], &planned(PLAN), "plan.md");
    assert_eq!(merged.notes, vec![]);
    assert_eq!(
        brief(&apply(&[], &merged.value)),
        [
            "implementation/impl_001 Make the form Pending []",
            "implementation/impl_002 Guard the redirect Completed [impl_001]",
            "implementation/impl_003 Write the handler Pending []",
            "implementation/impl_004 Log each attempt Pending []",
            "testing/test_001 Test the form Pending [impl_001,impl_002]",
            "documentation/documentation_001 Explain the login Pending []",
        ]
    );
    let ids: Vec<(usize, &str)> = merged.value.ids.iter().map(|(line, id)| (*line, id.as_str())).collect();
    assert_eq!(ids, [(7, "impl_003"), (10, "impl_004"), (16, "documentation_001")]);
}

#[test]
fn the_same_plan_again_changes_nothing() {
    let once = apply(&[], &merge(&[], &planned(PLAN), "plan.md").value);
    let again = merge(&once, &planned(PLAN), "plan.md");
    assert_eq!(again.value.additions, vec![]);
    assert_eq!(again.value.changes, vec![]);
    assert_eq!(again.value.not_planned, Vec::<String>::new());
}

#[test]
fn no_status_is_lost_and_a_text_that_changed_is_the_same_task() {
    let mut todo = apply(&[], &merge(&[], &planned(PLAN), "plan.md").value);
    todo[0].status = TaskStatus::Blocked;
    todo[2].status = TaskStatus::Completed;
    todo[3].status = TaskStatus::InProgress;
    todo[4].status = TaskStatus::Cancelled;
    let plan = PLAN
        .replace("Make the form", "Make the login form")
        .replace("Log each attempt", "Log each failed attempt")
        .replace("- [ ] test_001", "- [x] test_001")
        .replace("- [ ] Explain the login\n", "- [ ] Write the manual\n");
    let merged = merge(&todo, &planned(&plan), "plan.md").value;
    assert_eq!(
        brief(&apply(&todo, &merged)),
        [
            "implementation/impl_001 Make the login form Blocked []",
            "implementation/impl_002 Guard the redirect Completed [impl_001]",
            "implementation/impl_003 Write the handler Completed []",
            "implementation/impl_004 Log each failed attempt InProgress []",
            "testing/test_001 Test the form Cancelled [impl_001,impl_002]",
            "documentation/documentation_001 Explain the login Pending []",
            "documentation/documentation_002 Write the manual Pending []",
        ]
    );
    assert_eq!(merged.not_planned, ["documentation_001"]);
}

#[test]
fn a_task_is_found_by_its_id_whatever_category_it_stands_in() {
    let todo = [task("impl_001", "stuff", "Make the form", TaskStatus::InProgress, &["x_01"])];
    let merged = merge(&todo, &planned("## Implementation\n- [x] IMPL_001: Make the form\n"), "plan.md").value;
    assert_eq!(merged.additions, vec![]);
    let change = Change { id: "impl_001".into(), status: Some(TaskStatus::Completed), ..Change::default() };
    assert_eq!(merged.changes, vec![change]);
}

#[test]
fn an_open_box_reopens_nothing() {
    let todo = [task("impl_001", "implementation", "A", TaskStatus::Completed, &[])];
    assert_eq!(merge(&todo, &planned("- [ ] impl_001: A\n"), "p").value.changes, vec![]);
}

#[test]
fn categories_come_from_headings_then_from_ids() {
    for (heading, id, expected) in [
        ("## Implementation", "", "implementation"),
        ("## Phase 2: Implementation tasks", "", "implementation"),
        ("## Tests", "", "testing"),
        ("## QA", "", "qa"),
        ("## Docker", "", "containerization"),
        ("## Tasks", "test_001: ", "testing"),
        ("## Tasks", "", "implementation"),
        ("", "spec_001: ", "specification"),
        ("", "", "implementation"),
        ("## Operations and alerts", "", "operations_and_alerts"),
        ("## Epic 2: Login", "impl_001: ", "implementation"),
        ("## \u{1f680}\u{202e}", "", "implementation"),
        ("## ../../etc", "", "etc"),
    ] {
        let tasks = planned(&format!("{heading}\n- [ ] {id}Do it\n"));
        assert_eq!(tasks[0].category, expected, "{heading} {id}");
    }
    let nested = planned("## Implementation\n### Testing it\n- [ ] A\n# Other\n- [ ] B\n");
    assert_eq!((nested[0].category.as_str(), nested[1].category.as_str()), ("implementation", "implementation"));
    assert_eq!(nested[0].headings, ["Implementation", "Testing it"]);
    assert_eq!(planned("---\na: 1\n---\n- [ ] A\n")[0].line, 4);
}

#[test]
fn what_is_wrong_with_a_plan_is_named() {
    for (plan, code, what) in [
        ("- [ ] a_01: A\n- [ ] A_01: B\n", codes::TODO_TASK_ODD, "`A_01` stands twice"),
        ("- [ ] a_01: A (depends: a_09)\n", codes::PLAN_DEPENDENCY_UNKNOWN, "`a_01` waits for `a_09`"),
        ("- [ ] a_01: A (depends: a_02)\n- [ ] a_02: B (depends: a_01)\n", codes::PLAN_CYCLE, "`a_01, a_02`"),
        ("- [ ] a_01: A (depends: a_01)\n", codes::PLAN_CYCLE, "`a_01`"),
    ] {
        let merged = merge(&[], &planned(plan), "plan.md");
        let [note] = merged.notes.as_slice() else { panic!("one note: {plan} {:?}", merged.notes) };
        assert_eq!(note.problem.code, code, "{plan}");
        assert!(note.problem.message.contains(what), "{}", note.problem.message);
    }
}

#[test]
fn ids_are_written_into_the_plan_and_nothing_else_changes() {
    let page = PLAN.replace('\n', "\r\n");
    let merged = merge(&[], &planned(&page), "plan.md").value;
    let written = with_ids(&page, &merged.ids);
    assert!(written.contains("- [ ] impl_003: Write the handler\r\n"), "{written}");
    assert_eq!(written.replace("impl_003: ", "").replace("impl_004: ", "").replace("documentation_001: ", ""), page);
    let again = merge(&[], &planned(&written), "plan.md").value;
    assert_eq!((again.ids.len(), again.additions), (0, merged.additions));
}

#[test]
fn a_task_of_the_todo_without_an_id_is_not_added_again() {
    let bare = TodoTask { id: None, ..task("x", "implementation", "Write the handler", TaskStatus::Pending, &[]) };
    let merged = merge(&[bare], &planned("## Implementation\n- [x] Write the handler\n- [ ] Other\n"), "p").value;
    let added: Vec<&str> = merged.additions.iter().map(|one| one.description.as_str()).collect();
    assert_eq!((added, merged.changes, merged.ids.len()), (vec!["Other"], vec![], 1));
}

#[test]
fn a_plan_that_is_made_to_be_slow_is_merged_at_once() {
    let waits = vec!["a_01"; 250].join(", ");
    let text = "word ".repeat(90);
    let page: String = (0..3_000).map(|n| format!("- [ ] {text}{n} (depends: {waits})\n")).collect();
    let start = std::time::Instant::now();
    let plan = planned(&page);
    let todo = apply(&[], &merge(&[], &plan, "p").value);
    let again = merge(&todo, &plan, "p").value;
    assert_eq!((todo.len(), again.additions.len()), (2_000, 0));
    assert_eq!(merge(&[], &plan, "p").notes.len(), 50);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_circle_of_ten_thousand_tasks_is_found_without_recursion() {
    let waiting: BTreeMap<String, Vec<String>> =
        (0..10_000).map(|n| (n.to_string(), vec![((n + 1) % 10_000).to_string()])).collect();
    assert_eq!(circle(&waiting).map(|ids| ids.len()), Some(10_000));
    let chain: BTreeMap<String, Vec<String>> =
        (0..10_000).map(|n| (n.to_string(), vec![(n + 1).to_string()])).collect();
    assert_eq!(circle(&chain), None);
}

proptest! {
    #[test]
    fn merging_twice_is_merging_once_and_loses_no_status(
        lines in proptest::collection::vec("(- \\[[ x]\\] (impl_00[1-4]: |)[a-c ]{1,6}( \\(depends: impl_00[1-4]\\)|)|## (Testing|Implementation|Other))", 0..12),
        statuses in proptest::collection::vec(0_usize..5, 12),
    ) {
        let all = [TaskStatus::Pending, TaskStatus::InProgress, TaskStatus::Completed, TaskStatus::Blocked, TaskStatus::Cancelled];
        let plan = planned(&lines.join("\n"));
        let mut todo = apply(&[], &merge(&[], &plan, "p").value);
        for (task, status) in todo.iter_mut().zip(&statuses) {
            task.status = all[*status];
        }
        let once = apply(&todo, &merge(&todo, &plan, "p").value);
        prop_assert_eq!(once.len(), todo.len());
        for (old, new) in todo.iter().zip(&once) {
            let ticked = new.status == TaskStatus::Completed && matches!(old.status, TaskStatus::Pending | TaskStatus::InProgress);
            prop_assert!(old.status == new.status || ticked);
        }
        let twice = merge(&once, &plan, "p").value;
        prop_assert!(twice.additions.is_empty() && twice.changes.is_empty(), "{:?}", twice);
        let mut ids: Vec<_> = once.iter().map(|task| task.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), once.len());
    }

    #[test]
    fn any_page_is_read_without_a_panic(page in "[-\\[\\]x #:()a-c_0-9,;\\n\\ré]{0,120}") {
        let plan = planned(&page);
        let merged = merge(&[], &plan, "p").value;
        let _ = with_ids(&page, &merged.ids);
    }
}
