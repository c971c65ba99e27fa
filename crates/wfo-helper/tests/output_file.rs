//! `--out`: where an answer may be written, and everything that it must never overwrite.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::os::unix::fs::symlink;
use std::path::Path;

use support::terminal::at_terminal;
use support::{Done, Repo, Sandbox, text_of};

fn write_to(repo: &Repo, target: &Path) -> Done {
    repo.helper(&["start-day", "--json", "--out", &target.to_string_lossy()])
}

/// Makes a folder that is neither in a work tree nor temporary in the sense of the sandbox.
fn outside() -> tempfile::TempDir {
    tempfile::tempdir_in("/var/tmp").expect("a folder below /var/tmp")
}

#[test]
fn an_answer_goes_to_a_new_file_and_can_be_written_again() {
    let repo = Repo::new();
    for (format, start) in [
        ("json", "{\"schema\":\"wfo.start-day/1\""),
        ("markdown", "<!-- wfo.start-day/1 -->\n## "),
        ("text", "# wfo.start-day/1\nproject"),
    ] {
        let target = repo.root().join(format!("answer.{format}"));
        for _ in 0..2 {
            let done = repo.helper(&["start-day", "--format", format, "-q", "--out", &target.to_string_lossy()]);
            assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "", ""), "{format}");
            assert!(text_of(&target).starts_with(start), "{}", text_of(&target));
        }
    }
}

#[test]
fn the_file_holds_the_very_answer() {
    let repo = Repo::new();
    let target = repo.at("answer.json");
    assert_eq!(repo.helper(&["stack", "detect", "--json", "--out", &target.to_string_lossy()]).stdout, "");
    assert_eq!(text_of(&target), repo.helper(&["stack", "detect", "--json"]).stdout);
    let schema = repo.at("schema.json");
    assert_eq!(
        repo.helper(&["schema", "start-day", "--out", &schema.to_string_lossy()]).stdout,
        "",
        "text that is printed as it is, too"
    );
    assert_eq!(text_of(&schema), repo.helper(&["schema", "start-day"]).stdout);
}

#[test]
fn a_relative_name_is_one_below_the_current_folder() {
    let repo = Repo::new();
    std::fs::create_dir(repo.root().join("sub")).unwrap();
    let done = repo.call(&["start-day", "--json", "--out", "answer.json"]).folder(&repo.root().join("sub")).run(&repo);
    assert_eq!(done.status, Some(0));
    assert!(repo.root().join("sub/answer.json").is_file());
}

#[test]
fn files_that_are_there_are_never_lost() {
    let repo = Repo::new();
    let tracked = repo.root().join("tracked.json");
    repo.helper(&["start-day", "--json", "--out", "tracked.json"]);
    repo.commit("an answer that git tracks");
    let foreign = repo.put("notes.md", "# my notes\n");
    let other_tool = repo.put("other.json", "{\"schema\":\"other/1\"}");
    let empty = repo.put("empty", "");
    let removed = repo.root().join("README.md");
    std::fs::remove_file(&removed).unwrap();
    for target in [&tracked, &foreign, &other_tool, &empty] {
        let before = text_of(target);
        assert_eq!(write_to(&repo, target).failure(), (21, "output.refused".to_owned()), "{}", target.display());
        assert_eq!(text_of(target), before);
    }
    let temporary = repo.write("home/mine.txt", "mine");
    assert_eq!(write_to(&repo, &temporary).failure().0, 21, "the temporary folder holds other people's files too");
    assert!(write_to(&repo, &repo.root()).failure().0 == 21 && write_to(&repo, Path::new("/")).failure().0 == 21);
}

#[test]
fn the_folders_of_git_of_the_host_and_of_wfo_are_closed() {
    let repo = Repo::new();
    repo.put(".claude/x", "");
    repo.put(".wfo/x", "");
    repo.put("sub/.claude/x", "");
    for target in [
        ".git/answer.json",
        ".git/hooks/pre-commit",
        ".claude/settings.json",
        ".wfo/config.yaml",
        "sub/.claude/settings.json",
        "sub/../.git/config2",
    ] {
        assert_eq!(write_to(&repo, &repo.root().join(target)).failure(), (21, "output.refused".to_owned()), "{target}");
        assert!(!repo.root().join(target).exists(), "{target}");
    }
}

#[test]
fn links_are_not_written_through() {
    let repo = Repo::new();
    let victim = repo.write("home/victim", "{\"schema\":\"wfo.start-day/1\"}");
    symlink(&victim, repo.root().join("link.json")).unwrap();
    symlink(repo.at("home"), repo.root().join("folder")).unwrap();
    symlink(repo.root().join("nothing"), repo.root().join("dangling.json")).unwrap();
    for target in ["link.json", "folder/answer.json", "dangling.json", "folder/../answer.json"] {
        assert_eq!(write_to(&repo, &repo.root().join(target)).failure(), (21, "output.refused".to_owned()), "{target}");
    }
    assert_eq!(text_of(&victim), "{\"schema\":\"wfo.start-day/1\"}");
}

#[test]
fn other_places_are_for_a_person_at_a_terminal() {
    let repo = Repo::new();
    let outside = outside();
    let target = outside.path().join("answer.json");
    assert_eq!(write_to(&repo, &target).failure(), (21, "output.refused".to_owned()));
    assert!(!target.exists());
    let Some(seen) = at_terminal(&repo, &["start-day", "--json", "--out", &target.to_string_lossy()], &[]) else {
        return;
    };
    assert_eq!(seen.status, 0, "{seen:?}");
    assert!(text_of(&target).starts_with("{\"schema\":\"wfo.start-day/1\""));
}

#[test]
fn another_repository_is_not_the_work_tree() {
    let repo = Repo::new();
    let outside = outside();
    repo.git_in(outside.path(), &["init", "-q"]);
    let target = outside.path().join("answer.json");
    assert_eq!(write_to(&repo, &target).failure(), (21, "output.refused".to_owned()));
    let there =
        repo.call(&["start-day", "--json", "--out", &target.to_string_lossy()]).folder(outside.path()).run(&repo);
    assert_eq!((there.status, target.is_file()), (Some(0), true), "{there:?}");
    let named = outside.path().join("named.json");
    let done = repo.helper(&[
        "start-day",
        "--json",
        "-C",
        &outside.path().to_string_lossy(),
        "--out",
        &named.to_string_lossy(),
    ]);
    assert_eq!(
        (done.status, named.is_file()),
        (Some(0), true),
        "the repository that --repo names is the one: {done:?}"
    );
}

#[test]
fn a_file_that_a_submodule_tracks_is_tracked() {
    let repo = Repo::new();
    let library = repo.at("library");
    repo.git(&["clone", "-q", ".", &library.to_string_lossy()]);
    repo.call(&["start-day", "--json", "--out", "answer.json"]).folder(&library).run(&repo);
    repo.commit_in(&library, "an answer");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &library.to_string_lossy(), "lib"]);
    assert_eq!(write_to(&repo, &repo.root().join("lib/answer.json")).failure().0, 21);
    assert_eq!(write_to(&repo, &repo.root().join("lib/new.json")).status, Some(0));
}

#[test]
fn a_refusal_comes_in_the_form_that_is_wanted() {
    let sandbox = Sandbox::new();
    let json = sandbox.helper(&["start-day", "--out", "/proc/answer.json"]);
    assert_eq!((json.failure().0, json.stderr.as_str()), (21, ""));
    let text = sandbox.helper(&["start-day", "--format", "text", "--out", "/proc/answer.json"]);
    assert_eq!((text.status, text.stdout.as_str()), (Some(21), ""));
    assert!(text.stderr.starts_with("error[output.refused]: ") && text.stderr.contains("\n  hint: "), "{text:?}");
}

#[test]
fn an_error_is_told_and_not_written_to_the_file() {
    let sandbox = Sandbox::new();
    let target = sandbox.at("project/answer.json");
    let done = sandbox.helper(&["ref", "nothing", "--json", "--out", &target.to_string_lossy()]);
    assert_eq!((done.failure(), target.exists()), ((20, "ref.unknown-topic".to_owned()), false));
}

#[test]
fn the_closed_folders_are_closed_in_the_temporary_folder_and_in_any_case() {
    let repo = Repo::new();
    for folder in ["other/.git/hooks", "other/.claude", "other/.Wfo", "project/.GIT", "project/sub/.Claude"] {
        std::fs::create_dir_all(repo.at(folder)).unwrap();
        let target = repo.at(folder).join("x");
        assert_eq!(write_to(&repo, &target).failure(), (21, "output.refused".to_owned()), "{folder}");
        assert!(!target.exists(), "{folder}");
    }
    assert_eq!(write_to(&repo, &repo.at("other/x.json")).status, Some(0));
}

#[test]
fn a_work_tree_below_a_closed_folder_may_be_written() {
    let repo = Repo::new();
    let linked = repo.at("home/.claude/worktrees/side");
    repo.git(&["worktree", "add", "-q", "-b", "side", &linked.to_string_lossy()]);
    let target = linked.join("x.json");
    let done = repo.call(&["start-day", "--json", "--out", &target.to_string_lossy()]).folder(&linked).run(&repo);
    assert_eq!((done.status, target.is_file()), (Some(0), true), "{done:?}");
}

#[test]
fn every_answer_of_our_own_can_be_replaced_however_long_it_is() {
    let repo = Repo::new();
    let target =
        repo.put("answer.json", &format!("{{\"schema\":\"wfo.start-day/1\",\"x\":\"{}\"}}", "x".repeat(2 << 20)));
    assert_eq!(write_to(&repo, &target).status, Some(0));
    assert!(text_of(&target).len() < 1 << 20);
    let shells = ["bash", "zsh", "fish", "elvish", "powershell"].map(|shell| vec!["completions", shell]);
    for words in shells.into_iter().chain([vec!["schema", "start-day"], vec!["schema", "error"]]) {
        let target = repo.at(&words.join("-"));
        for time in 1..=2 {
            let name = target.to_string_lossy().into_owned();
            let done = repo.helper(&[words.as_slice(), &["--out", &name]].concat());
            assert_eq!((done.status, done.stdout.as_str()), (Some(0), ""), "{words:?}, time {time}: {done:?}");
        }
    }
}
