//! A cheaper model in place of a dearer one, the further down the less is left of the budget. Only strictly cheaper, of
//! the same kind, fit for the task and to be had; where there is none it says so.

use wfo_base::{Problem, Usd};

use super::models::ModelFacts;
use super::{Advisor, Alternative};
use crate::budget::standing::{Left, State};
use crate::prices::{ModelKind, Status};

/// A model that may have to make way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The model, by any name.
    pub model: &'a str,
    /// What it does; `None` = the work of an agent.
    pub task: Option<&'a str>,
    /// What is left of the tightest soft limit; `None` = unknown.
    pub left: Option<Left>,
    /// Whether a model on the own machine is wanted.
    pub local: bool,
    /// The models that are installed or configured on the own machine, by their own names.
    pub installed_local: &'a [String],
}

/// What to take instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degrade {
    /// The model asked about, by its id.
    pub from: String,
    /// The cheaper one; `None` when none is needed or there is none.
    pub model: Option<String>,
    /// One sentence.
    pub reason: String,
    /// What a person should know before following.
    pub warning: Option<String>,
    /// Other cheaper ones, dearest first.
    pub alternatives: Vec<Alternative>,
}

/// A step of the way down: its number on the path from 1, the model, and its price.
pub(super) type Rung = (usize, ModelFacts, Usd);

impl Advisor<'_> {
    /// Chooses a strictly cheaper model.
    ///
    /// # Errors
    /// `model.unknown`; `usage.invalid` for a word that is no task.
    pub fn degrade(&self, step: &Step<'_>) -> Result<Degrade, Problem> {
        let facts = self.model(step.model)?;
        let task = step.task.map(|word| self.task(word)).transpose()?.map(|(task, _)| task);
        let mix = task.map_or_else(|| usual_mix(facts.kind), |task| task.mix.as_str());
        let unfit = task.map_or(&[][..], |task| &task.unfit);
        let mut out =
            Degrade { from: facts.id.clone(), model: None, reason: String::new(), warning: None, alternatives: vec![] };
        if facts.is_local() {
            out.reason = "it runs on the own machine and costs nothing".to_owned();
            return Ok(out);
        }
        let Some(price) = self.blended(&facts, mix) else {
            out.reason = "its price is not known, so nothing can be shown to be cheaper".to_owned();
            return Ok(out);
        };
        let down = self.way_down(&facts, mix, unfit);
        let emergency = self.state(step.left) == Some(State::Emergency);
        let local = if emergency || step.local {
            self.local_instead(step, &facts, task.map(|task| task.local.as_str()), unfit)
        } else {
            None
        };
        let rung = self.rung(step.left).map_or(1, |rung| usize::from(rung.step));
        // the last step within reach; where the first ones were passed over, the first that is left
        let chosen = down.iter().rposition(|(number, ..)| *number <= rung).or((!down.is_empty()).then_some(0));
        let chosen = chosen.filter(|_| rung > 0 || step.local).and_then(|at| down.get(at));
        match (local, chosen) {
            (Some((model, installed)), _) => {
                out.warning =
                    (!installed).then(|| "it is not among the installed models; install it before".to_owned());
                out.reason = if emergency {
                    "the budget is used up; it runs on the own machine"
                } else {
                    "it runs on the own machine"
                }
                .to_owned();
                out.model = Some(model);
            }
            (None, Some((_, cheaper, usd))) => {
                out.reason = format!(
                    "{}: {} instead of {} for a million tokens ({mix})",
                    left_words(step.left),
                    usd.cents(),
                    price.cents()
                );
                out.warning = emergency.then(|| {
                    "the budget is used up and no model is installed on the own machine: this one costs money"
                        .to_owned()
                });
                out.model = Some(cheaper.id.clone());
            }
            (None, None) if down.is_empty() => out.reason = "nothing of its kind that is fit costs less".to_owned(),
            (None, None) => out.reason = format!("{}: no need for a cheaper one", left_words(step.left)),
        }
        out.alternatives = others(down, out.model.as_deref(), mix);
        Ok(out)
    }

    /// Returns the paid models below one, each strictly cheaper than it and all before: along its path, that of the model
    /// that stands in its place, or, where there is no path, down the list of its provider.
    pub(super) fn way_down(&self, facts: &ModelFacts, mix: &str, unfit: &[String]) -> Vec<Rung> {
        let Some(mut lowest) = self.blended(facts, mix) else { return Vec::new() };
        let mut out = Vec::new();
        for (number, name) in self.path(facts, mix) {
            let Some(step) = self.usable(&name, facts.kind) else { continue };
            if step.is_local() || step.id == facts.id || unfit.contains(&step.id) {
                continue;
            }
            let Some(price) = self.blended(&step, mix).filter(|price| *price < lowest) else { continue };
            lowest = price;
            out.push((number, step, price));
        }
        out
    }

    /// Returns the numbered steps; the model that stands in a gone one's place is step 0.
    fn path(&self, facts: &ModelFacts, mix: &str) -> Vec<(usize, String)> {
        let steps = |id: &str| self.tables.paths.iter().find(|row| row.id == id).map(|row| row.steps.clone());
        if let Some(steps) = steps(&facts.id) {
            return (1..).zip(steps).collect();
        }
        if let Some(stand_in) = self.name(&facts.id).map(|name| name.model.clone()).filter(|id| *id != facts.id) {
            let steps = steps(&stand_in).unwrap_or_default();
            return (0..).zip(std::iter::once(stand_in).chain(steps)).collect();
        }
        let same = |other: &ModelFacts| {
            other.kind == facts.kind && other.provider == facts.provider && other.status == Status::Current
        };
        let priced = |other: ModelFacts| Some((self.blended(&other, mix)?, other.id));
        let mut others: Vec<(Usd, String)> = self.models.all().into_iter().filter(same).filter_map(priced).collect();
        let price = self.blended(facts, mix);
        others.retain(|(usd, _)| Some(*usd) < price);
        others.sort_by(|a, b| b.cmp(a));
        (1..).zip(others.into_iter().map(|(_, id)| id)).collect()
    }

    /// Returns a model of the own machine and whether it is installed.
    fn local_instead(
        &self,
        step: &Step<'_>,
        facts: &ModelFacts,
        wanted: Option<&str>,
        unfit: &[String],
    ) -> Option<(String, bool)> {
        let mix = usual_mix(facts.kind);
        let path = self.path(facts, mix);
        let on_path = path
            .iter()
            .map(|(_, name)| name)
            .find(|name| self.usable(name, facts.kind).is_some_and(|facts| facts.is_local()));
        let of_kind = self.tables.tasks.iter().find(|task| task.kind == facts.kind);
        let wanted = wanted.or(on_path.map(String::as_str)).or(of_kind.map(|task| task.local.as_str()))?;
        let local = self.local(wanted, facts.kind, unfit, step.local, step.installed_local)?;
        Some((local.model, local.installed))
    }
}

/// Returns the steps that were not taken.
fn others(down: Vec<Rung>, taken: Option<&str>, mix: &str) -> Vec<Alternative> {
    let rest = down.into_iter().filter(|(_, other, _)| Some(other.id.as_str()) != taken);
    rest.map(|(_, other, usd)| Alternative {
        reason: format!("{} for a million tokens ({mix})", usd.cents()),
        model: other.id,
        usd_per_m_blended: Some(usd),
    })
    .collect()
}

/// Returns the mix by which models of a kind are compared when no task is named.
pub(super) const fn usual_mix(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Chat => "agent",
        ModelKind::Embedding => "embedding",
    }
}

fn left_words(left: Option<Left>) -> String {
    match left {
        Some(left) => format!("{} % of the budget is left", left.plain()),
        None => "what is left of the budget is unknown".to_owned(),
    }
}
