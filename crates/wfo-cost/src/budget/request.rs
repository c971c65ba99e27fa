//! Whether one more request fits: every soft and hard limit of both sides, and the one that binds.
//! Blocks nothing itself; unknown spend is never an allowance and never a denial.

use std::cmp::Reverse;

use wfo_base::Usd;

use super::controls::Controls;
use super::{Limits, Origin, Scope};
use crate::percent::Percent;

/// What was spent in a scope, as one side counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Day, week or month.
    pub scope: Scope,
    /// The repository's own spend, or that of all projects (the user's side).
    pub side: Origin,
    /// Dollars; `None` = could not be determined.
    pub usd: Option<Usd>,
}

impl Spent {
    /// Returns the spend that a limit is judged by: that of its own side. A limit of the table, which has none, is judged
    /// by the repository's.
    #[must_use]
    pub fn of(all: &[Self], limit: &Limits) -> Option<Usd> {
        let side = |side: Origin| all.iter().find(|spent| spent.scope == limit.scope && spent.side == side);
        let own = side(limit.origin);
        let stand_in = if limit.origin == Origin::Default { side(Origin::Repository) } else { None };
        own.or(stand_in)?.usd
    }
}

/// How important a request is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Should not wait.
    High,
    /// Never denied.
    Critical,
}

impl Priority {
    /// All priorities, from low to critical.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];

    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.word() == text)
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It fits.
    Allow,
    /// It may go on, but somebody should know.
    Warn,
    /// It must not go on.
    Deny,
}

impl Verdict {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// Which of the two amounts of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// The limit that warns.
    Soft,
    /// The limit that may block.
    Hard,
}

impl LimitKind {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// One limit and what it says about the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Day, week or month.
    pub scope: Scope,
    /// Whose limit it is.
    pub side: Origin,
    /// Soft or hard.
    pub kind: LimitKind,
    /// The limit.
    pub limit: Usd,
    /// What was spent; `None` = unknown.
    pub spent: Option<Usd>,
    /// What will have been spent with the request; `None` = unknown.
    pub after: Option<Usd>,
    /// Whether the alert threshold of a soft limit is reached already.
    pub alert: bool,
    /// Whether the limit would be exceeded; `None` = unknown.
    pub exceeded: Option<bool>,
    /// What follows.
    pub verdict: Verdict,
}

/// The answer for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The strictest verdict of all limits.
    pub verdict: Verdict,
    /// Every limit, by scope, the repository's before the user's, soft before hard.
    pub limits: Vec<Judged>,
    /// The limit that decided, as a position in `limits`; `None` when none is near.
    pub binding: Option<usize>,
    /// One sentence.
    pub reason: String,
}

/// Judges a request against all limits; the strictest binds. An absent amount is unknown; below zero counts as zero.
///
/// At `spent >= threshold x soft` the alert is set; over soft (`spent + request > soft`) it warns; over hard it denies with
/// `block_on_limit`, otherwise it warns. Critical requests are never denied. Unknown spend or an unknown request warns.
#[must_use]
pub fn request(
    spent: &[Spent],
    request: Option<Usd>,
    priority: Priority,
    limits: &[Limits],
    controls: &Controls,
) -> Decision {
    let request = request.map(|usd| usd.max(Usd::ZERO));
    let may_deny = controls.block_on_limit && priority != Priority::Critical;
    let mut judged = Vec::new();
    for limit in limits {
        let spent = Spent::of(spent, limit);
        for (kind, amount) in [(LimitKind::Soft, limit.soft), (LimitKind::Hard, limit.hard)] {
            let Some(amount) = amount else { continue };
            let after = spent.zip(request).map(|(spent, request)| spent + request);
            let exceeded = after.map(|after| after > amount);
            let near = spent.is_some_and(|spent| spent.is_positive() && spent >= limit.threshold.part_of(amount));
            let verdict = match (exceeded, kind) {
                (Some(false), _) => Verdict::Allow,
                (Some(true), LimitKind::Hard) if may_deny => Verdict::Deny,
                (Some(true) | None, _) => Verdict::Warn,
            };
            judged.push(Judged {
                scope: limit.scope,
                side: limit.origin,
                kind,
                limit: amount,
                spent,
                after,
                alert: near && kind == LimitKind::Soft,
                exceeded,
                verdict,
            });
        }
    }
    // a limit of zero has no percentage: it stands above all others
    let used =
        |judged: &Judged| judged.after.map(|after| Percent::of(after, judged.limit).map_or(i128::MAX, Percent::tenths));
    let rank = |(index, judged): &(usize, &Judged)| {
        (judged.verdict, judged.exceeded, judged.kind, used(judged), Reverse(*index))
    };
    let worst = judged.iter().enumerate().filter(|(_, judged)| judged.verdict > Verdict::Allow).max_by_key(rank);
    let near = judged.iter().enumerate().filter(|(_, judged)| judged.alert).max_by_key(rank);
    let binding = worst.or(near).map(|(index, _)| index);
    let verdict = judged.iter().map(|judged| judged.verdict).max().unwrap_or(Verdict::Allow);
    let reason = match binding.and_then(|index| judged.get(index)) {
        Some(limit) => reason(limit, request, priority, controls),
        None if judged.is_empty() => "no limit is set".to_owned(),
        None => "within every limit".to_owned(),
    };
    Decision { verdict, limits: judged, binding, reason }
}

/// Words why the binding limit says what it says.
fn reason(binding: &Judged, request: Option<Usd>, priority: Priority, controls: &Controls) -> String {
    let (scope, kind, limit) = (binding.scope.word(), binding.kind.word(), binding.limit);
    let whose = match binding.side {
        Origin::Repository => "the repository's",
        Origin::User => "the user's",
        Origin::Default => "the default",
    };
    let limit = format!("{whose} {scope} {kind} limit of {limit}");
    let (Some(spent), Some(after)) = (binding.spent, binding.after) else {
        let unknown = if binding.spent.is_some() { "the cost of the request" } else { "what was spent" };
        return format!("{unknown} is unknown, so {limit} cannot be judged");
    };
    if binding.exceeded == Some(false) {
        let percent = Percent::of(spent, binding.limit).map_or_else(String::new, |percent| format!("{percent} % of "));
        return format!("it fits, but {percent}{limit} is used up: {spent}");
    }
    let asked = request.unwrap_or_default();
    let sum = match asked.is_positive() {
        true if spent > binding.limit => format!("{limit} is exceeded: {spent} spent, {after} with this request"),
        true => format!("{limit} would be exceeded: {spent} spent and {asked} asked for are {after}"),
        false => format!("{limit} is exceeded: {spent} spent"),
    };
    match (binding.kind, priority, controls.block_on_limit) {
        (LimitKind::Hard, Priority::Critical, true) => format!("{sum}; a critical request is never denied"),
        (LimitKind::Hard, _, false) => format!("{sum}; block_on_limit is false, so this is a warning"),
        _ => sum,
    }
}

#[cfg(test)]
mod tests;
