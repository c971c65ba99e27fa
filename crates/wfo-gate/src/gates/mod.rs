//! Gates as data: the rows of `reference/data/gates.yaml`, what they may say, and when one row is stricter than another.
//! Knows which limits there are; comparing a report with one is the judge's.

mod checklist;
mod limit;
mod stricter;

use serde::Deserialize;
use wfo_base::tables::Row;

pub use checklist::{ChecklistRow, Holds, Item, keeps_all};
pub use limit::Limit;
pub use stricter::stricter_gate;

use crate::finding::Severity;
use crate::report::{BUILT_IN, Tool};

/// A gate: the checks that have to pass, and the checklists that a person has to answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateRow {
    /// Its name: letters, digits and `-`.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub about: String,
    /// What tools have to show.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Checklists that a person has to answer, by id.
    #[serde(default)]
    pub approvals: Vec<String>,
}

/// One check of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name, once in its gate.
    pub name: String,
    /// What is compared with the limit.
    pub kind: Kind,
    /// The tools whose reports it reads.
    pub tools: Vec<ToolRule>,
    /// What may not be exceeded.
    #[serde(default)]
    pub max: Option<Limit>,
    /// What has to be reached.
    #[serde(default)]
    pub min: Option<Limit>,
    /// The lowest severity that counts; without it everything counts.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Whether the gate needs it.
    #[serde(default = "yes")]
    pub required: bool,
    /// It applies where the project has one of these languages; empty = always.
    #[serde(default)]
    pub languages: Vec<String>,
    /// It applies where the project has one of these files; empty = always.
    #[serde(default)]
    pub when: Vec<String>,
    /// What `gate run` has its tools look at.
    #[serde(default)]
    pub scope: Scope,
    /// What to do when it does not pass.
    #[serde(default)]
    pub fix: Option<String>,
}

/// What tools look at when a gate runs them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The work tree, the index and new commits.
    #[default]
    Work,
    /// What is staged, and nothing else.
    Staged,
}

const fn yes() -> bool {
    true
}

/// What a check compares with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The number of findings.
    Findings,
    /// The number of secrets.
    Secrets,
    /// The number of vulnerable packages or advisories.
    Vulnerabilities,
    /// The share of lines that were run.
    Coverage,
    /// The share of changed lines that were run.
    ChangedCoverage,
    /// The number of tests that did not hold.
    Tests,
    /// The share of duplicated lines.
    Duplication,
    /// The highest cyclomatic complexity.
    Complexity,
    /// The number of errors.
    Lint,
    /// The share of identifiers with a known type.
    Types,
    /// By how much the bundles have grown.
    Growth,
}

impl Kind {
    /// Its word in tables and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Secrets => "secrets",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Coverage => "coverage",
            Self::ChangedCoverage => "changed-coverage",
            Self::Tests => "tests",
            Self::Duplication => "duplication",
            Self::Complexity => "complexity",
            Self::Lint => "lint",
            Self::Types => "types",
            Self::Growth => "growth",
        }
    }

    /// Whether its limit is a percentage that has to be reached.
    #[must_use]
    pub const fn is_share(self) -> bool {
        matches!(self, Self::Coverage | Self::ChangedCoverage | Self::Types)
    }

    /// Whether its limit is a percentage.
    #[must_use]
    pub const fn is_percent(self) -> bool {
        self.is_share() || matches!(self, Self::Duplication | Self::Growth)
    }
}

/// A tool that a check reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "ToolText")]
pub struct ToolRule {
    /// Its id.
    pub id: String,
    /// The languages it speaks for; empty = all.
    pub languages: Vec<String>,
    /// The lowest severity of this tool that counts, where it differs from the check's.
    pub severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ToolText {
    Id(String),
    Rule(Rule),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    severity: Option<Severity>,
}

impl From<ToolText> for ToolRule {
    fn from(text: ToolText) -> Self {
        match text {
            ToolText::Id(id) => Self { id, languages: Vec::new(), severity: None },
            ToolText::Rule(Rule { id, languages, severity }) => Self { id, languages, severity },
        }
    }
}

impl Row for GateRow {
    fn id(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err(format!("`{}` is no name of letters, digits and `-`", wfo_base::text::quoted(&self.name)));
        }
        if self.checks.is_empty() && self.approvals.is_empty() {
            return Err(format!("gate `{}` has neither checks nor approvals, so it would always pass", self.name));
        }
        if self.checks.iter().all(|check| !check.required) && self.approvals.is_empty() {
            return Err(format!("gate `{}` requires nothing, so it would always pass", self.name));
        }
        for (index, check) in self.checks.iter().enumerate() {
            if self.checks.iter().take(index).any(|other| other.name == check.name) {
                return Err(format!("check `{}` stands twice", check.name));
            }
            check.sound()?;
        }
        match self.approvals.iter().find(|approval| !is_name(approval)) {
            Some(approval) => Err(format!("`{}` is no checklist's id", wfo_base::text::quoted(approval))),
            None => Ok(()),
        }
    }
}

impl Check {
    fn sound(&self) -> Result<(), String> {
        let name = wfo_base::text::quoted(&self.name);
        if !is_name(&self.name) {
            return Err(format!("`{name}` is no name of letters, digits and `-`"));
        }
        if self.tools.is_empty() {
            return Err(format!("check `{name}` reads no tool, so it could never pass"));
        }
        if let Some(tool) = self.tools.iter().find(|tool| Tool::in_check(&tool.id).is_none()) {
            let known: Vec<&str> = Tool::ALL.iter().map(|tool| tool.id()).collect();
            let unknown = wfo_base::text::quoted(&tool.id);
            return Err(format!("`{unknown}` of check `{name}` is not one of {}", known.join(", ")));
        }
        if self.kind != Kind::Secrets && self.tools.iter().any(|tool| tool.id == BUILT_IN) {
            return Err(format!("check `{name}` is not about secrets, so the built-in sweep says nothing for it"));
        }
        if self
            .severity
            .into_iter()
            .chain(self.tools.iter().filter_map(|tool| tool.severity))
            .any(|one| one == Severity::Unknown)
        {
            return Err(format!(
                "check `{name}` needs a severity that tools tell: info, low, medium, high or critical"
            ));
        }
        let limit = match (self.kind.is_share(), self.min, self.max) {
            (true, Some(limit), None) | (false, None, Some(limit)) => limit,
            (true, ..) => return Err(format!("check `{name}` of kind {} needs `min` and no `max`", self.kind.word())),
            (false, ..) => return Err(format!("check `{name}` of kind {} needs `max` and no `min`", self.kind.word())),
        };
        if !self.kind.is_percent() && limit.count().is_none() {
            return Err(format!("check `{name}` counts, so its limit is a whole number, not {limit}"));
        }
        Ok(())
    }

    /// Its limit.
    #[must_use]
    pub fn limit(&self) -> Limit {
        self.max.or(self.min).unwrap_or_default()
    }

    /// The rule of a tool, if it reads that tool.
    #[must_use]
    pub fn rule(&self, tool: Tool) -> Option<&ToolRule> {
        self.tools.iter().find(|rule| rule.id == tool.id())
    }

    /// The lowest severity of a tool's findings that counts.
    #[must_use]
    pub fn threshold(&self, rule: &ToolRule) -> Severity {
        rule.severity.or(self.severity).unwrap_or(Severity::Info)
    }
}

/// Whether a text is a name: it becomes part of file names and commands.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-')
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
