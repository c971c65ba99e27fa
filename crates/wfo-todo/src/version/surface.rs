//! Which changed files are the public face of a project: rows of `reference/data/public.yaml` by language.
//! Knows names only; what stands in a file is for others to compare.

use serde::Deserialize;
use wfo_base::tables::Row;

use super::{Surface, SurfaceChange};
use crate::phase::patterns::{is_pattern, names};

/// Files of one language that others rely on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicRow {
    /// Its name.
    pub id: String,
    /// The language, or `any`.
    pub language: String,
    /// Patterns of files that count.
    pub files: Vec<String>,
    /// Patterns of files that do not.
    #[serde(default)]
    pub except: Vec<String>,
}

impl Row for PublicRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.files.is_empty() || self.language.trim().is_empty() {
            return Err(format!("`{}` needs a language and files", self.id));
        }
        match self.files.iter().chain(&self.except).find(|pattern| !is_pattern(pattern)) {
            Some(pattern) => {
                Err(format!("`{pattern}` in `{}` is not a file's name with `*` or a folder's name with `/`", self.id))
            }
            None => Ok(()),
        }
    }
}

impl PublicRow {
    /// Whether a repository's row counts: it is new, or names no fewer files.
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        let Some(old) = old else { return true };
        let language = new.language == old.language || new.language == "any";
        let files = old.files.iter().all(|pattern| new.files.contains(pattern));
        language && files && new.except.iter().all(|pattern| old.except.contains(pattern))
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// It is new.
    Added,
    /// It was edited.
    Modified,
    /// It is gone; a renamed file is one that is gone and one that is new.
    Deleted,
}

/// Returns the changed files that are public in one of the languages, in their order.
#[must_use]
pub fn public_files(rows: &[PublicRow], languages: &[&str], changes: &[(&str, FileChange)]) -> Vec<Surface> {
    let here = |row: &&PublicRow| row.language == "any" || languages.contains(&row.language.as_str());
    let public = |path: &str| {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| names(pattern, path));
        rows.iter().filter(here).any(|row| any(&row.files) && !any(&row.except))
    };
    let surface = |(path, change): &(&str, FileChange)| Surface {
        item: (*path).to_owned(),
        change: match change {
            FileChange::Added => SurfaceChange::Added,
            FileChange::Modified => SurfaceChange::Touched,
            FileChange::Deleted => SurfaceChange::Removed,
        },
    };
    changes.iter().filter(|(path, _)| public(path)).map(surface).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfo_base::tables;

    fn rows() -> Vec<PublicRow> {
        let text = include_str!("../../../../reference/data/public.yaml");
        let parsed = tables::parse::<PublicRow>("public.yaml", text);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn files_are_public_by_language_and_never_in_tests() {
        for (languages, path, public) in [
            (vec!["rust"], "crates/a/src/lib.rs", true),
            (vec!["rust"], "crates/a/tests/lib.rs", false),
            (vec!["rust"], "src/main.rs", false),
            (vec!["python"], "src/lib.rs", false),
            (vec!["python"], "pkg/__init__.py", true),
            (vec!["node"], "packages/a/index.ts", true),
            (vec!["node"], "node_modules/a/index.js", false),
            (vec!["go"], "pkg/x/x.go", true),
            (vec!["go"], "pkg/internal/x.go", false),
            (vec![], "src/api/users.py", true),
            (vec![], "tests/api/users.py", false),
            (vec![], "proto/a.proto", true),
            (vec![], "src/rapid/users.py", false),
        ] {
            let found = public_files(&rows(), &languages, &[(path, FileChange::Modified)]);
            assert_eq!(!found.is_empty(), public, "{languages:?} {path}");
        }
    }

    #[test]
    fn what_became_of_a_file_says_how_far_the_version_rises() {
        let changes = [("api/a", FileChange::Added), ("api/b", FileChange::Modified), ("api/c", FileChange::Deleted)];
        let found: Vec<SurfaceChange> = public_files(&rows(), &[], &changes).iter().map(|one| one.change).collect();
        assert_eq!(found, [SurfaceChange::Added, SurfaceChange::Touched, SurfaceChange::Removed]);
    }

    #[test]
    fn a_repository_may_call_more_files_public_but_not_fewer() {
        let all = rows();
        let old = &all[0];
        let with = |edit: fn(&mut PublicRow)| {
            let mut row = old.clone();
            edit(&mut row);
            PublicRow::stricter(Some(old), &row)
        };
        assert!(with(|row| row.files.push("routes/".into())) && with(|row| row.except.clear()));
        assert!(!with(|row| row.files.truncate(1)) && !with(|row| row.except.push("src/".into())));
        assert!(!with(|row| row.language = "go".into()) && PublicRow::stricter(None, old));
    }

    #[test]
    fn rows_that_cannot_be_are_named() {
        for row in [
            "{id: a, language: go, files: []}",
            "{id: a, language: \"\", files: [x]}",
            "{id: a, language: go, files: [\"*\"]}",
            "{id: a, language: go, files: [a/b]}",
        ] {
            assert_eq!(tables::parse::<PublicRow>("p.yaml", &format!("rows:\n- {row}\n")).notes.len(), 1, "{row}");
        }
    }
}
