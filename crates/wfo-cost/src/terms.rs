//! Terms of a calculation: so much of something, at so much for one. Estimates and projections show every one of them.
//! A term whose price is not known makes the total unknown; nothing that is included is paid back.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wfo_base::text::code_span;
use wfo_base::{Diagnostic, Problem, Usd, codes, yaml};

use crate::decimal::{Quantity, dollars};
use crate::prices::{InfraRow, KindRates, PriceBook};

/// One term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What is paid for.
    pub name: String,
    /// How much of it is used.
    pub quantity: Quantity,
    /// How much of that is free of charge.
    pub included: Quantity,
    /// What one is: `hour`, `GB-month`, `million tokens`, ...
    pub unit: String,
    /// Dollars for one; `None` = not known.
    pub rate_usd: Option<Usd>,
    /// Dollars; `None` = not known. Nothing to pay for is zero at any price.
    pub usd: Option<Usd>,
}

impl Term {
    /// Makes a term; `None` when the amount is beyond all reason (10^14 dollars).
    #[must_use]
    pub fn new(name: &str, quantity: Quantity, included: Quantity, unit: &str, rate_usd: Option<Usd>) -> Option<Self> {
        let billed = quantity.beyond(included);
        let usd = match rate_usd {
            _ if billed.is_zero() => Some(Usd::ZERO),
            Some(rate) => Some(billed.cost(rate)?),
            None => None,
        };
        Some(Self { name: name.to_owned(), quantity, included, unit: unit.to_owned(), rate_usd, usd })
    }
}

/// Returns the sum; `None` when one of the amounts is not known.
pub(crate) fn total<'a>(terms: impl IntoIterator<Item = &'a Term>) -> Option<Usd> {
    terms.into_iter().map(|term| term.usd).sum()
}

/// A machine or service that a plan uses: a row of the table, or a price of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// A row of `infrastructure.yaml`.
    resource: Option<String>,
    /// What it is called, where it is no row.
    name: Option<String>,
    quantity: Quantity,
    unit: Option<String>,
    /// Dollars for one; goes before the table's.
    #[serde(default, deserialize_with = "dollars")]
    usd: Option<Usd>,
    /// Free of charge a month; goes before the table's.
    included: Option<Quantity>,
    /// Which plan's free amount counts.
    plan: Option<String>,
}

impl Service {
    /// Makes the use of a row of the table.
    pub(crate) fn of(resource: &str, quantity: Quantity) -> Self {
        let resource = Some(resource.to_owned());
        Self { resource, name: None, quantity, unit: None, usd: None, included: None, plan: None }
    }

    pub(crate) fn priced(mut self, usd: Option<Usd>, included: Option<Quantity>) -> Self {
        (self.usd, self.included) = (usd.or(self.usd), included.or(self.included));
        self
    }
}

/// What a plan or a list of options is read with.
pub(crate) struct Reader<'a> {
    /// The file's name, for messages.
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    pub(crate) prices: &'a PriceBook,
    pub(crate) infrastructure: &'a [InfraRow],
    /// The moment whose prices hold.
    pub(crate) at: Timestamp,
}

impl Reader<'_> {
    /// Reads the file, YAML or JSON; numbers keep their digits.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        yaml::parse(self.text).map_err(|fault| {
            let (line, column) = fault.place.unwrap_or((1, 1));
            self.problem(fault.message).at(self.name, line, column)
        })
    }

    /// Makes the problem of a file that is wrong, at the first line that holds `word`.
    pub(crate) fn wrong(&self, message: impl Into<String>, word: &str) -> Problem {
        let line = self.text.lines().position(|line| !word.is_empty() && line.contains(word)).map_or(1, |at| at + 1);
        self.problem(message.into()).at_line(self.name, line)
    }

    fn problem(&self, message: String) -> Problem {
        Problem::new(codes::COST_PLAN_INVALID, message).hint("`wfo-helper ref costs` shows a file that works")
    }

    /// Makes the problem of an amount that nobody means.
    pub(crate) fn too_large(&self, what: &str) -> Problem {
        self.wrong(format!("{} comes to an amount that cannot be", code_span(what)), what)
    }

    /// Returns the rates of a model as a plan should reckon; `None` for a model that is not known, which is noted once.
    pub(crate) fn model(&self, model: &str, prompt: u64, notes: &mut Vec<Diagnostic>) -> Option<KindRates> {
        if let Some(rates) = self.prices.rates(model) {
            return Some(rates.planned(self.at, prompt));
        }
        let message = format!("no price is known for the model {}, so the total is not known either", code_span(model));
        let note = Problem::new(codes::MODEL_UNKNOWN, message).hint("`wfo-helper cost price` lists the models");
        let note = note.warning();
        if !notes.contains(&note) {
            notes.push(note);
        }
        None
    }

    /// Makes the term of a service: `quantity` times `factor`, less what is included in `months` months.
    pub(crate) fn service(
        &self,
        service: &Service,
        factor: u64,
        months: Quantity,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Term, Problem> {
        let row = match &service.resource {
            Some(id) => Some(self.infrastructure.iter().find(|row| row.id == *id).ok_or_else(|| {
                let message = format!(
                    "the table infrastructure.yaml has no row {}; give `name` and `usd` instead",
                    code_span(id)
                );
                self.wrong(message, id)
            })?),
            None => None,
        };
        let name = service.name.as_deref().or(service.resource.as_deref()).ok_or_else(|| {
            self.wrong("a service needs `resource`, a row of infrastructure.yaml, or `name` and `usd`", "quantity")
        })?;
        let included = match (service.included, &service.plan, row) {
            (Some(amount), ..) => amount,
            (None, Some(plan), row) => *row.and_then(|row| row.included.get(plan)).ok_or_else(|| {
                let message =
                    format!("nothing is known of a plan {} of {}; give `included`", code_span(plan), code_span(name));
                self.wrong(message, plan)
            })?,
            (None, None, row) => row.and_then(|row| row.included.get("free")).copied().unwrap_or_default(),
        };
        let rate = service.usd.or(row.and_then(|row| row.usd));
        let unit = service.unit.as_deref().or(row.map(|row| row.unit.as_str())).unwrap_or("1");
        let parts = || Some((service.quantity.times(factor)?, included.by(months)?));
        let (quantity, included) = parts().ok_or_else(|| self.too_large(name))?;
        let term = Term::new(name, quantity, included, unit, rate).ok_or_else(|| self.too_large(name))?;
        self.note_unpriced(&term, notes);
        Ok(term)
    }

    /// Notes a term without a price, once.
    pub(crate) fn note_unpriced(&self, term: &Term, notes: &mut Vec<Diagnostic>) {
        if term.usd.is_some() {
            return;
        }
        let message = format!("no price is known for {}, so the total is not known either", code_span(&term.name));
        let hint = format!("give its price in {}, 0 if it is free", code_span(self.name));
        let note = Problem::new(codes::COST_UNPRICED, message).hint(hint).warning();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}
