//! Whether a feature earns what it costs, and whether an estimate held.
//! Money only: hours and tokens were turned into dollars before; what cannot be divided is unknown.

use wfo_base::Usd;

use crate::percent::Percent;

/// What a feature cost, by part. `None` = not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Models.
    pub inference: Option<Usd>,
    /// Machines, storage, services.
    pub infrastructure: Option<Usd>,
    /// People's or agents' work on it.
    pub development: Option<Usd>,
    /// Tests.
    pub testing: Option<Usd>,
}

impl Parts {
    /// Returns the sum; `None` as long as one part is not known.
    #[must_use]
    pub fn total(&self) -> Option<Usd> {
        [self.inference, self.infrastructure, self.development, self.testing].into_iter().sum()
    }
}

impl Default for Parts {
    fn default() -> Self {
        let none = Some(Usd::ZERO);
        Self { inference: none, infrastructure: none, development: none, testing: none }
    }
}

/// What follows from a return on investment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It earns what it costs, or costs little for each user.
    Healthy,
    /// It costs more than the limit for each user, and no revenue says that it is worth it.
    Optimise,
    /// It costs more than it earns.
    Review,
    /// Too little is known.
    Unknown,
}

impl Verdict {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Optimise => "optimise",
            Self::Review => "review",
            Self::Unknown => "unknown",
        }
    }
}

/// What a feature costs and earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roi {
    /// All parts together.
    pub cost_usd: Option<Usd>,
    /// Cost / users; `None` without users.
    pub cost_per_user_usd: Option<Usd>,
    /// (Revenue - cost) / cost x 100; `None` when cost is 0 or revenue is not known.
    pub roi_percent: Option<Percent>,
    /// What follows.
    pub verdict: Verdict,
}

/// Works out the return. Revenue decides first: only without it does the cost of a user count.
#[must_use]
pub fn roi(parts: &Parts, users: Option<u64>, revenue: Option<Usd>, limit_per_user: Usd) -> Roi {
    let cost = parts.total();
    let users = users.and_then(|users| usize::try_from(users).ok());
    let cost_per_user = cost.zip(users).and_then(|(cost, users)| cost.mean(users));
    let roi = cost.zip(revenue).and_then(|(cost, revenue)| Percent::of(revenue - cost, cost));
    // by the amounts, since a loss of 0.04 % is shown as 0.0
    let loss = roi.is_some() && cost > revenue;
    let verdict = match (roi, cost_per_user) {
        (Some(_), _) if loss => Verdict::Review,
        (Some(_), _) => Verdict::Healthy,
        (None, Some(each)) if each > limit_per_user => Verdict::Optimise,
        (None, Some(_)) => Verdict::Healthy,
        (None, None) => Verdict::Unknown,
    };
    Roi { cost_usd: cost, cost_per_user_usd: cost_per_user, roi_percent: roi, verdict }
}

/// An estimate beside what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// What was expected.
    pub estimate: Usd,
    /// What it cost.
    pub actual: Usd,
    /// Actual - estimate: above 0 it was dearer.
    pub difference: Usd,
    /// The difference as a percentage of the estimate; `None` for an estimate of 0.
    pub percent: Option<Percent>,
}

/// Compares an estimate with what it came to.
#[must_use]
pub fn compared(estimate: Usd, actual: Usd) -> Compared {
    let difference = actual - estimate;
    Compared { estimate, actual, difference, percent: Percent::of(difference, estimate) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::usd;

    fn answer(
        cost: Option<&str>,
        users: Option<u64>,
        revenue: Option<&str>,
    ) -> (Option<String>, Option<String>, &'static str) {
        let parts = Parts { inference: cost.map(usd), ..Parts::default() };
        let roi = roi(&parts, users, revenue.map(usd), usd("0.10"));
        (roi.cost_per_user_usd.map(Usd::plain), roi.roi_percent.map(Percent::plain), roi.verdict.word())
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_profitable_feature_is_healthy_however_dear_a_user_is() {
        assert_eq!(answer(Some("100"), Some(10), Some("150")), (some("10"), some("50.0"), "healthy"));
        assert_eq!(answer(Some("100"), Some(100_000), Some("50")), (some("0.001"), some("-50.0"), "review"));
        assert_eq!(answer(Some("100"), Some(10), Some("100")), (some("10"), some("0.0"), "healthy"));
        assert_eq!(answer(Some("100"), Some(10), Some("99.99")), (some("10"), some("0.0"), "review"));
    }

    #[test]
    fn nothing_is_divided_by_no_users_or_no_cost() {
        for (cost, users, revenue, each, roi, verdict) in [
            (Some("0"), Some(5), Some("100"), some("0"), None, "healthy"),
            (Some("0"), Some(0), Some("100"), None, None, "unknown"),
            (Some("7"), Some(0), None, None, None, "unknown"),
            (Some("7"), Some(0), Some("14"), None, some("100.0"), "healthy"),
            (Some("7"), Some(7), None, some("1"), None, "optimise"),
            (Some("7"), Some(70), None, some("0.1"), None, "healthy"),
            (None, Some(7), Some("9"), None, None, "unknown"),
        ] {
            assert_eq!(answer(cost, users, revenue), (each, roi, verdict), "{cost:?} {users:?} {revenue:?}");
        }
    }

    #[test]
    fn the_parts_are_dollars_and_each_counts_once() {
        let parts = Parts {
            inference: Some(usd("0.1")),
            infrastructure: Some(usd("0.2")),
            development: Some(usd("10")),
            testing: Some(usd("3")),
        };
        assert_eq!(parts.total().unwrap().plain(), "13.3");
        assert_eq!(Parts { testing: None, ..parts }.total(), None);
    }

    #[test]
    fn an_estimate_is_compared_with_what_it_came_to() {
        let dearer = compared(usd("8"), usd("10"));
        assert_eq!((dearer.difference.plain(), dearer.percent.unwrap().plain()), ("2".into(), "25.0".into()));
        assert_eq!(compared(usd("8"), usd("6")).percent.unwrap().plain(), "-25.0");
        assert_eq!(compared(Usd::ZERO, usd("6")).percent, None);
    }
}
