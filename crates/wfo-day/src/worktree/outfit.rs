//! What a new worktree is given beside the checkout: ignored files that the work needs, its ports in their env files, and the
//! set-up command, once approved.

use std::path::{Path, PathBuf};
use std::time::Duration;

use wfo_base::copy::{self, Links};
use wfo_base::pending::Pending;
use wfo_base::process::Run;
use wfo_base::{Diagnostic, Problem, codes, text};
use wfo_git::{Repository, Wanted};
use wfo_worktree::Missing;

use super::create::Creation;
use super::{env_file, site::Site};

/// How long a set-up command may take: less than the host waits for its hook.
const TIME: Duration = Duration::from_secs(540);

/// What a worktree was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outfit {
    /// Ignored files and folders that were carried, relative.
    pub carried: Vec<PathBuf>,
    /// Env files that hold the ports, relative.
    pub env_files: Vec<PathBuf>,
    /// Whether a set-up command ran.
    pub set_up: bool,
    /// What of the repository was left out, in words.
    pub skipped: Vec<String>,
}

/// Says what would be carried.
///
/// # Errors
/// When git's list of ignored files cannot be read.
pub(crate) fn preview(
    site: &Site<'_>,
    patterns: &[String],
    ports: &[u16],
    notes: &mut Vec<Diagnostic>,
) -> Result<Outfit, Problem> {
    let (from, carried) = wanted(site, patterns, notes)?;
    let env_files = put_ports(site, &from, &carried, ports, true, notes)?;
    Ok(Outfit { carried, env_files, ..Outfit::default() })
}

/// Dresses a worktree that git has just made.
///
/// # Errors
/// `file.not-written` and `worktree.setup-failed`.
pub(crate) fn dress(
    site: &Site<'_>,
    creation: &Creation<'_>,
    ports: &[u16],
    pending: &Pending,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outfit, Problem> {
    let (from, carried) = wanted(site, creation.carry(), notes)?;
    let mut outfit = Outfit::default();
    for relative in carried {
        if carry(&from, &creation.path, &relative, notes)? {
            outfit.carried.push(relative);
        }
    }
    outfit.env_files = put_ports(site, &creation.path, &outfit.carried, ports, false, notes)?;
    if creation.programs.needs_person() || creation.programs.differs() {
        outfit.skipped = creation.programs.lines();
        notes.extend(creation.programs.differs().then(other_scripts));
    } else if let Some(command) = &creation.programs.setup {
        set_up(&creation.path, &command.command, ports, pending)?;
        outfit.set_up = true;
    }
    Ok(outfit)
}

/// Lists what the main checkout has and a new worktree needs.
fn wanted(
    site: &Site<'_>,
    patterns: &[String],
    notes: &mut Vec<Diagnostic>,
) -> Result<(PathBuf, Vec<PathBuf>), Problem> {
    let main = site.main_root().to_owned();
    match Repository::discover(&main)? {
        Some(repository) if !repository.is_bare() => {
            let list = wfo_git::carried(&repository, &Wanted { patterns })?.drain_into(notes);
            Ok((main, list))
        }
        _ => Ok((main, Vec::new())),
    }
}

/// Brings one file or folder along; false when the checkout has something there already.
fn carry(from: &Path, to: &Path, relative: &Path, notes: &mut Vec<Diagnostic>) -> Result<bool, Problem> {
    let (source, target) = (from.join(relative), to.join(relative));
    if std::fs::symlink_metadata(&target).is_ok() {
        return Ok(false);
    }
    if let Some(link) = link_on_the_way(to, relative) {
        notes.push(not_carried(
            relative,
            &format!("{} is a link on this branch", text::code_span(&link.display().to_string())),
        ));
        return Ok(false);
    }
    if let Some(parent) = target.parent() {
        wfo_base::atomic::make_folder(parent, false)?;
    }
    // A link that was listed leads to somewhere in the repository; by a relative one the worktree finds its own.
    let links = match std::fs::read_link(&source) {
        Ok(leads) if leads.is_absolute() => {
            notes.push(not_carried(relative, "it is a link into the main checkout"));
            return Ok(false);
        }
        Ok(_) => Links::Keep,
        Err(_) => Links::Inside,
    };
    let left_out = copy::tree(&source, &target, links)?;
    notes.extend(left_out.iter().map(|out| not_carried(&relative.join(out), "a link out, or no file")));
    Ok(true)
}

/// Finds a link among the folders above a file: what is written through it would lie somewhere else.
fn link_on_the_way(root: &Path, relative: &Path) -> Option<PathBuf> {
    let above = relative.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
    above.map(|above| root.join(above)).find(|above| std::fs::symlink_metadata(above).is_ok_and(|meta| !meta.is_dir()))
}

fn not_carried(relative: &Path, why: &str) -> Diagnostic {
    let shown = text::code_span(&relative.display().to_string());
    Problem::new(codes::WORKTREE_NOT_CARRIED, format!("{shown} was not carried: {why}"))
        .hint("make it in the worktree where the work needs it")
        .info()
}

/// Puts the ports into the env files that were carried: lines that are there in each, and new lines only in `.env` itself.
/// A file that cannot be written is said and left as it came.
fn put_ports(
    site: &Site<'_>,
    root: &Path,
    carried: &[PathBuf],
    ports: &[u16],
    dry_run: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<Vec<PathBuf>, Problem> {
    let values = env_file::values(&env_file::names(site, &[])?, ports);
    let mut written = Vec::new();
    let is_env = |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".env"));
    for relative in carried.iter().filter(is_env).filter(|_| !values.is_empty()) {
        let file = root.join(relative);
        if !std::fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file()) {
            continue;
        }
        let missing = if relative == Path::new(".env") { Missing::Append } else { Missing::Leave };
        match env_file::write(&file, &values, missing, dry_run) {
            Ok(true) => written.push(relative.clone()),
            Ok(false) => {}
            Err(problem) => notes.push(problem.warning()),
        }
    }
    Ok(written)
}

fn other_scripts() -> Diagnostic {
    let message = "this branch has other scripts than were approved, so nothing of the repository was run";
    Problem::new(codes::COMMAND_UNAPPROVED, message)
        .hint("read the difference, then run the set-up in the worktree by hand")
        .warning()
}

/// Runs the set-up command in the worktree, the ports in `PORT` and `WFO_PORTS`.
fn set_up(root: &Path, command: &str, ports: &[u16], pending: &Pending) -> Result<(), Problem> {
    let list: Vec<String> = ports.iter().map(u16::to_string).collect();
    let mut run = Run::new("sh").arg("-c").arg(command).folder(root).limit(TIME).hold(Some(pending.lock()));
    run = run.env("WFO_PORTS", Some(&list.join(",")));
    if let Some(first) = list.first() {
        run = run.env("PORT", Some(first));
    }
    let failed = |how: String| {
        Problem::new(codes::WORKTREE_SETUP_FAILED, format!("the set-up command `{}` {how}", text::quoted(command)))
            .hint("the worktree was taken back; run the command by hand to see why, or create with `--no-setup`")
    };
    let ran = run.run().map_err(|problem| failed(format!("did not end: {}", problem.message)))?;
    if ran.is_ok() {
        return Ok(());
    }
    let how = ran.status.map_or("a signal".to_owned(), |status| format!("status {status}"));
    let said = if ran.stderr.is_empty() { &ran.stdout } else { &ran.stderr };
    let last = String::from_utf8_lossy(said).lines().last().map(text::quoted).unwrap_or_default();
    Err(failed(format!("ended with {how}: {last}")))
}
