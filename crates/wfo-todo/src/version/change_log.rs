//! One section put into a change log in the form of Keep a Changelog: below what is not released yet, above the newest version.
//! Every other byte stays; line ends and headings are written as the page has them.

use wfo_base::markdown::{Line, lines};

use super::read;

/// Returns the page with the notes (`## 1.4.0 (2026-11-21)` and what follows) in their place; `None` when the page has a section for
/// this version.
#[must_use]
pub fn with_notes(page: &str, notes: &str, wanted: &str) -> Option<String> {
    let headings: Vec<(usize, usize, &str)> = lines(page)
        .filter_map(|(number, line)| match line {
            Line::Heading { level, text } => Some((number, level, text)),
            _ => None,
        })
        .collect();
    if headings.iter().any(|(_, _, text)| names(text, wanted)) {
        return None;
    }
    let sections = || headings.iter().filter(|(_, level, _)| *level == 2);
    let is_open = |text: &str| text.to_lowercase().contains("unreleased");
    let before = sections().find(|(_, _, text)| !is_open(text)).map(|(number, ..)| *number);
    let at = before.map_or_else(|| end(page), |number| start_of(page, number));
    let style = sections().map(|(_, _, text)| *text).find(|text| !is_open(text));
    let mut section = restyled(notes, style.or_else(|| sections().map(|(_, _, text)| *text).next()));
    let (head, tail) = page.split_at(at);
    let gap = if head.is_empty() || head.ends_with("\n\n") || head.ends_with("\r\n\r\n") {
        ""
    } else if head.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    section.insert_str(0, gap);
    if !tail.trim().is_empty() {
        section.push('\n');
    }
    if page.contains("\r\n") {
        section = section.replace('\n', "\r\n");
    }
    Some(format!("{head}{section}{tail}"))
}

/// Says whether a heading is that of a version.
fn names(heading: &str, wanted: &str) -> bool {
    let Some(wanted) = read(wanted) else { return false };
    let bare = |word: &str| read(word.trim_matches(['[', ']', '(', ')', ':', ','])).as_ref() == Some(&wanted);
    // `[1.4.0](https://...)` and `[1.4.0] - 2026-11-21`
    heading.split_whitespace().any(|word| bare(word) || word.split(']').next().is_some_and(bare))
}

/// Writes the heading as the page has the others: `## [1.4.0] - DATE` or `## v1.4.0 (DATE)`.
fn restyled(notes: &str, style: Option<&str>) -> String {
    let (heading, rest) = notes.split_once('\n').unwrap_or((notes, ""));
    let words = heading.trim_start_matches('#').trim();
    let (version, date) = words.split_once(" (").unwrap_or((words, ""));
    let date = date.trim_end_matches(')');
    let style = style.unwrap_or_default();
    let heading = if style.starts_with('[') {
        let date = if date.is_empty() { String::new() } else { format!(" - {date}") };
        format!("## [{}]{date}", version.trim_start_matches('v'))
    } else if style.starts_with(['v', 'V']) && !version.starts_with('v') {
        format!("## v{words}")
    } else {
        heading.to_owned()
    };
    format!("{heading}\n{rest}")
}

/// Returns where a line begins, in bytes.
fn start_of(page: &str, number: usize) -> usize {
    page.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum()
}

/// Returns the end of the page, before the links that stand below all text.
fn end(page: &str) -> usize {
    let mut at = page.len();
    let mut links = page.len();
    for line in page.split_inclusive('\n').rev() {
        at -= line.len();
        let bare = line.trim();
        if bare.starts_with('[') && bare.contains("]:") {
            links = at;
        } else if !bare.is_empty() {
            break;
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOTES: &str = "## 1.4.0 (2026-11-21)\n\n### Fixes\n\n- a\n";

    #[test]
    fn notes_stand_above_the_newest_version_and_below_what_is_not_released() {
        for (page, expected) in [
            ("# Changelog\n", format!("# Changelog\n\n{NOTES}")),
            ("# Changelog\n\nWords.", format!("# Changelog\n\nWords.\n\n{NOTES}")),
            ("# Changelog\n\n## 1.3.0\n\n- old\n", format!("# Changelog\n\n{NOTES}\n## 1.3.0\n\n- old\n")),
            (
                "# C\n\n## [Unreleased]\n\n- x\n\n## [1.3.0] - 2026-01-01\n",
                "# C\n\n## [Unreleased]\n\n- x\n\n## [1.4.0] - 2026-11-21\n\n### Fixes\n\n- a\n\n## [1.3.0] - 2026-01-01\n"
                    .to_owned(),
            ),
            (
                "# C\n\n## [Unreleased]\n\n- x\n\n[Unreleased]: https://example.org\n",
                "# C\n\n## [Unreleased]\n\n- x\n\n## [1.4.0] - 2026-11-21\n\n### Fixes\n\n- a\n\n[Unreleased]: https://example.org\n"
                    .to_owned(),
            ),
            ("## v1.3.0\r\n", format!("{}\r\n## v1.3.0\r\n", NOTES.replace("## 1", "## v1").replace('\n', "\r\n"))),
            ("```\n## 1.3.0\n```\n", format!("```\n## 1.3.0\n```\n\n{NOTES}")),
            ("", NOTES.to_owned()),
        ] {
            assert_eq!(with_notes(page, NOTES, "1.4.0").unwrap(), expected, "{page}");
        }
    }

    #[test]
    fn a_version_that_has_a_section_is_left_alone() {
        for page in ["## 1.4.0\n", "## [v1.4.0] - x\n", "# 1.4.0 (x)\n", "### [1.4.0](https://example.org)\n"] {
            assert_eq!(with_notes(page, NOTES, "v1.4.0"), None, "{page}");
        }
        assert!(with_notes("## 1.4.0-rc.1\n## 1.4.01\n<!--\n## 1.4.0\n-->\n", NOTES, "1.4.0").is_some());
    }

    proptest! {
        #[test]
        fn only_a_section_is_added_to_any_page(page in "[#\\[\\]v0-9. \r\n`a-z-]{0,120}") {
            if let Some(after) = with_notes(&page, NOTES, "1.4.0") {
                let same = page.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
                let tail = page.len() - page.bytes().rev().zip(after.bytes().rev()).take_while(|(a, b)| a == b).count();
                prop_assert!(tail <= same, "{:?} became {:?}", page, after);
                prop_assert!(after.len() > page.len());
            }
        }
    }
}
