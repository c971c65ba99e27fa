//! Chooses the ports of a lease: those that the branch holds already, else the lowest free pairs.
//! Takes nothing: the caller writes the choice into the registry under the lock that it read it under.

use std::path::Path;

use wfo_base::{Problem, codes, text::code_span};

use crate::paths::tidy;
use crate::ports::{lowest_free, pairs, range, taken};
use crate::registry::{Entry, Registry, require_readable};
use crate::rules::Rules;

/// How many leases of gone worktrees the hint names.
const NAMED: usize = 5;

/// Who asks for ports, and for which.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The main checkout, links resolved: with the branch, what identifies a lease. A project's name does not.
    pub repo: &'a Path,
    /// The home folder, for rows that are written with `~`.
    pub home: Option<&'a Path>,
    /// The branch, with or without `refs/heads/`.
    pub branch: &'a str,
    /// How many ports: 1 is the first of a whole pair, other odd numbers are rounded up to pairs.
    pub count: u16,
    /// First and last port to choose from; `None` = the registry's pool, else the rules'.
    pub range: Option<(u16, u16)>,
}

/// Which ports it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The branch has a lease; its number of ports may be another than was asked for.
    Held {
        /// The row, as in [`Entry::index`].
        index: usize,
        /// Its ports as recorded.
        ports: Vec<u16>,
    },
    /// These are free, lowest first.
    Free(Vec<u16>),
}

/// Chooses ports. `is_free` says whether the system has a port free; it is asked only about ports that nobody holds, and
/// once at most. `is_gone` says whether a lease's worktree is known to be gone; it is asked only when nothing is free.
///
/// A pair begins at an even port and lies in the range as a whole; several pairs are contiguous.
///
/// # Errors
/// `port.invalid` for no ports, more than the range has, or a range that is none; `worktree.registry-row-invalid` when a row
/// cannot be read; `port.pool-exhausted`, naming leases whose worktree is gone.
pub fn choose(
    registry: Option<&Registry>,
    rules: &Rules,
    ask: &Ask<'_>,
    is_free: &dyn Fn(u16) -> bool,
    is_gone: &dyn Fn(&Entry) -> bool,
) -> Result<Choice, Problem> {
    if ask.count == 0 {
        return Err(Problem::new(codes::PORT_INVALID, "`--count 0` asks for no port")
            .hint("give `--count 2` for one pair of ports"));
    }
    if let Some(range) = ask.range {
        require_pair(range)?;
    }
    if let Some(registry) = registry {
        require_readable(registry)?;
        let held = entries_of(registry, ask).find(|entry| !entry.ports.is_empty());
        if let Some(entry) = held {
            return Ok(Choice::Held { index: entry.index, ports: entry.ports.clone() });
        }
    }
    let range = ask.range.unwrap_or_else(|| range(registry, rules));
    let count = usize::from(ask.count);
    let wanted = count.div_ceil(2);
    let there = pairs(range).count();
    if wanted > there {
        let message = format!(
            "{count} ports are more than the pairs of {}-{} have: {}",
            range.0,
            range.1,
            there.saturating_mul(2)
        );
        return Err(Problem::new(codes::PORT_INVALID, message).hint("give a smaller `--count` or a wider `--pool`"));
    }
    let Some(first) = lowest_free(range, wanted, &taken(registry), is_free) else {
        return Err(exhausted(registry, range, wanted, is_gone));
    };
    let length = if count == 1 { 1 } else { wanted.saturating_mul(2) };
    Ok(Choice::Free((first..=range.1).take(length).collect()))
}

/// Returns the rows of the branch that asks, with or without ports, in the order of the file.
pub fn entries_of<'r>(registry: &'r Registry, ask: &Ask<'_>) -> impl Iterator<Item = &'r Entry> {
    let repo = tidy(ask.repo, ask.home);
    let home = ask.home.map(Path::to_owned);
    let branch = ask.branch.strip_prefix("refs/heads/").unwrap_or(ask.branch).to_owned();
    registry.entries.iter().filter(move |entry| {
        let here = entry.repo_path.as_deref().is_some_and(|path| tidy(path, home.as_deref()) == repo);
        here && entry.branch.as_deref() == Some(branch.as_str())
    })
}

/// Reads a range such as `8100-8199`; blanks around the numbers do not matter.
///
/// # Errors
/// `port.invalid` when it is none, reaches out of 1-65535, or holds no pair.
pub fn parse_range(text: &str) -> Result<(u16, u16), Problem> {
    let port = |text: &str| {
        let digits = Some(text.trim()).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u16>().ok())
    };
    let found = text.split_once('-').and_then(|(start, end)| port(start).zip(port(end)));
    let range =
        found.ok_or_else(|| no_range(&format!("{} is not two ports of 1-65535 with a `-`", code_span(text))))?;
    require_pair(range)?;
    Ok(range)
}

fn require_pair((start, end): (u16, u16)) -> Result<(), Problem> {
    match (start, pairs((start, end)).next()) {
        (0, _) => Err(no_range(&format!("the range {start}-{end} begins with port 0"))),
        (_, None) => Err(no_range(&format!("the range {start}-{end} holds no pair that begins at an even port"))),
        (_, Some(_)) => Ok(()),
    }
}

fn no_range(message: &str) -> Problem {
    Problem::new(codes::PORT_INVALID, message).hint("give a range such as `--pool 8100-8199`")
}

fn exhausted(
    registry: Option<&Registry>,
    (start, end): (u16, u16),
    wanted: usize,
    is_gone: &dyn Fn(&Entry) -> bool,
) -> Problem {
    let entries = registry.map_or(&[][..], |registry| &registry.entries);
    let inside = |entry: &&Entry| entry.ports.iter().any(|port| (start..=end).contains(port));
    let leases: Vec<&Entry> = entries.iter().filter(inside).collect();
    let what = match wanted {
        1 => "no pair of ports is".to_owned(),
        _ => format!("no {wanted} pairs of ports in a row are"),
    };
    let held = match leases.len() {
        1 => "1 lease holds".to_owned(),
        count => format!("{count} leases hold"),
    };
    let message = format!("{what} free in {start}-{end}: {held} ports of it, programs may use others");
    let gone: Vec<String> = leases.into_iter().filter(|entry| is_gone(entry)).take(NAMED).map(gone_lease).collect();
    let hint = match gone.is_empty() {
        true => "look at `wfo-helper port list`, or give another range with `--pool`".to_owned(),
        false => gone.join("; "),
    };
    Problem::new(codes::PORT_POOL_EXHAUSTED, message).hint(hint)
}

/// Words a lease whose worktree is gone, with the command that frees it.
fn gone_lease(entry: &Entry) -> String {
    let (first, last) = (entry.ports.iter().min(), entry.ports.iter().max());
    let ports = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first}-{last}"),
        (Some(first), _) => first.to_string(),
        _ => "no ports".to_owned(),
    };
    let name = |text: Option<&str>| text.map_or_else(|| "nobody".to_owned(), code_span);
    let branch = entry.branch.as_deref();
    let said = format!("{ports} of {} branch {}: its worktree is gone", name(entry.project.as_deref()), name(branch));
    let repo = entry.repo_path.as_deref().and_then(Path::to_str);
    // The registry is a foreign text: what a shell would read otherwise than as a word makes no command.
    match branch.filter(|text| is_word(text)).zip(repo.filter(|text| is_word(text))) {
        Some((branch, repo)) => format!("{said}; `wfo-helper port free --for {branch} -C {repo}`"),
        None => format!("{said}; `wfo-helper port free` in its repository"),
    }
}

/// Says whether a shell takes a text as one plain word that is no flag.
fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@');
    !text.is_empty() && text.len() <= 200 && !text.starts_with('-') && text.chars().all(plain)
}

#[cfg(test)]
#[path = "lease_tests.rs"]
mod tests;
