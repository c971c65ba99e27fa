//! What `init` lays where. Real folders, no git: the states of a repository are tested with the built program.

use super::*;

fn lay_in(folder: &Path, git_flow: bool, apply: bool) -> Laid {
    let home = Home::at(folder.join("config"));
    let root = folder.join("project");
    wfo_base::atomic::make_folder(&root, false).unwrap();
    let place = Place::find(&std::fs::canonicalize(root).unwrap(), &home);
    let config = place.config(&home);
    init(&Init { place: &place, config: &config, home: &home, git_flow, apply }).unwrap()
}

#[test]
fn a_second_run_changes_nothing_and_a_dry_run_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let dry = lay_in(folder.path(), false, false);
    assert_eq!(std::fs::read_dir(folder.path().join("project")).unwrap().count(), 0);
    let first = lay_in(folder.path(), false, true);
    assert_eq!(dry.created, first.created);
    assert!(first.kept.is_empty() && first.failed.is_empty());
    let second = lay_in(folder.path(), false, true);
    assert_eq!(second.kept, first.created);
    assert!(second.created.is_empty());
    assert!(!first.created.iter().any(|path| path == "WORKFLOW.md"));
    assert_eq!(lay_in(folder.path(), true, true).created, ["WORKFLOW.md"]);
}

#[test]
fn a_workflow_file_turns_the_git_flow_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    wfo_base::atomic::make_folder(&root, false).unwrap();
    wfo_base::atomic::write(&root.join("TODO_feature_20261121T090000Z_login.md"), b"").unwrap();
    let laid = lay_in(folder.path(), false, true);
    assert_eq!(laid.git_flow, Some(GitFlow::TodoFiles));
    assert!(laid.created.iter().any(|path| path == "WORKFLOW.md"));
}

#[test]
fn one_file_that_cannot_be_made_does_not_lose_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    wfo_base::atomic::make_folder(&root, false).unwrap();
    wfo_base::atomic::write(&root.join("costs"), b"not a folder").unwrap();
    let laid = lay_in(folder.path(), false, true);
    let failed: Vec<_> = laid.failed.iter().map(|(path, problem)| (path.as_str(), problem.code.id)).collect();
    assert_eq!(failed, [("costs/.gitignore", "file.not-written")]);
    assert!(laid.created.iter().any(|path| path == "TASK.md"));
    assert_eq!(std::fs::read(root.join("costs")).unwrap(), b"not a folder");
}
