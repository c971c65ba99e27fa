//! Repositories inside the repository: submodules, strangers, worktrees of its own; and folders that cannot be read.

use std::os::unix::fs::PermissionsExt;

use wfo_git::Way;

use crate::oracle::{agree, agree_by};
use crate::sandbox::Sandbox;

/// Makes a repository with one submodule `sub`.
fn with_submodule() -> Sandbox {
    let sandbox = Sandbox::with_files();
    sandbox.git_in(&sandbox.path(""), &["init", "-q", "-b", "main", "library"]);
    let library = sandbox.path("library");
    crate::sandbox::write(&library.join("file"), b"x");
    sandbox.git_in(&library, &["add", "-A"]);
    sandbox.git_in(&library, &["commit", "-q", "-m", "library"]);
    let from = library.to_str().unwrap().to_owned();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "sub"]);
    sandbox.commit("with a submodule");
    sandbox
}

#[test]
fn a_clean_submodule_is_no_change_and_is_not_a_worktree() {
    let sandbox = with_submodule();
    assert_eq!(agree(&sandbox.repo()), []);
    let inside = crate::sandbox::open(&sandbox.repo().join("sub"));
    assert!(inside.is_submodule() && !inside.is_linked_worktree());
    assert_eq!(inside.root(), sandbox.repo().join("sub"));
    assert_eq!(inside.main_root(), sandbox.repo().join("sub"));
    assert!(!sandbox.open().is_submodule());
}

#[test]
fn a_submodule_differs_by_its_commit_its_files_and_its_untracked_files() {
    let sandbox = with_submodule();
    let sub = sandbox.repo().join("sub");
    crate::sandbox::write(&sub.join("untracked"), b"x");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.git(&["config", "submodule.sub.ignore", "untracked"]);
    assert_eq!(agree(&sandbox.repo()), []);
    crate::sandbox::write(&sub.join("file"), b"changed");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.git(&["config", "submodule.sub.ignore", "dirty"]);
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.git_in(&sub, &["commit", "-q", "-a", "-m", "ahead"]);
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.git(&["config", "submodule.sub.ignore", "all"]);
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.git(&["config", "--unset", "submodule.sub.ignore"]);
    sandbox.git(&["add", "sub"]);
    assert_eq!(agree(&sandbox.repo()).len(), 2);
}

#[test]
fn a_submodule_that_is_gone_empty_or_a_file_is_told_as_git_tells_it() {
    let sandbox = with_submodule();
    sandbox.git(&["submodule", "--quiet", "deinit", "-f", "sub"]);
    assert_eq!(agree(&sandbox.repo()), []);
    sandbox.write("sub/stray", "not looked at");
    assert_eq!(agree(&sandbox.repo()), []);
    std::fs::remove_dir_all(sandbox.repo().join("sub")).unwrap();
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.write("sub", "a file");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
}

#[test]
fn a_strangers_repository_is_one_untracked_entry() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["init", "-q", "stranger"]);
    for number in 0..5 {
        sandbox.write(&format!("stranger/{number}"), "x");
    }
    sandbox.write("deep/er/file", "x");
    sandbox.git(&["init", "-q", "deep/er/inner"]);
    sandbox.write("fake/.git/config", "no repository");
    sandbox.write("fake/file", "x");
    sandbox.write("text/.git", "no repository either");
    sandbox.write("text/file", "x");
    sandbox.write("pointer/.git", &format!("gitdir: {}\n", sandbox.repo().join("stranger/.git").display()));
    sandbox.write("pointer/file", "x");
    assert_eq!(agree(&sandbox.repo()).len(), 6);
}

#[test]
fn a_repository_in_a_tracked_folder_hides_nothing_tracked() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["init", "-q", "dir"]);
    sandbox.write("dir/c.txt", "changed");
    sandbox.write("dir/new", "x");
    agree_by(&sandbox.repo(), &[Way::OnePass, Way::Git]);
}

#[test]
fn a_worktree_inside_the_main_checkout_is_one_entry_and_has_its_own_status() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["worktree", "add", "-q", ".claude/worktrees/task", "-b", "task"]);
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    sandbox.write(".claude/worktrees/task/a.txt", "changed");
    sandbox.write(".claude/worktrees/task/new", "x");
    assert_eq!(agree(&sandbox.repo().join(".claude/worktrees/task")).len(), 2);
    assert_eq!(agree(&sandbox.repo().join(".claude/worktrees/task/dir/deep")).len(), 2);
    assert_eq!(agree(&sandbox.repo()).len(), 1);
}

#[test]
fn the_git_folder_may_lie_elsewhere_and_the_work_tree_too() {
    let sandbox = Sandbox::empty();
    let folder = sandbox.path("");
    sandbox.git_in(&folder, &["init", "-q", "-b", "main", "--separate-git-dir", "elsewhere.git", "repo"]);
    sandbox.write("a", "x");
    sandbox.commit("first");
    sandbox.write("new", "x");
    assert_eq!(agree(&sandbox.repo()).len(), 1);
    assert!(!sandbox.open().is_submodule() && !sandbox.open().is_linked_worktree());
    assert_eq!(sandbox.open().git_dir(), sandbox.path("elsewhere.git"));
}

#[test]
fn a_folder_that_may_not_be_read_is_noted_and_the_rest_is_counted() {
    let sandbox = Sandbox::with_files();
    sandbox.write("new", "x");
    sandbox.write("secret/x", "x");
    sandbox.write("dir/deep/d.txt", "changed, but out of reach");
    let locked = [(sandbox.repo().join("secret"), 0o000), (sandbox.repo().join("dir"), 0o300)];
    for (folder, mode) in &locked {
        std::fs::set_permissions(folder, PermissionsExt::from_mode(*mode)).unwrap();
    }
    // Root reads everything, so there is nothing to see: then somebody else looks.
    let refused = std::fs::read_dir(&locked[0].0).is_err();
    if refused {
        assert_eq!(agree_by(&sandbox.repo(), &[Way::OnePass]).len(), 2);
        let found = wfo_git::changes(&sandbox.open(), Some(Way::OnePass)).unwrap();
        assert!(!found.status.complete && !found.notes.is_empty());
    }
    for (folder, _) in &locked {
        std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
    assert_eq!(agree(&sandbox.repo()).len(), 3);
    if !refused {
        as_nobody("status_nested::a_folder_that_may_not_be_read_is_noted_and_the_rest_is_counted");
    }
}

/// Runs one test again as a user without rights, where the system has such a program.
fn as_nobody(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("test");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let run = wfo_base::process::Run::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["--exact", test])
        .env("TMPDIR", folder.path().to_str())
        .env("HOME", folder.path().to_str())
        .folder(folder.path())
        .limit(std::time::Duration::from_secs(60));
    if let Ok(ran) = run.run() {
        assert!(ran.is_ok(), "{}", String::from_utf8_lossy(&ran.stdout));
    }
}

#[test]
fn folders_nested_beyond_all_measure_end_in_an_answer() {
    let sandbox = Sandbox::with_files();
    let mut folder = rustix::fs::open(
        sandbox.repo(),
        rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::RDONLY,
        rustix::fs::Mode::empty(),
    )
    .unwrap();
    for _ in 0..260 {
        rustix::fs::mkdirat(&folder, "d", rustix::fs::Mode::RWXU).unwrap();
        let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::RDONLY;
        folder = rustix::fs::openat(&folder, "d", flags, rustix::fs::Mode::empty()).unwrap();
    }
    let found = wfo_git::changes(&sandbox.open(), None).unwrap();
    assert_eq!((found.status.changes(), found.status.way), (0, Way::Git));
}
