//! `todo set KEY=VALUE`: one key of the front matter; where it says how far the work is, a proposal.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::todo::Setting;

use super::views::{clean, files_line};
use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;

/// Set one key of the front matter (progress and quality gates: a proposal first)
///
/// The value stays text unless a number, true, false or null stands there now.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A dotted path and its value, such as metadata.title="Login loop" or `tasks.impl_001.priority=high`
    #[arg(value_name = "KEY=VALUE")]
    assignment: String,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    yes: Yes,
}

/// A key that was set, or is proposed to be.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was written.
    applied: bool,
    /// The TODO file.
    file: String,
    /// The key.
    key: String,
    /// The value before; null for a new key or null.
    before: Option<String>,
    /// The new value.
    value: String,
    /// Files that changed.
    files: Vec<String>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let before = self.before.as_deref().unwrap_or("nothing");
        let line = format!("{}: {before} -> {}\n", paint.bold(&self.key), self.value);
        match &self.proposal {
            Some(proposal) => line + &proposal.text(paint),
            None => line + &files_line(&self.files, self.applied),
        }
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let setting = Setting::look(call.site, args.which.word(), &args.assignment, notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = setting.subject(call.site);
    let may = if setting.needs_person() {
        args.yes.given(call.context, call.site.place(), &desk, &subject)?
    } else {
        args.yes.must_be_absent(&desk, &subject.command)?;
        true
    };
    let mut view = Shown {
        applied: may && !call.dry_run(),
        file: setting.file.clone(),
        key: clean(&setting.key),
        before: setting.before.as_deref().map(clean),
        value: clean(&setting.value),
        files: Vec::new(),
        proposal: None,
    };
    let mut next = None;
    if may {
        view.files = setting.carry_out(call.site, notes)?.files;
    } else if !call.dry_run() {
        let rules = call.site.rules();
        let before = view.before.as_deref().unwrap_or("nothing");
        let act = format!("set {} of {} from {before} to {}", view.key, view.file, view.value);
        let title = format!("change the record of {}: {} = {}", view.file, view.key, view.value);
        let proposal = desk.propose(&subject, rules.without_secrets(&title), vec![rules.without_secrets(&act)])?;
        let word = text::shell_word(&args.assignment).clone();
        next = args.which.word().is_none().then(|| format!("wfo-helper todo set {word} --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.todo-set/1", view).next(next).into())
}
