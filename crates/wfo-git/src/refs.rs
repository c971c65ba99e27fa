//! Reads what references say: HEAD, the upstream, the default branch, stashes.
//! Tells a missing reference from one that could not be read.

use gix::bstr::ByteSlice;
use gix::refs::{FullName, FullNameRef};
use gix::{ObjectId, Repository};

use crate::reflog::Log;

/// Where HEAD points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Full name of the branch (`refs/heads/x`), born or not.
    pub(crate) name: Option<FullName>,
    /// The commit; `None` when unborn.
    pub(crate) id: Option<ObjectId>,
    /// Whether it names a commit itself.
    pub(crate) detached: bool,
}

impl Head {
    /// Returns the branch's short name.
    pub(crate) fn branch(&self) -> Option<String> {
        self.name.as_ref().map(|name| short(name.as_ref()))
    }

    /// Says whether the branch has no commit yet.
    pub(crate) fn unborn(&self) -> bool {
        self.name.is_some() && self.id.is_none()
    }
}

/// Reads HEAD.
pub(crate) fn head(repo: &Repository) -> Result<Head, gix::Error> {
    let mut head = repo.head()?;
    let name = head.referent_name().map(FullNameRef::to_owned);
    let detached = head.is_detached();
    let id = head.try_peel_to_id()?.map(gix::Id::detach);
    Ok(Head { name, id, detached })
}

/// Returns a reference's name as people write it.
pub(crate) fn short(name: &FullNameRef) -> String {
    name.shorten().to_str_lossy().into_owned()
}

/// Resolves a full reference name to a commit; `None` when there is no such reference.
pub(crate) fn resolve(repo: &Repository, name: &str) -> Result<Option<ObjectId>, gix::Error> {
    match repo.try_find_reference(name)? {
        Some(mut reference) => Ok(Some(reference.peel_to_id()?.detach())),
        None => Ok(None),
    }
}

/// Finds the reference that a branch follows; `None` when nothing is configured.
pub(crate) fn upstream(repo: &Repository, branch: &FullNameRef) -> Result<Option<FullName>, gix::Error> {
    let config = repo.config_snapshot();
    let key = |field: &str| format!("branch.{}.{field}", branch.shorten());
    let here = config.string(key("remote").as_str()).is_some_and(|remote| remote == ".");
    if here {
        let Some(merge) = config.string(key("merge").as_str()) else { return Ok(None) };
        return Ok(FullName::try_from(merge).ok());
    }
    repo.branch_remote_tracking_ref_name(branch, gix::remote::Direction::Fetch).transpose()
}

/// Lists where the branches of all remotes stood when last fetched; `None` when one cannot be read or there are more
/// than `cap`.
pub(crate) fn remote_tips(repo: &Repository, cap: usize) -> Option<Vec<ObjectId>> {
    let mut tips = Vec::new();
    for reference in repo.references().ok()?.prefixed("refs/remotes/").ok()? {
        let reference = reference.ok()?;
        // Another name for one that is listed too.
        let Some(id) = reference.target().try_id().map(ToOwned::to_owned) else { continue };
        if tips.len() >= cap {
            return None;
        }
        tips.push(id);
    }
    tips.sort_unstable();
    tips.dedup();
    Some(tips)
}

/// Counts the entries of the stash.
pub(crate) fn stashes(repo: &Repository) -> Result<u64, gix::Error> {
    Ok(match repo.try_find_reference("refs/stash")? {
        Some(_) => Log::read(repo.common_dir(), "refs/stash").map_or(0, |log| log.entries.len() as u64),
        None => 0,
    })
}
