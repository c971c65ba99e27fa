//! A row of the table `infrastructure.yaml`: what a machine or a service costs, and how much of it a plan holds free.
//! Tokens are not here; they are `PriceRow`.

use std::collections::BTreeMap;

use serde::Deserialize;
use wfo_base::{Usd, tables::Row, text::code_span};

use crate::decimal::{Quantity, dollars};

/// One machine or service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InfraRow {
    /// The name by which a plan asks for it: `supabase/storage`.
    pub id: String,
    /// What one is: `hour`, `GB-month`, `GB`, ...
    pub unit: String,
    /// Dollars for one; `None` = not known.
    #[serde(default, deserialize_with = "dollars")]
    pub usd: Option<Usd>,
    /// What plans (`free`, `pro`) hold free of charge, a month.
    #[serde(default)]
    pub included: BTreeMap<String, Quantity>,
    /// Who says so.
    pub source: String,
    /// The day (or month, or year) of which it is said.
    pub as_of: Option<String>,
    /// What else there is to know.
    pub note: Option<String>,
}

/// The dearest one of anything: a bound that keeps products within what is reckoned exactly.
const MOST: Usd = Usd::from_cents(100_000_000);

impl Row for InfraRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        for (key, text) in [("id", &self.id), ("unit", &self.unit), ("source", &self.source)] {
            if text.trim().is_empty() || text.contains(char::is_control) {
                return Err(format!("{key} {} is no name", code_span(text)));
            }
        }
        if self.usd.is_some_and(|usd| usd > MOST) {
            return Err("`usd` is above a million for one".into());
        }
        Ok(())
    }
}
