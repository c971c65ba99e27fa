//! Where a call was made: main checkout, worktree, sub-folder, submodule or no repository; which workflow that place belongs to, and
//! which skills serve its phase.

use wfo_base::Diagnostic;
use wfo_todo::Workflow;
use wfo_todo::phase::Steps;

use super::Site;
use super::choose::belonging;
use crate::place::Spot;
use crate::tables;

/// The place of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// What it is.
    pub spot: Spot,
    /// Whether the call was made below its top.
    pub below: bool,
    /// The branch; `None` when detached or outside a repository.
    pub branch: Option<String>,
    /// The TODO file that this place belongs to.
    pub file: Option<String>,
    /// Skills that serve the phase its record names, or the set-up where there is no workflow at all.
    pub skills: Vec<String>,
}

impl Here {
    /// Looks; `workflows` are those that were read, for their phases.
    #[must_use]
    pub fn look(site: &Site<'_>, workflows: &[Workflow], notes: &mut Vec<Diagnostic>) -> Self {
        let place = site.place();
        let file = belonging(place).map(|(file, _)| file);
        let steps = Steps::new(site.rows(&tables::PHASES, notes));
        let own = file.as_ref().and_then(|file| workflows.iter().find(|one| one.file == *file));
        let only = match workflows {
            [only] => Some(only),
            _ => None,
        };
        let skills = match own.or(only) {
            Some(one) => steps.skills(one.kind, one.phase.unwrap_or_default()),
            None if workflows.is_empty() => steps.skills(None, 0),
            None => Vec::new(),
        };
        Self {
            spot: place.spot(),
            below: place.is_below_top(),
            branch: place.repository().and_then(wfo_git::Repository::branch),
            file,
            skills: skills.into_iter().map(str::to_owned).collect(),
        }
    }
}
