//! `todo commit`: exactly the changed files of one workflow in one commit, looked at for secrets first; a proposal.
//! Whatever else is staged or changed stays as it is.

use std::collections::BTreeSet;

use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, codes, read, text::code_span};
use wfo_gate::guard::{Commit as Look, Folder};
use wfo_git::{NewCommit, Occasion, Repository};

use super::choose::{choose, meant};
use super::{ARCHIVE, MANIFEST, Site};
use crate::guard::{Content, look};
use crate::worktree::{self, Asked};

/// The most files of one commit.
const MOST: usize = 200;

/// A commit that can be made, looked at but not made.
#[derive(Debug)]
pub struct Commit {
    /// The files, relative to the main checkout.
    pub files: Vec<String>,
    /// The message.
    pub message: String,
    /// The branch that gets it; `None` when detached.
    pub branch: Option<String>,
    head: Option<String>,
    pub(super) state: String,
    programs: Option<Asked>,
    main: Repository,
}

impl Commit {
    /// Looks at the files of a workflow that differ from the last commit.
    ///
    /// # Errors
    /// `git.no-repository`, `git.no-work-tree`, `scan.incomplete` where nobody can tell whether a secret is among them, and what
    /// choosing a TODO answers; `todo.secret` when one is.
    pub fn look(
        site: &Site<'_>,
        wanted: Option<&str>,
        message: Option<&str>,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let main = checkout(site)?;
        let slug = slug(site, wanted, notes)?;
        Self::look_in(site, main, &slug, message)
    }

    /// As [`Commit::look`], at the work items of a pull request's review, whatever workflow they belong to.
    ///
    /// # Errors
    /// As [`Commit::look`], but for those of choosing a TODO.
    pub fn look_at_review(site: &Site<'_>, pr: u64, message: Option<&str>) -> Result<Self, Problem> {
        let main = checkout(site)?;
        let prefix = format!("planning/pr-{pr}-issue-");
        let is_item =
            |path: &str| path.strip_prefix(&prefix).is_some_and(|name| name.ends_with(".md") && !name.contains('/'));
        let files = bounded(&main, is_item, &format!("the review of pull request {pr}"))?;
        let message =
            message.map_or_else(|| format!("docs(planning): review feedback of pull request {pr}"), str::to_owned);
        Self::of(site, main, files, message, "todo commit")
    }

    /// As [`Commit::look`], in the worktree of the workflow's branch.
    ///
    /// # Errors
    /// As [`Commit::look`], and `git.no-work-tree` where the branch is checked out nowhere.
    pub fn look_there(
        site: &Site<'_>,
        wanted: Option<&str>,
        message: Option<&str>,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let file = choose(site, wanted, notes)?;
        let name = wfo_todo::todo_name(&file);
        let tree = name.as_ref().and_then(|name| super::papers::tree_of(&super::papers::trees(site), name));
        let repository = tree.map(|tree| Repository::discover(&tree)).transpose()?.flatten();
        let repository = repository.ok_or_else(|| {
            let message = format!("the branch of {} is checked out nowhere", code_span(&file));
            Problem::new(codes::GIT_NO_WORK_TREE, message).hint("without `--worktree` the main checkout is meant")
        })?;
        let slug = name.map(|name| name.slug).unwrap_or_default();
        Self::look_in(site, repository, &slug, message)
    }

    fn look_in(site: &Site<'_>, main: Repository, slug: &str, message: Option<&str>) -> Result<Self, Problem> {
        let files = changed(&main, slug)?;
        let message = message.map_or_else(|| worded(&files, slug), str::to_owned);
        Self::of(site, main, files, message, "todo commit")
    }

    /// Looks at a commit of exactly these files in a checkout; `asker` is the command that makes it.
    ///
    /// # Errors
    /// As [`Commit::look`].
    pub(super) fn of(
        site: &Site<'_>,
        main: Repository,
        files: Vec<String>,
        message: String,
        asker: &str,
    ) -> Result<Self, Problem> {
        let head = wfo_git::commit_id(&main, "HEAD").ok();
        let mut state = format!("{}\n{head:?}\n{message}\n", main.root().display());
        for file in &files {
            let bytes = read::raw(main.root(), file, 8 << 20)?;
            let mark = bytes.map_or_else(|| "-".to_owned(), |bytes| trust::digest_bytes(&bytes));
            state += &format!("{file} {mark}\n");
        }
        require_clean(site, &main, &files, &message)?;
        let mut programs = None;
        if !files.is_empty() {
            let yard = worktree::Site::at(site.place(), site.home, site.clock, &mut Vec::new())?;
            let asked = Asked::look(&yard, &main, Occasion::Commit, (true, false), asker.to_owned())?;
            state += &asked.subject(&yard).state;
            programs = Some(asked);
        }
        Ok(Self { files, message, branch: main.branch(), head, state, programs, main })
    }

    /// What the yes is bound to: HEAD, the message, each file as it is now, and what git would run.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        Subject {
            command: "todo commit".to_owned(),
            arguments: String::new(),
            main_checkout: site.place().identity(),
            state: self.state.clone(),
        }
    }

    /// Each single act, in words.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let branch = self.branch.as_deref().map_or_else(|| "a detached HEAD".to_owned(), code_span);
        let mut acts = vec![format!("commit on {branch} with the message {}", code_span(&self.message))];
        acts.extend(self.files.iter().map(|file| format!("of exactly {}", code_span(file))));
        acts.extend(self.programs.iter().filter(|asked| asked.needs_person()).flat_map(Asked::lines));
        acts
    }

    /// Commits; the yes also covers what the repository would run.
    ///
    /// # Errors
    /// `git.branch-moved`, and what git or a hook answers.
    pub fn carry_out(mut self, site: &Site<'_>) -> Result<String, Problem> {
        let yard = worktree::Site::at(site.place(), site.home, site.clock, &mut Vec::new())?;
        if let Some(asked) = self.programs.as_mut().filter(|asked| asked.needs_person()) {
            asked.approve(&yard)?;
            asked.approved_now();
        }
        let foreign = self.programs.as_ref().map_or(wfo_git::Foreign::Skip, Asked::foreign);
        let request = NewCommit { paths: &self.files, message: &self.message, head: self.head.as_deref() };
        site.locked(|| wfo_git::commit_paths(&self.main, &request, foreign))
    }
}

pub(super) fn checkout(site: &Site<'_>) -> Result<Repository, Problem> {
    let none = || {
        Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", site.place().root().display()))
            .hint("run `git init` here, or name the project with `--repo DIR`")
    };
    let main = Repository::discover(site.place().main_root())?.ok_or_else(none)?;
    if main.is_bare() {
        return Err(Problem::new(codes::GIT_NO_WORK_TREE, "a bare repository has no files to commit")
            .hint("TODO files of a bare repository lie below CONFIG/wfo/state"));
    }
    Ok(main)
}

/// Returns the slug that is meant, also that of an archived workflow.
fn slug(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    let file = meant(site.place(), wanted, notes)?.file;
    let name = wfo_todo::todo_name(file.rsplit('/').next().unwrap_or_default());
    Ok(name.map(|name| name.slug).unwrap_or_default())
}

/// Lists the changed files that belong to a workflow: its TODO here or in ARCHIVED/, TODO.md, its planning and its specification.
fn changed(main: &Repository, slug: &str) -> Result<Vec<String>, Problem> {
    let folders = [format!("planning/{slug}/"), format!("specs/{slug}/")];
    let belongs = |path: &str| {
        let name = path.strip_prefix(ARCHIVE).and_then(|name| name.strip_prefix('/')).unwrap_or(path);
        path == MANIFEST
            || wfo_todo::todo_name(name).is_some_and(|name| name.slug == slug)
            || folders.iter().any(|folder| path.starts_with(folder.as_str()))
    };
    bounded(main, belongs, &format!("`{slug}`"))
}

/// Lists the changed files that `belongs` takes.
fn bounded(main: &Repository, belongs: impl Fn(&str) -> bool, to: &str) -> Result<Vec<String>, Problem> {
    let changes = wfo_git::changes(main, None)?;
    let paths = changes.paths.into_iter().filter_map(|change| String::from_utf8(change.path).ok());
    let files: BTreeSet<String> = paths.filter(|path| belongs(path) && !path.ends_with('/')).collect();
    if files.len() > MOST {
        let message = format!("{} changed files belong to {to}; at most {MOST} are committed", files.len());
        return Err(Problem::new(codes::GIT_DIRTY, message).hint("commit them by hand"));
    }
    Ok(files.into_iter().collect())
}

/// Words the message by what the files are.
pub(super) fn worded(files: &[String], slug: &str) -> String {
    let all = |fits: &dyn Fn(&str) -> bool| files.iter().all(|file| file == MANIFEST || fits(file));
    let any = |start: &str| files.iter().any(|file| file.starts_with(start));
    if any(ARCHIVE) {
        format!("chore: archive {slug}")
    } else if any("planning/") {
        format!("docs(planning): {slug}")
    } else if any("specs/") {
        format!("docs(specs): {slug}")
    } else if all(&|file| file.starts_with("TODO_")) {
        format!("chore: record of {slug}")
    } else {
        format!("chore: {slug}")
    }
}

/// Looks at what would be committed as the commit guard does.
fn require_clean(site: &Site<'_>, main: &Repository, files: &[String], message: &str) -> Result<(), Problem> {
    if files.is_empty() {
        return Ok(());
    }
    let look_at = Look {
        folders: vec![Folder { path: Some(main.root().to_string_lossy().into_owned()), ..Folder::default() }],
        paths: files.iter().map(|file| main.root().join(file).to_string_lossy().into_owned()).collect(),
        ..Look::default()
    };
    match look(&look_at, message, main.root(), site.home) {
        Content::Clean => Ok(()),
        Content::Secrets(why) => Err(Problem::new(codes::TODO_SECRET, format!("nothing was committed: {why}"))
            .hint("take the secret out of the file, and change it where it is used")),
        Content::Unknown(why) => Err(Problem::new(codes::SCAN_INCOMPLETE, format!("nothing was committed: {why}"))
            .hint("`wfo-helper scan secrets` tells more")),
    }
}
