//! Tells who listens on a port. Connects to nobody; the port probe decides first, so that the usual case costs little.

use std::collections::BTreeSet;

use listeners::{Protocol, SocketState, get_all};

use crate::ports;

/// A program that listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// The process; `None` when the system does not tell (another user's, or another namespace's).
    pub pid: Option<u32>,
    /// Its name: foreign text.
    pub name: Option<String>,
}

/// Lists who listens on some ports, by port. A port that is not free and whose owner is not shown is listed without one.
#[must_use]
pub fn on(wanted: &[u16]) -> Vec<Listener> {
    let taken: BTreeSet<u16> = wanted.iter().copied().filter(|port| !ports::is_free(*port)).collect();
    if taken.is_empty() {
        return Vec::new();
    }
    let mut found: BTreeSet<Listener> = get_all()
        .unwrap_or_default()
        .into_iter()
        .filter(|listener| listener.protocol == Protocol::TCP && taken.contains(&listener.socket.port()))
        .filter(|listener| listener.state == SocketState::Listen)
        .map(|listener| Listener {
            port: listener.socket.port(),
            pid: Some(listener.process.pid),
            name: Some(listener.process.name),
        })
        .collect();
    for port in taken {
        if !found.iter().any(|listener| listener.port == port) {
            found.insert(Listener { port, pid: None, name: None });
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_listener_is_found_with_its_process_and_a_free_port_has_none() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let found = on(&[free, port]);
        assert_eq!(
            found.iter().map(|listener| (listener.port, listener.pid)).collect::<Vec<_>>(),
            [(port, Some(std::process::id()))]
        );
        assert!(found[0].name.as_deref().is_some_and(|name| !name.is_empty()));
    }
}
