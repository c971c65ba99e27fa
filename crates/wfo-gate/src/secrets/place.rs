//! What a path tells: which rules ask for it, whether it holds tests or settings, and what is not looked at.
//! Paths are relative to the scanned root, with `/` between their parts; never touches a file.

use super::value::{Circumstances, Words};

/// Why a file is listed as not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// It is no text.
    Binary,
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// It is made by a program that leaves out line ends; looked at for formats of high confidence.
    Minified,
    /// It names packages and their checksums; looked at for formats of high confidence.
    Lockfile,
    /// It is another project's; looked at for formats of high confidence.
    Vendored,
}

impl Skip {
    /// Says whether nothing at all is looked for.
    #[must_use]
    pub fn whole(self) -> bool {
        matches!(self, Self::Binary | Self::TooLarge)
    }
}

/// The largest file that is looked at: 2 MiB.
pub const LARGEST: usize = 2 << 20;

const VENDORED: [&str; 11] = [
    "node_modules",
    "vendor",
    "third_party",
    "third-party",
    "bower_components",
    ".venv",
    "venv",
    "site-packages",
    ".yarn",
    "Pods",
    "jspm_packages",
];

const LOCKFILES: [&str; 24] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "Cargo.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "composer.lock",
    "Gemfile.lock",
    "go.sum",
    "flake.lock",
    "mix.lock",
    "pubspec.lock",
    "Podfile.lock",
    "Package.resolved",
    "packages.lock.json",
    "gradle.lockfile",
    "conda-lock.yml",
    "pixi.lock",
    "MODULE.bazel.lock",
];

/// Says why a file is not looked at, by its path and its text.
#[must_use]
pub fn skip(path: &str, text: &[u8]) -> Option<Skip> {
    let head = text.get(..text.len().min(8 << 10)).unwrap_or(text);
    let name = file_name(path);
    if text.len() > LARGEST {
        Some(Skip::TooLarge)
    } else if memchr::memchr(0, head).is_some() && utf16(text).is_none() {
        Some(Skip::Binary)
    } else if LOCKFILES.contains(&name) {
        Some(Skip::Lockfile)
    } else if path.split('/').rev().skip(1).any(|part| VENDORED.contains(&part)) {
        Some(Skip::Vendored)
    } else if minified(name, text) {
        Some(Skip::Minified)
    } else {
        None
    }
}

fn minified(name: &str, text: &[u8]) -> bool {
    let ends = [".min.js", ".min.css", ".min.mjs", ".bundle.js", ".js.map", ".css.map", ".mjs.map"];
    let script = [".js", ".mjs", ".cjs", ".css", ".html", ".svg"].iter().any(|end| name.ends_with(end));
    ends.iter().any(|end| name.ends_with(end))
        || (script && text.len() > 8 << 10 && memchr::memchr_iter(b'\n', text).count() * 500 < text.len())
}

/// The two orders of bytes in UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// Says whether bytes are UTF-16: by the mark in front, or by a zero in every second place.
pub(super) fn utf16(text: &[u8]) -> Option<Order> {
    match text {
        [0xff, 0xfe, ..] => return Some(Order::Little),
        [0xfe, 0xff, ..] => return Some(Order::Big),
        _ => {}
    }
    let head = text.get(..text.len().min(512)).unwrap_or(text);
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if half < 4 {
        None
    } else if even == 0 && odd * 10 >= half * 9 {
        Some(Order::Little)
    } else if odd == 0 && even * 10 >= half * 9 {
        Some(Order::Big)
    } else {
        None
    }
}

/// Returns the last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns what a path says about the values in its file.
pub(super) fn circumstances(path: &str, words: &Words) -> Circumstances {
    let lower = path.to_ascii_lowercase();
    let name = file_name(&lower);
    let made_up = |part: &str| ["dummy", "fake", "mock"].iter().any(|start| part.starts_with(start));
    let folder = lower.split('/').rev().skip(1).any(|part| words.has("test-folders", part) || made_up(part));
    let stem = name.split('.').next().unwrap_or(name);
    let by_name = ["test_", "conftest", "example", "sample"].iter().any(|start| stem.starts_with(start))
        || ["_test", "_tests", "-test", "_spec", "test", "tests"].iter().any(|end| stem.ends_with(end))
        || [".test.", ".tests.", ".spec.", ".example", ".sample", ".template", ".dist", "example."]
            .iter()
            .any(|part| name.contains(part));
    let document = [".md", ".mdx", ".rst", ".adoc", ".txt", ".html", ".htm", ".ipynb", ".1", ".pod", ".tex"]
        .iter()
        .any(|end| name.ends_with(end));
    let endings = [
        ".env",
        ".ini",
        ".cfg",
        ".conf",
        ".config",
        ".cnf",
        ".properties",
        ".yaml",
        ".yml",
        ".toml",
        ".json",
        ".xml",
        ".tfvars",
        ".sh",
        ".bash",
        ".zsh",
        ".bashrc",
        ".bash_profile",
        ".profile",
        ".zshrc",
        ".envrc",
        ".cmd",
        ".bat",
        ".ps1",
        ".netrc",
        ".npmrc",
        ".pypirc",
        ".plist",
        "dockerfile",
        ".dockerfile",
        ".prefs",
        ".reg",
    ];
    let plain = !name.contains('.') || (name.starts_with('.') && !name.trim_start_matches('.').contains('.'));
    let settings =
        path.is_empty() || plain || name.starts_with(".env") || endings.iter().any(|end| name.ends_with(end));
    Circumstances { test: folder || by_name || document, settings, quoted: false, local: false }
}

/// Says whether a path ends as a pattern says: without `/` the name alone counts; `*` stands for anything but `/`; case does not count.
pub(super) fn path_matches(pattern: &str, path: &str) -> bool {
    let last = |text: &str| text.bytes().next_back().map(|b| b.to_ascii_lowercase());
    if !pattern.ends_with('*') && last(pattern) != last(path) {
        return false;
    }
    let parts = pattern.split('/').count();
    let tail = match path.rmatch_indices('/').nth(parts - 1) {
        Some((at, _)) => path.get(at + 1..).unwrap_or(path),
        None if path.matches('/').count() + 1 == parts => path,
        None => return false,
    };
    wildcard(pattern.as_bytes(), tail.as_bytes())
}

/// Matches with `*`, in time of pattern times text at most.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) if text.get(from) != Some(&b'/') => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                _ => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_counts_for_the_end_of_a_path() {
        for (pattern, path, matches) in [
            (".netrc", "home/bob/.netrc", true),
            (".netrc", ".NETRC", true),
            (".netrc", "x.netrc", false),
            (".netrc", ".netrc/x", false),
            ("*.ppk", "keys/a.ppk", true),
            ("*.ppk", "keys/a.ppk.txt", false),
            ("wp-config*.php", "www/wp-config-old.php", true),
            (".aws/credentials", "home/.aws/credentials", true),
            (".aws/credentials", "credentials", false),
            ("config/credentials/*.key", "a/config/credentials/production.key", true),
            ("config/credentials/*.key", "config/credentials/x/y.key", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("", "", true),
        ] {
            assert_eq!(path_matches(pattern, path), matches, "{pattern} {path}");
        }
        assert!(!path_matches(&"*a".repeat(200), &"b".repeat(4_000)));
    }

    #[test]
    fn utf_16_is_told_by_its_mark_or_its_zeros() {
        let plain: Vec<u8> = "some text".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, order) in [
            (b"\xff\xfea\0".as_slice(), Some(Order::Little)),
            (b"\xfe\xff\0a", Some(Order::Big)),
            (&plain, Some(Order::Big)),
            (b"some text", None),
            (b"a\0b\0\0\0\0\0c\0", None),
            (b"", None),
        ] {
            assert_eq!(utf16(bytes), order, "{bytes:?}");
        }
    }
}
