//! Which lines of a text are new against older versions of it.
//! A line counts as old when one of the older versions has it; of a merge only what no parent has is new.

use std::ops::RangeInclusive;

use gix::diff::blob::{Algorithm, Diff, InternedInput};

/// Returns the new lines, from 1, in order; `None` for all of them.
pub(super) fn added(before: &[&[u8]], after: &[u8]) -> Option<Vec<RangeInclusive<u64>>> {
    // Lines of UTF-16 are not lines of bytes.
    if before.is_empty() || after.contains(&0) {
        return None;
    }
    let mut common: Option<Vec<RangeInclusive<u64>>> = None;
    for old in before {
        let new = against(old, after);
        common = Some(match common {
            None => new,
            Some(others) => both(&others, &new),
        });
    }
    common
}

fn against(before: &[u8], after: &[u8]) -> Vec<RangeInclusive<u64>> {
    let mut input: InternedInput<&[u8]> = InternedInput::default();
    input.update_before(before.split_inclusive(|byte| *byte == b'\n').map(without_end));
    input.update_after(after.split_inclusive(|byte| *byte == b'\n').map(without_end));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let hunks = diff.hunks().map(|hunk| hunk.after).filter(|lines| !lines.is_empty());
    hunks.map(|lines| u64::from(lines.start) + 1..=u64::from(lines.end)).collect()
}

/// A line is the same whatever its end: changed line ends bring no new secret.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Returns the lines that are in both lists, which are in order.
fn both(left: &[RangeInclusive<u64>], right: &[RangeInclusive<u64>]) -> Vec<RangeInclusive<u64>> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut out = Vec::new();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let (start, end) = (*a.start().max(b.start()), *a.end().min(b.end()));
        if start <= end {
            out.push(start..=end);
        }
        if a.end() <= b.end() {
            left.next();
        } else {
            right.next();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_are_those_that_no_older_version_has() {
        for (before, after, expected) in [
            (&[][..], "a\n", None),
            (&["a\nb\n"][..], "a\nx\nb\n", Some(vec![2..=2])),
            (&["a\nb\n"], "a\r\nb\r\n", Some(vec![])),
            (&["a\nb"], "a\nb\n", Some(vec![])),
            (&[""], "a\nb\n", Some(vec![1..=2])),
            (&["a\n", "b\n"], "a\nb\nc\nd\n", Some(vec![3..=4])),
            (&["a\n", "b\n"], "a\nb\n", Some(vec![])),
            (&["a\nb\nc\n"], "x\nb\ny\nz\n", Some(vec![1..=1, 3..=4])),
        ] {
            let before: Vec<&[u8]> = before.iter().map(|text| text.as_bytes()).collect();
            assert_eq!(added(&before, after.as_bytes()), expected, "{after:?}");
        }
        assert_eq!(added(&[b"a"], b"a\0b\0"), None, "UTF-16 counts as a whole");
    }

    proptest::proptest! {
        #[test]
        fn what_is_not_new_stood_in_every_older_version(
            first in proptest::collection::vec(0_u8..4, 0..12),
            second in proptest::collection::vec(0_u8..4, 0..12),
            after in proptest::collection::vec(0_u8..4, 0..12),
        ) {
            let text = |lines: &[u8]| lines.iter().map(|line| format!("line {line}\n")).collect::<String>();
            let (before, new) = ([text(&first), text(&second)], text(&after));
            let before: Vec<&[u8]> = before.iter().map(|text| text.as_bytes()).collect();
            let ranges = added(&before, new.as_bytes()).unwrap();
            for (at, line) in (1_u64..).zip(&after) {
                if !ranges.iter().any(|range| range.contains(&at)) {
                    proptest::prop_assert!(first.contains(line) || second.contains(line));
                }
            }
        }
    }
}
