//! Gates at work: reads tables, reports, waivers and evidence, asks git for the content, and lets `wfo_gate` judge.
//! Writes evidence below CONFIG, and waivers and baseline into the repository only after a person's yes; only `run` runs tools.

mod approve;
mod baseline;
mod judging;
mod languages;
mod of_check;
mod reports;
mod run;
mod status;
mod store;
mod waive;

use std::path::PathBuf;

use jiff::{Timestamp, Zoned};
use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::tables::Origin;
use wfo_base::{Clock, Diagnostic, Problem, codes, read};
use wfo_gate::baseline::Baseline;
use wfo_gate::evidence::Content;
use wfo_gate::waivers::Waivers;
use wfo_gate::{ChecklistRow, GateRow};
use wfo_git::Exempt;

pub use approve::{Answers, Approving};
pub use baseline::NewBaseline;
pub use judging::Judged;
pub use of_check::CheckStanding;
pub use run::{Done, Prepared, Ran, command};
pub use status::{Coverage, Standing};
pub(crate) use store::last;
pub use waive::Waiving;

use crate::{Place, tables};

/// The waivers of a repository.
const WAIVERS: &str = ".wfo/waivers.yaml";
/// The baseline of a repository.
const BASELINE: &str = ".wfo/baseline.json";
/// Records of the work besides the TODO files, from the top of a checkout.
const RECORDS: [&str; 3] = ["PROJECT_CONTEXT.md", ".claude/context.json", ".claude/todos.json"];
/// How much of either is read: 16 MiB.
const LIMIT: u64 = 16 << 20;

/// Everything that gates need to know of one place.
pub struct Gates<'a> {
    place: &'a Place,
    home: &'a Home,
    config: Config,
    now: Zoned,
    rows: Vec<(GateRow, Origin)>,
    lists: Vec<(ChecklistRow, Origin)>,
}

impl<'a> Gates<'a> {
    /// Reads the tables.
    #[must_use]
    pub fn open(place: &'a Place, home: &'a Home, clock: &Clock, notes: &mut Vec<Diagnostic>) -> Self {
        let config = place.config(home);
        notes.extend(config.notes.iter().cloned());
        let layers = config.layers(home, place.settings_root());
        let rows = tables::GATES.load(&layers).drain_into(notes);
        let lists = tables::CHECKLISTS.load(&layers).drain_into(notes);
        // A fixed clock must not bring expired waivers back, unless nobody watches anyway.
        let now = match config.flag("confirm.unattended") {
            true => clock.now().clone(),
            false => Clock::real().to_zoned(clock.now().time_zone().clone()),
        };
        Self { place, home, config, now, rows, lists }
    }

    /// The gates with their origin, in the order of the table.
    #[must_use]
    pub fn rows(&self) -> &[(GateRow, Origin)] {
        &self.rows
    }

    /// Finds a gate.
    ///
    /// # Errors
    /// `gate.unknown`.
    pub fn gate(&self, name: &str) -> Result<&(GateRow, Origin), Problem> {
        self.rows.iter().find(|(row, _)| row.name == name).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Problem {
        let names: Vec<&str> = self.rows.iter().map(|(row, _)| row.name.as_str()).collect();
        let shown = wfo_base::text::quoted(&wfo_gate::report::redacted(name));
        Problem::new(codes::GATE_UNKNOWN, format!("no gate is named `{shown}`"))
            .hint(format!("the gates are {}; `wfo-helper gate list` tells what each is for", names.join(", ")))
    }

    /// The checklists of a gate, or the one of this id, with their origin.
    ///
    /// # Errors
    /// `gate.unknown` when neither a gate nor a checklist has this name.
    pub fn checklists(&self, name: &str) -> Result<Vec<&(ChecklistRow, Origin)>, Problem> {
        let of = |id: &str| self.lists.iter().find(|(list, _)| list.id == id);
        match self.gate(name) {
            Ok((gate, _)) => gate.approvals.iter().map(|id| of(id).ok_or_else(|| self.no_list(id))).collect(),
            Err(unknown) => of(name).map(|list| vec![list]).ok_or(unknown),
        }
    }

    fn no_list(&self, id: &str) -> Problem {
        Problem::new(codes::GATE_UNKNOWN, format!("no checklist is named `{id}`"))
            .hint("add its row to `checklists.yaml`, or take it out of the gate's `approvals`")
    }

    fn now(&self) -> Timestamp {
        self.now.timestamp()
    }

    fn lists(&self) -> Vec<ChecklistRow> {
        self.lists.iter().map(|(list, _)| list.clone()).collect()
    }

    /// The content of the checkout and git's times, without reports that git does not track; `None` outside a repository.
    fn content(&self, except: &[String]) -> Option<Result<wfo_git::Fingerprint, Problem>> {
        self.place
            .repository()
            .map(|repository| wfo_git::fingerprint(repository, Exempt { untracked: except, records: is_record }))
    }

    fn waivers(&self, notes: &mut Vec<Diagnostic>) -> Waivers {
        let text = match read::page(self.place.shared_root(), WAIVERS, LIMIT) {
            Ok(Some(page)) if self.place.repository().is_some() => page.text,
            Ok(_) => return Waivers::default(),
            Err(problem) => {
                notes.push(problem.error());
                return Waivers::default();
            }
        };
        let confirmed = store::confirmed_waivers(self, notes);
        let trusted = self.config.text("waivers.trust") == Some("repository");
        let waivers =
            Waivers::parse(&text, self.now.date(), |waiver| trusted || confirmed.contains(&waiver.canonical()));
        for fault in &waivers.faults {
            let hint = format!("correct or remove the row in `{WAIVERS}`");
            let problem = Problem::new(codes::GATE_WAIVER_INVALID, fault.message.clone());
            notes.push(problem.hint(hint).at_line(WAIVERS, fault.line).error());
        }
        for waiver in &waivers.unapproved {
            let message = format!("nobody has confirmed the waiver of `{}` here, so it waives nothing", waiver.finding);
            let hint = format!(
                "if you agree: `wfo-helper gate waive {} --reason TEXT --until {}`",
                waiver.finding, waiver.until
            );
            let problem = Problem::new(codes::GATE_WAIVER_UNAPPROVED, message).hint(hint);
            notes.push(problem.at_line(WAIVERS, waiver.line).warning());
        }
        waivers
    }

    fn baseline(&self, notes: &mut Vec<Diagnostic>) -> Option<Baseline> {
        self.place.repository()?;
        let parsed = match read::page(self.place.shared_root(), BASELINE, LIMIT) {
            Ok(None) => return None,
            Ok(Some(page)) => Baseline::parse(&page.text).map_err(|error| {
                Problem::new(codes::GATE_BASELINE_INVALID, format!("the baseline cannot be read: {error}"))
                    .hint("`wfo-helper gate baseline NAME` makes a new one")
                    .in_file(BASELINE)
            }),
            Err(problem) => Err(problem),
        };
        parsed.map_err(|problem| notes.push(problem.warning())).ok()
    }

    fn shared(&self, relative: &str) -> PathBuf {
        self.place.shared_root().join(relative)
    }

    /// Makes sure that a file below `.wfo/` can be written: the folder is there, and no link leads elsewhere.
    fn ready_to_write(&self, relative: &str) -> Result<PathBuf, Problem> {
        if self.place.repository().is_none() {
            return Err(Problem::new(codes::GIT_NONE, "there is no repository to write this into")
                .hint("work inside a repository, or run `git init`"));
        }
        for part in [".wfo", relative] {
            if std::fs::symlink_metadata(self.shared(part)).is_ok_and(|meta| meta.is_symlink()) {
                return Err(Problem::new(
                    codes::FILE_LINK_OUTSIDE,
                    format!("`{part}` is a link, so it is not written"),
                )
                .hint(format!("replace `{part}` by what it leads to")));
            }
        }
        wfo_base::atomic::make_folder(&self.shared(".wfo"), false)?;
        Ok(self.shared(relative))
    }
}

/// Whether a file is a record that is kept about the work: a note made or a task ticked must not make a verdict stale.
/// (Secrets in records are found all the same: the sweep and the commit guard look at the bytes themselves.)
fn is_record(path: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(path) else { return false };
    RECORDS.contains(&path) || wfo_todo::todo_name(path.strip_prefix("ARCHIVED/").unwrap_or(path)).is_some()
}

/// What git tells, in the words of the gates.
fn seen(content: &wfo_git::Fingerprint) -> Content {
    Content { work: content.work.clone(), index: content.index.clone() }
}
