//! What the sweep must find, wherever it stands, and what it must never say. Tokens are made at run time from parts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::fmt::Write;
use std::ops::RangeInclusive;

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use wfo_base::tables::{Row, built_in, parse};

use super::*;

pub(super) const B62: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub(super) const HEX: &str = "0123456789abcdef";

pub(super) fn rows() -> Vec<SecretRow> {
    serde_json::from_str(built_in::SECRETS).unwrap()
}

pub(super) fn words() -> Vec<WordsRow> {
    serde_json::from_str(built_in::SECRET_WORDS).unwrap()
}

fn new_sweep() -> Sweep {
    let made = Sweep::new(&rows(), &words());
    assert_eq!(made.notes, vec![]);
    made.value
}

/// The sweep that all tests share.
pub(super) fn sweep() -> &'static Sweep {
    static SWEEP: std::sync::OnceLock<Sweep> = std::sync::OnceLock::new();
    SWEEP.get_or_init(new_sweep)
}

/// Characters that look random and are the same at each run.
pub(super) fn random(alphabet: &str, length: usize, seed: u64) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[(state >> 33) as usize % letters.len()]
    };
    (0..length).map(|_| next()).collect()
}

pub(super) fn with_checksum(prefix: &str, body: &str) -> String {
    let digits = value::crc_digits(body.as_bytes());
    format!("{prefix}{body}{}", std::str::from_utf8(&digits).unwrap())
}

/// A token of GitHub's with a right checksum.
pub(super) fn github(seed: u64) -> String {
    with_checksum(&format!("gh{}_", "p"), &random(B62, 30, seed))
}

/// A path, a text and the secret in it, for each rule that a pattern alone cannot make.
fn written(id: &str) -> Option<(&'static str, String, String)> {
    let pass = random(B62, 14, 7) + "!7";
    let hex = random(HEX, 40, 3);
    let b62 = random(B62, 40, 5);
    let made = |path, text: String, value: &str| Some((path, text, value.to_owned()));
    match id {
        "aws-secret-key" => made("a.txt", format!("aws_secret_access_key = {b62}"), &b62),
        "google-service-account" => made("a.json", format!("\"private_key_id\": \"{hex}\","), &hex),
        "azure-ad-secret" => {
            let value = format!("a1B2Q~{}", random(B62, 33, 8));
            made("a.txt", format!("x {value} y"), &value)
        }
        "slack-webhook" => {
            made("a.txt", format!("https://hooks.slack{}.com/services/{}", "", random(B62, 44, 8)), &random(B62, 44, 8))
        }
        "discord-webhook" => {
            let value = random(B62, 68, 8);
            made("a.txt", format!("https://discord.com/api/webhooks/{}/{value}", random("123456789", 18, 2)), &value)
        }
        "discord-token" => {
            let value = format!("M{}.{}.{}", random(B62, 23, 1), random(B62, 6, 2), random(B62, 30, 3));
            made("a.txt", format!("discord {value}"), &value)
        }
        "telegram-token" => {
            let value = format!("{}:A{}", random("123456789", 9, 1), random(B62, 34, 2));
            made("a.txt", format!("bot {value}"), &value)
        }
        "mailchimp-key" => {
            made("a.txt", format!("mc {}-us12", random(HEX, 32, 4)), &format!("{}-us12", random(HEX, 32, 4)))
        }
        "private-key" => {
            let value = format!("\n{}\n{}\n", random(B62, 64, 1), random(B62, 64, 2));
            made(
                "a.pem",
                format!("-----BEGIN RSA {} KEY-----{value}-----END RSA {} KEY-----\n", "PRIVATE", "PRIVATE"),
                &value,
            )
        }
        "putty-key" => {
            let value = format!("{}\n{}", random(B62, 64, 1), random(B62, 64, 2));
            made(
                "a.txt",
                format!("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 2\n{value}\nPrivate-MAC: x"),
                &value,
            )
        }
        "url-password" => made("a.txt", format!("postgres://shop:{pass}@db7.shop.io/x"), &pass),
        "authorization-header" => made("a.sh", format!("-H 'Authorization: Bearer {b62}'"), &b62),
        "curl-user" => made("a.sh", format!("curl -s -u bob:{pass} https://shop.io"), &pass),
        "generic-password" => made("a.py", format!("db_password = \"{pass}\""), &pass),
        "generic-secret" => made("a.py", format!("API_KEY = '{b62}'"), &b62),
        "netrc" => made(".netrc", format!("machine h login l password {pass}"), &pass),
        "pgpass" => made("home/.pgpass", format!("h:5432:d:u:{pass}"), &pass),
        "htpasswd" => made("www/.htpasswd", format!("bob:$apr1$x${b62}"), &format!("$apr1$x${b62}")),
        "shadow" => made("etc/shadow", format!("root:$6$ab${b62}:17000:0:99999:7:::"), &format!("$6$ab${b62}")),
        "passwd-hash" => {
            made("proftpdpasswd", format!("bob:$1$ab${b62}:1000:1000::/x:/bin/sh"), &format!("$1$ab${b62}"))
        }
        "git-credentials" => made(".git-credentials", format!("https://bob:{pass}@git.shop.io"), &pass),
        "npmrc" => made(".npmrc", format!("//r.shop.io/:_authToken={b62}"), &b62),
        "docker-auth" => made(".dockercfg", format!("{{\"auth\": \"{b62}\"}}"), &b62),
        "s3cfg" => made(".s3cfg", format!("secret_key = {pass}"), &pass),
        "ftp-config" => made(".ftpconfig", format!("{{\"pass\": \"{pass}\"}}"), &pass),
        "filezilla" => made("filezilla.xml", format!("<Pass encoding=\"base64\">{b62}</Pass>"), &b62),
        "jetbrains-webservers" => made("x/WebServers.xml", format!("<f host=\"h\" password=\"{hex}\"/>"), &hex),
        "wordpress-config" => made("wp-config.php", format!("define( 'NONCE_SALT', '{pass}' );"), &pass),
        "php-config" => made("config.php", format!("$dbpasswd = '{pass}';"), &pass),
        "django-secret-key" => made("app/settings.py", format!("SECRET_KEY = '{pass}'"), &pass),
        "rails-master-key" => made("config/master.key", random(HEX, 32, 9), &random(HEX, 32, 9)),
        "rails-secret-key-base" => {
            made("a.txt", format!("secret_key_base: {}", random(HEX, 128, 9)), &random(HEX, 128, 9))
        }
        "firefox-logins" => made("logins.json", format!("\"encryptedPassword\":\"{b62}\""), &b62),
        "esmtprc" => made(".esmtprc", format!("password = \"{pass}\""), &pass),
        "salesforce-login" => made("a.js", format!("conn.login('u@shop.io', '{pass}', f)"), &pass),
        "server-ini" => made("ventrilo_srv.ini", format!("AdminPassword={pass}"), &pass),
        "cli-config" => made("hub", format!("  oauth_token: {hex}"), &hex),
        "password-hash" => {
            made("a.txt", format!("$2b$12${}", random(B62, 53, 2)), &format!("$2b$12${}", random(B62, 53, 2)))
        }
        "sql-password-column" => {
            made("a.sql", format!("INSERT INTO users (id, password) VALUES (1, '{pass}');"), &pass)
        }
        "sql-dump-hash" => made("db/dump.sql", format!("INSERT INTO `users` VALUES (1,'bob','{hex}');"), &hex),
        "sql-password" => made("a.sql", format!("CREATE USER bob IDENTIFIED BY '{pass}';"), &pass),
        "terraform-token" => {
            let value = format!("{}.atlasv1.{}", random(B62, 14, 1), random(B62, 65, 2));
            made("a.txt", value.clone(), &value)
        }
        _ => None,
    }
}

/// A path, a text and the secret in it, for a rule.
fn planted(row: &SecretRow, runner: &mut TestRunner) -> (&'static str, String, String) {
    if let Some(made) = written(&row.id) {
        return made;
    }
    // In Unicode, (?i:k) is the sign of kelvin too.
    let pattern = row.pattern.replace("(?i:", "(?:");
    let mut token = string_regex(&pattern)
        .unwrap_or_else(|error| panic!("{}: {error}", row.id))
        .new_tree(runner)
        .unwrap()
        .current();
    if row.checksum.is_some() {
        let (prefix, body) = token.split_once('_').unwrap();
        token = with_checksum(&format!("{prefix}_"), &body[..body.len() - 6]);
    }
    let pattern = row.compile().unwrap();
    let captures = pattern.captures(token.as_bytes()).unwrap();
    let value = captures.name("value").map_or(token.clone(), |value| token[value.range()].to_owned());
    ("src/main.txt", token, value)
}

fn found(sweep: &Sweep, path: &str, text: &[u8], rule: &str) -> bool {
    sweep.scan(path, text).iter().any(|secret| secret.rule == rule)
}

#[test]
fn the_tables_are_good_row_by_row() {
    for (name, text) in [
        ("secrets", include_str!("../../../../reference/data/secrets.yaml")),
        ("secret-words", include_str!("../../../../reference/data/secret-words.yaml")),
    ] {
        let notes =
            if name == "secrets" { parse::<SecretRow>(name, text).notes } else { parse::<WordsRow>(name, text).notes };
        assert_eq!(notes, vec![]);
    }
    assert!(rows().len() >= 85);
}

#[test]
fn a_planted_secret_of_every_rule_is_found_wherever_it_stands_and_redacted() {
    let sweep = sweep();
    let mut runner = TestRunner::deterministic();
    let mut missed = String::new();
    for row in rows().iter().filter(|row| row.kind != Kind::Path) {
        for round in 0..5 {
            let (path, text, value) = planted(row, &mut runner);
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let places: [(&str, Vec<u8>); 7] = [
                ("alone", text.clone().into_bytes()),
                ("in the middle", format!("a line\nb\n{text}\nlast line\n").into_bytes()),
                ("with CRLF", format!("a line\r\n{text}\r\nlast\r\n").replace("\r\n\n", "\r\n").into_bytes()),
                ("after a mark", format!("\u{feff}{text}\n").into_bytes()),
                ("in UTF-16", [b"\xff\xfe".to_vec(), utf16.clone()].concat()),
                (
                    "in UTF-16 without a mark",
                    format!("{}\n{text}\n", "ascii line".repeat(60))
                        .encode_utf16()
                        .flat_map(u16::to_be_bytes)
                        .collect(),
                ),
                ("after bytes that are no text", [b"\xff\x80\xfe\x01\n".to_vec(), text.clone().into_bytes()].concat()),
            ];
            for (place, bytes) in places {
                if !found(sweep, path, &bytes, &row.id) {
                    write!(missed, "{} {place} (round {round}); ", row.id).unwrap();
                }
            }
            if ![Kind::File, Kind::Sql].contains(&row.kind) && sweep.redact(&format!("x {text} y")).contains(&value) {
                write!(missed, "{} is not redacted; ", row.id).unwrap();
            }
            if ![Kind::File, Kind::Sql].contains(&row.kind) && !could_hold(&text) {
                write!(missed, "{} is not suspected; ", row.id).unwrap();
            }
            let shown = format!("{:?}", sweep.scan(path, text.as_bytes()));
            assert!(!shown.contains(&value[value.len() - 8..]), "{} shows a value", row.id);
        }
    }
    assert_eq!(missed, "");
}

#[test]
fn several_in_one_line_are_all_found_with_line_column_and_length() {
    let tokens: Vec<String> = (1..=3).map(github).collect();
    let text = format!("first\nä {}, \"{}\";{}\n", tokens[0], tokens[1], tokens[2]);
    let found = sweep().scan("a.rs", text.as_bytes());
    let places: Vec<_> = found.iter().map(|secret| (secret.line, secret.column, secret.length)).collect();
    assert_eq!(places, [(2, 3, 40), (2, 46, 40), (2, 88, 40)]);
    for (secret, token) in found.iter().zip(&tokens) {
        assert_eq!(&text[secret.span.clone()], token);
        assert_eq!(secret.fingerprint, crate::finding::fingerprint("github-pat", "a.rs", token.as_bytes()));
    }
}

#[test]
fn a_wrong_checksum_is_a_warning_in_every_folder_and_a_right_one_blocks_in_tests_too() {
    let right = github(4);
    let wrong = format!("{}zzzzzz", &right[..34]);
    for path in ["src/a.rs", "tests/a.rs", "docs/x.md"] {
        assert_eq!(sweep().scan(path, right.as_bytes())[0].confidence, Confidence::High, "{path}");
        assert_eq!(sweep().scan(path, wrong.as_bytes())[0].confidence, Confidence::Low, "{path}");
    }
}

#[test]
fn generic_findings_count_less_in_folders_of_tests() {
    let text = format!("password = \"{}!9x\"", random(B62, 14, 6));
    assert_eq!(sweep().scan("src/a.py", text.as_bytes())[0].confidence, Confidence::Medium);
    for path in ["tests/a.py", "src/fixtures/a.py", "a_test.py", "docs/a.py", "README.md", ".env.example"] {
        assert_eq!(sweep().scan(path, text.as_bytes())[0].confidence, Confidence::Low, "{path}");
    }
}

#[test]
fn a_line_of_many_megabytes_is_looked_at_in_bounded_time() {
    let token = github(5);
    let mut text = "key-ghp_ password=token= sk- eyJ :a ".repeat(60_000);
    text.push_str(&token);
    text.push_str(&" secret=".repeat(20_000));
    assert!(found(sweep(), "a.rs", text.as_bytes(), "github-pat"));
    let examined = sweep().examine("a.rs", text.as_bytes());
    assert_eq!((examined.skipped, examined.secrets.len()), (Some(Skip::TooLarge), 0));
}

#[test]
fn what_is_not_looked_at_is_listed_with_its_reason() {
    let token = github(6);
    let line = format!("x = \"{token}\"\npassword = \"{}!9x\"\n", random(B62, 14, 6));
    let long = format!("{line}{}", "a=1;".repeat(5_000));
    for (path, text, skipped, found) in [
        ("a.rs", line.as_str(), None, 2),
        ("package-lock.json", &line, Some(Skip::Lockfile), 1),
        ("sub/Cargo.lock", &line, Some(Skip::Lockfile), 1),
        ("node_modules/x/a.js", &line, Some(Skip::Vendored), 1),
        ("dist/app.min.js", &line, Some(Skip::Minified), 1),
        ("dist/app.js", &long, Some(Skip::Minified), 1),
        ("a.bin", &format!("{line}\0\0\0"), Some(Skip::Binary), 0),
    ] {
        let examined = sweep().examine(path, text.as_bytes());
        assert_eq!((examined.skipped, examined.secrets.len()), (skipped, found), "{path}");
    }
    let utf16: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(sweep().examine("a.rs", &utf16).skipped, None);
}

#[test]
fn only_added_lines_count() {
    let text = format!("{}\n{}\nlast\n", github(1), github(2));
    let count = |lines: &[RangeInclusive<u64>]| sweep().scan_added("a.rs", text.as_bytes(), lines).secrets.len();
    assert_eq!((count(&[1..=1]), count(&[1..=9]), count(&[3..=3]), count(&[])), (1, 2, 0, 0));
    let key = planted(rows().iter().find(|row| row.id == "private-key").unwrap(), &mut TestRunner::deterministic()).1;
    assert_eq!(sweep().scan_added("a.pem", key.as_bytes(), std::slice::from_ref(&(2..=2))).secrets.len(), 1);
}

#[test]
fn a_line_may_allow_its_secret_only_with_a_reason() {
    let token = github(8);
    for (text, found, allowed) in [
        (format!("{token} # wfo:allow a token of the documentation"), 0, 1),
        (format!("// wfo:allow: revoked in May {token}"), 0, 1),
        (format!("{token} # wfo:allow"), 1, 0),
        (format!("{token} # wfo:allow --"), 1, 0),
        (format!("{token} # wfo:allowed for me"), 1, 0),
        (format!("# wfo:allow another line\n{token}"), 1, 0),
    ] {
        let examined = sweep().examine("a.rs", text.as_bytes());
        assert_eq!((examined.secrets.len(), examined.allowed.len()), (found, allowed), "{}", text.replace(&token, "T"));
        assert!(!sweep().redact(&text).contains(&token));
    }
}

#[test]
fn a_secret_in_a_file_name_is_found() {
    let token = github(9);
    assert_eq!(sweep().scan_name(&format!("backup/{token}.txt")).len(), 1);
    assert_eq!(sweep().scan_name(&format!("old_{token}_1.txt")).len(), 1);
    assert_eq!(sweep().scan_name("src/password_field.rs").len(), 0);
}

#[test]
fn some_files_are_told_by_their_names() {
    for (path, rule) in [
        ("home/.ssh/id_rsa", Some("key-file")),
        ("keys/a.p12", Some("key-file")),
        ("x/key4.db", Some("saved-logins")),
        ("home/.ssh/id_rsa.pub", None),
        ("src/shadow.rs", None),
        ("src/a.rs", None),
    ] {
        assert_eq!(sweep().file_name(path).map(|secret| secret.rule), rule.map(str::to_owned), "{path}");
    }
}

#[test]
fn no_pattern_is_compiled_that_no_keyword_asked_for() {
    let sweep = new_sweep();
    assert_eq!(sweep.compiled(), Vec::<&str>::new());
    assert_eq!(sweep.scan("a.rs", b"fn main() { let tree = 1; }\n"), vec![]);
    assert_eq!(sweep.compiled(), Vec::<&str>::new());
    assert_eq!(sweep.scan("a.rs", github(1).as_bytes()).len(), 1);
    assert_eq!(sweep.compiled(), ["github-pat"]);
}

#[test]
fn a_bad_row_is_named_and_the_others_stay() {
    let text = "rows:
- {id: good, title: T, kind: prefix, keywords: [abc_], pattern: 'abc_[0-9]{4}', confidence: low}
- {id: huge, title: T, kind: prefix, keywords: [abc_], pattern: '(?:[a-z]{500}){500}', confidence: low}
- {id: broken, title: T, kind: prefix, keywords: [abc_], pattern: '(', confidence: low}
- {id: empty, title: T, kind: file, paths: [x], pattern: 'a*', confidence: low}
- {id: short, title: T, kind: prefix, keywords: [a], pattern: 'a', confidence: low}
- {id: lacks, title: T, kind: prefix, pattern: 'a', confidence: low}
- {id: Named, title: T, kind: path, paths: [x], confidence: low}
- {id: other, title: T, kind: path, paths: [x], confidence: low, more: 1}
- {id: level, title: T, kind: path, paths: [x], confidence: sure}
";
    let parsed = parse::<SecretRow>("t.yaml", text);
    assert_eq!((parsed.value.len(), parsed.notes.len()), (1, 8));
    let mut all: Vec<SecretRow> = parsed.value.into_iter().map(|(row, _)| row).collect();
    all.push(SecretRow { pattern: "(".into(), id: "late".into(), ..all[0].clone() });
    all.push(SecretRow { keywords: vec![], id: "no-keyword".into(), ..all[0].clone() });
    let made = Sweep::new(&all, &words());
    assert_eq!((made.notes.len(), made.value.rules(), made.value.faults().len()), (1, 2, 0));
    assert_eq!(made.value.scan("a", b"abc_4711").len(), 1);
    assert_eq!(made.value.faults().len(), 1);
}

#[test]
fn a_repository_may_add_rules_and_tighten_them_but_not_loosen_them() {
    let old = rows().remove(0);
    for (change, may) in [
        ((|_| {}) as fn(&mut SecretRow), true),
        (|row| row.entropy -= 1.0, true),
        (|row| row.entropy += 0.1, false),
        (|row| row.confidence = Confidence::Low, false),
        (|row| row.tests = true, false),
        (|row| row.pattern = "x".into(), false),
        (|row| row.keywords.clear(), false),
    ] {
        let mut new = old.clone();
        change(&mut new);
        assert_eq!(SecretRow::stricter(Some(&old), &new), may, "{new:?}");
    }
    assert!(SecretRow::stricter(None, &old));
    assert_eq!(old.id(), "aws-access-key");
}

#[test]
fn a_token_in_base64_is_found_in_settings_and_redacted() {
    let token = github(10);
    let encoded = [
        data_encoding::BASE64.encode(token.as_bytes()),
        data_encoding::BASE64.encode(format!("//r.shop.io/:_authToken={token}\n").as_bytes()),
    ];
    for value in encoded {
        let text = format!("data:\n  npmrc: {value}\n");
        let found = sweep().scan("secret.yaml", text.as_bytes());
        assert_eq!(
            found.iter().map(|secret| (secret.rule.as_str(), secret.line)).collect::<Vec<_>>(),
            [("github-pat", 2)]
        );
        assert!(!sweep().redact(&text).contains(value.trim_end_matches('=')));
    }
}

#[test]
fn password_columns_of_a_dump_are_read_wherever_they_are_named() {
    let (a, b) = (random(B62, 9, 1), random(B62, 9, 2));
    for text in [
        format!("INSERT INTO u (id, name, password) VALUES (1,'bob, (x)','{a}'),\n(2, 'it''s', '{b}');"),
        format!("insert into `u` (`user_pass`,`n`) values ('{a}', 7), ('{b}', 8)"),
        format!(
            "CREATE TABLE IF NOT EXISTS `s`.`u` (\n `id` decimal(1,2),\n `passwd` text\n);\nINSERT INTO `u` VALUES (1,'{a}'),(2,'{b}');"
        ),
        format!("COPY public.u (id, password, n) FROM stdin;\n1\t{a}\tx\n2\t{b}\ty\n\\.\n"),
    ] {
        let found = sweep().scan("db/x.sql", text.as_bytes());
        let values: Vec<&str> = found.iter().map(|secret| &text[secret.span.clone()]).collect();
        assert_eq!(values, [a.as_str(), b.as_str()], "{text}");
    }
    for text in [
        "INSERT INTO u (password) VALUES (NULL), ('', (1));",
        "CREATE TABLE u (password text",
        "INSERT INTO u VALUES ('a",
        "COPY u (password) FROM",
    ] {
        assert_eq!(sweep().scan("x.sql", text.as_bytes()), vec![], "{text}");
    }
}

#[test]
fn plain_sentences_are_not_suspected_and_need_no_rules() {
    for text in ["Change number 5", "fix: the loop", "Review the schema (70%)", "T-12: write docs", "Token refresh", ""]
    {
        assert!(!could_hold(text), "{text}");
    }
}
