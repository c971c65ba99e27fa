//! Tells which processes work inside a folder: those whose working folder is there or below.
//! Ends none, and looks at no open files. Processes of other users that the system does not show are not counted.

use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Run;

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
