//! Env files, permissions and sizes, as facts and what follows from them.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use wfo_base::tables::{built_in, parse};

use super::*;

fn rows() -> Vec<FileRow> {
    serde_json::from_str(built_in::FILE_RULES).unwrap()
}

#[test]
fn the_table_is_good() {
    let text = include_str!("../../../reference/data/file-rules.yaml");
    assert_eq!(parse::<FileRow>("file-rules.yaml", text).notes, vec![]);
    let bad = "rows: [{id: env-names, bytes: 1}, {id: large-file, words: [x]}, {id: huge-file, bytes: 0}, {id: x, bytes: 1}]";
    assert_eq!(parse::<FileRow>("t.yaml", bad).notes.len(), 4);
}

#[test]
fn env_files_are_told_by_their_names() {
    for (path, is) in [
        (".env", true),
        ("a b/.env", true),
        (".env.local", true),
        (".env.production", true),
        (".ENV", true),
        (".envrc", true),
        ("prod.env", true),
        (".env.example", false),
        (".env.sample", false),
        (".env.local.example", false),
        (".env.template", false),
        (".env.dist", false),
        (".env.defaults", false),
        ("example.env", false),
        ("src/.environment.ts", false),
        ("src/env.ts", false),
        (".env.ts", false),
        ("environment", false),
        (".envoy", false),
    ] {
        assert_eq!(is_env(&rows(), path), is, "{path}");
    }
}

#[test]
fn an_env_file_is_right_only_when_ignored_and_not_in_the_index() {
    for (tracked, ignored, id) in [
        (false, true, None),
        (true, true, Some("env-tracked")),
        (true, false, Some("env-tracked")),
        (false, false, Some("env-not-ignored")),
    ] {
        let found = env_file(&rows(), "x/.env", tracked, ignored);
        assert_eq!(found.map(|finding| finding.id), id.map(str::to_owned), "{tracked} {ignored}");
    }
}

#[test]
fn what_everybody_may_write_is_named_but_links_and_sticky_folders_are_not() {
    let judged = permissions([
        ("a", Kind::File, 0o100_666),
        ("b", Kind::Folder, 0o040_777),
        ("tmp", Kind::Folder, 0o041_777),
        ("link", Kind::Link, 0o120_777),
        ("c", Kind::File, 0o100_644),
    ]);
    let paths: Vec<_> = judged.findings.iter().filter_map(|finding| finding.file.as_deref()).collect();
    assert_eq!((paths, judged.meaningless), (vec!["a", "b"], false));
    assert!(judged.findings.first().unwrap().title.contains("0666"));
}

#[test]
fn modes_say_nothing_where_all_are_open() {
    let all: Vec<String> = (0..9).map(|index| format!("f{index}")).collect();
    let judged = permissions(all.iter().map(|path| (path.as_str(), Kind::File, 0o100_777)));
    assert_eq!(judged, Permissions { findings: vec![], meaningless: true });
    assert_eq!(permissions([("a", Kind::File, 0o777)]).findings.len(), 1);
}

#[test]
fn a_file_is_large_from_one_byte_over_its_limit() {
    for (bytes, id) in [
        (5 << 20, None),
        ((5 << 20) + 1, Some("large-file")),
        (100 << 20, Some("large-file")),
        ((100 << 20) + 1, Some("huge-file")),
    ] {
        assert_eq!(large_file(&rows(), "x", bytes).map(|finding| finding.id), id.map(str::to_owned), "{bytes}");
    }
}

#[test]
fn a_repository_may_lower_limits_but_not_add_harmless_endings() {
    let row = |id: &str, words: &[&str], bytes| FileRow { id: id.into(), words: words.iter().map(|w| (*w).into()).collect(), bytes };
    for (old, new, may) in [
        (row("large-file", &[], Some(9)), row("large-file", &[], Some(8)), true),
        (row("large-file", &[], Some(9)), row("large-file", &[], Some(10)), false),
        (row("env-names", &[".env"], None), row("env-names", &[".env", ".x"], None), true),
        (row("env-names", &[".env"], None), row("env-names", &[".x"], None), false),
        (row("env-harmless-endings", &["a", "b"], None), row("env-harmless-endings", &["a"], None), true),
        (row("env-harmless-endings", &["a"], None), row("env-harmless-endings", &["a", "local"], None), false),
    ] {
        assert_eq!(FileRow::stricter(Some(&old), &new), may, "{new:?}");
    }
}
