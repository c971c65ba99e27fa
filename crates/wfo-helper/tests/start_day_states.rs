//! `start-day --json` on repositories in every state: the exact values of `git`, each answer held against its schema.
//! Where a count could be argued about, `git status` is asked too.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};
use support::{Call, Repo, Sandbox};

/// Parts that other programs change meanwhile: memory, and ports that another call is just looking at.
const OF_THE_MACHINE: [&str; 2] = ["resources", "ports"];

/// Returns `git` without the commits and without the way the counts were found.
fn git_of(data: &Value) -> Value {
    let mut git = data["git"].clone();
    for key in ["way", "head", "recent_commits"] {
        git.as_object_mut().expect("git facts").remove(key).unwrap_or_else(|| panic!("no {key}: {data:#}"));
    }
    git
}

/// Returns the counts `[staged, unstaged, untracked, conflicted]`.
fn counts(data: &Value) -> Value {
    json!(["staged", "unstaged", "untracked", "conflicted"].map(|key| data["git"][key].clone()))
}

/// Counts what `git status` lists, in the order of [`counts`].
fn counts_by_git(repo: &Repo, folder: &std::path::Path) -> Value {
    let lines = repo.git_in(folder, &["status", "--porcelain=v2", "--untracked-files=all", "-z", "--no-renames"]);
    let mut found = [0, 0, 0, 0];
    for line in lines.split('\0') {
        match (line.as_bytes().first(), line.get(2..3), line.get(3..4)) {
            (Some(b'1'), index, work) => {
                found[0] += usize::from(index != Some("."));
                found[1] += usize::from(work != Some("."));
            }
            (Some(b'?'), ..) => found[2] += 1,
            (Some(b'u'), ..) => found[3] += 1,
            _ => {}
        }
    }
    json!(found)
}

fn subjects(data: &Value) -> Vec<&str> {
    let commits = data["git"]["recent_commits"].as_array().expect("commits");
    commits.iter().map(|commit| commit["subject"].as_str().expect("a subject")).collect()
}

fn alerts(data: &Value) -> Vec<String> {
    let alerts = data["alerts"].as_array().expect("alerts").iter();
    alerts
        .map(|alert| format!("{} {}: {}", text(alert, "severity"), text(alert, "area"), text(alert, "message")))
        .collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text `{key}` in {value:#}"))
}

/// Makes a branch `feature` whose change of README.md conflicts with main's; leaves main checked out.
fn conflicting() -> Repo {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.put("README.md", "feature\n");
    repo.put("added.txt", "a\n");
    repo.commit("on feature");
    repo.git(&["checkout", "-q", "main"]);
    repo.put("README.md", "main\n");
    repo.commit("on main");
    repo
}

#[test]
fn a_repository_with_a_bit_of_everything_is_counted_path_by_path() {
    let repo = Repo::new();
    repo.put(".gitignore", "*.log\n");
    for name in ["one", "two", "three"] {
        repo.put(&format!("src/{name}.txt"), name);
    }
    repo.commit("second");
    repo.git(&["tag", "v1.0.0"]);
    repo.with_origin();
    for subject in ["third", "fourth"] {
        repo.put("more.txt", subject);
        repo.git(&["stash", "push", "-q", "--include-untracked"]);
        repo.commit(subject);
    }
    // what the others pushed
    let other = repo.at("other");
    repo.git(&["clone", "-q", &repo.at("origin.git").to_string_lossy(), &other.to_string_lossy()]);
    repo.commit_in(&other, "theirs");
    repo.git_in(&other, &["push", "-q", "origin", "main"]);
    repo.git(&["fetch", "-q", "origin"]);
    repo.put("src/one.txt", "staged and then changed");
    repo.git(&["add", "src/one.txt"]);
    repo.put("src/one.txt", "changed again");
    repo.git(&["mv", "src/two.txt", "src/moved.txt"]);
    std::fs::remove_file(repo.root().join("src/three.txt")).unwrap();
    for name in ["new/a", "new/b", "new/deep/c", "ignored.log"] {
        repo.put(name, "x");
    }

    let data = repo.brief();
    assert_eq!(
        git_of(&data),
        json!({
            "branch": "main", "detached": false, "unborn": false, "default_branch": "main",
            "upstream": "origin/main", "ahead": 2, "behind": 1,
            "staged": 2, "unstaged": 2, "untracked": 3, "conflicted": 0, "complete": true,
            "stashes": 2, "last_tag": "v1.0.0",
        })
    );
    assert_eq!(subjects(&data), ["fourth", "third", "second", "start"]);
    assert_eq!(data["git"]["head"], data["git"]["recent_commits"][0]);
    assert_eq!(
        data["git"]["head"],
        json!({"id": repo.git(&["rev-parse", "HEAD"]).trim(), "subject": "fourth", "time": "2026-11-20T12:04:00+00:00"})
    );
    assert_eq!(
        (text(&data["project"], "name"), text(&data["project"], "root")),
        ("project", repo.root().to_str().unwrap())
    );
}

#[test]
fn no_more_than_five_commits_come_newest_first() {
    let repo = Repo::new();
    for number in 2..9 {
        repo.commit(&format!("commit {number}"));
    }
    assert_eq!(subjects(&repo.brief()), ["commit 8", "commit 7", "commit 6", "commit 5", "commit 4"]);
}

#[test]
fn a_detached_head_has_no_branch_and_no_upstream() {
    let repo = Repo::new();
    repo.commit("second");
    repo.with_origin();
    repo.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    let data = repo.brief();
    assert_eq!(
        git_of(&data),
        json!({
            "branch": null, "detached": true, "unborn": false, "default_branch": "main",
            "staged": 0, "unstaged": 0, "untracked": 0, "conflicted": 0, "complete": true, "stashes": 0, "last_tag": null,
        })
    );
    assert_eq!(subjects(&data), ["start"]);
}

#[test]
fn an_unborn_branch_has_a_name_but_no_commit() {
    let repo = Repo::unborn();
    repo.put("staged.txt", "s");
    repo.git(&["add", "staged.txt"]);
    repo.put("dir/new.txt", "n");
    let data = repo.brief();
    assert_eq!(
        git_of(&data),
        json!({
            "branch": "main", "detached": false, "unborn": true, "default_branch": "main",
            "staged": 1, "unstaged": 0, "untracked": 1, "conflicted": 0, "complete": true, "stashes": 0, "last_tag": null,
        })
    );
    assert_eq!((&data["git"]["head"], &data["git"]["recent_commits"]), (&Value::Null, &json!([])));
}

#[test]
fn a_bare_repository_has_history_but_nothing_to_count() {
    let repo = Repo::new();
    repo.git(&["tag", "v1"]);
    repo.with_origin();
    let bare = repo.at("origin.git");
    let data = repo.brief_in(&bare);
    let mut git = data["git"].clone();
    let shown = git.as_object_mut().unwrap();
    shown.retain(|key, _| key != "head" && key != "recent_commits");
    assert_eq!(
        git,
        json!({
            "branch": "main", "detached": false, "unborn": false, "default_branch": "main", "complete": true,
            "stashes": 0, "last_tag": "v1",
        })
    );
    assert_eq!(subjects(&data), ["start"]);
    assert_eq!((text(&data["project"], "name"), text(&data["project"], "root")), ("origin", bare.to_str().unwrap()));
}

#[test]
fn a_linked_worktree_keeps_the_projects_name_and_has_a_root_of_its_own() {
    let repo = Repo::new();
    let linked = repo.at("elsewhere/login form");
    repo.git(&["worktree", "add", "-q", "-b", "feature/login", &linked.to_string_lossy()]);
    repo.put("TASK.md", "- [ ] of the main checkout\n");
    repo.write("elsewhere/login form/TASK.md", "- [ ] of the worktree\n");
    std::fs::create_dir(linked.join("sub")).unwrap();
    for folder in [linked.clone(), linked.join("sub")] {
        let data = repo.brief_in(&folder);
        assert_eq!(
            (text(&data["project"], "name"), text(&data["project"], "root")),
            ("project", linked.to_str().unwrap())
        );
        assert_eq!((text(&data["git"], "branch"), counts(&data)), ("feature/login", json!([0, 0, 1, 0])));
        assert_eq!(data["queue"][0]["task"], "of the worktree");
        let paths: Vec<_> =
            data["worktrees"].as_array().unwrap().iter().map(|row| (text(row, "path"), &row["main"])).collect();
        assert_eq!(paths, [(repo.root().to_str().unwrap(), &json!(true)), (".", &json!(false))]);
    }
    // its root is a worktree and not mistaken for the main checkout, and the other way round
    let data = repo.brief();
    let paths: Vec<_> =
        data["worktrees"].as_array().unwrap().iter().map(|row| (text(row, "path"), &row["main"])).collect();
    assert_eq!(paths, [(".", &json!(true)), (linked.to_str().unwrap(), &json!(false))]);
}

#[test]
fn a_linked_worktree_of_a_bare_repository_is_read() {
    let repo = Repo::new();
    repo.with_origin();
    let linked = repo.at("linked");
    repo.git_in(&repo.at("origin.git"), &["worktree", "add", "-q", "-b", "topic", &linked.to_string_lossy()]);
    let data = repo.brief_in(&linked);
    assert_eq!((text(&data["project"], "name"), text(&data["git"], "branch")), ("origin", "topic"));
    assert_eq!(counts(&data), json!([0, 0, 0, 0]));
    assert_eq!(data["worktrees_active"], 1);
}

#[test]
fn a_sub_folder_answers_for_the_whole_repository() {
    let repo = Repo::new();
    repo.put("TASK.md", "- [ ] at the top\n");
    let deep = repo.root().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let below = repo.brief_in(&deep);
    let mut top = repo.brief();
    for part in OF_THE_MACHINE {
        top[part] = below[part].clone();
    }
    assert_eq!(below, top);
}

#[test]
fn a_submodule_is_a_repository_of_its_own_and_no_worktree() {
    let repo = Repo::new();
    let library = repo.at("library");
    repo.git(&["clone", "-q", ".", &library.to_string_lossy()]);
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", &library.to_string_lossy(), "vendor/lib"];
    repo.git(&add);
    assert_eq!(counts(&repo.brief()), json!([2, 0, 0, 0]), ".gitmodules and the link are staged");
    repo.commit("with a submodule");
    let inside = repo.root().join("vendor/lib");
    let data = repo.brief_in(&inside);
    assert_eq!((text(&data["project"], "name"), text(&data["project"], "root")), ("lib", inside.to_str().unwrap()));
    let rows = data["worktrees"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["main"], &rows[0]["path"]), (1, &json!(true), &json!(".")));

    repo.put("vendor/lib/untracked.txt", "x");
    assert_eq!(counts(&repo.brief()), counts_by_git(&repo, &repo.root()));
    repo.commit_in(&inside, "new in the submodule");
    assert_eq!(counts(&repo.brief()), json!([0, 1, 0, 0]), "the submodule stands at another commit");
}

#[test]
fn a_shallow_clone_says_that_its_counts_are_lower_bounds() {
    let repo = Repo::new();
    for subject in ["second", "third"] {
        repo.commit(subject);
    }
    let clone = repo.at("shallow");
    let url = format!("file://{}", repo.root().display());
    repo.git(&["clone", "-q", "--depth", "2", &url, &clone.to_string_lossy()]);
    let done = repo.call(&["start-day", "--json"]).folder(&clone).run(&repo);
    let data = done.data();
    assert_eq!((&data["git"]["shallow"], subjects(&data)), (&json!(true), vec!["third", "second"]));
    assert_eq!(done.codes(), ["git.shallow"]);
}

#[test]
fn a_sparse_checkout_does_not_count_what_it_leaves_out() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let repo = Repo::new();
        for name in ["in/a", "in/b", "out/a", "out/deep/b"] {
            repo.put(name, name);
        }
        repo.commit("files");
        repo.git(&["sparse-checkout", "set", "--cone", index, "in"]);
        assert!(!repo.root().join("out").exists());
        assert_eq!(counts(&repo.brief()), json!([0, 0, 0, 0]), "{index}");
        repo.put("in/a", "changed");
        repo.put("in/new", "new");
        repo.put("out/new", "outside the cone");
        repo.put("staged", "s");
        repo.git(&["add", "staged"]);
        assert_eq!(counts(&repo.brief()), json!([1, 1, 2, 0]), "{index}");
        assert_eq!(counts(&repo.brief()), counts_by_git(&repo, &repo.root()), "{index}");
    }
}

#[test]
fn a_merge_with_conflicts_is_named_and_alerted() {
    let repo = conflicting();
    repo.git_fails(&["merge", "-q", "feature"]);
    let data = repo.brief();
    assert_eq!(
        git_of(&data),
        json!({
            "branch": "main", "detached": false, "unborn": false, "default_branch": "main",
            "staged": 1, "unstaged": 0, "untracked": 0, "conflicted": 1, "complete": true, "stashes": 0,
            "operation": "merge", "last_tag": null,
        })
    );
    assert_eq!(alerts(&data), ["error git: 1 file in conflict", "warning git: a merge is under way"]);
}

#[test]
fn every_kind_of_conflict_is_one_conflicted_path_and_nothing_else() {
    let repo = Repo::new();
    for name in ["both", "gone-here", "gone-there"] {
        repo.put(name, "base\n");
    }
    repo.commit("base");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    for (name, text) in [("both", "f\n"), ("gone-here", "f\n"), ("added", "f\n")] {
        repo.put(name, text);
    }
    std::fs::remove_file(repo.root().join("gone-there")).unwrap();
    repo.commit("feature");
    repo.git(&["checkout", "-q", "main"]);
    for (name, text) in [("both", "m\n"), ("gone-there", "m\n"), ("added", "m\n")] {
        repo.put(name, text);
    }
    std::fs::remove_file(repo.root().join("gone-here")).unwrap();
    repo.commit("main");
    repo.git_fails(&["merge", "-q", "feature"]);
    let data = repo.brief();
    assert_eq!(counts(&data), json!([0, 0, 0, 4]));
    assert_eq!(counts(&data), counts_by_git(&repo, &repo.root()));
}

#[test]
fn a_rebase_is_on_no_branch_but_names_the_one_it_moves() {
    for way in ["--merge", "--apply"] {
        let repo = conflicting();
        repo.git(&["checkout", "-q", "feature"]);
        repo.git_fails(&["rebase", "-q", way, "main"]);
        let data = repo.brief();
        assert_eq!(
            git_of(&data),
            json!({
                "branch": null, "detached": true, "unborn": false, "rebasing": "feature", "default_branch": "main",
                "staged": 1, "unstaged": 0, "untracked": 0, "conflicted": 1, "complete": true, "stashes": 0,
                "operation": "rebase", "last_tag": null,
            }),
            "{way}"
        );
    }
}

#[test]
fn every_other_operation_has_its_word() {
    let word = |prepare: &dyn Fn(&Repo)| {
        let repo = conflicting();
        prepare(&repo);
        let data = repo.brief();
        (data["git"]["operation"].clone(), data["git"]["conflicted"].clone())
    };
    assert_eq!(word(&|repo| repo.git_fails(&["cherry-pick", "feature"])), (json!("cherry-pick"), json!(1)));
    assert_eq!(
        word(&|repo| {
            repo.put("README.md", "later\n");
            repo.commit("later");
            repo.git_fails(&["revert", "--no-edit", "HEAD~1"]);
        }),
        (json!("revert"), json!(1))
    );
    assert_eq!(
        word(&|repo| {
            let patch = repo.git(&["format-patch", "-1", "--stdout", "feature"]);
            let patch = repo.write("feature.patch", &patch);
            repo.git_fails(&["am", "-q", "--3way", &patch.to_string_lossy()]);
        }),
        (json!("am"), json!(1))
    );
    assert_eq!(
        word(&|repo| {
            for subject in ["a", "b", "c"] {
                repo.commit(subject);
            }
            repo.git(&["bisect", "start", "HEAD", "HEAD~4"]);
        }),
        (json!("bisect"), json!(0))
    );
}

#[test]
fn without_an_upstream_nothing_is_said_about_one() {
    let repo = Repo::new();
    repo.with_origin();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    let git = git_of(&repo.brief());
    for key in ["upstream", "upstream_gone", "ahead", "behind"] {
        assert_eq!(git.get(key), None, "{key}");
    }
}

#[test]
fn an_upstream_that_is_gone_is_said_to_be_gone() {
    let repo = Repo::new();
    repo.with_origin();
    repo.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let data = repo.brief();
    let git = git_of(&data);
    let shown = json!([git.get("upstream"), git.get("upstream_gone"), git.get("ahead"), git.get("behind")]);
    assert_eq!(shown, json!(["origin/main", true, null, null]));
    assert!(git.as_object().unwrap().contains_key("ahead"), "null, not absent");
    assert_eq!(alerts(&data), ["warning git: the upstream of this branch is gone"]);
}

#[test]
fn names_with_blanks_newlines_and_other_letters_are_counted_like_any_other() {
    let repo = Repo::new();
    let names = [
        "grün/ä ö.txt",
        "日本/語",
        "new\nline",
        "tab\there",
        "quote\"'s",
        " lead and trail ",
        "-dash",
        "\u{1b}[31mred",
    ];
    for name in names {
        repo.put(name, "x");
    }
    assert_eq!(counts(&repo.brief()), json!([0, 0, names.len(), 0]));
    repo.git(&["add", "-A"]);
    assert_eq!(counts(&repo.brief()), json!([names.len(), 0, 0, 0]));
    repo.commit("names");
    for name in names {
        repo.put(name, "changed");
    }
    assert_eq!(counts(&repo.brief()), json!([0, names.len(), 0, 0]));

    std::fs::copy(repo.root().join("README.md"), repo.root().join(OsStr::from_bytes(b"not-\xff-utf8"))).unwrap();
    assert_eq!(counts(&repo.brief()), json!([0, names.len(), 1, 0]));
}

#[test]
fn branches_and_worktrees_may_have_any_name() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "feature/größe-日本"]);
    let linked = repo.at("two words\nand a line");
    repo.git(&["worktree", "add", "-q", "-b", "übung", &linked.to_string_lossy()]);
    let data = repo.brief();
    assert_eq!(data["git"]["branch"], "feature/größe-日本");
    let row = &data["worktrees"][1];
    assert_eq!((text(row, "branch"), &row["prunable"], &row["changes"]), ("übung", &json!(false), &json!(0)));
}

#[test]
fn outside_a_repository_there_is_still_a_briefing() {
    let sandbox = Sandbox::new();
    sandbox.write("project/TASK.md", "- [ ] plain folder\n");
    let done = sandbox.helper(&["start-day", "--json"]);
    let data = done.data();
    assert_eq!(
        (&data["git"], &data["worktrees"], text(&data["project"], "name")),
        (&Value::Null, &json!([]), "project")
    );
    assert_eq!(data["queue"][0]["task"], "plain folder");
    assert_eq!(done.codes(), ["git.no-repository"]);
    assert_eq!(done.answer()["diagnostics"][0]["severity"], "info");
}

#[test]
fn other_formats_of_a_repository_are_read_too() {
    for format in [["--ref-format=reftable", "--object-format=sha1"], ["--ref-format=files", "--object-format=sha256"]]
    {
        let repo = Repo::unborn();
        std::fs::remove_dir_all(repo.root().join(".git")).unwrap();
        let made = Call::new("git").args(["init", "-q", "-b", "main"]).args(format).run(&repo);
        if made.status != Some(0) {
            eprintln!("skipped: this git cannot make {format:?}");
            continue;
        }
        repo.put("tracked", "t");
        let id = repo.commit("first");
        repo.git(&["tag", "v1"]);
        repo.git(&["checkout", "-q", "-b", "topic"]);
        repo.put("tracked", "changed");
        repo.put("new", "n");
        let data = repo.brief();
        assert_eq!(
            (text(&data["git"], "branch"), text(&data["git"]["head"], "id")),
            ("topic", id.as_str()),
            "{format:?}"
        );
        assert_eq!((counts(&data), subjects(&data)), (json!([0, 1, 1, 0]), vec!["first"]), "{format:?}");
        assert_eq!(
            (&data["git"]["default_branch"], &data["git"]["last_tag"]),
            (&json!("main"), &json!("v1")),
            "{format:?}"
        );
    }
}

#[test]
fn variables_of_a_surrounding_git_call_do_not_mislead() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "right"]);
    let other = repo.at("other");
    repo.git(&["init", "-q", "-b", "wrong", &other.to_string_lossy()]);
    let git_dir = other.join(".git").to_string_lossy().into_owned();
    let call =
        repo.call(&["start-day", "--json"]).env("GIT_DIR", &git_dir).env("GIT_WORK_TREE", other.to_string_lossy());
    let data = call.env("GIT_INDEX_FILE", format!("{git_dir}/index")).run(&repo).data();
    assert_eq!((text(&data["git"], "branch"), counts(&data)), ("right", json!([0, 0, 0, 0])));
}

#[test]
fn the_worktree_rows_tell_age_merge_and_what_to_do() {
    let repo = Repo::new();
    repo.with_origin();
    let add = |branch: &str| {
        let folder = repo.at(&format!("trees/{branch}"));
        repo.git(&["worktree", "add", "-q", "-b", branch, &folder.to_string_lossy()]);
        folder
    };
    let (fresh, merged, dirty, gone) = (add("a-fresh"), add("b-merged"), add("c-dirty"), add("d-gone"));
    repo.commit_in(&merged, "work");
    repo.git(&["merge", "-q", "--ff-only", "b-merged"]);
    repo.write("trees/c-dirty/own.txt", "o");
    repo.commit_in(&dirty, "own work");
    repo.write("trees/c-dirty/new.txt", "n");
    std::fs::remove_dir_all(&gone).unwrap();
    repo.git(&["worktree", "lock", &fresh.to_string_lossy()]);
    let data = repo.call(&["start-day", "--json"]).env("WFO_NOW", "2026-11-22T12:00:00Z").run(&repo).data();
    let rows: Vec<Value> = data["worktrees"].as_array().unwrap().iter().skip(1).cloned().collect();
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            json!([
                row["branch"],
                row["changes"],
                row["age_days"],
                row["merged"],
                row["locked"],
                row["prunable"],
                row["recommendation"]["action"]
            ])
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!(["a-fresh", 0, 1, false, true, false, "keep"]),
            json!(["b-merged", 0, 1, true, false, false, "remove"]),
            json!(["c-dirty", 1, 1, false, false, false, "commit"]),
            json!(["d-gone", null, 1, false, false, true, "prune"]),
        ]
    );
    assert_eq!((&data["worktrees_active"], &data["worktrees_max"]), (&json!(3), &json!(4)));
}

#[test]
fn no_upstream_is_named_where_commits_are_counted_against_the_default_branch() {
    let repo = Repo::new();
    repo.with_origin();
    let folder = repo.at("trees/topic");
    repo.git(&["worktree", "add", "-q", "--no-track", "-b", "topic", &folder.to_string_lossy()]);
    repo.write("trees/topic/own.txt", "o");
    repo.commit_in(&folder, "own work");
    repo.git(&["remote", "set-head", "origin", "main"]);
    repo.git(&["checkout", "-q", "-b", "other", "--no-track"]);
    repo.git(&["branch", "-q", "-D", "main"]);
    let data = repo.brief();
    let row = &data["worktrees"][1];
    assert_eq!((text(row, "branch"), &row["ahead"]), ("topic", &json!(1)), "{row:#}");
    assert_eq!(row["recommendation"]["action"], "push", "no remote has its commit: {row:#}");
}
