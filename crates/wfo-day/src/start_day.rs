//! Asks every domain at once where the project stands and joins the answers.
//! A part that fails is a note; the briefing is never lost. Writes nothing in the repository.

use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::tables::Layers;
use wfo_base::{Clock, Diagnostic, Noted, Problem, codes, resources};
use wfo_git::Snapshot;
use wfo_todo::Weights;

use crate::alerts::{self, Safety};
use crate::bounds::Bounds;
use crate::briefing::{Briefing, Extra, Project};
use crate::scan::{self, Most, Rules};
use crate::{
    context_files, cost, extra, gate, hidden, place::Place, queue, tables, workflows, worktree::scene,
    worktree::status::Todos,
};

/// What a start of day is asked for.
#[derive(Debug, Clone, Copy)]
pub struct StartDay<'a> {
    /// Where.
    pub place: &'a Place,
    /// With which settings.
    pub config: &'a Config,
    /// Whose.
    pub home: &'a Home,
    /// When.
    pub clock: &'a Clock,
    /// How long git's status may take; `None` for as long as it needs. With a budget, large files of the project are not read
    /// either: each is a note, and what it would have told is absent.
    pub status_budget: Option<Duration>,
    /// Whether the project's own command may run.
    pub with_command: bool,
}

impl StartDay<'_> {
    fn bounds(&self) -> Bounds {
        if self.status_budget.is_some() { Bounds::QUICK } else { Bounds::FULL }
    }

    /// Returns what the approval of the project's command is bound to, where it has one.
    ///
    /// # Errors
    /// When it is one that nobody is asked about: too long to be read, or running what cannot be read.
    pub fn command_subject(&self) -> Result<Option<wfo_base::trust::Subject>, Problem> {
        self.config.text(extra::KIND).map(|command| extra::subject(self.place, command)).transpose()
    }

    /// Approves the very text that a person confirmed.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn approve_command(&self, confirmed: &wfo_base::trust::Subject) -> Result<(), Problem> {
        extra::approve(self.home, confirmed)
    }
}

/// Makes the briefing.
#[must_use]
pub fn start_day(ask: &StartDay<'_>) -> Briefing {
    let began = Instant::now();
    let mut notes: Vec<Diagnostic> = ask.place.notes.clone();
    notes.extend(ask.config.notes.iter().cloned());
    let layers = ask.config.layers(ask.home, ask.place.settings_root());
    let bounds = ask.bounds();

    // Git is the slow part and has the first thread; everything else is read meanwhile.
    let gathered = std::thread::scope(|scope| {
        let git = scope.spawn(|| snapshot(ask));
        let extra = scope.spawn(|| {
            noted(|notes| {
                if ask.with_command { extra::extra(ask.place, ask.config, ask.home, notes) } else { Extra::default() }
            })
        });
        let files = scope.spawn(|| {
            let pages = context_files::pages(ask.place.root(), bounds.page);
            let mut notes = Vec::new();
            let handover = pages.text("PROJECT_CONTEXT.md").map(|page| wfo_todo::handover(page).drain_into(&mut notes));
            (pages, handover, notes)
        });
        let registered = scope.spawn(|| noted(|notes| scene::registered(ask.home, &layers, notes)));
        let costs = noted(|notes| money(ask, notes));
        let records = noted(|notes| workflows::workflows(ask.place.shared_root(), bounds, notes));
        let stack = crate::stack(ask.place, ask.config, ask.home);
        let weights = noted(|notes| {
            let rows = tables::QUEUE.load(&layers).drain_into(notes);
            Weights::new(rows.into_iter().map(|(row, _)| row).collect())
        });
        Gathered {
            git: joined(git, "git"),
            files: joined(files, "context files"),
            registered: joined(registered, "worktree registry"),
            extra: joined(extra, "project's additions"),
            costs,
            records,
            stack,
            weights,
        }
    });
    let mut briefing = assemble(ask, &layers, gathered, notes);
    let rules = Rules::with(ask.place, ask.home, ask.config);
    let safety = safety(ask, began, &mut briefing, &rules);
    briefing.alerts = alerts::alerts(&briefing, &safety, ask.clock.now().timestamp());
    hidden::hide(&mut briefing, &rules);
    briefing.notes.extend(rules.notes());
    briefing
}

type Files = (context_files::Pages, Option<wfo_todo::Handover>, Vec<Diagnostic>);

/// The parts as they came in; `Err` is a part that broke.
struct Gathered {
    git: Result<Option<Snapshot>, Diagnostic>,
    files: Result<Files, Diagnostic>,
    registered: Result<Noted<scene::Registered>, Diagnostic>,
    extra: Result<Noted<Extra>, Diagnostic>,
    costs: Noted<cost::State>,
    records: Noted<Vec<wfo_todo::Workflow>>,
    stack: Noted<wfo_base::stack::Stack>,
    weights: Noted<Weights>,
}

fn assemble(ask: &StartDay<'_>, layers: &Layers, gathered: Gathered, mut notes: Vec<Diagnostic>) -> Briefing {
    let git = gathered.git.unwrap_or_else(|note| {
        notes.push(note);
        None
    });
    match &git {
        Some(git) => {
            notes.extend(git.notes.iter().cloned());
            notes.extend(git.shallow.then(shallow));
        }
        None if ask.place.repository().is_none()
            && !ask.place.notes.iter().any(|note| note.problem.code == codes::GIT_UNREADABLE) =>
        {
            notes.push(no_repository(ask));
        }
        None => {}
    }
    let (pages, handover, handover_notes) =
        gathered.files.unwrap_or_else(|note| (context_files::Pages::default(), None, vec![note]));
    notes.extend(pages.notes.iter().cloned());
    notes.extend(handover_notes);
    let registered = kept(gathered.registered, &mut notes);
    let extra = kept(gathered.extra, &mut notes).unwrap_or_default();
    let state = gathered.costs.drain_into(&mut notes);
    let (costs, costs_complete) = (state.costs, state.complete);
    let records = gathered.records.drain_into(&mut notes);
    let stack = gathered.stack.drain_into(&mut notes);
    let weights = gathered.weights.drain_into(&mut notes);

    let sources = queue::Sources {
        handover: handover.as_ref(),
        task_page: pages.text("TASK.md"),
        backlog_page: pages.text("Backlog.md"),
        workflows: &records,
    };
    let agents = || tables::AGENTS.load(layers).drain_into(&mut notes).into_iter().map(|(row, _)| row).collect();
    let queue = queue::queue(&sources, &weights, agents, ask.clock.today());
    let rows = match (&git, &registered) {
        (Some(git), Some(registered)) => {
            let todos = Todos::of(&records);
            let percent = |branch: &str| todos.percent(branch);
            let now = ask.clock.now().timestamp();
            scene::rows(registered, git, &percent, ask.place.main_root(), now, &mut notes)
        }
        _ => Vec::new(),
    };
    let workflows = records.iter().map(|record| workflows::row(record, git.as_ref(), layers)).collect();
    Briefing {
        project: Project { name: ask.place.name(), root: ask.place.root().to_owned(), stack },
        git,
        context_files: pages.files,
        handover,
        workflows,
        worktrees_max: registered.as_ref().and_then(|registered| registered.rules).map(|rules| rules.max_per_project),
        ports: registered.and_then(|registered| registered.pool),
        worktrees: rows,
        costs,
        costs_complete,
        queue,
        resources: resources::resources(),
        alerts: Vec::new(),
        extra,
        notes,
    }
}

/// Looks at what is changed here, and at what the last security gate came to.
fn safety(ask: &StartDay<'_>, began: Instant, briefing: &mut Briefing, rules: &Rules) -> Safety {
    let Some(repository) = ask.place.repository() else { return Safety::default() };
    // A session that begins and has waited for git already does not wait for this too: what is not looked through is counted.
    let late = ask.status_budget.is_some_and(|budget| began.elapsed() > budget * 3 / 4);
    let most = if late { Most { files: 0, bytes: 0 } } else { ask.bounds().changed };
    let changed = briefing.git.as_ref().map(|git| scan::changed(repository, rules, &git.changes, &git.named, most));
    let evidence = gate::last(ask.place, ask.home, alerts::SECURITY, &mut briefing.notes);
    Safety { changed: changed.unwrap_or_default(), evidence }
}

/// Asks for the state of spending; a session that begins waits for little.
fn money(ask: &StartDay<'_>, notes: &mut Vec<Diagnostic>) -> cost::State {
    let mut accounts = cost::Accounts::with(ask.place, ask.home, ask.clock, ask.config, notes);
    accounts.dry_run = !ask.with_command && ask.status_budget.is_none();
    let quick = accounts.quick();
    let limit = if ask.status_budget.is_some() { quick.limit.map(|limit| limit / 8) } else { quick.limit };
    cost::state(&accounts, &cost::Look { limit, ..quick }, ask.bounds(), notes)
}

fn snapshot(ask: &StartDay<'_>) -> Option<Snapshot> {
    let options =
        wfo_git::Options { status_budget: ask.status_budget, paths: Some(scan::NAMED), ..wfo_git::Options::default() };
    ask.place.repository().map(|repository| wfo_git::snapshot(repository, &options))
}

fn noted<T>(make: impl FnOnce(&mut Vec<Diagnostic>) -> T) -> Noted<T> {
    let mut notes = Vec::new();
    let value = make(&mut notes);
    Noted { value, notes }
}

/// Turns a part that broke into a note.
fn joined<T>(handle: ScopedJoinHandle<'_, T>, part: &str) -> Result<T, Diagnostic> {
    handle.join().map_err(|_| {
        Problem::new(
            codes::PART_LOST,
            format!("the part of the briefing about {part} broke; this is a fault of wfo-helper"),
        )
        .hint("report it; the rest of the briefing stands")
        .warning()
    })
}

fn kept<T>(part: Result<Noted<T>, Diagnostic>, notes: &mut Vec<Diagnostic>) -> Option<T> {
    match part {
        Ok(part) => Some(part.drain_into(notes)),
        Err(note) => {
            notes.push(note);
            None
        }
    }
}

fn no_repository(ask: &StartDay<'_>) -> Diagnostic {
    Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", ask.place.root().display()))
        .hint("run `git init` here, or name the project with `--repo DIR`")
        .info()
}

fn shallow() -> Diagnostic {
    Problem::new(codes::GIT_SHALLOW, "this clone is shallow, so counts of commits are lower bounds")
        .hint("run `git fetch --unshallow` for the whole history")
        .info()
}
