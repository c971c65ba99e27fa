//! What a scan reads, compared with what the real git says: the library's way and the program's must tell the same.

use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use wfo_base::codes;
use wfo_git::{Content, Range, Reader, Repository, Surroundings, Versions, Why, brought, checkout, staged};

use crate::sandbox::{Sandbox, open, write};

type Lines = Option<Vec<RangeInclusive<u64>>>;

/// Path, text and new lines of each version, in order.
fn read(repository: &Repository, versions: &Versions) -> Vec<(String, String, Lines)> {
    let mut reader = Reader::new(repository, 1_000);
    let one = |version: &wfo_git::Version| {
        let path = version.path.escape_ascii().to_string();
        match reader.read(version) {
            Content::Text(bytes, lines) => (path, String::from_utf8_lossy(&bytes).into_owned(), lines),
            other => (path, format!("{other:?}"), None),
        }
    };
    versions.list.iter().map(one).collect()
}

fn row(path: &str, text: &str, lines: Lines) -> (String, String, Lines) {
    (path.to_owned(), text.to_owned(), lines)
}

/// Makes the library give up, so that the program is asked: it cannot read a sparse index.
fn sparse(sandbox: &Sandbox) {
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
}

#[test]
fn staged_is_what_the_index_has_and_head_has_not() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "first\ncontent of a.txt\nlast\n");
    sandbox.write("new\nname.txt", "x\n");
    sandbox.git(&["add", "-A"]);
    sandbox.write("a.txt", "something else\n");
    sandbox.git(&["mv", "b.txt", "dir/moved.txt"]);
    sandbox.git(&["update-index", "--chmod=+x", "dir/c.txt"]);
    std::os::unix::fs::symlink("/etc/passwd", sandbox.repo().join("link")).unwrap();
    sandbox.git(&["add", "link"]);
    let repository = sandbox.open();
    let found = staged(&repository).unwrap();
    let expected = [
        row("a.txt", "first\ncontent of a.txt\nlast\n", Some(vec![1..=1, 3..=3])),
        row("dir/c.txt", "", Some(vec![])),
        row("dir/moved.txt", "", Some(vec![])),
        row("new\\nname.txt", "x\n", None),
    ];
    assert_eq!(read(&repository, &found), expected);
    assert!(found.left_out.is_empty() && found.cut.is_empty() && found.notes.is_empty(), "{found:?}");
}

#[test]
fn the_program_tells_the_same_as_the_library() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "more\ncontent of a.txt\n");
    sandbox.write("dir/new.txt", "new\n");
    sandbox.git(&["add", "-A"]);
    let repository = sandbox.open();
    let by_library = [staged(&repository).unwrap(), checkout(&repository).unwrap()];
    let texts: Vec<_> = by_library.iter().map(|versions| read(&repository, versions)).collect();
    sparse(&sandbox);
    let repository = sandbox.open();
    let by_program = [staged(&repository).unwrap(), checkout(&repository).unwrap()];
    assert_eq!(by_program[0], by_library[0]);
    let paths = |versions: &Versions| versions.list.iter().map(|version| version.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&by_program[1]), paths(&by_library[1]));
    assert_eq!(read(&repository, &by_program[0]), texts[0]);
}

#[test]
fn an_unborn_branch_has_everything_new_and_a_bare_repository_no_index() {
    let sandbox = Sandbox::init();
    sandbox.write("a.txt", "one\n");
    assert!(staged(&sandbox.open()).unwrap().list.is_empty());
    sandbox.git(&["add", "-A"]);
    let repository = sandbox.open();
    assert_eq!(read(&repository, &staged(&repository).unwrap()), [row("a.txt", "one\n", None)]);
    assert_eq!(brought(&repository, &Range { last: 5, unpushed: true, most: 5 }).unwrap(), Versions::default());
    let bare = Sandbox::init_with(&["--bare"]);
    for result in [staged(&bare.open()), checkout(&bare.open())] {
        assert_eq!(result.unwrap_err().code, codes::GIT_NO_WORK_TREE);
    }
}

#[test]
fn the_index_that_the_environment_names_counts() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "in the other index\n");
    let other = sandbox.path("other-index");
    std::fs::copy(sandbox.repo().join(".git/index"), &other).unwrap();
    sandbox.git(&["add", "a.txt"]);
    std::fs::copy(sandbox.repo().join(".git/index"), &other).unwrap();
    sandbox.git(&["reset", "-q"]);
    let around = |index: Option<PathBuf>| {
        let surroundings = Surroundings { index, ..Surroundings::default() };
        Repository::around(&sandbox.repo(), &surroundings).unwrap().unwrap()
    };
    assert!(staged(&around(None)).unwrap().list.is_empty());
    assert_eq!(staged(&around(Some(other))).unwrap().list.len(), 1);
    // Relative to the top of the work tree; one that is not there is empty.
    assert_eq!(staged(&around(Some("../other-index".into()))).unwrap().list.len(), 1);
    assert!(staged(&around(Some("nowhere".into()))).unwrap().list.is_empty());
}

#[test]
fn a_git_folder_that_the_environment_names_is_opened_with_its_work_tree() {
    let sandbox = Sandbox::empty();
    sandbox.git_in(&sandbox.path(""), &["init", "-q", "--bare", "dots.git"]);
    write(&sandbox.path("tree/in.txt"), b"one\n");
    let surroundings = |git_dir: &str, work_tree: Option<&str>| Surroundings {
        git_dir: Some(git_dir.into()),
        work_tree: work_tree.map(Into::into),
        index: None,
    };
    let opened = |start: &str, what: &Surroundings| Repository::around(&sandbox.path(start), what).unwrap().unwrap();
    let with_tree = opened("tree", &surroundings("../dots.git", Some(".")));
    assert_eq!((with_tree.root(), with_tree.is_bare()), (sandbox.path("tree").as_path(), false));
    assert_eq!(checkout(&with_tree).unwrap().list.len(), 1);
    assert!(opened("tree", &surroundings("../dots.git", None)).is_bare());
    assert!(Repository::around(&sandbox.path("tree"), &surroundings("nowhere", None)).is_err());
    assert!(Repository::around(&sandbox.path("tree"), &Surroundings::default()).unwrap().is_none());
}

#[test]
fn the_checkout_is_what_git_tracks_and_what_nothing_ignores() {
    let sandbox = Sandbox::with_files();
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write("x.log", "ignored");
    sandbox.write("tracked.log", "tracked all the same");
    sandbox.git(&["add", "-f", "tracked.log"]);
    sandbox.write("fresh/f.txt", "fresh");
    sandbox.git(&["init", "-q", "nested"]);
    sandbox.write("nested/n.txt", "n");
    sandbox.git_in(&sandbox.repo().join("nested"), &["add", "-A"]);
    sandbox.git_in(&sandbox.repo().join("nested"), &["commit", "-qm", "n"]);
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    let found = checkout(&sandbox.open()).unwrap();
    let mine: Vec<String> = found.list.iter().map(|version| version.path.escape_ascii().to_string()).collect();
    let gits = sandbox.git(&["ls-files", "--cached", "--others", "--exclude-standard"]);
    let mut gits: Vec<&str> = gits.lines().filter(|path| !path.ends_with('/')).collect();
    gits.sort_unstable();
    assert_eq!(mine, gits);
    let tracked: Vec<bool> = ["fresh/f.txt", "tracked.log"]
        .map(|path| found.list.iter().any(|version| version.path == path.as_bytes() && version.tracked))
        .into();
    assert_eq!(tracked, [false, true]);
    assert_eq!((found.left_out.len(), found.left_out[0].why), (1, Why::Repository));
}

#[test]
fn no_link_is_followed_and_no_pipe_waited_for() {
    let sandbox = Sandbox::with_files();
    write(&sandbox.path("outside/c.txt"), b"outside\n");
    std::fs::remove_dir_all(sandbox.repo().join("dir")).unwrap();
    std::os::unix::fs::symlink("../outside", sandbox.repo().join("dir")).unwrap();
    std::fs::remove_file(sandbox.repo().join("a.txt")).unwrap();
    std::os::unix::fs::symlink("../outside/c.txt", sandbox.repo().join("a.txt")).unwrap();
    let repository = sandbox.open();
    let found = checkout(&repository).unwrap();
    let read = read(&repository, &found);
    assert!(read.iter().all(|(_, text, _)| !text.contains("outside")), "{read:?}");
    let name = sandbox.repo().join("b.txt");
    std::fs::remove_file(&name).unwrap();
    let pipe = wfo_base::process::Run::new("mkfifo").arg(std::ffi::OsStr::from_bytes(name.as_os_str().as_bytes())).run();
    assert!(pipe.unwrap().is_ok());
    let version = found.list.iter().find(|version| version.path == b"b.txt").unwrap();
    let mut reader = Reader::new(&repository, 1_000);
    assert_eq!(reader.read(version), Content::NotRegular);
    sandbox.write("large.txt", &"x".repeat(1_001));
    let large = checkout(&repository).unwrap();
    let version = large.list.iter().find(|version| version.path == b"large.txt").unwrap();
    assert_eq!(reader.read(version), Content::TooLarge(1_001));
    assert_eq!(reader.meta(b"large.txt").map(|meta| meta.bytes), Some(1_001));
}

#[test]
fn commits_bring_their_new_lines_and_merges_only_their_own() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["checkout", "-qb", "side"]);
    sandbox.write("side.txt", "side\n");
    sandbox.commit("side");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("a.txt", "content of a.txt\nmain\n");
    sandbox.commit("main");
    sandbox.git(&["merge", "-q", "--no-commit", "side"]);
    sandbox.write("side.txt", "side\nevil\n");
    let merge = sandbox.commit("merge");
    let repository = sandbox.open();
    let last = |last| brought(&repository, &Range { last, unpushed: false, most: 10 }).unwrap();
    let found = last(1);
    assert_eq!(read(&repository, &found), [row("side.txt", "side\nevil\n", Some(vec![2..=2]))]);
    assert_eq!((found.list[0].commit.as_deref(), found.commits), (Some(merge.as_str()), 1));
    let found = last(3);
    let mut read = read(&repository, &found);
    read.sort();
    let expected = [
        row("a.txt", "content of a.txt\nmain\n", Some(vec![2..=2])),
        row("side.txt", "side\n", None),
        row("side.txt", "side\nevil\n", Some(vec![2..=2])),
    ];
    assert_eq!(read, expected);
    assert_eq!(last(100).commits, 4);
    assert_eq!(last(100).list.len(), 8, "each file of the first commit, too");
}

#[test]
fn unpushed_commits_are_those_that_no_remote_has_and_the_bound_is_said() {
    let sandbox = Sandbox::with_files();
    let unpushed = |most| brought(&sandbox.open(), &Range { last: 0, unpushed: true, most }).unwrap();
    assert_eq!((unpushed(10).commits, unpushed(10).cut.len()), (1, 0), "without a remote every commit");
    sandbox.git(&["clone", "-q", "--bare", ".", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox.git(&["fetch", "-q", "origin"]);
    assert_eq!(unpushed(10), Versions::default());
    for text in ["one\n", "two\n", "three\n"] {
        sandbox.write("a.txt", text);
        sandbox.commit(text);
    }
    assert_eq!((unpushed(10).commits, unpushed(10).list.len(), unpushed(10).cut.len()), (3, 3, 0));
    let cut = unpushed(2);
    assert_eq!((cut.commits, cut.cut.len()), (2, 1));
    let both = brought(&sandbox.open(), &Range { last: 4, unpushed: true, most: 10 }).unwrap();
    assert_eq!(both.commits, 4, "each commit once");
    assert_eq!(both.messages.len(), 4);
}

#[test]
fn the_border_of_a_shallow_clone_brought_all_it_has() {
    let sandbox = Sandbox::with_files();
    sandbox.write("a.txt", "second\n");
    sandbox.commit("second");
    let from = format!("file://{}", sandbox.repo().display());
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--depth=1", &from, "shallow"]);
    let found = brought(&open(&sandbox.path("shallow")), &Range { last: 5, unpushed: false, most: 5 }).unwrap();
    assert_eq!((found.commits, found.list.len(), found.cut.len()), (1, 5, 0), "{:?}", found.cut);
}
