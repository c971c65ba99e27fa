//! `pr feedback`: review threads of both providers become pages, once each, whatever the answer and its words are like.
//! `gh` and `az` are stand-ins on PATH; no network is asked.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::review::{AZURE, GITHUB, LARGE, at, azure_thread, call, calls, feedback, from, page, stand_in, thread};
use support::tree::picture;
use support::{Repo, text_of};

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
