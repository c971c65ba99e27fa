//! `cost add`: what no transcript tells.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd, codes, text};
use wfo_cost::{Kind, Tier, Tokens};
use wfo_day::cost::{Accounts, Entry, add};

use super::super::Outcome;
use super::KeptView;
use crate::answer::{Answer, View};
use crate::render::Paint;
use crate::render::cost::{TokensView, dollars};

/// Enter what no transcript tells: other models, machine hours, storage, calls of services
///
/// With a model and tokens the price table says what it cost; otherwise say it with --usd. The same --id again replaces the
/// earlier entry, so that a script may run twice.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What was paid for
    #[arg(long, value_parser = ["inference", "compute", "storage", "api"], default_value = "inference")]
    kind: String,
    /// The model, machine or service
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Prompt tokens
    #[arg(long, value_name = "N", default_value_t = 0)]
    input: u64,
    /// Generated tokens
    #[arg(long, value_name = "N", default_value_t = 0)]
    output: u64,
    /// Prompt tokens that a cache answered
    #[arg(long, value_name = "N", default_value_t = 0)]
    cache_read: u64,
    /// Prompt tokens written to a cache for 5 minutes
    #[arg(long, value_name = "N", default_value_t = 0)]
    cache_write: u64,
    /// Prompt tokens written to a cache for an hour
    #[arg(long, value_name = "N", default_value_t = 0)]
    cache_write_1h: u64,
    /// How many requests
    #[arg(long, value_name = "N", default_value_t = 1)]
    requests: u64,
    /// It was answered as a batch
    #[arg(long)]
    batch: bool,
    /// What it cost [default: by the price table]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    usd: Option<String>,
    /// The feature it is put down to
    #[arg(long, value_name = "SLUG")]
    feature: Option<String>,
    /// The branch it is put down to
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
    /// The skill it is put down to
    #[arg(long, value_name = "SKILL")]
    skill: Option<String>,
    /// The day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<String>,
    /// Names the entry: a later one with the same name replaces it
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

/// What was entered.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was written.
    applied: bool,
    /// The entry's id.
    id: Option<String>,
    /// The day.
    day: String,
    /// inference, compute, storage or api.
    kind: &'static str,
    /// The model, machine or service.
    model: Option<String>,
    /// Its tokens.
    tokens: TokensView,
    /// What it cost; null when no price is known.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
    /// The feature it is put down to.
    feature: Option<String>,
    /// What became of the ledger.
    ledger: KeptView,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let what = self.model.as_deref().unwrap_or(self.kind);
        let word = if self.applied { "entered" } else { "would enter" };
        let id = self.id.as_deref().unwrap_or_default();
        format!("{word} {} for {what} on {} ({id})\n", paint.bold(&dollars(self.usd)), self.day)
    }
}

/// The most tokens of one entry: a million million.
const MOST: u64 = 1_000_000_000_000;

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let tokens = Tokens {
        input: args.input,
        output: args.output,
        cache_read: args.cache_read,
        cache_write_5m: args.cache_write,
        cache_write_1h: args.cache_write_1h,
    };
    let kind = Kind::parse(&args.kind).unwrap_or_default();
    if tokens.sum() > MOST {
        return Err(Problem::new(codes::COST_AMOUNT_INVALID, format!("{} tokens cannot be", tokens.sum()))
            .hint("say the tokens of the requests that were made"));
    }
    let usd = args.usd.as_deref().map(amount).transpose()?;
    let nothing = usd.is_none() && (kind != Kind::Inference || tokens.sum() == 0);
    if nothing {
        return Err(Problem::new(codes::USAGE, "neither an amount nor tokens of a model are given")
            .hint("say `--usd X`, or `--model M --input N --output N`"));
    }
    let name = |value: &Option<String>| value.as_deref().map(|value| text::clip(&text::one_line(value), 200).into_owned());
    let entry = Entry {
        kind,
        model: name(&args.model),
        tokens,
        requests: if kind == Kind::Inference { args.requests } else { 0 },
        tier: Tier { batch: args.batch, ..Tier::default() },
        usd,
        day: args.day.as_deref().map(super::period::parse_day).transpose()?,
        feature: name(&args.feature),
        branch: name(&args.branch),
        skill: name(&args.skill),
        id: name(&args.id).filter(|id| !id.trim().is_empty()),
    };
    let done = add(accounts, entry, notes)?;
    let view = Shown {
        applied: !accounts.dry_run,
        id: done.row.id.clone(),
        day: done.row.day.to_string(),
        kind: done.row.kind.word(),
        model: done.row.model.clone(),
        tokens: done.row.tokens.into(),
        usd: done.row.usd,
        feature: done.row.feature.clone(),
        ledger: KeptView::new(&done.kept),
    };
    Ok(Answer::new("wfo.cost-add/1", view).into())
}

/// Reads an amount of the command line.
pub(super) fn amount(text: &str) -> Result<Usd, Problem> {
    let plain = text.trim();
    Usd::parse(plain.strip_prefix('$').unwrap_or(plain)).ok_or_else(|| {
        let shown = wfo_base::text::clip(&wfo_base::text::one_line(text), 60).into_owned();
        Problem::new(codes::COST_AMOUNT_INVALID, format!("`{shown}` is not an amount of dollars"))
            .hint("write it like 1.25")
    })
}
