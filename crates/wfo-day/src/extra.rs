//! What a project adds to its briefing: a template of its own, and the output of a command once a person approved its text.

use std::path::Path;
use std::time::Duration;

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::process::Run;
use wfo_base::tables::Origin;
use wfo_base::trust::{Approvals, Desk, Subject};
use wfo_base::{Diagnostic, Problem, codes, read, text};

use crate::briefing::Extra;
use crate::place::Place;
use crate::resolved::{READABLE, Resolved};

/// The template, relative to the main checkout.
pub const TEMPLATE: &str = ".wfo/templates/start-day.md.tera";
/// What an approval is for.
pub(crate) const KIND: &str = "start_day.command";
/// How long the command may take.
const TIME: Duration = Duration::from_secs(5);
/// How much of its output is kept.
const OUTPUT: usize = 16 << 10;

/// Reads the template and runs the command, if it may.
pub(crate) fn extra(place: &Place, config: &Config, home: &Home, notes: &mut Vec<Diagnostic>) -> Extra {
    let template = match read::page(place.shared_root(), TEMPLATE, read::PAGE_LIMIT) {
        Ok(page) => page.map(|page| page.text),
        Err(problem) => {
            notes.push(problem.warning());
            None
        }
    };
    let mut extra = Extra { template, ..Extra::default() };
    let Some(command) = config.text(KIND) else { return extra };
    let resolved = match Resolved::of(place.root(), command) {
        Ok(resolved) => resolved,
        Err(problem) => {
            notes.extend([not_run(command, "what it runs cannot be read"), problem.warning()]);
            extra.command = Some(command.to_owned());
            return extra;
        }
    };
    if may_run(place, config, home, &resolved, notes) {
        match run(place.root(), command) {
            Ok(output) => extra.output = Some(output),
            Err(problem) => notes.push(problem.warning()),
        }
    } else if command.chars().count() > READABLE {
        notes.push(unreadable(command));
    } else {
        match Desk::new(home).propose(&bound_to(place, &resolved), title(place), resolved.lines()) {
            Ok(proposal) => {
                notes.push(unapproved(command, &proposal.id));
                extra.proposal = Some(proposal);
            }
            Err(problem) => notes.extend([not_run(command, "nobody has approved this text"), problem.warning()]),
        }
    }
    extra.command = Some(resolved.command);
    extra
}

fn unreadable(command: &str) -> Diagnostic {
    let message = format!(
        "the repository's command has {} characters; nobody is asked to approve more than {READABLE}",
        command.chars().count()
    );
    Problem::new(codes::COMMAND_UNAPPROVED, message)
        .hint("write a shorter command into `.wfo/config.yaml`")
        .in_file(".wfo/config.yaml")
        .warning()
}

/// A command of the user's own configuration is the user's; a repository's needs one approval of its very text.
fn may_run(place: &Place, config: &Config, home: &Home, resolved: &Resolved, notes: &mut Vec<Diagnostic>) -> bool {
    if config.setting(KIND).is_some_and(|setting| setting.origin == Origin::User) {
        return true;
    }
    let text = resolved.text();
    match Approvals::load(home) {
        Ok(approvals) if approvals.holds(&place.identity(), KIND, &text) => return true,
        Ok(_) => {}
        Err(problem) => notes.push(problem.warning()),
    }
    // Unattended, such text is approved as it comes, and recorded.
    config.flag("confirm.unattended")
        && Approvals::approve(home, &place.identity(), KIND, &text)
            .map_err(|problem| notes.push(problem.warning()))
            .is_ok()
}

/// What the approval of the command is bound to: its very text, and that of the files it runs.
///
/// # Errors
/// When it is one that nobody is asked about.
pub(crate) fn subject(place: &Place, command: &str) -> Result<Subject, Problem> {
    if command.chars().count() > READABLE {
        return Err(unreadable(command).problem);
    }
    Ok(bound_to(place, &Resolved::of(place.root(), command)?))
}

fn bound_to(place: &Place, resolved: &Resolved) -> Subject {
    Subject {
        command: "start-day".to_owned(),
        arguments: String::new(),
        main_checkout: place.identity(),
        state: resolved.text(),
    }
}

fn title(place: &Place) -> String {
    format!("run a command of the repository {} at every start-day", place.name())
}

fn unapproved(command: &str, id: &str) -> Diagnostic {
    let mut note = not_run(command, "nobody has approved this text");
    note.problem.hint =
        Some(format!("read it, then run `wfo-helper start-day --confirm {id}` in a terminal to approve it"));
    note
}

fn not_run(command: &str, why: &str) -> Diagnostic {
    Problem::new(
        codes::COMMAND_UNAPPROVED,
        format!("the repository's command `{}` was not run: {why}", text::quoted(command)),
    )
    .hint("look at `start_day.command` in `.wfo/config.yaml`; the rest of the briefing stands")
    .in_file(".wfo/config.yaml")
    .warning()
}

fn run(root: &Path, command: &str) -> Result<String, Problem> {
    let ran = Run::new("sh").arg("-c").arg(command).folder(root).limit(TIME).cap(OUTPUT).run()?;
    if ran.is_ok() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    let status = ran.status.map_or("a signal".to_owned(), |status| format!("status {status}"));
    let last = String::from_utf8_lossy(&ran.stderr).lines().last().map(text::quoted).unwrap_or_default();
    Err(Problem::new(
        codes::TOOL_FAILED,
        format!("the command `{}` ended with {status}: {last}", text::quoted(command)),
    )
    .hint("run it by hand; the rest of the briefing stands"))
}

/// Approves, after a person's yes, the very text that was confirmed.
///
/// # Errors
/// When the list cannot be written.
pub(crate) fn approve(home: &Home, confirmed: &Subject) -> Result<(), Problem> {
    Approvals::approve(home, &confirmed.main_checkout, KIND, &confirmed.state).map(|_| ())
}
