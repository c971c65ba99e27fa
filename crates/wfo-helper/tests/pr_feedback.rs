//! `pr feedback`: review threads of both providers become pages, once each, whatever the answer and its words are like.
//! `gh` and `az` are stand-ins on PATH; no network is asked.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::tree::picture;
use support::{Call, Done, Repo, text_of};

const GITHUB: &str = "https://github.com/ada/shop.git";
const AZURE: &str = "https://dev.azure.com/ada/my%20shop/_git/shop";
/// What calls for work of its own.
const LARGE: &str = "Please refactor this, it leaks memory.";

fn thread(id: &str, body: &str) -> Value {
    json!({"id": id, "isResolved": false, "isOutdated": false, "path": "src/cart.rs", "line": 7, "originalLine": 7,
        "comments": {"pageInfo": {"hasNextPage": false}, "nodes": [{"author": {"login": "grace"}, "body": body,
            "createdAt": "2026-11-20T10:00:00Z", "url": "https://github.com/ada/shop/pull/94#discussion_r1"}]}})
}

fn page(threads: Vec<Value>, after: Option<&str>) -> Value {
    json!({"data": {"repository": {"pullRequest": {"number": 94, "reviewThreads": {
        "pageInfo": {"hasNextPage": after.is_some(), "endCursor": after}, "nodes": threads}}}}})
}

fn azure_thread(id: u64, status: &str, content: &str) -> Value {
    json!({"id": id, "status": status, "isDeleted": false, "publishedDate": "2026-11-20T10:00:00Z",
        "threadContext": {"filePath": "/src/cart.cs", "rightFileStart": {"line": 3, "offset": 1}, "leftFileStart": null},
        "_links": {"self": {"href": "https://dev.azure.com/ada/_apis/git/repositories/r/pullRequests/94/threads/1"}},
        "comments": [{"id": 1, "author": {"displayName": "Grace"}, "content": content, "commentType": "text",
            "publishedDate": "2026-11-20T10:00:00Z"}]})
}

/// A repository whose remote is at a host, with nobody who has to be asked.
fn at(url: &str) -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", url]);
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo
}

fn call(repo: &Repo, words: &[&str]) -> Call {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", repo.at("bin").display());
    repo.call(&[&["pr", "feedback", "--pr", "94", "--json"], words].concat()).env("PATH", path)
}

fn feedback(repo: &Repo, words: &[&str]) -> Done {
    call(repo, words).run(repo)
}

fn from(repo: &Repo, answer: &Value) -> Done {
    repo.write("answer.json", &answer.to_string());
    feedback(repo, &["--from", "../answer.json"])
}

fn states(data: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    data["items"].as_array().unwrap().iter().map(|item| (text(&item["path"]), text(&item["state"]))).collect()
}

fn pages(repo: &Repo) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(repo.root().join("planning"))
        .map(|folder| folder.flatten().map(|entry| entry.file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn each_open_thread_becomes_one_page_and_again_changes_nothing() {
    let repo = at(GITHUB);
    let mut old = thread("PRRT_old", "nit: a typo");
    old["isOutdated"] = json!(true);
    old["line"] = Value::Null;
    old["comments"]["nodes"][0]["author"] = Value::Null;
    let mut done = thread("PRRT_done", "x");
    done["isResolved"] = json!(true);
    let answer = page(vec![thread("PRRT_new", LARGE), done, old], None);
    let said = from(&repo, &answer);
    let answered = said.answer();
    let data = said.data();
    assert_eq!((&data["applied"], &data["pr"], &data["provider"]), (&json!(true), &json!(94), &json!("github")));
    assert_eq!(data["threads"], json!({"total": 3, "open": 2, "resolved": 1, "outdated": 1}));
    let [first, second] = data["items"].as_array().unwrap().as_slice() else { panic!("{data:#}") };
    assert_eq!((&first["weight"], &second["weight"]), (&json!("substantive"), &json!("simple")));
    assert_eq!((&first["file"], &first["line"], &second["outdated"]), (&json!("src/cart.rs"), &json!(7), &json!(true)));
    assert_eq!(first["reason"], "says \"refactor\"");
    let commit = json!({"paths": ["planning/pr-94-issue-PRRT_new.md", "planning/pr-94-issue-PRRT_old.md"],
        "message": "docs(planning): review feedback of pull request 94"});
    assert_eq!(data["commit"], commit);
    let begin = "wfo-helper todo new feature pr-94-issue-PRRT_new --from-work-item planning/pr-94-issue-PRRT_new.md";
    assert_eq!(answered["next"], json!(["wfo-helper todo commit --pr 94", begin]));
    let text = text_of(&repo.root().join("planning/pr-94-issue-PRRT_old.md"));
    for part in [
        "thread: \"PRRT_old\"",
        "`src/cart.rs` line 7",
        "**Outdated:** yes",
        "### 1. unknown, 2026-11-20T10:00:00Z",
        "simple",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    // A person's own words in a page stay, whatever the thread says later.
    repo.put(
        "planning/pr-94-issue-PRRT_new.md",
        &(text_of(&repo.root().join("planning/pr-94-issue-PRRT_new.md")) + "mine\r\n"),
    );
    let before = picture(&repo.root().join("planning"));
    let again = from(&repo, &answer).data();
    assert_eq!((&again["applied"], &again["commit"]["paths"]), (&json!(false), &json!([])));
    assert!(states(&again).iter().all(|(_, state)| state == "kept"), "{again:#}");
    assert_eq!(picture(&repo.root().join("planning")), before);
}

#[test]
fn what_was_written_is_committed_alone_and_begins_a_workflow_that_knows_where_it_comes_from() {
    let repo = at(GITHUB);
    repo.write("answer.json", &page(vec![thread("PRRT_new", LARGE)], None).to_string());
    let said = feedback(&repo, &["--from", "../answer.json", "--todo", "login"]).answer();
    repo.put("README.md", "changed\n");
    repo.put("planning/pr-95-issue-x.md", "of another\n");
    let commit = said["next"][0].as_str().unwrap();
    assert_eq!(commit, "wfo-helper todo commit --pr 94 --message 'docs(planning): review feedback of login'");
    let words = ["todo", "commit", "--pr", "94", "--message", "docs(planning): review feedback of login"];
    let asked = repo.helper(&words).data();
    assert_eq!(asked["files"], json!(["planning/pr-94-issue-PRRT_new.md"]));
    let id = asked["proposal"]["id"].as_str().unwrap();
    let done = repo.helper(&[&words[..], &["--confirm", id]].concat()).data();
    assert_eq!(done["applied"], true);
    assert_eq!(
        repo.git(&["show", "--name-only", "--format=%s", "HEAD"]),
        "docs(planning): review feedback of login\n\nplanning/pr-94-issue-PRRT_new.md\n"
    );
    assert_eq!(repo.git(&["status", "--porcelain"]), " M README.md\n?? planning/pr-95-issue-x.md\n");
    // The lineage: pull request, work item, feature.
    let begin: Vec<&str> = said["next"][1].as_str().unwrap().split(' ').skip(1).collect();
    let made = repo.helper(&begin).data();
    assert_eq!(made["work_item"], "planning/pr-94-issue-PRRT_new.md");
    assert_eq!(made["title"], "PR #94 feedback: Please refactor this, it leaks memory.");
    let record = text_of(&repo.root().join(made["file"].as_str().unwrap()));
    assert!(record.contains("planning/pr-94-issue-PRRT_new.md"), "{record}");
}

#[test]
fn pages_may_be_in_several_files_or_come_by_standard_input_and_a_missing_one_is_said() {
    let repo = at(GITHUB);
    let one = page(vec![thread("a", LARGE), thread("b", LARGE)], Some("x"));
    let two = page(vec![thread("b", LARGE), thread("c", LARGE)], None);
    repo.write("1.json", &one.to_string());
    repo.write("2.json", &two.to_string());
    let alone = feedback(&repo, &["--from", "../1.json", "--dry-run"]);
    assert_eq!(alone.codes(), ["pr.more-pages"]);
    assert_eq!((alone.data()["applied"].clone(), pages(&repo)), (json!(false), vec![]));
    for words in [["--from", "../1.json", "--from", "../2.json"], ["--from", "../2.json", "--from", "../1.json"]] {
        let both = feedback(&repo, &[&words[..], &["--dry-run"]].concat());
        assert_eq!(both.codes(), Vec::<String>::new());
        assert_eq!(both.data()["threads"]["open"], 3);
    }
    let piped = call(&repo, &["--from", "-"]).stdin(&format!("\u{feff}{one}\r\n{two}")).run(&repo);
    assert_eq!((piped.data()["threads"]["open"].clone(), piped.codes()), (json!(3), vec![]));
    assert_eq!(pages(&repo), ["pr-94-issue-a.md", "pr-94-issue-b.md", "pr-94-issue-c.md"]);
    repo.write("az.json", &json!({"value": [azure_thread(1, "active", "x")], "count": 1}).to_string());
    let mixed = feedback(&repo, &["--from", "../1.json", "--from", "../az.json"]);
    assert_eq!(mixed.failure(), (20, "pr.unreadable".to_owned()));
}

#[test]
fn threads_of_azure_are_read_without_those_of_the_system() {
    let repo = at(AZURE);
    let mut system = azure_thread(3, "", "Ada voted 10");
    system["comments"][0]["commentType"] = json!("system");
    system.as_object_mut().unwrap().remove("status");
    let mut whole = azure_thread(5, "pending", LARGE);
    whole["threadContext"] = Value::Null;
    whole["comments"][0]["author"] = Value::Null;
    let list = vec![azure_thread(1, "active", "nit: a typo\r\nhere"), azure_thread(2, "fixed", "B"), system, whole];
    let said = from(&repo, &json!({"value": list, "count": 4, "continuation_token": null}));
    let data = said.data();
    assert_eq!((said.codes(), &data["provider"]), (vec![], &json!("azure")));
    assert_eq!(data["threads"], json!({"total": 3, "open": 2, "resolved": 1, "outdated": 0}));
    assert_eq!(pages(&repo), ["pr-94-issue-1.md", "pr-94-issue-5.md"]);
    assert!(text_of(&repo.root().join("planning/pr-94-issue-5.md")).contains("about the whole change"));
    let more = from(&repo, &json!({"value": [azure_thread(1, "active", "x")], "count": 1, "continuation_token": "t"}));
    assert_eq!(more.codes(), ["pr.more-pages"]);
}

#[test]
fn an_answer_that_is_cut_off_at_any_byte_writes_nothing() {
    let repo = at(GITHUB);
    let whole = page(vec![thread("a", "é"), thread("b", LARGE)], None).to_string();
    let cuts = (0..whole.len()).filter(|at| whole.is_char_boundary(*at));
    for at in cuts.step_by(if std::env::var("WFO_STRESS").is_ok() { 1 } else { 29 }) {
        let done = call(&repo, &["--from", "-"]).stdin(&whole[..at]).run(&repo);
        assert_eq!(done.failure(), (20, "pr.unreadable".to_owned()), "cut at {at}");
    }
    assert_eq!(pages(&repo), Vec::<String>::new());
}

#[test]
fn what_is_no_answer_about_this_pull_request_is_refused() {
    let repo = at(GITHUB);
    let other = page(vec![thread("a", "x")], None).to_string().replace("94", "95");
    for text in [
        other.as_str(),
        "",
        "<html>",
        "{}",
        "[]",
        "null",
        "{\"message\": \"Not Found\"}",
        "{\"data\": null, \"errors\": [{\"message\": \"Bad credentials\"}]}",
        &"[".repeat(100_000),
    ] {
        repo.write("answer.json", text);
        let done = feedback(&repo, &["--from", "../answer.json"]);
        assert_eq!(done.failure(), (20, "pr.unreadable".to_owned()), "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(feedback(&repo, &["--from", "nowhere.json"]).failure(), (20, "file.missing".to_owned()));
    assert_eq!(feedback(&repo, &["--from", "."]).failure(), (20, "file.not-regular".to_owned()));
    repo.write("answer.json", &page(vec![], None).to_string());
    let azure = feedback(&repo, &["--from", "../answer.json", "--provider", "azure"]);
    assert_eq!(azure.failure(), (20, "pr.unreadable".to_owned()));
    assert_eq!(repo.helper(&["pr", "feedback", "--pr", "0"]).status, Some(64));
    assert_eq!(pages(&repo), Vec::<String>::new());
}

#[test]
fn hostile_ids_stay_in_the_folder_and_apart_from_each_other() {
    let repo = at(GITHUB);
    let long = "x".repeat(300);
    let ids = [
        "../../x",
        "..",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "a b",
        "a.b",
        long.as_str(),
        "C:x",
        "é",
        "\u{202e}a",
        "Ab",
        "ab",
        "x\0y",
    ];
    let answer = page(ids.iter().map(|id| thread(id, LARGE)).collect(), None);
    let before = picture(&repo.at("home"));
    let data = from(&repo, &answer).data();
    let mut names = pages(&repo);
    assert_eq!(names.len(), ids.len(), "{names:#?}");
    assert!(
        names.iter().all(|name| name.starts_with("pr-94-issue-") && name.len() < 140 && name.is_ascii()),
        "{names:#?}"
    );
    names.iter_mut().for_each(|name| *name = name.to_lowercase());
    names.sort();
    names.dedup();
    assert_eq!(names.len(), ids.len(), "also where cases are not told apart");
    assert_eq!(picture(&repo.at("home")), before);
    assert!(!repo.at("x.md").exists() && !repo.root().join("x.md").exists());
    // One of two that clashed comes alone the next time: it keeps its page.
    let alone = from(&repo, &page(vec![thread("ab", LARGE)], None)).data();
    assert_eq!(states(&alone)[0].1, "kept");
    let path = |data: &Value, at: usize| data["items"][at]["path"].clone();
    assert_eq!(path(&alone, 0), path(&data, 12));
    // Every one of them can begin a workflow.
    for item in from(&repo, &answer).answer()["next"].as_array().unwrap() {
        let words: Vec<&str> = item.as_str().unwrap().split(' ').skip(1).collect();
        assert_eq!(repo.helper(&[&words[..], &["--dry-run"]].concat()).status, Some(0), "{item}");
    }
}

#[test]
fn comments_cannot_change_the_structure_of_a_page_and_bring_no_secret() {
    let repo = at(GITHUB);
    let token = support::run::token();
    let hostile = format!(
        "# Heading\n---\ntype: x\n---\n```\n~~~~\n## Proposal\n{{{{ config }}}} <script>alert(1)</script>\n\u{1b}[31m````` {token}\r\n- [ ] task"
    );
    let mut one = thread("a\"\npr: 1\n---\n# x", &hostile);
    one["path"] = json!("src/`x`\n# y.rs");
    one["comments"]["nodes"][0]["author"] = json!({"login": "a\n## b"});
    one["comments"]["nodes"][0]["url"] = json!("javascript:alert(1)");
    let said = from(&repo, &page(vec![one], None));
    let data = said.data();
    let text = text_of(&repo.root().join(data["items"][0]["path"].as_str().unwrap()));
    assert!(!text.contains(&token) && !said.stdout.contains(&token), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains("<javascript"), "{text}");
    let headings: Vec<String> = wfo_base::markdown::lines(wfo_base::markdown::front_matter(&text).unwrap().body)
        .filter_map(|(_, line)| match line {
            wfo_base::markdown::Line::Heading { text, level } => {
                Some(format!("{level} {}", &text[..text.len().min(9)]))
            }
            _ => None,
        })
        .collect();
    assert_eq!(headings.len(), 3, "{headings:?}\n{text}");
    let from = wfo_todo::feedback::lineage(&text).unwrap();
    assert_eq!((from.pr, from.thread.as_str()), (94, "a\"\npr: 1\n---\n# x"));
}

#[test]
fn a_page_or_folder_that_is_a_link_is_not_followed_out_of_the_repository() {
    let repo = at(GITHUB);
    std::fs::create_dir(repo.at("outside")).unwrap();
    std::os::unix::fs::symlink(repo.at("outside"), repo.root().join("planning")).unwrap();
    let done = from(&repo, &page(vec![thread("a", LARGE)], None));
    assert_eq!(done.failure(), (20, "file.link-outside".to_owned()));
    assert_eq!(std::fs::read_dir(repo.at("outside")).unwrap().count(), 0);
}

#[test]
fn ten_megabytes_are_read_in_time() {
    let repo = at(GITHUB);
    let body = "a long comment with words ".repeat(4_000);
    let threads: Vec<Value> = (0..100).map(|at| thread(&format!("T{at}"), &body)).collect();
    let answer = page(threads, None);
    assert!(answer.to_string().len() > 10_000_000);
    let done = from(&repo, &answer);
    assert_eq!(done.data()["threads"]["open"], 100);
    assert!(done.took < Duration::from_secs(20), "{:?}", done.took);
    assert_eq!(pages(&repo).len(), 100);
    let largest = pages(&repo).iter().map(|name| text_of(&repo.root().join("planning").join(name)).len()).max();
    assert!(largest < Some(200_000), "a page stays readable: {largest:?}");
    repo.write("huge.json", &format!("\"{}\"", "x".repeat(33 << 20)));
    assert_eq!(feedback(&repo, &["--from", "../huge.json"]).failure().0, 20);
}

/// A stand-in that notes how it is called.
fn stand_in(repo: &Repo, name: &str, script: &str) {
    let log = repo.at("calls");
    repo.program(
        &format!("bin/{name}"),
        &format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\n{script}\n", log.display()),
    );
}

fn calls(repo: &Repo) -> Vec<String> {
    std::fs::read_to_string(repo.at("calls")).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn github_is_asked_page_by_page_about_exactly_this_repository() {
    let repo = at(GITHUB);
    repo.write("1.json", &page(vec![thread("a", LARGE)], Some("CUR")).to_string());
    repo.write("2.json", &page(vec![thread("b", LARGE)], None).to_string());
    let here = repo.at("").display().to_string();
    stand_in(&repo, "gh", &format!("case \"$*\" in *after=CUR*) cat '{here}/2.json';; *) cat '{here}/1.json';; esac"));
    let done = feedback(&repo, &[]);
    assert_eq!((done.data()["threads"]["open"].clone(), done.codes()), (json!(2), vec![]));
    let asked = calls(&repo);
    assert_eq!(asked.len(), 2, "{asked:#?}");
    assert!(asked.iter().all(|call| call.starts_with("api graphql --hostname github.com ")), "{asked:#?}");
    assert!(asked[0].contains("owner=ada") && asked[0].contains("name=shop") && asked[0].contains("number=94"));
    // A host that never comes to an end is not asked for ever.
    stand_in(&repo, "gh", &format!("cat '{here}/1.json'"));
    let endless = feedback(&repo, &[]);
    assert_eq!((endless.status, endless.codes()), (Some(0), vec!["pr.more-pages".to_owned()]));
    assert!(calls(&repo).len() < 110);
}

#[test]
fn azure_is_asked_about_exactly_this_repository() {
    let repo = at(AZURE);
    repo.write("az.json", &json!({"value": [azure_thread(1, "active", LARGE)], "count": 1}).to_string());
    stand_in(&repo, "az", &format!("cat '{}'", repo.at("az.json").display()));
    assert_eq!(feedback(&repo, &[]).data()["threads"]["open"], 1);
    let asked = calls(&repo).join("\n");
    for part in ["--organization https://dev.azure.com/ada", "project=my shop", "repositoryId=shop", "pullRequestId=94"]
    {
        assert!(asked.contains(part), "{part}: {asked}");
    }
}

#[test]
fn a_program_that_is_missing_fails_hangs_or_answers_garbage_writes_nothing() {
    let repo = at(GITHUB);
    let empty = repo.at("empty");
    std::fs::create_dir(&empty).unwrap();
    let missing = repo.call(&["pr", "feedback", "--pr", "94", "--json"]).env("PATH", empty.to_string_lossy());
    let missing = missing.run(&repo);
    assert_eq!(missing.failure(), (30, "tool.missing".to_owned()));
    assert!(missing.answer()["diagnostics"][0]["hint"].as_str().unwrap().contains("--from FILE"));
    for (script, failure) in [
        ("echo 'gh: not logged in' >&2; exit 4", (30, "tool.failed")),
        ("echo '<html>garbage'", (20, "pr.unreadable")),
        ("exit 0", (20, "pr.unreadable")),
        ("kill -9 $$", (30, "tool.failed")),
        ("head -c 40000000 /dev/zero", (30, "tool.failed")),
    ] {
        stand_in(&repo, "gh", script);
        assert_eq!(feedback(&repo, &[]).failure(), (failure.0, failure.1.to_owned()), "{script}");
    }
    assert_eq!(pages(&repo), Vec::<String>::new());
    let elsewhere = at("https://git.example.org/ada/shop");
    assert_eq!(feedback(&elsewhere, &[]).failure(), (20, "pr.no-host".to_owned()));
    assert_eq!(feedback(&repo, &["--provider", "azure"]).failure(), (20, "pr.no-host".to_owned()));
}

#[test]
fn a_program_that_hangs_is_ended() {
    let repo = at(GITHUB);
    stand_in(&repo, "gh", "sleep 300 & sleep 300");
    let done = feedback(&repo, &[]);
    assert_eq!(done.failure(), (30, "tool.timeout".to_owned()));
    assert!(done.took < Duration::from_secs(45), "{:?}", done.took);
}

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
