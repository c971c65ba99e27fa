//! The plan of a gate: each run once, whichever checks read its reports, and a reason for everything that nothing can be run for.
//! Each language in each folder of a project has to be covered; one that is not makes its check unknown.

use super::rows::ToolRow;
use crate::gates::{Check, GateRow, Kind, Scope, ToolRule};
use crate::judge::{Given, Lack, Project};
use crate::report::{BUILT_IN, redacted};

/// One language in one folder of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The language.
    pub language: String,
    /// The folder, relative to the top; empty for the top itself.
    pub folder: String,
    /// Whether the manifests of its `home` name it as a member, so that what is run there covers it.
    pub member: bool,
    /// The folder in which its workspace begins; empty for the top.
    pub home: String,
}

/// How a program would be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The words before the arguments, as they are shown.
    pub words: Vec<String>,
    /// What is started for the first of them.
    pub start: String,
    /// Whether it lies in the repository or is brought by its package manager.
    pub local: bool,
}

/// What is known about files and programs.
pub trait Ground {
    /// Whether a folder holds what a `when` names.
    fn shows(&self, folder: &str, when: &str) -> bool;
    /// Finds the program of a tool for a folder.
    fn program(&self, row: &ToolRow, folder: &str, language: Option<&str>) -> Option<Program>;
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The tool.
    pub row: ToolRow,
    /// Where, relative to the top.
    pub folder: String,
    /// The program.
    pub program: Program,
    /// Whether it looks at what is staged only.
    pub staged: bool,
    /// The checks that read its reports.
    pub checks: Vec<String>,
}

impl Planned {
    /// What it is called in answers: the tool, and its folder where that is not the top.
    #[must_use]
    pub fn label(&self) -> String {
        match self.folder.as_str() {
            "" => self.row.id.clone(),
            folder => format!("{} in {}", self.row.id, redacted(folder)),
        }
    }
}

/// What a gate runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each run once.
    pub runs: Vec<Planned>,
    /// What nothing can be run for.
    pub lacks: Vec<Lack>,
    /// What the built-in sweep looks at, where a check asks for it.
    pub sweep: Option<Scope>,
    /// Engines that a check of secrets knows and that are not installed: check and names.
    pub absent: Vec<(String, Vec<String>)>,
}

/// What the plan is made from.
struct Maker<'a> {
    rows: &'a [ToolRow],
    units: &'a [Unit],
    project: &'a Project,
    ground: &'a dyn Ground,
    plan: Plan,
}

/// Plans a gate.
#[must_use]
pub fn plan(gate: &GateRow, project: &Project, units: &[Unit], rows: &[ToolRow], ground: &dyn Ground) -> Plan {
    let mut maker = Maker { rows, units, project, ground, plan: Plan::default() };
    for check in &gate.checks {
        if project.spared(check).is_some() {
            continue;
        }
        match check.kind {
            Kind::Secrets => maker.secrets(check),
            _ => maker.covered(check),
        }
    }
    maker.plan
}

/// What the user wants (`gate.require`) and no report came from: the checks that know it cannot pass.
#[must_use]
pub fn wanting(gate: &GateRow, project: &Project, required: &[String], given: &[Given]) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for check in gate.checks.iter().filter(|check| project.spared(check).is_none()) {
        let speaks = |rule: &&ToolRule| {
            required.contains(&rule.id)
                && (rule.languages.is_empty() || rule.languages.iter().any(|one| project.languages.contains(one)))
        };
        for rule in check.tools.iter().filter(speaks) {
            if !given.iter().any(|one| one.tool.id() == rule.id) {
                let reason = format!("{} is wanted here (`gate.require`) and did not run", rule.id);
                lacks.push(Lack { check: check.name.clone(), reason, fix: format!("install {}", rule.id) });
            }
        }
    }
    lacks
}

impl<'a> Maker<'a> {
    /// The rows whose reports a check reads, with what the check says of them.
    fn of(&self, check: &'a Check) -> Vec<(&'a ToolRow, Vec<&'a ToolRule>)> {
        let rules = |row: &ToolRow| row.tools().filter_map(|tool| check.rule(tool)).collect::<Vec<_>>();
        let fits = |row: &&ToolRow| check.scope == Scope::Work || row.knows_staged();
        let rows = self.rows.iter().filter(fits).map(|row| (row, rules(row)));
        rows.filter(|(_, rules)| !rules.is_empty()).collect()
    }

    fn add(&mut self, check: &Check, row: &ToolRow, folder: &str, program: Program) {
        let staged = check.scope == Scope::Staged;
        let same = |one: &&mut Planned| one.row.id == row.id && one.folder == folder && one.staged == staged;
        if let Some(known) = self.plan.runs.iter_mut().find(same) {
            if !known.checks.contains(&check.name) {
                known.checks.push(check.name.clone());
            }
            return;
        }
        let (row, folder, checks) = (row.clone(), folder.to_owned(), vec![check.name.clone()]);
        self.plan.runs.push(Planned { row, folder, program, staged, checks });
    }

    fn lack(&mut self, check: &Check, reason: String, fix: String) {
        let lack = Lack { check: check.name.clone(), reason, fix };
        if !self.plan.lacks.contains(&lack) {
            self.plan.lacks.push(lack);
        }
    }

    /// The sweep, and every engine that is installed.
    fn secrets(&mut self, check: &'a Check) {
        let built_in = check.tools.iter().any(|rule| rule.id == BUILT_IN);
        if built_in {
            // one that looks at more finds what one that looks at less would
            let wider = self.plan.sweep == Some(Scope::Work);
            self.plan.sweep = Some(if wider { Scope::Work } else { check.scope });
        }
        let (mut absent, mut some) = (Vec::new(), false);
        for (row, _) in self.of(check) {
            match self.ground.program(row, "", None) {
                Some(program) => {
                    some = true;
                    self.add(check, row, "", program);
                }
                None => absent.push(row.id.clone()),
            }
        }
        if !some && !built_in {
            let fix = self.of(check).first().map(|(row, _)| row.install.clone()).unwrap_or_default();
            self.lack(check, format!("none of {} is installed", absent.join(", ")), fix);
        }
        self.plan.absent.push((check.name.clone(), absent));
    }

    /// Covers every language in every folder.
    fn covered(&mut self, check: &'a Check) {
        let rows = self.of(check);
        let asked: Vec<&str> = self.project.asked(check).map(String::as_str).collect();
        let units: Vec<&Unit> = self.units.iter().filter(|unit| asked.contains(&unit.language.as_str())).collect();
        let everywhere = rows.iter().any(|(row, _)| row.once && row.languages.is_empty());
        if units.is_empty() || rows.is_empty() {
            return self.at_top(check, &rows, everywhere);
        }
        let mut bare: Vec<&Unit> = Vec::new();
        for unit in &units {
            if !self.cover(check, unit, &rows) {
                bare.push(unit);
            }
        }
        for unit in &bare {
            let same = || units.iter().filter(|other| other.language == unit.language);
            let is_bare = |other: &Unit| bare.contains(&other);
            // what is run where a workspace begins covers the members; where nothing is, all have to be covered by themselves
            let home = if unit.member { &unit.home } else { &unit.folder };
            let members: Vec<_> = same().filter(|other| other.member && other.home == *home).collect();
            let begins = |other: &&Unit| !other.member && other.folder == *home;
            let excused = match unit.member {
                true => same().any(|other| begins(other) && (!is_bare(other) || members.iter().all(|m| is_bare(m)))),
                false => !members.is_empty() && !members.iter().all(|m| is_bare(m)),
            };
            if !excused {
                let (reason, fix) = self.nothing(unit, &rows);
                self.lack(check, reason, fix);
            }
        }
    }

    /// Checks that are about no language: everything that can be run at the top is.
    fn at_top(&mut self, check: &'a Check, rows: &[(&'a ToolRow, Vec<&'a ToolRule>)], everywhere: bool) {
        let mut some = false;
        for (row, _) in rows.iter().filter(|(row, _)| row.once && row.languages.is_empty()) {
            if let Some(program) = self.ground.program(row, "", None).filter(|_| self.applies(row, "")) {
                some = true;
                self.add(check, row, "", program);
            }
        }
        if some {
            return;
        }
        let names: Vec<&str> = check.tools.iter().map(|rule| rule.id.as_str()).collect();
        let (reason, fix) = match rows.iter().find(|(row, _)| row.once && row.languages.is_empty()) {
            Some((row, _)) if everywhere => {
                (format!("{} is not installed, so nobody can tell", row.program()), row.install.clone())
            }
            _ if rows.is_empty() => (
                format!("nothing here runs {}, so nobody can tell", names.join(", ")),
                format!("give a report of {}: `wfo-helper gate judge` with `--report`", names.join(" or ")),
            ),
            _ => (
                "the project shows no language for which anything could be run".to_owned(),
                "give a report: `wfo-helper gate judge` with `--report`".to_owned(),
            ),
        };
        self.lack(check, reason, fix);
    }

    fn applies(&self, row: &ToolRow, folder: &str) -> bool {
        row.when.is_empty() || row.when.iter().any(|when| self.ground.shows(folder, when))
    }

    /// Plans what covers one language in one folder; false when nothing does.
    fn cover(&mut self, check: &Check, unit: &Unit, rows: &[(&'a ToolRow, Vec<&'a ToolRule>)]) -> bool {
        let speaks = |rules: &[&ToolRule]| {
            rules.iter().any(|rule| rule.languages.is_empty() || rule.languages.contains(&unit.language))
        };
        let fits = |(row, rules): &&(&ToolRow, Vec<&ToolRule>)| {
            (row.languages.is_empty() || row.languages.contains(&unit.language))
                && (row.once || row.members || !unit.member)
                && speaks(rules)
                && self.applies(row, if row.once { "" } else { &unit.folder })
        };
        let fitting: Vec<&ToolRow> = rows.iter().filter(fits).map(|(row, _)| *row).collect();
        let (mut some, mut done): (bool, Vec<&str>) = (false, Vec::new());
        let mut missing: Vec<&ToolRow> = Vec::new();
        for row in fitting {
            if row.group.as_deref().is_some_and(|group| done.contains(&group)) {
                continue;
            }
            let folder = if row.once { "" } else { &unit.folder };
            match self.ground.program(row, folder, Some(&unit.language)) {
                Some(program) => {
                    some = true;
                    done.extend(row.group.as_deref());
                    self.add(check, row, folder, program);
                }
                None if !row.when.is_empty() => missing.push(row),
                None => {}
            }
        }
        for row in missing {
            // the project says that it uses it: what another tool says does not make up for it
            if !row.group.as_deref().is_some_and(|group| done.contains(&group)) {
                let reason = format!("{} is not installed{}, so nobody can tell", row.program(), place(&unit.folder));
                self.lack(check, reason, row.install.clone());
                some = true;
            }
        }
        some
    }

    /// Words why nothing covers a language in a folder.
    fn nothing(&self, unit: &Unit, rows: &[(&ToolRow, Vec<&ToolRule>)]) -> (String, String) {
        let own = |row: &&ToolRow| row.languages.is_empty() || row.languages.contains(&unit.language);
        let rows: Vec<&ToolRow> = rows.iter().map(|(row, _)| *row).filter(own).collect();
        let at = place(&unit.folder);
        if rows.is_empty() {
            let reason = format!("no tool is known that could be run for {}{at}", unit.language);
            return (
                reason,
                "give a report: `wfo-helper gate judge` with `--report`, or add a row to `gate-tools.yaml`".to_owned(),
            );
        }
        let applies = |row: &ToolRow| self.applies(row, if row.once { "" } else { &unit.folder });
        let why = |row: &&ToolRow| match applies(row) {
            true => format!("{} is not installed", row.program()),
            false => format!("{} asks for {}", row.program(), row.when.join(" or ")),
        };
        let shown: Vec<String> = rows.iter().map(why).collect();
        // a tool of the language itself is nearer than one for everything
        let own = rows.iter().filter(|row| !row.languages.is_empty());
        let near: Vec<&ToolRow> = own.chain(rows.iter().filter(|row| row.languages.is_empty())).copied().collect();
        let fix = match (near.iter().find(|row| applies(row)), near.first()) {
            (Some(row), Some(first)) if !row.languages.is_empty() || first.when.is_empty() => row.install.clone(),
            (_, Some(first)) => {
                first.when.first().map_or_else(|| first.install.clone(), |when| format!("add `{when}`"))
            }
            (_, None) => String::new(),
        };
        (format!("nothing can be run for {}{at}: {}", unit.language, shown.join(", ")), fix)
    }
}

fn place(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!(" in `{}`", redacted(folder)) }
}
