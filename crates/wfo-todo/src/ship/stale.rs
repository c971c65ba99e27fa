//! Which documents a change makes stale: rows of `reference/data/stale.yaml`, from changed files to documents.
//! Knows names only; whether a document is there, or was changed along, is for the caller.

use serde::Deserialize;
use wfo_base::tables::Row;

use crate::phase::patterns::{is_pattern, names};

/// The most characters of a document's path.
const PATH: usize = 120;

/// Files whose change documents have to follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaleRow {
    /// Its name.
    pub id: String,
    /// Patterns of files that count.
    pub files: Vec<String>,
    /// Patterns of files that do not.
    #[serde(default)]
    pub except: Vec<String>,
    /// git's letters of changes that count, such as `AD`; empty = every change.
    #[serde(default)]
    pub changes: String,
    /// Documents, from the top of the checkout; `{slug}` is the feature's.
    pub documents: Vec<String>,
    /// What is to be looked at.
    pub why: String,
}

impl Row for StaleRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.files.is_empty() || self.documents.is_empty() {
            return Err(format!("`{}` needs files and documents", self.id));
        }
        if self.why.trim().is_empty() || self.why.len() > 200 || self.why.chars().any(char::is_control) {
            return Err(format!("`why` of `{}` is not one line of 1 to 200 characters", self.id));
        }
        if let Some(letter) = self.changes.chars().find(|letter| !"AMDT".contains(*letter)) {
            return Err(format!("`{letter}` in `changes` of `{}` is not one of A, M, D, T", self.id));
        }
        if let Some(pattern) = self.files.iter().chain(&self.except).find(|pattern| !is_pattern(pattern)) {
            return Err(format!(
                "`{pattern}` in `{}` is not a file's name with `*` or a folder's name with `/`",
                self.id
            ));
        }
        let inside = |path: &String| {
            let parts = || path.split('/');
            !path.is_empty()
                && path.len() <= PATH
                && !path.chars().any(char::is_control)
                && parts().all(|part| !part.is_empty() && part != "..")
        };
        match self.documents.iter().find(|path| !inside(path)) {
            Some(path) => Err(format!("`{path}` in `{}` is not a path below the top", self.id)),
            None => Ok(()),
        }
    }
}

/// A document that a change may have made wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path.
    pub document: String,
    /// What is to be looked at.
    pub why: String,
    /// The first file that says so.
    pub because: String,
}

/// Returns the documents that changed files make stale, each once, in the order of the rows. A document that was changed itself is
/// not stale.
#[must_use]
pub fn stale(rows: &[StaleRow], slug: &str, changes: &[(&str, char)]) -> Vec<Stale> {
    let mut out: Vec<Stale> = Vec::new();
    for row in rows {
        let any = |patterns: &[String], path: &str| patterns.iter().any(|pattern| names(pattern, path));
        let counts = |(path, letter): &&(&str, char)| {
            let kind = row.changes.is_empty() || row.changes.contains(*letter);
            kind && any(&row.files, path) && !any(&row.except, path)
        };
        let Some((because, _)) = changes.iter().find(counts) else { continue };
        for document in &row.documents {
            let document = document.replace("{slug}", slug);
            let changed = changes.iter().any(|(path, _)| *path == document);
            if !changed && !out.iter().any(|known| known.document == document) {
                out.push(Stale { document, why: row.why.clone(), because: (*because).to_owned() });
            }
        }
    }
    out
}
