//! `context compress`: the hand-over page made to fit, after a backup.

use wfo_base::{Diagnostic, Problem, codes};
use wfo_todo::page::{self, Compressed};

use super::backup::{Saved, save};
use super::write::read_page;
use super::{PAGE, Site};

/// A page that was made shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// The page as it is now, or would be.
    pub page: String,
    /// Whether the page was changed, or would be.
    pub changed: bool,
    /// How.
    pub compressed: Compressed,
    /// The backup that holds the whole page.
    pub backup: Option<Saved>,
}

/// Makes the page fit into `most` tokens. One that fits is left as it is.
///
/// # Errors
/// `file.missing` without a page, and what reading, saving or writing it answers; the page is then as it was.
pub fn compress(site: &Site<'_>, most: u64, notes: &mut Vec<Diagnostic>) -> Result<Shortened, Problem> {
    site.locked(|| {
        let bytes = read_page(site)?.ok_or_else(|| {
            Problem::new(codes::FILE_MISSING, format!("there is no {PAGE} in `{}`", site.root().display()))
                .hint("`wfo-helper context write` makes one")
        })?;
        let compressed = page::compress(&bytes, most);
        let changed = compressed.bytes != bytes;
        let mut backup = None;
        if changed && !site.dry_run {
            backup = Some(save(site, notes)?);
            if read_page(site)?.as_deref() != Some(&bytes) {
                return Err(Problem::new(codes::CONTEXT_CHANGED, format!("{PAGE} was changed meanwhile"))
                    .hint("run the command again"));
            }
            site.put(site.root(), PAGE, &compressed.bytes)?;
        }
        let page = String::from_utf8_lossy(&compressed.bytes).into_owned();
        Ok(Shortened { page, changed, compressed, backup })
    })
}
