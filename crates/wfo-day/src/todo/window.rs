//! The size of a session's context window, as the host reports it to the status line: noted there, for hooks that are not told.
//! Notes only what changed; a size that cannot be is no size.

use std::collections::BTreeMap;

use wfo_base::home::Home;
use wfo_base::{Clock, atomic, read};

/// Where it is noted.
const NOTED: &str = "state/context-windows.json";
/// The most sessions that are remembered.
const SESSIONS: usize = 200;
/// What a window may be.
const SIZES: std::ops::RangeInclusive<u64> = 1_000..=100_000_000;

/// When it was noted, in seconds, and the size.
type Noted = BTreeMap<String, (i64, u64)>;

/// Notes the size of a session's window.
pub fn note_window(home: &Home, session: &str, size: u64) {
    let key = key(session);
    let mut all = load(home);
    if session.is_empty() || !SIZES.contains(&size) || all.get(&key).is_some_and(|(_, known)| *known == size) {
        return;
    }
    all.insert(key, (Clock::real().as_second(), size));
    while all.len() > SESSIONS {
        let oldest = all.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
        oldest.and_then(|oldest| all.remove(&oldest));
    }
    let path = home.wfo(NOTED);
    // Whoever writes at the same moment notes it again at the next line.
    let made = path.parent().map(|folder| atomic::make_folder(folder, true));
    if made.is_some_and(|made| made.is_ok()) {
        let _ = serde_json::to_vec(&all).map(|bytes| atomic::write_cache(&path, &bytes));
    }
}

/// Returns the size of a session's window; what the hook itself was told counts first.
pub(super) fn window_of(home: &Home, session: &str, told: Option<u64>) -> Option<u64> {
    let sound = |size: &u64| SIZES.contains(size);
    told.filter(sound).or_else(|| load(home).get(&key(session)).map(|(_, size)| *size).filter(sound))
}

fn key(session: &str) -> String {
    wfo_base::trust::digest(session).chars().take(16).collect()
}

fn load(home: &Home) -> Noted {
    let bytes = read::own_bytes(&home.wfo(NOTED), 1 << 20).ok().flatten();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}
