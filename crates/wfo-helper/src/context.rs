//! What every command is given: where it works, what time it is, and how the answer is wanted.

use std::path::{Path, PathBuf};

use wfo_base::{Clock, Diagnostic, Problem, codes, home::Home};

use crate::cli::Globals;

/// The surroundings of one call.
pub(crate) struct Context {
    /// The folder to work in, absolute.
    pub(crate) folder: PathBuf,
    /// The time of this call.
    pub(crate) clock: Clock,
    /// The user's configuration folder.
    pub(crate) home: Home,
    /// The flags that every command knows.
    pub(crate) globals: Globals,
}

impl Context {
    /// Reads environment and flags.
    ///
    /// # Errors
    /// `clock.invalid`, `config.no-home`, `file.missing` for a folder that is not there.
    pub(crate) fn new(globals: Globals) -> Result<Self, Problem> {
        let named = globals.repo.as_deref().unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(named).map_err(|error| {
            Problem::new(codes::FILE_MISSING, format!("cannot work in `{}`: {error}", named.display()))
                .hint("name a folder that is there with `--repo DIR`")
        })?;
        if !folder.is_dir() {
            return Err(Problem::new(codes::FILE_MISSING, format!("`{}` is not a folder", named.display()))
                .hint("name a folder with `--repo DIR`"));
        }
        Ok(Self { folder, clock: Clock::from_env()?, home: Home::from_env()?, globals })
    }

    /// Returns the warnings that every answer carries.
    pub(crate) fn notes(&self) -> Vec<Diagnostic> {
        let fixed = self.clock.is_fixed().then(|| {
            Problem::new(
                codes::CLOCK_FIXED,
                format!("the clock stands at {} (WFO_NOW)", wfo_base::clock::rfc3339(self.clock.now())),
            )
            .hint("unset WFO_NOW to use the system's time")
            .warning()
        });
        fixed.into_iter().chain(self.clock.note().cloned()).collect()
    }
}
