//! Groups, worktrees, waves, the critical path, and lists that cannot be planned.

use super::*;
use proptest::prelude::*;
use std::time::Instant;
use wfo_base::codes;

/// `id(hours) < a b : file file`; `?` for hours = no estimate.
fn task(text: &str) -> Task {
    let (head, files) = text.split_once(':').unwrap_or((text, ""));
    let (head, needs) = head.split_once('<').unwrap_or((head, ""));
    let (id, hours) = head.trim().trim_end_matches(')').split_once('(').unwrap_or((head.trim(), "?"));
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let estimate_minutes = parse_estimate(hours);
    Task { id: id.to_owned(), depends_on: words(needs), files: words(files), estimate_minutes, ..Task::default() }
}

fn tasks(texts: &[&str]) -> Vec<Task> {
    texts.iter().map(|text| task(text)).collect()
}

fn planned(texts: &[&str], most: u16) -> Plan {
    let noted = plan(&tasks(texts), most).unwrap();
    assert_eq!(noted.notes, vec![]);
    noted.value
}

fn names(groups: &[Group]) -> Vec<Vec<&str>> {
    groups.iter().map(|group| group.tasks.iter().map(String::as_str).collect()).collect()
}

#[test]
fn tasks_stand_in_the_first_group_after_all_they_depend_on() {
    let found = planned(&["e(1) < c d", "a(1)", "b(2)", "c(3) < a", "d(1) < a b"], 4);
    assert_eq!(names(&found.groups), [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    assert_eq!(found.critical_path, ["a", "c", "e"]);
    assert_eq!(found.estimate_minutes, Some((2 + 3 + 1) * 60));
    assert_eq!(found.groups.iter().map(|group| group.worktrees_needed).collect::<Vec<_>>(), [2, 2, 1]);
}

#[test]
fn tasks_that_change_the_same_files_share_a_worktree_in_order() {
    let found = planned(&["a(1): src/api", "b(2): web/x.ts", "c(1): src/api/users.rs", "d(1)"], 4);
    let group = &found.groups[0];
    assert_eq!(group.worktrees, [vec!["a", "c"], vec!["b"], vec!["d"]]);
    assert_eq!((group.worktrees_needed, group.estimate_minutes), (3, Some(120)));
}

#[test]
fn more_worktrees_than_allowed_go_in_waves_the_longest_first() {
    let found = planned(&["a(1)", "b(5)", "c(2)", "d(4)", "e(3)"], 2);
    let group = &found.groups[0];
    assert_eq!((group.worktrees.len(), group.worktrees_needed), (5, 2));
    assert_eq!(group.slots, [vec![1, 2, 0], vec![3, 4]]);
    assert_eq!(group.estimate_minutes, Some(8 * 60));
    assert_eq!(planned(&["a(1)", "b(2)"], 0).groups[0].worktrees_needed, 1);
    assert_eq!(planned(&["a(0)", "b(0)"], 2).groups[0].slots, [vec![0], vec![1]]);
}

#[test]
fn one_task_without_an_estimate_makes_the_estimate_unknown_and_not_zero() {
    let found = planned(&["a(9)", "b(1)", "c < b", "d(1) < c"], 4);
    assert_eq!(found.estimate_minutes, None);
    assert_eq!(
        found.groups.iter().map(|group| group.estimate_minutes).collect::<Vec<_>>(),
        [Some(540), None, Some(60)]
    );
    assert_eq!(found.critical_path, ["b", "c", "d"], "by number of tasks, since not all have an estimate");
}

#[test]
fn the_critical_path_goes_by_time_and_not_by_number_where_all_is_known() {
    assert_eq!(planned(&["long(9)", "a(1)", "b(1) < a", "c(1) < b"], 4).critical_path, ["long"]);
    assert_eq!(planned(&["z(1)", "a(1)"], 4).critical_path, ["z"], "the first of equals");
}

#[test]
fn done_tasks_satisfy_dependencies_and_are_left_out() {
    let mut list = tasks(&["a(8)", "b(1) < a", "c(1) < b"]);
    list[0].done = true;
    list[0].blocked = true;
    list[0].depends_on = vec!["gone".into(), "a".into()];
    let found = plan(&list, 4).unwrap();
    assert_eq!((names(&found.value.groups), found.notes), (vec![vec!["b"], vec!["c"]], vec![]));
    assert_eq!(found.value.estimate_minutes, Some(120));
}

#[test]
fn a_blocked_task_and_all_that_depends_on_it_wait() {
    let mut list = tasks(&["c(1) < b", "a(1)", "b(1) < a", "d(1)"]);
    list[2].blocked = true;
    let found = plan(&list, 4).unwrap().value;
    assert_eq!((names(&found.groups), found.critical_path), (vec![vec!["a", "d"]], vec!["a".to_owned()]));
    let waiting: Vec<_> = found.waiting.iter().map(|each| (each.task.as_str(), each.reason.as_str())).collect();
    assert_eq!(waiting, [("c", "it depends on `b`, which waits"), ("b", "it is blocked")]);
}

#[test]
fn a_dependency_that_is_not_in_the_list_is_noted_and_its_task_waits() {
    let mut list = tasks(&["a(1) < ghost", "b(1) < a", "c(1)"]);
    list[0].line = Some(7);
    let found = plan(&list, 4).unwrap();
    assert_eq!(names(&found.value.groups), [vec!["c"]]);
    assert_eq!(found.value.waiting.len(), 2);
    assert_eq!((found.notes.len(), found.notes[0].problem.code), (1, codes::PLAN_DEPENDENCY_UNKNOWN));
    assert_eq!(found.notes[0].problem.message, "task `a` (line 7) depends on `ghost`, which is not in the list");
}

#[test]
fn a_circle_is_named_from_its_first_task() {
    for (list, circle) in [
        (tasks(&["a < b", "b < a"]), "`a -> b -> a`"),
        (tasks(&["a < a"]), "`a -> a`"),
        (tasks(&["x < c", "y", "a < b", "b < c y", "c < a"]), "`a -> b -> c -> a`"),
        (tasks(&["e\u{1b}[31m`\n < e\u{1b}[31m`"]), "`e' -> e'`"),
    ] {
        let problem = plan(&list, 4).unwrap_err();
        assert_eq!(
            (problem.code, problem.message),
            (codes::PLAN_CYCLE, format!("tasks wait for each other: {circle}"))
        );
    }
}

#[test]
fn a_long_circle_is_named_in_part() {
    let list: Vec<Task> = (0..5_000).map(|number| task(&format!("t{number} < t{}", (number + 1) % 5_000))).collect();
    let message = plan(&list, 4).unwrap_err().message;
    assert!(message.contains("t0 -> t1 -> ") && message.ends_with("... 4988 more -> t0`"), "{message}");
}

#[test]
fn an_id_that_stands_twice_is_refused() {
    let mut list = tasks(&["a", "b", "a"]);
    list[2].line = Some(3);
    let problem = plan(&list, 4).unwrap_err();
    assert_eq!((problem.code, problem.message.as_str()), (codes::PLAN_UNREADABLE, "task `a` stands twice (line 3)"));
}

#[test]
fn an_empty_list_is_an_empty_plan() {
    assert_eq!(planned(&[], 4), Plan { estimate_minutes: Some(0), ..Plan::default() });
}

#[test]
fn many_unknown_dependencies_are_counted_and_twenty_are_named() {
    let list: Vec<Task> = (0..500).map(|number| task(&format!("t{number} < ghost"))).collect();
    let notes = plan(&list, 4).unwrap().notes;
    assert_eq!(notes.len(), 21);
    assert!(notes[20].problem.message.starts_with("480 more"));
}

#[test]
fn ten_thousand_tasks_are_planned_in_bounded_time_and_depth() {
    let chain: Vec<Task> =
        (0..10_000).map(|number: u32| task(&format!("t{number}(1) < t{}", number.wrapping_sub(1)))).collect();
    let mut chain = chain;
    chain[0].depends_on.clear();
    let wide: Vec<Task> = (0..10_000)
        .map(|number: usize| {
            task(&format!(
                "t{number}(1) {} : src/m{}/f{number}",
                if number > 99 { format!("< t{} t{}", number % 100, (number * 7) % 100) } else { String::new() },
                number % 500
            ))
        })
        .collect();
    for (list, groups) in [(chain, 10_000), (wide, 2)] {
        let start = Instant::now();
        let found = plan(&list, 4).unwrap().value;
        let took = start.elapsed();
        assert_eq!((found.groups.len(), found.critical_path.len()), (groups, groups));
        assert!(took.as_millis() < 1_000, "{took:?}");
    }
}

proptest! {
    #[test]
    fn every_open_task_is_planned_once_after_all_it_needs_or_waits(
        needs in proptest::collection::vec(proptest::collection::btree_set(0_usize..12, 0..4), 1..12),
        flags in proptest::collection::vec((0_u8..8, 0_u64..9), 12), most in 0_u16..5
    ) {
        // Only earlier tasks are needed, so there is no circle.
        let list: Vec<Task> = needs.iter().enumerate().map(|(number, needs)| Task {
            id: format!("t{number}"),
            depends_on: needs.iter().filter(|need| **need < number).map(|need| format!("t{need}")).collect(),
            files: vec![format!("f{}", flags[number].1 % 4)],
            estimate_minutes: Some(flags[number].1),
            done: flags[number].0 == 0,
            blocked: flags[number].0 == 1,
            ..Task::default()
        }).collect();
        let found = plan(&list, most).unwrap().value;
        let group_of = |id: &str| found.groups.iter().position(|group| group.tasks.iter().any(|task| task == id));
        for each in &list {
            let waits = found.waiting.iter().any(|waiting| waiting.task == each.id);
            let group = group_of(&each.id);
            prop_assert_eq!(usize::from(each.done) + usize::from(waits) + usize::from(group.is_some()), 1);
            for need in &each.depends_on {
                let done = list.iter().any(|other| other.id == *need && other.done);
                prop_assert!(group.is_none() || done || group_of(need) < group);
            }
        }
        let longest: u64 = found.critical_path.iter().filter_map(|id| list.iter().find(|each| each.id == *id)).filter_map(|each| each.estimate_minutes).sum();
        prop_assert!(found.estimate_minutes.is_some_and(|total| longest <= total));
        for group in &found.groups {
            let mut inside: Vec<&String> = group.worktrees.iter().flatten().collect();
            inside.sort();
            let mut tasks: Vec<&String> = group.tasks.iter().collect();
            tasks.sort();
            prop_assert_eq!(inside, tasks);
            let mut slots: Vec<usize> = group.slots.concat();
            slots.sort_unstable();
            prop_assert_eq!(slots, (0..group.worktrees.len()).collect::<Vec<_>>());
            prop_assert!(group.worktrees_needed <= usize::from(most.max(1)));
        }
    }
}
