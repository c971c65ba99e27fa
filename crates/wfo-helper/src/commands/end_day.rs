//! `end-day`: flags to the options of `wfo_day::end_day`, facts to the view, and the summary to whom it is posted.

use wfo_base::{Diagnostic, Exit, Problem, codes};
use wfo_day::Place;
use wfo_day::end_day::notify::{Channel, Webhook};
use wfo_day::end_day::{Act, Day, EndDay, Said, end_day};
use wfo_day::scan::Rules;
use wfo_gate::Verdict;

use super::Outcome;
use super::said::{DayFlags, LearningFlags};
use crate::answer::{Answer, SchemaEntry};
use crate::context::Context;
use crate::progress;
use crate::render::end_day::{EndDayView, PostedView};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<EndDayView>("end-day")];

/// End the day: look for what must not be committed, hand the work over, count the costs, save the context
///
/// In order: security sweep, hand-over, costs, worktrees (a proposal), learnings, backup. After a sweep that is not clean only
/// hand-over and backup run. Commits nothing and removes nothing. Exit status 10: the sweep found something; 11: it could not tell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    day: DayFlags,
    #[command(flatten)]
    learned: LearningFlags,
    /// Post the summary to slack or discord, or to each whose variable is set
    #[arg(long, value_name = "CHANNEL", num_args = 0..=1)]
    notify: Option<Option<Where>>,
}

/// Where a summary is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Where {
    /// WFO_SLACK_WEBHOOK
    Slack,
    /// WFO_DISCORD_WEBHOOK
    Discord,
}

impl From<Where> for Channel {
    fn from(one: Where) -> Self {
        match one {
            Where::Slack => Self::Slack,
            Where::Discord => Self::Discord,
        }
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    // Nobody should learn at the very end that there is nowhere to post to.
    let webhooks = match args.notify {
        Some(channel) => Webhook::find(channel.map(Channel::from))?,
        None => Vec::new(),
    };
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let rules = Rules::new(&place, &context.home);
    let dry_run = context.globals.dry_run;
    let ask =
        EndDay { place: &place, config: &config, home: &context.home, clock: &context.clock, rules: &rules, dry_run };
    let said = Said { told: args.day.told(), learnings: args.learned.learnings().collect() };
    let mut day = progress::during("ending the day", &context.globals, || end_day(&ask, &said)).map_err(|problem| rules.hide_in(problem))?;
    let mut notes = std::mem::take(&mut day.notes);
    let next = next(&day);
    let mut exit = exit(&day);
    let mut view = EndDayView::new(&day, &place, &context.clock, &rules, dry_run);
    if !webhooks.is_empty() {
        let summary = view.summary().to_owned();
        let post = || webhooks.iter().map(|webhook| post(webhook, &summary, dry_run)).collect::<Vec<_>>();
        let posted = progress::during("posting the summary", &context.globals, post);
        let failed: Vec<Diagnostic> = posted.iter().filter_map(|(_, problem)| problem.clone()).map(Problem::error).collect();
        if let (Exit::Done, Some(first)) = (exit, failed.first()) {
            exit = first.problem.code.exit;
        }
        notes.extend(failed);
        view.notified = posted.into_iter().map(|(view, _)| view).collect();
    }
    Ok(Answer::new("wfo.end-day/1", view).noting(notes).next(next).exit(exit).into())
}

fn post(webhook: &Webhook, summary: &str, dry_run: bool) -> (PostedView, Option<Problem>) {
    let problem = if dry_run { None } else { webhook.post(summary).err() };
    let sent = !dry_run && problem.is_none();
    (PostedView { to: webhook.channel().word(), host: webhook.host().to_owned(), sent }, problem)
}

/// The sweep's verdict first; after a clean one what broke first.
fn exit(day: &Day) -> Exit {
    match day.sweep.verdict {
        Verdict::Fail => Exit::No,
        Verdict::Unknown => Exit::Unknown,
        Verdict::Pass | Verdict::Skipped => match day.broken() {
            // A step that broke never reads as a day that is done.
            Some(problem) if problem.code.exit == Exit::Done => codes::BUG.exit,
            Some(problem) => problem.code.exit,
            None => Exit::Done,
        },
    }
}

/// Commands worth running now.
fn next(day: &Day) -> Vec<String> {
    let checks = day.sweep.checks.iter().filter_map(|check| check.next.clone());
    let cleanup = day.cleaning.as_ref().and_then(|cleaning| cleaning.proposal.as_ref());
    let cleanup = cleanup.map(|proposal| format!("wfo-helper worktree cleanup --confirm {}", proposal.id));
    let unread = day.steps.iter().any(|step| step.name == "costs" && step.act == Act::Unknown);
    let unread = unread.then(|| "wfo-helper cost import".to_owned());
    let mut next: Vec<String> = Vec::new();
    for one in checks.chain(cleanup).chain(unread) {
        if !next.contains(&one) {
            next.push(one);
        }
    }
    next
}
