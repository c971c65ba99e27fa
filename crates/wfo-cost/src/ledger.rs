//! Reads `costs/ledger.jsonl`, the truth about spending: one row a session, day, model and so on.
//! A later row with the same key replaces the earlier; an unpriced row is named, never counted as zero.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use wfo_base::{Diagnostic, Problem, Usd, codes, text::code_span};

use crate::costs::Page;
use crate::features::bad_lines;
use crate::json::Object;

/// The columns that make a row the same row, with the older spellings of each.
const KEY: [&[&str]; 10] = [
    &["session", "session_id"],
    &["day", "date"],
    &["zone"],
    &["model"],
    &["service_tier", "tier"],
    &["project"],
    &["branch"],
    &["skill"],
    &["feature"],
    &["kind"],
];

/// Spend by day, as a ledger has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Dollars of each day; `None` when no row of the file could be read.
    pub days: Option<BTreeMap<Date, Usd>>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

/// One row, reduced to what a sum needs.
struct Row {
    day: Date,
    usd: Option<Usd>,
    model: Option<String>,
}

/// Reads a ledger.
#[must_use]
pub fn ledger(page: &Page) -> Ledger {
    let Some(text) = &page.text else { return Ledger::default() };
    let (mut rows, mut bad) = (BTreeMap::new(), Vec::new());
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match Object::parse(line).ok().and_then(|object| Some((key(&object), row(&object)?))) {
            Some((key, row)) => {
                rows.insert(key, row);
            }
            None => bad.push(index + 1),
        }
    }
    let unknown = rows.is_empty() && !bad.is_empty();
    let effect = if unknown { "totals are unknown" } else { "left out, so totals are lower bounds" };
    let mut notes = bad_lines(&page.name, &bad, effect);
    notes.extend(unpriced(&page.name, rows.values()));
    if unknown {
        return Ledger { days: None, notes };
    }
    let mut days = BTreeMap::new();
    for row in rows.values() {
        let day = days.entry(row.day).or_insert(Usd::ZERO);
        *day = *day + row.usd.unwrap_or_default();
    }
    Ledger { days: Some(days), notes }
}

/// Returns what identifies a row: the id of one entered by hand, else the ten key columns.
fn key(object: &Object<'_>) -> Vec<Option<String>> {
    let id = object.text("id").filter(|_| object.text("source").as_deref() == Some("manual"));
    if id.is_some() {
        return vec![id];
    }
    KEY.iter().map(|names| names.iter().find_map(|name| object.raw(name)).map(str::to_owned)).collect()
}

/// Reads day, dollars and model; `None` without a day, or with dollars that are neither a number nor null.
fn row(object: &Object<'_>) -> Option<Row> {
    let day = object.text("day").or_else(|| object.text("date"))?;
    let day: Date = day.get(..10)?.parse().ok()?;
    let usd = match object.raw("usd") {
        Some(raw) => Some(crate::json::amount(raw)?),
        None => None,
    };
    Some(Row { day, usd, model: object.text("model") })
}

fn unpriced<'a>(name: &str, rows: impl Iterator<Item = &'a Row>) -> Option<Diagnostic> {
    let models: BTreeSet<String> = rows
        .filter(|row| row.usd.is_none())
        .map(|row| row.model.as_deref().map_or_else(|| "a row without model".to_owned(), code_span))
        .collect();
    let shown: Vec<&str> = models.iter().take(5).map(String::as_str).collect();
    let more = match models.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!shown.is_empty()).then(|| {
        let message = format!("no price is known for {}{more}, so totals are lower bounds", shown.join(", "));
        Problem::new(codes::COST_UNPRICED, message)
            .hint("the amounts of these models are not in the totals; the ledger's rows need a price")
            .in_file(name)
            .warning()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Option<Vec<String>>, usize) {
        let ledger = ledger(&Page::new("costs/ledger.jsonl", text));
        let days = ledger.days.map(|days| days.iter().map(|(day, usd)| format!("{day} {}", usd.plain())).collect());
        (days, ledger.notes.len())
    }

    fn row(session: &str, day: &str, model: &str, usd: &str) -> String {
        format!(
            "{{\"session\":\"{session}\",\"day\":\"{day}\",\"zone\":\"UTC\",\"model\":\"{model}\",\"project\":\"p\",\"branch\":\"main\",\
             \"kind\":\"inference\",\"tokens\":{{\"input\":10}},\"usd\":{usd},\"source\":\"transcript\"}}\n"
        )
    }

    #[test]
    fn rows_are_added_up_by_day() {
        let text = row("a", "2026-11-20", "m", "0.1")
            + &row("a", "2026-11-21", "m", "0.1")
            + &row("b", "2026-11-21", "m", "0.2");
        assert_eq!(read(&text), (Some(vec!["2026-11-20 0.1".into(), "2026-11-21 0.3".into()]), 0));
    }

    #[test]
    fn a_session_that_is_tracked_twice_counts_once_and_the_later_row_wins() {
        let text = row("a", "2026-11-21", "m", "0.4")
            + &row("a", "2026-11-21", "n", "1")
            + &row("a", "2026-11-21", "m", "0.5");
        assert_eq!(read(&text), (Some(vec!["2026-11-21 1.5".into()]), 0));
    }

    #[test]
    fn rows_by_hand_are_told_apart_by_their_id() {
        let hand = |id: &str, usd: &str| {
            format!(
                "{{\"day\":\"2026-11-21\",\"kind\":\"compute\",\"usd\":{usd},\"source\":\"manual\",\"id\":\"{id}\"}}\n"
            )
        };
        assert_eq!(read(&(hand("x", "1") + &hand("y", "2") + &hand("x", "3"))).0, Some(vec!["2026-11-21 5".into()]));
    }

    #[test]
    fn a_model_without_a_price_is_named_and_never_counted_as_zero_in_silence() {
        let ledger = ledger(&Page::new(
            "costs/ledger.jsonl",
            row("a", "2026-11-21", "new-\\u001b[31mmodel", "null") + &row("b", "2026-11-21", "m", "2"),
        ));
        assert_eq!(ledger.days.unwrap().values().map(|usd| usd.plain()).collect::<Vec<_>>(), ["2"]);
        assert_eq!((ledger.notes.len(), ledger.notes[0].problem.code), (1, codes::COST_UNPRICED));
        assert!(ledger.notes[0].problem.message.contains("`new-model`"), "{}", ledger.notes[0].problem.message);
    }

    #[test]
    fn a_line_that_was_cut_off_is_named_and_the_others_count() {
        let text = row("a", "2026-11-21", "m", "1") + "{\"session\":\"b\",\"day\":\"2026-";
        assert_eq!(read(&text), (Some(vec!["2026-11-21 1".into()]), 1));
        let said = |text: &str| ledger(&Page::new("costs/ledger.jsonl", text)).notes[0].problem.message.clone();
        assert!(said(&text).contains("lower bounds") && said("x").contains("unknown"), "{}", said(&text));
        for bad in ["{\"usd\":1}", "{\"day\":\"soon\",\"usd\":1}", "{\"day\":\"2026-11-21\",\"usd\":\"many\"}", "[]"] {
            assert_eq!(read(bad), (None, 1), "{bad}");
        }
    }

    #[test]
    fn an_empty_ledger_is_no_spend_and_an_unreadable_one_is_unknown() {
        assert_eq!(read(""), (Some(vec![]), 0));
        assert_eq!(ledger(&Page::unreadable("x")), Ledger { days: None, notes: vec![] });
    }

    proptest! {
        #[test]
        fn the_order_of_different_rows_does_not_matter(mut cents in proptest::collection::vec(0i64..100_000, 1..20)) {
            let text = |cents: &[(usize, i64)]| -> String {
                cents.iter().map(|(at, c)| row(&at.to_string(), "2026-11-21", "m", &Usd::from_cents(*c).plain())).collect()
            };
            let mut rows: Vec<(usize, i64)> = cents.drain(..).enumerate().collect();
            let forward = read(&text(&rows));
            rows.reverse();
            prop_assert_eq!(read(&text(&rows)), forward);
        }
    }
}
