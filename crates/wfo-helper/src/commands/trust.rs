//! `trust list|revoke`: the texts of repositories that a person has approved to be run.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::{Approval, Approvals, Desk, Subject};
use wfo_base::{Problem, text};
use wfo_day::Place;

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] =
    &[SchemaEntry::of::<TrustList>("trust-list"), SchemaEntry::of::<Revoked>("trust-revoke")];

/// Show or take back approvals to run texts that repositories bring
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the approvals in force
    List,
    /// Take an approval back (a proposal first)
    Revoke {
        /// The approval's id, from `trust list`
        id: String,
        #[command(flatten)]
        yes: super::consent::Yes,
    },
}

/// Approvals in force, oldest first.
#[derive(Debug, Serialize, JsonSchema)]
struct TrustList {
    /// Each approved text.
    approvals: Vec<ApprovalView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals_more: Option<usize>,
}

/// One approved text.
#[derive(Debug, Serialize, JsonSchema)]
struct ApprovalView {
    /// What `trust revoke` takes.
    id: String,
    /// The main checkout it holds for.
    main_checkout: String,
    /// What runs it.
    kind: String,
    /// SHA-256 of the text.
    sha256: String,
    /// When it was approved.
    at: String,
    /// Whether it is about the repository this was asked in.
    here: bool,
}

impl ApprovalView {
    fn new(approval: &Approval, checkout: &str) -> Self {
        Self {
            id: approval.id.clone(),
            main_checkout: approval.main_checkout.clone(),
            kind: approval.kind.clone(),
            sha256: approval.sha256.clone(),
            at: approval.at.clone(),
            here: approval.main_checkout == checkout,
        }
    }
}

impl View for TrustList {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for row in &self.approvals {
            table.row([
                row.id.clone(),
                row.kind.clone(),
                text::one_line(&row.main_checkout).into_owned(),
                paint.dim(&row.at),
            ]);
        }
        let more = self.approvals_more.unwrap_or(0);
        if table.is_empty() && more == 0 {
            return "no text of a repository is approved\n".to_owned();
        }
        table.lines(0) + &and_more(more)
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.approvals, &mut self.approvals_more, limit);
    }
}

/// An approval that was taken back, or would be.
#[derive(Debug, Serialize, JsonSchema)]
struct Revoked {
    /// Whether it was done.
    applied: bool,
    /// The approval.
    approval: ApprovalView,
    /// What a person is asked, when it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Revoked {
    fn text(&self, paint: Paint) -> String {
        match &self.proposal {
            Some(proposal) => proposal.text(paint),
            None => {
                let what = if self.applied { "revoked" } else { "would propose to revoke" };
                format!("{what} {} ({})\n", self.approval.id, self.approval.kind)
            }
        }
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let checkout = place.identity();
    match args.verb {
        Verb::List => {
            let list = Approvals::load(&context.home)?;
            let approvals = list.list().iter().map(|approval| ApprovalView::new(approval, &checkout)).collect();
            Ok(Answer::new("wfo.trust-list/1", TrustList { approvals, approvals_more: None }).into())
        }
        Verb::Revoke { id, yes } => revoke(&id, &yes, context, &place),
    }
}

fn revoke(id: &str, yes: &super::consent::Yes, context: &Context, place: &Place) -> Result<Outcome, Problem> {
    let list = Approvals::load(&context.home)?;
    let desk = Desk::new(&context.home);
    let Some(approval) = list.list().iter().find(|approval| approval.id == id) else {
        yes.must_be_absent(&desk, "trust list")?;
        return Err(Problem::new(wfo_base::codes::TRUST_UNKNOWN, format!("no approval has the id `{id}`"))
            .hint("`wfo-helper trust list` shows the approvals in force"));
    };
    let view = ApprovalView::new(approval, &place.identity());
    let subject = Subject {
        command: "trust revoke".into(),
        arguments: id.to_owned(),
        main_checkout: approval.main_checkout.clone(),
        state: approval.sha256.clone(),
    };
    if yes.given(context, place, &desk, &subject)? {
        Approvals::revoke(&context.home, id)?;
        return Ok(Answer::new("wfo.trust-revoke/1", Revoked { applied: true, approval: view, proposal: None }).into());
    }
    if context.globals.dry_run {
        let view = Revoked { applied: false, approval: view, proposal: None };
        return Ok(Answer::new("wfo.trust-revoke/1", view).into());
    }
    let title = format!("take back the approval of `{}` for {}", approval.kind, approval.main_checkout);
    let proposal = desk.propose(&subject, title, vec![format!("append a revocation of {id} to approvals.jsonl")])?;
    let next = format!("wfo-helper trust revoke {id} --confirm {}", proposal.id);
    let view = Revoked { applied: false, approval: view, proposal: Some(ProposalView::from(&proposal)) };
    Ok(Answer::new("wfo.trust-revoke/1", view).next([next]).into())
}
