//! The launcher `bin/wfo-helper`: where it looks for the real program, in which order, and what it says when there is none.
//! Run under every small shell that is here; one that is not here is named on stderr.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

mod support;

use std::path::{Path, PathBuf};

use support::{Call, Done, Sandbox, repository, text_of};

/// Shells that a plugin may meet; each with the words that make it run a script.
const SHELLS: [&[&str]; 4] = [&["sh"], &["dash"], &["busybox", "sh"], &["bash", "--posix"]];

/// Returns the shells that are here.
fn shells() -> Vec<&'static [&'static str]> {
    let sandbox = Sandbox::new();
    let here = |words: &&&[&str]| {
        Call::new("sh").args(["-c", "command -v \"$0\" >/dev/null", words[0]]).run(&sandbox).status == Some(0)
    };
    let found: Vec<_> = SHELLS.iter().filter(here).copied().collect();
    for words in SHELLS.iter().filter(|words| !found.contains(words)) {
        eprintln!("skipped: {} is not here", words.join(" "));
    }
    assert!(!found.is_empty(), "not even sh is here");
    found
}

/// A copy of the launcher at `plugin/bin/wfo-helper`, and stand-ins for the real program.
struct Plugin {
    sandbox: Sandbox,
    launcher: PathBuf,
}

impl Plugin {
    fn new() -> Self {
        Self::named("plugin")
    }

    fn named(folder: &str) -> Self {
        let sandbox = Sandbox::new();
        let text = text_of(&repository().join("bin/wfo-helper"));
        let launcher = sandbox.program(&format!("{folder}/bin/wfo-helper"), &text);
        Self { sandbox, launcher }
    }

    /// Puts a stand-in at a place; it says where it is and what it was given.
    fn put(&self, relative: &str) -> PathBuf {
        let word = relative.replace('\'', "'\\''");
        self.sandbox.program(relative, &format!("#!/bin/sh\nprintf '%s: %s\\n' '{word}' \"$*\"\nexit 7\n"))
    }

    /// Returns a call of the launcher with all five places named and a PATH without the machine's own folders first.
    fn call(&self, shell: &[&str], arguments: &[&str]) -> Call {
        let words = shell[1..].iter().map(Path::new).chain([self.launcher.as_path()]);
        let path = format!("{}:/usr/bin:/bin", self.sandbox.at("onpath").display());
        Call::new(which(shell[0])).args(words).args(arguments).env("PATH", path)
    }
}

/// Finds a shell's absolute path, since the calls have a PATH of their own.
fn which(shell: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(shell)).find(|file| file.is_file()).expect("a shell")
}

#[test]
fn each_place_is_looked_at_in_order() {
    for shell in shells() {
        let plugin = Plugin::new();
        let places = [
            "named/wfo-helper",
            "data/bin/wfo-helper",
            "config/wfo/bin/wfo-helper",
            "plugin/target/release/wfo-helper",
            "onpath/wfo-helper",
        ];
        let files: Vec<PathBuf> = places.iter().map(|place| plugin.put(place)).collect();
        for (place, file) in places.iter().zip(files) {
            let done = plugin
                .call(shell, &["start-day", "--json", "two words"])
                .env("WFO_HELPER", plugin.sandbox.at("named/wfo-helper").to_string_lossy())
                .env("CLAUDE_PLUGIN_DATA", plugin.sandbox.at("data").to_string_lossy())
                .run(&plugin.sandbox);
            assert_eq!(
                (done.status, done.stdout),
                (Some(7), format!("{place}: start-day --json two words\n")),
                "{shell:?}"
            );
            std::fs::remove_file(file).unwrap();
        }
        let done = plugin.call(shell, &["start-day"]).run(&plugin.sandbox);
        assert_eq!(done.status, Some(30), "{shell:?}: {done:?}");
    }
}

#[test]
fn nothing_relative_is_ever_run() {
    for shell in shells() {
        let plugin = Plugin::new();
        for place in ["wfo-helper", "bin/wfo-helper", "target/release/wfo-helper", "wfo/bin/wfo-helper"] {
            plugin.put(&format!("project/{place}"));
        }
        for (name, value) in [
            ("WFO_HELPER", "wfo-helper"),
            ("WFO_HELPER", "./bin/wfo-helper"),
            ("CLAUDE_PLUGIN_DATA", "."),
            ("CLAUDE_CONFIG_DIR", "."),
            ("CLAUDE_CONFIG_DIR", ""),
            ("PATH", ".:bin::/usr/bin:/bin"),
            ("PATH", ""),
        ] {
            let done = plugin.call(shell, &["start-day"]).env(name, value).run(&plugin.sandbox);
            assert_eq!(done.status, Some(30), "{shell:?} {name}={value}: {done:?}");
        }
    }
}

#[test]
fn it_never_runs_itself() {
    for shell in shells() {
        let plugin = Plugin::new();
        std::fs::create_dir_all(plugin.sandbox.at("onpath")).unwrap();
        std::os::unix::fs::symlink(&plugin.launcher, plugin.sandbox.at("onpath/wfo-helper")).unwrap();
        std::fs::create_dir_all(plugin.sandbox.at("config/wfo/bin")).unwrap();
        std::fs::hard_link(&plugin.launcher, plugin.sandbox.at("config/wfo/bin/wfo-helper")).unwrap();
        let own = plugin.launcher.to_string_lossy().into_owned();
        let done = plugin.call(shell, &["start-day"]).env("WFO_HELPER", own).run(&plugin.sandbox);
        assert_eq!(done.status, Some(30), "{shell:?}: {done:?}");
    }
}

#[test]
fn copies_of_the_launcher_do_not_start_each_other_for_ever() {
    for shell in shells() {
        let plugin = Plugin::new();
        let text = text_of(&plugin.launcher);
        let folders = ["one", "two", "three"].map(|folder| plugin.sandbox.at(folder));
        for folder in ["one", "two"] {
            plugin.sandbox.program(&format!("{folder}/wfo-helper"), &text);
        }
        let path = format!("{}:{}:{}:/usr/bin:/bin", folders[0].display(), folders[1].display(), folders[2].display());
        let done = plugin.call(shell, &["x"]).env("PATH", path.as_str()).run(&plugin.sandbox);
        assert_eq!((done.status, done.json()["diagnostics"][0]["code"].as_str()), (Some(30), Some("tool.missing")));
        plugin.put("three/wfo-helper");
        let done = plugin.call(shell, &["x"]).env("PATH", path).run(&plugin.sandbox);
        assert_eq!(done.stdout, "three/wfo-helper: x\n", "{shell:?}: the real program behind two copies");
    }
}

#[test]
fn a_wrapper_that_leads_back_to_the_launcher_ends_and_a_call_from_the_real_program_works() {
    for shell in shells() {
        let plugin = Plugin::new();
        let again = format!("#!/bin/sh\nexec '{}' \"$@\"\n", plugin.launcher.display());
        plugin.sandbox.program("onpath/wfo-helper", &again);
        let done = plugin.call(shell, &["x"]).run(&plugin.sandbox);
        assert_eq!(done.status, Some(30), "{shell:?}: {done:?}");
        let inner =
            format!("#!/bin/sh\n[ \"$1\" = inner ] && echo inner && exit 0\n'{}' inner\n", plugin.launcher.display());
        plugin.sandbox.program("config/wfo/bin/wfo-helper", &inner);
        let done = plugin.call(shell, &["x"]).run(&plugin.sandbox);
        assert_eq!((done.status, done.stdout.as_str()), (Some(0), "inner\n"), "{shell:?}: {done:?}");
    }
}

#[test]
fn a_link_to_the_launcher_finds_what_lies_beside_the_real_one() {
    for shell in shells() {
        let mut plugin = Plugin::new();
        plugin.put("plugin/target/release/wfo-helper");
        let links = plugin.sandbox.at("elsewhere/deep");
        std::fs::create_dir_all(&links).unwrap();
        std::os::unix::fs::symlink("../../plugin/bin/wfo-helper", links.join("first")).unwrap();
        std::os::unix::fs::symlink("first", links.join("wfo-helper")).unwrap();
        plugin.launcher = links.join("wfo-helper");
        let done = plugin.call(shell, &["x"]).run(&plugin.sandbox);
        assert_eq!(done.stdout, "plugin/target/release/wfo-helper: x\n", "{shell:?}: {done:?}");
    }
}

#[test]
fn a_file_that_cannot_be_run_is_passed_over() {
    for shell in shells() {
        let plugin = Plugin::new();
        plugin.sandbox.write("config/wfo/bin/wfo-helper", "not a program");
        std::fs::create_dir_all(plugin.sandbox.at("plugin/target/release/wfo-helper")).unwrap();
        plugin.put("onpath/wfo-helper");
        let done = plugin.call(shell, &["x"]).run(&plugin.sandbox);
        assert_eq!(done.stdout, "onpath/wfo-helper: x\n", "{shell:?}: {done:?}");
    }
}

#[test]
fn without_a_program_the_answer_says_how_to_install_one() {
    for shell in shells() {
        let plugin = Plugin::new();
        let done = plugin.call(shell, &["start-day", "--json"]).run(&plugin.sandbox);
        assert_eq!((done.status, done.stderr.as_str()), (Some(30), ""), "{shell:?}");
        let answer = done.json();
        assert_eq!((answer["schema"].as_str(), answer["ok"].as_bool()), (Some("wfo.error/1"), Some(false)));
        assert_eq!(answer["diagnostics"][0]["code"], "tool.missing");
        assert!(answer["diagnostics"][0]["hint"].as_str().is_some_and(|hint| hint.contains("/scripts/install.sh")));
    }
}

#[test]
fn the_answer_is_json_and_its_command_works_whatever_the_name_of_the_folder() {
    for folder in [
        "plugin",
        "a plugin",
        "pl'ugin",
        "plügin",
        "pl$ugin",
        "pl*ugin",
        "pl\"ug\\in",
        "-plugin",
        "pl%sugin",
        "pl`ugin",
    ] {
        for shell in shells() {
            let plugin = Plugin::named(folder);
            plugin.sandbox.write(&format!("{folder}/scripts/install.sh"), "echo installed\n");
            let done = plugin.call(shell, &["start-day"]).run(&plugin.sandbox);
            assert_eq!(done.status, Some(30), "{shell:?} {folder}: {done:?}");
            let next = done.json()["next"][0].as_str().expect("a command").to_owned();
            let installed = Call::new("sh").args(["-c", &next]).run(&plugin.sandbox);
            assert_eq!(installed.stdout, "installed\n", "{shell:?} {next}: {installed:?}");
            plugin.put(&format!("{folder}/target/release/wfo-helper"));
            let done = plugin.call(shell, &["x"]).run(&plugin.sandbox);
            assert_eq!(done.status, Some(7), "{shell:?} {folder}: {done:?}");
        }
    }
}

#[test]
fn no_home_is_no_reason_to_break() {
    for shell in shells() {
        let plugin = Plugin::new();
        let done = plugin.call(shell, &["start-day"]).unset("HOME").unset("CLAUDE_CONFIG_DIR").run(&plugin.sandbox);
        assert_eq!((done.status, done.stderr.as_str()), (Some(30), ""), "{shell:?}: {done:?}");
        plugin.put("onpath/wfo-helper");
        let done = plugin.call(shell, &["x"]).unset("HOME").unset("CLAUDE_CONFIG_DIR").run(&plugin.sandbox);
        assert_eq!(done.stdout, "onpath/wfo-helper: x\n", "{shell:?}: {done:?}");
    }
}

#[test]
fn of_a_list_of_config_folders_the_first_counts() {
    for shell in shells() {
        let plugin = Plugin::new();
        plugin.put("config/wfo/bin/wfo-helper");
        let list = format!("{},/nowhere", plugin.sandbox.config().display());
        let done = plugin.call(shell, &["x"]).env("CLAUDE_CONFIG_DIR", list).run(&plugin.sandbox);
        assert_eq!(done.status, Some(7), "{shell:?}: {done:?}");
    }
}

/// Runs the launcher as a hook without a program behind it.
fn hook(shell: &[&str], event: &str, payload: &str) -> Done {
    let plugin = Plugin::new();
    plugin.call(shell, &["hook", event]).stdin(payload).run(&plugin.sandbox)
}

#[test]
fn a_missing_guard_blocks_commits_and_pushes_and_nothing_else() {
    let bash = |command: &str| format!("{{\"tool_name\":\"Bash\",\"tool_input\":{{\"command\":{command:?}}}}}");
    for shell in shells() {
        for command in [
            "git commit -m x",
            "cd a && git push",
            "git -c x=y commit",
            "git\tpush",
            "/usr/bin/git push",
            "a\n\"git\" commit",
            "git commit",
        ] {
            let done = hook(shell, "pre-tool-use", &bash(command));
            assert_eq!(done.status, Some(2), "{shell:?} {command}: {done:?}");
            assert!(done.stderr.contains("install.sh") && done.stdout.is_empty(), "{done:?}");
        }
        for payload in [
            bash("ls"),
            bash("git status"),
            bash("legit commit; digit push"),
            bash("git commit-tree x"),
            "{\"cwd\":\"/git/commit\",\"transcript_path\":\"/a git commit push\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\",\"description\":\"git commit\"}}".into(),
            "{\"tool_name\":\"Write\",\"tool_input\":{\"content\":\"git commit\"}}".into(),
            String::new(),
            "nonsense".into(),
        ] {
            let done = hook(shell, "pre-tool-use", &payload);
            assert_eq!(
                (done.status, done.stdout.as_str(), done.stderr.as_str()),
                (Some(0), "", ""),
                "{shell:?} {payload}"
            );
        }
        for event in ["session-start", "user-prompt-submit", "post-tool-batch", "no-such-event", ""] {
            let done = hook(shell, event, &bash("git commit -m x"));
            assert_eq!(
                (done.status, done.stdout.as_str(), done.stderr.as_str()),
                (Some(0), "", ""),
                "{shell:?} {event}"
            );
        }
    }
}

#[test]
fn without_a_program_the_host_still_gets_its_worktree() {
    for shell in shells() {
        let plugin = Plugin::new();
        let sandbox = &plugin.sandbox;
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
        let payload = |name: &str| format!("{{\"cwd\": \"{}\",\n\"name\":\"{name}\"}}", sandbox.project().display());
        let call = |name: &str| plugin.call(shell, &["hook", "worktree-create"]).stdin(&payload(name)).run(sandbox);
        let made = sandbox.project().join(".claude/worktrees/feat-x");
        for _ in 0..2 {
            let done = call("feat-x");
            assert_eq!((done.status, done.stdout.trim()), (Some(0), &*made.to_string_lossy()), "{shell:?}: {done:?}");
        }
        assert!(made.join(".git").is_file());
        for name in ["../x", "-x", "", "a/../b", "a b"] {
            let done = call(name);
            assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{shell:?} {name}");
        }
    }
}
