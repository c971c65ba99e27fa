//! What `todo plan` and `todo spec` share: where documents lie, what is known and answered, what each waits for, and writing them.
//! A document that is there is a person's: only lines that wait for an answer are filled, the rest stays to the byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, atomic, codes, read, text::code_span};
use wfo_git::Worktree;
use wfo_todo::documents::{Answers, Known, Planning, asked, compose, fill, of_brief, template_of};
use wfo_todo::front::{Front, Route};
use wfo_todo::phase::{Document, Fill, judge};
use wfo_todo::questions::{QuestionRow, Role, questions};
use wfo_todo::record::require_slug;
use wfo_todo::trace::TechnologyRow;
use wfo_todo::{Kind, TodoName};

use super::Site;
use super::answers::{answers_of, usual};
use super::choose::choose;
use super::files::{bytes, require_no_link};
use super::put::changed;
use crate::init::create_file as create;
use crate::tables;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Which TODO: its slug, stamp and slug, or file name.
    pub todo: &'a str,
    /// The answers file; `-` = standard input.
    pub answers: Option<&'a Path>,
}

/// How far a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    Missing,
    /// It says nothing of its own.
    Template,
    /// It says something.
    Written,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Which.
    pub document: Document,
    /// Its path in its checkout.
    pub path: String,
    /// How far it is, after the call.
    pub state: State,
}

/// Tasks of the plan that came into the TODO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Ids of new tasks.
    pub added: Vec<String>,
    /// Ids of tasks whose text, dependencies or status changed.
    pub changed: Vec<String>,
    /// Ids that the plan no longer names; they stay.
    pub gone: Vec<String>,
    /// How many are as they were.
    pub unchanged: usize,
}

/// What became of the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Papers {
    /// The slug.
    pub slug: String,
    /// Files that were written, or would be.
    pub written: Vec<String>,
    /// Documents that were there and are as they were.
    pub kept: Vec<String>,
    /// What is still to be asked.
    pub questions: Vec<QuestionRow>,
    /// Each document.
    pub documents: Vec<Paper>,
    /// The worktree that the documents lie in; `None` for the main checkout.
    pub worktree: Option<PathBuf>,
    /// The message of a commit of what was written.
    pub message: String,
    /// The tasks; `None` without a plan.
    pub tasks: Option<Brought>,
}

/// A page that is there.
pub(super) struct Found {
    pub(super) root: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// A file that is to be written.
pub(super) struct Put {
    pub(super) root: PathBuf,
    pub(super) path: String,
    /// What was there.
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
}

/// One call's view of a workflow and its documents.
pub(super) struct Bench<'s, 'a> {
    pub(super) site: &'s Site<'a>,
    pub(super) file: String,
    pub(super) name: TodoName,
    pub(super) rows: Vec<QuestionRow>,
    pub(super) answers: Answers,
    /// Where documents are looked for; new ones go to the first.
    pub(super) roots: Vec<PathBuf>,
    title: String,
    about: String,
    brief: Option<String>,
    /// Ids that the answers file has.
    given: BTreeSet<String>,
    stack: Vec<(String, String)>,
    technologies: Vec<TechnologyRow>,
}

impl<'s, 'a> Bench<'s, 'a> {
    /// Reads what is known. `there`: documents go to the worktree of the branch, where it is checked out.
    pub(super) fn open(
        site: &'s Site<'a>,
        ask: Ask<'_>,
        there: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let file = choose(site, Some(ask.todo), notes)?;
        let name = wfo_todo::todo_name(&file).ok_or_else(|| {
            Problem::new(codes::TODO_UNKNOWN, format!("`{file}` is no TODO file"))
                .hint("`wfo-helper todo list` shows what is there")
        })?;
        require_slug(&name.slug)?;
        let rows = site.rows(&tables::QUESTIONS, notes);
        let mut answers = match ask.answers {
            Some(path) => answers_of(site, path, &rows)?,
            None => usual(site, &name.slug, &rows)?,
        };
        // the usual file is read each time: what stands in the documents by now is no news
        let given = ask.answers.iter().flat_map(|_| answers.ids()).map(str::to_owned).collect();
        let root = site.root().to_owned();
        let brief = read::page(&root, &format!("planning/{}/BRIEF.md", name.slug), read::PAGE_LIMIT);
        let brief = brief.unwrap_or_else(|problem| {
            notes.push(problem.warning());
            None
        });
        let brief = brief.map(|page| page.text);
        if let Some(page) = &brief {
            answers = answers.or(of_brief(page));
        }
        let bytes = bytes(&root, &file)?;
        let front = Front::read(&file, &bytes)?;
        let text = |key| front.get(&Route::keys(["metadata", key])).and_then(|value| value.as_str()).map(str::to_owned);
        let tree = there.then(|| tree_of(&trees(site), &name)).flatten().filter(|tree| *tree != root);
        Ok(Self {
            title: text("title").unwrap_or_else(|| name.slug.clone()),
            about: text("description").unwrap_or_default(),
            stack: stack(site, notes),
            technologies: site.rows(&tables::TECHNOLOGIES, notes),
            roots: tree.into_iter().chain([root]).collect(),
            site,
            file,
            name,
            rows,
            answers,
            brief,
            given,
        })
    }

    /// Returns the worktree that documents go to, where it is not the main checkout.
    pub(super) fn worktree(&self) -> Option<PathBuf> {
        if self.roots.len() > 1 { self.roots.first().cloned() } else { None }
    }

    /// Finds a document.
    pub(super) fn find(&self, document: Document) -> Result<Option<Found>, Problem> {
        let path = document.path(&self.name.slug);
        for root in &self.roots {
            if let Some(bytes) = read::raw(root, &path, read::PAGE_LIMIT)? {
                return Ok(Some(Found { root: root.clone(), bytes }));
            }
        }
        Ok(None)
    }

    /// Reads the planning documents that say something.
    pub(super) fn planning(&self) -> Result<Planning, Problem> {
        let says = |document| -> Result<Option<String>, Problem> {
            let page = self.find(document)?.map(|found| String::from_utf8_lossy(&found.bytes).into_owned());
            Ok(page.filter(|page| state(document, page) == State::Written))
        };
        Ok(Planning {
            requirements: says(Document::Requirements)?,
            architecture: says(Document::Architecture)?,
            epics: says(Document::Epics)?,
            spec: says(Document::Spec)?,
        })
    }

    /// Returns the questions of one document that are worth asking.
    fn questions(&self, document: Document, planning: &Planning) -> Vec<&QuestionRow> {
        let there = [
            (Document::Requirements, planning.requirements.is_some()),
            (Document::Architecture, planning.architecture.is_some()),
            (Document::Epics, planning.epics.is_some()),
        ];
        let written: BTreeSet<Document> = there.into_iter().filter(|(_, there)| *there).map(|(one, _)| one).collect();
        let kind: Kind = self.name.kind;
        let all = Role::ALL.into_iter().flat_map(|role| questions(&self.rows, role, kind, &written));
        all.filter(|row| row.document() == document).collect()
    }

    /// Looks at one document: what would be written, and what it waits for. `may_begin`: one that is not there may be made.
    pub(super) fn look(
        &self,
        document: Document,
        planning: &Planning,
        may_begin: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Looked, Problem> {
        let path = document.path(&self.name.slug);
        let rows = self.questions(document, planning);
        let Some(found) = self.find(document)? else {
            let lacking = rows.iter().any(|row| row.must && self.answers.get(&row.id).is_empty());
            let open = asked(None, &rows, &self.answers);
            if rows.is_empty() || lacking || !may_begin {
                return Ok(Looked { put: None, page: None, open: owned(&open), path, state: State::Missing });
            }
            let page = compose(document, &rows, &self.answers, &self.known(planning))?;
            let root = self.roots.first().cloned().unwrap_or_default();
            let put = Put { root, path: path.clone(), before: None, after: page.clone().into_bytes() };
            return Ok(Looked { put: Some(put), page: Some(page), open: owned(&open), path, state: State::Written });
        };
        let Ok(page) = String::from_utf8(found.bytes.clone()) else {
            let note = Problem::new(codes::TODO_EXISTS, format!("`{path}` is not UTF-8, so it stays as it is"));
            notes.push(note.hint("write it anew as UTF-8").in_file(&path).warning());
            return Ok(Looked { put: None, page: None, open: Vec::new(), path, state: State::Written });
        };
        // every question that the page waits for, also one that would not be asked today
        let all: Vec<&QuestionRow> = self.rows.iter().filter(|row| row.document() == document).collect();
        let filled = fill(&page, &all, &self.answers);
        let state = state(document, &filled.page);
        let given = |id: &String| rows.iter().any(|row| row.id == *id);
        self.tell_kept(&path, state, filled.unused.iter().filter(|id| given(id)), notes);
        let open = owned(&asked(Some(&filled.page), &all, &self.answers));
        let put = (filled.page != page).then(|| Put {
            root: found.root,
            path: path.clone(),
            before: Some(found.bytes),
            after: filled.page.clone().into_bytes(),
        });
        Ok(Looked { put, page: Some(filled.page), open, path, state })
    }

    fn tell_kept<'i>(
        &self,
        path: &str,
        state: State,
        unused: impl Iterator<Item = &'i String>,
        notes: &mut Vec<Diagnostic>,
    ) {
        if state == State::Template {
            let note = Problem::new(codes::TODO_EXISTS, format!("`{path}` is there and says nothing of its own"));
            notes.push(note.hint("write it, or remove it to have it written from answers").in_file(path).info());
        }
        // what the brief says may stand there in other words
        let from_file: Vec<String> = unused.filter(|id| self.given.contains(*id)).map(|id| code_span(id)).collect();
        if !from_file.is_empty() {
            let message = format!("`{path}` is written, so answers were left out: {}", from_file.join(", "));
            let note = Problem::new(codes::TODO_EXISTS, message);
            notes.push(note.hint("what stands there is a person's: edit it by hand").in_file(path).info());
        }
    }

    fn known<'k>(&'k self, planning: &'k Planning) -> Known<'k> {
        Known {
            title: &self.title,
            slug: &self.name.slug,
            about: &self.about,
            brief: self.brief.as_deref(),
            stack: &self.stack,
            technologies: &self.technologies,
            planning,
        }
    }
}

/// What was found out about one document.
pub(super) struct Looked {
    pub(super) put: Option<Put>,
    /// Its text, after the call.
    pub(super) page: Option<String>,
    /// What it waits for.
    pub(super) open: Vec<QuestionRow>,
    pub(super) path: String,
    pub(super) state: State,
}

impl Papers {
    /// Adds one document.
    pub(super) fn add(&mut self, document: Document, looked: &Looked) {
        match &looked.put {
            Some(_) => self.written.push(looked.path.clone()),
            None if looked.state != State::Missing => self.kept.push(looked.path.clone()),
            None => {}
        }
        self.questions.extend(looked.open.iter().cloned());
        self.documents.push(Paper { document, path: looked.path.clone(), state: looked.state });
    }
}

impl Put {
    /// Writes it, if what it was made from is still there.
    pub(super) fn write(&self, site: &Site<'_>) -> Result<(), Problem> {
        if site.dry_run {
            return Ok(());
        }
        match &self.before {
            None if create(&self.root, &self.path, &self.after, false)? => Ok(()),
            None => Err(changed(&self.path)),
            Some(before) => {
                require_no_link(&self.root, &self.path)?;
                // An editor knows no lock.
                if read::raw(&self.root, &self.path, read::PAGE_LIMIT)?.as_ref() != Some(before) {
                    return Err(changed(&self.path));
                }
                atomic::write_tidy(&self.root.join(&self.path), &self.after)
            }
        }
    }
}

/// Judges a document against its template.
pub(super) fn state(document: Document, page: &str) -> State {
    match judge(page, Some(template_of(document))) {
        Fill::Missing | Fill::Untouched => State::Template,
        Fill::Partly { .. } | Fill::Filled => State::Written,
    }
}

fn owned(rows: &[&QuestionRow]) -> Vec<QuestionRow> {
    rows.iter().map(|row| (*row).clone()).collect()
}

/// Lists the checkouts of the repository.
pub(super) fn trees(site: &Site<'_>) -> Vec<Worktree> {
    site.place().repository().map(wfo_git::checkouts).unwrap_or_default()
}

/// Finds the checkout of a workflow's branch.
pub(super) fn tree_of(trees: &[Worktree], name: &TodoName) -> Option<PathBuf> {
    let kind = name.kind.as_str();
    let branches = [format!("{kind}/{}_{}", name.stamp, name.slug), format!("{kind}/{}", name.slug)];
    let of = |branch: &String| {
        let tree = trees.iter().find(|tree| tree.branch.as_ref() == Some(branch) && !tree.prunable && !tree.bare);
        tree.map(|tree| tree.path.clone())
    };
    branches.iter().find_map(of)
}

/// What the project's files say it is made of.
fn stack(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let config = site.place().config(site.home);
    let stack = crate::stack(site.place(), &config, site.home).drain_into(notes);
    let kinds = stack.kinds.iter().filter(|kind| *kind != "mixed").map(|kind| (kind.clone(), "language"));
    let others = [(stack.package_manager, "package manager"), (stack.commands.test, "tests")];
    let others = others.into_iter().filter_map(|(name, place)| Some((name?, place)));
    kinds.chain(others).map(|(name, place)| (name, place.to_owned())).collect()
}
