//! What the registry's reader takes from well-formed, loose, broken and hostile text.

use super::*;
use proptest::prelude::*;

fn read(rows: &str) -> Registry {
    registry(&format!("{{\"worktrees\":[{rows}]}}")).unwrap()
}

#[test]
fn a_row_of_the_format_is_read_whole() {
    let text = r#"{"worktrees":[{"id":"0b5c","project":"app","repoPath":"/w/app","branch":"feature/login","branchSlug":"feature-login",
        "worktreePath":"/t/app/feature-login","ports":[8100,8101],"createdAt":"2026-11-20T10:00:00Z","validatedAt":null,
        "agentLaunchedAt":null,"task":"login form","prNumber":42,"status":"active","mine":1.50}],
        "portPool":{"start":8100,"end":8199,"allocated":[8100,8101]}}"#;
    let found = registry(text).unwrap();
    assert_eq!(found.notes, vec![]);
    assert_eq!(found.pool, Some(Pool { start: 8100, end: 8199, allocated: vec![8100, 8101] }));
    let expected = Entry {
        index: 0,
        id: Some("0b5c".into()),
        project: Some("app".into()),
        repo_path: Some("/w/app".into()),
        branch: Some("feature/login".into()),
        branch_slug: Some("feature-login".into()),
        worktree_path: Some("/t/app/feature-login".into()),
        ports: vec![8100, 8101],
        created_at: Some("2026-11-20T10:00:00Z".into()),
        task: Some("login form".into()),
        pr_number: Some(42),
        status: Some("active".into()),
        ..Entry::default()
    };
    assert_eq!(found.entries, [expected]);
}

#[test]
fn looser_spellings_are_read() {
    let found = read(
        r#"{"path":"/t/x","repo_path":"/w/app","branch":"refs/heads/x","ports":["8100",8101.0,8100],"prNumber":"7"},{"worktreePath":null,"ports":8102}"#,
    );
    assert_eq!(found.notes, vec![]);
    assert_eq!(found.entries[0].worktree_path, Some("/t/x".into()));
    assert_eq!((found.entries[0].branch.as_deref(), found.entries[0].pr_number), (Some("x"), Some(7)));
    assert_eq!((&found.entries[0].ports, &found.entries[1].ports), (&vec![8100, 8101], &vec![8102]));
    assert_eq!(found.entries[1].worktree_path, None);
}

#[test]
fn text_that_is_no_registry_is_a_problem_and_not_an_empty_registry() {
    let deep = "[".repeat(100_000);
    for text in [
        "",
        " ",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        "{\"worktrees\":{}}",
        "{\"worktrees\":null}",
        "{\"worktrees\":[]}x",
        &deep,
    ] {
        let problem = registry(text).expect_err(text);
        assert_eq!(problem.code, codes::REGISTRY_INVALID, "{text}");
        assert!(problem.message.chars().count() < 300 && problem.hint.is_some());
    }
}

#[test]
fn a_bad_row_is_a_note_and_the_others_stay() {
    let found = read(r#"7,{"branch":"a","ports":[8100,0,-1,70000,"x",{"a":1}]},{"branch":"b","ports":[8102]}"#);
    assert_eq!(
        found.entries.iter().map(|entry| (entry.index, entry.ports.clone())).collect::<Vec<_>>(),
        [(1, vec![8100]), (2, vec![8102])]
    );
    assert_eq!(found.notes.len(), 6);
    assert!(found.notes.iter().all(|note| note.problem.code == codes::REGISTRY_ROW_INVALID));
    assert!(found.notes[5].problem.message.ends_with("1 more values cannot be read"));
}

#[test]
fn a_pool_that_is_no_range_is_a_note_and_its_allocated_ports_still_count() {
    for pool in [
        r#"{"start":8199,"end":8100,"allocated":[8100]}"#,
        r#"{"allocated":[8100]}"#,
        r#"{"start":"x","end":8199,"allocated":[8100]}"#,
    ] {
        let found = registry(&format!("{{\"worktrees\":[],\"portPool\":{pool}}}")).unwrap();
        assert_eq!((found.pool, found.allocated, found.notes.len()), (None, vec![8100], 1), "{pool}");
    }
    assert_eq!(registry("{\"worktrees\":[],\"portPool\":null}").unwrap(), Registry::default());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(rows in "[\\[\\]{}\":,a-c0-9. -]{0,60}") {
        let _ = registry(&rows);
        if let Ok(found) = registry(&format!("{{\"worktrees\":[{{\"ports\":{rows}}}]}}")) {
            prop_assert!(found.entries.len() <= 1 && found.notes.len() <= NAMED + 1);
        }
    }
}

#[test]
fn a_byte_order_mark_and_unknown_depths_and_numbers_do_not_matter() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!("\u{feff}{{\"x\":{deep},\"worktrees\":[{{\"branch\":\"a\",\"mine\":1e999,\"deep\":{deep}}}]}}");
    let found = registry(&text).unwrap();
    assert_eq!((found.entries.len(), found.entries[0].branch.as_deref(), found.notes), (1, Some("a"), vec![]));
}

#[test]
fn a_known_value_that_no_reader_takes_is_a_note_about_its_row() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for row in [format!("{{\"task\":{deep}}}"), "{\"id\":1e999}".to_owned(), "{\"ports\":[1],\"ports\":[2]}".to_owned()]
    {
        let found = read(&format!("{row},{{\"branch\":\"b\"}}"));
        assert_eq!((found.entries.len(), found.entries[0].index, found.ports_unreadable), (1, 1, true));
        assert_eq!(found.notes.len(), 1);
        assert!(found.notes[0].problem.message.len() < 400, "{}", found.notes[0].problem.message);
    }
}

#[test]
fn a_spelling_that_holds_nothing_does_not_hide_one_that_does() {
    let found = read(r#"{"worktreePath":null,"path":"/t/x","branchSlug":" ","branch_slug":"x"}"#);
    assert_eq!(found.entries[0].worktree_path, Some("/t/x".into()));
    assert_eq!(found.entries[0].branch_slug.as_deref(), Some("x"));
}

#[test]
fn no_list_of_allocated_ports_is_an_empty_one() {
    let found = registry(r#"{"worktrees":[],"portPool":{"start":8100,"end":8199,"allocated":null}}"#).unwrap();
    assert_eq!((found.allocated, found.ports_unreadable, found.notes), (vec![], false, vec![]));
}
