//! Where the commits of a workflow begin and end: from its branch while that is there, else from the merge that names it.
//! A branch that was only moved forward has nothing that sets its commits apart, and that is said.

use wfo_git::{Names, Repository};
use wfo_todo::phase::Fact;

/// The commits of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The commit that it started from.
    pub(crate) base: String,
    /// Its last commit.
    pub(crate) tip: String,
    /// Commits whose history is not its own.
    pub(crate) without: Vec<String>,
    /// Whether its content is in the branch it goes into.
    pub(crate) merged: bool,
    /// It is one commit that stands for all.
    pub(crate) squashed: bool,
    /// `branch`, `merge` or `squash`: where this is known from.
    pub(crate) from: &'static str,
}

/// Finds them.
pub(super) fn find(repository: &Repository, names: &Names, branch: &str) -> Fact<Span> {
    let targets = targets(names, branch);
    let own = names.branches.iter().find(|(name, _)| name == branch);
    let remote = || names.remotes.iter().find(|(name, _)| name.split_once('/').is_some_and(|(_, rest)| rest == branch));
    match own.or_else(remote) {
        Some((_, tip)) => of_branch(repository, branch, tip, &targets),
        None => of_merge(repository, branch, &targets),
    }
}

/// The tips of the branches that work goes into.
fn targets(names: &Names, branch: &str) -> Vec<String> {
    let counts = |name: &str| {
        name != branch
            && (matches!(name, "main" | "master" | "trunk" | "develop")
                || name.starts_with("contrib/")
                || names.default_branch.as_deref() == Some(name))
    };
    let local = names.branches.iter().filter(|(name, _)| counts(name));
    let remote = names.remotes.iter().filter(|(name, _)| name.split_once('/').is_some_and(|(_, rest)| counts(rest)));
    let mut out: Vec<String> = Vec::new();
    for (_, id) in local.chain(remote) {
        if !out.contains(id) {
            out.push(id.clone());
        }
    }
    out.truncate(20);
    out
}

fn of_branch(repository: &Repository, branch: &str, tip: &str, targets: &[String]) -> Fact<Span> {
    if targets.is_empty() {
        return Fact::unknown("there is no branch that it could have started from");
    }
    let bases: Vec<(String, &String)> = targets
        .iter()
        .filter_map(|target| wfo_git::merge_base(repository, tip, target).map(|base| (base, target)))
        .collect();
    let held: Vec<&String> = bases.iter().filter(|(base, _)| base == tip).map(|(_, target)| *target).collect();
    if !held.is_empty() {
        let arrived = held.iter().find_map(|target| wfo_git::arrival(repository, tip, target));
        let Some((_, parents)) = arrived else {
            return Fact::unknown("it has no commit that others lack: it was moved forward only, or nothing was done");
        };
        return of_parents(repository, &parents, tip, "merge");
    }
    // The nearest start: the one that holds all others.
    let nearest = bases.iter().max_by_key(|(base, _)| {
        bases.iter().filter(|(other, _)| wfo_git::holds(repository, base, other) == Some(true)).count()
    });
    let Some((base, _)) = nearest else {
        return Fact::unknown("its history has nothing in common with other branches");
    };
    let lists: Vec<Vec<String>> = targets.iter().map(|target| vec![target.clone()]).collect();
    let merged = wfo_git::standing(repository, branch, tip, &lists).merged.contains(&Some(true));
    Fact::Known(Span {
        base: base.clone(),
        tip: tip.to_owned(),
        without: targets.to_vec(),
        merged,
        squashed: false,
        from: "branch",
    })
}

fn of_parents(repository: &Repository, parents: &[String], tip: &str, from: &'static str) -> Fact<Span> {
    let first = parents.first().cloned().unwrap_or_default();
    match wfo_git::merge_base(repository, &first, tip) {
        Some(base) => {
            Fact::Known(Span { base, tip: tip.to_owned(), without: vec![first], merged: true, squashed: false, from })
        }
        None => Fact::unknown("the merge joins histories that have nothing in common"),
    }
}

/// A branch that is gone left at most a commit whose message names it.
fn of_merge(repository: &Repository, branch: &str, targets: &[String]) -> Fact<Span> {
    let into = format!("into {branch}");
    let into_quoted = format!("into '{branch}'");
    for target in targets {
        let found = match wfo_git::naming(repository, target, branch, 100) {
            Ok(found) => found,
            Err(problem) => return Fact::unknown(problem.message),
        };
        let is_own = |message: &str| !message.contains(&into) && !message.contains(&into_quoted);
        let merge = found.iter().find(|one| one.parents.len() == 2 && is_own(&one.message));
        if let Some(tip) = merge.and_then(|one| one.parents.get(1)) {
            let parents = merge.map(|one| one.parents.clone()).unwrap_or_default();
            return of_parents(repository, &parents, tip, "merge");
        }
        // Only a name with a stamp is nobody else's.
        let stamped = branch.rsplit('/').next().is_some_and(|name| {
            let stamp = name.split('_').next().unwrap_or_default();
            stamp.len() == 16 && stamp.ends_with('Z')
        });
        let squash = found.iter().find(|one| stamped && one.parents.len() == 1 && is_own(&one.message));
        if let Some((one, base)) = squash.and_then(|one| one.parents.first().map(|base| (one, base))) {
            return Fact::Known(Span {
                base: base.clone(),
                tip: one.id.clone(),
                without: vec![base.clone()],
                merged: true,
                squashed: true,
                from: "squash",
            });
        }
    }
    Fact::unknown("the branch is gone, and no commit names it")
}
