//! Which programs a project needs, whether they are on PATH, and which version they tell. Looks only into absolute folders of PATH, and
//! starts only programs of a fixed list, never by a name that a repository chose.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wfo_base::home::Home;
use wfo_base::process::Run;
use wfo_base::stack::{Commands, Slot, Stack};
use wfo_base::text;
use wfo_todo::feedback::Provider;

use crate::place::Place;

/// How long a program may take to tell its version.
const TIME: Duration = Duration::from_secs(3);
/// The most programs that are looked for.
const MOST: usize = 24;
/// The most characters of a version.
const VERSION: usize = 80;

/// Programs that are asked for their version: how, and where they come from.
const KNOWN: [(&str, &str, &str); 22] = [
    ("az", "version", "install the Azure CLI, then `az extension add --name azure-devops` and `az login`"),
    ("bun", "--version", "see https://bun.sh"),
    ("cargo", "--version", "install Rust: https://rustup.rs"),
    ("docker", "--version", "install docker or podman"),
    ("gh", "--version", "install it from https://cli.github.com, then `gh auth login`"),
    ("git", "--version", "install git 2.30 or newer"),
    ("go", "version", "install Go: https://go.dev/dl"),
    ("gradle", "--version", "see https://gradle.org/install"),
    ("hatch", "--version", "`uv tool install hatch`"),
    ("mvn", "--version", "see https://maven.apache.org/install.html"),
    ("node", "--version", "install Node.js: https://nodejs.org"),
    ("npm", "--version", "install Node.js: https://nodejs.org"),
    ("npx", "--version", "install Node.js: https://nodejs.org"),
    ("pdm", "--version", "`uv tool install pdm`"),
    ("pnpm", "--version", "`corepack enable pnpm`, or see https://pnpm.io/installation"),
    ("podman", "--version", "install podman or docker"),
    ("poetry", "--version", "`uv tool install poetry`"),
    ("pytest", "--version", "add it to the development dependencies of the project"),
    ("python", "--version", "install Python 3"),
    ("python3", "--version", "install Python 3"),
    ("uv", "--version", "see https://docs.astral.sh/uv"),
    ("yarn", "--version", "`corepack enable yarn`"),
];

/// One program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it is needed for.
    pub purpose: String,
    /// Where it lies; `None` when it is not on PATH.
    pub path: Option<PathBuf>,
    /// What it calls its version; `None` when it was not asked or did not say.
    pub version: Option<String>,
    /// How to get it, where it is missing.
    pub fix: Option<String>,
}

/// Lists the programs that a project needs, without starting any.
#[must_use]
pub fn needed(place: &Place, stack: &Stack) -> Vec<Tool> {
    let mut wanted = vec![("git".to_owned(), "branches, worktrees, commits".to_owned())];
    let remote = place.repository().and_then(wfo_git::names).and_then(|names| names.remote_url);
    match remote.as_deref().and_then(Provider::of_remote) {
        Some(Provider::GitHub) => wanted.push(("gh".to_owned(), "pull requests at GitHub".to_owned())),
        Some(Provider::Azure) => wanted.push(("az".to_owned(), "pull requests at Azure DevOps".to_owned())),
        None => {}
    }
    let all = std::iter::once(&stack.commands).chain(stack.workspaces.iter().map(|workspace| &workspace.commands));
    for (program, slot) in all.flat_map(programs) {
        if wanted.len() < MOST && !wanted.iter().any(|(name, _)| *name == program) {
            wanted.push((program, slot.word().to_owned()));
        }
    }
    wanted.into_iter().map(|(name, purpose)| tool(name, purpose)).collect()
}

/// Lists the programs that a project needs, with their versions; they are asked side by side.
#[must_use]
pub fn asked(place: &Place, home: &Home, stack: &Stack) -> Vec<Tool> {
    let mut tools = needed(place, stack);
    std::thread::scope(|scope| {
        let runs: Vec<_> = tools.iter().map(|tool| scope.spawn(|| version(tool, home))).collect();
        let versions: Vec<_> = runs.into_iter().map(|run| run.join().unwrap_or_default()).collect();
        versions
    })
    .into_iter()
    .zip(&mut tools)
    .for_each(|(version, tool)| tool.version = version);
    tools
}

fn programs(commands: &Commands) -> impl Iterator<Item = (String, Slot)> {
    [Slot::Test, Slot::Build, Slot::Lint, Slot::Format].into_iter().filter_map(|slot| {
        let word = commands.get(slot)?.split_whitespace().next()?;
        // A program of the repository itself, as `./gradlew`, comes with it.
        let plain = word.len() <= 60 && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'));
        plain.then(|| (word.to_owned(), slot))
    })
}

fn tool(name: String, purpose: String) -> Tool {
    let path = on_path(&name);
    let fix = || {
        let known = KNOWN.iter().find(|(known, ..)| *known == name).map(|(_, _, fix)| (*fix).to_owned());
        known.unwrap_or_else(|| format!("install {} and put it on PATH", text::code_span(&name)))
    };
    let fix = path.is_none().then(fix);
    Tool { name, purpose, path, version: None, fix }
}

fn version(tool: &Tool, home: &Home) -> Option<String> {
    let (_, how, _) = KNOWN.iter().find(|(known, ..)| *known == tool.name)?;
    // Not in the repository: there, some of them run what it names.
    let run = Run::new(tool.path.as_ref()?).arg(how).folder(home.config()).limit(TIME).cap(4096);
    let ran = run.env("COREPACK_ENABLE_NETWORK", Some("0")).run().ok().filter(wfo_base::process::Ran::is_ok)?;
    let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = printed.lines().map(text::one_line).find(|line| line.chars().any(|c| c.is_ascii_digit()))?;
    let word = line.split([' ', '"', ',', ':']).find(|word| {
        let word = word.trim_start_matches(['v', 'g', 'o']);
        word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.')
    })?;
    let number = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    Some(text::clip(number, VERSION).into_owned())
}

/// Finds a program in the absolute folders of PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(program)).find(|file| is_executable(file))
}

/// Says whether a path is a file that somebody may run.
pub(crate) fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_the_repository_itself_and_shell_words_are_not_looked_for() {
        let commands = |test: &str| Commands { test: Some(test.to_owned()), ..Commands::default() };
        for (command, program) in [
            ("cargo test", Some("cargo")),
            ("python3 -m pytest", Some("python3")),
            ("./gradlew test", None),
            ("A=1 make", None),
            ("$(id)", None),
            ("../x", None),
            ("", None),
        ] {
            let found: Vec<String> = programs(&commands(command)).map(|(name, _)| name).collect();
            assert_eq!(found.first().map(String::as_str), program, "{command}");
        }
    }

    #[test]
    fn known_programs_are_listed_once_and_in_order() {
        let names: Vec<&str> = KNOWN.iter().map(|(name, ..)| *name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }
}
