//! Reports that somebody names: read bounded, never through a link out of their folder, never from a FIFO, and dated.
//! What cannot be read is a reason, not an error: the check is then unknown.

use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use wfo_base::{Problem, codes, read, text};
use wfo_gate::freshness::{self, Times};
use wfo_gate::judge::Given;
use wfo_gate::report::{self, LARGEST, Report, Tool, redacted};

use crate::Place;

/// A report as the command line names it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) tool: Tool,
    pub(super) before: bool,
    pub(super) path: PathBuf,
}

/// Reads `TOOL=FILE` or `bundle-size:before=FILE`.
///
/// # Errors
/// `usage.invalid` for another shape or an unknown tool.
pub(super) fn named(place: &Place, text: &str) -> Result<Named, Problem> {
    let usage = |message: String, hint: String| Problem::new(codes::USAGE, message).hint(hint);
    let Some((word, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        let shown = text::quoted(&redacted(text));
        return Err(usage(
            format!("`--report {shown}` is not TOOL=FILE"),
            "write `--report semgrep=semgrep.json`".into(),
        ));
    };
    let (id, before) = word.strip_suffix(":before").map_or((word, false), |id| (id, true));
    let Some(tool) = Tool::from_id(id) else {
        let known: Vec<&str> = Tool::ALL.iter().map(|tool| tool.id()).collect();
        let shown = text::quoted(&redacted(id));
        return Err(usage(
            format!("`{shown}` is no tool whose reports are read"),
            format!("the tools are {}", known.join(", ")),
        ));
    };
    if before && tool != Tool::BundleSize {
        let hint = "only bundle-size is compared with before; leave `:before` out".to_owned();
        return Err(usage(format!("a report of before says nothing for `{tool}`"), hint));
    }
    Ok(Named { tool, before, path: tidy(&place.folder().join(file)) })
}

/// Takes `.` and `..` out of an absolute path, as far as names go.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The path relative to the top, as git names it; `None` elsewhere.
pub(super) fn inside(place: &Place, named: &Named) -> Option<String> {
    let relative = named.path.strip_prefix(place.root()).ok()?;
    Some(relative.to_string_lossy().into_owned())
}

/// A report with the time at which its file was written.
pub(super) struct Taken {
    pub(super) given: Given,
    pub(super) taken_at: Option<Timestamp>,
}

/// Reads a report. `times` is what it has to be fresh for, or why nobody can tell.
pub(super) fn take(place: &Place, named: &Named, times: &Result<Times, String>) -> Taken {
    let file = redacted(&place.shown(&named.path));
    let (taken_at, report) = match load(place, named) {
        Err(reason) => (None, Err(reason)),
        Ok((bytes, taken_at)) => {
            let age = match times {
                // sizes of before are older than what they are compared with
                _ if named.before => Ok(()),
                Ok(times) => freshness::fresh(taken_at, times),
                Err(reason) => Err(reason.clone()),
            };
            (taken_at, age.and_then(|()| parsed(named.tool, &bytes)))
        }
    };
    let given = Given { tool: named.tool, file, before: named.before, report };
    Taken { given, taken_at: taken_at.filter(|_| !named.before) }
}

fn parsed(tool: Tool, bytes: &[u8]) -> Result<Report, String> {
    report::read(tool, bytes).map_err(|error| redacted(&error.reason))
}

fn load(place: &Place, named: &Named) -> Result<(Vec<u8>, Option<Timestamp>), String> {
    let said = |problem: Problem| redacted(&problem.message);
    let (root, relative) = match named.path.strip_prefix(place.root()) {
        Ok(relative) => (place.root().to_owned(), relative.to_owned()),
        // elsewhere: links may lead to its folder, but not out of it
        Err(_) => {
            let folder = named.path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
            let name = named.path.file_name().map(PathBuf::from);
            folder.zip(name).ok_or_else(|| "the report is not there".to_owned())?
        }
    };
    let relative = relative.to_str().ok_or_else(|| "the report's name is not UTF-8".to_owned())?;
    let found = read::find(&root, relative).map_err(said)?.ok_or_else(|| "the report is not there".to_owned())?;
    if found.bytes > LARGEST as u64 {
        return Err(format!("{} bytes, more than the {LARGEST} that are read", found.bytes));
    }
    let written = std::fs::metadata(&found.path).and_then(|meta| meta.modified()).ok();
    let taken_at = written.and_then(|time| Timestamp::try_from(time).ok());
    let bytes = read::raw(&root, relative, LARGEST as u64).map_err(said)?;
    Ok((bytes.ok_or_else(|| "the report is not there".to_owned())?, taken_at))
}
