//! `gate explain NAME`: what a gate asks for, with the items of its checklists.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text::quoted;
use wfo_gate::report::{BUILT_IN, Tool};
use wfo_gate::{Check, ChecklistRow};

use super::{Call, Done, Notes};
use crate::answer::{Answer, View};
use crate::render::gate::{number, origin_word, severity_word};
use crate::render::{Paint, Table};

/// Show what a gate asks for, or the items of a checklist
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A gate, or a checklist such as security-review
    name: String,
}

/// A gate, or one checklist.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The name that was asked for.
    name: String,
    /// What it is for.
    about: String,
    /// Where its row comes from: built-in, team, user or repository.
    origin: &'static str,
    /// What tools have to show.
    checks: Vec<CheckView>,
    /// What a person answers.
    approvals: Vec<ListView>,
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckView {
    /// Its name.
    name: String,
    /// What is compared with the limit.
    kind: &'static str,
    /// The tools whose reports it reads.
    tools: Vec<ToolView>,
    /// What may not be exceeded: a count or a percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    max: Option<serde_json::Number>,
    /// What has to be reached, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    min: Option<serde_json::Number>,
    /// The lowest severity that counts; what has none counts always.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    /// Whether the gate needs it.
    required: bool,
    /// It applies to projects in one of these languages; absent = to all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    /// It applies where one of these files is; absent = everywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    when: Vec<String>,
    /// What to do when it does not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// One tool of a check.
#[derive(Debug, Serialize, JsonSchema)]
struct ToolView {
    /// What `--report` takes.
    id: &'static str,
    /// The languages it speaks for; absent = all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    /// The lowest severity of its findings that counts, where it differs from the check's.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

/// One checklist.
#[derive(Debug, Serialize, JsonSchema)]
struct ListView {
    /// Its id.
    name: String,
    /// What it is about.
    title: String,
    /// How long an answer holds: content (until a file changes) or project.
    holds: &'static str,
    /// Its items, in order.
    items: Vec<ItemView>,
}

/// One item.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemView {
    /// What `gate approve --no` and `--na` take.
    id: String,
    /// The part of the list it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// A sentence that is true when all is well.
    text: String,
}

impl CheckView {
    fn new(check: &Check) -> Self {
        let tool = |rule: &wfo_gate::gates::ToolRule| {
            let id = if rule.id == BUILT_IN { BUILT_IN } else { Tool::from_id(&rule.id)?.id() };
            Some(ToolView { id, languages: rule.languages.clone(), severity: rule.severity.map(severity_word) })
        };
        Self {
            name: check.name.clone(),
            kind: check.kind.word(),
            tools: check.tools.iter().filter_map(tool).collect(),
            max: check.max.and_then(|limit| number(&limit.to_string())),
            min: check.min.and_then(|limit| number(&limit.to_string())),
            severity: check.severity.map(severity_word),
            required: check.required,
            languages: check.languages.iter().map(|one| quoted(one)).collect(),
            when: check.when.iter().map(|one| quoted(one)).collect(),
            fix: check.fix.as_deref().map(quoted),
        }
    }

    fn asks(&self) -> String {
        let of = self.severity.map(|severity| format!(" of severity {severity} or unknown")).unwrap_or_default();
        match (&self.max, &self.min) {
            (Some(max), _) => format!("at most {max}{of}"),
            (_, Some(min)) => format!("at least {min} %"),
            _ => String::new(),
        }
    }
}

impl ListView {
    fn new(list: &ChecklistRow) -> Self {
        let item = |item: &wfo_gate::gates::Item| ItemView {
            id: item.id.clone(),
            part: item.part.as_deref().map(quoted),
            text: quoted(&item.text),
        };
        Self {
            name: list.id.clone(),
            title: quoted(&list.title),
            holds: list.holds.word(),
            items: list.items.iter().map(item).collect(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = format!("{}: {}\n", paint.bold(&self.name), self.about);
        let mut table = Table::new();
        for check in &self.checks {
            let tools: Vec<&str> = check.tools.iter().map(|tool| tool.id).collect();
            let optional = if check.required { "" } else { " (not required)" };
            table.row([check.name.clone(), format!("{}{optional}", check.asks()), tools.join(", ")]);
        }
        out += &table.lines(2);
        for list in &self.approvals {
            out += &format!("\n{} ({})\n", paint.bold(&list.title), list.name);
            let mut table = Table::new();
            for item in &list.items {
                table.row([item.id.clone(), item.text.clone()]);
            }
            out += &table.lines(2);
        }
        out
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, _: &mut Notes) -> Done {
    let lists = call.gates.checklists(&args.name)?;
    let approvals = lists.iter().map(|(list, _)| ListView::new(list)).collect();
    let view = match call.gates.gate(&args.name) {
        Ok((gate, origin)) => Shown {
            name: gate.name.clone(),
            about: quoted(&gate.about),
            origin: origin_word(*origin),
            checks: gate.checks.iter().map(CheckView::new).collect(),
            approvals,
        },
        Err(problem) => {
            let (list, origin) = lists.first().ok_or(problem)?;
            Shown {
                name: list.id.clone(),
                about: quoted(&list.title),
                origin: origin_word(*origin),
                checks: Vec::new(),
                approvals,
            }
        }
    };
    Ok(Answer::new("wfo.gate-explain/1", view).into())
}
