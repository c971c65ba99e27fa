//! Repositories and environments that mean harm: nothing of theirs is run, and they mislead nobody.

use std::path::Path;

use wfo_base::process::Run;
use wfo_git::{Options, Way};

use crate::oracle::{agree, agree_by};
use crate::sandbox::{Sandbox, open, write};

/// Runs one test of this file again, in a process with other variables; true inside that process.
fn again(test: &str, variables: &[(&str, &str)]) -> bool {
    if std::env::var_os("WFO_TEST_AGAIN").is_some() {
        return true;
    }
    let mut run = Run::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("hostile::{test}"), "--nocapture"])
        .env("WFO_TEST_AGAIN", Some("1"))
        .limit(std::time::Duration::from_secs(120));
    for (name, value) in variables {
        run = run.env(name, Some(value));
    }
    let ran = run.run().unwrap();
    let shown = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.is_ok() && shown.contains("1 passed"), "{shown}");
    false
}

fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    write(path, format!("#!/bin/sh\n{text}\n").as_bytes());
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn age(path: &Path) {
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
}

/// Puts every trap that a repository's configuration can hold, all leading to one tripwire.
fn trap(sandbox: &Sandbox) -> std::path::PathBuf {
    let tripwire = sandbox.path("tripwire");
    let evil = sandbox.path("evil");
    script(&evil, &format!("echo \"$0 $@\" >> '{}'; cat", tripwire.display()));
    let evil_text = evil.display().to_string();
    for hook in ["post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout", "reference-transaction"] {
        script(&sandbox.repo().join(".git/hooks").join(hook), &format!("touch '{}'", tripwire.display()));
    }
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.sshCommand",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "pager.status",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "merge.evil.driver",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "filter.odd name.clean",
        "gpg.program",
        "gpg.ssh.program",
        "credential.helper",
        "uploadpack.packObjectsHook",
        "sequence.editor",
    ] {
        sandbox.git(&["config", key, &evil_text]);
    }
    sandbox.git(&["config", "alias.status", &format!("!{evil_text}")]);
    sandbox.git(&["config", "log.showSignature", "true"]);
    sandbox.git(&["config", "filter.evil.required", "true"]);
    sandbox.git(&["config", "remote.origin.url", &format!("ext::{evil_text} %S")]);
    sandbox.git(&["config", "remote.origin.promisor", "true"]);
    sandbox.git(&["config", "protocol.ext.allow", "always"]);
    write(
        &sandbox.repo().join(".git/info/attributes"),
        b"* filter=evil diff=evil merge=evil\n*.odd filter=\"odd name\"\n",
    );
    let _ = std::fs::remove_file(&tripwire);
    tripwire
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    for format in ["files", "reftable"] {
        let sandbox = Sandbox::init_with(&[&format!("--ref-format={format}")]);
        let long: String = (0..100).map(|line| format!("line {line}\n")).collect();
        for name in ["a", "b.odd", "dir/c"] {
            sandbox.write(name, name);
        }
        sandbox.write("long", &long);
        sandbox.commit("first");
        sandbox.git(&["worktree", "add", "-q", "../tree", "-b", "task"]);
        sandbox.git(&["mv", "long", "moved"]);
        sandbox.write("moved", &(long + "more\n"));
        sandbox.git(&["add", "moved"]);
        let tripwire = trap(&sandbox);
        for name in ["a", "b.odd", "dir/c"] {
            age(&sandbox.repo().join(name));
        }
        let repository = sandbox.open();
        let taken = wfo_git::snapshot(&repository, &Options::default());
        let status = taken.status.expect("a status");
        assert_eq!((status.staged, status.unstaged, status.filters_skipped), (1, 0, true), "{taken:#?}");
        for way in [Way::OnePass, Way::Gix, Way::Git] {
            let _ = wfo_git::changes(&repository, Some(way));
        }
        let said = std::fs::read_to_string(&tripwire).unwrap_or_default();
        assert!(!tripwire.exists(), "{format}: something was run: {said}");
        // The traps do work: whoever is not careful runs into them.
        let _ = Run::new("git").arg("status").folder(&sandbox.repo()).run();
        assert!(tripwire.exists(), "{format}: the traps are no traps");
    }
}

#[test]
fn missing_objects_are_not_fetched() {
    let sandbox = Sandbox::init();
    let long: String = (0..100).map(|line| format!("line {line}\n")).collect();
    sandbox.write("long", &long);
    sandbox.write("a", "a");
    sandbox.commit("first");
    let id = sandbox.git(&["rev-parse", "HEAD:long"]);
    sandbox.git(&["mv", "long", "moved"]);
    sandbox.write("moved", &(long + "more\n"));
    sandbox.git(&["add", "moved"]);
    std::fs::remove_file(sandbox.repo().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let tripwire = trap(&sandbox);
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.partialClone", "origin"]);
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!(taken.head.unwrap().subject, "first");
    assert!(!tripwire.exists());
}

#[test]
fn filters_of_a_submodule_are_not_run_either() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["init", "-q", "-b", "main", "sub"]);
    let sub = sandbox.repo().join("sub");
    write(&sub.join("f"), b"abc");
    sandbox.git_in(&sub, &["add", "-A"]);
    sandbox.git_in(&sub, &["commit", "-q", "-m", "inside"]);
    sandbox.commit("with a submodule");
    let tripwire = sandbox.path("tripwire");
    sandbox.git_in(&sub, &["config", "filter.evil.clean", &format!("touch '{}'; cat", tripwire.display())]);
    sandbox.git_in(&sub, &["config", "core.fsmonitor", &format!("touch '{}'", tripwire.display())]);
    let _ = std::fs::remove_file(&tripwire);
    write(&sub.join(".git/info/attributes"), b"* filter=evil\n");
    age(&sub.join("f"));
    for way in [Way::OnePass, Way::Gix, Way::Git] {
        assert_eq!(wfo_git::changes(&sandbox.open(), Some(way)).unwrap().status.changes(), 0, "{way:?}");
    }
    assert!(!tripwire.exists(), "a filter of the submodule was run");
    crate::oracle::status(&sandbox.repo());
    assert!(tripwire.exists(), "the trap is no trap");
}

#[test]
fn variables_that_point_elsewhere_mislead_nobody() {
    if std::env::var_os("WFO_TEST_AGAIN").is_some() {
        return among_misleading_variables();
    }
    let other = Sandbox::with_files();
    other.write("new", "x");
    other.git(&["add", "new"]);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    again(
        "variables_that_point_elsewhere_mislead_nobody",
        &[
            ("GIT_DIR", &text(&other.repo().join(".git"))),
            ("GIT_WORK_TREE", &text(&other.repo())),
            ("GIT_INDEX_FILE", &text(&other.repo().join(".git/index"))),
            ("GIT_COMMON_DIR", &text(&other.repo().join(".git"))),
            ("GIT_NAMESPACE", "elsewhere"),
            ("GIT_OBJECT_DIRECTORY", &text(&other.path("nowhere"))),
            ("GIT_SHALLOW_FILE", &text(&other.repo().join(".git/config"))),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("GIT_PREFIX", "dir/"),
        ],
    );
}

fn among_misleading_variables() {
    // Here the variables hold for every call; only this crate may not listen to them.
    let quiet = |arguments: &[&str], folder: &Path| {
        let mut run = Run::new("git").args(arguments).folder(folder);
        for (name, _) in std::env::vars() {
            if name.starts_with("GIT_") {
                run = run.env(&name, None);
            }
        }
        let run = run.env("GIT_AUTHOR_NAME", Some("a")).env("GIT_AUTHOR_EMAIL", Some("b"));
        let ran = run.env("GIT_COMMITTER_NAME", Some("a")).env("GIT_COMMITTER_EMAIL", Some("b")).run().unwrap();
        assert!(ran.is_ok(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    for format in ["files", "reftable"] {
        let folder = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(folder.path()).unwrap();
        quiet(&["init", "-q", "-b", "main", &format!("--ref-format={format}")], &root);
        write(&root.join("f"), b"1");
        quiet(&["add", "f"], &root);
        quiet(&["commit", "-q", "-m", "mine"], &root);
        write(&root.join("f"), b"22");
        let repository = open(&root);
        assert_eq!((repository.root(), repository.git_dir()), (root.as_path(), root.join(".git").as_path()));
        let taken = wfo_git::snapshot(&repository, &Options::default());
        assert_eq!((taken.head.unwrap().subject.as_str(), taken.shallow), ("mine", false));
        let status = taken.status.unwrap();
        assert_eq!((status.staged, status.unstaged, status.untracked), (0, 1, 0), "{format}");
        assert_eq!(taken.notes, []);
        for way in [Way::Git, Way::Gix, Way::OnePass] {
            match wfo_git::changes(&repository, Some(way)) {
                Ok(found) => assert_eq!(found.status.changes(), 1, "{way:?}"),
                Err(problem) => assert_eq!(format, "reftable", "{way:?} {problem}"),
            }
        }
    }
}

#[test]
fn a_configured_work_tree_elsewhere_does_not_make_it_ours() {
    let sandbox = Sandbox::with_files();
    write(&sandbox.path("elsewhere/secret"), b"x");
    sandbox.git(&["config", "core.worktree", sandbox.path("elsewhere").to_str().unwrap()]);
    assert_eq!(sandbox.open().root(), sandbox.repo());
    for way in [Way::OnePass, Way::Gix, Way::Git] {
        let found = wfo_git::changes(&sandbox.open(), Some(way)).unwrap();
        assert_eq!(found.paths, [], "{way:?}");
    }
    sandbox.git(&["config", "core.worktree", "/"]);
    assert_eq!(sandbox.open().root(), sandbox.repo());
    assert!(wfo_git::changes(&sandbox.open(), None).unwrap().status.is_clean());
}

#[test]
fn the_users_own_ignore_file_attributes_and_filters_hold() {
    let home = Sandbox::empty();
    write(&home.path("xdg/git/ignore"), b"*.mine\n");
    write(&home.path("xdg/git/attributes"), b"*.low filter=lower\n");
    write(&home.path("config"), b"[filter \"lower\"]\n\tclean = tr A-Z a-z\n\trequired = true\n[user]\n\tname = a\n");
    let inner = again(
        "the_users_own_ignore_file_attributes_and_filters_hold",
        &[
            ("XDG_CONFIG_HOME", home.path("xdg").to_str().unwrap()),
            ("GIT_CONFIG_GLOBAL", home.path("config").to_str().unwrap()),
            ("GIT_CONFIG_NOSYSTEM", "1"),
        ],
    );
    if !inner {
        return;
    }
    let sandbox = Sandbox::init();
    sandbox.write("x.low", "abc\n");
    sandbox.commit("first");
    sandbox.write("y.mine", "ignored");
    sandbox.write("z", "untracked");
    sandbox.write("x.low", "ABC\n");
    age(&sandbox.repo().join("x.low"));
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.write("x.low", "ABX\n");
    age(&sandbox.repo().join("x.low"));
    assert_eq!(agree(&sandbox.repo()).len(), 2);
}

#[test]
fn a_ceiling_stops_the_search() {
    let sandbox = Sandbox::with_files();
    let folder = sandbox.repo().join("dir/deep");
    let ceiling = sandbox.repo().join("dir");
    let shown = (folder.to_str().unwrap().to_owned(), ceiling.to_str().unwrap().to_owned());
    let variables = [("GIT_CEILING_DIRECTORIES", shown.1.as_str()), ("WFO_TEST_FOLDER", &shown.0)];
    if again("a_ceiling_stops_the_search", &variables) {
        let folder = std::env::var("WFO_TEST_FOLDER").unwrap();
        assert!(wfo_git::Repository::discover(Path::new(&folder)).unwrap().is_none());
    } else {
        assert_eq!(open(&folder).root(), sandbox.repo());
    }
}

#[test]
fn a_repository_of_another_user_still_answers_and_runs_nothing() {
    let sandbox = Sandbox::with_files();
    let tripwire = trap(&sandbox);
    sandbox.write("new", "x");
    age(&sandbox.repo().join("a.txt"));
    let owned = Run::new("chown").args(["-R", "12345:12345"]).arg(sandbox.repo()).run().unwrap();
    if !owned.is_ok() {
        // Only root can give a folder away.
        return;
    }
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert_eq!((taken.branch.as_deref(), taken.head.unwrap().subject.as_str()), (Some("main"), "first"));
    assert_eq!(taken.status.unwrap().untracked, 1);
    let _ = wfo_git::changes(&sandbox.open(), Some(Way::Git));
    assert!(!tripwire.exists());
}

#[test]
fn without_a_git_program_the_library_answers_alone() {
    if let Ok(folder) = std::env::var("WFO_TEST_FOLDER") {
        let found = wfo_git::changes(&open(Path::new(&folder)), None).unwrap();
        assert_eq!((found.status.staged, found.status.way), (2, Way::OnePass));
        assert!(found.notes.iter().any(|note| note.problem.code == wfo_base::codes::TOOL_MISSING));
        return;
    }
    let sandbox = Sandbox::init();
    let long: String = (0..100).map(|line| format!("line {line}\n")).collect();
    sandbox.write("long", &long);
    sandbox.commit("first");
    sandbox.git(&["mv", "long", "moved"]);
    sandbox.write("moved", &(long + "more\n"));
    sandbox.git(&["add", "moved"]);
    let folder = sandbox.repo().to_str().unwrap().to_owned();
    again(
        "without_a_git_program_the_library_answers_alone",
        &[("PATH", "/nowhere"), ("WFO_TEST_FOLDER", folder.as_str())],
    );
}

#[test]
fn pipes_in_the_place_of_small_files_hang_nobody() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let sandbox = Sandbox::with_files();
    for name in [".gitignore", "dir/.gitignore", ".gitmodules", ".git/info/exclude", ".git/MERGE_MSG"] {
        let path = sandbox.repo().join(name);
        let _ = std::fs::remove_file(&path);
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR, 0).unwrap();
    }
    sandbox.write("dir/new", "x");
    let began = std::time::Instant::now();
    let found = wfo_git::changes(&sandbox.open(), Some(Way::OnePass)).unwrap();
    assert_eq!(found.status.changes(), 1);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn a_sparse_index_with_a_filter_that_cannot_be_switched_off_is_a_problem_and_runs_nothing() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]);
    let tripwire = sandbox.path("tripwire");
    let line = format!("[filter \"a=b\"]\n\tclean = touch '{}'\n", tripwire.display());
    let config = sandbox.repo().join(".git/config");
    write(&config, (std::fs::read_to_string(&config).unwrap() + &line).as_bytes());
    write(&sandbox.repo().join(".git/info/attributes"), b"* filter=a=b\n");
    age(&sandbox.repo().join("dir/c.txt"));
    let problem = wfo_git::changes(&sandbox.open(), None).unwrap_err();
    assert_eq!(problem.code, wfo_base::codes::GIT_PART_FAILED);
    assert!(!tripwire.exists());
    agree_by(&Sandbox::with_files().repo(), &[Way::Git]);
}

#[test]
fn an_index_whose_paths_lead_out_of_the_work_tree_is_not_followed() {
    let sandbox = Sandbox::init();
    sandbox.write("aa/inside", "x");
    sandbox.commit("first");
    write(&sandbox.path("outside"), b"x");
    let index = sandbox.repo().join(".git/index");
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes.windows(9).position(|window| window == b"aa/inside").unwrap();
    bytes[at..at + 9].copy_from_slice(b"../inside");
    write(&index, &bytes);
    assert!(wfo_git::changes(&sandbox.open(), Some(Way::OnePass)).is_err());
    let found = wfo_git::changes(&sandbox.open(), None);
    assert!(found.map_or_else(|_| true, |found| found.paths.iter().all(|change| change.path != b"../outside")));
}

#[test]
fn a_dot_git_that_leads_nowhere_is_a_problem_and_the_repository_around_it_does_not_answer() {
    let unreadable = |folder: &Path| {
        let problem = wfo_git::Repository::discover(folder).unwrap_err();
        assert_eq!(problem.code, wfo_base::codes::GIT_UNREADABLE, "{problem}");
    };
    // The main checkout was moved away: the worktree's file points to where it was.
    let sandbox = Sandbox::with_files();
    sandbox.git(&["worktree", "add", "-q", "../tree", "-b", "task"]);
    std::fs::rename(sandbox.repo(), sandbox.path("moved")).unwrap();
    unreadable(&sandbox.path("tree"));
    unreadable(&sandbox.path("tree/dir/deep"));
    // As git does: a file inside a sound repository ends the search, an empty folder does not.
    let moved = sandbox.path("moved");
    write(&moved.join("dir/.git"), b"gitdir: ../nowhere\n");
    unreadable(&moved.join("dir/deep"));
    assert!(!sandbox.try_git(&moved.join("dir/deep"), &["status"]).0);
    std::fs::create_dir(moved.join("other/.git")).unwrap();
    assert_eq!(open(&moved.join("other")).root(), moved);
    assert!(sandbox.try_git(&moved.join("other"), &["status"]).0);
    // Without a repository around it, an empty folder of that name is one that broke.
    std::fs::create_dir_all(sandbox.path("plain/.git")).unwrap();
    unreadable(&sandbox.path("plain"));
    std::fs::remove_dir(sandbox.path("plain/.git")).unwrap();
    assert!(wfo_git::Repository::discover(&sandbox.path("plain")).unwrap().is_none());
}

#[test]
fn a_format_that_git_refuses_is_refused_here_and_one_that_it_knows_is_not() {
    for (version, key, refused) in [
        ("1", "extensions.fromTheFuture", true),
        ("0", "extensions.fromTheFuture", false),
        ("1", "extensions.noop", false),
        ("2", "core.other", true),
    ] {
        let sandbox = Sandbox::with_files();
        sandbox.git(&["config", key, "true"]);
        sandbox.git(&["config", "core.repositoryFormatVersion", version]);
        assert_eq!(sandbox.try_git(&sandbox.repo(), &["status"]).0, !refused, "git: {version} {key}");
        match wfo_git::Repository::discover(&sandbox.repo()) {
            Ok(found) => assert!(found.is_some() && !refused, "{version} {key}"),
            Err(problem) => {
                assert!(refused && problem.code == wfo_base::codes::GIT_UNREADABLE, "{version} {key}: {problem}");
            }
        }
    }
}

#[test]
fn a_head_that_cannot_be_read_leaves_branch_and_upstream_unknown() {
    let sandbox = Sandbox::with_files();
    write(&sandbox.repo().join(".git/HEAD"), b"ref: refs/heads/..\n");
    let taken = wfo_git::snapshot(&sandbox.open(), &Options::default());
    assert!(!taken.knows_head() && taken.upstream.is_none() && !taken.notes.is_empty(), "{taken:#?}");
    assert!(wfo_git::snapshot(&Sandbox::init().open(), &Options::default()).knows_head());
}
