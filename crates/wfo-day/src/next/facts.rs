//! Collects every fact about one workflow that the derivation takes: git, documents, gates, pull requests, versions, the archive.
//! What fails is unknown with its reason; nothing is taken from the record but the version it names and its tasks.

use std::path::{Path, PathBuf};

use wfo_base::tables::Layers;
use wfo_base::{Diagnostic, Problem, read};
use wfo_git::{Names, OwnCommit, Repository, Standing, Worktree};
use wfo_todo::phase::facts::{Commits, Flow, Place, Tasks, Versions};
use wfo_todo::phase::path::{Change, Chosen};
use wfo_todo::phase::{Fact, Facts, Proof, Steps};
use wfo_todo::{Kind, version};

use super::documents::{self, Documents};
use super::evidence::{self, Evidence};
use super::pull_requests::{self, Source};
use super::record::Recorded;
use super::{Ask, Workflow, fact, flow, threads};
use crate::tables;

/// Files that a container is built from.
const CONTAINERS: [&str; 6] =
    ["Dockerfile", "Containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
/// The change log, by its usual names.
const CHANGE_LOGS: [&str; 3] = ["CHANGELOG.md", "CHANGES.md", "HISTORY.md"];

/// Where facts are looked for.
pub(super) struct Scene<'a> {
    pub(super) ask: &'a Ask<'a>,
    pub(super) repository: &'a Repository,
    pub(super) names: Option<&'a Names>,
    pub(super) checkouts: &'a [Worktree],
    pub(super) layers: &'a Layers,
}

/// The facts, and what else is needed to say what comes now.
#[derive(Debug)]
pub struct Scope {
    pub(super) facts: Facts,
    pub(super) path: Chosen,
    pub(super) branch: String,
    pub(super) checkout: Option<PathBuf>,
    pub(super) tip: Option<String>,
    pub(super) remote_url: Option<String>,
    pub(super) version: Option<String>,
}

impl Scene<'_> {
    /// Collects the facts.
    ///
    /// # Errors
    /// `pr.unreadable` for a file of pull requests that is none.
    pub(super) fn collect(
        &self,
        workflow: &Workflow,
        record: &Recorded,
        steps: &Steps,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Scope, Problem> {
        let none = Names::default();
        let names = self.names.unwrap_or(&none);
        let source = pull_requests::source(self.ask, self.names)?;
        let branch = flow::branch(workflow, names);
        let flow = flow::flow(workflow.kind, record.user.as_deref(), names);
        let tips = flow::tips(names, &branch);
        let tip = tips.first().cloned();
        let tree = self.checkouts.iter().find(|tree| tree.branch.as_deref() == Some(branch.as_str()) && !tree.prunable);
        let checkout = tree.map(|tree| tree.path.clone());
        let targets: Vec<Vec<String>> = [Some(&flow.base), flow.develop.as_ref(), flow.main.as_ref()]
            .map(|name| name.map(|name| flow::tips(names, name)).unwrap_or_default())
            .to_vec();
        let wanted = gates(steps, workflow.kind);
        let (standing, (documents, evidence, mut told)) = std::thread::scope(|scope| {
            let rest = scope.spawn(|| {
                let mut told = Vec::new();
                let documents = self.documents(workflow, checkout.as_deref(), tip.as_deref());
                let evidence = evidence::collect(self.ask, checkout.as_deref(), &wanted, &mut told);
                (documents, evidence, told)
            });
            let standing = tip.as_deref().map(|tip| wfo_git::standing(self.repository, &branch, tip, &targets));
            (standing, rest.join().unwrap_or_default())
        });
        notes.append(&mut told);
        let path = self.path(standing.as_ref(), documents.plan.as_deref(), notes);
        let seen = Seen { workflow, record, names, flow, branch: &branch, tips: &tips, targets: &targets };
        let mut facts = self.facts(&seen, standing.as_ref(), &source);
        self.files(&mut facts, &seen, checkout.as_deref(), tree, documents, evidence);
        facts.touches_schema = path.touches_schema;
        let version = record.version.clone();
        Ok(Scope { facts, path, branch, checkout, tip, remote_url: names.remote_url.clone(), version })
    }

    fn documents(&self, workflow: &Workflow, checkout: Option<&Path>, tip: Option<&str>) -> Documents {
        let main = self.ask.place.main_root();
        let roots: Vec<&Path> = checkout.into_iter().chain((checkout != Some(main)).then_some(main)).collect();
        let main_head = self.checkouts.iter().find(|tree| tree.main).and_then(|tree| {
            tree.head.clone().or_else(|| flow::tips(self.names?, tree.branch.as_deref()?).first().cloned())
        });
        let commits: Vec<String> = tip.map(str::to_owned).into_iter().chain(main_head).collect();
        documents::read_all(self.repository, &roots, &workflow.slug, &commits)
    }

    /// What git and the hosts know.
    fn facts(&self, seen: &Seen<'_>, standing: Option<&Standing>, source: &Source) -> Facts {
        let unread = self.names.is_none();
        let exists =
            if unread { Fact::unknown("the branches cannot be read") } else { Fact::Known(!seen.tips.is_empty()) };
        let gone = !unread && seen.tips.is_empty();
        let merged = |at: usize| match standing {
            Some(standing) => fact(standing.merged.get(at).copied().flatten(), "git could not determine it"),
            None if gone => self.by_message(seen, at),
            None => Fact::unknown("the branches cannot be read"),
        };
        let mut facts = Facts {
            kind: Some(seen.workflow.kind),
            branch: exists,
            tasks: Tasks::of(&seen.workflow.said),
            commits: commits(standing, gone),
            merged_base: merged(0),
            merged_develop: merged(1),
            merged_main: merged(2),
            versions: versions(seen, standing),
            tag: tag(seen),
            archived: Fact::Known(seen.workflow.archived),
            flow: seen.flow.clone(),
            ..Facts::default()
        };
        let develop = seen.flow.develop.as_deref();
        if seen.workflow.kind != Kind::Feature && facts.merged_develop != Fact::Known(true) {
            // A branch without commits of its own has nothing that develop could lack.
            let held = seen.tips.first().zip(seen.targets.get(1).and_then(|tips| tips.first()));
            if held.and_then(|(tip, develop)| wfo_git::holds(self.repository, develop, tip)) == Some(true) {
                facts.merged_develop = Fact::Known(true);
            }
        }
        let pushed = gone || seen.names.remotes.iter().any(|(name, _)| ends(name, seen.branch));
        let about = |id: &str| {
            let tip = seen.tips.first();
            tip.is_none_or(|tip| tip == id || wfo_git::holds(self.repository, id, tip) == Some(true))
        };
        facts.pr = source.find(self.ask, seen.branch, &seen.flow.base, pushed, about);
        facts.open_threads = threads::without_item(source, &facts.pr, self.ask.place.main_root());
        if let (Some(contrib), Some(develop)) = (&seen.flow.contrib, develop) {
            let held =
                flow::tips(seen.names, contrib).first().cloned().zip(flow::tips(seen.names, develop).first().cloned());
            let held = held.and_then(|(contrib, develop)| wfo_git::holds(self.repository, &contrib, &develop));
            facts.rebased = fact(held, "git could not determine it");
            facts.pr_develop = match facts.merged_base {
                Fact::Known(true) => {
                    let pushed = seen.names.remotes.iter().any(|(name, _)| ends(name, contrib));
                    source.find(self.ask, contrib, develop, pushed, |_| true)
                }
                _ => Fact::unknown("not asked before the work is merged"),
            };
        }
        facts
    }

    /// A branch that is gone has left at most a merge commit that names it; its stamp makes the name its own.
    fn by_message(&self, seen: &Seen<'_>, at: usize) -> Fact<bool> {
        let why = "the branch is gone, and no merge commit names it";
        let stamped = seen.branch.contains(&seen.workflow.stamp);
        let tip = seen.targets.get(at).and_then(|tips| tips.first()).filter(|_| stamped);
        let named = tip.and_then(|tip| wfo_git::merge_names(self.repository, tip, seen.branch));
        if named == Some(true) { Fact::Known(true) } else { Fact::unknown(why) }
    }

    /// What stands in files.
    fn files(
        &self,
        facts: &mut Facts,
        seen: &Seen<'_>,
        checkout: Option<&Path>,
        tree: Option<&Worktree>,
        documents: Documents,
        evidence: Evidence,
    ) {
        facts.worktree = if self.names.is_some() { Fact::Known(tree.is_some()) } else { Fact::default() };
        facts.place = if tree.is_some_and(|tree| tree.current) { Place::Inside } else { Place::Elsewhere };
        facts.documents = documents.fills;
        facts.planning_committed = documents.committed;
        facts.as_built = documents.as_built;
        (facts.tests, facts.coverage, facts.gates) = (evidence.tests, evidence.coverage, evidence.gates);
        let root = checkout.unwrap_or_else(|| self.ask.place.main_root());
        let there = |name: &&str| read::is_there(&root.join(name)) == Some(true);
        facts.containers = Fact::Known(CONTAINERS.iter().any(there));
        facts.notes = notes_of(root, seen.record.version.as_deref());
    }

    /// Chooses the path by the files of plan and diff.
    fn path(&self, standing: Option<&Standing>, plan: Option<&str>, notes: &mut Vec<Diagnostic>) -> Chosen {
        let rows = tables::PATHS.load(self.layers).drain_into(notes);
        let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
        let planned = plan.map(wfo_todo::plan_merge::planned);
        let said = planned.iter().flatten().map(|one| one.task.title.clone()).collect();
        let scope = wfo_todo::phase::Scope {
            said,
            changes: standing.and_then(|standing| self.changes(standing)),
            tasks: planned.as_ref().map(|tasks| tasks.len() as u64),
            planned: planned.into_iter().flatten().flat_map(|one| one.task.files).collect(),
        };
        wfo_todo::phase::path(&rows, &scope)
    }

    fn changes(&self, standing: &Standing) -> Option<Vec<Change>> {
        let files: Vec<&String> = standing.files.as_ref()?.iter().filter(|path| !is_document(path)).collect();
        let tip = standing.commits.as_ref().and_then(|commits| commits.first()).map(|commit| commit.id.as_str());
        // Nobody counts the lines of what is risky by its files alone, or of nothing.
        let counts = match (&standing.base, tip) {
            (Some(base), Some(tip)) if !files.is_empty() && files.len() < 100 => {
                wfo_git::line_counts(self.repository, base, tip).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let lines = |path: &str| counts.iter().find(|(known, _)| known == path).and_then(|(_, lines)| *lines);
        Some(files.into_iter().map(|path| Change { path: path.clone(), lines: lines(path) }).collect())
    }
}

/// What is known before facts are asked for.
struct Seen<'a> {
    workflow: &'a Workflow,
    record: &'a Recorded,
    names: &'a Names,
    flow: Flow,
    branch: &'a str,
    tips: &'a [String],
    targets: &'a [Vec<String>],
}

/// The gates that steps of a workflow ask for.
fn gates(steps: &Steps, kind: Kind) -> Vec<String> {
    let proofs = steps.of(Some(kind)).flat_map(|row| &row.proof);
    let mut names: Vec<String> = proofs
        .filter_map(|proof| match proof {
            Proof::Gate(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn ends(remote: &str, branch: &str) -> bool {
    remote.split_once('/').is_some_and(|(_, rest)| rest == branch)
}

/// Says whether a file is about the work and not the work itself.
fn is_document(path: &str) -> bool {
    let top = path.split('/').next().unwrap_or_default();
    matches!(top, "planning" | "specs" | "ARCHIVED" | "TODO.md") || wfo_todo::todo_name(path).is_some()
}

fn commits(standing: Option<&Standing>, gone: bool) -> Fact<Commits> {
    let Some(standing) = standing else {
        return Fact::unknown(if gone { "the branch does not exist" } else { "the branches cannot be read" });
    };
    let Some(all) = standing.ahead else { return Fact::unknown("git could not determine them") };
    let Some(commits) = &standing.commits else {
        // More than are looked at one by one: not all of them are notes.
        return Fact::Known(Commits { all, work: all });
    };
    // Files that nobody could list are very many: that is work.
    let works = |commit: &&OwnCommit| {
        commit.parents < 2 && commit.files.as_ref().is_none_or(|files| files.iter().any(|path| !is_document(path)))
    };
    Fact::Known(Commits { all, work: commits.iter().filter(works).count() as u64 })
}

/// What the commits ask for, against what is recorded.
fn versions(seen: &Seen<'_>, standing: Option<&Standing>) -> Fact<Versions> {
    let Some(own) = standing.and_then(|standing| standing.commits.as_ref()) else {
        return Fact::unknown("the commits of the branch are not known");
    };
    let proposal = crate::release::proposed(&seen.names.tags, &crate::release::of_own(own), &[]);
    Fact::Known(Versions { recorded: seen.record.version.clone(), demanded: proposal.version.to_string() })
}

fn tag(seen: &Seen<'_>) -> Fact<Option<String>> {
    let Some(wanted) = seen.record.version.as_deref().and_then(version::read) else {
        return Fact::unknown("no version is recorded");
    };
    let found = seen.names.tags.iter().find(|tag| version::read(tag).as_ref() == Some(&wanted));
    Fact::Known(found.cloned())
}

fn notes_of(root: &Path, wanted: Option<&str>) -> Fact<bool> {
    let Some(wanted) = wanted.and_then(version::read) else { return Fact::unknown("no version is recorded") };
    let names = |word: &str| version::read(word.trim_matches(['[', ']', '(', ')', ':', ','])).as_ref() == Some(&wanted);
    for name in CHANGE_LOGS {
        match read::page(root, name, read::PAGE_LIMIT) {
            Ok(None) => {}
            Ok(Some(page)) => {
                let mut headings = page.text.lines().filter(|line| line.starts_with('#'));
                return Fact::Known(headings.any(|line| line.split_whitespace().any(names)));
            }
            Err(problem) => return Fact::unknown(problem.message),
        }
    }
    Fact::Known(false)
}
