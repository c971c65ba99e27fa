//! Reads from the configuration how strictly files are compared, and whether the fast way may be taken at all.
//! Decides once for each status; reads no file of the work tree.

use gix::index::State;
use gix::index::entry::stat::Time;

use super::Request;
use super::ignore::{Everywhere, user_file};
use super::one_pass::Pass;
use super::tracked::Rules;
use crate::repository::Repository;

/// Prepares the fast way, or says why it cannot be taken.
pub(crate) fn pass<'a>(
    repository: &Repository,
    repo: &gix::Repository,
    index: &'a State,
    request: Request,
) -> Result<Pass<'a>, &'static str> {
    let config = repo.config_snapshot();
    let is = |key: &str, default: bool| config.boolean(key).unwrap_or(default);
    if is("core.ignoreCase", false) {
        return Err("names are compared without case");
    }
    if is("core.precomposeUnicode", false) && cfg!(target_os = "macos") {
        return Err("the file system spells names its own way");
    }
    let written = Time {
        secs: u32::try_from(index.timestamp().unix_seconds()).unwrap_or_default(),
        nsecs: index.timestamp().nanoseconds(),
    };
    let rules = Rules {
        executable_bit: is("core.fileMode", true),
        symlinks: is("core.symlinks", true),
        change_time: is("core.trustCtime", true),
        all_fields: config.string("core.checkStat").is_none_or(|word| !word.eq_ignore_ascii_case(b"minimal")),
        written: (written.secs != 0).then_some(written),
        empty: gix::ObjectId::empty_blob(repo.object_hash()),
    };
    Ok(Pass {
        index,
        rules,
        everywhere: Everywhere::read(repo),
        sparse: is("core.sparseCheckout", false) && !is("sparse.expectFilesOutsideOfPatterns", false),
        converts: converts(repo),
        root: repository.root().to_owned(),
        git_dir: repository.git_dir().to_owned(),
        request,
    })
}

/// Says whether files may be converted that no `.gitattributes` speaks about: by a setting, or by attributes that lie
/// outside the work tree.
fn converts(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let automatic = config
        .string("core.autocrlf")
        .is_some_and(|word| word.eq_ignore_ascii_case(b"input") || config.boolean("core.autocrlf").unwrap_or(true));
    automatic
        || config.string("core.attributesFile").is_some()
        || repo.common_dir().join("info").join("attributes").exists()
        || user_file("attributes").is_some_and(|path| path.exists())
        || std::path::Path::new("/etc/gitattributes").exists()
}
