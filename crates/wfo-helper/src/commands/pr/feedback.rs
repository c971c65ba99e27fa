//! `pr feedback`: a work item for each open review thread; issues at the provider as a proposal.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text::{one_line, shell_word};
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Exit, Problem};
use wfo_day::pr::{Ask, Create, Feedback, Item, State, feedback};
use wfo_day::todo::Site;
use wfo_todo::feedback::{Issue, Provider};

use super::Outcome;
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table, and_more, count, cut};

/// The command that commits the pages.
const COMMIT: &str = "wfo-helper todo commit --pr N";
/// How many workflows are named as worth beginning.
const BEGINNINGS: usize = 5;

/// Turn each open review thread into a work item, `planning/pr-N-issue-ID.md`
///
/// From a file, or by asking `gh` or `az`, as the remote says. A page that is there stays as it is. Each thread is marked simple
/// (fix it on the branch) or substantive (work of its own) by stated rules; you confirm that by what you do with it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The pull request's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pr: u64,
    /// The threads as JSON, `-` for standard input; once for each page [default: ask the host]
    #[arg(long, value_name = "FILE")]
    from: Vec<PathBuf>,
    /// Whose answer it is [default: by the remote, else by its shape]
    #[arg(long, value_enum)]
    provider: Option<ProviderWord>,
    /// The workflow whose review it is, for the message of the commit
    #[arg(long, value_name = "SLUG")]
    todo: Option<String>,
    /// Make an issue of each substantive one, too (a proposal first)
    #[arg(long)]
    create: bool,
    #[command(flatten)]
    yes: Yes,
}

/// A provider by its word.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ProviderWord {
    /// GitHub, also of a company
    Github,
    /// Azure DevOps
    Azure,
}

/// The work items of a pull request.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// The pull request.
    pr: u64,
    /// github or azure.
    provider: Option<&'static str>,
    /// How many threads there are.
    threads: Counts,
    /// One for each open thread, in the provider's order.
    items: Vec<ItemView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    items_more: Option<usize>,
    /// What can be committed now.
    commit: CommitView,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// Threads by their state.
#[derive(Debug, Serialize, JsonSchema)]
struct Counts {
    /// All.
    total: usize,
    /// Not resolved.
    open: usize,
    /// Resolved or closed.
    resolved: usize,
    /// Open, but the lines have changed since.
    outdated: usize,
}

/// A work item.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemView {
    /// Its id.
    id: String,
    /// The provider's id of the thread.
    thread: String,
    /// One line.
    title: String,
    /// The file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Whether the lines have changed since; absent where the provider does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    outdated: Option<bool>,
    /// The thread's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// simple (fix it on the branch) or substantive (work of its own).
    weight: &'static str,
    /// By which rules.
    reason: String,
    /// The page.
    path: String,
    /// written or kept.
    state: &'static str,
    /// The issue that was made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    issue: Option<IssueView>,
}

/// An issue at the provider.
#[derive(Debug, Serialize, JsonSchema)]
struct IssueView {
    /// Its number.
    number: u64,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// What can be committed.
#[derive(Debug, Serialize, JsonSchema)]
struct CommitView {
    /// Pages that were written by this call, or would be.
    paths: Vec<String>,
    /// The message.
    message: String,
}

impl ItemView {
    fn new(item: &Item) -> Self {
        let work = &item.work;
        Self {
            id: work.id.clone(),
            thread: clean(&work.thread),
            title: clean(&work.title),
            file: work.path.as_deref().map(clean),
            line: work.line,
            outdated: work.outdated,
            url: work.url.as_deref().map(clean),
            weight: work.weight.word(),
            reason: clean(&work.reasons.join(", ")),
            path: item.path.clone(),
            state: item.state.word(),
            issue: item.issue.as_ref().map(IssueView::new),
        }
    }
}

impl IssueView {
    fn new(issue: &Issue) -> Self {
        Self { number: issue.number, url: issue.url.as_deref().map(clean) }
    }
}

fn clean(text: &str) -> String {
    one_line(text).into_owned()
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let Counts { total, open, resolved, outdated } = self.threads;
        let head = format!("pull request {}: {}", self.pr, count(total, "thread"));
        let mut out = format!("{head}, {open} open ({outdated} outdated), {resolved} resolved\n");
        let mut table = Table::new();
        for item in &self.items {
            let word = match item.state {
                "written" if self.applied => paint.green("written"),
                "written" => paint.dim("would write"),
                other => paint.dim(other),
            };
            let outdated = if item.outdated == Some(true) { " (outdated)" } else { "" };
            let issue = item.issue.as_ref().map(|issue| format!(" #{}", issue.number)).unwrap_or_default();
            table.row([word, item.weight.to_owned(), item.path.clone(), format!("{}{outdated}{issue}", item.title)]);
        }
        out += &table.lines(2);
        out += &and_more(self.items_more.unwrap_or(0));
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.items, &mut self.items_more, limit);
    }
}

pub(super) fn run(
    args: &Args,
    context: &Context,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let provider = args.provider.map(|word| match word {
        ProviderWord::Github => Provider::GitHub,
        ProviderWord::Azure => Provider::Azure,
    });
    if let Some(slug) = &args.todo {
        wfo_todo::record::require_slug(slug)?;
    }
    let found = feedback(site, &context.home, &Ask { from: &args.from, pr: args.pr, provider }, notes)?;
    let mut view = view(args, context, &found);
    let mut exit = Exit::Done;
    let desk = Desk::new(&context.home);
    if args.create {
        exit = create(args, context, (site, &desk), &found, &mut view, notes)?;
    } else {
        args.yes.must_be_absent(&desk, "pr feedback --create")?;
    }
    let next = next(args, context, site, &found, &view);
    Ok(Answer::new("wfo.pr-feedback/1", view).next(next).exit(exit).into())
}

fn create(
    args: &Args,
    context: &Context,
    (site, desk): (&Site<'_>, &Desk<'_>),
    found: &Feedback,
    view: &mut Shown,
    notes: &mut Vec<Diagnostic>,
) -> Result<Exit, Problem> {
    let create = Create::look(site, &context.home, found, notes)?;
    let subject = create.subject(site);
    if create.is_empty() {
        args.yes.must_be_absent(desk, "pr feedback --create")?;
    } else if args.yes.given(context, site.place(), desk, &subject)? {
        let done = create.carry_out(site, &context.home);
        view.applied |= !done.issues.is_empty();
        for (path, issue) in &done.issues {
            view.commit.paths.push(path.clone());
            view.items.iter_mut().filter(|item| item.path == *path).for_each(|item| item.issue = Some(IssueView::new(issue)));
        }
        view.commit.paths.sort();
        view.commit.paths.dedup();
        if let Some(problem) = done.stopped {
            let exit = problem.code.exit;
            notes.push(problem.error());
            return Ok(exit);
        }
    } else if !context.globals.dry_run {
        let proposal = desk.propose(&subject, create.title(), create.actions())?;
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Exit::Done)
}

fn view(args: &Args, context: &Context, found: &Feedback) -> Shown {
    let written = found.items.iter().filter(|item| item.state == State::Written);
    let paths: Vec<String> = written.map(|item| item.path.clone()).collect();
    Shown {
        applied: !context.globals.dry_run && !paths.is_empty(),
        pr: found.pr,
        provider: found.provider.map(Provider::word),
        threads: Counts {
            total: found.open + found.resolved,
            open: found.open,
            resolved: found.resolved,
            outdated: found.outdated,
        },
        items: found.items.iter().map(ItemView::new).collect(),
        items_more: None,
        commit: CommitView { paths, message: message(args) },
        proposal: None,
    }
}

fn message(args: &Args) -> String {
    match &args.todo {
        Some(slug) => format!("docs(planning): review feedback of {slug}"),
        None => format!("docs(planning): review feedback of pull request {}", args.pr),
    }
}

/// Commands worth running: the commit, then a workflow for what is work of its own.
fn next(args: &Args, context: &Context, site: &Site<'_>, found: &Feedback, view: &Shown) -> Vec<String> {
    let mut out = Vec::new();
    let has = site.place().repository().is_some_and(|repository| !repository.is_bare());
    if has && !context.globals.dry_run && !view.commit.paths.is_empty() {
        let message = args.todo.as_ref().map(|_| format!(" --message {}", shell_word(&message(args)))).unwrap_or_default();
        out.push(COMMIT.replace('N', &args.pr.to_string()) + &message);
    }
    let own = found.items.iter().filter(|item| item.is_substantive()).take(BEGINNINGS);
    out.extend(own.map(|item| {
        let (slug, path) = (item.slug(), shell_word(&item.path));
        format!("wfo-helper todo new feature {} --from-work-item {path}", shell_word(&slug))
    }));
    out
}
