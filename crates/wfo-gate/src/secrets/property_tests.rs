//! What holds for every text: no panic, the same answer twice, nothing planted left after redaction.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use proptest::prelude::*;

use super::tests::{github, sweep};

/// Pieces that rules look for, so that random texts meet them.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "password", "token", "=", ":", "\"", "'", "<", ">", " ", "\n", "\r\n", "\\", "://", "@", "-----BEGIN PRIVATE KEY-----", "eyJ",
        "AKIA", "sk-", "ghp_", "wfo:allow x", "\u{feff}", "ä", "=>", "${", "}}", "value=", "curl -u a:", "$2b$12$", "PuTTY-User-Key-File-",
    ]);
    let piece = prop_oneof![
        known.prop_map(|piece| piece.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..12),
        "[A-Za-z0-9/+]{1,60}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn paths() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a.rs", ".env", "x/settings.py", "wp-config.php", ".netrc", "etc/shadow", "db.sql", "", "a/config", ".npmrc"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_looked_at_without_a_panic_and_twice_the_same(text in pieces(), path in paths()) {
        let sweep = sweep();
        let first = sweep.examine(path, &text);
        prop_assert_eq!(&first, &sweep.examine(path, &text));
        for secret in first.secrets {
            prop_assert!(secret.span.end <= text.len().max(text.len() * 2) && secret.line >= 1 && secret.column >= 1);
        }
    }

    #[test]
    fn a_planted_token_is_found_and_redacted_in_any_text(before in "\\PC{0,200}", after in "\\PC{0,200}", seed in 1u64..9999) {
        let token = github(seed);
        let sweep = sweep();
        let text = format!("{before} {token} {after}");
        let redacted = sweep.redact(&text);
        prop_assert!(!redacted.contains(&token));
        let named = redacted.contains("[REDACTED ");
        prop_assert!(named);
        prop_assert!(sweep.scan("a.rs", text.as_bytes()).iter().any(|secret| secret.span.start <= before.len() + 1));
    }

    #[test]
    fn a_text_without_secrets_stays_as_it_is(text in "[a-z ,.\n]{0,300}") {
        prop_assert_eq!(sweep().redact(&text), text.clone());
    }
}
