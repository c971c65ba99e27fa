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

/// The values of a line that are asked for, still as text. Of a key that stands twice the last one counts.
#[derive(Default)]
struct Columns<'a> {
    session: Value<'a>,
    /// `session_id` of older lines.
    older_session: Value<'a>,
    day: Value<'a>,
    /// `date` of older lines.
    older_day: Value<'a>,
    zone: Value<'a>,
    model: Value<'a>,
    tier: Value<'a>,
    /// `tier` of older lines.
    older_tier: Value<'a>,
    project: Value<'a>,
    branch: Value<'a>,
    skill: Value<'a>,
    feature: Value<'a>,
    kind: Value<'a>,
    tokens: Value<'a>,
    requests: Value<'a>,
    searches: Value<'a>,
    usd: Value<'a>,
    price_as_of: Value<'a>,
    source: Value<'a>,
    id: Value<'a>,
    overlap: Value<'a>,
}

/// The text of a value; `None` for an absent one and for null.
type Value<'a> = Option<&'a str>;

impl<'a> Columns<'a> {
    /// Returns the place of a key's value; `None` for a key that nobody asks for.
    fn place(&mut self, key: &str) -> Option<&mut Value<'a>> {
        Some(match key {
            "session" => &mut self.session,
            "session_id" => &mut self.older_session,
            "day" => &mut self.day,
            "date" => &mut self.older_day,
            "zone" => &mut self.zone,
            "model" => &mut self.model,
            "service_tier" => &mut self.tier,
            "tier" => &mut self.older_tier,
            "project" => &mut self.project,
            "branch" => &mut self.branch,
            "skill" => &mut self.skill,
            "feature" => &mut self.feature,
            "kind" => &mut self.kind,
            "tokens" => &mut self.tokens,
            "requests" => &mut self.requests,
            "searches" => &mut self.searches,
            "usd" => &mut self.usd,
            "price_as_of" => &mut self.price_as_of,
            "source" => &mut self.source,
            "id" => &mut self.id,
            "overlap" => &mut self.overlap,
            _ => return None,
        })
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
                    if let Some(place) = columns.place(&name) {
                        let raw = map.next_value::<&'de RawValue>()?.get();
                        *place = Some(raw).filter(|raw| *raw != "null");
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
    let day: Date = text(columns.day.or(columns.older_day))?.get(..10)?.parse().ok()?;
    let session = text(columns.session.or(columns.older_session));
    let usual = if session.is_some() { Source::Transcript } else { Source::Manual };
    let row = Row {
        day,
        zone: text(columns.zone).unwrap_or_default(),
        model: text(columns.model),
        tier: text(columns.tier.or(columns.older_tier)).map_or_else(Tier::default, |word| Tier::parse(&word)),
        project: text(columns.project),
        branch: text(columns.branch),
        skill: text(columns.skill),
        feature: text(columns.feature),
        kind: text(columns.kind).map_or(Some(Kind::Inference), |word| Kind::parse(&word))?,
        tokens: columns.tokens.map_or(Some(Tokens::default()), tokens)?,
        requests: columns.requests.map_or(Some(0), count)?,
        searches: columns.searches.map_or(Some(0), count)?,
        usd: match columns.usd {
            Some(raw) => Some(json::amount(raw).filter(|amount| *amount >= Usd::ZERO)?),
            None => None,
        },
        price_as_of: text(columns.price_as_of),
        source: text(columns.source).and_then(|word| Source::parse(&word)).unwrap_or(usual),
        id: text(columns.id),
        session,
    };
    // only what was taken over can overlap; a mark elsewhere is no way to make money disappear
    let overlap = columns.overlap == Some("true") && row.source == Source::Legacy;
    Some((row, overlap))
}

/// Returns a text; a number or anything else stands for itself, so that rows stay apart.
fn text(value: Value<'_>) -> Option<String> {
    let raw = value?;
    let plain = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|text| !text.contains('\\'));
    Some(plain.map(str::to_owned).or_else(|| json::text(raw)).unwrap_or_else(|| raw.to_owned()))
}

/// Reads the token counts; a bare number tells no kinds and counts as none.
fn tokens(raw: &str) -> Option<Tokens> {
    // nearly every line is one of ours, and a map for each would be most of the work
    if let Ok(Five { input, output, cache_read, cache_write_5m, cache_write_1h }) = serde_json::from_str(raw) {
        return Some(Tokens { input, output, cache_read, cache_write_5m, cache_write_1h });
    }
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

/// Token counts as they are written here: all five kinds and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Five {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write_5m: u64,
    cache_write_1h: u64,
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
