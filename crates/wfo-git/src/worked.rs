//! What was committed in a stretch of time: subjects, files and the patch, for the figures of a day.
//! Runs no diff driver, no filter and no text conversion that a repository names.

use std::collections::BTreeSet;

use jiff::Timestamp;
use wfo_base::Problem;

use crate::Repository;
use crate::git::judge;

/// The most commits of a day that are looked at.
const MOST: usize = 500;
/// The most bytes of their patch.
const PATCH: usize = 32 << 20;

/// What was committed in a stretch of time, as reachable from HEAD.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worked {
    /// Subjects of the commits that are no merges, oldest first: foreign text. Where the configuration names the user's e-mail, only
    /// the user's own.
    pub subjects: Vec<String>,
    /// Every file that they change, once.
    pub files: BTreeSet<String>,
    /// Their patches without context, each behind a line `commit ID`; `None` when that is very much.
    pub patch: Option<String>,
    /// Whether there were more commits than are looked at, so that counts would be too low.
    pub cut: bool,
    /// The newest commit before the stretch, by its full id.
    pub base: Option<String>,
}

/// Looks at what was committed from `since` on and before `until`.
///
/// # Errors
/// `tool.*`.
pub fn worked(repository: &Repository, since: Timestamp, until: Timestamp) -> Result<Worked, Problem> {
    let git = repository.git();
    let head = git.run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).run()?;
    if !head.is_ok() {
        return Ok(Worked { patch: Some(String::new()), ..Worked::default() });
    }
    let older = format!("--before=@{} +0000", since.as_second().saturating_sub(1));
    let since = format!("--since=@{} +0000", since.as_second());
    let before = format!("--until=@{} +0000", until.as_second().saturating_sub(1));
    let most = format!("--max-count={MOST}");
    let format = "--format=%x1e%H%x1f%ae%x1f%ce%x1f%s%x1f";
    let flags =
        ["log", "-z", "--no-merges", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-mailmap"];
    let listed = flags.into_iter().chain([most.as_str(), format, since.as_str(), before.as_str(), "HEAD", "--"]);
    let listed = String::from_utf8_lossy(&judge(git.run(listed).run()?)?).into_owned();
    let own = git.run(["config", "--get", "user.email"]).run()?;
    let own = String::from_utf8_lossy(&own.stdout).trim().to_owned();
    let mut out = Worked::default();
    let mut ids = Vec::new();
    out.cut = listed.matches('\u{1e}').count() >= MOST;
    for record in listed.split('\u{1e}').skip(1) {
        let mut fields = record.splitn(5, '\u{1f}');
        let (Some(id), Some(author), Some(committer), Some(subject), Some(files)) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if !own.is_empty() && author != own && committer != own {
            continue;
        }
        ids.push(id.to_owned());
        out.subjects.push(subject.to_owned());
        let names = files.split('\0').map(|name| name.trim_start_matches('\n'));
        out.files.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    out.subjects.reverse();
    out.patch = patch(repository, &ids)?;
    let base = judge(git.run(["rev-list", "--max-count=1", &older, "HEAD", "--"]).run()?)?;
    out.base = Some(String::from_utf8_lossy(&base).trim().to_owned()).filter(|id| !id.is_empty());
    Ok(out)
}

fn patch(repository: &Repository, ids: &[String]) -> Result<Option<String>, Problem> {
    if ids.is_empty() {
        return Ok(Some(String::new()));
    }
    if ids.len() >= MOST {
        return Ok(None);
    }
    let flags = ["show", "--format=commit %H", "-p", "-U0", "-M", "--no-ext-diff", "--no-textconv", "--no-color"];
    let words = flags.into_iter().chain(ids.iter().map(String::as_str)).chain(["--"]);
    let ran = repository.git().run(words).cap(PATCH).run()?;
    Ok((ran.is_ok() && !ran.cut).then(|| String::from_utf8_lossy(&ran.stdout).into_owned()))
}
