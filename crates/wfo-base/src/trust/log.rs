//! Append-only lists of JSON lines below `CONFIG/wfo`. A line that does not parse is passed over.

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
    let page = read::own(&home.wfo(name), LIMIT)?;
    Ok(page
        .map(|page| page.text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
        .unwrap_or_default())
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
