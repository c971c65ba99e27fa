//! Finds what words mean: tasks, use cases, models by id, short or older name, rungs of the ladder.
//! A name that nobody lists stays unknown.

use wfo_base::text::code_span;
use wfo_base::{Problem, Usd, codes};

use super::Advisor;
use super::models::ModelFacts;
use super::tables::{LadderRow, MixRow, NameRow, TaskRow, UseRow, is_left};
use crate::budget::standing::{Left, State};
use crate::prices::{ModelKind, Status, unknown_model};
use wfo_base::nearest::nearest;

impl<'a> Advisor<'a> {
    /// Finds a task, or the use case of that word with the task that it is most like.
    ///
    /// # Errors
    /// `usage.invalid` with the nearest words.
    pub(super) fn task(&self, word: &str) -> Result<(&'a TaskRow, Option<&'a UseRow>), Problem> {
        let tables = self.tables;
        let plain = plain(word);
        if let Some(task) = tables.tasks.iter().find(|row| is(&plain, &row.id, &row.aliases)) {
            return Ok((task, None));
        }
        let case = self.use_case(word);
        if let Some((case, task)) =
            case.and_then(|case| Some((case, tables.tasks.iter().find(|row| row.id == case.task)?)))
        {
            return Ok((task, Some(case)));
        }
        let own = tables.tasks.iter().filter(|row| row.of.is_none()).map(|row| row.id.as_str());
        let leaves = tables.tasks.iter().flat_map(|row| std::iter::once(&row.id).chain(&row.aliases));
        let cases = tables.uses.iter().map(|row| &row.id);
        let near = nearest(&plain, leaves.chain(cases).map(String::as_str));
        let hint = if near.is_empty() { own.collect::<Vec<_>>() } else { near };
        let hint = hint.into_iter().map(code_span).collect::<Vec<_>>().join(", ");
        Err(Problem::new(codes::USAGE, format!("{} is no task", code_span(word))).hint(format!("take one of {hint}")))
    }

    /// Finds a use case by its word or an alias.
    #[must_use]
    pub fn use_case(&self, word: &str) -> Option<&'a UseRow> {
        let plain = plain(word);
        self.tables.uses.iter().find(|row| is(&plain, &row.id, &row.aliases))
    }

    /// Finds a model by a name of the host, by any name of the price table, or by an older name.
    ///
    /// # Errors
    /// `model.unknown`.
    pub(super) fn model(&self, name: &str) -> Result<ModelFacts, Problem> {
        let row = self.name(name);
        let host = row.filter(|row| row.host).and_then(|row| self.models.get(&row.model));
        let known = host.or_else(|| self.models.get(name)).or_else(|| self.models.get(&row?.model));
        known.ok_or_else(|| {
            let (gone, there): (Vec<_>, Vec<_>) =
                self.models.all().into_iter().partition(|facts| facts.status == Status::Retired);
            let short = self.tables.names.iter().filter(|row| row.host).map(|row| &row.id);
            unknown_model(name, short.chain(there.iter().chain(&gone).map(|facts| &facts.id)))
        })
    }

    /// Returns the row of `model-names.yaml` for a name.
    pub(super) fn name(&self, name: &str) -> Option<&'a NameRow> {
        self.tables.names.iter().find(|row| row.id.eq_ignore_ascii_case(name.trim()))
    }

    /// Returns a model that may be suggested: one that can be had, of this kind, or what stands in its place.
    pub(super) fn usable(&self, name: &str, kind: ModelKind) -> Option<ModelFacts> {
        let to_be_had =
            |facts: &ModelFacts| matches!(facts.status, Status::Current | Status::Local) && facts.kind == kind;
        let own = self.models.get(name).filter(to_be_had);
        own.or_else(|| self.models.get(&self.name(name)?.model).filter(to_be_had))
    }

    /// Returns the rung for what is left. An emergency is the last rung, whatever the ladder says; unknown is one step.
    pub(super) fn rung(&self, left: Option<Left>) -> Option<&'a LadderRow> {
        let mut rungs: Vec<&LadderRow> = self.tables.ladder.iter().collect();
        rungs.sort_by_key(|row| row.step);
        if left.is_none() {
            return rungs.iter().copied().find(|row| row.step > 0);
        }
        if self.state(left) == Some(State::Emergency) {
            return rungs.last().copied();
        }
        rungs.into_iter().find(|row| is_left(left, row.left_above.as_ref()))
    }

    /// Returns a mix by its name.
    pub(super) fn mix(&self, id: &str) -> Option<&'a MixRow> {
        self.tables.mixes.iter().find(|row| row.id == id)
    }

    /// Returns what a million tokens of a named mix cost.
    pub(super) fn blended(&self, facts: &ModelFacts, mix: &str) -> Option<Usd> {
        facts.blended(self.mix(mix)?)
    }
}

/// Writes a word as tables do: lower case, hyphens.
fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['_', ' '], "-")
}

fn is(plain_word: &str, id: &str, aliases: &[String]) -> bool {
    plain_word == plain(id) || aliases.iter().any(|alias| plain_word == plain(alias))
}
