//! Append-only lists of JSON lines below `CONFIG/wfo`. A line that does not parse makes the whole list unreadable: it may
//! have been a revocation or a use, and what is not known must not count as "nothing happened".

use serde::de::DeserializeOwned;

use crate::home::Home;
use crate::problem::Problem;
use crate::{atomic, codes, read};

/// The most of a list that is read: 8 MiB, some 60,000 entries.
const LIMIT: u64 = 8 << 20;

/// Reads all entries; none when the list is not there.
///
/// # Errors
/// When the file is there and cannot be read.
pub(super) fn entries<T: DeserializeOwned>(home: &Home, name: &str) -> Result<Vec<T>, Problem> {
    let path = home.wfo(name);
    let text = read::own(&path, LIMIT)?.map(|page| page.text).unwrap_or_default();
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|_| {
                let shown = path.display().to_string();
                Problem::new(codes::FILE_UNREADABLE, format!("line {number} of `{shown}` cannot be read"))
                    .hint(format!("take line {number} out if you know that nothing is lost with it; until then nothing counts as approved"))
                    .at_line(shown, number)
            })
        })
        .collect()
}

/// Appends one entry. The caller holds the lock where the order matters.
///
/// # Errors
/// When it cannot be written.
pub(super) fn append<T: serde::Serialize>(home: &Home, name: &str, entry: &T) -> Result<(), Problem> {
    atomic::make_folder(&home.wfo(""), true)?;
    let line =
        serde_json::to_string(entry).map_err(|error| Problem::new(codes::BUG, format!("entry of {name}: {error}")))?;
    atomic::append_line(&home.wfo(name), &line)
}
