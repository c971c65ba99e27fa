//! `todo commit`: exactly the changed files of one workflow; a proposal.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem};
use wfo_day::todo::Commit;

use super::views::clean;
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;

/// Commit exactly the changed files of a workflow in the main checkout (a proposal first)
///
/// Its TODO, TODO.md, `planning/SLUG/` and `specs/SLUG/`; whatever else is staged or changed stays. The files are looked at for
/// secrets first.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The message [default: by what the files are]
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// The work items of this pull request's review instead, as `pr feedback` wrote them
    #[arg(long, value_name = "N", conflicts_with_all = ["todo", "worktree"])]
    pr: Option<u64>,
    /// In the worktree of the workflow's branch instead of the main checkout
    #[arg(long)]
    worktree: bool,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    yes: Yes,
}

/// A commit that was made, or is proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was made.
    applied: bool,
    /// The branch of the main checkout that gets it; null when detached.
    branch: Option<String>,
    /// Exactly these files.
    files: Vec<String>,
    /// The message.
    message: String,
    /// The commit; null until it is made.
    commit: Option<String>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if self.files.is_empty() {
            return "nothing to commit\n".to_owned();
        }
        let word = if self.applied { paint.green("committed") } else { paint.dim("would commit") };
        let line = format!("{word} {}: {}\n", self.files.join(", "), self.message);
        line + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let (word, message) = (args.which.word(), args.message.as_deref());
    let commit = match args.pr {
        Some(pr) => Commit::look_at_review(call.site, pr, message)?,
        None if args.worktree => Commit::look_there(call.site, word, message, notes)?,
        None => Commit::look(call.site, word, message, notes)?,
    };
    let desk = Desk::new(&call.context.home);
    let subject = commit.subject(call.site);
    let mut view = Shown {
        applied: false,
        branch: commit.branch.as_deref().map(clean),
        files: commit.files.iter().map(|file| clean(file)).collect(),
        message: clean(&commit.message),
        commit: None,
        proposal: None,
    };
    let mut next = None;
    if commit.files.is_empty() {
        args.yes.must_be_absent(&desk, &subject.command)?;
    } else if args.yes.given(call.context, call.site.place(), &desk, &subject)? {
        view.commit = Some(commit.carry_out(call.site)?);
        view.applied = true;
    } else if !call.dry_run() {
        let rules = call.site.rules();
        let acts: Vec<String> = commit.actions().iter().map(|act| rules.without_secrets(act)).collect();
        let title = rules.without_secrets(&format!("commit {}", view.message));
        let proposal = desk.propose(&subject, title, acts)?;
        let plain = args.which.word().is_none() && args.message.is_none() && args.pr.is_none() && !args.worktree;
        next = plain.then(|| format!("wfo-helper todo commit --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.todo-commit/1", view).next(next).into())
}
