//! The commit guard's judgement: what a shell command would do to commits, and how git's hooks are put in place.
//! Pure: text and facts in, values out. Never runs, reads or writes anything.

pub mod shell;
