//! Evidence: what a gate came to, bound to the content that it saw and to the rules that held.
//! Whether it is still about what is here now is decided from values; who stored and sealed it is not its affair.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Kind;
use crate::freshness::{AHEAD, LONGEST};
use crate::judge::{Judgement, Value, Verdict};

/// The content of a checkout, as two digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Of every tracked file and every other one that is not ignored, as they lie in the work tree.
    pub work: String,
    /// Of what the index holds and the work tree does not; absent when the index holds nothing else.
    pub index: Option<String>,
}

impl Content {
    /// Both in one word, as answers show it.
    #[must_use]
    pub fn word(&self) -> String {
        match &self.index {
            None => self.work.clone(),
            Some(index) => format!("{}+{index}", self.work),
        }
    }

    /// Whether evidence about `seen` is about this: the same work tree, and an index that holds nothing that was not seen. So
    /// adding and committing the same bytes changes nothing.
    #[must_use]
    pub fn is_seen_in(&self, seen: &Self) -> bool {
        self.work == seen.work && (self.index.is_none() || self.index == seen.index)
    }
}

/// What is stored about one judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The gate.
    pub gate: String,
    /// What it came to.
    pub verdict: Verdict,
    /// When the oldest report was written, or it was judged where there was none.
    pub taken_at: Timestamp,
    /// When it was judged.
    pub judged_at: Timestamp,
    /// What it saw.
    pub content: Content,
    /// Digest of the gate's row, of the waivers in force and of the approvals.
    pub rules: String,
    /// Files that are no content: reports that git does not track, relative to the top.
    #[serde(default)]
    pub reports: Vec<String>,
    /// The fingerprints of everything that was found: what a baseline is made of.
    #[serde(default)]
    pub fingerprints: std::collections::BTreeSet<String>,
    /// Each check's name and verdict.
    pub checks: Vec<Row>,
}

/// One check of stored evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it came to.
    pub verdict: Verdict,
    /// The tools that judged.
    pub tools: Vec<String>,
    /// How many findings there were.
    pub findings: u64,
    /// Its kind's word; nothing in evidence of an older version.
    #[serde(default)]
    pub kind: String,
    /// The share that was measured, in hundredths of a percent; absent for what is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hundredths: Option<u64>,
}

/// Whether evidence is about what is here now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is.
    Fresh,
    /// It is not, for this reason.
    Stale(String),
    /// There is none.
    Missing,
}

impl State {
    /// Its word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale(_) => "stale",
            Self::Missing => "missing",
        }
    }
}

impl Evidence {
    /// The first check of a kind.
    #[must_use]
    pub fn check(&self, kind: Kind) -> Option<&Row> {
        self.checks.iter().find(|row| row.kind == kind.word())
    }

    /// The rows of a judgement.
    #[must_use]
    pub fn rows(judgement: &Judgement) -> Vec<Row> {
        let row = |check: &crate::judge::Checked| Row {
            name: check.name.clone(),
            verdict: check.verdict,
            tools: check.tools.clone(),
            findings: check.findings,
            kind: check.kind.to_owned(),
            hundredths: match check.value {
                Some(Value::Hundredths(share)) => Some(share),
                Some(Value::Count(_)) | None => None,
            },
        };
        judgement.checks.iter().map(row).collect()
    }

    /// Whether it is about this content under these rules, and young enough.
    #[must_use]
    pub fn state(&self, content: Option<&Content>, rules: &str, now: Timestamp) -> State {
        let stale = |reason: &str| State::Stale(reason.to_owned());
        let Some(content) = content else { return stale("the content cannot be read, so nobody can tell") };
        if !content.is_seen_in(&self.content) {
            return stale("the content is not what was judged");
        }
        if self.rules != rules {
            return stale("the gate, its waivers or its approvals are not those of the judgement");
        }
        if now.duration_since(self.taken_at) > LONGEST {
            return stale("it is more than 24 hours old");
        }
        if self.judged_at.duration_since(now) > AHEAD {
            return stale("it is dated ahead of the clock");
        }
        State::Fresh
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    fn content(work: &str, index: Option<&str>) -> Content {
        Content { work: work.into(), index: index.map(Into::into) }
    }

    #[test]
    fn adding_what_was_judged_keeps_evidence_and_any_other_content_ends_it() {
        let clean = content("w", None);
        let partly = content("w", Some("i"));
        assert!(clean.is_seen_in(&clean) && clean.is_seen_in(&partly) && partly.is_seen_in(&partly));
        assert!(!partly.is_seen_in(&clean), "the index holds what nobody judged");
        assert!(!content("w", Some("j")).is_seen_in(&partly));
        assert!(!content("v", None).is_seen_in(&clean));
        assert_ne!(clean.word(), partly.word());
    }

    #[test]
    fn evidence_ends_with_content_rules_and_a_day() {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let ago = |seconds| now.checked_sub(jiff::SignedDuration::from_secs(seconds)).unwrap();
        let of = |taken, judged| Evidence {
            gate: "g".into(),
            verdict: Verdict::Pass,
            taken_at: ago(taken),
            judged_at: ago(judged),
            content: content("w", None),
            rules: "r".into(),
            reports: vec![],
            fingerprints: Default::default(),
            checks: vec![],
        };
        let here = content("w", None);
        for (evidence, content, rules, word) in [
            (of(86_400, 0), Some(&here), "r", "fresh"),
            (of(86_401, 0), Some(&here), "r", "stale"),
            (of(0, -2), Some(&here), "r", "fresh"),
            (of(0, -3), Some(&here), "r", "stale"),
            (of(0, 0), Some(&here), "other", "stale"),
            (of(0, 0), None, "r", "stale"),
            (of(0, 0), Some(&content("x", None)), "r", "stale"),
        ] {
            assert_eq!(evidence.state(content, rules, now).word(), word);
        }
    }
}
