//! `dirs check`: which folders lack what the standard asks for.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text::{one_line, shell_word};
use wfo_base::{Exit, Problem};
use wfo_day::Place;
use wfo_day::dirs::{Ask, Checked, check};

use super::Outcome;
use crate::answer::{Answer, View};
use crate::context::Context;
use crate::render::{Paint, Table, and_more, count, cut};

/// How many folders are named as worth completing.
const COMPLETIONS: usize = 5;

/// Name the folders that lack CLAUDE.md, README.md or ARCHIVED/ (exit 10)
///
/// Only where the setting `dirs.standard` is on. Folders that git ignores, hidden ones and those that programs fill are left out, and so
/// is what lies in ARCHIVED/.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these folders and what is below them [default: the whole work tree]
    paths: Vec<PathBuf>,
    /// Check although the standard is not switched on
    #[arg(long)]
    force: bool,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether the standard is switched on here.
    on: bool,
    /// Whether each folder is as it should be; null where none was looked at.
    compliant: Option<bool>,
    /// How many folders were looked at.
    checked: usize,
    /// Those that are not as they should be.
    folders: Vec<FolderView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    folders_more: Option<usize>,
}

/// A folder that is not as it should be.
#[derive(Debug, Serialize, JsonSchema)]
struct FolderView {
    /// Its path, below the top of the work tree; `.` is the top.
    path: String,
    /// What it lacks.
    missing: Vec<String>,
    /// What should not be there.
    extra: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let Some(compliant) = self.compliant else { return "the standard for folders is off here\n".to_owned() };
        let checked = count(self.checked, "folder");
        if compliant {
            return format!("{} {checked} as the standard has it\n", paint.green("pass"));
        }
        let faulty = self.folders.len() + self.folders_more.unwrap_or(0);
        let mut out = format!("{} {faulty} of {checked}\n", paint.red("fail"));
        let mut table = Table::new();
        for folder in &self.folders {
            let list = |word: &str, names: &[String]| match names {
                [] => String::new(),
                names => format!("{word} {}", names.join(", ")),
            };
            let words = [list("lacks", &folder.missing), list("has", &folder.extra)];
            table.row([folder.path.clone(), words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("; ")]);
        }
        out += &table.lines(2);
        out + &and_more(self.folders_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.folders, &mut self.folders_more, limit);
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let mut notes = Vec::new();
    let found = check(&place, &context.home, &Ask { paths: &args.paths, force: args.force }, &mut notes)?;
    let lacking = found.faults.iter().filter(|folder| !folder.missing.is_empty()).take(COMPLETIONS);
    let root = place.root();
    let next: Vec<String> = lacking
        .map(|folder| {
            // A path is relative to where the command is run.
            let from_here = context.folder == root;
            let path = if from_here { folder.path.clone() } else { root.join(&folder.path).to_string_lossy().into_owned() };
            format!("wfo-helper dirs create {}", shell_word(&path))
        })
        .collect();
    let exit = if found.faults.is_empty() { Exit::Done } else { Exit::No };
    Ok(Answer::new("wfo.dirs-check/1", view(found)).noting(notes).next(next).exit(exit).into())
}

fn view(found: Checked) -> Shown {
    Shown {
        on: found.on,
        compliant: found.looked.then_some(found.faults.is_empty()),
        checked: found.folders,
        folders: found
            .faults
            .into_iter()
            .map(|folder| FolderView {
                path: one_line(&folder.path).into_owned(),
                missing: folder.missing,
                extra: folder.extra,
            })
            .collect(),
        folders_more: None,
    }
}
