//! The issue of a work item at the provider: its number and address stand in the front matter of the item's page, so that it is not made
//! twice. Only these two lines are ever added; every other byte stays.

use wfo_base::markdown;
use wfo_base::text::clip;

use super::item::yaml_text;
use crate::todo_yaml::{first, mapping, scalar};

/// The most characters of an address.
const ADDRESS: usize = 300;

/// An issue that was made of a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its address, where the provider told it.
    pub url: Option<String>,
}

/// Reads which issue was made of a work item; `None` without one, or where the front matter cannot be read.
#[must_use]
pub fn issue(page: &str) -> Option<Issue> {
    let map = mapping("work item", markdown::front_matter(page).ok()?.yaml).ok()?;
    let text = |key: &str| first(&map, &[key]).and_then(scalar);
    Some(Issue { number: text("issue")?.parse().ok()?, url: text("issue_url") })
}

/// Returns the page with the issue in its front matter; `None` where it could not be read back, or one stands there already.
#[must_use]
pub fn with_issue(page: &str, made: &Issue) -> Option<String> {
    let split = markdown::front_matter(page).ok()?;
    if issue(page).is_some() {
        return None;
    }
    let at = page.find('\n')? + 1;
    let (fence, rest) = page.split_at_checked(at)?;
    let end = if fence.ends_with("\r\n") { "\r\n" } else { "\n" };
    let mut lines = format!("issue: {}{end}", made.number);
    if let Some(url) = &made.url {
        lines += &format!("issue_url: {}{end}", yaml_text(&clip(url, ADDRESS)));
    }
    let out = format!("{fence}{lines}{rest}");
    let whole = markdown::front_matter(&out).is_ok_and(|new| new.body == split.body);
    (whole && issue(&out).is_some_and(|read| read.number == made.number)).then_some(out)
}

/// Returns what a work item says below its front matter.
#[must_use]
pub fn body(page: &str) -> &str {
    markdown::front_matter(page).map_or(page, |split| split.body)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it needs")]

    use super::*;

    #[test]
    fn an_issue_is_added_once_and_no_other_byte_changes() {
        let url = "https://github.com/o/r/issues/12\": x";
        let made = Issue { number: 12, url: Some(url.to_owned()) };
        for end in ["\n", "\r\n"] {
            let page = "---\ntype: pr-feedback\npr: 94\nthread: \"a\"\n---\n\n# T\n---\n".replace('\n', end);
            assert_eq!(issue(&page), None);
            let new = with_issue(&page, &made).unwrap();
            assert_eq!(issue(&new), Some(made.clone()));
            assert_eq!(new.lines().count(), page.lines().count() + 2);
            let without: Vec<&str> = new.split_inclusive('\n').filter(|line| !line.starts_with("issue")).collect();
            assert_eq!(without.concat(), page);
            assert_eq!(with_issue(&new, &made), None, "never twice");
            assert_eq!(body(&new), body(&page));
        }
    }

    #[test]
    fn a_page_whose_front_matter_is_broken_is_left_alone() {
        let made = Issue { number: 1, url: None };
        for page in ["", "# T\n", "---\na: 1\n", "---\na: [\n---\n", "---\n- a\n---\n"] {
            assert_eq!(with_issue(page, &made), None, "{page:?}");
        }
    }
}
