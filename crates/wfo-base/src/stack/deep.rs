//! Projects at any depth, found in a list of a project's files: what has to be looked at, even where nobody declared it.
//! Walks no folder of itself: whoever asks brings the list, so what git ignores is not in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use super::folder::{Folder, fits};
use super::table::StackRow;
use super::{MIXED, Stack, WORKSPACES, Workspace, joined, look, manager, members};
use crate::problem::Noted;
use crate::read;

/// Folders whose content is other people's, made up for tests or written to be read; names with a dot in front are left out besides.
/// Output is not among them: it is what git ignores.
const LEFT_OUT: [&str; 22] = [
    "__fixtures__",
    "__pycache__",
    "bower_components",
    "deps",
    "doc",
    "docs",
    "env",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "node_modules",
    "site-packages",
    "test",
    "test-data",
    "testdata",
    "tests",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "venv",
];

/// Adds every folder to `stack` that holds a marker among `paths` (relative to the root, with `/`) and is not known yet, and says
/// which of them belong to a workspace further down. At most 200 folders are listed; beyond, `workspaces_cut` is set.
pub fn deepen<'p>(stack: &mut Noted<Stack>, root: &Path, table: &[StackRow], paths: impl Iterator<Item = &'p [u8]>) {
    let mut folders = marked(root, table, paths);
    let found = &mut stack.value;
    folders.folders.retain(|path| !path.is_empty() && !found.workspaces.iter().any(|known| known.path == *path));
    found.workspaces_cut |= folders.unreadable;
    for path in folders.folders {
        if found.workspaces.len() >= WORKSPACES {
            found.workspaces_cut = true;
            break;
        }
        let look = look(&Folder::read(root, &path, &mut stack.notes), table, &mut stack.notes);
        if look.parts.is_empty() {
            continue;
        }
        found.workspaces.push(Workspace {
            path,
            kinds: look.parts.iter().map(|part| part.kind.clone()).collect(),
            member: false,
            home: String::new(),
            package_manager: manager(&look.parts),
            commands: joined(&look.parts),
        });
    }
    found.workspaces.sort_by(|a, b| a.path.cmp(&b.path));
    name_homes(stack, root, table);
    name_kinds(&mut stack.value);
}

/// Makes members of those folders that a workspace below the root names.
fn name_homes(stack: &mut Noted<Stack>, root: &Path, table: &[StackRow]) {
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    // a path comes after the folder it lies in, so the nearest workspace is the last to name it
    for home in stack.value.workspaces.iter().filter(|workspace| !workspace.member) {
        if homes.contains_key(&home.path) {
            continue;
        }
        let folder = Folder::read(root, &home.path, &mut stack.notes);
        for path in members::members(&folder, table, &mut stack.notes) {
            homes.insert(path, home.path.clone());
        }
    }
    for workspace in stack.value.workspaces.iter_mut().filter(|workspace| !workspace.member) {
        if let Some(home) = homes.remove(&workspace.path) {
            (workspace.member, workspace.home) = (true, home);
        }
    }
}

fn name_kinds(stack: &mut Stack) {
    let parts = stack.parts.iter().map(|part| part.kind.clone());
    let below = stack.workspaces.iter().flat_map(|workspace| workspace.kinds.iter().cloned());
    let kinds: BTreeSet<String> = parts.chain(below).collect();
    stack.kinds = kinds.into_iter().collect();
    if stack.kinds.len() > 1 {
        stack.kinds.push(MIXED.to_owned());
    }
}

/// What a list of files shows.
#[derive(Debug, Default)]
struct Marked {
    folders: BTreeSet<String>,
    /// Whether there is a folder that cannot be named.
    unreadable: bool,
}

fn marked<'p>(root: &Path, table: &[StackRow], paths: impl Iterator<Item = &'p [u8]>) -> Marked {
    let all = || table.iter().flat_map(|row| row.markers.iter().map(String::as_str));
    let plain: HashSet<&str> = all().filter(|marker| !marker.contains(['*', '/'])).collect();
    let patterns: Vec<(&str, &str)> =
        all().filter(|marker| !marker.contains('/')).filter_map(|marker| marker.split_once('*')).collect();
    let longer: Vec<&str> = all().filter(|marker| marker.contains('/') && !marker.contains('*')).collect();
    let shows = |name: &str, rest: &str| {
        let below =
            |marker: &&str| rest.strip_prefix(*marker).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        plain.contains(name) || patterns.iter().any(|(head, tail)| fits(name, head, tail)) || longer.iter().any(below)
    };
    let mut marked = Marked::default();
    for bytes in paths {
        let path = String::from_utf8_lossy(bytes);
        let mut start = 0;
        while let Some(rest) = path.get(start..) {
            let name = rest.split('/').next().unwrap_or(rest);
            if shows(name, rest) {
                let folder = path.get(..start.saturating_sub(1)).unwrap_or_default();
                if !marked.folders.contains(folder) && is_there(root, folder, name) {
                    if std::str::from_utf8(bytes).is_err() {
                        marked.unreadable = true;
                    } else {
                        marked.folders.insert(folder.to_owned());
                    }
                }
            }
            if name.starts_with('.') || LEFT_OUT.contains(&name) || name.len() == rest.len() {
                break;
            }
            start += name.len() + 1;
        }
    }
    marked
}

/// Whether a marker is on disk: the index also names what was deleted.
fn is_there(root: &Path, folder: &str, name: &str) -> bool {
    // a name that is no text cannot be asked for: it counts as there
    folder.contains('\u{fffd}') || read::is_there(&root.join(folder).join(name)) != Some(false)
}
