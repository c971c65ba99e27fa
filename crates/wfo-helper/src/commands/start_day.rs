//! `start-day`: flags to the options of `wfo_day::start_day`, facts to the view.

use wfo_base::trust::Desk;
use wfo_base::{Clock, Problem, config::Config};
use wfo_day::{Place, StartDay};

use super::Outcome;
use super::consent::Yes;
use crate::answer::{Answer, SchemaEntry};
use crate::context::Context;
use crate::render::start_day::{Detail, StartDayView, Wording};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<StartDayView>("start-day")];

/// Show where the project stands and what to do next
///
/// Reads git, context files, hand-over, TODO workflows, worktrees, ports and costs at once and ranks the open work.
/// Writes nothing in the repository. Works outside a repository too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Add the queue in the shape of the host's task tool
    #[arg(long)]
    todos: bool,
    #[command(flatten)]
    yes: Yes,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let mut config = place.config(&context.home);
    let applied = confirm(&args.yes, context, &place, &config)?;
    if applied == Some(true) {
        config.notes.clear();
    }
    let ask = StartDay {
        place: &place,
        config: &config,
        home: &context.home,
        clock: &context.clock,
        status_budget: None,
        with_command: !context.globals.dry_run,
    };
    let facts = wfo_day::start_day(&ask);
    let todos = args.todos || config.flag("auto_create_todos");
    let mut view = StartDayView::new(&facts, |path| place.shown(path), wording(&config, &context.clock), todos);
    view.applied = applied;
    let next = next(&facts);
    Ok(Answer::new("wfo.start-day/1", view).noting(facts.notes).next(next).into())
}

/// Carries out a confirmed proposal: the approval of the project's command. `None` = nothing was asked for.
fn confirm(yes: &Yes, context: &Context, place: &Place, config: &Config) -> Result<Option<bool>, Problem> {
    if !yes.is_given() {
        return Ok(None);
    }
    let ask = StartDay {
        place,
        config,
        home: &context.home,
        clock: &context.clock,
        status_budget: None,
        with_command: false,
    };
    let desk = Desk::new(&context.home);
    let Some(subject) = ask.command_subject()? else {
        return yes.must_be_absent(&desk, "start-day").map(|()| None);
    };
    if !yes.given(context, place, &desk, &subject)? {
        return Ok(Some(false));
    }
    ask.approve_command(&subject).map(|()| Some(true))
}

/// Reads the user's preferences about the wording.
pub(crate) fn wording(config: &Config, clock: &Clock) -> Wording {
    Wording {
        detail: match config.text("start_day_format") {
            Some("brief") => Detail::Brief,
            Some("detailed") => Detail::Detailed,
            _ => Detail::Standard,
        },
        costs: config.flag("show_costs"),
        started: clock.now().strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// Commands worth running after a look at the briefing.
fn next(facts: &wfo_day::briefing::Briefing) -> Vec<String> {
    let mut next = Vec::new();
    if let Some(proposal) = &facts.extra.proposal {
        next.push(format!("wfo-helper start-day --confirm {}", proposal.id));
    }
    if facts.context_files.is_empty() && facts.git.is_some() {
        next.push("wfo-helper init --dry-run".to_owned());
    }
    if facts.notes.iter().any(|note| note.problem.code == wfo_base::codes::TABLE_INVALID) {
        next.push("wfo-helper data check".to_owned());
    }
    next
}
