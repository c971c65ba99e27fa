//! `gate approve NAME`: a person answers the checklists of a gate (a proposal).

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_base::trust::Desk;
use wfo_day::gate::Answers;

use super::{Call, Done, Notes, person};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table};

/// Answer the checklists of a gate: yes, no or not applicable for each item (a proposal first)
///
/// Every item that is not named is answered with yes; the proposal shows each answer. An answer with no makes the gate fail.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A gate that asks a person, such as ship, or one of its checklists
    name: String,
    /// An item that does not hold; may be repeated
    #[arg(long, value_name = "ITEM")]
    no: Vec<String>,
    /// An item, or a whole checklist, that does not apply; may be repeated
    #[arg(long = "na", value_name = "ITEM")]
    not_applicable: Vec<String>,
    /// Who answers [default: the name of the user]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// Answers that were stored, or are proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether they were stored.
    applied: bool,
    /// The gate or checklist.
    name: String,
    /// Who answers.
    by: String,
    /// Each checklist.
    checklists: Vec<ListView>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One checklist with its answers.
#[derive(Debug, Serialize, JsonSchema)]
struct ListView {
    /// Its id.
    name: String,
    /// What it is about.
    title: String,
    /// Its items, in order.
    items: Vec<ItemView>,
}

/// One item with its answer.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemView {
    /// Its id.
    id: String,
    /// The sentence.
    text: String,
    /// yes, no or not-applicable.
    answer: &'static str,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        for list in &self.checklists {
            out += &format!("{} ({})\n", paint.bold(&list.title), list.name);
            let mut table = Table::new();
            for item in &list.items {
                let answer = if item.answer == "no" { paint.red("no") } else { item.answer.to_owned() };
                table.row([answer, item.text.clone()]);
            }
            out += &table.lines(2);
        }
        if self.applied {
            out += &format!("answered by {}\n", self.by);
        }
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, _: &mut Notes) -> Done {
    let by = person(args.by.as_deref());
    let answers = Answers { no: &args.no, not_applicable: &args.not_applicable, by: &by };
    let approving = call.gates.approving(&args.name, answers)?;
    let desk = Desk::new(&call.context.home);
    let subject = approving.subject(&call.gates);
    let list = |(list, answers): &(wfo_gate::ChecklistRow, std::collections::BTreeMap<String, wfo_gate::judge::Answer>)| {
        let item = |item: &wfo_gate::gates::Item| ItemView {
            id: item.id.clone(),
            text: text::quoted(&item.text),
            answer: answers.get(&item.id).map_or("no", |answer| answer.word()),
        };
        ListView { name: list.id.clone(), title: text::quoted(&list.title), items: list.items.iter().map(item).collect() }
    };
    let mut view = Shown {
        applied: false,
        name: approving.name.clone(),
        by: approving.by().to_owned(),
        checklists: approving.lists.iter().map(list).collect(),
        proposal: None,
    };
    let mut next = None;
    if args.yes.given(call.context, call.place, &desk, &subject)? {
        approving.carry_out(&call.gates)?;
        view.applied = true;
    } else if !call.dry_run() {
        let title = format!("store these answers of {} to {}", approving.by(), approving.name);
        let proposal = desk.propose(&subject, title, approving.acts())?;
        let words = |flag: &str, items: &[String]| -> String {
            items.iter().map(|item| format!(" --{flag} {}", text::shell_word(item))).collect()
        };
        next = Some(format!(
            "wfo-helper gate approve {}{}{} --by {} --confirm {}",
            approving.name,
            words("no", &args.no),
            words("na", &args.not_applicable),
            text::shell_word(approving.by()),
            proposal.id
        ));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.gate-approve/1", view).next(next).into())
}
