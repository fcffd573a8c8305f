//! Links that lead outside, when somebody asked to have them looked at: each address once, one after the other for
//! each server, and none of this machine or of its network.

use crate::ground::{Ground, Stop};
use crate::web::{Request, Unanswered, Web};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Addresses that are asked for in all.
const MOST: usize = 1000;
/// Servers that are asked beside each other.
const BESIDE: usize = 8;
/// How long one may take.
const TIME: Duration = Duration::from_secs(10);
/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// After so many failures a server is left alone.
const PATIENCE: usize = 3;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// What is wrong with an address.
    pub(crate) wrong: HashMap<String, Wrong>,
    /// Addresses that were asked for.
    pub(crate) asked: usize,
    /// Addresses that were not: too many, or a server that does not want to be asked.
    pub(crate) left_out: usize,
    /// Why none could be asked.
    pub(crate) refused: bool,
    /// Servers that were asked.
    servers: usize,
}

/// With fewer servers than this, all of them may be gone.
const ENOUGH: usize = 3;

impl Asked {
    /// Why nobody at all answers, if that is so: then it is not the links that are wrong.
    pub(crate) fn no_network(&self) -> Option<&str> {
        let whys = self.wrong.values().filter_map(|wrong| match wrong {
            Wrong::Unreachable(why) => Some(why.as_str()),
            Wrong::Dead(_) => None,
        });
        let none_answers = self.servers >= ENOUGH && whys.clone().count() == self.asked;
        whys.min().filter(|_| none_answers)
    }
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The server says that there is nothing.
    Dead(u16),
    /// Nobody answers.
    Unreachable(String),
}

enum Said {
    Fine,
    Wrong(Wrong),
    /// The server does not want to say.
    Unsaid,
    NotAllowed,
}

/// Asks for these addresses.
pub(crate) fn ask(ground: &dyn Ground, web: &dyn Web, addresses: &[&str]) -> (Asked, Option<Stop>) {
    let mut servers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut asked = Asked::default();
    for address in addresses {
        let address = address.split('#').next().unwrap_or(address);
        let address = if address.starts_with("//") {
            format!("https:{address}")
        } else {
            address.to_owned()
        };
        let Some(host) = host(&address).filter(|host| is_public(host)) else {
            continue;
        };
        let of_host = servers.entry(host).or_default();
        if !of_host.contains(&address) {
            of_host.push(address);
        }
    }
    let mut room = MOST;
    for addresses in servers.values_mut() {
        let kept = addresses.len().min(room);
        asked.left_out += addresses.len() - kept;
        addresses.truncate(kept);
        room -= kept;
    }
    asked.servers = servers.len();
    let servers: Vec<_> = servers.into_values().collect();
    let next = AtomicUsize::new(0);
    let shared = Mutex::new(asked);
    std::thread::scope(|scope| {
        for _ in 0..BESIDE.min(servers.len()) {
            scope.spawn(|| {
                while let Some(addresses) = servers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    ask_server(ground, web, addresses, &shared);
                }
            });
        }
    });
    (
        shared.into_inner().unwrap_or_else(|held| held.into_inner()),
        ground.stop(),
    )
}

fn ask_server(ground: &dyn Ground, web: &dyn Web, addresses: &[String], shared: &Mutex<Asked>) {
    let mut failures = 0;
    for address in addresses {
        if ground.stop().is_some() {
            return;
        }
        let said = if failures < PATIENCE {
            follow(web, address)
        } else {
            Said::Unsaid
        };
        let mut asked = shared.lock().unwrap_or_else(|held| held.into_inner());
        match said {
            Said::Fine => asked.asked += 1,
            Said::Wrong(wrong) => {
                failures += usize::from(matches!(wrong, Wrong::Unreachable(_)));
                asked.asked += 1;
                asked.wrong.insert(address.clone(), wrong);
            }
            Said::Unsaid => {
                failures += 1;
                asked.left_out += 1;
            }
            Said::NotAllowed => {
                asked.refused = true;
                return;
            }
        }
    }
}

fn follow(web: &dyn Web, address: &str) -> Said {
    let mut url = address.to_owned();
    for _ in 0..=REDIRECTS {
        let request = Request {
            time: TIME,
            ..Request::get(&url)
        };
        let answer = match web.ask(&request) {
            Ok(answer) => answer,
            Err(Unanswered::NotAllowed) => return Said::NotAllowed,
            Err(Unanswered::Failed(why)) => {
                // The address is told anyway.
                let why = why.strip_prefix(&format!("{url}: ")).unwrap_or(&why);
                return Said::Wrong(Wrong::Unreachable(why.to_owned()));
            }
        };
        match answer.status {
            200..=299 => return Said::Fine,
            404 | 410 => return Said::Wrong(Wrong::Dead(answer.status)),
            301 | 302 | 303 | 307 | 308 => {
                let Some(next) = answer
                    .header("location")
                    .and_then(|next| resolve(&url, next))
                else {
                    return Said::Unsaid;
                };
                if !host(&next).is_some_and(|host| is_public(&host)) {
                    return Said::Unsaid;
                }
                url = next;
            }
            _ => return Said::Unsaid,
        }
    }
    Said::Unsaid
}

/// Where a redirect leads.
fn resolve(from: &str, to: &str) -> Option<String> {
    if to.starts_with("http://") || to.starts_with("https://") {
        return Some(to.to_owned());
    }
    let (scheme, rest) = from.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    match (to.strip_prefix("//"), to.starts_with('/')) {
        (Some(to), _) => Some(format!("{scheme}://{to}")),
        (None, true) => Some(format!("{scheme}://{host}{to}")),
        (None, false) => Some(format!(
            "{scheme}://{}/{to}",
            rest.split(['?', '#'])
                .next()?
                .rsplit_once('/')
                .map_or(host, |(folder, _)| folder)
        )),
    }
}

/// The name of the server, without user and port.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let name = match host.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => host.split(':').next()?,
    };
    (!name.is_empty()).then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether a server is one that everybody can ask: no example, not this machine, not its network.
fn is_public(host: &str) -> bool {
    if host.parse::<IpAddr>().is_ok() {
        // Documentation that leads to a bare number is an example.
        return false;
    }
    let reserved = [
        "localhost",
        ".local",
        ".internal",
        ".test",
        ".invalid",
        ".example",
        ".lan",
        ".home.arpa",
    ];
    let examples = ["example.com", "example.org", "example.net"];
    host.contains('.')
        && !reserved.iter().any(|end| host.ends_with(end))
        && !examples.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        // `127.1` and `0x7f.1` are numbers too.
        && host.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') || last.starts_with("xn--"))
}
