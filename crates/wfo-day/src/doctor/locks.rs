//! Looks which of wfo's locks are held right now, and by whom. A lock goes with the process that holds it, so none can be
//! left behind; one that stays held belongs to a process that hangs. Waits for none.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wfo_base::home::Home;

use super::{Check, files, more};

/// Between two looks: a lock that is held for a write is free again by then.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks at all lock files.
pub(super) fn check(home: &Home) -> Check {
    let mut paths: Vec<PathBuf> =
        files::below(&home.wfo("")).into_iter().filter(|(_, meta)| meta.is_file()).map(|(path, _)| path).collect();
    let mut registry = home.registry().into_os_string();
    registry.push(".lock");
    paths.push(registry.into());
    paths.retain(|path| path.extension().is_some_and(|end| end == "lock") && path.is_file());
    let mut held: Vec<&PathBuf> = paths.iter().filter(|path| is_held(path) == Some(true)).collect();
    if !held.is_empty() {
        std::thread::sleep(PAUSE);
        held.retain(|path| is_held(path) == Some(true));
    }
    if let Some(path) = held.first() {
        let who = holder(path).unwrap_or_else(|| "a process that cannot be named".to_owned());
        return Check::fail("locks", format!("{} is held by {who}{}", path.display(), more(held.len())))
            .fix("wait for that process, or end it if it hangs; the lock goes with it");
    }
    match paths.iter().find(|path| is_held(path).is_none()) {
        Some(path) => Check::unknown("locks", format!("{} cannot be opened", path.display()))
            .fix(format!("run `chmod 600 {}`", path.display())),
        None => Check::pass("locks", format!("none of {} lock files is held", paths.len())),
    }
}

/// Says whether a lock is held; `None` when that cannot be found out.
fn is_held(path: &Path) -> Option<bool> {
    let file = File::open(path).ok()?;
    // A shared lock, let go at once: it disturbs nobody for longer than a waiter sleeps.
    match file.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// Names the process that holds a lock, where the system lists locks.
fn holder(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    let pid = holder_in(&fs::read_to_string("/proc/locks").ok()?, meta.dev(), meta.ino())?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!("process {pid} ({})", name.trim()))
}

/// Finds the holder in lines such as `1: FLOCK  ADVISORY  WRITE 4711 08:01:131090 0 EOF`. Some file systems list another
/// device than they tell for the file, so without a full match the file's number alone decides.
fn holder_in(locks: &str, device: u64, inode: u64) -> Option<u32> {
    let major = ((device >> 8) & 0xfff) | ((device >> 32) & !0xfff);
    let minor = (device & 0xff) | ((device >> 12) & 0xffff_ff00);
    let rows = || {
        locks.lines().filter_map(|line| {
            // A waiter's line has an arrow after the number.
            let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "->").collect();
            let (pid, place) = (words.get(4)?.parse::<u32>().ok()?, words.get(5)?);
            Some((line.contains("->"), pid, *place))
        })
    };
    let whole = format!("{major:02x}:{minor:02x}:{inode}");
    let end = format!(":{inode}");
    let find =
        |fits: &dyn Fn(&str) -> bool| rows().find(|(waits, _, place)| !waits && fits(place)).map(|(_, pid, _)| pid);
    find(&|place| place == whole).or_else(|| find(&|place| place.ends_with(&end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn the_holder_is_read_from_the_systems_list() {
        let list = "1: POSIX  ADVISORY  WRITE 11 08:02:77 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 12 08:01:77 0 EOF\n3: FLOCK  ADVISORY  WRITE 13 08:01:77 0 EOF\nbroken\n";
        assert_eq!(holder_in(list, 0x801, 77), Some(13));
        assert_eq!(holder_in(list, 0x9901, 77), Some(11));
        assert_eq!(holder_in(list, 0x801, 7), None);
    }

    #[test]
    fn a_held_lock_is_named_with_its_process_and_a_free_one_passes() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned());
        assert_eq!(check(&home).verdict, Verdict::Pass);
        wfo_base::atomic::make_folder(&home.wfo(""), true).unwrap();
        let path = home.wfo("used.jsonl");
        wfo_base::atomic::locked(&path, || {
            let check = check(&home);
            assert_eq!(check.verdict, Verdict::Fail);
            assert!(check.detail.contains("used.jsonl.lock"), "{}", check.detail);
            if Path::new("/proc/locks").exists() {
                assert!(check.detail.contains(&format!("process {}", std::process::id())), "{}", check.detail);
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(check(&home).verdict, Verdict::Pass);
    }
}
