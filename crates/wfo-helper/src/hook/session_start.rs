//! SessionStart: a short briefing for a new session, made to take less than 100 ms: git's status has a time limit, and of ledgers,
//! TODO files and task pages only small ones are read; what was not read is left out of the briefing.

use std::path::PathBuf;
use std::time::Duration;

use wfo_base::text;
use wfo_base::trust::{self, Holder};
use wfo_day::{Place, StartDay};

use super::protocol::{self, Input};
use crate::answer::View;
use crate::commands::wording;
use crate::context::Context;
use crate::output::Printable;
use crate::render::start_day::{Detail, StartDayView};

/// How long git's status may take; the counts are then null.
const STATUS_TIME: Duration = Duration::from_millis(80);
/// The most tokens (4 characters each) that a session is given.
const BOUND: u64 = 1_500;

/// Answers the event. A resumed session has its context already, and is told where the work stood; one that was compacted has both told.
pub(super) fn answer(input: &Input, context: &Context) -> Printable {
    trust::forget(&context.home, &Holder { session: input.session_id.clone(), agent: None });
    let source = input.source.as_deref();
    let state = matches!(source, Some("compact" | "resume")).then(|| super::watch::state(input, context)).flatten();
    if matches!(source, Some("resume" | "fork")) {
        return state
            .map_or_else(|| Printable::plain(String::new()), |state| protocol::context("SessionStart", &state));
    }
    let state = state.map(|state| state + "\n").unwrap_or_default();
    let intro = "State of the project when this session began (from wfo; `wfo-helper start-day` gives it anew):\n\n";
    let bound = BOUND.saturating_sub(text::tokens(intro) + text::tokens(&state));
    match briefing(input, context, Some(STATUS_TIME), bound) {
        Some(page) => protocol::context("SessionStart", &format!("{state}{intro}{page}")),
        None => Printable::plain(String::new()),
    }
}

/// Makes the Markdown briefing of the host's working folder, cut to a bound.
pub(super) fn briefing(
    input: &Input,
    context: &Context,
    status_budget: Option<Duration>,
    bound: u64,
) -> Option<String> {
    let folder =
        input.cwd.clone().and_then(|folder| std::fs::canonicalize(folder).ok()).filter(|folder| folder.is_dir());
    let folder: PathBuf = folder.unwrap_or_else(|| context.folder.clone());
    let place = Place::find(&folder, &context.home);
    let config = place.config(&context.home);
    let ask = StartDay {
        place: &place,
        config: &config,
        home: &context.home,
        clock: &context.clock,
        status_budget,
        with_command: status_budget.is_none(),
    };
    let facts = wfo_day::start_day(&ask);
    let mut wording = wording(&config, &context.clock);
    if wording.detail == Detail::Detailed {
        // The detailed page has no bound; a session has one.
        wording.detail = Detail::Standard;
    }
    let mut view = StartDayView::new(&facts, |path| place.shown(path), wording, false);
    let mut limit = 64;
    loop {
        let page = view.markdown().ok()?;
        if text::tokens(&page) <= bound || limit == 0 {
            return Some(text::clip(&page, usize::try_from(bound).unwrap_or(usize::MAX) * 4).into_owned());
        }
        limit /= 2;
        view.cut(limit);
    }
}
