//! `setup`: puts wfo's permission lines and status line into Claude Code's settings, and takes them out again. Plans first and
//! shows the change; carries out only a plan that a person said yes to. Keeps everything else of the file byte for byte.

mod edit;
mod hooks;
mod record;
mod rules;
mod status_line;

use std::path::PathBuf;

use wfo_base::home::Home;
use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, atomic, codes, read, text};

use crate::init::create_file;
use crate::place::Place;
pub use hooks::{HookSetup, HooksChecked, HooksPlan, check_hooks, plan_hooks};
use record::Record;
pub(crate) use rules::Sources;
pub use rules::{Defeat, Holder, RULES};
pub use status_line::StatusLine;

/// What the permission lines are for.
const WHY: &str = "let Claude Code load wfo's skills and run wfo-helper without asking";

/// Whose settings are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `CONFIG/settings.json`: every project of this user.
    User,
    /// `.claude/settings.json`: everybody in this project.
    Project,
}

impl Scope {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Project => "project",
        }
    }
}

/// One settings file and what is to be done with it.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// Where.
    pub place: &'a Place,
    /// Whose.
    pub home: &'a Home,
    /// Which file.
    pub scope: Scope,
    /// Whether the lines are taken out instead of put in.
    pub remove: bool,
    /// Whether the status line is put in too, where none is; only into the user's settings.
    pub status_line: bool,
}

/// A change that waits for a yes.
#[derive(Debug)]
pub struct Plan {
    /// The file, absolute.
    pub file: PathBuf,
    /// The rules that are added or taken out; none when there is nothing to do.
    pub rules: Vec<String>,
    /// The command of the status line that is added or taken out.
    pub status_line: Option<String>,
    /// The change as lines.
    pub diff: Vec<String>,
    /// One sentence for the person.
    pub title: String,
    /// Each act.
    pub actions: Vec<String>,
    /// Other settings that take the effect of the rules away.
    pub defeats: Vec<Defeat>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
    old: Option<String>,
    new: Option<String>,
    made: Vec<String>,
    remove: bool,
    root: PathBuf,
    relative: &'static str,
}

/// How far the rules hold.
#[derive(Debug)]
pub struct Checked {
    /// Each rule with the file that holds it; `None` = no file does.
    pub rules: Vec<(&'static str, Option<String>)>,
    /// Other settings that take their effect away.
    pub defeats: Vec<Defeat>,
    /// Whose status line sessions show here.
    pub status_line: StatusLine,
    /// Settings that could not be read.
    pub unread: Vec<Diagnostic>,
}

impl Checked {
    /// Says whether the rules hold; `None` when a settings file could not be read and may decide it.
    #[must_use]
    pub fn verdict(&self) -> Option<bool> {
        let there = self.rules.iter().all(|(_, file)| file.is_some());
        match (there && self.defeats.is_empty(), self.unread.is_empty(), self.defeats.is_empty()) {
            (_, false, true) => None,
            (holds, ..) => Some(holds),
        }
    }
}

/// Looks whether the rules hold here: in the file of `scope`, or in any when `None`.
#[must_use]
pub fn check(place: &Place, home: &Home, scope: Option<Scope>) -> Checked {
    let sources = Sources::load(place, home);
    let counts = |holder: Holder| match scope {
        None => true,
        Some(Scope::User) => holder == Holder::User,
        Some(Scope::Project) => holder == Holder::Project,
    };
    let rules =
        RULES.iter().map(|rule| (*rule, sources.allows(rule, counts).map(|source| source.shown.clone()))).collect();
    let status_line = StatusLine::of(&sources);
    Checked { rules, defeats: sources.defeats(), status_line, unread: sources.unread }
}

/// Plans a change.
///
/// # Errors
/// `settings.invalid` for a file that is not understood, `git.no-repository` and `git.no-work-tree` where there is no
/// project, `file.link-outside`, and what reading answers.
pub fn plan(ask: &Setup<'_>) -> Result<Plan, Problem> {
    let (root, relative) = target(ask)?;
    let file = root.join(relative);
    let shown = file.display().to_string();
    let page = match ask.scope {
        Scope::User => read::own(&file, read::PAGE_LIMIT)?,
        Scope::Project => read::page(&root, relative, read::PAGE_LIMIT)?,
    };
    let old = page.map(|page| whole(&shown, page)).transpose()?;
    let sources = Sources::load(ask.place, ask.home);
    let mut plan = Plan {
        rules: Vec::new(),
        status_line: None,
        diff: Vec::new(),
        title: String::new(),
        actions: Vec::new(),
        defeats: if ask.remove { Vec::new() } else { sources.defeats() },
        notes: if ask.remove { Vec::new() } else { sources.unread },
        old,
        new: None,
        made: Vec::new(),
        remove: ask.remove,
        root,
        relative,
        file,
    };
    if ask.remove {
        plan.removal(ask.home)?;
    } else {
        plan.addition(ask)?;
    }
    if !plan.is_empty() {
        plan.diff.splice(0..0, [format!("--- {shown}"), format!("+++ {shown}")]);
    }
    Ok(plan)
}

/// Returns the folder and the file's path below it.
fn target(ask: &Setup<'_>) -> Result<(PathBuf, &'static str), Problem> {
    if ask.scope == Scope::User {
        return Ok((ask.home.config().to_owned(), "settings.json"));
    }
    let shown = ask.place.root().display();
    let hint = "run it in a checkout, or leave out `--only project`";
    match ask.place.repository() {
        None => Err(Problem::new(
            codes::GIT_NONE,
            format!("`{shown}` is not inside a git repository, so there are no project settings"),
        )
        .hint(hint)),
        Some(repository) if repository.is_bare() => Err(Problem::new(
            codes::GIT_NO_WORK_TREE,
            format!("`{shown}` is a bare repository, so there are no project settings"),
        )
        .hint(hint)),
        Some(_) => Ok((ask.place.root().to_owned(), ".claude/settings.json")),
    }
}

/// Returns a file's text with the byte order mark that reading took off.
fn whole(shown: &str, page: read::Page) -> Result<String, Problem> {
    if page.lossy {
        return Err(invalid(shown, "it holds bytes that are not UTF-8", None));
    }
    let marked = page.bytes != page.text.len() as u64;
    Ok(if marked { format!("\u{feff}{}", page.text) } else { page.text })
}

/// Words why a settings file is left alone.
fn invalid(shown: &str, why: &str, place: Option<(usize, usize)>) -> Problem {
    let problem = Problem::new(codes::SETTINGS_INVALID, format!("`{shown}` was left alone: {why}"))
        .hint("correct it by hand (JSON has no comments and no trailing commas), then run it again");
    match place {
        Some((line, column)) => problem.at(shown, line, column),
        None => problem.in_file(shown),
    }
}

impl Plan {
    /// Says whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.status_line.is_none()
    }

    /// Returns what a proposal of this plan is bound to: the file as it is and as it would be.
    #[must_use]
    pub fn subject(&self, scope: Scope) -> Subject {
        let state = |text: &Option<String>| text.as_deref().map_or_else(|| "absent".to_owned(), trust::digest);
        Subject {
            command: if self.remove { "setup --remove" } else { "setup" }.to_owned(),
            arguments: scope.word().to_owned(),
            main_checkout: self.root.to_string_lossy().into_owned(),
            state: format!("{}\n{}", state(&self.old), state(&self.new)),
        }
    }

    fn addition(&mut self, ask: &Setup<'_>) -> Result<(), Problem> {
        let shown = self.file.display().to_string();
        let text = self.old.clone().unwrap_or_else(|| "{}\n".to_owned());
        let value = edit::parse(&text).map_err(|refused| refusal(&shown, &text, &refused))?;
        let present: Vec<&str> = value
            .pointer("/permissions/allow")
            .and_then(serde_json::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(serde_json::Value::as_str)
            .collect();
        let missing: Vec<&str> =
            RULES.into_iter().filter(|rule| !present.iter().any(|old| rules::is_same(old, rule))).collect();
        let (mut new, mut things) = (text.clone(), Vec::new());
        if !missing.is_empty() {
            let edited = edit::insert(&new, &missing).map_err(|refused| refusal(&shown, &text, &refused))?;
            things.push(counted(missing.len()));
            self.actions = missing.iter().map(|rule| format!("add `{rule}` to permissions.allow")).collect();
            self.rules = missing.into_iter().map(str::to_owned).collect();
            self.diff = edited.diff;
            self.made = edited.made;
            new = edited.text;
        }
        let (wanted, note) = status_line::wanted(ask, &value, &shown);
        self.notes.extend(note);
        if let Some(command) = wanted {
            let set = status_line::value(&command);
            let edited = edit::add_member(&new, status_line::KEY, &set).map_err(|r| refusal(&shown, &text, &r))?;
            things.push("the status line".to_owned());
            self.actions.push(format!("show the status line of `{}`", text::one_line(&command)));
            self.diff.extend(edited.diff);
            self.status_line = Some(command);
            new = edited.text;
        }
        if self.is_empty() {
            self.new = self.old.clone();
            return Ok(());
        }
        let why = if self.rules.is_empty() { "show" } else { WHY };
        self.title = format!("{why}{} {} in `{shown}`", if why == WHY { ":" } else { "" }, things.join(" and "));
        self.actions.push(match self.old {
            Some(_) => "keep the file as it is now below CONFIG/wfo/state/setup, for `setup --remove`".to_owned(),
            None => format!("make `{shown}`, which is not there yet"),
        });
        if self.old.is_none() {
            self.diff = signed('+', &new);
        }
        self.new = Some(new);
        Ok(())
    }

    fn removal(&mut self, home: &Home) -> Result<(), Problem> {
        let shown = self.file.display().to_string();
        let record = Record::load(home, &self.file)?;
        let Some(text) = self.old.clone() else { return Ok(()) };
        let ours: Vec<String> =
            record.as_ref().map_or_else(|| RULES.map(str::to_owned).to_vec(), |record| record.rules.clone());
        let names: Vec<&str> = ours.iter().map(String::as_str).collect();
        let made = record.as_ref().map(|record| record.made.clone()).unwrap_or_default();
        let mut edited = edit::remove(&text, &names, &made).map_err(|refused| refusal(&shown, &text, &refused))?;
        let rules_go = edited.text != text;
        let line = status_line::to_remove(&text, record.as_ref());
        if line.is_some() {
            let cut = edit::remove_member(&edited.text, status_line::KEY).map_err(|r| refusal(&shown, &text, &r))?;
            edited.diff.extend(cut.diff);
            edited.text = cut.text;
        }
        self.new = Some(edited.text.clone());
        if edited.text == text {
            return Ok(());
        }
        self.diff = edited.diff;
        let what = match (rules_go, line.is_some()) {
            (true, true) => "permission lines and status line",
            (false, true) => "status line",
            _ => "permission lines",
        };
        self.title = format!("take wfo's {what} out of `{shown}`");
        match record.filter(|record| record.restores(&text)) {
            Some(record) => {
                let act = if record.original.is_some() {
                    "put `{}` back as it was before setup, byte for byte"
                } else {
                    "remove `{}`, which setup made"
                };
                self.actions = vec![act.replace("{}", &shown)];
                if record.original.is_none() {
                    self.diff = signed('-', &text);
                }
                self.new = record.original;
            }
            None => {
                let rules = ours.iter().filter(|_| rules_go);
                self.actions = rules.map(|rule| format!("take `{rule}` out of permissions.allow")).collect();
                self.actions.extend(line.is_some().then(|| "take `statusLine` out".to_owned()));
            }
        }
        self.rules = if rules_go { ours } else { Vec::new() };
        self.status_line = line;
        Ok(())
    }

    /// Carries it out, under a lock, if the file still is what was shown.
    ///
    /// # Errors
    /// `proposal.stale` when it changed meanwhile, `lock.timeout`, `file.not-written`.
    pub fn apply(&self, home: &Home) -> Result<(), Problem> {
        atomic::make_folder(&home.wfo("state/setup"), true)?;
        atomic::locked(&Record::place(home, &self.file), || {
            let shown = self.file.display().to_string();
            let now = read::own(&self.file, read::PAGE_LIMIT)?.map(|page| whole(&shown, page)).transpose()?;
            if now != self.old {
                return Err(self.stale());
            }
            if self.remove { self.put_back(home) } else { self.put_in(home) }
        })
    }

    fn put_in(&self, home: &Home) -> Result<(), Problem> {
        let Some(new) = &self.new else { return Ok(()) };
        let record = Record {
            file: self.file.clone(),
            original: self.old.clone(),
            written: trust::digest(new),
            rules: self.rules.clone(),
            made: self.made.clone(),
            status_line: self.status_line.clone(),
            made_folder: !self.file.parent().is_some_and(std::path::Path::is_dir),
        };
        // First the way back, then the change.
        Record::joined(Record::load(home, &self.file)?, self.old.as_deref(), record).save(home)?;
        if self.old.is_some() {
            return atomic::write(&self.file, new.as_bytes());
        }
        let private = self.root == home.config();
        if create_file(&self.root, self.relative, new.as_bytes(), private)? { Ok(()) } else { Err(self.stale()) }
    }

    fn put_back(&self, home: &Home) -> Result<(), Problem> {
        match &self.new {
            Some(new) => atomic::write(&self.file, new.as_bytes())?,
            None => {
                std::fs::remove_file(&self.file).map_err(|error| {
                    Problem::new(
                        codes::FILE_NOT_WRITTEN,
                        format!("`{}` could not be removed: {error}", self.file.display()),
                    )
                    .hint("check the folder's permissions; nothing was changed")
                })?;
                let made = Record::load(home, &self.file)?.is_some_and(|record| record.made_folder);
                if let Some(folder) = self.file.parent().filter(|_| made) {
                    // Goes only when it is empty.
                    let _ = std::fs::remove_dir(folder);
                }
            }
        }
        Record::forget(home, &self.file);
        Ok(())
    }

    fn stale(&self) -> Problem {
        Problem::new(
            codes::PROPOSAL_STALE,
            format!("`{}` changed while it was being written, so it was left alone", self.file.display()),
        )
        .hint(format!(
            "run `wfo-helper setup{}` again and look at the new proposal",
            if self.remove { " --remove" } else { "" }
        ))
    }
}

fn refusal(shown: &str, text: &str, refused: &edit::Refused) -> Problem {
    invalid(shown, &refused.why, Some(edit::line_of(text, refused.at)))
}

/// Shows a whole file that comes or goes.
fn signed(sign: char, text: &str) -> Vec<String> {
    text.lines().map(|line| format!("{sign}{line}")).collect()
}

fn counted(lines: usize) -> String {
    if lines == 1 { "one permission line".to_owned() } else { format!("{lines} permission lines") }
}

#[cfg(test)]
mod tests;
