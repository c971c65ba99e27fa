//! Looks at the files that opening a repository reads, before anything reads them: a FIFO or a device in their place would
//! hold the answer for ever or fill the memory, and such a place can travel in a clone (a bare repository inside another).

use std::path::{Path, PathBuf};

use wfo_base::{Problem, codes, read};

/// Files of a git folder that are read whole when it is opened or asked.
const READ_WHOLE: [&str; 10] = [
    "HEAD",
    "config",
    "config.worktree",
    "packed-refs",
    "shallow",
    "commondir",
    "objects/info/alternates",
    "objects/info/commit-graph",
    "refs/stash",
    "refs/remotes/origin/HEAD",
];

/// The most bytes of such a file: some 800,000 packed references.
const MOST: u64 = 64 << 20;

/// The most bytes of an index: some 20 million entries.
const MOST_INDEX: u64 = 2 << 30;

/// Checks the git folder of a place that was found.
///
/// # Errors
/// `git.unreadable` with the file that is no plain file, or far too large.
pub(crate) fn check(place: &Path) -> Result<(), Problem> {
    let dot_git = place.join(".git");
    let folder = match std::fs::metadata(&dot_git) {
        Ok(meta) if meta.is_file() => named_in(place, ".git", "gitdir:").unwrap_or(dot_git),
        Ok(_) => dot_git,
        Err(_) => place.to_owned(),
    };
    check_folder(&folder)?;
    plain(&folder.join("index"), MOST_INDEX)?;
    if let Some(common) = named_in(&folder, "commondir", "") {
        check_folder(&common)?;
    }
    Ok(())
}

fn check_folder(folder: &Path) -> Result<(), Problem> {
    for name in READ_WHOLE {
        plain(&folder.join(name), MOST)?;
    }
    // HEAD names a branch, whose file is read next.
    match text(folder, "HEAD").as_deref().and_then(|head| head.strip_prefix("ref:")) {
        Some(branch) if !branch.contains("..") => plain(&folder.join(branch.trim()), MOST),
        _ => Ok(()),
    }
}

/// A file that is there must be a plain one; a link counts as what it leads to.
fn plain(file: &Path, most: u64) -> Result<(), Problem> {
    let Ok(meta) = std::fs::metadata(file) else { return Ok(()) };
    let fault = if !meta.is_file() && !meta.is_dir() {
        "is no plain file"
    } else if meta.is_file() && meta.len() > most {
        "is far too large"
    } else {
        return Ok(());
    };
    let shown = file.display();
    Err(Problem::new(codes::GIT_UNREADABLE, format!("`{shown}` {fault}, so the repository was not opened"))
        .hint("do not work in a repository that came like this"))
}

/// Reads the path that a small file names, relative to its folder.
fn named_in(folder: &Path, name: &str, mark: &str) -> Option<PathBuf> {
    let text = text(folder, name)?;
    Some(folder.join(text.strip_prefix(mark)?.trim()))
}

fn text(folder: &Path, name: &str) -> Option<String> {
    read::own(&folder.join(name), 4096).ok().flatten().map(|page| page.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [("HEAD", "ref: refs/heads/main\n"), ("config", ""), ("refs/heads/main", "0\n")] {
            let path = folder.path().join(".git").join(name);
            wfo_base::atomic::make_folder(path.parent().expect("a parent"), false).expect("made");
            wfo_base::atomic::write(&path, content.as_bytes()).expect("written");
        }
        folder
    }

    #[test]
    fn a_fifo_or_a_device_in_the_place_of_a_file_is_refused() {
        assert_eq!(check(repository().path()), Ok(()));
        for name in ["HEAD", "config", "packed-refs", "refs/heads/main", "index", "shallow", "commondir"] {
            let folder = repository();
            let path = folder.path().join(".git").join(name);
            let _ = std::fs::remove_file(&path);
            symlink("/dev/zero", &path).expect("a link");
            assert_eq!(check(folder.path()).map_err(|problem| problem.code), Err(codes::GIT_UNREADABLE), "{name}");
        }
    }

    #[test]
    fn a_bare_repository_and_a_linked_worktree_are_looked_into() {
        let folder = repository();
        let git = folder.path().join(".git");
        let linked = folder.path().join("linked");
        wfo_base::atomic::make_folder(&linked, false).expect("made");
        wfo_base::atomic::write(&linked.join(".git"), format!("gitdir: {}\n", git.display()).as_bytes())
            .expect("written");
        symlink("/dev/zero", git.join("packed-refs")).expect("a link");
        assert!(check(&git).is_err() && check(&linked).is_err());
    }
}
