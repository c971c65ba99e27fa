//! `init` on real repositories: what it lays where, what it keeps, and that it overwrites nothing.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::tree::picture;
use support::{Call, Repo, Sandbox, binary, text_of};

/// Everything that a plain project gets, in order.
const FILES: [&str; 13] = [
    "CLAUDE.md",
    "PLANNING.md",
    "TASK.md",
    "Backlog.md",
    "README.md",
    ".taskmaster/docs/prd.txt",
    ".prompts/research/choose.md",
    ".prompts/plan/steps.md",
    ".prompts/do/one-step.md",
    ".prompts/refine/second-look.md",
    "costs/.gitignore",
    ".wfo/config.yaml",
    ".wfo/.gitignore",
];

fn list(data: &Value, key: &str) -> Vec<String> {
    data[key].as_array().expect(key).iter().map(|path| path.as_str().expect("a path").to_owned()).collect()
}

#[test]
fn a_second_run_keeps_everything_and_changes_nothing() {
    let repo = Repo::unborn();
    let first = repo.helper(&["init", "--json"]).data();
    assert_eq!((list(&first, "created"), &first["applied"]), (FILES.map(str::to_owned).to_vec(), &Value::Bool(true)));
    assert_eq!(first["project"]["name"], "project");
    let before = picture(&repo.root());
    let second = repo.helper(&["init", "--json"]).data();
    assert_eq!((list(&second, "created"), list(&second, "kept")), (vec![], FILES.map(str::to_owned).to_vec()));
    assert_eq!(second["applied"], false);
    assert_eq!(picture(&repo.root()), before);
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing_anywhere() {
    let repo = Repo::new();
    let before = picture(&repo.at(""));
    let dry = repo.helper(&["init", "--dry-run", "--json"]).data();
    assert_eq!(picture(&repo.at("")), before);
    let real = repo.helper(&["init", "--json"]).data();
    assert_eq!(
        (&dry["created"], &dry["kept"], &dry["applied"]),
        (&real["created"], &real["kept"], &Value::Bool(false))
    );
    assert_eq!(list(&real, "kept"), ["README.md"]);
}

#[test]
fn what_somebody_wrote_stays_byte_for_byte() {
    let repo = Repo::unborn();
    let own = ["CLAUDE.md", ".wfo/config.yaml", ".prompts/do/one-step.md"].map(|name| repo.put(name, "# mine\r\n"));
    repo.put("README.rst", "mine");
    repo.put("backlog.md", "- [ ] mine\n");
    std::os::unix::fs::symlink("nowhere", repo.root().join("TASK.md")).expect("a link");
    let data = repo.helper(&["init", "--json"]).data();
    for path in own {
        assert_eq!(text_of(&path), "# mine\r\n");
    }
    let kept = list(&data, "kept");
    for name in ["CLAUDE.md", "README.rst", "backlog.md", "TASK.md", ".wfo/config.yaml", ".prompts/do/one-step.md"] {
        assert!(kept.iter().any(|path| path == name), "{name}: {kept:?}");
    }
    for name in ["README.md", "Backlog.md", "nowhere"] {
        assert!(!repo.root().join(name).exists(), "{name}");
    }
}

#[test]
fn the_rules_name_the_commands_of_the_project() {
    let repo = Repo::unborn();
    repo.put("package.json", r#"{"name":"shop","scripts":{"test":"vitest run","lint":"eslint ."}}"#);
    repo.put("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
    let data = repo.helper(&["init", "--json"]).data();
    assert_eq!(list(&data["project"], "kinds"), ["node"]);
    let stack = repo.helper(&["stack", "detect", "--json"]).data();
    let rules = text_of(&repo.root().join("CLAUDE.md"));
    for purpose in ["test", "lint"] {
        let command = stack["commands"][purpose].as_str().expect("a command");
        assert!(rules.contains(&format!("- {purpose}: `{command}`\n")), "{rules}");
    }
}

#[test]
fn costs_and_runs_are_ignored_by_git_and_the_rest_is_not() {
    let repo = Repo::new();
    repo.helper(&["init", "--json"]).data();
    repo.commit("init");
    for name in ["costs/ledger.jsonl", "costs/reports/daily-2026-11-21.md", ".wfo/runs/1/events.jsonl"] {
        repo.put(name, "x");
    }
    assert_eq!(repo.git(&["status", "--porcelain", "-uall"]), "");
    let tracked = repo.git(&["ls-files"]);
    for name in FILES {
        assert!(tracked.lines().any(|line| line == name), "{name} is not tracked:\n{tracked}");
    }
}

#[test]
fn costs_that_a_team_shares_stay_shared() {
    let repo = Repo::new();
    repo.put("costs/mtd.json", "{}");
    repo.commit("share costs");
    let data = repo.helper(&["init", "--json"]).data();
    assert!(list(&data, "kept").iter().any(|path| path == "costs"));
    assert!(!repo.root().join("costs/.gitignore").exists());
}

#[test]
fn in_a_linked_worktree_what_all_share_goes_to_the_main_checkout() {
    let repo = Repo::new();
    repo.git(&["worktree", "add", "-q", "../lane", "-b", "lane"]);
    let lane = repo.at("lane");
    let data = repo.call(&["init", "--json"]).folder(&lane).run(&repo).data();
    for (name, here, main) in [
        ("CLAUDE.md", true, false),
        ("TASK.md", true, false),
        ("costs/.gitignore", false, true),
        (".wfo/config.yaml", false, true),
    ] {
        assert_eq!((lane.join(name).exists(), repo.root().join(name).exists()), (here, main), "{name}");
    }
    let created = list(&data, "created");
    assert!(created.contains(&"TASK.md".to_owned()));
    assert!(created.contains(&repo.root().join(".wfo/config.yaml").display().to_string()), "{created:?}");
    assert_eq!(data["project"]["name"], "project");
}

#[test]
fn from_a_sub_folder_the_files_go_to_the_top() {
    let repo = Repo::new();
    let sub = repo.put("src/deep/x", "").parent().expect("a folder").to_owned();
    repo.call(&["init", "--json"]).folder(&sub).run(&repo).data();
    assert!(repo.root().join("TASK.md").exists() && !sub.join("TASK.md").exists());
}

#[test]
fn a_bare_repository_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "--bare", "."]);
    let before = picture(&sandbox.at(""));
    assert_eq!(sandbox.helper(&["init", "--json"]).failure(), (20, "git.no-work-tree".to_owned()));
    assert_eq!(picture(&sandbox.at("")), before);
}

#[test]
fn a_worktree_of_a_bare_repository_keeps_what_is_shared_below_config() {
    let repo = Repo::new();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let lane = repo.at("lane");
    repo.git_in(&repo.at("bare.git"), &["worktree", "add", "-q", &lane.to_string_lossy(), "main"]);
    let data = repo.call(&["init", "--json"]).folder(&lane).run(&repo).data();
    assert!(lane.join("TASK.md").exists() && !lane.join(".wfo").exists());
    let shared: Vec<_> = list(&data, "created").into_iter().filter(|path| path.ends_with(".wfo/config.yaml")).collect();
    let [shared] = shared.as_slice() else { panic!("{data:#}") };
    assert!(Path::new(shared).starts_with(repo.config().join("wfo/state")), "{shared}");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(repo.config().join("wfo").metadata().expect("a folder").permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_broken_repository_gets_no_files() {
    let breaks: [fn(&Repo); 2] = [
        |repo| drop(repo.put(".git/config", "[core\n")),
        |repo| {
            std::fs::remove_dir_all(repo.root().join(".git")).expect("removed");
            repo.put(".git", "gitdir: /nowhere/at/all\n");
        },
    ];
    for break_it in breaks {
        let repo = Repo::new();
        break_it(&repo);
        let sub = repo.put("src/x", "").parent().expect("a folder").to_owned();
        let before = picture(&repo.root());
        let done = repo.call(&["init", "--json"]).folder(&sub).run(&repo);
        assert_eq!(done.failure(), (20, "git.unreadable".to_owned()));
        assert_eq!(picture(&repo.root()), before);
    }
}

#[test]
fn outside_a_repository_the_folder_itself_is_the_project_and_that_is_said() {
    let sandbox = Sandbox::new();
    let done = sandbox.helper(&["init", "--json"]);
    assert_eq!(list(&done.data(), "created").len(), FILES.len());
    assert_eq!(done.codes(), ["git.no-repository"]);
}

#[test]
fn the_git_flow_is_known_by_flag_branches_or_todo_files() {
    type Prepare = fn(&Repo);
    let cases: [(Prepare, &[&str], Option<&str>); 7] = [
        (|_| {}, &["--git-flow"], Some("asked")),
        (|_| {}, &[], None),
        (|repo| drop(repo.git(&["branch", "develop"])), &[], None),
        (
            |repo| {
                repo.git(&["branch", "develop"]);
                repo.git(&["branch", "contrib/ada"]);
            },
            &[],
            Some("branches"),
        ),
        (
            |repo| {
                repo.git(&["branch", "develop"]);
                repo.git(&["branch", "release/v1.0.0"]);
                repo.git(&["pack-refs", "--all"]);
            },
            &[],
            Some("branches"),
        ),
        (|repo| drop(repo.put("TODO_hotfix_20261121T090000Z_login.md", "")), &[], Some("todo-files")),
        (|repo| drop(repo.put("TODO_list.md", "")), &[], None),
    ];
    for (index, (prepare, flags, why)) in cases.into_iter().enumerate() {
        let repo = Repo::new();
        prepare(&repo);
        let data = repo.helper(&[&["init", "--json"], flags].concat()).data();
        assert_eq!(data["project"].get("git_flow").and_then(Value::as_str), why, "case {index}");
        assert_eq!(repo.root().join("WORKFLOW.md").exists(), why.is_some(), "case {index}");
    }
}

#[test]
fn links_out_of_the_repository_are_refused_and_the_rest_is_laid() {
    let repo = Repo::new();
    std::fs::create_dir(repo.at("elsewhere")).expect("a folder");
    std::os::unix::fs::symlink(repo.at("elsewhere"), repo.root().join("costs")).expect("a link");
    std::os::unix::fs::symlink(".git/hooks", repo.root().join(".prompts")).expect("a link");
    let hooks = picture(&repo.root().join(".git/hooks"));
    let done = repo.helper(&["init", "--json"]);
    assert_eq!(done.status, Some(20), "{done:?}");
    let data = &done.answer()["data"];
    let failed = list(data, "failed");
    assert_eq!(failed.len(), 5, "{failed:?}");
    assert!(done.codes().iter().all(|code| code == "file.link-outside"), "{:?}", done.codes());
    assert_eq!(std::fs::read_dir(repo.at("elsewhere")).expect("a folder").count(), 0);
    assert_eq!(picture(&repo.root().join(".git/hooks")), hooks);
    assert!(list(data, "created").contains(&"TASK.md".to_owned()));
}

#[test]
fn where_nothing_can_be_written_each_file_is_named() {
    let repo = Repo::new();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(repo.root(), std::fs::Permissions::from_mode(0o555)).expect("permissions");
    let done = support::user::as_ordinary_user(&repo, &["init", "--json"]);
    std::fs::set_permissions(repo.root(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let Some(done) = done else { return };
    assert_eq!(done.status, Some(30), "{done:?}");
    let data = &done.answer()["data"];
    assert_eq!((list(data, "failed").len(), &data["applied"]), (FILES.len() - 1, &Value::Bool(false)));
    assert!(!repo.root().join("TASK.md").exists());
}

#[test]
fn of_many_at_once_each_file_is_made_by_one() {
    let repo = Repo::unborn();
    let made: Vec<String> = std::thread::scope(|scope| {
        let sandbox: &Sandbox = &repo;
        let runs: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Call::new(binary()).args(["init", "--json"]).run(sandbox))).collect();
        let mut made = Vec::new();
        for run in runs {
            made.extend(list(&run.join().expect("a run").json()["data"], "created"));
        }
        made
    });
    let mut sorted = made.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((made.len(), sorted.len()), (FILES.len(), FILES.len()));
    assert!(!picture(&repo.root()).keys().any(|path| path.to_string_lossy().contains("draft")));
}

#[test]
fn a_fresh_project_has_nothing_to_do_and_nothing_to_complain_about() {
    let repo = Repo::new();
    repo.helper(&["init", "--git-flow", "--json"]).data();
    let done = repo.helper(&["start-day", "--json"]);
    assert_eq!(done.codes(), Vec::<String>::new());
    assert_eq!(done.data()["queue"].as_array().map(Vec::len), Some(0));
    repo.put(
        "TASK.md",
        &text_of(&repo.root().join("TASK.md")).replace("## Now\n", "## Now\n\n- [ ] Repair the login\n"),
    );
    let queue = repo.brief()["queue"].clone();
    assert_eq!((queue[0]["task"].as_str(), queue.as_array().map(Vec::len)), (Some("Repair the login"), Some(1)));
}

#[test]
fn the_words_for_a_person_name_each_file() {
    let repo = Repo::new();
    let done = repo.helper(&["init", "--format", "text"]);
    assert_eq!(done.status, Some(0));
    assert!(done.stdout.starts_with("laid in "), "{}", done.stdout);
    assert!(
        done.stdout.contains("  created  TASK.md\n") && done.stdout.contains("  kept     README.md\n"),
        "{}",
        done.stdout
    );
    let short = repo.helper(&["init", "--json", "--limit", "2"]).data();
    assert_eq!((list(&short, "kept").len(), short["kept_more"].as_u64()), (2, Some(11)));
}
