//! Which limits hold: the repository's `costs/budget-config.json`, else the user's `budgets.yaml`, else the table; and
//! which spend is judged by: those of both, so that a repository cannot loosen what the user set.
//! Decides nothing about spend and never reads an amount through a float.

use serde::{Deserialize, Deserializer};
use wfo_base::{Diagnostic, Usd, tables::Row, text::code_span};

use crate::costs::Page;
use crate::daily::broken;
use crate::json::{self, Object};

pub mod controls;
pub mod request;
pub mod standing;
pub mod told;

/// The period that a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A calendar day.
    Daily,
    /// An ISO week, Monday to Sunday.
    Weekly,
    /// A calendar month.
    Monthly,
}

impl Scope {
    /// All scopes, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }
}

/// Where a limit was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `costs/budget-config.json`, or `budget` in an older `costs/mtd.json`.
    Repository,
    /// `CONFIG/wfo/budgets.yaml`.
    User,
    /// The table `budgets.yaml`.
    Default,
}

impl Origin {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::User => "user",
            Self::Default => "default",
        }
    }
}

/// A part of one, in millionths: the exact form of `alert_threshold: 0.8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(i128);

/// Parts that make a whole [`Share`].
const WHOLE: i128 = 1_000_000;

impl Share {
    /// The threshold where nobody set one: 0.8.
    pub const USUAL: Self = Self(800_000);

    /// Reads `0.8`, or `80` as a percentage; `None` outside 0 to 1 (0 to 100).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let amount = Usd::parse(text)?;
        let one = Usd::from_cents(100);
        // `1.1` is a part that is too large, and not 1.1 %.
        if amount > one && amount.pico() % one.pico() != 0 {
            return None;
        }
        let whole = if amount > one { Usd::from_cents(10_000) } else { one };
        if !amount.is_positive() || amount > whole {
            return None;
        }
        // tenths of a percent are too coarse for `0.8125`, so scale up before dividing
        Some(Self(amount.scaled(WHOLE / 1000, 1).percent_tenths_of(whole)?))
    }

    /// Returns millionths.
    #[must_use]
    pub(crate) const fn millionths(self) -> i128 {
        self.0
    }

    /// Returns this part of an amount, rounded half-even below a pico-dollar.
    #[must_use]
    pub fn part_of(self, whole: Usd) -> Usd {
        whole.scaled(self.0, WHOLE)
    }
}

/// The limits of one scope as they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Day, week or month.
    pub scope: Scope,
    /// The limit that warns.
    pub soft: Option<Usd>,
    /// The limit that may block.
    pub hard: Option<Usd>,
    /// At which part of `soft` the first alert comes.
    pub threshold: Share,
    /// Where `soft` was written down.
    pub origin: Origin,
}

/// A row of the table `budgets.yaml`: the limits that hold where neither repository nor user set a scope.
/// Amounts are quoted, so that no reader turns them into floats.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetRow {
    /// `daily`, `weekly` or `monthly`.
    pub id: String,
    /// Dollars.
    pub soft_limit: Exact,
    /// Dollars.
    pub hard_limit: Exact,
    /// Part of the soft limit, above 0 and at most 1.
    pub alert_threshold: Exact,
    /// Dollars: with less than this left of the soft limit the alert is critical. Absent: there is no such alert.
    #[serde(default)]
    pub alert_remaining: Option<Exact>,
}

impl Row for BudgetRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if !Scope::ALL.iter().any(|scope| scope.word() == self.id) {
            return Err(format!("`{}` is not daily, weekly or monthly", self.id));
        }
        let amounts = [("soft_limit", Some(&self.soft_limit)), ("hard_limit", Some(&self.hard_limit))];
        for (key, text) in amounts.into_iter().chain([("alert_remaining", self.alert_remaining.as_ref())]) {
            if let Some(text) = text.filter(|text| text.dollars().is_none()) {
                return Err(format!("{key} `{}` is not an amount of zero or more", text.0));
            }
        }
        match Share::parse(&self.alert_threshold.0) {
            Some(_) => Ok(()),
            None => Err(format!("alert_threshold `{}` is not above 0 and at most 1", self.alert_threshold.0)),
        }
    }
}

/// A decimal as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact(String);

impl Exact {
    /// Returns it as dollars; `None` below zero or when it is no number.
    #[must_use]
    pub fn dollars(&self) -> Option<Usd> {
        Usd::parse(&self.0).filter(|amount| *amount >= Usd::ZERO)
    }

    /// Returns it as a part of one; `None` outside 0 to 1 (0 to 100).
    #[must_use]
    pub fn share(&self) -> Option<Share> {
        Share::parse(self.0.trim())
    }
}

impl<'de> Deserialize<'de> for Exact {
    /// Asks for text, so that YAML hands over the digits; only where they are gone already does it refuse.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .map(Self)
            .map_err(|error| serde::de::Error::custom(format!("{error}; write the amount in quotes")))
    }
}

/// What one file says about one scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stated {
    soft: Option<Usd>,
    hard: Option<Usd>,
    threshold: Option<Share>,
}

/// The three scopes as one file states them, in the order of [`Scope::ALL`].
type File = [Stated; 3];

/// The limits, as they are shown and as spend is judged by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budgets {
    /// The limits that are shown, one a scope, in the order of [`Scope::ALL`].
    pub in_force: Vec<Limits>,
    /// Every side's own limits: up to two a scope. The stricter verdict counts.
    pub judged: Vec<Limits>,
    /// How little may be left of a soft limit before the alert is critical, by scope, from the table.
    pub alert_remaining: Vec<(Scope, Usd)>,
}

/// Works out the limits. `older` is the budget of an old `costs/mtd.json`.
///
/// A scope's soft limit is the repository's, else the user's; with only a hard limit set that is the soft one too. The
/// hard limit is the repository's, else the user's. The table counts for a scope that neither of them sets.
#[must_use]
pub fn limits(
    repository: Option<&Page>,
    older: Option<Usd>,
    user: Option<&Page>,
    defaults: &[BudgetRow],
    notes: &mut Vec<Diagnostic>,
) -> Budgets {
    let mut ours = repository.map(|page| repository_file(page, notes)).unwrap_or_default();
    let [_, _, monthly] = &mut ours;
    monthly.soft = monthly.soft.or(older);
    let theirs = user.map(|page| user_file(page, notes)).unwrap_or_default();
    let mut budgets = Budgets::default();
    for ((scope, ours), theirs) in Scope::ALL.into_iter().zip(ours).zip(theirs) {
        let in_force = join(scope, ours, theirs, defaults);
        budgets.in_force.push(in_force);
        let before = budgets.judged.len();
        budgets.judged.extend(side(scope, ours, Origin::Repository));
        budgets.judged.extend(side(scope, theirs, Origin::User));
        if budgets.judged.len() == before {
            budgets.judged.push(in_force);
        }
        let row = defaults.iter().find(|row| row.id == scope.word());
        let least = row.and_then(|row| row.alert_remaining.as_ref()?.dollars());
        budgets.alert_remaining.extend(least.map(|least| (scope, least)));
    }
    budgets
}

/// Returns what one file sets for a scope; `None` when it sets no amount.
fn side(scope: Scope, stated: Stated, origin: Origin) -> Option<Limits> {
    let soft = stated.soft.or(stated.hard)?;
    let threshold = stated.threshold.unwrap_or(Share::USUAL);
    Some(Limits { scope, soft: Some(soft), hard: stated.hard, threshold, origin })
}

fn join(scope: Scope, ours: Stated, theirs: Stated, defaults: &[BudgetRow]) -> Limits {
    let hard = ours.hard.or(theirs.hard);
    let (soft, origin, threshold) = match (ours.soft, theirs.soft) {
        (Some(soft), _) => (Some(soft), Origin::Repository, ours.threshold),
        (None, Some(soft)) => (Some(soft), Origin::User, theirs.threshold),
        (None, None) if ours.hard.is_some() => (ours.hard, Origin::Repository, ours.threshold),
        (None, None) if theirs.hard.is_some() => (theirs.hard, Origin::User, theirs.threshold),
        (None, None) => {
            let row = defaults.iter().find(|row| row.id == scope.word());
            let threshold = row.and_then(|row| Share::parse(&row.alert_threshold.0));
            let stated = ours.threshold.or(theirs.threshold).or(threshold).unwrap_or(Share::USUAL);
            let soft = row.and_then(|row| row.soft_limit.dollars());
            let hard = row.and_then(|row| row.hard_limit.dollars());
            return Limits { scope, soft, hard, threshold: stated, origin: Origin::Default };
        }
    };
    Limits { scope, soft, hard, threshold: threshold.unwrap_or(Share::USUAL), origin }
}

/// Reads `costs/budget-config.json`; a scope may also be a bare number, and the scopes may stand at the top.
fn repository_file(page: &Page, notes: &mut Vec<Diagnostic>) -> File {
    let mut file = File::default();
    let Some(text) = &page.text else { return file };
    let object = match Object::parse(text) {
        Ok(object) => object,
        Err(error) => {
            let message = format!("does not parse: {error}; other limits hold");
            notes.push(broken(&page.name, &message, Some(&error)).warning());
            return file;
        }
    };
    let budgets = object.object("budgets");
    if budgets.is_none() && object.raw("budgets").is_some_and(|raw| raw != "null") {
        notes.push(broken(&page.name, "holds `budgets` that is no object; other limits hold", None).warning());
        return file;
    }
    let budgets = budgets.as_ref().unwrap_or(&object);
    let common = budgets.raw("alert_threshold").or_else(|| object.raw("alert_threshold"));
    for (scope, stated) in Scope::ALL.into_iter().zip(&mut file) {
        let Some(raw) = budgets.raw(scope.word()) else { continue };
        let inner = json::object(raw);
        let get = |names: [&str; 2]| inner.as_ref().and_then(|inner| names.iter().find_map(|name| inner.raw(name)));
        let texts = match &inner {
            Some(_) => [get(["soft_limit", "soft"]), get(["hard_limit", "hard"]), get(["alert_threshold", "alert"])],
            None => [Some(raw), None, None],
        };
        let [soft, hard, threshold] = texts;
        let plain = |raw: Option<&str>| raw.map(|raw| json::text(raw).unwrap_or_else(|| raw.to_owned()));
        *stated = read(&page.name, scope, [plain(soft), plain(hard), plain(threshold.or(common))], notes);
    }
    file
}

/// The user's file, typed so that every number arrives as its digits.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserFile {
    budgets: Option<UserScopes>,
    daily: Option<UserScope>,
    weekly: Option<UserScope>,
    monthly: Option<UserScope>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserScopes {
    daily: Option<UserScope>,
    weekly: Option<UserScope>,
    monthly: Option<UserScope>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserScope {
    soft_limit: Option<Exact>,
    hard_limit: Option<Exact>,
    alert_threshold: Option<Exact>,
}

/// Reads `CONFIG/wfo/budgets.yaml`: the shape of `budget-config.json` as YAML, with or without `budgets:` on top.
fn user_file(page: &Page, notes: &mut Vec<Diagnostic>) -> File {
    let mut file = File::default();
    let Some(text) = page.text.as_deref().filter(|text| !text.trim().is_empty()) else { return file };
    let parsed: Option<UserFile> = match wfo_base::yaml::parse(text) {
        Ok(parsed) => parsed,
        Err(fault) => {
            let line = fault.place.map_or(1, |(line, _)| line);
            let what = format!("does not parse: {}; other limits hold", fault.message);
            notes.push(broken(&page.name, &what, None).at_line(&page.name, line).warning());
            return file;
        }
    };
    let parsed = parsed.unwrap_or_default();
    let inner = parsed.budgets.unwrap_or_default();
    let scopes = [inner.daily.or(parsed.daily), inner.weekly.or(parsed.weekly), inner.monthly.or(parsed.monthly)];
    for ((scope, stated), said) in Scope::ALL.into_iter().zip(&mut file).zip(scopes) {
        let said = said.unwrap_or_default();
        let texts = [said.soft_limit, said.hard_limit, said.alert_threshold].map(|text| text.map(|text| text.0));
        *stated = read(&page.name, scope, texts, notes);
    }
    file
}

/// Turns the texts of one scope into limits; a value that is none is named and left out.
fn read(name: &str, scope: Scope, texts: [Option<String>; 3], notes: &mut Vec<Diagnostic>) -> Stated {
    let [soft, hard, threshold] = texts;
    let mut bad = |key: &str, text: &str, what: &str| {
        let message = format!("sets {} {key} to {}, which is not {what}", scope.word(), code_span(text));
        notes.push(broken(name, &message, None).warning());
    };
    let mut amount = |key: &str, text: Option<String>| {
        let text = text?;
        let trimmed = text.trim();
        let amount = Exact(trimmed.strip_prefix('$').unwrap_or(trimmed).to_owned()).dollars();
        if amount.is_none() {
            bad(key, &text, "an amount of zero or more");
        }
        amount
    };
    let (soft, hard) = (amount("soft_limit", soft), amount("hard_limit", hard));
    let threshold = threshold.and_then(|text| {
        let share = Share::parse(text.trim());
        if share.is_none() {
            bad("alert_threshold", &text, "above 0 and at most 1");
        }
        share
    });
    Stated { soft, hard, threshold }
}

#[cfg(test)]
mod tests;
