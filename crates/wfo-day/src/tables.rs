//! The tables this program reads, in one list: what `data check` looks at.
//! A new table is one constant and one line in `TABLES`.

use std::path::{Path, PathBuf};

use wfo_agent::AgentRow;
use wfo_base::stack::StackRow;
use wfo_base::tables::{FromRepository, Layers, Row, Table, built_in, parse, table_name};
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_cost::budget::controls::ControlRow;
use wfo_cost::prices::{stricter_infrastructure, stricter_price};
use wfo_cost::route::tables as model;
use wfo_cost::{BudgetRow, InfraRow, PriceRow};
use wfo_gate::files::FileRow;
use wfo_gate::gates::{keeps_all, stricter_gate};
use wfo_gate::run::ToolRow;
use wfo_gate::secrets::{SecretRow, WordsRow};
use wfo_gate::{ChecklistRow, GateRow};
use wfo_todo::QueueRow;
use wfo_todo::feedback::FeedbackRow;
use wfo_todo::phase::{LimitRow, PathRow, StepRow, keeps_step};
use wfo_todo::questions::QuestionRow;
use wfo_todo::ship::StaleRow;
use wfo_todo::trace::TechnologyRow;
use wfo_todo::version::PublicRow;
use wfo_worktree::{BranchRow, MessageRow, RuleRow};

use crate::triggers::TriggerRow;

/// Agents and what each is good at.
pub static AGENTS: Table<AgentRow> =
    Table { name: "agents", built_in: built_in::AGENTS, from_repository: FromRepository::Free };
/// Where the worktree of a branch is made.
pub static BRANCHES: Table<BranchRow> =
    Table { name: "branches", built_in: built_in::BRANCHES, from_repository: FromRepository::Free };
/// Spending limits where neither user nor repository sets any.
pub static BUDGETS: Table<BudgetRow> =
    Table { name: "budgets", built_in: built_in::BUDGETS, from_repository: FromRepository::Ignored };
/// What speaks for a fix on the branch, and what for a work item.
pub static FEEDBACK: Table<FeedbackRow> =
    Table { name: "feedback", built_in: built_in::FEEDBACK, from_repository: FromRepository::Free };
/// Names and sizes of files that are looked at.
pub static FILE_RULES: Table<FileRow> = Table {
    name: "file-rules",
    built_in: built_in::FILE_RULES,
    from_repository: FromRepository::Stricter(FileRow::stricter),
};
/// What a person looks at before saying yes to a gate.
pub static CHECKLISTS: Table<ChecklistRow> =
    Table { name: "checklists", built_in: built_in::CHECKLISTS, from_repository: FromRepository::Stricter(keeps_all) };
/// What has to hold before work is committed, handed over or shipped.
pub static GATES: Table<GateRow> =
    Table { name: "gates", built_in: built_in::GATES, from_repository: FromRepository::Stricter(stricter_gate) };
/// Tools that gates run. A repository's rows are text that somebody has to approve before it is run.
pub static GATE_TOOLS: Table<ToolRow> = Table {
    name: "gate-tools",
    built_in: built_in::GATE_TOOLS,
    from_repository: FromRepository::Stricter(ToolRow::stricter),
};
/// What machines and services cost.
pub static INFRASTRUCTURE: Table<InfraRow> = Table {
    name: "infrastructure",
    built_in: built_in::INFRASTRUCTURE,
    from_repository: FromRepository::Stricter(stricter_infrastructure),
};
/// The first word of a merge commit's message, by the type of the branch.
pub static MERGE_MESSAGES: Table<MessageRow> =
    Table { name: "merge-messages", built_in: built_in::MERGE_MESSAGES, from_repository: FromRepository::Free };
/// How full the context may get.
pub static LIMITS: Table<LimitRow> =
    Table { name: "limits", built_in: built_in::LIMITS, from_repository: FromRepository::Stricter(LimitRow::stricter) };
/// How much ceremony a change needs.
pub static PATHS: Table<PathRow> =
    Table { name: "paths", built_in: built_in::PATHS, from_repository: FromRepository::Stricter(PathRow::stricter) };
/// What has to be true before a workflow goes on.
pub static PHASES: Table<StepRow> =
    Table { name: "phases", built_in: built_in::PHASES, from_repository: FromRepository::Stricter(keeps_step) };
/// What models cost.
pub static PRICES: Table<PriceRow> =
    Table { name: "prices", built_in: built_in::PRICES, from_repository: FromRepository::Stricter(stricter_price) };
/// For how long a kept answer may be used again.
pub static CACHE_LIFETIMES: Table<model::LifetimeRow> =
    Table { name: "cache-lifetimes", built_in: built_in::CACHE_LIFETIMES, from_repository: FromRepository::Free };
/// What happens near and over a budget where neither user nor repository says so.
pub static COST_CONTROLS: Table<ControlRow> =
    Table { name: "cost-controls", built_in: built_in::COST_CONTROLS, from_repository: FromRepository::Ignored };
/// How far down to go by what is left of the budget.
pub static MODEL_LADDER: Table<model::LadderRow> =
    Table { name: "model-ladder", built_in: built_in::MODEL_LADDER, from_repository: FromRepository::Free };
/// Models by quality and by how much the budget has to be spared.
pub static MODEL_MATRIX: Table<model::MatrixRow> =
    Table { name: "model-matrix", built_in: built_in::MODEL_MATRIX, from_repository: FromRepository::Free };
/// What a million tokens are made of, so that prices can be compared.
pub static MODEL_MIXES: Table<model::MixRow> =
    Table { name: "model-mixes", built_in: built_in::MODEL_MIXES, from_repository: FromRepository::Free };
/// Short and older names of models.
pub static MODEL_NAMES: Table<model::NameRow> = Table {
    name: "model-names",
    built_in: built_in::MODEL_NAMES,
    from_repository: FromRepository::Stricter(no_host_name),
};
/// From each model to cheaper ones.
pub static MODEL_PATHS: Table<model::PathRow> =
    Table { name: "model-paths", built_in: built_in::MODEL_PATHS, from_repository: FromRepository::Free };
/// Which model for which task.
pub static MODEL_ROUTES: Table<model::RouteRow> =
    Table { name: "model-routes", built_in: built_in::MODEL_ROUTES, from_repository: FromRepository::Free };
/// Kinds of work that a model can be asked for.
pub static MODEL_TASKS: Table<model::TaskRow> =
    Table { name: "model-tasks", built_in: built_in::MODEL_TASKS, from_repository: FromRepository::Free };
/// Use cases and their models.
pub static MODEL_USES: Table<model::UseRow> =
    Table { name: "model-uses", built_in: built_in::MODEL_USES, from_repository: FromRepository::Free };
/// How requests are sent.
pub static PROCESSING: Table<model::ProcessingRow> =
    Table { name: "processing", built_in: built_in::PROCESSING, from_repository: FromRepository::Free };
/// Files that others rely on.
pub static PUBLIC: Table<PublicRow> = Table {
    name: "public",
    built_in: built_in::PUBLIC,
    from_repository: FromRepository::Stricter(PublicRow::stricter),
};
/// What is asked before documents are written.
pub static QUESTIONS: Table<QuestionRow> =
    Table { name: "questions", built_in: built_in::QUESTIONS, from_repository: FromRepository::Ignored };
/// Points of the work queue.
pub static QUEUE: Table<QueueRow> =
    Table { name: "queue", built_in: built_in::QUEUE, from_repository: FromRepository::Free };
/// Secrets that the sweep knows.
pub static SECRETS: Table<SecretRow> = Table {
    name: "secrets",
    built_in: built_in::SECRETS,
    from_repository: FromRepository::Stricter(SecretRow::stricter),
};
/// Words by which the sweep tells a secret from what only looks like one.
pub static SECRET_WORDS: Table<WordsRow> =
    Table { name: "secret-words", built_in: built_in::SECRET_WORDS, from_repository: FromRepository::Ignored };
/// Languages, package managers and their commands.
pub static STACKS: Table<StackRow> =
    Table { name: "stacks", built_in: built_in::STACKS, from_repository: FromRepository::Free };
/// Which documents a change makes stale.
pub static STALE: Table<StaleRow> =
    Table { name: "stale", built_in: built_in::STALE, from_repository: FromRepository::Free };
/// Which technologies take the same place.
pub static TECHNOLOGIES: Table<TechnologyRow> =
    Table { name: "technologies", built_in: built_in::TECHNOLOGIES, from_repository: FromRepository::Free };
/// Sentences that ask for a briefing.
pub static TRIGGERS: Table<TriggerRow> =
    Table { name: "triggers", built_in: built_in::TRIGGERS, from_repository: FromRepository::Ignored };
/// How many worktrees, which ports, and when a worktree is stale.
pub static WORKTREES: Table<RuleRow> = Table {
    name: "worktrees",
    built_in: built_in::WORKTREES,
    from_repository: FromRepository::Stricter(fewer_or_sooner),
};

/// A repository may allow fewer worktrees and call them stale sooner; the port pool and the trash are the user's.
fn fewer_or_sooner(old: Option<&RuleRow>, new: &RuleRow) -> bool {
    ["archive_days", "max_per_project", "stale_days"].contains(&new.id.as_str())
        && old.is_some_and(|old| new.value < old.value)
}

/// A repository may name models, but not those words by which agents are started.
fn no_host_name(old: Option<&model::NameRow>, new: &model::NameRow) -> bool {
    !new.host && !old.is_some_and(|old| old.host)
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Each table and how many of its rows are good.
    pub tables: Vec<(String, usize)>,
    /// What is wrong.
    pub faults: Vec<Diagnostic>,
}

type LoadCheck = fn(&Layers, &mut Checked);
type FileCheck = fn(&str, &str, &mut Checked);

/// Name, check of all layers, check of one file.
const TABLES: &[(&str, LoadCheck, FileCheck)] = &[
    ("agents", |layers, out| all(&AGENTS, layers, out), one::<AgentRow>),
    ("branches", |layers, out| all(&BRANCHES, layers, out), one::<BranchRow>),
    ("budgets", |layers, out| all(&BUDGETS, layers, out), one::<BudgetRow>),
    ("feedback", |layers, out| all(&FEEDBACK, layers, out), one::<FeedbackRow>),
    ("file-rules", |layers, out| all(&FILE_RULES, layers, out), one::<FileRow>),
    ("checklists", |layers, out| all(&CHECKLISTS, layers, out), one::<ChecklistRow>),
    ("gates", |layers, out| all(&GATES, layers, out), one::<GateRow>),
    ("gate-tools", |layers, out| all(&GATE_TOOLS, layers, out), one::<ToolRow>),
    ("infrastructure", |layers, out| all(&INFRASTRUCTURE, layers, out), one::<InfraRow>),
    ("limits", |layers, out| all(&LIMITS, layers, out), one::<LimitRow>),
    ("merge-messages", |layers, out| all(&MERGE_MESSAGES, layers, out), one::<MessageRow>),
    ("paths", |layers, out| all(&PATHS, layers, out), one::<PathRow>),
    ("phases", |layers, out| all(&PHASES, layers, out), one::<StepRow>),
    ("prices", |layers, out| all(&PRICES, layers, out), one::<PriceRow>),
    ("cache-lifetimes", |layers, out| all(&CACHE_LIFETIMES, layers, out), one::<model::LifetimeRow>),
    ("cost-controls", |layers, out| all(&COST_CONTROLS, layers, out), one::<ControlRow>),
    ("model-ladder", |layers, out| all(&MODEL_LADDER, layers, out), one::<model::LadderRow>),
    ("model-matrix", |layers, out| all(&MODEL_MATRIX, layers, out), one::<model::MatrixRow>),
    ("model-mixes", |layers, out| all(&MODEL_MIXES, layers, out), one::<model::MixRow>),
    ("model-names", |layers, out| all(&MODEL_NAMES, layers, out), one::<model::NameRow>),
    ("model-paths", |layers, out| all(&MODEL_PATHS, layers, out), one::<model::PathRow>),
    ("model-routes", |layers, out| all(&MODEL_ROUTES, layers, out), one::<model::RouteRow>),
    ("model-tasks", |layers, out| all(&MODEL_TASKS, layers, out), one::<model::TaskRow>),
    ("model-uses", |layers, out| all(&MODEL_USES, layers, out), one::<model::UseRow>),
    ("processing", |layers, out| all(&PROCESSING, layers, out), one::<model::ProcessingRow>),
    ("public", |layers, out| all(&PUBLIC, layers, out), one::<PublicRow>),
    ("questions", |layers, out| all(&QUESTIONS, layers, out), one::<QuestionRow>),
    ("queue", |layers, out| all(&QUEUE, layers, out), one::<QueueRow>),
    ("secrets", |layers, out| all(&SECRETS, layers, out), one::<SecretRow>),
    ("secret-words", |layers, out| all(&SECRET_WORDS, layers, out), one::<WordsRow>),
    ("stacks", |layers, out| all(&STACKS, layers, out), one::<StackRow>),
    ("stale", |layers, out| all(&STALE, layers, out), one::<StaleRow>),
    ("technologies", |layers, out| all(&TECHNOLOGIES, layers, out), one::<TechnologyRow>),
    ("triggers", |layers, out| all(&TRIGGERS, layers, out), one::<TriggerRow>),
    ("worktrees", |layers, out| all(&WORKTREES, layers, out), one::<RuleRow>),
];

fn all<R: Row>(table: &Table<R>, layers: &Layers, out: &mut Checked) {
    let rows = table.load(layers).drain_into(&mut out.faults);
    out.tables.push((table.name.to_owned(), rows.len()));
}

fn one<R: Row>(shown: &str, text: &str, out: &mut Checked) {
    let rows = parse::<R>(shown, text).drain_into(&mut out.faults);
    out.tables.push((table_name(Path::new(shown)).unwrap_or(shown).to_owned(), rows.len()));
}

/// Checks all tables in force.
#[must_use]
pub fn check_all(layers: &Layers) -> Checked {
    let mut out = Checked::default();
    for (_, load, _) in TABLES {
        load(layers, &mut out);
    }
    // A link out of the repository is not followed.
    let inside = |folder: &PathBuf| {
        let root = layers.repository.as_ref().and_then(|root| std::fs::canonicalize(root).ok());
        root.is_some_and(|root| std::fs::canonicalize(folder).is_ok_and(|real| real.starts_with(root)))
    };
    let repository = layers.repository.as_ref().map(|root| root.join(".wfo/data")).filter(inside);
    for (folder, shown) in [(&layers.team, None), (&layers.user, None), (&repository, Some(".wfo/data"))] {
        if let Some(folder) = folder {
            out.faults.extend(strange_names(folder, shown));
        }
    }
    out
}

/// The most entries of a folder of tables that are looked at.
const ENTRIES: usize = 1_000;

/// Names the YAML files of a folder that are no table's, by name: nobody reads them.
fn strange_names(folder: &Path, shown: Option<&str>) -> Vec<Diagnostic> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(ENTRIES);
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
        .filter(|name| !TABLES.iter().any(|(table, ..)| name.strip_suffix(".yaml") == Some(table)))
        .collect();
    names.sort();
    let folder = shown.map_or_else(|| folder.display().to_string(), str::to_owned);
    let fault = |name: String| {
        let shown = format!("{folder}/{name}");
        Problem::new(codes::TABLE_INVALID, format!("`{shown}` has not the name of a table, so nothing reads it"))
            .hint(format!("name it one of {}", table_files()))
            .in_file(shown)
            .warning()
    };
    names.into_iter().map(fault).collect()
}

fn table_files() -> String {
    TABLES.iter().map(|(name, ..)| format!("{name}.yaml")).collect::<Vec<_>>().join(", ")
}

/// Checks one file; its name tells which table it is.
///
/// # Errors
/// `file.missing` when it is not there or its name is not that of a table.
pub fn check_file(path: &Path) -> Result<Checked, Problem> {
    let shown = path.display().to_string();
    let Some(page) = read::own(path, read::PAGE_LIMIT)? else {
        return Err(Problem::new(codes::FILE_MISSING, format!("`{shown}` is not there"))
            .hint(format!("tables are named {}", table_files())));
    };
    let table = TABLES.iter().find(|(name, ..)| table_name(path) == Some(name));
    let Some((_, _, check)) = table else {
        return Err(Problem::new(codes::FILE_MISSING, format!("`{shown}` has not the name of a table"))
            .hint(format!("name it one of {}", table_files())));
    };
    let mut out = Checked::default();
    check(&shown, &page.text, &mut out);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_may_name_models_but_not_the_words_that_start_agents() {
        let row = |host| model::NameRow { id: "opus".into(), model: "claude-haiku-5-5".into(), host };
        assert!(no_host_name(None, &row(false)) && no_host_name(Some(&row(false)), &row(false)));
        assert!(!no_host_name(None, &row(true)) && !no_host_name(Some(&row(true)), &row(false)));
    }

    #[test]
    fn a_repository_may_lower_worktrees_and_ages_but_not_the_trash_or_the_pool() {
        let row = |id: &str, value| RuleRow { id: id.into(), value };
        for (id, may) in [
            ("archive_days", true),
            ("max_per_project", true),
            ("stale_days", true),
            ("trash_days", false),
            ("pool_start", false),
            ("pool_end", false),
        ] {
            let old = row(id, 7);
            assert_eq!(fewer_or_sooner(Some(&old), &row(id, 6)), may, "{id}");
            assert!(!fewer_or_sooner(Some(&old), &row(id, 7)) && !fewer_or_sooner(Some(&old), &row(id, 8)), "{id}");
            assert!(!fewer_or_sooner(None, &row(id, 1)), "{id}");
        }
    }
}
