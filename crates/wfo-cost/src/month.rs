//! Reads `costs/mtd.json`, the older running total of a month, and compares its month with today's.
//! Never carries last month's total into this one, and never invents a total for a broken file.

use jiff::civil::Date;
use wfo_base::{Diagnostic, Noted, Usd, text::code_span};

use crate::costs::Page;
use crate::daily::{broken, total};
use crate::json::{Object, amount};

/// What `mtd.json` says about this month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// There is no such file, or it is about another month: this month starts at what its days add up to.
    Nothing,
    /// The file cannot be read.
    Unreadable,
    /// This month's total.
    Total(Usd),
}

/// The total and the budget that `mtd.json` states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthFile {
    /// This month's total.
    pub total: Stated,
    /// `budget`, of whichever month.
    pub budget: Option<Usd>,
}

/// Reads `mtd.json`.
#[must_use]
pub fn month(page: Option<&Page>, today: Date) -> Noted<MonthFile> {
    let unknown = MonthFile { total: Stated::Unreadable, budget: None };
    let Some(page) = page else { return Noted::clean(MonthFile { total: Stated::Nothing, budget: None }) };
    let Some(text) = &page.text else { return Noted::clean(unknown) };
    let object = match Object::parse(text) {
        Ok(object) => object,
        Err(error) => {
            let problem = broken(&page.name, &format!("does not parse: {error}"), Some(&error));
            return Noted { value: unknown, notes: vec![problem.warning()] };
        }
    };
    let mut notes = Vec::new();
    let budget = budget(&object, &page.name, &mut notes);
    let total = match same_month(&object, page, today, &mut notes) {
        Some(true) => total(&object, &page.name).drain_into(&mut notes).map_or(Stated::Unreadable, Stated::Total),
        Some(false) => Stated::Nothing,
        None => Stated::Unreadable,
    };
    Noted { value: MonthFile { total, budget }, notes }
}

fn budget(object: &Object<'_>, name: &str, notes: &mut Vec<Diagnostic>) -> Option<Usd> {
    let raw = object.raw("budget")?;
    let budget = amount(raw).filter(|amount| *amount >= Usd::ZERO);
    if budget.is_none() {
        notes.push(broken(name, &format!("has the budget {}, which is not an amount", code_span(raw)), None).warning());
    }
    budget
}

/// Says whether the file is about this month; without `month` by `last_updated`, without both it is taken as current, and said.
fn same_month(object: &Object<'_>, page: &Page, today: Date, notes: &mut Vec<Diagnostic>) -> Option<bool> {
    let stated = object.raw("month").map(|raw| (raw, object.text("month")));
    let stamp = object.text("last_updated").and_then(|stamp| year_month(&stamp));
    match stated {
        Some((raw, text)) => {
            let month = text.as_deref().and_then(year_month);
            if month.is_none() {
                let message = format!("names the month {}, which is not like `2026-11`", code_span(raw));
                notes.push(broken(&page.name, &message, None).warning());
            }
            month.or(stamp).map(|month| month == (today.year(), today.month()))
        }
        None => {
            if stamp.is_none() {
                let problem = broken(&page.name, "names no month, so its total is taken as this month's", None);
                let this = format!("add `\"month\": \"{}-{:02}\"` to `{}`", today.year(), today.month(), page.name);
                notes.push(problem.hint(this).info());
            }
            Some(stamp.is_none_or(|month| month == (today.year(), today.month())))
        }
    }
}

/// Reads `2026-11` at the start of a date or a time.
pub(crate) fn year_month(text: &str) -> Option<(i16, i8)> {
    let (year, rest) = text.trim().split_once('-')?;
    let month = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    (1..=12).contains(&month).then_some((year.parse().ok()?, month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> (Stated, Option<String>, usize) {
        let noted = month(Some(&Page::new("costs/mtd.json", text)), date(2026, 11, 21));
        (noted.value.total, noted.value.budget.map(Usd::plain), noted.notes.len())
    }

    fn dollars(text: &str) -> Stated {
        Stated::Total(Usd::parse(text).unwrap())
    }

    #[test]
    fn a_total_of_this_month_is_taken_with_its_budget() {
        let text = "{\"month\": \"2026-11\", \"budget\": 100.0, \"total\": 12.34}";
        assert_eq!(read(text), (dollars("12.34"), Some("100".into()), 0));
    }

    #[test]
    fn a_file_that_names_no_month_is_taken_as_this_ones_and_said_to_name_none() {
        for text in [
            "{\"total\": 12.34, \"budget\": 100}",
            "{\"month\": null, \"total\": 12.34, \"budget\": 100}",
            "{\"last_updated\": \"soon\", \"total\": 12.34, \"budget\": 100}",
        ] {
            assert_eq!(read(text), (dollars("12.34"), Some("100".into()), 1), "{text}");
        }
        let noted = month(Some(&Page::new("costs/mtd.json", "{\"total\": 1}")), date(2026, 3, 1));
        assert_eq!(noted.notes[0].severity, wfo_base::Severity::Info);
        assert!(noted.notes[0].problem.hint.as_ref().unwrap().contains("\"month\": \"2026-03\""));
    }

    #[test]
    fn less_than_nothing_is_no_total() {
        assert_eq!(read("{\"month\": \"2026-11\", \"total\": -1}"), (Stated::Unreadable, None, 1));
    }

    #[test]
    fn a_new_month_does_not_start_with_the_old_ones_total() {
        for text in [
            "{\"month\": \"2026-10\", \"total\": 80, \"budget\": 90}",
            "{\"month\": \"2025-11\", \"total\": 80, \"budget\": 90}",
            "{\"total\": 80, \"budget\": 90, \"last_updated\": \"2026-10-31T23:59:59.123\"}",
        ] {
            assert_eq!(read(text), (Stated::Nothing, Some("90".into()), 0), "{text}");
        }
    }

    #[test]
    fn a_broken_file_makes_the_month_unknown() {
        for text in
            ["", "{", "[]", "{\"total\": 1}{\"total\": 2}", "{\"total\": \"many\"}", "{\"month\": 7, \"total\": 1}"]
        {
            let (total, _, notes) = read(text);
            assert_eq!((total, notes > 0), (Stated::Unreadable, true), "{text}");
        }
    }

    #[test]
    fn categories_are_added_up_without_doubling_where_there_is_no_right_total() {
        let without = "{\"month\": \"2026-11\", \"categories\": {\"llm\": 4, \"llm_claude-sonnet\": 3, \"llm_qwen\": 1, \"compute\": 1}}";
        assert_eq!(read(without), (dollars("5"), None, 0));
        let doubled = "{\"month\": \"2026-11\", \"categories\": {\"llm\": 4, \"llm_claude-sonnet\": 4, \"compute\": 1}, \"total\": 9}";
        assert_eq!(read(doubled), (dollars("5"), None, 1));
    }
}
