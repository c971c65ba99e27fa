//! The lines that differ from where the branch left the default branch. Reads; no filter, driver or hook of the
//! repository is run.

use std::ffi::OsString;

use wfo_base::{Problem, codes};

use crate::by_git;
use crate::default_branch::default_branch;
use crate::git::judge;
use crate::repository::Repository;
use crate::status::{self, Kind};

/// Each file with first and last line of each changed stretch, from 1.
type Files = Vec<(String, Vec<(u32, u32)>)>;

/// The changed lines of a work tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// What they are compared with, in words.
    pub base: String,
    /// Each changed file that is still there, with first and last line of each changed stretch, from 1.
    pub files: Vec<(String, Vec<(u32, u32)>)>,
}

/// Compares the work tree, untracked files included, with the point where the branch left the default branch; on the default
/// branch itself with HEAD.
///
/// # Errors
/// `git.no-commits` without a commit, `tool.failed` and the like when git does not answer.
pub fn changed_lines(repository: &Repository) -> Result<ChangedLines, Problem> {
    let git = repository.git();
    let Some(head) = repository.head_id() else {
        return Err(
            Problem::new(codes::GIT_NO_COMMITS, "there is no commit to compare with").hint("make a first commit")
        );
    };
    let head = head.to_string();
    let (base, words) = match target(repository)? {
        Some((id, name)) if id != head => {
            let base = git.output(["merge-base", head.as_str(), id.as_str()])?;
            (String::from_utf8_lossy(&base).trim().to_owned(), name)
        }
        _ => (head, "HEAD".to_owned()),
    };
    let mut call: Vec<OsString> = Vec::new();
    for setting in status::filters_off(repository)? {
        call.extend([OsString::from("-c"), setting]);
    }
    let diff = [
        "-c",
        "core.quotePath=false",
        "diff",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--no-renames",
        "--unified=0",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--ignore-submodules=all",
    ];
    call.extend(diff.map(OsString::from));
    call.extend([OsString::from(base), OsString::from("--")]);
    let mut files = parse(&judge(git.run(call).run()?)?).ok_or_else(|| {
        Problem::new(codes::TOOL_FAILED, "`git diff` answered something else").hint("run `git --version`")
    })?;
    for change in status::changes(repository, None)?.paths {
        if change.kind == Kind::Untracked && !change.path.ends_with(b"/") {
            files.push((String::from_utf8_lossy(&change.path).into_owned(), vec![(1, u32::MAX)]));
        }
    }
    Ok(ChangedLines { base: words, files })
}

/// The commit of the default branch and its name. What cannot be read is no reason to compare with less.
fn target(repository: &Repository) -> Result<Option<(String, String)>, Problem> {
    let Some(repo) = repository.gix() else { return by_git::default_target(&repository.git()) };
    let default = default_branch(&repo, None).map_err(|error| {
        let shown = wfo_base::text::quoted(&error.to_string());
        Problem::new(codes::GIT_PART_FAILED, format!("the default branch cannot be read: {shown}"))
            .hint("run `git branch -a`")
    })?;
    Ok(default.target().map(|(id, name)| (id.to_string(), name.to_owned())))
}

/// Reads a diff without context. Lines of a hunk are counted, so that none of them passes for a heading.
fn parse(diff: &[u8]) -> Option<Files> {
    let mut files: Files = Vec::new();
    let (mut left, mut gone) = (0_u64, true);
    for line in diff.split(|byte| *byte == b'\n') {
        if left > 0 {
            if matches!(line.first(), Some(b'+' | b'-')) {
                left -= 1;
            }
            continue;
        }
        if let Some(path) = line.strip_prefix(b"+++ ") {
            let path = String::from_utf8_lossy(path);
            // git ends a name that holds a blank with a tab, and puts odd ones in quotes
            let path = path.trim_end_matches('\t').trim_matches('"');
            gone = path == "/dev/null";
            if let Some(path) = path.strip_prefix("b/") {
                files.push((path.to_owned(), Vec::new()));
            }
        } else if line.starts_with(b"@@ -") {
            let (removed, first, added) = hunk(line)?;
            left = u64::from(removed) + u64::from(added);
            if !gone && added > 0 {
                files.last_mut()?.1.push((first, first.saturating_add(added - 1)));
            }
        }
    }
    Some(files)
}

/// Reads `@@ -a,b +c,d @@`: b, c, d.
fn hunk(line: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(line.get(4..)?.split(|byte| *byte == b'@').next()?).ok()?;
    let (old, new) = text.trim().split_once(" +")?;
    let pair = |text: &str| -> Option<(u32, u32)> {
        let (first, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((first.parse().ok()?, count.parse().ok()?))
    };
    let ((_, removed), (first, added)) = (pair(old)?, pair(new)?);
    Some((removed, first, added))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    #[test]
    fn only_lines_that_are_there_now_are_changed_and_no_line_passes_for_a_heading() {
        let diff = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1,2 @@ def f():\n-old\n+++ b/evil.py\n+@@ -1 +1 @@\n@@ -9,2 +10,0 @@\n-gone\n-gone\n@@ -20,0 +20 @@\n+new\n\\ No newline at end of file\ndiff --git a/y b/y\n--- a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\ndiff --git a/two words b/two words\n--- /dev/null\n+++ b/two words\t\n@@ -0,0 +1,3 @@\n+1\n+2\n+3\n";
        let files = parse(diff.as_bytes()).unwrap();
        let expected = [("x.py", vec![(1, 2), (20, 20)]), ("two words", vec![(1, 3)])];
        assert_eq!(files, expected.map(|(name, lines)| (name.to_owned(), lines)));
        assert_eq!(parse(b"").unwrap(), vec![]);
        assert_eq!(parse(b"@@ -x +y @@\n"), None);
    }
}
