//! `todo archive`: finished work out of the way, its worktree with it; a proposal.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem};
use wfo_day::todo::Archive;

use super::views::{clean, files_line};
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;

/// Move a finished TODO to ARCHIVED/ and its worktree to the trash (a proposal first)
///
/// A worktree that holds something of its own is refused with every reason (exit 21); the branch stays. A name that ARCHIVED/ has
/// is refused (exit 22).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Leave its worktree where it is
    #[arg(long)]
    keep_worktree: bool,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    yes: Yes,
}

/// A workflow that was archived, or is proposed to be.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was moved.
    applied: bool,
    /// The TODO file.
    file: String,
    /// Where it goes.
    target: String,
    /// Tasks that are not finished.
    open_tasks: usize,
    /// The worktree that goes with it; null when there is none.
    worktree: Option<TreeView>,
    /// Files that changed.
    files: Vec<String>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// A worktree that goes.
#[derive(Debug, Serialize, JsonSchema)]
struct TreeView {
    /// Where it is, or was.
    path: String,
    /// Its branch, which stays; null when detached.
    branch: Option<String>,
    /// Its name in the trash, once it is there.
    trash: Option<String>,
}

impl From<&wfo_day::worktree::Removed> for TreeView {
    fn from(tree: &wfo_day::worktree::Removed) -> Self {
        Self {
            path: clean(&tree.path.to_string_lossy()),
            branch: tree.branch.as_deref().map(clean),
            trash: tree.trash.clone(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("archived") } else { paint.dim("would archive") };
        let mut out = format!("{word} {} as {}\n", self.file, self.target);
        if let Some(tree) = &self.worktree {
            let back = tree.trash.as_deref().map(|name| format!("; back with `worktree restore {name}`"));
            out += &format!("  with the worktree {}{}\n", tree.path, back.unwrap_or_default());
        }
        match &self.proposal {
            Some(proposal) => out + &proposal.text(paint),
            None => out + &files_line(&self.files, self.applied),
        }
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let archive = Archive::look(call.site, args.which.word(), !args.keep_worktree, notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = archive.subject(call.site);
    let mut view = Shown {
        applied: false,
        file: archive.workflow.file.clone(),
        target: archive.target.clone(),
        open_tasks: archive.workflow.open_tasks().count(),
        worktree: archive.worktree.as_ref().map(TreeView::from),
        files: Vec::new(),
        proposal: None,
    };
    let mut next = None;
    if args.yes.given(call.context, call.site.place(), &desk, &subject)? {
        let done = archive.carry_out(call.site, notes)?;
        (view.applied, view.files) = (true, done.files);
        view.worktree = done.worktree.as_ref().map(TreeView::from);
        next = call.commit(&archive.workflow.slug);
    } else if !call.dry_run() {
        let rules = call.site.rules();
        let acts: Vec<String> = archive.actions().iter().map(|act| rules.without_secrets(act)).collect();
        let proposal = desk.propose(&subject, format!("archive {}", view.file), acts)?;
        let plain = args.which.word().is_none() && !args.keep_worktree;
        next = plain.then(|| format!("wfo-helper todo archive --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.todo-archive/1", view).next(next).into())
}
