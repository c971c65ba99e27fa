//! `context learn`: what was learned, into CLAUDE.md of the checkout and `CONFIG/learnings.jsonl` of the user, once each.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wfo_base::{Problem, atomic, codes, read};
use wfo_todo::page::{self, LearningKind, key};

use super::Site;

/// The page of a project's rules.
const PAGE: &str = "CLAUDE.md";
/// The largest list of learnings that is read.
const LIST_LIMIT: u64 = 64 << 20;

/// What was learned and where it stands now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learnings {
    /// What CLAUDE.md did not have.
    pub added: Vec<(LearningKind, String)>,
    /// What it had already.
    pub known: Vec<(LearningKind, String)>,
    /// Lines that the user's list got.
    pub listed: usize,
}

/// One line of the user's list.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    #[serde(default)]
    at: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    root: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    text: String,
}

/// Notes what was learned.
///
/// # Errors
/// `usage.invalid` for nothing or blanks, `handover.unreadable`, and what reading or writing answers.
pub fn learn(site: &Site<'_>, learnings: &[(LearningKind, String)]) -> Result<Learnings, Problem> {
    if learnings.is_empty() || learnings.iter().any(|(_, text)| page::entry(text).is_none()) {
        return Err(Problem::new(codes::USAGE, "a learning says nothing")
            .hint("say it: `wfo-helper context learn --pattern TEXT`"));
    }
    let learnings = &site.hide_learnings(learnings);
    let day = site.clock.today().to_string();
    let learned = site.locked(|| {
        for _ in 0..5 {
            let before = read::raw(site.root(), PAGE, read::PAGE_LIMIT)?;
            let learned = page::learn(before.as_deref().unwrap_or_default(), learnings, &day)?;
            if learned.added.is_empty() {
                return Ok(learned);
            }
            if read::raw(site.root(), PAGE, read::PAGE_LIMIT)? == before {
                site.put(site.root(), PAGE, &learned.bytes)?;
                return Ok(learned);
            }
        }
        Err(Problem::new(codes::CONTEXT_CHANGED, format!("{PAGE} is changed by somebody else all the time"))
            .hint("run the command again"))
    })?;
    let all: Vec<_> = learned.added.iter().chain(&learned.known).collect();
    let listed = list(site, &all)?;
    Ok(Learnings { added: learned.added, known: learned.known, listed })
}

/// Appends to the user's list what it does not have of this project.
fn list(site: &Site<'_>, learnings: &[&(LearningKind, String)]) -> Result<usize, Problem> {
    let path = site.home.config().join("learnings.jsonl");
    let root = site.place.identity();
    let append = || {
        let page = read::own(&path, LIST_LIMIT)?.map(|page| page.text).unwrap_or_default();
        let rows = page.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
        let mut seen: BTreeSet<String> = rows.filter(|row| row.root == root).map(|row| key(&row.text)).collect();
        let mut count = 0;
        for (kind, text) in learnings.iter().copied().filter(|(_, text)| seen.insert(key(text))) {
            let row = Row {
                at: site.now(),
                project: site.place.name(),
                root: root.clone(),
                kind: kind.word().to_owned(),
                text: text.clone(),
            };
            if !site.dry_run {
                atomic::append_line(&path, &serde_json::to_string(&row).unwrap_or_default())?;
            }
            count += 1;
        }
        Ok(count)
    };
    if site.dry_run {
        return append();
    }
    atomic::make_folder(&site.home.wfo(""), true)?;
    atomic::locked(&site.home.wfo("learnings"), append)
}
