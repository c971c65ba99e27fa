//! Many processes at once, processes that are killed at any moment, and locks whose holders die or stay. `WFO_STRESS=10` makes
//! it as many as the promise says (200 leases, 50 worktrees, 300 kills); without it a tenth. `WFO_SEED` repeats a run.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says how long it took, and what it skips")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::time::{Duration, Instant};

use registry::{Dice, Yard, at_once, litter, pending, place, ports, refused, rows, stress, take, took, with_pool};
use serde_json::Value;
use support::{Call, Repo, Sandbox, binary};

/// Opens the registry's lock file.
fn lock_file(sandbox: &Sandbox) -> File {
    let path = place(sandbox).with_extension("json.lock");
    File::options().create(true).truncate(false).write(true).open(path).unwrap()
}

/// Makes the second repository of `at_once`.
fn other(repo: &Repo) {
    let root = repo.at("other");
    std::fs::create_dir(&root).unwrap();
    repo.git_in(&root, &["init", "-q", "-b", "main"]);
    repo.git_in(&root, &["commit", "-q", "--allow-empty", "-m", "start"]);
}

#[test]
fn a_lock_that_is_given_back_in_time_is_waited_for() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    let lock = lock_file(&repo);
    lock.lock().unwrap();
    let began = Instant::now();
    let holder = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        drop(lock);
    });
    assert_eq!(took(&repo, "a").len(), 2);
    assert!(began.elapsed() >= Duration::from_millis(400), "nobody writes while another holds the lock");
    holder.join().unwrap();
}

#[test]
fn a_lock_whose_holder_was_killed_is_free_at_once() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    took(&repo, "a");
    // The holder is another program (Python), which says when it holds the lock; then it is killed.
    let script = "import fcntl, os, sys, time\nf = open(sys.argv[1], 'r+')\nfcntl.flock(f, fcntl.LOCK_EX)\n\
        open('held', 'w').close()\ntime.sleep(60)\n";
    let run = "python3 -c \"$SCRIPT\" \"$LOCK\" & p=$!; n=0\n\
        while [ ! -e held ] && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done\n\
        [ -e held ] || exit 9\nflock -n \"$LOCK\" true 2>/dev/null && exit 8\nkill -9 $p; wait $p\n\"$HELPER\" port take --for b";
    let lock = place(&repo).with_extension("json.lock").to_string_lossy().into_owned();
    let call = Call::new("sh").args(["-c", run]).env("SCRIPT", script).env("LOCK", lock);
    let done = call.env("HELPER", binary().to_string_lossy()).run(&repo);
    if done.status == Some(9) {
        eprintln!("skipped: python3 is not here: {}", done.stderr);
        return;
    }
    assert_eq!(done.data()["new"], true);
    assert!(done.took < Duration::from_secs(8), "{:?}", done.took);
}

#[test]
fn stress_a_lock_that_is_not_given_back_is_waited_for_ten_seconds_and_then_said() {
    let repo = Repo::new();
    with_pool(&repo, 10);
    took(&repo, "a");
    let before = std::fs::read(place(&repo)).unwrap();
    let lock = lock_file(&repo);
    lock.lock().unwrap();
    // Reading needs no lock.
    assert_eq!(repo.helper(&["port", "list"]).data()["leases"].as_array().unwrap().len(), 1);
    let done = take(&repo, "b", &[]);
    assert_eq!(done.failure(), (22, "lock.timeout".to_owned()));
    assert!((10.0..20.0).contains(&done.took.as_secs_f64()), "{:?}", done.took);
    assert_eq!(std::fs::read(place(&repo)).unwrap(), before);
    drop(lock);
    assert_eq!(took(&repo, "b").len(), 2);
}

#[test]
fn stress_of_many_who_take_ports_at_once_no_two_get_the_same() {
    let repo = Repo::new();
    let count = stress(20);
    with_pool(&repo, u16::try_from(2 * count).unwrap());
    other(&repo);
    let (answers, took) = at_once(&repo, count, "port take --for \"b$i\" $([ $((i % 2)) = 0 ] || echo -C \"$OTHER\")");
    assert_eq!(refused(&answers, &[]), 0);
    eprintln!("{count} processes took ports in {took:?}");
    let given: Vec<u16> = answers.iter().flat_map(|answer| ports(&answer["data"]["lease"]["ports"])).collect();
    let different: BTreeSet<u16> = given.iter().copied().collect();
    assert_eq!((given.len(), different.len()), (2 * count, 2 * count));
    // Every answer stands in the registry as it was given.
    let rows = rows(&repo);
    assert_eq!(rows.len(), count);
    for answer in &answers {
        let lease = &answer["data"]["lease"];
        let row = rows.iter().find(|row| row["branch"] == lease["branch"]).expect("its row");
        assert_eq!((&row["ports"], &row["repoPath"]), (&lease["ports"], &lease["repo"]));
    }
    assert_eq!(litter(&repo), Vec::<std::path::PathBuf>::new());
}

#[test]
fn stress_of_more_than_the_pool_has_each_pair_is_given_once_and_the_others_are_told() {
    let repo = Repo::new();
    let (count, pairs) = (stress(20), stress(5));
    with_pool(&repo, u16::try_from(2 * pairs).unwrap());
    other(&repo);
    let (answers, took) = at_once(&repo, count, "port take --for \"b$i\" $([ $((i % 2)) = 0 ] || echo -C \"$OTHER\")");
    eprintln!("{count} processes asked for {pairs} pairs in {took:?}");
    assert_eq!(refused(&answers, &["port.pool-exhausted"]), count - pairs);
    assert_eq!(rows(&repo).iter().map(|row| ports(&row["ports"]).len()).sum::<usize>(), 2 * pairs);
}

#[test]
fn stress_of_many_who_ask_for_the_same_branch_all_are_told_the_same_ports() {
    let repo = Repo::new();
    let count = stress(20);
    with_pool(&repo, 10);
    let (answers, _) = at_once(&repo, count, "port take --for same");
    assert_eq!(refused(&answers, &[]), 0);
    assert_eq!(answers.iter().filter(|answer| answer["data"]["new"] == true).count(), 1);
    let different: BTreeSet<String> =
        answers.iter().map(|answer| answer["data"]["lease"]["ports"].to_string()).collect();
    assert_eq!((different.len(), rows(&repo).len()), (1, 1));
}

#[test]
fn stress_many_worktrees_made_at_once_are_all_whole() {
    let repo = Repo::new();
    let count = stress(5);
    with_pool(&repo, u16::try_from(2 * count).unwrap());
    let (answers, took) = at_once(&repo, count, "worktree create \"task/$i\" --force");
    eprintln!("{count} worktrees were made in {took:?}");
    assert_eq!(refused(&answers, &[]), 0);
    let yard = Yard::look(&repo);
    assert_eq!((yard.trees.len(), yard.leases.len(), yard.branches.len()), (count, count, count));
    for number in 0..count {
        let tree = repo.at(&format!("home/tmp/worktrees/project/task-{number}"));
        assert_eq!(repo.git_in(&tree, &["status", "--porcelain"]), "", "a checkout that is whole");
    }
}

#[test]
fn stress_of_many_who_make_the_same_worktree_one_does() {
    let repo = Repo::new();
    for round in 0..stress(2) {
        let (answers, _) = at_once(&repo, 8, &format!("worktree create \"same/{round}\" --force"));
        let lost = refused(&answers, &["worktree.exists", "worktree.busy"]);
        assert_eq!(lost, 7);
        assert_eq!(Yard::look(&repo).trees.len(), round + 1);
    }
}

#[test]
fn stress_the_limit_holds_when_many_come_at_once() {
    for _ in 0..stress(1) {
        let repo = Repo::new();
        with_pool(&repo, 30);
        let (answers, _) = at_once(&repo, 12, "worktree create \"task/$i\"");
        assert_eq!(refused(&answers, &["worktree.limit"]), 8);
        assert_eq!(Yard::look(&repo).trees.len(), 4);
    }
}

/// What was acknowledged so far in a run of kills.
struct Run {
    repo: Repo,
    dice: Dice,
    leases: BTreeMap<String, Vec<u16>>,
    trees: BTreeSet<String>,
    next: usize,
}

/// What is done to a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Take,
    Free,
    Create,
    CreateOnLease,
    Remove,
    RemoveAll,
    Adopt,
}

impl Run {
    /// Chooses what to do next, and to which branch; what it needs is made without being killed.
    fn chosen(&mut self) -> (Act, String) {
        let acts = [Act::Take, Act::Free, Act::Create, Act::CreateOnLease, Act::Remove, Act::RemoveAll, Act::Adopt];
        let act = acts[self.dice.below(acts.len())];
        let full = self.trees.len() >= 6;
        let act = if full && !matches!(act, Act::Take | Act::Free) { Act::Remove } else { act };
        let old = match act {
            Act::Remove | Act::RemoveAll => self.trees.iter().nth(self.dice.below(self.trees.len())).cloned(),
            Act::Free => {
                let free: Vec<_> =
                    self.leases.keys().filter(|name| !self.trees.contains(*name) && *name != "keeper").collect();
                free.get(self.dice.below(free.len())).map(|name| (*name).clone())
            }
            _ => None,
        };
        self.next += 1;
        let new = format!("b{}", self.next);
        match (act, old) {
            (_, Some(old)) => (act, old),
            (Act::Remove | Act::RemoveAll, None) => (Act::Create, new),
            (Act::Free, None) => (Act::Take, new),
            (Act::CreateOnLease, None) => {
                let ports = took(&self.repo, &new);
                self.leases.insert(new.clone(), ports);
                (act, new)
            }
            (Act::Adopt, None) => {
                let path = self.path(&new);
                self.repo.git(&["worktree", "add", "-q", "-b", &new, &path]);
                (act, new)
            }
            (_, None) => (act, new),
        }
    }

    fn path(&self, branch: &str) -> String {
        self.repo.at(&format!("home/tmp/worktrees/project/{branch}")).to_string_lossy().into_owned()
    }

    fn words(&self, act: Act, branch: &str) -> Vec<String> {
        let path = self.path(branch);
        let words: &[&str] = match act {
            Act::Take => &["port", "take", "--for", branch],
            Act::Free => &["port", "free", "--for", branch],
            Act::Create | Act::CreateOnLease => &["worktree", "create", branch, "--force"],
            Act::Remove => &["worktree", "remove", branch],
            Act::RemoveAll => &["worktree", "remove", branch, "--delete-branch"],
            Act::Adopt => &["worktree", "adopt", "--ports", "2", &path],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Starts the helper and kills it after some time; returns the answer if it got as far.
    fn killed(&self, words: &[String], after: Duration) -> Option<Value> {
        let script = ": > ../answer; \"$HELPER\" \"$@\" > ../answer 2>/dev/null & p=$!; sleep $AFTER; kill -9 $p 2>/dev/null; wait $p; exit 0";
        let mut arguments = vec!["-c".to_owned(), script.to_owned(), "sh".to_owned()];
        arguments.extend_from_slice(words);
        let call = Call::new("sh").args(&arguments).env("AFTER", format!("{:.4}", after.as_secs_f64()));
        call.env("HELPER", binary().to_string_lossy()).run(&self.repo);
        serde_json::from_str(&support::text_of(&self.repo.at("answer"))).ok()
    }

    /// Does one thing, kills it, lets the next command put things right and proves that nothing is lost or half. Says whether
    /// something was left half done.
    fn step(&mut self, longest: Duration) -> bool {
        let (act, branch) = self.chosen();
        let words = self.words(act, &branch);
        let part = f64::from(u32::try_from(self.dice.below(1_000)).unwrap()) / 1_000.0;
        // What only writes the registry takes a fraction of the time that git takes.
        let quick = matches!(act, Act::Take | Act::Free | Act::Adopt);
        let answer = self.killed(&words, longest.mul_f64(if quick { part / 3.0 } else { part }));
        rows(&self.repo);
        let half = !pending(&self.repo).is_empty();
        let next = take(&self.repo, "keeper", &[]);
        let what = format!("{act:?} {branch} killed at {part:.3}: {answer:?}, then {}", next.stdout);
        assert_eq!(next.status, Some(0), "{what}");
        assert_eq!(next.codes().contains(&"worktree.repaired".to_owned()), half, "{what}");
        if act == Act::Adopt && answer.is_none() {
            // Whether it was adopted or not: nothing of it is half.
            self.repo.helper(&["worktree", "adopt", "--ports", "2"]).data();
        }
        let yard = Yard::look(&self.repo);
        assert!(answer.is_none() || !half, "acknowledged and half: {what}");
        self.settle(act, &branch, answer.as_ref(), &yard, &what);
        assert_eq!((&yard.leases, &yard.trees), (&self.leases, &self.trees), "{what}");
        half
    }

    /// Brings what was acknowledged up to date; what was not acknowledged is whole or not there.
    fn settle(&mut self, act: Act, branch: &str, answer: Option<&Value>, yard: &Yard, what: &str) {
        assert!(answer.is_none_or(|answer| answer["ok"] == true), "{what}");
        let (leased, there) = (yard.leases.get(branch), yard.trees.contains(branch));
        match act {
            Act::Take | Act::Adopt | Act::Create | Act::CreateOnLease => {
                assert!(answer.is_none() || leased.is_some(), "an acknowledged lease is lost: {what}");
                let makes = matches!(act, Act::Create | Act::CreateOnLease);
                assert!(answer.is_none() || !makes || there, "an acknowledged worktree is lost: {what}");
                if makes && !there {
                    assert!(!yard.branches.contains(branch), "a branch was left: {what}");
                    assert!(!std::path::Path::new(&self.path(branch)).exists(), "a folder was left: {what}");
                }
                if act != Act::CreateOnLease {
                    self.leases.extend(leased.map(|ports| (branch.to_owned(), ports.clone())));
                }
                self.trees.extend(there.then(|| branch.to_owned()));
            }
            Act::Free | Act::Remove | Act::RemoveAll => {
                assert!(answer.is_none() || (leased.is_none() && !there), "acknowledged, but it is there: {what}");
                let is_tree = act != Act::Free;
                assert!(!is_tree || there == leased.is_some(), "half removed: {what}");
                if leased.is_none() {
                    self.leases.remove(branch);
                    self.trees.remove(branch);
                    assert!(act != Act::RemoveAll || !yard.branches.contains(branch), "its branch was left: {what}");
                } else {
                    assert!(act == Act::Free || yard.branches.contains(branch), "its branch is gone: {what}");
                }
            }
        }
    }
}

#[test]
fn stress_whenever_it_is_killed_nothing_is_lost_and_the_next_command_puts_it_right() {
    let repo = Repo::new();
    with_pool(&repo, 600);
    let (dice, leases, trees) = (Dice::new(), BTreeMap::new(), BTreeSet::new());
    let mut run = Run { repo, dice, leases, trees, next: 0 };
    run.leases.insert("keeper".to_owned(), took(&run.repo, "keeper"));
    let create = |name: &str| run.repo.helper(&["worktree", "create", name, "--force"]).took;
    // The shortest of three: what a busy machine adds would let most kills come too late.
    let longest = ["x", "y", "z"].map(create).into_iter().min().unwrap().mul_f64(1.1);
    let yard = Yard::look(&run.repo);
    (run.leases, run.trees) = (yard.leases, yard.trees);
    let count = stress(30);
    let half = (0..count).filter(|_| run.step(longest)).count();
    let left = litter(&run.repo);
    eprintln!("{count} kills within {longest:?}, {half} left something half done, {} a temporary file", left.len());
    assert!(half > 0, "no kill hit work under way: this proves nothing");
    // Temporary files go when nobody can be writing them any more.
    for path in left {
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(7_200);
        File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    assert_eq!(run.repo.helper(&["worktree", "create", "last", "--force"]).data()["applied"], true);
    assert_eq!(litter(&run.repo), Vec::<std::path::PathBuf>::new());
}
