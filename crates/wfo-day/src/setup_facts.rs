//! The facts of phase 0: which tools, folders, files and branches of the git-flow a repository lacks. Starts no program but git.

use std::collections::BTreeSet;

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::read;
use wfo_todo::phase::Fact;
use wfo_todo::phase::facts::Setup;

use crate::init::{Branches, git_flow, lacking};
use crate::place::Place;
use crate::tools;

/// The page that says that a project works by the git-flow.
const WORKFLOW: &str = "WORKFLOW.md";

/// Says whether the git-flow is in use here, or was asked for: by its branches, its TODO files, or its page.
#[must_use]
pub fn is_on(place: &Place) -> bool {
    let page = || read::is_there(&place.root().join(WORKFLOW)) == Some(true);
    git_flow(place).is_some() || page()
}

/// Collects the facts; nothing is written.
#[must_use]
pub fn setup(place: &Place, home: &Home, config: &Config) -> Setup {
    let stack = crate::stack(place, config, home).value;
    let missing = tools::needed(place, &stack).into_iter().filter(|tool| tool.path.is_none());
    let files = lacking(place);
    let folders: BTreeSet<String> = files
        .iter()
        .filter_map(|file| file.rsplit_once('/').map(|(folder, _)| folder.to_owned()))
        .filter(|folder| !place.root().join(folder).is_dir() && !place.shared_root().join(folder).is_dir())
        .collect();
    Setup {
        tools: Fact::Known(missing.map(|tool| tool.name).collect()),
        folders: Fact::Known(folders.into_iter().collect()),
        files: Fact::Known(files),
        branches: match Branches::look(place, None) {
            Ok(branches) => Fact::Known(branches.missing()),
            Err(problem) => Fact::Unknown(problem.message),
        },
    }
}
