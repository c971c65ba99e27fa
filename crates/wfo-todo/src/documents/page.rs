//! A new document: its template, its sections in their order, each with answers, what is known without asking, and open questions.

use std::collections::BTreeMap;

use serde::Serialize;
use wfo_base::markdown::{Line, lines};
use wfo_base::{Problem, template};

use super::answers::Answers;
use super::carry::Planning;
use super::{brief, line, work};
use crate::phase::Document;
use crate::questions::QuestionRow;
use crate::trace::{TechnologyRow, placed};

/// Columns of the table of technologies.
const COLUMNS: &str = "| technology | place | known from |";
const RULE: &str = "|---|---|---|";
/// Questions whose answers are no plain list.
const STACK: &str = "architect-stack";
const SLICES: &str = "manager-slices";
const TASKS: &str = "author-tasks";

/// Says which template a document is made from, and the order of its sections.
const fn shape(document: Document) -> (&'static str, &'static str, &'static [&'static str]) {
    match document {
        Document::Requirements => (
            "requirements.md.tera",
            include_str!("../../../../templates/requirements.md.tera"),
            &["Problem", "Users", "Success", "User stories", "Acceptance criteria", "Scope", "Constraints"],
        ),
        Document::Architecture => (
            "architecture.md.tera",
            include_str!("../../../../templates/architecture.md.tera"),
            &["Context", "Technology", "Data model", "Interfaces", "Quality", "Security", "Operation", "Decisions"],
        ),
        Document::Epics => (
            "epics.md.tera",
            include_str!("../../../../templates/epics.md.tera"),
            &["Epics", "Dependencies", "Priorities", "Risks", "Effort"],
        ),
        Document::Spec => (
            "spec.md.tera",
            include_str!("../../../../templates/spec.md.tera"),
            &[
                "Problem",
                "Scope",
                "Acceptance criteria",
                "Items",
                "Behaviour",
                "Interfaces",
                "Data",
                "Technology",
                "Errors",
                "Tests",
            ],
        ),
        Document::Plan => ("plan.md.tera", include_str!("../../../../templates/plan.md.tera"), &["Tasks"]),
    }
}

/// Returns the template of a document: what stands in it says nothing of its own.
#[must_use]
pub fn template_of(document: Document) -> &'static str {
    match document {
        // its table begins with a row that is the same everywhere
        Document::Architecture => {
            concat!(
                include_str!("../../../../templates/architecture.md.tera"),
                "\n| technology | place | known from |\n"
            )
        }
        other => shape(other).1,
    }
}

/// What is known without asking.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The workflow's title.
    pub title: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// What it is about, where the record says so.
    pub about: &'a str,
    /// The page of the brief.
    pub brief: Option<&'a str>,
    /// What was found in the project: name and place, such as `rust` and `language`.
    pub stack: &'a [(String, String)],
    /// What counts as which technology.
    pub technologies: &'a [TechnologyRow],
    /// Pages that are written.
    pub planning: &'a Planning,
}

impl<'a> Known<'a> {
    /// Knows nothing but the pages that are written.
    #[must_use]
    pub const fn of(planning: &'a Planning) -> Self {
        Self { title: "", slug: "", about: "", brief: None, stack: &[], technologies: &[], planning }
    }
}

#[derive(Debug, Serialize)]
struct Section {
    title: String,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct Values {
    title: String,
    about: String,
    sections: Vec<Section>,
}

/// Returns those of the questions that a document waits for: it is not there, or its line of the question is empty.
#[must_use]
pub fn asked<'a>(page: Option<&str>, rows: &[&'a QuestionRow], answers: &Answers) -> Vec<&'a QuestionRow> {
    let open = page.map(open_lines);
    let waits = |row: &&&QuestionRow| {
        let here = open.as_ref().is_none_or(|open| open.iter().any(|(_, id)| *id == row.id));
        here && answers.get(&row.id).is_empty()
    };
    rows.iter().filter(waits).copied().collect()
}

/// Makes a document. `rows` are the questions that belong to it.
///
/// # Errors
/// `template.invalid`
pub fn compose(
    document: Document,
    rows: &[&QuestionRow],
    answers: &Answers,
    known: &Known<'_>,
) -> Result<String, Problem> {
    let (name, text, order) = shape(document);
    let mut found: BTreeMap<String, Vec<String>> = carried(document, answers, known);
    let mut titles: Vec<String> = order.iter().map(|title| (*title).to_owned()).collect();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.id != SLICES && row.id != TASKS && row.id != STACK) {
        let texts = answers.get(&row.id);
        let next = numbers.entry(row.ids.as_deref().unwrap_or_default()).or_insert(1);
        let lines = match answer_lines(row, texts, *next) {
            lines if lines.is_empty() => vec![line::placeholder(&row.id, &row.ask)],
            lines => lines,
        };
        *next += texts.len();
        let title = line::item(&row.into);
        if !titles.contains(&title) {
            titles.push(title.clone());
        }
        found.entry(title).or_default().extend(lines);
    }
    match document {
        Document::Epics => found.entry("Epics".to_owned()).or_default().extend(super::slices::epics(answers)),
        Document::Spec => {
            let items = work::items(found.get("Acceptance criteria").map(Vec::as_slice), known.planning);
            found.insert("Items".to_owned(), items);
        }
        _ => {}
    }
    let section = |title: String| {
        let lines = found.remove(&title).filter(|lines| !lines.is_empty())?;
        Some(Section { title, lines })
    };
    let mut sections: Vec<Section> = titles.into_iter().filter_map(section).collect();
    if document == Document::Plan {
        let groups = work::tasks(answers, known.planning);
        let groups = groups.into_iter().map(|(title, lines)| Section { title, lines });
        sections = groups.chain(sections).collect();
    }
    let values = Values { title: line::item(known.title), about: line::item(known.about), sections };
    template::render(name, text, &values)
}

/// What stands in a document without a question: from the brief, the project and other documents.
fn carried(document: Document, answers: &Answers, known: &Known<'_>) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    match document {
        Document::Requirements => {
            let inside = known.brief.map(brief::scope_in).unwrap_or_default();
            let lines = inside.iter().map(|text| format!("- **In:** {}", line::item(text)));
            out.insert("Scope".to_owned(), lines.collect());
        }
        Document::Architecture => {
            out.insert("Technology".to_owned(), stack(answers, known));
        }
        Document::Spec => out = known.planning.carried(known.slug),
        Document::Epics | Document::Plan => {}
    }
    out
}

/// The table of technologies: what was answered, then what was found.
fn stack(answers: &Answers, known: &Known<'_>) -> Vec<String> {
    let mut out = vec![COLUMNS.to_owned(), RULE.to_owned()];
    let mut named = std::collections::BTreeSet::new();
    for text in answers.get(STACK) {
        let found = placed(known.technologies, text);
        let mut places: Vec<&str> = found.iter().map(|(_, group)| *group).collect();
        places.dedup();
        named.extend(found.iter().map(|(id, _)| (*id).to_owned()));
        named.extend(crate::words::words(text));
        let place = if places.is_empty() { "-".to_owned() } else { line::cell(&places.join(", ")) };
        out.push(format!("| {} | {place} | answer |", line::cell(text)));
    }
    for (name, place) in known.stack.iter().filter(|(name, _)| !named.contains(name.as_str())) {
        out.push(format!("| {} | {} | the project's files |", line::cell(name), line::cell(place)));
    }
    out
}

/// Returns the lines of an answer; `next` is the first number for answers with ids.
pub(super) fn answer_lines(row: &QuestionRow, texts: &[String], next: usize) -> Vec<String> {
    let label = row.label.as_ref().map(|label| format!("**{label}:** ")).unwrap_or_default();
    let id = |at: usize| row.ids.as_ref().map(|ids| format!("{ids}-{}: ", next + at)).unwrap_or_default();
    let texts = texts.iter().enumerate();
    texts
        .map(|(at, text)| {
            // what follows a label or an id begins no line
            let text = line::item(text);
            format!("- {}{label}{text}", id(at))
        })
        .collect()
}

/// Finds the lines that wait for an answer, with the id of the question; not those inside of fenced code or other comments.
pub(super) fn open_lines(page: &str) -> Vec<(usize, &str)> {
    // A line that the reader of Markdown shows is no comment; one inside of a fence or a comment cannot be told from a comment there,
    // so each is put in question form in a copy and looked for again.
    let plain: String = page
        .split_inclusive('\n')
        .map(|raw| match line::awaited(raw) {
            Some(_) => raw.replacen("<!--", "?!--", 1).replacen("-->", "--?", 1),
            None => raw.to_owned(),
        })
        .collect();
    let shown: std::collections::BTreeSet<usize> = lines(&plain)
        .filter(|(_, line)| matches!(line, Line::Text(text) if text.starts_with("?!--")))
        .map(|(number, _)| number)
        .collect();
    let all = page.lines().enumerate().filter_map(|(at, raw)| Some((at + 1, line::awaited(raw)?)));
    all.filter(|(number, _)| shown.contains(number)).collect()
}
