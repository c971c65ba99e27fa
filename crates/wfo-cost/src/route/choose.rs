//! The model for a task: local where that was asked for or nothing is left, else by use case, by a fixed choice of the
//! task, or by the first rule that holds. Never a model that is gone, unfit, or dearer than one for a bigger budget.

use wfo_base::text::code_span;
use wfo_base::{Problem, Usd, codes};

use super::models::ModelFacts;
use super::tables::{Grade, RouteRow, TaskRow, UseRow, is_left};
use super::{Advisor, Alternative, Ask, Route};
use crate::budget::standing::State;
use crate::prices::ModelKind;

/// The most alternatives that are named.
const ALTERNATIVES: usize = 5;

/// A model that is thought of, and why.
#[derive(Debug, Clone)]
struct Thought {
    model: String,
    reason: String,
}

fn thought(model: &str, reason: impl Into<String>) -> Thought {
    Thought { model: model.to_owned(), reason: reason.into() }
}

/// What of an [`Ask`] was understood.
struct Wish<'a> {
    ask: &'a Ask<'a>,
    task: &'a TaskRow,
    case: Option<&'a UseRow>,
    kind: ModelKind,
    emergency: bool,
}

impl Advisor<'_> {
    /// Chooses a model.
    ///
    /// # Errors
    /// `usage.invalid` for a word that is no task; `model.unknown` when no model of the tables can be had.
    pub fn route(&self, ask: &Ask<'_>) -> Result<Route, Problem> {
        let (task, case) = self.task(ask.task)?;
        let emergency = self.state(ask.left) == Some(State::Emergency);
        let wish = Wish { ask, task, case, kind: task.kind, emergency };
        let mut warning = None;
        let mut thoughts = Vec::new();
        let mut local = None;
        if self.wants_local(&wish) || emergency {
            local = self.on_own_machine(&wish, &mut warning);
            if local.is_none() && emergency {
                thoughts.extend(self.cheapest(&wish).map(|facts| thought(&facts.id, "the cheapest that is paid for")));
            }
        }
        thoughts.extend(self.by_tables(&wish));
        let mut usable = self.could_do(&wish, thoughts);
        let (model, reason, price) = match local {
            Some(local) => (local.model, local.reason, Some(Usd::ZERO)),
            None if usable.is_empty() => {
                let facts = self.cheapest(&wish).ok_or_else(|| nothing_to_be_had(ask.task))?;
                let price = self.blended(&facts, &task.mix);
                (facts.id, "what the tables name for it cannot be had; this is the cheapest that can".to_owned(), price)
            }
            None => {
                let first = usable.remove(0);
                (first.model, first.reason, first.usd_per_m_blended)
            }
        };
        usable.retain(|other| other.model != model);
        usable.truncate(ALTERNATIVES);
        let waiting = task.waiting || ask.urgency == super::tables::Urgency::High;
        Ok(Route {
            model,
            task: task.id.clone(),
            reason,
            warning,
            usd_per_m_blended: price,
            alternatives: usable,
            processing: self.tables.processing(waiting, ask.volume),
            cache: self.tables.lifetime(&task.cache),
        })
    }

    /// Says whether a model of the own machine was asked for, by the flag or by a task that fixes one.
    fn wants_local(&self, wish: &Wish<'_>) -> bool {
        let fixed = wish.task.model.as_deref().and_then(|model| self.usable(model, wish.kind));
        wish.ask.local || (wish.case.is_none() && fixed.is_some_and(|facts| facts.is_local()))
    }

    fn on_own_machine(&self, wish: &Wish<'_>, warning: &mut Option<String>) -> Option<Thought> {
        let asked = self.wants_local(wish);
        let case = wish.case.map(|case| [Some(&case.primary), case.development.as_ref()]);
        let case = case
            .into_iter()
            .flatten()
            .flatten()
            .find(|model| self.usable(model, wish.kind).is_some_and(|facts| facts.is_local()));
        let wanted = case.unwrap_or(&wish.task.local);
        let Some(local) = self.local(wanted, wish.kind, &wish.task.unfit, asked, wish.ask.installed_local) else {
            *warning = Some(match asked {
                true => "no model for the own machine is known for this task".to_owned(),
                false => "the budget is used up and no model is installed on the own machine: this one costs money"
                    .to_owned(),
            });
            return None;
        };
        if !local.installed {
            let name = code_span(&local.model);
            *warning = Some(format!("{name} is not among the installed models; install it before you use it"));
        }
        let reason = if wish.emergency {
            "the budget is used up; this one runs on the own machine"
        } else {
            "runs on the own machine"
        };
        Some(thought(&local.model, reason))
    }

    /// Returns what the tables say, first the choice, then others.
    fn by_tables(&self, wish: &Wish<'_>) -> Vec<Thought> {
        let mut out = Vec::new();
        if let Some(case) = wish.case {
            out.push(thought(&case.primary, format!("the first choice for {}", case.id)));
            out.push(thought(&case.fallback, format!("if the first choice for {} fails", case.id)));
            let development = case.development.as_deref();
            out.extend(development.map(|model| thought(model, "enough while developing")));
        } else if let Some(model) = &wish.task.model {
            out.push(thought(model, wish.task.why.clone().unwrap_or_default()));
        }
        let rules = self.by_rules(wish);
        out.extend(rules);
        if wish.case.is_none() {
            let like = self.tables.uses.iter().filter(|case| case.task == wish.task.ruled_by());
            out.extend(like.map(|case| thought(&case.fallback, format!("if the first choice for {} fails", case.id))));
        }
        if let Some(facts) = out.first().and_then(|first| self.usable(&first.model, wish.kind)) {
            let down = self.way_down(&facts, &wish.task.mix, &wish.task.unfit);
            out.extend(down.into_iter().map(|(_, facts, _)| thought(&facts.id, "cheaper")));
        }
        out
    }

    /// Returns the models of the task's rules: first that of the rule that holds.
    fn by_rules(&self, wish: &Wish<'_>) -> Vec<Thought> {
        let ask = wish.ask;
        let mut rules: Vec<&RouteRow> =
            self.tables.routes.iter().filter(|row| row.task == wish.task.ruled_by()).collect();
        rules.sort_by_key(|row| row.order);
        let fits = |row: &RouteRow| {
            (row.complexity.is_empty() || row.complexity.contains(&ask.complexity))
                && (row.quality.is_empty() || row.quality.contains(&ask.quality))
                && (row.urgency.is_empty() || row.urgency.contains(&ask.urgency))
        };
        let holds = |row: &RouteRow| fits(row) && is_left(ask.left, row.left_above.as_ref());
        let Some(rule) = rules.iter().copied().find(|row| holds(row)) else { return Vec::new() };
        let mut out = Vec::new();
        if rule.matrix {
            out.extend(self.by_matrix(wish));
        } else {
            out.extend(self.of_row(wish, rule.model.as_deref(), rule.paid.as_deref(), &rule.why));
            let richer = rules.iter().filter(|row| row.order < rule.order && fits(row) && !holds(row));
            let richer: Vec<&str> = richer.filter_map(|row| row.model.as_deref()).collect();
            self.cheaper_though_better(wish, &richer, &mut out);
        }
        for row in rules.into_iter().filter(|row| row.id != rule.id) {
            out.extend(self.of_row(wish, row.model.as_deref(), row.paid.as_deref(), &row.why));
        }
        out
    }

    /// Returns the cell for the quality and what is left, then the other cells of that quality.
    fn by_matrix(&self, wish: &Wish<'_>) -> Vec<Thought> {
        let ask = wish.ask;
        let sensitivity = self.rung(ask.left).map_or(Grade::Medium, |rung| rung.sensitivity);
        let quality = ask.quality.word();
        let reason = match ask.left {
            Some(left) => format!("quality {quality} with {} % of the budget left", left.plain()),
            None => format!("quality {quality}; what is left of the budget is unknown"),
        };
        let row: Vec<_> = self.tables.matrix.iter().filter(|cell| cell.quality == ask.quality).collect();
        let cell = row.iter().find(|cell| cell.sensitivity == sensitivity);
        let mut out: Vec<Thought> = cell
            .and_then(|cell| self.of_row(wish, Some(&cell.model), cell.paid.as_deref(), &reason))
            .into_iter()
            .collect();
        let richer = row.iter().filter(|cell| cell.sensitivity < sensitivity).map(|cell| cell.model.as_str());
        self.cheaper_though_better(wish, &richer.collect::<Vec<_>>(), &mut out);
        for cell in row {
            let what =
                if cell.sensitivity < sensitivity { "with more of the budget left" } else { "to spare the budget" };
            out.extend(self.of_row(wish, Some(&cell.model), cell.paid.as_deref(), what));
        }
        out
    }

    /// Returns a row's model, or the paid one where it is a local one that nobody asked for.
    fn of_row(&self, wish: &Wish<'_>, model: Option<&str>, paid: Option<&str>, why: &str) -> Option<Thought> {
        let model = model?;
        let local = self.usable(model, wish.kind).is_some_and(|facts| facts.is_local());
        let name = if local && !wish.ask.local { paid.unwrap_or(model) } else { model };
        Some(thought(name, why))
    }

    /// Puts a model for a bigger budget before the choice when it costs no more: prices move, tables stay.
    fn cheaper_though_better(&self, wish: &Wish<'_>, richer: &[&str], out: &mut Vec<Thought>) {
        let price = |name: &str| {
            let facts = self.usable(name, wish.kind).filter(|facts| !facts.is_local())?;
            Some((self.blended(&facts, &wish.task.mix)?, facts.id))
        };
        let Some((chosen, name)) = out.first().and_then(|first| price(&first.model)) else { return };
        let better = richer.iter().filter_map(|name| price(name)).filter(|(usd, id)| *usd <= chosen && *id != name);
        if let Some((_, id)) = better.min() {
            let reason = format!("meant for a bigger budget, but costs no more than {name}");
            out.insert(0, thought(&id, reason));
        }
    }

    /// Keeps the models that can be had, are fit and, unless asked for, are not local; each once.
    fn could_do(&self, wish: &Wish<'_>, thoughts: Vec<Thought>) -> Vec<Alternative> {
        let mut out: Vec<Alternative> = Vec::new();
        for thought in thoughts {
            let Some(facts) = self.usable(&thought.model, wish.kind) else { continue };
            let unfit = wish.task.unfit.contains(&facts.id) && wish.task.model.as_ref() != Some(&facts.id);
            let unasked = facts.is_local() && !wish.ask.local;
            if unfit || unasked || out.iter().any(|other| other.model == facts.id) {
                continue;
            }
            let price = self.blended(&facts, &wish.task.mix);
            out.push(Alternative { model: facts.id, reason: thought.reason, usd_per_m_blended: price });
        }
        out
    }

    /// Returns the cheapest paid model that the tables name and that is fit.
    fn cheapest(&self, wish: &Wish<'_>) -> Option<ModelFacts> {
        let tables = self.tables;
        let routes = tables.routes.iter().flat_map(|row| [&row.model, &row.paid]).flatten();
        let cells = tables.matrix.iter().flat_map(|row| std::iter::once(&row.model).chain(&row.paid));
        let cases = tables.uses.iter().flat_map(|row| [&row.primary, &row.fallback]);
        let steps = tables.paths.iter().flat_map(|row| std::iter::once(&row.id).chain(&row.steps));
        let tasks = tables.tasks.iter().filter_map(|row| row.model.as_ref());
        let all = routes.chain(cells).chain(cases).chain(steps).chain(tasks);
        let fit = all
            .filter_map(|name| self.usable(name, wish.kind))
            .filter(|facts| !facts.is_local() && !wish.task.unfit.contains(&facts.id));
        let priced = fit.filter_map(|facts| Some((self.blended(&facts, &wish.task.mix)?, facts)));
        priced.min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id))).map(|(_, facts)| facts)
    }
}

fn nothing_to_be_had(task: &str) -> Problem {
    Problem::new(codes::MODEL_UNKNOWN, format!("no model that the tables name for {} has a price", code_span(task)))
        .hint("`wfo-helper cost price` lists the models; lay a row over `model-routes.yaml`")
}
