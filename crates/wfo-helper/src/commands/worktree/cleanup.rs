//! `worktree cleanup`: everything that can go, after one yes.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Candidate, Cleanup, Site};

use super::remove::RemovedView;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::proposal::ProposalView;
use crate::render::worktree::{clean, ports};
use crate::render::{Paint, Table, and_more, count, cut};

/// Clear away merged, old and vanished worktrees (a proposal first)
///
/// Lists every worktree with its verdict. Only what is provably safe is proposed; it goes to the trash.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    yes: Yes,
}

/// Every worktree with its verdict, and what is proposed or was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether something was removed.
    applied: bool,
    /// Linked worktrees and rows of the registry without one, by path.
    worktrees: Vec<CandidateView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees_more: Option<usize>,
    #[serde(skip)]
    tried: bool,
    /// What went.
    removed: Vec<RemovedView>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One worktree.
#[derive(Debug, Serialize, JsonSchema)]
struct CandidateView {
    /// Relative to the work tree inside it, absolute elsewhere.
    path: String,
    /// Its branch; null when detached.
    branch: Option<String>,
    /// Its ports.
    ports: Vec<u16>,
    /// May it be removed: safe, unsafe or unknown; unknown is a no.
    verdict: &'static str,
    /// What becomes of it: remove, prune, free or keep.
    action: &'static str,
    /// Why.
    reasons: Vec<String>,
}

impl CandidateView {
    fn new(candidate: &Candidate, call: &Call<'_>) -> Self {
        Self {
            path: call.shown(&candidate.path),
            branch: candidate.branch.as_deref().map(clean),
            ports: candidate.ports.clone(),
            verdict: candidate.verdict.word(),
            action: candidate.fate.word(),
            reasons: candidate.reasons.iter().map(|reason| clean(reason)).collect(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if self.tried && self.removed.is_empty() {
            return format!("{}\n", paint.yellow("nothing was removed: what was shown is not safe any more"));
        }
        if self.applied {
            let lines: String = self.removed.iter().map(|one| format!("  {}\n", one.line())).collect();
            return format!("{}\n{lines}", paint.green(&format!("removed {}", count(self.removed.len(), "worktree"))));
        }
        let mut table = Table::new();
        for row in &self.worktrees {
            let verdict = match row.verdict {
                "safe" => paint.green("safe"),
                "unsafe" => paint.red("unsafe"),
                other => paint.yellow(other),
            };
            let name = row.branch.as_deref().unwrap_or("(detached)");
            table.row([paint.bold(name), verdict, row.action.to_owned(), ports(&row.ports), row.reasons.join("; ")]);
        }
        let mut out = if table.is_empty() { "no linked worktrees\n".to_owned() } else { table.lines(0) };
        out += &and_more(self.worktrees_more.unwrap_or(0));
        if let Some(proposal) = &self.proposal {
            out += &proposal.text(paint);
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.worktrees, &mut self.worktrees_more, limit);
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let cleanup = Cleanup::look(site, notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = cleanup.subject(site);
    let mut view = Shown {
        applied: false,
        worktrees: cleanup.candidates.iter().map(|one| CandidateView::new(one, call)).collect(),
        worktrees_more: None,
        tried: false,
        removed: Vec::new(),
        proposal: None,
    };
    let mut next = None;
    if cleanup.is_empty() {
        if let Some(id) = &args.yes.confirm {
            desk.check(&subject, id)?;
        }
        args.yes.must_be_absent(&desk, &subject.command)?;
    } else if args.yes.given(call.context, site.place(), &desk, &subject)? {
        let removed = cleanup.carry_out(site, notes)?;
        (view.tried, view.applied) = (true, !removed.is_empty());
        view.removed = removed.iter().map(|one| RemovedView::new(one, call)).collect();
    } else if !call.dry_run() {
        let acts = cleanup.actions();
        let proposal = desk.propose(&subject, format!("clear away {}", count(acts.len(), "worktree")), acts)?;
        next = Some(format!("wfo-helper worktree cleanup --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.worktree-cleanup/1", view).next(next).into())
}
