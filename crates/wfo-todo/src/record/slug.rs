//! Which slugs may become part of file names, folders and branches.

use wfo_base::{Problem, codes, text};

/// The most characters of a slug: with type and stamp it must fit into a file name.
const LONGEST: usize = 100;

/// Checks a slug: letters, digits, `-` and `_`, beginning with a letter or digit, at most 100.
///
/// # Errors
/// `todo.slug-invalid`
pub fn require_slug(slug: &str) -> Result<(), Problem> {
    let allowed = slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let begins = slug.starts_with(|c: char| c.is_ascii_alphanumeric());
    if allowed && begins && slug.len() <= LONGEST {
        return Ok(());
    }
    let shown = text::clip(&text::one_line(slug), 60).into_owned();
    Err(Problem::new(codes::TODO_SLUG_INVALID, format!("slug `{shown}` cannot be part of a file name"))
        .hint("take letters, digits, `-` and `_`, at most 100, and begin with a letter or digit: `login-loop`"))
}
