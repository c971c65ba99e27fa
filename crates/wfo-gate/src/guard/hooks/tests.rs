//! Plans for git hooks beside managers and foreign hooks, and their removal byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use super::*;

const HELPER: &str = "/opt/it's here/wfo-helper";

fn facts() -> HookFacts {
    HookFacts {
        folder: "/r/.git/hooks".to_owned(),
        own: "/r/.git/hooks".to_owned(),
        hooks_path: None,
        files: Vec::new(),
        manager: None,
        helper: HELPER.to_owned(),
        strict: false,
    }
}

fn file(name: &str, bytes: impl Into<Vec<u8>>, mode: u32) -> HookFile {
    HookFile { name: name.to_owned(), bytes: bytes.into(), mode }
}

/// Carries a plan out on the files in mind.
fn carried_out(facts: &HookFacts, plan: &HookPlan) -> HookFacts {
    let mut next = facts.clone();
    let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for step in &plan.steps {
        match step {
            HookStep::Write { path, bytes, mode } => {
                next.files.retain(|file| file.name != name(path));
                next.files.push(file(&name(path), bytes.clone(), *mode));
            }
            HookStep::Move { from, to } => {
                let at = next.files.iter().position(|file| file.name == name(from)).unwrap();
                let mut moved = next.files.remove(at);
                next.files.retain(|file| file.name != name(to));
                moved.name = name(to);
                next.files.push(moved);
            }
            HookStep::Remove { path } => next.files.retain(|file| file.name != name(path)),
        }
    }
    next.files.sort_by(|a, b| a.name.cmp(&b.name));
    next
}

#[test]
fn installing_and_removing_gives_back_every_byte_and_mode() {
    let foreign = [
        vec![],
        vec![file("pre-commit", "#!/bin/sh\nexit 3\n", 0o750)],
        vec![
            file("pre-commit", vec![0xff, 0, 1], 0o644),
            file("prepare-commit-msg", "", 0o755),
            file("reference-transaction", "x", 0o700),
        ],
        vec![file("post-checkout", "x", 0o755), file("pre-commit.sample", "x", 0o755)],
    ];
    for files in foreign {
        for strict in [false, true] {
            let before = HookFacts { files: files.clone(), strict, ..facts() };
            let installed = carried_out(&before, &install(&before));
            assert_eq!(would_not_run(&installed, true), Vec::<String>::new());
            assert_eq!(install(&installed).steps, [], "a second time changes nothing");
            assert_eq!(carried_out(&installed, &remove(&installed)).files, before.files);
            assert_eq!(remove(&before).steps, [], "nothing of ours, nothing to remove");
        }
    }
}

#[test]
fn every_file_gets_its_state() {
    let text = shim(Hook::PreCommit, HELPER);
    let older = text.replace("hook 1 pre", "hook 0 pre");
    let edited = text.replace("set -u", "exit 0");
    let table = [
        (vec![], HookState::Missing),
        (vec![file("pre-commit", text.clone(), 0o755)], HookState::Ours),
        (vec![file("pre-commit", text.clone(), 0o644)], HookState::NotExecutable),
        (vec![file("pre-commit", shim(Hook::PreCommit, "/elsewhere"), 0o755)], HookState::Outdated),
        (vec![file("pre-commit", older, 0o755)], HookState::Outdated),
        (vec![file("pre-commit", edited, 0o755)], HookState::Edited),
        (vec![file("pre-commit", format!("{text}# more\n"), 0o755)], HookState::Edited),
        (vec![file("pre-commit", "#!/bin/sh\n", 0o755)], HookState::Foreign),
        (vec![file("pre-commit", shim(Hook::PrepareCommitMsg, HELPER), 0o755)], HookState::Foreign),
        (vec![file("pre-commit", vec![0xff; 500], 0o755)], HookState::Foreign),
    ];
    for (files, expected) in table {
        assert_eq!(state(Hook::PreCommit, &files, HELPER), expected, "{files:?}");
    }
}

#[test]
fn what_a_person_changed_is_neither_replaced_nor_removed() {
    let edited = shim(Hook::PreCommit, HELPER).replace("set -u", "exit 0");
    let facts = HookFacts { files: vec![file("pre-commit", edited, 0o755)], ..facts() };
    let touches = |plan: &HookPlan| format!("{:?}", plan.steps).contains("hooks/pre-commit\"");
    assert!(!touches(&install(&facts)));
    assert!(!touches(&remove(&facts)));
    assert!(install(&facts).notes[0].contains("changed by hand"));
}

#[test]
fn two_foreign_hooks_under_one_name_are_left_alone() {
    let files = vec![file("pre-commit", "a", 0o755), file("pre-commit.wfo-chained", "b", 0o755)];
    let facts = HookFacts { files, ..facts() };
    assert!(install(&facts).notes[0].contains("keep one of the two"));
    assert_eq!(install(&facts).steps.len(), 1, "only prepare-commit-msg is written");
    assert_eq!(remove(&facts).steps, []);
}

#[test]
fn a_manager_or_another_hooks_folder_gets_lines_and_no_file() {
    let managed = |manager, name: &str| install(&HookFacts { manager: Some((manager, name.to_owned())), ..facts() });
    for (manager, name, expected) in [
        (Manager::PreCommit, ".pre-commit-config.yaml", "entry: wfo-helper gate commit --hook prepare-commit-msg"),
        (Manager::Lefthook, "lefthook.yml", "run: wfo-helper gate commit --hook pre-commit"),
        (Manager::Husky, ".husky", "wfo-helper gate commit --hook pre-commit \"$@\""),
    ] {
        let plan = managed(manager, name);
        assert_eq!(plan.steps, [], "{name}");
        assert!(plan.notes[0].contains(name), "{name}");
        assert!(
            plan.snippets.iter().any(|snippet| snippet.text.contains(expected) && snippet.file.starts_with(name)),
            "{plan:?}"
        );
    }
    for (origin, words) in [
        (Origin::Global, "every repository of this user"),
        (Origin::System, "whole machine"),
        (Origin::Worktree, "this work tree"),
    ] {
        let facts =
            HookFacts { folder: "/opt/hooks".to_owned(), hooks_path: Some(("~/hooks".to_owned(), origin)), ..facts() };
        let plan = install(&facts);
        assert_eq!(plan.steps, []);
        assert!(plan.notes[0].contains("`~/hooks`") && plan.notes[0].contains(words), "{plan:?}");
        assert_eq!(plan.snippets[0].file, "/opt/hooks/pre-commit");
        assert!(would_not_run(&facts, true)[0].contains(words));
    }
}

#[test]
fn a_hooks_path_that_names_the_own_folder_is_none() {
    let facts = HookFacts { hooks_path: Some((".git/hooks".to_owned(), Origin::Local)), ..facts() };
    assert_eq!(install(&facts).steps.len(), 2);
}

#[test]
fn a_work_tree_is_told_why_no_hook_would_run() {
    let husky = HookFacts {
        folder: "/r2/.husky/_".to_owned(),
        hooks_path: Some((".husky/_".to_owned(), Origin::Local)),
        ..facts()
    };
    assert_eq!(
        would_not_run(&husky, false),
        ["core.hooksPath is `.husky/_`, and that folder does not exist here: no hook runs at all"]
    );
    assert_eq!(would_not_run(&facts(), true).len(), 2);
    let moved = vec![
        file("pre-commit", "#!/bin/sh\n", 0o755),
        file("pre-commit.legacy", shim(Hook::PreCommit, HELPER), 0o755),
        file("prepare-commit-msg", shim(Hook::PrepareCommitMsg, HELPER), 0o644),
    ];
    let told = would_not_run(&HookFacts { files: moved, ..facts() }, true);
    assert_eq!(told, ["prepare-commit-msg may not be run: `chmod +x` it or run `wfo-helper setup`"]);
}
