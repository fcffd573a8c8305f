//! What of a client's environment a step gets to see: a short list, so that a step runs the same
//! from an editor, a terminal and cron, and no secret comes along unasked.
//!
//! What the engine itself adds (`OFFSHOOT_…`, `GIT_TERMINAL_PROMPT`) is not here.

use model::run::Environment;
pub use settings::variable::refused;
use settings::variable::{ADVISORIES, GIT};

/// Kept by name. `XDG_CONFIG_HOME` is kept for the reason that HOME is: it says where git and the agents find the
/// user's configuration, and without it a step would commit with another identity than the user.
const KEPT: [&str; 9] = [
    "PATH",
    "HOME",
    "USER",
    "SHELL",
    "LANG",
    "TZ",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "XDG_CONFIG_HOME",
];

/// Where programs keep what they fetched and built. Without them a step would fetch all of it again, and an audit
/// would find neither its database nor the licences of packages.
const CACHES: [&str; 6] = [
    "XDG_CACHE_HOME",
    "CARGO_HOME",
    "GOPATH",
    "GOMODCACHE",
    "GEM_HOME",
    "GEM_PATH",
];

/// Proxies, in either case.
const PROXIES: [&str; 5] = [
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "all_proxy",
    "no_proxy",
];

/// This process's own variables; what is no UTF-8 is left out.
pub(crate) fn own() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The plain variables of a step, by name. They are stored with the run; secrets are not among them.
/// `extra_names` are those of `offshoot.env`.
pub fn filter(client_env: &[(String, String)], extra_names: &[String]) -> Environment {
    let mut kept: Vec<(String, String)> = Vec::new();
    for (name, value) in client_env {
        let wanted = is_kept(name) || extra_names.contains(name);
        if wanted && !refused(name) && !holds_password(name, value) && !value.contains('\0') {
            kept.push((name.clone(), value.clone()));
        }
    }
    // Stable, so that of two with one name the first stays: the one that getenv finds.
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept.dedup_by(|later, first| later.0 == first.0);
    Environment(kept)
}

/// The values of variables named as secrets, and the names that the client does not have.
/// The values may only go through pipes and memory.
pub fn secrets(
    client_env: &[(String, String)],
    names: &[String],
) -> (Vec<(String, String)>, Vec<String>) {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| !refused(name)) {
        if missing.contains(name) || found.iter().any(|(known, _)| known == name) {
            continue;
        }
        match client_env.iter().find(|(known, _)| known == name) {
            Some((_, value)) => found.push((name.clone(), value.clone())),
            None => missing.push(name.clone()),
        }
    }
    (found, missing)
}

fn is_kept(name: &str) -> bool {
    let listed = [&KEPT[..], &CACHES, &GIT].concat();
    listed.contains(&name) || name.starts_with("LC_") || is_address(name)
}

fn is_address(name: &str) -> bool {
    name == ADVISORIES || is_proxy(name)
}

fn is_proxy(name: &str) -> bool {
    PROXIES
        .iter()
        .any(|proxy| *proxy == name || proxy.to_ascii_uppercase() == name)
}

/// `http://user:password@host`. An address without scheme is possible too.
fn holds_password(name: &str, value: &str) -> bool {
    let authority = value.split_once("://").map_or(value, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    is_address(name)
        && authority
            .rsplit_once('@')
            .is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::{filter, refused, secrets};

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn keeps_the_list_and_what_is_named() {
        let given = [
            ("PATH", "/bin", true),
            ("HOME", "/home/me", true),
            ("USER", "me", true),
            ("SHELL", "/bin/sh", true),
            ("LANG", "C", true),
            ("LC_ALL", "C", true),
            ("LC_TIME", "C", true),
            ("LCX", "x", false),
            ("TZ", "UTC", true),
            ("TMPDIR", "/tmp", true),
            ("SSH_AUTH_SOCK", "/s", true),
            ("XDG_CONFIG_HOME", "/c", true),
            ("XDG_STATE_HOME", "/c", false),
            ("http_proxy", "http://p:1", true),
            ("HTTPS_PROXY", "http://me@p:1", true),
            ("ALL_PROXY", "socks5://me:pw@p:1", false),
            ("all_proxy", "me:pw@p:1", false),
            ("no_proxy", "a,b", true),
            ("Http_Proxy", "x", false),
            ("AWS_SECRET_ACCESS_KEY", "x", false),
            ("JAVA_HOME", "/java", true),
            ("CARGO_HOME", "/cargo", true),
            ("GOMODCACHE", "/go", true),
            ("XDG_CACHE_HOME", "/cache", true),
            ("OFFSHOOT_OSV_URL", "http://mirror", true),
            ("GIT_AUTHOR_NAME", "Me", true),
            ("GIT_COMMITTER_EMAIL", "me@x", true),
            ("GIT_AUTHOR_DATE", "now", false),
            ("GIT_CONFIG_GLOBAL", "/g", true),
            ("GIT_CONFIG_NOSYSTEM", "1", true),
            ("GIT_CONFIG_COUNT", "1", false),
            ("GIT_DIR", "/r/.git", false),
            ("GIT_SSH_COMMAND", "ssh -v", false),
            ("OFFSHOOT_ATTEMPT", "a", false),
            ("TZDIR", "x", false),
        ];
        let client: Vec<_> = given
            .iter()
            .map(|(name, value, _)| (*name, *value))
            .collect();
        let extra = names(&["JAVA_HOME", "GIT_DIR", "OFFSHOOT_ATTEMPT", "NOT_THERE"]);
        let mut expected: Vec<_> = given
            .iter()
            .filter(|(_, _, kept)| *kept)
            .map(|(name, value, _)| (*name, *value))
            .collect();
        expected.sort_unstable();
        assert_eq!(filter(&env(&client), &extra).0, env(&expected));
    }

    #[test]
    fn the_first_of_two_counts_and_order_does_not() {
        let kept = filter(&env(&[("TZ", "a"), ("HOME", "/h"), ("TZ", "b")]), &[]);
        assert_eq!(kept.0, env(&[("HOME", "/h"), ("TZ", "a")]));
        let other = filter(&env(&[("HOME", "/h"), ("TZ", "a")]), &[]);
        assert_eq!(kept.0, other.0);
    }

    #[test]
    fn secrets_are_found_or_missing_once() {
        let client = env(&[("TOKEN", "t"), ("GIT_DIR", "/x"), ("EMPTY", "")]);
        let (found, missing) = secrets(
            &client,
            &names(&["TOKEN", "OTHER", "TOKEN", "OTHER", "GIT_DIR", "EMPTY"]),
        );
        assert_eq!(found, env(&[("TOKEN", "t"), ("EMPTY", "")]));
        assert_eq!(missing, names(&["OTHER"]));
        assert!(refused("GIT_DIR") && !refused("GITHUB_TOKEN"));
    }

    #[test]
    fn addresses_with_a_password_are_left_out() {
        let client = env(&[
            ("http_proxy", "http://me:pw@p:1/"),
            ("https_proxy", "http://p:1/?a=b:c@d"),
            ("OFFSHOOT_OSV_URL", "https://me:pw@mirror"),
        ]);
        let kept = filter(&client, &[]);
        assert_eq!(kept.0, env(&[("https_proxy", "http://p:1/?a=b:c@d")]));
    }
}
