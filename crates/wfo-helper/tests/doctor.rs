//! `doctor` on a sound installation, and on one broken thing at a time.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::tree::picture;
use support::{Call, Done, Repo, binary, repository, text_of};

/// A user with the plugin in the host's cache, the binary where the installer puts it, and the permission lines.
struct Installed {
    repo: Repo,
    plugin: PathBuf,
    /// The binary, in a folder that no plugin is around.
    binary: PathBuf,
    _apart: tempfile::TempDir,
}

impl Installed {
    fn new() -> Self {
        let repo = Repo::new();
        let version = env!("CARGO_PKG_VERSION");
        let relative = format!("config/plugins/cache/wfo/wfo/{version}");
        for name in [".claude-plugin/plugin.json", "hooks/hooks.json"] {
            repo.write(&format!("{relative}/{name}"), &text_of(&repository().join(name)));
        }
        repo.program(&format!("{relative}/bin/wfo-helper"), &text_of(&repository().join("bin/wfo-helper")));
        repo.put_config("settings.json", r#"{"permissions": {"allow": ["Skill(wfo:*)", "Bash(wfo-helper *)"]}}"#);
        // Deep enough that the tree of this repository, which is a plugin, is not around it. Linked: the file is large.
        let apart = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let folder = apart.path().join("a/b/c");
        std::fs::create_dir_all(&folder).expect("folders");
        let copy = folder.join("wfo-helper");
        std::fs::hard_link(binary(), &copy).or_else(|_| std::fs::copy(binary(), &copy).map(drop)).expect("a copy");
        let plugin = repo.at(&relative);
        std::fs::create_dir_all(repo.config().join("wfo/bin")).expect("folders");
        std::os::unix::fs::symlink(&copy, repo.config().join("wfo/bin/wfo-helper")).expect("a link");
        for name in ["wfo", "wfo/bin"] {
            mode(&repo.config().join(name), 0o700);
        }
        Self { repo, plugin, binary: copy, _apart: apart }
    }

    fn call(&self) -> Call {
        let path = format!("{}:{}", self.plugin.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        Call::new(&self.binary).args(["doctor", "--json"]).env("PATH", path).unset("WFO_NOW")
    }

    fn run(&self) -> Done {
        self.call().run(&self.repo)
    }

    /// Runs it and returns the exit status and the check of that name.
    fn check(&self, name: &str) -> (i32, Value) {
        let done = self.run();
        (done.status.expect("a status"), named(&done, name))
    }

    /// Asserts that this one check fails, with these words, and that it says what to do.
    fn fails(&self, name: &str, words: &str) {
        let (exit, check) = self.check(name);
        assert_eq!((exit, check["verdict"].as_str()), (10, Some("fail")), "{check:#}");
        assert!(check["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{check:#}");
        assert!(check["fix"].is_string(), "{check:#}");
    }
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
}

fn named(done: &Done, name: &str) -> Value {
    let answer = done.answer();
    let checks = answer["data"]["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {answer:#}")).clone()
}

#[test]
fn a_sound_installation_passes_every_check_and_nothing_is_changed() {
    let installed = Installed::new();
    let before = picture(&installed.repo.at(""));
    let done = installed.run();
    let data = done.data();
    let names: Vec<&str> =
        data["checks"].as_array().expect("checks").iter().filter_map(|check| check["name"].as_str()).collect();
    let expected = [
        "binary",
        "launcher",
        "plugin",
        "permissions",
        "status-line",
        "hooks",
        "config-folder",
        "config",
        "key",
        "tables",
        "registry",
        "locks",
        "git",
        "git-hooks",
        "worktrees",
        "commit-graph",
        "clock",
    ];
    assert_eq!(names, expected);
    assert!(data["checks"].as_array().expect("checks").iter().all(|check| check["verdict"] == "pass"), "{data:#}");
    assert_eq!((data["verdict"].as_str(), done.codes()), (Some("pass"), vec![]));
    assert_eq!(picture(&installed.repo.at("")), before);
}

#[test]
fn without_a_plugin_its_version_and_hooks_are_unknown() {
    let installed = Installed::new();
    std::fs::remove_dir_all(installed.repo.config().join("plugins")).expect("removed");
    let link = installed.repo.at("onpath");
    std::fs::create_dir(&link).expect("a folder");
    std::os::unix::fs::symlink(&installed.binary, link.join("wfo-helper")).expect("a link");
    let path = format!("{}:{}", link.display(), std::env::var("PATH").unwrap_or_default());
    let done = installed.call().env("PATH", path).run(&installed.repo);
    assert_eq!(done.status, Some(11), "{done:?}");
    for name in ["plugin", "hooks"] {
        assert_eq!(named(&done, name)["verdict"], "unknown", "{name}");
    }
    assert_eq!(named(&done, "launcher")["verdict"], "pass");
    let none = installed.call().env("PATH", "/usr/bin:/bin").run(&installed.repo);
    assert_eq!((none.status, named(&none, "launcher")["verdict"].as_str()), (Some(10), Some("fail")));
}

#[test]
fn another_version_of_the_plugin_fails() {
    let installed = Installed::new();
    let manifest = installed.plugin.join(".claude-plugin/plugin.json");
    let text = text_of(&manifest).replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"99.0.0\"");
    wfo_base::atomic::write(&manifest, text.as_bytes()).expect("written");
    installed.fails("plugin", "version 99.0.0");
}

#[test]
fn a_launcher_that_finds_no_binary_fails() {
    let installed = Installed::new();
    std::fs::remove_file(installed.repo.config().join("wfo/bin/wfo-helper")).expect("removed");
    installed.fails("launcher", "status 30");
    mode(&installed.plugin.join("bin/wfo-helper"), 0o644);
    installed.fails("launcher", "cannot be run");
    installed.fails("hooks", "cannot be run");
}

#[test]
fn an_older_helper_on_path_fails() {
    let installed = Installed::new();
    installed.repo.program("old/wfo-helper", "#!/bin/sh\necho wfo-helper 0.0.1\n");
    let path = format!("{}:/usr/bin:/bin", installed.repo.at("old").display());
    let done = installed.call().env("PATH", path).run(&installed.repo);
    let check = named(&done, "launcher");
    assert_eq!((done.status, check["verdict"].as_str()), (Some(10), Some("fail")));
    assert!(check["detail"].as_str().is_some_and(|detail| detail.contains("version 0.0.1")), "{check:#}");
}

#[test]
fn hooks_that_would_be_silently_off_fail() {
    let installed = Installed::new();
    let file = installed.plugin.join("hooks/hooks.json");
    let sound = text_of(&file);
    for (text, words) in [
        (sound.replace("/bin/wfo-helper hook pre-tool-use", "/bin/gone hook pre-tool-use"), "bin/gone"),
        (sound.replace("hook session-start", "no-such-command"), "status 64"),
        ("{".to_owned(), "does not parse"),
    ] {
        wfo_base::atomic::write(&file, text.as_bytes()).expect("written");
        installed.fails("hooks", words);
    }
    wfo_base::atomic::write(&file, sound.as_bytes()).expect("written");
    installed.repo.put(".claude/settings.json", "{\"disableAllHooks\": true}");
    installed.fails("hooks", "disableAllHooks");
}

#[test]
fn missing_and_defeated_permissions_fail() {
    let installed = Installed::new();
    installed.repo.put(".claude/settings.json", r#"{"permissions": {"deny": ["Bash(wfo-helper *)"]}}"#);
    installed.fails("permissions", "permissions.deny");
    std::fs::remove_file(installed.repo.root().join(".claude/settings.json")).expect("removed");
    installed.repo.put_config("settings.json", r#"{"permissions": {"allow": ["Skill(wfo:*)"]}}"#);
    installed.fails("permissions", "`Bash(wfo-helper *)` not allowed");
    assert_eq!(installed.run().answer()["next"][0], "wfo-helper setup");
    installed.repo.put_config("settings.json", "{");
    let (exit, check) = installed.check("permissions");
    assert_eq!((exit, check["verdict"].as_str()), (11, Some("unknown")));
}

#[test]
fn own_files_that_are_open_or_broken_fail_by_name() {
    let installed = Installed::new();
    let repo = &installed.repo;
    mode(&repo.config().join("wfo"), 0o755);
    installed.fails("config-folder", "0755");
    mode(&repo.config().join("wfo"), 0o700);
    let key = repo.put_config("wfo/key", "not a key");
    mode(&key, 0o600);
    installed.fails("key", "not a key");
    std::fs::remove_file(key).expect("removed");
    let registry = repo.put_config("worktree-registry.json", "{\"worktrees\": ");
    installed.fails("registry", "worktree-registry.json");
    std::fs::remove_file(registry).expect("removed");
    let table = repo.put(".wfo/data/agents.yaml", "rows: 1\n");
    installed.fails("tables", "rows");
    std::fs::remove_file(table).expect("removed");
    let config = repo.put(".wfo/config.yaml", "colour: red\n");
    installed.fails("config", "colour");
    std::fs::remove_file(config).expect("removed");
    assert_eq!(installed.run().status, Some(0));
}

#[test]
fn a_lock_that_is_held_is_named_with_its_process() {
    let installed = Installed::new();
    let path = installed.repo.config().join("worktree-registry.json");
    wfo_base::atomic::locked(&path, || {
        installed.fails("locks", "worktree-registry.json.lock");
        if Path::new("/proc/locks").exists() {
            installed.fails("locks", &format!("process {}", std::process::id()));
        }
        Ok(())
    })
    .expect("a lock");
    // The lock file stays, the lock does not.
    assert_eq!(installed.check("locks").1["verdict"], "pass");
}

#[test]
fn a_repository_that_calls_itself_the_plugin_is_not_run() {
    let installed = Installed::new();
    let repo = &installed.repo;
    repo.put(".claude-plugin/plugin.json", "{\"name\": \"wfo\", \"version\": \"6.6.6\"}");
    repo.put("hooks/hooks.json", r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "touch ran"}]}]}}"#);
    repo.program("project/bin/wfo-helper", "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n");
    let before = picture(&repo.root());
    // A relative entry of PATH would find what the repository brings.
    let path = format!("bin:.:{}", std::env::var("PATH").unwrap_or_default());
    for done in [installed.run(), installed.call().env("PATH", path).run(repo)] {
        assert_eq!((done.status, named(&done, "plugin")["verdict"].as_str()), (Some(0), Some("pass")), "{done:?}");
    }
    assert_eq!(picture(&repo.root()), before);
}

#[test]
fn a_fixed_clock_is_said_and_is_no_fault() {
    let installed = Installed::new();
    let done = installed.call().env("WFO_NOW", support::NOW).run(&installed.repo);
    let clock = named(&done, "clock");
    assert_eq!((done.status, clock["verdict"].as_str()), (Some(0), Some("pass")));
    assert!(
        clock["detail"].as_str().is_some_and(|detail| detail.contains("2026-11-21")) && clock["fix"].is_string(),
        "{clock:#}"
    );
}

#[test]
fn the_words_for_a_person_end_with_the_count() {
    let installed = Installed::new();
    let text = installed.call().args(["--format", "text"]);
    assert_eq!(text.run(&installed.repo).status, Some(64), "two formats contradict each other");
    let path = installed.plugin.join("bin");
    let done = Call::new(&installed.binary)
        .args(["doctor", "--format", "text"])
        .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
        .unset("WFO_NOW")
        .run(&installed.repo);
    assert!(done.stdout.ends_with("pass: 17 checks, 0 failed, 0 unknown\n"), "{}", done.stdout);
}
