//! Judges one gate from the reports that are given, and keeps the outcome as evidence about the content that was there.

use jiff::Timestamp;
use wfo_base::stack::Stack;
use wfo_base::{Diagnostic, Noted, Problem, codes, read, trust};
use wfo_gate::evidence::{Content, Evidence};
use wfo_gate::freshness::Times;
use wfo_gate::judge::{self, Approval, Changed, ChangedFile, Facts, Given, Judgement, Lack, Project};
use wfo_gate::waivers::Waivers;
use wfo_gate::{GateRow, Kind};

use super::reports::{self, Named, Taken};
use super::{Gates, WAIVERS, seen, store};

/// A gate that was judged.
#[derive(Debug)]
pub struct Judged {
    /// The gate's name.
    pub gate: String,
    /// What it comes to.
    pub judgement: Judgement,
    /// What it saw; `None` outside a repository, or when it cannot be read.
    pub content: Option<Content>,
    /// When the oldest report was written, or now where there was none.
    pub taken_at: Timestamp,
    /// Whether it was kept as evidence.
    pub kept: bool,
}

impl Gates<'_> {
    /// Judges a gate by reports, each `TOOL=FILE`; with `keep` the outcome becomes the gate's evidence.
    ///
    /// # Errors
    /// `gate.unknown`, `usage.invalid`; a report that cannot be read is no error but an unknown check.
    pub fn judge(
        &self,
        name: &str,
        reports: &[String],
        keep: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Judged, Problem> {
        let (gate, _) = self.gate(name)?;
        let named: Vec<Named> =
            reports.iter().map(|text| reports::named(self.place, text)).collect::<Result<_, _>>()?;
        unused(gate, &named, notes);
        let except: Vec<String> = named.iter().filter_map(|one| reports::inside(self.place, one)).collect();
        let content = match self.content(&except) {
            None => None,
            Some(Ok(content)) => Some(content),
            Some(Err(problem)) => {
                notes.push(unknown_content(&problem).warning());
                None
            }
        };
        let times = match (&content, self.place.repository()) {
            (None, Some(_)) => {
                Err("the content cannot be read, so nobody can tell what the report is about".to_owned())
            }
            (content, _) => Ok(Times {
                now: self.now(),
                head: content.as_ref().and_then(|content| content.head_time),
                newest_change: content.as_ref().and_then(|content| content.newest_change),
            }),
        };
        let taken: Vec<Taken> = named.iter().map(|one| reports::take(self.place, one, &times)).collect();
        let taken_at = taken.iter().filter_map(|one| one.taken_at).min().unwrap_or_else(|| self.now());
        let given: Vec<Given> = taken.into_iter().map(|one| one.given).collect();
        let waivers = self.waivers(notes);
        let mut judgement = self.weigh(gate, &given, &[], &waivers, notes);
        self.keep_unmatched(gate, &mut judgement, notes);
        let content = content.as_ref().map(seen);
        let mut kept = false;
        if let (true, Some(content)) = (keep, &content) {
            let evidence = Evidence {
                gate: gate.name.clone(),
                verdict: judgement.verdict,
                taken_at,
                judged_at: self.now(),
                content: content.clone(),
                rules: self.rules(gate, &waivers, notes),
                reports: except,
                fingerprints: judge::fingerprints(&judgement),
                checks: Evidence::rows(&judgement),
            };
            store::keep_evidence(self, &evidence)?;
            kept = true;
        }
        Ok(Judged { gate: gate.name.clone(), judgement, content, taken_at, kept })
    }

    /// Keeps as unmatched only the waivers that are about nothing another gate found either, and warns of each.
    pub(super) fn keep_unmatched(&self, gate: &GateRow, judgement: &mut Judgement, notes: &mut Vec<Diagnostic>) {
        if judgement.unmatched.is_empty() {
            return;
        }
        let others = self.rows.iter().filter(|(row, _)| row.name != gate.name);
        // What is wrong with another gate's evidence is told where that gate is asked for.
        let found: Vec<Evidence> =
            others.filter_map(|(row, _)| store::evidence(self, &row.name, &mut Vec::new())).collect();
        judgement.unmatched.retain(|waiver| !found.iter().any(|one| one.fingerprints.contains(&waiver.finding)));
        for waiver in &judgement.unmatched {
            let message = format!(
                "no report holds the finding that the waiver of `{}` (until {}) is about, so it waives nothing",
                waiver.finding, waiver.until
            );
            let hint = format!("remove its row from `{WAIVERS}`, or give the report that holds the finding");
            let problem = Problem::new(codes::GATE_WAIVER_UNMATCHED, message).hint(hint);
            notes.push(problem.at_line(WAIVERS, waiver.line).warning());
        }
    }

    /// Judges with what is known besides the reports.
    pub(super) fn weigh(
        &self,
        gate: &GateRow,
        given: &[Given],
        lacks: &[Lack],
        waivers: &Waivers,
        notes: &mut Vec<Diagnostic>,
    ) -> Judgement {
        let approvals = if gate.approvals.is_empty() { Vec::new() } else { store::approvals(self, notes) };
        let here = if gate.approvals.is_empty() { None } else { self.here() };
        self.weigh_at(gate, given, lacks, waivers, (&approvals, here.as_deref()), notes)
    }

    /// Judges a gate of persons by these answers, as if `here` were the content.
    pub(super) fn answered(&self, gate: &GateRow, approvals: &[Approval], here: Option<&str>) -> Judgement {
        self.weigh_at(gate, &[], &[], &Waivers::default(), (approvals, here), &mut Vec::new())
    }

    fn weigh_at(
        &self,
        gate: &GateRow,
        given: &[Given],
        lacks: &[Lack],
        waivers: &Waivers,
        (approvals, here): (&[Approval], Option<&str>),
        notes: &mut Vec<Diagnostic>,
    ) -> Judgement {
        let project = self.project(gate, notes);
        let baseline = self.baseline(notes);
        let wants_lines = gate.checks.iter().any(|check| check.kind == Kind::ChangedCoverage) && !given.is_empty();
        let changed = wants_lines.then(|| self.changed());
        let lists = self.lists();
        let facts = Facts {
            project: &project,
            waivers,
            baseline: judge::known(baseline.as_ref(), gate),
            changed: changed.as_ref(),
            checklists: &lists,
            approvals,
            content: here,
            lacks,
        };
        judge::judge(gate, given, &facts)
    }

    /// What approvals are bound to: the work tree with every file that is not ignored.
    pub(super) fn here(&self) -> Option<String> {
        self.content(&[])?.ok().map(|content| content.work)
    }

    /// The digest of the rules by which a gate is judged.
    pub(super) fn rules(&self, gate: &GateRow, waivers: &Waivers, notes: &mut Vec<Diagnostic>) -> String {
        let mut text = format!("{gate:?}\n");
        for waiver in &waivers.in_force {
            text += &waiver.canonical();
            text.push('\n');
        }
        let approvals = if gate.approvals.is_empty() { Vec::new() } else { store::approvals(self, notes) };
        for id in &gate.approvals {
            let newest: Option<&Approval> = approvals.iter().rev().find(|approval| approval.checklist == *id);
            text += &format!("{newest:?}\n");
        }
        trust::digest(&text)
    }

    pub(super) fn project(&self, gate: &GateRow, notes: &mut Vec<Diagnostic>) -> Project {
        self.project_of(gate, self.stack(), notes)
    }

    /// As [`Gates::project`], of a stack that is known already.
    pub(super) fn project_of(&self, gate: &GateRow, found: Noted<Stack>, notes: &mut Vec<Diagnostic>) -> Project {
        let incomplete = found.value.workspaces_cut || !found.notes.is_empty();
        let stack = found.drain_into(notes);
        let languages = stack.kinds.iter().filter(|kind| *kind != wfo_base::stack::MIXED).cloned().collect();
        let folders = std::iter::once("").chain(stack.workspaces.iter().map(|workspace| workspace.path.as_str()));
        let folders: Vec<&str> = folders.collect();
        let wanted = gate.checks.iter().flat_map(|check| &check.when);
        let there = |name: &&String| {
            let plain = !name.contains('/') && !name.is_empty();
            plain
                && folders
                    .iter()
                    .any(|folder| read::is_there(&self.place.root().join(folder).join(name)) != Some(false))
        };
        Project { languages, files: wanted.filter(there).cloned().collect(), incomplete }
    }

    fn changed(&self) -> Result<Changed, String> {
        let repository =
            self.place.repository().ok_or_else(|| "there is no repository to tell what was changed".to_owned())?;
        let lines = wfo_git::changed_lines(repository).map_err(|problem| problem.message)?;
        let files = lines.files.into_iter().map(|(path, lines)| ChangedFile { path, lines }).collect();
        Ok(Changed { base: lines.base, files })
    }
}

/// Names reports that no check of the gate reads.
fn unused(gate: &GateRow, named: &[Named], notes: &mut Vec<Diagnostic>) {
    for one in named.iter().filter(|one| !gate.checks.iter().any(|check| check.rule(one.tool).is_some())) {
        let message = format!("no check of gate `{}` reads a report of {}, so it does not count", gate.name, one.tool);
        let hint = format!("`wfo-helper gate explain {}` shows what each check reads", gate.name);
        notes.push(Problem::new(codes::GATE_REPORT_UNUSED, message).hint(hint).warning());
    }
}

/// Words why the content is not known.
pub(super) fn unknown_content(problem: &Problem) -> Problem {
    Problem::new(codes::GATE_CONTENT_UNKNOWN, format!("the content cannot be read: {}", problem.message))
        .hint(problem.hint.clone().unwrap_or_else(|| "run `git status`".to_owned()))
}
