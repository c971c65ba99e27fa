//! `worktree adopt`: worktrees that others made, into the registry.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Site, adopt};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::worktree::{clean, ports};
use crate::render::{Paint, Table, and_more, cut};

/// Take worktrees that others made into the registry
///
/// Those of Claude Code (`.claude/worktrees`), of a person or of another tool. They stay as and where they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One worktree [default: all of this repository that the registry does not know]
    path: Option<PathBuf>,
    /// How many ports to lease for each
    #[arg(long, value_name = "N", default_value_t = 0)]
    ports: u16,
}

/// What the registry knows now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// The adopted worktrees, by path.
    adopted: Vec<AdoptedView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted_more: Option<usize>,
}

/// An adopted worktree.
#[derive(Debug, Serialize, JsonSchema)]
struct AdoptedView {
    /// Relative to the work tree inside it, absolute elsewhere.
    path: String,
    /// Its branch; null when detached.
    branch: Option<String>,
    /// Its ports.
    ports: Vec<u16>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if self.adopted.is_empty() {
            return "the registry knows every worktree\n".to_owned();
        }
        let mut table = Table::new();
        for row in &self.adopted {
            let branch = row.branch.as_deref().unwrap_or("(detached)");
            table.row([paint.bold(branch), ports(&row.ports), clean(&row.path)]);
        }
        table.lines(0) + &and_more(self.adopted_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.adopted, &mut self.adopted_more, limit);
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let path = args.path.as_deref().map(|path| call.absolute(path));
    let adopted = adopt(site, path.as_deref(), args.ports, call.dry_run(), notes)?;
    let view = Shown {
        applied: !call.dry_run() && !adopted.is_empty(),
        adopted: adopted
            .iter()
            .map(|one| AdoptedView {
                path: call.shown(&one.path),
                branch: one.branch.as_deref().map(clean),
                ports: one.ports.clone(),
            })
            .collect(),
        adopted_more: None,
    };
    Ok(Answer::new("wfo.worktree-adopt/1", view).into())
}
