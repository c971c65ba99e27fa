//! What tests of `gate run` share: programs that behave as real tools were measured to, and short ways to run a gate with them.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::path::Path;

use serde_json::Value;

use super::gate::{fixture, unattended};
use super::{Call, Done, Repo, binary};

/// Runs `gate run ...` with the programs of the test before all others and the system's clock.
pub(crate) fn run(repo: &Repo, arguments: &[&str]) -> Done {
    prepared(repo, arguments).run(repo)
}

pub(crate) fn prepared(repo: &Repo, arguments: &[&str]) -> Call {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.at("bin").display());
    let words: Vec<&str> = ["run"].iter().chain(arguments).copied().collect();
    Call::new(binary()).arg_words("gate", &words).unset("WFO_NOW").env("USER", "ada").env("PATH", path)
}

/// What every program of these tests does first: `$r` is where its report belongs.
pub(crate) const FIND: &str = r#"#!/bin/sh
case "$*" in *version*) [ "$1 $2" = "audit --version" ] || [ $# = 1 ] && { echo "${V:-1.2.3}"; exit 0; };; esac
for a in "$@"; do case $a in */own/*) [ -n "$r" ] || { r=${a#*=}; r=${r#json:}; };; esac; done
"#;

/// Puts a program on the PATH of the tests.
pub(crate) fn put(repo: &Repo, name: &str, script: &str) {
    repo.program(&format!("bin/{name}"), &format!("{FIND}{script}\n"));
}

/// A tool with all that a project needs to be looked at by it, and its clean report.
pub(crate) struct Case {
    pub(crate) program: &'static str,
    pub(crate) gate: &'static str,
    pub(crate) check: &'static str,
    pub(crate) clean: &'static str,
    pub(crate) version: &'static str,
    pub(crate) files: &'static [(&'static str, &'static str)],
    pub(crate) stdout: bool,
}

pub(crate) const PYTHON: (&str, &str) = ("pyproject.toml", "[project]\nname = \"x\"\n");
pub(crate) const NODE: (&str, &str) = ("package.json", "{\"name\": \"x\"}\n");

pub(crate) const CASES: [Case; 12] = [
    Case {
        program: "semgrep",
        gate: "security",
        check: "sast",
        clean: "semgrep/clean.json",
        version: "1.182.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "bandit",
        gate: "security",
        check: "sast",
        clean: "bandit/clean.json",
        version: "1.9.4",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "gitleaks",
        gate: "security",
        check: "secrets",
        clean: "gitleaks/clean.json",
        version: "8.21.2",
        files: &[],
        stdout: false,
    },
    Case {
        program: "betterleaks",
        gate: "security",
        check: "secrets",
        clean: "betterleaks/clean.json",
        version: "2.0.0",
        files: &[],
        stdout: false,
    },
    Case {
        program: "npm",
        gate: "security",
        check: "dependencies",
        clean: "npm-audit/none.json",
        version: "11.0.0",
        files: &[NODE, ("package-lock.json", "{}\n")],
        stdout: true,
    },
    Case {
        program: "pip-audit",
        gate: "security",
        check: "dependencies",
        clean: "pip-audit/clean.json",
        version: "2.10.1",
        files: &[PYTHON, ("requirements.txt", "a==1\n")],
        stdout: false,
    },
    Case {
        program: "cargo-audit",
        gate: "security",
        check: "dependencies",
        clean: "cargo-audit/clean.json",
        version: "0.22.2",
        files: &[("Cargo.toml", "[package]\nname = \"x\"\n"), ("Cargo.lock", "\n")],
        stdout: true,
    },
    Case {
        program: "eslint",
        gate: "quality",
        check: "lint",
        clean: "eslint/clean.json",
        version: "9.39.5",
        files: &[NODE, ("eslint.config.js", "x\n")],
        stdout: false,
    },
    Case {
        program: "mypy",
        gate: "quality",
        check: "lint",
        clean: "mypy/clean.txt",
        version: "2.4.1",
        files: &[PYTHON, ("mypy.ini", "x\n")],
        stdout: true,
    },
    Case {
        program: "pytest",
        gate: "quality",
        check: "coverage",
        clean: "coverage-py/high.json",
        version: "9.2.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "jscpd",
        gate: "quality",
        check: "duplication",
        clean: "jscpd/clean.json",
        version: "4.3.0",
        files: &[PYTHON],
        stdout: false,
    },
    Case {
        program: "type-coverage",
        gate: "quality",
        check: "types",
        clean: "type-coverage/above.txt",
        version: "2.29.0",
        files: &[NODE, ("tsconfig.json", "{}\n")],
        stdout: true,
    },
];

impl Case {
    pub(crate) fn repo(&self) -> Repo {
        let repo = Repo::new();
        for (name, text) in self.files {
            repo.put(name, text);
        }
        repo.commit("files");
        unattended(&repo);
        std::fs::create_dir_all(repo.at("reports")).unwrap();
        wfo_base::atomic::write(&repo.at("reports/clean"), &fixture(self.clean)).unwrap();
        repo
    }

    /// A program that writes a report by a shell command (`OUT` is the report, `CLEAN` a clean one), then goes on.
    pub(crate) fn put(&self, repo: &Repo, script: &str) {
        let out = if self.stdout { "/dev/stdout" } else { "\"$r\"" };
        let out = if self.program == "jscpd" { "\"$r/jscpd-report.json\"" } else { out };
        let clean = repo.at("reports/clean");
        let script = script.replace("OUT", out).replace("CLEAN", &clean.to_string_lossy());
        // `jscpd` is told the folder only
        let script = if self.program == "jscpd" {
            format!("for a in \"$@\"; do case $a in */own) r=$a;; esac; done\n{script}")
        } else {
            script
        };
        repo.program(
            &format!("bin/{}", self.program),
            &format!("V={}\n{FIND}{script}\n", self.version).replacen(
                &format!("V={}\n#!/bin/sh", self.version),
                &format!("#!/bin/sh\nV={}", self.version),
                1,
            ),
        );
    }

    pub(crate) fn judged(&self, repo: &Repo) -> (Value, Option<i32>) {
        let done = run(repo, &[self.gate, "--only", self.check]);
        let data = done.answer()["data"].take();
        assert_eq!(leftovers(repo), Vec::<String>::new());
        (data, done.status)
    }
}

/// Folders of runs that were not removed.
pub(crate) fn leftovers(repo: &Repo) -> Vec<String> {
    let names = std::fs::read_dir(repo.at("")).unwrap().flatten();
    names.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.starts_with("wfo-run-")).collect()
}

/// Every path below a folder with its bytes.
pub(crate) fn all_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => out.extend(all_files(&entry.path())),
            false => out.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap_or_default())),
        }
    }
    out.sort();
    out
}

/// Made here, so that no scanner finds it in this file.
pub(crate) fn token() -> String {
    let letters = b"k3VqZ8mTw1RyB6xNcP0dLs7HgJf5aUe9";
    let hex: String = (0..64).map(|at| format!("{:x}", letters[(at * 7 + 5 + at / 16) % letters.len()] % 16)).collect();
    format!("{}{}{hex}", "dop_", "v1_")
}
