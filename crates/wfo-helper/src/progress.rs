//! Says on stderr what is under way, when it takes longer than a second and a person watches a terminal. Never in an answer.

use std::io::IsTerminal;
use std::sync::mpsc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Globals;

/// How long work may take before a person is told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs `work`; while it runs for longer than a second, a line such as `making the worktree (3s)` stands on the terminal.
pub(crate) fn during<T>(what: &'static str, globals: &Globals, work: impl FnOnce() -> T) -> T {
    if globals.quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    std::thread::scope(|scope| {
        // The sender goes when the work ends, also by a panic: the line must not outlive it.
        let (running, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
                    .with_style(
                        ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
                            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
                    )
                    .with_elapsed(PATIENCE)
                    .with_message(what);
                line.enable_steady_tick(Duration::from_millis(200));
                let _ = ended.recv();
                line.finish_and_clear();
            }
        });
        let answer = work();
        drop(running);
        answer
    })
}
