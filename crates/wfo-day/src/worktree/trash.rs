//! Worktrees that were removed, kept for some days: `CONFIG/wfo/trash/<project>/<stamp>-<slug>` is the folder as it was, beside
//! it lie git's private folder (`.git`) and a note (`.json`) by which it comes back.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wfo_base::copy::{self, Links};
use wfo_base::{Diagnostic, Problem, atomic, codes, read, text::code_span};
use wfo_worktree::{Change, Field};

use super::{book, lease, site::Site};

/// What is noted of a removed worktree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// Its name in the trash.
    pub name: String,
    /// The main checkout.
    pub repo: PathBuf,
    /// Where it was.
    pub path: PathBuf,
    /// Its branch; absent when detached.
    #[serde(default)]
    pub branch: Option<String>,
    /// Its commit.
    #[serde(default)]
    pub commit: Option<String>,
    /// Whether the branch was deleted with it.
    #[serde(default)]
    pub branch_deleted: bool,
    /// What it was for.
    #[serde(default)]
    pub task: Option<String>,
    /// When it was removed (UTC).
    pub at: Timestamp,
}

impl Trashed {
    /// Notes a worktree that goes into a slot now.
    pub(crate) fn of(
        site: &Site<'_>,
        slot: &Slot,
        path: &Path,
        branch: Option<String>,
        commit: Option<String>,
    ) -> Self {
        Self {
            name: slot.name.clone(),
            repo: site.main_root().to_owned(),
            path: path.to_owned(),
            branch,
            commit,
            branch_deleted: false,
            task: None,
            at: site.now,
        }
    }
}

/// The places of one removed worktree.
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) tree: PathBuf,
    pub(crate) git: PathBuf,
    note: PathBuf,
}

impl Slot {
    /// Names the places of an entry.
    pub(crate) fn of(site: &Site<'_>, name: &str) -> Self {
        let folder = folder(site);
        let beside = |end: &str| folder.join(format!("{name}.{end}"));
        Self { name: name.to_owned(), tree: folder.join(name), git: beside("git"), note: beside("json") }
    }

    /// Takes a name that nobody has: of two that want it, one gets it.
    pub(crate) fn new(site: &Site<'_>, slug: &str) -> Result<Self, Problem> {
        atomic::make_folder(&folder(site), true)?;
        let stem = format!("{}-{slug}", site.now.strftime("%Y%m%dT%H%M%SZ"));
        for number in 1..1_000 {
            let slot = Self::of(site, &if number == 1 { stem.clone() } else { format!("{stem}-{number}") });
            let free = |path: &PathBuf| read::is_there(path) == Some(false);
            if free(&slot.tree) && free(&slot.git) && atomic::claim(&slot.note)? {
                return Ok(slot);
            }
        }
        Err(Problem::new(codes::FILE_NOT_WRITTEN, format!("the trash has no place for `{stem}`"))
            .hint(format!("empty `{}`", folder(site).display())))
    }

    /// Notes what lies here.
    pub(crate) fn note(&self, entry: &Trashed) -> Result<(), Problem> {
        let text = serde_json::to_vec_pretty(entry).map_err(|error| {
            let message = format!("`{}` could not be worded: {error}", self.note.display());
            Problem::new(codes::FILE_NOT_WRITTEN, message).hint("report it with the command you ran")
        })?;
        atomic::write_private(&self.note, &text)
    }

    /// Moves a worktree's folder in. From another file system it is set aside first, so that nobody writes into what is being
    /// copied; returns what could not be copied (sockets and the like).
    pub(crate) fn take(&self, tree: &Path) -> Result<Vec<PathBuf>, Problem> {
        if copy::renamed(tree, &self.tree)? {
            return Ok(Vec::new());
        }
        copy::renamed(tree, &self.aside(tree))?;
        self.bring_in(tree)
    }

    /// Finishes what a killed call had set aside; says whether the folder lies here now. Nothing that stands at its old place
    /// is touched: whatever is there came later.
    pub(crate) fn take_up(&self, tree: &Path) -> Result<bool, Problem> {
        let aside = self.aside(tree);
        if read::is_there(&aside) == Some(false) {
            return Ok(self.tree.is_dir());
        }
        if !self.tree.is_dir() && read::is_there(tree) == Some(false) {
            copy::renamed(&aside, tree)?;
            return Ok(false);
        }
        self.bring_in(tree).map(|_| true)
    }

    fn bring_in(&self, tree: &Path) -> Result<Vec<PathBuf>, Problem> {
        let (aside, part) = (self.aside(tree), self.part());
        let mut left_out = Vec::new();
        if !self.tree.is_dir() {
            copy::erase(&part)?;
            left_out = copy::tree(&aside, &part, Links::Keep)?;
            copy::renamed(&part, &self.tree)?;
        }
        copy::erase(&aside)?;
        Ok(left_out)
    }

    fn aside(&self, tree: &Path) -> PathBuf {
        tree.with_file_name(format!(".{}.wfo-moved", self.name))
    }

    /// Moves the folder back to where it was; to another file system by a copy that is complete before it stands there.
    fn give(&self, to: &Path) -> Result<(), Problem> {
        if copy::renamed(&self.tree, to)? {
            return Ok(());
        }
        let part = self.aside(to);
        copy::erase(&part)?;
        copy::tree(&self.tree, &part, Links::Keep)?;
        copy::renamed(&self.tree, &self.part())?;
        copy::renamed(&part, to)?;
        copy::erase(&self.part())
    }

    /// Where a copy from another file system grows.
    fn part(&self) -> PathBuf {
        self.git.with_extension("part")
    }

    /// Forgets the entry for good.
    pub(crate) fn empty(&self) -> Result<(), Problem> {
        copy::erase(&self.tree)?;
        copy::erase(&self.part())?;
        copy::erase(&self.git)?;
        copy::erase(&self.note)
    }
}

fn folder(site: &Site<'_>) -> PathBuf {
    site.home.wfo("trash").join(wfo_worktree::slug(&site.place.name()))
}

/// Removes the folder above a worktree, when it is the project's and empty now.
pub(crate) fn remove_if_empty(site: &Site<'_>, worktree: &Path) {
    let above = worktree.parent().filter(|above| above.file_name().is_some_and(|name| *name == *site.place.name()));
    if let Some(above) = above {
        // Only an empty folder can be removed like this.
        let _ = std::fs::remove_dir(above);
    }
}

/// Lists what lies in the trash of this repository, newest first.
#[must_use]
pub fn trash(site: &Site<'_>) -> Vec<Trashed> {
    let mut entries: Vec<Trashed> = std::fs::read_dir(folder(site))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .filter_map(|path| {
            let entry: Trashed = serde_json::from_str(&read::own(&path, 1 << 16).ok()??.text).ok()?;
            // What is erased by its name must be the one whose note this is.
            path.file_stem().is_some_and(|stem| *stem == *entry.name).then_some(entry)
        })
        .filter(|entry| entry.repo == site.main_root())
        .collect();
    entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.name.cmp(&a.name)));
    entries
}

/// Forgets what is older than the table says.
pub(crate) fn prune(site: &Site<'_>, notes: &mut Vec<Diagnostic>) {
    let days = SignedDuration::from_hours(24 * i64::from(site.rules.trash_days));
    for entry in trash(site).iter().filter(|entry| site.now.duration_since(entry.at) > days) {
        let slot = Slot::of(site, &entry.name);
        let gone = wfo_git::let_commit_go(site.repository(), &entry.name).and_then(|()| slot.empty());
        notes.extend(gone.err().map(Problem::warning));
    }
}

/// A worktree that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was known of it.
    pub entry: Trashed,
    /// Whether its branch had to be made again.
    pub branch_made: bool,
}

/// Brings a removed worktree back: named by its name in the trash, or by its branch (the newest).
///
/// # Errors
/// `worktree.unknown`, `worktree.exists` when its place or branch is taken, and what git or the disk answer.
pub fn restore(site: &Site<'_>, name: &str, dry_run: bool, notes: &mut Vec<Diagnostic>) -> Result<Restored, Problem> {
    let entry = trash(site).into_iter().find(|entry| entry.name == name || entry.branch.as_deref() == Some(name));
    let Some(entry) = entry else {
        return Err(Problem::new(codes::WORKTREE_UNKNOWN, format!("the trash has no worktree {}", code_span(name)))
            .hint("`wfo-helper worktree restore` lists what can come back"));
    };
    let slot = Slot::of(site, &entry.name);
    let (lies_here, stands_there) = (slot.tree.is_dir(), std::fs::symlink_metadata(&entry.path).is_ok());
    // Not here but there: an earlier call was killed on the way back.
    if lies_here && stands_there {
        return Err(Problem::new(codes::WORKTREE_EXISTS, format!("`{}` is there already", entry.path.display()))
            .hint("move it away first"));
    }
    if !lies_here && !stands_there {
        let message = format!("{} had no folder any more when it was removed", code_span(&entry.name));
        return Err(Problem::new(codes::WORKTREE_UNKNOWN, message)
            .hint("make it anew with `wfo-helper worktree create BRANCH --existing`"));
    }
    let checkouts = wfo_git::checkouts(site.repository());
    let elsewhere = |tree: &&wfo_git::Worktree| tree.branch.is_some() && tree.branch == entry.branch;
    if let Some(there) = checkouts.iter().filter(|_| lies_here).find(elsewhere) {
        let message = format!("the branch of {} is checked out at `{}`", code_span(&entry.name), there.path.display());
        return Err(Problem::new(codes::WORKTREE_EXISTS, message).hint("switch to another branch there first"));
    }
    let tip = entry.branch.as_deref().map(|branch| wfo_git::branch_tip(site.repository(), branch)).transpose()?;
    let make = entry.branch.clone().filter(|_| tip == Some(None)).zip(entry.commit.clone());
    let restored = Restored { branch_made: make.is_some(), entry };
    if dry_run {
        return Ok(restored);
    }
    let entry = &restored.entry;
    if let Some((branch, commit)) = &make {
        wfo_git::make_branch(site.repository(), branch, commit)?;
    }
    if lies_here {
        atomic::make_folder(entry.path.parent().unwrap_or(Path::new("/")), false)?;
        slot.give(&entry.path)?;
    }
    if let Err(problem) = wfo_git::relink_worktree(site.repository(), &slot.git, &entry.path) {
        // What git does not take must not stand there like a worktree.
        if lies_here {
            slot.take(&entry.path)?;
            remove_if_empty(site, &entry.path);
        }
        if let Some((branch, commit)) = &make {
            wfo_git::delete_branch(site.repository(), branch, commit)?;
        }
        return Err(problem);
    }
    register(site, entry, notes)?;
    wfo_git::let_commit_go(site.repository(), &entry.name)?;
    slot.empty()?;
    Ok(restored)
}

/// Gives a worktree that came back its row again, without ports: others may hold them now.
fn register(site: &Site<'_>, entry: &Trashed, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    let (label, home) = (entry.branch.as_deref().unwrap_or_default(), site.user_home());
    let row = lease::new_row(site, label, Some(&entry.path), Vec::new(), entry.task.as_deref());
    book::change(site.home, &site.rules, notes, |book| {
        let own = book::rows_of(book.registry.as_ref(), site.main_root(), home.as_deref())
            .find(|row| !label.is_empty() && row.branch.as_deref() == Some(label));
        let path = Field::Path(Some(entry.path.to_string_lossy().into_owned()));
        let change = own.map(|own| Change::Set { index: own.index, field: path });
        Ok((vec![change.unwrap_or(Change::Append(row))], ()))
    })
}
