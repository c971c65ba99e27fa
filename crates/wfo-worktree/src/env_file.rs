//! Puts ports into the text of an env file: the values of the named variables change, every other byte stays.
//! Expands nothing, runs nothing, and does not write the file.

use std::ops::Range;

use wfo_base::{Problem, codes, text::code_span};

/// What happens to a name that no line assigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A line for it is put at the end.
    Append,
    /// It is left out.
    Leave,
}

/// Requires a name that every shell and reader of env files takes: `[A-Za-z_][A-Za-z0-9_]*`.
///
/// # Errors
/// `port.invalid`.
pub fn require_name(name: &str) -> Result<(), Problem> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.starts_with(|c: char| word(c) && !c.is_ascii_digit()) && name.chars().all(word) {
        return Ok(());
    }
    Err(Problem::new(codes::PORT_INVALID, format!("{} is not the name of a variable", code_span(name)))
        .hint("use letters, digits and `_`, with no digit first, such as `PORT`"))
}

/// Sets the variables to the ports, in every line that assigns one; of two values for a name the later counts.
///
/// Read as the usual readers of env files do: `NAME=value` on a line of its own, `export` and blanks allowed, values in `"`,
/// `'` or a backtick may go over several lines, and a backslash keeps a quote from closing them. Quotes, comments and
/// what follows a plain number (`PORT=3000 npm start`) stay. Any other value is replaced whole: after the call the line gives
/// the leased port, which `${PORT:-8100}` would not where the variable is set elsewhere.
#[must_use]
pub fn with_ports(text: &str, values: &[(String, u16)], missing: Missing) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut seen: Vec<&str> = Vec::new();
    let (mut done, mut at) = (0, 0);
    if text.starts_with('\u{feff}') {
        at = '\u{feff}'.len_utf8();
    }
    while at < text.len() {
        let line_end = end_of_line(text, at);
        let Some((name, value)) = assignment(text, at..line_end) else {
            at = line_end + 1;
            continue;
        };
        let close = closing(text, value.start);
        let next = close.map_or(line_end, |close| end_of_line(text, close));
        // `"30"00` is one word of two parts: no place for a number between its quotes.
        let joined = close.map_or(0, |close| word_end(text.get(close + 1..next).unwrap_or_default()));
        let quoted = close.filter(|_| joined == 0);
        if let Some((name, port)) = values.iter().rev().find(|(wanted, _)| wanted == name) {
            let place = match close {
                Some(close) if joined == 0 => value.start + 1..close,
                Some(close) => value.start..close + 1 + joined,
                None => plain(text, &value),
            };
            out.push_str(text.get(done..place.start).unwrap_or_default());
            out.push_str(&port.to_string());
            // Without a blank between them a shell would take the comment for a part of the number.
            if place.is_empty() && quoted.is_none() && text.get(place.end..).is_some_and(|rest| rest.starts_with('#')) {
                out.push(' ');
            }
            done = place.end;
            seen.push(name);
        }
        at = next + 1;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    if missing == Missing::Append {
        append(&mut out, values, &seen);
    }
    out
}

/// Puts lines for the names that were not seen at the end, as the lines of the text end.
fn append(out: &mut String, values: &[(String, u16)], seen: &[&str]) {
    let line_end = match out.find('\n') {
        Some(at) if out.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    };
    let closed = matches!(out.as_str(), "" | "\u{feff}") || out.ends_with('\n');
    for (index, (name, _)) in values.iter().enumerate() {
        let first = values.iter().position(|(other, _)| other == name) == Some(index);
        let port = values.iter().rev().find(|(other, _)| other == name).map(|(_, port)| *port);
        let Some(port) = port.filter(|_| first && !seen.contains(&name.as_str())) else { continue };
        let line = format!("{name}={port}");
        if closed {
            out.push_str(&line);
            out.push_str(line_end);
        } else {
            out.push_str(line_end);
            out.push_str(&line);
        }
    }
}

/// Returns where the line of a place ends: at its line end, or at the end of the text.
fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length)
}

/// Reads a line as an assignment: the name, and the value up to the line's end without the blanks around it.
fn assignment(text: &str, line: Range<usize>) -> Option<(&str, Range<usize>)> {
    let blank = |c: char| matches!(c, ' ' | '\t');
    let all = text.get(line.clone())?;
    let mut rest = all.trim_start_matches(blank);
    if let Some(after) = rest.strip_prefix("export").filter(|after| after.starts_with(blank)) {
        // `export = 1` assigns a variable of that name.
        if !after.trim_start_matches(blank).starts_with('=') {
            rest = after.trim_start_matches(blank);
        }
    }
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))?;
    let (name, after) = rest.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    let value = after.trim_start_matches(blank).strip_prefix('=')?.trim_start_matches(blank);
    let end = line.end - (all.len() - all.trim_end_matches(['\r', ' ', '\t']).len());
    let start = (line.end - value.len()).min(end);
    // Blanks between the equals sign and a comment belong to the comment.
    let start = if value.starts_with('#') { line.end - rest.len() + rest.find('=')? + 1 } else { start };
    Some((name, start..end))
}

/// Finds the quote that closes the one at a place; `None` where there is none to close, or it is never closed.
fn closing(text: &str, open: usize) -> Option<usize> {
    let quote = text.get(open..)?.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let body = text.get(open + 1..)?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(open + 1 + at),
            _ => {}
        }
    }
    // As in `'C:\dir\'`, where the backslash is the last character and not an escape.
    let line = body.get(..body.find('\n').unwrap_or(body.len()))?;
    line.rfind(quote).map(|at| open + 1 + at)
}

/// Returns how many bytes of a text belong to the word before it.
fn word_end(after: &str) -> usize {
    after.find([' ', '\t', '\r', '#', ';', '&', '|']).unwrap_or(after.len())
}

/// Returns what of an unquoted value is replaced: a plain number with which it begins, else all before the comment.
fn plain(text: &str, value: &Range<usize>) -> Range<usize> {
    let all = text.get(value.clone()).unwrap_or_default();
    let digits = all.len() - all.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && word_end(all.get(digits..).unwrap_or_default()) == 0 {
        return value.start..value.start + digits;
    }
    let mut before = '\0';
    let comment = all.char_indices().find(|(at, c)| {
        let starts = *c == '#' && (*at == 0 || matches!(before, ' ' | '\t'));
        before = *c;
        starts
    });
    let kept = comment.map_or(all, |(at, _)| all.get(..at).unwrap_or_default()).trim_end_matches([' ', '\t']);
    value.start..value.start + kept.len()
}

#[cfg(test)]
#[path = "env_file_tests.rs"]
mod tests;
