//! Asks the system whether a TCP port is free. Holds none, connects to none.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt};

/// Says whether a port can be bound on IPv4 and IPv6, loopback and wildcard, as development servers do.
/// An address family the machine does not have counts as free.
#[must_use]
pub fn is_free(port: u16) -> bool {
    let places: [SocketAddr; 4] = [
        (Ipv4Addr::LOCALHOST, port).into(),
        (Ipv4Addr::UNSPECIFIED, port).into(),
        (Ipv6Addr::LOCALHOST, port).into(),
        (Ipv6Addr::UNSPECIFIED, port).into(),
    ];
    places.into_iter().all(|place| !matches!(try_to_bind(place), Err(Errno::ADDRINUSE | Errno::ACCESS | Errno::PERM)))
}

/// Binds and lets go again. It does not listen: so two that ask at the same moment do not take each other for a server.
fn try_to_bind(place: SocketAddr) -> Result<(), Errno> {
    let family = if place.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::empty(), None)?;
    // As servers have it: a connection that was closed a moment ago does not count.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_port_with_a_listener_on_any_address_is_not_free() {
        for place in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
            let Ok(listener) = TcpListener::bind(place) else { continue };
            let port = listener.local_addr().unwrap().port();
            assert!(!is_free(port), "{place}");
            drop(listener);
            assert!(is_free(port), "{place}");
        }
    }

    #[test]
    fn many_that_ask_at_once_do_not_disturb_each_other() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::thread::scope(|scope| {
            let looks: Vec<_> = (0..8).map(|_| scope.spawn(|| (0..200).all(|_| is_free(port)))).collect();
            assert!(looks.into_iter().all(|look| look.join().unwrap()));
        });
    }
}
