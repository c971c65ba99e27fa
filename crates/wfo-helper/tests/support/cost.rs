//! Costs as tests see them: transcripts of a few responses with round amounts, and what stands in `costs/` afterwards.
//! Says nothing about how responses are counted: `transcripts.rs` holds that against a truth.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::support::{Call, Done, Repo, Sandbox, binary, text_of, tree::picture};

/// The model of a response that names no other: 20 dollars a million tokens of output.
pub(crate) const MODEL: &str = "claude-opus-5-5";
/// How many tokens of its output are a cent.
pub(crate) const CENT: u64 = 500;

/// One response of a transcript.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    session: String,
    at: String,
    folder: String,
    branch: String,
    model: String,
    skill: Option<String>,
    output: u64,
    number: u64,
}

impl Reply {
    /// Makes one that costs so many cents, on main.
    pub(crate) fn new(session: &str, at: &str, folder: &Path, cents: u64) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Self {
            session: session.to_owned(),
            at: at.to_owned(),
            folder: folder.to_string_lossy().into_owned(),
            branch: "main".to_owned(),
            model: MODEL.to_owned(),
            skill: None,
            output: cents * CENT,
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Names the branch.
    pub(crate) fn on(mut self, branch: &str) -> Self {
        branch.clone_into(&mut self.branch);
        self
    }

    /// Names the model.
    pub(crate) fn by(mut self, model: &str) -> Self {
        model.clone_into(&mut self.model);
        self
    }

    /// Names the skill.
    pub(crate) fn with(mut self, skill: &str) -> Self {
        self.skill = Some(skill.to_owned());
        self
    }

    /// Writes the line.
    pub(crate) fn line(&self) -> String {
        let Self { session, at, folder, branch, model, skill, output, number } = self;
        let usage = json!({"input_tokens": 0, "output_tokens": output});
        let message = json!({"id": format!("msg_{number}"), "role": "assistant", "model": model, "usage": usage});
        let mut line = json!({"type": "assistant", "timestamp": at, "sessionId": session, "cwd": folder, "gitBranch": branch,
            "isSidechain": false, "requestId": format!("req_{number}"), "message": message});
        if let Some(skill) = skill {
            line["attributionSkill"] = json!(skill);
        }
        format!("{line}\n")
    }
}

/// Returns where the transcript of a session lies.
pub(crate) fn transcript(sandbox: &Sandbox, session: &str) -> PathBuf {
    sandbox.config().join("projects/work").join(format!("{session}.jsonl"))
}

/// Appends responses to the transcripts of their sessions.
pub(crate) fn told(sandbox: &Sandbox, replies: &[Reply]) {
    for reply in replies {
        let path = transcript(sandbox, &reply.session);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let mut file = std::fs::File::options().create(true).append(true).open(path).expect("a transcript");
        file.write_all(reply.line().as_bytes()).expect("a line");
    }
}

/// Prepares `cost ... --json`.
pub(crate) fn call(words: &[&str]) -> Call {
    Call::new(binary()).args(["cost"]).args(words).args(["--json"])
}

/// Runs `cost ... --json` in the project.
pub(crate) fn cost(sandbox: &Sandbox, words: &[&str]) -> Done {
    call(words).run(sandbox)
}

/// Imports and returns what was answered.
pub(crate) fn import(sandbox: &Sandbox) -> Value {
    cost(sandbox, &["import"]).data()
}

/// Returns a file below `costs/` as text.
pub(crate) fn kept(repo: &Repo, name: &str) -> String {
    text_of(&repo.root().join("costs").join(name))
}

/// Returns a file below `costs/` as JSON.
pub(crate) fn page(repo: &Repo, name: &str) -> Value {
    let text = kept(repo, name);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
}

/// Returns the ledger's lines.
pub(crate) fn ledger(repo: &Repo) -> Vec<Value> {
    let text = kept(repo, "ledger.jsonl");
    assert!(text.ends_with('\n'), "a line that nobody ended: {text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Lists what lies below `costs/`, sorted.
pub(crate) fn files(repo: &Repo) -> Vec<String> {
    let entries = std::fs::read_dir(repo.root().join("costs")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Returns the total of a period, as it is written.
pub(crate) fn total(sandbox: &Sandbox, words: &[&str]) -> String {
    cost(sandbox, words).data()["total_usd"].to_string()
}

/// Returns `name amount` of each row of a list, the key of the name being the list's own word.
pub(crate) fn parts(data: &Value, list: &str) -> Vec<String> {
    let key = list.strip_prefix("by_").expect("a list of parts");
    let rows = data[list].as_array().unwrap_or_else(|| panic!("no {list}: {data:#}"));
    rows.iter().map(|row| format!("{} {}", row[key].as_str().unwrap_or("-"), row["usd"])).collect()
}

/// Takes a picture of a folder without what git and locks keep below `.git`.
pub(crate) fn seen(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = picture(folder);
    all.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".git"));
    all
}

/// Holds the derived files against each other and against what is answered: the month is the sum of its days.
pub(crate) fn adds_up(repo: &Repo, month: &str) {
    let cents = |value: &Value| (value.as_f64().expect("an amount") * 1_000_000.0).round();
    let daily = format!("daily-{month}-");
    let days = files(repo).into_iter().filter(|name| name.starts_with(&daily) && name.ends_with(".json"));
    let days: f64 = days.map(|name| cents(&page(repo, &name)["total"])).sum();
    let answer = cost(repo, &["month", month]).data();
    assert!((days - cents(&answer["total_usd"])).abs() < 0.5, "the days of {month} are {days}: {answer:#}");
    let mtd = page(repo, "mtd.json");
    if mtd["month"] == month {
        assert!((days - cents(&mtd["total"])).abs() < 0.5, "the days of {month} are {days}: {mtd:#}");
    }
}

/// A time on the day of the tests.
pub(crate) const TODAY: &str = "2026-11-21T08:00:00.000Z";

/// Makes a repository and spends a dollar in it.
pub(crate) fn spent() -> Repo {
    let repo = Repo::new();
    told(&repo, &[Reply::new("s1", TODAY, &repo.root(), 100)]);
    repo
}

/// Returns `branch feature project amount` of each row of the ledger, in order.
pub(crate) fn rows(repo: &Repo) -> Vec<String> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let line = |row: Value| {
        [word(&row, "branch"), word(&row, "feature"), word(&row, "project"), row["usd"].to_string()].join(" ")
    };
    let mut rows: Vec<String> = ledger(repo).into_iter().map(line).collect();
    rows.sort();
    rows
}

/// Returns the codes of an answer that are of costs.
pub(crate) fn codes(done: &Done) -> Vec<String> {
    done.codes().into_iter().filter(|code| code.starts_with("cost.")).collect()
}
