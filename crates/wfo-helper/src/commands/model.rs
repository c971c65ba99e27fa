//! `model route|degrade`: which model to take for a task, and which cheaper one in place of another. Starts nothing.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd, codes, text};
use wfo_cost::budget::standing::{Left, State};
use wfo_cost::route::tables::{Grade, Quality, Urgency};
use wfo_cost::route::{Alternative, Ask, Degrade, Lifetime, Processing, Route, Step};
use wfo_day::cost::{Accounts, Advised};

use super::{Outcome, cost};
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::terms::exact;
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] =
    &[SchemaEntry::of::<Routed>("model-route"), SchemaEntry::of::<Degraded>("model-degrade")];

/// Choose a model that is good enough and no dearer than needed
///
/// By tables that you can lay rows over (`wfo-helper ref tables`), by prices of today, and by what is left of the budget.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Choose a model for a task
    Route(RouteArgs),
    /// Choose a strictly cheaper model in place of another, the further down the less is left of the budget
    Degrade(DegradeArgs),
}

#[derive(Debug, clap::Args)]
struct RouteArgs {
    /// reasoning, code, bulk, chat, summary, extraction, embeddings, analysis, or a use case such as customer-facing
    #[arg(long, value_name = "T")]
    task: String,
    /// How hard it is
    #[arg(long, value_parser = ["low", "medium", "high"], default_value = "medium")]
    complexity: String,
    /// How good the answer has to be
    #[arg(long, value_parser = ["low", "medium", "high", "critical"], default_value = "high")]
    quality: String,
    /// How soon it is needed
    #[arg(long, value_parser = ["normal", "high"], default_value = "normal")]
    urgency: String,
    /// Take a model on this machine
    #[arg(long)]
    local: bool,
    /// How many requests there will be
    #[arg(long, value_name = "N")]
    volume: Option<u64>,
    /// What is left of the budget, 0 to 100 [default: of the tightest soft limit, from what was spent]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    left: Option<String>,
}

#[derive(Debug, clap::Args)]
struct DegradeArgs {
    /// The model, by any of its names
    model: String,
    /// What it does: models that are unfit for it are passed over
    #[arg(long, value_name = "T")]
    task: Option<String>,
    /// Take a model on this machine
    #[arg(long)]
    local: bool,
    /// What is left of the budget, 0 to 100 [default: of the tightest soft limit, from what was spent]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    left: Option<String>,
}

/// The model for a task.
#[derive(Debug, Serialize, JsonSchema)]
struct Routed {
    /// The model.
    model: String,
    /// The task whose rules held.
    task: String,
    /// One sentence.
    reason: String,
    /// What to know before following, such as a model that is not installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// What a million tokens cost in the task's mix of input, cache and output; null when a price is not known.
    #[schemars(with = "Option<f64>")]
    usd_per_m_blended: Option<Usd>,
    /// Others that could do it, best first.
    alternatives: Vec<AlternativeView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives_more: Option<usize>,
    /// How to send the requests; null when no row of the table says.
    processing: Option<ProcessingView>,
    /// For how many days an answer may be used again; null when no row of the table says, absent when it never ages.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_days: Option<Option<u32>>,
    /// True when an answer never ages.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_never_ages: Option<bool>,
    /// What is left of the tightest soft limit in percent; null when it is unknown.
    #[schemars(with = "Option<f64>")]
    left_percent: Option<Left>,
    /// normal, saving or emergency; null when it is unknown what is left.
    state: Option<&'static str>,
}

/// Another model.
#[derive(Debug, Serialize, JsonSchema)]
struct AlternativeView {
    /// The model.
    model: String,
    /// Why it is named.
    reason: String,
    /// What a million tokens cost in the same mix; null when a price is not known.
    #[schemars(with = "Option<f64>")]
    usd_per_m_blended: Option<Usd>,
}

impl From<&Alternative> for AlternativeView {
    fn from(other: &Alternative) -> Self {
        let (model, reason) = (sentence(&other.model), sentence(&other.reason));
        Self { model, reason, usd_per_m_blended: other.usd_per_m_blended }
    }
}

/// How to send requests.
#[derive(Debug, Serialize, JsonSchema)]
struct ProcessingView {
    /// streaming, batch or standard.
    mode: String,
    /// How many requests of one model and task go together at most; absent when none do.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<u16>,
    /// Why.
    why: String,
}

impl From<&Processing> for ProcessingView {
    fn from(found: &Processing) -> Self {
        Self { mode: sentence(&found.mode), group: found.group, why: sentence(&found.why) }
    }
}

impl From<&Advised<Route>> for Routed {
    fn from(advised: &Advised<Route>) -> Self {
        let route = &advised.answer;
        Self {
            model: sentence(&route.model),
            task: sentence(&route.task),
            reason: sentence(&route.reason),
            warning: route.warning.as_deref().map(sentence),
            usd_per_m_blended: route.usd_per_m_blended,
            alternatives: route.alternatives.iter().map(AlternativeView::from).collect(),
            alternatives_more: None,
            processing: route.processing.as_ref().map(ProcessingView::from),
            cache_days: match route.cache {
                Some(Lifetime::Days(days)) => Some(Some(days)),
                Some(Lifetime::ForEver) => None,
                None => Some(None),
            },
            cache_never_ages: (route.cache == Some(Lifetime::ForEver)).then_some(true),
            left_percent: advised.left,
            state: advised.state.map(State::word),
        }
    }
}

impl View for Routed {
    fn text(&self, paint: Paint) -> String {
        let price = price(self.usd_per_m_blended);
        let mut out = format!("{}  {price}\n{}\n", paint.bold(&self.model), self.reason);
        out += &warned(self.warning.as_deref(), paint);
        if let Some(processing) = &self.processing {
            let group = processing.group.map(|most| format!(", up to {most} together")).unwrap_or_default();
            out += &format!("send: {}{group} ({})\n", processing.mode, processing.why);
        }
        out += &match (self.cache_days, self.cache_never_ages) {
            (Some(Some(days)), _) => format!("keep answers: {days} days\n"),
            (_, Some(true)) => "keep answers: for ever\n".to_owned(),
            _ => String::new(),
        };
        let others = others(&self.alternatives, self.alternatives_more, true, paint);
        out + &others + &left_line(self.left_percent, self.state)
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.alternatives, &mut self.alternatives_more, limit);
    }
}

/// The model in place of another.
#[derive(Debug, Serialize, JsonSchema)]
struct Degraded {
    /// The model that was asked about.
    from: String,
    /// The cheaper one; null when none is needed or there is none.
    model: Option<String>,
    /// One sentence.
    reason: String,
    /// What to know before following, such as a model that is not installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// Other cheaper ones, dearest first.
    alternatives: Vec<AlternativeView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives_more: Option<usize>,
    /// What is left of the tightest soft limit in percent; null when it is unknown.
    #[schemars(with = "Option<f64>")]
    left_percent: Option<Left>,
    /// normal, saving or emergency; null when it is unknown what is left.
    state: Option<&'static str>,
}

impl From<&Advised<Degrade>> for Degraded {
    fn from(advised: &Advised<Degrade>) -> Self {
        let found = &advised.answer;
        Self {
            from: sentence(&found.from),
            model: found.model.as_deref().map(sentence),
            reason: sentence(&found.reason),
            warning: found.warning.as_deref().map(sentence),
            alternatives: found.alternatives.iter().map(AlternativeView::from).collect(),
            alternatives_more: None,
            left_percent: advised.left,
            state: advised.state.map(State::word),
        }
    }
}

impl View for Degraded {
    fn text(&self, paint: Paint) -> String {
        let model = self.model.as_ref().map_or_else(|| format!("keep {}", self.from), |model| paint.bold(model));
        let mut out = format!("{model}\n{}\n", self.reason);
        out += &warned(self.warning.as_deref(), paint);
        // Their reasons are their prices.
        let others = others(&self.alternatives, self.alternatives_more, false, paint);
        out + &others + &left_line(self.left_percent, self.state)
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.alternatives, &mut self.alternatives_more, limit);
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    cost::call(context, "choosing a model", |accounts, notes| match &args.verb {
        Verb::Route(args) => route(args, accounts, notes),
        Verb::Degrade(args) => degrade(args, accounts, notes),
    })
}

fn route(args: &RouteArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let usual = Ask::usual(&args.task);
    let ask = Ask {
        complexity: Grade::parse(&args.complexity).unwrap_or(usual.complexity),
        quality: Quality::parse(&args.quality).unwrap_or(usual.quality),
        urgency: Urgency::parse(&args.urgency).unwrap_or(usual.urgency),
        left: left(args.left.as_deref())?,
        local: args.local,
        volume: args.volume,
        ..usual
    };
    let advised = accounts.route(&ask, notes)?;
    Ok(Answer::new("wfo.model-route/1", Routed::from(&advised)).next(import(&advised)).into())
}

fn degrade(args: &DegradeArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let left = left(args.left.as_deref())?;
    let task = args.task.as_deref();
    let step = Step { model: &args.model, task, left, local: args.local, installed_local: &[] };
    let advised = accounts.degrade(&step, notes)?;
    Ok(Answer::new("wfo.model-degrade/1", Degraded::from(&advised)).next(import(&advised)).into())
}

fn left(text: Option<&str>) -> Result<Option<Left>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let left = Left::parse(text).ok_or_else(|| {
        Problem::new(codes::USAGE, format!("{} is no percentage from 0 to 100", text::code_span(text)))
            .hint("write it like `--left 20`, or leave it out: it is worked out from what was spent")
    })?;
    Ok(Some(left))
}

/// Names the command that makes known what is not.
fn import<T>(advised: &Advised<T>) -> Option<String> {
    (!advised.complete).then(|| "wfo-helper cost import".to_owned())
}

fn price(usd: Option<Usd>) -> String {
    match usd {
        Some(usd) => format!("{} for a million tokens", exact(Some(usd))),
        None => "its price is not known".to_owned(),
    }
}

fn warned(warning: Option<&str>, paint: Paint) -> String {
    warning.map(|warning| format!("{} {warning}\n", paint.yellow("note:"))).unwrap_or_default()
}

fn others(others: &[AlternativeView], more: Option<usize>, reasons: bool, paint: Paint) -> String {
    if others.is_empty() && more.is_none() {
        return String::new();
    }
    let mut table = Table::new();
    for other in others {
        let reason = if reasons { other.reason.clone() } else { String::new() };
        table.row([other.model.clone(), exact(other.usd_per_m_blended), reason]);
    }
    format!("\n{}\n{}{}", paint.bold("others"), table.lines(2), and_more(more.unwrap_or(0)))
}

fn left_line(left: Option<Left>, state: Option<&str>) -> String {
    match (left, state) {
        (Some(left), Some(state)) => format!("\n{} % of the budget is left ({state})\n", left.plain()),
        _ => "\nwhat is left of the budget is unknown\n".to_owned(),
    }
}

fn sentence(words: &str) -> String {
    text::clip(&text::one_line(words), 500).into_owned()
}
