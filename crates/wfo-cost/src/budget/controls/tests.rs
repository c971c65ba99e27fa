//! Controls from each file and from both; addresses.

use super::*;
use proptest::prelude::*;
use wfo_base::{Usd, tables};

const TABLE: &str = include_str!("../../../../../reference/data/cost-controls.yaml");

fn table() -> Vec<ControlRow> {
    let parsed = tables::parse("cost-controls.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| row).collect()
}

fn read(repository: Option<&str>, user: Option<&str>) -> (Controls, Vec<Diagnostic>) {
    let mut notes = Vec::new();
    let repository = repository.map(|text| Page::new("costs/budget-config.json", text));
    let user = user.map(|text| Page::new("budgets.yaml", text));
    (controls(repository.as_ref(), user.as_ref(), &table(), &mut notes), notes)
}

/// `auto block emergency saving`.
fn shown(controls: &Controls) -> String {
    let part = |share: Share| share.part_of(Usd::from_cents(10_000)).plain();
    let Controls { auto_switch_models, block_on_limit, emergency, saving } = *controls;
    format!("{auto_switch_models} {block_on_limit} {} {}", part(emergency), part(saving))
}

#[test]
fn the_table_holds_where_no_file_says_anything_and_says_what_the_code_would() {
    let (found, notes) = read(None, None);
    assert_eq!((shown(&found).as_str(), notes.len()), ("true false 95 80", 0));
    assert_eq!(found, Controls::default());
    for (repository, user) in [("{}", ""), ("{\"cost_controls\": null}", "cost_controls:\n"), ("[", "a: [")] {
        let (found, notes) = read(Some(repository), Some(user));
        assert_eq!((found, notes), (Controls::default(), vec![]), "{repository}");
    }
}

#[test]
fn of_both_files_the_stricter_control_counts() {
    let json = |text: &str| format!("{{\"cost_controls\": {{{text}}}}}");
    for (repository, user, expected) in [
        ("\"block_on_limit\": true", "block_on_limit: false", "true true 95 80"),
        ("\"block_on_limit\": false", "block_on_limit: true", "true true 95 80"),
        ("\"block_on_limit\": false", "block_on_limit: no", "true false 95 80"),
        ("\"auto_switch_models\": false", "auto_switch_models: true", "true false 95 80"),
        ("\"auto_switch_models\": false", "auto_switch_models: false", "false false 95 80"),
        ("\"auto_switch_models\": false", "block_on_limit: true", "false true 95 80"),
        ("\"emergency_mode_threshold\": 0.99", "emergency_mode_threshold: 0.9", "true false 90 80"),
        ("\"emergency_mode_threshold\": \"85\"", "emergency_mode_threshold: 0.9", "true false 85 80"),
        ("\"saving_mode_threshold\": 0.5", "saving_mode_threshold: 0.6", "true false 95 50"),
    ] {
        let (found, notes) = read(Some(&json(repository)), Some(&format!("cost_controls: {{{user}}}")));
        assert_eq!((shown(&found).as_str(), notes), (expected, vec![]), "{repository} {user}");
    }
}

#[test]
fn a_value_that_is_none_is_named_and_left_out() {
    for (repository, user) in [
        (Some("{\"cost_controls\": {\"block_on_limit\": \"maybe\"}}"), None),
        (Some("{\"cost_controls\": {\"block_on_limits\": true}}"), None),
        (Some("{\"cost_controls\": {\"emergency_mode_threshold\": 0}}"), None),
        (Some("{\"cost_controls\": {\"emergency_mode_threshold\": 1e40}}"), None),
        (Some("{\"cost_controls\": {\"auto_switch_models\": {\"a\": 1}}}"), None),
        (Some("{\"cost_controls\": [true]}"), None),
        (None, Some("cost_controls: {emergency_mode_threshold: -1}")),
        (None, Some("cost_controls: {block: true}")),
        (None, Some("cost_controls: [true]")),
        (None, Some("cost_controls: {block_on_limit: [true]}")),
    ] {
        let (found, notes) = read(repository, user);
        let codes: Vec<_> = notes.iter().map(|note| note.problem.code).collect();
        assert_eq!((found, codes), (Controls::default(), vec![codes::COST_FILE_INVALID]), "{repository:?} {user:?}");
    }
}

#[test]
fn an_address_in_a_budget_file_is_answered_with_the_variable_to_set_and_never_shown() {
    let source = r#"{"notifications": {"email": "me@secret.example", "slack_webhook": "https://hooks.secret.example/T0",
        "alert_frequency": "once_per_threshold"}}"#;
    let (_, notes) = read(Some(source), None);
    let said: Vec<String> = notes.iter().map(|note| format!("{} {:?}", note.problem, note.problem.hint)).collect();
    assert_eq!(notes.len(), 2, "{said:?}");
    assert!(notes.iter().all(|note| note.problem.code == codes::COST_NOTIFY_IN_FILE));
    assert!(
        said.iter().any(|line| line.contains("a Slack address") && line.contains("`WFO_SLACK_WEBHOOK`")),
        "{said:?}"
    );
    assert!(said.iter().any(|line| line.contains("an e-mail address")), "{said:?}");
    assert!(!said.concat().contains("secret"), "{said:?}");
    for (repository, user, count) in [
        (Some("{\"notifications\": {\"discord_webhook\": \"https://x\"}}"), None, 1),
        (Some("{\"discord_webhook\": \"https://x\", \"notifications\": {\"discord\": {\"url\": 1}}}"), None, 1),
        (Some("{\"notifications\": {\"slack_webhook\": \"\", \"email\": null}}"), None, 0),
        (Some("{\"notifications\": \"https://x\"}"), None, 0),
        (None, Some("notifications: {email: a@b, slack_webhook: 'https://x', webhook: 'https://y'}"), 3),
        (None, Some("notifications: {email: '', slack_webhook: }"), 0),
        (None, Some("slack_webhook: 'https://x'"), 1),
    ] {
        assert_eq!(read(repository, user).1.len(), count, "{repository:?} {user:?}");
    }
}

#[test]
fn a_row_of_the_table_that_is_no_control_is_refused() {
    for (row, good) in [
        ("{id: block_on_limit, value: \"true\"}", 1),
        ("{id: block_on_limit, value: \"5\"}", 0),
        ("{id: emergency_mode_threshold, value: \"1.5\"}", 0),
        ("{id: emergency_mode_threshold, value: \"95\"}", 1),
        ("{id: emergency_mode_threshold, value: \"150\"}", 0),
        ("{id: other, value: \"1\"}", 0),
    ] {
        let parsed = tables::parse::<ControlRow>("cost-controls.yaml", &format!("rows:\n- {row}\n"));
        assert_eq!((parsed.value.len(), parsed.notes.len()), (good, 1 - good), "{row}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[\\[\\]{}\":,a-e0-9 \\n_.-]{0,80}") {
        let wrapped = format!("{{\"cost_controls\": {{{text}}}, \"notifications\": {{{text}}}}}");
        let _ = (read(Some(&text), Some(&text)), read(Some(&wrapped), Some(&wrapped)));
    }
}
