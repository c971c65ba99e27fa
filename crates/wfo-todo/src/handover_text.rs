//! The small readings of a hand-over page: what a heading announces, when the page was updated, where a task is worked on.
//! Pure text in, values out.

use crate::marks::percent;
use crate::words::{clean, value, words};

/// The lists of a hand-over page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Completed,
    InProgress,
    Blockers,
    Decisions,
    Priorities,
}

/// Tells a list from its heading, in any case and with whatever stands around the word.
pub(crate) fn section(heading: &str) -> Option<Section> {
    let words = words(heading);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let pair = |a: &str, b: &str| words.windows(2).any(|two| two.iter().map(String::as_str).eq([a, b]));
    let no_more = has(&["not", "definition", "criteria"]);
    if has(&["metrics", "cost", "costs", "status", "duration"]) && !pair("in", "progress") {
        None
    } else if has(&["completed", "accomplished", "finished", "done", "shipped"]) && !no_more {
        Some(Section::Completed)
    } else if pair("in", "progress") || pair("current", "work") || has(&["wip", "ongoing", "underway"]) {
        Some(Section::InProgress)
    } else if has(&["blocker", "blockers", "blocked", "blocking", "impediments"]) {
        Some(Section::Blockers)
    } else if has(&["decision", "decisions", "decided"]) {
        Some(Section::Decisions)
    } else if has(&["priority", "priorities", "tomorrow"])
        || pair("next", "steps")
        || pair("next", "session")
        || pair("up", "next")
    {
        Some(Section::Priorities)
    } else {
        None
    }
}

/// Returns the date of a line `Last Updated: DATE`; `Some(None)` when the line has the words but no date.
pub(crate) fn updated(line: &str) -> Option<Option<String>> {
    let line = clean(line);
    let bare = line.trim_matches(['*', '_', ' ']);
    let lower = bare.to_ascii_lowercase();
    let after = ["last updated", "last update"].iter().find_map(|words| lower.strip_prefix(words));
    let after = after.or_else(|| lower.strip_prefix("updated").filter(|rest| rest.starts_with([':', '*'])))?;
    if after.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = bare.get(bare.len() - after.len()..)?;
    Some(value(rest.trim_matches(['*', '_', ':', ' '])))
}

/// Says whether a line of plain text directly below an entry goes on with it, indented or not, as Markdown has it: it is no date,
/// no duration, no rule and no bold line that is a heading.
pub(crate) fn goes_on(line: &str) -> bool {
    let heads = line
        .strip_prefix("**")
        .and_then(|rest| rest.split_once("**"))
        .is_some_and(|(bold, rest)| section(bold).is_some() || rest.trim_start_matches([':', ' ']).is_empty());
    !heads && !is_rule(line) && !is_duration(line) && updated(line).is_none()
}

/// Says whether a line is one that only divides: `---`, `***`, `___`.
pub(crate) fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let first = marks.next().filter(|c| matches!(c, '-' | '*' | '_'));
    first.is_some_and(|first| marks.clone().count() >= 2 && marks.all(|c| c == first))
}

/// Says whether a line is `Session Duration: ...`, in whatever emphasis.
pub(crate) fn is_duration(line: &str) -> bool {
    clean(line).trim_start_matches(['*', '_', ' ']).to_ascii_lowercase().starts_with("session duration")
}

/// Takes `feature/api @ 8100` apart; a port is 1-65535.
pub(crate) fn branch_and_port(cell: &str) -> (Option<String>, Option<u16>) {
    let Some(cell) = value(cell) else { return (None, None) };
    let (branch, port) = match cell.rsplit_once('@') {
        Some((branch, after)) if first_number(after).is_some() => (branch.trim(), first_number(after)),
        _ => match cell.split_once(" (port ").or_else(|| cell.split_once(" port ")) {
            Some((branch, after)) => (branch.trim(), first_number(after)),
            None => (cell.as_str(), None),
        },
    };
    (value(branch), port.and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0))
}

/// Reads the number that a text begins with, blanks and a colon before it apart.
pub(crate) fn first_number(text: &str) -> Option<u64> {
    let bare = text.trim_start_matches([' ', ':', '`']);
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    bare.get(..digits)?.parse().ok()
}

/// A checkbox line of "In Progress" without percent and branch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) task: String,
    pub(crate) progress: Option<u8>,
    pub(crate) branch: Option<String>,
    pub(crate) port: Option<u16>,
}

/// Takes `(feature/ui @ 8102)`, "— feature/ui @ 8102" or "on `feature/ui`" and "- 70%" off the end of a line.
pub(crate) fn begun(text: &str) -> Begun {
    let mut begun = Begun { task: text.to_owned(), ..Begun::default() };
    if let Some((head, tail)) = text.rsplit_once([' ', ':'])
        && let Some(number) = percent(tail)
    {
        begun.progress = Some(number);
        begun.task = head.trim_end_matches(['-', '–', '—', ':', ' ']).to_owned();
    }
    if begun.progress.is_none() {
        begun.progress = done_so_far(text);
    }
    let task = begun.task.clone();
    let bracket = task.strip_suffix([')', ']']).and_then(|head| head.rsplit_once(['(', '[']));
    let dash = [" — ", " – ", " - "].iter().find_map(|dash| task.rsplit_once(dash));
    let word = task.rsplit_once(" on ").or_else(|| task.rsplit_once(" in ")).filter(|(_, tail)| tail.contains('`'));
    for (head, tail) in [bracket, dash, word].into_iter().flatten() {
        if is_branch(tail) {
            (begun.branch, begun.port) = branch_and_port(tail);
            begun.task = head.trim_end().to_owned();
            break;
        }
    }
    begun
}

/// Finds "60% done" in a sentence; a bare percent may be about something else, such as a coverage to reach.
fn done_so_far(text: &str) -> Option<u8> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches([',', '.', ';', '(', ')'])).collect();
    words.windows(2).find_map(|pair| match pair {
        [number, "done" | "complete" | "completed" | "finished"] => percent(number),
        _ => None,
    })
}

/// Says whether a text is a branch, with or without its port: `feature/api @ 8100`, `` `fix-login` ``, `feature/api`.
fn is_branch(text: &str) -> bool {
    const FOLDERS: [&str; 12] = [
        "feature", "feat", "fix", "bugfix", "hotfix", "release", "chore", "contrib", "docs", "refactor", "test",
        "worktree",
    ];
    let (name, port) = text.rsplit_once('@').map_or((text, None), |(name, after)| (name, first_number(after)));
    let name = name.trim();
    let bare = name.trim_matches('`');
    let one_word = !bare.is_empty() && !bare.contains(char::is_whitespace);
    let in_folder = bare.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder));
    one_word && (port.is_some() || in_folder || name.starts_with('`') && name.ends_with('`') && name.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_all_their_variants() {
        for (heading, expected) in [
            ("Completed (Last Session)", Some(Section::Completed)),
            ("COMPLETED THIS SESSION", Some(Section::Completed)),
            ("✅ Done", Some(Section::Completed)),
            ("In Progress", Some(Section::InProgress)),
            ("🚧 in-progress", Some(Section::InProgress)),
            ("Blockers", Some(Section::Blockers)),
            ("Decisions Made", Some(Section::Decisions)),
            ("Today's Priority Queue", Some(Section::Priorities)),
            ("Tomorrow’s Priorities", Some(Section::Priorities)),
            ("Next steps", Some(Section::Priorities)),
            ("Session Metrics", None),
            ("Cost Context", None),
            ("Project Context", None),
            ("Indecision", None),
            ("Definition of Done", None),
            ("Git Status", None),
        ] {
            assert_eq!(section(heading), expected, "{heading}");
        }
    }

    #[test]
    fn the_date_of_the_page_is_read_from_headings_and_lines() {
        let day = Some(Some("2026-11-20".to_owned()));
        for line in [
            "Last Updated: 2026-11-20",
            "**Last Updated:** 2026-11-20",
            "*last update: 2026-11-20*",
            "Updated: 2026-11-20",
        ] {
            assert_eq!(updated(line), day, "{line}");
        }
        assert_eq!(updated("Last Updated: [DATE]"), Some(None));
        assert_eq!(updated("Updated the login page"), None);
        assert_eq!(updated("Last updatedness"), None);
    }

    #[test]
    fn a_branch_cell_may_name_its_port() {
        for (cell, branch, port) in [
            ("feature/api @ 8100", Some("feature/api"), Some(8100)),
            ("`feature/api` @8100, 8101", Some("feature/api"), Some(8100)),
            ("feature/api", Some("feature/api"), None),
            ("feature/api (port 8100)", Some("feature/api"), Some(8100)),
            ("user@host/branch", Some("user@host/branch"), None),
            ("feature/api @ 99999", Some("feature/api"), None),
            ("@ 8100", None, Some(8100)),
            ("-", None, None),
            ("None", None, None),
        ] {
            assert_eq!(branch_and_port(cell), (branch.map(str::to_owned), port), "{cell}");
        }
    }

    #[test]
    fn a_begun_line_gives_percent_and_branch_and_keeps_its_sentence() {
        let read = |text: &str| {
            let begun = begun(text);
            (begun.task, begun.branch, begun.port, begun.progress)
        };
        let branch = || Some("feature/ui".to_owned());
        for text in ["UI (feature/ui @ 8102)", "UI — feature/ui @ 8102", "UI [feature/ui @ 8102]"] {
            assert_eq!(read(text), ("UI".into(), branch(), Some(8102), None), "{text}");
        }
        assert_eq!(read("UI on `feature/ui` - 70%"), ("UI".into(), branch(), None, Some(70)));
        assert_eq!(read("UI: 70%"), ("UI".into(), None, None, Some(70)));
        assert_eq!(read("UI, 60% done, tests open"), ("UI, 60% done, tests open".into(), None, None, Some(60)));
        for text in ["UI (with tests)", "Raise coverage (src/app)", "Work on it", "Fix A - B"] {
            assert_eq!(read(text), (text.into(), None, None, None), "{text}");
        }
    }
}
