//! What could be saved, and what was: real tokens priced another way, with the figures in a sentence.
//! No percentages out of the air; a hint whose price is not known, or below a cent, is not given.

use jiff::civil::Date;
use wfo_base::{Usd, text::code_span};

use crate::report::Pricing;
use crate::report::period::Period;
use crate::report::tasks::Tasks;
use crate::report::words;
use crate::spending::Call;

mod batch;
mod cache;
mod growth;
mod model;
mod peak;
mod threads;

/// The least amount that is worth a hint.
const LEAST: Usd = Usd::from_cents(1);

/// A model that is fit for a type of task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The task type.
    pub task: String,
    /// The model.
    pub model: String,
}

/// Which models could do what.
#[derive(Clone, Copy)]
pub struct Offers<'a> {
    /// Models by task type.
    pub list: &'a [Offer],
    /// The kind of a model (`chat`, `embedding`); `None` = not known, then it is replaced by nothing.
    pub kind: &'a dyn Fn(&str) -> Option<String>,
}

/// What hints are worked out from.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) calls: &'a [&'a Call],
    pub(crate) pricing: &'a dyn Pricing,
    pub(crate) tasks: &'a Tasks,
    pub(crate) offers: Offers<'a>,
}

impl Facts<'_> {
    pub(crate) fn task(&self, call: &Call) -> &str {
        self.tasks.task(call.skill.as_deref(), call.agent.as_deref())
    }
}

/// One way to spend less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `cheaper-model`, `cache-lifetime`, `cache-unread`, `batch`, `prompt-growth` or `peak-hours`.
    pub kind: &'static str,
    /// What it is about, in a few words.
    pub title: String,
    /// What it would have saved in the period; `None` where the rule cannot tell.
    pub usd: Option<Usd>,
    /// The figures and the rule, as a sentence.
    pub basis: String,
    /// What to do.
    pub action: String,
}

/// Something that was saved in the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving {
    /// `cache` or `batch`.
    pub kind: &'static str,
    /// What it is about, in a few words.
    pub title: String,
    /// How much.
    pub usd: Usd,
    /// The figures and the rule, as a sentence.
    pub basis: String,
}

/// Works out hints, dearest first, and what was saved, from the calls of a period.
pub(crate) fn hints(facts: &Facts<'_>, period: &Period) -> (Vec<Hint>, Vec<Saving>) {
    let mut hints = model::cheaper(facts);
    hints.extend(batch::hint(facts));
    hints.extend(growth::hint(facts));
    hints.extend(cache::lifetimes(facts));
    let (unread, kept) = cache::balance(facts);
    hints.extend(unread);
    hints.retain(|hint| hint.usd.is_some_and(|usd| usd >= LEAST));
    hints.extend(peak::hint(period));
    hints.sort_by(|a, b| b.usd.cmp(&a.usd).then(a.kind.cmp(b.kind)).then_with(|| a.title.cmp(&b.title)));
    let mut savings: Vec<Saving> = kept.into_iter().chain(batch::saved(facts)).collect();
    savings.retain(|saving| saving.usd >= LEAST);
    (hints, savings)
}

/// Returns the calls of some days.
pub(crate) fn within(calls: &[Call], from: Date, to: Date) -> Vec<&Call> {
    calls.iter().filter(|call| (from..=to).contains(&call.day)).collect()
}

/// Words `a, b and 3 more`, each as a code span.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| code_span(&words::name(Some(name)))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests;
