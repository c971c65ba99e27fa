//! `gate waive FINDING --reason T --until D`: accepts one finding for a time (a proposal).

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_base::trust::Desk;

use super::{Call, Done, Notes, person};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;

/// Accept one finding for a time, with a reason (a proposal first)
///
/// The row goes into `.wfo/waivers.yaml`, and every use is listed in the answer of `gate judge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The fingerprint of a finding, or the id of an advisory
    finding: String,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which it counts, at most 90 days ahead
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: String,
    /// Who accepts it [default: the name of the user]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// A waiver that was written, or is proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether it counts from now on.
    applied: bool,
    /// The row.
    waiver: RowView,
    /// The file.
    file: &'static str,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One waiver.
#[derive(Debug, Serialize, JsonSchema)]
struct RowView {
    /// The fingerprint or the advisory.
    finding: String,
    /// Why.
    reason: String,
    /// Who.
    by: String,
    /// The last day on which it counts.
    until: String,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let row = &self.waiver;
        let word = if self.applied { "waived" } else { "would waive" };
        let line = format!("{word} {} until {}: {} ({})\n", paint.bold(&row.finding), row.until, row.reason, row.by);
        line + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, _: &mut Notes) -> Done {
    let waiving = call.gates.waiving(&args.finding, &args.reason, &person(args.by.as_deref()), &args.until)?;
    let row = &waiving.waiver;
    let desk = Desk::new(&call.context.home);
    let subject = waiving.subject(&call.gates);
    let mut view = Shown {
        applied: false,
        waiver: RowView {
            finding: row.finding.clone(),
            reason: row.reason.clone(),
            by: row.by.clone(),
            until: row.until.to_string(),
        },
        file: ".wfo/waivers.yaml",
        proposal: None,
    };
    let mut next = None;
    if args.yes.given(call.context, call.place, &desk, &subject)? {
        waiving.carry_out(&call.gates)?;
        view.applied = true;
    } else if !call.dry_run() {
        let title = format!("accept the finding {} until {}: {}", row.finding, row.until, row.reason);
        let act = match waiving.there {
            true => "let the row of `.wfo/waivers.yaml` count here".to_owned(),
            false => format!("add `{}` to `.wfo/waivers.yaml`", row.yaml()),
        };
        let proposal = desk.propose(&subject, title, vec![act])?;
        let (reason, by) = (text::shell_word(&row.reason), text::shell_word(&row.by));
        next = Some(format!(
            "wfo-helper gate waive {} --reason {reason} --until {} --by {by} --confirm {}",
            row.finding, row.until, proposal.id
        ));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.gate-waive/1", view).next(next).into())
}
