//! Programs that a repository names: told of completely, run only when they may, and the user's own run all the same.

use std::path::{Path, PathBuf};

use wfo_base::process::Run;
use wfo_git::{Foreign, Merge, MergeOutcome, NewWorktree, Occasion, Programs, add_worktree, merge, programs};

use crate::sandbox::{Sandbox, write};

/// Writes an executable shell script.
pub(crate) fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    write(path, format!("#!/bin/sh\n{text}\n").as_bytes());
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Makes a script that notes its name when it runs, and passes its input on.
fn trap(sandbox: &Sandbox, name: &str) -> PathBuf {
    let path = sandbox.path("traps").join(name);
    script(&path, &format!("echo {name} >> '{}'\n[ -t 0 ] || cat", sandbox.path("tripped").display()));
    path
}

fn tripped(sandbox: &Sandbox) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.path("tripped")).unwrap_or_default();
    let _ = std::fs::remove_file(sandbox.path("tripped"));
    let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

fn hook(sandbox: &Sandbox, name: &str) {
    let path = sandbox.repo().join(".git/hooks").join(name);
    script(&path, &format!("echo {name} >> '{}'", sandbox.path("tripped").display()));
}

fn set(sandbox: &Sandbox, key: &str, trap: &Path) {
    sandbox.git(&["config", key, &format!("'{}' %A", trap.display())]);
}

/// What a careless call would run besides what is asked about.
fn other_traps(sandbox: &Sandbox) {
    let evil = trap(sandbox, "other").display().to_string();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.sshCommand",
        "pager.merge",
        "diff.external",
        "diff.evil.textconv",
        "credential.helper",
        "sequence.editor",
        "uploadpack.packObjectsHook",
    ] {
        sandbox.git(&["config", key, &evil]);
    }
    sandbox.git(&["config", "alias.merge", &format!("!{evil}")]);
    sandbox.git(&["config", "alias.worktree", &format!("!{evil}")]);
    sandbox.git(&["config", "maintenance.auto", "true"]);
    sandbox.git(&["config", "gc.auto", "1"]);
    hook(sandbox, "pre-auto-gc");
    hook(sandbox, "post-commit");
    hook(sandbox, "pre-commit");
}

fn add(sandbox: &Sandbox, name: &str, foreign: Foreign) {
    let head = sandbox.git(&["rev-parse", "main"]);
    let _ = tripped(sandbox);
    let path = sandbox.path(name);
    add_worktree(&sandbox.open(), &NewWorktree { path: &path, branch: name, start: Some(&head), held: None }, foreign)
        .unwrap();
}

fn names(programs: &Programs) -> Vec<String> {
    programs.lines().iter().filter_map(|line| line.split('`').nth(1).map(str::to_owned)).collect()
}

#[test]
fn a_checkout_runs_just_what_was_told_of_and_nothing_when_it_may_not() {
    let sandbox = Sandbox::with_files();
    assert!(programs(&sandbox.open(), Occasion::Checkout).unwrap().is_empty(), "sample hooks are no hooks");
    other_traps(&sandbox);
    assert!(programs(&sandbox.open(), Occasion::Checkout).unwrap().is_empty(), "and the others never run");
    for name in ["post-checkout", "post-index-change", "reference-transaction"] {
        hook(&sandbox, name);
    }
    for last in ["smudge", "clean"] {
        set(&sandbox, &format!("filter.evil.{last}"), &trap(&sandbox, last));
    }
    sandbox.git(&["config", "filter.evil.required", "true"]);
    write(&sandbox.repo().join(".git/info/attributes"), b"* filter=evil diff=evil\n");
    let told = programs(&sandbox.open(), Occasion::Checkout).unwrap();
    assert_eq!(told.lines().len(), 5, "{:?}", told.lines());
    assert_eq!(names(&told)[..3], ["post-checkout", "post-index-change", "reference-transaction"]);
    add(&sandbox, "skipped", Foreign::Skip);
    assert!(tripped(&sandbox).is_empty());
    assert_eq!(std::fs::read_to_string(sandbox.path("skipped/a.txt")).unwrap(), "content of a.txt\n");
    add(&sandbox, "run", Foreign::Run);
    assert_eq!(tripped(&sandbox), ["post-checkout", "post-index-change", "reference-transaction", "smudge"]);
}

#[test]
fn a_long_running_filter_is_not_started_either() {
    let sandbox = Sandbox::with_files();
    set(&sandbox, "filter.evil.process", &trap(&sandbox, "process"));
    sandbox.git(&["config", "filter.evil.required", "true"]);
    write(&sandbox.repo().join(".git/info/attributes"), b"* filter=evil\n");
    assert_eq!(programs(&sandbox.open(), Occasion::Checkout).unwrap().lines().len(), 1);
    add(&sandbox, "skipped", Foreign::Skip);
    assert!(tripped(&sandbox).is_empty());
    // The trap does work; that it speaks no protocol makes the checkout fail, and all of it is taken back.
    let path = sandbox.path("run");
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let new = NewWorktree { path: &path, branch: "run", start: Some(&head), held: None };
    add_worktree(&sandbox.open(), &new, Foreign::Run).unwrap_err();
    assert_eq!(tripped(&sandbox), ["process"]);
    assert!(!path.exists());
}

#[test]
fn a_hook_that_fails_after_the_checkout_leaves_the_worktree_to_the_caller() {
    let sandbox = Sandbox::with_files();
    script(&sandbox.repo().join(".git/hooks/post-checkout"), "echo no database >&2; exit 1");
    let (path, head) = (sandbox.path("tree"), sandbox.git(&["rev-parse", "HEAD"]));
    let new = NewWorktree { path: &path, branch: "task", start: Some(&head), held: None };
    let problem = add_worktree(&sandbox.open(), &new, Foreign::Run).unwrap_err();
    assert!(problem.message.contains("no database"), "{problem}");
    // Somebody may work in it already: it is listed, whole, and not erased.
    assert!(path.join(".git").is_file());
    assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), 2);
}

#[test]
fn settings_that_count_only_in_the_new_worktree_are_told_of_and_not_obeyed() {
    for condition in ["gitdir:**/worktrees/**", "onbranch:evil*"] {
        let sandbox = Sandbox::with_files();
        let hooks = sandbox.path("traps/hooks/post-checkout");
        trap(&sandbox, "hooks/post-checkout");
        let text = format!(
            "[filter \"hidden\"]\nsmudge = '{}'\nrequired = true\n[core]\nhooksPath = {}\n",
            trap(&sandbox, "smudge").display(),
            hooks.parent().unwrap().display()
        );
        write(&sandbox.repo().join(".git/more"), text.as_bytes());
        sandbox.git(&["config", &format!("includeIf.{condition}.path"), "more"]);
        write(&sandbox.repo().join(".git/info/attributes"), b"* filter=hidden\n");
        let told = programs(&sandbox.open(), Occasion::Checkout).unwrap();
        assert_eq!(told.lines().len(), 1, "{:?}", told.lines());
        add(&sandbox, "evil-skipped", Foreign::Skip);
        assert!(tripped(&sandbox).is_empty(), "{condition}");
        assert_eq!(std::fs::read_to_string(sandbox.path("evil-skipped/a.txt")).unwrap(), "content of a.txt\n");
        add(&sandbox, "evil-run", Foreign::Run);
        assert!(tripped(&sandbox).contains(&"smudge".to_owned()), "{condition}: the trap is no trap");
        // Another content of that file is another text.
        let text = told.text();
        write(&sandbox.repo().join(".git/more"), b"");
        assert_ne!(programs(&sandbox.open(), Occasion::Checkout).unwrap().text(), text);
    }
}

fn forked(sandbox: &Sandbox) -> (String, String) {
    sandbox.git(&["config", "user.name", "A"]);
    sandbox.git(&["config", "user.email", "a@example.com"]);
    sandbox.write("long", &(0..40).map(|line| format!("{line}\n")).collect::<String>());
    sandbox.commit("base");
    sandbox.git(&["checkout", "-q", "-b", "task"]);
    let text = std::fs::read_to_string(sandbox.repo().join("long")).unwrap();
    sandbox.write("long", &text.replace("39\n", "theirs\n"));
    let tip = sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("long", &text.replace("1\n", "ours\n"));
    (sandbox.commit("ours"), tip)
}

#[test]
fn a_merge_runs_just_what_was_told_of_and_nothing_when_it_may_not() {
    let all = ["pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge", "post-index-change"];
    for foreign in [Foreign::Skip, Foreign::Run] {
        let sandbox = Sandbox::with_files();
        let (head, tip) = forked(&sandbox);
        other_traps(&sandbox);
        hook(&sandbox, "reference-transaction");
        for name in all {
            hook(&sandbox, name);
        }
        for key in ["filter.evil.smudge", "filter.evil.clean", "merge.evil.driver"] {
            let name = key.rsplit('.').next().unwrap();
            set(&sandbox, key, &trap(&sandbox, name));
        }
        write(&sandbox.repo().join(".git/info/attributes"), b"* filter=evil diff=evil merge=evil\n");
        let told = programs(&sandbox.open(), Occasion::Merge).unwrap();
        assert_eq!(told.lines().len(), 9, "{:?}", told.lines());
        let _ = tripped(&sandbox);
        let request = Merge { branch: "task", message: "m", head: &head, tip: &tip, held: None };
        let outcome = merge(&sandbox.open(), &request, foreign).unwrap();
        assert!(matches!(outcome, MergeOutcome::Merged { .. }), "{outcome:?}");
        let ran = tripped(&sandbox);
        if foreign == Foreign::Skip {
            assert!(ran.is_empty(), "{ran:?}");
            let text = std::fs::read_to_string(sandbox.repo().join("long")).unwrap();
            assert!(text.contains("ours") && text.contains("theirs"), "git merged it itself");
        } else {
            assert!(!ran.contains(&"other".to_owned()) && ran.contains(&"driver".to_owned()), "{ran:?}");
            assert!(all.iter().all(|name| ran.contains(&(*name).to_owned())), "{ran:?}");
        }
    }
}

#[test]
fn a_merge_driver_that_may_not_run_never_hides_a_conflict() {
    let sandbox = Sandbox::with_files();
    let (_, tip) = forked(&sandbox);
    let text = std::fs::read_to_string(sandbox.repo().join("long")).unwrap();
    sandbox.write("long", &text.replace("39\n", "ours too\n"));
    let head = sandbox.commit("ours too");
    sandbox.git(&["config", "merge.evil.driver", "true"]);
    write(&sandbox.repo().join(".git/info/attributes"), b"* merge=evil\n");
    let request = Merge { branch: "task", message: "m", head: &head, tip: &tip, held: None };
    let outcome = merge(&sandbox.open(), &request, Foreign::Skip).unwrap();
    assert_eq!(outcome, MergeOutcome::Conflict { files: vec!["long".into()] });
    assert!(matches!(merge(&sandbox.open(), &request, Foreign::Run).unwrap(), MergeOutcome::Merged { .. }));
}

#[test]
fn a_signing_program_of_the_repository_is_told_of_and_not_run() {
    for (format, key) in [("openpgp", "gpg.program"), ("ssh", "gpg.ssh.program"), ("ssh", "gpg.ssh.defaultKeyCommand")]
    {
        let sandbox = Sandbox::with_files();
        let (head, tip) = forked(&sandbox);
        for (key, value) in [("commit.gpgSign", "true"), ("gpg.format", format)] {
            sandbox.git(&["config", key, value]);
        }
        if key == "gpg.ssh.program" {
            sandbox.git(&["config", "user.signingKey", "key::ssh-ed25519 AAAA"]);
        }
        sandbox.git(&["config", key, &trap(&sandbox, "gpg").display().to_string()]);
        assert_eq!(programs(&sandbox.open(), Occasion::Merge).unwrap().lines().len(), 1, "{key}");
        assert!(programs(&sandbox.open(), Occasion::Checkout).unwrap().is_empty());
        let request = Merge { branch: "task", message: "m", head: &head, tip: &tip, held: None };
        // Whether it can be signed then depends on the user's own program; the repository's is not run in any case.
        let _ = merge(&sandbox.open(), &request, Foreign::Skip);
        assert!(tripped(&sandbox).is_empty(), "{key}");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        if sandbox.git(&["rev-parse", "HEAD"]) == head {
            let _ = merge(&sandbox.open(), &request, Foreign::Run);
            assert_eq!(tripped(&sandbox), ["gpg"], "{key}: the trap is no trap");
        }
    }
}

#[test]
fn an_approval_is_bound_to_every_byte_of_what_runs() {
    let sandbox = Sandbox::with_files();
    let text = || programs(&sandbox.open(), Occasion::Checkout).unwrap().text();
    assert_eq!(text(), "");
    let mut seen = vec![text()];
    let mut changed = |what: &str| {
        let now = text();
        assert!(!seen.contains(&now), "{what} changes nothing: {now}");
        seen.push(now);
    };
    let path = sandbox.repo().join(".git/hooks/post-checkout");
    script(&path, "true");
    changed("a hook");
    script(&path, "true ");
    changed("a byte of a hook");
    write(&sandbox.repo().join("tools/h"), b"#!/bin/sh\nexit 0\n");
    script(&sandbox.repo().join("tools/h"), "exit 0");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("../../tools/h", &path).unwrap();
    changed("a link");
    script(&sandbox.repo().join("tools/h"), "exit 1");
    changed("what is behind a link");
    sandbox.git(&["config", "filter.x.smudge", "one\ntwo"]);
    changed("a filter");
    sandbox.git(&["config", "filter.x.smudge", "one\\ntwo"]);
    changed("the spelling of a filter");
    sandbox.git(&["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(&["config", "--worktree", "filter.y.clean", "z"]);
    changed("a filter of this worktree");
    write(&sandbox.repo().join(".git/inc"), b"[filter \"i\"]\nclean = included\n");
    sandbox.git(&["config", "include.path", "inc"]);
    changed("an included filter");
    sandbox.git(&["config", "core.hooksPath", "tools"]);
    changed("another folder of hooks");
    // And not to what never runs.
    let before = text();
    script(&sandbox.repo().join("tools/post-merge"), "true");
    write(&sandbox.repo().join("tools/post-checkout"), b"#!/bin/sh\nnot executable\n");
    sandbox.git(&["config", "filter.x.required", "true"]);
    assert_eq!(text(), before);
}

#[test]
fn lines_for_a_person_carry_no_escape_codes() {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["config", "filter.x.smudge", "a\u{1b}[2Jb `c`\nd\u{202e}"]);
    let lines = programs(&sandbox.open(), Occasion::Checkout).unwrap().lines();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].is_ascii() && !lines[0].chars().any(char::is_control), "{lines:?}");
}

/// Runs one test of this file again with the user's configuration in `config`; true inside that process.
fn with_user_config(test: &str, config: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("WFO_TEST_USER") {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    write(&home.join("config"), config.replace("HOME", home.to_str().unwrap()).as_bytes());
    let ran = Run::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("write_programs::{test}"), "--nocapture"])
        .env("WFO_TEST_USER", home.to_str())
        .env("GIT_CONFIG_GLOBAL", home.join("config").to_str())
        .env("GIT_CONFIG_NOSYSTEM", Some("1"))
        .limit(std::time::Duration::from_secs(120))
        .run()
        .unwrap();
    let shown = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.is_ok() && shown.contains("1 passed"), "{shown}");
    None
}

#[test]
fn the_users_own_hooks_and_filters_run_unasked() {
    let config =
        "[core]\nhooksPath = HOME/hooks\n[filter \"lfs\"]\nsmudge = HOME/smudge\nclean = cat\nrequired = true\n";
    let Some(home) = with_user_config("the_users_own_hooks_and_filters_run_unasked", config) else { return };
    let sandbox = Sandbox::with_files();
    write(&sandbox.repo().join(".git/info/attributes"), b"a.txt filter=lfs\n");
    for name in ["hooks/post-checkout", "smudge"] {
        script(&home.join(name), &format!("echo {} >> '{}'; cat", &name[name.len() - 6..], home.join("ran").display()));
    }
    hook(&sandbox, "post-checkout");
    let ran = || {
        let text = std::fs::read_to_string(home.join("ran")).unwrap_or_default();
        let _ = std::fs::remove_file(home.join("ran"));
        text
    };
    assert!(programs(&sandbox.open(), Occasion::Checkout).unwrap().is_empty());
    add(&sandbox, "one", Foreign::Skip);
    assert_eq!(ran(), "smudge\neckout\n");
    assert!(tripped(&sandbox).is_empty());
    // A repository that puts its own in their place is asked about, and the user's filter runs instead.
    set(&sandbox, "filter.lfs.smudge", &trap(&sandbox, "smudge"));
    assert_eq!(programs(&sandbox.open(), Occasion::Checkout).unwrap().lines().len(), 1);
    add(&sandbox, "two", Foreign::Skip);
    assert_eq!(ran(), "smudge\neckout\n");
    assert!(tripped(&sandbox).is_empty());
}

#[test]
fn a_users_setting_that_leads_into_the_repository_leads_to_foreign_hooks() {
    let config = "[core]\nhooksPath = .githooks\n";
    let test = "a_users_setting_that_leads_into_the_repository_leads_to_foreign_hooks";
    let Some(_) = with_user_config(test, config) else { return };
    let sandbox = Sandbox::with_files();
    let text = format!("echo hook >> '{}'", sandbox.path("tripped").display());
    for name in ["post-checkout", "post-index-change"] {
        script(&sandbox.repo().join(".githooks").join(name), &text);
    }
    assert_eq!(programs(&sandbox.open(), Occasion::Checkout).unwrap().lines().len(), 2);
    add(&sandbox, "one", Foreign::Skip);
    assert!(tripped(&sandbox).is_empty());
    // Approved are those that lie here, not those that the branch brings.
    for name in ["post-checkout", "post-index-change"] {
        let evil = format!("echo evil >> '{}'", sandbox.path("tripped").display());
        script(&sandbox.repo().join(".githooks").join(name), &evil);
    }
    sandbox.commit("other hooks");
    for name in ["post-checkout", "post-index-change"] {
        script(&sandbox.repo().join(".githooks").join(name), &text);
    }
    add(&sandbox, "two", Foreign::Run);
    assert_eq!(tripped(&sandbox), ["hook"]);
}
