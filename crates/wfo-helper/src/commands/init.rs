//! `init`: lays the working files of a project where they are absent; see `wfo_day::init`.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Exit, Problem, text};
use wfo_day::Place;
use wfo_day::init::{Branches, Init, Laid, init};
use wfo_day::tools::Tool;

use super::Outcome;
use super::consent::Yes;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, Table, count, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<InitView>("init")];

/// Lay the working files of a project where they are absent
///
/// CLAUDE.md (with the commands that `stack detect` finds), PLANNING.md, TASK.md, Backlog.md, README.md, a product requirements
/// template, starter prompts, costs/ and .wfo/. Nothing that is there is overwritten. The programs that the project needs are looked for,
/// and with `--git-flow` the branches that are missing are proposed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Lay WORKFLOW.md too (found out by branches and TODO files otherwise)
    #[arg(long)]
    git_flow: bool,
    /// Whose `contrib/` branch it is [default: the one that is there, else your account's]
    #[arg(long, value_name = "NAME", requires = "git_flow")]
    user: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// What was laid.
#[derive(Debug, Serialize, JsonSchema)]
struct InitView {
    /// Whether something was written.
    applied: bool,
    /// Where.
    project: ProjectView,
    /// Files that were made, or would be with `--dry-run`; relative to the work tree where inside it.
    created: Vec<String>,
    /// How many more there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_more: Option<usize>,
    /// Files that were there and stay as they are.
    kept: Vec<String>,
    /// How many more there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_more: Option<usize>,
    /// Files that could not be made; the reasons stand in `diagnostics`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    failed: Vec<String>,
    /// Programs that the project needs.
    tools: Vec<ToolView>,
    /// Branches of the git-flow; only with `--git-flow`, in a repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    branches: Option<BranchesView>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// A program.
#[derive(Debug, Serialize, JsonSchema)]
struct ToolView {
    /// Its name.
    name: String,
    /// What it is needed for.
    purpose: String,
    /// Whether it is on PATH.
    found: bool,
    /// What it calls its version; null when it is missing, was not asked, or did not say.
    version: Option<String>,
    /// How to get it, where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// The branches of the git-flow.
#[derive(Debug, Serialize, JsonSchema)]
struct BranchesView {
    /// Those that were there.
    present: Vec<String>,
    /// Those that this call made.
    made: Vec<String>,
    /// Those to be made, each with the git command that does it.
    planned: Vec<NewBranchView>,
    /// Those that nobody can make yet; the reasons stand in `diagnostics`.
    unknown: Vec<String>,
}

/// A branch to be made.
#[derive(Debug, Serialize, JsonSchema)]
struct NewBranchView {
    /// Its name.
    name: String,
    /// The branch that it begins at.
    from: String,
    /// The git command.
    command: String,
}

/// The project that the files are for.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectView {
    /// The main checkout's folder name.
    name: String,
    /// Top of the work tree, absolute.
    root: String,
    /// Languages; `mixed` is added when there are several.
    kinds: Vec<String>,
    /// Why WORKFLOW.md belongs here: asked, branches or todo-files. Absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    git_flow: Option<&'static str>,
}

impl View for InitView {
    fn text(&self, paint: Paint) -> String {
        let head = match (self.created.is_empty() && self.created_more.is_none(), self.applied) {
            (true, _) => "nothing to lay",
            (false, true) => "laid",
            (false, false) => "would lay",
        };
        let files = count(self.created.len() + self.created_more.unwrap_or(0), "file");
        let mut out = format!("{head} in {}: {files}\n", text::one_line(&self.project.root));
        let mut table = Table::new();
        for (word, paths) in [
            (paint.green("created"), &self.created),
            (paint.dim("kept"), &self.kept),
            (paint.red("failed"), &self.failed),
        ] {
            for path in paths {
                table.row([word.clone(), text::one_line(path).into_owned()]);
            }
        }
        out += &table.lines(2);
        let more = self.created_more.unwrap_or(0) + self.kept_more.unwrap_or(0);
        if more > 0 {
            out += &format!("  ... and {more} more\n");
        }
        out += &tools(&self.tools, paint);
        if let Some(branches) = &self.branches {
            for (word, names) in [("branches", &branches.present), ("made", &branches.made), ("not made", &branches.unknown)] {
                if !names.is_empty() {
                    out += &format!("{word}: {}\n", text::one_line(&names.join(", ")));
                }
            }
            if branches.unknown.iter().any(|name| name == NOBODYS) {
                out += "  whose? `wfo-helper init --git-flow --user NAME`\n";
            }
        }
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.created, &mut self.created_more, limit);
        cut(&mut self.kept, &mut self.kept_more, limit);
    }
}

/// How the branch of a person is called whose name nobody knows.
const NOBODYS: &str = "contrib/<user>";

fn tools(tools: &[ToolView], paint: Paint) -> String {
    let mut table = Table::new();
    for tool in tools {
        let (word, rest) = match (tool.found, &tool.version, &tool.fix) {
            (true, Some(version), _) => (paint.green("found"), version.clone()),
            (true, None, _) => (paint.green("found"), String::new()),
            (false, _, fix) => (paint.red("missing"), format!("({}) {}", tool.purpose, fix.as_deref().unwrap_or_default())),
        };
        table.row([word, tool.name.clone(), rest]);
    }
    if tools.is_empty() { String::new() } else { format!("tools\n{}", table.lines(2)) }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let apply = !context.globals.dry_run;
    let mut notes = Vec::new();
    // Before any file: an id that does not count ends the command with nothing done.
    let (branches, proposal) = branches(&args, context, &place, &mut notes)?;
    let laid = init(&Init { place: &place, config: &config, home: &context.home, git_flow: args.git_flow, apply })?;
    let next = match (apply, args.git_flow) {
        (true, _) => "wfo-helper start-day",
        (false, true) => "wfo-helper init --git-flow",
        (false, false) => "wfo-helper init",
    };
    let exit = laid.failed.first().map_or(Exit::Done, |(_, problem)| problem.code.exit);
    let failed: Vec<_> = laid.failed.iter().map(|(_, problem)| problem.clone().error()).collect();
    notes.splice(0..0, laid.notes.iter().cloned());
    let made = branches.as_ref().is_some_and(|branches| !branches.made.is_empty());
    let mut view = view(&place, laid, apply);
    view.applied |= made;
    view.branches = branches;
    view.proposal = proposal;
    Ok(Answer::new("wfo.init/1", view).noting(failed).noting(notes).next([next.to_owned()]).exit(exit).into())
}

/// Looks at the branches, and makes them after a yes.
fn branches(
    args: &Args,
    context: &Context,
    place: &Place,
    notes: &mut Vec<Diagnostic>,
) -> Result<(Option<BranchesView>, Option<ProposalView>), Problem> {
    let desk = Desk::new(&context.home);
    let is_checkout = place.repository().is_some_and(|repository| !repository.is_bare());
    if !args.git_flow || !is_checkout {
        args.yes.must_be_absent(&desk, "init --git-flow")?;
        return Ok((None, None));
    }
    let found = look(args, place)?;
    notes.extend(found.unknown.iter().map(|(_, problem)| problem.clone().info()));
    let mut view = BranchesView {
        present: found.present.clone(),
        made: Vec::new(),
        planned: Vec::new(),
        unknown: found.unknown.iter().map(|(name, _)| name.clone()).collect(),
    };
    let subject = found.subject(place);
    let mut proposal = None;
    if found.planned.is_empty() {
        args.yes.must_be_absent(&desk, "init --git-flow")?;
    } else if args.yes.given(context, place, &desk, &subject)? {
        view.made = found.make(place)?;
    } else {
        let acts: Vec<String> = found.planned.iter().map(|branch| text::code_span(&branch.command())).collect();
        view.planned = found
            .planned
            .iter()
            .map(|branch| NewBranchView {
                name: branch.name.clone(),
                from: branch.from.clone(),
                command: branch.command(),
            })
            .collect();
        if !context.globals.dry_run {
            let names: Vec<&str> = found.planned.iter().map(|branch| branch.name.as_str()).collect();
            let title = format!("make the branches {}; nothing is checked out", names.join(", "));
            proposal = Some(ProposalView::from(&desk.propose(&subject, title, acts)?));
        }
    }
    Ok((Some(view), proposal))
}

fn look(args: &Args, place: &Place) -> Result<Branches, Problem> {
    let found = Branches::look(place, args.user.as_deref())?;
    let account = || ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    let nobody = args.user.is_none() && found.unknown.iter().any(|(name, _)| name.starts_with("contrib/"));
    match account().filter(|_| nobody) {
        // An account whose name cannot be part of a branch is no fault of the person's.
        Some(account) => Ok(Branches::look(place, Some(&account)).unwrap_or(found)),
        None => Ok(found),
    }
}

fn view(place: &Place, laid: Laid, apply: bool) -> InitView {
    InitView {
        applied: apply && !laid.created.is_empty(),
        project: ProjectView {
            name: place.name(),
            root: place.root().to_string_lossy().into_owned(),
            kinds: laid.kinds,
            git_flow: laid.git_flow.map(wfo_day::init::GitFlow::word),
        },
        created: laid.created,
        created_more: None,
        kept: laid.kept,
        kept_more: None,
        failed: laid.failed.into_iter().map(|(path, _)| path).collect(),
        tools: laid.tools.into_iter().map(ToolView::from).collect(),
        branches: None,
        proposal: None,
    }
}

impl From<Tool> for ToolView {
    fn from(tool: Tool) -> Self {
        let Tool { name, purpose, path, version, fix } = tool;
        Self { name, purpose, found: path.is_some(), version, fix }
    }
}
