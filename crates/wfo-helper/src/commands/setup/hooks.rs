//! `setup --only hooks`: git's hooks of one repository; a proposal in its writing forms. See `wfo_day::setup`.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::{Desk, Subject};
use wfo_base::{Diagnostic, Exit, Problem, codes, text};
use wfo_day::Place;
use wfo_day::setup::{self, HookSetup, HooksChecked, HooksPlan, Plan};
use wfo_gate::guard::hooks::Snippet;
use wfo_git::Repository;

use super::{Args, SetupView};
use crate::answer::Answer;
use crate::commands::Outcome;
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, and_more, cut};

/// The git hooks, and what is proposed or was done about them.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct HooksView {
    /// Each act: a file that is written, renamed or removed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    steps: Vec<String>,
    /// Lines for hooks that belong to somebody else; a person adds them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    snippets: Vec<SnippetView>,
    /// Of `--check`: every checkout.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    checkouts: Vec<CheckoutView>,
    /// How many checkouts were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkouts_more: Option<usize>,
}

/// Lines to add to a file.
#[derive(Debug, Serialize, JsonSchema)]
struct SnippetView {
    /// The file, from the top of the work tree or absolute.
    file: String,
    /// The lines.
    text: String,
}

/// One checkout.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckoutView {
    /// Its top.
    path: String,
    /// Whether git would run the hooks there; null when that cannot be told.
    runs: Option<bool>,
    /// Why not.
    reasons: Vec<String>,
}

impl From<HooksChecked> for CheckoutView {
    fn from(checked: HooksChecked) -> Self {
        let runs = checked.unread.is_none().then_some(checked.faults.is_empty());
        let reasons = checked.faults.into_iter().chain(checked.unread).collect();
        Self { path: checked.root.display().to_string(), runs, reasons }
    }
}

impl HooksView {
    /// Shows a plan.
    fn of(plan: HooksPlan) -> Self {
        let snippet = |snippet: Snippet| SnippetView { file: snippet.file, text: snippet.text };
        Self { steps: plan.actions, snippets: plan.snippets.into_iter().map(snippet).collect(), ..Self::default() }
    }

    /// Words it, below the first line.
    pub(super) fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        for step in &self.steps {
            out += &format!("  {}\n", text::one_line(step));
        }
        for snippet in &self.snippets {
            out += &format!("  add to {}:\n", paint.bold(&text::one_line(&snippet.file)));
            for line in snippet.text.lines() {
                let shown: String = line.chars().filter(|c| !c.is_control()).collect();
                out += &format!("    {shown}\n");
            }
        }
        for checkout in &self.checkouts {
            let word = match checkout.runs {
                Some(true) => paint.green("runs"),
                Some(false) => paint.red("would not run"),
                None => paint.yellow("unknown"),
            };
            out += &format!("  {word}  {}\n", text::one_line(&checkout.path));
            for reason in &checkout.reasons {
                out += &format!("    {}\n", text::one_line(reason));
            }
        }
        out + &and_more(self.checkouts_more.unwrap_or(0))
    }

    /// Says whether files are changed.
    pub(super) fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Says whether there are lines for a person to add.
    pub(super) fn has_snippets(&self) -> bool {
        !self.snippets.is_empty()
    }

    /// Says whether there is nothing to show.
    fn is_empty(&self) -> bool {
        !self.has_steps() && !self.has_snippets()
    }

    pub(super) fn cut(&mut self, limit: usize) {
        cut(&mut self.checkouts, &mut self.checkouts_more, limit);
    }
}

/// The hooks of the repository around, proposed together with the settings.
#[derive(Debug, Default)]
pub(super) struct Beside {
    plan: Option<HooksPlan>,
    notes: Vec<Diagnostic>,
}

impl Beside {
    /// Plans them where there is a work tree. Hooks that cannot be looked at keep nobody from the settings.
    pub(super) fn plan(args: &Args, place: &Place, context: &Context) -> Self {
        if args.no_hooks || place.repository().is_none_or(Repository::is_bare) {
            return Self::default();
        }
        match setup::plan_hooks(&ask(args, place, context)) {
            Ok(mut plan) => Self { notes: std::mem::take(&mut plan.notes), plan: Some(plan) },
            Err(problem) => Self { plan: None, notes: vec![problem.warning()] },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.plan.as_ref().is_none_or(HooksPlan::is_empty)
    }

    /// Binds a proposal to the hooks too, where there is something to do about them.
    pub(super) fn joined(&self, settings: Subject) -> Subject {
        let Some(plan) = self.plan.as_ref().filter(|plan| !plan.is_empty()) else { return settings };
        let hooks = plan.subject();
        Subject {
            arguments: format!("{} {}", settings.arguments, hooks.arguments),
            state: format!("{}\n{}\n{}", settings.state, hooks.main_checkout, hooks.state),
            ..settings
        }
    }

    /// Title and acts of both.
    pub(super) fn told(&self, settings: &Plan) -> (String, Vec<String>) {
        let Some(plan) = self.plan.as_ref().filter(|plan| !plan.is_empty()) else {
            return (settings.title.clone(), settings.actions.clone());
        };
        match settings.is_empty() {
            true => (plan.title.clone(), plan.actions.clone()),
            false => (
                format!("{}; and {}", settings.title, plan.title),
                settings.actions.iter().chain(&plan.actions).cloned().collect(),
            ),
        }
    }

    pub(super) fn apply(&self, args: &Args, place: &Place, context: &Context) -> Result<(), Problem> {
        match self.plan.as_ref().filter(|plan| !plan.is_empty()) {
            Some(plan) => plan.apply(&ask(args, place, context)),
            None => Ok(()),
        }
    }

    /// What the answer shows of them.
    pub(super) fn shown(self) -> (Option<HooksView>, Vec<Diagnostic>) {
        let view = self.plan.map(HooksView::of).filter(|view| !view.is_empty());
        (view, self.notes)
    }
}

fn ask<'a>(args: &Args, place: &'a Place, context: &'a Context) -> HookSetup<'a> {
    HookSetup { place, home: &context.home, remove: args.remove, strict: args.strict }
}

/// Runs `setup --only hooks`.
pub(super) fn run(args: &Args, place: &Place, context: &Context) -> Result<Outcome, Problem> {
    if args.check {
        return check(args, place);
    }
    let ask = ask(args, place, context);
    let plan = setup::plan_hooks(&ask)?;
    let subject = plan.subject();
    let desk = Desk::new(&context.home);
    let applied = if plan.is_empty() {
        if let Some(id) = &args.yes.confirm {
            desk.check(&subject, id)?;
        }
        args.yes.must_be_absent(&desk, &subject.command)?;
        false
    } else {
        let given = args.yes.given(context, place, &desk, &subject)?;
        if given {
            plan.apply(&ask)?;
        }
        given
    };
    let proposal = if applied || plan.is_empty() || context.globals.dry_run {
        None
    } else {
        Some(ProposalView::from(&desk.propose(&subject, plan.title.clone(), plan.actions.clone())?))
    };
    Ok(answer(args, plan, applied, proposal))
}

fn words(args: &Args) -> String {
    let flag = |given: bool, name: &'static str| if given { name } else { "" };
    format!("wfo-helper setup{} --only hooks{}", flag(args.remove, " --remove"), flag(args.strict, " --strict"))
}

fn answer(args: &Args, plan: HooksPlan, applied: bool, proposal: Option<ProposalView>) -> Outcome {
    let next = match &proposal {
        Some(proposal) => Some(format!("{} --confirm {}", words(args), proposal.id)),
        None if applied && !args.remove => Some("wfo-helper setup --check --only hooks".to_owned()),
        None => None,
    };
    let (file, notes) = (plan.folder.display().to_string(), plan.notes.clone());
    let view = SetupView {
        applied,
        mode: if args.remove { "remove" } else { "add" },
        scope: Some("hooks"),
        file: Some(file),
        hooks: Some(HooksView::of(plan)),
        proposal,
        ..SetupView::default()
    };
    Answer::new("wfo.setup/1", view).noting(notes).next(next).into()
}

/// Looks whether git would run the hooks, in every checkout.
fn check(args: &Args, place: &Place) -> Result<Outcome, Problem> {
    let checked = setup::check_hooks(place, args.strict)?;
    let (word, exit) =
        match (checked.iter().any(|one| !one.faults.is_empty()), checked.iter().any(|one| one.unread.is_some())) {
            (true, _) => ("fail", Exit::No),
            (false, true) => ("unknown", Exit::Unknown),
            (false, false) => ("pass", Exit::Done),
        };
    let notes: Vec<_> = checked.iter().filter(|one| one.installed).filter_map(off).collect();
    let view = SetupView {
        mode: "check",
        verdict: Some(word),
        scope: Some("hooks"),
        hooks: Some(HooksView {
            checkouts: checked.into_iter().map(CheckoutView::from).collect(),
            ..HooksView::default()
        }),
        ..SetupView::default()
    };
    let next = (exit == Exit::No).then(|| words(args));
    Ok(Answer::new("wfo.setup/1", view).noting(notes).next(next).exit(exit).into())
}

/// Warns where hooks are installed and would not run all the same.
fn off(checked: &HooksChecked) -> Option<wfo_base::Diagnostic> {
    let fault = checked.faults.first()?;
    let words = format!("in `{}` git would not run the hooks: {fault}", checked.root.display());
    Some(Problem::new(codes::HOOKS_OFF, words).hint("run `wfo-helper setup --only hooks`").warning())
}
