//! Pull requests, as `gh` or `az` print them: from a file, or asked for with a time limit where the branch is at such a host.
//! What is printed is foreign data: read strictly, bound to branch names, and never trusted beyond the fields that are needed.

use std::time::Duration;

use serde_json::Value;
use wfo_base::process::Run;
use wfo_base::{Problem, codes, read, text};
use wfo_git::Names;
use wfo_todo::phase::Fact;
use wfo_todo::phase::facts::{Pr, PrState, Review};

use super::{Ask, threads};
use crate::pr::Host;

/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most pull requests of one answer.
const MOST: usize = 1_000;
/// The fields that are asked for.
const FIELDS: &str = "number,state,isDraft,reviewDecision,headRefName,headRefOid,baseRefName";

/// One pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) pr: Pr,
    pub(super) head: String,
    pub(super) head_id: Option<String>,
    pub(super) base: Option<String>,
    /// Ids of its open review threads, or why they are not known; none where it does not tell.
    pub(super) threads: Option<Result<Vec<String>, String>>,
}

/// Where pull requests are told.
#[derive(Debug)]
pub(super) enum Source {
    /// In a file.
    Rows(Vec<Row>),
    /// By the host.
    Host(Host),
    /// Nowhere, for this reason.
    Nowhere(String),
    /// There is no remote: nobody can have opened one.
    NoRemote,
}

/// Decides where pull requests are told.
///
/// # Errors
/// `pr.unreadable`, and what reading the file answers.
pub(super) fn source(ask: &Ask<'_>, names: Option<&Names>) -> Result<Source, Problem> {
    if let Some(file) = ask.pr {
        return from_file(ask, file).map(Source::Rows);
    }
    let Some(names) = names else { return Ok(Source::Nowhere("the branches cannot be read".to_owned())) };
    let Some(url) = &names.remote_url else { return Ok(Source::NoRemote) };
    if ask.offline {
        return Ok(Source::Nowhere("not asked, because of `--offline`".to_owned()));
    }
    Ok(match Host::of(url) {
        Some(host) => Source::Host(host),
        None => Source::Nowhere("the remote is at neither GitHub nor Azure DevOps; give a file with `--pr`".to_owned()),
    })
}

fn from_file(ask: &Ask<'_>, file: &std::path::Path) -> Result<Vec<Row>, Problem> {
    let shown = file.display().to_string();
    let path = ask.place.folder().join(file);
    let page = read::own(&path, read::PAGE_LIMIT)?.ok_or_else(|| {
        Problem::new(codes::FILE_MISSING, format!("{} is not there", text::code_span(&shown)))
            .hint("write it with `gh pr list --state all --json ...` or `az repos pr list --status all`")
    })?;
    rows(&page.text).map_err(|why| {
        Problem::new(codes::PR_UNREADABLE, format!("{} {why}", text::code_span(&shown)))
            .hint(format!("write it with `gh pr list --state all --json {FIELDS}` or `az repos pr list --status all`"))
    })
}

/// Reads one pull request or a list of them; an error says what is wrong, to follow the name of the file.
pub(super) fn rows(page: &str) -> Result<Vec<Row>, String> {
    let value: Value = serde_json::from_str(page)
        .map_err(|error| format!("is no whole JSON (line {}, column {})", error.line(), error.column()))?;
    let list = match value {
        Value::Array(list) => list,
        one @ Value::Object(_) => vec![one],
        _ => return Err("holds no pull requests".to_owned()),
    };
    if list.len() > MOST {
        return Err(format!("holds more than {MOST} pull requests"));
    }
    let read = |(at, value): (usize, &Value)| {
        row(value).ok_or_else(|| format!("has no pull request at place {}: number, state or branch is missing", at + 1))
    };
    list.iter().enumerate().map(read).collect()
}

fn row(value: &Value) -> Option<Row> {
    let word = |key: &str| value.get(key).and_then(Value::as_str);
    let branch = |name: &str| name.strip_prefix("refs/heads/").unwrap_or(name).to_owned();
    let draft = value.get("isDraft").and_then(Value::as_bool).unwrap_or(false);
    let open = if draft { PrState::Draft } else { PrState::Open };
    if let Some(number) = value.get("pullRequestId") {
        let state = match word("status")? {
            "active" => open,
            "completed" => PrState::Merged,
            "abandoned" => PrState::Closed,
            _ => return None,
        };
        let pr = Pr { number: number.as_u64()?, state, review: votes(value.get("reviewers")) };
        let head = branch(word("sourceRefName")?);
        let head_id = value.pointer("/lastMergeSourceCommit/commitId").and_then(Value::as_str).map(str::to_owned);
        return Some(Row { pr, head, head_id, base: word("targetRefName").map(branch), threads: threads::read(value) });
    }
    let state = match word("state")?.to_ascii_uppercase().as_str() {
        "OPEN" => open,
        "MERGED" => PrState::Merged,
        "CLOSED" => PrState::Closed,
        _ => return None,
    };
    let review = match word("reviewDecision").map(str::to_ascii_uppercase).as_deref() {
        Some("APPROVED") => Review::Approved,
        Some("CHANGES_REQUESTED") => Review::ChangesRequested,
        Some("REVIEW_REQUIRED" | "") => Review::Pending,
        _ => Review::Unknown,
    };
    let pr = Pr { number: value.get("number")?.as_u64()?, state, review };
    let head_id = word("headRefOid").map(str::to_owned);
    let (head, base) = (branch(word("headRefName")?), word("baseRefName").map(branch));
    Some(Row { pr, head, head_id, base, threads: threads::read(value) })
}

/// Azure's votes: 10 and 5 approve, -5 waits for the author, -10 rejects.
fn votes(reviewers: Option<&Value>) -> Review {
    let Some(reviewers) = reviewers.and_then(Value::as_array) else { return Review::Unknown };
    let votes: Vec<i64> = reviewers.iter().filter_map(|one| one.get("vote")?.as_i64()).collect();
    if votes.iter().any(|vote| *vote < 0) {
        Review::ChangesRequested
    } else if votes.iter().any(|vote| *vote >= 5) {
        Review::Approved
    } else {
        Review::Pending
    }
}

impl Source {
    /// Returns the open review threads of a pull request, or why they are not known; none where nothing tells them.
    pub(super) fn threads(&self, number: u64) -> Option<Result<&[String], String>> {
        let Self::Rows(rows) = self else { return None };
        let threads = rows.iter().find(|row| row.pr.number == number)?.threads.as_ref()?;
        Some(threads.as_ref().map(Vec::as_slice).map_err(Clone::clone))
    }

    /// Returns the pull request of a branch into another; `tip` is the newest commit here, `pushed` whether a remote has the branch,
    /// `gone` that the branch is not here any more.
    pub(super) fn find(
        &self,
        ask: &Ask<'_>,
        head: &str,
        base: &str,
        pushed: bool,
        about: impl Fn(&str) -> bool,
    ) -> Fact<Option<Pr>> {
        let fits = |row: &&Row| {
            let into = row.base.as_deref().is_none_or(|into| into == base);
            // One that was merged before the newest work says nothing about that work.
            let old = row.pr.state == PrState::Merged && row.head_id.as_deref().is_some_and(|id| !about(id));
            row.head == head && into && !old
        };
        let pick = |rows: &[Row]| {
            let rank = |row: &&Row| (row.pr.state != PrState::Closed, row.pr.number);
            rows.iter().filter(fits).max_by_key(rank).map(|row| row.pr.clone())
        };
        match self {
            Self::Rows(rows) => Fact::Known(pick(rows)),
            Self::NoRemote => Fact::Known(None),
            _ if !pushed => Fact::Known(None),
            Self::Nowhere(why) => Fact::unknown(why.as_str()),
            Self::Host(host) => match listed(host, ask, head) {
                Ok(rows) => Fact::Known(pick(&rows)),
                Err(why) => Fact::Unknown(why),
            },
        }
    }
}

/// Asks the host for the pull requests of a branch.
fn listed(host: &Host, ask: &Ask<'_>, head: &str) -> Result<Vec<Row>, String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let asked = match host {
        Host::GitHub { host, owner, name } => {
            let repository = format!("{host}/{owner}/{name}");
            let list = ["pr", "list", "--repo", &repository, "--state", "all", "--limit", "50", "--json", FIELDS];
            words(&[list.as_slice(), &["--head", head]].concat())
        }
        Host::Azure { organization, project, name } => {
            let list = ["repos", "pr", "list", "--detect", "false", "--status", "all", "--top", "50"];
            let more = ["--organization", organization, "--project", project, "--repository", name];
            words(&[list.as_slice(), &more, &["--output", "json", "--source-branch", head]].concat())
        }
    };
    let program = host.program();
    // Nothing of the repository is looked at: not even its folder.
    let run = Run::new(program).args(asked).folder(ask.home.config()).limit(PATIENCE).cap(4 << 20);
    let run = run.env("GH_PROMPT_DISABLED", Some("1")).env("GH_NO_UPDATE_NOTIFIER", Some("1"));
    let ran = run.run().map_err(|problem| problem.message)?;
    if !ran.is_ok() || ran.cut {
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        let said = wfo_gate::report::redacted(said.lines().next().unwrap_or_default());
        return Err(format!("`{program}` did not answer: {}", text::quoted(&said)));
    }
    rows(&String::from_utf8_lossy(&ran.stdout)).map_err(|why| format!("what `{program}` printed {why}"))
}
