//! What the registry's text looks like after an edit, and when it is left alone.

use super::*;
use crate::registry::registry;
use crate::rules::tests::rules;
use proptest::prelude::*;

fn new_row(branch: &str, ports: &[u16]) -> NewRow {
    NewRow {
        id: "7f0c".into(),
        project: "app".into(),
        repo_path: "/w/app".into(),
        branch: branch.into(),
        branch_slug: branch.replace('/', "-"),
        worktree_path: Some(format!("/t/app/{branch}")),
        ports: ports.to_vec(),
        created_at: "2026-11-21T09:00:00Z".into(),
        task: Some("login \"form\"".into()),
    }
}

fn append(branch: &str, ports: &[u16]) -> Change {
    Change::Append(new_row(branch, ports))
}

fn set(index: usize, field: Field) -> Change {
    Change::Set { index, field }
}

fn clean(text: &str, changes: &[Change]) -> String {
    let edited = edited(Some(text), &rules(), changes).unwrap();
    assert_eq!(edited.notes, vec![], "{text}");
    edited.value
}

fn refused(text: &str, changes: &[Change]) -> Problem {
    edited(Some(text), &rules(), changes).expect_err(text)
}

/// A registry that another tool wrote: unknown keys at every level, odd numbers, a doubled key, another order.
const FOREIGN: &str = r#"{
    "version" : 1.50,
    "portPool": { "start": 8100, "step": 1e3, "allocated": [8100, 8101], "end": 8199 },
    "worktrees": [
        {"mine": 1.50, "branch": "a", "path": "/t/\u0061", "ports": [8100, 8101], "mine": 1E+2},
        {"branch": "b", "worktree_path": "/t/b", "nested": {"ports": [ 1,2 ]}}
    ],
    "after": [ 1.0, {"worktrees": 7} ]
}
"#;

#[test]
fn a_new_registry_has_the_pool_of_the_rules_and_all_keys_of_a_row() {
    let found = edited(None, &rules(), &[append("x/y", &[8100, 8101])]).unwrap();
    let expected = r#"{
  "worktrees": [
    {
      "id": "7f0c",
      "project": "app",
      "repoPath": "/w/app",
      "branch": "x/y",
      "branchSlug": "x-y",
      "worktreePath": "/t/app/x/y",
      "ports": [8100, 8101],
      "createdAt": "2026-11-21T09:00:00Z",
      "validatedAt": null,
      "agentLaunchedAt": null,
      "task": "login \"form\"",
      "prNumber": null,
      "status": "active"
    }
  ],
  "portPool": {
    "start": 8100,
    "end": 8199,
    "allocated": [8100, 8101]
  }
}
"#;
    assert_eq!(found, Noted::clean(expected.to_owned()));
    let empty = edited(None, &rules(), &[]).unwrap().value;
    assert_eq!(clean(&empty, &[append("x/y", &[8100, 8101])]), expected);
    assert_eq!(clean(expected, &[Change::Remove { index: 0 }]), empty);
}

#[test]
fn a_new_row_is_laid_out_as_the_rows_that_are_there() {
    let row = NewRow { worktree_path: None, task: None, ..new_row("x", &[8102, 8103]) };
    let with = |text: &str| clean(text, &[Change::Append(row.clone())]);
    let one = "{\"worktrees\":[{\"branch\":\"a\",\"ports\":[8100,8101]}],\"portPool\":{\"allocated\":[8100,8101]}}";
    let compact = "{\"id\":\"7f0c\",\"project\":\"app\",\"repoPath\":\"/w/app\",\"branch\":\"x\",\"branchSlug\":\"x\",\"worktreePath\":null,\"ports\":[8102,8103],\"createdAt\":\"2026-11-21T09:00:00Z\",\"validatedAt\":null,\"agentLaunchedAt\":null,\"task\":null,\"prNumber\":null,\"status\":\"active\"}";
    assert_eq!(
        with(one),
        format!(
            "{{\"worktrees\":[{{\"branch\":\"a\",\"ports\":[8100,8101]}},{compact}],\"portPool\":{{\"allocated\":[8100,8101,8102,8103]}}}}"
        )
    );
    let spaced = with(&one.replace(':', ": ").replace(',', ", "));
    assert!(spaced.contains("}, {\"id\": \"7f0c\", \"project\"") && spaced.ends_with("[8100, 8101, 8102, 8103]}}"));
    let pretty: Value = serde_json::from_str(one).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap().replace("  ", "\t").replace('\n', "\r\n");
    let tabs = with(&format!("\u{feff}{pretty}\r\n"));
    assert!(tabs.starts_with("\u{feff}{\r\n\t\"worktrees\"") && tabs.ends_with("}\r\n"));
    assert!(tabs.contains("},\r\n\t\t{\r\n\t\t\t\"id\": \"7f0c\",\r\n\t\t\t\"project\""), "{tabs}");
    assert!(tabs.contains("\"ports\": [\r\n\t\t\t\t8102,\r\n\t\t\t\t8103\r\n\t\t\t],"), "{tabs}");
    assert!(tabs.contains("\t\t\t8101,\r\n\t\t\t8102,\r\n\t\t\t8103\r\n\t\t]"), "{tabs}");
    assert!(!tabs.replace("\r\n", "").contains('\n'));
    let bare = with("{\"worktrees\":[]}");
    assert_eq!(
        bare,
        format!("{{\"worktrees\":[{compact}],\"portPool\":{{\"start\":8100,\"end\":8199,\"allocated\":[8102,8103]}}}}")
    );
}

#[test]
fn the_first_row_of_an_empty_list_has_the_files_indentation_and_line_ends() {
    let text = "{\r\n\t\"worktrees\": []\r\n}\r\n";
    let after = clean(text, &[append("x", &[8102])]);
    assert!(
        after.starts_with("{\r\n\t\"worktrees\": [\r\n\t\t{\r\n\t\t\t\"id\": \"7f0c\",\r\n\t\t\t\"project\""),
        "{after}"
    );
    assert!(after.contains("\r\n\t\t}\r\n\t],\r\n\t\"portPool\": {\r\n\t\t\"start\": 8100,\r\n"), "{after}");
    assert!(after.ends_with("\"allocated\": [8102]\r\n\t}\r\n}\r\n"), "{after}");
    assert!(!after.replace("\r\n", "").contains('\n'));
}

#[test]
fn what_other_tools_wrote_stays_byte_for_byte() {
    let after = clean(FOREIGN, &[append("x", &[8102, 8103])]);
    let added = after.lines().find(|line| line.contains("7f0c")).unwrap();
    let expected = FOREIGN
        .replace("[8100, 8101], \"end\"", "[8100, 8101, 8102, 8103], \"end\"")
        .replace("[ 1,2 ]}}\n", &format!("[ 1,2 ]}}}},\n{added}\n"));
    assert_eq!(after, expected);
    assert_eq!(clean(&after, &[Change::Remove { index: 2 }]), FOREIGN);
    assert_eq!(clean(FOREIGN, &[]), FOREIGN);
}

#[test]
fn a_field_is_set_under_the_spelling_that_is_there_and_added_where_there_is_none() {
    let path = |index| set(index, Field::Path(Some("/t/n".into())));
    assert_eq!(clean(FOREIGN, &[path(0)]), FOREIGN.replace(r#""/t/\u0061""#, "\"/t/n\""));
    assert_eq!(clean(FOREIGN, &[path(1)]), FOREIGN.replace("\"/t/b\"", "\"/t/n\""));
    let same = set(0, Field::Path(Some("/t/a".into())));
    assert_eq!(clean(FOREIGN, &[same]), FOREIGN);
    let several = [
        set(1, Field::Task(Some("old".into()))),
        set(1, Field::Status("orphaned")),
        set(1, Field::Task(Some("new".into()))),
        set(1, Field::Path(None)),
        set(1, Field::Branch { branch: "c/d".into(), slug: "c-d".into() }),
        set(1, Field::ValidatedAt("2026-11-21T10:00:00Z".into())),
        set(1, Field::Ports(vec![8102, 8103])),
    ];
    let row = r#"{"branch": "c/d", "worktree_path": null, "nested": {"ports": [ 1,2 ]}, "status": "orphaned", "task": "new", "branchSlug": "c-d", "validatedAt": "2026-11-21T10:00:00Z", "ports": [8102, 8103]}"#;
    let old = r#"{"branch": "b", "worktree_path": "/t/b", "nested": {"ports": [ 1,2 ]}}"#;
    let expected = FOREIGN.replace(old, row).replace("[8100, 8101], \"end\"", "[8100, 8101, 8102, 8103], \"end\"");
    assert_eq!(clean(FOREIGN, &several), expected);
}

#[test]
fn every_spelling_of_a_field_that_a_row_has_is_set() {
    let text = r#"{"worktrees":[{"worktreePath":null,"path":"/t/a","path":"/t/b"},{}]}"#;
    let changes = [set(0, Field::Path(Some("/n".into()))), set(1, Field::Status("merged"))];
    let expected = r#"{"worktrees":[{"worktreePath":"/n","path":"/n","path":"/n"},{"status":"merged"}]}"#;
    assert_eq!(clean(text, &changes), expected);
}

#[test]
fn a_row_of_another_project_is_never_taken_out_with_one() {
    let rows: Vec<String> = (0..6)
        .map(|n| format!("{{\"project\":\"p{n}\",\"repoPath\":\"/w/p{n}\",\"branch\":\"x\",\"ports\":[{}]}}", 8100 + n))
        .collect();
    let text = |rows: &[String], ports: &[&str]| {
        format!("{{\"worktrees\":[{}],\"portPool\":{{\"allocated\":[{}]}}}}", rows.join(","), ports.join(","))
    };
    let all = ["8100", "8101", "8102", "8103", "8104", "8105"];
    for removed in 0_u32..64 {
        let gone = |index: &usize| removed & (1 << index) != 0;
        let changes: Vec<Change> = (0..6).filter(gone).map(|index| Change::Remove { index }).collect();
        let kept: Vec<usize> = (0..6).filter(|index| !gone(index)).collect();
        let rows_kept: Vec<String> = kept.iter().map(|index| rows[*index].clone()).collect();
        let ports_kept: Vec<&str> = kept.iter().map(|index| all[*index]).collect();
        assert_eq!(clean(&text(&rows, &all), &changes), text(&rows_kept, &ports_kept), "{removed:b}");
    }
}

#[test]
fn a_field_that_a_row_does_not_have_matches_no_other_row() {
    let text = "{\"worktrees\":[{},{},{\"x\":1}],\"portPool\":{\"allocated\":[]}}";
    assert_eq!(clean(text, &[Change::Remove { index: 1 }]), text.replacen("{},{}", "{}", 1));
    let after = clean(text, &[set(2, Field::Path(Some("/t".into())))]);
    assert_eq!(after, text.replace("{\"x\":1}", "{\"x\":1,\"worktreePath\":\"/t\"}"));
}

#[test]
fn a_removal_counts_whatever_else_is_set_and_others_are_appended_in_its_place() {
    let changes =
        [set(0, Field::Ports(vec![8110])), Change::Remove { index: 0 }, Change::Remove { index: 1 }, append("x", &[])];
    let after = clean(FOREIGN, &changes);
    let found = registry(&after).unwrap();
    assert_eq!(found.entries.iter().map(|entry| entry.branch.as_deref()).collect::<Vec<_>>(), [Some("x")]);
    assert_eq!(found.allocated, [0_u16; 0]);
    assert!(
        after.contains("\"worktrees\": [\n        {\"id\": ") && after.contains("}\n    ],\n    \"after\""),
        "{after}"
    );
}

#[test]
fn allocated_becomes_the_sorted_union_and_ports_that_no_row_held_are_named() {
    let text = "{\"worktrees\":[{\"ports\":[8104,8105]},{\"ports\":[8102]}],\"portPool\":{\"start\":8100,\"allocated\":[8105,8150,\"8104\",8102,8151]}}";
    let found = edited(Some(text), &rules(), &[]).unwrap();
    assert_eq!(found.value, text.replace("[8105,8150,\"8104\",8102,8151]", "[8102,8104,8105]"));
    let notes: Vec<_> = found.notes.iter().map(|note| (note.severity, note.problem.code)).collect();
    assert_eq!(notes, [(wfo_base::Severity::Info, codes::WORKTREE_REPAIRED)]);
    assert!(found.notes[0].problem.message.contains("8150, 8151"), "{}", found.notes[0].problem.message);
    // Ports that a removed row held are not lost ones.
    let removed = edited(Some(&found.value), &rules(), &[Change::Remove { index: 0 }]).unwrap();
    assert!(removed.notes.is_empty() && removed.value.contains("\"allocated\":[8102]"));
    // The same set in another order is left as it is.
    let order = "{\"worktrees\":[{\"ports\":[2,1]}],\"portPool\":{\"allocated\":[2,1]}}";
    assert_eq!(clean(order, &[]), order);
    let many: Vec<String> = (1..=60_000).map(|port: u16| port.to_string()).collect();
    let many = format!("{{\"worktrees\":[],\"portPool\":{{\"allocated\":[{}]}}}}", many.join(","));
    let note = edited(Some(&many), &rules(), &[]).unwrap().notes.remove(0);
    assert!(note.problem.message.contains("59990 more") && note.problem.message.len() < 200);
}

#[test]
fn a_pool_or_a_list_that_is_not_there_is_made() {
    let row = "{\"worktrees\":[{\"ports\":[8100,8101]}]";
    for (pool, expected) in [
        ("", ",\"portPool\":{\"start\":8100,\"end\":8199,\"allocated\":[8100,8101]}"),
        (",\"portPool\":null,\"x\":1", ",\"portPool\":{\"start\":8100,\"end\":8199,\"allocated\":[8100,8101]},\"x\":1"),
        (",\"portPool\":{\"end\":1}", ",\"portPool\":{\"end\":1,\"allocated\":[8100,8101]}"),
        (",\"portPool\":{}", ",\"portPool\":{\"allocated\":[8100,8101]}"),
        (",\"port_pool\":{\"allocated\":null}", ",\"port_pool\":{\"allocated\":[8100,8101]}"),
        (",\"portPool\":{\"allocated\":8100}", ",\"portPool\":{\"allocated\":[8100,8101]}"),
    ] {
        assert_eq!(clean(&format!("{row}{pool}}}"), &[]), format!("{row}{expected}}}"), "{pool}");
    }
    assert_eq!(clean("{\"worktrees\":[]}", &[]), "{\"worktrees\":[]}");
}

#[test]
fn a_registry_that_nobody_can_be_sure_about_is_not_edited() {
    let changes = [append("x", &[8102])];
    let invalid = [
        "",
        "{",
        "[]",
        "{}",
        "{\"worktrees\":{}}",
        "{\"worktrees\":[]}}",
        "{\"worktrees\":[],\"worktrees\":[]}",
        "{\"worktrees\":[],\"worktre\\u0065s\":[]}",
        "{\"worktrees\":[],\"portPool\":7}",
        "{\"worktrees\":[],\"portPool\":{},\"portPool\":{}}",
        "{\"worktrees\":[],\"portPool\":{\"allocated\":[],\"allocated\":[]}}",
    ];
    for text in invalid {
        let problem = refused(text, &changes);
        assert_eq!((problem.code, problem.hint.is_some()), (codes::REGISTRY_INVALID, true), "{text}");
    }
    for rows in ["7", "{\"ports\":[\"many\"]}", "{\"ports\":[0]}", "{\"ports\":[1],\"ports\":[1]}"] {
        let problem = refused(&format!("{{\"worktrees\":[{rows}]}}"), &changes);
        assert_eq!((problem.code, problem.hint.is_some()), (codes::REGISTRY_ROW_INVALID, true), "{rows}");
    }
    let problem = refused("{\"worktrees\":[],\"portPool\":{\"allocated\":[\"x\"]}}", &changes);
    assert_eq!(problem.code, codes::REGISTRY_ROW_INVALID);
}

#[test]
fn a_row_that_is_not_there_and_port_0_are_refused() {
    for change in [Change::Remove { index: 2 }, set(usize::MAX, Field::Status("merged"))] {
        let problem = refused(FOREIGN, &[change]);
        assert_eq!(problem.code, codes::WORKTREE_UNKNOWN);
    }
    for change in [append("x", &[0]), set(0, Field::Ports(vec![8100, 0]))] {
        assert_eq!(refused(FOREIGN, &[change]).code, codes::PORT_INVALID);
    }
}

#[test]
fn hostile_names_and_blanks_stay_inside_their_strings_and_do_not_multiply() {
    let row = NewRow { task: Some("a\"},\n\u{1b}[31m\u{202e}\\".into()), ..new_row("x\"]", &[]) };
    let found = registry(&clean(FOREIGN, &[Change::Append(row.clone())])).unwrap();
    assert_eq!((&found.entries[2].task, found.entries[2].branch.as_deref()), (&row.task, Some("x\"]")));
    let wide = FOREIGN.replace("\n        {", &format!("\n{}{{", " ".repeat(100_000)));
    let grown = clean(&wide, &[append("x", &[]), append("y", &[])]);
    assert!(grown.len() < wide.len() + 2_000);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = FOREIGN.replace("1e3", &deep).replace("1E+2", "1E+999");
    assert!(clean(&deep, &[append("x", &[8102])]).contains("1E+999"));
}

#[test]
fn an_edit_that_did_something_else_is_not_held_for_proved() {
    let site = Site::of(FOREIGN, &read(FOREIGN).unwrap().1).unwrap();
    let changes = [append("x", &[8102]), set(0, Field::Task(None)), Change::Remove { index: 1 }];
    let wanted = Wanted::of(&changes, 2).unwrap();
    let union = BTreeSet::from([8100, 8101, 8102]);
    let rules = rules();
    let expected = proof::Expected { wanted: &wanted, rules: &rules, union: Some(&union) };
    let good = clean(FOREIGN, &changes);
    assert!(proof::holds(FOREIGN, &site, &good, &expected));
    for (old, new) in [
        ("1.50,\n", "1.5,\n"),
        ("{\"mine\": 1.50", "{\"mine\": 1.5"),
        ("1E+2", "100"),
        ("1e3", "1000"),
        ("8102], \"end\"", "8102, 8103], \"end\""),
        ("\"task\": null", "\"task\": 1"),
        ("\"id\": \"7f0c\"", "\"id\": \"7f0d\""),
        ("\"status\": \"active\"}", "\"status\": \"active\", \"x\": 1}"),
        ("\"status\": \"active\"}", "\"status\": \"active\"}, {}"),
        ("[ 1.0,", "[1.0,"),
        ("\"version\"", "\"Version\""),
        ("]\n}\n", "],\"more\":1\n}\n"),
        ("]\n}\n", "]\n}\n\n"),
        ("{\n", "\u{feff}{\n"),
        ("}", ""),
    ] {
        let bad = good.replacen(old, new, 1);
        assert_ne!(bad, good, "{old}");
        assert!(!proof::holds(FOREIGN, &site, &bad, &expected), "{old}");
    }
}

/// A registry of many rows, as other tools write it.
fn large(rows: usize) -> String {
    let row = |n: usize| {
        format!(
            "    {{\n      \"id\": \"{n}\",\n      \"project\": \"app\",\n      \"repoPath\": \"/w/app{n}\",\n      \"branch\": \"feature/{n}\",\n      \"branchSlug\": \"feature-{n}\",\n      \"worktreePath\": \"/t/app/feature-{n}\",\n      \"ports\": [{}],\n      \"createdAt\": \"2026-11-20T10:00:00Z\",\n      \"validatedAt\": null,\n      \"agentLaunchedAt\": null,\n      \"task\": null,\n      \"prNumber\": null,\n      \"status\": \"active\",\n      \"mine\": 1.50\n    }}",
            n + 1
        )
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("{{\n  \"worktrees\": [\n{}\n  ]\n}}\n", rows.join(",\n"))
}

#[test]
fn thousands_of_rows_take_time_in_proportion() {
    let text = large(5_000);
    let changes: Vec<Change> =
        (0..5_000).map(|index| set(index, Field::Status("merged"))).chain([append("x", &[8102])]).collect();
    let started = std::time::Instant::now();
    let after = edited(Some(&text), &rules(), &changes).unwrap().value;
    assert!(after.matches("\"merged\"").count() == 5_000 && after.matches("1.50").count() == 5_000);
    // A second pass over the text for every row would take minutes.
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

fn blanks() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", " ", "\n", "\r\n  ", "\t"]).prop_map(str::to_owned)
}

/// Any JSON value as text, with odd spellings.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1.50",
        "1e3",
        "-0",
        "null",
        "\"\\u0061\\\"]\"",
        "true",
        "\"é\"",
        "123456789012345678901234567890",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
        let list = (prop::collection::vec(inner.clone(), 0..3), blanks());
        let object = (prop::collection::vec(("[abpt]", inner), 0..3), blanks());
        prop_oneof![
            list.prop_map(|(items, gap)| format!("[{gap}{}{gap}]", items.join(&format!("{gap},{gap}")))),
            object.prop_map(|(items, gap)| {
                let items: Vec<String> = items.iter().map(|(key, value)| format!("\"{key}\"{gap}:{value}")).collect();
                format!("{{{gap}{}}}", items.join(&format!(",{gap}")))
            }),
        ]
    })
}

/// A registry with unknown keys everywhere, whose rows hold the ports 1, 2, ... and whose pool says so.
fn document() -> impl Strategy<Value = String> {
    let row = (prop::collection::vec(("[a-c]", value()), 0..3), blanks(), prop::bool::ANY);
    (prop::collection::vec(row, 0..5), value(), [blanks(), blanks(), blanks()], prop::bool::ANY).prop_map(
        |(rows, extra, [outer, list, pool], is_pool_first)| {
            let mut ports: Vec<String> = Vec::new();
            let mut written: Vec<String> = Vec::new();
            for (members, gap, holds) in rows {
                let mut members: Vec<String> =
                    members.iter().map(|(key, value)| format!("\"{key}\":{gap}{value}")).collect();
                if holds {
                    ports.push((ports.len() + 1).to_string());
                    members.insert(members.len() / 2, format!("\"ports\":{gap}[{gap}{}]", ports.len()));
                }
                written.push(format!("{{{gap}{}{gap}}}", members.join(&format!("{gap},{gap}"))));
            }
            let inside = if written.is_empty() {
                String::new()
            } else {
                format!("{list}{}{list}", written.join(&format!(",{list}")))
            };
            let list = format!("\"worktrees\":{outer}[{inside}]");
            let allocated = ports.join(&format!(",{pool}"));
            let allocated = if ports.is_empty() { String::new() } else { format!("{pool}{allocated}{pool}") };
            let pool =
                format!("\"portPool\":{outer}{{{pool}\"x\":{extra},\"allocated\":{pool}[{allocated}],\"x\":1E2}}");
            let mut members = vec![format!("\"a\":{extra}"), list, format!("\"a\":{extra}")];
            members.insert(if is_pool_first { 0 } else { 3 }, pool);
            format!("{{{outer}{}{outer}}}{outer}", members.join(&format!(",{outer}")))
        },
    )
}

proptest! {
    #[test]
    fn a_row_that_is_appended_and_removed_leaves_the_old_bytes(text in document()) {
        let rows = registry(&text).unwrap().entries.len();
        let with = edited(Some(&text), &rules(), &[append("x", &[8102, 8103])]).unwrap();
        prop_assert_eq!(&with.notes, &vec![]);
        let found = registry(&with.value).unwrap();
        prop_assert_eq!(found.entries.len(), rows + 1);
        prop_assert_eq!(&found.entries[rows].ports, &vec![8102, 8103]);
        let without = edited(Some(&with.value), &rules(), &[Change::Remove { index: rows }]).unwrap();
        prop_assert_eq!(without.value, text);
    }

    #[test]
    fn setting_fields_of_one_row_reads_as_set_and_changes_no_other(text in document(), index in 0_usize..5) {
        let before = registry(&text).unwrap();
        if before.entries.is_empty() {
            return Ok(());
        }
        let index = index % before.entries.len();
        let changes = [set(index, Field::Path(Some("/t/n".into()))), set(index, Field::Ports(vec![8102]))];
        let after = registry(&edited(Some(&text), &rules(), &changes).unwrap().value).unwrap();
        let mut expected = before.entries.clone();
        expected[index].worktree_path = Some("/t/n".into());
        expected[index].ports = vec![8102];
        let union: BTreeSet<u16> = expected.iter().flat_map(|entry| &entry.ports).copied().collect();
        prop_assert_eq!(&after.entries, &expected);
        prop_assert_eq!(after.allocated, union.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn any_text_is_edited_or_refused_without_a_panic(rows in "[\\[\\]{}\":,a-c0-9. -]{0,60}", tail in "[\\[\\]{}\":,a-c0-9. -]{0,30}") {
        let changes = [append("x", &[8102]), set(0, Field::Task(None)), Change::Remove { index: 0 }];
        for text in [rows.clone(), format!("{{\"worktrees\":[{rows}],\"portPool\":{{\"allocated\":[{tail}]}}}}")] {
            for changes in [&changes[..1], &changes[1..2], &changes[..]] {
                if let Ok(found) = edited(Some(&text), &rules(), changes) {
                    prop_assert!(registry(&found.value).is_ok_and(|found| !found.ports_unreadable));
                }
            }
        }
    }
}
