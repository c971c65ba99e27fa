//! Orders open work from all sources into one queue, each point with its reason.
//! Never reads files, never hides a task: what is blocked stands last, with its blocker named.

use jiff::civil::Date;

use crate::blocks::{Waits, waits};
use crate::level::Level;
use crate::merge::{Group, merge};
use crate::weights::{Rule, Weights};

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
    if group.items.iter().any(|item| item.in_progress) {
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
    sum.reasons.extend(also.iter().map(|place| format!("also named in {} line {}", place.file, place.line)));
    let blocked_by = (!waits.names.is_empty()).then(|| waits.names.join(", "));
    sum.reasons.extend(blocked_by.iter().map(|names| format!("waits for {names}")));
    let first = |of: fn(&Item) -> &Option<String>| group.items.iter().find_map(|item| of(item).clone());
    Some(Ranked {
        rank: 0,
        text: head.text.clone(),
        source: Place { file: head.file.clone(), line: head.line },
        origin: head.origin,
        also,
        level,
        id: first(|item| &item.id),
        agent: first(|item| &item.agent),
        score: sum.score,
        reasons: sum.reasons,
        blocked_by,
    })
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
