//! Reads JSON objects as members in the order of the text, with each value as the text it is written in.
//! Never interprets a value and never drops a doubled key: what is to stay byte for byte is compared byte for byte.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's members in order, doubled keys included.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a text that is one object; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// The parser's; it is a data error where the text is JSON but no object.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Returns the text of the last member with this key: the one that readers take.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.get())
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A registry: an object whose `worktrees` is a list, read in one pass.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    /// All members in order, doubled keys included; `None` stands for a list `worktrees`.
    pub(crate) members: Vec<(String, Option<&'a RawValue>)>,
    /// The rows of the last list `worktrees`, each as it is written.
    pub(crate) rows: Option<Vec<&'a RawValue>>,
}

impl<'a> Document<'a> {
    /// Reads a text; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// The parser's; it is a data error where the text is JSON but no such object.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Returns the text of the last member with this key, other than `worktrees`.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.members.iter().rev().find(|(name, _)| name == key).and_then(|(_, value)| Some((*value)?.get()))
    }
}

impl<'de> Deserialize<'de> for Document<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Top;
        impl<'de> Visitor<'de> for Top {
            type Value = Document<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Document::default();
                while let Some(key) = map.next_key::<String>()? {
                    let value = if key == "worktrees" {
                        found.rows = Some(map.next_value()?);
                        None
                    } else {
                        Some(map.next_value()?)
                    };
                    found.members.push((key, value));
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(Top)
    }
}
