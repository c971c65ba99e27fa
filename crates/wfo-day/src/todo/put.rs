//! One guarded edit of one TODO file: read, changed, written whole, under the lock, TODO.md after it. Done as a whole or not at all.

use wfo_base::{Diagnostic, Problem, atomic, codes};
use wfo_todo::Label;
use wfo_todo::front::Front;

use super::files::{bytes, require_no_link};
use super::{Site, TRIES, archive, manifest};

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edited<T> {
    /// Files that changed, or would.
    pub(super) files: Vec<String>,
    /// What the edit itself answers.
    pub(super) value: T,
}

/// Edits a file: `work` sees it as it is and returns the whole new page.
///
/// # Errors
/// What reading and `work` answer, `todo.changed`, `lock.timeout`, `file.not-written`.
pub(super) fn edit<T>(
    site: &Site<'_>,
    file: &str,
    notes: &mut Vec<Diagnostic>,
    work: impl Fn(&Front<'_>) -> Result<(String, T), Problem>,
) -> Result<Edited<T>, Problem> {
    archive::complete(site, notes);
    site.locked(|| {
        for _ in 0..TRIES {
            let before = bytes(site.root(), file)?;
            let front = Front::read(file, &before)?;
            let (page, value) = work(&front)?;
            let mut files = Vec::new();
            if page.as_bytes() != before {
                // An editor knows no lock.
                if bytes(site.root(), file)? != before {
                    continue;
                }
                write(site, file, page.as_bytes())?;
                files.push(file.to_owned());
            }
            // The guard has read the new page a moment ago.
            let label = front.read_back(&page).and_then(|value| Label::of(file, &value));
            let label = label.map(|label| (file, label)).filter(|_| !site.dry_run);
            files.extend(manifest::rebuild_beside(site, None, label, notes));
            return Ok(Edited { files, value });
        }
        Err(changed(file))
    })
}

/// Writes a file of the main checkout whole.
pub(super) fn write(site: &Site<'_>, file: &str, bytes: &[u8]) -> Result<(), Problem> {
    if site.dry_run {
        return Ok(());
    }
    require_no_link(site.root(), file)?;
    atomic::write_tidy(&site.root().join(file), bytes)
}

pub(super) fn changed(file: &str) -> Problem {
    Problem::new(codes::TODO_CHANGED, format!("`{file}` was changed by somebody else at the same time"))
        .hint("run the command again")
        .in_file(file)
}
