//! The registry as tests see it: a pool of ports that nobody else uses, leases in one line, and the proof that what stands there
//! holds together.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, clippy::print_stderr, reason = "a test stops where it cannot go on, and names its seed")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::support::{Call, Done, Repo, Sandbox, binary, text_of};

/// The name of the file in CONFIG.
pub(crate) const FILE: &str = "worktree-registry.json";

/// Returns the first port of a range of `length` ports on which nobody listens now: even, away from the ports that the system
/// gives out itself, and another one in each process of the tests.
pub(crate) fn quiet(length: u16) -> u16 {
    let (low, room) = (10_000, 22_000 - length);
    let step = u16::try_from(std::process::id() % 997).expect("small") * 22;
    let starts = (0..200_u16).map(|turn| low + (step.wrapping_add(turn.wrapping_mul(1_310)) % room) / 2 * 2);
    starts.into_iter().find(|start| (*start..start + length).all(is_quiet)).expect("ports that nobody uses")
}

fn is_quiet(port: u16) -> bool {
    let any = |address: SocketAddr| TcpListener::bind(address).is_ok();
    any((Ipv4Addr::UNSPECIFIED, port).into()) && wfo_base::ports::is_free(port)
}

/// Listens on every address of IPv6.
pub(crate) fn listen_v6(port: u16) -> Option<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).ok()
}

/// Makes the user's pool `length` ports from a quiet one on; returns the first.
pub(crate) fn with_pool(sandbox: &Sandbox, length: u16) -> u16 {
    let first = quiet(length);
    set_pool(sandbox, first, first + length - 1);
    first
}

/// Sets the user's pool.
pub(crate) fn set_pool(sandbox: &Sandbox, first: u16, last: u16) {
    let rows = format!("rows:\n  - {{id: pool_start, value: {first}}}\n  - {{id: pool_end, value: {last}}}\n");
    sandbox.write("config/wfo/data/worktrees.yaml", &rows);
}

/// The user says that nobody watches.
pub(crate) fn unattended(sandbox: &Sandbox) {
    sandbox.write("config/wfo/config.yaml", "confirm: {unattended: true}\n");
}

/// Takes a lease with more flags.
pub(crate) fn take(repo: &Repo, branch: &str, flags: &[&str]) -> Done {
    let mut arguments = vec!["port", "take", "--for", branch];
    arguments.extend(flags);
    repo.helper(&arguments)
}

/// Takes a lease and returns its ports.
pub(crate) fn took(repo: &Repo, branch: &str) -> Vec<u16> {
    ports(&take(repo, branch, &[]).data()["lease"]["ports"])
}

/// Reads a list of ports.
pub(crate) fn ports(list: &Value) -> Vec<u16> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list of ports: {list}"));
    list.iter().map(|port| u16::try_from(port.as_u64().expect("a port")).expect("a port")).collect()
}

/// Returns where the registry is.
pub(crate) fn place(sandbox: &Sandbox) -> PathBuf {
    sandbox.config().join(FILE)
}

/// Reads the registry's rows and proves what must always hold: it parses, no port is held twice, and `allocated` is the union.
pub(crate) fn rows(sandbox: &Sandbox) -> Vec<Value> {
    let path = place(sandbox);
    if !path.exists() {
        return Vec::new();
    }
    let text = text_of(&path);
    let registry: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let rows = registry["worktrees"].as_array().unwrap_or_else(|| panic!("no rows: {text}")).clone();
    let held: Vec<u16> = rows.iter().filter_map(|row| row.get("ports")).flat_map(ports).collect();
    let union: BTreeSet<u16> = held.iter().copied().collect();
    assert_eq!(held.len(), union.len(), "a port is held twice: {text}");
    let allocated = ports(&registry["portPool"]["allocated"]);
    assert_eq!(allocated, union.into_iter().collect::<Vec<_>>(), "`allocated` is not the union: {text}");
    rows
}

/// Returns the branches of the registry's rows, sorted.
pub(crate) fn branches(sandbox: &Sandbox) -> Vec<String> {
    let mut found: Vec<String> =
        rows(sandbox).iter().filter_map(|row| row["branch"].as_str().map(str::to_owned)).collect();
    found.sort();
    found
}

/// Reads a stress test's size: `tenth` times `WFO_STRESS` (1 when it is not set, 10 for what the promise says).
pub(crate) fn stress(tenth: usize) -> usize {
    tenth * std::env::var("WFO_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_usize)
}

/// Small pseudo-random numbers (xorshift), the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// Takes the seed of `WFO_SEED`, else one from the clock.
    pub(crate) fn new() -> Self {
        let clock = || std::time::UNIX_EPOCH.elapsed().map_or(1, |time| u64::from(time.subsec_nanos()));
        let seed = std::env::var("WFO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(clock);
        eprintln!("WFO_SEED={seed}");
        Self(seed.max(1))
    }

    /// Returns a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("64 bits") % end.max(1)
    }
}

/// What git, the disk and the registry say of a repository's linked worktrees, after they were held against each other.
#[derive(Debug, Default)]
pub(crate) struct Yard {
    /// Ports by branch, of every row.
    pub(crate) leases: BTreeMap<String, Vec<u16>>,
    /// Branches of the linked worktrees.
    pub(crate) trees: BTreeSet<String>,
    /// All branches but main.
    pub(crate) branches: BTreeSet<String>,
}

impl Yard {
    /// Looks, and proves that nothing is half: no row without worktree and no worktree without row, no folder that git does not
    /// know, no private folder of git's without a worktree, no lock of git's, no note of work under way.
    pub(crate) fn look(repo: &Repo) -> Self {
        let mut yard = Self::default();
        let list = repo.git(&["worktree", "list", "--porcelain"]);
        let mut paths = BTreeSet::new();
        for tree in list.split("\n\n").skip(1).filter(|tree| !tree.trim().is_empty()) {
            assert!(!tree.contains("prunable"), "a worktree without its folder: {list}");
            let field =
                |name: &str| tree.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{tree}"));
            paths.insert(PathBuf::from(field("worktree ")));
            yard.trees.insert(field("branch refs/heads/").to_owned());
        }
        let mut with_path = BTreeSet::new();
        for row in rows(repo) {
            let branch = row["branch"].as_str().expect("a branch").to_owned();
            with_path.extend(row["worktreePath"].as_str().map(PathBuf::from));
            let twice = yard.leases.insert(branch, ports(&row["ports"]));
            assert!(twice.is_none(), "two rows for {}", row["branch"]);
        }
        assert_eq!(with_path, paths, "the registry's worktrees, and git's");
        let names = repo.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        yard.branches = names.lines().filter(|name| *name != "main").map(str::to_owned).collect();
        let folders = entries(&repo.at("home/tmp/worktrees/project"));
        let unknown: Vec<_> = folders.iter().filter(|folder| !paths.contains(*folder)).collect();
        assert!(unknown.is_empty(), "folders that nobody knows: {unknown:?}");
        assert_eq!(entries(&repo.root().join(".git/worktrees")).len(), paths.len(), "git's private folders");
        assert_eq!(pending(repo), Vec::<PathBuf>::new(), "notes of work under way");
        let locks = Call::new("find").args([".git", "-name", "*.lock"]).run(repo).stdout;
        assert_eq!(locks, "", "locks that a dead git left");
        yard
    }
}

/// Lists a folder's entries; none when it is not there.
fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Lists the notes of work under way, or left half done.
pub(crate) fn pending(sandbox: &Sandbox) -> Vec<PathBuf> {
    let states = entries(&sandbox.config().join("wfo/state"));
    let notes = states.iter().flat_map(|state| entries(&state.join("pending")));
    notes.filter(|note| note.extension().is_some_and(|end| end == "json")).collect()
}

/// Lists what killed processes may leave lying beside the files that they write.
pub(crate) fn litter(sandbox: &Sandbox) -> Vec<PathBuf> {
    let states = entries(&sandbox.config().join("wfo/state"));
    let inner = states.iter().flat_map(|state| entries(state).into_iter().chain(entries(&state.join("pending"))));
    let all = entries(&sandbox.config()).into_iter().chain(inner);
    let is_litter = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        [".wfo-", ".new-", "scrap-"].iter().any(|start| name.starts_with(start)) || name.ends_with("new-copy")
    };
    all.filter(is_litter).collect()
}

/// Starts the helper `count` times at the same moment with what `words` says (the shell has the number in `$i`, and the second
/// repository in `$OTHER`), and returns the answers in order with the time until the last had ended.
pub(crate) fn at_once(sandbox: &Sandbox, count: usize, words: &str) -> (Vec<Value>, Duration) {
    let answers = sandbox.at("answers");
    std::fs::create_dir_all(&answers).expect("a folder");
    let script =
        format!("i=0; while [ $i -lt {count} ]; do \"$HELPER\" {words} > ../answers/$i & i=$((i+1)); done; wait");
    let call = Call::new("sh").args(["-c", &script]).env("OTHER", sandbox.at("other").to_string_lossy());
    let done = call.env("HELPER", binary().to_string_lossy()).run(sandbox);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "the shell");
    let answer = |number: usize| {
        let text = text_of(&answers.join(number.to_string()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("no answer ({error}): {text:?}"))
    };
    ((0..count).map(answer).collect(), done.took)
}

/// Counts the answers that were errors of a code; every other error is a fault.
pub(crate) fn refused(answers: &[Value], codes: &[&str]) -> usize {
    let errors: Vec<&Value> = answers.iter().filter(|answer| answer["ok"] != true).collect();
    for error in &errors {
        let code = error["diagnostics"][0]["code"].as_str().unwrap_or_default();
        assert!(codes.contains(&code), "{error:#}");
    }
    errors.len()
}
