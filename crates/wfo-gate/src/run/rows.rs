//! The rows of the table `gate-tools.yaml`: how a tool is called, where its report is, and how its end is to be taken.
//! Data only; what is chosen for a project is the plan's.

use std::collections::BTreeMap;

use serde::Deserialize;
use wfo_base::tables::Row;
use wfo_base::text::quoted;

use crate::gates::is_name;
use crate::report::Tool;

/// The longest time that a run may be given: one hour.
const LONGEST: u64 = 3_600;
/// What stands in words for places that are known only at the run.
const PLACES: [&str; 3] = ["{report}", "{folder}", "{root}"];
/// Where all of it can be named that a program writes: the rest of a word may be anything.
const SEPARATORS: [char; 2] = ['{', '}'];

/// One way to run a tool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRow {
    /// Its name: letters, digits and `-`.
    pub id: String,
    /// Whose reports one run writes.
    #[serde(default)]
    pub reports: Vec<Report>,
    /// The languages of the projects that it is run for; empty = whatever there is.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What shows that a project uses it: `FILE` (one `*` allowed), or `FILE: TEXT` for a file that holds a text. Where one is
    /// there it has to run; without this list it is run where it is installed.
    #[serde(default)]
    pub when: Vec<String>,
    /// Whether it is run once, at the top, for all there is.
    #[serde(default)]
    pub once: bool,
    /// Whether the members of a workspace need a run of their own.
    #[serde(default)]
    pub members: bool,
    /// Of several rows of one group the first one that can be run is run.
    #[serde(default)]
    pub group: Option<String>,
    /// Names of the program, in the order in which they are looked for.
    pub programs: Vec<String>,
    /// Package managers whose `run` may stand before the program.
    #[serde(default)]
    pub managers: Vec<String>,
    /// What it is given, with `{report}`, `{folder}` and `{root}`.
    #[serde(default)]
    pub args: Vec<String>,
    /// What it is given to look at what is staged only.
    #[serde(default)]
    pub staged: Option<Vec<String>>,
    /// What it is given to tell its version.
    #[serde(default)]
    pub version: Vec<String>,
    /// Other command lines of other versions; of a version that is none of these nothing is known.
    #[serde(default)]
    pub forms: Vec<Form>,
    /// Variables that it is given.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files that are written into the run's own folder before, with their texts.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Exit statuses that say that nothing was found.
    #[serde(default = "zero")]
    pub clean: Vec<i32>,
    /// Exit statuses that say that something was found.
    #[serde(default)]
    pub findings: Vec<i32>,
    /// Texts in what it prints that say that it did not do its work.
    #[serde(default)]
    pub void_if: Vec<String>,
    /// Patterns of the files that it looks at: when there are some, and it ends clean, its silence is a clean report.
    #[serde(default)]
    pub silent: Vec<String>,
    /// How many seconds it may take.
    #[serde(default = "ten_minutes")]
    pub seconds: u64,
    /// Whether it only reads, so that nothing of the repository is run by it.
    #[serde(default)]
    pub reads_only: bool,
    /// How to get it.
    pub install: String,
}

/// A report that a run writes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Whose it is.
    pub tool: String,
    /// Its file in the run's own folder; absent for what it prints.
    #[serde(default)]
    pub file: Option<String>,
}

/// How a program of certain versions is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// How the version begins, such as `8.`.
    pub versions: Vec<String>,
    /// Whose reports it writes, where they are not the row's.
    #[serde(default)]
    pub reports: Vec<Report>,
    /// What it is given.
    pub args: Vec<String>,
    /// What it is given to look at what is staged only.
    #[serde(default)]
    pub staged: Option<Vec<String>>,
}

/// What one run is given, and whose reports it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words<'a> {
    /// The words behind the program.
    pub args: &'a [String],
    /// The reports.
    pub reports: &'a [Report],
}

fn zero() -> Vec<i32> {
    vec![0]
}

const fn ten_minutes() -> u64 {
    600
}

impl ToolRow {
    /// The words for a version; `None` when nothing is known about it, or it cannot look at what is staged.
    #[must_use]
    pub fn words(&self, version: Option<&str>, staged: bool) -> Option<Words<'_>> {
        let (args, for_staged, reports) = if self.forms.is_empty() {
            (&self.args, &self.staged, &self.reports)
        } else {
            let version = version?;
            let fits = |form: &&Form| form.versions.iter().any(|start| version.starts_with(start.as_str()));
            let form = self.forms.iter().find(fits)?;
            let reports = if form.reports.is_empty() { &self.reports } else { &form.reports };
            (&form.args, &form.staged, reports)
        };
        let args = if staged { for_staged.as_ref()? } else { args };
        Some(Words { args, reports })
    }

    /// Whether any of its command lines looks at what is staged only.
    #[must_use]
    pub fn knows_staged(&self) -> bool {
        self.staged.is_some() || self.forms.iter().any(|form| form.staged.is_some())
    }

    /// Every tool whose report it may write.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        let all = self.reports.iter().chain(self.forms.iter().flat_map(|form| &form.reports));
        all.filter_map(|report| Tool::from_id(&report.tool))
    }

    /// Whether a repository's row counts: it is new, or it changes neither where the tool is run nor how its end is taken. (What it
    /// runs is what a person approves.)
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        let Some(old) = old else { return true };
        let kept = Self {
            args: old.args.clone(),
            staged: old.staged.clone(),
            env: old.env.clone(),
            files: old.files.clone(),
            seconds: old.seconds,
            install: old.install.clone(),
            ..new.clone()
        };
        kept == *old
    }

    /// What a person would install: the program that is looked for first.
    #[must_use]
    pub fn program(&self) -> &str {
        self.programs.first().map_or(self.id.as_str(), String::as_str)
    }

    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        let forms = self.forms.iter().flat_map(|form| std::iter::once(&form.args).chain(&form.staged));
        std::iter::once(&self.args).chain(&self.staged).chain(forms)
    }
}

impl Row for ToolRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let name = quoted(&self.id);
        if !is_name(&self.id) {
            return Err(format!("`{name}` is no name of letters, digits and `-`"));
        }
        let reports: Vec<&Report> =
            self.reports.iter().chain(self.forms.iter().flat_map(|form| &form.reports)).collect();
        if self.reports.is_empty() && self.forms.iter().any(|form| form.reports.is_empty()) || reports.is_empty() {
            return Err(format!("`{name}` writes no report, so nothing would come of it"));
        }
        if let Some(report) = reports.iter().find(|report| Tool::from_id(&report.tool).is_none()) {
            return Err(format!("`{}` of `{name}` is no tool whose reports are read", quoted(&report.tool)));
        }
        let outside =
            |file: &str| file.is_empty() || file.starts_with(['/', '-']) || file.split('/').any(|part| part == "..");
        let mut files = reports.iter().filter_map(|report| report.file.as_deref());
        if let Some(file) = files.by_ref().chain(self.files.keys().map(String::as_str)).find(|file| outside(file)) {
            return Err(format!("`{}` of `{name}` is no file of the run's own folder", quoted(file)));
        }
        if self.programs.is_empty() || self.programs.iter().any(|program| !is_program(program)) {
            return Err(format!("`{name}` needs `programs`: plain names without `/`"));
        }
        if !(1..=LONGEST).contains(&self.seconds) {
            return Err(format!("`{name}` may take {} seconds; 1 to {LONGEST} can be given", self.seconds));
        }
        if let Some(word) = self.lines().flatten().find(|word| names_no_place(word)) {
            return Err(format!("`{}` of `{name}` holds none of {}", quoted(word), PLACES.join(", ")));
        }
        if self.forms.iter().any(|form| form.versions.iter().any(String::is_empty) || form.versions.is_empty()) {
            return Err(format!("a form of `{name}` names no versions"));
        }
        if !self.forms.is_empty() && self.version.is_empty() {
            return Err(format!("`{name}` has forms by version, but no `version` to ask for it"));
        }
        if self.clean.iter().any(|status| !(0..=255).contains(status)) {
            return Err(format!("`{name}` has an exit status that no program can end with"));
        }
        match self.void_if.iter().chain(&self.when).chain(&self.silent).any(String::is_empty) {
            true => Err(format!("`{name}` holds an empty text, which would fit everything")),
            false => Ok(()),
        }
    }
}

fn is_program(name: &str) -> bool {
    !name.is_empty() && !name.starts_with(['-', '.']) && !name.contains(['/', ' ', '\0'])
}

/// Whether a word has braces that are none of the places.
fn names_no_place(word: &str) -> bool {
    PLACES.iter().fold(word.to_owned(), |rest, place| rest.replace(place, "")).contains(SEPARATORS)
}
