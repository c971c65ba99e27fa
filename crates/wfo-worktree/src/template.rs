//! Patterns of branch names and the small templates made from them: plain text with `{name}` in it.
//! Knows which names a pattern may have; bounded in time, whatever the branch is called.

use std::collections::{BTreeMap, HashSet};

use crate::location::is_stamp;

/// What a pattern may look for: three fixed forms, one part of a name, or anything.
const FINDS: [&str; 5] = ["type", "stamp", "slug", "name", "branch"];
/// The types of branches that have a workflow.
const TYPES: [&str; 3] = ["feature", "release", "hotfix"];
/// The longest pattern or branch that is compared, in bytes.
const LIMIT: usize = 1_024;

/// A piece of a pattern or template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// `{name}`.
    Name(&'a str),
}

/// What a pattern found, by name.
pub(crate) type Found<'a> = BTreeMap<&'a str, &'a str>;

/// Splits a pattern or template.
///
/// # Errors
/// A sentence, where a bracket is not closed or stands alone.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, after) = rest.split_at(rest.find(['{', '}']).unwrap_or(rest.len()));
        if !plain.is_empty() {
            out.push(Piece::Text(plain));
        }
        rest = match after.strip_prefix('{').map(|after| after.split_once('}')) {
            Some(Some((name, after))) => {
                out.push(Piece::Name(name));
                after
            }
            None if after.is_empty() => after,
            _ => return Err("a bracket `{` or `}` has no partner".to_owned()),
        };
    }
    Ok(out)
}

/// Checks a pattern and returns the names in it.
///
/// # Errors
/// A sentence that says which rule does not hold.
pub(crate) fn check_pattern(pattern: &str) -> Result<Vec<&str>, String> {
    if pattern.is_empty() || pattern.len() > LIMIT {
        return Err(format!("`branch` needs 1 to {LIMIT} bytes"));
    }
    let mut names = Vec::new();
    let mut before = Piece::Text("");
    for piece in pieces(pattern)? {
        if let Piece::Name(name) = piece {
            if !FINDS.contains(&name) || names.contains(&name) {
                return Err(format!("`branch` may have each of {{{}}} once", FINDS.join("}, {")));
            }
            if matches!(before, Piece::Name(_)) {
                return Err("two names in brackets need something between them".to_owned());
            }
            names.push(name);
        }
        before = piece;
    }
    Ok(names)
}

/// Fits a branch to a pattern; `None` where it does not fit. Where several ways fit, the earlier names are as long as can be.
pub(crate) fn fit<'a>(pattern: &'a str, branch: &'a str) -> Option<Found<'a>> {
    if branch.len() > LIMIT {
        // Too long to be compared part by part; only the pattern for all branches fits.
        return (pattern == "{branch}").then(|| Found::from([("branch", branch)]));
    }
    check_pattern(pattern).ok()?;
    let mut found = Found::new();
    follow(&pieces(pattern).ok()?, branch, &mut found, &mut HashSet::new()).then_some(found)
}

/// Pieces and bytes that were left where a try has failed.
type Dead = HashSet<(usize, usize)>;

/// Fits the rest of a pattern to the rest of a branch; goes as deep as the pattern has pieces, and tries nothing twice.
fn follow<'a>(pattern: &[Piece<'a>], rest: &'a str, found: &mut Found<'a>, dead: &mut Dead) -> bool {
    let Some((piece, after)) = pattern.split_first() else { return rest.is_empty() };
    let state = (pattern.len(), rest.len());
    if dead.contains(&state) {
        return false;
    }
    let fits = match *piece {
        Piece::Text(text) => rest.strip_prefix(text).is_some_and(|rest| follow(after, rest, found, dead)),
        Piece::Name(name) => {
            let longest = longest(name, rest);
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).filter(|end| *end <= longest);
            ends.rev().any(|end| {
                let (text, rest) = rest.split_at(end);
                let fits = is_whole(name, text) && follow(after, rest, found, dead);
                if fits {
                    found.insert(name, text);
                }
                fits
            })
        }
    };
    if !fits {
        dead.insert(state);
    }
    fits
}

/// Returns how many bytes of the text could be the value of a name.
fn longest(name: &str, text: &str) -> usize {
    let until = |stop: fn(char) -> bool| text.find(stop).unwrap_or(text.len());
    match name {
        "type" | "stamp" => text.len().min(16),
        "slug" => until(|c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')),
        "name" => until(|c| c == '/'),
        _ => text.len(),
    }
}

fn is_whole(name: &str, text: &str) -> bool {
    match name {
        "type" => TYPES.contains(&text),
        "stamp" => is_stamp(text),
        _ => !text.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_branch_fits_a_pattern_whole_or_not_at_all() {
        for (pattern, branch, found) in [
            (
                "{type}/{stamp}_{slug}",
                "feature/20261121T090000Z_login-loop_2",
                Some("slug=login-loop_2 stamp=20261121T090000Z type=feature"),
            ),
            ("{type}/{stamp}_{slug}", "hotfix/20261121T090000Z_x", Some("slug=x stamp=20261121T090000Z type=hotfix")),
            ("{type}/{stamp}_{slug}", "fix/20261121T090000Z_x", None),
            ("{type}/{stamp}_{slug}", "feature/20261121T090000_x", None),
            ("{type}/{stamp}_{slug}", "feature/20261121T090000Z_", None),
            ("{type}/{stamp}_{slug}", "feature/20261121T090000Z_a/b", None),
            ("{type}/{stamp}_{slug}", "feature/20261121T090000Z_größe", None),
            ("{type}/{stamp}_{slug}", "xfeature/20261121T090000Z_x", None),
            ("{branch}", "a/b", Some("branch=a/b")),
            ("{branch}", "", None),
            ("feature/{name}", "feature/größe", Some("name=größe")),
            ("feature/{name}", "feature/a/b", None),
            ("{name}/{branch}-x", "a/b-x-x", Some("branch=b-x name=a")),
            ("main", "main", Some("")),
            ("main", "main2", None),
        ] {
            let shown = fit(pattern, branch)
                .map(|found| found.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" "));
            assert_eq!(shown.as_deref(), found, "{pattern} {branch}");
        }
    }

    #[test]
    fn a_pattern_that_could_not_be_told_apart_is_refused() {
        for pattern in ["", "{type}{slug}", "{slug}/{slug}", "{other}", "{slug", "slug}", "{}", "{a{b}}"] {
            assert!(check_pattern(pattern).is_err(), "{pattern}");
            assert_eq!(fit(pattern, "feature"), None, "{pattern}");
        }
    }

    #[test]
    fn a_very_long_branch_fits_only_the_pattern_for_all() {
        let long = "a-".repeat(50_000);
        assert!(fit("{branch}", &long).is_some() && fit("{name}-{slug}-{branch}", &long).is_none());
        let bad = format!("{}!", "-".repeat(1_000));
        assert!(fit("{name}-{slug}-{branch}-x", &bad).is_none());
    }

    proptest! {
        #[test]
        fn what_a_pattern_finds_makes_the_branch_again(branch in "[a-b/_-]{0,12}", pattern in "(\\{name\\}|a)[/_-](\\{branch\\}|b)") {
            if let Some(found) = fit(&pattern, &branch) {
                let filled = found.iter().fold(pattern.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
                prop_assert_eq!(filled, branch);
            }
        }

        #[test]
        fn any_text_is_a_pattern_or_a_fault(pattern in ".{0,30}", branch in ".{0,30}") {
            let _ = (pieces(&pattern), fit(&pattern, &branch));
        }
    }
}
