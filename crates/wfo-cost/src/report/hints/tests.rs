//! Each hint by its rule: when it is given, with which amount, and when not.

use super::*;
use crate::report::period::period;
use crate::report::samples::{price, priced, usd};
use crate::spending::Spending;
use crate::tokens::Tokens;
use jiff::civil::date;

fn kind(model: &str) -> Option<String> {
    match model {
        "big" | "small" => Some("chat".to_owned()),
        "vectors" => Some("embedding".to_owned()),
        _ => None,
    }
}

fn offers(list: &[(&str, &str)]) -> Vec<Offer> {
    list.iter().map(|(task, model)| Offer { task: (*task).to_owned(), model: (*model).to_owned() }).collect()
}

fn worked(calls: &[Call], list: &[(&str, &str)]) -> (Vec<Hint>, Vec<Saving>) {
    let (from, to) = (date(2026, 11, 1), date(2026, 11, 30));
    let tasks = Tasks::new([("mass".to_owned(), "bulk".to_owned()), ("build".to_owned(), "code".to_owned())], []);
    let list = offers(list);
    let within = within(calls, from, to);
    let facts = Facts { calls: &within, pricing: &price, tasks: &tasks, offers: Offers { list: &list, kind: &kind } };
    hints(&facts, &period(Spending { calls, rows: &[] }, from, to, "UTC", &tasks))
}

fn of_kind(calls: &[Call], list: &[(&str, &str)], kind: &str) -> Vec<(String, Option<String>, String)> {
    let (hints, _) = worked(calls, list);
    let wanted = hints.into_iter().filter(|hint| hint.kind == kind);
    wanted.map(|hint| (hint.title, hint.usd.map(Usd::plain), hint.basis)).collect()
}

fn minutes(at: i64) -> String {
    let start: jiff::Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
    start.saturating_add(jiff::SignedDuration::from_mins(at)).unwrap().to_string()
}

fn bulk(count: i64, model: &str) -> Vec<Call> {
    let tokens = Tokens { input: 10_000, output: 1_000, ..Tokens::default() };
    let made = (0..count).map(|at| priced(&minutes(at), model, tokens));
    made.map(|call| Call { skill: Some("mass".into()), ..call }).collect()
}

#[test]
fn a_cheaper_model_is_named_with_what_the_same_tokens_cost_there() {
    // 10 x (10,000 x 4 + 1,000 x 20) = $0.60 against 10 x (10,000 x 0.1 + 1,000 x 0.5) = $0.015
    let found = of_kind(&bulk(10, "big"), &[("bulk", "small"), ("bulk", "big")], "cheaper-model");
    assert_eq!(found.len(), 1);
    let (title, usd, basis) = &found[0];
    assert_eq!((title.as_str(), usd.as_deref()), ("`small` for bulk tasks", Some("0.585")));
    assert_eq!(basis, "10 calls of `big` cost $0.60; the same tokens at the prices of `small` are $0.02");
}

#[test]
fn no_model_is_offered_that_is_dearer_of_another_kind_unpriced_or_for_another_task() {
    let tokens = Tokens { input: 100_000, ..Tokens::default() };
    let plain = [priced(&minutes(0), "big", tokens)];
    for (calls, list) in [
        (bulk(10, "small"), [("bulk", "big")]),
        (bulk(10, "small"), [("bulk", "small")]),
        (bulk(10, "big"), [("bulk", "vectors")]),
        (bulk(10, "big"), [("bulk", "nobody")]),
        (bulk(10, "big"), [("code", "small")]),
        (plain.to_vec(), [("unknown", "small")]),
    ] {
        assert_eq!(of_kind(&calls, &list, "cheaper-model"), [], "{list:?}");
    }
}

#[test]
fn twenty_calls_of_one_kind_within_an_hour_could_have_been_a_batch() {
    for (count, found) in [(19, None), (20, Some("0.6")), (60, Some("1.8"))] {
        let hints = of_kind(&bulk(count, "big"), &[], "batch");
        assert_eq!(hints.first().and_then(|hint| hint.1.as_deref()), found, "{count}");
    }
    // somebody waits for a conversation; a batch is one already
    let talk: Vec<Call> = bulk(30, "big").into_iter().map(|call| Call { skill: None, ..call }).collect();
    assert_eq!(of_kind(&talk, &[], "batch"), []);
    let mut batch = bulk(30, "big");
    for call in &mut batch {
        call.tier.batch = true;
        call.usd = price("big", call.tier, call.at, call.tokens, 0);
    }
    assert_eq!(of_kind(&batch, &[], "batch"), []);
    let (_, savings) = worked(&batch, &[]);
    let saved: Vec<_> = savings.iter().map(|saving| (saving.kind, saving.usd.plain())).collect();
    assert_eq!(saved, [("batch", "0.9".to_owned())]);
}

#[test]
fn what_the_cache_saved_is_net_of_what_its_writes_cost() {
    let write = Tokens { cache_write_5m: 100_000, ..Tokens::default() };
    let read = Tokens { cache_read: 100_000, ..Tokens::default() };
    let calls = [priced(&minutes(0), "big", write), priced(&minutes(1), "big", read), priced(&minutes(2), "big", read)];
    let (_, savings) = worked(&calls, &[]);
    // three prompts at 0.40 are 1.20; paid were 0.50 + 0.02 + 0.02
    assert_eq!((savings[0].kind, savings[0].usd), ("cache", usd("0.66")));
    assert!(savings[0].basis.starts_with("66.7 % of 300.0k prompt tokens"), "{}", savings[0].basis);
    let (hints, savings) = worked(&calls[..1], &[]);
    assert_eq!(savings, []);
    let lost: Vec<_> = hints.iter().map(|hint| (hint.kind, hint.usd)).collect();
    assert_eq!(lost, [("cache-unread", Some(usd("0.1")))]);
}

#[test]
fn hour_long_writes_are_too_dear_where_no_pause_was_longer_than_five_minutes() {
    let write = Tokens { cache_read: 1_000_000, cache_write_1h: 100_000, ..Tokens::default() };
    for (pause, found) in [(5, Some("0.6")), (6, None)] {
        let calls = [priced(&minutes(0), "big", write), priced(&minutes(pause), "big", write)];
        // 200,000 x (8 - 5)
        let hints = of_kind(&calls, &[], "cache-lifetime");
        assert_eq!(hints.first().and_then(|hint| hint.1.as_deref()), found, "{pause}");
    }
}

#[test]
fn five_minute_writes_that_were_lost_in_a_pause_had_been_reads_with_an_hours_write() {
    let write = Tokens { cache_write_5m: 100_000, ..Tokens::default() };
    for (pause, found) in [(5, None), (6, Some("0.18")), (60, Some("0.18")), (61, None)] {
        let calls = [priced(&minutes(0), "big", write), priced(&minutes(pause), "big", write)];
        // paid 2 x 0.50; with an hour's write 0.80 and a read of 0.02
        let hints = of_kind(&calls, &[], "cache-lifetime");
        assert_eq!(hints.first().and_then(|hint| hint.1.as_deref()), found, "{pause}");
    }
}

#[test]
fn a_conversation_that_grew_is_told_what_reading_its_past_cost() {
    let talk = |late: u64| -> Vec<Call> {
        let read = |at: i64| if at < 4 { 20_000 } else { late };
        (0..8).map(|at| priced(&minutes(at), "big", Tokens { cache_read: read(at), ..Tokens::default() })).collect()
    };
    // four calls read 80,000 tokens more at 0.2 a million
    let found = of_kind(&talk(100_000), &[], "prompt-growth");
    assert_eq!(found[0].1.as_deref(), Some("0.064"));
    assert!(found[0].2.contains("session `s1` grew from 20.0k to 100.0k tokens"), "{}", found[0].2);
    assert_eq!(of_kind(&talk(50_000), &[], "prompt-growth"), []);
    assert_eq!(of_kind(&talk(30_000), &[], "prompt-growth"), []);
    assert_eq!(of_kind(&talk(100_000)[..7], &[], "prompt-growth"), []);
    let of_agent: Vec<Call> =
        talk(100_000).into_iter().map(|call| Call { agent: Some("helper".into()), ..call }).collect();
    assert_eq!(of_kind(&of_agent, &[], "prompt-growth"), []);
}

#[test]
fn peak_hours_are_named_when_few_of_them_hold_half_of_the_cost() {
    let spend = |hours: &[(i64, u64)]| -> Vec<Call> {
        let call = |(hour, input): &(i64, u64)| {
            priced(&minutes(hour * 60), "big", Tokens { input: *input, ..Tokens::default() })
        };
        hours.iter().map(call).collect()
    };
    let found = of_kind(&spend(&[(0, 500_000), (1, 100_000), (2, 100_000), (3, 100_000)]), &[], "peak-hours");
    assert_eq!(found[0].2, "$2.00 of $3.20 were spent in the hour that begins at 09:00");
    let even: Vec<(i64, u64)> = (0..8).map(|hour| (hour, 100_000)).collect();
    assert_eq!(of_kind(&spend(&even), &[], "peak-hours"), []);
    assert_eq!(of_kind(&spend(&[(0, 500_000)]), &[], "peak-hours"), [], "one hour is no peak");
}

#[test]
fn less_than_a_cent_and_unknown_prices_give_no_hint() {
    assert_eq!(of_kind(&bulk(1, "small"), &[("bulk", "small")], "cheaper-model"), []);
    let tiny = [priced(&minutes(0), "big", Tokens { input: 1_000, ..Tokens::default() })];
    let tiny: Vec<Call> = tiny.into_iter().map(|call| Call { skill: Some("mass".into()), ..call }).collect();
    assert_eq!(worked(&tiny, &[("bulk", "small")]), (vec![], vec![]));
    let mut unknown = bulk(40, "nobody");
    unknown.iter_mut().for_each(|call| call.usd = None);
    assert_eq!(worked(&unknown, &[("bulk", "small")]), (vec![], vec![]));
}
