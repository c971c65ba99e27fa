//! Says whether git tracks a path: what must not be overwritten as if it were ours.

use std::path::Path;

use crate::Repository;

impl Repository {
    /// Says whether the index has an entry for a path, given relative to the work tree. When that cannot be read: yes,
    /// so that the caller refuses.
    #[must_use]
    pub fn tracks(&self, relative: &Path) -> bool {
        use std::os::unix::ffi::OsStrExt;
        let Some(handle) = self.gix() else { return true };
        match handle.index_or_empty() {
            Ok(index) => index.entry_by_path(relative.as_os_str().as_bytes().into()).is_some() || index.is_sparse(),
            Err(_) => true,
        }
    }
}
