//! Which models of the own machine may be offered: when they were asked for, or in an emergency when they are installed.

use super::Advisor;
use super::models::ModelFacts;
use crate::prices::{ModelKind, Status};

/// A model of the own machine, and whether it is installed.
pub(super) struct Local {
    /// The name under which it is suggested.
    pub(super) model: String,
    /// Whether it was found among the installed ones.
    pub(super) installed: bool,
}

impl Advisor<'_> {
    /// Chooses a model of the own machine: the wanted one if it is installed, else another installed one that is fit, else,
    /// when local was asked for, the wanted one although it is missing.
    pub(super) fn local(
        &self,
        wanted: &str,
        kind: ModelKind,
        unfit: &[String],
        asked: bool,
        installed: &[String],
    ) -> Option<Local> {
        let has = |name: &str| installed.iter().any(|other| base(other) == base(name));
        if has(wanted) && self.usable(wanted, kind).is_some() {
            return Some(Local { model: wanted.to_owned(), installed: true });
        }
        let mut others: Vec<String> = installed
            .iter()
            .filter(|name| vectors(name) == (kind == ModelKind::Embedding))
            .filter_map(|name| Some(self.installed_name(name)?.1))
            .filter(|name| !unfit.contains(name))
            .collect();
        others.sort();
        if let Some(model) = others.into_iter().next() {
            return Some(Local { model, installed: true });
        }
        let missing = asked.then(|| self.usable(wanted, kind)).flatten().filter(ModelFacts::is_local)?;
        Some(Local { model: missing.id, installed: false })
    }

    /// Returns facts and name of an installed model: the row of its own, else the one that stands for every local model.
    fn installed_name(&self, name: &str) -> Option<(ModelFacts, String)> {
        let base = base(name);
        let local = |name: String| self.models.get(&name).filter(|facts| facts.status == Status::Local);
        if let Some(facts) = local(format!("ollama-{base}")).or_else(|| local(base.to_owned())) {
            let id = facts.id.clone();
            return Some((facts, id));
        }
        let facts = local(format!("ollama/{base}")).or_else(|| local("ollama-local".to_owned()))?;
        Some((facts, format!("ollama/{base}")))
    }
}

/// Says whether a name is that of a model that makes vectors.
fn vectors(name: &str) -> bool {
    name.contains("embed")
}

/// Returns the name without the program that runs it and without its tag: `llama3` of `ollama-llama3` and `llama3:latest`.
fn base(name: &str) -> &str {
    let name = name.trim();
    let name = name.strip_prefix("ollama-").or_else(|| name.strip_prefix("ollama/")).unwrap_or(name);
    name.split(':').next().unwrap_or(name)
}
