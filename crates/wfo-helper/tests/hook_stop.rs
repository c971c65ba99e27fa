//! `hook stop`: when a person is told that work would be lost, what is said, how often, and that nothing else ever is.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a test of speed says what it measured")]

mod support;

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary, text_of, tree::picture};

fn stop_in(sandbox: &Sandbox, folder: &Path, session: &str, more: &Value) -> Done {
    let mut input = json!({"session_id": session, "cwd": folder, "hook_event_name": "Stop", "stop_hook_active": false});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let done = Call::new(binary()).args(["hook", "stop"]).stdin(&input.to_string()).run(sandbox);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{done:?}");
    done
}

fn stop(sandbox: &Sandbox, session: &str) -> Done {
    stop_in(sandbox, &sandbox.project(), session, &json!({}))
}

/// What the person is told; nothing but that may be in the answer.
fn told(done: &Done) -> String {
    if done.stdout.is_empty() {
        return String::new();
    }
    let answer = done.json();
    assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["systemMessage"], "{answer:#}");
    answer["systemMessage"].as_str().unwrap().to_owned()
}

/// What the person is told at one of the next turns: on a machine with much to do the time is over before git has answered, and then
/// nothing is said and nothing is noted.
fn says(sandbox: &Sandbox, session: &str) -> String {
    let turns = (0..50).map(|_| told(&stop(sandbox, session)));
    turns.into_iter().find(|words| !words.is_empty()).unwrap_or_default()
}

fn set_age(path: &Path, seconds: u64) {
    let time = SystemTime::now() - Duration::from_secs(seconds);
    std::fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// Commits at the real time: a commit of the past is older than any page.
fn commit_now(repo: &Repo, folder: &Path, subject: &str) {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let call = Call::new("git").args(["commit", "-q", "--allow-empty", "-m", subject]).folder(folder);
    let done = call.env("GIT_COMMITTER_DATE", format!("{now} +0000")).run(repo);
    assert_eq!(done.status, Some(0), "{done:?}");
}

#[test]
fn changes_that_nobody_handed_over_are_told_once_a_session() {
    let repo = Repo::new();
    assert_eq!(told(&stop(&repo, "s")), "", "nothing is changed");
    repo.put("a.txt", "x\n");
    repo.put("b.txt", "x\n");
    let words = says(&repo, "s");
    assert_eq!(
        words,
        "wfo: 2 changed files are in no commit, nothing is handed over. Before you stop, say \"end day\" or run `wfo-helper end-day`."
    );
    repo.put("c.txt", "x\n");
    assert_eq!(told(&stop(&repo, "s")), "", "the same state is not told again");
    assert_ne!(says(&repo, "t"), "", "another session is another person's");
}

#[test]
fn a_hand_over_that_is_newer_than_the_work_is_all_that_is_needed() {
    let repo = Repo::new();
    let page = repo.put("PROJECT_CONTEXT.md", "### Blockers\n- x\n");
    let work = repo.put("a.txt", "x\n");
    set_age(&work, 600);
    assert_eq!(told(&stop(&repo, "s")), "", "the page is newer");
    set_age(&page, 1_200);
    let words = says(&repo, "s");
    assert!(words.starts_with("wfo: 1 changed file is in no commit, the hand-over is older (20"), "{words}");
    assert_eq!(told(&stop(&repo, "s")), "");
    // After the end of a day there is nothing to say, even when it had nothing to add to the page.
    for _ in 0..2 {
        repo.helper(&["end-day", "--json"]).data();
        set_age(&page, 1_200);
        assert_eq!(told(&stop(&repo, "s")), "");
    }
    // New work after it is another state.
    let ended = picture(&repo.config()).into_keys().find(|path| path.to_string_lossy().contains("/ended-")).unwrap();
    set_age(&ended, 900);
    set_age(&work, 10);
    assert_ne!(says(&repo, "s"), "");
}

#[test]
fn commits_on_no_remote_are_told_and_without_a_remote_only_those_on_no_branch() {
    let repo = Repo::new();
    commit_now(&repo, &repo.root(), "kept by the branch");
    assert_eq!(told(&stop(&repo, "s")), "", "a branch keeps it");
    repo.git(&["checkout", "-q", "--detach"]);
    commit_now(&repo, &repo.root(), "kept by nothing");
    let words = says(&repo, "s");
    assert!(words.starts_with("wfo: 1 commit is on no branch, nothing is handed over."), "{words}");
    let pushed = Repo::new();
    pushed.with_origin();
    assert_eq!(told(&stop(&pushed, "s")), "");
    commit_now(&pushed, &pushed.root(), "one");
    commit_now(&pushed, &pushed.root(), "two");
    pushed.put("a.txt", "x\n");
    let words = says(&pushed, "s");
    assert!(words.starts_with("wfo: 1 changed file is in no commit, 2 commits are on no remote, nothing"), "{words}");
    pushed.git(&["add", "-A"]);
    commit_now(&pushed, &pushed.root(), "three");
    assert_eq!(told(&stop(&pushed, "s")), "", "that commits are on no remote was told");
}

#[test]
fn a_commit_after_the_changes_were_told_is_a_new_state() {
    let repo = Repo::new();
    repo.with_origin();
    repo.put("a.txt", "x\n");
    assert!(says(&repo, "s").contains("1 changed file"));
    repo.git(&["add", "-A"]);
    commit_now(&repo, &repo.root(), "one");
    assert!(says(&repo, "s").contains("1 commit is on no remote"));
    assert_eq!(told(&stop(&repo, "s")), "");
}

#[test]
fn it_is_silent_where_it_was_switched_off_and_where_the_host_goes_on_for_a_hook() {
    let repo = Repo::new();
    repo.put("a.txt", "x\n");
    let root = repo.root();
    assert_eq!(stop_in(&repo, &root, "s", &json!({"stop_hook_active": true})).stdout, "");
    repo.put_config("wfo/config.yaml", "remind: {unsaved: false}\n");
    assert_eq!(stop(&repo, "s").stdout, "");
    // A repository cannot switch it off.
    repo.put_config("wfo/config.yaml", "");
    repo.put(".wfo/config.yaml", "remind: {unsaved: false}\n");
    assert_ne!(says(&repo, "s"), "");
}

#[test]
fn odd_input_and_odd_places_are_answered_by_silence() {
    let repo = Repo::new();
    repo.put("a.txt", "x\n");
    let root = repo.root();
    for (folder, more) in [
        (root.clone(), json!({"stop_hook_active": "yes"})),
        (root.clone(), json!({"session_id": ""})),
        (root.clone(), json!({"session_id": 7})),
        (root.clone(), json!({"cwd": null})),
        (repo.at("nowhere"), json!({})),
        (repo.at("home"), json!({})),
        (root.join("a.txt"), json!({})),
    ] {
        assert_eq!(stop_in(&repo, &folder, "s", &more).stdout, "", "{more}");
    }
    for text in ["", "{", "[]", "null", "\u{0}"] {
        let done = Call::new(binary()).args(["hook", "stop"]).stdin(text).run(&repo);
        assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "", ""), "{text:?}");
    }
    let broken = Repo::new();
    broken.put(".git/HEAD", "nonsense\n");
    broken.put("a.txt", "x\n");
    assert_eq!(stop(&broken, "s").stdout, "");
    let bare = Repo::new();
    bare.git(&["config", "core.bare", "true"]);
    assert_eq!(stop(&bare, "s").stdout, "");
}

#[test]
fn where_nothing_can_be_noted_it_does_not_say_the_same_for_ever() {
    let repo = Repo::new();
    repo.put("a.txt", "x\n");
    repo.put_config("wfo/state", "no folder\n");
    assert_eq!(stop(&repo, "s").stdout, "");
    let torn = Repo::new();
    torn.put("a.txt", "x\n");
    torn.put_config("wfo/state/reminded.json", "{\"torn");
    assert_ne!(says(&torn, "s"), "");
    assert_eq!(told(&stop(&torn, "s")), "");
}

#[test]
fn it_writes_nothing_in_the_repository_and_what_it_notes_is_bounded() {
    let repo = Repo::new();
    repo.put("a.txt", "x\n");
    let before = picture(&repo.root());
    for session in 0..5 {
        assert_ne!(says(&repo, &format!("session {session} \u{1b}[31m ../../x")), "");
    }
    assert_eq!(picture(&repo.root()), before);
    let noted: Value = serde_json::from_str(&text_of(&repo.config().join("wfo/state/reminded.json"))).unwrap();
    assert_eq!(noted.as_object().unwrap().len(), 5);
    assert!(!noted.to_string().contains("session"), "what the host sends is not stored: {noted}");
}

#[test]
fn a_repository_that_takes_its_time_is_not_waited_for() {
    let repo = Repo::new();
    let many = "for d in $(seq 60); do mkdir d$d; for f in $(seq 60); do echo x > d$d/f$f; done; done";
    assert_eq!(Call::new("sh").args(["-c", many]).run(&repo).status, Some(0));
    repo.git(&["add", "-A"]);
    let quick = stop(&repo, "s");
    // The tests' build is slow and shares its cores: the bound is that of the git questions with room for the process.
    assert!(quick.took < Duration::from_millis(1_500), "{:?}", quick.took);
    let clean = Repo::new();
    let least = (0..10).map(|_| stop(&clean, "s").took).min().unwrap();
    eprintln!("nothing to say: {least:?} (unoptimised build)");
    assert!(least < Duration::from_millis(250), "{least:?}");
}
