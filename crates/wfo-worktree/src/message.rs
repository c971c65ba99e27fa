//! The message of a merge commit: its first word from the type of the branch, its subject from the task or the branch's name.
//! Foreign text becomes one harmless line; it can add no line, and so no trailer.

use serde::Deserialize;
use wfo_base::tables;
use wfo_base::text::{clip, one_line};

/// The most characters of the first line.
const SUBJECT: usize = 71;
/// The longest scope that leaves the subject room, in characters.
const SCOPE: usize = 24;
/// The row for branches of no other type.
const OTHER: &str = "other";

/// A row of the table `merge-messages.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageRow {
    /// First part of the branch's name, before the slash; `other` for all that have no row.
    pub id: String,
    /// First word of the message, such as `feat`.
    pub prefix: String,
    /// A scope that all branches of this type have; without it the branch's name gives one.
    #[serde(default)]
    pub scope: Option<String>,
}

impl tables::Row for MessageRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let word = |text: &str| {
            (1..=SCOPE).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        match [Some(&self.id), Some(&self.prefix), self.scope.as_ref()].into_iter().flatten().find(|text| !word(text)) {
            Some(text) => Err(format!(
                "`{}` is not a word of small letters, digits and `-`, at most {SCOPE}",
                clip(&one_line(text), 40)
            )),
            None => Ok(()),
        }
    }
}

/// Words the merge of a branch: one line under 72 characters, an empty line, `Merge branch '...' into ...`.
///
/// With a task the branch's name is the scope (`feat(api-backend): Add endpoints`), without one it is the subject in words
/// (`feat: api backend`); of `feature/api/backend` the part between is always the scope. A task that begins with one of the
/// table's first words (`fix: ...`) is the whole line. A time stamp before the name does not count.
#[must_use]
pub fn merge_message(branch: &str, task: Option<&str>, target: &str, rows: &[MessageRow]) -> String {
    let (branch, target) = (one_line(branch), one_line(target));
    let task = task.map(|task| one_line(task).trim_end_matches('.').trim_end().to_owned());
    let task = task.filter(|task| !task.is_empty());
    let line = match task.as_deref() {
        Some(task) if is_worded(task, rows) => task.to_owned(),
        task => worded(&branch, task, rows),
    };
    format!("{}\n\nMerge branch '{branch}' into {target}\n", clip(&line, SUBJECT))
}

fn worded(branch: &str, task: Option<&str>, rows: &[MessageRow]) -> String {
    let row = |id: &str| rows.iter().find(|row| row.id == id && id != OTHER);
    let (kind, rest) = branch.split_once('/').unwrap_or((branch, ""));
    let known = row(&kind.to_lowercase());
    let prefix = match (known, rows.iter().find(|row| row.id == OTHER)) {
        (Some(row), _) | (None, Some(row)) => row.prefix.as_str(),
        (None, None) => "merge",
    };
    let Some(known) = known else {
        return format!("{prefix}: {}", task.map_or_else(|| words(branch), str::to_owned));
    };
    let (between, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let name = without_stamp(name);
    let subject = task.map_or_else(|| words(if name.is_empty() { kind } else { name }), str::to_owned);
    let own = match (between.is_empty(), task) {
        (false, _) => Some(between),
        (true, Some(_)) => Some(name),
        (true, None) => None,
    };
    match known.scope.as_deref().or(own).and_then(scope) {
        Some(scope) => format!("{prefix}({scope}): {subject}"),
        None => format!("{prefix}: {subject}"),
    }
}

/// Says whether a task begins like a message already: `fix: ...`, `feat(api)!: ...`.
fn is_worded(task: &str, rows: &[MessageRow]) -> bool {
    let Some((head, rest)) = task.split_once(": ") else { return false };
    let head = head.strip_suffix('!').unwrap_or(head);
    let word = match head.split_once('(') {
        Some((word, scope)) if scope.ends_with(')') => word,
        Some(_) => return false,
        None => head,
    };
    !rest.trim().is_empty() && rows.iter().any(|row| row.prefix == word)
}

/// Returns a name as a scope; `None` where it would say nothing, or leave no room.
fn scope(name: &str) -> Option<&str> {
    let fits = name.chars().any(char::is_alphanumeric) && name.chars().count() <= SCOPE;
    (fits && !name.contains(['(', ')', ':'])).then_some(name)
}

/// Returns a name in words; a version stays as it is.
fn words(name: &str) -> String {
    let digits = name.strip_prefix('v').unwrap_or(name);
    if name.contains('.') && digits.starts_with(|c: char| c.is_ascii_digit()) {
        return name.to_owned();
    }
    let spaced = name.replace(['-', '_', '/'], " ");
    match one_line(&spaced) {
        line if line.is_empty() => name.to_owned(),
        line => line.into_owned(),
    }
}

/// Drops `20261121T090000Z_` before a name.
fn without_stamp(name: &str) -> &str {
    match name.split_once('_') {
        Some((stamp, rest)) if crate::location::is_stamp(stamp) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = include_str!("../../../reference/data/merge-messages.yaml");

    fn rows() -> Vec<MessageRow> {
        let parsed = tables::parse::<MessageRow>("merge-messages.yaml", TABLE);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }

    fn subject(branch: &str, task: Option<&str>) -> String {
        merge_message(branch, task, "main", &rows()).lines().next().unwrap().to_owned()
    }

    #[test]
    fn the_type_of_the_branch_gives_the_first_word() {
        for (branch, task, line) in [
            ("feature/api-backend", Some("Add endpoints"), "feat(api-backend): Add endpoints"),
            ("feature/api-backend", None, "feat: api backend"),
            ("feature/api/users", Some("Add endpoints."), "feat(api): Add endpoints"),
            ("feature/api/users", None, "feat(api): users"),
            ("feature/20261121T090000Z_login-loop", Some("Guard the redirect"), "feat(login-loop): Guard the redirect"),
            ("feature/20261121T090000Z_login-loop", None, "feat: login loop"),
            ("hotfix/20261121T090000Z_crash", None, "fix: crash"),
            ("hotfix/v1.4.1-hotfix.2", None, "fix: v1.4.1-hotfix.2"),
            ("fix/login", None, "fix: login"),
            ("bugfix/login", None, "fix: login"),
            ("Feature/Login", None, "feat: Login"),
            ("tests/e2e", None, "test: e2e"),
            ("test/e2e", None, "test: e2e"),
            ("tests", None, "test: tests"),
            ("docs/readme", None, "docs: readme"),
            ("chore/bump", None, "chore: bump"),
            ("refactor/parser", None, "refactor: parser"),
            ("perf/index", None, "perf: index"),
            ("release/v1.2.0", None, "chore(release): v1.2.0"),
            ("worktree-swift-fox", None, "merge: worktree swift fox"),
            ("claude/fix-login", Some("Fix login"), "merge: Fix login"),
            ("other/thing", None, "merge: other thing"),
            ("main", None, "merge: main"),
        ] {
            assert_eq!(subject(branch, task), line, "{branch} {task:?}");
        }
    }

    #[test]
    fn a_task_that_is_worded_like_a_message_is_not_worded_twice() {
        assert_eq!(subject("feature/login", Some("fix: stop the loop")), "fix: stop the loop");
        assert_eq!(subject("feature/login", Some("feat(auth)!: new keys")), "feat(auth)!: new keys");
        assert_eq!(subject("feature/login", Some("login: stop the loop")), "feat(login): login: stop the loop");
        assert_eq!(subject("feature/login", Some("fix:")), "feat(login): fix:");
    }

    #[test]
    fn a_scope_that_says_nothing_or_leaves_no_room_is_left_out() {
        assert_eq!(subject("feature/a-name-that-is-rather-long-for-a-scope", Some("Do it")), "feat: Do it");
        assert_eq!(subject("feature/-", Some("Do it")), "feat: Do it");
        assert_eq!(subject("feature/a(b", Some("Do it")), "feat: Do it");
    }

    #[test]
    fn the_body_names_branch_and_target() {
        let message = merge_message("fix/login", None, "develop", &rows());
        assert_eq!(message, "fix: login\n\nMerge branch 'fix/login' into develop\n");
        assert_eq!(merge_message("fix/login", None, "main", &[]).lines().next(), Some("merge: fix login"));
    }

    #[test]
    fn a_task_can_add_no_line_and_no_escape_code() {
        let task = "x\n\nCo-authored-by: me\r\n\u{1b}[31mred\u{202e}";
        let message = merge_message("fix/login", Some(task), "main", &rows());
        assert_eq!(message, "fix(login): x Co-authored-by: me red\n\nMerge branch 'fix/login' into main\n");
    }

    #[test]
    fn a_row_with_more_than_a_word_is_refused() {
        for row in [
            "{id: Feature, prefix: feat}",
            "{id: a, prefix: 'feat: x'}",
            "{id: a, prefix: ''}",
            "{id: a, prefix: b, scope: 'c d'}",
        ] {
            assert_eq!(tables::parse::<MessageRow>("t.yaml", &format!("rows:\n- {row}\n")).notes.len(), 1, "{row}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_short_first_line_and_three_lines(branch in "\\PC{0,90}|.{0,20}", task in proptest::option::of("(.|\n){0,120}")) {
            let message = merge_message(&branch, task.as_deref(), "main", &rows());
            let lines: Vec<&str> = message.split('\n').collect();
            prop_assert_eq!((lines.len(), lines[1], lines[3]), (4, "", ""));
            prop_assert!(lines[0].chars().count() < 72 && !lines[0].is_empty());
            prop_assert!(!message.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
