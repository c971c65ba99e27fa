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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it needs")]

    use wfo_base::process::Run;

    use super::*;
    use crate::init::{Init, init};

    struct Ground {
        folder: tempfile::TempDir,
        home: Home,
    }

    impl Ground {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let home = Home::at(folder.path().join("config"));
            wfo_base::atomic::make_folder(&folder.path().join("r"), false).unwrap();
            wfo_base::atomic::make_folder(&folder.path().join("config"), false).unwrap();
            let ground = Self { folder, home };
            ground.git(&["init", "-q", "-b", "main"]);
            ground.git(&["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "start"]);
            ground
        }

        fn git(&self, words: &[&str]) {
            assert!(
                Run::new("git").args(words).folder(&self.folder.path().join("r")).run().unwrap().is_ok(),
                "{words:?}"
            );
        }

        fn place(&self) -> Place {
            Place::find(&self.folder.path().join("r"), &self.home)
        }

        fn facts(&self) -> Setup {
            let place = self.place();
            setup(&place, &self.home, &place.config(&self.home))
        }
    }

    #[test]
    fn each_fact_is_known_and_empty_once_its_step_is_done() {
        let ground = Ground::new();
        assert!(!is_on(&ground.place()));
        let before = ground.facts();
        assert_eq!(before.tools, Fact::Known(vec![]), "git is here, and nothing else is needed");
        assert!(before.folders.known().unwrap().contains(&".wfo".to_owned()), "{before:?}");
        assert!(before.files.known().unwrap().contains(&"WORKFLOW.md".to_owned()), "{before:?}");
        assert_eq!(before.branches, Fact::Known(vec!["develop".to_owned(), "contrib/<user>".to_owned()]));
        let place = ground.place();
        let config = place.config(&ground.home);
        init(&Init { place: &place, config: &config, home: &ground.home, git_flow: true, apply: true }).unwrap();
        assert!(is_on(&ground.place()), "its page is there");
        ground.git(&["branch", "develop"]);
        assert_eq!(ground.facts().branches, Fact::Known(vec!["contrib/<user>".to_owned()]));
        ground.git(&["branch", "contrib/ada"]);
        let none = || Fact::Known(vec![]);
        assert_eq!(ground.facts(), Setup { tools: none(), folders: none(), files: none(), branches: none() });
    }

    #[test]
    fn a_tool_that_is_missing_is_named_and_a_plain_folder_has_unknown_branches() {
        let ground = Ground::new();
        ground.git(&["remote", "add", "origin", "https://github.com/o/r"]);
        let missing = ground.facts().tools;
        assert_eq!(missing == Fact::Known(vec!["gh".to_owned()]), tools::on_path("gh").is_none(), "{missing:?}");
        let plain = tempfile::tempdir().unwrap();
        let place = Place::find(plain.path(), &ground.home);
        let facts = setup(&place, &ground.home, &place.config(&ground.home));
        assert_eq!(facts.branches.known(), None);
    }
}
