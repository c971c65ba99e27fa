//! The texts of the hooks: POSIX sh, without anything a minimal system lacks.
//! They judge nothing; they find the helper and hand git's environment and arguments on as they are.

use super::Hook;

/// Stands in the second line of every hook of ours, before version and name.
pub const MARKER: &str = "# wfo-helper hook";

/// The version of the texts.
pub const VERSION: u32 = 1;

/// Returns the name under which somebody else's hook is kept.
pub(super) fn chained_name(hook: Hook) -> String {
    format!("{}.wfo-chained", hook.name())
}

/// Returns a hook's text. `helper` is the helper's absolute path, for when it is not on PATH.
#[must_use]
pub fn shim(hook: Hook, helper: &str) -> String {
    let name = hook.name();
    let run = match hook {
        Hook::PreCommit | Hook::PrepareCommitMsg => PLAIN,
        Hook::ReferenceTransaction => REFERENCES,
    };
    let [first, last] = run;
    format!(
        "#!/bin/sh\n{MARKER} {VERSION} {name}\n{HEAD}hook={name}\nhelper={}\n{CHAINED}{first}{FIND}{last}",
        quoted(helper)
    )
}

const HEAD: &str = r"# Written by `wfo-helper setup`, which also takes it away. It looks at what is about to be committed and changes nothing.
# git's environment (GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE) reaches the helper as it is.
set -u
";

const CHAINED: &str = r#"case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
chained=$here/$hook.wfo-chained
"#;

/// The helper on PATH counts only with an absolute path: a repository must not bring its own.
const FIND: &str = r#"found=$(command -v wfo-helper 2>/dev/null) || found=
case $found in /*) helper=$found ;; esac
if ! [ -f "$helper" ] || ! [ -x "$helper" ]; then
  echo "$hook: wfo-helper is neither on PATH nor at $helper, so this commit cannot be checked" >&2
  echo "  install it again, or run its setup anew; without it, remove $0" >&2
  exit 1
fi
"#;

const PLAIN: [&str; 2] = [
    r#"if [ -x "$chained" ]; then
  "$chained" "$@" || exit $?
fi
"#,
    r#"exec "$helper" gate commit --hook "$hook" "$@"
"#,
];

/// Only the state `prepared` can stop a move, and only branches and HEAD hold commits that were made here.
const REFERENCES: [&str; 2] = [
    r#"moves=$(cat; echo x)
moves=${moves%x}
if [ -x "$chained" ]; then
  printf '%s' "$moves" 2>/dev/null | "$chained" "$@" || exit $?
fi
[ "${1-}" = prepared ] || exit 0
case $moves in *" refs/heads/"* | *" HEAD"*) ;; *) exit 0 ;; esac
"#,
    r#"printf '%s' "$moves" 2>/dev/null | "$helper" gate commit --hook "$hook" "$@"
"#,
];

/// Quotes a text for sh.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns the version of a text of ours for this hook; none if it is somebody else's.
pub(super) fn version_of(bytes: &[u8], hook: Hook) -> Option<u32> {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let line = head.split(|byte| *byte == b'\n').nth(1)?;
    let rest = std::str::from_utf8(line).ok()?.strip_prefix(MARKER)?.trim();
    let (version, name) = rest.split_once(' ')?;
    (name == hook.name()).then(|| version.parse().ok())?
}

/// Returns the helper's path in a text of ours.
pub(super) fn helper_of(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let start = text.find("\nhelper='")? + "\nhelper='".len();
    let rest = text.get(start..)?;
    let end = rest.find("'\ncase ")?;
    Some(rest.get(..end)?.replace(r"'\''", "'"))
}
