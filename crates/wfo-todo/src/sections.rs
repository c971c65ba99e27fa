//! Tells from a heading whether work stands below it, how urgent it is, and whether it is begun, blocked or done.
//! Looks at whole words only: "Nowhere" is not "Now", "High-level design" is not "High".

use crate::level::Level;
use crate::words::words;

/// What a heading announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A list of work.
    Work(Option<Level>),
    InProgress,
    Blocked,
    /// What stands in the way, which is not itself work.
    Blockers,
    Done,
    /// Notes, goals, links: bullets below are not work.
    Prose,
    /// Nothing; the heading above goes on.
    Unknown,
}

/// Words that name an urgency when the heading consists of them and of [`FILLERS`].
const URGENCIES: [(&str, Level); 17] = [
    ("critical", Level::P0),
    ("urgent", Level::P0),
    ("immediate", Level::P0),
    ("immediately", Level::P0),
    ("high", Level::High),
    ("now", Level::High),
    ("today", Level::High),
    ("must", Level::High),
    ("next", Level::Medium),
    ("soon", Level::Medium),
    ("medium", Level::Medium),
    ("should", Level::Medium),
    ("low", Level::Low),
    ("later", Level::Low),
    ("someday", Level::Low),
    ("maybe", Level::Low),
    ("could", Level::Low),
];

/// Words that say nothing by themselves.
const FILLERS: [&str; 34] = [
    "the",
    "this",
    "my",
    "our",
    "for",
    "of",
    "up",
    "be",
    "do",
    "have",
    "and",
    "all",
    "to",
    "task",
    "tasks",
    "item",
    "items",
    "list",
    "work",
    "todo",
    "todos",
    "backlog",
    "sprint",
    "week",
    "month",
    "quarter",
    "day",
    "session",
    "priority",
    "priorities",
    "prio",
    "queue",
    "issues",
    "steps",
];

/// Words that name a list of work when the heading consists of them and of [`FILLERS`].
const LISTS: [&str; 30] = [
    "sprint",
    "current",
    "open",
    "upcoming",
    "planned",
    "pending",
    "active",
    "remaining",
    "outstanding",
    "new",
    "ideas",
    "bugs",
    "features",
    "fixes",
    "improvements",
    "enhancements",
    "chores",
    "debt",
    "technical",
    "tech",
    "icebox",
    "wishlist",
    "future",
    "maybe",
    "action",
    "items",
    "list",
    "work",
    "queue",
    "issues",
];

/// Words that name a list of work wherever they stand, unless the heading is prose.
const STRONG: [&str; 6] = ["todo", "todos", "tasks", "backlog", "priorities", "priority"];

/// Words of headings with notes below them.
const PROSE: [&str; 40] = [
    "note",
    "notes",
    "goal",
    "goals",
    "objective",
    "objectives",
    "context",
    "background",
    "link",
    "links",
    "reference",
    "references",
    "resources",
    "decision",
    "decisions",
    "overview",
    "about",
    "rules",
    "conventions",
    "legend",
    "criteria",
    "definition",
    "metrics",
    "summary",
    "status",
    "risks",
    "questions",
    "team",
    "scope",
    "timeline",
    "schedule",
    "history",
    "changelog",
    "learnings",
    "format",
    "template",
    "instructions",
    "usage",
    "management",
    "how",
];

/// Reads a heading.
pub(crate) fn meaning(heading: &str) -> Meaning {
    let whole = words(heading);
    let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
    let head = words(first_part(heading));
    let head: Vec<&str> = if head.is_empty() { whole.clone() } else { head.iter().map(String::as_str).collect() };
    let has = |known: &[&str]| whole.iter().any(|word| known.contains(word));
    let pair = |a: &str, b: &str| whole.windows(2).any(|two| two == [a, b]);
    let of = |known: &[&str]| head.iter().all(|word| known.contains(word) || is_filler(word));
    // "Shipped in v2" is over, "Closed beta" is not
    let over = matches!(head.as_slice(), ["finished" | "shipped" | "closed" | "archived" | "archive", rest @ ..]
        if rest.first().is_none_or(|word| is_filler(word) || matches!(*word, "in" | "on" | "since" | "with")));
    if over || has(&["done", "completed"]) {
        let open = has(&["not", "definition", "criteria", "incomplete", "until", "when", "means"]) || pair("to", "be");
        return if open { Meaning::Prose } else { Meaning::Done };
    }
    if pair("in", "progress") || has(&["doing", "wip", "ongoing", "underway"]) {
        return Meaning::InProgress;
    }
    if has(&["blocker", "blockers", "impediments"]) && Level::from_p(whole.first().unwrap_or(&"")).is_none() {
        return Meaning::Blockers;
    }
    if has(&["blocked", "waiting", "stuck"]) || pair("on", "hold") {
        return Meaning::Blocked;
    }
    if let Some(level) = urgency(&whole, &head) {
        return Meaning::Work(Some(level));
    }
    if has(&PROSE) {
        return Meaning::Prose;
    }
    let list = head.iter().any(|word| LISTS.contains(word)) && of(&LISTS);
    if list || has(&STRONG) || pair("to", "do") {
        return Meaning::Work(None);
    }
    Meaning::Unknown
}

/// Returns what stands before the first colon, bracket or dash.
fn first_part(heading: &str) -> &str {
    let end = [":", "(", " — ", " – ", " - ", "|"].iter().filter_map(|stop| heading.find(stop)).min();
    heading.get(..end.unwrap_or(heading.len())).unwrap_or(heading)
}

fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word) || word.bytes().all(|b| b.is_ascii_digit())
}

fn urgency(whole: &[&str], head: &[&str]) -> Option<Level> {
    if let Some(level) = whole.first().and_then(|word| Level::from_p(word)) {
        return Some(level);
    }
    let named = |word: &&str| URGENCIES.iter().find(|(known, _)| known == word).map(|(_, level)| *level);
    if whole.iter().any(|word| matches!(*word, "priority" | "prio")) {
        return whole.iter().find_map(|word| named(word).or_else(|| Level::from_p(word)));
    }
    let only = head.iter().all(|word| named(word).is_some() || is_filler(word));
    only.then(|| head.iter().find_map(named)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_work_are_known_with_their_urgency() {
        for (heading, expected) in [
            ("Now", Meaning::Work(Some(Level::High))),
            ("🔥 Now (this sprint)", Meaning::Work(Some(Level::High))),
            ("High Priority", Meaning::Work(Some(Level::High))),
            ("Priority: Low", Meaning::Work(Some(Level::Low))),
            ("P0 - launch blockers", Meaning::Work(Some(Level::P0))),
            ("P2", Meaning::Work(Some(Level::P2))),
            ("Urgent", Meaning::Work(Some(Level::P0))),
            ("Next up", Meaning::Work(Some(Level::Medium))),
            ("Later", Meaning::Work(Some(Level::Low))),
            ("Someday / Maybe", Meaning::Work(Some(Level::Low))),
            ("Must have", Meaning::Work(Some(Level::High))),
            ("Todo", Meaning::Work(None)),
            ("To Do", Meaning::Work(None)),
            ("Current Sprint", Meaning::Work(None)),
            ("Sprint 12", Meaning::Work(None)),
            ("Backlog", Meaning::Work(None)),
            ("Auth tasks", Meaning::Work(None)),
            ("Ideas", Meaning::Work(None)),
            ("In Progress", Meaning::InProgress),
            ("Blocked", Meaning::Blocked),
            ("Waiting on others", Meaning::Blocked),
            ("Blockers", Meaning::Blockers),
            ("Done", Meaning::Done),
            ("✅ Completed this week", Meaning::Done),
            ("Shipped in v1.2", Meaning::Done),
            ("Archive", Meaning::Done),
        ] {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
    }

    #[test]
    fn headings_that_only_contain_such_letters_are_not_lists() {
        for (heading, expected) in [
            ("Nowhere", Meaning::Unknown),
            ("Highlights", Meaning::Unknown),
            ("High-level design", Meaning::Unknown),
            ("Low latency mode", Meaning::Unknown),
            ("Latest", Meaning::Unknown),
            ("Undone", Meaning::Unknown),
            ("Closed beta", Meaning::Unknown),
            ("Definition of Done", Meaning::Prose),
            ("Acceptance criteria", Meaning::Prose),
            ("Task format", Meaning::Prose),
            ("Notes", Meaning::Prose),
            ("Payments", Meaning::Unknown),
            ("", Meaning::Unknown),
        ] {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
    }
}
