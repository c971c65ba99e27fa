//! The digest of a checkout's content and its changed lines, in every shape of repository, held against what git makes of them.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wfo_git::Exempt;

use crate::sandbox::{Sandbox, open, write};

/// The tree that git would commit of everything that is not ignored; the index is afterwards as it was.
fn tree(sandbox: &Sandbox, folder: &Path) -> String {
    let index = folder.join(sandbox.git_in(folder, &["rev-parse", "--git-path", "index"]));
    let before = std::fs::read(&index).ok();
    sandbox.git_in(folder, &["-c", "advice.addEmbeddedRepo=false", "add", "-A"]);
    let tree = sandbox.git_in(folder, &["write-tree"]);
    match before {
        Some(bytes) => wfo_base::atomic::write(&index, &bytes).unwrap(),
        None => std::fs::remove_file(&index).unwrap(),
    }
    tree.lines().last().unwrap().to_owned()
}

/// States of a checkout: what git makes of each, and its digest.
struct States<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
    seen: Vec<(String, String, String)>,
}

impl<'a> States<'a> {
    fn of(sandbox: &'a Sandbox, folder: PathBuf) -> Self {
        Self { sandbox, folder, seen: Vec::new() }
    }

    /// Looks at the state that is there now.
    fn look(&mut self, name: &str) {
        let tree = tree(self.sandbox, &self.folder);
        let found = wfo_git::fingerprint(&open(&self.folder), Exempt::NOTHING)
            .unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let differs = !self.sandbox.git_in(&self.folder, &["diff", "--name-only"]).is_empty();
        assert_eq!(found.index.is_some(), differs, "{name}: the index holds something else");
        self.seen.push((name.to_owned(), tree, found.work));
    }

    /// Holds every pair of states against each other.
    fn compare(&self) {
        for (at, (one, tree, work)) in self.seen.iter().enumerate() {
            for (other, other_tree, other_work) in self.seen.iter().skip(at + 1) {
                assert_eq!(tree == other_tree, work == other_work, "{one} against {other}");
            }
        }
        let trees: std::collections::BTreeSet<&String> = self.seen.iter().map(|(_, tree, _)| tree).collect();
        assert!(trees.len() > 4 && trees.len() < self.seen.len(), "states that are alike and states that are not");
    }

    fn git(&self, arguments: &[&str]) {
        self.sandbox.git_in(&self.folder, arguments);
    }

    fn write(&self, name: &str, text: &str) {
        write(&self.folder.join(name), text.as_bytes());
    }
}

/// Walks through changes of every kind; there and back again.
fn walk(sandbox: &Sandbox, folder: PathBuf) {
    let mut states = States::of(sandbox, folder.clone());
    states.look("as it was");
    states.write("dir/new", "one\n");
    states.look("an untracked file");
    states.git(&["add", "-A"]);
    states.look("the same, added");
    states.git(&["commit", "-q", "-m", "next"]);
    states.look("the same, committed");
    states.write("dir/new", "two\n");
    states.look("changed");
    states.git(&["add", "-A"]);
    states.write("dir/new", "one\n");
    states.look("changed back, with the change in the index");
    states.git(&["add", "-A"]);
    states.look("added again");
    std::fs::rename(folder.join("dir/new"), folder.join("dir/renamed")).unwrap();
    states.look("renamed");
    states.git(&["add", "-A"]);
    states.look("renamed, added");
    std::fs::set_permissions(folder.join("dir/renamed"), PermissionsExt::from_mode(0o755)).unwrap();
    states.look("may be run");
    std::fs::remove_file(folder.join("dir/renamed")).unwrap();
    states.look("gone");
    std::os::unix::fs::symlink("new", folder.join("dir/renamed")).unwrap();
    states.look("a link");
    std::fs::remove_file(folder.join("dir/renamed")).unwrap();
    states.write("dir/new", "one\n");
    states.git(&["reset", "-q", "--hard"]);
    states.look("as it was committed");
    states.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    states.look("another commit of the same");
    states.compare();
}

#[test]
fn the_digest_is_the_same_exactly_where_git_would_commit_the_same() {
    for more in [&[][..], &["--ref-format=reftable"], &["--object-format=sha256"]] {
        let sandbox = Sandbox::init_with(more);
        sandbox.write(".gitignore", "*.log\n");
        sandbox.write("dir/a", "a\n");
        sandbox.write("x.log", "ignored\n");
        sandbox.commit("first");
        walk(&sandbox, sandbox.repo());
    }
}

#[test]
fn it_is_so_before_the_first_commit_and_in_a_linked_worktree() {
    let sandbox = Sandbox::init();
    sandbox.write("dir/a", "a\n");
    walk(&sandbox, sandbox.repo());
    let side = sandbox.path("side");
    sandbox.git(&["worktree", "add", "-q", side.to_str().unwrap(), "-b", "side"]);
    sandbox.git_in(&side, &["rm", "-q", "dir/new"]);
    sandbox.git_in(&side, &["commit", "-q", "-m", "without it"]);
    walk(&sandbox, side);
}

#[test]
fn it_is_so_with_a_sparse_index_and_line_ends_that_git_converts() {
    let sandbox = Sandbox::init();
    for name in ["dir/a", "far/b", "far/deep/c"] {
        sandbox.write(name, name);
    }
    sandbox.commit("first");
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
    assert!(!sandbox.repo().join("far").exists());
    walk(&sandbox, sandbox.repo());

    for setting in ["input", "true"] {
        let sandbox = Sandbox::init();
        sandbox.git(&["config", "core.autocrlf", setting]);
        sandbox.write(".gitattributes", "*.bin -text\n");
        sandbox.write("a", "one\ntwo\n");
        sandbox.write("b.bin", "one\r\n");
        sandbox.commit("first");
        let mut states = States::of(&sandbox, sandbox.repo());
        for (name, a, b) in [
            ("first", "one\ntwo\n", "one\r\n"),
            ("other ends", "one\r\ntwo\r\n", "one\r\n"),
            ("other ends of a binary", "one\ntwo\n", "one\n"),
            ("both", "one\r\ntwo\r\n", "one\n"),
            ("other words", "one\r\nthree\r\n", "one\r\n"),
            ("other words, other ends", "one\nthree\n", "one\r\n"),
            ("one line less", "one\r\n", "one\r\n"),
            ("binary words", "one\n", "x\r\n"),
        ] {
            states.write("a", a);
            states.write("b.bin", b);
            let found = wfo_git::fingerprint(&open(&states.folder), Exempt::NOTHING).unwrap();
            states.seen.push((format!("{setting}: {name}"), tree(&sandbox, &states.folder), found.work));
        }
        states.compare();
    }
}

#[test]
fn repositories_inside_count_with_their_commit_and_with_what_is_changed_in_them() {
    let sandbox = Sandbox::with_files();
    sandbox.git_in(&sandbox.path(""), &["init", "-q", "-b", "main", "library"]);
    let library = sandbox.path("library");
    write(&library.join("file"), b"x");
    sandbox.git_in(&library, &["add", "-A"]);
    sandbox.git_in(&library, &["commit", "-q", "-m", "library"]);
    let from = library.to_str().unwrap().to_owned();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "sub"]);
    sandbox.commit("with a submodule");
    sandbox.git_in(&sandbox.repo(), &["clone", "-q", &from, "nested"]);
    for place in ["sub", "nested"] {
        let inner = sandbox.repo().join(place);
        let work = || wfo_git::fingerprint(&sandbox.open(), Exempt::NOTHING).unwrap().work;
        let first = work();
        write(&inner.join("file"), b"changed");
        let changed = work();
        write(&inner.join("new"), b"untracked");
        let more = work();
        sandbox.git_in(&inner, &["add", "-A"]);
        sandbox.git_in(&inner, &["commit", "-q", "-m", "inside"]);
        let committed = work();
        let all = [&first, &changed, &more, &committed];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), 4, "{place}");
        sandbox.git_in(&inner, &["reset", "-q", "--hard", "HEAD~1"]);
        assert_eq!(work(), first, "{place}: and back again");
    }
}

/// What git says of each changed file: how many lines are new.
fn counted(sandbox: &Sandbox, folder: &Path, base: &str) -> BTreeMap<String, u64> {
    let listed = sandbox.git_in(
        folder,
        &[
            "-c",
            "core.quotePath=false",
            "diff",
            "--no-renames",
            "--numstat",
            "--ignore-submodules=all",
            "--diff-filter=d",
            base,
            "--",
        ],
    );
    let row = |line: &str| {
        let mut parts = line.split('\t');
        let added = parts.next()?.parse().ok()?;
        Some((parts.nth(1)?.to_owned(), added))
    };
    listed.lines().filter_map(row).collect()
}

/// Holds the changed lines of a checkout against git's numbers; untracked files are changed whole.
fn same_lines(sandbox: &Sandbox, folder: &Path, base: &str, named: &str) {
    let found = wfo_git::changed_lines(&open(folder)).unwrap();
    assert_eq!(found.base, named);
    let untracked = sandbox.git_in(folder, &["-c", "core.quotePath=false", "ls-files", "-o", "--exclude-standard"]);
    let (whole, parts): (Vec<_>, Vec<_>) = found.files.into_iter().partition(|(_, lines)| *lines == [(1, u32::MAX)]);
    let mut names: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, untracked.lines().filter(|line| !line.ends_with('/')).collect::<Vec<_>>(), "{named}");
    let sum = |lines: &[(u32, u32)]| lines.iter().map(|(first, last)| u64::from(last - first) + 1).sum::<u64>();
    let parts: BTreeMap<String, u64> = parts.into_iter().map(|(name, lines)| (name, sum(&lines))).collect();
    assert_eq!(parts, counted(sandbox, folder, base), "{named}");
}

#[test]
fn changed_lines_are_those_that_git_counts() {
    for more in [&[][..], &["--ref-format=reftable"]] {
        let sandbox = Sandbox::init_with(more);
        let text: String = (1..=40).map(|line| format!("line {line}\n")).collect();
        for name in ["a.txt", "two words.txt", "über.txt", "moved.txt", "gone.txt", "crlf.txt"] {
            sandbox.write(name, &text);
        }
        sandbox.write(".gitattributes", "crlf.txt text eol=crlf\n");
        sandbox.commit("first");
        let base = sandbox.git(&["rev-parse", "HEAD"]);
        let change = |folder: &Path| {
            let put = |name: &str, text: &str| write(&folder.join(name), text.as_bytes());
            put("a.txt", &text.replace("line 3\n", "new 3\nand more\n").replace("line 20\nline 21\n", ""));
            put("two words.txt", &text.replace("line 40\n", "the last without an end"));
            put("über.txt", &format!("++ b/evil\n{text}"));
            put("crlf.txt", &text.replace('\n', "\r\n").replace("line 7\r", "seven\r"));
            std::fs::rename(folder.join("moved.txt"), folder.join("after.txt")).unwrap();
            std::fs::remove_file(folder.join("gone.txt")).unwrap();
            put("fresh.txt", "1\n2\n");
        };
        change(&sandbox.repo());
        same_lines(&sandbox, &sandbox.repo(), &base, "HEAD");
        sandbox.git(&["add", "-A"]);
        same_lines(&sandbox, &sandbox.repo(), &base, "HEAD");
        // A branch is compared with where it left the default branch, in its own worktree too.
        sandbox.git(&["reset", "-q", "--hard"]);
        let side = sandbox.path("side");
        sandbox.git(&["worktree", "add", "-q", side.to_str().unwrap(), "-b", "side"]);
        change(&side);
        sandbox.git_in(&side, &["add", "-A"]);
        sandbox.git_in(&side, &["commit", "-q", "-m", "on the side"]);
        write(&side.join("a.txt"), format!("0\n{text}").as_bytes());
        sandbox.write("meanwhile", "x\n");
        sandbox.commit("meanwhile");
        same_lines(&sandbox, &side, &base, "main");
    }
    let empty = Sandbox::init();
    empty.write("a", "x\n");
    let problem = wfo_git::changed_lines(&empty.open()).unwrap_err();
    assert_eq!(problem.code, wfo_base::codes::GIT_NO_COMMITS);
}

#[test]
fn changed_lines_of_a_sparse_checkout_with_a_submodule_leave_out_what_is_not_there() {
    let sandbox = Sandbox::init();
    for name in ["dir/a", "far/b"] {
        sandbox.write(name, "one\ntwo\n");
    }
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "repo", "library"]);
    let library = sandbox.path("library");
    write(&library.join("file"), b"x\n");
    sandbox.git_in(&library, &["add", "-A"]);
    sandbox.git_in(&library, &["commit", "-q", "-m", "library"]);
    let from = library.to_str().unwrap().to_owned();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "sub"]);
    let base = sandbox.commit("first");
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
    sandbox.write("dir/a", "one\n2\n3\n");
    write(&sandbox.repo().join("sub/file"), b"changed\n");
    same_lines(&sandbox, &sandbox.repo(), &base, "HEAD");
    let found = wfo_git::changed_lines(&sandbox.open()).unwrap();
    assert_eq!(found.files, vec![("dir/a".to_owned(), vec![(2, 3)])]);
}

#[test]
fn a_file_that_git_was_told_not_to_look_at_is_looked_at() {
    for flag in ["skip-worktree", "assume-unchanged"] {
        let sandbox = Sandbox::with_files();
        let file = sandbox.repo().join("watched.txt");
        write(&file, b"one");
        sandbox.commit("a file");
        let work = || wfo_git::fingerprint(&sandbox.open(), Exempt::NOTHING).unwrap().work;
        let plain = work();
        sandbox.git(&["update-index", &format!("--{flag}"), "watched.txt"]);
        assert_eq!(work(), plain, "{flag}: the flag alone changes nothing");
        write(&file, b"two");
        assert_ne!(work(), plain, "{flag}: another content");
        write(&file, b"one");
        assert_eq!(work(), plain, "{flag}");
        std::fs::remove_file(&file).unwrap();
        work();
    }
}
