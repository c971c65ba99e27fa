//! Reads transcripts line by line on as many threads as there are processors, in memory that does not grow with the files.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use wfo_base::lines::Lines;
use wfo_base::walk::Seen;
use wfo_base::{Diagnostic, Problem, codes, read as files};
use wfo_cost::index::{FileMark, Gathered, Spot};
use wfo_cost::transcript::{self, Read};

/// The longest line that is read; a longer one is skipped.
const LINE: usize = 32 << 20;

/// A file with bytes that were not read yet.
#[derive(Debug)]
pub(super) struct Arrear {
    /// Its number in the index, once it has one.
    pub(super) id: Option<u32>,
    pub(super) file: Seen,
    /// Where reading goes on.
    pub(super) from: u64,
    /// Lines before `from` that could not be read.
    pub(super) skipped: u32,
}

/// What the readers found, one for each thread, and how far each file was read.
type Results = (Vec<Gathered>, Vec<(u32, FileMark)>);

/// Reads all arrears.
pub(super) fn read(arrears: &[Arrear], known: &[FileMark], notes: &mut Vec<Diagnostic>) -> Results {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(arrears.len()).min(8);
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut gathered, mut marks, mut noted) = (Gathered::default(), Vec::new(), Vec::new());
        let mut lines = Lines::up_to(LINE);
        while let Some(arrear) = arrears.get(next.fetch_add(1, Ordering::Relaxed)) {
            match one(arrear, &mut lines, &mut gathered, known) {
                Ok(mark) => marks.extend(mark),
                Err(error) => noted.push(unreadable(&arrear.file.path, &error)),
            }
        }
        (gathered, marks, noted)
    };
    let parts = match threads {
        0 | 1 => vec![work()],
        _ => std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
        }),
    };
    let (mut gathered, mut marks) = (Vec::new(), Vec::new());
    for (found, read, noted) in parts {
        gathered.push(found);
        marks.extend(read);
        notes.extend(noted);
    }
    // New files get their numbers in this order.
    marks.sort_by_key(|(id, _)| *id);
    (gathered, marks)
}

fn one(
    arrear: &Arrear,
    lines: &mut Lines,
    gathered: &mut Gathered,
    known: &[FileMark],
) -> std::io::Result<Option<(u32, FileMark)>> {
    use std::os::unix::ffi::OsStrExt;
    let Some(id) = arrear.id else { return Ok(None) };
    let file = &arrear.file;
    let (session, agent) = (session(&file.path), agent(&file.path));
    let (mut skipped, mut partial) = (arrear.skipped, false);
    let fed = lines.feed(&file.path, arrear.from, &mut |line| {
        let spot = Spot { file: id, offset: line.offset, session: &session, agent: agent.as_deref() };
        match transcript::entries(line.bytes, &mut |entry| gathered.add(&entry, spot, known)) {
            Read::Broken if line.ended => skipped = skipped.saturating_add(1),
            Read::Broken => partial = true,
            Read::Nothing | Read::Counted => {}
        }
    })?;
    // A too long line that has no end yet is met again the next time; it counts as skipped when it has one.
    let unended = u64::from(fed.too_long > 0 && fed.end > fed.complete);
    let too_long = fed.too_long - unended;
    let mark = FileMark {
        path: file.path.as_os_str().as_bytes().to_vec(),
        size: file.size,
        modified: file.modified,
        identity: (file.device, file.inode),
        offset: fed.complete,
        tail: fed.tail,
        skipped: skipped.saturating_add(u32::try_from(too_long).unwrap_or(u32::MAX)),
        partial: partial || unended > 0,
    };
    Ok(Some((id, mark)))
}

/// Names the session that a file is about: its own name, or that of the folder in which sub-agents' files lie.
fn session(path: &Path) -> String {
    let parts: Vec<_> = path.iter().collect();
    let folder = parts.iter().rposition(|part| *part == "subagents").and_then(|at| parts.get(at.checked_sub(1)?));
    let name = folder.copied().or_else(|| path.file_stem());
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads which agent a sub-agent's file is about, from the page beside it.
fn agent(path: &Path) -> Option<String> {
    path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "subagents"))?;
    let page = files::own(&path.with_extension("meta.json"), 64 << 10).ok().flatten()?;
    let value: serde_json::Value = serde_json::from_str(&page.text).ok()?;
    value.get("agentType")?.as_str().map(str::to_owned)
}

/// Finds the main checkout of the repository that a folder lies in.
pub(super) fn root(folder: &str) -> Option<String> {
    let folder = Path::new(folder);
    if !folder.is_absolute() || !folder.is_dir() {
        return None;
    }
    let repository = wfo_git::Repository::discover(folder).ok().flatten()?;
    repository.main_root().to_str().map(str::to_owned)
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = wfo_base::text::code_span(&path.to_string_lossy());
    Problem::new(codes::COST_TRANSCRIPT_UNREADABLE, format!("transcript {shown} cannot be read: {error}"))
        .hint("check its permissions; what it would tell is missing in the totals")
        .warning()
}
