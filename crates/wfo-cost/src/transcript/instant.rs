//! Reads the moment of a line: RFC 3339 with any fraction of a second and any offset.
//! Knows no clock and no zone: a time without an offset is none.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Returns milliseconds since the Unix epoch, what is finer cut off; a 60th second counts as the 59th.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let (date, rest) = text.trim_ascii().split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, rest) = rest.split_at_checked(8)?;
    let (milliseconds, offset) = fraction(rest)?;
    let [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', _, _, b'-', _, _] = date.as_bytes() else {
        return None;
    };
    let [_, _, b':', _, _, b':', _, _] = time.as_bytes() else { return None };
    let year = two(date, 0)? as i16 * 100 + two(date, 2)? as i16;
    let day = Date::new(year, two(date, 5)?, two(date, 8)?).ok()?;
    let second = two(time, 6).filter(|second| *second <= 60)?.min(59);
    let time = Time::new(two(time, 0)?, two(time, 3)?, second, 0).ok()?;
    let moment = seconds_east(offset)?.to_timestamp(day.to_datetime(time)).ok()?;
    Some(moment.as_second() * 1000 + milliseconds)
}

/// Splits `.123456Z` into milliseconds and the offset.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(digits) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit())?;
    let (digits, offset) = digits.split_at_checked(end)?;
    let first = digits.bytes().chain(*b"000").take(3);
    let milliseconds = first.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    (!digits.is_empty()).then_some((milliseconds, offset))
}

/// Reads `Z`, `+02:00`, `+0200` or `+02`.
fn seconds_east(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes = match text.as_bytes() {
        [_, _, _] => 0,
        [_, _, _, b':', _, _] => two(text, 4)?,
        [_, _, _, _, _] => two(text, 3)?,
        _ => return None,
    };
    let hours = two(text, 1)?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

fn two(text: &str, at: usize) -> Option<i8> {
    match text.as_bytes().get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(((tens - b'0') * 10 + (ones - b'0')) as i8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn any_fraction_and_any_offset_is_the_same_moment() {
        for (text, wanted) in [
            ("2026-11-21T09:00:00Z", Some(1_795_251_600_000)),
            ("2026-11-21T09:00:00.1Z", Some(1_795_251_600_100)),
            ("2026-11-21T09:00:00.123Z", Some(1_795_251_600_123)),
            ("2026-11-21T09:00:00.123456789012Z", Some(1_795_251_600_123)),
            ("2026-11-21T09:00:00,5Z", Some(1_795_251_600_500)),
            ("2026-11-21t09:00:00z", Some(1_795_251_600_000)),
            ("2026-11-21 09:00:00+00:00", Some(1_795_251_600_000)),
            ("2026-11-21T10:30:00.250+01:30", Some(1_795_251_600_250)),
            ("2026-11-21T04:00:00-0500", Some(1_795_251_600_000)),
            ("2026-11-21T11:00:00+02", Some(1_795_251_600_000)),
            ("2024-02-29T23:59:60Z", Some(1_709_251_199_000)),
            ("1969-12-31T23:59:59.999Z", Some(-1)),
            ("2026-02-29T09:00:00Z", None),
            ("2026-11-21T09:00:61Z", None),
            ("2026-11-21T09:00:00", None),
            ("2026-11-21T09:00:00.Z", None),
            ("2026-11-21T09:00:00.5", None),
            ("2026-11-21T09:00:00+24:00", None),
            ("2026-11-21", None),
            ("20x6-11-21T09:00:00Z", None),
            ("", None),
            ("tomorrow", None),
        ] {
            assert_eq!(milliseconds(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn moments_read_as_jiff_reads_them(second in -62_000_000_000_i64..250_000_000_000, nano in 0_i32..1_000_000_000) {
            let moment = jiff::Timestamp::new(second, nano).unwrap();
            let wanted = moment.as_nanosecond().div_euclid(1_000_000) as i64;
            let text = moment.to_string();
            prop_assert_eq!(milliseconds(&text), Some(wanted));
        }

        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,40}|[0-9T:.Z+-]{0,40}") {
            let _ = milliseconds(&text);
        }
    }
}
