//! `worktree create`: branch, worktree, ports, registry row and what the work needs, as one unit.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Exit, Problem, text};
use wfo_day::worktree::{Create, Created, Creation, Site};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::proposal::ProposalView;
use crate::render::worktree::{clean, ports};
use crate::render::{Paint, and_more, cut};

/// Make a worktree with its own branch and ports
///
/// Carries ignored files that the work needs (`.env*`, the patterns of `.worktreeinclude`, `--carry`), with the ports put in.
/// Any failure on the way takes everything back.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The branch to make
    branch: String,
    /// Where the branch begins [default: the commit checked out here]
    #[arg(long, value_name = "REF", conflicts_with = "existing")]
    base: Option<String>,
    /// Check out a branch that is there
    #[arg(long)]
    existing: bool,
    /// What it is for; kept in the registry
    #[arg(long, value_name = "TEXT")]
    task: Option<String>,
    /// How many ports to lease; 0 for none
    #[arg(long, value_name = "N", default_value_t = 2)]
    ports: u16,
    /// Ignored files to carry as well, in gitignore syntax
    #[arg(long, value_name = "PATTERN")]
    carry: Vec<String>,
    /// The folder [default: by the table `branches` and the setting `worktree.root`]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Make it although as many are active as the table allows
    #[arg(long)]
    force: bool,
    /// Run neither the set-up command nor git's hooks and filters of this repository
    #[arg(long)]
    no_setup: bool,
    #[command(flatten)]
    yes: Yes,
}

/// The new worktree, or what a person is asked first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether it was made.
    applied: bool,
    /// The worktree; absent while a person has to say yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktree: Option<CreatedView>,
    /// What a person is asked: the repository brings what would run.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// A worktree with all that was made for it.
#[derive(Debug, Serialize, JsonSchema)]
struct CreatedView {
    /// Relative to the work tree inside it, absolute elsewhere.
    path: String,
    /// Its branch.
    branch: String,
    /// The commit it begins with.
    base: String,
    /// Its ports.
    ports: Vec<u16>,
    /// What it is for.
    task: Option<String>,
    /// Ignored files and folders that were carried.
    carried: Vec<String>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_more: Option<usize>,
    /// Env files that hold the ports.
    env_files: Vec<String>,
    /// Whether the set-up command ran.
    set_up: bool,
    /// What of the repository did not run, because nobody has approved it.
    skipped: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let Some(made) = &self.worktree else {
            return self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default();
        };
        let mut out = format!(
            "{} {} at {}\n",
            if self.applied { paint.green("made") } else { paint.dim("would make") },
            paint.bold(&made.branch),
            clean(&made.path)
        );
        out += &format!("  ports    {}\n", ports(&made.ports));
        if let Some(task) = &made.task {
            out += &format!("  task     {task}\n");
        }
        for file in &made.carried {
            out += &format!("  carried  {file}\n");
        }
        out += &and_more(made.carried_more.unwrap_or(0));
        for file in &made.env_files {
            out += &format!("  ports in {file}\n");
        }
        for line in &made.skipped {
            out += &format!("  {} {line}\n", paint.yellow("not run"));
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        if let Some(made) = &mut self.worktree {
            cut(&mut made.carried, &mut made.carried_more, limit);
        }
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let path = args.path.as_deref().map(|path| call.absolute(path));
    let ask = Create {
        branch: &args.branch,
        base: args.base.as_deref(),
        existing: args.existing,
        task: args.task.as_deref(),
        ports: args.ports,
        carry: &args.carry,
        path: path.as_deref(),
        force: args.force,
        setup: !args.no_setup,
    };
    let mut creation = Creation::plan(site, ask, notes)?;
    let desk = Desk::new(&call.context.home);
    let command = format!("worktree create {}", args.branch);
    let needed = creation.programs.needs_person();
    if args.no_setup || creation.programs.is_empty() {
        args.yes.must_be_absent(&desk, &command)?;
    } else if needed || args.yes.confirm.is_some() {
        // Where the text was approved meanwhile, an id must still be the one of this very text.
        if args.yes.given(call.context, site.place(), &desk, &creation.programs.subject(site))? {
            creation.programs.approve(site)?;
            creation.programs.approved_now();
        } else if needed {
            return refused(&again(&args), &creation, call, site, notes);
        }
    }
    let applied = !call.dry_run();
    let made = if applied { creation.carry_out(site, notes)? } else { creation.preview(site, notes)? };
    let next = applied.then(|| format!("cd {}", text::shell_word(&made.path.to_string_lossy())));
    let view = Shown { applied, worktree: Some(view(&made, args.task.as_deref(), call)), proposal: None };
    Ok(Answer::new("wfo.worktree-create/1", view).next(next).into())
}

/// Writes the call again, as a shell takes it.
fn again(args: &Args) -> String {
    let mut words = vec!["wfo-helper worktree create".to_owned(), text::shell_word(&args.branch)];
    let mut flag = |name: &str, value: Option<&str>| {
        words.extend(value.map(|value| format!("{name} {}", text::shell_word(value))));
    };
    flag("--base", args.base.as_deref());
    flag("--task", args.task.as_deref());
    flag("--ports", (args.ports != 2).then(|| args.ports.to_string()).as_deref());
    args.carry.iter().for_each(|pattern| flag("--carry", Some(pattern)));
    flag("--path", args.path.as_deref().map(std::path::Path::to_string_lossy).as_deref());
    words.extend(args.existing.then(|| "--existing".to_owned()));
    words.extend(args.force.then(|| "--force".to_owned()));
    words.join(" ")
}

/// What the repository would run has to be approved first: nothing was made.
fn refused(
    again: &str,
    creation: &Creation<'_>,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    notes.push(creation.programs.unapproved().warning());
    let proposal = if call.dry_run() { None } else { Some(creation.programs.propose(site, &call.context.home)?) };
    let view = Shown { applied: false, worktree: None, proposal: proposal.as_ref().map(ProposalView::from) };
    let next = proposal.map(|proposal| format!("{again} --confirm {}", proposal.id));
    Ok(Answer::new("wfo.worktree-create/1", view).next(next).exit(Exit::Refused).into())
}

fn view(made: &Created, task: Option<&str>, call: &Call<'_>) -> CreatedView {
    let list = |paths: &[PathBuf]| paths.iter().map(|path| clean(&path.to_string_lossy())).collect();
    CreatedView {
        path: call.shown(&made.path),
        branch: made.branch.clone(),
        base: made.commit.clone(),
        ports: made.ports.clone(),
        task: task.map(clean),
        carried: list(&made.outfit.carried),
        carried_more: None,
        env_files: list(&made.outfit.env_files),
        set_up: made.outfit.set_up,
        skipped: made.outfit.skipped.iter().map(|line| clean(line)).collect(),
    }
}
