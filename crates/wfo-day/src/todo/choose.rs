//! Which TODO a command is about: the one that is named, else the one of this checkout, else the only active one. Never a guess.

use wfo_base::{Diagnostic, Problem, codes, text};

use super::Site;
use super::files::{archived_file, fits, names, workflows};
use super::here::belonging;

/// How many files a hint names.
const NAMED: usize = 5;

/// Chooses the file.
///
/// # Errors
/// `todo.unknown`, `todo.ambiguous`.
pub(super) fn choose(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    let all = names(site.root());
    if let Some(wanted) = wanted {
        let found: Vec<&String> =
            all.iter().filter(|(name, parts)| fits(name, parts, wanted)).map(|(name, _)| name).collect();
        return match found.as_slice() {
            [] => Err(unknown(site, wanted, &all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())),
            [only] => Ok((*only).clone()),
            several => Err(ambiguous(&several.iter().map(|name| name.as_str()).collect::<Vec<_>>())),
        };
    }
    if let Some(file) = belonging(site) {
        return Ok(file);
    }
    let files: Vec<String> = all.into_iter().map(|(name, _)| name).collect();
    match files.as_slice() {
        [] => Err(Problem::new(codes::TODO_UNKNOWN, "this repository has no TODO file")
            .hint("`wfo-helper todo new feature SLUG` makes one")),
        [only] => Ok(only.clone()),
        _ => {
            // A file that cannot be read may be the one that is meant: it counts as active.
            let read = workflows(site.root(), &files, notes);
            let finished = |file: &&String| read.iter().any(|one| one.file == **file && one.is_finished());
            let active: Vec<&str> = files.iter().filter(|file| !finished(file)).map(String::as_str).collect();
            match active.as_slice() {
                [only] => Ok((*only).to_owned()),
                [] => Err(ambiguous(&files.iter().map(String::as_str).collect::<Vec<_>>())),
                several => Err(ambiguous(several)),
            }
        }
    }
}

fn unknown(site: &Site<'_>, wanted: &str, there: &[&str]) -> Problem {
    let shown = text::code_span(wanted);
    if let Some(file) = archived_file(site.root(), wanted) {
        return Problem::new(codes::TODO_UNKNOWN, format!("the TODO {shown} is archived: `{file}`"))
            .hint("move the file back to the top to go on with it");
    }
    let hint = match there {
        [] => "`wfo-helper todo new feature SLUG` makes one".to_owned(),
        there => format!("there are: {}", listed(there)),
    };
    Problem::new(codes::TODO_UNKNOWN, format!("there is no TODO {shown}")).hint(hint)
}

fn ambiguous(files: &[&str]) -> Problem {
    Problem::new(codes::TODO_AMBIGUOUS, format!("{} TODO files could be meant", files.len()))
        .hint(format!("name one with `--todo SLUG`, or with stamp and slug: {}", listed(files)))
}

fn listed(files: &[&str]) -> String {
    let more = files.len().saturating_sub(NAMED);
    let named: Vec<String> = files.iter().take(NAMED).map(|file| text::code_span(file)).collect();
    named.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}
