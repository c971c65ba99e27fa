//! Where answers to questions lie: in a file that is named, else in the usual one beside the planning documents.
//! Never read through a link or from above the project.

use std::path::{Component, Path};

use wfo_base::{Problem, codes, read, text::code_span};
use wfo_todo::documents::{ANSWERS_LIMIT, Answers};
use wfo_todo::questions::QuestionRow;

use super::Site;

/// Returns where answers lie when no file is named, from the top of the main checkout.
#[must_use]
pub fn usual_answers(slug: &str) -> String {
    format!("planning/{slug}/answers.yaml")
}

/// Reads the usual answers file, where there is one.
pub(super) fn usual(site: &Site<'_>, slug: &str, rows: &[QuestionRow]) -> Result<Answers, Problem> {
    let path = usual_answers(slug);
    let page = read::page(site.root(), &path, ANSWERS_LIMIT)?;
    page.map_or_else(|| Ok(Answers::default()), |page| Answers::read(&path, &page.text, rows))
}

/// Reads the answers file: relative to the current folder and inside of the repository, or absolute; never a link.
pub(super) fn answers_of(site: &Site<'_>, path: &Path, rows: &[QuestionRow]) -> Result<Answers, Problem> {
    let shown = path.display().to_string();
    if path.as_os_str() == "-" {
        return Answers::read("-", &read::stdin(ANSWERS_LIMIT)?.text, rows);
    }
    if path.components().any(|part| part == Component::ParentDir) {
        let message = format!("{} goes up with `..`, so it was not read", code_span(&shown));
        return Err(Problem::new(codes::TODO_ANSWERS_INVALID, message)
            .hint("name a file of the project, or one by its absolute path"));
    }
    let whole = site.place().folder().join(path);
    if whole.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
        let message = format!("{} is a link, so it was not read", code_span(&shown));
        return Err(Problem::new(codes::TODO_ANSWERS_INVALID, message).hint("name the file itself"));
    }
    let page = match whole.strip_prefix(site.place().root()) {
        Ok(inside) => read::page(site.place().root(), &inside.to_string_lossy(), ANSWERS_LIMIT)?,
        Err(_) => read::own(&whole, ANSWERS_LIMIT)?,
    };
    let page = page.ok_or_else(|| {
        Problem::new(codes::FILE_MISSING, format!("there is no {}", code_span(&shown)))
            .hint("without `--answers` the command lists the questions")
    })?;
    Answers::read(&shown, &page.text, rows)
}
