//! The next version by semantic versioning: what commits and the public surface ask for, with the reasons; and the notes of a release.
//! Proposes only; tags and files are for others.

mod change_log;
mod commit;
mod notes;
mod propose;
mod surface;

pub use change_log::with_notes;
pub use commit::{Commit, Conventional, standing};
pub use notes::notes;
pub use propose::{Bump, Proposal, Reason, Surface, SurfaceChange, highest, hotfix_name, hotfix_of, propose};
pub use semver::Version;
pub use surface::{FileChange, PublicRow, public_files};

/// The most of any number in a version, so that it can always be raised.
const NUMBER_LIMIT: u64 = 999_999_999;

/// Reads `1.4.0`, `v1.4.0` or `v1.4.0-rc.1+build`; `None` for anything else.
#[must_use]
pub fn read(text: &str) -> Option<Version> {
    let text = text.trim();
    let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if bare.len() > 100 {
        return None;
    }
    let version = Version::parse(bare).ok()?;
    [version.major, version.minor, version.patch].iter().all(|number| *number <= NUMBER_LIMIT).then_some(version)
}

#[cfg(test)]
mod tests;
