//! `port free`: a lease is given back at once, unless its worktree is there: then only a person may.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use registry::{place, rows, took, unattended, with_pool};
use serde_json::json;
use support::terminal::at_terminal;
use support::{Done, Repo};

/// Runs `port free`.
fn free(repo: &Repo, branch: &str, flags: &[&str]) -> Done {
    let mut arguments = vec!["port", "free", "--for", branch];
    arguments.extend(flags);
    repo.helper(&arguments)
}

#[test]
fn the_ports_of_a_worktree_that_is_there_are_freed_only_by_a_person() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "live", &tree.to_string_lossy()]);
    repo.helper(&["worktree", "adopt", "--ports", "2"]).data();
    let before = std::fs::read(place(&repo)).unwrap();
    let proposed = free(&repo, "live", &[]);
    let data = proposed.data();
    let id = data["proposal"]["id"].as_str().expect("a proposal").to_owned();
    assert_eq!((&data["applied"], &data["lease"]["worktree"]), (&json!(false), &json!(tree)));
    assert!(data["proposal"]["title"].as_str().unwrap().contains(&format!("{first}, {}", first + 1)), "{data:#}");
    assert_eq!(proposed.answer()["next"], json!([format!("wfo-helper port free --for live --confirm {id}")]));
    for yes in [&["--confirm", id.as_str()][..], &["--yes"]] {
        assert_eq!(free(&repo, "live", yes).failure(), (21, "proposal.needs-person".to_owned()));
    }
    assert_eq!(free(&repo, "live", &["--confirm", "AAAAAAAAAAAA"]).failure().0, 20, "never issued");
    assert_eq!(std::fs::read(place(&repo)).unwrap(), before, "nothing was written");
    let Some(seen) = at_terminal(&repo, &["port", "free", "--for", "live", "--confirm", &id], &[]) else { return };
    assert_eq!(seen.status, 0, "{}", seen.output);
    let rows = rows(&repo);
    assert_eq!(
        (rows.len(), &rows[0]["ports"], &rows[0]["worktreePath"]),
        (1, &json!([]), &json!(tree)),
        "the row stays"
    );
    assert_eq!(free(&repo, "live", &[]).failure(), (20, "port.no-lease".to_owned()));
    assert_eq!(took(&repo, "live"), [first, first + 1], "and gets ports again");
    assert_eq!(registry::rows(&repo).len(), 1, "in the same row");
}

#[test]
fn a_yes_to_freeing_ports_is_for_those_ports_and_once() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    unattended(&repo);
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "live", &tree.to_string_lossy()]);
    repo.helper(&["worktree", "adopt", "--ports", "2"]).data();
    let id = free(&repo, "live", &[]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    let text = support::text_of(&place(&repo)).replace(&(first + 1).to_string(), &(first + 3).to_string());
    wfo_base::atomic::write(&place(&repo), text.as_bytes()).unwrap();
    assert_eq!(free(&repo, "live", &["--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    let id = free(&repo, "live", &[]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    assert_eq!(free(&repo, "live", &["--confirm", &id]).data()["applied"], true);
    assert_eq!(free(&repo, "live", &["--confirm", &id]).failure().1, "port.no-lease");
    took(&repo, "live");
    assert_eq!(free(&repo, "live", &["--confirm", &id]).failure().0, 22, "an id is used once");
    assert_eq!(free(&repo, "live", &["--yes"]).data()["applied"], true, "proposed and confirmed in one call");
}

#[test]
fn a_lease_without_a_worktree_or_with_one_that_is_gone_is_freed_at_once() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    took(&repo, "plain");
    assert_eq!(free(&repo, "plain", &[]).data()["applied"], true);
    assert_eq!(rows(&repo), Vec::<serde_json::Value>::new());
    assert_eq!(free(&repo, "plain", &[]).failure(), (20, "port.no-lease".to_owned()));
    assert_eq!(free(&repo, "never", &[]).failure(), (20, "port.no-lease".to_owned()));
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "live", &tree.to_string_lossy()]);
    repo.helper(&["worktree", "adopt", "--ports", "2"]).data();
    std::fs::remove_dir_all(&tree).unwrap();
    let data = free(&repo, "live", &[]).data();
    assert_eq!((&data["applied"], &data["lease"]["gone"]), (&json!(true), &json!(true)));
    assert_eq!(free(&repo, "live", &["--confirm", "AAAAAAAAAAAA"]).failure().0, 20);
}

#[test]
fn a_lease_outlives_a_creation_that_fails() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    unattended(&repo);
    repo.put(".wfo/config.yaml", "worktree: {setup: \"exit 3\"}\n");
    took(&repo, "a");
    let before = rows(&repo);
    for flags in [&[][..], &["--task", "login"], &["--ports", "0"]] {
        let mut words = vec!["worktree", "create", "a", "--yes"];
        words.extend(flags);
        assert_eq!(repo.helper(&words).failure(), (30, "worktree.setup-failed".to_owned()), "{flags:?}");
        assert_eq!(rows(&repo)[0]["ports"], before[0]["ports"], "somebody was told of these ports: {flags:?}");
        assert_eq!((rows(&repo).len(), &rows(&repo)[0]["worktreePath"]), (1, &json!(null)), "{flags:?}");
    }
    assert_eq!(took(&repo, "a"), [first, first + 1]);
    assert_eq!(repo.helper(&["worktree", "create", "b", "--yes"]).failure().0, 30);
    assert_eq!(rows(&repo).len(), 1, "and a lease that nobody was told of is none");
    let made = repo.helper(&["worktree", "create", "a", "--no-setup"]).data();
    assert_eq!(made["worktree"]["ports"], json!([first, first + 1]), "the lease becomes the worktree's");
}
