//! What the repository itself would run in a writing call: a set-up command, git hooks, filters, merge drivers.
//! None of it runs before a person approved its very text once.

use wfo_base::home::Home;
use wfo_base::tables::Origin;
use wfo_base::trust::{Approvals, Desk, Proposal, Subject};
use wfo_base::{Problem, codes, read, text};
use wfo_git::{Foreign, Occasion, Programs, Repository};

use super::site::Site;
use crate::resolved::{READABLE, Resolved};

/// The setting with the set-up command.
const SETTING: &str = "worktree.setup";
/// The most of a script that is compared: 1 MiB.
const SCRIPT: u64 = 1 << 20;
/// What an approval is for.
const KIND: &str = "worktree.programs";

/// What would run, and whether it may.
#[derive(Debug)]
pub struct Asked {
    /// The set-up command, where one is to run.
    pub(crate) setup: Option<Resolved>,
    git: Programs,
    approved: bool,
    setup_is_foreign: bool,
    command: String,
    /// Scripts of the work tree that any of it runs, with the SHA-256 of their text.
    scripts: Vec<(String, String)>,
    differs: bool,
}

impl Asked {
    /// Looks what a call in a repository would run. `wanted`: whether anything may run at all, and whether a set-up command does;
    /// without the first nothing is asked. `command`: its words, for the proposal.
    ///
    /// # Errors
    /// What cannot be read: a set-up script that is a link out, the approvals, git's configuration.
    pub(crate) fn look(
        site: &Site<'_>,
        repository: &Repository,
        occasion: Occasion,
        (wanted, setup): (bool, bool),
        command: String,
    ) -> Result<Self, Problem> {
        let git = wfo_git::programs(repository, occasion)?;
        let setting = site.config.setting(SETTING).filter(|_| setup && wanted);
        let named = setting.and_then(|setting| setting.value.as_deref());
        if let Some(long) = named.filter(|named| named.chars().count() > READABLE) {
            return Err(too_long(long));
        }
        let setup = named.map(|named| Resolved::of(site.main_root(), named)).transpose()?;
        let setup_is_foreign = setting.is_some_and(|setting| setting.origin != Origin::User);
        let mut scripts: Vec<(String, String)> = setup.iter().flat_map(|setup| setup.files.clone()).collect();
        for text in git.commands() {
            scripts.extend(Resolved::of(site.main_root(), text)?.files);
        }
        let mut asked = Self { setup, git, approved: false, setup_is_foreign, command, scripts, differs: false };
        asked.approved = wanted && asked.is_approved(site)?;
        Ok(asked)
    }

    fn is_approved(&self, site: &Site<'_>) -> Result<bool, Problem> {
        let text = self.text();
        if text.is_empty() || Approvals::load(site.home)?.holds(&site.place.identity(), KIND, &text) {
            return Ok(true);
        }
        // Unattended, such text is approved as it comes, and recorded.
        if !site.config.flag("confirm.unattended") {
            return Ok(false);
        }
        self.approve(site).map(|()| true)
    }

    /// The text that an approval is bound to; empty when the repository brings nothing.
    fn text(&self) -> String {
        let setup = self.setup.as_ref().filter(|_| self.setup_is_foreign).map(Resolved::text).unwrap_or_default();
        let git = if self.git.is_empty() { String::new() } else { self.git.text() };
        if setup.is_empty() && git.is_empty() {
            return String::new();
        }
        let scripts: String = self.scripts.iter().map(|(name, digest)| format!("script {name} {digest}\n")).collect();
        format!("{setup}\n{git}{scripts}")
    }

    /// Says whether the repository brings nothing that anybody could approve.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Compares the scripts with those of a commit: a branch may bring others than were approved. Then nothing of it runs.
    pub(crate) fn compare(&mut self, site: &Site<'_>, commit: &str) {
        let same = |name: &str| {
            let here = read::raw(site.main_root(), name, SCRIPT).ok().flatten();
            // What git does not track comes with no branch: it stays behind.
            let there = wfo_git::file_at(site.repository(), commit, name);
            there.is_none() || here == there
        };
        self.differs = !self.scripts.iter().all(|(name, _)| same(name)) || self.may_run_others(site, commit);
    }

    /// Says whether a file that differs from the main checkout's is named in any command, however it is spelled there.
    fn may_run_others(&self, site: &Site<'_>, commit: &str) -> bool {
        let setup = self.setup.as_ref().map(|setup| setup.command.as_str());
        let texts: Vec<String> =
            setup.into_iter().chain(self.git.commands()).map(|text| text.replace(['\\', '"', '\''], "")).collect();
        if texts.is_empty() {
            return false;
        }
        let main = wfo_git::checkouts(site.repository()).into_iter().find(|tree| tree.main);
        let head =
            main.and_then(|main| main.head.or_else(|| wfo_git::branch_tip(site.repository(), &main.branch?).ok()?));
        let Some(changed) = head.and_then(|head| wfo_git::differing(site.repository(), &head, commit)) else {
            return true;
        };
        let named = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
            texts.iter().any(|text| text.contains(['*', '?', '[']) || has_word(text, name) || has_word(text, stem))
        };
        changed.iter().any(named)
    }

    /// Says whether the commit brings other scripts than were approved.
    pub(crate) fn differs(&self) -> bool {
        self.differs
    }

    /// Says whether a person must be asked first.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        !self.approved
    }

    /// Says whether git's programs of the repository may run.
    pub(crate) fn foreign(&self) -> Foreign {
        if self.approved && !self.differs { Foreign::Run } else { Foreign::Skip }
    }

    /// Each single thing that would run, in words.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let setup = self.setup.as_ref().filter(|_| self.setup_is_foreign).map(Resolved::lines).unwrap_or_default();
        setup.into_iter().chain(self.git.lines()).collect()
    }

    /// What the yes is bound to.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        Subject {
            command: self.command.clone(),
            arguments: "programs of the repository".to_owned(),
            main_checkout: site.place.identity(),
            state: self.text(),
        }
    }

    /// Asks for the approval.
    ///
    /// # Errors
    /// When the proposal cannot be noted.
    pub fn propose(&self, site: &Site<'_>, home: &Home) -> Result<Proposal, Problem> {
        let title = format!("run what the repository {} brings for its worktrees", site.place.name());
        Desk::new(home).propose(&self.subject(site), title, self.lines())
    }

    /// Notes a person's yes to this very text.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn approve(&self, site: &Site<'_>) -> Result<(), Problem> {
        Approvals::approve(site.home, &site.place.identity(), KIND, &self.text()).map(|_| ())
    }

    /// Takes the yes as given: what was approved runs in this call.
    pub fn approved_now(&mut self) {
        self.approved = true;
    }

    /// The problem that an unapproved call ends with.
    #[must_use]
    pub fn unapproved(&self) -> Problem {
        let what = self.lines().first().map(|line| text::quoted(line)).unwrap_or_default();
        Problem::new(codes::COMMAND_UNAPPROVED, format!("the repository brings what nobody has approved: {what}"))
            .hint("a person confirms the proposal once, or leave it out with `--no-setup`")
    }
}

fn too_long(command: &str) -> Problem {
    let message = format!(
        "`{SETTING}` has {} characters; nobody is asked to approve more than {READABLE}",
        command.chars().count()
    );
    Problem::new(codes::COMMAND_UNAPPROVED, message).hint("put it into a script of the repository and name that")
}

/// Says whether a name stands in a text on its own, not as a part of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + name.len()..).unwrap_or_default());
            edge(before.chars().next_back()) && edge(after.chars().next())
        })
}
