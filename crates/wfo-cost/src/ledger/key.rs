//! What makes two rows of a ledger the same row.

use jiff::civil::Date;

use crate::spending::{Kind, Row, Source};
use crate::tier::Tier;

/// The identity of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    /// The ten columns of a row that was counted, or that came without an id.
    Columns {
        /// Whether transcripts told it: what a person entered is never replaced by what was counted.
        counted: bool,
        day: Date,
        session: Option<&'a str>,
        zone: &'a str,
        kind: Kind,
        model: Option<&'a str>,
        tier: Tier,
        project: Option<&'a str>,
        branch: Option<&'a str>,
        skill: Option<&'a str>,
        feature: Option<&'a str>,
    },
    /// The id of a row that was entered or taken over.
    Id(&'a str),
}

/// Returns the identity of a row.
pub(crate) fn key(row: &Row) -> Key<'_> {
    match row.id.as_deref() {
        Some(id) if row.source != Source::Transcript => Key::Id(id),
        _ => Key::Columns {
            counted: row.source == Source::Transcript,
            day: row.day,
            session: row.session.as_deref(),
            zone: &row.zone,
            kind: row.kind,
            model: row.model.as_deref(),
            tier: row.tier,
            project: row.project.as_deref(),
            branch: row.branch.as_deref(),
            skill: row.skill.as_deref(),
            feature: row.feature.as_deref(),
        },
    }
}
