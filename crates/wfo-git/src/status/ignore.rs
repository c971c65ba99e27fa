//! Which paths git ignores: `.gitignore` of each folder, `info/exclude`, and the user's file, in git's order.
//! Files that are not regular, or too large, are not read.

use std::path::{Path, PathBuf};

use gix::bstr::BStr;
use gix::glob::Pattern;
use gix::glob::pattern::Case;
use gix::glob::wildmatch::Mode;
use rustix::fs::{Mode as Access, OFlags};

use super::listing::regular;

/// The largest file of patterns that is read.
pub(crate) const LIMIT: u64 = 16 << 20;

/// The patterns of one file, in the order of its lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Reads the lines of an ignore file.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self(gix::ignore::parse(bytes, false).map(|(pattern, _, _)| pattern).collect())
    }

    /// Says whether a path (relative to the file's folder) is ignored; `None` when no line is about it.
    pub(crate) fn verdict(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        let name = path.iter().rposition(|byte| *byte == b'/').map(|slash| slash + 1);
        let path: &BStr = path.into();
        let last = self.0.iter().rev().find(|pattern| {
            pattern.matches_repo_relative_path(
                path,
                name,
                Some(is_folder),
                Case::Sensitive,
                Mode::NO_MATCH_SLASH_LITERAL,
            )
        })?;
        Some(!last.is_negative())
    }
}

/// The patterns that hold for the whole work tree, the stronger first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Everywhere(Vec<Patterns>);

impl Everywhere {
    /// Reads `info/exclude` and the user's ignore file.
    pub(crate) fn read(repo: &gix::Repository) -> Self {
        let exclude = repo.common_dir().join("info").join("exclude");
        let files = [Some(exclude), excludes_file(repo)];
        Self(files.into_iter().flatten().filter_map(|path| Some(Patterns::parse(&bytes(&path)?))).collect())
    }

    /// Says whether a path (relative to the top) is ignored; `None` when no line is about it.
    pub(crate) fn verdict(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        self.0.iter().find_map(|patterns| patterns.verdict(path, is_folder))
    }
}

fn excludes_file(repo: &gix::Repository) -> Option<PathBuf> {
    if let Ok(Some(path)) = repo.config_snapshot().trusted_path("core.excludesFile") {
        return Some(path);
    }
    user_file("ignore")
}

/// Returns the place of a file in git's own folder of the user's configuration.
pub(crate) fn user_file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let folder = folder.or_else(|| std::env::home_dir().map(|home| home.join(".config")))?;
    Some(folder.join("git").join(name))
}

fn bytes(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read;
    let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Access::empty()).ok()?;
    let mut bytes = Vec::new();
    regular(fd, LIMIT)?.take(LIMIT).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_about_a_path_decides() {
        let patterns = Patterns::parse(b"# comment\n*.log\n!keep.log\n/top\nfolder/\na/b\n\\!odd\ntail\\ \n");
        for (path, is_folder, expected) in [
            ("x.log", false, Some(true)),
            ("deep/x.log", false, Some(true)),
            ("keep.log", false, Some(false)),
            ("top", false, Some(true)),
            ("deep/top", false, None),
            ("folder", true, Some(true)),
            ("folder", false, None),
            ("deep/folder", true, Some(true)),
            ("a/b", false, Some(true)),
            ("c/a/b", false, None),
            ("!odd", false, Some(true)),
            ("tail ", false, Some(true)),
            ("other", false, None),
        ] {
            assert_eq!(patterns.verdict(path.as_bytes(), is_folder), expected, "{path}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_for_ever_ends() {
        let began = std::time::Instant::now();
        let patterns = Patterns::parse(b"**/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b/**/*a*a*a*b\n");
        let path = "a".repeat(120) + "/" + &"a".repeat(120);
        assert_eq!(patterns.verdict(path.as_bytes(), false), None);
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
    }
}
