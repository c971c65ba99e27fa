//! The small values of a page: an entry's text made safe for a list, and what stands behind `Last Updated:`.

use wfo_base::text;

/// The most characters of one entry.
const ENTRY_LIMIT: usize = 500;

/// A box of its own would settle an entry that is open.
const BOXES: [&str; 6] = ["[ ]", "[x]", "[X]", "[~]", "[-]", "[/]"];

/// Returns text as one line that neither opens a comment or a fence nor hides anything; `None` for one that says nothing, such as a dash.
#[must_use]
pub fn entry(raw: &str) -> Option<String> {
    let line = text::one_line(raw);
    let plain = line.replace("<!--", "<! --").replace("-->", "-- >").replace("```", "'''").replace("~~~", "---");
    let plain = plain.trim_start_matches(['#', ' ']).trim_end();
    let plain = BOXES.iter().find_map(|mark| plain.strip_prefix(*mark)).unwrap_or(plain).trim_start();
    let plain = plain.trim_matches('~');
    let plain = text::clip(plain, ENTRY_LIMIT).into_owned();
    (!crate::words::is_nothing(&plain)).then_some(plain)
}

/// As [`entry`], for a cell of a table.
pub(super) fn cell(raw: &str) -> Option<String> {
    entry(&raw.replace('|', "/"))
}

/// Puts another date into a line such as `**Last Updated:** 2026-11-20 (by Ada)`: where the line has a date, only that; else all
/// that stands behind the colon.
pub(super) fn with_date(line: &[u8], value: &str) -> Vec<u8> {
    match date_place(line) {
        Some((from, to)) => {
            [line.get(..from).unwrap_or_default(), value.as_bytes(), line.get(to..).unwrap_or_default()].concat()
        }
        None => with_value(line, value),
    }
}

/// Puts another value behind the colon of a line such as `Session Duration: 2 h`; marks of emphasis around it stay.
pub(super) fn with_value(line: &[u8], value: &str) -> Vec<u8> {
    let colon = line.iter().position(|byte| *byte == b':').map_or(line.len(), |at| at + 1);
    let (head, tail) = line.split_at(colon);
    let inner = tail.trim_ascii();
    let stars = |bytes: &[u8]| bytes.iter().take_while(|byte| matches!(byte, b'*' | b'_')).count();
    let before = stars(inner);
    let word = head.trim_ascii_start();
    let word = [b"- ", b"* ", b"+ "].iter().find_map(|mark| word.strip_prefix(*mark)).unwrap_or(word);
    let open_before = stars(word);
    let closes = if before == 0 { open_before } else { 0 };
    let missing: &[u8] = if colon == line.len() && !line.ends_with(b":") { b":" } else { b"" };
    let ends = |count: usize| b"***".get(..count.min(3)).unwrap_or_default();
    [head, missing, inner.get(..before).unwrap_or_default(), b" ", value.as_bytes(), ends(closes)].concat()
}

/// Finds the first `YYYY-MM-DD` with the time that follows it.
fn date_place(line: &[u8]) -> Option<(usize, usize)> {
    let from = line.windows(10).position(is_date)?;
    let before = from.checked_sub(1).and_then(|at| line.get(at));
    if before.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let rest = line.get(from + 10..)?;
    let time = match rest {
        [b'T' | b't', tail @ ..] => 1 + tail.iter().take_while(|byte| is_time(**byte)).count(),
        [b' ', tail @ ..] if is_clock(tail) => {
            let length = 1 + tail.iter().take_while(|byte| is_time(**byte)).count();
            let zone = rest.get(length..).filter(|rest| rest.starts_with(b" UTC") || rest.starts_with(b" GMT"));
            length + zone.map_or(0, |_| 4)
        }
        _ => 0,
    };
    Some((from, from + 10 + time))
}

fn is_time(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'-' | b'Z' | b'z')
}

fn is_clock(text: &[u8]) -> bool {
    matches!(text, [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', ..])
}

fn is_date(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_opens_no_comment_no_fence_and_no_heading() {
        for (raw, wanted) in [
            ("  plain\ntext ", Some("plain text")),
            ("seen <!-- hidden -->", Some("seen <! -- hidden -- >")),
            ("<!-- hidden -->", None),
            ("```sh", Some("'''sh")),
            ("# Blockers", Some("Blockers")),
            ("\u{1b}[31mred\u{202e}", Some("red")),
            ("[x] done", Some("done")),
            ("~~gone~~", Some("gone")),
            (" \n", None),
            ("###", None),
            (":", None),
        ] {
            assert_eq!(entry(raw).as_deref(), wanted, "{raw:?}");
        }
        assert_eq!(entry(&"x".repeat(9_000)).map(|text| text.chars().count()), Some(500));
    }

    #[test]
    fn the_date_of_a_line_changes_and_what_stands_around_it_stays() {
        let date = |line: &str| String::from_utf8(with_date(line.as_bytes(), "NEW")).unwrap();
        for (line, wanted) in [
            ("## Last Updated: 2026-11-20", "## Last Updated: NEW"),
            ("**Last Updated:** 2026-11-20 (by Ada)", "**Last Updated:** NEW (by Ada)"),
            ("Last Updated: 2026-11-20T18:30:00+01:00, late", "Last Updated: NEW, late"),
            ("Last Updated: 2026-11-20 18:30 UTC", "Last Updated: NEW"),
            ("*Last updated: 2026-11-20*", "*Last updated: NEW*"),
            ("Last Updated: [DATE]", "Last Updated: NEW"),
            ("**Last Updated:** [DATE]", "**Last Updated:** NEW"),
            ("*Last updated: yesterday*", "*Last updated: NEW*"),
            ("* Last updated: [DATE]", "* Last updated: NEW"),
            ("Last Updated", "Last Updated: NEW"),
        ] {
            assert_eq!(date(line), wanted, "{line}");
        }
    }
}
