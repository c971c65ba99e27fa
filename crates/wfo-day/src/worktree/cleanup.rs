//! `worktree cleanup`: what can go, all at once. Lists every worktree with its verdict; removes after a person's yes, each one judged
//! again at that moment. Rows of other repositories are never touched.

use std::path::{Path, PathBuf};

use wfo_base::trust::Subject;
use wfo_base::{Diagnostic, Problem, codes, read, text::code_span};
use wfo_worktree::{Row, Verdict};

use super::remove::{Remove, Removed, remove_judged};
use super::scene::{Detail, Scene};
use super::{repair, site::Site, trash};

/// What becomes of one worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is moved to the trash.
    Remove,
    /// Git forgets it: its folder is gone.
    Prune,
    /// Its row in the registry goes, and its ports are free.
    Free,
    /// It stays.
    Keep,
}

impl Fate {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Prune => "prune",
            Self::Free => "free",
            Self::Keep => "keep",
        }
    }
}

/// One worktree with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its folder.
    pub path: PathBuf,
    /// Its branch.
    pub branch: Option<String>,
    /// Its ports.
    pub ports: Vec<u16>,
    /// May it be removed?
    pub verdict: Verdict,
    /// What becomes of it.
    pub fate: Fate,
    /// Why.
    pub reasons: Vec<String>,
    /// Its commit.
    head: Option<String>,
}

/// What a clean-up would do.
#[derive(Debug)]
pub struct Cleanup {
    /// Every linked worktree and every row without one, by path.
    pub candidates: Vec<Candidate>,
}

impl Cleanup {
    /// Looks at all.
    ///
    /// # Errors
    /// `worktree.registry-invalid`.
    pub fn look(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        let scene = Scene::look(site, notes)?;
        let linked = linked(&scene);
        let details = scene.details(site, &linked);
        let trees = linked.iter().zip(&details);
        let mut candidates: Vec<Candidate> = trees
            .filter_map(|(index, detail)| {
                let tree = scene.tree(*index)?;
                Some(of_tree(site, scene.row_of(tree)?, detail, tree.head.clone()))
            })
            .collect();
        let orphans = scene.rows.iter().filter(|row| row.orphaned);
        candidates.extend(orphans.map(|row| of_orphan(site, row)));
        candidates.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { candidates })
    }

    /// Says whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.going().next().is_none()
    }

    fn going(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| candidate.fate != Fate::Keep)
    }

    /// What the yes is bound to: exactly these, at these commits.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let line = |candidate: &Candidate| {
            let head = candidate.head.as_deref().unwrap_or_default();
            format!("{} {} {head}", candidate.fate.word(), candidate.path.display())
        };
        Subject {
            command: "worktree cleanup".to_owned(),
            arguments: String::new(),
            main_checkout: site.place().identity(),
            state: self.going().map(line).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Each single act, in words.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        self.going()
            .map(|candidate| {
                let path = code_span(&candidate.path.display().to_string()).clone();
                let branch = candidate.branch.as_deref().map(|branch| format!(" ({})", code_span(branch)));
                let what = match candidate.fate {
                    Fate::Remove => format!("move {path}{} to the trash", branch.unwrap_or_default()),
                    Fate::Prune => format!("let git forget {path}{}, whose folder is gone", branch.unwrap_or_default()),
                    Fate::Free | Fate::Keep => format!("free the row of {path}{}", branch.unwrap_or_default()),
                };
                format!("{what}: {}", candidate.reasons.join("; "))
            })
            .collect()
    }

    /// Does it, one after the other. What is not safe any more is left, and said.
    ///
    /// # Errors
    /// When the worktrees cannot be looked at again.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Vec<Removed>, Problem> {
        trash::prune(site, notes);
        let mut removed = Vec::new();
        let rows: Vec<&Candidate> = self.going().filter(|candidate| candidate.fate == Fate::Free).collect();
        if !rows.is_empty() {
            let paths: Vec<&Path> = rows.iter().map(|candidate| candidate.path.as_path()).collect();
            repair::forget_folders(site, &paths, notes)?;
            removed.extend(rows.into_iter().map(freed));
        }
        for candidate in self.going().filter(|candidate| candidate.fate != Fate::Free) {
            // What went before it may have held the other copy of its commits.
            match Scene::look(site, &mut Vec::new()).and_then(|scene| self.one(site, &scene, candidate, notes)) {
                Ok(Some(one)) => removed.push(one),
                Ok(None) => {}
                Err(problem) => notes.push(problem.warning()),
            }
        }
        Ok(removed)
    }

    fn one(
        &self,
        site: &Site<'_>,
        scene: &Scene,
        candidate: &Candidate,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Option<Removed>, Problem> {
        let index =
            linked(scene).into_iter().find(|index| scene.tree(*index).is_some_and(|tree| tree.path == candidate.path));
        let Some(index) = index else { return Ok(None) };
        if scene.tree(index).and_then(|tree| tree.head.clone()) != candidate.head {
            let shown = code_span(&candidate.path.display().to_string()).clone();
            return Err(Problem::new(codes::PROPOSAL_STALE, format!("{shown} has another commit than was shown"))
                .hint("run `wfo-helper worktree cleanup` again"));
        }
        let detail = scene.detail(site, index);
        let ask = Remove { name: "", delete_branch: false, dry_run: false };
        remove_judged(site, scene, index, &detail, &ask, notes).map(Some)
    }
}

fn freed(candidate: &Candidate) -> Removed {
    Removed {
        path: candidate.path.clone(),
        branch: candidate.branch.clone(),
        ports: candidate.ports.clone(),
        trash: None,
        branch_deleted: false,
        reasons: candidate.reasons.clone(),
    }
}

fn linked(scene: &Scene) -> Vec<usize> {
    (0..scene.git.worktrees.len()).filter(|index| scene.tree(*index).is_some_and(|tree| !tree.main)).collect()
}

fn of_tree(site: &Site<'_>, row: &Row, detail: &Detail, head: Option<String>) -> Candidate {
    let verdict = detail.judgement.verdict;
    let mut reasons: Vec<String> = detail.judgement.reasons.iter().map(|reason| reason.what.clone()).collect();
    let old = row.age_days.is_some_and(|days| days > i64::from(site.rules.archive_days));
    let fate = match verdict {
        Verdict::Safe if row.prunable => Fate::Prune,
        Verdict::Safe if row.merged == Some(true) || old => Fate::Remove,
        _ => Fate::Keep,
    };
    if verdict == Verdict::Safe && fate == Fate::Keep {
        reasons.push("kept: neither merged nor old, so somebody may be about to use it".to_owned());
    }
    Candidate {
        path: row.path.clone(),
        branch: row.branch.clone(),
        ports: row.ports.clone(),
        verdict,
        fate,
        reasons,
        head,
    }
}

/// A row whose worktree git does not know: it goes when its folder is gone, and when nobody makes it right now.
fn of_orphan(site: &Site<'_>, row: &Row) -> Candidate {
    let there = read::is_there(&row.path);
    let busy = site.pending().is_noted(&repair::key(&row.path));
    let (verdict, fate, reason) = match (there, busy) {
        (_, true) => (Verdict::Unknown, Fate::Keep, "another call is at work on it, or ended half way"),
        (None, _) => (Verdict::Unknown, Fate::Keep, "whether its folder is there could not be determined"),
        (Some(true), _) => {
            (Verdict::Unknown, Fate::Keep, "git does not know it, but its folder is there: look at it by hand")
        }
        (Some(false), _) => (Verdict::Safe, Fate::Free, "its folder is gone and git does not know it"),
    };
    Candidate {
        path: row.path.clone(),
        branch: row.branch.clone(),
        ports: row.ports.clone(),
        verdict,
        fate,
        reasons: vec![reason.to_owned()],
        head: None,
    }
}
