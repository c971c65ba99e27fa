//! Programs that run another program: what they run, of the words behind their name.
//! Never looks at the command inside.

use super::shell::{UNKNOWN, Word};

/// What a program runs.
pub(super) enum Inner<'w> {
    /// The command that begins at this word, with environment set by assignments before it.
    Command(&'w [Word], Vec<(String, Word)>),
    /// The text of a shell script, with its positional parameters if they are given.
    Script(Word, Vec<Word>),
    /// A shell that reads its script from standard input.
    Input,
    /// A file, or nothing that can be told.
    Other,
}

/// A program that runs the command behind its own options.
struct Wrapper {
    names: &'static [&'static str],
    /// Short options with a value.
    valued: &'static str,
    /// Long options with a value.
    long: &'static [&'static str],
    /// Words of its own between options and command.
    own: usize,
}

const WRAPPERS: [Wrapper; 12] = [
    Wrapper {
        names: &[
            "builtin",
            "nohup",
            "-",
            "busybox",
            "noglob",
            "nocorrect",
            "chronic",
            "command",
            "caffeinate",
            "setsid",
        ],
        valued: "",
        long: &[],
        own: 0,
    },
    Wrapper { names: &["exec"], valued: "a", long: &[], own: 0 },
    Wrapper { names: &["time", "gtime"], valued: "fo", long: &["format", "output"], own: 0 },
    Wrapper { names: &["nice"], valued: "n", long: &["adjustment"], own: 0 },
    Wrapper { names: &["ionice"], valued: "cnp", long: &["class", "classdata"], own: 0 },
    Wrapper { names: &["stdbuf"], valued: "ioe", long: &["input", "output", "error"], own: 0 },
    Wrapper { names: &["timeout", "gtimeout"], valued: "sk", long: &["signal", "kill-after"], own: 1 },
    Wrapper { names: &["taskset", "chrt"], valued: "", long: &[], own: 1 },
    Wrapper {
        names: &["sudo", "doas"],
        valued: "ughpCrtTUDRc",
        long: &["user", "group", "chdir", "host", "prompt", "role", "type", "other-user"],
        own: 0,
    },
    Wrapper { names: &["strace", "ltrace"], valued: "eopsPSuEabIO", long: &["output", "trace"], own: 0 },
    Wrapper { names: &["flock"], valued: "wE", long: &["timeout", "wait"], own: 1 },
    Wrapper { names: &["env"], valued: "uCP", long: &["unset", "chdir"], own: 0 },
];

/// Programs that run a command which stands somewhere behind words of their own.
const LOOSE: [&str; 52] = [
    "chroot",
    "bwrap",
    "start-stop-daemon",
    "wsl",
    "wsl.exe",
    "cmd",
    "cmd.exe",
    "pwsh",
    "powershell",
    "powershell.exe",
    "uv",
    "uvx",
    "poetry",
    "pipenv",
    "pdm",
    "hatch",
    "rye",
    "npx",
    "pnpx",
    "bunx",
    "npm",
    "pnpm",
    "yarn",
    "bundle",
    "mise",
    "rtx",
    "asdf",
    "direnv",
    "devbox",
    "nix",
    "nix-shell",
    "docker",
    "podman",
    "systemd-run",
    "unshare",
    "firejail",
    "proxychains",
    "torsocks",
    "hyperfine",
    "valgrind",
    "op",
    "dotenv",
    "xvfb-run",
    "prlimit",
    "numactl",
    "faketime",
    "parallel",
    "watch",
    "entr",
    "rtk",
    "tmux",
    "screen",
];

/// Those of them that hand a text to a shell.
const TEXTS: [&str; 17] = [
    "nix-shell",
    "watch",
    "parallel",
    "hyperfine",
    "entr",
    "tmux",
    "screen",
    "npx",
    "npm",
    "pnpm",
    "bunx",
    "pwsh",
    "powershell",
    "powershell.exe",
    "cmd",
    "cmd.exe",
    "wsl",
];

const SHELLS: [&str; 12] =
    ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "rbash", "bash.exe", "sh.exe", "yash", "fish"];

/// Says what a program runs; none if it is not known to run another.
pub(super) fn inner<'w>(name: &str, words: &'w [Word]) -> Option<Inner<'w>> {
    if SHELLS.contains(&name) {
        return Some(shell(words));
    }
    if name == "at" || name == "batch" {
        return Some(Inner::Input);
    }
    if name == "xargs" || name == "gxargs" {
        return Some(Inner::Command(xargs(words), Vec::new()));
    }
    if name == "su" || name == "script" || name == "runuser" {
        return Some(match text_option(words, &["-c", "--command"]) {
            Inner::Other => loose(words, false),
            text => text,
        });
    }
    if LOOSE.contains(&name) || name.starts_with("ld-linux") || name.starts_with("ld.so") {
        return Some(loose(words, TEXTS.contains(&name)));
    }
    let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.names.contains(&name))?;
    if name == "command" && words.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) {
        return Some(Inner::Other);
    }
    if name == "env"
        && let Some(split) = split_string(words)
    {
        return Some(split);
    }
    let mut at = options(words, wrapper.valued, wrapper.long) + wrapper.own;
    let mut environment = Vec::new();
    if matches!(name, "env" | "sudo" | "doas") {
        while let Some((name, value)) = words.get(at).and_then(assignment) {
            environment.push((name, value));
            at += 1;
        }
    }
    let rest = words.get(at..).unwrap_or_default();
    if name == "flock"
        && let Some(text) = rest.iter().skip_while(|word| word.text != "-c").nth(1)
    {
        return Some(Inner::Script(text.clone(), Vec::new()));
    }
    Some(Inner::Command(rest, environment))
}

/// Says whether a program starts the other in a folder of its own choice.
pub(super) fn changes_folder(name: &str, words: &[Word]) -> bool {
    let options = words.iter().take_while(|word| word.text.starts_with('-')).map(|word| word.text.as_str());
    match name {
        "env" => options.into_iter().any(|text| text.starts_with("-C") || text.starts_with("--chdir")),
        "sudo" | "doas" => {
            options.into_iter().any(|text| text.starts_with("-D") || text.starts_with("--chdir") || text == "-i")
        }
        _ => false,
    }
}

/// Splits `NAME=value`.
pub(super) fn assignment(word: &Word) -> Option<(String, Word)> {
    let (name, value) = word.text.split_once('=')?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then(|| (name.to_owned(), Word { text: value.to_owned(), ..word.clone() }))
}

/// Returns how many words are options.
fn options(words: &[Word], valued: &str, long: &[&str]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            return at + 1;
        }
        if let Some(name) = text.strip_prefix("--") {
            at += 1 + usize::from(long.contains(&name));
        } else if text.starts_with('-') {
            let takes = text.chars().skip(1).position(|letter| valued.contains(letter));
            let last = text.chars().count().saturating_sub(2);
            at += 1 + usize::from(takes == Some(last) && text.len() > 1);
        } else {
            break;
        }
    }
    at
}

/// Finds `env -S TEXT`, which env splits itself.
fn split_string(words: &[Word]) -> Option<Inner<'_>> {
    let (at, word) =
        words.iter().enumerate().take_while(|(_, word)| word.text.starts_with('-') || word.text.contains('=')).find(
            |(_, word)| {
                word.text.starts_with("--split-string")
                    || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('S'))
            },
        )?;
    let attached =
        word.text.strip_prefix("--split-string=").or_else(|| word.text.split_once('S').map(|(_, text)| text));
    let (text, rest) = match attached {
        Some(text) if !text.is_empty() => (text.to_owned(), at + 1),
        _ => (words.get(at + 1)?.text.clone(), at + 2),
    };
    let rest = words.get(rest..).unwrap_or_default();
    Some(Inner::Script(Word::known(format!("{text} \"$@\"")), rest.to_vec()))
}

/// Reads a shell's own words.
fn shell(words: &[Word]) -> Inner<'_> {
    let mut at = 0;
    let mut script = false;
    let mut input = false;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        at += 1;
        if text == "--" || text == "-" {
            break;
        }
        if text.starts_with("--") {
            at += usize::from(matches!(text, "--rcfile" | "--init-file"));
            if let Some(command) = text.strip_prefix("--command") {
                script = true;
                if let Some(text) = command.strip_prefix('=') {
                    return Inner::Script(Word::known(text), Vec::new());
                }
            }
        } else if text.starts_with(['-', '+']) {
            script |= text.starts_with('-') && text.contains('c');
            input |= text.starts_with('-') && text.contains('s');
            at += usize::from(text.ends_with(['o', 'O']));
        } else {
            at -= 1;
            break;
        }
    }
    match words.get(at) {
        Some(text) if script => Inner::Script(text.clone(), words.get(at + 2..).unwrap_or_default().to_vec()),
        Some(file) if file.process => Inner::Script(Word::unknown(), Vec::new()),
        Some(file) if matches!(file.text.as_str(), "/dev/stdin" | "/proc/self/fd/0" | "/dev/fd/0") => Inner::Input,
        Some(_) if !input => Inner::Other,
        _ => Inner::Input,
    }
}

fn xargs(words: &[Word]) -> &[Word] {
    let long = ["max-args", "max-procs", "delimiter", "arg-file", "max-lines", "max-chars", "process-slot-var"];
    words.get(options(words, "InPLdaEsR", &long)..).unwrap_or_default()
}

/// Finds the script behind an option.
fn text_option<'w>(words: &'w [Word], names: &[&str]) -> Inner<'w> {
    let attached = words.iter().find_map(|word| word.text.strip_prefix("--command=").map(Word::known));
    let next = || {
        words
            .iter()
            .position(|word| {
                names.contains(&word.text.as_str())
                    || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c'))
            })
            .and_then(|at| words.get(at + 1))
            .cloned()
    };
    attached.or_else(next).map_or(Inner::Other, |text| Inner::Script(text, Vec::new()))
}

/// Finds a command, or a text with a command in it, among the words of a program that runs one.
fn loose(words: &[Word], texts: bool) -> Inner<'_> {
    for (at, word) in words.iter().enumerate() {
        let Some(base) = word.base() else { continue };
        let runs = matches!(base, "git" | "env" | "xargs") || SHELLS.contains(&base);
        if runs || super::programs::language(base).is_some() {
            return Inner::Command(words.get(at..).unwrap_or_default(), Vec::new());
        }
        if texts && word.text.contains(' ') && word.text.contains("git") && !word.text.contains(UNKNOWN) {
            return Inner::Script(word.clone(), Vec::new());
        }
    }
    Inner::Other
}
