//! A limit of a table: a count or a percentage, exact to six decimals.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::report::Percent;

/// A number from 0 to 1000 with at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit(Percent);

impl Limit {
    /// It as a percentage.
    #[must_use]
    pub const fn percent(self) -> Percent {
        self.0
    }

    /// It as a count; `None` when it has decimals.
    #[must_use]
    pub fn count(self) -> Option<u64> {
        self.0.to_string().parse().ok()
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(Percent::whole(0))
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!("`{}` is not a number from 0 to 1000 with at most six decimals", wfo_base::text::quoted(text))
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number from 0 to 1000")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Limit, E> {
                number.to_string().parse().map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Limit, E> {
                number.to_string().parse().map_err(E::custom)
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Limit, E> {
                number.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Number)
    }
}
