//! Patterns for files and folders in tables: a name with `*`, or a folder's name with `/` at its end. Without case, at any depth.
//! Compares text only; never looks at a disk.

/// The most characters of a pattern.
pub(crate) const PATTERN_LIMIT: usize = 64;

/// Says whether a text is a pattern that a table may hold.
pub(crate) fn is_pattern(text: &str) -> bool {
    let name = text.strip_suffix('/').unwrap_or(text);
    !name.is_empty() && text.len() <= PATTERN_LIMIT && !name.contains('/') && !name.bytes().all(|b| b == b'*')
}

/// Says whether a pattern names a path, or a folder on its way.
pub(crate) fn names(pattern: &str, path: &str) -> bool {
    let path = path.to_lowercase();
    let pattern = pattern.to_lowercase();
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
    match pattern.strip_suffix('/') {
        Some(folder) => folders.split('/').any(|name| fits(folder, name)),
        None => fits(&pattern, file),
    }
}

/// Compares a name with a pattern of `*`; goes back to the last `*` only, so the work is bounded by the product of the lengths.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut on) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while on < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, on));
                at += 1;
            }
            Some(byte) if name.get(on) == Some(byte) => {
                at += 1;
                on += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    at = back + 1;
                    on = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_folders_fit_at_any_depth_without_case() {
        for (pattern, path, fits) in [
            ("*.sql", "db/x.SQL", true),
            ("*.sql", "x.sql.txt", false),
            ("migrations/", "app/Migrations/0001_x.py", true),
            ("migrations/", "migrations", false),
            ("migrations/", "my_migrations/x", false),
            ("*auth*", "src/OAuth2.rs", true),
            ("*auth*", "auth/readme.md", false),
            ("schema.rb", "db/schema.rb", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "acb", false),
            ("", "x", false),
        ] {
            assert_eq!(names(pattern, path), fits, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_compared_at_once() {
        let start = std::time::Instant::now();
        assert!(!names(&format!("{}c", "a*".repeat(30)), &"a".repeat(20_000)));
        assert!(!names("*a*a*a*a*a*a*b", &"a".repeat(20_000)));
        assert!(start.elapsed().as_secs() < 2);
    }

    #[test]
    fn what_would_name_everything_or_a_whole_path_is_no_pattern() {
        for text in ["", "*", "**", "/", "*/", "a/b", "a/b/", "/a"] {
            assert!(!is_pattern(text), "{text}");
        }
        assert!(is_pattern("*.sql") && is_pattern("migrations/"));
    }
}
