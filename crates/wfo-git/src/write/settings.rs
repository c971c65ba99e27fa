//! Reads git's configuration row by row with its scope, to tell what the repository itself brings from what the user has.
//! Runs nothing; includes count as git counts them.

use wfo_base::Problem;

use crate::git::{Git, judge};

/// One row of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// Whether it comes from the repository's own files.
    pub(super) local: bool,
    /// Section and last name in lower case, the middle as written.
    pub(super) key: Vec<u8>,
    /// `None` where only the name stands.
    pub(super) value: Option<Vec<u8>>,
}

impl Setting {
    /// Splits the key into section, middle and last name.
    pub(super) fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        let mut dots = self.key.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(place, _)| place);
        let part = |from: usize, to: usize| self.key.get(from..to).unwrap_or_default();
        let end = self.key.len();
        match (dots.next(), dots.next_back()) {
            (Some(first), Some(last)) => (part(0, first), part(first + 1, last), part(last + 1, end)),
            (Some(only), None) => (part(0, only), &[], part(only + 1, end)),
            _ => (&self.key, &[], &[]),
        }
    }

    /// Returns the value where it is more than nothing.
    pub(super) fn text(&self) -> Option<&[u8]> {
        self.value.as_deref().filter(|value| !value.is_empty())
    }
}

/// All rows, in the order in which a later one wins.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings(pub(super) Vec<Setting>);

impl Settings {
    /// Asks git.
    ///
    /// # Errors
    /// `tool.missing`, `tool.timeout`, `tool.failed`.
    pub(super) fn read(git: &Git) -> Result<Self, Problem> {
        let output = judge(git.writing(&[], ["config", "--list", "--show-scope", "-z"]).run()?)?;
        Ok(Self::parse(&output))
    }

    /// Reads the output of `git config --list --show-scope -z`; our own `-c` rows are left out.
    pub(super) fn parse(output: &[u8]) -> Self {
        let mut words = output.split(|byte| *byte == 0);
        let mut rows = Vec::new();
        while let (Some(scope), Some(row)) = (words.next(), words.next()) {
            if scope == b"command" {
                continue;
            }
            let end = row.iter().position(|byte| *byte == b'\n');
            let (key, value) = row.split_at(end.unwrap_or(row.len()));
            rows.push(Setting {
                local: scope == b"local" || scope == b"worktree",
                key: key.to_vec(),
                value: end.and(value.get(1..)).map(<[u8]>::to_vec),
            });
        }
        Self(rows)
    }

    /// Returns what the user's side says of a key, as if the repository said nothing.
    pub(super) fn of_the_user(&self, key: &[u8]) -> Option<&[u8]> {
        self.0.iter().rev().find(|row| !row.local && row.key == key)?.value.as_deref()
    }

    /// Returns the row that wins.
    pub(super) fn effective(&self, key: &[u8]) -> Option<&Setting> {
        self.0.iter().rev().find(|row| row.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_with_scope_key_and_value() {
        let output = b"global\0core.hookspath\n/h\0local\0filter.A.b.clean\nx\ny\0worktree\0a.b\0command\0c.d\nz\0";
        let rows = Settings::parse(output);
        let shown: Vec<_> = rows.0.iter().map(|row| (row.local, row.parts(), row.value.as_deref())).collect();
        assert_eq!(
            shown,
            [
                (false, (&b"core"[..], &b""[..], &b"hookspath"[..]), Some(&b"/h"[..])),
                (true, (b"filter", b"A.b", b"clean"), Some(b"x\ny")),
                (true, (b"a", b"", b"b"), None),
            ]
        );
        assert_eq!(rows.of_the_user(b"core.hookspath"), Some(&b"/h"[..]));
        assert_eq!(rows.of_the_user(b"a.b"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_output_is_read_without_a_panic(output: Vec<u8>) {
            for row in Settings::parse(&output).0 {
                let _ = (row.parts(), row.text());
            }
        }
    }
}
