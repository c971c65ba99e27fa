//! Orders open work from all sources into one queue, each point with its reason.
//! Never reads files, never hides a task: what is blocked stands last, with its blocker named.

use jiff::civil::Date;

use crate::blocks::{Waits, waits};
use crate::level::Level;
use crate::merge::{Group, merge};
use crate::weights::{Rule, Weights};

/// The most names in one reason.
const LISTED: usize = 5;

/// Where an item was named; declared in the order that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The hand-over's priorities.
    Priority,
    /// The hand-over's tasks in progress.
    InProgress,
    /// TASK.md.
    Tasks,
    /// An active TODO file.
    Todo,
    /// Backlog.md.
    Backlog,
}

/// One line of work from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The task on one line.
    pub text: String,
    /// Which kind of source named it.
    pub origin: Origin,
    /// The source.
    pub file: String,
    /// Line in the source, from 1.
    pub line: usize,
    /// Urgency as marked.
    pub level: Option<Level>,
    /// Whether it is begun.
    pub in_progress: bool,
    /// Whether it is finished: never offered, but it unblocks others.
    pub done: bool,
    /// What it waits for: ids or texts of other items, or anything else.
    pub blocked_by: Vec<String>,
    /// Its id.
    pub id: Option<String>,
    /// Agent that the source asks for.
    pub agent: Option<String>,
    /// Since when it waits, or when its source was last updated.
    pub since: Option<Date>,
}

impl Item {
    /// Makes an open, unmarked item without a place.
    #[must_use]
    pub fn new(text: &str, origin: Origin) -> Self {
        Self {
            text: text.to_owned(),
            origin,
            file: String::new(),
            line: 0,
            level: None,
            in_progress: false,
            done: false,
            blocked_by: Vec::new(),
            id: None,
            agent: None,
            since: None,
        }
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// One task of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Position, from 1.
    pub rank: usize,
    /// The task.
    pub text: String,
    /// Its most urgent source.
    pub source: Place,
    /// Which kind of source that is.
    pub origin: Origin,
    /// The other places that name it.
    pub also: Vec<Place>,
    /// Urgency as marked.
    pub level: Option<Level>,
    /// Whether any source says that it is begun.
    pub in_progress: bool,
    /// Its id.
    pub id: Option<String>,
    /// Agent that a source asks for.
    pub agent: Option<String>,
    /// Sum of the points in `reasons`.
    pub score: u32,
    /// Every point with its reason, such as `+60 priority P1`.
    pub reasons: Vec<String>,
    /// What it waits for; `None` = can be begun now.
    pub blocked_by: Option<String>,
}

/// Orders the items into a queue: what can be begun before what is blocked, then by points, then by source
/// ([`Origin`] order), then by input order. Items that say the same become one; done ones are left out, and so is
/// a line of the hand-over whose task is ticked in a task list.
#[must_use]
pub fn rank(items: Vec<Item>, weights: &Weights, today: Date) -> Vec<Ranked> {
    let groups = merge(items);
    let waits = waits(&groups);
    let mut blocks: Vec<Vec<&str>> = vec![Vec::new(); groups.len()];
    for (group, waits) in groups.iter().zip(&waits) {
        let text = group.head().map_or("", |head| head.text.as_str());
        for task in &waits.tasks {
            if let Some(others) = blocks.get_mut(*task) {
                others.push(text);
            }
        }
    }
    let mut ranked: Vec<(usize, Ranked)> = groups
        .iter()
        .zip(waits)
        .zip(&blocks)
        .filter(|((group, _), _)| !group.done)
        .filter_map(|((group, waits), blocks)| Some((group.order, judge(group, waits, blocks, weights, today)?)))
        .collect();
    ranked.sort_by_key(|(order, task)| (task.blocked_by.is_some(), std::cmp::Reverse(task.score), task.origin, *order));
    let in_order = ranked.into_iter().zip(1..);
    in_order.map(|((_, task), rank)| Ranked { rank, ..task }).collect()
}

/// Adds up one task's points.
fn judge(group: &Group, waits: Waits, blocks: &[&str], weights: &Weights, today: Date) -> Option<Ranked> {
    let head = group.head()?;
    let level = group.level();
    let mut sum = Sum { weights, score: 0, reasons: Vec::new() };
    match level {
        Some(level) => sum.add(Rule::Level(level), 1, || format!("priority {level}")),
        None => sum.add(Rule::Unmarked, 1, || "no priority mark".to_owned()),
    }
    let origin = group.items.iter().map(|item| item.origin).min()?;
    sum.add(base(origin), 1, || format!("named in {}", place_of(origin)));
    if group.named_in(Origin::Priority) {
        sum.add(Rule::NamedInPriorities, 1, || "chosen by the last session".to_owned());
    }
    let in_progress = group.items.iter().any(|item| item.in_progress);
    if in_progress {
        sum.add(Rule::InProgress, 1, || "in progress".to_owned());
    }
    if let Some(first) = blocks.first() {
        let count = blocks.len();
        sum.add(Rule::BlocksOthers, u32::try_from(count).unwrap_or(u32::MAX), || match count {
            1 => format!("blocks \"{first}\""),
            more => format!("blocks {more} tasks, \"{first}\" first"),
        });
    }
    let days = group.since().map_or(0, |since| (today - since).get_days()).max(0);
    sum.add(Rule::AgeDays, days.unsigned_abs(), || format!("{days} {} old", if days == 1 { "day" } else { "days" }));
    let also = group.also();
    let places: Vec<String> = also.iter().map(|place| format!("{} line {}", place.file, place.line)).collect();
    sum.reasons.extend(listed(&places).map(|places| format!("also named in {places}")));
    let blocked_by = listed(&waits.names);
    sum.reasons.extend(blocked_by.iter().map(|names| format!("waits for {names}")));
    let first = |of: fn(&Item) -> &Option<String>| group.items.iter().find_map(|item| of(item).clone());
    Some(Ranked {
        rank: 0,
        text: head.text.clone(),
        source: Place { file: head.file.clone(), line: head.line },
        origin: head.origin,
        also,
        level,
        in_progress,
        id: first(|item| &item.id),
        agent: first(|item| &item.agent),
        score: sum.score,
        reasons: sum.reasons,
        blocked_by,
    })
}

/// Joins the first few names and counts the rest; `None` for none.
fn listed(names: &[String]) -> Option<String> {
    let shown = names.get(..LISTED.min(names.len()))?.join(", ");
    match names.len().saturating_sub(LISTED) {
        0 if names.is_empty() => None,
        0 => Some(shown),
        more => Some(format!("{shown} and {more} more")),
    }
}

/// A score with the reason of each of its points.
struct Sum<'a> {
    weights: &'a Weights,
    score: u32,
    reasons: Vec<String>,
}

impl Sum<'_> {
    fn add(&mut self, rule: Rule, times: u32, why: impl FnOnce() -> String) {
        let points = self.weights.points(rule, times);
        if points > 0 {
            self.score = self.score.saturating_add(points);
            self.reasons.push(format!("+{points} {}", why()));
        }
    }
}

fn base(origin: Origin) -> Rule {
    match origin {
        Origin::Priority | Origin::InProgress => Rule::FromHandover,
        Origin::Tasks => Rule::FromTaskList,
        Origin::Todo => Rule::FromWorkflow,
        Origin::Backlog => Rule::FromBacklog,
    }
}

fn place_of(origin: Origin) -> &'static str {
    match origin {
        Origin::Priority | Origin::InProgress => "the hand-over",
        Origin::Tasks => "the task list",
        Origin::Todo => "an active workflow",
        Origin::Backlog => "the backlog",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn queue(items: Vec<Item>) -> Vec<Ranked> {
        rank(items, &Weights::built_in(), day("2026-11-21"))
    }

    fn item(text: &str, origin: Origin) -> Item {
        let file = match origin {
            Origin::Priority | Origin::InProgress => "PROJECT_CONTEXT.md",
            Origin::Tasks => "TASK.md",
            Origin::Todo => "TODO_feature_20261121T090000Z_x.md",
            Origin::Backlog => "Backlog.md",
        };
        Item { file: file.to_owned(), line: 1, ..Item::new(text, origin) }
    }

    fn waiting(text: &str, id: &str, blockers: &[&str]) -> Item {
        let blocked_by = blockers.iter().map(|name| (*name).to_owned()).collect();
        Item { id: (!id.is_empty()).then(|| id.to_owned()), blocked_by, ..item(text, Origin::Tasks) }
    }

    fn order(ranked: &[Ranked]) -> Vec<&str> {
        ranked.iter().map(|task| task.text.as_str()).collect()
    }

    #[test]
    fn points_decide_then_the_source_then_the_order_of_the_input() {
        let ranked = queue(vec![
            item("backlog", Origin::Backlog),
            Item { level: Some(Level::P1), ..item("p1", Origin::Tasks) },
            item("second", Origin::Tasks),
            item("workflow", Origin::Todo),
            item("third", Origin::Tasks),
            Item { level: Some(Level::P0), ..item("p0 of the backlog", Origin::Backlog) },
            item("chosen", Origin::Priority),
            Item { in_progress: true, ..item("begun", Origin::InProgress) },
        ]);
        assert_eq!(
            order(&ranked),
            vec!["p0 of the backlog", "p1", "chosen", "begun", "second", "third", "workflow", "backlog"]
        );
        assert_eq!(ranked.iter().map(|task| task.rank).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    }

    #[test]
    fn every_point_has_its_reason() {
        let ranked = queue(vec![
            Item { level: Some(Level::P1), since: Some(day("2026-11-15")), ..item("Fix login", Origin::Tasks) },
            Item { line: 7, ..item("fix LOGIN.", Origin::Priority) },
            Item { in_progress: true, line: 9, ..item("Fix login", Origin::InProgress) },
            waiting("Deploy", "", &["fix login"]),
        ]);
        let [login, deploy] = ranked.as_slice() else { panic!("two tasks: {ranked:?}") };
        assert_eq!(
            login.reasons,
            vec![
                "+60 priority P1",
                "+10 named in the hand-over",
                "+20 chosen by the last session",
                "+15 in progress",
                "+15 blocks \"Deploy\"",
                "+6 6 days old",
                "also named in PROJECT_CONTEXT.md line 7, PROJECT_CONTEXT.md line 9",
            ]
        );
        assert_eq!((login.score, login.source.file.as_str(), login.level), (126, "TASK.md", Some(Level::P1)));
        assert_eq!(deploy.blocked_by.as_deref(), Some("fix login"));
        assert_eq!(deploy.reasons.last().map(String::as_str), Some("waits for fix login"));
    }

    #[test]
    fn a_double_keeps_its_most_urgent_source_and_names_the_others() {
        let ranked = queue(vec![
            Item { level: Some(Level::Low), agent: Some("a".into()), ..item("Fix login", Origin::Tasks) },
            Item { level: Some(Level::High), ..item("**fix  login**!", Origin::Backlog) },
        ]);
        let [only] = ranked.as_slice() else { panic!("one task") };
        assert_eq!(
            (only.source.file.as_str(), only.level, only.agent.as_deref()),
            ("Backlog.md", Some(Level::High), Some("a"))
        );
        assert_eq!(only.also, vec![Place { file: "TASK.md".into(), line: 1 }]);
    }

    #[test]
    fn equal_words_in_two_plans_are_two_tasks() {
        let other = Item { file: "TODO_feature_20261121T090000Z_y.md".into(), ..item("Write tests", Origin::Todo) };
        let items = vec![item("Write tests", Origin::Todo), other, item("write tests", Origin::Tasks)];
        assert_eq!(queue(items).len(), 2);
    }

    #[test]
    fn what_is_blocked_stands_last_and_a_done_blocker_blocks_nothing() {
        let done = Item { done: true, ..waiting("Schema", "T-1", &[]) };
        let ranked = queue(vec![
            Item { level: Some(Level::P0), ..waiting("by an open id", "", &["T-2"]) },
            waiting("Export", "T-2", &[]),
            waiting("by a done id", "", &["t-1"]),
            waiting("by done words", "", &["the schema", "Schema"]),
            waiting("by one of two", "", &["T-1, T-2"]),
            waiting("by both done", "", &["T-1 and schema"]),
            waiting("by the outside", "", &["legal, then ops"]),
            done,
        ]);
        let blocked: Vec<_> = ranked
            .iter()
            .filter_map(|task| task.blocked_by.as_deref().map(|name| (task.text.as_str(), name)))
            .collect();
        assert_eq!(
            blocked,
            vec![
                ("by an open id", "T-2"),
                ("by done words", "the schema"),
                ("by one of two", "T-2"),
                ("by the outside", "legal, then ops")
            ]
        );
        assert_eq!(order(&ranked).first(), Some(&"Export"));
        let export = ranked.first().map(|task| task.reasons.join("; ")).unwrap_or_default();
        assert!(export.contains("+30 blocks 2 tasks, \"by an open id\" first"), "{export}");
    }

    #[test]
    fn ids_of_the_same_plan_win_over_those_of_another() {
        let other = "TODO_feature_20261121T090000Z_y.md";
        let task = |text: &str, file: &str, done, needs: &[&str]| Item {
            id: Some(if needs.is_empty() { "impl_001".into() } else { "impl_002".into() }),
            done,
            file: file.to_owned(),
            blocked_by: needs.iter().map(|id| (*id).to_owned()).collect(),
            ..Item::new(text, Origin::Todo)
        };
        let ranked = queue(vec![
            task("x1", "x.md", true, &[]),
            task("x2", "x.md", false, &["impl_001"]),
            task("y1", other, false, &[]),
            task("y2", other, false, &["impl_001"]),
        ]);
        let blocked: Vec<_> = ranked.iter().map(|task| (task.text.as_str(), task.blocked_by.is_some())).collect();
        assert_eq!(blocked, vec![("y1", false), ("x2", false), ("y2", true)]);
    }

    #[test]
    fn a_likely_name_gives_points_but_never_unblocks() {
        let ranked = queue(vec![
            waiting("Finish the design review", "", &[]),
            waiting("Deploy", "", &["design review"]),
            Item { done: true, ..waiting("Get API keys", "", &[]) },
            waiting("Call the vendor", "", &["API keys"]),
            waiting("Wait for itself", "", &["wait for itself"]),
        ]);
        assert_eq!(ranked.iter().filter(|task| task.blocked_by.is_some()).count(), 3);
        assert!(ranked.first().is_some_and(|task| task.reasons.iter().any(|reason| reason == "+15 blocks \"Deploy\"")));
    }

    #[test]
    fn done_work_is_left_out_and_a_tick_settles_the_line_of_the_hand_over() {
        let done = |text, origin| Item { done: true, ..item(text, origin) };
        let ranked = queue(vec![
            done("a", Origin::Tasks),
            item("A", Origin::Priority),
            done("b", Origin::InProgress),
            item("b", Origin::Tasks),
            done("c", Origin::Tasks),
            item("c", Origin::Tasks),
        ]);
        assert_eq!(order(&ranked), vec!["b", "c"]);
    }

    #[test]
    fn days_to_come_are_no_age() {
        let ranked = queue(vec![Item { since: Some(day("2027-01-01")), ..item("a", Origin::Tasks) }]);
        assert_eq!(ranked.first().map(|task| task.score), Some(30));
    }

    #[test]
    fn a_hostile_list_is_ranked_in_bounded_time() {
        let start = std::time::Instant::now();
        let same = (0..20_000).map(|n| waiting("same", "T-1", &[format!("x{n}").as_str()]));
        let others = (0..20_000).map(|n| waiting(&format!("task {n}"), "T-2", &["T-2", "some task words"]));
        let ranked = queue(same.chain(others).collect());
        assert_eq!(ranked.len(), 20_001);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
        let same = ranked.iter().find(|task| task.text == "same").expect("the merged task");
        assert!(same.reasons.iter().map(String::len).sum::<usize>() < 2000);
    }

    fn any_item() -> impl Strategy<Value = Item> {
        let texts = prop::sample::select(vec![
            "Fix login",
            "fix login!",
            "[P1] Ship it",
            "ship it",
            "Write docs",
            "T-1: Clean up",
        ]);
        let origins = prop::sample::select(vec![Origin::Priority, Origin::InProgress, Origin::Tasks, Origin::Backlog]);
        let levels = prop::option::of(prop::sample::select(Level::ALL.to_vec()));
        let blockers = prop::collection::vec(prop::sample::select(vec!["T-1", "ship it", "Ann"]), 0..2);
        (texts, origins, levels, blockers, any::<bool>(), 1..99_usize).prop_map(
            |(text, origin, level, blockers, begun, line)| Item {
                level,
                line,
                in_progress: begun,
                blocked_by: blockers.into_iter().map(str::to_owned).collect(),
                id: text.starts_with("T-1").then(|| "T-1".to_owned()),
                ..item(text, origin)
            },
        )
    }

    proptest! {
        #[test]
        fn the_queue_is_the_deduplicated_input_in_a_settled_order(items in prop::collection::vec(any_item(), 0..12)) {
            let ranked = queue(items.clone());
            let plain = |text: &str| text.trim_start_matches("[P1] ").trim_start_matches("T-1: ").trim_end_matches('!').to_lowercase();
            let mut expected: Vec<String> = items.iter().map(|item| plain(&item.text)).collect();
            expected.sort();
            expected.dedup();
            let mut found: Vec<String> = ranked.iter().map(|task| plain(&task.text)).collect();
            found.sort();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(&ranked, &queue(items));
            prop_assert!(ranked.is_sorted_by_key(|task| (task.blocked_by.is_some(), std::cmp::Reverse(task.score))));
            for task in &ranked {
                let points: u32 = task.reasons.iter().filter_map(|reason| reason.strip_prefix('+')?.split(' ').next()?.parse::<u32>().ok()).sum();
                prop_assert_eq!(points, task.score);
            }
        }
    }
}
