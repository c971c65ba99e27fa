//! `gate run`: what would run and whether it may, then all of it side by side, then the same judge as for reports that are given.
//! Nothing of the repository runs before a person approved its very words once.

mod consent;
mod files;
mod ground;
mod one;
mod sweep;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use wfo_base::interrupt::Interrupt;
use wfo_base::tables::Origin;
use wfo_base::{Clock, Diagnostic, Problem, codes, text};
use wfo_gate::evidence::Evidence;
use wfo_gate::judge::{self, Checked, Given, Judgement, Lack, Project};
use wfo_gate::report::{BUILT_IN, Tool, redacted};
use wfo_gate::run::{Plan, ToolRow, plan, wanting};
use wfo_gate::{Check, GateRow, Scope, Verdict};

use super::judging::{Judged, unknown_content};
use super::{Gates, seen, store};
use crate::scan::Rules;
use crate::tables;
pub use consent::command;
use files::Files;
use ground::Found;
pub use one::Done;

/// A gate with what it would run.
#[derive(Debug)]
pub struct Prepared {
    gate: GateRow,
    project: Project,
    plan: Plan,
    /// Whether only some checks were asked for.
    partial: bool,
    /// Of each run the text that an approval covers; `None` for what only reads.
    texts: Vec<Option<String>>,
    approved: Vec<bool>,
}

/// A gate that was run.
#[derive(Debug)]
pub struct Ran {
    /// What it comes to.
    pub judged: Judged,
    /// Each run, in the order of the plan.
    pub runs: Vec<Done>,
}

impl Gates<'_> {
    /// Plans a gate, or only some of its checks.
    ///
    /// # Errors
    /// `gate.unknown`, `gate.check-unknown`; when the approvals cannot be read.
    pub fn prepare(&self, name: &str, only: &[String], notes: &mut Vec<Diagnostic>) -> Result<Prepared, Problem> {
        let gate = chosen(&self.gate(name)?.0, only)?;
        let found = self.stack();
        let layers = self.config.layers(self.home, self.place.settings_root());
        let tools: Vec<(ToolRow, Origin)> = tables::GATE_TOOLS.load(&layers).drain_into(notes);
        let ground = Found::of(self.place, &layers, &found.value);
        let units = ground::units(&found.value);
        let project = self.project_of(&gate, found, notes);
        let rows: Vec<ToolRow> = tools.iter().map(|(row, _)| row.clone()).collect();
        let plan = plan(&gate, &project, &units, &rows, &ground);
        let own = |id: &str| tools.iter().any(|(row, origin)| row.id == id && *origin == Origin::Repository);
        let texts: Vec<_> = plan.runs.iter().map(|run| consent::text(self.place, run, own(&run.row.id))).collect();
        let approved = consent::approved(self, &texts)?;
        Ok(Prepared { gate, project, plan, partial: !only.is_empty(), texts, approved })
    }

    /// Runs everything, judges, and with `keep` makes the outcome the gate's evidence.
    ///
    /// # Errors
    /// `tool.interrupted`, `tool.terminated`; a tool that cannot be run is no error but an unknown check.
    pub fn run(&self, prepared: &Prepared, keep: bool, notes: &mut Vec<Diagnostic>) -> Result<Ran, Problem> {
        let interrupt = Interrupt::listen()?;
        let gate = &prepared.gate;
        let began = Clock::real();
        let before = self.readable_content(notes);
        let rules = Rules::new(self.place, self.home);
        let (mut runs, swept) = self.side_by_side(prepared, &interrupt);
        if let Some(problem) = interrupt.problem() {
            return Err(problem);
        }
        let mut given: Vec<Given> = Vec::new();
        let mut lacks = prepared.plan.lacks.clone();
        for run in &mut runs {
            run.hide(&rules);
            given.append(&mut run.given);
            lacks.append(&mut run.lacks);
        }
        if let Some(swept) = swept {
            let asking = gate.checks.iter().filter(|check| asks_sweep(check));
            lacks.extend(asking.flat_map(|check| swept.lacks.iter().map(|reason| lack(check, reason))));
            notes.extend(swept.notes);
            given.push(swept.given);
        }
        let required: Vec<String> = self.config.words("gate.require").map(str::to_owned).collect();
        lacks.extend(wanting(gate, &prepared.project, &required, &given));
        let waivers = self.waivers(notes);
        let mut judgement = self.weigh(gate, &given, &lacks, &waivers, notes);
        if prepared.partial {
            // A waiver may be about a check that was not asked for.
            judgement.unmatched.clear();
        }
        self.keep_unmatched(gate, &mut judgement, notes);
        let told = |check: &&mut Checked| check.verdict == Verdict::Unknown && check.threshold.is_some();
        for check in judgement.checks.iter_mut().filter(told) {
            if !lacks.iter().any(|lack| lack.check == check.name) {
                check.fix = Some(format!("mend what `runs` tells, then `wfo-helper gate run {}` again", gate.name));
            }
        }
        let formats = rules.sweep().rules();
        judgement.checks.iter_mut().for_each(|check| name_engines(check, prepared, &given, formats));
        let content = before.as_ref().map(seen);
        self.unsettled(prepared, content.as_ref(), &mut judgement);
        let mut kept = false;
        if let (true, false, Some(content)) = (keep, prepared.partial, &content) {
            let evidence = Evidence {
                gate: gate.name.clone(),
                verdict: judgement.verdict,
                taken_at: began,
                judged_at: self.now(),
                content: content.clone(),
                rules: self.rules(gate, &waivers, notes),
                reports: Vec::new(),
                fingerprints: judge::fingerprints(&judgement),
                checks: Evidence::rows(&judgement),
            };
            store::keep_evidence(self, &evidence)?;
            kept = true;
        }
        Ok(Ran { judged: Judged { gate: gate.name.clone(), judgement, content, taken_at: began, kept }, runs })
    }

    fn readable_content(&self, notes: &mut Vec<Diagnostic>) -> Option<wfo_git::Fingerprint> {
        match self.content(&[])? {
            Ok(content) => Some(content),
            Err(problem) => {
                notes.push(unknown_content(&problem).warning());
                None
            }
        }
    }

    /// What passed while the content changed is about nothing that is there.
    fn unsettled(&self, prepared: &Prepared, before: Option<&wfo_gate::evidence::Content>, judgement: &mut Judgement) {
        let after = self.content(&[]).and_then(Result::ok);
        let after = after.as_ref().map(seen);
        if prepared.gate.checks.is_empty()
            || self.place.repository().is_none()
            || (before.is_some() && before == after.as_ref())
        {
            return;
        }
        let reason = match before {
            Some(_) => "the content changed while tools ran, so nobody can tell what they looked at",
            None => "the content cannot be read, so nobody can tell what tools looked at",
        };
        judgement.unsettle(reason, "see what changed with `git status`, then run the gate again");
    }

    /// Runs as many tools at once as there are processors, and the built-in sweep beside them.
    fn side_by_side(&self, prepared: &Prepared, interrupt: &Interrupt) -> (Vec<Done>, Option<sweep::Swept>) {
        let runs = &prepared.plan.runs;
        let files = Files::list(self.place, runs);
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Done)>> = Mutex::new(Vec::new());
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(run) = runs.get(index).filter(|_| !interrupt.is_seen()) else { return };
                let one = one::carry(self.place, run, &files, interrupt);
                match done.lock() {
                    Ok(mut done) => done.push((index, one)),
                    Err(poisoned) => poisoned.into_inner().push((index, one)),
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from).max(2).min(runs.len());
        let (place, home) = (self.place, self.home);
        let swept = std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
            prepared.plan.sweep.map(|scope| sweep::sweep(place, home, scope))
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        (done.into_iter().map(|(_, one)| one).collect(), swept)
    }
}

/// The gate with only those checks that are asked for; approvals are left out then.
fn chosen(gate: &GateRow, only: &[String]) -> Result<GateRow, Problem> {
    if only.is_empty() {
        return Ok(gate.clone());
    }
    if let Some(unknown) = only.iter().find(|name| !gate.checks.iter().any(|check| check.name == **name)) {
        let names: Vec<&str> = gate.checks.iter().map(|check| check.name.as_str()).collect();
        let shown = text::quoted(&redacted(unknown));
        let hint = match names.as_slice() {
            [] => format!("gate `{}` asks persons only", gate.name),
            names => format!("its checks are {}", names.join(", ")),
        };
        let message = format!("`{shown}` is no check of gate `{}`", gate.name);
        return Err(Problem::new(codes::GATE_CHECK_UNKNOWN, message).hint(hint));
    }
    let checks = gate.checks.iter().filter(|check| only.contains(&check.name)).cloned().collect();
    Ok(GateRow { checks, approvals: Vec::new(), ..gate.clone() })
}

fn asks_sweep(check: &Check) -> bool {
    check.tools.iter().any(|rule| rule.id == BUILT_IN)
}

fn lack(check: &Check, reason: &str) -> Lack {
    let fix = "`wfo-helper scan secrets` names what could not be looked at".to_owned();
    Lack { check: check.name.clone(), reason: reason.to_owned(), fix }
}

/// Says which engines looked for secrets.
fn name_engines(check: &mut Checked, prepared: &Prepared, given: &[Given], formats: usize) {
    let swept = check.tools.iter().any(|tool| tool == BUILT_IN) && given.iter().any(|one| one.tool == Tool::BuiltIn);
    if !swept {
        return;
    }
    let engines: Vec<String> = check
        .tools
        .iter()
        .filter(|tool| *tool != BUILT_IN)
        .map(|tool| {
            let version = check.versions.iter().find(|version| version.split(' ').next() == Some(tool));
            version.unwrap_or(tool).clone()
        })
        .collect();
    let sweep = format!("built-in sweep, {formats} formats");
    check.tools = match engines.as_slice() {
        [] => vec![sweep],
        engines => vec![format!("{} + built-in sweep", engines.join(" + "))],
    };
    let absent = prepared.plan.absent.iter().find(|(name, _)| *name == check.name).filter(|_| engines.is_empty());
    if let Some((_, names)) = absent.filter(|(_, names)| !names.is_empty()) {
        check.notes.push(format!("no other engine is installed: {}", names.join(", ")));
    }
}

impl Prepared {
    /// The gate.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.gate.name
    }

    /// What would run, with whether it may.
    pub fn planned(&self) -> impl Iterator<Item = (&wfo_gate::run::Planned, bool)> {
        self.plan.runs.iter().zip(self.approved.iter().copied())
    }

    /// What nothing can be run for.
    #[must_use]
    pub fn lacks(&self) -> &[Lack] {
        &self.plan.lacks
    }

    /// What the built-in sweep would look at, in words.
    #[must_use]
    pub fn sweep(&self) -> Option<&'static str> {
        self.plan.sweep.map(|scope| match scope {
            Scope::Work => "the work tree, the index and new commits",
            Scope::Staged => "what is staged",
        })
    }
}

/// The moment of a system's time stamp.
fn moment(time: std::time::SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}
