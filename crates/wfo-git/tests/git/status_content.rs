//! Settings that change what counts as the same content: line endings, attributes, filters, modes, links, names.

use std::os::unix::fs::PermissionsExt;

use wfo_git::Way;

use crate::oracle::{agree, agree_by};
use crate::sandbox::Sandbox;

fn age(sandbox: &Sandbox, name: &str) {
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(sandbox.repo().join(name)).unwrap().set_modified(old).unwrap();
}

#[test]
fn line_endings_that_git_converts_are_no_change() {
    for (setting, value) in [("core.autocrlf", "true"), ("core.autocrlf", "input"), ("core.eol", "crlf")] {
        let sandbox = Sandbox::init();
        sandbox.git(&["config", setting, value]);
        sandbox.write(".gitattributes", "*.txt text\n*.bin -text\ndir/*.txt eol=crlf\n");
        sandbox.write("a.txt", "one\r\ntwo\r\n");
        sandbox.write("b.bin", "one\r\ntwo\r\n");
        sandbox.write("dir/c.txt", "one\ntwo\n");
        sandbox.write("plain", "one\r\ntwo\r\n");
        sandbox.commit("first");
        for name in ["a.txt", "b.bin", "dir/c.txt", "plain"] {
            age(&sandbox, name);
        }
        agree(&sandbox.repo());
        // The same number of bytes, other content.
        sandbox.write("a.txt", "one\r\ntwX\r\n");
        sandbox.write("dir/c.txt", "one\r\ntwo");
        agree(&sandbox.repo());
        // Another number of bytes, the same content once converted.
        sandbox.write("a.txt", "one\ntwo\n");
        agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
        // The attributes count also where only the index has them.
        std::fs::remove_file(sandbox.repo().join(".gitattributes")).unwrap();
        age(&sandbox, "plain");
        agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
    }
}

#[test]
fn attributes_outside_the_work_tree_count_too() {
    let sandbox = Sandbox::init();
    sandbox.write(".git/info/attributes", "* text eol=crlf ident\n");
    sandbox.write("a", "$Id$\r\nx\r\n");
    sandbox.commit("first");
    age(&sandbox, "a");
    agree(&sandbox.repo());
}

#[test]
fn content_that_would_not_survive_the_round_trip_is_compared_all_the_same() {
    let sandbox = Sandbox::init();
    sandbox.write("mixed", "one\r\ntwo\n");
    sandbox.commit("first");
    sandbox.git(&["config", "core.autocrlf", "input"]);
    sandbox.git(&["config", "core.safecrlf", "true"]);
    age(&sandbox, "mixed");
    agree(&sandbox.repo());
}

#[test]
fn the_executable_bit_counts_only_where_it_is_trusted() {
    let sandbox = Sandbox::with_files();
    std::fs::set_permissions(sandbox.repo().join("a.txt"), PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.git(&["config", "core.fileMode", "false"]);
    assert_eq!(agree(&sandbox.repo()), []);
    std::fs::set_permissions(sandbox.repo().join("b.txt"), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(agree(&sandbox.repo()), []);
}

#[test]
fn links_may_be_plain_files_where_the_file_system_has_none() {
    let sandbox = Sandbox::with_files();
    std::os::unix::fs::symlink("a.txt", sandbox.repo().join("link")).unwrap();
    sandbox.commit("link");
    sandbox.git(&["config", "core.symlinks", "false"]);
    std::fs::remove_file(sandbox.repo().join("link")).unwrap();
    sandbox.write("link", "a.txt");
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
    sandbox.write("link", "b.txt");
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn owner_and_inode_count_only_where_all_fields_are_compared() {
    let sandbox = Sandbox::with_files();
    let file = sandbox.repo().join("a.txt");
    let modified = std::fs::metadata(&file).unwrap().modified().unwrap();
    sandbox.write("a.txt", "CONTENT of a.txt\n");
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    agree(&sandbox.repo());
    sandbox.git(&["config", "core.checkStat", "minimal"]);
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
    sandbox.git(&["config", "core.trustctime", "false"]);
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn names_without_case_take_another_way() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["config", "core.ignoreCase", "true"]);
    sandbox.write("A.TXT", "x");
    sandbox.write("DIR/new", "x");
    let found = wfo_git::changes(&sandbox.open(), None).unwrap();
    assert_eq!((found.status.way, found.status.reason), (Way::Gix, Some("names are compared without case")));
    agree_by(&sandbox.repo(), &[Way::Git]);
}

#[test]
fn filters_that_the_repository_defines_are_not_run_and_that_is_said() {
    let sandbox = Sandbox::init();
    let tripwire = sandbox.path("tripwire");
    sandbox.write(".gitattributes", "*.f filter=evil\n");
    sandbox.write("x.f", "abcd\n");
    sandbox.commit("first");
    let evil = format!("touch {}; tr a-z A-Z", tripwire.display());
    sandbox.git(&["config", "filter.evil.clean", &evil]);
    sandbox.git(&["config", "filter.evil.process", &evil]);
    sandbox.git(&["config", "filter.evil.required", "true"]);
    age(&sandbox, "x.f");
    for way in [Some(Way::OnePass), Some(Way::Gix), Some(Way::Git), None] {
        let found = wfo_git::changes(&sandbox.open(), way).unwrap();
        assert_eq!((found.status.changes(), found.status.filters_skipped), (0, true), "{way:?}");
        assert!(found.notes.iter().any(|note| note.problem.code == wfo_base::codes::GIT_FILTERS_SKIPPED));
    }
    assert!(!tripwire.exists(), "a filter of the repository was run");
    sandbox.git(&["config", "--unset", "filter.evil.process"]);
    crate::oracle::status(&sandbox.repo());
    assert!(tripwire.exists(), "the filter is no trap");
}
