//! The words of the status line: what is left out, what is cut, and what never gets through.

use super::*;
use wfo_cost::Percent;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn facts() -> Standing {
    Standing {
        project: "demo".into(),
        branch: Some("feat/login".into()),
        ports: vec![8100, 8101],
        today: Some(usd("4.5")),
        month: Some(usd("12.34")),
        budget: Some(usd("100")),
        percent: Percent::of(usd("12.34"), usd("100")),
        all_projects: false,
    }
}

const WHOLE: &str = r#"{"session_id": "s", "transcript_path": "/t.jsonl", "cwd": "/a", "model": {"id": "m", "display_name": "Opus 5.5"},
  "workspace": {"current_dir": "/b", "project_dir": "/b", "added_dirs": []}, "cost": {"total_cost_usd": 1.2345678901234567},
  "context_window": {"total_input_tokens": 9, "context_window_size": 200000, "used_percentage": 42.4, "current_usage": null}}"#;

#[test]
fn the_line_tells_model_money_context_branch_and_ports_in_this_order() {
    assert_eq!(
        line(&host(WHOLE), &facts()),
        "Opus 5.5 | session $1.23 | today $4.50 | month $12.34 of $100.00 (12.3 %) | context 42 % | feat/login | ports 8100, 8101"
    );
}

#[test]
fn a_budget_of_the_user_is_shown_against_the_spend_of_all_projects() {
    let facts = Standing { all_projects: true, ports: vec![8100], ..facts() };
    assert_eq!(
        line(&Host::default(), &facts),
        "today $4.50 | month, all projects $12.34 of $100.00 (12.3 %) | feat/login | port 8100"
    );
}

#[test]
fn the_host_s_folder_transcript_and_worktree_are_taken() {
    let said = host(WHOLE);
    assert_eq!((said.folder, said.transcript), (Some("/b".into()), Some("/t.jsonl".into())));
    assert_eq!(host(r#"{"cwd": "/a", "worktree": {"name": "x", "branch": "wt"}}"#).branch.as_deref(), Some("wt"));
    assert_eq!(host(r#"{"cwd": "/a"}"#).folder, Some("/a".into()));
}

#[test]
fn a_field_that_is_null_absent_or_of_another_type_leaves_out_its_own_part_only() {
    for (text, expected) in [
        (r#"{"model": null, "cost": {"total_cost_usd": 2}}"#, "session $2.00"),
        (r#"{"model": {"display_name": 7, "id": "claude-opus-5-5"}}"#, "claude-opus-5-5"),
        (r#"{"model": "opus", "cost": {"total_cost_usd": "3"}}"#, "session $3.00"),
        (r#"{"cost": {"total_cost_usd": -1}, "model": {"id": "m"}}"#, "m"),
        (r#"{"cost": {"total_cost_usd": 1e999}, "model": {"id": "m"}}"#, "m"),
        (r#"{"cost": [], "context_window": {"used_percentage": null}, "model": {"id": "m"}}"#, "m"),
        (r#"{"model": {"id": "  "}}"#, "demo"),
        ("", "demo"),
        ("[]", "demo"),
        ("{\"model\": {\"id\": \"m\"}", "demo"),
    ] {
        let facts = Standing { project: "demo".into(), ..Standing::default() };
        assert_eq!(line(&host(text), &facts), expected, "{text}");
    }
}

#[test]
fn context_use_is_taken_or_computed_and_nonsense_is_left_out() {
    for (window, expected) in [
        (r#"{"used_percentage": 0}"#, Some(0)),
        (r#"{"used_percentage": 99.6}"#, Some(100)),
        (r#"{"used_percentage": -3}"#, None),
        (r#"{"used_percentage": 1e18}"#, None),
        (r#"{"used_percentage": null, "context_window_size": 200000, "current_usage": {"input_tokens": 1000, "cache_creation_input_tokens": 9000, "cache_read_input_tokens": 10000, "output_tokens": 5}}"#, Some(10)),
        (r#"{"context_window_size": 0, "current_usage": {"input_tokens": 5}}"#, None),
        (r#"{"context_window_size": 200000, "current_usage": null}"#, None),
        (r#"{"context_window_size": 200000, "total_input_tokens": 100000}"#, None),
    ] {
        assert_eq!(context_use(&Object::parse(window).unwrap()), expected, "{window}");
    }
}

#[test]
fn a_long_branch_is_cut_before_anything_else_and_the_line_stays_within_120() {
    let facts = Standing { branch: Some("feat/".to_owned() + &"x".repeat(300)), ..facts() };
    let said = line(&host(WHOLE), &facts);
    assert!(said.chars().count() <= WIDTH && said.contains("feat/xxxxxxxxxx…"), "{said}");
}

#[test]
fn nothing_foreign_moves_the_cursor_or_breaks_the_line() {
    for text in ["a\u{1b}[31mb", "a\nb", "a\rb", "\u{9b}2Ja", "\u{202e}abc", "a\u{0}b\u{7}", "\u{1b}]0;t\u{7}x", &"\u{1b}".repeat(5_000)] {
        let said = Host { model: Some(text.to_owned()), branch: Some(text.to_owned()), ..Host::default() };
        for facts in [facts(), Standing { project: text.to_owned(), ..Standing::default() }] {
            let line = line(&said, &facts);
            assert!(line.chars().count() <= WIDTH && !line.contains(['\u{202e}', '\u{9b}']), "{line:?}");
            assert!(!line.chars().any(char::is_control) && !line.contains("[31m"), "{line:?}");
        }
    }
}
