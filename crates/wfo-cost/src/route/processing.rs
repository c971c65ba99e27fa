//! How to send requests: streaming, as a batch or one by one; which go together; and how long answers may be kept.
//! By tables; nothing is sent or kept here.

use std::collections::BTreeMap;
use std::hash::Hash;

use super::Lifetime;
use super::tables::{ProcessingRow, Tables};

/// A way of sending requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processing {
    /// `streaming`, `batch` or `standard`.
    pub mode: String,
    /// How many requests of one model and task go together at most; `None` = none do.
    pub group: Option<u16>,
    /// Why.
    pub why: String,
}

impl Tables {
    /// Chooses the way: the first row whose conditions hold. An unknown number of requests is not above any number.
    #[must_use]
    pub fn processing(&self, waiting: bool, volume: Option<u64>) -> Option<Processing> {
        let holds = |row: &&ProcessingRow| {
            (waiting || !row.waiting) && row.above.is_none_or(|above| volume.is_some_and(|volume| volume > above))
        };
        let row = self.processing.iter().find(holds)?;
        Some(Processing { mode: row.id.clone(), group: row.group, why: row.why.clone() })
    }

    /// Returns how long answers of a kind (or alias) may be kept; `None` when no row says.
    #[must_use]
    pub fn lifetime(&self, kind: &str) -> Option<Lifetime> {
        let named = |row: &&super::tables::LifetimeRow| row.id == kind || row.aliases.iter().any(|alias| alias == kind);
        let row = self.lifetimes.iter().find(named)?;
        Some(row.days.map_or(Lifetime::ForEver, Lifetime::Days))
    }
}

/// Puts requests together that share a key (model and task), at most `size` in a group: positions, in the order in which
/// the first of each group came.
#[must_use]
pub fn groups<K: Eq + Hash + Ord>(keys: &[K], size: usize) -> Vec<Vec<usize>> {
    let size = size.max(1);
    let mut open: BTreeMap<&K, usize> = BTreeMap::new();
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let place = open.get(key).copied().filter(|at| out.get(*at).is_some_and(|group| group.len() < size));
        match place.and_then(|at| out.get_mut(at)) {
            Some(group) => group.push(index),
            None => {
                open.insert(key, out.len());
                out.push(vec![index]);
            }
        }
    }
    out
}
