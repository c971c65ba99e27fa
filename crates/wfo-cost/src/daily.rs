//! Reads `costs/daily-YYYY-MM-DD.json` in every shape that was ever written: nested, flat, by category, appended to.
//! Never counts a model's cost beside the sum that already holds it.

use jiff::civil::Date;
use wfo_base::{
    Noted, Problem, Usd, codes,
    text::{clip, one_line},
};

use crate::costs::Page;
use crate::json::{self, Object};

/// How deep amounts are looked for below a daily object.
pub(crate) const DEPTH: usize = 3;

/// The most characters of a message.
const MESSAGE: usize = 300;

/// Keys whose numbers are no dollars.
const NOT_MONEY: [&str; 16] = [
    "budget",
    "calls",
    "count",
    "date",
    "day",
    "hours",
    "last_updated",
    "month",
    "percent_used",
    "remaining",
    "requests",
    "schema",
    "sessions",
    "tokens",
    "total",
    "zone",
];

/// Endings of keys whose numbers are no dollars.
const NOT_MONEY_ENDS: [&str; 4] = ["_tokens", "_calls", "_hours", "_count"];

/// What the categories of an object add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    /// Each dollar once.
    once: Usd,
    /// With `llm` and every `llm_<model>`, as older writers added it up.
    doubled: Usd,
    /// Whether there was any amount.
    any: bool,
}

/// Reads the spend of one day. Objects that `>>` appended are increments and are added up; `None` when nothing is readable,
/// when one of them is about another day than the file's name, and when it states less than nothing.
#[must_use]
pub fn day(page: &Page, named: Date) -> Noted<Option<Usd>> {
    let mut out = Noted::clean(None);
    let Some(text) = &page.text else { return out };
    let (objects, fault) = json::objects(text);
    let mut unclear = false;
    for object in &objects {
        if let Some(other) = stated_day(object).filter(|day| *day != named) {
            let message = format!("is about {other}, which is not the day in its name; that day is unknown");
            out.notes.push(broken(&page.name, &message, None).warning());
            unclear = true;
            continue;
        }
        match total(object, &page.name).drain_into(&mut out.notes) {
            Some(amount) => out.value = Some(out.value.unwrap_or_default() + amount),
            None => unclear = true,
        }
    }
    if unclear {
        out.value = None;
    }
    match (objects.len(), fault) {
        (0, None) => out.notes.push(broken(&page.name, "is empty", None).warning()),
        (0, Some(error)) => {
            out.notes.push(broken(&page.name, &format!("does not parse: {error}"), Some(&error)).warning());
        }
        (count, Some(error)) => {
            let message = format!("is read up to object {count}; what follows does not parse: {error}");
            out.notes.push(broken(&page.name, &message, Some(&error)).warning());
        }
        (1, None) => {}
        (count, None) => {
            let message = format!("holds {count} JSON objects, one appended to the other; they were added up");
            out.notes.push(broken(&page.name, &message, None).warning());
        }
    }
    out
}

/// Returns the day that an object says it is about, from a date or a time.
fn stated_day(object: &Object<'_>) -> Option<Date> {
    object.text("date").or_else(|| object.text("day"))?.trim().get(..10)?.parse().ok()
}

/// Returns the spend that an object states or adds up to; `None` when it is below zero, or when its `total` is unreadable
/// and nothing else is there.
#[must_use]
pub fn total(object: &Object<'_>, name: &str) -> Noted<Option<Usd>> {
    let mut found = stated_or_added(object, name);
    if let Some(amount) = found.value.filter(|amount| *amount < Usd::ZERO) {
        found.value = None;
        found.notes.push(broken(name, &format!("says {} were spent, which cannot be", amount.cents()), None).warning());
    }
    found
}

fn stated_or_added(object: &Object<'_>, name: &str) -> Noted<Option<Usd>> {
    let sums = sums(object, DEPTH);
    let Some(raw) = object.raw("total") else {
        // What was written here without a total says that nothing has a price.
        return Noted::clean(Some(sums.once).filter(|_| !crate::derived::is_ours(object)));
    };
    match json::amount(raw) {
        Some(stated) if sums.once != sums.doubled && near(stated, sums.doubled) => {
            let message = format!(
                "states {} as total, which counts each model twice; {} was taken",
                stated.cents(),
                sums.once.cents()
            );
            Noted { value: Some(sums.once), notes: vec![broken(name, &message, None).info()] }
        }
        Some(stated) => Noted::clean(Some(stated)),
        None => {
            let message = "has a `total` that is not a number";
            Noted { value: sums.any.then_some(sums.once), notes: vec![broken(name, message, None).warning()] }
        }
    }
}

/// Says whether the number at a key may be dollars.
pub(crate) fn is_money(key: &str) -> bool {
    !NOT_MONEY.contains(&key) && !NOT_MONEY_ENDS.iter().any(|end| key.ends_with(end))
}

/// Says whether two amounts differ by no more than what adding floats leaves behind.
pub(crate) fn near(a: Usd, b: Usd) -> bool {
    let noise = Usd::from_cents(1).scaled(1, 1_000_000);
    a - b <= noise && b - a <= noise
}

fn sums(object: &Object<'_>, depth: usize) -> Sums {
    let mut found = Sums::default();
    let (mut whole, mut parts) = (None, Usd::ZERO);
    for (key, raw) in object.entries() {
        if !is_money(key) {
            continue;
        }
        let (once, doubled) = if let Some(amount) = json::amount(raw) {
            (amount, amount)
        } else if let Some(inner) = json::object(raw).filter(|_| depth > 1) {
            let inner = sums(&inner, depth - 1);
            found.any |= inner.any;
            (inner.once, inner.doubled)
        } else {
            continue;
        };
        found.any |= !raw.starts_with('{');
        found.doubled = found.doubled + doubled;
        if key == "llm" {
            whole = Some(once);
        } else if key.starts_with("llm_") {
            parts = parts + once;
        } else {
            found.once = found.once + once;
        }
    }
    found.once = found.once + whole.unwrap_or(parts);
    found
}

/// Makes the problem for a file below costs/, at the line where reading stopped.
pub(crate) fn broken(name: &str, message: &str, at: Option<&serde_json::Error>) -> Problem {
    // a parser's message may quote the file
    let message = one_line(message);
    let problem = Problem::new(codes::COST_FILE_INVALID, format!("`{name}` {}", clip(&message, MESSAGE)))
        .hint(format!("correct `{name}`, or remove it so that its figure starts afresh"));
    match at {
        Some(error) if error.line() > 0 => problem.at_line(name, error.line()),
        _ => problem.in_file(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Date = jiff::civil::date(2026, 11, 21);

    fn read(text: &str) -> (Option<String>, usize) {
        let noted = day(&Page::new("costs/daily-2026-11-21.json", text), DAY);
        (noted.value.map(Usd::plain), noted.notes.len())
    }

    fn dollars(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn every_shape_of_a_daily_file_is_read() {
        for (text, total) in [
            (
                "{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.00}, \"total\": 0.47}",
                "0.47",
            ),
            ("{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.10}}", "0.57"),
            (
                "{\"llm\": 0.3, \"compute\": 0.5, \"storage\": 0.01, \"api\": 0.2, \"sessions\": 4, \"last_updated\": \"2026-11-21\"}",
                "1.01",
            ),
            (
                "{\"categories\": {\"llm\": 1.5, \"compute\": 0.5}, \"budget\": 100, \"remaining\": 98, \"percent_used\": 2}",
                "2",
            ),
            (
                "{\"schema\": 1, \"date\": \"2026-11-21\", \"inference\": {\"a\": 1}, \"tokens\": {\"input\": 900}, \"sessions\": 2, \"total\": 1}",
                "1",
            ),
            ("{\"total\": 0.1}", "0.1"),
            ("{\"total\": \"$2.50\"}", "2.5"),
            ("{\"llm_hours\": 3, \"compute_hours\": 7, \"api_calls\": 12, \"compute\": 1}", "1"),
        ] {
            assert_eq!(read(text), (dollars(total), 0), "{text}");
        }
    }

    #[test]
    fn a_models_cost_is_not_counted_beside_the_sum_that_holds_it() {
        let parts = "\"llm\": 0.45, \"llm_claude-sonnet\": 0.4, \"llm_qwen\": 0.05, \"compute\": 0.1";
        assert_eq!(read(&format!("{{{parts}}}")), (dollars("0.55"), 0));
        assert_eq!(read("{\"llm_claude\": 0.4, \"llm_qwen\": 0.05}"), (dollars("0.45"), 0));
        assert_eq!(read(&format!("{{{parts}, \"total\": 0.55}}")), (dollars("0.55"), 0));
        // as older writers left it, once with the noise of adding floats
        assert_eq!(read(&format!("{{{parts}, \"total\": 1.0}}")), (dollars("0.55"), 1));
        assert_eq!(read(&format!("{{{parts}, \"total\": 1.0000000000000002}}")), (dollars("0.55"), 1));
    }

    #[test]
    fn a_stated_total_that_is_not_doubled_stands() {
        assert_eq!(read("{\"llm\": 0.4, \"llm_a\": 0.4, \"total\": 7}"), (dollars("7"), 0));
    }

    #[test]
    fn a_file_without_a_total_is_the_sum_of_its_categories_and_not_null() {
        assert_eq!(read("{}"), (dollars("0"), 0));
        assert_eq!(read("{\"date\": \"2026-11-21\", \"sessions\": 3}"), (dollars("0"), 0));
        assert_eq!(read("{\"total\": null, \"llm\": 0.2}"), (dollars("0.2"), 0));
        assert_eq!(read("{\"total\": \"many\", \"llm\": 0.2}"), (dollars("0.2"), 1));
    }

    #[test]
    fn two_objects_that_were_appended_are_added_up_and_named() {
        let text = "{\n  \"inference\": {\"claude\": 0.45},\n  \"total\": 0.47\n}\n{\n  \"total\": 0.53\n}\n";
        assert_eq!(read(text), (dollars("1"), 1));
    }

    #[test]
    fn a_file_that_breaks_off_is_read_as_far_as_possible() {
        let noted = day(&Page::new("costs/daily-2026-11-21.json", "{\"total\": 0.47}\n{\"total\": 0.5"), DAY);
        assert_eq!(noted.value.map(Usd::plain), dollars("0.47"));
        assert_eq!(noted.notes[0].problem.location.as_ref().unwrap().line, Some(2));
    }

    #[test]
    fn what_cannot_be_read_at_all_is_unknown_and_not_zero() {
        for text in ["", "nonsense", "[1, 2]", "7", "{\"total\": \"many\"}", "{\"total\": 1e999}", "\u{0}"] {
            assert_eq!(read(text), (None, 1), "{text}");
        }
        assert_eq!(day(&Page::unreadable("x"), DAY), Noted::clean(None));
    }

    #[test]
    fn a_file_about_another_day_than_its_name_is_unknown() {
        for text in [
            "{\"date\": \"2026-11-20\", \"total\": 1}",
            "{\"day\": \"2025-11-21T08:00:00Z\", \"total\": 1}",
            "{\"total\": 1}{\"date\": \"2026-11-20\", \"total\": 1}",
        ] {
            let (value, notes) = read(text);
            assert_eq!((value, notes > 0), (None, true), "{text}");
        }
        for text in ["{\"date\": \"2026-11-21T23:00:00+01:00\", \"total\": 1}", "{\"date\": \"today\", \"total\": 1}"] {
            assert_eq!(read(text), (dollars("1"), 0), "{text}");
        }
    }

    #[test]
    fn less_than_nothing_is_unknown_and_a_credit_within_a_day_counts() {
        for text in ["{\"total\": -0.01}", "{\"total\": \"$-2\"}", "{\"llm\": 1, \"api\": -3}"] {
            assert_eq!(read(text), (None, 1), "{text}");
        }
        assert_eq!(read("{\"llm\": 3, \"credit\": -1}"), (dollars("2"), 0));
    }

    #[test]
    fn a_note_does_not_carry_the_file_into_the_answer() {
        let noted = day(&Page::new("x", format!("\"{}\"", "\u{1b}[31m".repeat(100_000).escape_default())), DAY);
        assert!(noted.notes[0].problem.message.chars().count() < 400);
        assert!(!noted.notes[0].problem.message.contains('\u{1b}'));
        let noted = day(&Page::new("x", format!("\"{}\"", "a".repeat(100_000))), DAY);
        assert!(noted.notes[0].problem.message.chars().count() < 400);
    }

    proptest! {
        #[test]
        fn categories_add_up_to_the_cent(cents in proptest::collection::vec(0i64..1_000_000, 0..20)) {
            let parts: Vec<String> = cents.iter().enumerate().map(|(i, c)| format!("\"c{i}\": {}", Usd::from_cents(*c).plain())).collect();
            let sum = Usd::from_cents(cents.iter().sum()).plain();
            prop_assert_eq!(read(&format!("{{{}}}", parts.join(","))), (Some(sum), 0));
        }

        #[test]
        fn any_text_is_read_or_noted_without_a_panic(text in "[\\[\\]{}\":,.lmtoa_0-9eE \n-]{0,80}") {
            let noted = day(&Page::new("x", text), DAY);
            prop_assert!(noted.value.is_some() || !noted.notes.is_empty());
        }
    }
}
