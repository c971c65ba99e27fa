//! A person's yes as data: proposals bound to what was shown, one-time tickets, approved texts.
//! Lives below `CONFIG/wfo` (0700, files 0600). It keeps an agent from answering for a person; it cannot stop a program
//! of the same user that sets out to forge.

mod approvals;
mod consent;
mod key;
mod log;
mod proposal;
mod seal;
mod ticket;

pub use approvals::{Approval, Approvals, digest, digest_bytes};
pub use consent::{Consent, Surroundings, consent};
pub use proposal::{Desk, Issued, Proposal, Subject};
pub use seal::{is_sealed, seal};
pub use ticket::{Holder, Ticket, forget, issue, redeem};
