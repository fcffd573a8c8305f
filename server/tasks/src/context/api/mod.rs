//! The client of Context7: finds a library's id, and gets documentation. It tells what went wrong in words of its
//! own, in which neither key nor question nor id appears.

mod answer;
mod quota;
mod refusal;

pub(crate) use answer::Docs;
pub use quota::Quota;
pub(crate) use refusal::Refusal;

use crate::ground::{Ground, Stop};
use crate::web::{Answer, Request, Web};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where it is.
pub const URL: &str = "https://context7.com/api";
/// Tries of one question where the server fails or does not answer.
const TRIES: u32 = 3;
/// Redirects of a library's id that are followed.
const REDIRECTS: u32 = 3;
/// A wait that the server asks for and that is waited for at once; longer ones are remembered.
const SHORT_WAIT: u64 = 5;
/// Time of one question.
const TIME: Duration = Duration::from_secs(30);

/// A key; it is shown nowhere.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// A key, where there is one.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        let key = key.trim();
        let fine = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
        fine.then(|| Self(key.to_owned()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

/// Where Context7 is, and who asks.
#[derive(Debug, Clone)]
pub struct Access {
    base: String,
    key: Option<Key>,
}

impl Access {
    /// Context7 at this address, without one at its own.
    ///
    /// # Errors
    /// An address that is none, or to which a key would go unencrypted: a sentence for people.
    pub fn new(url: Option<&str>, key: Option<Key>) -> Result<Self, String> {
        let given = url
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .unwrap_or(URL);
        let base = given.trim_end_matches('/');
        // Others have the version in the address.
        let base = base
            .strip_suffix("/v2")
            .or_else(|| base.strip_suffix("/v1"))
            .unwrap_or(base);
        let host = base.strip_prefix("http://").map(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            host.rsplit_once(':')
                .map_or(host, |(host, _)| host)
                .to_owned()
        });
        let local =
            host.is_none_or(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host.as_str()));
        let plain = base.chars().all(|c| c.is_ascii_graphic()) && !base.contains(['@', '?', '#']);
        let fine = plain && local && (base.starts_with("https://") || base.starts_with("http://"));
        if !fine {
            return Err(
                "CONTEXT7_API_URL has to be an https address without a name or a question in it"
                    .to_owned(),
            );
        }
        Ok(Self {
            base: base.to_owned(),
            key,
        })
    }

    /// Whether there is a key.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }
}

/// Context7, asked by a task.
pub(crate) struct Api<'a> {
    pub(crate) web: &'a dyn Web,
    pub(crate) ground: &'a dyn Ground,
    pub(crate) access: &'a Access,
    pub(crate) now: Timestamp,
    /// Questions that were sent.
    sent: AtomicU64,
    quota: std::sync::Mutex<Quota>,
}

impl<'a> Api<'a> {
    pub(crate) fn new(
        web: &'a dyn Web,
        ground: &'a dyn Ground,
        access: &'a Access,
        quota: Quota,
        now: Timestamp,
    ) -> Self {
        Self {
            web,
            ground,
            access,
            now,
            sent: AtomicU64::new(0),
            quota: std::sync::Mutex::new(quota),
        }
    }

    /// Questions that were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What is known of what may still be asked.
    pub(crate) fn quota(&self) -> Quota {
        self.with_quota(|quota| quota.clone())
    }

    fn with_quota<T>(&self, work: impl FnOnce(&mut Quota) -> T) -> T {
        let mut quota = self.quota.lock().unwrap_or_else(|held| held.into_inner());
        work(&mut quota)
    }

    /// The id of a library, where one matches its name.
    pub(crate) fn find(&self, library: &str, question: &str) -> Result<Found, Refusal> {
        let answer = self.get(
            "/v2/libs/search",
            &[("libraryName", library), ("query", question)],
        )?;
        answer::best(&answer.body, library)
    }

    /// Documentation.
    pub(crate) fn docs(&self, id: &str, question: &str) -> Result<Docs, Refusal> {
        let mut id = id.to_owned();
        for _ in 0..REDIRECTS {
            match self.get(
                "/v2/context",
                &[("libraryId", &id), ("query", question), ("type", "json")],
            ) {
                Err(Refusal::Moved(to)) => id = to,
                Err(refusal) => return Err(refusal),
                Ok(answer) => return answer::docs(&answer.body, id),
            }
        }
        Err(Refusal::Odd(
            "it sends from one library to the next and back".to_owned(),
        ))
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Refusal> {
        let pairs = query.iter().map(|(name, value)| {
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        });
        let url = format!(
            "{}{path}?{}",
            self.access.base,
            pairs.collect::<Vec<_>>().join("&")
        );
        let mut request = Request {
            time: TIME,
            ..Request::get(url)
        }
        .header("Accept", "application/json");
        if let Some(Key(key)) = &self.access.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let mut waited = false;
        let mut tries = 1;
        loop {
            self.allowed()?;
            let refusal = match self.ask(&request) {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            match refusal {
                Refusal::Limited(Some(seconds)) if seconds <= SHORT_WAIT && !waited => {
                    waited = true;
                    self.wait(Duration::from_secs(seconds))?;
                }
                Refusal::Server(_) | Refusal::NoAnswer if tries < TRIES => {
                    self.wait(Duration::from_millis(250 << tries))?;
                    tries += 1;
                }
                refusal => {
                    self.with_quota(|quota| quota.refused(&refusal, self.now));
                    return Err(refusal);
                }
            }
        }
    }

    /// Whether another question may be sent: the task goes on, and no limit is known.
    fn allowed(&self) -> Result<(), Refusal> {
        if let Some(stop) = self.ground.stop() {
            return Err(Refusal::Stopped(stop));
        }
        match self.with_quota(|quota| quota.until(self.now)) {
            Some(until) => Err(Refusal::Limited(
                u64::try_from(until.duration_since(self.now).as_secs()).ok(),
            )),
            None => Ok(()),
        }
    }

    fn ask(&self, request: &Request) -> Result<Answer, Refusal> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let answer = self
            .web
            .ask(request)
            .map_err(|why| refusal::of_silence(&why))?;
        self.with_quota(|quota| quota.heard(&answer, self.now));
        match refusal::of_answer(&answer, self.now) {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }

    fn wait(&self, time: Duration) -> Result<(), Refusal> {
        const PIECE: Duration = Duration::from_millis(50);
        let pieces = time.as_millis().div_ceil(PIECE.as_millis());
        for _ in 0..pieces {
            if let Some(stop) = self.ground.stop() {
                return Err(Refusal::Stopped(stop));
            }
            std::thread::sleep(PIECE);
        }
        Ok(())
    }
}

/// A library that Context7 has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) trust: Option<f64>,
}

/// Of a stop: it ends the task, and is no fault of Context7.
pub(crate) fn stop_of(refusal: &Refusal) -> Option<Stop> {
    match refusal {
        Refusal::Stopped(stop) => Some(*stop),
        _ => None,
    }
}

/// So many seconds later.
fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.saturating_add(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
