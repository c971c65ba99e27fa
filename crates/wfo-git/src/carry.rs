//! Finds the ignored files that a new worktree needs: `.env*`, what `.worktreeinclude` lists, what the caller asks for.
//! Looks only: copies nothing, follows no link, and walks an ignored folder only where a pattern leads into it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use gix::bstr::{BString, ByteSlice};
use gix::glob::wildmatch::Mode;
use wfo_base::text::code_span;
use wfo_base::{Noted, Problem, codes, read};

use crate::repository::Repository;
use crate::status::Patterns;
use crate::worktrees;

/// The file at the top of the main checkout that lists more patterns.
const INCLUDE: &str = ".worktreeinclude";
/// The largest such file that is read.
const INCLUDE_LIMIT: u64 = 1 << 20;
/// How many patterns count.
const PATTERN_LIMIT: usize = 1_000;
/// How many names are looked at in all.
const NAME_LIMIT: usize = 100_000;
/// How many notes are made about single paths.
const NOTE_LIMIT: usize = 20;
/// How long matching may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which ignored files a new worktree needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// In gitignore's syntax, after those of `.worktreeinclude`; `.env*` files are wanted in any case unless negated.
    pub patterns: &'a [String],
}

/// Lists what the main checkout has of it: relative paths of files, links and whole folders, sorted by their bytes.
///
/// Only what git ignores is listed: the rest comes by checkout, or is new work that belongs where it is. A link is listed
/// when it is relative and stays inside; what lies in a listed folder was not looked at, so a copy must check its links.
///
/// # Errors
/// `tool.*` when git cannot list, `git.unreadable` when the main checkout cannot be opened.
pub fn carried(repository: &Repository, wanted: &Wanted<'_>) -> Result<Noted<Vec<PathBuf>>, Problem> {
    if repository.root() == repository.main_root() {
        return carried_from(repository, wanted);
    }
    carried_from(&Repository::open(repository.main_root())?, wanted)
}

fn carried_from(main: &Repository, wanted: &Wanted<'_>) -> Result<Noted<Vec<PathBuf>>, Problem> {
    if main.is_bare() {
        return Ok(Noted::clean(Vec::new()));
    }
    let mut search = Search::new(main);
    search.load_rules(wanted);
    let git = main.git();
    let list = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"];
    let output = git.output(list)?;
    let mut ignored: Vec<&[u8]> = output.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
    ignored.sort_unstable();
    for (place, path) in ignored.iter().enumerate() {
        // A folder whose content follows is only on the way to it: it is not ignored itself.
        let is_parent = path.ends_with(b"/") && ignored.get(place + 1).is_some_and(|next| next.starts_with(path));
        if !is_parent && search.may_go_on() {
            search.entry(path);
        }
    }
    let output = git.output(["ls-files", "-z", "--others", "--exclude-standard"])?;
    for path in output.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
        let is_folder = path.ends_with(b"/");
        let path = path.strip_suffix(b"/").unwrap_or(path);
        if search.may_go_on() && search.rules.verdict(path, is_folder, true) == Some(true) {
            search.skip(path, "is not ignored by git, so it is new work and stays where it is");
        }
    }
    Ok(search.finish())
}

/// What is wanted.
#[derive(Debug, Clone, Default)]
struct Rules {
    asked: Patterns,
    /// The parts of each pattern that leads into folders by a literal first part.
    paths: Vec<Vec<BString>>,
    negates: bool,
}

impl Rules {
    fn parse(text: &[u8]) -> Self {
        let mut rules = Self { asked: Patterns::parse(text), ..Self::default() };
        for (pattern, _, _) in gix::ignore::parse(text, false) {
            if pattern.is_negative() {
                rules.negates = true;
                continue;
            }
            let parts: Vec<BString> = pattern.text.split_str("/").map(BString::from).collect();
            let is_literal =
                parts.first().is_some_and(|part| !part.is_empty() && part.find_byteset(b"*?[\\").is_none());
            if parts.len() > 1 && is_literal {
                rules.paths.push(parts);
            }
        }
        rules
    }

    /// Says whether a path is wanted; `None` when nothing is about it or the folders above it.
    fn verdict(&self, path: &[u8], is_folder: bool, built_in: bool) -> Option<bool> {
        let above = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
        let above = above.filter_map(|(end, _)| path.get(..end));
        let asked = self.asked.verdict(path, is_folder);
        asked.or_else(|| above.into_iter().find_map(|folder| self.asked.verdict(folder, true))).or_else(|| {
            let name = path.rsplit(|byte| *byte == b'/').next()?;
            (built_in && !is_folder && name.starts_with(b".env")).then_some(true)
        })
    }

    /// Says whether a pattern could match below this folder.
    fn leads_into(&self, folder: &[u8]) -> bool {
        self.paths.iter().any(|pattern| {
            let mut parts = pattern.iter();
            for name in folder.split(|byte| *byte == b'/') {
                match parts.next() {
                    Some(part) if *part == "**" => return true,
                    Some(part)
                        if gix::glob::wildmatch(part.as_bstr(), name.as_bstr(), Mode::NO_MATCH_SLASH_LITERAL) => {}
                    _ => return false,
                }
            }
            parts.next().is_some()
        })
    }
}

struct Search<'a> {
    root: &'a Path,
    rules: Rules,
    /// The other checkouts, relative where they lie inside.
    checkouts: Vec<PathBuf>,
    found: BTreeSet<Vec<u8>>,
    skipped: usize,
    seen: usize,
    end: Instant,
    answer: Noted<Vec<PathBuf>>,
}

impl<'a> Search<'a> {
    fn new(main: &'a Repository) -> Self {
        let places = worktrees::list(main.main_root(), main.common_dir(), main.git_dir(), false);
        let inside = |path: PathBuf| path.strip_prefix(main.root()).map(Path::to_owned).ok();
        Self {
            root: main.root(),
            rules: Rules::default(),
            checkouts: places.into_iter().skip(1).filter_map(|place| inside(place.row.path)).collect(),
            found: BTreeSet::new(),
            skipped: 0,
            seen: 0,
            end: Instant::now() + PATIENCE,
            answer: Noted::default(),
        }
    }

    fn load_rules(&mut self, wanted: &Wanted<'_>) {
        let mut text = match read::raw(self.root, INCLUDE, INCLUDE_LIMIT) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(problem) => {
                self.answer.notes.push(problem.warning());
                Vec::new()
            }
        };
        let end = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(PATTERN_LIMIT - 1);
        if let Some(end) = end.map(|(place, _)| place + 1).filter(|end| *end < text.len()) {
            text.truncate(end);
            self.note(format!("only the first {PATTERN_LIMIT} lines of `{INCLUDE}` count"));
        }
        for pattern in wanted.patterns.iter().take(PATTERN_LIMIT) {
            text.push(b'\n');
            text.extend_from_slice(pattern.as_bytes());
        }
        self.rules = Rules::parse(&text);
    }

    fn note(&mut self, message: String) {
        let problem = Problem::new(codes::WORKTREE_NOT_CARRIED, message);
        self.answer.notes.push(problem.hint("copy it by hand, or change the patterns").info());
    }

    /// Counts one more name; `false`, with a note the first time, when enough was looked at.
    fn may_go_on(&mut self) -> bool {
        self.seen += 1;
        let is_late = self.seen.is_multiple_of(256) && Instant::now() > self.end;
        if is_late {
            self.seen = self.seen.max(NAME_LIMIT);
        }
        if self.seen == NAME_LIMIT || is_late {
            self.seen = NAME_LIMIT + 1;
            self.note("there are too many ignored files: those looked at last were left out".to_owned());
        }
        self.seen < NAME_LIMIT
    }

    fn skip(&mut self, path: &[u8], why: &str) {
        self.skipped += 1;
        if self.skipped <= NOTE_LIMIT {
            self.note(format!("{} {why}", code_span(&String::from_utf8_lossy(path))));
        }
    }

    /// Judges one line of git's list.
    fn entry(&mut self, path: &[u8]) {
        match path.strip_suffix(b"/") {
            Some(folder) if self.rules.verdict(folder, true, true) == Some(true) => self.take_folder(folder),
            Some(folder) if self.rules.leads_into(folder) => self.walk(folder),
            None if self.rules.verdict(path, false, true) == Some(true) => self.take_file(path),
            _ => {}
        }
    }

    fn take_folder(&mut self, folder: &[u8]) {
        let place = Path::new(OsStr::from_bytes(folder));
        if self.is_repository(folder) {
            self.skip(folder, "is a repository of its own");
        } else if self.rules.negates || self.checkouts.iter().any(|checkout| checkout.starts_with(place)) {
            self.walk(folder);
        } else {
            self.found.insert(folder.to_vec());
        }
    }

    fn is_repository(&self, folder: &[u8]) -> bool {
        fs::symlink_metadata(self.root.join(OsStr::from_bytes(folder)).join(".git")).is_ok()
    }

    fn take_file(&mut self, path: &[u8]) {
        let place = self.root.join(OsStr::from_bytes(path));
        let Ok(meta) = fs::symlink_metadata(&place) else { return };
        self.take(path, meta.file_type());
    }

    fn take(&mut self, path: &[u8], kind: FileType) {
        if kind.is_file() || (kind.is_symlink() && stays_inside(self.root, path)) {
            self.found.insert(path.to_vec());
        } else if kind.is_symlink() {
            self.skip(path, "is a link that leaves the repository or leads nowhere");
        } else {
            self.skip(path, "is neither a file nor a folder");
        }
    }

    /// Looks into a folder for single wanted things.
    fn walk(&mut self, folder: &[u8]) {
        let mut open = vec![folder.to_vec()];
        while let Some(folder) = open.pop() {
            if self.is_repository(&folder) {
                self.skip(&folder, "is a repository of its own");
                continue;
            }
            for entry in fs::read_dir(self.root.join(OsStr::from_bytes(&folder))).into_iter().flatten().flatten() {
                if !self.may_go_on() {
                    return;
                }
                let path = [&folder[..], b"/", entry.file_name().as_bytes()].concat();
                let Ok(kind) = entry.file_type() else { continue };
                match (self.rules.verdict(&path, kind.is_dir(), false), kind.is_dir()) {
                    (Some(true), true) if self.is_whole(&path) => self.take_folder(&path),
                    (Some(true), true) => open.push(path),
                    (Some(true), false) => self.take(&path, kind),
                    (_, true) if self.rules.leads_into(&path) => open.push(path),
                    _ => {}
                }
            }
        }
    }

    /// Says whether nothing in a wanted folder can be unwanted.
    fn is_whole(&self, folder: &[u8]) -> bool {
        let place = Path::new(OsStr::from_bytes(folder));
        !self.rules.negates && !self.checkouts.iter().any(|checkout| checkout.starts_with(place))
    }

    fn finish(mut self) -> Noted<Vec<PathBuf>> {
        if let Some(more) = self.skipped.checked_sub(NOTE_LIMIT).filter(|more| *more > 0) {
            self.note(format!("{more} more were left out for such reasons"));
        }
        self.answer.value = self.found.iter().map(|path| PathBuf::from(OsStr::from_bytes(path))).collect();
        self.answer
    }
}

/// Says whether a link is relative and leads to something inside, as it is written and as it resolves.
fn stays_inside(root: &Path, path: &[u8]) -> bool {
    let place = Path::new(OsStr::from_bytes(path));
    let Ok(target) = fs::read_link(root.join(place)) else { return false };
    let written = place.parent().unwrap_or(Path::new("")).join(&target);
    let mut parts: Vec<&OsStr> = Vec::new();
    for part in written.components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            Component::ParentDir if parts.pop().is_some() => {}
            _ => return false,
        }
    }
    let in_git = parts.first().is_some_and(|part| *part == ".git");
    !in_git && fs::canonicalize(root.join(place)).is_ok_and(|real| real.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negation_counts_for_what_stands_in_a_wanted_folder() {
        let rules = Rules::parse(b"config/\n!config/secret.json\n!.env.production\n");
        assert!(rules.negates);
        for (path, is_folder, expected) in [
            ("config", true, Some(true)),
            ("config/local.json", false, Some(true)),
            ("config/secret.json", false, Some(false)),
            (".env", false, Some(true)),
            ("deep/.env.local", false, Some(true)),
            (".env.production", false, Some(false)),
            (".env", true, None),
            ("other", false, None),
        ] {
            assert_eq!(rules.verdict(path.as_bytes(), is_folder, true), expected, "{path}");
        }
        assert_eq!(rules.verdict(b".env", false, false), None);
    }

    #[test]
    fn a_folder_is_entered_only_where_a_pattern_leads() {
        let rules =
            Rules::parse(b"data/local/*.json\napps/*/secrets/*.pem\n**/any.txt\n/top\nbare\nout/**\n!not/a/b\n");
        for (folder, expected) in [
            ("data", true),
            ("data/local", true),
            ("data/other", false),
            ("data/local/deep", false),
            ("apps/web", true),
            ("apps/web/secrets", true),
            ("apps/web/node_modules", false),
            ("node_modules", false),
            ("top", false),
            ("bare", false),
            ("out/a/b/c", true),
            ("not/a", false),
        ] {
            assert_eq!(rules.leads_into(folder.as_bytes()), expected, "{folder}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_patterns_and_paths_are_judged_without_a_panic(text: Vec<u8>, path: Vec<u8>) {
            let rules = Rules::parse(&text);
            // Git's paths are relative.
            let path = path.trim_start_with(|c| c == '/');
            let _ = (rules.verdict(path, true, true), rules.leads_into(path));
        }
    }
}
