//! `data check [FILE]`: reads tables and names each fault with file, line and a sentence.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Exit, Problem};
use wfo_day::{Place, tables};

use super::Outcome;
use crate::answer::{Answer, DiagnosticView, SchemaEntry, View};
use crate::context::Context;
use crate::render::{Paint, Table};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<Checked>("data-check")];

/// Check the tables: built in, the team's, yours, the repository's
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Check all tables in force, or one file
    Check {
        /// A table's file; its name tells which table it is
        file: Option<PathBuf>,
    },
}

/// What was checked.
#[derive(Debug, Serialize, JsonSchema)]
struct Checked {
    /// `pass`, or `fail` when there are faults.
    verdict: &'static str,
    /// Each table that was read.
    tables: Vec<TableView>,
    /// Each fault.
    faults: Vec<DiagnosticView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    faults_more: Option<usize>,
}

/// One table.
#[derive(Debug, Serialize, JsonSchema)]
struct TableView {
    /// Its name.
    table: String,
    /// How many rows are good.
    rows: usize,
}

impl View for Checked {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for row in &self.tables {
            table.row([row.table.clone(), crate::render::count(row.rows, "row")]);
        }
        let verdict = if self.verdict == "pass" { paint.green("pass") } else { paint.red("fail") };
        let faults = self.faults.len() + self.faults_more.unwrap_or(0);
        format!("{}{verdict}: {}\n", table.lines(0), crate::render::count(faults, "fault"))
    }

    fn cut(&mut self, limit: usize) {
        crate::render::cut(&mut self.faults, &mut self.faults_more, limit);
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let Verb::Check { file } = args.verb;
    let checked = match file {
        Some(file) => tables::check_file(&context.folder.join(file))?,
        None => {
            let place = Place::find(&context.folder, &context.home);
            let config = place.config(&context.home);
            tables::check_all(&config.layers(&context.home, place.settings_root()))
        }
    };
    let view = Checked {
        verdict: if checked.faults.is_empty() { "pass" } else { "fail" },
        tables: checked.tables.into_iter().map(|(table, rows)| TableView { table, rows }).collect(),
        faults: checked.faults.iter().map(DiagnosticView::from).collect(),
        faults_more: None,
    };
    let exit = if checked.faults.is_empty() { Exit::Done } else { Exit::No };
    Ok(Answer::new("wfo.data-check/1", view).noting(checked.faults).exit(exit).into())
}
