//! `setup --only hooks` with real repositories: put in, run by git, kept beside what others have there, and taken out byte for byte.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::tree::picture;
use support::{Done, Repo, text_of};

/// A repository whose user may say yes without a terminal.
struct World(Repo);

impl World {
    fn new() -> Self {
        let repo = Repo::new();
        let path = repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        Self(repo)
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.run_in(&self.0.root(), arguments)
    }

    fn run_in(&self, folder: &Path, arguments: &[&str]) -> Done {
        self.0.call(&[&["setup", "--only", "hooks", "--json"], arguments].concat()).folder(folder).run(&self.0)
    }

    /// Proposes and confirms; returns what was done.
    fn done(&self, arguments: &[&str]) -> Value {
        let proposed = self.run(arguments).data();
        let id = proposed["proposal"]["id"].as_str().unwrap_or_else(|| panic!("no proposal: {proposed:#}")).to_owned();
        let data = self.run(&[arguments, &["--confirm", &id]].concat()).data();
        assert_eq!(data["applied"], true, "{data:#}");
        data
    }

    fn hooks(&self) -> PathBuf {
        self.0.root().join(".git/hooks")
    }

    fn hook(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.0.put(&format!(".git/hooks/{name}"), text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn verdict(&self) -> String {
        self.run(&["--check"]).data()["verdict"].as_str().unwrap().to_owned()
    }
}

/// Every file of a folder with its bytes, mode and link.
fn files(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32, Option<PathBuf>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let meta = path.symlink_metadata().unwrap();
            let link = std::fs::read_link(&path).ok();
            let bytes = std::fs::read(&path).unwrap_or_default();
            (path.file_name().unwrap().to_string_lossy().into_owned(), (bytes, meta.permissions().mode(), link))
        })
        .collect()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn hooks_are_proposed_shown_and_written_only_after_a_yes() {
    let world = World::new();
    let (before, hooks) = (picture(&world.0.root()), files(&world.hooks()));
    assert_eq!(world.run(&["--check"]).status, Some(10));
    let dry = world.run(&["--dry-run"]).data();
    assert_eq!((dry.get("proposal"), dry["hooks"]["steps"].as_array().map(Vec::len)), (None, Some(2)));
    let data = world.run(&[]).data();
    assert!(data["proposal"]["actions"][0].as_str().unwrap().ends_with(".git/hooks/pre-commit`"), "{data:#}");
    assert_eq!(picture(&world.0.root()), before, "nothing is written before a yes");
    world.done(&[]);
    for name in ["pre-commit", "prepare-commit-msg"] {
        assert_eq!(mode(&world.hooks().join(name)), 0o755, "{name}");
    }
    assert!(!world.hooks().join("reference-transaction").exists(), "only with --strict");
    assert_eq!(world.verdict(), "pass");
    let again = world.run(&["--yes"]).data();
    assert_eq!((&again["applied"], again.get("proposal")), (&Value::Bool(false), None), "nothing to do twice");
    world.done(&["--strict"]);
    assert!(world.hooks().join("reference-transaction").exists());
    world.done(&["--remove"]);
    assert_eq!(files(&world.hooks()), hooks, "removed byte for byte");
}

#[test]
fn somebody_elses_hooks_run_first_and_come_back_byte_for_byte() {
    let world = World::new();
    world.hook("pre-commit", "#!/bin/sh\r\necho theirs >> log\n\n", 0o755);
    world.hook("prepare-commit-msg", "#!/bin/sh\nexit 0", 0o700);
    world.hook("commit-msg", "#!/bin/sh\nexit 0\n", 0o644);
    let before = files(&world.hooks());
    let data = world.run(&[]);
    assert_eq!(data.codes(), ["hooks.kept", "hooks.kept"]);
    world.done(&[]);
    assert!(world.hooks().join("pre-commit.wfo-chained").exists());
    world.done(&["--remove"]);
    assert_eq!(files(&world.hooks()), before);
}

#[test]
fn a_hook_that_is_a_link_is_kept_as_a_link_and_its_file_is_not_touched() {
    let world = World::new();
    let outside = world.0.write("home/shared-hook", "#!/bin/sh\nexit 0\n");
    symlink(&outside, world.hooks().join("pre-commit")).unwrap();
    symlink("/nowhere", world.hooks().join("prepare-commit-msg")).unwrap();
    let before = files(&world.hooks());
    world.done(&[]);
    assert_eq!(text_of(&outside), "#!/bin/sh\nexit 0\n");
    assert_ne!(files(&world.hooks()), before);
    world.done(&["--remove"]);
    assert_eq!(files(&world.hooks()), before);
}

#[test]
fn a_hooks_folder_that_leads_out_of_the_repository_is_left_alone() {
    let world = World::new();
    let outside = world.0.at("home/hooks");
    std::fs::create_dir(&outside).unwrap();
    std::fs::remove_dir_all(world.hooks()).unwrap();
    symlink(&outside, world.hooks()).unwrap();
    let done = world.run(&["--yes"]);
    assert_eq!((done.status, done.codes()), (Some(0), vec!["hooks.elsewhere".to_owned()]), "{done:?}");
    assert!(files(&outside).is_empty());
}

#[test]
fn without_a_hooks_folder_one_is_made_and_goes_again() {
    let world = World::new();
    std::fs::remove_dir_all(world.hooks()).unwrap();
    let before = files(&world.0.root().join(".git"));
    world.done(&[]);
    assert_eq!(world.verdict(), "pass");
    world.done(&["--remove"]);
    assert_eq!(files(&world.0.root().join(".git")), before);
}

#[test]
fn a_manager_or_another_hooks_folder_gets_a_snippet_and_nothing_is_written() {
    for (file, text) in [
        (".pre-commit-config.yaml", "repos: []\n"),
        ("prek.toml", "\n"),
        ("lefthook.yml", "pre-commit: {}\n"),
        (".lefthook.toml", "\n"),
        (".husky/pre-commit", "npm test\n"),
    ] {
        let world = World::new();
        world.0.put(file, text);
        let before = picture(&world.0.root());
        let done = world.run(&["--yes"]);
        assert_eq!((done.status, done.codes()), (Some(0), vec!["hooks.elsewhere".to_owned()]), "{file}: {done:?}");
        let snippets = done.data()["hooks"]["snippets"].to_string();
        assert!(snippets.contains("wfo-helper gate commit --hook pre-commit"), "{file}: {snippets}");
        assert!(snippets.contains(file.split('/').next().unwrap()), "{file}: {snippets}");
        assert_eq!(picture(&world.0.root()), before, "{file}");
    }
    for (scope, value) in [("--local", ".githooks"), ("--local", "/opt/shared hooks"), ("--worktree", ".githooks")] {
        let world = World::new();
        world.0.git(&["config", "extensions.worktreeConfig", "true"]);
        world.0.git(&["config", scope, "core.hooksPath", value]);
        let before = picture(&world.0.root());
        let done = world.run(&["--yes"]);
        assert_eq!((done.status, done.codes()), (Some(0), vec!["hooks.elsewhere".to_owned()]), "{value}: {done:?}");
        assert!(done.stdout.contains(value), "{done:?}");
        assert_eq!(picture(&world.0.root()), before, "{value}");
    }
}

#[test]
fn where_others_run_the_hooks_no_change_is_announced_and_the_hint_names_the_field() {
    for (file, text) in [("lefthook.yml", "pre-commit: {}\n"), (".husky/pre-commit", "npm test\n"), ("", "")] {
        let world = World::new();
        match file {
            "" => drop(world.0.git(&["config", "core.hooksPath", ".githooks"])),
            file => drop(world.0.put(file, text)),
        }
        for flag in ["--yes", "--dry-run"] {
            let shown = world.0.helper(&["setup", "--only", "hooks", "--format", "text", flag]);
            assert!(shown.stdout.starts_with("nothing to do in "), "{file} {flag}: {shown:?}");
            assert!(!shown.stdout.contains("change") && shown.stdout.contains("yours to add"), "{shown:?}");
        }
        let answer = world.run(&[]).answer();
        let hint = answer["diagnostics"].to_string();
        assert!(hint.contains("`data.hooks.snippets`"), "{answer:#}");
    }
    let world = World::new();
    let shown = world.0.helper(&["setup", "--only", "hooks", "--format", "text", "--dry-run"]);
    assert!(shown.stdout.starts_with("would change "), "{shown:?}");
}

#[test]
fn a_hooks_path_of_the_user_is_told_with_its_origin() {
    let world = World::new();
    let global = world.0.write("home/.gitconfig", "[core]\n\thooksPath = ~/my-hooks\n");
    let done = world
        .0
        .call(&["setup", "--only", "hooks", "--json", "--yes"])
        .env("GIT_CONFIG_GLOBAL", global.to_string_lossy())
        .run(&world.0);
    assert_eq!((done.status, done.codes()), (Some(0), vec!["hooks.elsewhere".to_owned()]));
    assert!(done.stdout.contains("for every repository of this user"), "{done:?}");
    assert!(!world.0.at("home/my-hooks").exists() && !world.hooks().join("pre-commit").exists());
}

#[test]
fn worktrees_share_the_hooks_and_a_relative_hooks_path_that_is_not_there_is_told() {
    let world = World::new();
    let side = world.0.at("side");
    world.0.git(&["worktree", "add", "-q", &side.to_string_lossy()]);
    let proposed = world.run_in(&side, &[]).data();
    assert_eq!(proposed["file"], world.hooks().to_string_lossy().into_owned(), "the shared folder: {proposed:#}");
    world.done(&[]);
    let checked = world.run_in(&side, &["--check"]).data();
    assert_eq!(
        (checked["verdict"].as_str(), checked["hooks"]["checkouts"].as_array().map(Vec::len)),
        (Some("pass"), Some(2))
    );
    // The hooks of a relative path are looked for in each work tree: there they are missing and nothing runs.
    world.0.put("hooks/pre-commit", "#!/bin/sh\nwfo-helper gate commit --hook pre-commit \"$@\" || exit $?\n");
    std::fs::set_permissions(world.0.root().join("hooks/pre-commit"), std::fs::Permissions::from_mode(0o755)).unwrap();
    world.0.git(&["config", "core.hooksPath", "hooks"]);
    let done = world.run(&["--check"]);
    assert_eq!((done.status, done.codes()), (Some(10), vec!["hooks.would-not-run".to_owned()]), "{done:?}");
    let data = done.json()["data"].clone();
    let runs = |folder: &Path| {
        let rows = data["hooks"]["checkouts"].as_array().unwrap();
        rows.iter().find(|row| row["path"] == folder.to_string_lossy().into_owned()).unwrap()["runs"].clone()
    };
    assert_eq!((runs(&world.0.root()), runs(&side)), (Value::Bool(true), Value::Bool(false)), "{data:#}");
    let doctor = world.0.helper(&["doctor", "--json"]).json();
    let row =
        doctor["data"]["checks"].as_array().unwrap().iter().find(|row| row["name"] == "git-hooks").unwrap().clone();
    assert_eq!(row["verdict"], "fail", "{row:#}");
    assert!(row["detail"].as_str().unwrap().contains(&*side.to_string_lossy()), "{row:#}");
}

#[test]
fn what_git_would_not_run_fails_the_check_with_the_reason() {
    let world = World::new();
    world.done(&[]);
    let hook = world.hooks().join("pre-commit");
    let ours = text_of(&hook);
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    let done = world.run(&["--check"]);
    assert_eq!(done.status, Some(10));
    assert!(done.stdout.contains("may not be run"), "{done:?}");
    world.done(&[]);
    assert_eq!((mode(&hook), world.verdict()), (0o755, "pass".to_owned()), "setup mends it");
    wfo_base::atomic::write(&hook, ours.replace("exec ", "# exec ").as_bytes()).unwrap();
    assert!(world.run(&["--check"]).stdout.contains("changed by hand"));
    let again = world.run(&["--yes"]);
    assert_eq!(again.codes(), ["hooks.kept"], "what a person changed stays");
    assert_eq!(world.run(&["--remove", "--yes"]).codes(), ["hooks.kept"]);
    assert!(text_of(&hook).contains("# exec "));
}

#[test]
fn an_id_holds_only_while_the_hooks_are_as_they_were_shown() {
    let world = World::new();
    let id = world.run(&[]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    world.hook("pre-commit", "#!/bin/sh\nexit 0\n", 0o755);
    assert_eq!(world.run(&["--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(text_of(&world.hooks().join("pre-commit")), "#!/bin/sh\nexit 0\n");
    assert_eq!(world.run(&["--strict", "--remove", "--confirm", "AAAAAAAAAAAA"]).failure().0, 20);
}

#[test]
fn outside_of_a_repository_and_with_flags_that_do_not_fit_nothing_happens() {
    let world = World::new();
    assert_eq!(world.run_in(&world.0.at("home"), &[]).failure(), (20, "git.no-repository".to_owned()));
    assert_eq!(
        world.0.helper(&["setup", "--only", "user", "--strict", "--json"]).failure(),
        (64, "usage.invalid".to_owned())
    );
}
