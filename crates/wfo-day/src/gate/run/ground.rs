//! What the plan has to know of disk and PATH: which files show a tool, and where its program is.
//! Looks in the project first, then behind its package manager, then on PATH; starts nothing.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wfo_base::read;
use wfo_base::stack::{Stack, StackRow};
use wfo_base::tables::Layers;
use wfo_gate::run::{Ground, Program, ToolRow, Unit};

use super::super::languages;
use crate::Place;

/// Folders of a project with programs of its own.
const OWN: [&str; 3] = ["node_modules/.bin", ".venv/bin", "venv/bin"];
/// The most names of a folder that are compared with a pattern.
const NAMES: usize = 20_000;
/// The most of a file that is searched for a text: 1 MiB.
const TEXT: u64 = 1 << 20;

/// The languages of each folder of a project.
pub(super) fn units(stack: &Stack) -> Vec<Unit> {
    let top = stack.parts.iter().map(|part| Unit {
        language: part.kind.clone(),
        folder: String::new(),
        member: false,
        home: String::new(),
    });
    // what is run for another language where its workspace begins does not cover a member
    let covers = |home: &str, kind: &String| match home {
        "" => stack.parts.iter().any(|part| part.kind == *kind),
        home => stack.workspaces.iter().any(|workspace| workspace.path == home && workspace.kinds.contains(kind)),
    };
    let below = stack.workspaces.iter().flat_map(|workspace| {
        workspace.kinds.iter().map(move |kind| Unit {
            language: kind.clone(),
            folder: workspace.path.clone(),
            member: workspace.member && covers(&workspace.home, kind),
            home: workspace.home.clone(),
        })
    });
    top.chain(below).collect()
}

/// The project on disk.
pub(super) struct Found {
    root: PathBuf,
    /// By folder and language: the package manager, and the words that it puts before a program.
    managers: HashMap<(String, String), (String, Vec<String>)>,
    path: Vec<PathBuf>,
}

impl Found {
    pub(super) fn of(place: &Place, layers: &Layers, stack: &Stack) -> Self {
        let rows: Vec<StackRow> = languages::rows(layers).value;
        let run = |kind: &str, id: &str| {
            let row = rows.iter().find(|row| row.id == kind)?;
            let manager = row.managers.iter().find(|manager| manager.id == id && !manager.run.is_empty())?;
            Some(manager.run.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        let mut managers = HashMap::new();
        let top = stack.parts.iter().filter(|part| part.locked);
        let top = top.map(|part| ("", part.kind.as_str(), part.package_manager.as_deref()));
        let below = stack.workspaces.iter().flat_map(|workspace| {
            let id = workspace.package_manager.as_deref();
            workspace.kinds.iter().map(move |kind| (workspace.path.as_str(), kind.as_str(), id))
        });
        for (folder, kind, id) in top.chain(below) {
            if let Some((id, words)) = id.and_then(|id| Some((id, run(kind, id)?))) {
                managers.insert((folder.to_owned(), kind.to_owned()), (id.to_owned(), words));
            }
        }
        // a folder that is relative would be another one in each folder
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
        Self { root: place.root().to_owned(), managers, path }
    }

    /// A program of the project itself, in the folder or above it, up to the top.
    fn own(&self, folder: &str, name: &str) -> Option<Program> {
        let mut at = Some(Path::new(folder));
        while let Some(folder) = at {
            for own in OWN {
                let relative = folder.join(own).join(name);
                let full = self.root.join(&relative);
                if std::fs::symlink_metadata(&full).is_ok() {
                    return program(vec![relative.to_str()?.to_owned()], &full, true);
                }
            }
            at = folder.parent();
        }
        None
    }

    fn on_path(&self, name: &str) -> Option<PathBuf> {
        let there = || self.path.iter().map(|folder| folder.join(name)).filter(|path| path.is_file());
        let may_run = |path: &PathBuf| path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0);
        // one that may not be run is broken, not missing
        there().find(may_run).or_else(|| there().next())
    }

    fn behind_manager(&self, row: &ToolRow, folder: &str, language: Option<&str>, name: &str) -> Option<Program> {
        let key = (folder.to_owned(), language?.to_owned());
        let (id, words) = self.managers.get(&key).filter(|(id, _)| row.managers.contains(id))?;
        let start = self.on_path(words.first().unwrap_or(id))?;
        program(words.iter().cloned().chain([name.to_owned()]).collect(), &start, true)
    }
}

fn program(words: Vec<String>, start: &Path, local: bool) -> Option<Program> {
    Some(Program { words, start: start.to_str()?.to_owned(), local })
}

impl Ground for Found {
    fn shows(&self, folder: &str, when: &str) -> bool {
        let (pattern, wanted) = when.split_once(": ").map_or((when, None), |(file, text)| (file, Some(text)));
        let at = self.root.join(folder);
        let names = match pattern.split_once('*') {
            None => vec![pattern.to_owned()],
            Some((head, tail)) => {
                let fits = |name: &String| {
                    name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
                };
                read::names(&at, NAMES).into_iter().filter(fits).collect()
            }
        };
        names.iter().any(|name| match wanted {
            None => read::is_there(&at.join(name)) != Some(false),
            Some(wanted) => {
                let relative = Path::new(folder).join(name);
                let page = read::page(&self.root, &relative.to_string_lossy(), TEXT);
                // what cannot be read may hold it
                page.map_or(true, |page| page.is_some_and(|page| page.text.contains(wanted)))
            }
        })
    }

    fn program(&self, row: &ToolRow, folder: &str, language: Option<&str>) -> Option<Program> {
        row.programs.iter().find_map(|name| {
            self.own(folder, name).or_else(|| self.behind_manager(row, folder, language, name)).or_else(|| {
                let start = self.on_path(name)?;
                // what lies in the repository is the repository's, however it is found
                let local = start.starts_with(&self.root);
                program(vec![name.clone()], &start, local)
            })
        })
    }
}
