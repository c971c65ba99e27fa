//! Reads and changes the worktree registry: under its lock, atomically, the last good text kept beside it.
//! A text that does not parse is never written over.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, atomic, codes, home::Home, read};
use wfo_worktree::{Change, Entry, Registry, Rules};

/// The most of the registry that is read: 8 MiB.
const LIMIT: u64 = 8 << 20;

/// The registry as it was read.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) text: Option<String>,
    pub(crate) registry: Option<Registry>,
}

/// Reads the registry.
///
/// # Errors
/// `worktree.registry-invalid`, with the copy to restore where there is one.
pub(crate) fn read(home: &Home) -> Result<Book, Problem> {
    let path = home.registry();
    let bytes = read::own_bytes(&path, LIMIT).map_err(|problem| {
        // What has to go out of the way first, or lets nobody read, has its own words.
        let is_content = problem.code == codes::FILE_TOO_LARGE;
        let problem = Problem { code: codes::REGISTRY_INVALID, ..problem };
        if is_content { with_copy(problem, home) } else { problem }
    })?;
    let Some(bytes) = bytes else { return Ok(Book::default()) };
    // Bytes that were replaced could not be written back.
    let text = String::from_utf8(bytes).map_err(|_| {
        let problem = Problem::new(codes::REGISTRY_INVALID, format!("`{}` is not UTF-8", path.display()));
        with_copy(problem.hint("mend it by hand"), home)
    })?;
    let registry = wfo_worktree::registry(&text).map_err(|problem| with_copy(problem, home))?;
    Ok(Book { text: Some(text), registry: Some(resolved(registry)) })
}

/// Changes the registry: `work` sees it as it is and says what to change, and what to answer.
///
/// # Errors
/// `lock.timeout`, `worktree.registry-invalid`, `file.not-written`, and what `work` answers.
pub(crate) fn change<T>(
    home: &Home,
    rules: &Rules,
    notes: &mut Vec<Diagnostic>,
    work: impl FnOnce(&Book) -> Result<(Vec<Change>, T), Problem>,
) -> Result<T, Problem> {
    atomic::make_folder(home.config(), true)?;
    let path = home.registry();
    atomic::locked(&path, || {
        let book = read(home)?;
        let (changes, answer) = work(&book)?;
        if changes.is_empty() {
            return Ok(answer);
        }
        let edited = wfo_worktree::edited(book.text.as_deref(), rules, &changes)?.drain_into(notes);
        if book.text.as_deref() != Some(edited.as_str()) {
            keep_copy(&path);
            atomic::write(&path, edited.as_bytes())?;
        }
        Ok(answer)
    })
}

/// Keeps the text that parsed: by a second name for the file that the next write replaces.
fn keep_copy(path: &Path) {
    let (copy, new) = (copy_of(path), path.with_extension("json.new-copy"));
    // Without a copy the registry is as good as before; it only helps when somebody else breaks the file.
    let _ = std::fs::remove_file(&new);
    let _ = std::fs::hard_link(path, &new).and_then(|()| std::fs::rename(&new, copy));
}

fn copy_of(path: &Path) -> PathBuf {
    path.with_extension("json.last-good")
}

fn with_copy(problem: Problem, home: &Home) -> Problem {
    let copy = copy_of(&home.registry());
    if copy.is_file() {
        let path = home.registry();
        return problem.hint(format!(
            "mend it, or bring back the last good one: `cp {} {}`",
            copy.display(),
            path.display()
        ));
    }
    problem
}

/// Resolves links in the registry's folders, as git's own are resolved: they are compared as text.
fn resolved(mut registry: Registry) -> Registry {
    for entry in &mut registry.entries {
        for path in [&mut entry.repo_path, &mut entry.worktree_path].into_iter().flatten() {
            if let Ok(real) = std::fs::canonicalize(&path) {
                *path = real;
            }
        }
    }
    registry
}

/// Finds the rows of a repository, by its main checkout.
pub(crate) fn rows_of<'r>(
    registry: Option<&'r Registry>,
    repo: &'r Path,
    home: Option<&'r Path>,
) -> impl Iterator<Item = &'r Entry> {
    let entries = registry.map_or(&[][..], |registry| &registry.entries);
    let repo = wfo_worktree::paths::tidy(repo, home);
    entries.iter().filter(move |entry| {
        entry.repo_path.as_deref().is_some_and(|path| wfo_worktree::paths::tidy(path, home) == repo)
    })
}
