//! One line of the ledger: reads every spelling that was ever written, writes one.
//! Never turns an amount into a float, and never takes a figure that cannot be for a zero.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use wfo_base::Usd;

use crate::json;
use crate::spending::{Kind, Row, Source};
use crate::tier::Tier;
use crate::tokens::Tokens;

/// The columns that are read, an older spelling after the newer one.
const NAMES: [&str; 20] = [
    "session",
    "session_id",
    "day",
    "date",
    "zone",
    "model",
    "service_tier",
    "tier",
    "project",
    "branch",
    "skill",
    "feature",
    "kind",
    "tokens",
    "requests",
    "searches",
    "usd",
    "price_as_of",
    "source",
    "id",
];

/// The column that marks a row for which transcripts account too.
const OVERLAP: &str = "overlap";

/// The values of a line that are asked for, still as text. Of a key that stands twice the last one counts.
#[derive(Default)]
struct Columns<'a> {
    values: [Option<&'a str>; NAMES.len()],
    overlap: bool,
}

impl<'a> Columns<'a> {
    /// Returns the first of these columns that is there and not null.
    fn raw(&self, names: &[&str]) -> Option<&'a str> {
        let value = |name: &&str| NAMES.iter().zip(self.values).find(|(known, _)| *known == name)?.1;
        names.iter().filter_map(value).find(|raw| *raw != "null")
    }

    /// Returns a text; a number or anything else stands for itself, so that rows stay apart.
    fn text(&self, names: &[&str]) -> Option<String> {
        let raw = self.raw(names)?;
        Some(json::text(raw).unwrap_or_else(|| raw.to_owned()))
    }

    /// Returns a count: 0 where the column is absent, `None` for what is none.
    fn count(&self, name: &str) -> Option<u64> {
        self.raw(&[name]).map_or(Some(0), count)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Columns<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Line;
        impl<'de> Visitor<'de> for Line {
            type Value = Columns<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns<'de>, A::Error> {
                let mut columns = Columns::default();
                while let Some(Name(name)) = map.next_key()? {
                    let place = NAMES.iter().zip(&mut columns.values).find(|(known, _)| **known == name);
                    if let Some((_, place)) = place {
                        *place = Some(map.next_value::<&'de RawValue>()?.get());
                    } else if name == OVERLAP {
                        columns.overlap = map.next_value::<&'de RawValue>()?.get() == "true";
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(columns)
            }
        }
        deserializer.deserialize_map(Line)
    }
}

/// A key, borrowed where it holds no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a line; the second part says whether the row is marked as overlapping. `None` without a day, and with figures or
/// a kind that cannot be.
pub(super) fn parse(line: &str) -> Option<(Row, bool)> {
    let columns: Columns<'_> = serde_json::from_str(line).ok()?;
    let day: Date = columns.text(&["day", "date"])?.get(..10)?.parse().ok()?;
    let session = columns.text(&["session", "session_id"]);
    let usual = if session.is_some() { Source::Transcript } else { Source::Manual };
    let row = Row {
        day,
        zone: columns.text(&["zone"]).unwrap_or_default(),
        model: columns.text(&["model"]),
        tier: columns.text(&["service_tier", "tier"]).map_or_else(Tier::default, |word| Tier::parse(&word)),
        project: columns.text(&["project"]),
        branch: columns.text(&["branch"]),
        skill: columns.text(&["skill"]),
        feature: columns.text(&["feature"]),
        kind: match columns.text(&["kind"]) {
            Some(word) => Kind::parse(&word)?,
            None => Kind::Inference,
        },
        tokens: columns.raw(&["tokens"]).map_or(Some(Tokens::default()), tokens)?,
        requests: columns.count("requests")?,
        searches: columns.count("searches")?,
        usd: match columns.raw(&["usd"]) {
            Some(raw) => Some(json::amount(raw).filter(|amount| *amount >= Usd::ZERO)?),
            None => None,
        },
        price_as_of: columns.text(&["price_as_of"]),
        source: columns.text(&["source"]).and_then(|word| Source::parse(&word)).unwrap_or(usual),
        id: columns.text(&["id"]),
        session,
    };
    // only what was taken over can overlap; a mark elsewhere is no way to make money disappear
    let overlap = columns.overlap && row.source == Source::Legacy;
    Some((row, overlap))
}

/// Reads the token counts; a bare number tells no kinds and counts as none.
fn tokens(raw: &str) -> Option<Tokens> {
    let Some(object) = json::object(raw) else { return Some(Tokens::default()) };
    let count = |names: [&str; 2]| names.iter().find_map(|name| object.raw(name)).map_or(Some(0), count);
    Some(Tokens {
        input: count(["input", "input_tokens"])?,
        output: count(["output", "output_tokens"])?,
        cache_read: count(["cache_read", "cache_read_input_tokens"])?,
        cache_write_5m: count(["cache_write_5m", "cache_write"])?,
        cache_write_1h: count(["cache_write_1h", "cache_write_1h"])?,
    })
}

/// Reads a count; `12.0` is one, `-1` and `1.5` are none.
fn count(raw: &str) -> Option<u64> {
    match raw.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole.parse().ok(),
        _ => raw.parse().ok(),
    }
}

/// A line as it is written. Absent = does not apply; `usd: null` = no price is known.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    day: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    zone: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skill: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    searches: Option<u64>,
    usd: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_as_of: Option<&'a str>,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    overlap: bool,
}

/// Writes a row as the one line of JSON that stands for it, without a line end.
#[must_use]
pub fn line(row: &Row) -> String {
    written(row, false)
}

/// Writes a row of an older life for which transcripts account too: it is kept and never added up.
#[must_use]
pub fn overlapping_line(row: &Row) -> String {
    written(row, true)
}

fn written(row: &Row, overlap: bool) -> String {
    let inference = row.kind == Kind::Inference;
    let line = Written {
        session: row.session.as_deref(),
        day: row.day.to_string(),
        zone: &row.zone,
        kind: row.kind.word(),
        model: row.model.as_deref(),
        service_tier: (inference || row.tier != Tier::default()).then(|| row.tier.word()),
        project: row.project.as_deref(),
        branch: row.branch.as_deref(),
        skill: row.skill.as_deref(),
        feature: row.feature.as_deref(),
        tokens: (inference || row.tokens != Tokens::default()).then_some(row.tokens),
        requests: (inference || row.requests > 0).then_some(row.requests),
        searches: (row.searches > 0).then_some(row.searches),
        usd: row.usd,
        price_as_of: row.price_as_of.as_deref(),
        source: row.source.word(),
        id: row.id.as_deref(),
        overlap,
    };
    // texts, counts and plain decimals always have a JSON form
    serde_json::to_string(&line).unwrap_or_default()
}
