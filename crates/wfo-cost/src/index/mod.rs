//! The index of transcripts: the best record of each response for ever, so that a response counts once however often it is
//! read, copied or resumed, and a second look costs only what was appended. Bytes in, bytes out; files are the caller's.

mod codec;
mod counting;
mod layout;
mod record;
mod state;
mod update;

pub use layout::Source;
pub use record::{FileMark, Key, Record, Symbol};
pub use state::Index;
pub use update::{Change, Gathered, Spot, Update};

#[cfg(test)]
mod tests;
