//! Folders of worktrees, slugs, and rows that lead where a repository may not.

use super::*;
use proptest::prelude::*;
use wfo_base::tables::parse;

const TABLE: &str = include_str!("../../../reference/data/branches.yaml");
const FLOW: &str = "feature/20261121T090000Z_login-loop";

fn built_in() -> Vec<(BranchRow, Origin)> {
    let parsed = parse::<BranchRow>("branches.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| (row, Origin::BuiltIn)).collect()
}

fn with(branch: &str, worktree: &str, origin: Origin) -> Vec<(BranchRow, Origin)> {
    let row = BranchRow { id: "own".into(), branch: branch.into(), worktree: worktree.into() };
    built_in().into_iter().chain([(row, origin)]).collect()
}

fn site(branch: &str) -> Site<'_> {
    Site { branch, project: "app", main_checkout: Path::new("/w/app"), root: None, home: Some(Path::new("/home/ada")) }
}

fn at(site: &Site<'_>) -> String {
    let found = location(site, &built_in()).unwrap();
    assert_eq!(found.notes, vec![]);
    found.value.display().to_string()
}

#[test]
fn workflows_stand_beside_the_main_checkout_and_all_others_below_the_home_folder() {
    for (branch, folder) in [
        (FLOW, "/w/app_feature_20261121T090000Z_login-loop"),
        ("hotfix/20261121T090000Z_x", "/w/app_hotfix_20261121T090000Z_x"),
        ("release/20261121T090000Z_v2", "/w/app_release_20261121T090000Z_v2"),
        ("feature/login", "/home/ada/tmp/worktrees/app/feature-login"),
        ("hotfix/v1.4.1-hotfix.2", "/home/ada/tmp/worktrees/app/hotfix-v1.4.1-hotfix.2"),
        ("contrib/ada", "/home/ada/tmp/worktrees/app/contrib-ada"),
        ("../../etc", "/home/ada/tmp/worktrees/app/etc"),
    ] {
        assert_eq!(at(&site(branch)), folder);
    }
}

#[test]
fn one_setting_overrides_both() {
    for (root, folder) in [
        ("/data/wt", "/data/wt/app"),
        ("~/wt/", "/home/ada/wt/app"),
        ("../wt", "/w/wt/app"),
        (".claude/worktrees", "/w/app/.claude/worktrees/app"),
    ] {
        for branch in [FLOW, "feature/login"] {
            let found = at(&Site { root: Some(Path::new(root)), ..site(branch) });
            assert_eq!(found, format!("{folder}/{}", slug(branch)), "{root}");
        }
    }
}

#[test]
fn a_project_or_repository_with_a_strange_name_is_still_one_folder() {
    for (project, folder) in
        [("my app", "my app"), ("a/b", "a-b"), ("..", &slug("..")), ("", &slug("")), ("x\ny", "x-y")]
    {
        let found = at(&Site { project, ..site("b") });
        assert_eq!(found, format!("/home/ada/tmp/worktrees/{folder}/b"));
    }
    let found = at(&Site { main_checkout: Path::new("/w/my app"), ..site("hotfix/20261121T090000Z_x") });
    assert_eq!(found, "/w/my app_hotfix_20261121T090000Z_x");
}

#[test]
fn without_a_home_folder_only_what_lies_below_it_is_a_problem() {
    let homeless = |branch, root: Option<&'static str>| {
        location(&Site { home: None, root: root.map(Path::new), ..site(branch) }, &built_in()).map(|found| found.value)
    };
    assert_eq!(homeless("feature/login", None).unwrap_err().code, codes::CONFIG_NO_HOME);
    assert_eq!(homeless("feature/login", Some("~/x")).unwrap_err().code, codes::CONFIG_NO_HOME);
    assert!(homeless(FLOW, None).is_ok() && homeless("feature/login", Some("/x")).is_ok());
}

#[test]
fn ones_own_row_counts_before_the_built_in_ones() {
    let rows = with("feature/{name}", "/data/{repo}/{name}", Origin::User);
    assert_eq!(location(&site("feature/a"), &rows).unwrap().value, Path::new("/data/app/a"));
    assert_eq!(location(&site("b"), &rows).unwrap().value, Path::new("/home/ada/tmp/worktrees/app/b"));
}

#[test]
fn a_row_of_a_repository_leads_beside_the_main_checkout_or_into_it() {
    for (worktree, counts) in [
        ("{parent}/{repo}-{branch_slug}", true),
        ("{main}/.claude/worktrees/{branch_slug}", true),
        ("{main}/{branch_slug}", true),
        ("{parent}/trees/{branch_slug}", false),
        ("{parent}/.{branch_slug}", false),
        ("{home}/.ssh/{branch_slug}", false),
        ("{home}/tmp/worktrees/{project}/{branch_slug}", false),
        ("/etc/{branch_slug}", false),
        ("/w/{branch_slug}", true),
        ("{main}/.git/hooks/{branch_slug}", false),
        ("{main}/.GIT/{branch_slug}", false),
    ] {
        let found = location(&site("topic"), &with("{branch}", worktree, Origin::Repository)).unwrap();
        let fallen_back = found.value == Path::new("/home/ada/tmp/worktrees/app/topic");
        assert_eq!((!fallen_back, found.notes.is_empty()), (counts, counts), "{worktree}");
        assert!(found.notes.iter().all(|note| note.problem.code == codes::TABLE_ROW_IGNORED));
        let users = location(&site("topic"), &with("{branch}", worktree, Origin::User)).unwrap();
        assert_eq!(users.notes, vec![], "{worktree}");
    }
}

#[test]
fn a_worktree_is_never_the_main_checkout_itself() {
    let rows = with("{branch}", "{parent}/{branch_slug}", Origin::Repository);
    let found = location(&site("app"), &rows).unwrap();
    assert_eq!((found.value.as_path(), found.notes.len()), (Path::new("/home/ada/tmp/worktrees/app/app"), 1));
}

#[test]
fn a_table_in_which_no_row_fits_says_so() {
    let problem = location(&site("b"), &built_in()[1..]).unwrap_err();
    assert_eq!((problem.code, problem.message.contains("`b`")), (codes::TABLE_INVALID, true));
}

#[test]
fn a_row_that_leads_nowhere_or_everywhere_is_refused() {
    for (branch, worktree) in [
        ("{branch}", "trees/{branch_slug}"),
        ("{branch}", "~/trees/{branch_slug}"),
        ("{branch}", "{parent}/../{branch_slug}"),
        ("{branch}", "{parent}//{branch_slug}"),
        ("{branch}", "{parent}/{branch}"),
        ("{branch}", "{parent}/{repo}"),
        ("{branch}", "{parent}/{slug}"),
        ("{branch}", "{parent}/{home}/{branch_slug}"),
        ("{branch}", "{repo}/{branch_slug}"),
        ("{branch}", "{parent}/{branch_slug"),
        ("{any}", "{parent}/{branch_slug}"),
    ] {
        let text = format!("rows:\n- {{id: own, branch: \"{branch}\", worktree: \"{worktree}\"}}\n");
        assert_eq!(parse::<BranchRow>("t.yaml", &text).notes.len(), 1, "{branch} {worktree}");
    }
}

#[test]
fn a_branch_is_written_as_one_folder_name() {
    for (branch, folder) in [
        ("feature/login", "feature-login"),
        ("a/b/c", "a-b-c"),
        ("v1.2.0", "v1.2.0"),
        ("fix/größe", "fix-größe"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("a b", "a-b"),
        ("a$(x)`y`", "a--x--y-"),
        ("a\u{202e}\u{1b}[31mb", "ab"),
        ("user@host+1", "user@host+1"),
        ("dots..", "dots"),
        ("feature/a-", "feature-a-"),
    ] {
        assert_eq!(slug(branch), folder);
    }
    for nothing in ["", ".", "..", "-", "\u{1f389}", "///"] {
        assert!(slug(nothing).starts_with("branch-"), "{nothing}");
    }
    assert_ne!(slug("\u{1f389}"), slug("\u{1f680}"));
    let long = |end: &str| slug(&format!("feature/{}{end}", "ä".repeat(80)));
    assert_ne!(long("1"), long("2"));
    assert!(long("1").len() <= 100 && long("1").starts_with("feature-ää"));
}

#[test]
fn a_folder_name_fits_every_file_system() {
    let branch = format!("feature/20261121T090000Z_{}", "x".repeat(400));
    let found = at(&site(&branch));
    assert!(found.rsplit('/').next().is_some_and(|name| name.len() <= 255 && name.starts_with("app_feature_2026")));
}

proptest! {
    #[test]
    fn a_slug_is_one_visible_folder_name_and_its_own_slug(branch in "\\PC{0,60}|.{0,60}|[-./a]{0,6}") {
        let found = slug(&branch);
        prop_assert!(!found.is_empty() && found.len() <= 100, "{}", found);
        prop_assert!(!found.starts_with(['.', '-']) && !found.contains(['/', '\\', '\0', ' ']));
        prop_assert_eq!(slug(&found), found);
    }

    #[test]
    fn no_branch_leads_out_of_its_folder(branch in "[a./\\\\ -]{1,30}", project in "[a./ ]{0,8}") {
        let found = location(&Site { project: &project, ..site(&branch) }, &built_in()).unwrap().value;
        prop_assert_eq!(found.strip_prefix("/home/ada/tmp/worktrees").map(|rest| rest.components().count()), Ok(2));
        prop_assert_eq!(tidy(&found, None), found);
    }
}
