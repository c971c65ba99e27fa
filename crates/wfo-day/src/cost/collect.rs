//! Gathers everything that a report adds up: calls from the index, and the ledger rows that no transcript tells.

use std::collections::HashSet;

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, Usd, codes, read};
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
        notes.extend((from == to).then(|| set_aside(&ledger, from)).flatten());
        let rows = if all {
            let mut rows = foreign(&ledger, &|session| transcripts.knows(session));
            rows.extend(self.entered_elsewhere(transcripts, &rows, (from, to)));
            rows
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

    /// Returns what the ledgers of other repositories tell beside the transcripts; what stands in two clones counts once.
    fn entered_elsewhere(&self, transcripts: &Transcripts, own: &[Row], days: (Date, Date)) -> Vec<Row> {
        let mut seen: HashSet<String> = own.iter().filter_map(|row| row.id.clone()).collect();
        let mut all = Vec::new();
        for root in super::entered::others(self) {
            // One that cannot be read is said where it is asked about.
            let Ok(Some(page)) = read::page(&root, LEDGER, LEDGER_LIMIT) else { continue };
            let ledger = Ledger::read(&Page::new(LEDGER, page.text));
            let rows = foreign(&ledger, &|session| transcripts.knows(session)).into_iter();
            let rows = rows.filter(|row| (days.0..=days.1).contains(&row.day));
            all.extend(rows.filter(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone()))));
        }
        all
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

/// Says what an older file told of a day and does not count, since transcripts tell of the same.
fn set_aside(ledger: &Ledger, day: Date) -> Option<Diagnostic> {
    let rows: Vec<&Row> = ledger.overlapping.iter().filter(|row| row.day == day).collect();
    let total: Usd = rows.iter().filter_map(|row| row.usd).sum();
    (!rows.is_empty()).then(|| {
        let message =
            format!("older files tell of {total} on {day} that do not count, since transcripts tell of the same");
        Problem::new(codes::COST_LEGACY, message)
            .hint(format!("the rows are in `{LEDGER}`, marked with `overlap`"))
            .info()
    })
}

/// Names the models that no price is known for.
#[must_use]
pub fn unpriced(period: &Period) -> Option<Diagnostic> {
    wfo_cost::amounts::unpriced(period.unpriced.iter().map(|part| part.model.as_deref()))
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
