//! Where `--out` may write: inside the work tree (not `.git`, `.claude`, `.wfo`, nothing that git tracks, no links on the way)
//! or in the system's temporary folder; an existing file only if it is an answer of wfo. Elsewhere only for a person at a terminal.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use wfo_base::{Problem, codes, trust::Surroundings};

/// Folders that are never written into.
const CLOSED: [&str; 3] = [".git", ".claude", ".wfo"];

/// Checks one target of a call that works in the folder `works_in`.
///
/// # Errors
/// `output.refused` with the rule that forbids it.
pub(super) fn check(target: &Path, works_in: &Path) -> Result<(), Problem> {
    let refuse = |why: String| {
        Err(Problem::new(codes::OUTPUT_REFUSED, format!("`{}` {why}, so nothing was written", target.display()))
            .hint("name a new file in the work tree or in the temporary folder"))
    };
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = target.file_name() else { return refuse("does not name a file".into()) };
    let Ok(real_folder) = std::fs::canonicalize(folder) else {
        return refuse("is in a folder that is not there".into());
    };
    let real = real_folder.join(name);
    if std::fs::symlink_metadata(&real).is_ok_and(|meta| meta.is_symlink()) || has_link(folder) {
        return refuse("has a symbolic link in its path".into());
    }
    let work_tree = wfo_git::Repository::discover(works_in).ok().flatten().filter(|repository| !repository.is_bare());
    let inside = work_tree.as_ref().and_then(|tree| real.strip_prefix(tree.root()).ok());
    let temporary = temporary_folders();
    let below = inside.or_else(|| temporary.iter().find_map(|folder| real.strip_prefix(folder).ok()));
    if let Some(closed) = closed(below.unwrap_or(&real)) {
        return refuse(format!("is inside `{closed}`"));
    }
    if below.is_none() && !person_present() {
        return refuse("is neither in the work tree nor in the temporary folder".into());
    }
    if std::fs::symlink_metadata(&real).is_ok() {
        // The file's own repository: a submodule tracks what the work tree around it does not.
        let owner = wfo_git::Repository::discover(&real_folder).ok().flatten();
        if owner.is_some_and(|owner| real.strip_prefix(owner.root()).is_ok_and(|relative| owner.tracks(relative))) {
            return refuse("is tracked by git".into());
        }
        if !is_own_answer(&real) {
            return refuse("is there already and is not an answer of wfo-helper".into());
        }
    }
    Ok(())
}

/// Returns the closed folder that a path goes through, in whatever case it is spelled. What lies above the work tree or the
/// temporary folder does not count: the host keeps worktrees below `.claude`.
fn closed(path: &Path) -> Option<&'static str> {
    let named = |part: Component<'_>| CLOSED.into_iter().find(|name| part.as_os_str().eq_ignore_ascii_case(name));
    path.components().find_map(named)
}

/// Says whether a relative or absolute folder path goes through a link (the system's own, such as `/tmp` on macOS, do not count).
fn has_link(folder: &Path) -> bool {
    let mut walked = PathBuf::new();
    folder.components().any(|part| {
        walked.push(part);
        matches!(part, Component::Normal(_))
            && std::fs::symlink_metadata(&walked).is_ok_and(|meta| meta.is_symlink())
            && !temporary_folders()
                .iter()
                .any(|own| std::fs::canonicalize(&walked).is_ok_and(|real| own.starts_with(real)))
    })
}

fn temporary_folders() -> Vec<PathBuf> {
    [std::env::temp_dir(), PathBuf::from("/tmp")]
        .iter()
        .filter_map(|folder| std::fs::canonicalize(folder).ok())
        .collect()
}

fn person_present() -> bool {
    let around = Surroundings::look(false);
    around.at_terminal && !around.agent_behind
}

/// Says whether a file begins as our answers do: JSON with our schema, everything else with our first line.
fn is_own_answer(path: &Path) -> bool {
    const MARKS: [&str; 5] =
        ["{\"schema\":\"wfo.", "<!-- wfo.", "# wfo.", "{\n  \"$comment\": \"wfo.", "#compdef wfo-helper\n"];
    if !std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let mut start = Vec::new();
    // Only the start: an answer may be as long as it likes.
    let read = std::fs::File::open(path).and_then(|file| file.take(64).read_to_end(&mut start));
    read.is_ok() && MARKS.iter().any(|mark| start.starts_with(mark.as_bytes()))
}
