//! The dashboard as a page: every figure under its plot, and no foreign text as markup.

use super::*;
use crate::report::figures::figures;
use crate::report::hints::{Offer, Offers};
use crate::report::samples::{budgets, call, price};
use crate::report::tasks::Tasks;
use crate::spending::{Call, Spending};
use jiff::Zoned;
use jiff::civil::date;

fn made(calls: &[Call], title: &str, from: Date) -> String {
    let now: Zoned = "2026-11-21T09:00:00+00:00[UTC]".parse().unwrap();
    let limits = budgets([Some("5"), Some("25"), Some("100")]);
    let inputs = Inputs {
        title,
        spending: Spending { calls, rows: &[] },
        budgets: &limits,
        now: &now,
        zone: "UTC",
        pricing: &price,
        tasks: &Tasks::default(),
        offers: Offers { list: &[] as &[Offer], kind: &|_| None },
        notes: &[],
    };
    html(&inputs, &figures(&inputs, from, date(2026, 11, 21))).unwrap()
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    let text = made(&[call("2026-11-20T10:00:00Z", "m", "2")], "shop", date(2026, 11, 1));
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";
    assert!(text.contains(policy));
    for outside in
        ["<script", "http:", "https:", "url(", "@import", "<link", "<img", "<iframe", "<a ", " src=", " href="]
    {
        assert!(!text.contains(outside), "{outside}");
    }
    assert_eq!(text.matches("<svg ").count(), 2 * 4, "two widths of four plots");
    assert_eq!(text.matches("role=\"img\" aria-label=\"").count(), 8);
    assert_eq!(text.matches("<details>").count(), 4, "a table under each plot");
}

#[test]
fn hostile_names_stay_text() {
    let evil = "</title></text><script>alert(1)</script>\"'&\u{1b}[31m\u{202e}";
    let mut calls = vec![call("2026-11-20T10:00:00Z", evil, "2"), call("2026-11-20T11:00:00Z", evil, "2")];
    calls[0].feature = Some(evil.into());
    calls[0].session = evil.into();
    calls[1].usd = None;
    let text = made(&calls, evil, date(2026, 11, 1));
    assert!(!text.contains("<script") && !text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(text.contains("&lt;script&gt;alert(1)"));
    let titles = ["<title>", "</title>"].map(|tag| text.matches(tag).count());
    assert_eq!(titles[0], titles[1], "no title is closed from outside");
}

#[test]
fn an_empty_history_is_a_whole_page() {
    let text = made(&[], "shop", date(2026, 11, 21));
    assert!(text.contains("nothing was spent") && text.contains("$0.00") && text.trim_end().ends_with("</html>"));
}

#[test]
fn a_tile_is_near_from_the_threshold_on_and_over_from_the_limit_on() {
    for (spent, state) in [("3.99", "ok"), ("4", "near"), ("5", "over"), ("0", "ok")] {
        let calls = [call("2026-11-21T08:00:00Z", "m", spent)];
        assert!(
            made(&calls, "shop", date(2026, 11, 1))
                .contains(&format!("<div class=\"card tile {state}\">\n<p class=\"quiet head\"><span>Today")),
            "{spent}"
        );
    }
}

/// Reads the colours of one theme out of the template's style.
fn colours(theme: &str) -> Vec<(String, [f64; 3])> {
    let entries = theme.split(';').filter_map(|entry| entry.trim().strip_prefix("--"));
    let parse = |hex: &str| {
        let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        [part(1), part(3), part(5)]
    };
    entries
        .map(|entry| entry.split_once(':').unwrap())
        .map(|(name, hex)| (name.to_owned(), parse(hex.trim())))
        .collect()
}

/// The contrast ratio of WCAG 2.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let light = |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn texts_and_lines_stand_out_in_light_and_dark() {
    let roots: Vec<&str> = TEMPLATE.split(":root {").skip(1).map(|part| part.split('}').next().unwrap()).collect();
    assert_eq!(roots.len(), 2);
    for theme in roots {
        let colours = colours(theme);
        let get = |name: &str| colours.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("{name}")).1;
        // 4.5 for text, 3 for what is drawn
        for (front, back, least) in [
            ("text", "page", 7.0),
            ("text", "card", 7.0),
            ("muted", "page", 4.5),
            ("muted", "card", 4.5),
            ("mark", "card", 4.5),
            ("good", "card", 4.5),
            ("bar", "card", 3.0),
            ("bar", "track", 3.0),
            ("over", "card", 3.0),
            ("axis", "card", 3.0),
        ] {
            let ratio = contrast(get(front), get(back));
            assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
        }
    }
}
