//! Which tracked files have a word in their names: asked of the index as it was loaded for the status, in one pass over its paths.

use gix::bstr::ByteSlice;
use gix::index::{Entry, State};

/// The most names that are listed.
const MOST: usize = 1_000;

/// Lists the tracked files whose last part holds `word`, as it is or in capitals, in the order of their paths.
pub(super) fn tracked_with(index: &State, word: &str) -> Vec<Vec<u8>> {
    let capitals = word.to_ascii_uppercase();
    let needles = [word.as_bytes(), capitals.as_bytes()];
    let backing: &[u8] = index.path_backing();
    let (entries, start) = (index.entries(), backing.as_ptr() as usize);
    let place = |entry: &Entry| {
        let path = entry.path(index);
        let begin = (path.as_ptr() as usize).wrapping_sub(start);
        begin..begin.wrapping_add(path.len())
    };
    let mut hits: Vec<&Entry> = Vec::new();
    for at in needles.iter().flat_map(|needle| backing.find_iter(needle)) {
        // Paths lie behind one another in the order of the entries, but for an index that was put together from two.
        let behind = entries.partition_point(|entry| place(entry).start <= at);
        match behind.checked_sub(1).and_then(|before| entries.get(before)).filter(|entry| place(entry).contains(&at)) {
            Some(entry) => hits.push(entry),
            None => {
                hits = entries.iter().collect();
                break;
            }
        }
    }
    let wanted = |entry: &&Entry| {
        let path = entry.path(index);
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let is_file = entry.mode.bits() & 0o170_000 == 0o100_000;
        is_file && needles.iter().any(|needle| name.contains_str(needle))
    };
    let mut found: Vec<Vec<u8>> =
        hits.into_iter().filter(wanted).map(|entry| entry.path(index).to_vec()).take(MOST).collect();
    found.sort_unstable();
    found.dedup();
    found
}
