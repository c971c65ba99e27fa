//! Trees of transcripts with a truth of their own (`tests/transcripts/generate.py`), and the helper's answers held against it to
//! the last pico-dollar. Amounts are read from the text of the numbers, never through a float.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::registry::Dice;
use super::support::{Call, Done, Repo, binary};

/// The zones in which days are compared.
pub(crate) const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"];

/// What `cost import` answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Import {
    pub(crate) files: u64,
    pub(crate) responses: u64,
    pub(crate) new: u64,
    pub(crate) skipped_lines: u64,
    pub(crate) total_usd: Option<Box<RawValue>>,
}

/// What a period answers, as far as it is compared.
#[derive(Debug, Deserialize)]
pub(crate) struct Period {
    pub(crate) total_usd: Option<Box<RawValue>>,
    pub(crate) tokens: Value,
    pub(crate) sessions: u64,
    pub(crate) by_model: Vec<Part>,
    pub(crate) by_branch: Vec<Part>,
    pub(crate) by_skill: Vec<Part>,
    pub(crate) unpriced: Vec<Part>,
}

/// One row of a list; the name stands under the list's own word.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    #[serde(alias = "model", alias = "branch", alias = "skill")]
    name: Option<String>,
    usd: Option<Box<RawValue>>,
    tokens: Value,
}

/// Chooses a list of a period.
type ListOf = fn(&Period) -> &Vec<Part>;

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// Returns `data` of an answer that its schema describes, with its numbers as they were written.
pub(crate) fn data<T: serde::de::DeserializeOwned>(done: &Done) -> T {
    done.data();
    let answer: Envelope<T> = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    answer.data
}

/// Returns pico-dollars of an amount in plain decimal notation: no exponent, no sign, at most twelve digits behind the point.
pub(crate) fn pico(amount: &RawValue) -> u128 {
    let text = amount.get();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !whole.is_empty() && digits(whole) && digits(part) && part.len() <= 12 && !text.ends_with('.');
    assert!(plain, "no plain decimal amount: {text}");
    format!("{whole}{part:0<12}").parse().expect("an amount")
}

/// Returns a number of tokens that is told in one figure or by kinds.
fn tokens(told: &Value) -> u64 {
    told.as_object().map_or_else(
        || told.as_u64().unwrap_or_else(|| panic!("no tokens: {told}")),
        |kinds| kinds.values().filter_map(Value::as_u64).sum(),
    )
}

/// Returns the folder of the generator.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

/// Prepares a call of one of the generator's programs.
pub(crate) fn python(program: &str) -> Call {
    let path = folder().join(program).to_string_lossy().into_owned();
    Call::new("python3").args([path]).env("PYTHONDONTWRITEBYTECODE", "1").env("LC_ALL", "C.UTF-8")
}

/// Says whether the generator can run here, aloud if not.
pub(crate) fn can_generate(repo: &Repo) -> bool {
    let probe = "python3 -c 'import sys, zoneinfo; zoneinfo.ZoneInfo(\"Europe/Berlin\")'";
    let able = Call::new("sh").args(["-c", probe]).run(repo).status == Some(0);
    if !able {
        eprintln!("skipped: python3 (3.9 or later) with the time zones is not here");
    }
    able
}

/// A repository whose CONFIG holds, or will hold, a generated tree.
pub(crate) struct Tree {
    pub(crate) repo: Repo,
    pub(crate) truth: Value,
    /// What the clock of the helper says.
    pub(crate) now: String,
}

impl Tree {
    /// Generates a tree into CONFIG; None where Python is not here.
    pub(crate) fn new(flags: &[&str]) -> Option<Self> {
        Self::below("config", flags)
    }

    /// Generates a tree into another folder of the sandbox, from which it can be fed.
    pub(crate) fn apart(flags: &[&str]) -> Option<Self> {
        Self::below("full", flags)
    }

    fn below(name: &str, flags: &[&str]) -> Option<Self> {
        let repo = Repo::new();
        can_generate(&repo).then(|| Self::of(repo, name, flags))
    }

    /// Generates a tree for a repository that is there already.
    pub(crate) fn of(repo: Repo, name: &str, flags: &[&str]) -> Self {
        let out = repo.at(name);
        let done = python("generate.py").args([out.as_os_str()]).args(flags).run(&repo);
        assert_eq!(done.status, Some(0), "generate.py {flags:?}: {}", done.stderr);
        let text = super::support::text_of(&out.join("expected.json"));
        let truth: Value = serde_json::from_str(&text).expect("the truth");
        let now = truth["now"].as_str().expect("a time").to_owned();
        Self { repo, truth, now }
    }

    /// Prepares a call of the helper at the tree's time.
    pub(crate) fn call(&self, words: &[&str]) -> Call {
        Call::new(binary()).args(words).env("WFO_NOW", self.now.as_str())
    }

    /// Imports.
    pub(crate) fn import(&self) -> Import {
        data(&self.call(&["cost", "import", "--json"]).run(&self.repo))
    }

    /// Asks for a period of all projects in a zone.
    pub(crate) fn period(&self, words: &[&str], zone: &str) -> Period {
        let all = self.call(words).args(["--all", "--json"]).env("TZ", zone);
        data(&all.run(&self.repo))
    }

    /// Holds every month of every zone against the truth.
    pub(crate) fn months_are_true(&self, what: &str) {
        for zone in ZONES {
            for (month, truth) in object(&self.truth["months"][zone]) {
                let told = self.period(&["cost", "month", month], zone);
                self.compare(&told, truth, &format!("{what}: {month} in {zone}"));
            }
        }
    }

    /// Holds every day of every zone against the truth.
    pub(crate) fn days_are_true(&self, what: &str) {
        for zone in ZONES {
            for (day, truth) in object(&self.truth["days"][zone]) {
                let told = self.period(&["cost", "day", day], zone);
                self.compare(&told, truth, &format!("{what}: {day} in {zone}"));
            }
        }
    }

    /// Holds one period against its truth.
    fn compare(&self, told: &Period, truth: &Value, what: &str) {
        let what = format!("{what} (profile {}, seed {})", self.truth["profile"], self.truth["seed"]);
        let unpriced: BTreeMap<&str, u64> =
            told.unpriced.iter().filter_map(|row| Some((row.name.as_deref()?, tokens(&row.tokens)))).collect();
        let missing: BTreeMap<&str, u64> =
            object(&truth["unpriced"]).filter_map(|(model, count)| Some((model, count.as_u64()?))).collect();
        assert_eq!(unpriced, missing, "unpriced tokens of {what}");
        assert_eq!(told.tokens, truth["tokens"], "tokens of {what}");
        let amount = told.total_usd.as_deref().map(pico);
        // Where nothing has a price, "unknown" is an answer too.
        if amount.is_some() || truth["pico"] != 0 || missing.is_empty() {
            assert_eq!(amount, Some(money(truth)), "pico-dollars of {what}");
        }
        assert_eq!(told.sessions, truth["sessions"], "sessions of {what}");
        for list in [&told.by_model, &told.by_branch, &told.by_skill] {
            let sum: u128 = list.iter().filter_map(|row| Some(pico(row.usd.as_deref()?))).sum();
            assert!(sum <= money(truth), "parts are more than the whole, {what}: {list:?}");
        }
        let sum: u128 = told.by_model.iter().filter_map(|row| Some(pico(row.usd.as_deref()?))).sum();
        assert_eq!(sum, money(truth), "the models are not the whole, {what}: {:?}", told.by_model);
    }

    /// Holds the parts of all months in UTC together against the truth, name by name.
    pub(crate) fn parts_are_true(&self, what: &str) {
        let months = object(&self.truth["months"]["UTC"]);
        let periods: Vec<Period> = months.map(|(month, _)| self.period(&["cost", "month", month], "UTC")).collect();
        let lists: [(&str, ListOf); 3] = [
            ("models", |period| &period.by_model),
            ("branches", |period| &period.by_branch),
            ("skills", |period| &period.by_skill),
        ];
        let aliases = aliases();
        for (key, list) in lists {
            let named = |name: &str| aliases.get(name).cloned().unwrap_or_else(|| name.to_owned());
            let mut told: BTreeMap<String, u128> = BTreeMap::new();
            for row in periods.iter().flat_map(list) {
                if let (Some(name), Some(usd)) =
                    (row.name.as_deref().filter(|name| !name.is_empty()), row.usd.as_deref())
                {
                    *told.entry(named(name)).or_default() += pico(usd);
                }
            }
            let mut truth: BTreeMap<String, u128> = BTreeMap::new();
            for (name, sum) in object(&self.truth[key]).filter(|(name, _)| !name.is_empty()) {
                *truth.entry(named(name)).or_default() += money(sum);
            }
            // A model without any price is told without an amount.
            told.retain(|_, amount| *amount > 0);
            truth.retain(|_, amount| *amount > 0);
            assert_eq!(told, truth, "{key}, {what} (seed {})", self.truth["seed"]);
        }
    }

    /// Holds an import of everything against the truth.
    pub(crate) fn is_whole(&self, told: &Import) {
        let total = &self.truth["total"];
        assert_eq!(told.responses, total["responses"], "responses (advisors among them: {})", self.truth["advisors"]);
        assert_eq!(told.total_usd.as_deref().map(pico), Some(money(total)), "pico-dollars of the import");
    }
}

/// Returns every other name of a model with its first one.
fn aliases() -> BTreeMap<String, String> {
    let prices: Value = serde_json::from_str(&super::support::text_of(&folder().join("prices.json"))).expect("prices");
    let rows = prices["models"].as_array().expect("models").iter();
    rows.flat_map(|row| row["aliases"].as_array().into_iter().flatten().map(move |alias| (alias, &row["id"])))
        .filter_map(|(alias, id)| Some((alias.as_str()?.to_owned(), id.as_str()?.to_owned())))
        .collect()
}

/// Returns the entries of an object of the truth.
pub(crate) fn object(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().expect("an object").iter().map(|(key, value)| (key.as_str(), value))
}

/// Returns the amount of a sum of the truth.
pub(crate) fn money(truth: &Value) -> u128 {
    truth["pico"].as_u64().expect("an amount").into()
}

/// A tree that is given to CONFIG piece by piece, in any order, also half lines.
pub(crate) struct Feed {
    /// Path, bytes, how many of them were given.
    files: Vec<(PathBuf, Vec<u8>, usize)>,
}

impl Feed {
    /// Reads the tree below `full/`; folders and links are there at once, transcripts are not yet.
    pub(crate) fn new(repo: &Repo) -> Self {
        let mut feed = Self { files: Vec::new() };
        for name in ["projects", "outside"] {
            let from = repo.at("full").join(name);
            if from.exists() {
                feed.look(&from, &repo.config().join(name));
            }
        }
        feed
    }

    fn look(&mut self, from: &Path, to: &Path) {
        std::fs::create_dir_all(to).expect("a folder");
        let mut entries: Vec<_> =
            std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")).collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (kind, path, target) = (entry.file_type().expect("a kind"), entry.path(), to.join(entry.file_name()));
            if kind.is_symlink() {
                std::os::unix::fs::symlink(std::fs::read_link(&path).expect("a link"), target).expect("a link");
            } else if kind.is_dir() {
                self.look(&path, &target);
            } else {
                self.files.push((target, std::fs::read(&path).expect("a file"), 0));
            }
        }
    }

    /// Appends the next piece of some file; says whether there was one.
    pub(crate) fn step(&mut self, dice: &mut Dice) -> bool {
        let open: Vec<usize> =
            self.files.iter().enumerate().filter(|(_, file)| file.2 < file.1.len()).map(|(number, _)| number).collect();
        let Some(chosen) = open.get(dice.below(open.len())) else { return false };
        let (path, bytes, given) = &mut self.files[*chosen];
        let left = bytes.len() - *given;
        let size = if dice.below(3) == 0 { left } else { 1 + dice.below(left.min(120_000)) };
        let mut file = std::fs::File::options().create(true).append(true).open(path).expect("a transcript");
        file.write_all(&bytes[*given..*given + size]).expect("a piece");
        *given += size;
        true
    }

    /// Gives what is left.
    pub(crate) fn rest(&mut self, dice: &mut Dice) {
        while self.step(dice) {}
    }

    /// Removes some file that was given whole; says whether there was one.
    pub(crate) fn forget(&mut self, dice: &mut Dice) -> bool {
        let whole: Vec<&PathBuf> = self
            .files
            .iter()
            .filter(|(path, bytes, given)| *given == bytes.len() && path.exists())
            .map(|(path, ..)| path)
            .collect();
        whole.get(dice.below(whole.len())).is_some_and(|path| std::fs::remove_file(path).is_ok())
    }
}

/// Returns every transcript below CONFIG, links left alone.
pub(crate) fn transcripts(repo: &Repo) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![repo.config().join("projects")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && entry.path().extension().is_some_and(|end| end == "jsonl") {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}
