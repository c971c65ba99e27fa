//! The state of spending for a session that waits: the status line and the hooks. Reads what the session's own transcript was
//! appended, adds up from kept sums, and never walks all transcripts once they were looked at as a whole.

use std::path::{Component, Path};
use std::time::Duration;

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::{Clock, Diagnostic, Usd, codes, read};
use wfo_cost::budget::request::{Decision, Priority};
use wfo_cost::prices::PriceBook;
use wfo_cost::{Amounts, CostPages, Row, Source, Spending, Spent};

use super::accounts::{Accounts, here};
use super::book::{Book, Scope, zone_name};
use super::entered::Entered;
use super::state::{State, budget_rows, closed_folder, limits, shown, user_budget};
use super::sums::Sums;
use super::transcripts::{Look, QUICK, Transcripts, look};
use crate::{place::Place, tables};

/// How long another writer of the index is waited for.
const PATIENCE: Duration = Duration::from_millis(5);
/// How much is read before everything was looked at once.
const FIRST: u64 = QUICK;

impl<'a> Accounts<'a> {
    /// As [`Accounts::with`], without what only reports need: nothing is put down to features.
    #[must_use]
    pub fn live(place: &'a Place, home: &'a Home, clock: &'a Clock, config: &Config) -> Self {
        let mut unsaid = Vec::new();
        let layers = config.layers(home, place.settings_root());
        let rows = tables::PRICES.load(&layers).drain_into(&mut unsaid);
        let zone = clock.now().time_zone().clone();
        Self {
            place,
            home,
            clock,
            prices: PriceBook::new(rows).drain_into(&mut unsaid),
            here: here(place, config, Vec::new()),
            layers,
            zone_name: zone_name(&zone),
            zone,
            shared: config.flag("costs.shared"),
            dry_run: false,
        }
    }

    /// Works out the state of spending; `transcript` is the session's own. What cannot be known at once is unknown.
    #[must_use]
    pub fn now(&self, transcript: Option<&Path>) -> State {
        let mut notes = Vec::new();
        let closed = closed_folder(self, &mut notes);
        let today = self.clock.today();
        let days = wfo_cost::wanted_days(today);
        let first = days.first().copied().unwrap_or(today);
        let transcripts = self.looked(transcript, &mut notes);
        let entered = if closed { Entered::UNREADABLE } else { Entered::since(first, self, &transcripts, &mut notes) };
        let root = self.place.shared_root();
        let mut page = |name: &str| shown(name, read::page(root, name, read::PAGE_LIMIT), &mut notes);
        let mut pages = CostPages {
            month: page("costs/mtd.json"),
            budget: page("costs/budget-config.json"),
            user_budget: user_budget(self, &mut Vec::new()),
            ..CostPages::default()
        };
        let mut book = Book::new(&transcripts, &self.prices, &self.zone);
        let sums = Sums::since(first, &mut book, &transcripts, self.home, !self.dry_run);
        let spent = match sums.filter(|_| transcripts.complete) {
            None => Some(Spent::UNKNOWN),
            Some(sums) => {
                let own = sums.rows(Scope::Here(&self.here));
                if !entered.there && own.is_empty() && root.join("costs").is_dir() {
                    let named = days.iter().filter_map(|day| Some((*day, page(&format!("costs/daily-{day}.json"))?)));
                    pages.days = named.collect();
                }
                let older = !pages.days.is_empty() || pages.month.is_some();
                let is_told = entered.there || !own.is_empty() || !older;
                is_told.then(|| {
                    let others = entered.elsewhere(first, self, &transcripts);
                    let everywhere = sums.rows(Scope::Everywhere).into_iter().chain(others).collect();
                    added(&entered, own, everywhere, today)
                })
            }
        };
        let defaults = budget_rows(self, &mut notes);
        let costs = wfo_cost::costs(&pages, spent.as_ref(), &defaults, today).drain_into(&mut notes);
        let (budgets, controls) = limits(self, &pages, &mut notes);
        let here = Amounts { today: costs.today, week: costs.week, month: costs.month };
        let complete = spent.is_none_or(|spent| spent.complete);
        let spent = spent.map_or(Spent { here, everywhere: None, complete }, Spent::known);
        State { costs, spent, budgets, controls, complete }
    }

    /// Looks at the session's own transcript; at all of them as long as that was never done to the end.
    fn looked(&self, transcript: Option<&Path>, notes: &mut Vec<Diagnostic>) -> Transcripts {
        let nothing = Path::new("/dev/null/none.jsonl");
        let whole = Look { limit: Some(FIRST), patience: PATIENCE, dry_run: self.dry_run, ..Look::whole(self.home) };
        let ask = if super::transcripts::was_whole(self.home) {
            let own = transcript.filter(|path| is_transcript(self.home, path)).unwrap_or(nothing);
            Look { only: Some(own), limit: Some(QUICK), ..whole }
        } else {
            whole
        };
        let before = notes.len();
        match look(&ask, notes) {
            Ok(mut transcripts) => {
                let said = notes.get(before..).unwrap_or_default();
                // A damaged index was taken for an empty one.
                if ask.only.is_some() && said.iter().any(|note| note.problem.code == codes::COST_INDEX_INVALID) {
                    transcripts.complete = false;
                }
                transcripts
            }
            Err(problem) => {
                notes.push(problem.warning());
                Transcripts::default()
            }
        }
    }
}

/// Says whether a path that the host names is that of a transcript: nothing else is ever read into the index.
fn is_transcript(home: &Home, path: &Path) -> bool {
    path.is_absolute()
        && path.extension().is_some_and(|end| end == "jsonl")
        && !path.components().any(|part| part == Component::ParentDir)
        && home.transcripts().iter().any(|folder| path.starts_with(folder))
}

fn added(entered: &Entered, here: Vec<Row>, everywhere: Vec<Row>, today: jiff::civil::Date) -> Spent {
    let add_up = |rows: Vec<Row>, all: bool| {
        // What the index puts down to another place is among all projects already.
        let entered = entered.rows.iter().filter(|row| !(all && row.source == Source::Transcript));
        let rows: Vec<Row> = rows.into_iter().chain(entered.cloned()).collect();
        wfo_cost::amounts(Spending { calls: &[], rows: &rows }, today).value
    };
    Spent { here: add_up(here, false), everywhere: Some(add_up(everywhere, true)), complete: entered.readable }
}

impl State {
    /// Judges going on as usual: what has been spent already, and nothing more.
    #[must_use]
    pub fn going_on(&self) -> Decision {
        self.decide(Usd::ZERO, Priority::Normal)
    }
}
