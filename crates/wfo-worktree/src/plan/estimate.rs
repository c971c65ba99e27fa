//! How long a task takes, as people write it: `2h`, `1.5 hours`, `30m`, `2 days`, `1d 4h`, `3`.
//! Exact integer arithmetic; what is not clear is unknown, never zero.

/// A working day has 8 hours, a working week 5 days.
const UNITS: [(&[&str], u64); 4] = [
    (&["m", "min", "mins", "minute", "minutes"], 1),
    (&["h", "hr", "hrs", "hour", "hours"], 60),
    (&["d", "day", "days"], 8 * 60),
    (&["w", "wk", "wks", "week", "weeks"], 5 * 8 * 60),
];

/// The longest text that is read as an estimate, in bytes.
const LIMIT: usize = 64;

/// Parts of one, so that decimals stay exact.
const ONE: u128 = 1_000_000_000;

/// Reads an estimate in minutes, rounded up; a number alone is hours, a day has 8 hours, a week 5 days.
///
/// `None` for anything else: words, ranges (`2-3h`), signs, units that do not fall (`30m 1h`), more than nine decimals.
#[must_use]
pub fn parse_estimate(text: &str) -> Option<u64> {
    if text.len() > LIMIT {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let mut rest = text.trim();
    let (mut total, mut last) = (0_u128, u64::MAX);
    let mut first = true;
    while first || !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after.trim_start(), |c| c.is_ascii_alphabetic());
        let minutes = match unit {
            "" if first && after.is_empty() => 60,
            _ => UNITS.iter().find(|(names, _)| names.contains(&unit))?.1,
        };
        if minutes >= last {
            return None;
        }
        total += decimal(number)? * u128::from(minutes);
        last = minutes;
        first = false;
        rest = after.trim_start();
        if let Some(next) = rest.strip_prefix(',') {
            rest = Some(next.trim_start()).filter(|next| !next.is_empty())?;
        }
    }
    u64::try_from(total.div_ceil(ONE)).ok()
}

fn split(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !fits(c)).unwrap_or(text.len()))
}

/// Reads `12`, `1.5` or `.5` in parts of [`ONE`].
fn decimal(text: &str) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 9 || whole.len() > 9 || (whole.is_empty() && !text.starts_with('.')) {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: u128 = format!("{fraction:0<9}").parse().ok()?;
    Some(whole * ONE + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn estimates_are_read_as_people_write_them() {
        for (text, minutes) in [
            ("2h", 120),
            ("1.5 hours", 90),
            ("30m", 30),
            ("2 days", 960),
            ("1d 4h", 720),
            ("3", 180),
            ("0.5", 30),
            (".5h", 30),
            ("1h30m", 90),
            ("1 day, 4 hours", 720),
            ("1w", 2400),
            ("2 Hrs", 120),
            ("0.01h", 1),
            ("0.1h", 6),
            ("0h", 0),
            (" 45 min ", 45),
        ] {
            assert_eq!(parse_estimate(text), Some(minutes), "{text}");
        }
    }

    #[test]
    fn what_is_no_clear_estimate_is_unknown_and_not_zero() {
        for text in [
            "",
            " ",
            "h",
            "soon",
            "2-3h",
            "-1h",
            "~2h",
            "1,5 hours",
            "2 parsecs",
            "1h 2h",
            "30m 1h",
            "1.",
            "1..2h",
            "3 4",
            "1h,",
            "1h 3",
            "1e3",
            "9999999999h",
            "1.0123456789h",
            "٣h",
            "2h!",
            "1h and 2m",
        ] {
            assert_eq!(parse_estimate(text), None, "{text}");
        }
        assert_eq!(parse_estimate(&"1".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_fault(text in "\\PC{0,40}") {
            let _ = parse_estimate(&text);
        }

        #[test]
        fn days_hours_and_minutes_add_up(days in 0_u64..1000, hours in 0_u64..1000, minutes in 0_u64..1000) {
            let found = parse_estimate(&format!("{days}d {hours}h {minutes}m"));
            prop_assert_eq!(found, Some(days * 480 + hours * 60 + minutes));
        }
    }
}
