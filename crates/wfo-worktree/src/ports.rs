//! Counts leases and finds the next free pair of ports. Takes nothing and binds nothing: the probe is passed in.

use std::collections::BTreeSet;

use crate::registry::Registry;
use crate::rules::Rules;

/// The pool as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortPool {
    /// First port.
    pub start: u16,
    /// Last port, part of the pool.
    pub end: u16,
    /// How many leases there are: rows that hold ports, of all repositories.
    pub leased: usize,
    /// First port of the lowest free pair; `None` when the pool is used up, or when `complete` is false.
    pub next: Option<u16>,
    /// Whether every row of the registry could be read; otherwise nobody can say which ports are free.
    pub complete: bool,
}

/// Looks at the pool. `is_free` says whether the system has a port free; it is asked only about ports without a lease.
///
/// A pair begins at an even port and lies in the pool as a whole. A pair is free when neither port is held by a row of any
/// repository nor recorded in `portPool.allocated`, and the system has both free. The lowest one is next, so freed ports
/// are used again.
#[must_use]
pub fn pool(registry: Option<&Registry>, rules: &Rules, is_free: &dyn Fn(u16) -> bool) -> PortPool {
    let (start, end) = range(registry, rules);
    let entries = registry.map_or(&[][..], |registry| &registry.entries);
    let complete = !registry.is_some_and(|registry| registry.ports_unreadable);
    PortPool {
        start,
        end,
        leased: entries.iter().filter(|entry| !entry.ports.is_empty()).count(),
        next: complete.then(|| lowest_free((start, end), 1, &taken(registry), is_free)).flatten(),
        complete,
    }
}

/// Returns the range that leases come from: the registry's, else the rules'.
pub(crate) fn range(registry: Option<&Registry>, rules: &Rules) -> (u16, u16) {
    let pool = registry.and_then(|registry| registry.pool.as_ref());
    pool.map_or((rules.pool_start, rules.pool_end), |pool| (pool.start, pool.end))
}

/// Returns the ports that a row of any repository holds or `portPool.allocated` lists.
pub(crate) fn taken(registry: Option<&Registry>) -> BTreeSet<u16> {
    let entries = registry.map_or(&[][..], |registry| &registry.entries);
    let recorded = registry.map_or(&[][..], |registry| &registry.allocated);
    entries.iter().flat_map(|entry| &entry.ports).chain(recorded).copied().collect()
}

/// Returns the first ports of the pairs that lie in a range as a whole, lowest first.
pub(crate) fn pairs((start, end): (u16, u16)) -> impl Iterator<Item = u16> {
    // In 32 bits, since the port after 65535 is none.
    let first = u32::from(start) + u32::from(start % 2);
    (first..u32::from(end)).step_by(2).filter_map(|port| u16::try_from(port).ok())
}

/// Finds the lowest place where `count` pairs in a row are free. Ports that are taken are not probed, others once at most.
pub(crate) fn lowest_free(
    range: (u16, u16),
    count: usize,
    taken: &BTreeSet<u16>,
    is_free: &dyn Fn(u16) -> bool,
) -> Option<u16> {
    let mut run = (0, 0);
    for port in pairs(range) {
        let both = [port, port.saturating_add(1)];
        let is_pair_free = both.iter().all(|port| !taken.contains(port)) && both.into_iter().all(is_free);
        run = match (is_pair_free, run) {
            (false, _) => (0, 0),
            (true, (_, 0)) => (port, 1),
            (true, (first, length)) => (first, length + 1),
        };
        if run.1 > 0 && run.1 >= count {
            return Some(run.0);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::registry;
    use crate::rules::tests::rules;
    use proptest::prelude::*;

    fn at(text: &str, busy: &[u16]) -> PortPool {
        pool(Some(&registry(text).unwrap()), &rules(), &|port| !busy.contains(&port))
    }

    fn leased(ports: &str, end: u16, allocated: &str) -> String {
        format!("{{\"worktrees\":[{ports}],\"portPool\":{{\"start\":8100,\"end\":{end},\"allocated\":[{allocated}]}}}}")
    }

    #[test]
    fn without_a_registry_the_pool_is_the_tables() {
        let found = pool(None, &rules(), &|_| true);
        assert_eq!(found, PortPool { start: 8100, end: 8199, leased: 0, next: Some(8100), complete: true });
    }

    #[test]
    fn next_is_the_lowest_free_pair_and_not_the_highest_port_plus_two() {
        let two = leased("{\"ports\":[8100,8101]}", 8199, "8100,8101");
        assert_eq!((at(&two, &[]).next, at(&two, &[]).leased), (Some(8102), 1));
        let gap = leased("{\"ports\":[8100,8101]},{\"ports\":[8104,8105]}", 8199, "8100,8101,8104,8105");
        assert_eq!((at(&gap, &[]).next, at(&gap, &[]).leased), (Some(8102), 2));
    }

    #[test]
    fn freed_ports_are_used_again() {
        assert_eq!(at(&leased("{\"ports\":[8110,8111]}", 8199, "8110,8111"), &[]).next, Some(8100));
    }

    #[test]
    fn every_project_counts_and_so_does_a_lease_without_a_worktree() {
        let rows = "{\"project\":\"a\",\"ports\":[8100,8101]},{\"project\":\"b\",\"worktreePath\":null,\"ports\":[8102]},{\"project\":\"c\"}";
        assert_eq!((at(&leased(rows, 8199, ""), &[]).next, at(&leased(rows, 8199, ""), &[]).leased), (Some(8104), 2));
    }

    #[test]
    fn what_is_only_recorded_as_allocated_is_not_offered() {
        assert_eq!(at(&leased("", 8199, "8101"), &[]).next, Some(8102));
    }

    #[test]
    fn a_pair_that_the_system_uses_is_passed_over() {
        for busy in [8100, 8101] {
            assert_eq!(at(&leased("", 8199, ""), &[busy]).next, Some(8102), "{busy}");
        }
    }

    #[test]
    fn the_end_of_the_pool_is_the_end() {
        assert_eq!(at(&leased("{\"ports\":[8100,8101]}", 8103, ""), &[]).next, Some(8102));
        assert_eq!(at(&leased("{\"ports\":[8100,8101]}", 8102, ""), &[]).next, None);
        assert_eq!(at(&leased("{\"ports\":[8100,8101]},{\"ports\":[8102,8103]}", 8103, ""), &[]).next, None);
        assert_eq!(at("{\"worktrees\":[],\"portPool\":{\"start\":65534,\"end\":65535}}", &[65534]).next, None);
        assert_eq!(at("{\"worktrees\":[],\"portPool\":{\"start\":65533,\"end\":65535}}", &[]).next, Some(65534));
    }

    #[test]
    fn no_port_is_offered_while_a_row_of_the_registry_cannot_be_read() {
        for rows in ["7", "{\"branch\":\"a\",\"ports\":[\"many\"]}", "{\"ports\":[8100,70000]}"] {
            let found = at(&leased(rows, 8199, ""), &[]);
            assert_eq!((found.next, found.complete), (None, false), "{rows}");
        }
        assert_eq!(at(&leased("", 8199, "\"many\""), &[]).next, None);
        // Without a range the usual one holds; that hides no lease.
        assert_eq!(at("{\"worktrees\":[{\"ports\":[8100]}],\"portPool\":{}}", &[]).next, Some(8102));
    }

    #[test]
    fn ports_that_are_leased_are_not_probed() {
        let registry = registry(&leased("{\"ports\":[8100]}", 8199, "")).unwrap();
        let found = pool(Some(&registry), &rules(), &|port| {
            assert!(port >= 8102, "{port} was probed");
            true
        });
        assert_eq!(found.next, Some(8102));
    }

    proptest! {
        #[test]
        fn the_offered_pair_is_even_inside_the_pool_and_nobodys(start in 1u16..60_000, length in 1u16..60, taken in proptest::collection::vec(1u16..60_060, 0..40)) {
            let end = start + length;
            let ports: Vec<String> = taken.iter().map(u16::to_string).collect();
            let text = format!("{{\"worktrees\":[{{\"ports\":[{}]}}],\"portPool\":{{\"start\":{start},\"end\":{end}}}}}", ports.join(","));
            if let Some(next) = at(&text, &[]).next {
                prop_assert!(next % 2 == 0 && next >= start && next < end);
                prop_assert!(!taken.contains(&next) && !taken.contains(&(next + 1)));
            }
        }
    }
}
