//! `scripts/install.sh` with a stand-in for cargo: what it installs, what it says, and what it takes away again.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use support::tree::picture;
use support::{Call, Done, Sandbox, repository, text_of};

/// A copy of the script in a folder with a blank in its name, and a cargo that "builds" a script.
struct World(Sandbox);

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.program("a tree/scripts/install.sh", &text_of(&repository().join("scripts/install.sh")));
        sandbox.write("a tree/Cargo.toml", "");
        let world = Self(sandbox);
        world.builds("1.0.0");
        world
    }

    /// Makes cargo build this version.
    fn builds(&self, version: &str) {
        self.0.program("a tree/target/release/wfo-helper", &format!("#!/bin/sh\necho wfo-helper {version}\n"));
        let script = "#!/bin/sh\necho \"$PWD: $*\" >>\"$(dirname \"$0\")/calls\"\n\
            echo '{\"reason\":\"compiler-artifact\",\"executable\":null}'\n\
            printf '{\"reason\":\"compiler-artifact\",\"executable\":\"%s\"}\\n' \"$PWD/target/release/wfo-helper\"\n";
        self.0.program("tools/cargo", script);
    }

    fn call(&self, arguments: &[&str]) -> Call {
        let path = format!("{}:/usr/bin:/bin", self.0.at("tools").display());
        Call::new("sh").args([self.0.at("a tree/scripts/install.sh").as_os_str()]).args(arguments).env("PATH", path)
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.call(arguments).run(&self.0)
    }

    fn done(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.status, Some(0), "{done:?}");
        done.stdout
    }

    fn installed(&self) -> PathBuf {
        self.0.config().join("wfo/bin/wfo-helper")
    }

    fn link(&self) -> PathBuf {
        self.0.at("home/.local/bin/wfo-helper")
    }

    /// Returns the names in the installation folder.
    fn names(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.0.config().join("wfo/bin")).into_iter().flatten().flatten();
        let mut names: Vec<_> = folder.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn it_builds_installs_and_says_what_comes_next() {
    let world = World::new();
    let said = world.done(&[]);
    assert!(said.contains("installed wfo-helper 1.0.0 to "), "{said}");
    assert!(said.contains("/wfo/bin/wfo-helper setup ") && said.contains("/wfo/bin/wfo-helper doctor "), "{said}");
    assert_eq!(world.names(), ["installed", "wfo-helper"]);
    let calls = text_of(&world.0.at("tools/calls"));
    assert!(calls.contains("a tree: build --release --locked -p wfo-helper "), "{calls}");
    let mode = |path: PathBuf| path.metadata().expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(world.0.config().join("wfo")), 0o700);
    assert_eq!(mode(world.installed().parent().expect("a folder").to_owned()), 0o700);
    assert_eq!(mode(world.installed()) & 0o100, 0o100);
    assert!(!world.link().exists());
}

#[test]
fn a_second_run_replaces_the_binary_and_leaves_nothing_else() {
    let world = World::new();
    world.done(&["--link"]);
    world.builds("2.0.0");
    let said = world.done(&["--link"]);
    assert!(said.contains("installed wfo-helper 2.0.0 to ") && said.contains("is not on your PATH"), "{said}");
    assert_eq!(world.names(), ["installed", "wfo-helper"]);
    let shown = Call::new(world.link()).run(&world.0);
    assert_eq!(shown.stdout, "wfo-helper 2.0.0\n");
    let folder = world.0.at("home/.local/bin");
    let path = format!("{}:{}:/usr/bin:/bin", world.0.at("tools").display(), folder.display());
    let said = world.call(&["--link"]).env("PATH", path).run(&world.0).stdout;
    assert!(said.contains("  wfo-helper setup ") && !said.contains("not on your PATH"), "{said}");
}

#[test]
fn uninstalling_takes_exactly_what_was_installed() {
    let world = World::new();
    let before = picture(&world.0.config());
    let kept: Vec<PathBuf> = before.keys().cloned().collect();
    world.done(&["--link"]);
    world.0.write("config/wfo/key", "k");
    world.0.write("config/settings.json", "{\"permissions\":{\"allow\":[\"Bash(wfo-helper *)\"]}}");
    let said = world.done(&["--uninstall"]);
    assert!(!world.link().is_symlink() && !world.installed().exists());
    assert!(said.contains("kept ") && said.contains("permission lines") && said.contains("setup --remove"), "{said}");
    let left: Vec<PathBuf> = picture(&world.0.config()).into_keys().collect();
    let mut expected = kept;
    expected.extend(["wfo", "wfo/key", "settings.json"].map(|name| world.0.config().join(name)));
    expected.sort();
    assert_eq!(left, expected);
    assert!(!world.0.config().join("wfo/bin").exists());
    let again = world.done(&["--uninstall"]);
    assert!(again.contains("nothing is installed"), "{again}");
}

#[test]
fn what_is_somebody_elses_is_neither_replaced_nor_removed() {
    let world = World::new();
    world.0.write("home/.local/bin/wfo-helper", "mine");
    let refused = world.run(&["--link"]);
    assert_eq!(refused.status, Some(21), "{refused:?}");
    assert!(!world.installed().exists(), "nothing is half done");
    assert_eq!(text_of(&world.link()), "mine");
    world.done(&[]);
    world.0.program("config/wfo/bin/wfo-helper", "#!/bin/sh\necho mine\n");
    let kept = world.run(&["--uninstall"]);
    assert_eq!(kept.status, Some(21), "{kept:?}");
    assert!(text_of(&world.installed()).contains("mine") && world.link().exists());
    std::fs::remove_file(world.installed()).expect("removed");
    std::fs::create_dir(world.installed()).expect("a folder");
    assert_eq!(world.run(&[]).status, Some(21));
}

#[test]
fn without_cargo_or_with_a_broken_build_nothing_is_installed() {
    let world = World::new();
    world.done(&[]);
    let before = picture(&world.0.config());
    let without = world.call(&[]).env("PATH", "/usr/bin:/bin").run(&world.0);
    // A machine that has cargo in a system folder cannot show this.
    if without.status != Some(0) {
        assert_eq!(without.status, Some(30), "{without:?}");
        assert!(without.stderr.contains("cargo is not installed") && without.stderr.contains("rustup"), "{without:?}");
    }
    for (script, words) in [
        ("echo broken >&2\nexit 101", "the build broke"),
        ("echo '{}'", "did not say where"),
        (
            "printf '{\"executable\":\"%s\"}\\n' \"$PWD/target/release/wfo-helper\"\nrm target/release/wfo-helper",
            "did not say where",
        ),
    ] {
        world.0.program("tools/cargo", &format!("#!/bin/sh\n{script}\n"));
        let done = world.run(&[]);
        assert_eq!(done.status, Some(30), "{done:?}");
        assert!(done.stderr.contains(words), "{done:?}");
    }
    world.builds("3.0.0");
    world.0.program("a tree/target/release/wfo-helper", "#!/bin/sh\nexit 1\n");
    assert_eq!(world.run(&[]).status, Some(30));
    assert_eq!(picture(&world.0.config()), before);
}

#[test]
fn a_run_that_was_cut_off_can_be_repeated_and_undone() {
    let world = World::new();
    world.done(&[]);
    // Cut off between the record and the binary: the record knows both.
    let record = world.0.config().join("wfo/bin/installed");
    let text = text_of(&record);
    wfo_base::atomic::write(&record, format!("{text}1 2\n").as_bytes()).expect("written");
    world.done(&["--uninstall"]);
    assert!(!world.installed().exists());
    world.done(&[]);
    assert_eq!(text_of(&record).lines().count(), 1);
}

#[test]
fn help_and_wrong_options_touch_nothing() {
    let world = World::new();
    let before = picture(&world.0.config());
    assert!(world.done(&["--help"]).starts_with("usage: "));
    for arguments in [&["--all"][..], &["--link", "--uninstall"], &["x"]] {
        assert_eq!(world.run(arguments).status, Some(64), "{arguments:?}");
    }
    let relative = world.call(&[]).env("CLAUDE_CONFIG_DIR", "relative").run(&world.0);
    assert_eq!(relative.status, Some(20), "{relative:?}");
    assert_eq!(picture(&world.0.config()), before);
}
