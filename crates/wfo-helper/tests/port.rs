//! Leases of ports: which ones are given, to whom, when they come back, and what a person is asked.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use std::net::TcpListener;

use registry::{branches, listen_v6, place, ports, quiet, rows, set_pool, take, took, with_pool};
use serde_json::json;
use support::tree::picture;
use support::{Call, Done, Repo, Sandbox, binary};

/// Runs `port free`.
fn free(repo: &Repo, branch: &str, flags: &[&str]) -> Done {
    let mut arguments = vec!["port", "free", "--for", branch];
    arguments.extend(flags);
    repo.helper(&arguments)
}

/// Makes a second repository in the sandbox.
fn second(repo: &Repo, folder: &str) -> std::path::PathBuf {
    let root = repo.at(folder);
    std::fs::create_dir_all(&root).unwrap();
    repo.git_in(&root, &["init", "-q", "-b", "main"]);
    repo.git_in(&root, &["commit", "-q", "--allow-empty", "-m", "start"]);
    root
}

#[test]
fn the_lowest_free_pair_is_given_and_a_freed_one_again() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    for (branch, port) in [("a", first), ("b", first + 2), ("c", first + 4)] {
        let data = take(&repo, branch, &[]).data();
        assert_eq!(data["lease"]["ports"], json!([port, port + 1]), "{branch}");
        assert_eq!((&data["applied"], &data["new"]), (&json!(true), &json!(true)));
        assert_eq!((&data["lease"]["worktree"], &data["lease"]["gone"]), (&json!(null), &json!(false)));
        assert_eq!(data["lease"]["repo"], repo.root().to_string_lossy().as_ref());
    }
    assert_eq!(free(&repo, "b", &[]).data()["applied"], true);
    assert_eq!(branches(&repo), ["a", "c"]);
    assert_eq!(took(&repo, "d"), [first + 2, first + 3], "not beyond the highest");
    assert_eq!(took(&repo, "e"), [first + 6, first + 7]);
    rows(&repo);
}

#[test]
fn a_pool_that_begins_at_an_odd_port_gives_pairs_from_the_next_even_one() {
    let repo = Repo::new();
    let first = quiet(10);
    set_pool(&repo, first + 1, first + 5);
    assert_eq!(took(&repo, "a"), [first + 2, first + 3]);
    assert_eq!(took(&repo, "b"), [first + 4, first + 5]);
    assert_eq!(take(&repo, "c", &[]).failure(), (22, "port.pool-exhausted".to_owned()));
}

#[test]
fn the_usual_pool_is_8100_to_8199() {
    let repo = Repo::new();
    let pool = repo.helper(&["port", "list"]).data()["pool"]["pool"].clone();
    assert_eq!((&pool["start"], &pool["end"]), (&json!(8100), &json!(8199)), "{pool}");
    let data = take(&repo, "a", &["--dry-run"]).data();
    let first = ports(&data["lease"]["ports"])[0];
    assert!((8100..=8198).contains(&first) && first.is_multiple_of(2), "{data}");
    assert!(!place(&repo).exists());
}

#[test]
fn the_same_branch_has_the_same_lease() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let ours = took(&repo, "feature/x");
    let before = std::fs::read(place(&repo)).unwrap();
    let again = take(&repo, "feature/x", &[]);
    assert_eq!((ports(&again.data()["lease"]["ports"]), &again.data()["new"]), (ours, &json!(false)));
    assert_eq!(again.data()["applied"], false, "nothing was written");
    assert_eq!(std::fs::read(place(&repo)).unwrap(), before);
    let more = take(&repo, "feature/x", &["--count", "4"]);
    assert_eq!(more.codes(), ["port.count-differs"]);
    assert_eq!(more.data()["lease"]["ports"], json!([first, first + 1]));
    let far = format!("{}-{}", first + 4, first + 9);
    let elsewhere = take(&repo, "feature/x", &["--pool", &far]);
    assert_eq!(elsewhere.data()["lease"]["ports"], json!([first, first + 1]), "a lease does not move");
    // From a linked worktree and from a folder below it is the same repository.
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "other", &tree.to_string_lossy()]);
    let inside = tree.join("deep/er");
    std::fs::create_dir_all(&inside).unwrap();
    let linked = repo.call(&["port", "take", "--for", "feature/x"]).folder(&inside).run(&repo);
    assert_eq!(linked.data()["new"], false);
}

#[test]
fn another_repository_of_the_same_name_has_leases_of_its_own() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let other = second(&repo, "elsewhere/project");
    assert_eq!(took(&repo, "main"), [first, first + 1]);
    let call = |arguments: &[&str]| repo.call(arguments).folder(&other).run(&repo);
    let theirs = call(&["port", "take", "--for", "main"]).data();
    assert_eq!((&theirs["new"], &theirs["lease"]["ports"]), (&json!(true), &json!([first + 2, first + 3])));
    assert_eq!(theirs["lease"]["project"], "project");
    let list = call(&["port", "list"]).data();
    let listed: Vec<_> = list["leases"].as_array().unwrap().iter().map(|lease| lease["repo"].clone()).collect();
    assert_eq!(listed, [json!(repo.root()), json!(other)], "the leases of all projects, by port");
    assert_eq!(call(&["port", "free", "--for", "main"]).data()["applied"], true);
    assert_eq!(rows(&repo).len(), 1, "only its own lease was freed");
    assert_eq!(rows(&repo)[0]["repoPath"], json!(repo.root()));
}

#[test]
fn one_port_is_the_first_of_a_whole_pair_and_odd_counts_are_rounded_up() {
    let repo = Repo::new();
    let first = with_pool(&repo, 12);
    let counted = |branch: &str, count: &str| take(&repo, branch, &["--count", count]);
    assert_eq!(counted("one", "1").data()["lease"]["ports"], json!([first]));
    assert_eq!(counted("two", "2").data()["lease"]["ports"], json!([first + 2, first + 3]), "the pair stays whole");
    let three: Vec<u16> = (first + 4..first + 8).collect();
    assert_eq!(counted("three", "3").data()["lease"]["ports"], json!(three));
    assert_eq!(counted("none", "0").failure(), (64, "port.invalid".to_owned()));
    assert_eq!(counted("many", "14").failure(), (64, "port.invalid".to_owned()), "more than the pool has");
    assert_eq!(counted("many", "6").failure(), (22, "port.pool-exhausted".to_owned()), "there are, but not free");
    assert_eq!(counted("huge", "70000").status, Some(64));
    assert_eq!(counted("less", "-1").status, Some(64));
    rows(&repo);
}

#[test]
fn several_pairs_lie_beside_each_other() {
    let repo = Repo::new();
    let first = with_pool(&repo, 12);
    for branch in ["a", "b", "c"] {
        took(&repo, branch);
    }
    free(&repo, "b", &[]).data();
    let four = take(&repo, "four", &["--count", "4"]).data();
    assert_eq!(four["lease"]["ports"], json!([first + 6, first + 7, first + 8, first + 9]), "not around a leased pair");
    assert_eq!(took(&repo, "d"), [first + 2, first + 3]);
}

#[test]
fn a_range_that_is_none_is_said_to_be_none() {
    let repo = Repo::new();
    let long = "8".repeat(500);
    for range in [
        "8100-99999",
        "8199-8100",
        "8100",
        "a-b",
        "",
        "-",
        "0-10",
        "8101-8102",
        "8100-8100",
        "-5-10",
        "8100--8102",
        "8100-8102-8104",
        "+1-20",
        "1e3-2000",
        "８１００-８２００",
        long.as_str(),
    ] {
        let failure = take(&repo, "a", &[&format!("--pool={range}")]).failure();
        assert_eq!(failure, (64, "port.invalid".to_owned()), "{range:?}");
    }
    assert!(!place(&repo).exists(), "nothing was written");
}

#[test]
fn a_range_of_odd_size_gives_its_whole_pairs() {
    let repo = Repo::new();
    let first = quiet(8);
    let range = format!("{}-{}", first + 1, first + 4);
    let pool = ["--pool", range.as_str()];
    assert_eq!(take(&repo, "a", &pool).data()["lease"]["ports"], json!([first + 2, first + 3]));
    assert_eq!(take(&repo, "b", &pool).failure(), (22, "port.pool-exhausted".to_owned()), "half a pair is none");
    let wide = format!(" {first} - {} ", first + 7);
    assert_eq!(take(&repo, "b", &["--pool", &wide]).data()["lease"]["ports"], json!([first, first + 1]));
}

#[test]
fn a_port_on_which_somebody_listens_is_not_given() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let loopback = TcpListener::bind(("127.0.0.1", first)).unwrap();
    let data = take(&repo, "a", &[]).data();
    assert_eq!(data["lease"]["ports"], json!([first + 2, first + 3]), "IPv4 loopback");
    let anywhere = TcpListener::bind(("0.0.0.0", first + 5)).unwrap();
    assert_eq!(took(&repo, "b"), [first + 6, first + 7], "IPv4 wildcard, the second of the pair");
    let Some(six) = listen_v6(first + 8) else { return };
    assert_eq!(take(&repo, "c", &[]).failure(), (22, "port.pool-exhausted".to_owned()), "IPv6 wildcard");
    drop((loopback, anywhere, six));
    assert_eq!(took(&repo, "c"), [first, first + 1]);
}

#[test]
fn a_lease_stays_when_somebody_listens_on_its_ports_and_the_list_says_who() {
    let repo = Repo::new();
    let first = with_pool(&repo, 4);
    took(&repo, "a");
    let held = TcpListener::bind(("127.0.0.1", first)).unwrap();
    assert_eq!(take(&repo, "a", &[]).data()["lease"]["ports"], json!([first, first + 1]));
    let list = repo.helper(&["port", "list"]).data();
    let listening = list["listening"].as_array().unwrap();
    assert_eq!(listening.len(), 1, "{list:#}");
    assert_eq!((&listening[0]["port"], &listening[0]["pid"]), (&json!(first), &json!(std::process::id())));
    drop(held);
    assert_eq!(repo.helper(&["port", "list"]).data()["listening"], json!([]));
}

#[test]
fn two_who_look_at_the_same_ports_do_not_disturb_each_other() {
    let repo = Repo::new();
    let first = with_pool(&repo, 2);
    let looks = std::thread::scope(|scope| {
        let sandbox: &Sandbox = &repo;
        let dry = ["port", "take", "--for", "a", "--dry-run"];
        let look = move || (0..50).map(|_| sandbox.helper(&dry).status).collect::<Vec<_>>();
        let calls: Vec<_> = (0..6).map(|_| scope.spawn(look)).collect();
        calls.into_iter().flat_map(|call| call.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(looks.iter().all(|status| *status == Some(0)), "a look takes the port {first} from another: {looks:?}");
}

#[test]
fn an_exhausted_pool_names_the_leases_whose_worktree_is_gone() {
    let repo = Repo::new();
    with_pool(&repo, 4);
    let tree = repo.at("trees/alive");
    let gone = repo.at("trees/gone");
    for (branch, path) in [("alive", &tree), ("gone", &gone)] {
        repo.git(&["worktree", "add", "-q", "-b", branch, &path.to_string_lossy()]);
    }
    assert_eq!(repo.helper(&["worktree", "adopt", "--ports", "2"]).data()["adopted"].as_array().unwrap().len(), 2);
    std::fs::remove_dir_all(&gone).unwrap();
    let done = take(&repo, "third", &[]);
    assert_eq!(done.failure(), (22, "port.pool-exhausted".to_owned()));
    let hint = done.answer()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("branch `gone`") && hint.contains("port free --for gone -C"), "{hint}");
    assert!(!hint.contains("alive"), "{hint}");
    // The command of the hint does what it says.
    let command = hint.split('`').find(|part| part.starts_with("wfo-helper port free")).unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(repo.call(&words).folder(&repo.at("")).run(&repo).data()["applied"], true);
    assert_eq!(took(&repo, "third").len(), 2);
}

#[test]
fn a_dry_run_answers_the_same_and_writes_nothing() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let before = picture(&repo.at(""));
    let dry = take(&repo, "a", &["--dry-run"]).data();
    take(&repo, "a", &["--dry-run", "--env", ".env"]).data();
    assert_eq!(picture(&repo.at("")), before);
    let real = take(&repo, "a", &[]).data();
    assert_eq!((&dry["applied"], &real["applied"]), (&json!(false), &json!(true)));
    assert_eq!((&dry["lease"]["ports"], &dry["new"]), (&real["lease"]["ports"], &real["new"]));
    let before = picture(&repo.at(""));
    assert_eq!(free(&repo, "a", &["--dry-run"]).data()["applied"], false);
    assert_eq!(picture(&repo.at("")), before);
    assert_eq!(branches(&repo), ["a"]);
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_lease_for() {
    let repo = Repo::new();
    for verb in [&["port", "take", "--for", "a"][..], &["port", "free", "--for", "a"], &["port", "list"]] {
        let done = Call::new(binary()).args(verb).folder(&repo.at("home")).run(&repo);
        assert_eq!(done.failure(), (20, "git.no-repository".to_owned()), "{verb:?}");
    }
    assert!(!place(&repo).exists());
}

#[test]
fn a_repository_without_commits_a_bare_one_and_a_submodule_have_leases() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    let unborn = repo.at("unborn");
    std::fs::create_dir(&unborn).unwrap();
    repo.git_in(&unborn, &["init", "-q"]);
    repo.git(&["clone", "-q", "--bare", ".", &repo.at("bare.git").to_string_lossy()]);
    let source = second(&repo, "source");
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", &source.to_string_lossy(), "sub"];
    repo.git(&add.map(str::to_owned).each_ref().map(String::as_str));
    let mut at = first;
    for folder in [unborn, repo.at("bare.git"), repo.root().join("sub")] {
        let data = repo.call(&["port", "take", "--for", "work"]).folder(&folder).run(&repo).data();
        assert_eq!(data["lease"]["ports"], json!([at, at + 1]), "{}", folder.display());
        assert_eq!(data["lease"]["repo"], json!(folder), "a repository of its own");
        at += 2;
    }
}

#[test]
fn a_lease_is_for_a_name_that_a_branch_can_have() {
    let repo = Repo::new();
    with_pool(&repo, 20);
    for branch in ["feature/login", "fix/ümläut-日本", "a.b", "release/v1.2.3", "main", "feature/20261121T090000Z_x"]
    {
        assert_eq!(take(&repo, branch, &[]).data()["lease"]["branch"], branch);
    }
    let known = branches(&repo);
    for branch in [
        "",
        " ",
        "two words",
        "-x",
        "--help",
        "a..b",
        "../up",
        "/lead",
        "trail/",
        "a//b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "x.lock",
        "@",
        "@{u}",
        "a\\b",
        ".hidden",
        "a/.b",
        "tab\tb",
        "new\nline",
        "bell\u{7}",
        "HEAD",
    ] {
        let done = repo.helper(&["port", "take", &format!("--for={branch}")]);
        assert_eq!(done.failure(), (20, "git.branch-invalid".to_owned()), "{branch:?}");
    }
    let long = "x".repeat(5_000);
    assert_eq!(repo.helper(&["port", "take", "--for", &long]).failure().0, 20, "a name that no file can have");
    assert_eq!(branches(&repo), known);
}

#[test]
fn a_list_is_by_port_and_cut_with_a_count() {
    let repo = Repo::new();
    let first = with_pool(&repo, 10);
    assert_eq!(repo.helper(&["port", "list"]).data()["leases"], json!([]));
    for branch in ["z", "a", "m"] {
        took(&repo, branch);
    }
    let data = repo.helper(&["port", "list"]).data();
    let listed: Vec<_> = data["leases"].as_array().unwrap().iter().map(|lease| lease["branch"].clone()).collect();
    assert_eq!(listed, ["z", "a", "m"]);
    let cut = repo.helper(&["port", "list", "--limit", "1"]).data();
    assert_eq!((cut["leases"].as_array().unwrap().len(), &cut["leases_more"]), (1, &json!(2)));
    let text = repo.helper(&["port", "list", "--format", "text"]).stdout;
    assert!(text.contains(&format!("{first}, {}", first + 1)) && text.contains('z'), "{text}");
}
