//! `setup`: the permission lines in Claude Code's settings, and git's hooks; a proposal in its writing forms. See `wfo_day::setup`.

mod hooks;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Exit, Problem, codes, text};
use wfo_day::Place;
use wfo_day::setup::{self, Checked, Defeat, Plan, Scope, Setup};

use super::Outcome;
use super::consent::Yes;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table, and_more, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<SetupView>("setup")];

/// Let Claude Code use wfo without a question for each call
///
/// Proposes to add the permission lines `Skill(wfo:*)` and `Bash(wfo-helper *)` to Claude Code's settings, and the status line
/// where none is set, and shows the change. In a repository it proposes git hooks as well, which look at what each commit brings.
/// Everything else stays byte for byte, and `--remove` brings all files back as they were.
/// `--only` takes one of the three alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only tell whether the lines hold (exit 10 when they do not)
    #[arg(long, conflicts_with_all = ["remove", "confirm", "yes"])]
    check: bool,
    /// Take the lines out again
    #[arg(long)]
    remove: bool,
    /// Leave the status line out of it
    #[arg(long, conflicts_with_all = ["check", "remove"])]
    no_status_line: bool,
    /// Leave git's hooks out of it
    #[arg(long, conflicts_with_all = ["check", "only"])]
    no_hooks: bool,
    /// Whose settings [default: user; with --check: any]
    #[arg(long, value_name = "SETTINGS")]
    only: Option<Only>,
    /// With `--only hooks`: look at every move of a branch too, whatever moves it (reference-transaction)
    #[arg(long, requires = "only")]
    strict: bool,
    #[command(flatten)]
    yes: Yes,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Only {
    /// CONFIG/settings.json: all projects of this user
    User,
    /// .claude/settings.json: everybody in this project
    Project,
    /// The git hooks of this repository
    Hooks,
}

impl Only {
    /// Returns whose settings are meant; none for hooks.
    const fn scope(self) -> Option<Scope> {
        match self {
            Self::User => Some(Scope::User),
            Self::Project => Some(Scope::Project),
            Self::Hooks => None,
        }
    }
}

/// The permission lines, and what is proposed or was done about them.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct SetupView {
    /// Whether something was written.
    applied: bool,
    /// check, add or remove.
    mode: &'static str,
    /// Of `--check`: pass, fail, or unknown where settings could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    /// Whose settings are changed: user or project; hooks for git's hooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    /// The file that is changed; of hooks, their folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Of `--check`: every line; otherwise those that are added or taken out.
    rules: Vec<RuleView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules_more: Option<usize>,
    /// The status line.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_line: Option<StatusLineView>,
    /// The change, as lines that begin with `+`, `-` or `@`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    diff: Vec<String>,
    /// How many of its lines were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff_more: Option<usize>,
    /// Other settings that take the effect of the lines away.
    defeated_by: Vec<DefeatView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    defeated_by_more: Option<usize>,
    /// git's hooks: with `--only hooks`, and in a repository where there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hooks: Option<hooks::HooksView>,
    /// What a person is asked, when it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One permission line.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleView {
    /// The line.
    rule: String,
    /// The file that holds it; null when none does.
    file: Option<String>,
}

/// The status line: whose it is, or the one that is added or taken out.
#[derive(Debug, Serialize, JsonSchema)]
struct StatusLineView {
    /// wfo, foreign, or absent.
    state: &'static str,
    /// The file that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The command that is added or taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// A setting that is stronger than the lines.
#[derive(Debug, Serialize, JsonSchema)]
struct DefeatView {
    /// The file.
    file: String,
    /// The setting in it.
    setting: &'static str,
    /// The rule, where the setting is a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl From<&Defeat> for DefeatView {
    fn from(defeat: &Defeat) -> Self {
        Self { file: defeat.file.clone(), setting: defeat.setting, rule: defeat.rule.clone() }
    }
}

impl View for SetupView {
    fn text(&self, paint: Paint) -> String {
        let mut out = match (self.verdict, &self.file) {
            (Some("pass"), _) if self.hooks.is_some() => format!("{}: git runs the hooks\n", paint.green("pass")),
            (Some("fail"), _) if self.hooks.is_some() => format!("{}: git would not run the hooks\n", paint.red("fail")),
            (Some(_), _) if self.hooks.is_some() => format!("{}: hooks could not be looked at\n", paint.yellow("unknown")),
            (Some("pass"), _) => format!("{}: the permission lines hold\n", paint.green("pass")),
            (Some("fail"), _) => format!("{}: the permission lines do not hold\n", paint.red("fail")),
            (Some(_), _) => format!("{}: settings could not be read\n", paint.yellow("unknown")),
            (None, Some(file)) if self.is_nothing() => {
                let own = self.hooks.as_ref().is_some_and(hooks::HooksView::has_snippets);
                let lines = if own { "; git's hooks are run by others, so these lines are yours to add:" } else { "" };
                format!("nothing to do in {}{lines}\n", text::one_line(file))
            }
            (None, file) => format!(
                "{} {}\n",
                if self.applied { "changed" } else { "would change" },
                text::one_line(file.as_deref().unwrap_or("-"))
            ),
        };
        let mut table = Table::new();
        for row in self.rules.iter().filter(|_| self.verdict.is_some()) {
            let place = row.file.as_deref().map_or(paint.red("absent"), |file| paint.dim(&text::one_line(file)));
            table.row([row.rule.clone(), place]);
        }
        if let Some(line) = self.status_line.as_ref().filter(|_| self.verdict.is_some()) {
            let place = line.file.as_deref().map_or(paint.dim("absent"), |file| paint.dim(&text::one_line(file)));
            table.row([format!("status line ({})", line.state), place]);
        }
        out += &table.lines(2);
        if self.verdict.is_some() {
            out += &and_more(self.rules_more.unwrap_or(0));
        }
        for line in &self.diff {
            let shown: String = line.chars().filter(|c| !c.is_control()).collect();
            let line = match line.chars().next() {
                Some('+') => paint.green(&shown),
                Some('-') => paint.red(&shown),
                _ => paint.dim(&shown),
            };
            out += &format!("  {line}\n");
        }
        out += &and_more(self.diff_more.unwrap_or(0));
        if let Some(hooks) = &self.hooks {
            out += &hooks.text(paint);
        }
        if let Some(proposal) = &self.proposal {
            out += &proposal.text(paint);
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.rules, &mut self.rules_more, limit);
        cut(&mut self.diff, &mut self.diff_more, limit);
        cut(&mut self.defeated_by, &mut self.defeated_by_more, limit);
        if let Some(hooks) = &mut self.hooks {
            hooks.cut(limit);
        }
    }
}

impl SetupView {
    /// Says whether there is nothing to do.
    fn is_nothing(&self) -> bool {
        let steps = self.hooks.as_ref().is_some_and(hooks::HooksView::has_steps);
        self.rules.is_empty() && self.rules_more.is_none() && self.status_line.is_none() && !steps
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    if matches!(args.only, Some(Only::Hooks)) {
        return hooks::run(&args, &place, context);
    }
    if args.strict {
        return Err(Problem::new(codes::USAGE, "`--strict` is for `--only hooks` alone").hint("run `wfo-helper setup --only hooks --strict`"));
    }
    let only = args.only.and_then(Only::scope);
    if args.check {
        return Ok(check(&place, context, only));
    }
    let scope = only.unwrap_or(Scope::User);
    let plan = setup::plan(&Setup { place: &place, home: &context.home, scope, remove: args.remove, status_line: !args.no_status_line })?;
    let beside = if only.is_none() { hooks::Beside::plan(&args, &place, context) } else { hooks::Beside::default() };
    let subject = beside.joined(plan.subject(scope));
    let nothing = plan.is_empty() && beside.is_empty();
    let desk = Desk::new(&context.home);
    let applied = if nothing {
        if let Some(id) = &args.yes.confirm {
            desk.check(&subject, id)?;
        }
        args.yes.must_be_absent(&desk, &subject.command)?;
        false
    } else {
        let given = args.yes.given(context, &place, &desk, &subject)?;
        if given {
            if !plan.is_empty() {
                plan.apply(&context.home)?;
            }
            beside.apply(&args, &place, context)?;
        }
        given
    };
    let proposal = if applied || nothing || context.globals.dry_run {
        None
    } else {
        let (title, actions) = beside.told(&plan);
        Some(ProposalView::from(&desk.propose(&subject, title, actions)?))
    };
    Ok(answer(&plan, beside, scope, args.remove, applied, proposal))
}

/// Looks without touching anything.
fn check(place: &Place, context: &Context, scope: Option<Scope>) -> Outcome {
    let checked = setup::check(place, &context.home, scope);
    let (word, exit) = match checked.verdict() {
        Some(true) => ("pass", Exit::Done),
        Some(false) => ("fail", Exit::No),
        None => ("unknown", Exit::Unknown),
    };
    let Checked { rules, defeats, status_line, unread } = checked;
    let view = SetupView {
        mode: "check",
        verdict: Some(word),
        scope: scope.map(Scope::word),
        rules: rules.iter().map(|(rule, file)| RuleView { rule: (*rule).to_owned(), file: file.clone() }).collect(),
        status_line: Some(StatusLineView {
            state: status_line.word(),
            file: status_line.file().map(str::to_owned),
            command: None,
        }),
        defeated_by: defeats.iter().map(DefeatView::from).collect(),
        ..SetupView::default()
    };
    // What cannot be read is to be mended first; its diagnostic says how.
    let missing = unread.is_empty() && rules.iter().any(|(_, file)| file.is_none());
    let next = missing
        .then(|| format!("wfo-helper setup{}", if scope == Some(Scope::Project) { " --only project" } else { "" }));
    let notes = unread.into_iter().chain(defeats.iter().map(Defeat::warning));
    Answer::new("wfo.setup/1", view).noting(notes).next(next).exit(exit).into()
}

fn answer(
    plan: &Plan,
    beside: hooks::Beside,
    scope: Scope,
    remove: bool,
    applied: bool,
    proposal: Option<ProposalView>,
) -> Outcome {
    let (hooks, hook_notes) = beside.shown();
    let words = format!(
        "wfo-helper setup{}{}",
        if remove { " --remove" } else { "" },
        if scope == Scope::Project { " --only project" } else { "" }
    );
    let file = plan.file.display().to_string();
    let next = match &proposal {
        Some(proposal) => Some(format!("{words} --confirm {}", proposal.id)),
        None if applied && !remove => Some("wfo-helper doctor".to_owned()),
        None => None,
    };
    // Before an addition the lines are in no file; a removal takes them out of this one.
    let holds = |held: bool| held.then(|| file.clone());
    let view = SetupView {
        applied,
        mode: if remove { "remove" } else { "add" },
        scope: Some(scope.word()),
        rules: plan.rules.iter().map(|rule| RuleView { rule: rule.clone(), file: holds(remove != applied) }).collect(),
        file: Some(file.clone()),
        status_line: plan.status_line.as_ref().map(|command| StatusLineView {
            state: "wfo",
            file: holds(remove != applied),
            command: Some(command.clone()),
        }),
        diff: plan.diff.clone(),
        defeated_by: plan.defeats.iter().map(DefeatView::from).collect(),
        hooks,
        proposal,
        ..SetupView::default()
    };
    let notes = plan.notes.iter().cloned().chain(plan.defeats.iter().map(Defeat::warning)).chain(hook_notes);
    Answer::new("wfo.setup/1", view).noting(notes).next(next).into()
}
