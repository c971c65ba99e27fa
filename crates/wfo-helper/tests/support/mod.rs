//! What the end-to-end tests share: a sandbox with HOME, CONFIG and project of its own, and a way to run programs in it.
//! Nothing of the person who runs the tests is read: the environment is empty but for what stands here.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test stops where it cannot go on, and says what it skips"
)]

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

mod answer;
pub(crate) mod flow;
pub(crate) mod gate;
mod repo;
pub(crate) mod review;
pub(crate) mod run;
pub(crate) mod terminal;
pub(crate) mod tree;
pub(crate) mod user;

#[allow(unused_imports, reason = "each test file uses a part of it")]
pub(crate) use repo::Repo;

/// The time that stands still in sandboxes.
pub(crate) const NOW: &str = "2026-11-21T09:00:00Z";
/// The newest time a program of a test may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the top of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// Returns the built helper.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_wfo-helper"))
}

/// Reads a file as text.
pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A temporary folder with `home/`, `config/` and `project/`.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    /// Makes an empty one; the project is no repository yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sandbox = Self { folder };
        for name in ["home", "config", "project"] {
            std::fs::create_dir(sandbox.at(name)).expect("a folder");
        }
        sandbox
    }

    /// Returns a path below the sandbox.
    pub(crate) fn at(&self, relative: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("the sandbox").join(relative)
    }

    /// Returns the project's folder.
    pub(crate) fn project(&self) -> PathBuf {
        self.at("project")
    }

    /// Returns CONFIG.
    pub(crate) fn config(&self) -> PathBuf {
        self.at("config")
    }

    /// Writes a file below the sandbox, with its folders.
    pub(crate) fn write(&self, relative: &str, text: &str) -> PathBuf {
        let path = self.at(relative);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        wfo_base::atomic::write(&path, text.as_bytes()).expect("a file");
        path
    }

    /// Writes a program that a shell runs.
    pub(crate) fn program(&self, relative: &str, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(relative, script);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        path
    }

    /// Runs git in the project, with fixed identities and dates.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let done = Call::new("git").args(arguments).run(self);
        assert_eq!(done.status, Some(0), "git {arguments:?}: {}", done.stderr);
        done.stdout
    }

    /// Runs the built helper in the project.
    pub(crate) fn helper(&self, arguments: &[&str]) -> Done {
        Call::new(binary()).args(arguments).run(self)
    }
}

/// One program to run in a sandbox.
pub(crate) struct Call {
    command: Command,
    stdin: String,
    folder: Option<PathBuf>,
    env: Vec<(String, Option<String>)>,
}

impl Call {
    /// Names the program.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test gives standard input, which the helper's own runner never does"
    )]
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self { command: Command::new(program), stdin: String::new(), folder: None, env: Vec::new() }
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Gives standard input.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    /// Works elsewhere than in the project.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets a variable over the sandbox's own.
    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Takes one of the sandbox's own variables away.
    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.env.push((name.to_owned(), None));
        self
    }

    /// Runs it to the end.
    pub(crate) fn run(mut self, sandbox: &Sandbox) -> Done {
        let path = std::env::var("PATH").unwrap_or_default();
        let (home, config) = (sandbox.at("home"), sandbox.config());
        self.command.env_clear().envs([("PATH", path.as_str()), ("TZ", "UTC"), ("LC_ALL", "C"), ("WFO_NOW", NOW)]);
        self.command.env("HOME", &home).env("CLAUDE_CONFIG_DIR", &config).env("TMPDIR", sandbox.at(""));
        self.command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")]);
        for who in ["AUTHOR", "COMMITTER"] {
            self.command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
            self.command.env(format!("GIT_{who}_DATE"), "2026-11-20T16:00:00Z");
        }
        for (name, value) in &self.env {
            match value {
                Some(value) => self.command.env(name, value),
                None => self.command.env_remove(name),
            };
        }
        self.command.current_dir(self.folder.take().unwrap_or_else(|| sandbox.project()));
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let began = Instant::now();
        let mut child = self.command.spawn().expect("a program that starts");
        let [stdout, stderr] = [drained(child.stdout.take()), drained(child.stderr.take())];
        // A program that does not read its input closes the pipe: that is no fault.
        let _ = child.stdin.take().expect("stdin").write_all(self.stdin.as_bytes());
        let status = loop {
            match child.try_wait().expect("a program that ends") {
                Some(status) => break status,
                None if began.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(1)),
                None => {
                    let _ = child.kill();
                    panic!("{:?} did not end within {PATIENCE:?}", self.command);
                }
            }
        };
        let took = began.elapsed();
        let [stdout, stderr] = [stdout, stderr].map(|reader| reader.join().expect("its output"));
        Done {
            status: status.code(),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            took,
        }
    }
}

/// Reads a pipe to its end beside the program.
fn drained(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.expect("a pipe").read_to_end(&mut bytes);
        bytes
    })
}

/// What a program did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Done {
    /// Returns stdout as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }
}
