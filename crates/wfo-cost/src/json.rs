//! Looks into JSON without turning numbers into floats: objects whose values stay raw text until somebody asks.
//! Knows nothing about costs.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use wfo_base::Usd;

/// A JSON object whose values are still text; of a key that stands twice the last one counts.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Object<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    /// Reads text that is exactly one object.
    ///
    /// # Errors
    /// serde_json's own, with line and column.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Returns the keys and raw values, by key.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(key, raw)| (key.as_str(), raw.get()))
    }

    /// Returns the raw text of a value; `None` when the key is absent or null.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).map(|raw| raw.get()).filter(|raw| *raw != "null")
    }

    /// Returns the object at a key; `None` for anything else.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<Self> {
        self.raw(key).and_then(object)
    }

    /// Returns the text at a key; `None` for anything else.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        self.raw(key).and_then(text)
    }

    /// Returns the amount at a key; `None` for anything else.
    #[must_use]
    pub fn amount(&self, key: &str) -> Option<Usd> {
        self.raw(key).and_then(amount)
    }
}

/// Reads a raw value as an object.
#[must_use]
pub fn object(raw: &str) -> Option<Object<'_>> {
    if raw.starts_with('{') { Object::parse(raw).ok() } else { None }
}

/// Reads a raw value as text.
#[must_use]
pub fn text(raw: &str) -> Option<String> {
    if raw.starts_with('"') { serde_json::from_str(raw).ok() } else { None }
}

/// Reads a raw value as dollars: a number, or a number in quotes with or without `$`.
#[must_use]
pub fn amount(raw: &str) -> Option<Usd> {
    match raw.as_bytes().first()? {
        b'"' => {
            let text = text(raw)?;
            let text = text.trim();
            Usd::parse(text.strip_prefix('$').unwrap_or(text))
        }
        b'-' | b'0'..=b'9' => Usd::parse(raw),
        _ => None,
    }
}

/// Reads objects that stand one after the other, as `>>` leaves them, up to the first that is broken.
/// The second part is what serde_json said about that one.
#[must_use]
pub fn objects(text: &str) -> (Vec<Object<'_>>, Option<serde_json::Error>) {
    let mut found = Vec::new();
    for object in serde_json::Deserializer::from_str(text).into_iter::<Object<'_>>() {
        match object {
            Ok(object) => found.push(object),
            Err(error) => return (found, Some(error)),
        }
    }
    (found, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_from_their_digits_and_not_through_a_float() {
        for (raw, plain) in [
            ("0.1", Some("0.1")),
            ("12.340000000000001", Some("12.34")),
            ("123456789.123456789012", Some("123456789.123456789012")),
            ("1e-7", Some("0.0000001")),
            ("\"$4.20\"", Some("4.2")),
            ("\"4.20\"", Some("4.2")),
            ("true", None),
            ("null", None),
            ("[1]", None),
            ("\"many\"", None),
        ] {
            assert_eq!(amount(raw).map(Usd::plain).as_deref(), plain, "{raw}");
        }
    }

    #[test]
    fn objects_one_after_the_other_are_read_up_to_the_broken_one() {
        let (found, fault) = objects("{\"total\": 1}\n{\"total\": 2}{\"total\":");
        assert_eq!(
            found.iter().filter_map(|object| object.amount("total")).map(Usd::plain).collect::<Vec<_>>(),
            ["1", "2"]
        );
        assert!(fault.is_some());
        assert!(objects(" ").0.is_empty() && objects(" ").1.is_none());
    }

    #[test]
    fn nesting_beyond_reason_is_an_answer_and_not_a_crash() {
        let deep = format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        let _ = objects(&deep);
        let _ = objects(&"[".repeat(500_000));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[\\[\\]{}\":,.a-c0-9 \\n-]{0,80}") {
            for object in objects(&text).0 {
                for (_, raw) in object.entries() {
                    let _ = (amount(raw), super::text(raw), super::object(raw).is_some());
                }
            }
        }
    }
}
