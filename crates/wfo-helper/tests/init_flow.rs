//! Phase 0 on real repositories: the programs that a project needs, and the branches of the git-flow after a yes.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox};

/// A repository with nobody who has to be asked.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.put_config("wfo/config.yaml", "confirm: {unattended: true}\n");
    repo
}

fn flow(repo: &Repo, words: &[&str]) -> Done {
    repo.helper(&[&["init", "--git-flow", "--json"], words].concat())
}

fn heads(repo: &Repo) -> Vec<String> {
    let listed = repo.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
    listed.lines().map(str::to_owned).collect()
}

fn commands(data: &Value) -> Vec<String> {
    let planned = data["branches"]["planned"].as_array().unwrap();
    planned.iter().map(|branch| branch["command"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn missing_branches_are_proposed_with_gits_commands_and_made_after_a_yes() {
    let repo = repo();
    let head = repo.git(&["rev-parse", "HEAD"]);
    let asked = flow(&repo, &["--user", "ada"]).data();
    let lines = ["git branch --no-track develop main", "git branch --no-track contrib/ada develop"];
    assert_eq!(commands(&asked), lines);
    assert_eq!(asked["proposal"]["actions"], json!(lines.map(|line| format!("`{line}`"))));
    assert_eq!((heads(&repo), &asked["branches"]["present"]), (vec!["main".to_owned()], &json!(["main"])));
    let id = asked["proposal"]["id"].as_str().unwrap();
    let done = flow(&repo, &["--user", "ada", "--confirm", id]).data();
    assert_eq!((&done["applied"], &done["branches"]["made"]), (&json!(true), &json!(["develop", "contrib/ada"])));
    assert_eq!(heads(&repo), ["contrib/ada", "develop", "main"]);
    assert_eq!(
        (repo.git(&["rev-parse", "HEAD"]), repo.git(&["branch", "--show-current"])),
        (head.clone(), "main\n".to_owned())
    );
    assert_eq!(repo.git(&["rev-parse", "contrib/ada"]), head);
    let again = flow(&repo, &[]).data();
    assert!(again["proposal"].is_null() && commands(&again).is_empty(), "{again:#}");
    assert_eq!(again["branches"]["present"], json!(["main", "develop", "contrib/ada"]));
    assert_eq!(flow(&repo, &["--user", "ada", "--confirm", id]).failure(), (22, "proposal.used".to_owned()));
}

#[test]
fn the_commands_that_are_shown_do_the_same() {
    let (by_hand, by_helper) = (repo(), repo());
    for repo in [&by_hand, &by_helper] {
        repo.with_origin();
        repo.git(&["push", "-q", "origin", "main:develop"]);
        repo.put("x", "x");
        repo.commit("later");
        repo.git(&["fetch", "-q"]);
    }
    let asked = flow(&by_hand, &["--user", "ada"]).data();
    let lines = commands(&asked);
    assert_eq!(lines, ["git branch --no-track develop origin/develop", "git branch --no-track contrib/ada develop"]);
    for line in &lines {
        by_hand.git(&line.split(' ').skip(1).collect::<Vec<_>>());
    }
    flow(&by_helper, &["--user", "ada", "--yes"]).data();
    let picture =
        |repo: &Repo| repo.git(&["for-each-ref", "--format=%(refname) %(objectname) %(upstream)", "refs/heads"]);
    assert_eq!(picture(&by_hand), picture(&by_helper));
    assert_ne!(by_hand.git(&["rev-parse", "develop"]), by_hand.git(&["rev-parse", "main"]));
}

#[test]
fn a_yes_counts_only_for_the_branches_as_they_were_shown() {
    let repo = repo();
    let asked = flow(&repo, &["--user", "ada"]).data();
    let id = asked["proposal"]["id"].as_str().unwrap().to_owned();
    repo.git(&["branch", "develop"]);
    assert_eq!(flow(&repo, &["--user", "ada", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(flow(&repo, &["--user", "eve", "--confirm", &id]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(repo.helper(&["init", "--confirm", &id, "--json"]).failure(), (22, "proposal.stale".to_owned()));
    assert_eq!(heads(&repo), ["develop", "main"]);
    repo.put_config("wfo/config.yaml", "");
    let id = flow(&repo, &["--user", "ada"]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    assert_eq!(flow(&repo, &["--user", "ada", "--confirm", &id]).failure(), (21, "proposal.needs-person".to_owned()));
    assert_eq!(heads(&repo), ["develop", "main"]);
}

#[test]
fn other_names_for_main_and_a_contributor_who_is_there_are_taken_as_they_are() {
    let repo = repo();
    repo.git(&["branch", "-m", "main", "trunk"]);
    repo.git(&["branch", "contrib/grace"]);
    let data = repo.call(&["init", "--git-flow", "--json"]).env("USER", "ada").run(&repo).data();
    assert_eq!(commands(&data), ["git branch --no-track develop trunk"]);
    assert_eq!(data["branches"]["present"], json!(["trunk", "contrib/grace"]));
    repo.git(&["branch", "-D", "contrib/grace"]);
    let data = repo.call(&["init", "--git-flow", "--json"]).env("USER", "ada").run(&repo).data();
    assert_eq!(commands(&data)[1], "git branch --no-track contrib/ada develop");
    let nobody = flow(&repo, &[]);
    assert_eq!(
        (nobody.codes(), nobody.data()["branches"]["unknown"].clone()),
        (vec!["init.no-user".to_owned()], json!(["contrib/<user>"]))
    );
    let text = repo.call(&["init", "--git-flow", "--format", "text"]).unset("USER").unset("LOGNAME").run(&repo).stdout;
    assert!(text.contains("not made: contrib/<user>\n  whose? `wfo-helper init --git-flow --user NAME`\n"), "{text}");
}

#[test]
fn hostile_users_repositories_without_a_commit_and_folders_make_no_branch() {
    let repo = repo();
    for user in ["../x", "a b", "a..b", "", "x~1"] {
        let user = format!("--user={user}");
        assert_eq!(flow(&repo, &[&user]).failure(), (20, "git.branch-invalid".to_owned()), "{user}");
    }
    let quoted = flow(&repo, &["--user=-x;id"]).data();
    assert_eq!(commands(&quoted)[1], "git branch --no-track 'contrib/-x;id' develop");
    assert_eq!(heads(&repo), ["main"]);
    let unborn = Repo::unborn();
    let done = flow(&unborn, &["--user", "ada"]);
    assert!(done.codes().iter().any(|code| code == "git.no-commits"), "{done:?}");
    assert!(done.data()["proposal"].is_null());
    let folder = Sandbox::new();
    let data = folder.helper(&["init", "--git-flow", "--json"]).data();
    assert!(data["branches"].is_null() && data["proposal"].is_null());
    let dry = flow(&repo, &["--user", "ada", "--dry-run"]).data();
    assert_eq!((commands(&dry).len(), &dry["proposal"]), (2, &Value::Null));
    assert_eq!(repo.helper(&["init", "--user", "ada"]).status, Some(64), "without --git-flow nobody is asked for");
}

#[test]
fn of_many_that_confirm_at_once_one_makes_the_branches() {
    let repo = repo();
    let id = flow(&repo, &["--user", "ada"]).data()["proposal"]["id"].as_str().unwrap().to_owned();
    let statuses: Vec<Option<i32>> = std::thread::scope(|scope| {
        let all: Vec<_> =
            (0..8).map(|_| scope.spawn(|| flow(&repo, &["--user", "ada", "--confirm", &id]).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == Some(0)).count(), 1, "{statuses:?}");
    assert_eq!(heads(&repo), ["contrib/ada", "develop", "main"]);
}

/// Runs `init` with these programs and no others but git.
fn with_programs(repo: &Repo, programs: &[(&str, &str)]) -> Value {
    for (name, script) in programs {
        repo.program(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
    }
    let git = Call::new("sh").args(["-c", "command -v git"]).run(repo).stdout;
    std::os::unix::fs::symlink(git.trim(), repo.at("bin/git")).unwrap();
    repo.call(&["init", "--json"]).env("PATH", repo.at("bin").to_string_lossy()).run(repo).data()
}

fn tool<'a>(data: &'a Value, name: &str) -> &'a Value {
    let tools = data["tools"].as_array().unwrap();
    tools.iter().find(|tool| tool["name"] == name).unwrap_or(&Value::Null)
}

#[test]
fn the_programs_that_the_project_needs_are_told_with_their_versions() {
    let repo = repo();
    repo.git(&["remote", "add", "origin", "https://github.com/ada/shop.git"]);
    repo.put("Cargo.toml", "[package]\nname = \"shop\"\n");
    let programs = [("gh", "echo 'gh version 2.83.1 (2026-01-01)'; echo https://x"), ("cargo", "sleep 60")];
    std::fs::create_dir(repo.at("bin")).unwrap();
    let data = with_programs(&repo, &programs);
    assert_eq!(tool(&data, "gh")["version"], "2.83.1");
    assert_eq!(tool(&data, "gh")["purpose"], "pull requests at GitHub");
    assert_eq!(
        (&tool(&data, "cargo")["found"], &tool(&data, "cargo")["version"]),
        (&json!(true), &Value::Null),
        "it hangs"
    );
    assert!(tool(&data, "git")["version"].as_str().unwrap().starts_with(|c: char| c.is_ascii_digit()));
    assert!(tool(&data, "az").is_null());
    assert!(data["branches"].is_null() && data["proposal"].is_null(), "only with --git-flow");
}

#[test]
fn a_program_that_is_missing_is_told_with_how_to_get_it() {
    let repo = repo();
    repo.git(&["remote", "add", "origin", "https://dev.azure.com/ada/p/_git/shop"]);
    repo.put("go.mod", "module x\n");
    std::fs::create_dir(repo.at("bin")).unwrap();
    let data = with_programs(&repo, &[]);
    for name in ["az", "go"] {
        let tool = tool(&data, name);
        assert_eq!((&tool["found"], &tool["version"]), (&json!(false), &Value::Null), "{data:#}");
        assert!(tool["fix"].as_str().unwrap().contains("install"), "{tool:#}");
    }
}

#[test]
fn a_program_that_the_repository_brings_or_names_is_not_started() {
    let repo = repo();
    repo.program("project/gradlew", "#!/bin/sh\ntouch ran\n");
    repo.program("bin/evil", &format!("#!/bin/sh\ntouch '{}'\n", repo.at("ran").display()));
    repo.put("build.gradle", "x\n");
    repo.put("evil.lock", "x\n");
    repo.put(
        ".wfo/data/stacks.yaml",
        "rows:\n  - {id: evil, files: [evil.lock], commands: {test: evil test}, managers: [{id: evil, files: [evil.lock], commands: {test: evil test}}]}\n",
    );
    let data = with_programs(&repo, &[]);
    assert!(!repo.at("ran").exists() && !repo.root().join("ran").exists(), "{data:#}");
}
