//! Ignored files for a new worktree, found in real repositories with hostile names, links and devices in them.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use wfo_base::codes;
use wfo_git::{Repository, Wanted, carried};

use crate::sandbox::{Sandbox, open, write};

fn look(repository: &Repository, patterns: &[&str]) -> (Vec<String>, Vec<String>) {
    let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    let found = carried(repository, &Wanted { patterns: &patterns }).unwrap();
    assert!(found.notes.iter().all(|note| !note.problem.message.chars().any(char::is_control)));
    let paths = found.value.iter().map(|path| path.as_os_str().as_bytes().escape_ascii().to_string()).collect();
    (paths, found.notes.into_iter().map(|note| note.problem.message).collect())
}

fn ignoring(patterns: &str, files: &[&str]) -> Sandbox {
    let sandbox = Sandbox::init();
    sandbox.write(".gitignore", patterns);
    sandbox.write("src/main.rs", "code");
    sandbox.commit("first");
    for file in files {
        sandbox.write(file, "text");
    }
    sandbox
}

#[test]
fn env_files_at_any_depth_come_along_but_not_out_of_ignored_folders() {
    let files = [".env", "src/.env.local", "only/ignored/.env", "node_modules/x/.env", ".envrc", "other", ".env.d/x"];
    let sandbox = ignoring(".env*\nnode_modules/\nother\n", &files);
    let (paths, notes) = look(&sandbox.open(), &[]);
    assert_eq!(paths, [".env", ".envrc", "only/ignored/.env", "src/.env.local"]);
    assert!(notes.is_empty(), "{notes:?}");
    // From a linked worktree the main checkout's are found all the same.
    sandbox.git(&["worktree", "add", "-q", "../tree"]);
    assert_eq!(look(&open(&sandbox.path("tree")), &[]).0, paths);
}

#[test]
fn only_what_git_ignores_comes_along() {
    let sandbox = ignoring("*.local\n", &["a.local", ".env", "b.txt"]);
    sandbox.write("tracked.local", "t");
    sandbox.git(&["add", "-f", "tracked.local"]);
    sandbox.git(&["commit", "-qm", "tracked"]);
    let (paths, notes) = look(&sandbox.open(), &["*.local", "tracked*"]);
    assert_eq!(paths, ["a.local"]);
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("`.env` is not ignored"), "{notes:?}");
}

#[test]
fn the_include_file_is_read_and_its_negations_count() {
    let files =
        ["config/dev.json", "config/secret.json", "cache/big", ".env", ".env.production", "data/a/x", "data/b/x"];
    let sandbox = ignoring("config/\ncache/\ndata/\n.env*\n", &files);
    sandbox.write(".worktreeinclude", "# wanted\nconfig/\n!config/secret.json\n!.env.production\ndata/a\n");
    let (paths, _) = look(&sandbox.open(), &[]);
    assert_eq!(paths, [".env", "config/dev.json", "data/a/x"]);
    let (paths, _) = look(&sandbox.open(), &["!config/", "!config/**", "cache/"]);
    assert_eq!(paths, [".env", "cache/big", "data/a/x"]);
}

#[test]
fn a_wanted_folder_comes_as_one_and_a_path_leads_into_ignored_folders() {
    let files = [
        "vendor/a",
        "vendor/deep/b",
        "node_modules/.cache/x",
        "node_modules/y/z.pem",
        "apps/web/secrets/k.pem",
        "apps/web/secrets/other",
        "apps/web/node_modules/k.pem",
    ];
    let sandbox = ignoring("vendor/\nnode_modules/\nsecrets/\n", &files);
    let (paths, notes) = look(&sandbox.open(), &["vendor", "node_modules/.cache/", "apps/*/secrets/*.pem", "z.pem"]);
    assert_eq!(paths, ["apps/web/secrets/k.pem", "node_modules/.cache", "vendor"]);
    assert!(notes.is_empty(), "{notes:?}");
    assert!(look(&sandbox.open(), &["**/z.pem"]).0.is_empty());
    assert_eq!(look(&sandbox.open(), &["apps/web/"]).0, ["apps/web/node_modules", "apps/web/secrets"]);
}

#[test]
fn links_that_leave_and_what_is_no_file_stay_behind() {
    let sandbox = ignoring("private/\n.env*\n", &["private/file", "src/target"]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, sandbox.repo().join(name)).unwrap();
    };
    write(&sandbox.path("secret"), b"s");
    let inside = sandbox.repo().join("src/target").display().to_string();
    link("../secret", ".env.out");
    link(&inside, ".env.absolute");
    link("src/../../repo/src/target", ".env.around");
    link(".git/config", ".env.git");
    link("nothing", ".env.dangling");
    link(".env.loop", ".env.loop");
    link("src/target", ".env.fine");
    link("../..", "private/up");
    link("file", "private/fine");
    for name in ["private/pipe", ".env.pipe"] {
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, sandbox.repo().join(name), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    }
    let (paths, notes) = look(&sandbox.open(), &["private/*"]);
    assert_eq!(paths, [".env.fine", "private/file", "private/fine"]);
    for name in ["out", "absolute", "around", "git", "dangling", "loop"] {
        assert!(notes.iter().any(|note| note.starts_with(&format!("`.env.{name}`"))), "{name}: {notes:?}");
    }
    assert!(notes.iter().any(|note| note.starts_with("`private/up`")), "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("`private/pipe` is neither")), "{notes:?}");
}

#[test]
fn hostile_names_are_listed_as_they_are_and_shown_harmlessly() {
    let sandbox = ignoring("*.local\n", &["-rf.local", "new\nline.local", "日本.local", "esc\u{1b}[31m.local"]);
    let odd: PathBuf = sandbox.repo().join(std::ffi::OsStr::from_bytes(b"\xff.local"));
    write(&odd, b"x");
    sandbox.write("esc\u{1b}[31m.env/.env", "not ignored");
    let (paths, notes) = look(&sandbox.open(), &["*.local"]);
    let expected =
        ["-rf.local", "esc\\x1b[31m.local", "new\\nline.local", "\\xe6\\x97\\xa5\\xe6\\x9c\\xac.local", "\\xff.local"];
    assert_eq!(paths, expected);
    assert_eq!(notes.len(), 1);
}

#[test]
fn repositories_and_worktrees_inside_ignored_folders_stay_where_they_are() {
    let sandbox = ignoring(".claude/\nnested/\n", &[".claude/settings.local.json"]);
    sandbox.git(&["init", "-q", "nested"]);
    sandbox.write("nested/file", "f");
    sandbox.git(&["worktree", "add", "-q", ".claude/worktrees/one"]);
    let (paths, notes) = look(&sandbox.open(), &[".claude/", "nested"]);
    assert_eq!(paths, [".claude/settings.local.json"]);
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn an_include_file_that_is_none_is_told_of_and_the_rest_is_found() {
    for kind in ["fifo", "outside", "huge", "folder"] {
        let sandbox = ignoring(".env\n", &[".env"]);
        let path = sandbox.repo().join(".worktreeinclude");
        match kind {
            "fifo" => {
                let mode = rustix::fs::Mode::RUSR;
                rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            }
            "outside" => std::os::unix::fs::symlink("/etc/passwd", &path).unwrap(),
            "huge" => write(&path, &vec![b'x'; 2 << 20]),
            _ => std::fs::create_dir(&path).unwrap(),
        }
        let (paths, notes) = look(&sandbox.open(), &[]);
        assert_eq!((paths, notes.len()), (vec![".env".to_owned()], 1), "{kind}: {notes:?}");
    }
    let sandbox = ignoring("*.x\n.env\n", &["a.x", ".env"]);
    sandbox.write(".worktreeinclude", &("nothing\n".repeat(2_000) + "*.x\n"));
    let (paths, notes) = look(&sandbox.open(), &[]);
    assert_eq!((paths, notes.len()), (vec![".env".to_owned()], 1), "{notes:?}");
}

#[test]
fn a_folder_without_end_is_left_and_said() {
    let sandbox = ignoring("many/\n.env\n", &[".env", "many/x"]);
    for number in 0..100_100 {
        std::os::unix::fs::symlink("x", sandbox.repo().join(format!("many/{number}"))).unwrap();
    }
    let found = carried(&sandbox.open(), &Wanted { patterns: &["many/none*".to_owned()] }).unwrap();
    assert_eq!(found.value, [PathBuf::from(".env")]);
    assert_eq!(found.notes.len(), 1);
    assert_eq!(found.notes[0].problem.code, codes::WORKTREE_NOT_CARRIED);
}

#[test]
fn a_bare_or_empty_repository_has_nothing_to_carry() {
    let sandbox = Sandbox::init_with(&["--bare"]);
    assert!(look(&sandbox.open(), &["*"]).0.is_empty());
    let sandbox = Sandbox::init();
    sandbox.write(".git/info/exclude", ".env\n");
    sandbox.write(".env", "x");
    assert_eq!(look(&sandbox.open(), &[]).0, [".env"]);
}
