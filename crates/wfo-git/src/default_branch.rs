//! Finds the branch that work is merged into.
//! Order: what `origin/HEAD` says, the only remote's HEAD, `init.defaultBranch`, main, master, trunk, the only branch.

use gix::bstr::{BString, ByteSlice};
use gix::refs::FullName;
use gix::{ObjectId, Repository};

use crate::refs;

/// The default branch and the commits that stand for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DefaultBranch {
    /// Short name.
    pub(crate) name: Option<String>,
    /// Commit of the local branch.
    pub(crate) local: Option<ObjectId>,
    /// Commit of the same branch at the remote, as last fetched.
    pub(crate) remote: Option<ObjectId>,
    /// Short name of that remote branch.
    pub(crate) remote_name: Option<String>,
}

impl DefaultBranch {
    /// Returns the commit to compare with, and its name: the local branch before the remote one.
    pub(crate) fn target(&self) -> Option<(ObjectId, &str)> {
        let local = self.local.zip(self.name.as_deref());
        local.or_else(|| self.remote.zip(self.remote_name.as_deref()))
    }

    /// Returns every commit that stands for it.
    pub(crate) fn tips(&self) -> impl Iterator<Item = ObjectId> {
        self.local.into_iter().chain(self.remote.filter(|id| Some(*id) != self.local))
    }
}

/// Finds it; `unborn` is the branch that HEAD names when it has no commit yet.
pub(crate) fn default_branch(repo: &Repository, unborn: Option<String>) -> Result<DefaultBranch, gix::Error> {
    let remote = remote(repo);
    let Some(name) = name(repo, &remote, unborn)? else { return Ok(DefaultBranch::default()) };
    let local = refs::resolve(repo, &format!("refs/heads/{name}"))?;
    let there = refs::resolve(repo, &format!("refs/remotes/{remote}/{name}"))?;
    let remote_name = there.map(|_| format!("{remote}/{name}"));
    Ok(DefaultBranch { name: Some(name), local, remote: there, remote_name })
}

fn name(repo: &Repository, remote: &str, unborn: Option<String>) -> Result<Option<String>, gix::Error> {
    if let Some(name) = remote_head(repo, remote)? {
        return Ok(Some(name));
    }
    let configured = repo.config_snapshot().string("init.defaultBranch").map(|name| name.to_str_lossy().into_owned());
    for name in configured.into_iter().chain(["main", "master", "trunk"].map(str::to_owned)) {
        for full in [format!("refs/heads/{name}"), format!("refs/remotes/{remote}/{name}")] {
            if FullName::try_from(BString::from(full.as_str())).is_ok()
                && repo.try_find_reference(full.as_str())?.is_some()
            {
                return Ok(Some(name));
            }
        }
    }
    if unborn.is_some() {
        return Ok(unborn);
    }
    let mut branches = Vec::new();
    for branch in repo.references()?.local_branches()?.take(2) {
        branches.push(refs::short(branch?.name()));
    }
    Ok(if branches.len() == 1 { branches.pop() } else { None })
}

/// Reads what `refs/remotes/<remote>/HEAD` points to, whether or not that branch exists here.
fn remote_head(repo: &Repository, remote: &str) -> Result<Option<String>, gix::Error> {
    let Some(head) = repo.try_find_reference(format!("refs/remotes/{remote}/HEAD").as_str())? else {
        return Ok(None);
    };
    let prefix = format!("refs/remotes/{remote}/");
    Ok(match head.target() {
        gix::refs::TargetRef::Symbolic(name) => {
            name.as_bstr().strip_prefix(prefix.as_bytes()).map(|name| name.to_str_lossy().into_owned())
        }
        gix::refs::TargetRef::Object(_) => None,
    })
}

/// `origin`, or the only remote there is.
fn remote(repo: &Repository) -> String {
    let names = repo.remote_names();
    let mut names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    match names.len() {
        1 => names.pop().unwrap_or_else(|| "origin".to_owned()),
        _ => "origin".to_owned(),
    }
}
