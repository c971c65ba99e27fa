//! The branches of the flow as this repository has them, and the branch that carries a workflow. Trunk-based and GitHub-flow
//! repositories have fewer of them; nothing is taken for granted that is not there.

use wfo_git::Names;
use wfo_todo::Kind;
use wfo_todo::phase::facts::Flow;

use super::Workflow;
use crate::todo::SHARED;

/// Returns the tips that stand for a branch: local first, then those of remotes.
pub(super) fn tips(names: &Names, branch: &str) -> Vec<String> {
    let local = names.branches.iter().filter(|(name, _)| name == branch);
    let remote = names.remotes.iter().filter(|(name, _)| name.split_once('/').is_some_and(|(_, rest)| rest == branch));
    let mut out: Vec<String> = local.chain(remote).map(|(_, id)| id.clone()).collect();
    out.dedup();
    out
}

/// Returns the name of a workflow's branch: one that is there and fits, else the one that would be made.
pub(super) fn branch(workflow: &Workflow, names: &Names) -> String {
    let (kind, slug, stamp) = (workflow.kind.as_str(), &workflow.slug, &workflow.stamp);
    let exact = format!("{kind}/{stamp}_{slug}");
    let there = |name: &str| !tips(names, name).is_empty();
    let mut wanted = vec![exact.clone(), format!("{kind}/{slug}")];
    if workflow.kind != Kind::Feature {
        wanted.push(format!("{kind}/v{slug}"));
    }
    wanted.push(slug.clone());
    wanted.extend(workflow.here.clone());
    // A branch that is named like the slug and is one of the flow's own is nobody's work.
    let own = |name: &str| !SHARED.contains(&name) && Some(name) != names.default_branch.as_deref();
    wanted.into_iter().find(|name| own(name) && there(name)).unwrap_or(exact)
}

/// Finds the flow's branches; `user` is the record's, by whom the contributor's branch is named.
pub(super) fn flow(kind: Kind, user: Option<&str>, names: &Names) -> Flow {
    let there = |name: &str| !tips(names, name).is_empty();
    let main = names
        .default_branch
        .clone()
        .filter(|name| name != "develop")
        .or_else(|| ["main", "master", "trunk"].into_iter().find(|name| there(name)).map(str::to_owned));
    let develop = there("develop").then(|| "develop".to_owned());
    let own = user.map(|user| format!("contrib/{user}")).filter(|name| there(name));
    let contrib = own.or_else(|| {
        let mut all = names.branches.iter().filter(|(name, _)| name.starts_with("contrib/"));
        let first = all.next().map(|(name, _)| name.clone());
        first.filter(|_| all.next().is_none())
    });
    let fallback = main.clone().or_else(|| names.default_branch.clone()).unwrap_or_default();
    let base = match kind {
        Kind::Feature => contrib.clone().or_else(|| develop.clone()).unwrap_or(fallback),
        Kind::Release | Kind::Hotfix => fallback,
    };
    Flow { base, contrib, develop, main }
}

/// Returns where a workflow's branch starts.
pub(super) fn start(kind: Kind, flow: &Flow) -> &str {
    match kind {
        Kind::Feature | Kind::Hotfix => &flow.base,
        Kind::Release => flow.develop.as_deref().unwrap_or(&flow.base),
    }
}
