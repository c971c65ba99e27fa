//! `todo ship`: what is left to do around finished work, and one commit of it; a proposal.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem, Usd, text};
use wfo_day::todo::Ship;
use wfo_todo::phase::Fact;
use wfo_todo::ship::PageLine;

use super::views::clean;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::proposal::ProposalView;

/// Tick finished work off in TASK.md and PLANNING.md, note its cost, and commit exactly that (a proposal first)
///
/// In the worktree of its branch, so that it goes with the pull request. Only lines that surely belong to the work change; documents
/// that the change makes stale are named. How the gate `quality` stands is said, never hidden.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The workflow [default: the one of this worktree, else the only active one]
    slug: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// What was done, or is proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was done.
    applied: bool,
    /// The slug.
    slug: String,
    /// How the gate `quality` stands.
    gate: GateView,
    /// The diff of the work; null = not known.
    extent: Option<ExtentView>,
    /// Lines of TASK.md that are ticked.
    ticked: Vec<LineView>,
    /// Lines that name the work and are left, in TASK.md and PLANNING.md.
    left: Vec<LineView>,
    /// The entry of PLANNING.md that is moved; null = there is none.
    moved: Option<MovedView>,
    /// Documents that the change may have made wrong.
    stale: Vec<StaleView>,
    /// Dollars; null = not known.
    #[schemars(with = "Option<f64>")]
    cost_usd: Option<Usd>,
    /// Whether the cost is noted in the TODO by this.
    cost_noted: bool,
    /// Why a figure is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    /// The branch that gets the commit; null when detached.
    branch: Option<String>,
    /// Exactly these files are committed.
    files: Vec<String>,
    /// Those of them that hold other changes too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dirty: Vec<String>,
    /// The message.
    message: String,
    /// The commit; null until it is made.
    commit: Option<String>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// How a gate stands.
#[derive(Debug, Serialize, JsonSchema)]
struct GateView {
    /// Its name.
    name: &'static str,
    /// pass, fail or unknown.
    verdict: &'static str,
    /// fresh, stale or missing.
    state: &'static str,
}

/// How much a diff changes.
#[derive(Debug, Serialize, JsonSchema)]
struct ExtentView {
    /// Files.
    files: u64,
    /// Lines added.
    additions: u64,
    /// Lines removed.
    deletions: u64,
}

/// A line of a page.
#[derive(Debug, Serialize, JsonSchema)]
struct LineView {
    /// The page.
    file: &'static str,
    /// The line, from 1.
    line: usize,
    /// What it says.
    text: String,
    /// Why it belongs, or why it is left.
    why: &'static str,
}

/// An entry that goes to another section.
#[derive(Debug, Serialize, JsonSchema)]
struct MovedView {
    /// Its first line, from 1.
    line: usize,
    /// How many lines it has.
    lines: usize,
    /// What it says.
    text: String,
    /// The heading it goes below.
    to: String,
    /// Whether that heading is new.
    new_heading: bool,
}

/// A document to look at.
#[derive(Debug, Serialize, JsonSchema)]
struct StaleView {
    /// The document.
    document: String,
    /// What in it.
    why: String,
    /// The first changed file that says so.
    because: String,
}

fn line(file: &'static str, line: &PageLine) -> LineView {
    LineView { file, line: line.line, text: clean(&line.text), why: line.why }
}

impl From<&Ship> for Shown {
    fn from(ship: &Ship) -> Self {
        let unknown = |name: &str, why: &str| format!("{name}: {}", clean(why));
        let mut reasons = Vec::new();
        if let Fact::Unknown(why) = &ship.extent {
            reasons.push(unknown("extent", why));
        }
        if let Fact::Unknown(why) = &ship.cost {
            reasons.push(unknown("cost_usd", why));
        }
        let ticked = ship.tasks.iter().flat_map(|page| &page.lines).map(|one| line("TASK.md", one));
        let left = ship.tasks.iter().flat_map(|page| &page.left).map(|one| line("TASK.md", one));
        let left = left.chain(ship.plan.iter().flat_map(|page| &page.left).map(|one| line("PLANNING.md", one)));
        let moved = ship.plan.as_ref().and_then(|plan| {
            let entry = plan.entry.as_ref()?;
            Some(MovedView {
                line: entry.line,
                lines: plan.count,
                text: clean(&entry.text),
                to: clean(&plan.heading),
                new_heading: plan.new_heading,
            })
        });
        let stale = ship.stale.iter().map(|one| StaleView {
            document: clean(&one.document),
            why: clean(&one.why),
            because: clean(&one.because),
        });
        Self {
            applied: false,
            slug: clean(&ship.slug),
            gate: GateView { name: "quality", verdict: ship.gate.verdict, state: ship.gate.state },
            extent: ship.extent.known().map(|extent| ExtentView {
                files: extent.files,
                additions: extent.added,
                deletions: extent.removed,
            }),
            ticked: ticked.collect(),
            left: left.collect(),
            moved,
            stale: stale.collect(),
            cost_usd: ship.cost.known().copied(),
            cost_noted: ship.cost_is_new,
            unknown: reasons,
            branch: ship.branch.as_deref().map(clean),
            files: ship.files.iter().map(|file| clean(file)).collect(),
            dirty: ship.dirty.iter().map(|file| clean(file)).collect(),
            message: clean(&ship.message),
            commit: None,
            proposal: None,
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let state = format!("gate quality: {} ({})\n", self.gate.verdict, self.gate.state);
        let mut out = if self.gate.verdict == "pass" && self.gate.state == "fresh" { state } else { paint.red(&state) };
        if let Some(extent) = &self.extent {
            out += &format!("{} files, +{} -{}\n", extent.files, extent.additions, extent.deletions);
        }
        if let Some(usd) = self.cost_usd {
            out += &format!("cost {}\n", usd.cents());
        }
        for reason in &self.unknown {
            out += &format!("not known: {reason}\n");
        }
        for one in &self.stale {
            out += &format!("look at {}: {} ({})\n", one.document, one.why, one.because);
        }
        for one in &self.left {
            out += &format!("left: {} line {}: {} ({})\n", one.file, one.line, one.text, one.why);
        }
        match (&self.proposal, self.applied) {
            (Some(proposal), _) => out + &proposal.text(paint),
            (None, true) => out + &format!("{} {}\n", paint.green("shipped"), self.slug),
            (None, false) if self.files.is_empty() && !self.cost_noted => {
                out + "nothing to do in TASK.md, PLANNING.md or the TODO\n"
            }
            (None, false) => out,
        }
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let ship = Ship::look(call.site, args.slug.as_deref(), notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = ship.subject(call.site);
    let mut view = Shown::from(&ship);
    let word = text::shell_word(&ship.slug);
    let mut next = Vec::new();
    if !ship.has_work() {
        args.yes.must_be_absent(&desk, &subject.command)?;
    } else if args.yes.given(call.context, call.site.place(), &desk, &subject)? {
        let done = ship.carry_out(call.site, notes)?;
        (view.applied, view.commit) = (true, done.commit);
        next.extend(done.todo_left.then(|| call.commit(&view.slug)).flatten());
    } else if !call.dry_run() {
        let rules = call.site.rules();
        let acts: Vec<String> = ship.actions().iter().map(|act| rules.without_secrets(act)).collect();
        let proposal = desk.propose(&subject, rules.without_secrets(&format!("ship {}", view.slug)), acts)?;
        next.push(format!("wfo-helper todo ship {word} --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.todo-ship/1", view).next(next).into())
}
