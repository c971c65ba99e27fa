//! Verdicts on requests, limit by limit and together.

use super::*;
use crate::budget::Share;
use proptest::prelude::*;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn limits(scope: Scope, origin: Origin, soft: Option<&str>, hard: Option<&str>) -> Limits {
    Limits { scope, soft: soft.map(usd), hard: hard.map(usd), threshold: Share::USUAL, origin }
}

fn spent(scope: Scope, side: Origin, text: Option<&str>) -> Spent {
    Spent { scope, side, usd: text.map(usd) }
}

fn controls(block_on_limit: bool) -> Controls {
    Controls { block_on_limit, ..Controls::default() }
}

/// Asks for an amount with a daily limit of 5 soft and 7.50 hard.
fn daily(was: &str, asked: &str, priority: Priority, block: bool) -> Decision {
    let all = [limits(Scope::Daily, Origin::Repository, Some("5"), Some("7.50"))];
    let was = [spent(Scope::Daily, Origin::Repository, Some(was))];
    request(&was, Some(usd(asked)), priority, &all, &controls(block))
}

#[test]
fn soft_warns_and_hard_denies_only_when_it_is_exceeded_and_blocking_is_on() {
    for (was, asked, blocked, free) in [
        ("0", "1", Verdict::Allow, Verdict::Allow),
        ("4", "0.5", Verdict::Allow, Verdict::Allow),
        ("4", "1", Verdict::Allow, Verdict::Allow),
        ("4", "1.000000000001", Verdict::Warn, Verdict::Warn),
        ("5", "0", Verdict::Allow, Verdict::Allow),
        ("6", "0", Verdict::Warn, Verdict::Warn),
        ("6", "1.5", Verdict::Warn, Verdict::Warn),
        ("6", "1.500000000001", Verdict::Deny, Verdict::Warn),
        ("8", "0", Verdict::Deny, Verdict::Warn),
        // an amount below zero cannot make room
        ("8", "-5", Verdict::Deny, Verdict::Warn),
    ] {
        assert_eq!(daily(was, asked, Priority::Normal, true).verdict, blocked, "{was} + {asked}");
        let free_to_go = daily(was, asked, Priority::Normal, false);
        assert_eq!(free_to_go.verdict, free, "{was} + {asked}");
        assert_eq!(
            free_to_go.reason.contains("block_on_limit is false"),
            blocked == Verdict::Deny,
            "{}",
            free_to_go.reason
        );
    }
}

#[test]
fn a_critical_request_is_never_denied_but_its_limit_is_named() {
    let critical = daily("8", "1", Priority::Critical, true);
    assert_eq!(critical.verdict, Verdict::Warn);
    let binding = &critical.limits[critical.binding.unwrap()];
    assert_eq!((binding.kind, binding.exceeded), (LimitKind::Hard, Some(true)));
    assert!(critical.reason.ends_with("a critical request is never denied"), "{}", critical.reason);
    for priority in [Priority::Low, Priority::Normal, Priority::High] {
        assert_eq!(daily("8", "1", priority, true).verdict, Verdict::Deny);
    }
}

#[test]
fn at_the_threshold_it_is_allowed_with_the_alert() {
    for (was, alert) in [("3.999999999999", false), ("4", true), ("4.9", true)] {
        let found = daily(was, "0.01", Priority::Normal, true);
        let alerts: Vec<bool> = found.limits.iter().map(|limit| limit.alert).collect();
        assert_eq!(
            (found.verdict, alerts, found.binding),
            (Verdict::Allow, vec![alert, false], alert.then_some(0)),
            "{was}"
        );
    }
    assert_eq!(daily("0", "1", Priority::Normal, true).reason, "within every limit");
}

#[test]
fn each_of_the_six_limits_of_each_side_is_checked() {
    let scopes = Scope::ALL;
    for side in [Origin::Repository, Origin::User] {
        for over in scopes {
            for (kind, verdict) in [(LimitKind::Soft, Verdict::Warn), (LimitKind::Hard, Verdict::Deny)] {
                let amount = |scope: Scope, mine: LimitKind| if (scope, mine) == (over, kind) { "5" } else { "100" };
                let all: Vec<Limits> = [Origin::Repository, Origin::User]
                    .iter()
                    .flat_map(|owner| {
                        scopes.map(|scope| match *owner == side {
                            true => {
                                let (soft, hard) = (amount(scope, LimitKind::Soft), amount(scope, LimitKind::Hard));
                                limits(scope, *owner, Some(soft), Some(hard))
                            }
                            false => limits(scope, *owner, Some("100"), Some("100")),
                        })
                    })
                    .collect();
                let was: Vec<Spent> = [Origin::Repository, Origin::User]
                    .iter()
                    .flat_map(|owner| scopes.map(|scope| spent(scope, *owner, Some("4.5"))))
                    .collect();
                let found = request(&was, Some(usd("1")), Priority::Normal, &all, &controls(true));
                let binding = &found.limits[found.binding.unwrap()];
                assert_eq!(found.verdict, verdict, "{side:?} {over:?} {kind:?}");
                assert_eq!((binding.side, binding.scope, binding.kind), (side, over, kind));
                assert_eq!(found.limits.len(), 12);
            }
        }
    }
}

#[test]
fn each_side_is_judged_by_its_own_spend() {
    let all = [
        limits(Scope::Daily, Origin::Repository, Some("5"), None),
        limits(Scope::Daily, Origin::User, Some("50"), None),
        limits(Scope::Weekly, Origin::Default, Some("25"), None),
    ];
    let of = |here: &str, everywhere: &str| {
        let was = [
            spent(Scope::Daily, Origin::Repository, Some(here)),
            spent(Scope::Daily, Origin::User, Some(everywhere)),
            spent(Scope::Weekly, Origin::Repository, Some(here)),
        ];
        request(&was, Some(Usd::ZERO), Priority::Normal, &all, &controls(true))
    };
    assert_eq!(of("4", "40").verdict, Verdict::Allow);
    assert_eq!(of("1", "60").limits[of("1", "60").binding.unwrap()].side, Origin::User);
    assert_eq!(of("6", "6").limits[of("6", "6").binding.unwrap()].side, Origin::Repository);
    assert_eq!(of("26", "26").limits[2].exceeded, Some(true));
}

#[test]
fn the_strictest_binds_and_of_equal_verdicts_the_one_most_used() {
    let all = [
        limits(Scope::Daily, Origin::Repository, Some("5"), Some("7")),
        limits(Scope::Weekly, Origin::Repository, Some("20"), None),
        limits(Scope::Monthly, Origin::Repository, Some("0"), None),
    ];
    let of = |day: &str, week: &str, month: &str, block: bool| {
        let amounts = [day, week, month];
        let was: Vec<Spent> = Scope::ALL
            .into_iter()
            .zip(amounts)
            .map(|(scope, usd)| spent(scope, Origin::Repository, Some(usd)))
            .collect();
        let found = request(&was, Some(Usd::ZERO), Priority::Normal, &all, &controls(block));
        let binding = found.binding.map(|at| (found.limits[at].scope, found.limits[at].kind));
        (found.verdict, binding)
    };
    assert_eq!(of("8", "90", "0", true), (Verdict::Deny, Some((Scope::Daily, LimitKind::Hard))));
    assert_eq!(of("8", "90", "0", false), (Verdict::Warn, Some((Scope::Daily, LimitKind::Hard))));
    assert_eq!(of("6", "90", "0", true), (Verdict::Warn, Some((Scope::Weekly, LimitKind::Soft))));
    assert_eq!(of("6", "90", "0.01", true), (Verdict::Warn, Some((Scope::Monthly, LimitKind::Soft))));
    assert_eq!(of("4.9", "17", "0", true), (Verdict::Allow, Some((Scope::Daily, LimitKind::Soft))));
}

#[test]
fn unknown_spend_warns_and_neither_denies_nor_lets_through_in_silence() {
    let all = [limits(Scope::Daily, Origin::Repository, Some("5"), Some("7"))];
    let unknown = [spent(Scope::Daily, Origin::Repository, None)];
    let known = [spent(Scope::Daily, Origin::Repository, Some("1"))];
    for (was, asked, what) in [
        (&unknown[..], Some("100"), "what was spent"),
        (&[], Some("1"), "what was spent"),
        (&known[..], None, "the cost of the request"),
    ] {
        let found = request(was, asked.map(usd), Priority::Normal, &all, &controls(true));
        assert_eq!((found.verdict, found.limits[0].exceeded), (Verdict::Warn, None));
        assert!(found.reason.starts_with(what), "{}", found.reason);
    }
    // a limit that is known to be exceeded still denies
    let all = [all[0], limits(Scope::Weekly, Origin::Repository, None, Some("1"))];
    let was = [unknown[0], spent(Scope::Weekly, Origin::Repository, Some("2"))];
    let found = request(&was, Some(Usd::ZERO), Priority::Normal, &all, &controls(true));
    assert_eq!((found.verdict, found.binding), (Verdict::Deny, Some(2)));
}

#[test]
fn without_a_limit_there_is_nothing_to_exceed_and_the_answer_says_so() {
    for all in [&[][..], &[limits(Scope::Daily, Origin::User, None, None)]] {
        let found = request(&[], Some(usd("1000")), Priority::Normal, all, &controls(true));
        assert_eq!((found.verdict, found.binding, found.reason.as_str()), (Verdict::Allow, None, "no limit is set"));
    }
}

#[test]
fn a_budget_of_zero_is_exceeded_by_any_spend_and_by_none_otherwise() {
    let all = [limits(Scope::Daily, Origin::User, Some("0"), Some("0"))];
    let of = |was: &str, asked: &str| {
        let was = [spent(Scope::Daily, Origin::User, Some(was))];
        request(&was, Some(usd(asked)), Priority::Normal, &all, &controls(true)).verdict
    };
    assert_eq!((of("0", "0"), of("0", "0.01"), of("0.01", "0")), (Verdict::Allow, Verdict::Deny, Verdict::Deny));
}

#[test]
fn priorities_read_back_from_their_words() {
    assert!(Priority::ALL.into_iter().all(|priority| Priority::parse(priority.word()) == Some(priority)));
    assert_eq!(Priority::parse("urgent"), None);
}

proptest! {
    #[test]
    fn a_bigger_request_never_gets_a_milder_verdict(was in 0i64..2_000, a in 0i64..2_000, b in 0i64..2_000, soft in 0i64..1_500, hard in 0i64..1_500, block: bool) {
        let all = [Limits { scope: Scope::Daily, soft: Some(Usd::from_cents(soft)), hard: Some(Usd::from_cents(hard)), threshold: Share::USUAL, origin: Origin::User }];
        let was = [Spent { scope: Scope::Daily, side: Origin::User, usd: Some(Usd::from_cents(was)) }];
        let of = |asked: i64| request(&was, Some(Usd::from_cents(asked)), Priority::Normal, &all, &controls(block));
        prop_assert!(of(a.min(b)).verdict <= of(a.max(b)).verdict);
        let found = of(a);
        prop_assert_eq!(found.verdict, found.limits.iter().map(|limit| limit.verdict).max().unwrap());
        prop_assert!(found.binding.is_none_or(|at| found.limits[at].verdict == found.verdict));
        prop_assert!(found.binding.is_some() || found.verdict == Verdict::Allow);
    }
}
