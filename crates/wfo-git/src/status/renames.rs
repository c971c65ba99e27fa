//! Counts what is staged with renames as one: the exact ones here, those with changed content by asking git.
//! Asks git only when a deleted and an added file are left that may be one.

use gix::Repository as Handle;

use super::Request;
use super::one_pass::Stop;
use super::staged::Staged;
use super::tally::{Kind, Tally};
use crate::repository::Repository;

/// Says whether the configuration wants renames to be told.
pub(crate) fn are_wanted(repo: &Handle) -> bool {
    let config = repo.config_snapshot();
    let setting = ["status.renames", "diff.renames"].into_iter().find_map(|key| config.string(key).map(|_| key));
    setting.is_none_or(|key| config.boolean(key).unwrap_or(true))
}

/// Counts into `tally`; without a git to ask, a rename with changed content counts as two.
pub(crate) fn count(
    repository: &Repository,
    repo: &Handle,
    mut staged: Staged,
    request: Request,
    tally: &mut Tally,
) -> Result<(), Stop> {
    if are_wanted(repo) && staged.pair_renames() && !request.alone {
        match by_git(repository, repo, request) {
            Some(paths) => {
                paths.into_iter().for_each(|path| tally.add(Kind::Staged, || path));
                return Ok(());
            }
            None if request.is_late() => return Err(Stop::Late),
            None => return Err(Stop::Unable("renames could not be compared")),
        }
    }
    staged.count(tally);
    Ok(())
}

/// Lists the staged paths as git pairs them; `None` when git cannot be asked.
fn by_git(repository: &Repository, repo: &Handle, request: Request) -> Option<Vec<Vec<u8>>> {
    let limit = repo
        .config_snapshot()
        .integer("status.renameLimit")
        .or_else(|| repo.config_snapshot().integer("diff.renameLimit"))
        .map_or_else(|| "-l1000".to_owned(), |limit| format!("-l{limit}"));
    let arguments = [
        "diff-index",
        "--cached",
        "--find-renames",
        &limit,
        "--ignore-submodules=dirty",
        "--no-ext-diff",
        "--no-textconv",
        "--ita-invisible-in-index",
        "--name-status",
        "-z",
        "HEAD",
        "--",
    ];
    let output = repository.git().limit(request.patience()).output(arguments).ok()?;
    let mut words = output.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let mut paths = Vec::new();
    while let Some(letter) = words.next() {
        let mut path = words.next()?;
        match letter.first()? {
            b'U' => continue,
            b'R' | b'C' => path = words.next()?,
            _ => {}
        }
        paths.push(path.to_vec());
    }
    // A path in conflict may be told twice, as unmerged and as changed; git status tells only the first.
    Some(paths)
}
