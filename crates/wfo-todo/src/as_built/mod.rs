//! `## As-Built`: what was measured after the work, against what was planned and specified, as a section of the planning documents.
//! Replaces its own section between its own marks; every other byte of a document stays. An unknown figure is never a zero.

mod deviations;
mod section;

use wfo_base::{Problem, codes};

use crate::phase::Fact;

pub use deviations::{Built, Deviation, deviations};
pub use section::section;

/// The line before the section.
const BEGIN: &str = "<!-- wfo:as-built -->";
/// The line after it.
const END: &str = "<!-- /wfo:as-built -->";

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Commits that change more than documents about the work.
    pub commits: Fact<u64>,
    /// Where they begin and end, by short ids: the commit before the first, and the last.
    pub range: Fact<(String, String)>,
    /// Days of the first and the last one.
    pub dates: Fact<(String, String)>,
    /// How many days from the first to the last, both counted.
    pub days: Fact<u64>,
    /// Files, lines added, lines removed.
    pub files: Fact<(u64, u64, u64)>,
    /// In dollars, as people write it: `$1.25`.
    pub cost: Fact<String>,
    /// Hundredths of a percent, and whether it is of this content.
    pub coverage: Fact<(u64, bool)>,
    /// Tasks of plan.md.
    pub planned: Fact<u64>,
    /// Tasks of the TODO that are completed, and all of them.
    pub tasks: Fact<(u64, u64)>,
    /// What was estimated, each with the document that says it.
    pub estimates: Vec<(&'static str, String)>,
}

/// Reads what a planning document estimates: its line or row `Effort` or `Estimate`.
#[must_use]
pub fn estimate(page: &str) -> Option<String> {
    use wfo_base::markdown::{Line, lines};
    let is_label = |word: &str| {
        let words = crate::words::words(word);
        words.len() <= 3 && words.iter().any(|word| matches!(word.as_str(), "effort" | "estimate" | "estimated"))
    };
    // What our own templates say where nobody estimated anything.
    let is_open = |text: &str| crate::words::is_nothing(text) || text.eq_ignore_ascii_case("not known");
    let value = |text: &str| Some(crate::words::clean(text)).filter(|text| !is_open(text));
    lines(page).find_map(|(_, line)| match line {
        Line::Item { text, .. } | Line::Text(text) => {
            let (label, rest) = text.split_once(':')?;
            is_label(label).then(|| value(rest.trim_matches(['*', ' ']))).flatten()
        }
        Line::Row(cells) => {
            let (label, rest) = cells.split_first()?;
            is_label(label).then(|| value(rest.first()?)).flatten()
        }
        Line::Heading { .. } => None,
    })
}

/// Puts the section into a document: in place of the one that is there, else at the end.
///
/// # Errors
/// `todo.marks-broken` when its marks stand more than once, or one without the other.
pub fn put(page: &str, section: &str, shown: &str) -> Result<String, Problem> {
    let broken = || {
        Problem::new(codes::TODO_MARKS_BROKEN, format!("`{shown}` has not one `{BEGIN}` with one `{END}` after it"))
            .hint("remove these lines, or put them back around the section")
            .in_file(shown)
    };
    // As most lines end: the section must not turn the balance.
    let end = if page.matches("\r\n").count() * 2 > page.matches('\n').count() { "\r\n" } else { "\n" };
    let block = format!("{BEGIN}\n{}\n{END}", section.trim_end()).replace('\n', end);
    let (begins, ends) = marks(page);
    match (begins.as_slice(), ends.as_slice()) {
        ([], []) => {
            let gap = match page {
                "" => String::new(),
                page if page.ends_with(&format!("{end}{end}")) => String::new(),
                page if page.ends_with('\n') => end.to_owned(),
                _ => format!("{end}{end}"),
            };
            Ok(format!("{page}{gap}{block}{end}"))
        }
        ([(from, _)], [(at, to)]) if from < at => {
            let (head, tail) = (page.get(..*from).unwrap_or_default(), page.get(*to..).unwrap_or_default());
            Ok(format!("{head}{block}{tail}"))
        }
        _ => Err(broken()),
    }
}

/// Returns a page without its section, as it was before: what is compared with the facts.
#[must_use]
pub fn without(page: &str) -> String {
    let (begins, ends) = marks(page);
    match (begins.as_slice(), ends.as_slice()) {
        ([(from, _)], [(at, to)]) if from < at => {
            format!("{}{}", page.get(..*from).unwrap_or_default(), page.get(*to..).unwrap_or_default())
        }
        _ => page.to_owned(),
    }
}

type Places = Vec<(usize, usize)>;

/// Finds the lines that are marks, outside fenced code: where each begins, and where its text ends.
fn marks(page: &str) -> (Places, Places) {
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    let mut fence: Option<(char, usize)> = None;
    let mut at = 0;
    for raw in page.split_inclusive('\n') {
        let from = at;
        at += raw.len();
        let text = raw.trim_end_matches(['\n', '\r']);
        let bare = text.trim_start();
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = mark.map_or(0, |mark| bare.chars().take_while(|c| *c == mark).count());
        match (fence, mark) {
            (Some((open, width)), Some(mark))
                if mark == open && run >= width && bare.trim_matches(open).trim().is_empty() =>
            {
                fence = None;
            }
            (None, Some(mark)) if run >= 3 => fence = Some((mark, run)),
            (None, _) if text.trim_end() == BEGIN => begins.push((from, from + text.len())),
            (None, _) if text.trim_end() == END => ends.push((from, from + text.len())),
            _ => {}
        }
    }
    (begins, ends)
}

#[cfg(test)]
mod tests;
