//! What a repository would run when a worktree is made: a set-up command, git's hooks and filters. None of it runs before a
//! person has approved its very text, and a failure takes everything back.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/worktree.rs"]
mod worktree;

use registry::{ports, rows, unattended};
use serde_json::{Value, json};
use support::terminal::at_terminal;
use support::tree::picture;
use support::{Done, Repo, text_of};
use worktree::{has_branch, make, proposed, said, traces, watched, worktree};

/// Notes each run outside of all checkouts.
fn tripwire(repo: &Repo, word: &str) -> String {
    format!("echo {word} >> '{}'", repo.at("home/ran").display())
}

fn ran(repo: &Repo) -> Vec<String> {
    let text = std::fs::read_to_string(repo.at("home/ran")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn set_up(repo: &Repo, command: &str) {
    repo.put(".wfo/config.yaml", &format!("worktree:\n  setup: {}\n", json!(command)));
    repo.commit("a set-up command");
}

/// Says yes as the user whose configuration lets everything happen, and takes the configuration away again.
fn confirm(repo: &Repo, branch: &str, id: &str) -> Done {
    unattended(repo);
    let done = worktree(repo, &["create", branch, "--confirm", id]);
    std::fs::remove_file(repo.config().join("wfo/config.yaml")).unwrap();
    done
}

fn refused(done: &Done) -> Value {
    assert_eq!((done.status, done.codes()), (Some(21), vec!["command.unapproved".to_owned()]), "{done:?}");
    let answer = done.answer();
    assert_eq!((&answer["data"]["applied"], answer["data"].get("worktree")), (&json!(false), None));
    answer["data"]["proposal"].clone()
}

#[test]
fn a_set_up_command_is_proposed_and_nothing_is_made() {
    let repo = watched();
    let command = tripwire(&repo, "setup");
    set_up(&repo, &command);
    let (before, project) = (traces(&repo), picture(&repo.root()));
    let done = worktree(&repo, &["create", "a"]);
    let proposal = refused(&done);
    let actions = proposal["actions"].as_array().unwrap();
    assert!(actions.iter().any(|act| act.as_str().unwrap().contains(&command)), "{actions:?}");
    assert_eq!((traces(&repo), picture(&repo.root())), (before, project));
    assert!(!repo.at("home/tmp").exists() && ran(&repo).is_empty());
    let id = proposed(&done);
    let alone = worktree(&repo, &["create", "a", "--confirm", &id]);
    assert_eq!(alone.failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(worktree(&repo, &["create", "a", "--dry-run"]).status, Some(21));
    assert!(ran(&repo).is_empty() && !has_branch(&repo, "a"));
}

#[test]
fn a_person_approves_it_once() {
    let repo = watched();
    set_up(&repo, &tripwire(&repo, "$PORT:$WFO_PORTS:$(basename \"$PWD\")"));
    let id = proposed(&worktree(&repo, &["create", "a"]));
    let Some(seen) = at_terminal(&repo, &["worktree", "create", "a", "--confirm", &id], &[]) else { return };
    assert_eq!(seen.status, 0, "{}", seen.output);
    let held = ports(&rows(&repo)[0]["ports"]);
    assert_eq!(ran(&repo), [format!("{}:{},{}:a", held[0], held[0], held[1])]);
    let next = make(&repo, "b", &[]);
    assert_eq!((&next["set_up"], &next["skipped"]), (&json!(true), &json!([])), "nobody is asked again");
    assert_eq!(ran(&repo).len(), 2);
}

#[test]
fn another_text_asks_again() {
    let repo = watched();
    set_up(&repo, &tripwire(&repo, "one"));
    let id = proposed(&worktree(&repo, &["create", "a"]));
    assert_eq!(confirm(&repo, "a", &id).data()["worktree"]["set_up"], true);
    set_up(&repo, &tripwire(&repo, "two"));
    let before = traces(&repo);
    let second = proposed(&worktree(&repo, &["create", "b"]));
    assert_ne!(second, id);
    assert_eq!((traces(&repo), ran(&repo)), (before, vec!["one".to_owned()]));
    set_up(&repo, &tripwire(&repo, "three"));
    unattended(&repo);
    repo.put_config("wfo/config.yaml", "confirm: {unattended: false}\n");
    let stale = worktree(&repo, &["create", "b", "--confirm", &second]);
    assert!(matches!(stale.status, Some(21 | 22)), "{stale:?}");
    assert_eq!(ran(&repo), ["one"]);
}

#[test]
fn a_script_that_the_command_names_is_part_of_its_text() {
    let repo = watched();
    repo.program("project/setup.sh", &format!("#!/bin/sh\n{}\n", tripwire(&repo, "first")));
    set_up(&repo, "./setup.sh");
    let id = proposed(&worktree(&repo, &["create", "a"]));
    assert_eq!(confirm(&repo, "a", &id).status, Some(0));
    assert_eq!(make(&repo, "b", &[])["set_up"], true);
    repo.program("project/setup.sh", &format!("#!/bin/sh\n{}\n", tripwire(&repo, "changed")));
    repo.commit("another script");
    refused(&worktree(&repo, &["create", "c"]));
    assert_eq!(ran(&repo), ["first", "first"]);
}

#[test]
fn without_the_set_up_it_is_made_at_once() {
    let repo = watched();
    set_up(&repo, &tripwire(&repo, "setup"));
    let data = make(&repo, "a", &["--no-setup"]);
    assert_eq!(data["set_up"], false);
    assert!(ran(&repo).is_empty());
}

#[test]
fn the_users_own_set_up_command_needs_no_yes() {
    let repo = watched();
    let command = tripwire(&repo, "mine");
    repo.put_config("wfo/config.yaml", &format!("worktree:\n  setup: {}\n", json!(command)));
    assert_eq!(make(&repo, "a", &[])["set_up"], true);
    assert_eq!(ran(&repo), ["mine"]);
}

#[test]
fn a_set_up_command_that_fails_takes_everything_back() {
    let repo = watched();
    repo.put(".gitignore", ".env\nout/\n");
    repo.put(".env", "PORT=1\n");
    set_up(&repo, "mkdir -p out && echo x > out/file && echo broken >&2 && exit 3");
    unattended(&repo);
    let before = traces(&repo);
    let done = worktree(&repo, &["create", "a"]);
    assert_eq!(done.failure(), (30, "worktree.setup-failed".to_owned()));
    let message = said(&done, "worktree.setup-failed");
    assert!(message.contains("status 3") && message.contains("broken"), "{message}");
    assert_eq!(traces(&repo), before);
    assert!(!repo.at("home/tmp/worktrees/project").exists());
    assert_eq!(text_of(&repo.root().join(".env")), "PORT=1\n");
    set_up(&repo, "true");
    let again = make(&repo, "a", &[]);
    assert_eq!(again["set_up"], true, "nothing of the first try is in the way");
}

#[test]
fn a_failure_leaves_a_lease_and_a_branch_that_were_there() {
    let repo = watched();
    unattended(&repo);
    repo.git(&["branch", "old"]);
    let held = registry::took(&repo, "old");
    set_up(&repo, "exit 1");
    let before = traces(&repo);
    let done = worktree(&repo, &["create", "old", "--existing"]);
    assert_eq!(done.failure().0, 30);
    assert!(has_branch(&repo, "old"));
    let after = traces(&repo);
    assert_eq!((&after.0, &after.1, &after.2), (&before.0, &before.1, &before.2));
    assert_eq!(registry::took(&repo, "old"), held, "the lease that was acknowledged before");
    assert_eq!(after.3, before.3, "the row is as it was");
}

#[test]
fn a_hook_and_a_filter_of_the_repository_do_not_run_before_a_yes() {
    let repo = watched();
    repo.put(".gitattributes", "*.md filter=trip\n");
    repo.commit("a filter");
    let filter = format!("{}; cat", tripwire(&repo, "filter"));
    repo.git(&["config", "filter.trip.smudge", &filter]);
    repo.program("project/.git/hooks/post-checkout", &format!("#!/bin/sh\n{}\n", tripwire(&repo, "hook")));
    let before = traces(&repo);
    let done = worktree(&repo, &["create", "a"]);
    let shown = refused(&done)["actions"].to_string();
    assert!(shown.contains("post-checkout") && shown.contains("filter.trip.smudge"), "{shown}");
    assert_eq!((traces(&repo), ran(&repo).len()), (before, 0));
    let without = make(&repo, "b", &["--no-setup"]);
    assert!(ran(&repo).is_empty(), "{:?}", ran(&repo));
    let skipped = without["skipped"].to_string();
    assert!(skipped.contains("post-checkout") && skipped.contains("filter.trip.smudge"), "{skipped}");
    let tree = repo.at("home/tmp/worktrees/project/b");
    assert_eq!(text_of(&tree.join("README.md")), "demo\n");
    assert_eq!(confirm(&repo, "a", &proposed(&done)).status, Some(0));
    let mut seen = ran(&repo);
    seen.sort();
    seen.dedup();
    assert_eq!(seen, ["filter", "hook"], "after the yes both run");
}

#[test]
fn an_unattended_user_approves_what_comes_and_it_is_recorded() {
    let repo = watched();
    unattended(&repo);
    set_up(&repo, &tripwire(&repo, "setup"));
    assert_eq!(make(&repo, "a", &[])["set_up"], true);
    let approvals = repo.helper(&["trust", "list", "--json"]).data()["approvals"].clone();
    assert_eq!(approvals.as_array().map(Vec::len), Some(1), "{approvals:#}");
}
