//! The YAML side of TODO files: further limits against hostile front matter, raw spellings and line numbers.
//! The YAML reader knows neither lines of values nor that `6.10` is not `6.1`; both are looked up in the text.

use std::collections::HashMap;

use serde_yaml::{Mapping, Value};
use wfo_base::{Problem, codes, yaml};

use crate::words::clean;

/// The most brackets that may be open at once; the YAML reader takes quadratic time for deeper ones.
const DEPTH_LIMIT: usize = 64;

/// The most aliases of a page that has anchors; each may stand for the whole page.
const ALIAS_LIMIT: usize = 16;

/// Reads front matter into a mapping. Line numbers of problems count the opening fence.
///
/// # Errors
/// `todo.unreadable` with line and column.
pub(crate) fn mapping(file: &str, yaml: &str) -> Result<Mapping, Problem> {
    if let Some((line, column, what)) = out_of_bounds(yaml) {
        return Err(unreadable(file, what).at(file, line + 1, column));
    }
    match yaml::parse::<Value>(yaml) {
        Ok(Value::Mapping(map)) => Ok(map),
        Ok(_) => Err(unreadable(file, "front matter that is not a list of keys").at_line(file, 2)),
        Err(fault) => {
            let place = fault.place.unwrap_or((1, 1));
            let (line, column) = duplicate_key(yaml, &fault.message, place).unwrap_or(place);
            // the reader's own line numbers do not count the fence
            let what = fault.message.split(" at line ").next().unwrap_or(&fault.message);
            Err(unreadable(file, &format!("front matter that is not YAML: {what}")).at(file, line + 1, column))
        }
    }
}

/// Makes the problem; `what` follows "FILE has".
pub(crate) fn unreadable(file: &str, what: &str) -> Problem {
    Problem::new(codes::TODO_UNREADABLE, format!("`{file}` has {what}"))
        .hint(format!("correct `{file}`, then run `wfo-helper start-day` again"))
        .in_file(file)
}

/// Finds what would take too long to read: line, column (from 1) and what it is.
fn out_of_bounds(yaml: &str) -> Option<(usize, usize, &'static str)> {
    let (mut depth, mut aliases) = (0_usize, 0_usize);
    let anchors = has_sign(yaml, '&');
    for (line, text) in yaml.lines().enumerate() {
        let mut before = ' ';
        let mut chars = text.chars().enumerate().peekable();
        while let Some((column, c)) = chars.next() {
            let at = |what| Some((line + 1, column + 1, what));
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                '*' if anchors && starts_value(before) && chars.peek().is_some_and(|(_, c)| c.is_alphanumeric()) => {
                    aliases += 1;
                }
                _ => {}
            }
            if depth > DEPTH_LIMIT {
                return at("more than 64 brackets inside each other");
            }
            if aliases > ALIAS_LIMIT {
                return at("more than 16 YAML aliases");
            }
            before = c;
        }
        let nested = text.split_whitespace().take_while(|word| matches!(*word, "-" | "?")).count();
        if nested > DEPTH_LIMIT {
            return Some((line + 1, 1, "more than 64 lists inside each other"));
        }
    }
    None
}

fn starts_value(before: char) -> bool {
    before.is_whitespace() || "[{,:-".contains(before)
}

fn has_sign(yaml: &str, sign: char) -> bool {
    let mut before = '\n';
    yaml.chars().any(|c| {
        let found = c == sign && starts_value(before);
        before = c;
        found
    })
}

/// Finds the second of two equal keys; the reader names only the start of their mapping.
fn duplicate_key(yaml: &str, error: &str, (from, column): (usize, usize)) -> Option<(usize, usize)> {
    let (_, rest) = error.split_once("duplicate entry with key \"")?;
    let (key, _) = rest.split_once('"')?;
    let is_key = |text: &str| {
        let blanks = text.len() - text.trim_start().len();
        blanks + 1 == column && text.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
    };
    let mut hits = yaml.lines().enumerate().skip(from.saturating_sub(1)).filter(|(_, text)| is_key(text));
    hits.nth(1).map(|(line, _)| (line + 1, column))
}

/// Where values stand in the text of the front matter. Lines count the opening fence.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    yaml: &'a str,
    ids: HashMap<&'a str, Vec<usize>>,
    keys: HashMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    /// Looks through the text once.
    pub(crate) fn new(yaml: &'a str) -> Self {
        let mut places = Self { yaml, ids: HashMap::new(), keys: HashMap::new() };
        for (index, text) in yaml.lines().enumerate() {
            for raw in raw_values(text, "id") {
                places.ids.entry(raw).or_default().push(index + 2);
            }
            let key = text.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
            places.keys.entry(key.trim_matches(['"', '\''])).or_insert(index + 2);
        }
        // popped from the end, in page order
        places.ids.values_mut().for_each(|lines| lines.reverse());
        places
    }

    /// Returns the line of the next task with this id.
    pub(crate) fn task(&mut self, id: &str) -> Option<usize> {
        let of_id =
            self.ids.get_mut(id).and_then(|lines| if lines.len() > 1 { lines.pop() } else { lines.last().copied() });
        of_id.or_else(|| self.keys.get(id).copied())
    }

    /// Returns the line of the first key of this name that begins a line.
    pub(crate) fn key(&self, name: &str) -> Option<usize> {
        self.keys.get(name).copied()
    }

    /// Returns line and raw spelling of the first `name:` at or below a key's line, wherever in the line it stands.
    pub(crate) fn raw(&self, below: &str, name: &'static str) -> Option<(usize, &'a str)> {
        let from = self.key(below).unwrap_or(2);
        let lines = self.yaml.lines().enumerate().map(|(index, text)| (index + 2, text));
        lines.skip(from - 2).find_map(|(line, text)| raw_values(text, name).next().map(|raw| (line, raw)))
    }
}

/// Returns the plain or quoted scalar behind each `name:` of a line.
fn raw_values<'a>(text: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    text.match_indices(name).filter_map(move |(at, _)| {
        let before = text.get(..at)?;
        let after = text.get(at + name.len()..)?.trim_start_matches(['"', '\'']);
        let begins = before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || "{,\"'".contains(c));
        let value = after.trim_start().strip_prefix(':').filter(|_| begins)?.trim_start();
        if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            return value.get(1..)?.split(quote).next();
        }
        let value = value.split([',', '}']).next()?;
        Some(value.split(" #").next()?.trim())
    })
}

/// Returns the value of the first of these keys that is there and not null.
pub(crate) fn first<'a>(map: &'a Mapping, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| map.get(*key)).filter(|value| !value.is_null())
}

/// Returns a scalar as one clean line; lists and mappings are `None`, and so is empty text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => clean(text),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Tagged(tagged) => return scalar(&tagged.value),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(yaml: &str) -> (Option<usize>, Option<usize>) {
        let problem = mapping("TODO_x.md", yaml).expect_err(yaml);
        assert_eq!(problem.code, codes::TODO_UNREADABLE);
        let place = problem.location.expect("a place");
        (place.line, place.column)
    }

    #[test]
    fn faults_are_named_with_line_and_column_of_the_file() {
        for (yaml, line, column) in [
            ("a: 1\nb: 2\na: 3\n", 4, 1),
            ("a:\n  b: 1\n  c: 1\n  b: 2\n", 5, 3),
            ("a: [1\n", 3, 1),
            ("a: b\n\tc: d\n", 3, 1),
            ("a: b: c\n", 2, 5),
            ("a: *x\n", 2, 4),
        ] {
            assert_eq!(place(yaml), (Some(line), Some(column)), "{yaml}");
        }
        assert_eq!(place("- a\n"), (Some(2), None));
    }

    #[test]
    fn front_matter_that_would_take_minutes_is_refused_at_once() {
        let start = std::time::Instant::now();
        let bomb = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(9000), "*a,".repeat(9000));
        for yaml in ["[".repeat(60_000), "{a: ".repeat(15_000), "- ".repeat(30_000), "? ".repeat(30_000), bomb] {
            assert_eq!(mapping("t", &yaml).expect_err("refused").code, codes::TODO_UNREADABLE);
        }
        assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    }

    #[test]
    fn stars_in_sentences_and_a_few_aliases_are_fine() {
        assert!(mapping("t", &format!("a: pass {}\n", "*args ".repeat(40))).is_ok());
        assert!(mapping("t", "a: &x 1\nb: *x\nc: [*x, *x]\n").is_ok());
    }

    #[test]
    fn lines_and_raw_spellings_are_found_in_block_and_flow_style() {
        let yaml = "p: {phase: 2, step: 6.10 }\nq:\n  step: \"2.4\" # now\ntasks:\n  a:\n    - id: t_01\n      name: valid: no\n    - {id: t_02, id2: x}\n  b:\n    t_03: {name: x}\n";
        let mut places = Places::new(yaml);
        assert_eq!(places.raw("p", "step"), Some((2, "6.10")));
        assert_eq!(places.raw("q", "step"), Some((4, "2.4")));
        assert_eq!((places.task("t_01"), places.task("t_02"), places.task("t_03")), (Some(7), Some(9), Some(11)));
        assert_eq!((places.task("no"), places.key("tasks")), (None, Some(5)));
    }

    #[test]
    fn a_task_id_that_stands_twice_gives_both_lines() {
        let mut places = Places::new("- id: a\n- id: a\n");
        assert_eq!((places.task("a"), places.task("a"), places.task("a")), (Some(2), Some(3), Some(3)));
    }
}
