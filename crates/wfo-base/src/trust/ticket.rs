//! Tickets: a random number that the plugin's hook adds to a `--confirm` call while the host asks the person.
//! Only its hash is kept; it works once, for ten minutes, for one proposal. An agent that was not approved never sees it.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{approvals::digest, key};
use crate::clock::Clock;
use crate::home::Home;
use crate::problem::Problem;
use crate::{atomic, codes, read};

/// How long a ticket lives.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The agent that makes the call: a session of the host, or a helper agent inside one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The host's session.
    pub session: String,
    /// The helper agent, if it is one.
    #[serde(default)]
    pub agent: Option<String>,
}

/// What a ticket is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The proposal it may confirm.
    pub proposal: String,
    /// Who holds it.
    #[serde(flatten)]
    pub holder: Holder,
    /// The tool call that the person was asked about.
    pub tool_use: String,
    /// When it stops working.
    pub expires: Timestamp,
}

/// Makes a ticket and returns its number; only the hash is written.
///
/// # Errors
/// When it cannot be written.
pub fn issue(home: &Home, proposal: &str, holder: &Holder, tool_use: &str) -> Result<String, Problem> {
    let nonce = data_encoding::HEXLOWER.encode(&key::random::<16>()?);
    let ticket = Ticket {
        proposal: proposal.to_ascii_uppercase(),
        holder: holder.clone(),
        tool_use: tool_use.to_owned(),
        expires: Clock::real() + LIFE,
    };
    atomic::make_folder(&home.wfo("tickets"), true)?;
    let text = serde_json::to_string(&ticket).map_err(|error| Problem::new(codes::BUG, format!("ticket: {error}")))?;
    atomic::write_private(&path(home, &nonce), text.as_bytes())?;
    Ok(nonce)
}

/// Takes a ticket for a proposal; it is gone afterwards, whatever the answer.
///
/// # Errors
/// `proposal.ticket-invalid` when there is no such ticket, it is for another proposal, or too old.
pub fn redeem(home: &Home, nonce: &str, proposal: &str) -> Result<(), Problem> {
    let refused = |why: &str| {
        Problem::new(codes::PROPOSAL_TICKET, format!("the ticket for proposal `{proposal}` {why}")).hint(
            "run the command with `--confirm` and without `--ticket`: the plugin's hook asks the person and adds one",
        )
    };
    let path = path(home, nonce);
    let page = read::own(&path, 4096)?.ok_or_else(|| refused("is not known or was already used"))?;
    // Removing is what counts as using: of two takers only one succeeds in it.
    std::fs::remove_file(&path).map_err(|_| refused("is not known or was already used"))?;
    let ticket: Ticket = serde_json::from_str(&page.text).map_err(|_| refused("cannot be read"))?;
    if ticket.proposal != proposal.trim().to_ascii_uppercase() {
        return Err(refused("was made for another proposal"));
    }
    if ticket.expires < Clock::real() {
        return Err(refused("is older than ten minutes"));
    }
    Ok(())
}

/// Removes tickets that are too old, and those of an agent whose earlier calls are over.
/// Failures are of no matter: a ticket also dies by itself.
pub fn forget(home: &Home, holder: &Holder) {
    let Ok(folder) = std::fs::read_dir(home.wfo("tickets")) else { return };
    for entry in folder.flatten() {
        let page = read::own(&entry.path(), 4096).ok().flatten();
        let ticket = page.and_then(|page| serde_json::from_str::<Ticket>(&page.text).ok());
        if ticket.is_none_or(|ticket| ticket.expires < Clock::real() || ticket.holder == *holder) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn path(home: &Home, nonce: &str) -> PathBuf {
    home.wfo("tickets").join(format!("{}.json", digest(nonce)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        (folder, home)
    }

    fn holder(session: &str) -> Holder {
        Holder { session: session.into(), agent: None }
    }

    #[test]
    fn a_ticket_works_once_and_for_its_proposal_only() {
        let (_folder, home) = place();
        let nonce = issue(&home, "ABC", &holder("s"), "t").unwrap();
        assert!(nonce.len() == 32 && !path(&home, &nonce).display().to_string().contains(&nonce));
        redeem(&home, &nonce, "abc").unwrap();
        assert_eq!(redeem(&home, &nonce, "ABC").unwrap_err().code, codes::PROPOSAL_TICKET);
        let other = issue(&home, "ABC", &holder("s"), "t").unwrap();
        assert_eq!(redeem(&home, &other, "XYZ").unwrap_err().code, codes::PROPOSAL_TICKET);
        assert_eq!(redeem(&home, &other, "ABC").unwrap_err().code, codes::PROPOSAL_TICKET, "a wrong use spends it");
        assert_eq!(redeem(&home, "../key", "ABC").unwrap_err().code, codes::PROPOSAL_TICKET);
    }

    #[test]
    fn an_old_ticket_is_refused_and_swept() {
        let (_folder, home) = place();
        let nonce = issue(&home, "ABC", &holder("s"), "t").unwrap();
        let old = Ticket {
            proposal: "ABC".into(),
            holder: holder("s"),
            tool_use: "t".into(),
            expires: Timestamp::UNIX_EPOCH,
        };
        atomic::write_private(&path(&home, &nonce), serde_json::to_string(&old).unwrap().as_bytes()).unwrap();
        assert_eq!(redeem(&home, &nonce, "ABC").unwrap_err().code, codes::PROPOSAL_TICKET);
        issue(&home, "ABC", &holder("ended"), "t").unwrap();
        issue(&home, "ABC", &holder("other"), "t").unwrap();
        forget(&home, &holder("ended"));
        assert_eq!(std::fs::read_dir(home.wfo("tickets")).unwrap().count(), 1);
    }
}
