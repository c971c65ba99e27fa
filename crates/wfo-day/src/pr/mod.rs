//! `pr feedback`: the open review threads of a pull request as work items, one page each below `planning/` of the main checkout.
//! Writes nothing over anything; what comments say is data.

mod host;
mod issues;
mod items;

use std::path::{Path, PathBuf};

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::{Diagnostic, Problem, codes, read, text};
use wfo_todo::feedback::{ANSWER_LIMIT, FeedbackRow, Provider, Threads, threads_of};

use crate::tables;
use crate::todo::Site;
pub(crate) use host::Host;
pub use issues::{Create, Done};
pub(crate) use items::present;
pub use items::{Item, State};

/// The most files of one answer.
const FILES: usize = 100;

/// What `pr feedback` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The answer's files, `-` for standard input; without any the host is asked.
    pub from: &'a [PathBuf],
    /// The pull request.
    pub pr: u64,
    /// Whose answer it is.
    pub provider: Option<Provider>,
}

/// The work items of a pull request.
#[derive(Debug)]
pub struct Feedback {
    /// The pull request.
    pub pr: u64,
    /// Whose threads these are.
    pub provider: Option<Provider>,
    /// How many threads are open, resolved, and open but outdated.
    pub open: usize,
    /// How many are resolved.
    pub resolved: usize,
    /// How many open ones are about lines that have changed since.
    pub outdated: usize,
    /// A work item for each open thread.
    pub items: Vec<Item>,
    host: Option<Host>,
}

/// Reads the threads and writes their pages.
///
/// # Errors
/// `pr.unreadable`, `pr.no-host`, `file.*`, `tool.*`, `lock.timeout`.
pub fn feedback(site: &Site<'_>, home: &Home, ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Feedback, Problem> {
    let config = site.place().config(home);
    let host = host_of(site);
    let files = match ask.from {
        [] => asked(home, host.as_ref(), ask)?,
        files => files_of(site.place().folder(), files)?,
    };
    let threads: Threads = threads_of(&files, ask.pr, ask.provider)?.drain_into(notes);
    let rows = rows(site, home, &config, notes);
    let items = site.locked(|| items::write(site, &rows, &threads, ask.pr, notes))?;
    let outdated = threads.open.iter().filter(|thread| thread.outdated == Some(true)).count();
    Ok(Feedback {
        pr: ask.pr,
        provider: threads.provider,
        open: threads.open.len(),
        resolved: threads.resolved,
        outdated,
        items,
        // Issues belong where the pull request is.
        host: host.filter(|host| Some(host.provider()) == threads.provider),
    })
}

fn rows(site: &Site<'_>, home: &Home, config: &Config, notes: &mut Vec<Diagnostic>) -> Vec<FeedbackRow> {
    let layers = config.layers(home, site.place().settings_root());
    tables::FEEDBACK.load(&layers).drain_into(notes).into_iter().map(|(row, _)| row).collect()
}

fn host_of(site: &Site<'_>) -> Option<Host> {
    Host::of(&wfo_git::names(site.place().repository()?)?.remote_url?)
}

fn asked(home: &Home, host: Option<&Host>, ask: &Ask<'_>) -> Result<Vec<(String, String)>, Problem> {
    let hint = "save the threads as JSON and give the file with `--from FILE`";
    let host = host.ok_or_else(|| {
        Problem::new(codes::PR_NO_HOST, "the remote is at neither GitHub nor Azure DevOps, so nobody can be asked")
            .hint(hint)
    })?;
    if let Some(provider) = ask.provider.filter(|provider| *provider != host.provider()) {
        let message = format!("the remote is at `{}`, not at `{}`", host.provider().word(), provider.word());
        return Err(Problem::new(codes::PR_NO_HOST, message).hint(hint));
    }
    host.threads(home, ask.pr)
}

/// Reads the files, relative to the folder of the call.
fn files_of(folder: &Path, files: &[PathBuf]) -> Result<Vec<(String, String)>, Problem> {
    if files.len() > FILES {
        let message = format!("{} files are given; at most {FILES} are read", files.len());
        return Err(
            Problem::new(codes::PR_UNREADABLE, message).hint("put the pages into one file, one after the other")
        );
    }
    let limit = ANSWER_LIMIT as u64;
    let mut left = limit;
    let mut out = Vec::new();
    for file in files {
        let shown = file.display().to_string();
        let page = if shown == "-" {
            read::stdin(left)?
        } else {
            read::own(&folder.join(file), left)?.ok_or_else(|| {
                Problem::new(codes::FILE_MISSING, format!("{} is not there", text::code_span(&shown)))
                    .hint("save the answer for the threads of the pull request there, or leave `--from` out")
            })?
        };
        left = left.saturating_sub(page.bytes);
        out.push((text::one_line(&shown).into_owned(), page.text));
    }
    Ok(out)
}
