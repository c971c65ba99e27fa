//! `cost import`: transcripts into the index, the repository's part of it into its ledger, and what is derived from that.
//! A second import that finds nothing new writes nothing.

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, Usd, codes};
use wfo_cost::{Source, amounts};

use super::accounts::Accounts;
use super::book::{Book, Scope, rows};
use super::keep::{Kept, has_older, keep, locked};
use super::transcripts::{Look, Transcripts, look};

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    /// Transcripts that are there.
    pub files: usize,
    /// Responses that count, of all projects and all times.
    pub responses: usize,
    /// Of these, how many count since this call.
    pub new: usize,
    /// Lines of transcripts that could not be read.
    pub skipped_lines: u64,
    /// What the responses cost; `None` when no price is known for any of them.
    pub total: Option<Usd>,
    /// Responses that no price is known for, by model.
    pub unpriced: Vec<(String, usize)>,
    /// What became of the repository's ledger; `None` outside a repository.
    pub kept: Option<Kept>,
}

/// The first and the last day that anything can have happened on.
pub const EVER: (Date, Date) = (Date::constant(1, 1, 2), Date::constant(9998, 12, 30));

/// Imports everything that is new; with `since`, only what files that changed from that day on tell, of that day and later.
///
/// # Errors
/// As [`look`] and [`keep`].
pub fn import(accounts: &Accounts<'_>, since: Option<Date>, notes: &mut Vec<Diagnostic>) -> Result<Imported, Problem> {
    // What transcripts tell of the days of older files is known only when all of them were looked at.
    let since = if since.is_some() && has_older(accounts)? { None } else { since };
    let zone = accounts.zone.clone();
    let start = since.and_then(|day| day.to_zoned(zone).ok()).map(|start| start.timestamp());
    let since_ns = start.and_then(|start| i64::try_from(start.as_nanosecond()).ok());
    let whole = Look { since: since_ns, dry_run: accounts.dry_run, ..Look::whole(accounts.home) };
    let mut transcripts = look(&whole, notes)?;
    let kept = match accounts.costs_folder() {
        Some(_) => Some(locked(accounts, || {
            // What somebody else read while the lock was waited for must not be taken back.
            if transcripts.is_outdated(accounts.home) {
                transcripts = look(&whole, &mut Vec::new())?;
            }
            let since = since.filter(|_| !counted_elsewhere(accounts, &transcripts));
            let (first, last) = (since.unwrap_or(EVER.0), EVER.1);
            let mut book = Book::new(&transcripts, &accounts.prices, &accounts.zone);
            let calls = book.calls(first, last, Scope::Here(&accounts.here)).ok_or_else(unreadable)?;
            let rows = rows(&calls, &accounts.zone_name, &accounts.prices);
            keep(accounts, &transcripts, &rows, since, notes)
        })?),
        None => None,
    };
    let totals = totals(&transcripts, &mut Book::new(&transcripts, &accounts.prices, &accounts.zone));
    notes.extend(skipped(&transcripts));
    notes.extend(none_found(accounts, &transcripts));
    notes.extend(amounts::unpriced(totals.unpriced.iter().map(|(model, _)| Some(model.as_str()))));
    notes.extend(accounts.prices.stale(accounts.clock.today()));
    Ok(Imported {
        files: transcripts.files,
        responses: totals.responses,
        new: transcripts.new,
        skipped_lines: transcripts.skipped(),
        total: totals.usd.filter(|_| totals.priced || totals.responses == 0),
        unpriced: totals.unpriced,
        kept,
    })
}

/// Says whether the ledger holds days of another zone: they begin and end elsewhere, so none of them can be made anew alone.
fn counted_elsewhere(accounts: &Accounts<'_>, transcripts: &Transcripts) -> bool {
    let ledger = accounts.ledger(&mut Vec::new());
    let mut counted = ledger.rows.iter().filter(|row| row.source == Source::Transcript);
    counted.any(|row| row.zone != accounts.zone_name && row.session.as_deref().is_some_and(|id| transcripts.knows(id)))
}

struct Totals {
    responses: usize,
    usd: Option<Usd>,
    priced: bool,
    unpriced: Vec<(String, usize)>,
}

fn totals(transcripts: &Transcripts, book: &mut Book<'_>) -> Totals {
    let mut unpriced = std::collections::BTreeMap::new();
    let (mut responses, mut usd, mut priced) = (0, Usd::ZERO, false);
    let read = transcripts.index.between(&transcripts.source(), i64::MIN, i64::MAX, &mut |record| {
        responses += 1;
        match book.usd(record) {
            Some(one) => {
                usd = usd + one;
                priced = true;
            }
            None => *unpriced.entry(record.model).or_insert(0_usize) += 1,
        }
    });
    let name = |symbol| transcripts.index.name(symbol).map(|name| name.to_string()).unwrap_or_default();
    let unpriced = unpriced.into_iter().map(|(symbol, count)| (name(symbol), count)).collect();
    Totals { responses, usd: read.map(|()| usd), priced, unpriced }
}

fn unreadable() -> Problem {
    Problem::new(codes::COST_INDEX_INVALID, "the index of transcripts cannot be read")
        .hint("run `wfo-helper cost import` again; it is made anew from the transcripts that are there")
}

fn skipped(transcripts: &Transcripts) -> Option<Diagnostic> {
    let count = transcripts.skipped();
    (count > 0).then(|| {
        let what = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
        Problem::new(codes::COST_LINES_SKIPPED, format!("{what} of transcripts could not be read and were left out"))
            .hint("nothing to do; totals are lower bounds")
            .info()
    })
}

/// Says where transcripts were looked for when there are none.
fn none_found(accounts: &Accounts<'_>, transcripts: &Transcripts) -> Option<Diagnostic> {
    let folders = accounts.home.transcripts();
    let shown: Vec<String> =
        folders.iter().take(5).map(|folder| wfo_base::text::code_span(&folder.to_string_lossy())).collect();
    (transcripts.files == 0).then(|| {
        Problem::new(codes::COST_NO_TRANSCRIPTS, format!("no transcripts lie below {}", shown.join(", ")))
            .hint("set CLAUDE_CONFIG_DIR if Claude Code keeps them elsewhere")
            .info()
    })
}

/// Says that the ledger knows transcripts which the index never saw.
pub(super) fn index_lost(ledger: &wfo_cost::ledger::Ledger, transcripts: &Transcripts) -> Option<Diagnostic> {
    let strange = ledger
        .rows
        .iter()
        .filter(|row| row.source == Source::Transcript)
        .filter_map(|row| row.session.as_deref())
        .filter(|session| !transcripts.knows(session))
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    (strange > 0).then(|| {
        let what = if strange == 1 { "1 session".to_owned() } else { format!("{strange} sessions") };
        let message = format!(
            "the ledger knows {what} that the index does not: their rows stay, and copies of deleted transcripts cannot be recognised"
        );
        Problem::new(codes::COST_INDEX_LOST, message).hint("nothing to do").info()
    })
}
