//! The registry as tests see it: a pool of ports that nobody else uses, leases in one line, and the proof that what stands there
//! holds together.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use serde_json::Value;

use super::support::{Done, Repo, Sandbox, text_of};

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
