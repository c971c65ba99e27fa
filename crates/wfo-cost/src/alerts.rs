//! Compares spend with limits: one alert a scope, the highest level it reached.
//! Keeps no state; "once per scope, level and period" belongs to whoever shows them.

use wfo_base::Usd;

use crate::budget::{Limits, Scope};
use crate::percent::Percent;

/// How far a limit is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The alert threshold is reached.
    Warning,
    /// The soft limit is reached, the hard limit exceeded, or hardly anything left.
    Critical,
}

impl Level {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One limit that spend has come close to or passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// Day, week or month.
    pub scope: Scope,
    /// How bad.
    pub level: Level,
    /// Spend as a percentage of `limit`; `None` for a limit of zero.
    pub percent: Option<Percent>,
    /// The soft limit; the hard one where only that is exceeded.
    pub limit: Usd,
    /// What was spent in the scope.
    pub spent: Usd,
}

/// Judges each scope that has both limits and a known spend; worst first, then daily, weekly, monthly. Of several limits
/// for one scope the stricter verdict counts: the higher level, then the lower limit.
///
/// At `spent >= threshold x soft` a warning, at `spent >= soft` or `spent > hard` critical. Without spend there is no
/// alert, so that a limit of zero speaks up only when something was spent.
#[must_use]
pub fn alerts(spent: &[(Scope, Option<Usd>)], limits: &[Limits]) -> Vec<Alert> {
    let of = |scope: Scope| spent.iter().find(|(known, _)| *known == scope).and_then(|(_, spent)| *spent);
    let pairs: Vec<_> = limits.iter().map(|limit| (*limit, of(limit.scope))).collect();
    judged(&pairs, &[])
}

/// Judges each limit by the spend that it is about, as [`alerts`] does; with fewer dollars left of a soft limit than
/// `least` says for its scope (and the limit itself is larger) the alert is critical too.
#[must_use]
pub fn judged(limits: &[(Limits, Option<Usd>)], least: &[(Scope, Usd)]) -> Vec<Alert> {
    let of = |scope: Scope| least.iter().find(|(known, _)| *known == scope).map(|(_, least)| *least);
    let all: Vec<Alert> = limits.iter().filter_map(|(limit, spent)| judge(limit, (*spent)?, of(limit.scope))).collect();
    let mut found: Vec<Alert> = Scope::ALL
        .into_iter()
        .filter_map(|scope| {
            let judged = all.iter().filter(|alert| alert.scope == scope).copied();
            judged.max_by(|a, b| a.level.cmp(&b.level).then(b.limit.cmp(&a.limit)))
        })
        .collect();
    found.sort_by(|a, b| b.level.cmp(&a.level).then(a.scope.cmp(&b.scope)));
    found
}

fn judge(limits: &Limits, spent: Usd, least: Option<Usd>) -> Option<Alert> {
    if !spent.is_positive() {
        return None;
    }
    let soft = limits.soft;
    let scarce = |soft: Usd| least.is_some_and(|least| soft > least && soft - spent < least);
    let (level, limit) = match (soft, limits.hard) {
        (Some(soft), _) if spent >= soft => (Level::Critical, soft),
        (_, Some(hard)) if spent > hard => (Level::Critical, hard),
        (Some(soft), _) if scarce(soft) => (Level::Critical, soft),
        (Some(soft), _) if spent >= limits.threshold.part_of(soft) => (Level::Warning, soft),
        _ => return None,
    };
    Some(Alert { scope: limits.scope, level, percent: Percent::of(spent, limit), limit, spent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Origin, Share};
    use proptest::prelude::*;

    fn usd(text: &str) -> Usd {
        Usd::parse(text).unwrap()
    }

    fn limits(scope: Scope, soft: Option<&str>, hard: Option<&str>) -> Limits {
        Limits { scope, soft: soft.map(usd), hard: hard.map(usd), threshold: Share::USUAL, origin: Origin::Default }
    }

    fn level(spent: &str, soft: Option<&str>, hard: Option<&str>) -> Option<(Level, String)> {
        let found = alerts(&[(Scope::Daily, Some(usd(spent)))], &[limits(Scope::Daily, soft, hard)]);
        found.first().map(|alert| (alert.level, alert.limit.plain()))
    }

    #[test]
    fn an_alert_comes_at_the_threshold_and_not_only_above_it() {
        for (spent, expected) in [
            ("3.99", None),
            ("4", Some(Level::Warning)),
            ("4.99", Some(Level::Warning)),
            ("5", Some(Level::Critical)),
            ("7.50", Some(Level::Critical)),
            ("70", Some(Level::Critical)),
            ("0", None),
        ] {
            assert_eq!(level(spent, Some("5"), Some("7.50")).map(|(level, _)| level), expected, "{spent}");
        }
    }

    #[test]
    fn the_highest_level_is_not_hidden_behind_the_warning_and_comes_first() {
        let all = [
            limits(Scope::Daily, Some("5"), None),
            limits(Scope::Weekly, Some("25"), None),
            limits(Scope::Monthly, Some("100"), None),
        ];
        let spent =
            [(Scope::Daily, Some(usd("4.5"))), (Scope::Weekly, Some(usd("30"))), (Scope::Monthly, Some(usd("120.5")))];
        let found: Vec<(Scope, Level, String)> = alerts(&spent, &all)
            .iter()
            .map(|alert| (alert.scope, alert.level, alert.percent.unwrap().plain()))
            .collect();
        assert_eq!(
            found,
            [
                (Scope::Weekly, Level::Critical, "120.0".into()),
                (Scope::Monthly, Level::Critical, "120.5".into()),
                (Scope::Daily, Level::Warning, "90.0".into())
            ]
        );
    }

    #[test]
    fn any_spend_exceeds_a_limit_of_zero_and_its_percentage_is_unknown() {
        let found = alerts(&[(Scope::Daily, Some(usd("0.01")))], &[limits(Scope::Daily, Some("0"), None)]);
        assert_eq!((found[0].level, found[0].percent), (Level::Critical, None));
        assert_eq!(level("0", Some("0"), Some("0")), None);
    }

    #[test]
    fn a_hard_limit_below_the_soft_one_counts_when_it_is_exceeded() {
        assert_eq!(level("3", Some("5"), Some("3")), None);
        assert_eq!(level("3.01", Some("5"), Some("3")), Some((Level::Critical, "3".into())));
    }

    #[test]
    fn of_two_limits_for_one_scope_the_stricter_verdict_counts_in_either_order() {
        let wide = limits(Scope::Monthly, Some("1000000"), None);
        let narrow = limits(Scope::Monthly, Some("20"), None);
        for all in [[wide, narrow], [narrow, wide]] {
            for (spent, expected) in [("15", None), ("16", Some(Level::Warning)), ("25", Some(Level::Critical))] {
                let found = alerts(&[(Scope::Monthly, Some(usd(spent)))], &all);
                assert_eq!(
                    found.first().map(|alert| (alert.level, alert.limit)),
                    expected.map(|level| (level, usd("20")))
                );
                assert!(found.len() < 2);
            }
            let found = alerts(&[(Scope::Monthly, Some(usd("2000000")))], &all);
            assert_eq!(found.iter().map(|alert| alert.limit).collect::<Vec<_>>(), [usd("20")]);
        }
    }

    #[test]
    fn unknown_spend_and_absent_limits_raise_nothing() {
        assert_eq!(alerts(&[(Scope::Daily, None)], &[limits(Scope::Daily, Some("5"), None)]), vec![]);
        assert_eq!(alerts(&[(Scope::Daily, Some(usd("9")))], &[]), vec![]);
        assert_eq!(level("9", None, None), None);
    }

    proptest! {
        #[test]
        fn more_spend_never_lowers_the_level(a in 0i64..2_000, b in 0i64..2_000, soft in 0i64..1_000, hard in 0i64..1_000) {
            let of = |cents: i64| level(&Usd::from_cents(cents).plain(), Some(&Usd::from_cents(soft).plain()), Some(&Usd::from_cents(hard).plain())).map(|(level, _)| level);
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
        }
    }
}
