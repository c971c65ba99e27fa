//! `context learn`: what was learned, once each.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::{LearningKind, learn};

use super::views::clean;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::said::LearningFlags;
use crate::render::Paint;

/// Note what was learned in CLAUDE.md and in your own list
///
/// Each goes to its kind in the section "Session Learnings" and to CONFIG/learnings.jsonl. The same text never stands there twice.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    learned: LearningFlags,
    /// Learned: a decision about the architecture
    #[arg(long, value_name = "TEXT")]
    decision: Vec<String>,
}

/// What was noted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// What CLAUDE.md did not have.
    added: Vec<LearningView>,
    /// What it had already.
    known: Vec<LearningView>,
    /// Lines that CONFIG/learnings.jsonl got.
    listed: usize,
}

/// One learning.
#[derive(Debug, Serialize, JsonSchema)]
struct LearningView {
    /// pattern, mistake, tool, optimization or decision.
    kind: &'static str,
    /// Its words.
    text: String,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("noted") } else { paint.dim("would note") };
        let added = self.added.iter().map(|one| format!("{word} {}: {}\n", one.kind, one.text));
        let known = self.known.iter().map(|one| format!("{} {}: {}\n", paint.dim("known"), one.kind, one.text));
        added.chain(known).collect()
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, _notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let decisions = args.decision.into_iter().map(|text| (LearningKind::Decision, text));
    let learnings: Vec<(LearningKind, String)> = args.learned.learnings().chain(decisions).collect();
    let learned = learn(call.site, &learnings)?;
    let views = |list: &[(LearningKind, String)]| -> Vec<LearningView> {
        list.iter().map(|(kind, text)| LearningView { kind: kind.word(), text: clean(text) }).collect()
    };
    let view = Shown {
        applied: !call.context.globals.dry_run && (!learned.added.is_empty() || learned.listed > 0),
        added: views(&learned.added),
        known: views(&learned.known),
        listed: learned.listed,
    };
    Ok(Answer::new("wfo.context-learn/1", view).into())
}
