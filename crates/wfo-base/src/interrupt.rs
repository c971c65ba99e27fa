//! Notices ctrl-C and a wish to end while tools run, so that these are ended and their folders removed first.
//! Nothing listens before [`Interrupt::listen`]; a second ctrl-C ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::codes;
use crate::problem::Problem;

/// What has been asked of this process since somebody listens.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    interrupted: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on, to the end of the process.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> Result<Self, Problem> {
        let it = Self::default();
        let pairs = [(SIGINT, 130, &it.interrupted), (SIGTERM, 143, &it.terminated), (SIGHUP, 143, &it.terminated)];
        for (signal, status, flag) in pairs {
            // in this order: the first one only sets the flag
            flag::register_conditional_shutdown(signal, status, Arc::clone(flag))
                .and_then(|_| flag::register(signal, Arc::clone(flag)))
                .map_err(|error| Problem::new(codes::TOOL_FAILED, format!("signals cannot be listened to: {error}")))?;
        }
        Ok(it)
    }

    /// Says whether it is time to end.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || self.terminated.load(Ordering::Relaxed)
    }

    /// What ends the command then.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let (code, word) = match (self.interrupted.load(Ordering::Relaxed), self.terminated.load(Ordering::Relaxed)) {
            (true, _) => (codes::TOOL_INTERRUPTED, "interrupted"),
            (false, true) => (codes::TOOL_TERMINATED, "asked to end"),
            (false, false) => return None,
        };
        let message = format!("{word} while tools ran; they were ended, and nothing was judged");
        Some(Problem::new(code, message).hint("run it again"))
    }
}
