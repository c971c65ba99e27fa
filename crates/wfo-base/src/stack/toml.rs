//! A line scan of TOML, enough to see tables, dependency names and lists of strings. Not a TOML parser:
//! it knows tables, `key = value`, strings, lists over several lines and comments; what it does not know it passes over.

use std::collections::BTreeSet;

/// `key = value` below a table, reduced to the strings in the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Dotted name of the table; empty at the top.
    pub(super) table: String,
    /// The key, dotted keys as written.
    pub(super) key: String,
    /// Strings in the value, in order.
    pub(super) strings: Vec<String>,
}

/// Tables and entries of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Toml {
    /// Names of all tables, those written as dotted keys or inline tables included.
    pub(super) tables: BTreeSet<String>,
    /// All entries, in order.
    pub(super) entries: Vec<Entry>,
}

impl Toml {
    /// Returns the strings at a dotted key.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let fits = |entry: &&Entry| match entry.table.as_str() {
            "" => entry.key == key,
            table => key.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')) == Some(entry.key.as_str()),
        };
        self.entries.iter().filter(fits).flat_map(|entry| entry.strings.clone()).collect()
    }

    /// Says whether a table or one below it is there.
    pub(super) fn has(&self, table: &str) -> bool {
        self.tables.contains(table)
            || self
                .tables
                .range(format!("{table}.")..)
                .next()
                .is_some_and(|next| next.starts_with(&format!("{table}.")))
    }
}

/// Scans a file.
pub(super) fn scan(text: &str) -> Toml {
    let mut toml = Toml::default();
    let mut table = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(name) = header(line) {
            toml.tables.insert(name.clone());
            table = name;
            continue;
        }
        let Some((key, first)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let key = clean(key);
        let mut value = Value::default();
        let mut open = value.take(first);
        while open {
            let Some(next) = lines.next() else { break };
            open = value.take(next);
        }
        note_tables(&mut toml.tables, &table, &key, value.inline);
        toml.entries.push(Entry { table: table.clone(), key, strings: value.strings });
    }
    toml
}

/// Returns the name in `[a.b]` or `[[a.b]]`.
fn header(line: &str) -> Option<String> {
    let inner = line.strip_prefix('[')?;
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    let (name, rest) = inner.split_once(']')?;
    let rest = rest.trim_start_matches(']').trim_start();
    (rest.is_empty() || rest.starts_with('#')).then(|| clean(name))
}

/// Drops quotes and blanks around the parts of a dotted key.
fn clean(key: &str) -> String {
    key.trim().split('.').map(|part| part.trim().trim_matches(['"', '\''])).collect::<Vec<_>>().join(".")
}

/// Records `a.b = 1` and `a = {` below a table as tables.
fn note_tables(tables: &mut BTreeSet<String>, table: &str, key: &str, inline: bool) {
    let name = if inline { Some(key) } else { key.rsplit_once('.').map(|(head, _)| head) };
    if let Some(name) = name {
        tables.insert(if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") });
    }
}

/// Which string a value is inside of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    /// A string over several lines, by its quote.
    Long(char),
}

/// A value as far as it has been taken.
#[derive(Debug, Default)]
struct Value {
    strings: Vec<String>,
    depth: usize,
    inside: Inside,
    inline: bool,
}

impl Value {
    /// Takes one line; says whether the value goes on.
    fn take(&mut self, line: &str) -> bool {
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            if let Inside::Long(quote) = self.inside {
                let end: String = [quote; 3].iter().collect();
                let Some((_, after)) = rest.split_once(end.as_str()) else { return true };
                (self.inside, rest) = (Inside::Nothing, after);
                continue;
            }
            rest = match c {
                '#' => break,
                '"' | '\'' => self.string(rest, c),
                _ => {
                    match c {
                        '[' | '{' => {
                            self.inline |= c == '{' && self.depth == 0;
                            self.depth += 1;
                        }
                        ']' | '}' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    rest.get(c.len_utf8()..).unwrap_or_default()
                }
            };
        }
        self.depth > 0 || self.inside != Inside::Nothing
    }

    /// Takes the string at the start of `text` and returns what follows it.
    fn string<'t>(&mut self, text: &'t str, quote: char) -> &'t str {
        let long: String = [quote; 3].iter().collect();
        if let Some(rest) = text.strip_prefix(long.as_str()) {
            self.inside = Inside::Long(quote);
            return rest;
        }
        let body = text.get(1..).unwrap_or_default();
        let mut escaped = false;
        for (at, c) in body.char_indices() {
            if c == quote && !escaped {
                self.strings.push(body.get(..at).unwrap_or_default().to_owned());
                return body.get(at + 1..).unwrap_or_default();
            }
            escaped = quote == '"' && c == '\\' && !escaped;
        }
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables_entries_and_lists_over_several_lines_are_seen() {
        let toml = scan(
            "[project]\nname = \"x\" # [tool.no]\ndependencies = [\n  \"httpx>=1\", # a comment with ]\n  'rich',\n]\n\n\
             [tool.ruff.lint]\nselect = [\"E\"]\n[ tool . \"mypy\" ]\n[[tool.x]]\n[tool]\nblack = { line-length = 100 }\nisort.profile = \"black\"\n",
        );
        assert_eq!(toml.list("project.dependencies"), ["httpx>=1", "rich"]);
        for (table, there) in [
            ("tool.ruff", true),
            ("tool.mypy", true),
            ("tool.x", true),
            ("tool.black", true),
            ("tool.isort", true),
            ("tool.no", false),
            ("tool.ru", false),
        ] {
            assert_eq!(toml.has(table), there, "{table}");
        }
    }

    #[test]
    fn text_inside_long_strings_is_not_taken_for_tables() {
        let toml = scan("description = \"\"\"\n[tool.pytest]\n\"\"\"\nkeep = 'a'\n[tool.real]\n");
        assert_eq!((toml.has("tool.pytest"), toml.has("tool.real")), (false, true));
        assert_eq!(toml.list("keep"), ["a"]);
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_string() {
        assert_eq!(scan(r#"a = ["x\"]", "y"]"#).list("a"), [r#"x\"]"#, "y"]);
        assert_eq!(scan(r"a = ['x\', 'y']").list("a"), [r"x\", "y"]);
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_without_a_panic(text in "[a-c\\[\\]{}=\"'#.\\\\ \n\u{e9}]{0,120}") {
            let _ = scan(&text);
        }
    }
}
