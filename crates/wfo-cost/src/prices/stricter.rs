//! What a repository's own rows may say about prices: new models, and higher prices; never less than the user sees.
//! Otherwise a cloned repository could hide what it spends.

use super::names;
use super::rates::Schedule;
use super::{InfraRow, PriceRow};

/// Says whether a repository's price row may count.
///
/// A new row needs a bare name and no aliases, so that it takes no name from a row of the user. A row that is there keeps
/// provider, kind, status and aliases, and nothing it prices - at any time, hour, prompt length and tier - becomes cheaper or unknown.
#[must_use]
pub fn stricter_price(old: Option<&PriceRow>, new: &PriceRow) -> bool {
    let Some(old) = old else {
        return new.aliases.is_empty() && names::key(&new.id).is_some_and(|key| key == new.id && names::is_bare(&key));
    };
    let sorted = |row: &PriceRow| {
        let mut aliases = row.aliases.clone();
        aliases.sort();
        aliases
    };
    (&old.provider, old.kind, old.status) == (&new.provider, new.kind, new.status)
        && sorted(old) == sorted(new)
        && Schedule::new(new).at_least(&Schedule::new(old))
}

/// Says whether a repository's infrastructure row may count: a new one, or the same unit at no lower price with no more
/// included.
#[must_use]
pub fn stricter_infrastructure(old: Option<&InfraRow>, new: &InfraRow) -> bool {
    let Some(old) = old else { return true };
    old.unit == new.unit
        && (old.usd.is_none() || new.usd >= old.usd)
        && new.included.iter().all(|(plan, amount)| old.included.get(plan).is_some_and(|known| amount <= known))
}

#[cfg(test)]
mod tests;
