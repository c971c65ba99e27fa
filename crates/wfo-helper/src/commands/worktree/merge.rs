//! `worktree merge`: a branch into what the main checkout has; a proposal.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Exit, Problem, codes, text};
use wfo_day::worktree::{MergeAsk, MergePlan, Merged, Site};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;
use crate::render::worktree::clean;

/// Merge a branch into the main checkout (a proposal first)
///
/// Tried in memory first: with conflicts nothing is touched and the exit status is 22. Always a merge commit.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The branch to merge
    branch: String,
    /// The message of the merge commit [default: by the table `merge-messages`]
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Let no git hook, filter or merge driver of this repository run
    #[arg(long)]
    no_hooks: bool,
    #[command(flatten)]
    yes: Yes,
}

/// What is proposed, or what was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether it was merged.
    applied: bool,
    /// The branch.
    branch: String,
    /// The branch of the main checkout that it goes into.
    into: String,
    /// The message of the merge commit.
    message: String,
    /// The merge commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// Files that the branch changes; null above the bound.
    files: Option<usize>,
    /// Files in conflict; null when that could not be determined.
    conflicts: Option<Vec<String>>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let (branch, into) = (clean(&self.branch), clean(&self.into));
        let mut out = match (&self.commit, self.conflicts.as_deref()) {
            (Some(commit), _) => {
                format!(
                    "{} {branch} into {into}: {}\n",
                    paint.green("merged"),
                    commit.chars().take(10).collect::<String>()
                )
            }
            (None, Some(conflicts @ [_, ..])) => {
                let lines: String = conflicts.iter().map(|file| format!("  {file}\n")).collect();
                format!("{} of {branch} with {into}; nothing was changed\n{lines}", paint.red("conflict"))
            }
            (None, _) => format!("{branch} into {into}\n"),
        };
        if let Some(proposal) = &self.proposal {
            out += &proposal.text(paint);
        }
        out
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let ask = MergeAsk { branch: &args.branch, message: args.message.as_deref(), hooks: !args.no_hooks };
    let mut plan = MergePlan::look(site, &ask, notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = plan.subject(site);
    let mut view = shown(&plan);
    let conflict = plan.conflicts.as_ref().is_some_and(|files| !files.is_empty());
    if conflict || plan.up_to_date {
        args.yes.must_be_absent(&desk, &subject.command)?;
        notes.push(if conflict { in_conflict(&plan) } else { nothing(&plan) });
        let exit = if conflict { Exit::Conflict } else { Exit::Done };
        return Ok(Answer::new("wfo.worktree-merge/1", view).exit(exit).into());
    }
    if args.yes.given(call.context, site.place(), &desk, &subject)? {
        match plan.carry_out(site, !args.no_hooks, notes)? {
            Merged::Done(commit) => (view.applied, view.commit) = (true, Some(commit)),
            Merged::UpToDate => notes.push(nothing(&plan)),
            Merged::Conflict(files) => {
                notes.push(in_conflict(&plan));
                view.conflicts = Some(files.iter().map(|file| clean(file)).collect());
                return Ok(Answer::new("wfo.worktree-merge/1", view).exit(Exit::Conflict).into());
            }
        }
        let next = format!("wfo-helper worktree remove {}", text::shell_word(&args.branch));
        return Ok(Answer::new("wfo.worktree-merge/1", view).next([next]).into());
    }
    let mut next = None;
    if !call.dry_run() {
        let title = format!("merge {} into {}", plan.branch, plan.into);
        let proposal = desk.propose(&subject, title, plan.actions())?;
        next = Some(format!("wfo-helper worktree merge {} --confirm {}", text::shell_word(&args.branch), proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    // With flags the command line of the yes is longer; the proposal says to add `--confirm` to the same command.
    let next = next.filter(|_| args.message.is_none() && !args.no_hooks);
    Ok(Answer::new("wfo.worktree-merge/1", view).next(next).into())
}

fn shown(plan: &MergePlan) -> Shown {
    Shown {
        applied: false,
        branch: plan.branch.clone(),
        into: plan.into.clone(),
        message: plan.message.clone(),
        commit: None,
        files: plan.files.as_ref().map(Vec::len),
        conflicts: plan.conflicts.as_ref().map(|files| files.iter().map(|file| clean(file)).collect()),
        proposal: None,
    }
}

fn in_conflict(plan: &MergePlan) -> Diagnostic {
    let message = format!("`{}` and `{}` change the same lines; nothing was merged", plan.branch, plan.into);
    Problem::new(codes::GIT_MERGE_CONFLICT, message)
        .hint(format!(
            "rebase or merge `{}` in the worktree of the branch, resolve it there, then merge again",
            plan.into
        ))
        .warning()
}

fn nothing(plan: &MergePlan) -> Diagnostic {
    Problem::new(codes::GIT_UP_TO_DATE, format!("`{}` has all of `{}` already", plan.into, plan.branch))
        .hint("`wfo-helper worktree cleanup` shows what can go")
        .info()
}
