//! Runs other programs: with a time limit, a cap on what they may print, nothing on standard input unless it is given, and their own
//! process group, so that nothing they started is left behind. Never through a shell unless the caller names one.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::{codes, problem::Problem};

/// One program to run.
#[derive(Debug, Clone)]
pub struct Run {
    program: OsString,
    args: Vec<OsString>,
    folder: Option<PathBuf>,
    env: Vec<(OsString, Option<OsString>)>,
    limit: Duration,
    cap: usize,
    held: Option<Arc<File>>,
    input: Option<Vec<u8>>,
}

/// What a program did.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// Standard output, at most the cap.
    pub stdout: Vec<u8>,
    /// Standard error, at most the cap.
    pub stderr: Vec<u8>,
    /// Whether output above the cap was dropped.
    pub cut: bool,
}

impl Ran {
    /// Says whether it ended with status 0.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == Some(0)
    }
}

impl Run {
    /// Names the program; 10 s and 1 MiB of output unless said otherwise.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            folder: None,
            env: Vec::new(),
            limit: Duration::from_secs(10),
            cap: 1 << 20,
            held: None,
            input: None,
        }
    }

    /// Lets the program hold an open file (as its standard input, read to the end): a lock on the file is let go only when the
    /// program has ended, too, so that nobody takes over its work while it still runs without us.
    #[must_use]
    pub fn hold(mut self, file: Option<&Arc<File>>) -> Self {
        self.held = file.cloned();
        self
    }

    /// Gives the program bytes on its standard input: what is no business of anybody who lists processes.
    #[must_use]
    pub fn input(mut self, bytes: Vec<u8>) -> Self {
        self.input = Some(bytes);
        self
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets the working folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets (or with `None` removes) an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: Option<&str>) -> Self {
        self.env.push((name.into(), value.map(Into::into)));
        self
    }

    /// Sets an environment variable to a path of any bytes.
    #[must_use]
    pub fn env_path(mut self, name: &str, value: &Path) -> Self {
        self.env.push((name.into(), Some(value.into())));
        self
    }

    /// Sets the time limit.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sets how many bytes of each stream are kept.
    #[must_use]
    pub fn cap(mut self, cap: usize) -> Self {
        self.cap = cap;
        self
    }

    /// Runs it to the end.
    ///
    /// # Errors
    /// `tool.missing` when it cannot be started, `tool.timeout` when the limit passed (the whole group is then killed).
    pub fn run(&self) -> Result<Ran, Problem> {
        let mut child = self.start(Stdio::piped(), Stdio::piped())?;
        let group = rustix::process::Pid::from_child(&child);
        let (out, err, into) = (child.stdout.take(), child.stderr.take(), child.stdin.take());
        let cap = self.cap;
        let (status, stdout, stderr) = std::thread::scope(|scope| {
            // A program that does not read to the end closes the pipe: that is no fault, and it ends with the program at the latest.
            scope.spawn(move || into.zip(self.input.as_ref()).map(|(mut into, bytes)| into.write_all(bytes)));
            let out = scope.spawn(move || out.map(|pipe| drain(pipe, cap)).unwrap_or_default());
            let err = scope.spawn(move || err.map(|pipe| drain(pipe, cap)).unwrap_or_default());
            let status = wait(&mut child, self.limit);
            // A grandchild may still hold the pipes: end the group in any case, so that reading ends too.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            if status.is_none() {
                let _ = child.wait();
            }
            (status, out.join().unwrap_or_default(), err.join().unwrap_or_default())
        });
        match status {
            Some(status) => {
                Ok(Ran { status: status.code(), cut: stdout.1 || stderr.1, stdout: stdout.0, stderr: stderr.0 })
            }
            None => Err(Problem::new(
                codes::TOOL_TIMEOUT,
                format!("{} ran longer than {} s and was ended", self.shown(), self.limit.as_secs_f32()),
            )
            .hint("run it by hand to see what it waits for")),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts processes")]
    pub(crate) fn start(&self, stdout: Stdio, stderr: Stdio) -> Result<Child, Problem> {
        let mut command = std::process::Command::new(&self.program);
        let held = self.held.as_ref().and_then(|file| {
            let mut file = file.try_clone().ok()?;
            file.seek(SeekFrom::End(0)).ok()?;
            Some(Stdio::from(file))
        });
        let stdin = match (held, &self.input) {
            (Some(held), _) => held,
            (None, Some(_)) => Stdio::piped(),
            (None, None) => Stdio::null(),
        };
        command.args(&self.args).stdin(stdin).stdout(stdout).stderr(stderr).process_group(0);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.spawn().map_err(|error| {
            Problem::new(codes::TOOL_MISSING, format!("{} could not be started: {error}", self.shown()))
                .hint(format!("install `{}` or put it on PATH", self.program.to_string_lossy()))
        })
    }

    /// The time limit.
    pub(crate) const fn time(&self) -> Duration {
        self.limit
    }

    fn shown(&self) -> String {
        format!("`{}`", self.program.to_string_lossy())
    }
}

fn wait(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let began = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if began.elapsed() < limit => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(10));
            }
            _ => return None,
        }
    }
}

/// Reads to the end, keeps at most `cap` bytes, and says whether there were more.
fn drain(mut pipe: impl Read, cap: usize) -> (Vec<u8>, bool) {
    let mut kept = Vec::new();
    let _ = pipe.by_ref().take(cap as u64).read_to_end(&mut kept);
    let more = std::io::copy(&mut pipe, &mut std::io::sink()).unwrap_or(0) > 0;
    (kept, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Run {
        Run::new("sh").arg("-c").arg(script)
    }

    #[test]
    fn output_and_status_come_back() {
        let ran = shell("echo out; echo err >&2; exit 3").run().unwrap();
        assert_eq!((ran.status, ran.stdout.as_slice(), ran.stderr.as_slice()), (Some(3), &b"out\n"[..], &b"err\n"[..]));
    }

    #[test]
    fn output_above_the_cap_is_dropped_and_said() {
        let ran = shell("head -c 100000 /dev/zero").cap(10).run().unwrap();
        assert_eq!((ran.stdout.len(), ran.cut), (10, true));
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_all_it_started() {
        let began = Instant::now();
        let problem = shell("sleep 60 & sleep 60").limit(Duration::from_millis(200)).run().unwrap_err();
        assert_eq!(problem.code, codes::TOOL_TIMEOUT);
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_child_left_in_the_background_does_not_hold_the_answer() {
        let began = Instant::now();
        assert!(shell("sleep 60 & echo done").run().unwrap().is_ok());
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_lock_that_a_program_holds_is_free_only_when_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        crate::atomic::write(&path, b"note").unwrap();
        let ours = File::open(&path).unwrap();
        ours.lock().unwrap();
        let ours = Arc::new(ours);
        // It leaves its process group, as an orphan of a killed parent outlives it.
        let ran = shell("cat; exec 3<&0; setsid sh -c 'sleep 0.4' <&3 >/dev/null 2>&1 & sleep 0.1")
            .hold(Some(&ours))
            .run()
            .unwrap();
        assert_eq!(ran.stdout, b"", "it reads nothing of the file");
        drop(ours);
        let other = File::open(&path).unwrap();
        assert!(other.try_lock().is_err(), "the orphan still holds it");
        other.lock().unwrap();
    }

    #[test]
    fn a_program_reads_what_it_is_given_and_may_leave_it() {
        let ran = shell("cat").input(b"words".to_vec()).run().unwrap();
        assert_eq!(ran.stdout, b"words");
        let much = vec![b'x'; 1 << 20];
        assert!(shell("exit 0").input(much.clone()).run().unwrap().is_ok());
        let began = Instant::now();
        let problem = shell("sleep 60").input(much).limit(Duration::from_millis(200)).run().unwrap_err();
        assert_eq!(problem.code, codes::TOOL_TIMEOUT);
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_missing_program_is_named() {
        assert_eq!(Run::new("no-such-program-here").run().unwrap_err().code, codes::TOOL_MISSING);
    }
}
