//! `context restore`: a backup back in its place, after one yes.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::{Restore, backups};

use super::views::{BackupView, clean};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table, count, cut};

/// Bring a backup back (a proposal first); what it replaces is saved
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one [default: the newest]
    stamp: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// A backup beside what is there.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was brought back.
    applied: bool,
    /// The backup.
    stamp: String,
    /// Its files.
    files: Vec<FateView>,
    /// The backup of what was replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<BackupView>,
    /// All backups of this checkout, newest first.
    backups: Vec<String>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    backups_more: Option<usize>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
struct FateView {
    /// Its path.
    path: String,
    /// What becomes of it: create, replace or same.
    action: &'static str,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for file in &self.files {
            table.row([paint.bold(&file.path), file.action.to_owned()]);
        }
        let word = if self.applied { paint.green("restored") } else { paint.dim("backup") };
        let mut out = format!("{word} {}\n{}", self.stamp, table.lines(1));
        if let Some(saved) = &self.saved {
            out += &format!("what was replaced is in backup {}\n", saved.stamp);
        }
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.backups, &mut self.backups_more, limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let restore = Restore::look(call.site, args.stamp.as_deref())?;
    let desk = Desk::new(&call.context.home);
    let subject = restore.subject(call.site);
    let files = restore.files.iter().map(|(path, fate)| FateView { path: clean(path), action: fate.word() });
    let mut view = Shown {
        applied: false,
        stamp: restore.backup.stamp.clone(),
        files: files.collect(),
        saved: None,
        backups: backups(call.site).into_iter().map(|one| one.stamp).collect(),
        backups_more: None,
        proposal: None,
    };
    let mut next = None;
    if restore.is_empty() {
        args.yes.must_be_absent(&desk, &subject.command)?;
    } else if args.yes.given(call.context, call.site.place(), &desk, &subject)? {
        let saved = restore.carry_out(call.site, notes)?;
        view.applied = true;
        view.saved = saved.as_ref().map(BackupView::from);
    } else if !call.context.globals.dry_run {
        let rules = call.site.rules();
        let acts: Vec<String> = restore.actions().iter().map(|act| rules.without_secrets(act)).collect();
        let title = format!("bring back {} of backup {}", count(acts.len(), "file"), view.stamp);
        let proposal = desk.propose(&subject, title, acts)?;
        next = Some(format!("wfo-helper context restore {} --confirm {}", view.stamp, proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.context-restore/1", view).next(next).into())
}
