//! Which feature a branch belongs to: the slug of a TODO workflow, or the one in the branch's own name.

/// Types of branches whose name goes on with the feature.
const TYPES: [&str; 8] = ["feature", "feat", "fix", "bugfix", "hotfix", "release", "chore", "refactor"];

/// Returns the feature of a branch, given the slugs of the project's TODO workflows; `None` for one that is about none.
///
/// `feature/20261121T090000Z_login` and `feature/login` are `login`; any other branch counts where its last part is a slug.
#[must_use]
pub fn feature<'a>(branch: &'a str, slugs: &'a [String]) -> Option<&'a str> {
    let (kind, rest) = branch.rsplit_once('/').map_or((None, branch), |(kind, rest)| (Some(kind), rest));
    let slug = without_stamp(rest);
    if let Some(known) = slugs.iter().find(|known| *known == slug || *known == rest) {
        return Some(known);
    }
    if let Some(known) = rest.strip_prefix("worktree-").and_then(|name| slugs.iter().find(|known| *known == name)) {
        return Some(known);
    }
    let kind = kind?.rsplit('/').next().unwrap_or_default();
    let is_version = slug.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (TYPES.contains(&kind) && !slug.is_empty() && !is_version).then_some(slug)
}

/// Takes the time stamp `YYYYMMDDTHHMMSSZ_` off the front.
fn without_stamp(name: &str) -> &str {
    let Some((stamp, slug)) = name.split_once('_') else { return name };
    let mut bytes = stamp.bytes();
    let digits =
        |bytes: &mut std::str::Bytes<'_>, count| bytes.by_ref().take(count).filter(u8::is_ascii_digit).count() == count;
    let stamped = stamp.len() == 16
        && digits(&mut bytes, 8)
        && bytes.next() == Some(b'T')
        && digits(&mut bytes, 6)
        && bytes.next() == Some(b'Z');
    if stamped && !slug.is_empty() { slug } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_put_down_to_its_feature() {
        let slugs = ["login".to_owned(), "pay_flow".to_owned()];
        for (branch, expected) in [
            ("feature/20261121T090000Z_login", Some("login")),
            ("feature/20261121T090000Z_new_thing", Some("new_thing")),
            ("hotfix/20261121T090000Z_login-loop", Some("login-loop")),
            ("feat/search", Some("search")),
            ("ada/feature/search", Some("search")),
            ("login", Some("login")),
            ("contrib/pay_flow", Some("pay_flow")),
            ("worktree-login", Some("login")),
            ("worktree-other", None),
            ("release/v1.4.0", None),
            ("hotfix/v1.4.1-hotfix.2", None),
            ("main", None),
            ("develop", None),
            ("contrib/ada", None),
            ("feature/", None),
            ("", None),
            ("feature/20261121T090000Z_", Some("20261121T090000Z_")),
        ] {
            assert_eq!(feature(branch, &slugs), expected, "{branch}");
        }
    }
}
