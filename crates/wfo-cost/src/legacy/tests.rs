//! What each shape of an older file becomes, and that no dollar is counted twice.

use super::*;
use crate::budget::Origin;
use crate::{daily as reader, derived};
use jiff::civil::date;
use proptest::prelude::*;
use wfo_base::Severity;

const TODAY: Date = date(2026, 11, 21);
const DAILY: &str =
    "{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.10}, \"total\": 0.57}";

fn day_page(day: Date, text: &str) -> (Date, Page) {
    (day, Page::new(format!("costs/daily-{day}.json"), text))
}

fn pages(days: &[(Date, &str)], month: Option<&str>, by_feature: Option<&str>) -> LegacyPages {
    LegacyPages {
        days: days.iter().map(|(day, text)| day_page(*day, text)).collect(),
        month: month.map(|text| Page::new("costs/mtd.json", text)),
        by_feature: by_feature.map(|text| Page::new("costs/by-feature.jsonl", text)),
    }
}

fn with(pages: &LegacyPages, ledger: &Ledger, transcripts: &[Row]) -> Noted<Legacy> {
    legacy(pages, Known { project: Some("shop"), zone: "UTC", ledger, transcripts, today: TODAY })
}

fn of(pages: &LegacyPages) -> Legacy {
    with(pages, &Ledger::default(), &[]).value
}

/// `day kind model dollars feature` of each row.
fn shown(rows: &[Row]) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or("-".into());
    let mut shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let usd = row.usd.unwrap().plain();
            let day = row.day.strftime("%d");
            format!("{day} {} {} {usd} {}", row.kind.word(), text(&row.model), text(&row.feature))
        })
        .collect();
    shown.sort();
    shown
}

fn sum(rows: &[Row]) -> String {
    rows.iter().filter_map(|row| row.usd).sum::<Usd>().plain()
}

fn told(day: Date, model: &str, usd: &str) -> Row {
    Row {
        session: Some("s".into()),
        zone: "UTC".into(),
        model: Some(model.into()),
        tokens: Tokens { input: 1, ..Tokens::default() },
        requests: 1,
        usd: Usd::parse(usd),
        ..Row::transcript(day)
    }
}

#[test]
fn every_shape_of_a_daily_file_becomes_rows_that_count_each_dollar_once() {
    for (text, rows) in [
        (DAILY, vec!["21 compute runpod 0.1 -", "21 inference claude 0.45 -", "21 inference deepseek 0.02 -"]),
        (
            "{\"llm\": 0.3, \"compute\": 0.5, \"storage\": 0.01, \"api\": 0.2, \"sessions\": 4, \"last_updated\": \"2026-11-21\"}",
            vec!["21 api - 0.2 -", "21 compute - 0.5 -", "21 inference - 0.3 -", "21 storage - 0.01 -"],
        ),
        // the sum, its parts, and a total that counts both: as the older tracker left it
        (
            "{\"llm\": 0.45, \"llm_claude-sonnet\": 0.4, \"llm_qwen\": 0.05, \"compute\": 0.1, \"total\": 1.0000000000000002}",
            vec!["21 compute - 0.1 -", "21 inference claude-sonnet 0.4 -", "21 inference qwen 0.05 -"],
        ),
        ("{\"llm\": 0.45, \"llm_qwen\": 0.05}", vec!["21 inference - 0.4 -", "21 inference qwen 0.05 -"]),
        ("{\"llm\": 0.1, \"llm_qwen\": 0.5}", vec!["21 inference - 0.1 -"]),
        ("{\"llm_claude\": 0.4, \"llm_qwen\": 0.05}", vec!["21 inference claude 0.4 -", "21 inference qwen 0.05 -"]),
        ("{\"categories\": {\"llm\": 1.5, \"compute\": 0.5}}", vec!["21 compute - 0.5 -", "21 inference - 1.5 -"]),
        ("{\"total\": 0.53}", vec!["21 inference - 0.53 -"]),
        ("{\"inference\": {\"a\": 1}, \"total\": 3}", vec!["21 inference - 2 -", "21 inference a 1 -"]),
        ("{\"inference\": {\"a\": 5}, \"total\": 3}", vec!["21 inference - 3 -"]),
        ("{\"llm\": 3, \"credit\": -1}", vec!["21 inference - 2 -"]),
        ("{\"claude\": 0.5, \"compute_hours\": 7, \"api_calls\": 12}", vec!["21 inference claude 0.5 -"]),
        (
            "{\"inference\": {\"a\": 1}, \"total\": 1}\n{\"inference\": {\"a\": 2, \"b\": 4}}",
            vec!["21 inference a 3 -", "21 inference b 4 -"],
        ),
        ("{\"compute\": {\"runpod\": 0.00}, \"total\": 0}", vec![]),
    ] {
        let found = of(&pages(&[(TODAY, text)], None, None));
        assert_eq!(shown(&found.rows), rows, "{text}");
        assert_eq!((found.taken.len(), found.left.len(), found.overlapping.len()), (1, 0, 0), "{text}");
    }
}

#[test]
fn a_row_says_where_it_comes_from() {
    let found = of(&pages(&[(TODAY, "{\"inference\": {\"claude\": 1}}")], None, None));
    let row = &found.rows[0];
    assert_eq!(
        (row.source, row.id.as_deref(), row.project.as_deref(), row.zone.as_str(), row.session.as_deref()),
        (Source::Legacy, Some("legacy:daily-2026-11-21.json:inference:claude"), Some("shop"), "UTC", None)
    );
}

#[test]
fn a_file_that_cannot_be_read_is_left_where_it_is_and_nothing_is_made_of_it() {
    for text in ["nonsense", "{\"total\": -2}", "{\"date\": \"2026-11-20\", \"total\": 2}"] {
        let noted = with(&pages(&[(TODAY, text)], Some("{ broken"), Some("broken\n")), &Ledger::default(), &[]);
        let left =
            ["costs/daily-2026-11-21.json", "costs/by-feature.jsonl", "costs/mtd.json"].map(str::to_owned).to_vec();
        assert_eq!(noted.value, Legacy { left, ..Legacy::default() }, "{text}");
        assert_eq!(noted.notes.len(), 3, "{text}");
    }
    let unreadable = |name: &str| Page::unreadable(name);
    let all = LegacyPages {
        days: vec![(TODAY, unreadable("d"))],
        month: Some(unreadable("m")),
        by_feature: Some(unreadable("f")),
    };
    assert_eq!(of(&all).left, ["d", "f", "m"]);
}

#[test]
fn what_was_written_here_is_no_older_life() {
    let rows = [Row { feature: Some("x".into()), ..told(TODAY, "m", "1") }];
    let now = "2026-11-21T18:30:00Z[UTC]".parse().unwrap();
    let day = derived::daily(TODAY, &rows, "UTC", &now);
    let month = derived::month(&rows, Some((Usd::from_cents(100), Origin::Default)), TODAY, &now);
    let all = pages(&[(TODAY, &day)], Some(&month), Some(&derived::by_feature(&rows)));
    assert_eq!(with(&all, &Ledger::default(), &[]), Noted::clean(Legacy::default()));
    // but what a person appended to it is
    let appended = format!("{day}{{\"inference\": {{\"qwen\": 0.5}}, \"total\": 0.5}}\n");
    let lines =
        format!("{}{{\"feature\": \"y\", \"cost\": 2, \"date\": \"2026-11-03\"}}\n", derived::by_feature(&rows));
    let found = of(&pages(&[(TODAY, &appended)], None, Some(&lines)));
    assert_eq!(shown(&found.rows), ["03 inference - 2 y", "21 inference qwen 0.5 -"]);
    assert!(!found.rows.iter().any(|row| row.id.as_deref() == Some("legacy:daily-2026-11-21.json:inference:qwen")));
    let cut = format!("{}{{\"feature\": ", derived::by_feature(&rows));
    assert_eq!(of(&pages(&[], None, Some(&cut))).taken, ["costs/by-feature.jsonl"]);
}

#[test]
fn a_line_about_a_feature_puts_part_of_its_day_down_to_it_and_adds_no_money() {
    let lines = "{\"feature\": \"login\", \"cost\": 0.40, \"date\": \"2026-11-21T10:00:00+01:00\", \"branch\": \"feature/login\"}\n\
                 {\"feature\": \"pay\", \"cost\": 0.12, \"date\": \"2026-11-21\"}\n\
                 {\"feature\": \"late\", \"cost\": 9, \"date\": \"2026-11-21\"}\n";
    let found = of(&pages(&[(TODAY, DAILY)], None, Some(lines)));
    assert_eq!(
        shown(&found.rows),
        [
            "21 compute runpod 0.05 late",
            "21 compute runpod 0.05 pay",
            "21 inference claude 0.05 pay",
            "21 inference claude 0.4 login",
            "21 inference deepseek 0.02 pay",
        ]
    );
    assert_eq!(sum(&found.rows), "0.57");
    assert_eq!(found.taken, ["costs/daily-2026-11-21.json", "costs/by-feature.jsonl"]);
    let ids: BTreeSet<_> = found.rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(ids.len(), found.rows.len());
}

#[test]
fn a_line_about_a_feature_is_money_on_a_day_of_which_nothing_else_tells() {
    let lines = "{\"feature\": \"x\", \"costs\": {\"development_hours\": 6, \"llm_tokens\": 90000, \"llm_cost\": 0.5, \"infrastructure\": 0.1, \"total\": 90006.6}, \"date\": \"2026-11-03\"}\n\
                 {\"feature\": \"free\", \"cost\": 0, \"date\": \"2026-11-03\"}\n\
                 {\"feature\": \"x\", \"cost\": 1, \"date\": \"2026-11-05\"}\n\
                 {\"feature\": \"x\", \"cost\": 1, \"date\": \"2026-11-05\"}\n";
    let found = of(&pages(&[], None, Some(lines)));
    let expected = ["03 compute - 0.1 x", "03 inference - 0.5 x", "05 inference - 1 x", "05 inference - 1 x"];
    assert_eq!(shown(&found.rows), expected);
    let transcripts = [told(date(2026, 11, 5), "claude-opus-5-5", "7")];
    let beside = with(&pages(&[], None, Some(lines)), &Ledger::default(), &transcripts).value;
    assert_eq!(
        (shown(&beside.rows).len(), shown(&beside.overlapping)),
        (2, expected[2..].iter().map(|s| (*s).to_owned()).collect())
    );
}

#[test]
fn lines_without_a_day_are_dated_by_their_neighbours_and_said_to_be() {
    let lines = "{\"task\": \"research\", \"topic\": \"db\", \"cost\": 0.3}\n\
                 {\"feature\": \"x\", \"cost\": 1, \"date\": \"2026-11-05\"}\n\
                 {\"task\": \"review\", \"cost\": 2}\n";
    let noted = with(&pages(&[], None, Some(lines)), &Ledger::default(), &[]);
    assert_eq!(shown(&noted.value.rows), ["05 inference - 0.3 db", "05 inference - 1 x", "05 inference - 2 review"]);
    let skills: Vec<_> = noted.value.rows.iter().map(|row| row.skill.as_deref()).collect();
    assert_eq!(skills, [Some("research"), None, Some("review")]);
    assert!(noted.notes.iter().any(|note| note.problem.message.contains("line 1 and 1 more")), "{:?}", noted.notes);
    let alone = of(&pages(&[(date(2026, 11, 9), "{\"llm\": 5}")], None, Some("{\"task\": \"x\", \"cost\": 2}")));
    assert_eq!(shown(&alone.rows), ["09 inference - 2 x", "09 inference - 3 -"]);
}

#[test]
fn a_running_total_adds_only_what_its_days_do_not_explain() {
    let month = |more: &str| format!("{{\"month\": \"2026-11\", \"budget\": 100, {more}}}");
    let days = [(date(2026, 11, 20), "{\"llm\": 2, \"compute\": 1}"), (TODAY, DAILY)];
    let first = (date(2026, 11, 2), "{\"llm\": 1}");
    for (days, more, rest) in [
        (&days[..], "\"total\": 12.34", vec!["19 inference - 8.77 -"]),
        (&days[..], "\"total\": 3.57", vec![]),
        (&days[..], "\"total\": 1", vec![]),
        (
            &days[..],
            "\"categories\": {\"llm\": 4.47, \"compute\": 2.1}, \"total\": 6.57",
            vec!["19 compute - 1 -", "19 inference - 2 -"],
        ),
        (
            &[],
            "\"categories\": {\"llm\": 4, \"llm_claude\": 4, \"compute\": 1}, \"total\": 9",
            vec!["20 compute - 1 -", "20 inference claude 4 -"],
        ),
        (&[first], "\"total\": 4, \"last_updated\": \"2026-11-02T09:00:00\"", vec!["01 inference - 3 -"]),
    ] {
        let found = of(&pages(days, Some(&month(more)), None));
        let own = |row: &&Row| row.id.as_deref().unwrap().starts_with("legacy:mtd.json:2026-11:");
        let rows: Vec<Row> = found.rows.iter().filter(own).cloned().collect();
        assert_eq!(shown(&rows), rest, "{more}");
        assert_eq!(found.taken.last().map(String::as_str), Some("costs/mtd.json"));
    }
}

#[test]
fn a_running_total_of_an_older_month_is_dated_in_that_month() {
    for (text, day) in [
        ("{\"month\": \"2026-02\", \"total\": 5}", date(2026, 2, 28)),
        ("{\"month\": \"2024-02\", \"total\": 5}", date(2024, 2, 29)),
        ("{\"last_updated\": \"2026-10-07T01:00:00\", \"total\": 5}", date(2026, 10, 7)),
        ("{\"month\": \"32000-02\", \"total\": 5}", date(2026, 11, 20)),
        ("{\"total\": 5}", date(2026, 11, 20)),
        ("{\"month\": \"2027-03\", \"total\": 5}", date(2027, 3, 1)),
    ] {
        let found = of(&pages(&[], Some(text), None));
        assert_eq!(
            found.rows.iter().map(|row| (row.day, row.usd)).collect::<Vec<_>>(),
            [(day, Usd::parse("5"))],
            "{text}"
        );
    }
}

#[test]
fn a_running_total_is_not_added_to_what_transcripts_and_features_tell_of_the_same_month() {
    let lines = "{\"feature\": \"x\", \"cost\": 1, \"date\": \"2026-11-05\"}\n";
    let all = pages(&[(TODAY, DAILY)], Some("{\"month\": \"2026-11\", \"total\": 12.57}"), Some(lines));
    let transcripts = [
        told(date(2026, 11, 7), "claude-opus-5-5", "4"),
        told(TODAY, "claude-opus-5-5", "300"),
        told(date(2026, 10, 7), "claude-opus-5-5", "50"),
    ];
    let found = with(&all, &Ledger::default(), &transcripts).value;
    let rest: Vec<Row> = found.rows.iter().filter(|row| row.id.as_deref().unwrap().contains("mtd")).cloned().collect();
    // 12.57 less 0.57 of the daily file, 1 of the feature and 4 of transcripts on a day without a file
    assert_eq!(shown(&rest), ["20 inference - 7 -"]);
    assert_eq!(shown(&found.overlapping), ["21 inference claude 0.45 -"]);
}

#[test]
fn what_transcripts_tell_too_is_set_aside_and_what_they_cannot_tell_counts() {
    let text = "{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.10}, \"llm\": 1}";
    let transcripts = [told(TODAY, "claude-opus-5-5", "2")];
    let noted =
        with(&pages(&[(TODAY, text), (date(2026, 11, 20), text)], None, None), &Ledger::default(), &transcripts);
    assert_eq!(shown(&noted.value.overlapping), ["21 inference - 1 -", "21 inference claude 0.45 -"]);
    let counted = [
        "20 compute runpod 0.1 -",
        "20 inference - 1 -",
        "20 inference claude 0.45 -",
        "20 inference deepseek 0.02 -",
        "21 compute runpod 0.1 -",
        "21 inference deepseek 0.02 -",
    ];
    assert_eq!(shown(&noted.value.rows), counted);
    let [note] = noted.notes.as_slice() else { panic!("{:?}", noted.notes) };
    assert_eq!((note.severity, note.problem.code), (Severity::Info, codes::COST_LEGACY));
    assert_eq!(
        note.problem.message,
        "2 files of an older life became ledger rows of $1.69; $1.45 does not count, since transcripts tell of 2026-11-21 too"
    );
}

#[test]
fn a_second_run_after_a_crash_doubles_nothing_even_when_more_transcripts_were_found() {
    let lines = "{\"feature\": \"login\", \"cost\": 0.40, \"date\": \"2026-11-21\"}\n{\"feature\": \"x\", \"cost\": 1, \"date\": \"2026-11-05\"}\n";
    let all = pages(&[(TODAY, DAILY)], Some("{\"month\": \"2026-11\", \"total\": 12.34}"), Some(lines));
    let read = |text: &str| Ledger::read(&Page::new("costs/ledger.jsonl", text));
    let first = of(&all);
    let text = first.lines(&Ledger::default()).join("\n") + "\n";
    let after = read(&text);
    assert_eq!((sum(&after.rows).as_str(), after.rows.len()), ("12.34", first.rows.len()));
    let again = with(&all, &after, &[]).value;
    assert_eq!((&again, again.lines(&after)), (&first, vec![]));
    let transcripts = [told(TODAY, "claude-opus-5-5", "3"), told(date(2026, 11, 5), "claude-opus-5-5", "4")];
    let later = with(&all, &after, &transcripts).value;
    let settled = read(&(text + &later.lines(&after).join("\n")));
    // 0.12 that transcripts cannot tell, and 12.34 less the daily file's 0.57 and the 4 that transcripts tell of the 5th
    assert_eq!((sum(&settled.rows), sum(&settled.overlapping)), ("7.89".into(), "1.45".into()));
    assert_eq!(with(&all, &settled, &transcripts).value.lines(&settled), Vec::<String>::new());
}

#[test]
fn many_amounts_and_many_features_of_one_day_take_bounded_time() {
    let began = std::time::Instant::now();
    let parts: Vec<String> = (0..20_000).map(|at| format!("\"m{at}\": 0.01")).collect();
    let day = format!("{{\"compute\": {{{}}}}}", parts.join(","));
    let lines: String = (0..20_000)
        .map(|at| format!("{{\"feature\": \"f{at}\", \"cost\": 0.001, \"date\": \"2026-11-21\"}}\n"))
        .collect();
    let found = of(&pages(&[(TODAY, &day)], None, Some(&lines)));
    assert_eq!((sum(&found.rows).as_str(), found.rows.len()), ("200", 20_000 + 18_000));
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn names_from_a_file_are_one_harmless_line() {
    let text = format!("{{\"inference\": {{\"\\u001b[31mred\\n{}\": 1}}}}", "x".repeat(5_000));
    let found = of(&pages(&[(TODAY, &text)], None, None));
    let model = found.rows[0].model.clone().unwrap();
    assert!(model.starts_with("red x") && model.chars().count() <= 100, "{model}");
}

proptest! {
    #[test]
    fn rows_of_a_day_add_up_to_what_its_reader_says(
        parts in proptest::collection::vec(("(llm|llm_[ab]|compute|storage|api|inference|categories|[a-c]|total)", 0i64..1_000, 0u8..3), 0..7),
    ) {
        let fields: Vec<String> = parts.iter().map(|(key, cents, shape)| {
            let usd = Usd::from_cents(*cents).plain();
            match shape {
                0 if key != "total" => format!("\"{key}\": {{\"x\": {usd}, \"llm_y\": {usd}}}"),
                _ => format!("\"{key}\": {usd}"),
            }
        }).collect();
        let text = format!("{{{}}}", fields.join(","));
        let (_, page) = day_page(TODAY, &text);
        let said = reader::day(&page, TODAY).value;
        prop_assert_eq!(said.map(Usd::plain), Some(sum(&of(&pages(&[(TODAY, &text)], None, None)).rows)), "{}", text);
    }

    #[test]
    fn features_never_change_what_a_day_cost(cents in proptest::collection::vec(0i64..100, 0..8)) {
        let lines: String = cents.iter().enumerate().map(|(at, cents)| {
            format!("{{\"feature\": \"f{at}\", \"cost\": {}, \"date\": \"2026-11-21\"}}\n", Usd::from_cents(*cents).plain())
        }).collect();
        let found = of(&pages(&[(TODAY, DAILY)], None, Some(&lines)));
        prop_assert_eq!(sum(&found.rows), "0.57");
        let labelled: Usd = found.rows.iter().filter(|row| row.feature.is_some()).filter_map(|row| row.usd).sum();
        prop_assert_eq!(labelled, Usd::from_cents(cents.iter().sum::<i64>().min(57)));
    }

    #[test]
    fn any_texts_are_taken_or_left_without_a_panic(
        day in "[\\[\\]{}\":,.lmtoa_0-9eE \n-]{0,60}", month in "[\\[\\]{}\":,.lmtohn_0-9 -]{0,60}", lines in "[{}\":,costdae.0-9 \n-]{0,60}",
    ) {
        let all = pages(&[(TODAY, &day)], Some(&month), Some(&lines));
        let found = of(&all);
        prop_assert!(found.rows.iter().all(|row| row.usd.is_some_and(Usd::is_positive)));
        let _ = found.lines(&Ledger::default());
    }
}
