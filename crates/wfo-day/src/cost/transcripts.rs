//! Brings the index of transcripts up to date with the files and opens it.
//! A look that is asked to be quick leaves large arrears alone and says so; what it reads is kept for the next one.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use wfo_base::home::Home;
use wfo_base::store::{Opened, Position, Store};
use wfo_base::walk::{self, Seen};
use wfo_base::{Diagnostic, Problem, atomic, codes};
use wfo_cost::Name;
use wfo_cost::index::{FileMark, Index, Source, Update};

use super::reading::{self, Arrear};

/// How much a quick look reads: more is left to `cost import`.
pub(crate) const QUICK: u64 = 32 << 20;
/// From how many changed records on the base is written anew.
const MANY: usize = 4_000;
/// From how many records in the journal on the base is written anew, by a whole look and by a quick one.
const JOURNAL: (usize, usize) = (2_000, 20_000);

/// The mark that all transcripts were looked at; goes with the index that it is about.
const WHOLE: &str = "cost/index/whole";

/// For how long a whole look holds, in nanoseconds: a minute.
const FRESH: i64 = 60_000_000_000;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Whose transcripts.
    pub home: &'a Home,
    /// Only this transcript and its sub-agents; `None` for all.
    pub only: Option<&'a Path>,
    /// Files that were not changed since (nanoseconds since the Unix epoch) are left alone.
    pub since: Option<i64>,
    /// The most bytes that are read; `None` for all there are.
    pub limit: Option<u64>,
    /// How long another writer is waited for.
    pub patience: Duration,
    /// Whether nothing may be written.
    pub dry_run: bool,
}

impl<'a> Look<'a> {
    /// Reads everything.
    #[must_use]
    pub fn whole(home: &'a Home) -> Self {
        Self { home, only: None, since: None, limit: None, patience: Duration::from_mins(1), dry_run: false }
    }

    /// Reads what a person who waits for a figure can wait for.
    #[must_use]
    pub fn quick(home: &'a Home) -> Self {
        Self { limit: Some(QUICK), patience: Duration::from_millis(20), ..Self::whole(home) }
    }
}

/// The open index.
#[derive(Debug, Default)]
pub struct Transcripts {
    /// The index as it stands after the look.
    pub index: Index,
    /// Transcripts that are there.
    pub files: usize,
    /// Responses that count now and did not before.
    pub new: usize,
    /// Whether all that is there was read.
    pub complete: bool,
    /// Bytes that were not read.
    pub unread: u64,
    /// Where the index stood before, where it stands now, and what lies between.
    pub(super) step: Step,
    base: Opened,
    sessions: OnceCell<HashSet<Name>>,
}

/// From one position of the index to another.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) before: Position,
    /// `None` when it could not be written.
    pub(super) after: Option<Position>,
    pub(super) update: Update,
}

/// An open base as the index wants it.
pub(super) struct Base<'a>(pub(super) &'a Opened);

impl Source for Base<'_> {
    fn length(&self) -> u64 {
        self.0.length()
    }

    fn read(&self, from: u64, length: usize) -> Option<Vec<u8>> {
        self.0.read(from, length)
    }
}

impl Transcripts {
    /// Returns what the index reads its base from.
    #[must_use]
    pub fn source(&self) -> impl Source + '_ {
        Base(&self.base)
    }

    /// Says whether the index has seen a session. (A name of another kind that is the same text cannot be a session's id.)
    #[must_use]
    pub fn knows(&self, session: &str) -> bool {
        self.sessions.get_or_init(|| self.index.names().iter().cloned().collect()).contains(session)
    }

    /// Returns how many lines could not be read, of all files that were ever read.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.index.files().iter().map(|file| u64::from(file.skipped) + u64::from(file.partial)).sum()
    }
}

impl Transcripts {
    /// Says whether somebody else brought the index further since this look.
    #[must_use]
    pub(super) fn is_outdated(&self, home: &Home) -> bool {
        self.step.after.is_some_and(|after| !Store::at(home.wfo("cost/index")).is_at(after))
    }
}

/// Looks at the transcripts and brings the index up to date.
///
/// # Errors
/// `lock.timeout` when another writer holds the index for longer than the patience of a whole look, `file.not-written`.
pub fn look(look: &Look<'_>, notes: &mut Vec<Diagnostic>) -> Result<Transcripts, Problem> {
    let store = Store::at(look.home.wfo("cost/index"));
    let (opened, index) = open(&store, false, notes)?;
    let found = found(look, notes);
    let arrears = arrears(&index, &found, look, notes);
    let unread: u64 = arrears.iter().map(|arrear| arrear.file.size.saturating_sub(arrear.from)).sum();
    let step = Step { before: opened.position(), after: Some(opened.position()), update: Update::default() };
    let as_it_is = Transcripts {
        index,
        files: found.len(),
        new: 0,
        complete: arrears.is_empty(),
        unread,
        step,
        base: opened,
        sessions: OnceCell::new(),
    };
    if arrears.is_empty() || look.limit.is_some_and(|limit| unread > limit) {
        if arrears.is_empty() && !found.is_empty() {
            mark_whole(look);
        }
        return Ok(as_it_is);
    }
    let read = |write: bool, notes: &mut Vec<Diagnostic>| {
        let (opened, index) = open(&store, write, notes)?;
        take_in(&store, opened, index, &found, look, write, notes)
    };
    if look.dry_run {
        return read(false, notes);
    }
    match store.locked(look.patience, || read(true, notes)) {
        // Somebody else is at it: what they read is there the next time.
        Err(problem) if look.limit.is_some() && problem.code == codes::LOCK_TIMEOUT => Ok(as_it_is),
        // A folder that cannot be written to: the figures are known all the same.
        Err(problem) if look.limit.is_some() && problem.code == codes::FILE_NOT_WRITTEN => {
            notes.push(problem.warning());
            read(false, notes)
        }
        Ok(transcripts) => {
            mark_whole(look);
            Ok(transcripts)
        }
        other => other,
    }
}

/// Notes that everything that is there was read: for a minute each session answers for its own transcript alone.
fn mark_whole(look: &Look<'_>) {
    let is_whole = look.only.is_none() && look.since.is_none() && !look.dry_run;
    if is_whole && !was_whole(look.home) {
        let place = look.home.wfo(WHOLE);
        // Without the mark the next look is a whole one again.
        let _ = place.parent().map(|folder| atomic::make_folder(folder, true));
        let _ = atomic::write_cache(&place, b"");
    }
}

/// Says whether all transcripts were looked at in the last minute, to the end.
pub(super) fn was_whole(home: &Home) -> bool {
    let written = walk::one(&home.wfo(WHOLE)).map(|seen| seen.modified);
    let now = i64::try_from(wfo_base::Clock::real().as_nanosecond()).unwrap_or(i64::MAX);
    written.is_some_and(|written| (0..FRESH).contains(&now.saturating_sub(written)))
}

/// Opens the index; a damaged one is begun anew, and put aside by the one who holds the lock: without it somebody else's new
/// one could be in its place by now.
fn open(store: &Store, alone: bool, notes: &mut Vec<Diagnostic>) -> Result<(Opened, Index), Problem> {
    let opened = store.open();
    let problem = match opened {
        Ok(opened) => match Index::load(&Base(&opened), opened.frames()) {
            Some(index) => return Ok((opened, index)),
            None => Problem::new(codes::COST_INDEX_INVALID, "the index of transcripts is damaged")
                .hint("nothing to do: it is made anew from the transcripts that are there"),
        },
        Err(problem) if problem.code == codes::COST_INDEX_INVALID => problem,
        Err(problem) => return Err(problem),
    };
    if !notes.iter().any(|note| note.problem.code == codes::COST_INDEX_INVALID) {
        notes.push(problem.warning());
    }
    if alone {
        store.put_aside();
    }
    Ok((Opened::default(), Index::default()))
}

/// Lists the transcripts that are there, with absolute paths.
fn found(look: &Look<'_>, notes: &mut Vec<Diagnostic>) -> Vec<Seen> {
    let mut all = Vec::new();
    if let Some(only) = look.only {
        all.extend(walk::one(only));
        all.extend(below(&only.with_extension("").join("subagents"), notes));
        return all;
    }
    for folder in look.home.transcripts() {
        all.extend(below(&folder, notes));
    }
    all
}

fn below(folder: &Path, notes: &mut Vec<Diagnostic>) -> Vec<Seen> {
    walk::jsonl(folder).drain_into(notes)
}

/// Lists what is to be read: new files whole, grown ones from where their reading ended, others from their start.
/// What cannot be opened is named and left out: no waiting and no import would read it.
fn arrears(index: &Index, found: &[Seen], look: &Look<'_>, notes: &mut Vec<Diagnostic>) -> Vec<Arrear> {
    use std::os::unix::ffi::OsStrExt;
    let known: HashMap<&[u8], u32> = index.files().iter().map(|file| file.path.as_slice()).zip(0..).collect();
    let mut arrears = Vec::new();
    for file in found {
        let bytes = file.path.as_os_str().as_bytes();
        if look.since.is_some_and(|since| file.modified < since) {
            continue;
        }
        let id = known.get(bytes).copied();
        let mark = id.and_then(|id| index.files().get(id as usize));
        if mark.is_some_and(|mark| is_as_read(mark, file)) {
            continue;
        }
        if let Err(error) = wfo_base::lines::tail_hash(&file.path, 0) {
            notes.extend(
                (error.kind() != std::io::ErrorKind::NotFound).then(|| reading::unreadable(&file.path, &error)),
            );
            continue;
        }
        let goes_on = mark.filter(|mark| {
            mark.offset > 0
                && file.size >= mark.offset
                && wfo_base::lines::tail_hash(&file.path, mark.offset).ok().flatten() == Some(mark.tail)
        });
        let from = goes_on.map_or(0, |mark| mark.offset);
        let skipped = goes_on.map_or(0, |mark| mark.skipped);
        arrears.push(Arrear { id, file: file.clone(), from, skipped });
    }
    arrears
}

fn is_as_read(mark: &FileMark, file: &Seen) -> bool {
    mark.size == file.size && mark.modified == file.modified && mark.identity == (file.device, file.inode)
}

/// Reads the arrears, joins them to the index and writes what changed.
fn take_in(
    store: &Store,
    opened: Opened,
    mut index: Index,
    found: &[Seen],
    look: &Look<'_>,
    write: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<Transcripts, Problem> {
    use std::os::unix::ffi::OsStrExt;
    // What cannot be opened was said already.
    let mut arrears = arrears(&index, found, look, &mut Vec::new());
    for arrear in &mut arrears {
        arrear.id = Some(arrear.id.unwrap_or_else(|| index.add_file(arrear.file.path.as_os_str().as_bytes().to_vec())));
    }
    let (gathered, mut marks) = reading::read(&arrears, index.files(), notes);
    // Every number that was handed out is kept, also of a file that vanished before it was read: the next ones count from it.
    let read: HashSet<u32> = marks.iter().map(|(id, _)| *id).collect();
    let unread = arrears.iter().filter_map(|arrear| arrear.id).filter(|id| !read.contains(id));
    marks.extend(unread.filter_map(|id| Some((id, index.files().get(id as usize)?.clone()))));
    marks.sort_by_key(|(id, _)| *id);
    let base = Base(&opened);
    let damaged = || {
        Problem::new(codes::COST_INDEX_INVALID, "the index of transcripts cannot be read")
            .hint("run `wfo-helper cost import`; it is made anew from the transcripts that are there")
    };
    let update = index.apply(&base, gathered, marks, &reading::root).ok_or_else(damaged)?;
    let before = opened.position();
    let journal = if look.limit.is_none() { JOURNAL.0 } else { JOURNAL.1 };
    let after = if !write || update.is_empty() {
        Some(before).filter(|_| update.is_empty())
    } else if !opened.has_base() || update.changes.len() > MANY || index.recent_count() > journal {
        let body = index.compacted(&base).ok_or_else(damaged)?;
        Some(store.replace(&opened, &body)?)
    } else {
        Some(store.append(&opened, &update.frame(), look.limit.is_none())?)
    };
    let new = update.new_responses();
    let step = Step { before, after, update };
    Ok(Transcripts {
        index,
        files: found.len(),
        new,
        complete: true,
        unread: 0,
        step,
        base: opened,
        sessions: OnceCell::new(),
    })
}
