//! Lines of any age in, rows out, and what has to be appended.

use super::*;
use crate::spending::{Kind, Source};
use crate::tier::Tier;
use crate::tokens::Tokens;
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;
use wfo_base::codes;

fn read(text: &str) -> Ledger {
    Ledger::read(&Page::new("costs/ledger.jsonl", text))
}

/// `day dollars` of each row, and how many notes.
fn shown(text: &str) -> (Vec<String>, usize) {
    let ledger = read(text);
    let plain = |usd: Option<Usd>| usd.map_or("null".to_owned(), Usd::plain);
    (ledger.rows.iter().map(|row| format!("{} {}", row.day, plain(row.usd))).collect(), ledger.notes.len())
}

fn old(session: &str, day: &str, model: &str, usd: &str) -> String {
    format!(
        "{{\"session\":\"{session}\",\"day\":\"{day}\",\"zone\":\"UTC\",\"model\":\"{model}\",\"project\":\"p\",\"branch\":\"main\",\
         \"kind\":\"inference\",\"tokens\":{{\"input\":10}},\"usd\":{usd},\"source\":\"transcript\"}}\n"
    )
}

fn counted(session: &str, model: &str, cents: i64) -> Row {
    Row {
        session: Some(session.into()),
        zone: "UTC".into(),
        model: Some(model.into()),
        project: Some("shop".into()),
        tokens: Tokens { input: 5, ..Tokens::default() },
        requests: 1,
        usd: Some(Usd::from_cents(cents)),
        price_as_of: Some("2026-11-01".into()),
        ..Row::transcript(date(2026, 11, 21))
    }
}

fn entered(id: &str, cents: i64) -> Row {
    Row { session: None, source: Source::Manual, id: Some(id.into()), ..counted("", "m", cents) }
}

fn text(rows: &[Row]) -> String {
    rows.iter().map(|row| line(row) + "\n").collect()
}

const ALL: &dyn Fn(&str) -> bool = &|_| true;
const NONE: &dyn Fn(&str) -> bool = &|_| false;

#[test]
fn a_session_that_is_tracked_twice_counts_once_and_the_later_row_wins() {
    let lines =
        old("a", "2026-11-21", "m", "0.4") + &old("a", "2026-11-21", "n", "1") + &old("a", "2026-11-21", "m", "0.5");
    assert_eq!(shown(&lines), (vec!["2026-11-21 1".into(), "2026-11-21 0.5".into()], 0));
    assert_eq!((read(&lines).lines, read(&lines).superseded), (3, 1));
}

#[test]
fn rows_that_differ_in_one_column_are_different_rows() {
    let one = counted("a", "m", 1);
    let feature = Row { feature: Some("x".into()), ..one.clone() };
    let others = [
        Row { session: Some("b".into()), ..one.clone() },
        Row { day: date(2026, 11, 20), ..one.clone() },
        Row { zone: "Europe/Berlin".into(), ..one.clone() },
        Row { model: None, ..one.clone() },
        Row { tier: Tier { batch: true, ..Tier::default() }, ..one.clone() },
        Row { project: None, ..one.clone() },
        Row { branch: Some("main".into()), ..one.clone() },
        Row { skill: Some("x".into()), ..one.clone() },
        feature.clone(),
        Row { kind: Kind::Api, ..one.clone() },
    ];
    for other in &others {
        assert_eq!(read(&text(&[one.clone(), other.clone()])).rows.len(), 2, "{other:?}");
    }
    for same in
        [Row { usd: None, ..feature.clone() }, Row { tokens: Tokens::default(), requests: 7, ..feature.clone() }]
    {
        assert_eq!(read(&text(&[feature.clone(), same.clone()])).rows, [same]);
    }
}

#[test]
fn entered_rows_are_told_apart_by_their_id_alone() {
    let later = Row { day: date(2026, 11, 2), ..entered("x", 3) };
    let rows = [entered("x", 1), entered("y", 2), later.clone()];
    assert_eq!(read(&text(&rows)).rows, [entered("y", 2), later]);
    let by_number = "{\"day\":\"2026-11-21\",\"usd\":1,\"id\":7}\n{\"day\":\"2026-11-21\",\"usd\":2,\"id\":8}\n";
    assert_eq!(shown(by_number).0.len(), 2);
}

#[test]
fn older_spellings_are_read() {
    let ledger = read(
        "\u{feff}{\"session_id\":\"a\",\"date\":\"2026-11-21T09:00:00Z\",\"tier\":\"batch\",\"model\":\"m\",\"usd\":\"$1.50\"}\r\n\
         {\"session\":\"a\",\"session_id\":\"b\",\"day\":\"2026-11-21\",\"tokens\":{\"input\":12.0,\"output_tokens\":3},\"usd\":2,\"surprise\":[{}]}\n\
         {\"day\":\"2026-11-21\",\"kind\":\"compute\",\"usd\":0.25,\"tokens\":900,\"usd\":0.5}",
    );
    assert_eq!(ledger.notes, vec![]);
    let [a, b, c] = ledger.rows.as_slice() else { panic!("{ledger:?}") };
    assert_eq!((a.session.as_deref(), a.tier.word(), a.source), (Some("a"), "batch", Source::Transcript));
    assert_eq!((b.session.as_deref(), b.tokens.input, b.tokens.output), (Some("a"), 12, 3));
    assert_eq!((c.kind, c.source, c.usd.unwrap().plain().as_str()), (Kind::Compute, Source::Manual, "0.5"));
}

#[test]
fn a_row_that_cancels_leaves_nothing_and_a_row_without_price_stays() {
    let cancel = Row { usd: Some(Usd::ZERO), tokens: Tokens::default(), requests: 0, ..counted("a", "m", 5) };
    assert_eq!(read(&text(&[counted("a", "m", 5), cancel])).rows, vec![]);
    let free = Row { usd: Some(Usd::ZERO), ..counted("a", "local", 0) };
    let unpriced = Row { usd: None, tokens: Tokens::default(), requests: 0, ..counted("a", "new", 0) };
    assert_eq!(read(&text(&[free.clone(), unpriced.clone()])).rows, [free, unpriced]);
}

#[test]
fn a_line_that_was_cut_off_is_named_and_the_others_count() {
    let lines = old("a", "2026-11-21", "m", "1") + "{\"session\":\"b\",\"day\":\"2026-";
    assert_eq!(shown(&lines), (vec!["2026-11-21 1".into()], 1));
    let note = |text: &str| read(text).notes[0].problem.clone();
    assert_eq!((note(&lines).code, note(&lines).location.unwrap().line), (codes::COST_FILE_INVALID, Some(2)));
    assert!(note(&lines).message.contains("lower bounds") && note("x").message.contains("unknown"));
    assert!(read(&lines).readable && !read("x").readable);
}

#[test]
fn a_line_with_a_figure_that_cannot_be_is_no_row() {
    for bad in [
        "{\"usd\":1}",
        "{\"day\":\"soon\",\"usd\":1}",
        "{\"day\":\"2026-11-21\",\"usd\":\"many\"}",
        "{\"day\":\"2026-11-21\",\"usd\":-1}",
        "{\"day\":\"2026-11-21\",\"usd\":1,\"kind\":\"gift\"}",
        "{\"day\":\"2026-11-21\",\"usd\":1,\"requests\":-1}",
        "{\"day\":\"2026-11-21\",\"usd\":1,\"tokens\":{\"input\":1.5}}",
        "{\"day\":\"2026-11-21\",\"usd\":1,\"tokens\":{\"output\":-7}}",
        "{\"day\":\"2026-11-21\",\"usd\":1} {}",
        "[]",
        "\u{0}",
    ] {
        assert_eq!(shown(bad), (vec![], 1), "{bad}");
    }
}

#[test]
fn an_empty_ledger_is_no_spend_and_an_unreadable_one_is_unknown() {
    assert_eq!(read("\n \n"), Ledger::default());
    assert!(!Ledger::read(&Page::unreadable("x")).readable);
}

#[test]
fn nesting_and_size_beyond_reason_are_answered() {
    let deep = format!("{{\"day\":\"2026-11-21\",\"usd\":1,\"x\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let _ = read(&deep);
    let _ = read(&"{\"a\":".repeat(300_000));
    let most =
        "{\"day\":\"2026-11-21\",\"usd\":1,\"tokens\":{\"input\":18446744073709551615,\"output\":9223372036854775808}}";
    assert_eq!(read(most).rows[0].tokens.sum(), u64::MAX);
}

#[test]
fn the_written_form_says_what_applies_and_null_where_no_price_is_known() {
    let row = Row { usd: None, price_as_of: None, searches: 2, ..counted("a", "new", 0) };
    assert_eq!(
        line(&row),
        "{\"session\":\"a\",\"day\":\"2026-11-21\",\"zone\":\"UTC\",\"kind\":\"inference\",\"model\":\"new\",\
         \"service_tier\":\"standard\",\"project\":\"shop\",\"tokens\":{\"input\":5,\"output\":0,\"cache_read\":0,\
         \"cache_write_5m\":0,\"cache_write_1h\":0},\"requests\":1,\"searches\":2,\"usd\":null,\"source\":\"transcript\"}"
    );
    let hours = Row {
        kind: Kind::Compute,
        model: Some("a100".into()),
        tokens: Tokens::default(),
        requests: 0,
        project: None,
        price_as_of: None,
        ..entered("job \"7\"\n", 179)
    };
    assert_eq!(
        line(&hours),
        "{\"day\":\"2026-11-21\",\"zone\":\"UTC\",\"kind\":\"compute\",\"model\":\"a100\",\"usd\":1.79,\
         \"source\":\"manual\",\"id\":\"job \\\"7\\\"\\n\"}"
    );
}

#[test]
fn a_row_for_which_transcripts_account_too_is_set_aside_until_a_later_line_counts_it() {
    let row = Row { session: None, source: Source::Legacy, id: Some("legacy:x".into()), ..counted("", "m", 7) };
    let aside = overlapping_line(&row) + "\n";
    assert_eq!((read(&aside).rows, read(&aside).overlapping), (vec![], vec![row.clone()]));
    let both = aside + &line(&row);
    assert_eq!((read(&both).rows, read(&both).overlapping), (vec![row], vec![]));
    let marked = line(&entered("x", 7)).replace("\"source\"", "\"overlap\":true,\"source\"");
    assert_eq!(read(&marked).rows.len(), 1, "only what was taken over can overlap");
}

#[test]
fn new_and_changed_rows_are_appended_and_equal_ones_are_not() {
    let ledger = read(&text(&[counted("a", "m", 1), counted("a", "n", 2), entered("x", 3)]));
    let new = [counted("a", "m", 1), counted("a", "n", 5), counted("b", "m", 4)];
    let found = changes(&ledger, &new, ALL);
    assert_eq!(found, [counted("a", "n", 5), counted("b", "m", 4)]);
}

#[test]
fn what_moved_elsewhere_is_taken_back_and_what_nobody_can_read_any_more_stays() {
    let berlin = Row { zone: "Europe/Berlin".into(), ..counted("a", "m", 1) };
    let lines = text(&[counted("a", "m", 1), counted("gone", "m", 9), entered("x", 3)]);
    let found = changes(&read(&lines), std::slice::from_ref(&berlin), &|session| session == "a");
    assert_eq!(found.len(), 2);
    let after = read(&(lines + &text(&found)));
    assert_eq!(after.rows, [counted("gone", "m", 9), entered("x", 3), berlin]);
    assert_eq!(changes(&after, &[], NONE), vec![]);
}

#[test]
fn a_report_adds_what_no_transcript_tells() {
    let legacy = Row { session: None, source: Source::Legacy, id: Some("legacy:x".into()), ..counted("", "m", 7) };
    let nobody = Row { session: None, ..counted("", "m", 2) };
    let rows = [counted("a", "m", 1), counted("gone", "m", 9), entered("x", 3), legacy.clone(), nobody.clone()];
    let lines = text(&rows) + &overlapping_line(&Row { id: Some("legacy:y".into()), ..legacy.clone() });
    let found = foreign(&read(&lines), &|session| session == "a");
    assert_eq!(found, [counted("gone", "m", 9), entered("x", 3), legacy, nobody]);
}

#[test]
fn compaction_keeps_every_row_that_counts_and_every_broken_line_byte_for_byte() {
    let kept = "{ \"day\":\"2026-11-21\", \"usd\": 1.50, \"note\": \"kept\" }\r\n";
    let mut lines = String::from("broken\n");
    for cents in 0..1_200 {
        lines += &(line(&counted("a", "m", cents)) + "\n");
    }
    lines += kept;
    lines += "{\"cut";
    let page = Page::new("costs/ledger.jsonl", lines);
    let ledger = Ledger::read(&page);
    let new = ledger.compacted(&page).unwrap();
    assert_eq!(new, format!("broken\n{}\n{kept}{{\"cut\n", line(&counted("a", "m", 1_199))));
    assert_eq!(read(&new).rows, ledger.rows);
    assert_eq!(read(&new).compacted(&Page::new("x", new.as_str())), None);
}

#[test]
fn a_ledger_is_left_alone_while_it_is_short_or_mostly_in_force() {
    let many = |sessions: usize| -> String {
        (0..1_200).map(|at| line(&counted(&(at % sessions).to_string(), "m", 1)) + "\n").collect()
    };
    for (text, compacts) in [(many(600), false), (many(599), true), (many(599)[..200_000].to_owned(), false)] {
        let page = Page::new("x", text);
        let ledger = Ledger::read(&page);
        assert_eq!(ledger.compacted(&page).is_some(), compacts, "{} of {}", ledger.superseded, ledger.lines);
    }
}

prop_compose! {
    fn any_row()(
        session in proptest::option::of("[ab]"),
        name in "[pq]|\\PC{0,6}",
        id in proptest::option::of("[xy]"),
        (day, tier, kind, source) in (1i8..4, 0u8..8, 0usize..4, 0usize..3),
        (input, requests, searches) in (0u64..3, 0u64..3, 0u64..3),
        pico in proptest::option::of(0u64..3_000_000_000_000),
        branch in proptest::option::of("[mn]"),
    ) -> Row {
        let usd = pico.map(|pico| Usd::parse(&format!("{pico}e-12")).unwrap());
        Row {
            session,
            day: date(2026, 11, day),
            zone: "UTC".into(),
            model: Some(name),
            tier: Tier { batch: tier & 1 > 0, fast: tier & 2 > 0, us: tier & 4 > 0 },
            project: None,
            branch,
            skill: None,
            feature: None,
            kind: Kind::ALL[kind],
            tokens: Tokens { input, ..Tokens::default() },
            requests,
            searches,
            usd,
            price_as_of: None,
            source: [Source::Transcript, Source::Manual, Source::Legacy][source],
            id,
        }
    }
}

/// The rows with each key once.
fn once(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        if kept.iter().all(|other| key(other) != key(&row)) {
            kept.push(row);
        }
    }
    kept
}

proptest! {
    #[test]
    fn a_written_row_reads_back_as_the_same_row(row in any_row()) {
        prop_assert_eq!(line::parse(&line(&row)), Some((row.clone(), false)));
    }

    #[test]
    fn any_text_is_read_or_named_without_a_panic(text in "[\\[\\]{}\":,.a-z_0-9 \n-]{0,80}") {
        let ledger = read(&text);
        prop_assert!(ledger.rows.len() + ledger.overlapping.len() <= ledger.lines);
        prop_assert!(ledger.readable || !ledger.notes.is_empty());
    }

    #[test]
    fn changes_applied_twice_are_applied_once_in_any_order(
        before in proptest::collection::vec(any_row(), 0..12),
        new in proptest::collection::vec(any_row(), 0..12),
        turn in 0usize..12,
    ) {
        let new: Vec<Row> =
            once(new).into_iter().map(|row| Row { source: Source::Transcript, session: Some("a".into()), ..row }).collect();
        let new = once(new);
        let mut turned = new.clone();
        turned.rotate_left(turn % new.len().max(1));
        let known = |session: &str| session == "a";
        let ledger = read(&text(&before));
        let found = changes(&ledger, &new, &known);
        prop_assert_eq!(&found, &changes(&ledger, &turned, &known));
        let after = read(&(text(&before) + &text(&found)));
        prop_assert_eq!(changes(&after, &turned, &known), vec![]);
        // what the ledger says of known sessions is what was counted, and the rest is as it was
        let of_known = |row: &&Row| row.source == Source::Transcript && row.session.as_deref() == Some("a");
        let said: BTreeSet<String> = after.rows.iter().filter(of_known).map(line).collect();
        prop_assert_eq!(said, new.iter().filter(|row| !is_nothing(row)).map(line).collect::<BTreeSet<_>>());
        let rest = |ledger: &Ledger| ledger.rows.iter().filter(|row| !of_known(row)).cloned().collect::<Vec<_>>();
        prop_assert_eq!(rest(&after), rest(&ledger));
    }

    #[test]
    fn the_order_of_rows_with_different_keys_does_not_matter(rows in proptest::collection::vec(any_row(), 0..12)) {
        let mut rows = once(rows);
        let forward: BTreeSet<String> = read(&text(&rows)).rows.iter().map(line).collect();
        rows.reverse();
        prop_assert_eq!(forward, read(&text(&rows)).rows.iter().map(line).collect::<BTreeSet<_>>());
    }
}
