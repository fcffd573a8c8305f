//! When documentation is stale: by what kind of library it is of, told by the parts of the library's name.
//!
//! TappsCodingAgents looks for its words anywhere in a name, so that `latest`, `inspect` and `author-tools` count as
//! what they are not. Here a part of the name has to be the word, or to begin or end with it where the list says so.

use super::stamp;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// What kind of library it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Security: old documentation does harm.
    Critical,
    /// Tools for tests: they change often.
    Active,
    /// All others.
    Stable,
}

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// It is stale.
    Refresh,
    /// It will be within a week.
    ConsiderRefresh,
    /// It is fresh.
    Keep,
}

/// How a word stands in a part of a name.
#[derive(Clone, Copy)]
enum As {
    Whole,
    Start,
    End,
}

use As::{End, Start, Whole};

const CRITICAL: [(&str, As); 17] = [
    ("security", Whole),
    ("secure", Whole),
    ("auth", Whole),
    ("auth0", Whole),
    ("authn", Whole),
    ("authz", Whole),
    ("authlib", Whole),
    ("authentication", Whole),
    ("authorization", Whole),
    ("jwt", Start),
    ("jwt", End),
    ("jsonwebtoken", Start),
    ("oauth", Start),
    ("oauth", End),
    ("oauthlib", End),
    ("encrypt", Start),
    ("encrypt", End),
];
/// `latest` and `contest` end as `pytest` does: of ends only those that are known.
const ACTIVE: [(&str, As); 14] = [
    ("test", Start),
    ("pytest", Start),
    ("vitest", Start),
    ("unittest", Start),
    ("doctest", Start),
    ("nextest", Whole),
    ("proptest", Whole),
    ("spec", Whole),
    ("specs", Whole),
    ("rspec", Whole),
    ("mock", Start),
    ("wiremock", Whole),
    ("httpmock", Whole),
    ("stub", Start),
];

/// Days until documentation is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Of critical libraries.
    pub critical: u32,
    /// Of active ones.
    pub active: u32,
    /// Of all others.
    pub stable: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            critical: 7,
            active: 14,
            stable: 30,
        }
    }
}

/// How old documentation is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Age {
    pub(crate) kind: Kind,
    pub(crate) max_days: u32,
    /// None: it does not say when it was fetched, and counts as stale.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) stale: bool,
    /// Whole days until it is stale, below zero when it is; -1 where it does not say.
    pub(crate) days: i64,
    pub(crate) advice: Advice,
}

impl Policy {
    fn days(self, kind: Kind) -> u32 {
        match kind {
            Kind::Critical => self.critical,
            Kind::Active => self.active,
            Kind::Stable => self.stable,
        }
    }

    /// Judges documentation that was fetched then: stale is what is older, exactly as old is not.
    pub(crate) fn judge(self, library: &str, updated: Option<Timestamp>, now: Timestamp) -> Age {
        let kind = kind(library);
        let max_days = self.days(kind);
        let expires = updated.map(|at| stamp::after_days(at, i64::from(max_days)));
        let left = expires.map(|at| at.duration_since(now));
        let stale = left.is_none_or(|left| left < SignedDuration::ZERO);
        let days = left.map_or(-1, |left| {
            left.as_nanos()
                .div_euclid(DAY)
                .try_into()
                .unwrap_or(i64::MAX)
        });
        let advice = match (stale, days) {
            (true, _) => Advice::Refresh,
            (false, 8..) => Advice::Keep,
            (false, _) => Advice::ConsiderRefresh,
        };
        Age {
            kind,
            max_days,
            expires,
            stale,
            days,
            advice,
        }
    }
}

/// Nanoseconds.
const DAY: i128 = 86_400_000_000_000;

impl Age {
    /// How urgent it is to fetch it again.
    pub(crate) fn priority(&self) -> i64 {
        match (self.days, self.advice) {
            (..=-8, _) => 9,
            (..=-1, _) => 7,
            (_, Advice::ConsiderRefresh) => 3,
            _ => 5,
        }
    }
}

/// The kind that a library's name tells.
pub(crate) fn kind(library: &str) -> Kind {
    let parts = parts(library);
    let any = |words: &[(&str, As)]| {
        parts.iter().any(|part| {
            words.iter().any(|(word, place)| match place {
                Whole => part == word,
                Start => part.starts_with(word),
                End => part.ends_with(word),
            })
        })
    };
    if any(&CRITICAL) {
        Kind::Critical
    } else if any(&ACTIVE) {
        Kind::Active
    } else {
        Kind::Stable
    }
}

/// `@scope/some-nameHere` as `scope`, `some`, `name`, `here`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if (begins || !c.is_alphanumeric()) && parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut().filter(|_| c.is_alphanumeric()) {
            part.extend(c.to_lowercase());
        }
        before = c;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Advice, Kind, Policy, kind, parts};
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn kinds_are_told_by_parts_of_names() {
        for (names, expected) in [
            (
                "auth next-auth @auth/core pyjwt jwt-go jsonwebtoken oauth2 spring-security EncryptTool django-oauthlib requests-oauthlib bcrypt-encrypt",
                Kind::Critical,
            ),
            (
                "pytest vitest unittest @testing-library/react testify testcontainers rspec openapi-spec mockito wiremock stub-server proptest NUnitTest",
                Kind::Active,
            ),
            (
                "latest inspect author-tools authors contest fastest special spectrum react tokio hammock cryptography authority",
                Kind::Stable,
            ),
        ] {
            for name in names.split(' ') {
                assert_eq!(kind(name), expected, "{name}");
            }
        }
        assert_eq!(
            parts("@scope/some-nameHere2"),
            ["scope", "some", "name", "here2"]
        );
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn the_boundaries_are_those_of_the_policies() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let second = SignedDuration::from_secs(1);
        let day = second * 86_400;
        for (library, max) in [("jwt", 7), ("pytest", 14), ("react", 30)] {
            let judge = |age: SignedDuration| {
                let age = Policy::default().judge(library, Some(now - age), now);
                assert_eq!(age.max_days, u32::try_from(max).unwrap());
                (age.stale, age.days, age.advice, age.priority())
            };
            let max = day * max;
            assert_eq!(
                judge(max),
                (false, 0, Advice::ConsiderRefresh, 3),
                "{library}"
            );
            assert_eq!(
                judge(max + second),
                (true, -1, Advice::Refresh, 7),
                "{library}"
            );
            assert!(judge(max + SignedDuration::from_nanos(1)).0, "{library}");
            assert_eq!(
                judge(max + day * 7),
                (true, -7, Advice::Refresh, 7),
                "{library}"
            );
            assert_eq!(
                judge(max + day * 7 + second),
                (true, -8, Advice::Refresh, 9),
                "{library}"
            );
            assert_eq!(judge(max - day * 7 - second).1, 7, "{library}");
            assert_eq!(
                judge(max - day * 7 - second).2,
                Advice::ConsiderRefresh,
                "{library}"
            );
            let fresh = if library == "jwt" {
                SignedDuration::ZERO - day
            } else {
                max - day * 8
            };
            assert_eq!(judge(fresh), (false, 8, Advice::Keep, 5), "{library}");
        }
        let unknown = Policy::default().judge("react", None, now);
        assert_eq!(
            (unknown.stale, unknown.days, unknown.expires),
            (true, -1, None)
        );
        let own = Policy {
            stable: 1,
            ..Policy::default()
        };
        assert!(own.judge("react", Some(now - day - second), now).stale);
    }
}
