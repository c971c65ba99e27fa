//! The whole answer, from the pages below costs/.

use super::*;
use crate::{Ledger, Spending, amounts, derived};
use jiff::civil::date;
use proptest::prelude::*;
use wfo_base::tables;

const TABLE: &str = include_str!("../../../../reference/data/budgets.yaml");

/// A Saturday; its week began on Monday the 16th.
const TODAY: Date = date(2026, 11, 21);

fn defaults() -> Vec<BudgetRow> {
    tables::parse("budgets.yaml", TABLE).value.into_iter().map(|(row, _)| row).collect()
}

fn at(pages: &CostPages, today: Date) -> (Costs, usize) {
    let noted = costs(pages, None, &defaults(), today);
    (noted.value, noted.notes.len())
}

fn day(date: Date, text: &str) -> (Date, Page) {
    (date, Page::new(format!("costs/daily-{date}.json"), text))
}

fn mtd(text: &str) -> Option<Page> {
    Some(Page::new("costs/mtd.json", text))
}

fn plain(amount: Option<Usd>) -> String {
    amount.map_or("null".to_owned(), Usd::plain)
}

/// `today week month budget remaining percent average`
fn line(costs: &Costs) -> String {
    let amounts = [costs.today, costs.week, costs.month, costs.budget, costs.remaining].map(plain).join(" ");
    let percent = costs.percent_used.map_or("null".to_owned(), Percent::plain);
    format!("{amounts} {percent} {}", plain(costs.average_task))
}

#[test]
fn without_any_file_nothing_was_spent_and_the_average_is_unknown() {
    let (costs, notes) = at(&CostPages::default(), TODAY);
    assert_eq!((line(&costs).as_str(), notes), ("0 0 0 100 100 0.0 null", 0));
    assert_eq!((costs.budget_origin, costs.alerts), (Origin::Default, vec![]));
}

#[test]
fn the_figures_of_the_older_files_are_the_known_ones() {
    let pages = CostPages {
        days: vec![day(
            TODAY,
            "{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.00}, \"total\": 0.47}",
        )],
        month: mtd("{\"month\": \"2026-11\", \"budget\": 100.0, \"total\": 12.34}"),
        by_feature: Some(Page::new("costs/by-feature.jsonl", "{\"cost\": 0.40}\n{\"cost\": 0.50}\n")),
        ..CostPages::default()
    };
    let (costs, notes) = at(&pages, TODAY);
    assert_eq!((line(&costs).as_str(), notes), ("0.47 0.47 12.34 100 87.66 12.3 0.45", 0));
}

#[test]
fn a_tenth_and_two_tenths_are_three_tenths() {
    let pages = CostPages {
        days: vec![day(date(2026, 11, 20), "{\"total\": 0.1}"), day(TODAY, "{\"total\": 0.2}")],
        ..CostPages::default()
    };
    assert_eq!(plain(at(&pages, TODAY).0.month), "0.3");
}

#[test]
fn a_broken_running_total_makes_the_month_unknown_and_leaves_today_alone() {
    let pages =
        CostPages { days: vec![day(TODAY, "{\"total\": 2}")], month: mtd("{\"total\": 12."), ..CostPages::default() };
    let (costs, notes) = at(&pages, TODAY);
    assert_eq!((line(&costs).as_str(), notes), ("2 2 null 100 null null null", 1));
}

#[test]
fn a_page_that_could_not_be_read_is_not_taken_for_an_absent_one() {
    let pages = CostPages {
        month: Some(Page::unreadable("costs/mtd.json")),
        days: vec![(TODAY, Page::unreadable("x"))],
        ..CostPages::default()
    };
    assert_eq!(line(&at(&pages, TODAY).0), "null null null 100 null null null");
    let unknown = costs(&CostPages::default(), Some(&Spent::UNKNOWN), &defaults(), TODAY).value;
    assert_eq!(line(&unknown), "null null null 100 null null null");
}

#[test]
fn last_months_running_total_is_not_this_months() {
    let mut pages =
        CostPages { month: mtd("{\"month\": \"2026-10\", \"budget\": 80, \"total\": 79}"), ..CostPages::default() };
    assert_eq!(line(&at(&pages, TODAY).0), "0 0 0 80 80 0.0 null");
    pages.days = vec![day(date(2026, 11, 2), "{\"total\": 1}"), day(TODAY, "{\"total\": 2}")];
    assert_eq!(line(&at(&pages, TODAY).0), "2 2 3 80 77 3.8 null");
}

#[test]
fn a_running_total_below_its_own_days_is_corrected_and_named() {
    let pages = CostPages {
        days: vec![day(TODAY, "{\"total\": 2}")],
        month: mtd("{\"month\": \"2026-11\", \"total\": 0, \"budget\": 100}"),
        ..CostPages::default()
    };
    let (costs, notes) = at(&pages, TODAY);
    assert_eq!((plain(costs.month).as_str(), notes), ("2", 1));
}

#[test]
fn a_zero_budget_has_no_percentage_and_any_spend_exceeds_it() {
    let pages = |total: &str| CostPages {
        month: mtd(&format!("{{\"budget\": 0, \"total\": {total}}}")),
        ..CostPages::default()
    };
    let (costs, _) = at(&pages("5"), TODAY);
    assert_eq!(line(&costs), "0 0 5 0 -5 null null");
    assert_eq!(
        costs.alerts.iter().map(|alert| (alert.scope, alert.level.word(), alert.percent)).collect::<Vec<_>>(),
        [(Scope::Monthly, "critical", None)]
    );
    assert_eq!(at(&pages("0"), TODAY).0.alerts, vec![]);
}

#[test]
fn a_week_begins_on_monday_and_may_reach_into_the_month_before() {
    let days = |days: &[(Date, &str)]| CostPages {
        days: days.iter().map(|(date, usd)| day(*date, &format!("{{\"total\": {usd}}}"))).collect(),
        ..CostPages::default()
    };
    let pages = days(&[(date(2026, 11, 15), "1"), (date(2026, 11, 16), "2"), (TODAY, "4")]);
    assert_eq!(line(&at(&pages, TODAY).0), "4 6 7 100 93 7.0 null");
    let pages = days(&[(date(2026, 11, 30), "1"), (date(2026, 12, 1), "2")]);
    assert_eq!(line(&at(&pages, date(2026, 12, 1)).0), "2 3 2 100 98 2.0 null");
}

#[test]
fn the_wanted_days_reach_back_to_the_first_of_the_month_or_to_monday() {
    let ends = |today: Date| wanted_days(today).first().copied().zip(wanted_days(today).last().copied());
    assert_eq!(ends(TODAY), Some((date(2026, 11, 1), TODAY)));
    assert_eq!(ends(date(2026, 12, 1)), Some((date(2026, 11, 30), date(2026, 12, 1))));
    assert_eq!(wanted_days(date(2026, 6, 1)), [date(2026, 6, 1)]);
}

#[test]
fn where_there_is_a_ledger_the_derived_files_are_not_looked_at() {
    let row = |session: &str, day: &str, usd: &str| {
        format!("{{\"session\":\"{session}\",\"day\":\"{day}\",\"model\":\"m\",\"usd\":{usd}}}\n")
    };
    let text = row("a", "2026-11-21", "1.5")
        + &row("a", "2026-11-17", "2")
        + &row("a", "2026-11-02", "4")
        + &row("a", "2026-10-31", "8");
    let ledger = Ledger::read(&Page::new("costs/ledger.jsonl", text));
    let here = amounts(Spending { calls: &[], rows: &ledger.rows }, TODAY);
    assert_eq!((ledger.notes, here.notes), (vec![], vec![]));
    let spent = Spent { here: here.value, everywhere: None, complete: true };
    let pages = CostPages { days: vec![day(TODAY, "{\"total\": 99}")], month: mtd("{ broken"), ..CostPages::default() };
    let Noted { value, notes } = costs(&pages, Some(&spent), &defaults(), TODAY);
    assert_eq!((line(&value).as_str(), notes), ("1.5 3.5 7.5 100 92.5 7.5 null", vec![]));
}

#[test]
fn an_unknown_day_makes_its_week_and_month_unknown_but_not_today() {
    let pages = CostPages {
        days: vec![day(date(2026, 11, 18), "nonsense"), day(TODAY, "{\"total\": 1}")],
        ..CostPages::default()
    };
    let (costs, notes) = at(&pages, TODAY);
    assert_eq!((line(&costs).as_str(), notes), ("1 null null 100 null null null", 1));
}

#[test]
fn alerts_come_for_every_scope_from_the_limits_in_force() {
    let pages = CostPages {
        days: vec![day(date(2026, 11, 17), "{\"total\": 20}"), day(TODAY, "{\"total\": 4}")],
        month: mtd("{\"month\": \"2026-11\", \"total\": 60}"),
        budget: Some(Page::new(
            "costs/budget-config.json",
            "{\"budgets\": {\"monthly\": {\"soft_limit\": 60, \"hard_limit\": 90, \"alert_threshold\": 0.8}}}",
        )),
        ..CostPages::default()
    };
    let (costs, _) = at(&pages, TODAY);
    let found: Vec<String> = costs
        .alerts
        .iter()
        .map(|alert| {
            format!(
                "{} {} {} {} {}",
                alert.scope.word(),
                alert.level.word(),
                alert.percent.unwrap().plain(),
                alert.limit.plain(),
                alert.spent.plain()
            )
        })
        .collect();
    assert_eq!(found, ["monthly critical 100.0 60 60", "daily warning 80.0 5 4", "weekly warning 96.0 25 24"]);
    assert_eq!(costs.budget_origin, Origin::Repository);
}

fn all(usd: &str) -> Amounts {
    let usd = Usd::parse(usd);
    Amounts { today: usd, week: usd, month: usd }
}

/// `scope level spent limit` of each alert.
fn alerts_of(costs: &Costs) -> Vec<String> {
    let shown = |alert: &Alert| {
        format!("{} {} {} {}", alert.scope.word(), alert.level.word(), alert.spent.plain(), alert.limit.plain())
    };
    costs.alerts.iter().map(shown).collect()
}

#[test]
fn limits_of_the_user_are_judged_by_all_projects_and_those_of_the_repository_by_this_one() {
    let pages = CostPages {
        budget: Some(Page::new("costs/budget-config.json", "{\"daily\": 10, \"monthly\": 50}")),
        user_budget: Some(Page::new("budgets.yaml", "daily: {soft_limit: 20}\nweekly: {soft_limit: 30}\n")),
        ..CostPages::default()
    };
    let spent = |here, everywhere| Spent { here: all(here), everywhere: Some(all(everywhere)), complete: true };
    for (spent, expected) in [
        (spent("1", "2"), vec![]),
        (spent("1", "24"), vec!["daily critical 24 20", "weekly warning 24 30"]),
        (spent("9", "9"), vec!["daily warning 9 10"]),
        (spent("9", "20"), vec!["daily critical 20 20"]),
        (spent("45", "45"), vec!["daily critical 45 10", "weekly critical 45 30", "monthly critical 45 50"]),
        (Spent { everywhere: None, ..spent("24", "0") }, vec!["daily critical 24 10", "weekly warning 24 30"]),
        (Spent { complete: false, ..spent("45", "45") }, vec![]),
    ] {
        assert_eq!(alerts_of(&costs(&pages, Some(&spent), &defaults(), TODAY).value), expected, "{spent:?}");
    }
}

#[test]
fn what_is_left_of_a_users_budget_is_what_all_projects_left() {
    let pages =
        CostPages { user_budget: Some(Page::new("budgets.yaml", "monthly: {soft_limit: 80}")), ..CostPages::default() };
    let spent = Spent { here: all("10"), everywhere: Some(all("60")), complete: true };
    let found = costs(&pages, Some(&spent), &defaults(), TODAY).value;
    assert_eq!(line(&found), "10 10 10 80 20 75.0 null");
    assert_eq!((found.budget_origin, found.everywhere), (Origin::User, Some(all("60"))));
    let found = costs(&CostPages::default(), Some(&spent), &defaults(), TODAY).value;
    assert_eq!(line(&found), "10 10 10 100 90 10.0 null", "the table's budget is this project's");
}

#[test]
fn with_less_than_ten_dollars_left_of_the_month_the_alert_is_critical() {
    let month = |usd: &str, budget: &str| {
        let pages = CostPages {
            user_budget: Some(Page::new(
                "b",
                format!(
                    "{{daily: {{soft_limit: 900}}, weekly: {{soft_limit: 900}}, monthly: {{soft_limit: {budget}}}}}"
                ),
            )),
            ..CostPages::default()
        };
        let spent = Spent { here: all(usd), everywhere: None, complete: true };
        alerts_of(&costs(&pages, Some(&spent), &defaults(), TODAY).value)
    };
    for (usd, budget, expected) in [
        ("79.99", "100", None),
        ("80", "100", Some("monthly warning 80 100")),
        ("90", "100", Some("monthly warning 90 100")),
        ("90.01", "100", Some("monthly critical 90.01 100")),
        ("5", "14", Some("monthly critical 5 14")),
        // a budget that is no larger would never be without this alert
        ("1", "10", None),
        ("8", "10", Some("monthly warning 8 10")),
    ] {
        assert_eq!(month(usd, budget), expected.into_iter().collect::<Vec<_>>(), "{usd} of {budget}");
    }
}

#[test]
fn a_budget_is_taken_from_an_older_running_total_and_not_from_ours() {
    let spent = Spent { here: all("20"), everywhere: None, complete: true };
    let budget = |text: &str| {
        let pages = CostPages { month: mtd(text), ..CostPages::default() };
        let found = costs(&pages, Some(&spent), &defaults(), TODAY);
        assert_eq!(found.notes, vec![]);
        (plain(found.value.budget), found.value.budget_origin)
    };
    let older = "{\"month\": \"2026-10\", \"budget\": 80, \"total\": 12}";
    assert_eq!(budget(older), ("80".into(), Origin::Repository));
    let now = "2026-11-21T18:30:00Z[UTC]".parse().unwrap();
    let ours = |origin| derived::month(&[], Some((Usd::from_cents(8_000), origin)), TODAY, &now);
    for origin in [Origin::Repository, Origin::User] {
        assert_eq!(
            budget(&ours(origin)),
            ("100".into(), Origin::Default),
            "one of ours only repeats what stands elsewhere"
        );
    }
    assert_eq!(budget("{ broken"), ("100".into(), Origin::Default));
}

proptest! {
    #[test]
    fn any_pages_are_answered_without_a_panic(text in "[\\[\\]{}\":,.a-z_0-9 \n-]{0,60}", other in "\\PC{0,60}") {
        let page = |text: &str| Some(Page::new("x", text));
        let pages = CostPages { days: vec![day(TODAY, &text)], month: page(&other), by_feature: page(&text), budget: page(&text), user_budget: page(&other) };
        let _ = costs(&pages, None, &defaults(), TODAY);
        let ledger = Ledger::read(&Page::new("x", text.as_str()));
        let here = amounts(Spending { calls: &[], rows: &ledger.rows }, Date::MAX).value;
        let _ = costs(&pages, Some(&Spent { here, everywhere: Some(here), complete: true }), &defaults(), Date::MAX);
        let _ = wanted_days(Date::MIN);
    }

    #[test]
    fn what_remains_and_what_is_spent_make_the_budget(cents in 0i64..10_000_000) {
        let pages = CostPages { month: mtd(&format!("{{\"total\": {}}}", Usd::from_cents(cents).plain())), ..CostPages::default() };
        let (costs, _) = at(&pages, TODAY);
        prop_assert_eq!(costs.month.unwrap() + costs.remaining.unwrap(), costs.budget.unwrap());
    }
}
