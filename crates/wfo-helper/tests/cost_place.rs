//! Where costs and the index of transcripts lie, and what happens when that place is another's, cannot be written, is lost or
//! damaged: nothing is written elsewhere, no figure is invented, and no row is taken back.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
#[path = "support/registry.rs"]
mod registry;
mod support;

use cost::{
    Reply, TODAY, adds_up, call, codes, cost, files, import, ledger, rows, seen, spent, told, total, transcript,
};
use serde_json::{Value, json};
use support::Repo;
use support::user::as_ordinary_user;

#[test]
fn a_bare_main_repository_keeps_its_costs_beside_its_state() {
    let repo = Repo::new();
    repo.git(&["clone", "-q", "--bare", ".", &repo.at("bare.git").to_string_lossy()]);
    let tree = repo.at("tree");
    repo.git_in(&repo.at("bare.git"), &["worktree", "add", "-q", &tree.to_string_lossy(), "main"]);
    told(&repo, &[Reply::new("s2", TODAY, &tree, 50)]);
    let data = call(&["import"]).folder(&tree).run(&repo).data();
    assert_eq!(data["ledger"]["rows"], 1, "{data:#}");
    assert!(!tree.join("costs").exists() && !repo.at("bare.git/costs").exists());
    assert_eq!(call(&["today"]).folder(&tree).run(&repo).data()["total_usd"].to_string(), "0.5");
}

#[test]
fn a_folder_of_costs_that_cannot_be_one_is_refused_and_nothing_is_written() {
    for make in ["file", "outside", "circle", "nothing"] {
        let repo = spent();
        let place = repo.root().join("costs");
        std::fs::create_dir(repo.at("outside")).unwrap();
        match make {
            "file" => drop(repo.put("costs", "no folder\n")),
            "outside" => std::os::unix::fs::symlink(repo.at("outside"), &place).unwrap(),
            "circle" => std::os::unix::fs::symlink("costs", &place).unwrap(),
            _ => std::os::unix::fs::symlink("nowhere", &place).unwrap(),
        }
        let before = (seen(&repo.root()), seen(&repo.at("outside")));
        let said = ["file.link-outside", "cost.file-invalid"];
        for words in [&["import"][..], &["add", "--kind", "api", "--usd", "1"]] {
            let (status, code) = cost(&repo, words).failure();
            assert!(status == 20 && said.contains(&code.as_str()), "{make} {words:?}: {status} {code}");
            assert_eq!((seen(&repo.root()), seen(&repo.at("outside"))), before, "{make} {words:?}");
        }
        for words in [&["today"][..], &["report", "--html"]] {
            let done = cost(&repo, words);
            let data = done.data();
            let period = data.get("period").unwrap_or(&data);
            assert_eq!((&period["total_usd"], &period["complete"]), (&Value::Null, &json!(false)), "{make} {words:?}");
            assert!(
                codes(&done).iter().chain(&done.codes()).any(|code| said.contains(&code.as_str())),
                "{make}: {done:?}"
            );
            assert_eq!((seen(&repo.root()), seen(&repo.at("outside"))), before, "{make} {words:?}");
        }
    }
}

#[test]
fn a_folder_of_costs_that_cannot_be_written_is_said_and_the_figures_are_known() {
    let repo = spent();
    let costs = repo.root().join("costs");
    std::fs::create_dir(&costs).unwrap();
    std::fs::set_permissions(&costs, std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
    let as_user = |words: &[&str]| as_ordinary_user(&repo, &[&["cost"], words, &["--json"]].concat());
    let Some(done) = as_user(&["import"]) else { return };
    assert_eq!(done.failure().1, "file.not-written");
    let done = as_user(&["today"]).expect("an ordinary user");
    assert_eq!((done.data()["total_usd"].to_string(), files(&repo)), ("1".to_owned(), vec![]));
}

#[test]
fn a_link_to_a_folder_of_the_repository_is_a_folder_of_costs() {
    let repo = spent();
    std::fs::create_dir(repo.root().join("money")).unwrap();
    std::os::unix::fs::symlink("money", repo.root().join("costs")).unwrap();
    import(&repo);
    assert_eq!((total(&repo, &["today"]).as_str(), rows(&repo)), ("1", vec!["main - project 1".to_owned()]));
}

#[test]
fn a_lost_index_is_rebuilt_and_rows_of_deleted_transcripts_stay() {
    let repo = spent();
    told(&repo, &[Reply::new("s2", TODAY, &repo.root(), 30)]);
    import(&repo);
    let rows_before = rows(&repo);
    let lose = || std::fs::remove_dir_all(repo.config().join("wfo/cost")).unwrap();
    lose();
    let all_there = cost(&repo, &["import"]);
    assert_eq!((all_there.data()["ledger"]["appended"].clone(), codes(&all_there)), (json!(0), vec![]));
    lose();
    std::fs::remove_file(transcript(&repo, "s1")).unwrap();
    assert_eq!(total(&repo, &["today"]), "1.3", "also before an import");
    let done = cost(&repo, &["import"]);
    assert_eq!(
        (done.data()["ledger"]["appended"].clone(), codes(&done)),
        (json!(0), vec!["cost.index-lost".to_owned()])
    );
    assert_eq!((rows(&repo), total(&repo, &["today"])), (rows_before, "1.3".to_owned()));
    adds_up(&repo, "2026-11");
}

#[test]
fn a_damaged_index_is_put_aside_and_made_anew() {
    for damage in ["cut", "garbage", "empty", "journal"] {
        let repo = spent();
        import(&repo);
        told(&repo, &[Reply::new("s2", TODAY, &repo.root(), 30)]);
        assert_eq!(total(&repo, &["today"]), "1.3");
        let folder = repo.config().join("wfo/cost/index");
        let base = folder.join("base");
        match damage {
            "cut" | "empty" if base.exists() => {
                let size = base.metadata().unwrap().len();
                let keep = if damage == "cut" { size - 1 } else { 0 };
                std::fs::File::options().write(true).open(&base).unwrap().set_len(keep).unwrap();
            }
            "journal" => {
                for entry in std::fs::read_dir(&folder).unwrap().flatten() {
                    if entry.file_name().to_string_lossy().starts_with("journal-") {
                        wfo_base::atomic::write(&entry.path(), &[0xff; 200]).unwrap();
                    }
                }
            }
            _ => wfo_base::atomic::write(&base, &[b'w'; 4096]).unwrap(),
        }
        let today = cost(&repo, &["today"]);
        assert_eq!(today.data()["total_usd"].to_string(), "1.3", "{damage}: the figures do not depend on it");
        let done = cost(&repo, &["import"]);
        let data = done.data();
        assert_eq!((&data["responses"], data["total_usd"].to_string().as_str()), (&json!(2), "1.3"), "{damage}");
        if damage != "journal" {
            assert!(codes(&today).contains(&"cost.index-invalid".to_owned()), "{damage}: {today:?}");
            assert!(folder.join("bad-1/base").exists(), "{damage}");
        }
        let again = cost(&repo, &["import"]);
        assert_eq!((again.data()["new"].clone(), codes(&again)), (json!(0), vec![]), "{damage}");
        adds_up(&repo, "2026-11");
    }
}

#[test]
fn a_damaged_index_is_put_aside_once_by_many_who_come_at_once() {
    let repo = spent();
    import(&repo);
    let base = repo.config().join("wfo/cost/index/base");
    for round in 0..3_u64 {
        wfo_base::atomic::write(&base, &[b'w'; 4096]).unwrap();
        told(&repo, &[Reply::new(&format!("r{round}"), TODAY, &repo.root(), 10)]);
        let (answers, _) = registry::at_once(&repo, 6, "cost import --json");
        assert_eq!(registry::refused(&answers, &[]), 0);
        let new: Vec<u64> = answers.iter().filter_map(|answer| answer["data"]["new"].as_u64()).collect();
        assert_eq!(new.iter().sum::<u64>(), round + 2, "each response is new to one of them: {new:?}");
        assert_eq!(ledger(&repo).len() as u64, round + 2);
        adds_up(&repo, "2026-11");
    }
}
