//! The join of git's worktrees with the registry.

use super::*;
use crate::registry::registry;
use crate::rules::tests::rules;
use proptest::prelude::*;

const NOW: &str = "2026-11-21T09:00:00Z";

fn tree(path: &str, branch: &str, last: &str) -> GitWorktree {
    GitWorktree {
        path: path.into(),
        branch: Some(branch.into()),
        main: path == "/w/app",
        changes: Some(0),
        ahead: Some(0),
        behind: Some(0),
        last_commit: (!last.is_empty()).then(|| last.parse().unwrap()),
        merged: Some(false),
        ..GitWorktree::default()
    }
}

fn join(worktrees: &[GitWorktree], rows_text: &str) -> (Vec<Row>, usize) {
    let registry = registry(&format!("{{\"worktrees\":[{rows_text}]}}")).unwrap();
    assert_eq!(registry.notes, vec![]);
    let noted = rows(worktrees, Some(&registry), &place());
    (noted.value, noted.notes.len())
}

fn place() -> Place<'static> {
    Place { repo: Path::new("/w/app"), home: Some(Path::new("/home/ada")), now: NOW.parse().unwrap(), rules: rules() }
}

/// `path branch ports registered/orphaned action`
fn shown(rows: &[Row]) -> Vec<String> {
    let one = |row: &Row| {
        let state = match (row.registered, row.orphaned) {
            (_, true) => "orphaned",
            (true, _) => "registered",
            _ => "unknown",
        };
        let branch = row.branch.as_deref().unwrap_or("-");
        format!("{} {branch} {:?} {state} {}", row.path.display(), row.ports, row.recommendation.action.word())
    };
    rows.iter().map(one).collect()
}

#[test]
fn the_main_checkout_comes_first_and_the_others_by_path() {
    let trees = [tree("/t/b", "b", ""), tree("/a/first", "a", ""), tree("/w/app", "main", "")];
    let noted = rows(&trees, None, &place());
    assert_eq!(
        shown(&noted.value),
        ["/w/app main [] unknown keep", "/a/first a [] unknown keep", "/t/b b [] unknown keep"]
    );
    assert_eq!(active(&noted.value), 2);
}

#[test]
fn ports_and_task_come_from_the_row_of_the_same_folder() {
    let row = r#"{"project":"app","repoPath":"/w/app/","branch":"x","worktreePath":"/t//x/","ports":[8103,8102],"task":"the login"}"#;
    let (found, notes) = join(&[tree("/w/app", "main", ""), tree("/t/x", "x", "")], row);
    assert_eq!(shown(&found)[1], "/t/x x [8102, 8103] registered keep");
    assert_eq!((found[1].task.as_deref(), notes), (Some("the login"), 0));
}

#[test]
fn a_repository_is_its_main_checkout_and_not_the_name_of_the_project() {
    let other =
        r#"{"project":"app","repoPath":"/other/app","branch":"x","worktreePath":"/t/gone","ports":[8100,8101]}"#;
    let (found, _) = join(&[tree("/w/app", "main", ""), tree("/t/x", "x", "")], other);
    assert_eq!(shown(&found), ["/w/app main [] unknown keep", "/t/x x [] unknown adopt"]);
}

#[test]
fn a_row_without_a_repository_belongs_by_its_folder() {
    let text = r#"{"branch":"x","path":"~/tmp/x","ports":[8100]},{"branch":"y","path":"/w/app/.claude/worktrees/y","ports":[8102]},
        {"branch":"z","path":"/w/apple/z","ports":[8104]},{"branch":"q","ports":[8106]}"#;
    let (found, _) = join(&[tree("/w/app", "main", ""), tree("/home/ada/tmp/x", "x", "")], text);
    assert_eq!(
        shown(&found),
        [
            "/w/app main [] unknown keep",
            "/home/ada/tmp/x x [8100] registered keep",
            "/w/app/.claude/worktrees/y y [8102] orphaned free"
        ]
    );
}

#[test]
fn a_row_whose_folder_git_does_not_know_is_an_orphan_that_holds_ports() {
    let text = r#"{"repoPath":"/w/app","branch":"gone","worktreePath":"/t/gone","ports":[8101,8100],"task":"t"},{"repoPath":"/w/app","worktreePath":"/t/bare"}"#;
    let (found, notes) = join(&[tree("/w/app", "main", "")], text);
    assert_eq!(
        shown(&found),
        ["/w/app main [] unknown keep", "/t/bare - [] orphaned free", "/t/gone gone [8100, 8101] orphaned free"]
    );
    assert!(found[2].recommendation.reason.contains("ports are still held"));
    assert_eq!((active(&found), notes, found[2].changes, found[2].age_days), (0, 0, None, None));
}

#[test]
fn a_lease_without_a_worktree_is_no_row_and_lends_its_ports_to_its_branch() {
    let lease = r#"{"repoPath":"/w/app","branch":"x","worktreePath":null,"ports":[8100,8101]},{"repoPath":"/w/app","branch":"later","worktreePath":null,"ports":[8102]}"#;
    let (found, _) = join(&[tree("/w/app", "main", ""), tree("/t/x", "x", "")], lease);
    assert_eq!(shown(&found), ["/w/app main [] unknown keep", "/t/x x [8100, 8101] unknown adopt"]);
}

#[test]
fn a_worktree_that_git_moved_keeps_its_ports_and_is_named() {
    let row = r#"{"repoPath":"/w/app","branch":"x","worktreePath":"/t/before","ports":[8100]}"#;
    let (found, notes) = join(&[tree("/w/app", "main", ""), tree("/t/after", "x", "")], row);
    assert_eq!((shown(&found)[1].as_str(), notes), ("/t/after x [8100] registered keep", 1));
}

#[test]
fn age_is_whole_days_from_real_dates() {
    for (last, age, stale) in [
        ("2026-11-21T06:00:00Z", Some(0), false),
        ("2026-11-20T09:00:01Z", Some(0), false),
        ("2026-11-20T09:00:00Z", Some(1), false),
        ("2026-11-13T09:00:01Z", Some(7), false),
        ("2026-11-13T08:00:00Z", Some(8), true),
        ("2026-11-07T09:00:00Z", Some(14), true),
        ("2026-11-22T09:00:00Z", Some(0), false),
        ("", None, false),
    ] {
        let row = rows(&[tree("/t/x", "x", last)], None, &place()).value.remove(0);
        assert_eq!((row.age_days, row.stale), (age, stale), "{last}");
    }
}

#[test]
fn a_folder_with_blanks_and_a_worktree_on_no_branch_are_rows_like_others() {
    let mut detached = tree("/t/with blanks", "", "");
    detached.branch = None;
    detached.detached = true;
    let row = r#"{"repoPath":"/w/app","worktreePath":"/t/with blanks","ports":[8100]}"#;
    assert_eq!(shown(&join(&[detached], row).0), ["/t/with blanks - [8100] registered review"]);
}

#[test]
fn two_rows_of_one_folder_are_joined_once() {
    let row = r#"{"repoPath":"/w/app","worktreePath":"/t/x","ports":[8100]}"#;
    let (found, _) = join(&[tree("/t/x", "x", "")], &format!("{row},{row},{}", row.replace("8100", "8102")));
    assert_eq!(shown(&found), ["/t/x x [8100, 8102] registered keep"]);
}

proptest! {
    #[test]
    fn no_worktree_of_git_is_lost_or_doubled(paths in proptest::collection::btree_set("/[a-c]{1,2}/[a-c]{1,2}", 0..8), rows_of in proptest::collection::vec(("/[a-c]{1,2}/[a-c]{1,2}", "[a-c]"), 0..8)) {
        let trees: Vec<GitWorktree> = paths.iter().map(|path| tree(path, &path[1..2], "")).collect();
        let text: Vec<String> = rows_of.iter().map(|(path, branch)| format!("{{\"repoPath\":\"/w/app\",\"branch\":\"{branch}\",\"path\":\"{path}\",\"ports\":[8100]}}")).collect();
        let (found, _) = join(&trees, &text.join(","));
        let mut known: Vec<&Path> = found.iter().filter(|row| !row.orphaned).map(|row| row.path.as_path()).collect();
        known.dedup();
        prop_assert_eq!(known, paths.iter().map(Path::new).collect::<Vec<_>>());
    }
}
