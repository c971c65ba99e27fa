//! Runs a program for as long as it is allowed to: what it prints goes into files, so that nothing it leaves behind can keep the
//! answer waiting, and time, size and a wish to stop are looked at while it runs. All it started is ended with it.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::codes;
use crate::problem::Problem;
use crate::process::Run;

/// How often time and wishes are looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How often sizes are.
const WEIGH: Duration = Duration::from_millis(200);
/// The most entries of a folder that are weighed.
const ENTRIES: usize = 100_000;
/// How often leftovers are looked for: one may start another while it is being ended.
const ROUNDS: usize = 12;
/// How many looks in a row have to find nothing.
const QUIET: usize = 3;

/// Where a program's output goes, and when it has to end.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// A file that is not there yet.
    pub stdout: &'a Path,
    /// Another.
    pub stderr: &'a Path,
    /// The most bytes of each.
    pub most_output: u64,
    /// A folder, and the most bytes that may come together below it.
    pub folder: (&'a Path, u64),
    /// Whether it is to be ended now.
    pub stop: &'a dyn Fn() -> bool,
    /// A variable of its environment by whose value all it started is known.
    pub mark: (&'a str, &'a str),
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status; `None` by a signal.
    Status(Option<i32>),
    /// It took too long.
    TooLong,
    /// It wrote too much.
    TooMuch,
    /// It was to be ended.
    Stopped,
}

impl Run {
    /// Runs it to its end.
    ///
    /// # Errors
    /// `tool.missing` when it cannot be started, `file.not-written` when there is no place for what it prints.
    pub fn watched(&self, watch: &Watch<'_>) -> Result<Ended, Problem> {
        let (stdout, stderr) = (fresh(watch.stdout)?, fresh(watch.stderr)?);
        let marked = self.clone().env(watch.mark.0, Some(watch.mark.1));
        let mut child = marked.start(Stdio::from(stdout), Stdio::from(stderr))?;
        let group = rustix::process::Pid::from_child(&child);
        let (began, mut weighed) = (Instant::now(), Instant::now());
        let mut ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ended::Status(status.code()),
                Err(_) => break Ended::Status(None),
                Ok(None) if (watch.stop)() => break Ended::Stopped,
                Ok(None) if began.elapsed() >= marked.time() => break Ended::TooLong,
                Ok(None) if weighed.elapsed() >= WEIGH => {
                    weighed = Instant::now();
                    if too_much(watch) {
                        break Ended::TooMuch;
                    }
                }
                Ok(None) => std::thread::sleep(LOOK.min(began.elapsed().max(Duration::from_micros(500)))),
            }
        };
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = child.wait();
        end_marked(watch.mark);
        if matches!(ended, Ended::Status(_)) && too_much(watch) {
            ended = Ended::TooMuch;
        }
        Ok(ended)
    }
}

fn fresh(path: &Path) -> Result<File, Problem> {
    let made = File::options().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(|error| {
        Problem::new(codes::FILE_NOT_WRITTEN, format!("`{}` cannot be written: {error}", path.display()))
            .hint("see that there is space in the folder for temporary files")
    })
}

fn too_much(watch: &Watch<'_>) -> bool {
    let size = |path: &Path| std::fs::symlink_metadata(path).map_or(0, |meta| meta.len());
    if [watch.stdout, watch.stderr].iter().any(|path| size(path) > watch.most_output) {
        return true;
    }
    let (mut bytes, mut left) = (0, ENTRIES);
    weigh(watch.folder.0, &mut bytes, &mut left);
    bytes > watch.folder.1 || left == 0
}

fn weigh(folder: &Path, bytes: &mut u64, left: &mut usize) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => weigh(&entry.path(), bytes, left),
            Ok(meta) => *bytes = bytes.saturating_add(meta.len()),
            Err(_) => {}
        }
    }
}

/// Ends what has left the process group, as daemons do: it is known by the mark in its environment.
fn end_marked(mark: (&str, &str)) {
    let wanted = format!("{}={}", mark.0, mark.1);
    let kind = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always).without_tasks();
    let own = std::process::id();
    // A process that is just becoming another program has no environment to be seen: one look that finds nothing says nothing.
    let mut quiet = 0;
    for _ in 0..ROUNDS {
        let Ok(mut system) = System::new() else { return };
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        let left: Vec<i32> = system
            .processes()
            .values()
            .filter(|process| process.pid().as_u32() != own)
            .filter(|process| process.environ().iter().any(|one| one.as_encoded_bytes() == wanted.as_bytes()))
            .filter_map(|process| i32::try_from(process.pid().as_u32()).ok())
            .collect();
        quiet = if left.is_empty() { quiet + 1 } else { 0 };
        if quiet == QUIET {
            return;
        }
        for pid in left.into_iter().filter_map(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(script: &str, limit: Duration, most: u64, stop: &dyn Fn() -> bool) -> (Ended, String, Duration) {
        let folder = tempfile::tempdir().unwrap();
        let (stdout, stderr) = (folder.path().join("out"), folder.path().join("err"));
        let mark = format!("{}-{}", std::process::id(), folder.path().display());
        let watch = Watch {
            stdout: &stdout,
            stderr: &stderr,
            most_output: most,
            folder: (folder.path(), 2 * most),
            stop,
            mark: ("WFO_TEST_MARK", &mark),
        };
        let began = Instant::now();
        let ended = Run::new("sh").arg("-c").arg(script).folder(folder.path()).limit(limit).watched(&watch).unwrap();
        let took = began.elapsed();
        (ended, String::from_utf8_lossy(&std::fs::read(&stdout).unwrap()).into_owned(), took)
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn status_and_output_come_back() {
        let (ended, out, _) = ran("echo out; exit 3", LONG, 1 << 20, &|| false);
        assert_eq!((ended, out.as_str()), (Ended::Status(Some(3)), "out\n"));
    }

    #[test]
    fn too_long_too_much_and_a_wish_to_stop_end_it_whatever_it_ignores() {
        let short = Duration::from_millis(300);
        let deaf = "trap '' TERM INT HUP; while :; do sleep 1; done";
        assert_eq!(ran(deaf, short, 1 << 20, &|| false).0, Ended::TooLong);
        assert_eq!(ran(deaf, LONG, 1 << 20, &|| true).0, Ended::Stopped);
        for endless in ["yes", "cat /dev/zero >&2", "cat /dev/zero > big", "head -c 9000000 /dev/zero"] {
            let (ended, _, took) = ran(endless, LONG, 1 << 20, &|| false);
            assert_eq!(ended, Ended::TooMuch, "{endless}");
            assert!(took < LONG / 2, "{endless}: {took:?}");
        }
    }

    #[test]
    fn what_leaves_the_group_and_holds_the_output_is_ended_too() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("late");
        let script = format!("setsid sh -c 'sleep 1; echo late > {}' & sleep 0.2; echo done", note.display());
        let (ended, out, took) = ran(&script, LONG, 1 << 20, &|| false);
        assert_eq!((ended, out.as_str()), (Ended::Status(Some(0)), "done\n"));
        assert!(took < Duration::from_secs(1), "{took:?}");
        std::thread::sleep(Duration::from_millis(1_200));
        assert!(!note.exists());
    }
}
