//! Waits for locks that another git process holds for a moment, and says which one when it is held too long.
//! Never removes a lock: nobody can tell from a file whether its owner still lives.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use wfo_base::process::Ran;
use wfo_base::{Problem, codes};

/// How long a lock of git's own is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Calls until the answer is not that somebody else holds a lock.
///
/// # Errors
/// `git.locked` after 20 s, and what the call answers.
pub(super) fn retried(call: impl FnMut() -> Result<Ran, Problem>) -> Result<Ran, Problem> {
    retried_for(PATIENCE, call)
}

fn retried_for(patience: Duration, mut call: impl FnMut() -> Result<Ran, Problem>) -> Result<Ran, Problem> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        let ran = call()?;
        if ran.is_ok() {
            return Ok(ran);
        }
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        if !is_race(&said) {
            return Ok(ran);
        }
        if began.elapsed() >= patience {
            return Err(locked(&said, patience));
        }
        std::thread::sleep(pause.mul_f64(0.5 + chance()));
        pause = (pause * 2).min(Duration::from_millis(640));
    }
}

/// Says whether git stopped at what another git process was just doing.
fn is_race(said: &str) -> bool {
    // What is in the way of a name for good also begins with "cannot lock ref".
    if said.contains("cannot create '") || said.contains("reference already exists") || said.contains("but expected") {
        return false;
    }
    let exists = said.contains("File exists");
    (said.contains(".lock'") && (exists || said.contains("No such file or directory")))
        // Some commands leave out why; only what cannot pass by itself is told apart.
        || (said.contains("could not lock config file") && !said.contains("ermission denied"))
        // Whoever lists the worktrees stumbles over one that another process is just making or removing.
        || ((said.contains("failed to read ") || said.contains("Invalid path ")) && said.contains("/worktrees/"))
        || (said.contains("could not create directory of") && exists)
        || said.contains("data is locked")
        || said.contains("unable to lock stack")
}

fn locked(said: &str, patience: Duration) -> Problem {
    let lock = said.split('\'').find(|part| part.ends_with(".lock")).or_else(|| {
        let named = |words: &str| said.split(words).nth(1);
        let rest = named("could not lock config file ").or_else(|| named("failed to read "))?;
        rest.split([':', '\n']).next()
    });
    let what = lock.map_or_else(|| "a lock of git's".to_owned(), wfo_base::text::code_span);
    Problem::new(codes::GIT_LOCKED, format!("{what} was held by another git process for {} s", patience.as_secs()))
        .hint("try again; if no git process runs any more, look at that lock file and remove it")
}

/// A number from 0 to 1, so that those who wait do not all come back at once.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits & 0xffff).unwrap_or_default()) / 65_535.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(status: i32, stderr: &str) -> Ran {
        Ran { status: Some(status), stdout: Vec::new(), stderr: stderr.as_bytes().to_vec(), cut: false }
    }

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        for (said, expected) in [
            ("fatal: Unable to create '/r/.git/packed-refs.lock': File exists.", true),
            ("fatal: cannot lock ref 'refs/heads/x': Unable to create '/r/.git/refs/heads/x.lock': File exists.", true),
            ("error: could not lock config file .git/config: File exists", true),
            ("error: could not lock config file /r/.git/config", true),
            ("error: could not lock config file .git/config: Permission denied", false),
            ("fatal: failed to read /r/.git/worktrees/x/commondir: Success", true),
            ("fatal: failed to read object 1234", false),
            ("fatal: could not create directory of '.git/worktrees/x': File exists", true),
            ("fatal: cannot lock references: data is locked", true),
            ("fatal: Unable to create '/r/.git/index.lock': Permission denied", false),
            ("fatal: cannot lock ref 'refs/heads/a': 'refs/heads/a/b' exists; cannot create 'refs/heads/a'", false),
            ("fatal: cannot lock ref 'refs/heads/a': reference already exists", false),
            ("error: cannot lock ref 'refs/heads/a': is at 12 but expected 34", false),
            ("fatal: a branch named 'x' already exists", false),
            ("", false),
        ] {
            assert_eq!(is_race(said), expected, "{said}");
        }
    }

    #[test]
    fn a_lock_that_goes_is_waited_for() {
        let mut calls = 0;
        let answer = retried_for(Duration::from_secs(5), || {
            calls += 1;
            Ok(if calls < 4 { ran(128, "Unable to create '/r/x.lock': File exists") } else { ran(0, "") })
        });
        assert!(answer.unwrap().is_ok());
        assert_eq!(calls, 4);
    }

    #[test]
    fn a_lock_that_stays_is_named() {
        for (said, lock) in [
            ("fatal: Unable to create '/r/.git/index.lock': File exists.", "`/r/.git/index.lock`"),
            ("error: could not lock config file .git/config: File exists", "`.git/config`"),
            ("fatal: failed to read /r/.git/worktrees/x/commondir: Success", "`/r/.git/worktrees/x/commondir`"),
        ] {
            let problem = retried_for(Duration::from_millis(30), || Ok(ran(128, said))).unwrap_err();
            assert_eq!(problem.code, codes::GIT_LOCKED);
            assert!(problem.message.contains(lock), "{}", problem.message);
        }
    }

    #[test]
    fn another_failure_comes_back_at_once() {
        let mut calls = 0;
        let answer = retried(|| {
            calls += 1;
            Ok(ran(1, "fatal: no"))
        });
        assert_eq!((answer.unwrap().status, calls), (Some(1), 1));
    }
}
