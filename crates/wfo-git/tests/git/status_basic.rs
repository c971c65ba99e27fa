//! Plain changes: added, changed, deleted, renamed, ignored, untracked.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::oracle::agree;
use crate::sandbox::Sandbox;

#[test]
fn a_clean_tree_has_no_changes() {
    let sandbox = Sandbox::with_files();
    assert_eq!(agree(&sandbox.repo()), []);
}

#[test]
fn an_empty_repository_has_no_changes_and_files_in_it_are_untracked() {
    let sandbox = Sandbox::init();
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.write("one", "1");
    sandbox.write("two/three/four", "4");
    assert_eq!(agree(&sandbox.repo()).len(), 2);
    sandbox.git(&["add", "one"]);
    assert_eq!(agree(&sandbox.repo()).len(), 2);
}

#[test]
fn staged_and_unstaged_changes_of_every_kind_are_told_apart() {
    let sandbox = Sandbox::with_files();
    sandbox.write("new", "new\n");
    sandbox.write("a.txt", "staged\n");
    sandbox.git(&["add", "new", "a.txt"]);
    sandbox.git(&["rm", "-q", "dir/deep/d.txt"]);
    sandbox.write("a.txt", "staged, then changed\n");
    sandbox.write("dir/c.txt", "unstaged\n");
    std::fs::remove_file(sandbox.repo().join("other/e.txt")).unwrap();
    std::fs::set_permissions(sandbox.repo().join("b.txt"), PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(agree(&sandbox.repo()).len(), 7);
}

#[test]
fn a_change_of_the_same_size_right_after_the_index_was_written_is_seen() {
    for _ in 0..20 {
        let sandbox = Sandbox::init();
        sandbox.write("f", "aaaa\n");
        sandbox.git(&["add", "f"]);
        sandbox.write("f", "bbbb\n");
        let rewritten = std::fs::OpenOptions::new().write(true).open(sandbox.repo().join("f")).unwrap();
        std::io::Write::write_all(&mut &rewritten, b"cccc\n").unwrap();
        assert_eq!(agree(&sandbox.repo()).len(), 2);
    }
}

#[test]
fn a_touched_file_is_not_changed() {
    let sandbox = Sandbox::with_files();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(sandbox.repo().join("a.txt")).unwrap().set_modified(old).unwrap();
    assert_eq!(agree(&sandbox.repo()), []);
}

#[test]
fn a_rename_counts_once_with_and_without_changed_content() {
    let sandbox = Sandbox::init();
    let long: String = (0..200).map(|line| format!("line {line}\n")).collect();
    sandbox.write("long", &long);
    sandbox.write("exact", "exact\n");
    sandbox.write("empty", "");
    sandbox.commit("first");
    sandbox.git(&["mv", "exact", "moved"]);
    sandbox.git(&["mv", "empty", "nothing"]);
    assert_eq!(agree(&sandbox.repo()).len(), 2);
    sandbox.git(&["mv", "long", "longer"]);
    sandbox.write("longer", &(long + "one more\n"));
    sandbox.git(&["add", "-A"]);
    assert_eq!(agree(&sandbox.repo()).len(), 3);
    sandbox.git(&["config", "status.renames", "false"]);
    assert_eq!(agree(&sandbox.repo()).len(), 6);
}

#[test]
fn untracked_files_are_counted_one_by_one_and_ignored_ones_are_not() {
    let sandbox = Sandbox::with_files();
    sandbox.write(".gitignore", "*.log\n/build/\n!keep.log\nsub/*.tmp\n");
    sandbox.write("dir/.gitignore", "!x.log\nlocal\n");
    for name in [
        "x.log",
        "keep.log",
        "dir/x.log",
        "dir/local",
        "local",
        "build/x",
        "dir/build/x",
        "sub/x.tmp",
        "dir/sub/x.tmp",
        "new/one",
        "new/two/three",
        "dir/deep/new",
    ] {
        sandbox.write(name, "x");
    }
    std::fs::create_dir_all(sandbox.repo().join("empty/folder")).unwrap();
    sandbox.write(".git/info/exclude", "two\n");
    assert_eq!(agree(&sandbox.repo()).len(), 9);
    sandbox.git(&["config", "core.excludesFile", sandbox.path("home/ignore").to_str().unwrap()]);
    crate::sandbox::write(&sandbox.path("home/ignore"), b"new\n");
    assert_eq!(agree(&sandbox.repo()).len(), 7);
}

#[test]
fn a_tracked_file_in_an_ignored_folder_is_still_compared() {
    let sandbox = Sandbox::with_files();
    sandbox.write(".gitignore", "dir\n");
    sandbox.commit("ignore");
    sandbox.write("dir/c.txt", "changed\n");
    sandbox.write("dir/untracked", "x");
    sandbox.write("dir/deep/untracked", "x");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
}

#[test]
fn a_folder_in_the_place_of_a_file_and_the_reverse_are_seen_on_both_sides() {
    let sandbox = Sandbox::with_files();
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    sandbox.write("a.txt/inside", "x");
    std::fs::remove_dir_all(sandbox.repo().join("dir")).unwrap();
    sandbox.write("dir", "a file now");
    assert_eq!(agree(&sandbox.repo()).len(), 5);
    sandbox.git(&["add", "-A"]);
    agree(&sandbox.repo());
}

#[test]
fn links_are_compared_as_links() {
    let sandbox = Sandbox::with_files();
    symlink("a.txt", sandbox.repo().join("link")).unwrap();
    symlink("dir", sandbox.repo().join("folder-link")).unwrap();
    symlink("nowhere", sandbox.repo().join("broken")).unwrap();
    sandbox.commit("links");
    assert_eq!(agree(&sandbox.repo()), []);
    std::fs::remove_file(sandbox.repo().join("link")).unwrap();
    symlink("b.txt", sandbox.repo().join("link")).unwrap();
    std::fs::remove_file(sandbox.repo().join("broken")).unwrap();
    sandbox.write("broken", "nowhere");
    symlink("/etc", sandbox.repo().join("untracked-link")).unwrap();
    std::fs::remove_dir_all(sandbox.repo().join("other")).unwrap();
    symlink("dir", sandbox.repo().join("other")).unwrap();
    sandbox.write("dir/e.txt", "seen through the link\n");
    agree(&sandbox.repo());
}

#[test]
fn names_with_newlines_blanks_quotes_and_bytes_that_are_not_utf8_are_kept() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::with_files();
    let names: [&[u8]; 7] = [b"new\nline", b" blank ", b"\"quoted\"", b"caf\xc3\xa9", b"\xff\xfe", b"tab\t", b"-dash"];
    for name in names {
        crate::sandbox::write(&sandbox.repo().join(OsStr::from_bytes(name)), b"1");
        crate::sandbox::write(&sandbox.repo().join("in").join(OsStr::from_bytes(name)).join("x"), b"1");
    }
    assert_eq!(agree(&sandbox.repo()).len(), 14);
    sandbox.commit("odd names");
    assert_eq!(agree(&sandbox.repo()), []);
    for name in names {
        crate::sandbox::write(&sandbox.repo().join(OsStr::from_bytes(name)), b"22");
    }
    assert_eq!(agree(&sandbox.repo()).len(), 7);
}

#[test]
fn names_that_sort_around_a_folder_are_not_mixed_up() {
    let sandbox = Sandbox::init();
    for name in ["a", "a-b", "a.b", "a0", "ab/c", "ab-c", "ab.c", "ab0", "ab/c-d/e", "ab/c.d"] {
        sandbox.write(name, name);
    }
    sandbox.commit("first");
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.write("ab/new", "x");
    sandbox.write("ab-c", "changed");
    sandbox.write("ab/c-d/e", "changed");
    sandbox.git(&["rm", "-q", "ab.c"]);
    assert_eq!(agree(&sandbox.repo()).len(), 4);
}

#[test]
fn pipes_and_sockets_are_not_files() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let sandbox = Sandbox::with_files();
    mknodat(CWD, sandbox.repo().join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    mknodat(CWD, sandbox.repo().join("a.txt"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    assert_eq!(agree(&sandbox.repo()).len(), 1);
}
