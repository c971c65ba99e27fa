//! Decides whether a `--confirm` comes from a person: at a terminal that no agent stands behind, by a ticket of the
//! plugin's hook, or because the user's own configuration says that nobody watches (CI).

use std::io::{stderr, stdin};
use std::path::Path;

use super::ticket;
use crate::codes;
use crate::home::Home;
use crate::problem::Problem;

/// Variables that the host sets for whatever its agent runs.
const AGENT_MARKS: [&str; 2] = ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID"];

/// How the yes was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// By a person at the controlling terminal.
    Terminal,
    /// By a person in the host's permission question.
    Ticket,
    /// By the user's configuration (`confirm.unattended`).
    Unattended,
}

/// What can be seen of the call's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    /// stdin and stderr are the controlling terminal.
    pub at_terminal: bool,
    /// This process or an ancestor was started by an agent.
    pub agent_behind: bool,
    /// `confirm.unattended` holds.
    pub unattended: bool,
}

impl Surroundings {
    /// Looks at the terminal, the environment and the ancestors.
    #[must_use]
    pub fn look(unattended: bool) -> Self {
        Self { at_terminal: at_terminal(), agent_behind: agent_behind(), unattended }
    }
}

/// Decides about one `--confirm`.
///
/// # Errors
/// `proposal.needs-person`, or what is wrong with the ticket.
pub fn consent(home: &Home, around: Surroundings, proposal: &str, ticket: Option<&str>) -> Result<Consent, Problem> {
    if around.unattended {
        return Ok(Consent::Unattended);
    }
    if let Some(nonce) = ticket {
        return ticket::redeem(home, nonce, proposal).map(|()| Consent::Ticket);
    }
    if around.at_terminal && !around.agent_behind {
        return Ok(Consent::Terminal);
    }
    Err(Problem::new(codes::PROPOSAL_NEEDS_PERSON, format!("proposal `{proposal}` needs a person's yes"))
        .hint("run the same command in a terminal of your own; in Claude Code the wfo plugin turns it into a question"))
}

/// Says whether stdin and stderr are this session's controlling terminal.
///
/// Asked through nix: in a process namespace of its own the leader of the session is not seen and has the number 0, which
/// rustix's type for a process does not hold. Linux answers a question about a terminal that is not the caller's own with an
/// error, so that two leaders that are not seen cannot be two different ones.
fn at_terminal() -> bool {
    use nix::{sys::termios::tcgetsid, unistd::getsid};
    let Ok(own) = getsid(None) else { return false };
    tcgetsid(stdin()).is_ok_and(|session| session == own) && tcgetsid(stderr()).is_ok_and(|session| session == own)
}

/// Says whether this process or a readable ancestor carries a mark of the host.
fn agent_behind() -> bool {
    if AGENT_MARKS.iter().any(|name| std::env::var_os(name).is_some()) {
        return true;
    }
    let mut process = rustix::process::getppid().map(|pid| pid.as_raw_pid());
    // Bounded: a chain of parents ends at 1, but /proc may change while it is read.
    for _ in 0..128 {
        let Some(pid) = process.filter(|pid| *pid > 0) else { return false };
        let folder = Path::new("/proc").join(pid.to_string());
        if let Ok(environ) = std::fs::read(folder.join("environ"))
            && environ.split(|byte| *byte == 0).any(is_mark)
        {
            return true;
        }
        process = parent(&folder);
    }
    // A chain this long was made to hide something.
    true
}

fn is_mark(variable: &[u8]) -> bool {
    AGENT_MARKS.iter().any(|name| variable.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
}

fn parent(folder: &Path) -> Option<i32> {
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_person_there_is_no_consent() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let ask = |at_terminal, agent_behind, unattended, ticket| {
            consent(&home, Surroundings { at_terminal, agent_behind, unattended }, "ABC", ticket).map_err(|p| p.code)
        };
        assert_eq!(ask(false, false, false, None), Err(codes::PROPOSAL_NEEDS_PERSON));
        assert_eq!(ask(true, true, false, None), Err(codes::PROPOSAL_NEEDS_PERSON));
        assert_eq!(ask(true, true, false, Some("0")), Err(codes::PROPOSAL_TICKET));
        assert_eq!(ask(true, false, false, None), Ok(Consent::Terminal));
        assert_eq!(ask(false, true, true, None), Ok(Consent::Unattended));
        let nonce = ticket::issue(&home, "ABC", &ticket::Holder::default(), "t").unwrap();
        assert_eq!(ask(false, true, false, Some(&nonce)), Ok(Consent::Ticket));
    }

    #[test]
    fn the_host_is_known_by_its_marks() {
        assert!(is_mark(b"CLAUDECODE=1") && is_mark(b"CLAUDE_CODE_SESSION_ID=x"));
        assert!(!is_mark(b"CLAUDECODE_X=1") && !is_mark(b"X=CLAUDECODE=1"));
    }
}
