//! `statusline`: the host's JSON on stdin, one plain line on stdout. Whatever comes in, something true goes out, with exit 0;
//! a part that is unknown is left out, and nothing that could move a cursor gets through.

use std::io::Read;
use std::path::PathBuf;

use wfo_base::{Problem, Usd, text};
use wfo_cost::json::Object;
use wfo_day::cost::{Standing, standing};

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::output::Printable;

pub(super) const SCHEMAS: &[SchemaEntry] = &[];

/// The most that is read from stdin; the host sends a few KiB.
const LIMIT: u64 = 1 << 20;
/// The widest line, in characters.
const WIDTH: usize = 120;
/// The widest name of a model.
const MODEL: usize = 28;
/// The widest branch; the second where the line is too long otherwise.
const BRANCH: [usize; 2] = [40, 16];
/// How many ports are named.
const PORTS: usize = 4;

/// Print one line for Claude Code's status line (its JSON on stdin)
///
/// Model, cost of the session, of today and of the month against the budget, context use, branch and ports. Always exits 0;
/// what is unknown is left out. `wfo-helper setup` puts it into Claude Code's settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// What the host says. `None` = it does not say it, or not in a way that can be read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Host {
    model: Option<String>,
    session: Option<Usd>,
    context: Option<u64>,
    branch: Option<String>,
    folder: Option<PathBuf>,
    transcript: Option<PathBuf>,
    /// The session and the size of its context window.
    window: Option<(String, u64)>,
}

pub(super) fn run(_: Args, context: &Context) -> Result<Outcome, Problem> {
    let host = host(&stdin());
    let folder = host.folder.as_deref().and_then(|folder| std::fs::canonicalize(folder).ok());
    let folder = folder.filter(|folder| folder.is_dir()).unwrap_or_else(|| context.folder.clone());
    if let Some((session, size)) = &host.window {
        // Hooks are not told how large the window is.
        wfo_day::todo::note_window(&context.home, session, *size);
    }
    let facts = standing(&folder, host.transcript.as_deref(), &context.home, &context.clock);
    Ok(Outcome::Raw(Printable::plain(format!("{}\n", line(&host, &facts)))))
}

/// Makes the line of a call that could not even find its own configuration: the name of the folder.
pub(super) fn fallback() -> Printable {
    let folder = std::env::current_dir().unwrap_or_default();
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Printable::plain(format!("{}\n", shown(&name, WIDTH)))
}

fn stdin() -> String {
    let mut bytes = Vec::new();
    let mut stdin = std::io::stdin().lock();
    // What is longer is nothing that the host says; it is still read to its end, so that no pipe breaks.
    let _ = stdin.by_ref().take(LIMIT + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > LIMIT {
        let _ = std::io::copy(&mut stdin.take(64 * LIMIT), &mut std::io::sink());
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Takes the fields one by one: one odd field leaves out its own part only.
fn host(text: &str) -> Host {
    let Ok(top) = Object::parse(text.trim_start_matches('\u{feff}').trim()) else { return Host::default() };
    let (model, cost, workspace) = (top.object("model"), top.object("cost"), top.object("workspace"));
    let name = model.and_then(|model| model.text("display_name").or_else(|| model.text("id")));
    let session = cost.and_then(|cost| cost.amount("total_cost_usd")).filter(|usd| *usd >= Usd::ZERO);
    let folder = workspace.and_then(|workspace| workspace.text("current_dir")).or_else(|| top.text("cwd"));
    Host {
        model: name.filter(|name| !text::one_line(name).is_empty()),
        session,
        context: top.object("context_window").and_then(|window| context_use(&window)),
        branch: top.object("worktree").and_then(|worktree| worktree.text("branch")),
        folder: folder.map(PathBuf::from),
        transcript: top.text("transcript_path").map(PathBuf::from),
        window: top.text("session_id").zip(top.object("context_window").and_then(|window| window_size(&window))),
    }
}

/// Returns the percentage of the context in use: as the host says it, else from the tokens of the last request.
fn context_use(window: &Object<'_>) -> Option<u64> {
    let number = |object: &Object<'_>, key: &str| {
        let value: f64 = object.raw(key)?.parse().ok()?;
        (0.0..1e15).contains(&value).then_some(value)
    };
    let computed = || {
        let (usage, size) = (window.object("current_usage")?, number(window, "context_window_size")?);
        let keys = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];
        let used: f64 = keys.iter().filter_map(|key| number(&usage, key)).sum();
        (size > 0.0).then(|| used / size * 100.0)
    };
    let percent = number(window, "used_percentage").or_else(computed)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 999 it fits")]
    (percent < 999.5).then(|| percent.round() as u64)
}

/// Returns the size of the context window.
fn window_size(window: &Object<'_>) -> Option<u64> {
    window.raw("context_window_size")?.parse().ok()
}

/// Words the line; longer than 120 characters it is cut, the branch first.
fn line(host: &Host, facts: &Standing) -> String {
    let wide = joined(host, facts, BRANCH[0]);
    let line = if wide.chars().count() > WIDTH { joined(host, facts, BRANCH[1]) } else { wide };
    text::clip(&line, WIDTH).into_owned()
}

fn joined(host: &Host, facts: &Standing, branch: usize) -> String {
    let month = facts.month.map(|month| match (facts.budget, facts.percent, facts.all_projects) {
        (Some(budget), Some(percent), false) => format!("month {month} of {budget} ({percent} %)"),
        (Some(budget), Some(percent), true) => format!("month, all projects {month} of {budget} ({percent} %)"),
        (Some(budget), None, false) => format!("month {month} of {budget}"),
        (Some(budget), None, true) => format!("month, all projects {month} of {budget}"),
        (None, ..) => format!("month {month}"),
    });
    let ports: Vec<String> = facts.ports.iter().take(PORTS).map(u16::to_string).collect();
    let more = if facts.ports.len() > PORTS { " …" } else { "" };
    let word = if facts.ports.len() == 1 { "port" } else { "ports" };
    let named = host.branch.as_ref().or(facts.branch.as_ref());
    let parts = [
        host.model.as_deref().map(|model| shown(model, MODEL)),
        host.session.map(|usd| format!("session {usd}")),
        facts.today.map(|usd| format!("today {usd}")),
        month,
        host.context.map(|percent| format!("context {percent} %")),
        named.map(|name| shown(name, branch)),
        (!ports.is_empty()).then(|| format!("{word} {}{more}", ports.join(", "))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { shown(&facts.project, WIDTH) } else { parts.join(" | ") }
}

/// Makes foreign text fit for a terminal.
fn shown(text: &str, limit: usize) -> String {
    text::clip(&text::one_line(text), limit).into_owned()
}

#[cfg(test)]
mod tests;
