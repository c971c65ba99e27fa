//! Turns records of the index into priced calls: days in the configured zone, projects, features.
//! Decides which calls belong to a repository: by the root found while the folder was there, else by where it lies.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil::Date};
use wfo_cost::index::{Record, Symbol};
use wfo_cost::prices::{PriceBook, Rates};
use wfo_cost::{Call, Name, Row, feature};

use super::transcripts::Transcripts;

/// Whose calls are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Of every project.
    Everywhere,
    /// Of one repository and its worktrees.
    Here(&'a Here),
}

/// A repository, as far as folders in transcripts are put down to it.
#[derive(Debug, Clone, Default)]
pub struct Here {
    /// The project's name.
    pub name: String,
    /// The main checkout, as it is named and as it really lies.
    pub roots: Vec<PathBuf>,
    /// Folders below which worktrees of this project lie or lay.
    pub worktrees: Vec<PathBuf>,
    /// Slugs of its TODO workflows.
    pub slugs: Vec<String>,
}

impl Here {
    /// Says whether a folder belongs to the repository; `root` is what was found for it while it was there.
    #[must_use]
    pub fn holds(&self, folder: &str, root: Option<&str>) -> bool {
        if let Some(root) = root {
            return self.roots.iter().any(|own| own == Path::new(root));
        }
        let folder = Path::new(folder);
        self.roots.iter().chain(&self.worktrees).any(|own| folder.starts_with(own)) || self.is_sibling(folder)
    }

    /// Worktrees of TODO workflows lie beside the main checkout as `<repo>_<type>_<stamp>_<slug>`.
    fn is_sibling(&self, folder: &Path) -> bool {
        self.roots.iter().any(|root| {
            let (Some(parent), Some(name)) = (root.parent(), root.file_name()) else { return false };
            let Ok(inside) = folder.strip_prefix(parent) else { return false };
            let first = inside.iter().next().unwrap_or_default().to_string_lossy();
            let rest = first.strip_prefix(&*name.to_string_lossy());
            rest.is_some_and(|rest| ["_feature_", "_release_", "_hotfix_"].iter().any(|kind| rest.starts_with(kind)))
        })
    }
}

/// The index with prices and a zone.
#[derive(Debug)]
pub(super) struct Book<'a> {
    transcripts: &'a Transcripts,
    prices: &'a PriceBook,
    zone: &'a TimeZone,
    /// By symbol: the rates of a model, once they were asked for.
    rates: Vec<Option<Option<Rates<'a>>>>,
    /// The last quarter of an hour that was asked for, with its day and hour.
    quarter: Option<(i64, Date, u8)>,
}

/// A quarter of an hour in milliseconds: no zone's day begins anywhere else.
const QUARTER: i64 = 900_000;

impl<'a> Book<'a> {
    /// Opens a book.
    #[must_use]
    pub(super) fn new(transcripts: &'a Transcripts, prices: &'a PriceBook, zone: &'a TimeZone) -> Self {
        let rates = (0..=transcripts.index.names().len()).map(|_| None).collect();
        Self { transcripts, prices, zone, rates, quarter: None }
    }

    /// Returns the calls of the days `from..=to`, in order of time; `None` when the index cannot be read.
    #[must_use]
    pub(super) fn calls(&mut self, from: Date, to: Date, scope: Scope<'_>) -> Option<Vec<Call>> {
        let transcripts = self.transcripts;
        let folders = Folders::new(transcripts, scope);
        let (start, end) = (self.start_of(from), self.start_of(to.saturating_add(1.day())));
        let mut calls = Vec::new();
        let index = &transcripts.index;
        index.between(&transcripts.source(), start, end, &mut |record| {
            if let Some(folder) = folders.get(record.cwd) {
                calls.extend(self.call(record, folder));
            }
        })?;
        calls.sort_by_key(|call: &Call| call.at);
        Some(calls)
    }

    fn call(&mut self, record: &Record, folder: &Folder) -> Option<Call> {
        let index = &self.transcripts.index;
        let at = Timestamp::from_millisecond(record.at).ok()?;
        let (day, hour) = self.day_of(record.at)?;
        let name = |symbol: Symbol| index.name(symbol).cloned();
        let branch = name(record.branch);
        let feature = branch.as_deref().and_then(|branch| feature::feature(branch, &folder.slugs)).map(Name::from);
        Some(Call {
            at,
            day,
            hour,
            session: name(record.session).unwrap_or_else(|| Name::from("")),
            model: name(record.model).unwrap_or_else(|| Name::from("")),
            tier: record.tier,
            project: folder.project.clone(),
            branch,
            skill: name(record.skill),
            agent: name(record.agent),
            feature,
            tokens: record.tokens,
            searches: record.searches,
            usd: self.usd(record),
        })
    }

    /// Returns the zone's name.
    pub(super) fn zone_name(&self) -> String {
        zone_name(self.zone)
    }

    /// Returns what tells one state of the prices from another.
    pub(super) fn fingerprint(&self) -> u64 {
        self.prices.fingerprint()
    }

    /// Prices one record; `None` = no price is known.
    pub(super) fn usd(&mut self, record: &Record) -> Option<wfo_base::Usd> {
        let slot = self.rates.get_mut(record.model as usize)?;
        let rates = slot.get_or_insert_with(|| {
            let name = self.transcripts.index.name(record.model)?;
            self.prices.rates(name)
        });
        rates.as_ref()?.usd(record.tier, Timestamp::from_millisecond(record.at).ok()?, record.tokens, record.searches)
    }

    /// Returns day and hour of a moment (milliseconds since the Unix epoch).
    pub(super) fn day_of(&mut self, at: i64) -> Option<(Date, u8)> {
        let quarter = at.div_euclid(QUARTER);
        if let Some((_, day, hour)) = self.quarter.filter(|(known, ..)| *known == quarter) {
            return Some((day, hour));
        }
        let local = Timestamp::from_millisecond(at).ok()?.to_zoned(self.zone.clone());
        let hour = u8::try_from(local.hour()).unwrap_or(0);
        self.quarter = Some((quarter, local.date(), hour));
        Some((local.date(), hour))
    }

    /// Returns when a day begins, in milliseconds since the Unix epoch.
    pub(super) fn start_of(&self, day: Date) -> i64 {
        day.to_zoned(self.zone.clone()).map_or(i64::MAX, |start| start.timestamp().as_millisecond())
    }
}

/// Names the sessions of which responses count, all of them outside a scope; `None` when the index cannot be read.
pub(super) fn sessions_outside<'t>(transcripts: &'t Transcripts, scope: Scope<'_>) -> Option<HashSet<&'t str>> {
    let index = &transcripts.index;
    let folders = Folders::new(transcripts, scope);
    let (mut inside, mut outside) = (HashSet::new(), HashSet::new());
    index.between(&transcripts.source(), i64::MIN, i64::MAX, &mut |record| {
        let side = if folders.get(record.cwd).is_some() { &mut inside } else { &mut outside };
        side.insert(record.session);
    })?;
    let names = outside.difference(&inside).filter_map(|session| index.name(*session));
    Some(names.map(|name| &**name).collect())
}

/// Names a zone as ledgers do.
#[must_use]
pub(super) fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| "local".to_owned(), str::to_owned)
}

/// What a folder named in transcripts comes to.
#[derive(Debug, Default)]
struct Folder {
    project: Option<Name>,
    slugs: Vec<String>,
}

/// The folders that count, by symbol.
struct Folders {
    known: Vec<Option<Folder>>,
}

impl Folders {
    fn new(transcripts: &Transcripts, scope: Scope<'_>) -> Self {
        let index = &transcripts.index;
        let everywhere = matches!(scope, Scope::Everywhere).then(Folder::default);
        let mut known = vec![everywhere];
        let doubled = doubled(transcripts);
        // A name that is no folder costs a comparison; records tell which are.
        for (name, symbol) in index.names().iter().zip(1..) {
            let root = index.root_of(symbol);
            let is_folder = root.is_some() || name.starts_with('/');
            known.push(if is_folder {
                folder(name, root, scope, &doubled)
            } else {
                Some(Folder::default()).filter(|_| matches!(scope, Scope::Everywhere))
            });
        }
        Self { known }
    }

    fn get(&self, symbol: Symbol) -> Option<&Folder> {
        self.known.get(symbol as usize)?.as_ref()
    }
}

/// Returns the names that several repositories have.
fn doubled(transcripts: &Transcripts) -> HashSet<&OsStr> {
    let index = &transcripts.index;
    let roots: HashSet<&Name> = (1..).zip(index.names()).filter_map(|(symbol, _)| index.root_of(symbol)).collect();
    let (mut once, mut twice) = (HashSet::new(), HashSet::new());
    for name in roots.into_iter().filter_map(|root| Path::new(&**root).file_name()) {
        if !once.insert(name) {
            twice.insert(name);
        }
    }
    twice
}

fn folder(name: &Name, root: Option<&Name>, scope: Scope<'_>, doubled: &HashSet<&OsStr>) -> Option<Folder> {
    match scope {
        Scope::Here(here) => here
            .holds(name, root.map(|root| &**root))
            .then(|| Folder { project: Some(Name::from(here.name.as_str())), slugs: here.slugs.clone() }),
        Scope::Everywhere => {
            let path = Path::new(root.map_or(&**name, |root| &**root));
            let project = path.file_name().map(|name| {
                // Repositories of the same name are told apart by the folder that they lie in.
                let above = path.parent().and_then(Path::file_name).filter(|_| doubled.contains(name));
                let above = above.map(|above| format!("{}/", above.to_string_lossy())).unwrap_or_default();
                Name::from(format!("{above}{}", name.to_string_lossy()))
            });
            Some(Folder { project, slugs: Vec::new() })
        }
    }
}

/// Adds calls up to ledger rows: one for each session, day, model, tier, project, branch, skill and feature.
#[must_use]
pub(super) fn rows(calls: &[Call], zone: &str, prices: &PriceBook) -> Vec<Row> {
    use std::collections::BTreeMap;
    let mut sums: BTreeMap<_, Row> = BTreeMap::new();
    for call in calls {
        let key = (
            call.day,
            &call.session,
            &call.model,
            call.tier,
            (&call.project, &call.branch),
            (&call.skill, &call.feature),
        );
        let row = sums.entry(key).or_insert_with(|| empty(call, zone, prices));
        row.tokens += call.tokens;
        row.requests += 1;
        row.searches += u64::from(call.searches);
        row.usd = row.usd.zip(call.usd).map(|(sum, usd)| sum + usd);
    }
    sums.into_values().collect()
}

fn empty(call: &Call, zone: &str, prices: &PriceBook) -> Row {
    let text = |name: &Option<Name>| name.as_deref().map(str::to_owned);
    Row {
        session: Some(call.session.to_string()),
        day: call.day,
        zone: zone.to_owned(),
        model: Some(call.model.to_string()),
        tier: call.tier,
        project: text(&call.project),
        branch: text(&call.branch),
        skill: text(&call.skill),
        feature: text(&call.feature),
        kind: wfo_cost::Kind::Inference,
        tokens: wfo_cost::Tokens::default(),
        requests: 0,
        searches: 0,
        usd: Some(wfo_base::Usd::ZERO),
        price_as_of: prices.as_of(&call.model).map(str::to_owned),
        source: wfo_cost::Source::Transcript,
        id: None,
    }
}
