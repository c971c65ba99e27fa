//! Gathers everything that a report adds up: calls from the index, and the ledger rows that no transcript tells.

use std::collections::HashSet;

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, codes, read, text::code_span};
use wfo_cost::ledger::{Ledger, foreign};
use wfo_cost::report::Period;
use wfo_cost::{Call, Page, Row, Source, Spending};

use super::accounts::Accounts;
use super::book::{Book, Scope, sessions_outside};
use super::transcripts::{Look, Transcripts, look};

/// The most of a ledger that is read: 256 MiB.
pub(crate) const LEDGER_LIMIT: u64 = 256 << 20;
/// Where the ledger lies.
pub(crate) const LEDGER: &str = "costs/ledger.jsonl";

/// Everything spent in some days.
#[derive(Debug, Default)]
pub struct Collected {
    /// Counted responses, in order of time.
    pub calls: Vec<Call>,
    /// Ledger rows besides them.
    pub rows: Vec<Row>,
    /// Whether every transcript was read; otherwise totals are unknown.
    pub complete: bool,
}

impl Collected {
    /// Returns it as reports take it.
    #[must_use]
    pub fn spending(&self) -> Spending<'_> {
        Spending { calls: &self.calls, rows: &self.rows }
    }
}

impl Accounts<'_> {
    /// Returns how a person who waits for a figure looks at transcripts.
    #[must_use]
    pub fn quick(&self) -> Look<'_> {
        Look { dry_run: self.dry_run, ..Look::quick(self.home) }
    }

    /// Gathers what was spent from `from` to `to`, both included; `all` = in every project.
    ///
    /// # Errors
    /// As [`look`].
    pub fn collect(&self, from: Date, to: Date, all: bool, notes: &mut Vec<Diagnostic>) -> Result<Collected, Problem> {
        let transcripts = look(&self.quick(), notes)?;
        notes.extend(unread(&transcripts));
        Ok(self.collected(&transcripts, from, to, all, notes))
    }

    /// As [`Accounts::collect`], from transcripts that were looked at already.
    pub fn collected(
        &self,
        transcripts: &Transcripts,
        from: Date,
        to: Date,
        all: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Collected {
        let scope = if all { Scope::Everywhere } else { Scope::Here(&self.here) };
        let calls = Book::new(transcripts, &self.prices, &self.zone).calls(from, to, scope);
        let complete = transcripts.complete && calls.is_some();
        let calls = calls.unwrap_or_default();
        let mut ledger = self.ledger(notes);
        ledger.rows.retain(|row| (from..=to).contains(&row.day));
        let rows = if all {
            foreign(&ledger, &|session| transcripts.knows(session))
        } else {
            self.foreign(transcripts, &ledger, &calls)
        };
        notes.extend(self.prices.stale(self.clock.today()));
        notes.extend(ahead(&calls, self.clock.now().timestamp()));
        Collected { calls, rows, complete: complete && ledger.readable }
    }

    /// Returns the ledger's rows that are in none of `calls`: entered, of an older life, of transcripts that are gone, and of
    /// sessions that the index puts down to another place altogether, such as a second clone that shares the ledger.
    pub(crate) fn foreign(&self, transcripts: &Transcripts, ledger: &Ledger, calls: &[Call]) -> Vec<Row> {
        let told: HashSet<&str> = calls.iter().map(|call| &*call.session).collect();
        let doubtful = ledger.rows.iter().any(|row| {
            row.source == Source::Transcript && row.session.as_deref().is_some_and(|session| !told.contains(session))
        });
        let elsewhere = if doubtful { self.elsewhere(transcripts) } else { HashSet::new() };
        foreign(ledger, &|session| transcripts.knows(session) && !elsewhere.contains(session))
    }

    /// Names the sessions of which responses count, all of them in other places than this repository.
    pub(crate) fn elsewhere<'t>(&self, transcripts: &'t Transcripts) -> HashSet<&'t str> {
        sessions_outside(transcripts, Scope::Here(&self.here)).unwrap_or_default()
    }

    /// Reads the repository's ledger.
    pub(crate) fn ledger(&self, notes: &mut Vec<Diagnostic>) -> Ledger {
        match self.ledger_page() {
            Ok(None) => Ledger::default(),
            Ok(Some(page)) => {
                let ledger = Ledger::read(&page);
                notes.extend(ledger.notes.iter().cloned());
                ledger
            }
            Err(problem) => {
                notes.push(problem.warning());
                Ledger::read(&Page::unreadable(LEDGER))
            }
        }
    }

    pub(crate) fn ledger_page(&self) -> Result<Option<Page>, Problem> {
        super::keep::check_folder(self.place.shared_root())?;
        let page = read::page(self.place.shared_root(), LEDGER, LEDGER_LIMIT)?;
        Ok(page.map(|page| Page::new(LEDGER, page.text)))
    }
}

/// Says that more is unread than a quick look reads.
pub(crate) fn unread(transcripts: &Transcripts) -> Option<Diagnostic> {
    let bytes = transcripts.unread;
    // Without arrears something else went wrong, and was said.
    (bytes > 0 && !transcripts.complete).then(|| {
        let message = format!("{} MiB of transcripts are not read yet, so totals are unknown", bytes.div_ceil(1 << 20));
        Problem::new(codes::COST_UNREAD, message).hint("run `wfo-helper cost import`").warning()
    })
}

/// Names the models that no price is known for.
#[must_use]
pub fn unpriced(period: &Period) -> Option<Diagnostic> {
    let models: Vec<String> = period
        .unpriced
        .iter()
        .map(|part| part.model.as_deref().map_or_else(|| "a row without model".to_owned(), code_span))
        .collect();
    let shown = models.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let more = match models.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!models.is_empty()).then(|| {
        Problem::new(codes::COST_UNPRICED, format!("no price is known for {shown}{more}, so totals are lower bounds"))
            .hint("lay a row for it over the table: CONFIG/wfo/data/prices.yaml (`wfo-helper ref costs`)")
            .warning()
    })
}

/// Says that responses are dated in the future.
fn ahead(calls: &[Call], now: jiff::Timestamp) -> Option<Diagnostic> {
    let limit = now.saturating_add(jiff::SignedDuration::from_mins(10)).unwrap_or(now);
    let count = calls.iter().rev().take_while(|call| call.at > limit).count();
    (count > 0).then(|| {
        let word = if count == 1 { "response is" } else { "responses are" };
        Problem::new(codes::COST_CLOCK_AHEAD, format!("{count} {word} dated in the future; they count on their day"))
            .hint("check the clock of the machine that wrote them")
            .warning()
    })
}
