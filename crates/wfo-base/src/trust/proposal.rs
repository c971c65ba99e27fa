//! Proposals: what a person is asked, under an id that holds only while the shown state holds.
//! id = first 12 characters of base32(HMAC-SHA-256(key, command, arguments, main checkout, state, earlier uses)).

use serde::{Deserialize, Serialize};

use super::{key, log};
use crate::clock::Clock;
use crate::home::Home;
use crate::problem::Problem;
use crate::{atomic, codes};

/// List of the ids that were carried out.
const USED: &str = "used.jsonl";
/// List of the ids that were shown, to tell a stale id from an invented one.
const ISSUED: &str = "issued.jsonl";

/// What a proposal is about: its id is bound to all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The command's words, such as `start-day`.
    pub command: String,
    /// The arguments that change what is done, in canonical form.
    pub arguments: String,
    /// The main checkout's path, or the folder outside a repository.
    pub main_checkout: String,
    /// The state that was shown, in canonical form.
    pub state: String,
}

/// A step that waits for a person's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What `--confirm` takes.
    pub id: String,
    /// One sentence: what would be done.
    pub title: String,
    /// Each single act, in order.
    pub actions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Used {
    id: String,
    about: String,
    at: String,
}

/// What was shown with an id, so that the host's question can say it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    id: String,
    /// One sentence: what would be done.
    #[serde(default)]
    pub title: String,
    /// Each single act.
    #[serde(default)]
    pub actions: Vec<String>,
}

/// Where proposals are made and taken.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    home: &'a Home,
}

impl<'a> Desk<'a> {
    /// Opens the desk of a user.
    #[must_use]
    pub fn new(home: &'a Home) -> Self {
        Self { home }
    }

    /// Makes the proposal for a subject and notes that its id was shown.
    ///
    /// # Errors
    /// When the key can neither be read nor made.
    pub fn propose(
        &self,
        subject: &Subject,
        title: impl Into<String>,
        actions: Vec<String>,
    ) -> Result<Proposal, Problem> {
        let used = log::entries::<Used>(self.home, USED)?;
        let id = self.id(subject, &used)?;
        let proposal = Proposal { id, title: title.into(), actions };
        let Proposal { id, title, actions } = proposal.clone();
        let shown = Issued { id, title, actions };
        if self.issued(&proposal.id).as_ref() != Some(&shown) {
            log::append(self.home, ISSUED, &shown)?;
        }
        Ok(proposal)
    }

    /// Returns the id that a subject has now, without proposing it: for a person who proposes and confirms in one call.
    ///
    /// # Errors
    /// When the key can neither be read nor made, or the list of used ids cannot be read.
    pub fn id_now(&self, subject: &Subject) -> Result<String, Problem> {
        self.id(subject, &log::entries::<Used>(self.home, USED)?)
    }

    /// Says what is wrong with an id where nothing is proposed: it is used, stale or unknown.
    #[must_use]
    pub fn nothing_proposed(&self, id: &str, command: &str) -> Problem {
        let id = canonical(id);
        match log::entries::<Used>(self.home, USED) {
            Err(problem) => problem,
            Ok(used) if used.iter().any(|entry| entry.id == id) => used_already(&id, command),
            Ok(_) => self.not_current(command, &id),
        }
    }

    /// Returns what was shown with an id.
    #[must_use]
    pub fn issued(&self, id: &str) -> Option<Issued> {
        let id = canonical(id);
        log::entries::<Issued>(self.home, ISSUED).ok()?.into_iter().rfind(|issued| issued.id == id)
    }

    /// Looks whether an id may be taken now, without taking it.
    ///
    /// # Errors
    /// `proposal.used`, `proposal.stale`, `proposal.unknown`.
    pub fn check(&self, subject: &Subject, id: &str) -> Result<(), Problem> {
        self.current(subject, &canonical(id), &log::entries(self.home, USED)?)
    }

    /// Takes an id: checks it against the present state and marks it used, under a lock, so that it works once.
    ///
    /// # Errors
    /// `proposal.used`, `proposal.stale`, `proposal.unknown`, or when the list cannot be written.
    pub fn take(&self, subject: &Subject, id: &str) -> Result<(), Problem> {
        let id = canonical(id);
        atomic::make_folder(&self.home.wfo(""), true)?;
        atomic::locked(&self.home.wfo(USED), || {
            self.current(subject, &id, &log::entries(self.home, USED)?)?;
            let entry = Used { id: id.clone(), about: self.about(subject)?, at: Clock::real().to_string() };
            log::append(self.home, USED, &entry)
        })
    }

    fn current(&self, subject: &Subject, id: &str, used: &[Used]) -> Result<(), Problem> {
        if used.iter().any(|entry| entry.id == id) {
            return Err(used_already(id, &subject.command));
        }
        if self.id(subject, used)? == id { Ok(()) } else { Err(self.not_current(&subject.command, id)) }
    }

    fn not_current(&self, command: &str, id: &str) -> Problem {
        let again = format!("run `wfo-helper {command}` again and look at the new proposal");
        if self.issued(id).is_some() {
            Problem::new(codes::PROPOSAL_STALE, format!("proposal `{id}` is about a state that has changed since"))
                .hint(again)
        } else {
            Problem::new(codes::PROPOSAL_UNKNOWN, format!("there is no proposal `{id}`")).hint(again)
        }
    }

    fn id(&self, subject: &Subject, used: &[Used]) -> Result<String, Problem> {
        let about = self.about(subject)?;
        let uses = used.iter().filter(|entry| entry.about == about).count().to_string();
        let key = key::load_or_make(self.home)?;
        let parts =
            [&subject.command, &subject.arguments, &subject.main_checkout, &subject.state, &uses].map(String::as_str);
        let mut id = data_encoding::BASE32.encode(&key::sign(&key, &parts)?);
        id.truncate(12);
        Ok(id)
    }

    /// Names a subject without its state, to count its earlier uses.
    fn about(&self, subject: &Subject) -> Result<String, Problem> {
        let key = key::load_or_make(self.home)?;
        let parts = [&subject.command, &subject.arguments, &subject.main_checkout].map(String::as_str);
        let mut about = data_encoding::HEXLOWER.encode(&key::sign(&key, &parts)?);
        about.truncate(24);
        Ok(about)
    }
}

fn used_already(id: &str, command: &str) -> Problem {
    Problem::new(codes::PROPOSAL_USED, format!("proposal `{id}` was already carried out"))
        .hint(format!("run `wfo-helper {command}` again: it makes a new proposal if one is still needed"))
}

/// Ids are upper case; a person may type them as they like.
fn canonical(id: &str) -> String {
    id.trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(state: &str) -> Subject {
        Subject {
            command: "start-day".into(),
            arguments: String::new(),
            main_checkout: "/r".into(),
            state: state.into(),
        }
    }

    fn code(result: Result<(), Problem>) -> &'static str {
        result.expect_err("a problem").code.id
    }

    #[test]
    fn an_id_holds_while_the_state_holds_and_works_once() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let desk = Desk::new(&home);
        let first = desk.propose(&subject("one"), "t", vec![]).unwrap().id;
        assert_eq!(desk.propose(&subject("one"), "t", vec![]).unwrap().id, first);
        assert_eq!(first.len(), 12);
        assert_eq!(code(desk.take(&subject("two"), &first)), "proposal.stale");
        assert_eq!(code(desk.take(&subject("one"), "AAAAAAAAAAAA")), "proposal.unknown");
        desk.take(&subject("one"), &first.to_lowercase()).unwrap();
        assert_eq!(code(desk.take(&subject("one"), &first)), "proposal.used");
        assert_ne!(desk.propose(&subject("one"), "t", vec![]).unwrap().id, first);
    }

    #[test]
    fn a_torn_line_confirms_nothing_and_swallows_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let desk = Desk::new(&home);
        let id = desk.propose(&subject("one"), "t", vec![]).unwrap().id;
        atomic::write_private(&home.wfo(USED), b"{\"id\":\"half").unwrap();
        assert_eq!(code(desk.take(&subject("one"), &id)), "file.unreadable");
        log::append(&home, USED, &Used { id: "X".into(), about: "Y".into(), at: "Z".into() }).unwrap();
        let text = std::fs::read_to_string(home.wfo(USED)).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn what_was_shown_last_is_what_the_question_says() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let desk = Desk::new(&home);
        let id = desk.propose(&subject("one"), "", vec![]).unwrap().id;
        assert_eq!(desk.id_now(&subject("one")).unwrap(), id);
        desk.propose(&subject("one"), "run it", vec!["run `x`".into()]).unwrap();
        assert_eq!(desk.issued(&id).unwrap().title, "run it");
        assert_eq!(desk.nothing_proposed(&id, "start-day").code.id, "proposal.stale");
        assert_eq!(desk.nothing_proposed("AAAA", "start-day").code.id, "proposal.unknown");
        desk.take(&subject("one"), &id).unwrap();
        assert_eq!(desk.nothing_proposed(&id, "start-day").code.id, "proposal.used");
    }

    #[test]
    fn another_user_another_id() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let id = |folder: &tempfile::TempDir| {
            let home = Home::at(folder.path().into());
            Desk::new(&home).propose(&subject("one"), "t", vec![]).unwrap().id
        };
        assert_ne!(id(&a), id(&b));
    }

    #[test]
    fn of_many_takers_at_once_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let id = Desk::new(&home).propose(&subject("one"), "t", vec![]).unwrap().id;
        let wins = std::thread::scope(|scope| {
            let takers: Vec<_> =
                (0..16).map(|_| scope.spawn(|| Desk::new(&home).take(&subject("one"), &id).is_ok())).collect();
            takers.into_iter().filter_map(|taker| taker.join().ok()).filter(|won| *won).count()
        });
        assert_eq!(wins, 1);
    }
}
