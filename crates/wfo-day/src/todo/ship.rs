//! `todo ship`: what is left to do around finished work, as one proposal: its lines in TASK.md, its entry in PLANNING.md, its cost in
//! the TODO, and one commit of exactly these files. Documents that the change makes stale are named and left to a person.

mod around;
mod cost;

use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, Usd, atomic, codes, read, text::code_span};
use wfo_git::Repository;
use wfo_todo::phase::Fact;
use wfo_todo::ship::{Completed, Feature, Stale, Ticked, complete, tick};

use super::built::{Scene, require_own};
use super::commit::Commit;
use super::files::bytes;
use super::{MANIFEST, Site};
use around::{dirty, extent, found_stale, gate, shared_ids, tracked};

/// The page of tasks.
const TASKS: &str = "TASK.md";
/// The page of plans.
const PLANS: &str = "PLANNING.md";
/// The gate that shipped work should have passed.
const GATE: &str = "quality";

/// How much the feature changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Files.
    pub files: u64,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

/// How the gate `quality` stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// pass, fail or unknown.
    pub verdict: &'static str,
    /// fresh, stale or missing.
    pub state: &'static str,
}

impl Gate {
    /// Says whether it holds for what would be shipped.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.verdict == "pass" && self.state == "fresh"
    }
}

/// Shipping a workflow, looked at but not done.
#[derive(Debug)]
pub struct Ship {
    /// The slug.
    pub slug: String,
    /// The TODO file.
    pub todo: String,
    /// Lines of TASK.md; `None` = there is no such page.
    pub tasks: Option<Ticked>,
    /// The entry of PLANNING.md; `None` = there is no such page.
    pub plan: Option<Completed>,
    /// The diff of the feature; unknown with its reason.
    pub extent: Fact<Extent>,
    /// How the gate stands.
    pub gate: Gate,
    /// Documents to look at.
    pub stale: Vec<Stale>,
    /// What it cost; unknown with its reason.
    pub cost: Fact<Usd>,
    /// Whether the TODO does not say so yet.
    pub cost_is_new: bool,
    /// The branch that gets the commit; `None` when detached.
    pub branch: Option<String>,
    /// The files of the commit.
    pub files: Vec<String>,
    /// Those of them that hold other changes already.
    pub dirty: Vec<String>,
    /// The message.
    pub message: String,
    in_main: bool,
    edits: Vec<Page>,
    commit: Commit,
    todo_mark: String,
    root: std::path::PathBuf,
}

/// A page that changes.
#[derive(Debug)]
struct Page {
    file: &'static str,
    before: Vec<u8>,
    after: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// The commit; `None` when there was nothing to commit.
    pub commit: Option<String>,
    /// Files that changed, each in its checkout.
    pub files: Vec<String>,
    /// Whether the TODO in the main checkout changed and is not in the commit.
    pub todo_left: bool,
}

impl Ship {
    /// Looks at everything.
    ///
    /// # Errors
    /// `todo.secret` when a page holds one, `file.*`, and what choosing a workflow answers.
    pub fn look(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        let scene = Scene::look(site, wanted, notes)?;
        let root = scene.root();
        let in_main = root == scene.main.root();
        let repository = discovered(&root)?;
        let slug = scene.current.workflow.slug.clone();
        let todo = scene.current.workflow.file.clone();
        let shared = shared_ids(site, &todo);
        let said = &scene.current.workflow.said;
        let feature = Feature { slug: &slug, title: &said.title, tasks: &said.tasks, shared: &shared };
        let (mut edits, mut tasks, mut plan) = (Vec::new(), None, None);
        if let Some((before, text)) = page(&root, TASKS)? {
            let ticked = tick(&text, TASKS, &feature);
            changed(&mut edits, TASKS, before, &text, &ticked.page);
            tasks = Some(ticked);
        }
        if let Some((before, text)) = page(&root, PLANS)? {
            let moved = complete(&text, &feature);
            changed(&mut edits, PLANS, before, &text, &moved.page);
            plan = Some(moved);
        }
        let files = scene.files();
        let cost = scene.cost(site, notes);
        let page = bytes(site.root(), &todo)?;
        let cost_is_new = !scene.current.workflow.archived && cost::is_new(&todo, &page, &cost);
        let mut paths: Vec<String> = edits.iter().map(|page| page.file.to_owned()).collect();
        if in_main && cost_is_new {
            paths.extend(tracked(&scene.main, &[&todo, MANIFEST]));
        }
        let message = format!("docs: ship {slug}");
        let dirty = dirty(&repository, &paths);
        let branch = repository.branch();
        let commit = Commit::of(site, repository, paths.clone(), message.clone(), "todo ship")?;
        let stale = found_stale(site, &root, &slug, &files, notes);
        Ok(Self {
            extent: extent(&files),
            gate: gate(site, &scene, notes),
            todo_mark: trust::digest_bytes(&page),
            files: paths,
            tasks,
            plan,
            stale,
            cost,
            cost_is_new,
            branch,
            dirty,
            message,
            in_main,
            edits,
            commit,
            root,
            todo,
            slug,
        })
    }

    /// Says whether anything is left to do.
    #[must_use]
    pub fn has_work(&self) -> bool {
        !self.edits.is_empty() || self.cost_is_new
    }

    /// What the yes is bound to: each page as it was shown, HEAD, the cost, how the gate stands.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let gate = format!("{} {}", self.gate.verdict, self.gate.state);
        let cost = self.cost.known().map(|usd| usd.plain());
        let after: Vec<String> = self.edits.iter().map(|page| trust::digest(&page.after)).collect();
        Subject {
            command: "todo ship".to_owned(),
            arguments: self.todo.clone(),
            main_checkout: site.place().identity(),
            state: format!(
                "{}\n{}\n{gate}\n{cost:?}\n{}\n{}",
                self.commit.state,
                self.todo_mark,
                after.join(" "),
                self.root.display()
            ),
        }
    }

    /// Each single act, in words; first what speaks against it.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let mut out = Vec::new();
        if !self.gate.holds() {
            out.push(format!("although the gate `{GATE}` does not hold: {}, {}", self.gate.verdict, self.gate.state));
        }
        for line in self.tasks.iter().flat_map(|ticked| &ticked.lines) {
            out.push(format!("tick line {} of `{TASKS}`: {} ({})", line.line, code_span(&line.text), line.why));
        }
        if let Some((plan, entry)) = self.plan.as_ref().and_then(|plan| Some((plan, plan.entry.as_ref()?))) {
            let heading = if plan.new_heading { "a new section" } else { "the section" };
            let (entry, to) = (code_span(&entry.text), code_span(&plan.heading));
            out.push(format!("move {entry} in `{PLANS}` ({} lines) to {heading} {to}", plan.count));
        }
        if let Some(usd) = self.cost.known().filter(|_| self.cost_is_new) {
            out.push(format!("note the cost {} in {}", usd.cents(), code_span(&self.todo)));
        }
        for file in &self.dirty {
            out.push(format!("{} holds other changes that no commit has; they go with it", code_span(file)));
        }
        if !self.files.is_empty() {
            out.extend(self.commit.actions());
        }
        out
    }

    /// Does it: the cost, the pages, the commit. When the commit fails, the pages are as they were.
    ///
    /// # Errors
    /// `todo.changed` for a page that is not as it was shown, `todo.secret`, and what git or a hook answers.
    pub fn carry_out(self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Shipped, Problem> {
        let mut files = Vec::new();
        if let Some(usd) = self.cost.known().filter(|_| self.cost_is_new) {
            files.extend(cost::log_cost(site, &self.todo, *usd, &self.todo_mark, notes)?);
        }
        let todo_left = !files.is_empty() && !self.in_main;
        if self.files.is_empty() {
            return Ok(Shipped { commit: None, todo_left: !files.is_empty(), files });
        }
        site.locked(|| self.write())?;
        let committed = discovered(&self.root)
            .and_then(|repository| Commit::of(site, repository, self.files.clone(), self.message.clone(), "todo ship"))
            .and_then(|commit| commit.carry_out(site));
        let commit = match committed {
            Ok(commit) => commit,
            Err(problem) => {
                site.locked(|| self.take_back())?;
                return Err(problem);
            }
        };
        files.extend(self.edits.iter().map(|page| page.file.to_owned()));
        Ok(Shipped { commit: Some(commit), files, todo_left })
    }

    fn write(&self) -> Result<(), Problem> {
        for page in &self.edits {
            require_own(&self.root, page.file)?;
            if read::raw(&self.root, page.file, read::PAGE_LIMIT)?.as_ref() != Some(&page.before) {
                self.take_back()?;
                return Err(super::put::changed(page.file));
            }
            atomic::write_tidy(&self.root.join(page.file), page.after.as_bytes())?;
        }
        Ok(())
    }

    /// Puts the pages back where they still are what was written.
    fn take_back(&self) -> Result<(), Problem> {
        for page in &self.edits {
            let now = read::raw(&self.root, page.file, read::PAGE_LIMIT)?;
            if now.as_deref() == Some(page.after.as_bytes()) {
                atomic::write_tidy(&self.root.join(page.file), &page.before)?;
            }
        }
        Ok(())
    }
}

fn discovered(root: &std::path::Path) -> Result<Repository, Problem> {
    Repository::discover(root)?.ok_or_else(|| {
        Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", root.display()))
            .hint("run `git worktree prune`")
    })
}

/// Reads a page of a person: its bytes, and its text.
fn page(root: &std::path::Path, file: &str) -> Result<Option<(Vec<u8>, String)>, Problem> {
    let Some(bytes) = read::raw(root, file, read::PAGE_LIMIT)? else { return Ok(None) };
    require_own(root, file)?;
    let text = String::from_utf8(bytes.clone()).map_err(|_| {
        Problem::new(codes::FILE_NOT_UTF8, format!("`{file}` is not UTF-8, so it is not edited"))
            .hint("save it as UTF-8, then run the command again")
            .in_file(file)
    })?;
    Ok(Some((bytes, text)))
}

fn changed(edits: &mut Vec<Page>, file: &'static str, before: Vec<u8>, text: &str, after: &str) {
    if after != text {
        edits.push(Page { file, before, after: after.to_owned() });
    }
}
