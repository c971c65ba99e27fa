//! `gate commit`: what git's own hooks ask about the commit that is being made, in the surroundings git gives them.
//! Remembers for a short time below the git folder that a content passed, under a seal that only the user's key makes.

use std::path::PathBuf;

use wfo_base::home::Home;
use wfo_base::{Clock, Problem, atomic, read, trust};
use wfo_gate::secrets::could_hold;
use wfo_git::Repository;

use crate::Place;
use crate::scan::{self, Ask, Report, Rules};

/// How long a pass is remembered, in seconds: from pre-commit to prepare-commit-msg.
const LIFE: i64 = 60;
/// The file, below the checkout's git folder.
const FILE: &str = "wfo-commit-passed";

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// The index is about to be committed; `again` = pre-commit has looked already, unless it was skipped.
    Index {
        /// Whether a pass of a moment ago is enough.
        again: bool,
    },
    /// References move to these ids.
    Moves(Vec<String>),
}

/// Looks at what a commit would bring and at its message; `None` = the very same content passed a moment ago.
///
/// # Errors
/// As [`scan::secrets`].
pub fn judge_staged(
    place: &Place,
    rules: &Rules,
    home: &Home,
    clock: &Clock,
    occasion: &Occasion,
    message: Option<String>,
) -> Result<Option<Report>, Problem> {
    let message = message.filter(|message| could_hold(message));
    let ask = match occasion {
        Occasion::Moves(tips) => Ask { tips: tips.clone(), ..Ask::default() },
        Occasion::Index { .. } => Ask { staged: true, message: message.clone(), ..Ask::default() },
    };
    let index = matches!(occasion, Occasion::Index { .. });
    let content =
        place.repository().filter(|_| index).and_then(|repository| Some((repository, wfo_git::staged_id(repository)?)));
    if *occasion == (Occasion::Index { again: true })
        && content.as_ref().is_some_and(|(repository, id)| passed(repository, id, home, clock))
    {
        let Some(message) = message else { return Ok(None) };
        return scan::secrets(place, rules, Ask { message: Some(message), ..Ask::default() }).map(Some);
    }
    let report = scan::secrets(place, rules, ask)?;
    if let Some((repository, id)) = content
        && !report.blocked()
        && report.complete()
    {
        remember(repository, &id, home, clock);
    }
    Ok(Some(report))
}

fn file(repository: &Repository) -> PathBuf {
    repository.git_dir().join(FILE)
}

fn sealed(id: &str, at: i64, home: &Home) -> Option<String> {
    trust::seal(home, "commit-passed", &format!("{id} {at}")).ok()
}

/// Says whether this content passed a moment ago. Used once: the note goes with it.
fn passed(repository: &Repository, id: &str, home: &Home, clock: &Clock) -> bool {
    let path = file(repository);
    let Ok(Some(page)) = read::own(&path, 4096) else { return false };
    let _ = std::fs::remove_file(&path);
    let Some((at, seal)) = page.text.trim().split_once(' ') else { return false };
    let Ok(at) = at.parse::<i64>() else { return false };
    let age = clock.now().timestamp().as_second().saturating_sub(at);
    (0..=LIFE).contains(&age) && sealed(id, at, home).is_some_and(|own| own == seal)
}

/// Remembers a pass. Where that cannot be, the next hook looks again.
fn remember(repository: &Repository, id: &str, home: &Home, clock: &Clock) {
    let at = clock.now().timestamp().as_second();
    if let Some(seal) = sealed(id, at, home) {
        let _ = atomic::write_cache(&file(repository), format!("{at} {seal}\n").as_bytes());
    }
}

/// How git marks where the message ends and the changes that `commit -v` shows begin, behind the comment sign.
const SCISSORS: &str = " ------------------------ >8 ------------------------";

/// Returns of a message file what may stay in the commit, line by line where it was: without the changes that `-v` shows, and
/// without comments where git takes them away. `None` where nobody wrote anything new: the message of an old commit.
#[must_use]
pub fn message_of(file: &str, source: Option<&str>) -> Option<String> {
    if source == Some("commit") {
        return None;
    }
    let kept = source == Some("message");
    let lines = file.lines().take_while(|line| !line.ends_with(SCISSORS));
    let lines = lines.map(|line| if !kept && line.starts_with('#') { "" } else { line });
    Some(lines.collect::<Vec<_>>().join("\n"))
}
