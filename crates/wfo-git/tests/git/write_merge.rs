//! Merges in real repositories: done, refused, or taken back so that nothing shows.

use std::collections::BTreeMap;
use std::path::Path;

use wfo_base::codes;
use wfo_git::{Foreign, Merge, MergeOutcome, is_merging, merge};

use crate::sandbox::{Sandbox, write};

/// A repository whose `main` and `task` each have a commit of their own.
fn forked(theirs: &[(&str, &str)], ours: &[(&str, &str)]) -> (Sandbox, String, String) {
    let sandbox = Sandbox::with_files();
    sandbox.git(&["config", "user.name", "A"]);
    sandbox.git(&["config", "user.email", "a@example.com"]);
    sandbox.git(&["checkout", "-q", "-b", "task"]);
    for (name, text) in theirs {
        sandbox.write(name, text);
    }
    let tip = sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    for (name, text) in ours {
        sandbox.write(name, text);
    }
    let head = sandbox.commit("ours");
    (sandbox, head, tip)
}

fn request<'a>(head: &'a str, tip: &'a str) -> Merge<'a> {
    Merge { branch: "task", message: "merge task: words\n\n# kept?\n", head, tip, held: None }
}

/// Every file below a folder with its bytes and its time of change; git's own folder reduced to what counts.
fn everything(sandbox: &Sandbox) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    fn walk(top: &Path, folder: &Path, out: &mut BTreeMap<String, (Vec<u8>, std::time::SystemTime)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(top).unwrap().display().to_string();
            if name.starts_with(".git/objects") {
                continue;
            }
            if path.is_dir() {
                walk(top, &path, out);
            } else {
                out.insert(name, (std::fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap()));
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(&sandbox.repo(), &sandbox.repo(), &mut out);
    out
}

#[test]
fn a_merge_makes_a_commit_with_both_parents_and_the_message() {
    let (sandbox, head, tip) = forked(&[("new", "n")], &[("mine", "m")]);
    // None of these may change what was said yes to.
    for (key, value) in [
        ("merge.ff", "only"),
        ("branch.main.mergeOptions", "--squash --no-commit"),
        ("pull.twohead", "ours"),
        ("merge.log", "true"),
        ("merge.stat", "true"),
        ("commit.cleanup", "scissors"),
        ("core.editor", "false"),
    ] {
        sandbox.git(&["config", key, value]);
    }
    sandbox.write("untracked", "stays");
    let outcome = merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip).unwrap();
    let now = sandbox.git(&["rev-parse", "HEAD"]);
    assert_eq!(outcome, MergeOutcome::Merged { commit: now });
    assert_eq!(sandbox.git(&["rev-parse", "HEAD^1", "HEAD^2"]), format!("{head}\n{tip}"));
    assert_eq!(sandbox.git(&["log", "-1", "--format=%B"]), "merge task: words\n\n# kept?");
    assert_eq!(std::fs::read_to_string(sandbox.repo().join("new")).unwrap(), "n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? untracked");
    let again = sandbox.git(&["rev-parse", "HEAD"]);
    assert_eq!(merge(&sandbox.open(), &request(&again, &tip), Foreign::Skip).unwrap(), MergeOutcome::UpToDate);
}

#[test]
fn what_could_be_fast_forwarded_gets_a_merge_commit_too() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&["config", "user.name", "A"]);
    sandbox.git(&["config", "user.email", "a@example.com"]);
    sandbox.git(&["checkout", "-q", "-b", "task"]);
    let tip = sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    let outcome = merge(&sandbox.open(), &request(&head, &tip), Foreign::Run).unwrap();
    assert!(matches!(outcome, MergeOutcome::Merged { .. }));
    assert_eq!(sandbox.git(&["rev-list", "--count", "--merges", "HEAD"]), "1");
}

#[test]
fn a_conflict_leaves_every_byte_as_it_was() {
    let odd = "odd\nname";
    let (sandbox, head, tip) =
        forked(&[("a.txt", "theirs"), (odd, "theirs"), ("fine", "f")], &[("a.txt", "ours"), (odd, "ours")]);
    std::fs::create_dir_all(sandbox.repo().join(".git/rr-cache")).unwrap();
    sandbox.git(&["config", "rerere.enabled", "true"]);
    sandbox.write(".git/info/exclude", "ignored\n");
    sandbox.write("ignored", "mine");
    sandbox.write("untracked", "mine");
    sandbox.git(&["status"]);
    let before = everything(&sandbox);
    let outcome = merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip).unwrap();
    assert_eq!(outcome, MergeOutcome::Conflict { files: vec!["a.txt".into(), odd.into()] });
    assert_eq!(everything(&sandbox), before);
}

#[test]
fn a_hook_that_says_no_leaves_files_index_and_head_as_they_were() {
    for hook in ["pre-merge-commit", "commit-msg", "prepare-commit-msg", "reference-transaction"] {
        let (sandbox, head, tip) = forked(&[("new/deep", "n"), ("a.txt", "theirs")], &[("b.txt", "ours")]);
        sandbox.write("untracked", "mine");
        let text =
            if hook == "reference-transaction" { "grep -q 'refs/heads/main' && exit 1; exit 0" } else { "exit 1" };
        crate::write_programs::script(&sandbox.repo().join(".git/hooks").join(hook), text);
        let shown = |sandbox: &Sandbox| {
            let mut files = everything(sandbox);
            files.retain(|name, _| !name.starts_with(".git/"));
            let files: BTreeMap<_, _> = files.into_iter().map(|(name, (bytes, _))| (name, bytes)).collect();
            (files, sandbox.git(&["ls-files", "-s"]), sandbox.git(&["status", "--porcelain=v2", "--branch"]))
        };
        let before = shown(&sandbox);
        let problem = merge(&sandbox.open(), &request(&head, &tip), Foreign::Run).unwrap_err();
        assert_eq!(problem.code, codes::TOOL_FAILED, "{hook}: {problem}");
        assert_eq!(shown(&sandbox), before, "{hook}");
        assert!(!sandbox.repo().join(".git/MERGE_HEAD").exists(), "{hook}");
        // And without it, all is well.
        assert!(matches!(
            merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip),
            Ok(MergeOutcome::Merged { .. })
        ));
    }
}

#[test]
fn what_moved_since_it_was_shown_is_not_merged() {
    let (sandbox, head, tip) = forked(&[("new", "n")], &[("mine", "m")]);
    let repository = sandbox.open();
    for (shown_head, shown_tip) in [(&tip, &tip), (&head, &head)] {
        let problem = merge(&repository, &request(shown_head, shown_tip), Foreign::Skip).unwrap_err();
        assert_eq!(problem.code, codes::GIT_BRANCH_MOVED);
    }
    for id in ["HEAD", "--abort", ""] {
        assert_eq!(
            merge(&repository, &request(&head, id), Foreign::Skip).unwrap_err().code,
            codes::GIT_REVISION_UNKNOWN
        );
    }
    let gone = Merge { branch: "gone", ..request(&head, &tip) };
    assert_eq!(merge(&repository, &gone, Foreign::Skip).unwrap_err().code, codes::GIT_BRANCH_MOVED);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn a_checkout_with_changes_or_something_under_way_is_not_merged_into() {
    let (sandbox, head, tip) = forked(&[("new", "n")], &[("mine", "m")]);
    let refused = |why: &str| {
        let before = everything(&sandbox);
        let problem = merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip).unwrap_err();
        assert_eq!(problem.code, codes::GIT_DIRTY, "{problem}");
        assert!(problem.message.contains(why), "{problem}");
        assert_eq!(everything(&sandbox), before);
    };
    sandbox.write("b.txt", "changed");
    refused("b.txt");
    sandbox.git(&["add", "b.txt"]);
    refused("b.txt");
    sandbox.git(&["reset", "-q", "--hard"]);
    sandbox.git(&["bisect", "start"]);
    refused("bisect");
    sandbox.git(&["bisect", "reset"]);
    sandbox.git(&["merge", "-q", "--no-commit", "--no-ff", "task"]);
    refused("merge");
}

#[test]
fn a_file_in_the_way_is_named_and_kept_even_when_git_ignores_it() {
    let cases: [(&str, &str, bool); 6] = [
        ("new", "new", false),
        ("new", "new", true),
        ("deep/er/new", "deep", true),
        ("deep/er/new", "deep/er", false),
        ("build", "build/output", true),
        ("build", "build/output", false),
    ];
    for (theirs, mine, ignored) in cases {
        let (sandbox, head, tip) = forked(&[(theirs, "theirs")], &[("mine", "m")]);
        if ignored {
            sandbox.write(".git/info/exclude", "new\ndeep\nbuild\n");
        }
        sandbox.write(mine, "only here");
        let before = everything(&sandbox);
        let problem = merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip).unwrap_err();
        assert_eq!(problem.code, codes::GIT_DIRTY, "{theirs} {mine} {ignored}");
        assert!(problem.message.contains(mine), "{problem}");
        assert_eq!(everything(&sandbox), before);
    }
    // What lies beside it is in nobody's way.
    let (sandbox, head, tip) = forked(&[("dir/new", "theirs")], &[("mine", "m")]);
    sandbox.write("dir/other", "untracked");
    assert!(matches!(merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip), Ok(MergeOutcome::Merged { .. })));
}

#[test]
fn a_merge_under_way_is_known_by_its_commit() {
    let (sandbox, head, tip) = forked(&[("new", "n")], &[("mine", "m")]);
    let repository = sandbox.open();
    assert!(!is_merging(&repository, &tip));
    sandbox.git(&["merge", "-q", "--no-commit", "--no-ff", "task"]);
    assert!(is_merging(&repository, &tip) && !is_merging(&repository, &head));
}

#[test]
fn histories_without_a_common_commit_and_bare_repositories_are_refused() {
    let (sandbox, head, _) = forked(&[], &[]);
    sandbox.git(&["checkout", "-q", "--orphan", "alone"]);
    let alone = sandbox.commit("alone");
    sandbox.git(&["checkout", "-q", "-f", "main"]);
    let request = Merge { branch: "alone", ..request(&head, &alone) };
    let problem = merge(&sandbox.open(), &request, Foreign::Skip).unwrap_err();
    assert!(problem.message.contains("unrelated histories"), "{problem}");
    sandbox.git_in(&sandbox.path(""), &["clone", "-q", "--bare", "repo", "bare.git"]);
    let bare = crate::sandbox::open(&sandbox.path("bare.git"));
    assert_eq!(merge(&bare, &request, Foreign::Skip).unwrap_err().code, codes::GIT_NO_WORK_TREE);
}

#[test]
fn a_hook_that_the_merge_itself_would_change_is_not_run() {
    let (sandbox, head, tip) = {
        let sandbox = Sandbox::with_files();
        sandbox.git(&["config", "user.name", "A"]);
        sandbox.git(&["config", "user.email", "a@example.com"]);
        sandbox.git(&["config", "core.hooksPath", ".githooks"]);
        crate::write_programs::script(&sandbox.repo().join(".githooks/post-merge"), "true");
        sandbox.commit("hooks");
        sandbox.git(&["checkout", "-q", "-b", "task"]);
        write(&sandbox.repo().join(".githooks/post-merge"), b"#!/bin/sh\ntouch evil\n");
        let tip = sandbox.commit("other hooks");
        sandbox.git(&["checkout", "-q", "main"]);
        let head = sandbox.commit("ours");
        (sandbox, head, tip)
    };
    let problem = merge(&sandbox.open(), &request(&head, &tip), Foreign::Run).unwrap_err();
    assert_eq!(problem.code, codes::COMMAND_UNAPPROVED);
    assert!(!sandbox.repo().join("evil").exists());
    assert!(matches!(merge(&sandbox.open(), &request(&head, &tip), Foreign::Skip), Ok(MergeOutcome::Merged { .. })));
    assert!(!sandbox.repo().join("evil").exists());
}
