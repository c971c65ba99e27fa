//! Parses JSON of tools into typed structs that pass over what they do not know.
//! Never repeats a value of the report in a reason: only its shape, the names of its keys, and places in it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::{Unreadable, taken};

/// Parses a report that is an object.
pub(super) fn object<'de, T: Deserialize<'de>>(what: &str, text: &'de str) -> Result<T, Unreadable> {
    shaped(what, text, '{')
}

/// Parses a report that is an array.
pub(super) fn array<'de, T: Deserialize<'de>>(what: &str, text: &'de str) -> Result<T, Unreadable> {
    shaped(what, text, '[')
}

/// A derived struct takes an array too, so the first character is looked at before.
fn shaped<'de, T: Deserialize<'de>>(what: &str, text: &'de str, first: char) -> Result<T, Unreadable> {
    if !text.trim_start().starts_with(first) {
        return Unreadable::err(format!("not a report of {what} but {}", found(text)));
    }
    serde_json::from_str(text).map_err(|error| wrong(what, text, &error))
}

fn wrong(what: &str, text: &str, error: &serde_json::Error) -> Unreadable {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => Unreadable::new(format!("cut off: the JSON ends at {place}")),
        Category::Data => {
            let message = error.to_string();
            // the only messages that hold names of our own and nothing of the report
            let ours = ["missing field `", "duplicate field `"].iter().any(|start| message.starts_with(start));
            let detail = message.split(" at line ").next().filter(|_| ours).unwrap_or("a value of another kind");
            Unreadable::new(format!("not a report of {what} but {}: {detail} at {place}", found(text)))
        }
        Category::Syntax | Category::Io => Unreadable::new(format!("not JSON from {place} on")),
    }
}

/// Says what a text is, without any of its values.
pub(super) fn found(text: &str) -> String {
    let text = text.trim_start();
    match text.bytes().next() {
        Some(b'[') if text.get(1..).is_some_and(|rest| rest.trim() == "]") => "an empty array".to_owned(),
        Some(b'[') => "an array".to_owned(),
        Some(b'"') => "a string".to_owned(),
        Some(b'<') => "XML or HTML".to_owned(),
        Some(b'{') => {
            let mut keys: Vec<String> = match serde_json::from_str::<Pairs<IgnoredAny>>(text) {
                Ok(pairs) => pairs.0.iter().map(|(key, _)| format!("`{}`", taken::word(key))).collect(),
                Err(_) => return "text that is no whole JSON".to_owned(),
            };
            if keys.is_empty() {
                return "an empty object".to_owned();
            }
            keys.truncate(4);
            format!("an object with {}", keys.join(", "))
        }
        _ if text.trim_end() == "null" => "null".to_owned(),
        _ => "text".to_owned(),
    }
}

/// The pairs of an object in their order; a key that comes twice stays twice.
#[derive(Debug, Clone)]
pub(super) struct Pairs<V>(pub(super) Vec<(String, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Each<V> {
            type Value = Pairs<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Each(PhantomData))
    }
}

/// How many members an array has; they are not looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        deserializer.deserialize_seq(Members)
    }
}

/// A scalar that is only for showing: a line, an id, a score. What is no scalar is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Scalar {
    #[default]
    Nothing,
    Whole(u64),
    Text(String),
}

impl Scalar {
    /// As a line or column.
    pub(super) const fn whole(&self) -> Option<u64> {
        match self {
            Self::Whole(number) => Some(*number),
            Self::Nothing | Self::Text(_) => None,
        }
    }

    /// As text; empty for nothing.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Whole(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Whole(number))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
                Ok(Scalar::Nothing)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Scalar, E> {
                Ok(Scalar::Nothing)
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Text(number.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Nothing)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Scalar, A::Error> {
                IgnoredAny.visit_seq(seq).map(|_| Scalar::Nothing)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
                IgnoredAny.visit_map(map).map(|_| Scalar::Nothing)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A count that some writers give as a number with `.0`.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Whole(number) => Ok(number),
        Scalar::Text(text) => text.parse().map_err(|_| D::Error::custom("not a count")),
        Scalar::Nothing => Err(D::Error::custom("not a count")),
    }
}

/// `null` as nothing at all.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(d: D) -> Result<T, D::Error> {
    Option::deserialize(d).map(Option::unwrap_or_default)
}
