//! `cost add`: what no transcript tells: other models, machine hours, storage, calls of services.

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, Usd, codes, ids};
use wfo_cost::{Kind, Row, Source, Tier, Tokens};

use super::accounts::Accounts;
use super::import::import;
use super::keep::{Kept, enter, has_older};

/// What is entered.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// What it is for.
    pub kind: Kind,
    /// The model, machine or service.
    pub model: Option<String>,
    /// Tokens of a model.
    pub tokens: Tokens,
    /// How many requests.
    pub requests: u64,
    /// How they were served.
    pub tier: Tier,
    /// The amount; `None` = by the price table.
    pub usd: Option<Usd>,
    /// The day; `None` = today.
    pub day: Option<Date>,
    /// The feature it is put down to.
    pub feature: Option<String>,
    /// The branch it is put down to.
    pub branch: Option<String>,
    /// The skill it is put down to.
    pub skill: Option<String>,
    /// The id: a later entry with the same one replaces this.
    pub id: Option<String>,
}

/// What was entered.
#[derive(Debug)]
pub struct Entered {
    /// The row.
    pub row: Row,
    /// What became of the files.
    pub kept: Kept,
}

/// Enters one row in the repository's ledger.
///
/// # Errors
/// `cost.amount-invalid`, `model.unknown` when no amount is given and no row of the price table names the model; otherwise as
/// the ledger's.
pub fn add(accounts: &Accounts<'_>, entry: Entry, notes: &mut Vec<Diagnostic>) -> Result<Entered, Problem> {
    if accounts.costs_folder().is_none() {
        return Err(super::report::nowhere("a ledger"));
    }
    let day = entry.day.unwrap_or_else(|| accounts.clock.today());
    let (usd, price_as_of) = match entry.usd {
        Some(usd) if usd < Usd::ZERO => {
            return Err(Problem::new(codes::COST_AMOUNT_INVALID, format!("{} cannot have been spent", usd.cents()))
                .hint("to take an entry back, enter it again with the same --id and --usd 0"));
        }
        Some(usd) => (Some(usd), None),
        None => priced(accounts, &entry, day)?,
    };
    let row = Row {
        session: None,
        day,
        zone: accounts.zone_name.clone(),
        model: entry.model,
        tier: entry.tier,
        project: Some(accounts.here.name.clone()),
        branch: entry.branch,
        skill: entry.skill,
        feature: entry.feature,
        kind: entry.kind,
        tokens: entry.tokens,
        requests: entry.requests,
        searches: 0,
        usd,
        price_as_of,
        source: Source::Manual,
        id: Some(entry.id.unwrap_or_else(ids::unique)),
    };
    // Beside a ledger the files of an older life do not count, so they are taken over first.
    let taken = match has_older(accounts)? {
        true => import(accounts, None, notes)?.kept.map(|kept| kept.taken).unwrap_or_default(),
        false => Vec::new(),
    };
    let kept = enter(accounts, &row, notes)?;
    let kept = Kept { taken, ..kept };
    Ok(Entered { row, kept })
}

/// Prices tokens by the table, at noon of the day.
fn priced(accounts: &Accounts<'_>, entry: &Entry, day: Date) -> Result<(Option<Usd>, Option<String>), Problem> {
    let Some(model) = entry.model.as_deref() else {
        return Err(Problem::new(codes::COST_AMOUNT_INVALID, "neither a model nor an amount is given")
            .hint("say `--model M --input N --output N`, or `--kind compute --usd X`"));
    };
    let Some(rates) = accounts.prices.rates(model) else {
        return Err(Problem::new(
            codes::MODEL_UNKNOWN,
            format!("no price is known for `{}`", wfo_base::text::one_line(model)),
        )
        .hint("name it as `wfo-helper cost price` does, or say what it cost with --usd"));
    };
    let noon = day.at(12, 0, 0, 0).to_zoned(accounts.zone.clone()).map(|noon| noon.timestamp());
    let usd = noon.ok().and_then(|noon| rates.usd(entry.tier, noon, entry.tokens, 0));
    Ok((usd, accounts.prices.as_of(model).map(str::to_owned)))
}
