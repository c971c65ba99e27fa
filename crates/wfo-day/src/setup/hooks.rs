//! `setup --only hooks`: git's hooks of one repository, planned by `wfo_gate::guard::hooks` from what is really there.
//! Writes only into the repository's own hooks folder, only what was shown, and keeps what was there before.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wfo_base::home::Home;
use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, atomic, codes, read};
use wfo_gate::guard::hooks::{self, Hook, HookFacts, HookFile, HookPlan, HookStep, Manager, Origin, Snippet};
use wfo_git::{Repository, Scope as GitScope};

use crate::place::Place;

/// The largest hook that is read.
const LIMIT: u64 = 16 << 20;
/// The most files of a hooks folder that are looked at.
const MOST: usize = 500;
/// The most checkouts that are looked at.
const MOST_CHECKOUTS: usize = 100;
/// What a line that calls us holds, wherever it stands.
const CALL: &str = "wfo-helper gate commit";

/// Files by which a manager of hooks is known, at the top of the work tree.
const MANAGERS: [(Manager, &str); 12] = [
    (Manager::PreCommit, ".pre-commit-config.yaml"),
    (Manager::PreCommit, ".pre-commit-config.yml"),
    (Manager::PreCommit, "prek.toml"),
    (Manager::Lefthook, "lefthook.yml"),
    (Manager::Lefthook, "lefthook.yaml"),
    (Manager::Lefthook, "lefthook.toml"),
    (Manager::Lefthook, "lefthook.json"),
    (Manager::Lefthook, ".lefthook.yml"),
    (Manager::Lefthook, ".lefthook.yaml"),
    (Manager::Lefthook, ".lefthook.toml"),
    (Manager::Lefthook, ".lefthook.json"),
    (Manager::Husky, ".husky"),
];

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct HookSetup<'a> {
    /// Where.
    pub place: &'a Place,
    /// Whose state folder holds the lock.
    pub home: &'a Home,
    /// Whether ours are taken away instead.
    pub remove: bool,
    /// Whether every move of a branch is looked at too.
    pub strict: bool,
}

/// A change of hooks that waits for a yes.
#[derive(Debug, Clone)]
pub struct HooksPlan {
    /// The repository's own hooks folder.
    pub folder: PathBuf,
    /// One sentence for the person.
    pub title: String,
    /// Each act.
    pub actions: Vec<String>,
    /// Lines for hooks that belong to somebody else.
    pub snippets: Vec<Snippet>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
    plan: HookPlan,
    state: String,
    root: PathBuf,
    remove: bool,
    strict: bool,
}

/// One checkout and whether hooks would run in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HooksChecked {
    /// Its top.
    pub root: PathBuf,
    /// Why they would not run; none: they would.
    pub faults: Vec<String>,
    /// What could not be looked at.
    pub unread: Option<String>,
    /// Whether hooks of ours, or lines that call us, are there at all.
    pub installed: bool,
}

/// Plans a change.
///
/// # Errors
/// `git.no-repository`, `file.too-large` and `file.unreadable` for hooks that cannot be kept, and what git answers.
pub fn plan_hooks(ask: &HookSetup<'_>) -> Result<HooksPlan, Problem> {
    let repository = repository(ask.place)?;
    let facts = facts(repository, ask.strict)?;
    let mut plan = if ask.remove { hooks::remove(&facts) } else { hooks::install(&facts) };
    let folder = PathBuf::from(&facts.own);
    let mut notes = Vec::new();
    if !folder.starts_with(repository.common_dir()) {
        plan.steps.clear();
        let words = format!("`{}` leads out of the repository, so nothing is written there", facts.own);
        notes.push(Problem::new(codes::HOOKS_ELSEWHERE, words).hint("make it a folder of the repository").warning());
    }
    let elsewhere = !plan.snippets.is_empty();
    notes.extend(plan.notes.iter().map(|note| {
        match elsewhere {
            true => Problem::new(codes::HOOKS_ELSEWHERE, note.clone())
                .hint("add the lines of `data.hooks.snippets` there")
                .warning(),
            false => {
                Problem::new(codes::HOOKS_KEPT, note.clone()).hint("run `wfo-helper doctor` to see what runs").warning()
            }
        }
    }));
    let actions: Vec<String> = plan.steps.iter().map(act).collect();
    let shown = folder.display();
    let title = match ask.remove {
        true => format!("take wfo's git hooks out of `{shown}` and put back what was there"),
        false => format!("have git check each commit for secrets, by hooks in `{shown}`"),
    };
    let files: Vec<String> = facts
        .files
        .iter()
        .map(|file| format!("{} {:o} {}", file.name, file.mode, trust::digest_bytes(&file.bytes)))
        .collect();
    let state = format!("{:?}\n{}", plan.steps, files.join("\n"));
    Ok(HooksPlan {
        title,
        actions,
        snippets: plan.snippets.clone(),
        notes,
        state,
        root: ask.place.main_root().to_owned(),
        remove: ask.remove,
        strict: ask.strict,
        folder,
        plan,
    })
}

impl HooksPlan {
    /// Says whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.steps.is_empty()
    }

    /// Returns what a proposal of this plan is bound to: every file of the folder and every step.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            command: if self.remove { "setup --remove" } else { "setup" }.to_owned(),
            arguments: if self.strict { "hooks strict" } else { "hooks" }.to_owned(),
            main_checkout: self.root.to_string_lossy().into_owned(),
            state: trust::digest(&self.state),
        }
    }

    /// Carries it out, under a lock, if the folder still is what was shown.
    ///
    /// # Errors
    /// `proposal.stale` when it changed meanwhile, `lock.timeout`, `file.not-written`.
    pub fn apply(&self, ask: &HookSetup<'_>) -> Result<(), Problem> {
        let state = ask.home.wfo("state/setup");
        atomic::make_folder(&state, true)?;
        let mut id = trust::digest(&self.folder.to_string_lossy());
        id.truncate(16);
        // The lock lies with us, not in the repository, which is to look as before afterwards.
        atomic::locked(&state.join(format!("hooks-{id}")), || {
            if plan_hooks(ask)?.state != self.state {
                return Err(self.stale());
            }
            atomic::make_folder(&self.folder, false)?;
            self.plan.steps.iter().try_for_each(|step| self.step(step))?;
            if self.remove {
                // Goes only when it is empty.
                let _ = fs::remove_dir(&self.folder);
            }
            Ok(())
        })
    }

    fn step(&self, step: &HookStep) -> Result<(), Problem> {
        match step {
            HookStep::Write { path, bytes, mode } => atomic::write_program(Path::new(path), bytes, *mode),
            HookStep::Move { from, to } => {
                if !self.remove && Path::new(to).symlink_metadata().is_ok() {
                    return Err(self.stale());
                }
                fs::rename(from, to).map_err(|error| failed(from, &error))
            }
            HookStep::Remove { path } => fs::remove_file(path).map_err(|error| failed(path, &error)),
        }
    }

    fn stale(&self) -> Problem {
        let words = format!("`{}` changed while hooks were being set up, so it was left alone", self.folder.display());
        Problem::new(codes::PROPOSAL_STALE, words)
            .hint("run `wfo-helper setup --only hooks` again and look at the new proposal")
    }
}

fn failed(path: &str, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{path}` could not be changed: {error}"))
        .hint("check the folder's permissions, then run the same command again: it goes on from there")
}

/// Looks whether hooks would run in every checkout of the repository.
///
/// # Errors
/// `git.no-repository`.
pub fn check_hooks(place: &Place, strict: bool) -> Result<Vec<HooksChecked>, Problem> {
    let repository = repository(place)?;
    let here = repository.root().to_owned();
    let others = wfo_git::checkouts(repository).into_iter().map(|row| row.path).filter(|path| *path != here);
    let others: Vec<PathBuf> = others.filter(|path| path.is_dir()).collect();
    Ok(std::iter::once(here).chain(others).take(MOST_CHECKOUTS).map(|root| check_one(root, strict)).collect())
}

fn check_one(root: PathBuf, strict: bool) -> HooksChecked {
    let looked = Repository::discover(&root).and_then(|found| {
        found.map(|found| facts(&found, strict).map(|facts| judged(&facts, found.root()))).transpose()
    });
    let (faults, unread, installed) = match looked {
        Ok(Some((faults, installed))) => (faults, None, installed),
        Ok(None) => (Vec::new(), Some("it is no checkout any more".to_owned()), false),
        Err(problem) => (Vec::new(), Some(problem.message), false),
    };
    HooksChecked { root, faults, unread, installed }
}

/// Tells why hooks would not run in a checkout, and whether anything of ours is there at all.
fn judged(facts: &HookFacts, root: &Path) -> (Vec<String>, bool) {
    let ours = Hook::ALL.iter().any(|hook| {
        !matches!(
            hooks::state(*hook, &facts.files, &facts.helper),
            hooks::HookState::Missing | hooks::HookState::Foreign
        )
    });
    let folder = Path::new(&facts.folder);
    let called = called(facts, root, folder);
    let faults = hooks::would_not_run(facts, folder.is_dir());
    if called && !faults.is_empty() {
        // Somebody else's hook calls us: git must run that one.
        let runs =
            folder.join(Hook::PreCommit.name()).metadata().is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0);
        let words = || format!("`{}` is missing or may not be run", folder.join(Hook::PreCommit.name()).display());
        return (if runs { Vec::new() } else { vec![words()] }, true);
    }
    (faults, ours || called)
}

/// Says whether a line of a manager's file or of a foreign hook calls us.
fn called(facts: &HookFacts, root: &Path, folder: &Path) -> bool {
    let holds = |top: &Path, name: &str| {
        read::raw(top, name, read::PAGE_LIMIT)
            .is_ok_and(|bytes| bytes.is_some_and(|bytes| String::from_utf8_lossy(&bytes).contains(CALL)))
    };
    let by_manager = facts.manager.as_ref().is_some_and(|(manager, file)| match manager {
        Manager::Husky => holds(root, &format!("{file}/{}", Hook::PreCommit.name())),
        Manager::PreCommit | Manager::Lefthook => holds(root, file),
    });
    by_manager || (facts.folder != facts.own && holds(folder, Hook::PreCommit.name()))
}

fn repository(place: &Place) -> Result<&Repository, Problem> {
    place.repository().ok_or_else(|| {
        let words = format!("`{}` is not inside a git repository, so there are no git hooks", place.folder().display());
        Problem::new(codes::GIT_NONE, words).hint("run it in a checkout, or leave out `--only hooks`")
    })
}

/// Gathers what a plan needs to know.
fn facts(repository: &Repository, strict: bool) -> Result<HookFacts, Problem> {
    let place = wfo_git::hook_place(repository)?;
    let origin = |scope: GitScope| match scope {
        GitScope::System => Origin::System,
        GitScope::Global => Origin::Global,
        GitScope::Local => Origin::Local,
        GitScope::Worktree => Origin::Worktree,
        GitScope::Command => Origin::Command,
    };
    let top = repository.root();
    let manager = MANAGERS
        .iter()
        .find(|(_, file)| !repository.is_bare() && top.join(file).exists())
        .map(|(manager, file)| (*manager, (*file).to_owned()));
    let helper = std::env::current_exe().map_err(|error| {
        Problem::new(codes::FILE_MISSING, format!("the system does not say where wfo-helper lies: {error}"))
    })?;
    Ok(HookFacts {
        folder: place.folder.to_string_lossy().into_owned(),
        files: files(&place.own)?,
        own: place.own.to_string_lossy().into_owned(),
        hooks_path: place.hooks_path.map(|(value, scope)| (value, origin(scope))),
        manager,
        helper: helper.to_string_lossy().into_owned(),
        strict,
    })
}

/// Reads the files of the hooks folder that concern us.
fn files(folder: &Path) -> Result<Vec<HookFile>, Problem> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(MOST) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !Hook::ALL.iter().any(|hook| name.starts_with(hook.name())) || name.ends_with(".sample") {
            continue;
        }
        let path = entry.path();
        let Ok(meta) = path.symlink_metadata() else { continue };
        // A link is somebody else's whatever it leads to: writing through it would write elsewhere.
        let (bytes, mode) = if meta.is_symlink() {
            (Vec::new(), path.metadata().map_or(0, |meta| meta.permissions().mode()) & 0o7777)
        } else if meta.is_file() {
            (read::raw(folder, &name, LIMIT)?.unwrap_or_default(), meta.permissions().mode() & 0o7777)
        } else {
            (Vec::new(), 0)
        };
        files.insert(name.clone(), HookFile { name, bytes, mode });
    }
    Ok(files.into_values().collect())
}

fn act(step: &HookStep) -> String {
    match step {
        HookStep::Write { path, .. } => format!("write `{path}`"),
        HookStep::Move { from, to } => format!("rename `{from}` to `{to}`"),
        HookStep::Remove { path } => format!("remove `{path}`"),
    }
}
