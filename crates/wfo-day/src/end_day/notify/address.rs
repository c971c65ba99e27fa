//! The address of a webhook: https, or http on this very machine; nothing in it that two readers could take differently.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest address.
const LONGEST: usize = 2_000;

/// An address that may be posted to.
pub(super) struct Address {
    whole: String,
    host: String,
    loopback: bool,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it is not posted to, without any of it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("is longer than 2,000 characters");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?&=%+,;!$()*[]".contains(c);
        if !text.chars().all(plain) {
            return Err("holds characters that belong in no address, or a name before the host");
        }
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err("does not begin with https://"),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (host, port) = match authority.strip_prefix('[') {
            Some(six) => {
                let (host, port) = six.split_once(']').ok_or("has no host")?;
                host.parse::<Ipv6Addr>().map_err(|_| "has no host")?;
                (host, port)
            }
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        if host.is_empty()
            || host.contains(['[', ']', '%'])
            || rest.get(authority.len()..).is_some_and(|path| path.contains(['[', ']']))
        {
            return Err("has no host");
        }
        if !port.is_empty() && port.strip_prefix(':').and_then(|port| port.parse::<u16>().ok()).is_none() {
            return Err("has a port that is none");
        }
        let loopback = host == "localhost"
            || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
        if !secure && !loopback {
            return Err("is not https");
        }
        Ok(Self { whole: text.to_owned(), host: host.to_owned(), loopback })
    }

    /// Returns all of it; for curl alone.
    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    /// Returns the host's name.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Says whether it is this very machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_posted_to() {
        for (text, host) in [
            ("https://hooks.example.com/services/T/B/x", "hooks.example.com"),
            ("https://example.com:8443/a?b=c", "example.com"),
            ("http://127.0.0.1:9/x", "127.0.0.1"),
            ("http://localhost/x", "localhost"),
            ("http://[::1]:80/x", "::1"),
        ] {
            assert_eq!(Address::parse(text).map(|address| address.host().to_owned()), Ok(host.to_owned()), "{text}");
        }
        for text in [
            "",
            "hooks.example.com",
            "ftp://example.com/x",
            "file:///etc/passwd",
            "http://example.com/x",
            "http://127.0.0.1.example.com/x",
            "http://localhost.example.com/x",
            "http://127.0.0.1@example.com/x",
            "https://user:pass@example.com/x",
            "https:///x",
            "https://:443/x",
            "https://example.com:port/x",
            "https://example.com:99999/x",
            "https://example.com/\"x",
            "https://example.com/x\nurl = y",
            "https://example.com\\@evil/x",
            "https://example.com/{a,b}",
            "https://exämple.com/x",
            "http://[::1/x",
            "http://[127.0.0.1]/x",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        assert!(Address::parse(&format!("https://example.com/{}", "x".repeat(3_000))).is_err());
    }
}
