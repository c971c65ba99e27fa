//! Finds the hooks that git would run: where they lie, whose they are, and the hash of each one's bytes.
//! Never runs one.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wfo_base::trust::digest_bytes;
use wfo_base::{Problem, read};

use super::settings::Settings;
use crate::git::judge;
use crate::repository::{Repository, clean};

/// The largest hook that is read.
const LIMIT: u64 = 64 << 20;

/// The folder of hooks that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// Absolute.
    pub(super) path: PathBuf,
    /// Whether it is the repository's and not the user's own.
    pub(super) foreign: bool,
}

impl Folder {
    /// Asks git where the hooks lie.
    ///
    /// # Errors
    /// `tool.missing`, `tool.timeout`, `tool.failed`.
    pub(super) fn find(repository: &Repository, settings: &Settings) -> Result<Self, Problem> {
        let output = judge(repository.git().writing(&[], ["rev-parse", "--git-path", "hooks"]).run()?)?;
        let named = Path::new(OsStr::from_bytes(output.strip_suffix(b"\n").unwrap_or(&output)));
        let path = clean(&repository.root().join(named));
        // A user's setting that leads into the repository, such as `.githooks`, leads to the repository's files.
        let inside = [repository.root(), repository.main_root(), repository.common_dir()];
        let set_by_user = settings.effective(b"core.hookspath").is_some_and(|row| !row.local);
        let foreign = !set_by_user || !named.is_absolute() || inside.iter().any(|folder| path.starts_with(folder));
        Ok(Self { path, foreign })
    }

    /// Lists those of the named hooks that git would run.
    ///
    /// # Errors
    /// `file.unreadable` and `file.too-large`: what cannot be read cannot be approved.
    pub(super) fn present(&self, names: &[&'static str]) -> Result<Vec<Hook>, Problem> {
        let mut present = Vec::new();
        for name in names {
            let path = self.path.join(name);
            let runs = path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0);
            if !runs {
                continue;
            }
            let real = clean(&path);
            let folder = real.parent().unwrap_or(Path::new("/"));
            let file = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = read::raw(folder, &file, LIMIT)?.unwrap_or_default();
            present.push(Hook { name, path, real, sha256: digest_bytes(&bytes) });
        }
        Ok(present)
    }
}

/// One hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hook {
    /// Its name, such as `post-checkout`.
    pub(super) name: &'static str,
    /// Where git finds it.
    pub(super) path: PathBuf,
    /// The file behind links.
    pub(super) real: PathBuf,
    /// SHA-256 of its bytes in hex.
    pub(super) sha256: String,
}
