//! Tells a document that somebody has written from a template that nobody has touched.
//! Judges by lines: never the quality of what is written.

use std::collections::HashSet;

use wfo_base::markdown;
use wfo_base::text::clip;

use crate::words::is_nothing;

/// The fewest words of its own with which a document says something.
const WORDS: usize = 3;
/// The most characters of a line that are looked at.
const LINE_LIMIT: usize = 500;

/// How much of a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// There is no such file.
    Missing,
    /// It says nothing beyond its template.
    Untouched,
    /// More sections are the template's than are written.
    Partly {
        /// Sections that are still the template's.
        open: usize,
        /// Sections with words of their own.
        filled: usize,
    },
    /// It says something of its own.
    Filled,
}

/// Judges a document's text; `template` is the page it was made from, where known. Headings, comments, front matter, table rules,
/// placeholders (`TBD`, `[...]`, `{{ ... }}`, `<...>`) and lines of the template are not words of its own.
#[must_use]
pub fn judge(text: &str, template: Option<&str>) -> Fill {
    let page = markdown::front_matter(text).map_or(text, |split| split.body);
    let known: HashSet<&str> = template.map(|page| page.lines().map(bare).collect()).unwrap_or_default();
    let (mut words, mut open, mut filled) = (0, 0, 0);
    let mut section = Section::default();
    let mut comment = false;
    for line in page.lines() {
        let line = bare(line);
        if comment || line.starts_with("<!--") {
            comment = !line.contains("-->");
            continue;
        }
        if is_heading(line) {
            section.count(&mut open, &mut filled);
            section = Section::default();
            continue;
        }
        match own_words(line, &known) {
            None => {}
            Some(0) => section.placeholder = true,
            Some(count) => {
                section.own = true;
                words += count;
            }
        }
    }
    section.count(&mut open, &mut filled);
    match () {
        () if words < WORDS => Fill::Untouched,
        () if open > filled => Fill::Partly { open, filled },
        () => Fill::Filled,
    }
}

/// What stands below one heading.
#[derive(Default)]
struct Section {
    own: bool,
    placeholder: bool,
}

impl Section {
    fn count(&self, open: &mut usize, filled: &mut usize) {
        *filled += usize::from(self.own);
        *open += usize::from(self.placeholder && !self.own);
    }
}

fn bare(line: &str) -> &str {
    line.trim()
}

fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    rest.len() < line.len() && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Returns how many words of its own a line has; `None` for a line that says nothing either way.
fn own_words(line: &str, template: &HashSet<&str>) -> Option<usize> {
    let text = line.trim_start_matches(['-', '*', '+', '>', '|', ' ']);
    let text = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim();
    if text.is_empty() || text.chars().all(|c| !c.is_alphanumeric() && c != '…' && c != '.') {
        return None;
    }
    if template.contains(line) {
        return Some(0);
    }
    let text = without_marks(&clip(text, LINE_LIMIT));
    if is_nothing(&text) {
        return Some(0);
    }
    // A label alone, such as `**Owner:** TBD` or `Status:`, says nothing.
    let value = text.split_once(':').map_or(text.as_str(), |(label, value)| {
        if label.split_whitespace().count() <= 4 && is_nothing(value) { "" } else { text.as_str() }
    });
    let words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    Some(words.filter(|word| !matches!(*word, "TODO" | "TBD" | "FIXME" | "XXX")).count())
}

/// Takes `{{ ... }}`, `[...]` that is no link, `<...>` and `{...}` out of a line.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[', '<']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let close = match from.as_bytes().first() {
            Some(b'{') if from.starts_with("{{") => "}}",
            Some(b'{') => "}",
            Some(b'[') => "]",
            _ => ">",
        };
        let end = from.find(close).map(|end| end + close.len());
        let (inside, after) = end.and_then(|end| from.split_at_checked(end)).unwrap_or((from, ""));
        // a link or a reference is text; so is `a < b`
        let kept = end.is_none() || after.starts_with(['(', '[']) || (close == ">" && inside.starts_with("< "));
        if kept {
            out.push_str(inside);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEMPLATE: &str = "# Specification\n\n## Problem\n\nWhat is wrong, and for whom?\n\n## Behaviour\n\n- [ ] First thing that must be true\n\n## Out of scope\n\nTBD\n";

    #[test]
    fn a_template_that_nobody_touched_is_not_filled() {
        for text in [
            "",
            "\n\n",
            "# Title only\n",
            TEMPLATE,
            "---\ntitle: A long title of a page\n---\n# X\n",
            "# X\n<!-- write here what is wrong and for whom -->\n",
            "# X\n<!--\nwrite here what is wrong\n-->\n",
            "## Problem\nTBD\n## Scope\n- [ ] TODO\n- n/a\n",
            "## Problem\n{{ problem | default(value=\"\") }}\n[Describe the problem in one sentence]\n<who needs this and why>\n",
            "| key | value |\n|---|---|\n",
            "**Owner:** TBD\n**Status:** [draft or final]\n",
            "## Problem\n...\n",
        ] {
            let template = text.starts_with("# Specification").then_some(TEMPLATE);
            assert_eq!(judge(text, template), Fill::Untouched, "{text}");
        }
    }

    #[test]
    fn words_of_its_own_fill_a_document() {
        for text in [
            "# Spec\n\nGuard the redirect loop.\n",
            "- [ ] impl_001: Guard the redirect\n",
            "## Problem\n\nUsers are sent round in circles after login.\n\n## Scope\nTBD\n",
            "| id | what it does |\n|---|---|\n| 1 | guards the redirect |\n",
            "See [the design of the login](docs/login.md).\n",
            "\u{feff}---\r\na: 1\r\n---\r\nGuard the redirect loop.\r\n",
        ] {
            assert_eq!(judge(text, Some(TEMPLATE)), Fill::Filled, "{text}");
        }
    }

    #[test]
    fn a_document_of_which_most_is_still_the_template_is_partly_filled() {
        let text = TEMPLATE.replace("What is wrong, and for whom?", "Users are sent round in circles.");
        assert_eq!(judge(&text, Some(TEMPLATE)), Fill::Partly { open: 2, filled: 1 });
        let text = text.replace("TBD", "The password form stays as it is.");
        assert_eq!(judge(&text, Some(TEMPLATE)), Fill::Filled);
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "[-#*|`~<!>\\[\\]{}() \\n\\ra-c0é:…]{0,120}") {
            let _ = judge(&text, None);
            prop_assert_eq!(judge(&text, Some(&text)), Fill::Untouched);
        }
    }

    #[test]
    fn deep_brackets_and_long_lines_are_judged_at_once() {
        let start = std::time::Instant::now();
        for text in ["(".repeat(1 << 17), "[".repeat(1 << 17), "{{".repeat(1 << 16), "a ".repeat(1 << 16)] {
            let _ = judge(&text, None);
        }
        assert!(start.elapsed().as_secs() < 2);
    }
}
