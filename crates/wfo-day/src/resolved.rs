//! The text that an approval covers: a command, and the files of the repository that it names or that its tool reads.
//! What those files run in turn is not followed; the reference page says so.

use std::path::Path;

use wfo_base::{Problem, codes, read, text, trust};

/// Tools that take their commands from a file of the repository.
const TOOLS: [(&str, &[&str]); 6] = [
    ("make", &["GNUmakefile", "makefile", "Makefile"]),
    ("just", &["justfile", "Justfile", ".justfile"]),
    ("npm", &["package.json"]),
    ("pnpm", &["package.json"]),
    ("yarn", &["package.json"]),
    ("bun", &["package.json"]),
];

/// Programs that run the file they are given.
const INTERPRETERS: [&str; 12] =
    ["sh", "bash", "dash", "zsh", "python", "node", "deno", "ruby", "perl", "php", "source", "."];

/// The most characters of a command that a person is asked to read.
pub(crate) const READABLE: usize = 2_000;
/// How many of them are shown at a time: no page cuts a line this short.
const PIECE: usize = 120;

/// Words that stand before the program.
const WRAPPERS: [&str; 7] = ["env", "exec", "command", "time", "nice", "nohup", "{"];

/// A command with what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The command as it is written.
    pub(crate) command: String,
    /// Files it runs, relative to the work tree, with the SHA-256 of their text.
    pub(crate) files: Vec<(String, String)>,
    /// Whether it may run more than that: what is decided at run time, or in another folder.
    pub(crate) open_ended: bool,
}

impl Resolved {
    /// Reads the files that a command runs: the program of each part, the script of an interpreter, the file of a tool.
    /// Files that it only reads or writes are not part of it, or every run would ask again.
    ///
    /// # Errors
    /// When such a file is a link out of the repository or too large: nobody can have read it.
    pub(crate) fn of(root: &Path, command: &str) -> Result<Self, Problem> {
        let mut files: Vec<(String, String)> = Vec::new();
        for part in command.split([';', '|', '&', '(', ')', '\n', '`']) {
            for name in run_by(part) {
                if !files.iter().any(|(known, _)| known == name) {
                    files.extend(digest(root, name)?.map(|digest| (name.to_owned(), digest)));
                }
            }
        }
        let mut words = command.split_whitespace();
        let open_ended = command.contains(['$', '`', '*', '?', '[', '~'])
            || words.any(|word| ["cd", "-C", "eval", "xargs", "find", "pushd", "npx"].contains(&word))
            || command.contains(&*root.to_string_lossy());
        Ok(Self { command: command.to_owned(), files, open_ended })
    }

    /// Returns the text that an approval is made for.
    pub(crate) fn text(&self) -> String {
        let files: String = self.files.iter().map(|(name, digest)| format!("\n{name} {digest}")).collect();
        format!("{}{files}", self.command)
    }

    /// Shows every character of a command, so that a person approves what runs: line by line, in pieces that no page cuts, with
    /// characters that would hide written out.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut pieces = Vec::new();
        for line in self.command.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut piece = String::new();
            for c in line.chars() {
                match text::one_line(c.encode_utf8(&mut [0; 4])).is_empty() && c != ' ' {
                    true => piece.extend(c.escape_unicode()),
                    false => piece.push(c),
                }
                if piece.chars().count() >= PIECE {
                    pieces.push(std::mem::take(&mut piece));
                }
            }
            if !piece.is_empty() {
                pieces.push(piece);
            }
        }
        let mut acts: Vec<String> = match pieces.as_slice() {
            [only] => vec![format!("run `{only}`")],
            _ => {
                let numbered = pieces.iter().zip(1..);
                numbered.map(|(piece, number)| format!("run, part {number} of {}: `{piece}`", pieces.len())).collect()
            }
        };
        acts.extend(self.files.iter().map(|(name, digest)| {
            format!("which uses {} as it is now ({})", text::code_span(name), text::clip(digest, 20))
        }));
        if self.open_ended {
            acts.push(
                "which may run more than that: what it runs beyond is not covered by this yes and may change"
                    .to_owned(),
            );
        }
        acts
    }
}

/// Names what one simple command may run from the repository.
fn run_by(part: &str) -> Vec<&str> {
    let mut words = part.split([' ', '\t', '"', '\'']).filter(|word| !word.is_empty());
    let program = words.find(|word| !word.contains('=') && !WRAPPERS.contains(word));
    let Some(program) = program else { return Vec::new() };
    let tool = program.rsplit('/').next().unwrap_or(program);
    let mut names = vec![program];
    names.extend(TOOLS.iter().filter(|(name, _)| *name == tool).flat_map(|(_, files)| files.iter()));
    let bare = tool.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if INTERPRETERS.iter().any(|name| tool == *name || bare == *name) {
        names.extend(words.find(|word| !word.starts_with('-')));
    }
    names
}

/// Returns the SHA-256 of what would be run; `None` for what is not a file of the repository.
fn digest(root: &Path, name: &str) -> Result<Option<String>, Problem> {
    if name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return Ok(None);
    }
    match read::raw(root, name, read::PAGE_LIMIT) {
        Ok(Some(bytes)) if name == "package.json" => Ok(Some(trust::digest_bytes(scripts(&bytes).as_bytes()))),
        Ok(Some(bytes)) => Ok(Some(trust::digest_bytes(&bytes))),
        Ok(None) => Ok(None),
        Err(problem) if problem.code == codes::FILE_NOT_REGULAR => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Returns the scripts of a package.json, so that a new dependency is not a new text; all of it when it does not parse.
fn scripts(bytes: &[u8]) -> String {
    let parsed = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    parsed.and_then(|whole| whole.get("scripts").map(ToString::to_string)).unwrap_or_else(|| trust::digest_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_script_or_makefile_is_another_text() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| wfo_base::atomic::write(&folder.path().join(name), text.as_bytes()).unwrap();
        for (command, file) in [
            ("sh ./status.sh", "status.sh"),
            ("cd . && sh -c './status.sh --short'", "status.sh"),
            ("X=1 ./status.sh | head", "status.sh"),
            ("python3.12 -u status.py", "status.py"),
            ("make -s status", "Makefile"),
            ("/usr/bin/make status", "Makefile"),
            ("npm run -s status", "package.json"),
        ] {
            put(file, "one");
            let before = Resolved::of(folder.path(), command).unwrap();
            assert!(before.files.iter().any(|(name, _)| name.ends_with(file)), "{command}: {before:?}");
            put(file, "something else");
            assert_ne!(Resolved::of(folder.path(), command).unwrap().text(), before.text(), "{command}");
        }
        for command in ["date -u", "cat status.sh", "echo x > status.sh", "echo ran >> ../out", "/bin/true"] {
            assert_eq!(Resolved::of(folder.path(), command).unwrap().text(), command);
        }
    }

    #[test]
    fn what_nobody_can_have_read_is_refused_and_what_is_open_is_said() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/bin/sh", folder.path().join("link.sh")).unwrap();
        wfo_base::atomic::write(&folder.path().join("big.sh"), &vec![b'x'; (2 << 20) as usize]).unwrap();
        for command in ["./link.sh", "sh big.sh"] {
            assert!(Resolved::of(folder.path(), command).is_err(), "{command}");
        }
        let open = |command: &str| Resolved::of(folder.path(), command).unwrap().open_ended;
        for command in ["cd scripts && ./x.sh", "make -C sub", "./s*.sh", "$PWD/s.sh", "eval x"] {
            assert!(open(command), "{command}");
        }
        assert!(!open("date -u") && !open("make status"));
    }

    #[test]
    fn bytes_that_are_not_utf8_count_too() {
        let folder = tempfile::tempdir().unwrap();
        let text = |bytes: &[u8]| {
            wfo_base::atomic::write(&folder.path().join("tool"), bytes).unwrap();
            Resolved::of(folder.path(), "./tool").unwrap().text()
        };
        assert_ne!(text(b"a\xff"), text(b"a\xfe"));
    }

    #[test]
    fn of_a_package_only_its_scripts_count() {
        let folder = tempfile::tempdir().unwrap();
        let resolved = |text: &str| {
            wfo_base::atomic::write(&folder.path().join("package.json"), text.as_bytes()).unwrap();
            Resolved::of(folder.path(), "npm run status").unwrap().text()
        };
        let first = resolved(r#"{"scripts":{"status":"a"},"dependencies":{}}"#);
        assert_eq!(resolved(r#"{"scripts":{"status":"a"},"dependencies":{"x":"1"}}"#), first);
        assert_ne!(resolved(r#"{"scripts":{"status":"b"}}"#), first);
    }
}
