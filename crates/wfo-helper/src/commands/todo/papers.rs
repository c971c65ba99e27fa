//! What `todo plan` and `todo spec` show alike: documents, what was written, what is still to be asked, and the commit.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_day::todo::{Brought, PaperState, Papers, usual_answers};
use wfo_todo::questions::QuestionRow;

use super::Call;
use super::views::{clean, files_line};
use crate::render::{Paint, and_more, cut};

/// One document.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PaperView {
    /// requirements, architecture, epics, spec or plan.
    name: &'static str,
    /// Its path in its checkout.
    path: String,
    /// missing, template (it says nothing of its own) or written; after the call.
    state: &'static str,
}

/// What is still to be asked.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct QuestionView {
    /// Its name: the answers file has the answer under it.
    id: String,
    /// Who asks: analyst, architect, manager or author.
    role: &'static str,
    /// The question.
    ask: String,
    /// What the answer is for.
    why: String,
    /// The section that will hold it.
    into: String,
    /// Whether the document is not written without it.
    must: bool,
}

impl From<&QuestionRow> for QuestionView {
    fn from(row: &QuestionRow) -> Self {
        Self {
            id: clean(&row.id),
            role: row.role.word(),
            ask: clean(&row.ask),
            why: clean(&row.why),
            into: clean(&row.into),
            must: row.must,
        }
    }
}

/// The commit of what was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CommitView {
    /// Exactly these paths, in the checkout that they lie in.
    paths: Vec<String>,
    /// Its message.
    message: String,
}

/// Tasks of the plan that came into the TODO.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TasksView {
    /// New ones.
    added: Vec<String>,
    /// Those whose text, dependencies or status changed.
    changed: Vec<String>,
    /// Those that the plan no longer names; they stay.
    gone: Vec<String>,
    /// How many are as they were.
    unchanged: usize,
}

impl From<&Brought> for TasksView {
    fn from(brought: &Brought) -> Self {
        let all = |ids: &[String]| ids.iter().map(|id| clean(id)).collect();
        Self {
            added: all(&brought.added),
            changed: all(&brought.changed),
            gone: all(&brought.gone),
            unchanged: brought.unchanged,
        }
    }
}

/// What both commands answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PapersView {
    /// Whether anything was written.
    applied: bool,
    /// The slug.
    slug: String,
    /// Files that were written, or would be.
    written: Vec<String>,
    /// Documents that were there and are as they were.
    kept: Vec<String>,
    /// The file that the answers belong in, those given before and those still to be asked; absent where they came by standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<String>,
    /// What is still to be asked, in order.
    pub(super) questions: Vec<QuestionView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) questions_more: Option<usize>,
    /// Each document.
    documents: Vec<PaperView>,
    /// The worktree that the documents lie in; absent for the main checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktree: Option<String>,
    /// The commit that is due; null where nothing was written.
    commit: Option<CommitView>,
}

impl PapersView {
    pub(super) fn new(papers: &Papers, given: Option<&Path>, call: &Call<'_>) -> Self {
        let document = |paper: &wfo_day::todo::Paper| PaperView {
            name: paper.document.word(),
            path: paper.path.clone(),
            state: match paper.state {
                PaperState::Missing => "missing",
                PaperState::Template => "template",
                PaperState::Written => "written",
            },
        };
        let is_document = |path: &&String| papers.documents.iter().any(|paper| paper.path == **path);
        let paths: Vec<String> = papers.written.iter().filter(is_document).cloned().collect();
        let written = !papers.written.is_empty();
        // a record alone is committed by its own words
        let paths = if paths.is_empty() { papers.written.clone() } else { paths };
        Self {
            applied: written && !call.dry_run(),
            slug: papers.slug.clone(),
            written: papers.written.clone(),
            kept: papers.kept.clone(),
            answers: file_of(papers, given, call).map(|file| clean(&file)),
            questions: papers.questions.iter().map(QuestionView::from).collect(),
            questions_more: None,
            documents: papers.documents.iter().map(document).collect(),
            worktree: papers.worktree.as_ref().map(|path| clean(&path.display().to_string())),
            commit: written.then(|| CommitView { paths, message: clean(&papers.message) }),
        }
    }

    pub(super) fn cut(&mut self, limit: usize) {
        cut(&mut self.questions, &mut self.questions_more, limit);
    }

    pub(super) fn text(&self, paint: Paint, dry_run: bool) -> String {
        let mut out = String::new();
        for paper in &self.documents {
            let word = match paper.state {
                "written" => paint.green("written "),
                other => paint.dim(&format!("{other:<8}")),
            };
            out += &format!("{word}  {}\n", paper.path);
        }
        out += &files_line(&self.written, !dry_run);
        if !self.questions.is_empty() {
            out += "\nStill to be asked:\n";
        }
        for one in &self.questions {
            let mark = if one.must { "*" } else { " " };
            out += &format!("{mark} {}  {}\n", paint.bold(&one.id), one.ask);
        }
        if self.questions.iter().any(|one| one.must) {
            out += "* nothing is written without it";
            if let Some(file) = &self.answers {
                out += &format!("; add the answer to {file}, where those given before stay");
            }
            out.push('\n');
        }
        out + &and_more(self.questions_more.unwrap_or(0))
    }
}

/// Returns the file that answers belong in: the one that was named, else the usual one.
fn file_of(papers: &Papers, given: Option<&Path>, call: &Call<'_>) -> Option<String> {
    let place = call.site.place();
    match given {
        Some(path) if path.as_os_str() == "-" => None,
        Some(path) => Some(path.display().to_string()),
        None => {
            let usual = usual_answers(&papers.slug);
            let here = place.folder() == place.main_root();
            Some(if here { usual } else { place.main_root().join(usual).display().to_string() })
        }
    }
}

/// Returns the commands that come now: this one with answers, then the commits.
pub(super) fn next(command: &str, papers: &Papers, given: Option<&Path>, call: &Call<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let lacking = papers.questions.iter().any(|row| row.must);
    if lacking {
        let file = file_of(papers, given, call).unwrap_or_else(|| "-".to_owned());
        out.push(format!("{command} --answers {}", text::shell_word(&file)));
    }
    if papers.written.is_empty() {
        return out;
    }
    if let Some(commit) = call.commit(&papers.slug) {
        let is_document = |path: &String| papers.documents.iter().any(|paper| paper.path == *path);
        if papers.worktree.is_some() && papers.written.iter().any(is_document) {
            out.push(format!("{commit} --worktree"));
        }
        if papers.worktree.is_none() || !papers.written.iter().all(is_document) {
            out.push(commit);
        }
    }
    out
}
