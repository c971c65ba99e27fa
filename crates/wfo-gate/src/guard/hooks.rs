//! How git's hooks are put in place and taken away: facts of the hooks folder in, a list of steps out.
//! Never writes, and never plans to lose a hook of somebody else: it is kept beside ours, run first, and put back.

mod shims;
mod snippets;

pub use shims::{MARKER, VERSION, shim};
pub use snippets::Snippet;

/// A hook that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Runs before the message is asked for; `git commit -n` skips it.
    PreCommit,
    /// Runs before the message is edited; `git commit -n` does not skip it.
    PrepareCommitMsg,
    /// Strict mode: runs whenever a reference moves, by whatever command.
    ReferenceTransaction,
}

impl Hook {
    /// Returns the file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }

    /// All of them.
    pub const ALL: [Self; 3] = [Self::PreCommit, Self::PrepareCommitMsg, Self::ReferenceTransaction];
}

/// Where `core.hooksPath` was set, as `git config --show-scope` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// For every user of the machine.
    System,
    /// For this user.
    Global,
    /// For this repository.
    Local,
    /// For this work tree.
    Worktree,
    /// By the environment or an option of this one call.
    Command,
}

/// A program that writes hooks itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// pre-commit, or prek, which reads the same file.
    PreCommit,
    /// lefthook.
    Lefthook,
    /// husky.
    Husky,
}

/// A file in the hooks folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFile {
    /// Its name.
    pub name: String,
    /// What is in it; of a link, what is in the file it leads to.
    pub bytes: Vec<u8>,
    /// Its mode; git runs it only if a bit of `0o111` is set.
    pub mode: u32,
}

/// What is known before hooks are installed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFacts {
    /// The folder git takes hooks from here: `git rev-parse --git-path hooks`, absolute.
    pub folder: String,
    /// The repository's own folder: `hooks` in the common directory, absolute. Worktrees share it.
    pub own: String,
    /// `core.hooksPath` as written, and where.
    pub hooks_path: Option<(String, Origin)>,
    /// Every file in `own`.
    pub files: Vec<HookFile>,
    /// A manager's file at the top of the work tree, such as `.pre-commit-config.yaml`, `lefthook.yml`, `.husky`.
    pub manager: Option<(Manager, String)>,
    /// The helper's absolute path, for when it is not on PATH.
    pub helper: String,
    /// Whether reference-transaction is wanted too.
    pub strict: bool,
}

/// One step. Each is atomic for itself; between moving a foreign hook and writing ours, neither is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookStep {
    /// Writes a file whole, with this mode.
    Write {
        /// Where.
        path: String,
        /// What.
        bytes: Vec<u8>,
        /// The mode.
        mode: u32,
    },
    /// Renames a file; it must not replace another, unless that one is ours.
    Move {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// Removes a file of ours.
    Remove {
        /// Where.
        path: String,
    },
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookPlan {
    /// In this order.
    pub steps: Vec<HookStep>,
    /// What a person should know, a sentence each.
    pub notes: Vec<String>,
    /// What a person may add where hooks belong to somebody else.
    pub snippets: Vec<Snippet>,
}

/// What stands under a hook's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookState {
    /// Ours, of this version, and git runs it.
    Ours,
    /// Ours, of another version or with another helper.
    Outdated,
    /// Ours, but git does not run it: the right to run is gone.
    NotExecutable,
    /// Ours once, and changed by somebody.
    Edited,
    /// Somebody else's.
    Foreign,
    /// Nothing.
    Missing,
}

/// Says what stands under a hook's name in these files.
#[must_use]
pub fn state(hook: Hook, files: &[HookFile], helper: &str) -> HookState {
    let Some(file) = find(files, hook.name()) else { return HookState::Missing };
    let Some(version) = shims::version_of(&file.bytes, hook) else { return HookState::Foreign };
    if version == VERSION && shims::helper_of(&file.bytes).is_none_or(|seen| shim(hook, &seen).as_bytes() != file.bytes)
    {
        return HookState::Edited;
    }
    if version != VERSION || shim(hook, helper).as_bytes() != file.bytes {
        return HookState::Outdated;
    }
    if file.mode & 0o111 == 0 { HookState::NotExecutable } else { HookState::Ours }
}

/// Says which hooks are installed for a wish.
#[must_use]
pub fn wanted(strict: bool) -> &'static [Hook] {
    if strict { &Hook::ALL } else { &[Hook::PreCommit, Hook::PrepareCommitMsg] }
}

/// Plans the installation.
#[must_use]
pub fn install(facts: &HookFacts) -> HookPlan {
    let mut plan = HookPlan::default();
    if let Some((manager, file)) = &facts.manager {
        plan.notes
            .push(format!("`{file}` manages the hooks here, so no hook file is written; add the lines below to it"));
        plan.snippets = snippets::for_manager(*manager, file, facts.strict);
        return plan;
    }
    if let Some((value, origin)) = foreign_path(facts) {
        plan.notes.push(path_note(value, origin));
        plan.snippets = snippets::for_folder(&facts.folder, facts.strict);
        return plan;
    }
    for hook in wanted(facts.strict) {
        install_one(*hook, facts, &mut plan);
    }
    plan
}

fn install_one(hook: Hook, facts: &HookFacts, plan: &mut HookPlan) {
    let name = hook.name();
    let path = format!("{}/{name}", facts.own);
    let kept = shims::chained_name(hook);
    let write = HookStep::Write { path: path.clone(), bytes: shim(hook, &facts.helper).into_bytes(), mode: 0o755 };
    match state(hook, &facts.files, &facts.helper) {
        HookState::Ours => {}
        HookState::Missing | HookState::Outdated | HookState::NotExecutable => plan.steps.push(write),
        HookState::Edited => plan.notes.push(format!(
            "{path} was changed by hand since it was written, so it stays; move it away to have it written anew"
        )),
        HookState::Foreign if find(&facts.files, &kept).is_some() => {
            plan.notes.push(format!("{path} belongs to another program and {kept} exists already, so nothing is written; keep one of the two"));
        }
        HookState::Foreign => {
            plan.steps.push(HookStep::Move { from: path.clone(), to: format!("{}/{kept}", facts.own) });
            plan.steps.push(write);
            plan.notes.push(format!("the {name} hook that is there is kept as {kept} and runs first"));
        }
    }
}

/// Plans the removal: what was there before comes back, byte for byte.
#[must_use]
pub fn remove(facts: &HookFacts) -> HookPlan {
    let mut plan = HookPlan::default();
    for hook in Hook::ALL {
        let path = format!("{}/{}", facts.own, hook.name());
        let kept = shims::chained_name(hook);
        let chained = find(&facts.files, &kept).is_some();
        match state(hook, &facts.files, &facts.helper) {
            HookState::Ours | HookState::Outdated | HookState::NotExecutable if chained => {
                plan.steps.push(HookStep::Move { from: format!("{}/{kept}", facts.own), to: path });
            }
            HookState::Ours | HookState::Outdated | HookState::NotExecutable => {
                plan.steps.push(HookStep::Remove { path });
            }
            HookState::Edited => plan
                .notes
                .push(format!("{path} was changed by hand since it was written, so it stays; remove it yourself")),
            HookState::Missing if chained => {
                plan.steps.push(HookStep::Move { from: format!("{}/{kept}", facts.own), to: path });
            }
            HookState::Foreign if chained => {
                plan.notes.push(format!(
                    "{path} was replaced by another program, so the hook kept as {kept} is not put back over it"
                ));
            }
            HookState::Foreign | HookState::Missing => {}
        }
    }
    if let Some((_, file)) = &facts.manager {
        plan.notes.push(format!(
            "`{file}` manages the hooks here; take the `wfo-helper gate commit` lines out of it, if they are there"
        ));
    }
    plan
}

/// Says for one work tree why the hooks would not run there; none if they would. `relative` is `core.hooksPath` as written.
#[must_use]
pub fn would_not_run(facts: &HookFacts, folder_exists: bool) -> Vec<String> {
    if let Some((value, origin)) = foreign_path(facts) {
        if !folder_exists {
            return vec![format!(
                "core.hooksPath is `{value}`, and that folder does not exist here: no hook runs at all"
            )];
        }
        return vec![path_note(value, origin)];
    }
    let told = |hook: &Hook| {
        let name = hook.name();
        match state(*hook, &facts.files, &facts.helper) {
            HookState::Ours | HookState::Outdated => None,
            HookState::NotExecutable => Some(format!("{name} may not be run: `chmod +x` it or run `wfo-helper setup`")),
            HookState::Edited => Some(format!("{name} was changed by hand; nobody knows whether it still checks")),
            HookState::Foreign => match legacy(*hook, facts) {
                true => None,
                false => Some(format!("{name} belongs to another program")),
            },
            HookState::Missing => Some(format!("{name} is not installed: run `wfo-helper setup`")),
        }
    };
    wanted(facts.strict).iter().filter_map(told).collect()
}

/// Says whether ours was moved away by pre-commit or prek, which run what they moved.
fn legacy(hook: Hook, facts: &HookFacts) -> bool {
    let moved = find(&facts.files, &format!("{}.legacy", hook.name()));
    moved.is_some_and(|file| shims::version_of(&file.bytes, hook).is_some() && file.mode & 0o111 != 0)
}

fn find<'a>(files: &'a [HookFile], name: &str) -> Option<&'a HookFile> {
    files.iter().find(|file| file.name == name)
}

/// Returns `core.hooksPath` if it leads elsewhere than to the repository's own folder.
fn foreign_path(facts: &HookFacts) -> Option<(&str, Origin)> {
    let (value, origin) = facts.hooks_path.as_ref()?;
    let same = facts.folder.trim_end_matches('/') == facts.own.trim_end_matches('/');
    (!same).then_some((value.as_str(), *origin))
}

fn path_note(value: &str, origin: Origin) -> String {
    let whose = match origin {
        Origin::System => "for the whole machine",
        Origin::Global => "for every repository of this user",
        Origin::Local => "for this repository",
        Origin::Worktree => "for this work tree",
        Origin::Command => "by the environment or this one call",
    };
    format!(
        "core.hooksPath is `{value}`, set {whose}: git takes hooks from there, so nothing is written; add the lines below to them"
    )
}

#[cfg(test)]
mod tests;
