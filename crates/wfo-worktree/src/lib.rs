//! The worktree registry joined with git's own worktrees; port leases.
