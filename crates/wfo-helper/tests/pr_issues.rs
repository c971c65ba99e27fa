//! `pr feedback --create`: issues at the provider, after a yes, and none of them twice, wherever it breaks.
//! `gh` and `az` are stand-ins on PATH; no network is asked.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::review::{AZURE, GITHUB, LARGE, at, azure_thread, calls, feedback, page, stand_in, thread};
use support::{Done, Repo, text_of};

/// A stand-in that makes issues 1, 2, 3 ... and keeps what it was given.
fn issues(repo: &Repo, before: &str) {
    let here = repo.at("").display().to_string();
    let script = format!(
        "n=$(cat '{here}/n' 2>/dev/null || echo 0); n=$((n+1)); {before}\ncat > '{here}/body'; echo $n > '{here}/n'; echo https://github.com/ada/shop/issues/$n"
    );
    stand_in(repo, "gh", &script);
}

fn proposed(repo: &Repo) -> Value {
    feedback(repo, &["--from", "../answer.json", "--create"]).data()
}

fn confirmed(repo: &Repo, id: &Value) -> Done {
    feedback(repo, &["--from", "../answer.json", "--create", "--confirm", id.as_str().unwrap()])
}

#[test]
fn issues_are_made_after_a_yes_for_what_is_substantive_and_never_twice() {
    let repo = at(GITHUB);
    issues(&repo, ":");
    let threads = vec![thread("a", LARGE), thread("b", "nit: a typo"), thread("c", "Add a test; it's `$(id)`")];
    repo.write("answer.json", &page(threads, None).to_string());
    let asked = proposed(&repo);
    let actions = asked["proposal"]["actions"].as_array().unwrap();
    assert_eq!((actions.len(), calls(&repo).len()), (2, 0), "{asked:#}");
    let first = actions[0].as_str().unwrap();
    let call = "`gh issue create --repo github.com/ada/shop --title 'PR #94 feedback: Please refactor this, it leaks memory.' --body-file -`";
    assert!(first.starts_with(call) && first.contains("planning/pr-94-issue-a.md"), "{first}");
    let done = confirmed(&repo, &asked["proposal"]["id"]).data();
    let numbers: Vec<&Value> = done["items"].as_array().unwrap().iter().map(|item| &item["issue"]["number"]).collect();
    assert_eq!(numbers, [&json!(1), &Value::Null, &json!(2)]);
    assert_eq!(done["commit"]["paths"], json!(["planning/pr-94-issue-a.md", "planning/pr-94-issue-c.md"]));
    let body = text_of(&repo.at("body"));
    assert!(body.starts_with("# PR #94 feedback: Add a test") && !body.contains("type: pr-feedback"), "{body}");
    let page = text_of(&repo.root().join("planning/pr-94-issue-a.md"));
    assert!(
        page.starts_with("---\nissue: 1\nissue_url: \"https://github.com/ada/shop/issues/1\"\ntype: pr-feedback\n"),
        "{page}"
    );
    let again = proposed(&repo);
    assert!(again["proposal"].is_null(), "{again:#}");
    assert_eq!(again["items"][0]["issue"]["url"], "https://github.com/ada/shop/issues/1");
    assert_eq!(confirmed(&repo, &asked["proposal"]["id"]).failure(), (22, "proposal.used".to_owned()));
    assert_eq!(calls(&repo).len(), 2);
}

#[test]
fn a_call_that_breaks_in_between_makes_only_the_rest_the_next_time() {
    let repo = at(GITHUB);
    issues(&repo, "[ $n = 2 ] && [ ! -e \"$0.once\" ] && { : > \"$0.once\"; echo 'HTTP 502' >&2; exit 1; }");
    repo.write("answer.json", &page(["a", "b", "c"].map(|id| thread(id, LARGE)).to_vec(), None).to_string());
    let broken = confirmed(&repo, &proposed(&repo)["proposal"]["id"]);
    assert_eq!((broken.status, broken.codes()), (Some(30), vec!["tool.failed".to_owned()]));
    let answer = broken.answer();
    assert_eq!((&answer["data"]["items"][0]["issue"]["number"], &answer["data"]["applied"]), (&json!(1), &json!(true)));
    let rest = proposed(&repo);
    assert_eq!(rest["proposal"]["actions"].as_array().unwrap().len(), 2);
    confirmed(&repo, &rest["proposal"]["id"]).data();
    assert_eq!(text_of(&repo.at("n")).trim(), "3", "three issues for three threads");
}

#[test]
fn a_call_that_is_killed_in_between_is_said_and_what_has_a_number_is_not_made_again() {
    let repo = at(GITHUB);
    // The second time it makes the issue, and its caller dies before it is told.
    issues(&repo, "[ $n = 2 ] && [ ! -e \"$0.once\" ] && { : > \"$0.once\"; kill -9 $PPID; }");
    repo.write("answer.json", &page(["a", "b", "c"].map(|id| thread(id, LARGE)).to_vec(), None).to_string());
    let killed = confirmed(&repo, &proposed(&repo)["proposal"]["id"]);
    assert_eq!((killed.status, killed.stdout.as_str()), (None, ""));
    let rest = proposed(&repo);
    let actions = rest["proposal"]["actions"].as_array().unwrap();
    assert_eq!((rest["items"][0]["issue"]["number"].clone(), actions.len()), (json!(1), 2));
    let doubtful: Vec<bool> = actions.iter().map(|act| act.as_str().unwrap().starts_with("AGAIN")).collect();
    assert_eq!(doubtful, [true, false], "{actions:#?}");
    // The person looked, and notes it by hand.
    let file = "planning/pr-94-issue-b.md";
    let text = text_of(&repo.root().join(file)).replacen("---\n", "---\nissue: 2\n", 1);
    repo.put(file, &text);
    let last = proposed(&repo);
    assert_eq!(last["proposal"]["actions"].as_array().unwrap().len(), 1);
    assert_eq!(confirmed(&repo, &last["proposal"]["id"]).status, Some(0));
    assert!(proposed(&repo)["proposal"].is_null());
}

#[test]
fn a_proposal_of_issues_is_stale_when_a_page_was_edited_and_garbage_is_no_number() {
    let repo = at(GITHUB);
    issues(&repo, ":");
    repo.write("answer.json", &page(vec![thread("a", LARGE)], None).to_string());
    let id = proposed(&repo)["proposal"]["id"].clone();
    let path = repo.root().join("planning/pr-94-issue-a.md");
    repo.put("planning/pr-94-issue-a.md", &(text_of(&path) + "\nmore\n"));
    assert_eq!(confirmed(&repo, &id).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(calls(&repo).len(), 0);
    stand_in(&repo, "gh", "echo created it");
    let garbage = confirmed(&repo, &proposed(&repo)["proposal"]["id"]);
    assert_eq!((garbage.status, garbage.codes()), (Some(30), vec!["tool.failed".to_owned()]));
    repo.put("planning/pr-94-issue-a.md", "---\ntype: pr-feedback\npr: 94\nthread: \"a\"\nissue: [\n---\n");
    let unfit = feedback(&repo, &["--from", "../answer.json", "--create"]);
    assert!(unfit.data()["proposal"].is_null(), "what could not be noted is not made");
    assert_eq!(unfit.codes(), ["pr.unreadable"]);
}

#[test]
fn work_items_at_azure_are_made_with_the_exact_call() {
    let repo = at(AZURE);
    stand_in(&repo, "az", "echo '{\"id\": 31, \"url\": \"https://dev.azure.com/ada/_apis/wit/workItems/31\"}'");
    repo.write(
        "answer.json",
        &json!({"value": [azure_thread(1, "active", "Refactor <b>this</b>")], "count": 1}).to_string(),
    );
    let asked = proposed(&repo);
    let action = asked["proposal"]["actions"][0].as_str().unwrap();
    assert!(
        action.contains(
            "az boards work-item create --detect false --organization https://dev.azure.com/ada --project 'my shop'"
        ),
        "{action}"
    );
    let done = confirmed(&repo, &asked["proposal"]["id"]).data();
    assert_eq!(done["items"][0]["issue"]["number"], 31);
    assert!(calls(&repo).join("\n").contains("Refactor &lt;b&gt;this"), "shown as it is");
}

#[test]
fn of_two_that_confirm_the_same_proposal_one_makes_the_issues() {
    let repo = at(GITHUB);
    issues(&repo, ":");
    repo.write("answer.json", &page(vec![thread("a", LARGE)], None).to_string());
    let id = proposed(&repo)["proposal"]["id"].clone();
    let statuses: Vec<Option<i32>> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..4).map(|_| scope.spawn(|| confirmed(&repo, &id).status)).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == Some(0)).count(), 1, "{statuses:?}");
    assert_eq!(calls(&repo).len(), 1);
}
