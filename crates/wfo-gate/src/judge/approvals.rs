//! Approvals: a checklist that a person has answered, item by item. A missing or outdated answer is unknown, a no is a fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Checked, Facts, Item, Verdict};
use crate::finding::fingerprint;
use crate::gates::{ChecklistRow, Holds};

/// What a person says to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It is not about this.
    NotApplicable,
}

impl Answer {
    /// Its words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// The answers to one checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The checklist.
    pub checklist: String,
    /// Each item's answer, by its id.
    pub answers: BTreeMap<String, Answer>,
    /// The content that it was about; absent when nobody could tell.
    pub content: Option<String>,
    /// Who answered, as they say.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Judges one checklist by its newest approval.
pub(super) fn judge(id: &str, facts: &Facts<'_>) -> Checked {
    let mut checked = Checked {
        name: id.to_owned(),
        kind: "approval",
        required: true,
        verdict: Verdict::Unknown,
        value: None,
        threshold: None,
        tools: vec!["person".to_owned()],
        versions: Vec::new(),
        findings: 0,
        items: Vec::new(),
        reason: String::new(),
        fix: Some(format!("a person answers it: `wfo-helper gate explain {id}` shows its items")),
        notes: Vec::new(),
    };
    let Some(list) = facts.checklists.iter().find(|list| list.id == id) else {
        checked.reason = format!("no checklist is named `{id}`");
        return checked;
    };
    let newest = facts.approvals.iter().rev().find(|approval| approval.checklist == id);
    match newest {
        None => checked.reason = "no person has answered it here".to_owned(),
        Some(approval)
            if list.holds == Holds::Content
                && (approval.content.as_deref() != facts.content || facts.content.is_none()) =>
        {
            checked.reason = format!("the answer of {} is about other content than is here now", approval.by);
        }
        Some(approval) => count(list, approval, facts, &mut checked),
    }
    checked
}

fn count(list: &ChecklistRow, approval: &Approval, facts: &Facts<'_>, checked: &mut Checked) {
    let missing = list.items.iter().filter(|item| !approval.answers.contains_key(&item.id)).count();
    let no = list.items.iter().filter(|item| approval.answers.get(&item.id) == Some(&Answer::No));
    checked.items = no
        .map(|item| {
            let fingerprint = fingerprint(&list.id, &item.id, item.text.as_bytes());
            Item {
                id: item.id.clone(),
                title: item.text.clone(),
                severity: None,
                file: None,
                line: None,
                counts: true,
                new: facts.is_new(&fingerprint),
                fingerprint,
            }
        })
        .collect();
    checked.findings = checked.items.len() as u64;
    (checked.verdict, checked.reason) = match (checked.items.len(), missing) {
        (0, 0) => (Verdict::Pass, format!("answered by {} at {}", approval.by, approval.at)),
        (0, missing) => (Verdict::Unknown, format!("{missing} of {} items have no answer", list.items.len())),
        (no, _) => (Verdict::Fail, format!("{no} of {} items were answered with no", list.items.len())),
    };
    if checked.verdict == Verdict::Pass {
        checked.fix = None;
    }
}
