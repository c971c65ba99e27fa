//! Calls and ledger rows as one kind of thing, so that every sum walks over both in the same way.
//! Drops rows that were cancelled; judges nothing.

use jiff::civil::Date;
use wfo_base::Usd;

use crate::spending::{Call, Kind, Row, Spending};
use crate::tokens::Tokens;

/// One call, or one ledger row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) day: Date,
    pub(crate) hour: Option<u8>,
    pub(crate) session: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
    pub(crate) project: Option<&'a str>,
    pub(crate) branch: Option<&'a str>,
    pub(crate) skill: Option<&'a str>,
    pub(crate) agent: Option<&'a str>,
    pub(crate) feature: Option<&'a str>,
    pub(crate) kind: Kind,
    pub(crate) tokens: Tokens,
    pub(crate) requests: u64,
    pub(crate) usd: Option<Usd>,
}

impl<'a> Item<'a> {
    fn call(call: &'a Call) -> Self {
        Self {
            day: call.day,
            hour: Some(call.hour),
            session: Some(&call.session),
            model: Some(&call.model),
            project: call.project.as_deref(),
            branch: call.branch.as_deref(),
            skill: call.skill.as_deref(),
            agent: call.agent.as_deref(),
            feature: call.feature.as_deref(),
            kind: Kind::Inference,
            tokens: call.tokens,
            requests: 1,
            usd: call.usd,
        }
    }

    fn row(row: &'a Row) -> Option<Self> {
        let cancelled = row.usd == Some(Usd::ZERO) && row.requests == 0 && row.tokens.sum() == 0;
        (!cancelled).then_some(Self {
            day: row.day,
            hour: None,
            session: row.session.as_deref(),
            model: row.model.as_deref(),
            project: row.project.as_deref(),
            branch: row.branch.as_deref(),
            skill: row.skill.as_deref(),
            agent: None,
            feature: row.feature.as_deref(),
            kind: row.kind,
            tokens: row.tokens,
            requests: row.requests,
            usd: row.usd,
        })
    }
}

/// Returns everything that was spent from `from` to `to`, both included.
pub(crate) fn items(spending: Spending<'_>, from: Date, to: Date) -> impl Iterator<Item = Item<'_>> {
    let calls = spending.calls.iter().filter(move |call| (from..=to).contains(&call.day)).map(Item::call);
    let rows = spending.rows.iter().filter(move |row| (from..=to).contains(&row.day)).filter_map(Item::row);
    calls.chain(rows)
}
