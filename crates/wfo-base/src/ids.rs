//! Makes ids that nobody else makes.

/// Makes a random id in the usual spelling (version 4), as other tools write them into the worktree registry.
#[must_use]
pub fn unique() -> String {
    uuid::Uuid::new_v4().to_string()
}
