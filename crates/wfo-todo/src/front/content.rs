//! What is written into front matter, and how: the plainest spelling that every YAML reader takes for the same value.
//! Old readers take `no`, `0644`, `1_000` and dates for something else than text, so these are quoted.

use serde_yaml::{Mapping, Value};
use wfo_base::yaml;

use super::tree::Style;

/// A value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is to be spelled.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A mapping, in this order.
    Map(Vec<(String, Self)>),
}

impl Content {
    /// Makes text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a mapping.
    #[must_use]
    pub fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Reads a word as YAML would: number, boolean or null, else text.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.~".contains(&byte));
        match yaml::parse::<Value>(word) {
            Ok(Value::Null) if plain => Self::Null,
            Ok(Value::Bool(flag)) if plain => Self::Bool(flag),
            Ok(Value::Number(_)) if plain => Self::Number(word.to_owned()),
            _ => Self::text(word),
        }
    }

    /// Takes a value as it was read; a tag is left out.
    #[must_use]
    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::text(text.as_str()),
            Value::Sequence(items) => Self::List(items.iter().map(Self::of_value).collect()),
            Value::Mapping(map) => {
                let key = |key: &Value| crate::todo_yaml::scalar(key).unwrap_or_default();
                Self::Map(map.iter().map(|(name, value)| (key(name), Self::of_value(value))).collect())
            }
            Value::Tagged(tagged) => Self::of_value(&tagged.value),
        }
    }

    /// Spells the value on one line, for a template of front matter.
    #[must_use]
    pub fn spelled(&self) -> String {
        Speller { quoted: false, eol: "\n", list_indent: 2 }.inline(self, None, false)
    }

    /// Says whether it is a list or a mapping.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }

    /// Returns the value that a reader must find.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Number(raw) => yaml::parse(raw).unwrap_or(Value::Null),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => Value::Sequence(items.iter().map(Self::value).collect()),
            Self::Map(entries) => {
                let pairs = entries.iter().map(|(key, value)| (Value::String(key.clone()), value.value()));
                Value::Mapping(pairs.collect::<Mapping>())
            }
        }
    }
}

/// The spelling that is already there, which is kept where it fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near<'t> {
    pub(crate) style: Style,
    pub(crate) text: &'t str,
}

/// How values are spelled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speller {
    /// Puts all text between double quotes.
    pub(crate) quoted: bool,
    /// The line ending.
    pub(crate) eol: &'static str,
    /// Blanks before the dash of a list below a key.
    pub(crate) list_indent: usize,
}

impl Speller {
    /// Spells a scalar; a collection is spelled in brackets. `flow`: it stands between brackets.
    pub(crate) fn inline(self, content: &Content, near: Option<Near<'_>>, flow: bool) -> String {
        match content {
            Content::Null => "null".to_owned(),
            Content::Bool(flag) => flag.to_string(),
            Content::Number(raw) => raw.clone(),
            Content::Text(text) => self.text(text, near, flow),
            Content::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline(item, None, true)).collect();
                format!("[{}]", items.join(", "))
            }
            Content::Map(entries) => {
                let pairs: Vec<String> = entries.iter().map(|(key, value)| self.pair(key, value)).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }

    /// Spells `key: value` for use between brackets.
    pub(crate) fn pair(self, key: &str, value: &Content) -> String {
        format!("{}: {}", self.text(key, None, true), self.inline(value, None, true))
    }

    fn text(self, text: &str, near: Option<Near<'_>>, flow: bool) -> String {
        let near = near.filter(|_| !self.quoted);
        let style = near.map_or(Style::Plain, |near| near.style);
        let like = near.is_some_and(|near| near.style == Style::Plain && shape(near.text) == shape(text));
        match style {
            Style::Single if is_visible(text) => format!("'{}'", text.replace('\'', "''")),
            Style::Plain | Style::Empty | Style::Block(_)
                if !self.quoted && is_plain(text, flow) && (like || is_calm(text)) =>
            {
                text.to_owned()
            }
            _ => double(text),
        }
    }

    /// Writes `key: value` as lines of a block, the value below the key where it is a collection.
    pub(crate) fn entry(self, key: &str, value: &Content, indent: usize, out: &mut String) {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(&self.text(key, None, false));
        out.push(':');
        if self.is_nested(value) {
            out.push_str(self.eol);
            self.lines(value, indent, out);
        } else {
            out.push(' ');
            out.push_str(&self.inline(value, None, false));
            out.push_str(self.eol);
        }
    }

    fn is_nested(self, value: &Content) -> bool {
        match value {
            Content::List(items) => !items.is_empty(),
            Content::Map(entries) => !entries.is_empty(),
            _ => false,
        }
    }

    /// Writes the lines of a collection below a key that stands at `indent`.
    pub(crate) fn lines(self, value: &Content, indent: usize, out: &mut String) {
        match value {
            Content::Map(entries) => {
                for (key, value) in entries {
                    self.entry(key, value, indent + 2, out);
                }
            }
            Content::List(items) => {
                for item in items {
                    self.item(item, indent + self.list_indent, 1, false, out);
                }
            }
            _ => {}
        }
    }

    /// Writes an item of a list with its dash at `indent` and `gap` blanks behind it; `flow`: a mapping in brackets.
    pub(crate) fn item(self, item: &Content, indent: usize, gap: usize, flow: bool, out: &mut String) {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push('-');
        out.extend(std::iter::repeat_n(' ', gap));
        match item {
            Content::Map(entries) if !flow && !entries.is_empty() => {
                let inner = indent + 1 + gap;
                let mut lines = String::new();
                for (key, value) in entries {
                    self.entry(key, value, inner, &mut lines);
                }
                out.push_str(lines.get(inner..).unwrap_or_default());
            }
            _ => {
                out.push_str(&self.inline(item, None, flow));
                out.push_str(self.eol);
            }
        }
    }
}

/// Returns the kinds of characters of a text, so that a date is told to look like a date.
fn shape(text: &str) -> String {
    let kind = |c: char| match c {
        '0'..='9' => '0',
        c if c.is_alphabetic() => 'a',
        c => c,
    };
    text.chars().map(kind).collect()
}

/// Says whether a text may stand without quotes.
fn is_plain(text: &str, flow: bool) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '/');
    let breaks = text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.trim() != text;
    let brackets = flow && text.contains([',', '[', ']', '{', '}', ':', '?', '#']);
    begins
        && !breaks
        && !brackets
        && is_visible(text)
        && matches!(yaml::parse(text), Ok(Value::String(read)) if read == text)
}

/// Says whether no reader, old or new, takes the text for anything but text.
fn is_calm(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    !text.starts_with(|c: char| c.is_numeric()) && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_visible(text: &str) -> bool {
    !text.chars().any(is_escaped)
}

/// Says whether a character is written as an escape: it would break the line, hide, or is not allowed in YAML.
fn is_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff0}'..='\u{ffff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_escaped(c) && u32::from(c) > 0xffff => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c if is_escaped(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
