//! Ports that are free, found by binding them, and not leased to another worktree.

use super::record::Port;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Below the range from which systems take ports for outgoing connections (Linux from 32 768 on).
const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;

/// Ports for these names, none of them in `taken`. Fewer where there are no more.
pub(crate) fn find(names: &[String], taken: &BTreeSet<u16>, from: u16) -> Vec<Port> {
    let span = LAST - FIRST + 1;
    let mut candidates = (0..span).map(|step| {
        let at = (u32::from(from % span) + u32::from(step)) % u32::from(span);
        FIRST + u16::try_from(at).unwrap_or(0)
    });
    let mut free = || candidates.find(|port| !taken.contains(port) && is_free(*port));
    let named = names.iter().map_while(|name| {
        Some(Port {
            name: name.clone(),
            number: free()?,
        })
    });
    named.collect()
}

/// Whether a program could listen on it, on the loopback and everywhere.
fn is_free(port: u16) -> bool {
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    ];
    addresses
        .iter()
        .all(|address| can_bind(address) != Some(false))
}

/// None where there are no such addresses here. Nothing is listened to: the socket goes at once.
fn can_bind(address: &SocketAddr) -> Option<bool> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None).ok()?;
    match bind(&socket, address) {
        Ok(()) => Some(true),
        Err(rustix::io::Errno::ADDRNOTAVAIL | rustix::io::Errno::AFNOSUPPORT) => None,
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn what_is_bound_or_leased_is_not_given() {
        let names = [String::new(), "db".to_owned()];
        let first = find(&names, &BTreeSet::new(), 7);
        assert_eq!(first.len(), 2);
        assert_ne!(first[0].number, first[1].number);
        assert!(
            first
                .iter()
                .all(|port| (FIRST..=LAST).contains(&port.number))
        );
        let taken: BTreeSet<u16> = first.iter().map(|port| port.number).collect();
        let second = find(&names, &taken, 7);
        assert!(second.iter().all(|port| !taken.contains(&port.number)));
        let listener = TcpListener::bind(("127.0.0.1", second[0].number)).unwrap();
        let third = find(&names, &taken, 7);
        assert!(third.iter().all(|port| port.number != second[0].number));
        drop(listener);
        let all = (FIRST..=LAST).collect();
        assert!(find(&names, &all, 0).is_empty());
    }
}
