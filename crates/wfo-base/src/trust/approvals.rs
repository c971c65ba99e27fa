//! Texts of a repository that a person has approved: one approval for one very text in one checkout.
//! A changed character is another text.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::log;
use crate::clock::Clock;
use crate::home::Home;
use crate::problem::Problem;
use crate::{atomic, codes};

/// The list below `CONFIG/wfo`.
const LIST: &str = "approvals.jsonl";

/// Returns the SHA-256 of a text as lower-case hex.
#[must_use]
pub fn digest(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

/// Returns the SHA-256 of bytes as lower-case hex.
#[must_use]
pub fn digest_bytes(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// One approved text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What `trust revoke` takes: the first 12 characters of the hash over checkout, kind and text.
    pub id: String,
    /// The main checkout it holds for.
    pub main_checkout: String,
    /// What runs it, such as `start-day.command`.
    pub kind: String,
    /// SHA-256 of the text.
    pub sha256: String,
    /// When it was approved (UTC).
    pub at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Revoked { revoked: String, at: String },
    Approved(Approval),
}

/// The approvals in force.
#[derive(Debug, Clone, Default)]
pub struct Approvals(Vec<Approval>);

impl Approvals {
    /// Reads the list; later entries undo earlier ones.
    ///
    /// # Errors
    /// When the list is there and cannot be read: nothing is approved then.
    pub fn load(home: &Home) -> Result<Self, Problem> {
        let mut list: Vec<Approval> = Vec::new();
        for entry in log::entries::<Entry>(home, LIST)? {
            match entry {
                Entry::Revoked { revoked, .. } => list.retain(|approval| approval.id != revoked),
                Entry::Approved(approval) => {
                    list.retain(|old| old.id != approval.id);
                    list.push(approval);
                }
            }
        }
        Ok(Self(list))
    }

    /// Returns the approvals, oldest first.
    #[must_use]
    pub fn list(&self) -> &[Approval] {
        &self.0
    }

    /// Says whether this very text may run in this checkout.
    #[must_use]
    pub fn holds(&self, main_checkout: &str, kind: &str, text: &str) -> bool {
        let sha256 = digest(text);
        self.0.iter().any(|a| a.main_checkout == main_checkout && a.kind == kind && a.sha256 == sha256)
    }

    /// Notes that a person approved a text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn approve(home: &Home, main_checkout: &str, kind: &str, text: &str) -> Result<Approval, Problem> {
        let mut id = digest(&format!("{main_checkout}\n{kind}\n{text}"));
        id.truncate(12);
        let approval = Approval {
            id,
            main_checkout: main_checkout.to_owned(),
            kind: kind.to_owned(),
            sha256: digest(text),
            at: Clock::real().to_string(),
        };
        atomic::make_folder(&home.wfo(""), true)?;
        atomic::locked(&home.wfo(LIST), || log::append(home, LIST, &Entry::Approved(approval.clone())))?;
        Ok(approval)
    }

    /// Takes an approval back.
    ///
    /// # Errors
    /// `trust.unknown` when no approval in force has this id.
    pub fn revoke(home: &Home, id: &str) -> Result<Approval, Problem> {
        atomic::make_folder(&home.wfo(""), true)?;
        atomic::locked(&home.wfo(LIST), || {
            let found = Self::load(home)?.0.into_iter().find(|approval| approval.id == id);
            let approval = found.ok_or_else(|| {
                Problem::new(codes::TRUST_UNKNOWN, format!("no approval has the id `{id}`"))
                    .hint("`wfo-helper trust list` shows the approvals in force")
            })?;
            log::append(home, LIST, &Entry::Revoked { revoked: id.to_owned(), at: Clock::real().to_string() })?;
            Ok(approval)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_approval_is_for_one_text_in_one_checkout() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        let approval = Approvals::approve(&home, "/r", "k", "make").unwrap();
        let held = |checkout, kind, text| Approvals::load(&home).unwrap().holds(checkout, kind, text);
        assert!(held("/r", "k", "make"));
        assert!(!held("/r", "k", "make ") && !held("/s", "k", "make") && !held("/r", "j", "make"));
        Approvals::revoke(&home, &approval.id).unwrap();
        assert!(!held("/r", "k", "make"));
        assert_eq!(Approvals::revoke(&home, &approval.id).unwrap_err().code, codes::TRUST_UNKNOWN);
        Approvals::approve(&home, "/r", "k", "make").unwrap();
        assert!(held("/r", "k", "make"));
    }

    #[test]
    fn the_digest_is_sha256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
