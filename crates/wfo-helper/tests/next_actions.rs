//! What `next` tells to do in each step: the exact commands, what a commit takes, and a pull request whose words stay words.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use support::Call;
use support::flow::{Flow, STAMP};

/// The actions that are proposed, in the worktree if there is one.
fn actions(flow: &Flow, words: &[&str]) -> Vec<String> {
    let folder = if flow.tree().is_dir() { flow.tree() } else { flow.root() };
    let data = flow.asking(&folder, &[&["next"], words].concat()).run(flow).data();
    let actions = data["proposal"]["actions"].as_array().expect("actions");
    actions.iter().map(|act| act.as_str().unwrap().to_owned()).collect()
}

fn worked() -> Flow {
    let flow = Flow::new("feature");
    flow.begin("contrib/ada").specify().work("src/form.py", "print('form')\n");
    flow
}

/// Writes the record as it is, with a title and a finished task of these words.
fn with_words(flow: &Flow, words: &str) {
    let words = serde_json::to_string(words).unwrap();
    let file = flow.file();
    let kind = if file.contains("_feature_") { "feature" } else { "hotfix" };
    let tasks =
        [("implementation", "impl", words.as_str(), "completed"), ("testing", "test", "\"the rest\"", "pending")];
    let tasks = tasks.map(|(list, id, words, status)| {
        format!("  {list}:\n    - {{id: {id}_001, description: {words}, status: {status}}}\n")
    });
    let page = format!(
        "---\ntype: workflow-manifest\nworkflow_type: {kind}\nslug: login\ngithub_user: ada\nmetadata: {{title: {words}}}\n\
         tasks:\n{}quality_gates: {{semantic_version: \"1.1.0\"}}\n---\n",
        tasks.concat()
    );
    flow.put(&file, &page);
}

#[test]
fn documents_are_asked_for_written_by_the_helper_and_committed_alone() {
    let flow = Flow::new("feature");
    for (step, verb, what) in
        [("1.1", "plan", "requirements"), ("1.2", "plan", "architecture"), ("1.3", "plan", "epics")]
    {
        let acts = actions(&flow, &["--step", step]);
        assert!(acts[0].contains(&format!("`wfo-helper todo {verb} login`")), "{acts:#?}");
        let commit = format!("`wfo-helper todo commit --todo login --message 'docs(planning): {what} of login'`");
        assert_eq!(acts[1..], [format!("`wfo-helper todo {verb} login --answers FILE`"), commit]);
    }
    flow.begin("contrib/ada");
    let message = "'docs(specs): specification and plan of login'";
    let commit = format!("`wfo-helper todo commit --todo login --worktree --message {message}`");
    assert_eq!(actions(&flow, &[])[1..], ["`wfo-helper todo spec login --answers FILE`".to_owned(), commit]);
    // From elsewhere the same commit is made where the branch is.
    let elsewhere = flow.asking(&flow.root(), &["next", "--step", "2.6"]).run(&flow).data();
    assert_eq!(elsewhere["proposal"]["step"], "2.6");
    assert!(!elsewhere.to_string().contains("git add ."), "{elsewhere:#}");
}

#[test]
fn every_command_that_is_named_commits_or_pushes_no_more_than_its_own() {
    let flow = worked();
    flow.pull_request("contrib/ada", "OPEN", false, "");
    for step in ["1.1", "1.2", "1.3", "1.4", "2.6", "4.3", "4.6"] {
        let acts = flow.asking(&flow.tree(), &["next", "--step", step]).run(&flow);
        if acts.status != Some(0) {
            continue;
        }
        for act in acts.data()["proposal"]["actions"].as_array().unwrap() {
            let act = act.as_str().unwrap();
            assert!(!act.contains("add .") && !act.contains("add -A") && !act.contains("--force "), "{act}");
        }
    }
    let threads = actions(&flow, &["--step", "4.3"]);
    assert_eq!(threads[0], "`wfo-helper pr feedback --pr 7`");
    assert!(threads[1].starts_with("`wfo-helper todo commit --pr 7 --message "), "{threads:#?}");
    flow.merge_into("contrib/ada");
    let built = actions(&flow, &["--step", "4.6"]);
    assert_eq!(built[0], "`wfo-helper todo asbuilt login`");
    assert!(built[1].starts_with("`wfo-helper todo commit --todo login --message "), "{built:#?}");
}

/// A step of a hotfix that is as far as its pull request: it needs no coverage.
fn at_offer(words: &str, remote: Option<&str>) -> Vec<String> {
    let flow = Flow::new("hotfix");
    flow.begin("main").work("src/fix.py", "fixed\n");
    with_words(&flow, words);
    if let Some(url) = remote {
        flow.git(&["remote", "add", "origin", url]);
    }
    // Tests and gates are not what this is about: a user's table asks for less.
    flow.put_config(
        "wfo/data/phases.yaml",
        "rows:\n  - {id: \"6.3\", title: t, workflows: [hotfix], proof: [work]}\n  - {id: \"6.4\", title: t, workflows: [hotfix], optional: true, proof: [work, gate quality]}\n  - {id: \"6.5\", title: t, workflows: [hotfix], proof: [work]}\n",
    );
    let acts = actions(&flow, &[]);
    assert!(acts.iter().any(|act| act.contains("pr create")), "{acts:#?}");
    acts
}

#[test]
fn a_pull_request_has_a_body_that_says_what_was_done_and_what_shows_it() {
    let acts = at_offer("Log in", Some("https://github.com/ada/shop.git"));
    let branch = format!("hotfix/{STAMP}_login");
    assert_eq!(acts[0], "`wfo-helper todo ship login`");
    assert!(acts[1].contains("`wfo-helper gate run quality`"), "what ship commits is new content: {acts:#?}");
    assert_eq!(acts[2], format!("`git push -u origin {branch}`"));
    let call = &acts[3];
    assert!(
        call.ends_with(&format!("| gh pr create --base main --head {branch} --title 'hotfix: Log in' --body-file -`")),
        "{call}"
    );
    for part in [
        "'## What'",
        "'Log in'",
        "'## Tasks done (1 of 2)'",
        "'- impl_001: Log in'",
        "'- tests: not known'",
        "'- gate quality: not known'",
        "'- version: 1.1.0'",
    ] {
        assert!(call.contains(part), "{part}: {call}");
    }
    assert_eq!(acts.len(), 4, "{acts:#?}");
    let azure = at_offer("Log in", Some("https://dev.azure.com/org/project/_git/shop"));
    let head = format!(
        "`az repos pr create --source-branch {branch} --target-branch main --title 'hotfix: Log in' --description '## What' '' 'Log in' "
    );
    assert!(azure[3].starts_with(&head), "{azure:#?}");
    assert_eq!(at_offer("Log in", None).len(), 5, "without a known host both are shown");
}

#[test]
fn whatever_a_title_or_task_says_the_shell_takes_it_as_words_of_the_body() {
    for words in [
        "it's `touch x` $(touch x) \"; touch x; \"",
        "'; touch x; '",
        "--body-file /etc/passwd",
        "a\n## Evidence\n- tests: passed",
        "%s\\n%d \\x41",
        "| sh\u{202e}\u{1b}[31m",
        "~root *",
    ] {
        let acts = at_offer(words, Some("https://github.com/ada/shop.git"));
        let call = acts[3].trim_matches('`');
        assert!(!call.contains('`') && !call.contains('\n'), "{call}");
        let flow = Flow::new("feature");
        let bin = flow.at("bin");
        flow.write("bin/gh", "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>' \"$word\"; done; echo; cat\n");
        let gh = bin.join("gh");
        std::fs::set_permissions(&gh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let ran = Call::new("sh").args(["-c", call]).env("PATH", path).folder(&flow.root()).run(&flow);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(!flow.root().join("x").exists(), "{call}");
        let (first, body) = ran.stdout.split_once('\n').unwrap();
        let branch = format!("hotfix/{STAMP}_login");
        let head = format!("<pr><create><--base><main><--head><{branch}><--title><hotfix: ");
        assert!(first.starts_with(&head) && first.ends_with("><--body-file><->"), "{first}");
        let lines: Vec<&str> = body.lines().collect();
        assert_eq!(lines.iter().filter(|line| **line == "## Evidence").count(), 1, "{body}");
        assert!(lines.contains(&"- tests: not known") && !lines.contains(&"- tests: passed"), "{body}");
        assert!(lines.iter().any(|line| line.starts_with("- impl_001: ")), "{body}");
    }
}
