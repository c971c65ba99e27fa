//! Texts that other programs run: interpreters, editors, build files, files that the same command writes first, and servers
//! that commit by themselves. What can be read as a shell's text is walked; the rest becomes a question where it goes around.

use super::judge::{Input, Walk, output};
use super::paths;
use super::shell::{Command, Redirection, Script, UNKNOWN, Word};
use super::signs::goes_around;

/// Interpreters of other languages, without the version behind their names.
pub(super) const LANGUAGES: [&str; 22] = [
    "python",
    "pypy",
    "perl",
    "ruby",
    "node",
    "nodejs",
    "php",
    "deno",
    "bun",
    "lua",
    "luajit",
    "tclsh",
    "awk",
    "gawk",
    "mawk",
    "osascript",
    "rscript",
    "julia",
    "groovy",
    "ts-node",
    "tsx",
    "expect",
];

/// Programs that run a command which is told to them in a language of their own.
const COMMANDED: [&str; 21] = [
    "vim",
    "nvim",
    "vi",
    "view",
    "ex",
    "emacs",
    "emacsclient",
    "gdb",
    "lldb",
    "sqlite3",
    "psql",
    "mysql",
    "tar",
    "make",
    "gmake",
    "just",
    "task",
    "rake",
    "crontab",
    "sed",
    "m4",
];

/// Programs that make commits themselves and know how to skip hooks.
const COMMITTERS: [&str; 14] = [
    "cz",
    "git-cz",
    "czg",
    "commitizen",
    "standard-version",
    "commit-and-tag-version",
    "gt",
    "graphite",
    "lerna",
    "release-it",
    "aider",
    "version",
    "commit",
    "ci",
];

/// The most files and bytes of what a text writes that are kept.
const MOST_FILES: usize = 64;
const MOST_BYTES: usize = 256 << 10;

/// Returns the name of an interpreter without its version: `python3.11` is `python`.
pub(super) fn language(name: &str) -> Option<&'static str> {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    LANGUAGES.iter().copied().find(|known| *known == bare || *known == name)
}

impl Walk<'_> {
    /// Keeps what a command writes into a file, if its text is known.
    pub(super) fn keep_written(&mut self, command: &Command, input: &Input, script: &Script) {
        let tee = command.words.first().and_then(Word::base) == Some("tee");
        let said = match (tee, input) {
            (true, Input::Text(text)) => Some(text.text.clone()),
            _ => match output(command, script) {
                Input::Text(text) => Some(text.text),
                _ => None,
            },
        };
        let Some(said) = said.filter(|said| said.len() <= MOST_BYTES) else { return };
        let redirected = command.redirects.iter().filter(|one| one.kind == Redirection::Write).map(|one| &one.target);
        let operands = command.words.iter().skip(1).filter(|word| tee && !word.text.starts_with('-'));
        for file in redirected.chain(operands) {
            if let Some(path) = paths::join(self.folder.as_deref(), file).filter(|_| self.written.len() < MOST_FILES) {
                self.written.push((path, said.clone()));
            }
        }
    }

    /// Keeps that a name stands for git.
    pub(super) fn stands_in(&mut self, own: &str, meant: &str) {
        let git = meant.split([' ', '/']).next_back() == Some("git");
        if git && self.stand_ins.len() < MOST_FILES {
            self.stand_ins.push((own.to_owned(), "git".to_owned()));
        }
    }

    /// Judges a file that the text has written and now runs; says whether it is one.
    pub(super) fn runs_written(&mut self, name: &str, file: &Word) -> bool {
        let Some(path) = paths::join(self.folder.as_deref(), file) else { return false };
        let Some(text) = self.written.iter().rev().find(|(own, _)| *own == path).map(|(_, text)| text.clone()) else {
            return false;
        };
        let first = text.lines().next().unwrap_or_default();
        let other = first.starts_with("#!") && LANGUAGES.iter().any(|known| first.contains(known));
        if other || language(name).is_some() {
            self.starts_git(&text);
        } else {
            self.script(&text, None);
        }
        true
    }

    /// Judges what stands behind a program that runs something which is not followed: a script in a file, mostly.
    pub(super) fn other(&mut self, name: &str, words: &[Word]) {
        for word in words {
            self.runs_written(name, word);
        }
        self.builds(name);
        self.skips_hooks(name, words);
    }

    /// Asks about a program that runs what a file of the project says, where the same command writes such a file.
    fn builds(&mut self, name: &str) {
        if matches!(name, "make" | "gmake" | "just" | "task" | "rake" | "npm" | "pnpm" | "yarn")
            && self.written.iter().any(|(_, text)| goes_around(text))
        {
            self.unsure(
                "the file that this command writes and then runs skips the commit checks; run the git command itself",
            );
        }
    }

    /// Judges a program that is no shell and may run commands, or make commits, in its own way.
    pub(super) fn programs(&mut self, name: &str, words: &[Word], input: &Input) {
        if language(name).is_some() || COMMANDED.contains(&name) {
            let mut text = joined(words);
            if let Input::Text(input) = input {
                text += &input.text;
            }
            if language(name).is_some() {
                self.starts_git(&text);
            } else if goes_around(&text) && runs_commands(name, &text) {
                self.unsure(
                    "this program is told to run git in a way that skips the checks; run the git command itself",
                );
            }
            for word in words {
                self.runs_written(name, word);
            }
        }
        if matches!(name, "vim" | "nvim" | "vi" | "ex" | "emacs") && joined(words).contains(".git/hooks/") {
            self.question("this editor may change a git hook, which holds the commit checks; a person decides that");
        }
        self.builds(name);
        if matches!(name, "cp" | "ln" | "install")
            && let [.., from, to] = words
            && from.base() == Some("git")
        {
            self.stands_in(&to.text, "git");
        }
        if matches!(name, "gh" | "glab" | "curl" | "wget" | "http" | "xh") {
            self.serves(name, words);
        }
        self.skips_hooks(name, words);
    }

    /// Asks about a program text that starts git around the checks, or changes git's hooks.
    fn starts_git(&mut self, text: &str) {
        const STARTS: [&str; 21] = [
            "subprocess",
            "os.system",
            "os.popen",
            "os.exec",
            "os.spawn",
            "posix_spawn",
            "execsync",
            "execfilesync",
            "spawn",
            "child_process",
            "system",
            "popen",
            "exec",
            "command(",
            "`",
            "%x",
            "passthru",
            "do shell script",
            "getline",
            "bun.$",
            "run(",
        ];
        const CHANGES: [&str; 15] = [
            "remove", "unlink", "rmtree", "rmsync", "rename", "chmod", "write", "\"w\"", "'w'", "copy", "truncate",
            "symlink", "replace", "move", "delete",
        ];
        let lower = text.to_ascii_lowercase();
        let has = |list: &[&str]| list.iter().any(|part| lower.contains(part));
        if goes_around(text) && has(&STARTS) {
            self.unsure("this program starts git in a way that may skip the checks; run the git command itself");
        }
        if (lower.contains(".git/hooks") || lower.contains(".husky/")) && has(&CHANGES) {
            self.question("this program may change git's hooks, which hold the commit checks; a person decides that");
        }
    }

    /// Asks about a request that makes a commit on a server, where no check of this machine sees it.
    fn serves(&mut self, name: &str, words: &[Word]) {
        let text = joined(words);
        let places =
            ["/contents/", "/git/commits", "/git/refs", "/git/trees", "/repository/commits", "/repository/files"];
        let place = places.iter().any(|place| text.contains(place));
        let method = |word: &Word| {
            ["put", "post", "patch"].iter().any(|method| word.text.to_ascii_lowercase().ends_with(method))
        };
        let named = words.windows(2).any(|pair| match pair {
            [option, value] => matches!(option.text.as_str(), "-X" | "--method" | "--request") && method(value),
            _ => false,
        });
        let attached = words.iter().any(|word| {
            ["-X", "--method=", "--request="].iter().any(|option| word.text.starts_with(option)) && method(word)
        });
        let fields = ["-f", "-F", "--field", "--raw-field", "--input", "-d", "--data", "-T", "--upload-file", "--json"];
        let body = words.iter().any(|word| {
            fields.iter().any(|field| word.text == *field || word.text.starts_with(&format!("{field}=")))
                || (name == "curl" && word.text.starts_with("--data"))
        });
        if (place && (named || attached || body)) || text.contains("createCommitOnBranch") {
            self.question("this makes a commit on the server, where no check of this machine sees its content; a person decides that");
        }
    }

    /// Asks about programs that make commits themselves and are told to skip the checks.
    fn skips_hooks(&mut self, name: &str, words: &[Word]) {
        let releases = |base: &str| matches!(base, "standard-version" | "commit-and-tag-version" | "cz" | "git-cz");
        let short = releases(name) || words.iter().any(|word| word.base().is_some_and(releases));
        let skips = |word: &Word| {
            (short && word.text == "-n")
                || matches!(word.text.as_str(), "--no-verify" | "--no-commit-hooks" | "--no-git-commit-verify")
                || (word.text.contains("commitArgs")
                    && (word.text.ends_with("=-n") || word.text.contains("--no-verify")))
        };
        let commits = || {
            COMMITTERS.contains(&name)
                || words.iter().any(|word| word.base().is_some_and(|base| COMMITTERS.contains(&base)))
        };
        let shows = paths::only_reads(name, words) || matches!(name, "cargo" | "man");
        if !shows && words.iter().any(skips) && commits() {
            self.question(format!(
                "{name} is told to skip the commit checks; run it without that, the check takes milliseconds"
            ));
        }
    }
}

/// Says whether a program's own language runs a command here.
fn runs_commands(name: &str, text: &str) -> bool {
    match name {
        "tar" => text.contains("exec=") || text.contains("--to-command"),
        "sed" => text.contains("e git"),
        "emacs" | "emacsclient" => text.contains("shell-command") || text.contains("call-process"),
        "gdb" | "lldb" => text.contains("shell") || text.contains('!'),
        "sqlite3" | "psql" | "mysql" => text.contains(".shell") || text.contains(".system") || text.contains("\\!"),
        "vim" | "nvim" | "vi" | "view" | "ex" => text.contains('!') || text.contains("system("),
        _ => true,
    }
}

fn joined(words: &[Word]) -> String {
    let words: Vec<String> = words.iter().map(|word| word.text.replace(UNKNOWN, "?")).collect();
    words.join(" ")
}
