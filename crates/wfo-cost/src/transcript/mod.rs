//! Temporary.
use crate::{Tier, Tokens};
use std::borrow::Cow;
/// Temporary.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "temporary")]
pub struct Entry<'a> {
    pub message: u128,
    pub request: u64,
    pub at: i64,
    pub model: Cow<'a, str>,
    pub cwd: Option<Cow<'a, str>>,
    pub branch: Option<Cow<'a, str>>,
    pub skill: Option<Cow<'a, str>>,
    pub agent: Option<Cow<'a, str>>,
    pub tokens: Tokens,
    pub searches: u32,
    pub tier: Tier,
    pub sidechain: bool,
}
