//! The branches of the git-flow: which are there, and which are to be made from where. Makes them only where none is; checks nothing out.

use wfo_base::text::{code_span, shell_word};
use wfo_base::trust::Subject;
use wfo_base::{Problem, codes};
use wfo_git::{Names, Repository};

use crate::place::Place;

/// The branch where finished work gathers.
const DEVELOP: &str = "develop";
/// How the branches of contributors begin.
const CONTRIB: &str = "contrib/";

/// The branches of the flow, as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// Those that are there.
    pub present: Vec<String>,
    /// Those to be made, in this order.
    pub planned: Vec<NewBranch>,
    /// Those that nobody can make yet, with the reason.
    pub unknown: Vec<(String, Problem)>,
}

/// A branch to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBranch {
    /// Its name.
    pub name: String,
    /// The branch that it begins at.
    pub from: String,
    /// The commit there.
    commit: String,
}

impl NewBranch {
    /// Returns the git command that makes it.
    #[must_use]
    pub fn command(&self) -> String {
        // Without this word git would follow a remote's branch, which is a setting of its own.
        format!("git branch --no-track {} {}", shell_word(&self.name), shell_word(&self.from))
    }
}

impl Branches {
    /// Looks which branches are there; `user` names the contributor's.
    ///
    /// # Errors
    /// `git.no-repository`, `git.unreadable`, `git.branch-invalid` for a user whose name cannot be part of a branch.
    pub fn look(place: &Place, user: Option<&str>) -> Result<Self, Problem> {
        if let Some(user) = user {
            wfo_git::require_branch_name(&format!("{CONTRIB}{user}"))?;
        }
        let names = wfo_git::names(repository(place)?).ok_or_else(|| {
            Problem::new(codes::GIT_UNREADABLE, "the branches cannot be read").hint("see what `git branch` says")
        })?;
        Ok(Self::of(&names, user))
    }

    fn of(names: &Names, user: Option<&str>) -> Self {
        let mut out = Self::default();
        let main = names.default_branch.clone().filter(|name| name != DEVELOP).or_else(|| {
            ["main", "master", "trunk"].into_iter().find(|name| tip(names, name).is_some()).map(str::to_owned)
        });
        let main = out.add(names, &main.unwrap_or_else(|| "main".to_owned()), None);
        let develop = out.add(names, DEVELOP, main.as_ref());
        let known = |name: &&str| name.starts_with(CONTRIB);
        let local = names.branches.iter().map(|(name, _)| name.as_str()).find(known);
        match (user, local) {
            (Some(user), _) => drop(out.add(names, &format!("{CONTRIB}{user}"), develop.as_ref())),
            (None, Some(name)) => out.present.push(name.to_owned()),
            (None, None) => {
                let problem = Problem::new(codes::INIT_NO_USER, "nobody says whose `contrib/` branch is to be made");
                out.unknown.push((format!("{CONTRIB}<user>"), problem.hint("name the account with `--user NAME`")));
            }
        }
        out
    }

    /// Adds one branch; returns what the next one may begin at.
    fn add(&mut self, names: &Names, name: &str, from: Option<&(String, String)>) -> Option<(String, String)> {
        if let Some((_, id)) = names.branches.iter().find(|(there, _)| there == name) {
            self.present.push(name.to_owned());
            return Some((name.to_owned(), id.clone()));
        }
        let there = remote(names, name);
        let Some((from, commit)) = there.as_ref().or(from) else {
            let problem = Problem::new(
                codes::GIT_NO_COMMITS,
                format!("there is no commit that {} could begin at", code_span(name)),
            );
            self.unknown.push((name.to_owned(), problem.hint("make the first commit, then run the command again")));
            return None;
        };
        self.planned.push(NewBranch { name: name.to_owned(), from: from.clone(), commit: commit.clone() });
        Some((name.to_owned(), commit.clone()))
    }

    /// Names all that are not there.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let planned = self.planned.iter().map(|branch| branch.name.clone());
        planned.chain(self.unknown.iter().map(|(name, _)| name.clone())).collect()
    }

    /// What the yes is bound to: each branch and the commit it begins at.
    #[must_use]
    pub fn subject(&self, place: &Place) -> Subject {
        Subject {
            command: "init".to_owned(),
            arguments: "--git-flow".to_owned(),
            main_checkout: place.identity(),
            state: format!("{:?}", self.planned),
        }
    }

    /// Makes those that are planned; returns their names.
    ///
    /// # Errors
    /// `worktree.exists` when somebody was first, `git.branch-invalid` beside a branch such as `contrib`, `git.locked`, `tool.*`.
    pub fn make(&self, place: &Place) -> Result<Vec<String>, Problem> {
        let repository = repository(place)?;
        for branch in &self.planned {
            wfo_git::make_branch(repository, &branch.name, &branch.commit)?;
        }
        Ok(self.planned.iter().map(|branch| branch.name.clone()).collect())
    }
}

fn repository(place: &Place) -> Result<&Repository, Problem> {
    place.repository().ok_or_else(|| {
        Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", place.root().display()))
            .hint("run `git init` here, or name the project with `--repo DIR`")
    })
}

/// Finds the branch of a remote; of several remotes, `origin`.
fn remote(names: &Names, name: &str) -> Option<(String, String)> {
    let fits = |full: &&(String, String)| full.0.split_once('/').is_some_and(|(_, rest)| rest == name);
    let mut all: Vec<&(String, String)> = names.remotes.iter().filter(fits).collect();
    all.sort_by_key(|(full, _)| !full.starts_with("origin/"));
    all.first().map(|(full, id)| (full.clone(), id.clone()))
}

fn tip(names: &Names, name: &str) -> Option<String> {
    let local = names.branches.iter().find(|(there, _)| there == name).map(|(_, id)| id.clone());
    local.or_else(|| remote(names, name).map(|(_, id)| id))
}
