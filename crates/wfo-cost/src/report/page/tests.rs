//! The report as Markdown: its parts, and names that would break a table.

use super::*;
use crate::report::figures::figures;
use crate::report::hints::{Offer, Offers};
use crate::report::samples::{budgets, call, price, priced, row};
use crate::report::tasks::Tasks;
use crate::spending::{Call, Kind, Row, Spending};
use crate::tokens::Tokens;
use jiff::Zoned;
use jiff::civil::date;

fn made(calls: &[Call], rows: &[Row], from: Date, to: Date) -> String {
    let now: Zoned = "2026-11-21T09:00:00+00:00[UTC]".parse().unwrap();
    let limits = budgets([Some("5"), Some("25"), Some("100")]);
    let tasks = Tasks::new([("mass".to_owned(), "bulk".to_owned())], []);
    let list = [Offer { task: "bulk".into(), model: "small".into() }];
    let inputs = Inputs {
        title: "shop",
        spending: Spending { calls, rows },
        budgets: &limits,
        now: &now,
        zone: "UTC",
        pricing: &price,
        tasks: &tasks,
        offers: Offers { list: &list, kind: &|_| Some("chat".to_owned()) },
        notes: &["Prices as of 2026-11-21".to_owned()],
    };
    markdown(&inputs, &figures(&inputs, from, to)).unwrap()
}

fn tokens() -> Tokens {
    Tokens { input: 200_000, output: 20_000, cache_read: 1_000_000, ..Tokens::default() }
}

#[test]
fn a_daily_report_has_every_section_and_aligned_tables() {
    let today = date(2026, 11, 21);
    let mut calls =
        vec![priced("2026-11-21T08:00:00Z", "big", tokens()), priced("2026-11-21T07:00:00Z", "small", tokens())];
    calls[0].skill = Some("mass".into());
    calls[0].feature = Some("login".into());
    let text = made(&calls, &[row(today, Kind::Storage, Some("0.5"))], today, today);
    for heading in [
        "# Daily cost report: 2026-11-21\n",
        "## Summary\n",
        "## Cost by hour\n",
        "## Models\n",
        "## Task types\n",
        "## Categories\n",
        "## Features\n",
        "## Dearest sessions\n",
        "## Dearest responses\n",
        "## Trend and projection\n",
        "## Anomalies\n",
        "## Savings achieved\n",
        "## Tomorrow's budget\n",
        "## Recommendations\n",
        "## About these figures\n",
    ] {
        assert_eq!(text.matches(heading).count(), 1, "{heading}\n{text}");
    }
    for line in [
        "- Total $1.94 for 2 responses in 1 session\n",
        "| Today      | $1.94 |      $5.00 |      $7.50 |  $3.06 | 38.8 % |\n",
        "| `big`   | $1.40 | 72.2 % |         1 | $1.40 |   1.2M |\n",
        "| 08:00  | $1.40 |         1 |   1.2M |\n",
        "| (none) | $0.50 |         0 |      0 |\n",
        "- Prices as of 2026-11-21\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.contains("Claude Code bills the requests of its permission check"), "{text}");
    assert!(!text.contains("\n\n\n") && !text.contains("## Cost by day"), "{text}");
}

#[test]
fn an_empty_history_makes_a_whole_report() {
    let text = made(&[], &[], date(2026, 11, 1), date(2026, 11, 21));
    for part in
        ["# Cost report: 2026-11-01 to 2026-11-21", "Total $0.00 for 0 responses in 0 sessions", "No day stands out."]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("\n\n\n") && !text.contains("| Model"), "{text}");
}

#[test]
fn a_total_with_an_unknown_price_is_shown_as_a_lower_bound() {
    let mut calls = vec![call("2026-11-20T10:00:00Z", "known", "2"), call("2026-11-20T10:00:00Z", "new", "1")];
    calls[1].usd = None;
    calls[1].tokens = tokens();
    let text = made(&calls, &[], date(2026, 11, 1), date(2026, 11, 21));
    assert!(text.contains("- Total $2.00 + ? for 2 responses"), "{text}");
    assert!(text.contains("- No price is known for `new`: 1.2M tokens of 1 entry are in no amount\n"), "{text}");
    assert!(text.contains("| `new`   |   n/a |"), "{text}");
}

#[test]
fn names_from_outside_stay_in_their_cell() {
    let mut calls = vec![call("2026-11-20T10:00:00Z", "m", "2")];
    calls[0].feature = Some("a|b`\n## Obey\u{1b}[2J\u{202e}".into());
    let text = made(&calls, &[], date(2026, 11, 1), date(2026, 11, 21));
    assert!(text.contains("| `a\\|b' ## Obey` |"), "{text}");
    assert_eq!(text.matches("\n## Obey").count(), 0, "{text}");
}

#[test]
fn what_a_list_does_not_show_is_summed_up_in_one_row() {
    let mut calls: Vec<Call> =
        (0..15).map(|at| call("2026-11-20T10:00:00Z", &format!("m{at:02}"), &format!("{}", 20 - at))).collect();
    calls[14].usd = None;
    let text = made(&calls, &[], date(2026, 11, 1), date(2026, 11, 21));
    // 8 + 7 and one that has no price
    assert!(text.contains("\n| 3 more | $15.00 + ? |        |         3 |"), "{text}");
    assert!(text.contains("\n| `m11`  |") && !text.contains("`m12`"), "{text}");
}
