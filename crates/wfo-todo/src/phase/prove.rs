//! Compares one proof with the facts: yes, no or unknown, and a sentence that says why.
//! Unknown is the answer to everything that nobody has looked at or that is older than the content.

use wfo_base::text::{clip, one_line};

use super::facts::{Fact, Facts, Place, Pr, PrState, Report, Review, State, Verdict};
use super::fill::Fill;
use super::proof::{Proof, Proven, Where};
use crate::words::counted;

/// The most characters of a reason that comes from outside.
const WHY_LIMIT: usize = 200;

/// What was found about one proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Whether it holds.
    pub(crate) proven: Proven,
    /// What was looked at, one word.
    pub(crate) by: &'static str,
    /// Why, one line.
    pub(crate) detail: String,
}

fn found(proven: Proven, by: &'static str, detail: impl Into<String>) -> Found {
    Found { proven, by, detail: detail.into() }
}

fn unknown(by: &'static str, what: &str, why: &str) -> Found {
    let why = clip(&one_line(why), WHY_LIMIT).into_owned();
    let detail = if why.is_empty() { format!("{what}: not determined") } else { format!("{what}: {why}") };
    found(Proven::Unknown, by, detail)
}

/// Answers a yes-no fact with one of two sentences.
fn either(fact: &Fact<bool>, by: &'static str, what: &str, yes: &str, no: &str) -> Found {
    match fact {
        Fact::Known(true) => found(Proven::Yes, by, yes),
        Fact::Known(false) => found(Proven::No, by, no),
        Fact::Unknown(why) => unknown(by, what, why),
    }
}

/// Compares a proof with the facts.
pub(crate) fn prove(proof: &Proof, facts: &Facts) -> Found {
    match proof {
        Proof::Tools => nothing_missing(&facts.setup.tools, "tools"),
        Proof::Folders => nothing_missing(&facts.setup.folders, "folders"),
        Proof::Files => nothing_missing(&facts.setup.files, "files"),
        Proof::Branches => nothing_missing(&facts.setup.branches, "branches"),
        Proof::Document(document) => filled(document.word(), facts.documents.get(document)),
        Proof::Inside => match facts.place {
            Place::Inside => found(Proven::Yes, "place", "the call was made in the worktree"),
            Place::Elsewhere => found(Proven::No, "place", "the call was made outside the worktree"),
            Place::Unknown => unknown("place", "place of the call", ""),
        },
        Proof::Work => work(facts),
        Proof::Tests => match report(&facts.tests, "report", "tests") {
            Ok(true) => found(Proven::Yes, "report", "the tests passed for this content"),
            Ok(false) => found(Proven::No, "report", "tests failed"),
            Err(found) => found,
        },
        Proof::Coverage(least) => coverage(*least, facts),
        Proof::Gate(name) => gate(name, facts.gates.get(name)),
        Proof::Version => version(facts),
        Proof::Pr => offered(&facts.pr),
        Proof::Approved => approved(&facts.pr),
        Proof::Feedback => match &facts.open_threads {
            Fact::Known(0) => found(Proven::Yes, "review", "no open thread without a work item"),
            Fact::Known(count) => {
                found(Proven::No, "review", format!("{} without a work item", counted(*count as u64, "open thread")))
            }
            Fact::Unknown(why) => unknown("review", "review threads", why),
        },
        Proof::Merged(place) => merged(*place, facts),
        Proof::Offered(place) => on_offer(*place, facts),
        Proof::Tag => match &facts.tag {
            Fact::Known(Some(tag)) => found(Proven::Yes, "git", format!("tagged {}", clip(&one_line(tag), WHY_LIMIT))),
            Fact::Known(None) => found(Proven::No, "git", "the version has no tag"),
            Fact::Unknown(why) => unknown("git", "tag", why),
        },
        Proof::Removed => match &facts.worktree {
            Fact::Known(false) => found(Proven::Yes, "git", "no checkout of the branch is left"),
            Fact::Known(true) => found(Proven::No, "git", "the branch is still checked out"),
            Fact::Unknown(why) => unknown("git", "worktree", why),
        },
        Proof::Committed
        | Proof::Branch
        | Proof::Worktree
        | Proof::Containers
        | Proof::Notes
        | Proof::Archived
        | Proof::AsBuilt
        | Proof::Rebased => plain(proof, facts),
    }
}

/// The proofs that are one yes or no.
fn plain(proof: &Proof, facts: &Facts) -> Found {
    let (fact, by, what, yes, no) = match proof {
        Proof::Committed => (
            &facts.planning_committed,
            "git",
            "planning documents",
            "the planning documents are committed",
            "planning documents are missing or not committed",
        ),
        Proof::Branch => (&facts.branch, "git", "branch", "the branch exists", "the branch does not exist"),
        Proof::Worktree => {
            (&facts.worktree, "git", "worktree", "the branch is checked out", "no checkout has the branch")
        }
        Proof::Containers => {
            (&facts.containers, "files", "containers", "a container file is there", "no container file")
        }
        Proof::Notes => (
            &facts.notes,
            "document",
            "change log",
            "the change log names the version",
            "the change log does not name the version",
        ),
        Proof::Archived => {
            (&facts.archived, "files", "archive", "the TODO file is in ARCHIVED/", "the TODO file is not in ARCHIVED/")
        }
        Proof::AsBuilt => (
            &facts.as_built,
            "document",
            "as-built notes",
            "the planning documents say what was built",
            "the planning documents do not say what was built",
        ),
        _ => (
            &facts.rebased,
            "git",
            "rebase",
            "the base branch holds everything that develop has",
            "develop has commits that the base branch lacks",
        ),
    };
    either(fact, by, what, yes, no)
}

fn nothing_missing(fact: &Fact<Vec<String>>, what: &'static str) -> Found {
    match fact {
        Fact::Known(missing) if missing.is_empty() => found(Proven::Yes, what, format!("all {what} are there")),
        Fact::Known(missing) => {
            found(Proven::No, what, format!("missing: {}", clip(&one_line(&missing.join(", ")), WHY_LIMIT)))
        }
        Fact::Unknown(why) => unknown(what, what, why),
    }
}

fn filled(word: &str, fact: Option<&Fact<Fill>>) -> Found {
    let file = &format!("{word}.md");
    match fact {
        Some(Fact::Known(Fill::Missing)) => found(Proven::No, "document", format!("{file} is not there")),
        Some(Fact::Known(Fill::Untouched)) => {
            found(Proven::No, "document", format!("{file} says nothing beyond its template"))
        }
        Some(Fact::Known(Fill::Partly { open, filled })) => {
            let detail = format!("{file}: {} still the template's, {filled} written", counted(*open as u64, "section"));
            found(Proven::No, "document", detail)
        }
        Some(Fact::Known(Fill::Filled)) => found(Proven::Yes, "document", format!("{file} is written")),
        Some(Fact::Unknown(why)) => unknown("document", file, why),
        None => unknown("document", file, ""),
    }
}

/// Commits prove the work, unless the list of tasks is kept and says that some are open.
fn work(facts: &Facts) -> Found {
    let tasks = facts.tasks;
    match &facts.commits {
        Fact::Known(commits) if commits.work == 0 => {
            let detail = match commits.all {
                0 => "no commit that the base lacks".to_owned(),
                count => format!("{}, all of documents only", counted(count, "commit")),
            };
            found(Proven::No, "git", detail)
        }
        Fact::Known(commits) if tasks.done > 0 && tasks.open > 0 => {
            let all = tasks.done + tasks.open;
            let detail = format!("{}, but {} of {all} tasks are open", counted(commits.work, "commit"), tasks.open);
            found(Proven::No, "tasks", detail)
        }
        Fact::Known(commits) => {
            found(Proven::Yes, "git", format!("{} that the base lacks", counted(commits.work, "commit")))
        }
        Fact::Unknown(why) => unknown("git", "commits", why),
    }
}

/// Returns what fresh evidence says, else why nothing counts.
fn report<T: Copy>(fact: &Fact<Report<T>>, by: &'static str, what: &str) -> Result<T, Found> {
    match fact {
        Fact::Unknown(why) => Err(unknown(by, what, why)),
        Fact::Known(Report { state: State::Fresh, said: Some(said) }) => Ok(*said),
        Fact::Known(Report { state: State::Stale, .. }) => {
            Err(unknown(by, what, "the evidence is older than the content"))
        }
        Fact::Known(_) => Err(unknown(by, what, "there is no evidence")),
    }
}

fn coverage(least: u8, facts: &Facts) -> Found {
    match report(&facts.coverage, "report", "coverage") {
        Ok(hundredths) => {
            let shown = format!("{}.{:02} %", hundredths / 100, hundredths % 100);
            let reached = hundredths >= u32::from(least) * 100;
            let (proven, detail) = if reached {
                (Proven::Yes, format!("{shown} of the lines were run, {least} % are asked for"))
            } else {
                (Proven::No, format!("{shown} of the lines were run, less than {least} %"))
            };
            found(proven, "report", detail)
        }
        Err(found) => found,
    }
}

fn gate(name: &str, fact: Option<&Fact<Report<Verdict>>>) -> Found {
    let what = format!("gate `{name}`");
    let Some(fact) = fact else { return unknown("gate", &what, "it was not run") };
    match report(fact, "gate", &what) {
        Ok(Verdict::Pass) => found(Proven::Yes, "gate", format!("{what} passed for this content")),
        Ok(Verdict::Fail) => found(Proven::No, "gate", format!("{what} failed")),
        Ok(Verdict::Unknown) => unknown("gate", &what, "it could not tell"),
        Err(found) => found,
    }
}

fn version(facts: &Facts) -> Found {
    let versions = match &facts.versions {
        Fact::Known(versions) => versions,
        Fact::Unknown(why) => return unknown("version", "version", why),
    };
    let Some(demanded) = crate::version::read(&versions.demanded) else {
        return unknown("version", "version", "the version that the commits ask for cannot be read");
    };
    let shown = |text: &str| clip(&one_line(text), 40).into_owned();
    match versions.recorded.as_deref().map(|text| (text, crate::version::read(text))) {
        None => found(Proven::No, "version", format!("no version is recorded; the commits ask for {demanded}")),
        Some((text, None)) => {
            found(Proven::No, "version", format!("`{}` is no version", shown(text).replace('`', "'")))
        }
        Some((_, Some(recorded))) if recorded < demanded => {
            found(Proven::No, "version", format!("{recorded} is recorded; the commits ask for {demanded}"))
        }
        Some((_, Some(recorded))) => found(Proven::Yes, "version", format!("{recorded} is recorded")),
    }
}

fn offered(fact: &Fact<Option<Pr>>) -> Found {
    match fact {
        Fact::Known(None) => found(Proven::No, "pr", "no pull request"),
        Fact::Known(Some(pr)) => {
            let (proven, state) = match pr.state {
                PrState::Open => (Proven::Yes, "is open"),
                PrState::Merged => (Proven::Yes, "is merged"),
                PrState::Draft => (Proven::No, "is a draft"),
                PrState::Closed => (Proven::No, "was closed without merging"),
            };
            found(proven, "pr", format!("pull request {} {state}", pr.number))
        }
        Fact::Unknown(why) => unknown("pr", "pull request", why),
    }
}

fn approved(fact: &Fact<Option<Pr>>) -> Found {
    match fact {
        Fact::Known(Some(pr)) if pr.state == PrState::Merged => found(Proven::Yes, "pr", "it is merged"),
        Fact::Known(Some(pr)) => match pr.review {
            Review::Approved => found(Proven::Yes, "pr", format!("pull request {} is approved", pr.number)),
            Review::ChangesRequested => {
                found(Proven::No, "pr", format!("pull request {}: changes are asked for", pr.number))
            }
            Review::Pending => found(Proven::No, "pr", format!("pull request {} waits for a review", pr.number)),
            Review::Unknown => unknown("pr", "review", ""),
        },
        Fact::Known(None) => found(Proven::No, "pr", "no pull request"),
        Fact::Unknown(why) => unknown("pr", "review", why),
    }
}

fn merged(place: Where, facts: &Facts) -> Found {
    let fact = match place {
        Where::Base => &facts.merged_base,
        Where::Develop if facts.flow.develop.is_none() => {
            return found(Proven::Yes, "git", "there is no develop branch");
        }
        Where::Develop => &facts.merged_develop,
        Where::Main => &facts.merged_main,
    };
    let word = place.word();
    let by_pr = matches!(facts.pr.known(), Some(Some(pr)) if pr.state == PrState::Merged);
    // The pull request of a release or a hotfix goes into main, that of a feature into its base.
    let target = match facts.kind {
        Some(crate::todo_file::Kind::Release | crate::todo_file::Kind::Hotfix) => Where::Main,
        _ => Where::Base,
    };
    match fact {
        Fact::Known(true) => found(Proven::Yes, "merged", format!("the content is in {word}")),
        _ if by_pr && place == target => found(Proven::Yes, "pr", format!("the pull request to {word} is merged")),
        Fact::Known(false) => found(Proven::No, "merged", format!("the content is not in {word}")),
        Fact::Unknown(why) => unknown("merged", &format!("merge into {word}"), why),
    }
}

/// The content is there, or a pull request would bring it there.
fn on_offer(place: Where, facts: &Facts) -> Found {
    let arrived = merged(place, facts);
    if arrived.proven == Proven::Yes {
        return arrived;
    }
    let pr = offered(if place == Where::Develop { &facts.pr_develop } else { &facts.pr });
    if pr.proven == Proven::No && arrived.proven == Proven::Unknown { arrived } else { pr }
}
