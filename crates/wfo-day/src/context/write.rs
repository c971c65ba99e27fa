//! `context write`: the hand-over page and the same as data, from what is really so and what was said.
//! What leaves the page on a new day is saved in a backup before.

use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_todo::page::{self, Points, Update};

use super::backup::{Saved, save};
use super::data::{Data, Memory, Now};
use super::reality::{Reality, reality};
use super::{DATA, PAGE, Site};

/// How often the page is read anew when somebody changes it meanwhile.
const TRIES: usize = 5;

/// What was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wrote {
    /// The page as it is now, or would be.
    pub page: String,
    /// Files that changed.
    pub files: Vec<String>,
    /// What was added.
    pub added: Points,
    /// Completed entries of an earlier day that left the page.
    pub dropped: Vec<String>,
    /// Tasks that left "In Progress" and the priorities.
    pub settled: Vec<String>,
    /// What is really so.
    pub reality: Reality,
    /// The backup that holds what left the page.
    pub backup: Option<Saved>,
}

/// Writes the page and the data.
///
/// # Errors
/// What reading or writing the page answers, `handover.unreadable`, `context.changed`, `lock.timeout`.
pub fn write(site: &Site<'_>, given: &Points, notes: &mut Vec<Diagnostic>) -> Result<Wrote, Problem> {
    // A page that cannot be written is said before transcripts and history are looked at.
    read_page(site)?;
    let mut memory = Data::load(site, &mut Vec::new()).memory();
    let reality = reality(site, &mut memory, notes);
    let mut given = given.clone();
    site.hide_points(&mut given);
    site.locked(|| {
        site.tidy();
        for _ in 0..TRIES {
            if let Some(wrote) = once(site, &given, &reality, &memory, notes)? {
                return Ok(wrote);
            }
        }
        Err(Problem::new(codes::CONTEXT_CHANGED, format!("{PAGE} is changed by somebody else all the time"))
            .hint("run the command again"))
    })
}

/// Reads the page's bytes; none is an empty page.
pub(super) fn read_page(site: &Site<'_>) -> Result<Option<Vec<u8>>, Problem> {
    read::raw(site.root(), PAGE, read::PAGE_LIMIT)
}

/// Writes once; `None` when the page was changed while we were at it.
fn once(
    site: &Site<'_>,
    given: &Points,
    reality: &Reality,
    seen: &Memory,
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<Wrote>, Problem> {
    let before = read_page(site)?;
    let mut quiet = Vec::new();
    let data = Data::load(site, &mut quiet);
    let memory = data.memory();
    let page_now = before.clone().unwrap_or_default();
    let update = update(site, given, reality, &data, &memory, &page_now);
    let written = page::write(&page_now, &update)?;
    let mut out = Wrote {
        page: String::from_utf8_lossy(&written.bytes).into_owned(),
        added: written.added,
        dropped: written.dropped,
        settled: written.settled,
        reality: reality.clone(),
        ..Wrote::default()
    };
    if !out.dropped.is_empty() && !site.dry_run {
        out.backup = Some(save(site, &mut quiet)?);
    }
    if before.as_deref() != Some(&written.bytes) {
        if read_page(site)? != before {
            return Ok(None);
        }
        site.put(site.root(), PAGE, &written.bytes)?;
        out.files.push(PAGE.to_owned());
    }
    let memory = Memory { rows: written.own_rows, ..seen.clone() };
    let mut handover = wfo_todo::handover(&out.page).drain_into(&mut quiet);
    site.hide_handover(&mut handover);
    let now = Now {
        project: site.place.name(),
        branch: reality.branch.clone(),
        updated: update.now.clone(),
        minutes: reality.minutes,
        page: &handover,
        metrics: &reality.metrics,
        memory: &memory,
    };
    match data.save(site, &now) {
        Ok(true) => out.files.push(DATA.to_owned()),
        Ok(false) => {}
        // The page holds the day: that its copy cannot be written must not lose it.
        Err(problem) => quiet.push(problem.warning()),
    }
    notes.append(&mut quiet);
    Ok(Some(out))
}

fn update(site: &Site<'_>, given: &Points, reality: &Reality, data: &Data, memory: &Memory, page_now: &[u8]) -> Update {
    let text = String::from_utf8_lossy(page_now);
    let there = wfo_todo::handover(&text).value;
    let page_day = there.updated_on.map(|day| day.to_string());
    let is_of_that_day = page_day.is_some() && page_day == memory.day;
    Update {
        now: site.now(),
        today: site.clock.today(),
        duration: reality.minutes.map(worded),
        metrics: reality.metrics.clone(),
        given: given.clone(),
        derived: reality.points.clone(),
        completed_then: data.completed().filter(|_| is_of_that_day).map(|known| site.keys_on_page(&there, &known)),
        own_rows: memory.rows.clone(),
    }
}

/// Words minutes as hours and minutes.
fn worded(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
