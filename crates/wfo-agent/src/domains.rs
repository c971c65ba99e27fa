//! Tells from a file's path whether an agent knows that kind of file.
//! Looks at names only; files are never opened.

/// Says whether a path lies in a domain: `migrations/` is a folder anywhere in it, `*.sql` its file name, in any case.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let (folders, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    match pattern.strip_suffix('/') {
        Some(folder) => folders.split(['/', '\\']).any(|part| part.eq_ignore_ascii_case(folder)),
        None => fits(pattern.as_bytes(), name.as_bytes()),
    }
}

/// Compares with `*` for any run of characters, in time proportional to both lengths multiplied.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(wanted) if wanted.eq_ignore_ascii_case(byte) => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_match_anywhere_and_names_as_a_whole() {
        for (pattern, path, expected) in [
            ("*.sql", "db/V1.SQL", true),
            ("*.sql", "db/v1.sql.bak", false),
            ("migrations/", "app/migrations/0001.py", true),
            ("migrations/", "app/migrations.py", false),
            ("migrations/", "app/old_migrations/1.py", false),
            ("test/", "test", false),
            ("Dockerfile", "deploy/Dockerfile", true),
            ("test_*.py", "tests/test_login.py", true),
            ("test_*.py", "tests/latest_login.py", false),
            ("*.test.ts", "a.test.ts", true),
            ("*", "", true),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_compared_in_bounded_time() {
        let start = std::time::Instant::now();
        assert!(!matches(&"*a".repeat(500), &"a".repeat(400)));
        assert!(!matches(&format!("{}b", "*a".repeat(200)), &"a".repeat(20_000)));
        assert!(start.elapsed().as_secs() < 2);
    }
}
