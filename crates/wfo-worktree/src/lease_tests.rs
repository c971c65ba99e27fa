//! Which ports a branch is given, and when it is given none.

use super::*;
use crate::ports::pool;
use crate::registry::registry;
use crate::rules::tests::rules;
use proptest::prelude::*;

const REPO: &str = "/w/app";

fn ask(branch: &str) -> Ask<'_> {
    Ask { repo: Path::new(REPO), home: Some(Path::new("/home/ada")), branch, count: 2, range: None }
}

fn read(rows: &str, end: u16, allocated: &str) -> Registry {
    let pool = format!("{{\"start\":8100,\"end\":{end},\"allocated\":[{allocated}]}}");
    registry(&format!("{{\"worktrees\":[{rows}],\"portPool\":{pool}}}")).unwrap()
}

fn row(repo: &str, branch: &str, ports: &str) -> String {
    format!("{{\"project\":\"app\",\"repoPath\":\"{repo}\",\"branch\":\"{branch}\",\"ports\":[{ports}]}}")
}

fn chosen(registry: &Registry, ask: &Ask<'_>) -> Choice {
    choose(Some(registry), &rules(), ask, &|_| true, &|_| false).unwrap()
}

fn refused(registry: &Registry, ask: &Ask<'_>) -> Problem {
    choose(Some(registry), &rules(), ask, &|_| true, &|_| true).unwrap_err()
}

#[test]
fn without_a_registry_the_pool_of_the_rules_begins() {
    let choice = choose(None, &rules(), &ask("x"), &|_| true, &|_| false).unwrap();
    assert_eq!(choice, Choice::Free(vec![8100, 8101]));
}

#[test]
fn next_is_the_lowest_free_pair_and_not_the_highest_port_plus_two() {
    let rows = [row(REPO, "a", "8100,8101"), row(REPO, "b", "8104,8105")].join(",");
    assert_eq!(chosen(&read(&rows, 8199, ""), &ask("x")), Choice::Free(vec![8102, 8103]));
}

#[test]
fn freed_ports_are_used_again() {
    assert_eq!(chosen(&read(&row(REPO, "b", "8198,8199"), 8199, ""), &ask("x")), Choice::Free(vec![8100, 8101]));
}

#[test]
fn the_end_of_the_pool_is_the_end_and_an_odd_port_left_over_is_no_pair() {
    let held = row(REPO, "a", "8100,8101");
    assert_eq!(chosen(&read(&held, 8103, ""), &ask("x")), Choice::Free(vec![8102, 8103]));
    for end in [8101, 8102] {
        let problem = refused(&read(&held, end, ""), &ask("x"));
        assert_eq!(problem.code, codes::PORT_POOL_EXHAUSTED, "{end}");
    }
    let at = |start, end| {
        let ask = Ask { range: Some((start, end)), ..ask("x") };
        chosen(&Registry::default(), &ask)
    };
    assert_eq!(at(65534, 65535), Choice::Free(vec![65534, 65535]));
    assert_eq!(at(8101, 8103), Choice::Free(vec![8102, 8103]));
}

#[test]
fn the_same_repository_and_branch_holds_what_it_has() {
    let rows = [row("/other/app", "x", "8100,8101"), row("/w//app/.", "refs/heads/x", "8102,8103")].join(",");
    let found = read(&rows, 8199, "");
    for branch in ["x", "refs/heads/x"] {
        assert_eq!(chosen(&found, &ask(branch)), Choice::Held { index: 1, ports: vec![8102, 8103] }, "{branch}");
    }
    let four = Ask { count: 4, range: Some((9000, 9010)), ..ask("x") };
    assert_eq!(chosen(&found, &four), Choice::Held { index: 1, ports: vec![8102, 8103] });
    let home = read(&row("~/app", "x", "8100"), 8199, "");
    let at_home = Ask { repo: Path::new("/home/ada/app"), ..ask("x") };
    assert_eq!(chosen(&home, &at_home), Choice::Held { index: 0, ports: vec![8100] });
}

#[test]
fn a_project_of_the_same_name_elsewhere_is_another_one() {
    let found = read(&row("/other/app", "x", "8100,8101"), 8199, "");
    assert_eq!(chosen(&found, &ask("x")), Choice::Free(vec![8102, 8103]));
}

#[test]
fn a_row_without_the_field_that_is_compared_is_nobodys() {
    let found = read("{\"branch\":\"x\",\"ports\":[8100]},{\"repoPath\":\"/w/app\",\"ports\":[8102]}", 8199, "");
    assert_eq!(chosen(&found, &ask("x")), Choice::Free(vec![8104, 8105]));
    assert_eq!(chosen(&found, &ask("")), Choice::Free(vec![8104, 8105]));
}

#[test]
fn a_row_of_the_branch_without_ports_holds_none() {
    let found = read(&row(REPO, "x", ""), 8199, "");
    assert_eq!(chosen(&found, &ask("x")), Choice::Free(vec![8100, 8101]));
    assert_eq!(entries_of(&found, &ask("x")).map(|entry| entry.index).collect::<Vec<_>>(), [0]);
}

#[test]
fn numbers_of_ports_are_whole_pairs_in_a_row() {
    let gap = read(&[row(REPO, "a", "8102")].join(","), 8199, "");
    for (count, ports) in [
        (1, vec![8100]),
        (2, vec![8100, 8101]),
        (3, vec![8104, 8105, 8106, 8107]),
        (4, vec![8104, 8105, 8106, 8107]),
        (5, vec![8104, 8105, 8106, 8107, 8108, 8109]),
    ] {
        assert_eq!(chosen(&gap, &Ask { count, ..ask("x") }), Choice::Free(ports), "{count}");
    }
}

#[test]
fn a_single_port_keeps_its_neighbour_from_others() {
    assert_eq!(chosen(&read(&row(REPO, "a", "8100"), 8199, ""), &ask("x")), Choice::Free(vec![8102, 8103]));
}

#[test]
fn no_ports_or_more_than_there_are_is_a_wrong_number() {
    let none = registry("{\"worktrees\":[],\"portPool\":{\"start\":8101,\"end\":8102}}").unwrap();
    assert_eq!(refused(&none, &ask("x")).code, codes::PORT_INVALID);
    let found = read("", 8103, "");
    for (count, range) in
        [(0, None), (5, None), (u16::MAX, None), (u16::MAX, Some((1, 65535))), (3, Some((8100, 8102)))]
    {
        let problem = refused(&found, &Ask { count, range, ..ask("x") });
        assert_eq!((problem.code, problem.hint.is_some()), (codes::PORT_INVALID, true), "{count} {range:?}");
    }
}

#[test]
fn ports_that_are_held_or_recorded_are_not_probed_and_others_once() {
    let found = read(&row("/other", "a", "8100,8101"), 8199, "8103");
    let probed = std::cell::RefCell::new(Vec::new());
    let is_free = |port: u16| {
        probed.borrow_mut().push(port);
        port != 8107
    };
    let four = Ask { count: 4, ..ask("x") };
    let choice = choose(Some(&found), &rules(), &four, &is_free, &|_| false).unwrap();
    assert_eq!(choice, Choice::Free(vec![8108, 8109, 8110, 8111]));
    assert_eq!(probed.into_inner(), (8104..=8111).collect::<Vec<_>>());
}

#[test]
fn an_exhausted_pool_names_at_most_five_leases_whose_worktree_is_gone() {
    let rows: Vec<String> =
        (0..8).map(|n| row(REPO, &format!("b{n}"), &format!("{},{}", 8100 + 2 * n, 8101 + 2 * n))).collect();
    let found = read(&rows.join(","), 8115, "");
    let gone = |entry: &Entry| entry.index >= 2;
    let problem = choose(Some(&found), &rules(), &ask("x"), &|_| true, &gone).unwrap_err();
    assert_eq!(problem.code, codes::PORT_POOL_EXHAUSTED);
    assert!(problem.message.contains("8100-8115") && problem.message.contains("8 leases"), "{}", problem.message);
    let hint = problem.hint.unwrap();
    assert!(
        hint.starts_with(
            "8104-8105 of `app` branch `b2`: its worktree is gone; `wfo-helper port free --for b2 -C /w/app`"
        ),
        "{hint}"
    );
    assert_eq!(hint.matches("is gone").count(), 5);
    let none = choose(Some(&found), &rules(), &ask("x"), &|_| true, &|_| false).unwrap_err();
    assert!(none.hint.unwrap().contains("wfo-helper port list"));
}

#[test]
fn a_pool_that_programs_use_up_is_exhausted_too() {
    let problem = choose(None, &rules(), &ask("x"), &|_| false, &|_| true).unwrap_err();
    assert_eq!(problem.code, codes::PORT_POOL_EXHAUSTED);
    assert!(problem.message.contains("0 leases"), "{}", problem.message);
}

#[test]
fn a_hostile_branch_name_makes_no_command() {
    for branch in ["x; rm -rf ~", "$(id)", "--yes", "a`b", "a b", "ä"] {
        let found = read(&row(REPO, branch, "8100,8101"), 8101, "");
        let hint = refused(&found, &ask("x")).hint.unwrap();
        assert!(hint.contains("is gone") && !hint.contains("--for"), "{hint}");
    }
}

#[test]
fn a_registry_with_rows_that_cannot_be_read_gives_no_port() {
    for rows in ["7", "{\"ports\":[70000]}", "{\"ports\":[1],\"ports\":[2]}"] {
        let found = read(rows, 8199, "");
        let problem = refused(&found, &ask("x"));
        assert_eq!((problem.code, problem.hint.is_some()), (codes::REGISTRY_ROW_INVALID, true), "{rows}");
    }
}

#[test]
fn a_range_is_two_ports_with_room_for_a_pair() {
    assert_eq!(parse_range("8100-8199"), Ok((8100, 8199)));
    assert_eq!(parse_range(" 1 - 65535 "), Ok((1, 65535)));
    assert_eq!(parse_range("80-81"), Ok((80, 81)));
    for text in [
        "",
        "-",
        "8100",
        "8100-",
        "-8199",
        "8199-8100",
        "8100-8100",
        "8101-8102",
        "0-10",
        "8100-65536",
        "+8100-8199",
        "8100-8199-8200",
        "8100–8199",
        "a-b",
        "8100..8199",
        "\u{1b}[31m",
    ] {
        let problem = parse_range(text).expect_err(text);
        assert_eq!(problem.code, codes::PORT_INVALID, "{text}");
        assert!(!problem.message.contains('\u{1b}') && problem.hint.is_some());
    }
    for range in [(0, 10), (8199, 8100), (8101, 8102)] {
        assert_eq!(refused(&Registry::default(), &Ask { range: Some(range), ..ask("x") }).code, codes::PORT_INVALID);
    }
}

proptest! {
    #[test]
    fn what_is_given_is_whole_pairs_inside_the_range_and_nobodys(start in 1u16..=65_500, length in 1u16..60, count in 1u16..8, held in proptest::collection::vec(0u16..60, 0..20)) {
        let end = start.saturating_add(length);
        let ports: Vec<String> = held.iter().filter_map(|port| start.checked_add(*port)).map(|port| port.to_string()).collect();
        let found = read(&row("/other", "x", &ports.join(",")), 8199, "");
        let ask = Ask { count, range: Some((start, end)), ..ask("x") };
        let choice = choose(Some(&found), &rules(), &ask, &|_| true, &|_| false);
        if let Ok(Choice::Free(given)) = &choice {
            prop_assert_eq!(given.len(), if count == 1 { 1 } else { usize::from(count.div_ceil(2)) * 2 });
            prop_assert_eq!(given[0] % 2, 0);
            prop_assert!(given.windows(2).all(|pair| pair[1] == pair[0] + 1));
            for port in given.iter().flat_map(|port| [*port, port | 1]) {
                prop_assert!((start..=end).contains(&port) && !found.entries[0].ports.contains(&port));
            }
        }
        // start-day's next and a lease of one pair are the same answer.
        let one = Ask { count: 2, range: None, ..ask };
        let next = pool(Some(&found), &rules(), &|_| true).next.map(|port| Choice::Free(vec![port, port + 1]));
        prop_assert_eq!(choose(Some(&found), &rules(), &one, &|_| true, &|_| false).ok(), next);
    }
}
