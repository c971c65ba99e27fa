//! Whether one gate is at least as strict as another: what a repository's row has to be to count.

use super::{Check, GateRow, Scope, ToolRule};

/// Whether a repository's row counts: it is new, or takes nothing away from the one in force.
#[must_use]
pub fn stricter_gate(old: Option<&GateRow>, new: &GateRow) -> bool {
    let Some(old) = old else { return true };
    let kept = |check: &Check| new.checks.iter().any(|other| other.name == check.name && stricter_check(check, other));
    old.checks.iter().all(kept) && old.approvals.iter().all(|approval| new.approvals.contains(approval))
}

fn stricter_check(old: &Check, new: &Check) -> bool {
    let limits = match (old.max, new.max, old.min, new.min) {
        (Some(old), Some(new), None, None) => new <= old,
        (None, None, Some(old), Some(new)) => new >= old,
        _ => false,
    };
    limits
        && old.kind == new.kind
        && (new.scope == old.scope || new.scope == Scope::Work)
        && (new.required || !old.required)
        && wider(&old.languages, &new.languages)
        && wider(&old.when, &new.when)
        && new
            .tools
            .iter()
            .all(|rule| old.tools.iter().any(|other| other.id == rule.id && stricter_tool(old, other, new, rule)))
}

fn stricter_tool(old: &Check, old_rule: &ToolRule, new: &Check, new_rule: &ToolRule) -> bool {
    // a tool that speaks for more languages makes other reports needless
    let speaks_for_no_more = old_rule.languages.is_empty()
        || (!new_rule.languages.is_empty() && new_rule.languages.iter().all(|one| old_rule.languages.contains(one)));
    new.threshold(new_rule) <= old.threshold(old_rule) && speaks_for_no_more
}

/// Whether a check applies at least where it did; an empty list is everywhere.
fn wider(old: &[String], new: &[String]) -> bool {
    new.is_empty() || (!old.is_empty() && old.iter().all(|one| new.contains(one)))
}
