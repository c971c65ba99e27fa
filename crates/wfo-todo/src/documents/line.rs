//! One line of a document from text that a person or a stranger gave: it can end no list, open no fence and fill no template.
//! Takes nothing away that a person can see.

use std::borrow::Cow;

use wfo_base::text;

use crate::escape::inline;

/// The most characters of one answer on a page.
const LONGEST: usize = 1_000;

/// Returns an answer as the text of a list item.
pub(super) fn item(answer: &str) -> String {
    let line = inline(answer, LONGEST);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    match line.split_at_checked(digits) {
        // `1. a` would begin a list of its own
        Some((number, rest)) if digits > 0 && rest.starts_with(['.', ')']) => format!("{number}\\{rest}"),
        _ => line,
    }
}

/// Returns an answer as a cell of a table.
pub(super) fn cell(answer: &str) -> String {
    // readers of tables do not agree on a stroke before a bar
    inline(&answer.replace('|', "¦"), LONGEST)
}

/// Returns the text of a list item as a person reads it: without the strokes before marks.
pub(crate) fn read(line: &str) -> Cow<'_, str> {
    if !line.contains('\\') {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match rest.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(rest.next()),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Returns a line of another document as it stands there, bounded.
pub(super) fn carried(line: &str) -> String {
    let line = text::one_line(line);
    text::clip(&line, LONGEST).into_owned()
}

/// Returns a text that no closing note can be read out of, since notes stand in brackets at the end of a line.
pub(super) fn without_note(line: &str) -> String {
    if line.ends_with(')') { format!("{line}.") } else { line.to_owned() }
}

/// Writes a question where its answer will stand.
pub(super) fn placeholder(id: &str, ask: &str) -> String {
    let ask = text::one_line(ask).replace("--", "–").replace(['<', '>'], "");
    format!("<!-- {id}: {ask} -->")
}

/// Returns the question that a line waits for.
pub(super) fn awaited(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let (id, _) = inner.split_once(':')?;
    Some(id.trim())
}
