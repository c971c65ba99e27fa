//! Asks the system whether a TCP port is free. Holds none, connects to none.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

/// How often a port that is taken is asked about again, and after which time.
const AGAIN: (u32, Duration) = (3, Duration::from_millis(1));

/// Says whether a port can be bound on IPv4 and IPv6, loopback and wildcard, as development servers do.
/// An address family the machine does not have counts as free.
#[must_use]
pub fn is_free(port: u16) -> bool {
    // A probe listens for some microseconds: another process that asks at that moment must not take it for a server.
    can_bind(port)
        || (0..AGAIN.0).any(|_| {
            std::thread::sleep(AGAIN.1);
            can_bind(port)
        })
}

fn can_bind(port: u16) -> bool {
    let places: [SocketAddr; 4] = [
        (Ipv4Addr::LOCALHOST, port).into(),
        (Ipv4Addr::UNSPECIFIED, port).into(),
        (Ipv6Addr::LOCALHOST, port).into(),
        (Ipv6Addr::UNSPECIFIED, port).into(),
    ];
    places.into_iter().all(|place| match TcpListener::bind(place) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_with_a_listener_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!is_free(listener.local_addr().unwrap().port()));
    }
}
