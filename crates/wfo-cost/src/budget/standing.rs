//! How much of the budget is left, and the one rule that makes saving and emergency of it.
//! Every switch to cheaper models asks here; nobody else compares spend with a threshold of its own.

use serde::{Serialize, Serializer};
use wfo_base::Usd;

use super::controls::Controls;
use super::request::Spent;
use super::{Limits, Origin, Scope, Share, WHOLE};

/// The part of a limit that is left, in millionths from 0 to 1,000,000; overspent is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Left(i128);

impl Left {
    /// Everything is left.
    pub const ALL: Self = Self(WHOLE);
    /// Nothing is left.
    pub const NOTHING: Self = Self(0);

    /// Makes it from whole percent; more than 100 is everything.
    #[must_use]
    pub fn percent(percent: u8) -> Self {
        Self((i128::from(percent) * (WHOLE / 100)).min(WHOLE))
    }

    /// Reads percent from 0 to 100, with or without `%`; below a millionth rounded up, as in [`Left::of`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let percent = Usd::parse(text.strip_suffix('%').unwrap_or(text))?;
        let whole = Usd::from_cents(100 * 100);
        (percent >= Usd::ZERO && percent <= whole).then(|| Self::of(whole - percent, whole))
    }

    /// Returns what spend has left of a limit. Of a limit of zero nothing is left.
    ///
    /// Rounded up below a millionth, so that no threshold is reached before it is reached exactly.
    #[must_use]
    pub fn of(spent: Usd, limit: Usd) -> Self {
        let Some(used) = spent.scaled(WHOLE / 1000, 1).percent_tenths_of(limit) else { return Self::NOTHING };
        let above = used > 0 && limit.scaled(used.min(WHOLE), WHOLE) > spent;
        Self((WHOLE - (used - i128::from(above))).clamp(0, WHOLE))
    }

    /// Says whether more than a part is left.
    #[must_use]
    pub fn above(self, part: Share) -> bool {
        self.0 > part.millionths()
    }

    /// Says whether a part or more is used.
    #[must_use]
    pub fn used(self, part: Share) -> bool {
        WHOLE - self.0 >= part.millionths()
    }

    /// Writes percent with one decimal, rounded down (`12.3`).
    #[must_use]
    pub fn plain(self) -> String {
        format!("{}.{}", self.0 / (WHOLE / 100), self.0 / (WHOLE / 1000) % 10)
    }
}

impl Serialize for Left {
    /// A JSON number of percent with one decimal (serde_json only).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wfo_base::money::raw_number(&self.plain(), serializer)
    }
}

/// What is left says about how to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As asked for.
    Normal,
    /// The next cheaper model.
    Saving,
    /// Only the cheapest models, or those on the own machine.
    Emergency,
}

impl State {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Saving => "saving",
            Self::Emergency => "emergency",
        }
    }
}

/// The one rule: emergency from the emergency threshold of the tightest soft limit on, saving from the saving threshold on.
/// `None` when it is unknown what is left.
#[must_use]
pub fn state(left: Option<Left>, controls: &Controls) -> Option<State> {
    let left = left?;
    Some(match () {
        () if left.used(controls.emergency) => State::Emergency,
        () if left.used(controls.saving) => State::Saving,
        () => State::Normal,
    })
}

/// The soft limit of which least is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tightest {
    /// What is left of it.
    pub left: Left,
    /// Day, week or month.
    pub scope: Scope,
    /// Whose limit it is.
    pub side: Origin,
    /// The limit.
    pub soft: Usd,
    /// What was spent.
    pub spent: Usd,
    /// Whether the spend of every limit is known; otherwise less may be left.
    pub complete: bool,
}

/// Finds the soft limit of which least is left; `None` when there is none whose spend is known.
#[must_use]
pub fn tightest(spent: &[Spent], limits: &[Limits]) -> Option<Tightest> {
    let mut complete = true;
    let mut found: Option<Tightest> = None;
    for limit in limits {
        let Some(soft) = limit.soft else { continue };
        let Some(spent) = Spent::of(spent, limit) else {
            complete = false;
            continue;
        };
        let left = Left::of(spent, soft);
        if found.is_none_or(|found| left < found.left) {
            found = Some(Tightest { left, scope: limit.scope, side: limit.origin, soft, spent, complete });
        }
    }
    found.map(|found| Tightest { complete, ..found })
}

#[cfg(test)]
mod tests;
