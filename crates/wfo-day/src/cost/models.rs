//! Which model to take: the tables in force, what is left of the budget, and the models that are installed on this machine.
//! The choice itself is `wfo_cost::route`'s; no process is started and no network is asked.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, read, tables::Table};
use wfo_cost::InfraRow;
use wfo_cost::budget::controls::Controls;
use wfo_cost::budget::standing::{self, Left};
use wfo_cost::route::{Advisor, Ask, Degrade, Route, Step, Tables};

use super::Accounts;
use crate::tables;

/// The most entries of a folder of models that are looked at.
const ENTRIES: usize = 1_000;
/// The longest name of a model.
const LONGEST: usize = 100;

/// An answer about models, and what it was given of the budget.
#[derive(Debug)]
pub struct Advised<T> {
    /// The answer.
    pub answer: T,
    /// What was left of the tightest soft limit; `None` = unknown.
    pub left: Option<Left>,
    /// What that says about how to go on; `None` = unknown.
    pub state: Option<standing::State>,
    /// Whether every transcript that tells what is left was read.
    pub complete: bool,
}

impl Accounts<'_> {
    /// Chooses a model for a task; without `ask.left`, what is left is found out.
    ///
    /// # Errors
    /// `usage.invalid` for a word that is no task; `model.unknown` when no model of the tables can be had.
    pub fn route(&self, ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Advised<Route>, Problem> {
        let installed = installed();
        self.advised(ask.left, notes, |advisor, left| advisor.route(&Ask { left, installed_local: &installed, ..*ask }))
    }

    /// Chooses a strictly cheaper model; without `step.left`, what is left is found out.
    ///
    /// # Errors
    /// `model.unknown`; `usage.invalid` for a word that is no task.
    pub fn degrade(&self, step: &Step<'_>, notes: &mut Vec<Diagnostic>) -> Result<Advised<Degrade>, Problem> {
        let installed = installed();
        self.advised(step.left, notes, |advisor, left| {
            advisor.degrade(&Step { left, installed_local: &installed, ..*step })
        })
    }

    fn advised<T>(
        &self,
        left: Option<Left>,
        notes: &mut Vec<Diagnostic>,
        choose: impl Fn(&Advisor<'_>, Option<Left>) -> Result<T, Problem>,
    ) -> Result<Advised<T>, Problem> {
        let tables = self.model_tables(notes);
        let models = self.prices.at(self.clock.now().timestamp());
        let with = |controls: &Controls, left| choose(&Advisor { tables: &tables, models: &models, controls }, left);
        // A wrong word is answered before any transcript is read.
        with(&Controls::default(), left.or(Some(Left::ALL)))?;
        let (left, controls, complete) = match left {
            Some(left) => (Some(left), self.limits(notes).1, true),
            None => {
                let state = self.state(notes);
                (state.left(), state.controls, state.complete)
            }
        };
        Ok(Advised { answer: with(&controls, left)?, left, state: standing::state(left, &controls), complete })
    }

    /// Reads the tables that a choice is made from.
    pub fn model_tables(&self, notes: &mut Vec<Diagnostic>) -> Tables {
        Tables {
            tasks: self.rows(&tables::MODEL_TASKS, notes),
            routes: self.rows(&tables::MODEL_ROUTES, notes),
            matrix: self.rows(&tables::MODEL_MATRIX, notes),
            uses: self.rows(&tables::MODEL_USES, notes),
            ladder: self.rows(&tables::MODEL_LADDER, notes),
            paths: self.rows(&tables::MODEL_PATHS, notes),
            names: self.rows(&tables::MODEL_NAMES, notes),
            mixes: self.rows(&tables::MODEL_MIXES, notes),
            processing: self.rows(&tables::PROCESSING, notes),
            lifetimes: self.rows(&tables::CACHE_LIFETIMES, notes),
        }
    }

    /// Reads what machines and services cost.
    pub fn infrastructure(&self, notes: &mut Vec<Diagnostic>) -> Vec<InfraRow> {
        self.rows(&tables::INFRASTRUCTURE, notes)
    }

    fn rows<R: wfo_base::tables::Row>(&self, table: &Table<R>, notes: &mut Vec<Diagnostic>) -> Vec<R> {
        table.load(&self.layers).drain_into(notes).into_iter().map(|(row, _)| row).collect()
    }
}

/// Names the models that Ollama has on this machine.
fn installed() -> Vec<String> {
    let named = std::env::var_os("OLLAMA_MODELS").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = named.or_else(|| std::env::home_dir().map(|home| home.join(".ollama/models")));
    folder.map(|folder| models_in(&folder.join("manifests/registry.ollama.ai/library"))).unwrap_or_default()
}

/// Names the folders that hold at least one manifest, sorted. Names that no model has are passed over.
fn models_in(library: &Path) -> Vec<String> {
    let plain = |name: &String| {
        name.len() <= LONGEST
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let mut names = read::names(library, ENTRIES);
    names.retain(|name| plain(name) && !read::names(&library.join(name), 1).is_empty());
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_with_a_manifest_and_a_plain_name_are_installed_models() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["llama3/latest", "qwen2.5-coder/7b", "-rf/latest", "a b/latest", "\u{1b}[31m/latest"] {
            let path = folder.path().join(name);
            wfo_base::atomic::make_folder(path.parent().unwrap(), false).unwrap();
            wfo_base::atomic::write(&path, b"{}").unwrap();
        }
        wfo_base::atomic::make_folder(&folder.path().join("empty"), false).unwrap();
        wfo_base::atomic::write(&folder.path().join("file"), b"").unwrap();
        assert_eq!(models_in(folder.path()), ["llama3", "qwen2.5-coder"]);
        assert_eq!(models_in(&folder.path().join("nowhere")), Vec::<String>::new());
    }
}
