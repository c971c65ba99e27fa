//! Tells which processes work inside a folder: those whose working folder is there or below.
//! Ends none, and looks at no open files. Processes of other users that the system does not show are not counted.
//! And marks what a process leaves with who it is, so that a later one can tell whether the first still lives.

use std::path::Path;
use std::sync::OnceLock;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// A process that runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name, as the system has it: foreign text.
    pub name: String,
}

/// All processes that could be looked at, with their working folders; made once for many questions.
#[derive(Debug)]
pub struct Processes(Option<System>);

impl Processes {
    /// Asks the system.
    #[must_use]
    pub fn look() -> Self {
        let mut system = System::new().ok();
        let kind = ProcessRefreshKind::nothing().with_cwd(UpdateKind::Always);
        if let Some(system) = &mut system {
            system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        }
        Self(system.filter(|system| !system.processes().is_empty()))
    }

    /// Lists the processes that work inside a folder (absolute, links resolved), by number; the asking process itself does
    /// not count. `None` when the system does not tell.
    #[must_use]
    pub fn inside(&self, folder: &Path) -> Option<Vec<Process>> {
        let own = std::process::id();
        let mut found: Vec<Process> = self
            .0
            .as_ref()?
            .processes()
            .values()
            .filter(|process| process.thread_kind().is_none() && process.pid().as_u32() != own)
            .filter(|process| process.cwd().is_some_and(|cwd| cwd.starts_with(folder)))
            .map(|process| Process { pid: process.pid().as_u32(), name: process.name().to_string_lossy().into_owned() })
            .collect();
        found.sort();
        Some(found)
    }

    /// Says whether a process with this number runs; `None` when the system does not tell.
    #[must_use]
    pub fn is_running(&self, pid: u32) -> Option<bool> {
        Some(self.0.as_ref()?.process(sysinfo::Pid::from_u32(pid)).is_some())
    }
}

/// Returns a word for this process that no other one has: where it runs, its number and when it began; `None` when the system
/// does not tell. Letters, digits and two dashes.
pub(crate) fn own_mark() -> Option<&'static str> {
    static MARK: OnceLock<Option<String>> = OnceLock::new();
    let make = || Some(format!("{}-{}-{}", scene()?, std::process::id(), began(std::process::id())?));
    MARK.get_or_init(make).as_deref()
}

/// Says whether the process that made a mark is surely gone. One of another machine, container or start of the machine may live.
pub(crate) fn is_gone(mark: &str) -> bool {
    let mut parts = mark.split('-');
    let (Some(there), Some(pid), Some(start), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let number = pid.parse::<i32>().ok().and_then(rustix::process::Pid::from_raw);
    let Some(number) = number.filter(|_| scene().is_some_and(|here| here == there)) else { return false };
    match rustix::process::test_kill_process(number) {
        Err(rustix::io::Errno::SRCH) => true,
        // Another process may have its number now.
        _ => began(number.as_raw_pid().unsigned_abs()).is_some_and(|began| began != start),
    }
}

/// Names where process numbers mean the same: this start of this machine, and the container.
#[cfg(target_os = "linux")]
fn scene() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let digest = crate::trust::digest(&format!("{}{}", boot.trim(), space.display()));
    Some(digest.chars().filter(char::is_ascii_alphanumeric).take(12).collect())
}

/// Returns when a process began, in ticks since the start of the machine, which no change of the clock moves.
#[cfg(target_os = "linux")]
fn began(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let began = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?;
    began.bytes().all(|byte| byte.is_ascii_digit()).then(|| began.to_owned())
}

/// Names where process numbers mean the same: this machine.
#[cfg(not(target_os = "linux"))]
fn scene() -> Option<String> {
    let digest = crate::trust::digest(&System::host_name()?);
    Some(digest.chars().filter(char::is_ascii_alphanumeric).take(12).collect())
}

/// Returns when a process began.
#[cfg(not(target_os = "linux"))]
fn began(pid: u32) -> Option<String> {
    let pid = sysinfo::Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
    Some(system.process(pid)?.start_time().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Run;

    /// The mark of a process that has ended and was waited for.
    pub(crate) fn mark_of_the_dead() -> String {
        let done = Run::new("sh").arg("-c").arg("echo $$").run().unwrap();
        let pid = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        let parts: Vec<&str> = own_mark().unwrap().split('-').collect();
        format!("{}-{pid}-{}", parts[0], parts[2])
    }

    #[test]
    fn only_who_surely_ended_is_gone() {
        let own = own_mark().unwrap();
        let parts: Vec<&str> = own.split('-').collect();
        let (scene, pid, start) = (parts[0], parts[1], parts[2]);
        assert!(!is_gone(own), "it lives");
        assert!(is_gone(&mark_of_the_dead()), "no such number");
        assert!(is_gone(&format!("{scene}-{pid}-{start}1")), "the number belongs to another one");
        let elsewhere = mark_of_the_dead().replace(scene, "elsewhere");
        for unknown in [&*elsewhere, "", "a", "a-b-c", "1-2-3-4", &format!("{scene}-0-1"), &format!("{scene}--1")] {
            assert!(!is_gone(unknown), "{unknown}");
        }
    }

    #[test]
    fn a_process_is_in_the_folder_it_works_in_and_in_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let real = std::fs::canonicalize(folder.path()).unwrap();
        let (below, beside) = (real.join("a/b"), real.join("a b"));
        for made in [&below, &beside] {
            std::fs::create_dir_all(made).unwrap();
        }
        let run = Run::new("sh").arg("-c").arg("echo here > mark; sleep 30").folder(&below);
        std::thread::scope(|scope| {
            let child = scope.spawn(move || run.limit(std::time::Duration::from_secs(2)).run());
            while !below.join("mark").exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let seen = Processes::look();
            assert!(seen.inside(&real.join("a")).unwrap().iter().any(|process| process.name.starts_with("s")));
            assert_eq!(seen.inside(&beside), Some(vec![]));
            assert_eq!(seen.is_running(std::process::id()), Some(true));
            let _ = child.join();
        });
        assert_eq!(Processes::look().inside(&real), Some(vec![]), "and it is gone with its end");
    }
}
