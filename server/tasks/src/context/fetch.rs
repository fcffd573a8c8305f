//! Fetching topics of a library into the knowledge base, and what is remembered of it.

use super::Surroundings;
use super::api::{Api, Quota, Refusal, stop_of};
use super::cache::{Cache, told};
use super::counts::Counts;
use super::entry::{Entry, tokens};
use super::topics::question;
use crate::ground::{Ground, Halt};
use crate::web::Web;
use jiff::Timestamp;
use std::io;
use std::time::{Duration, Instant};

/// What came of asking Context7.
pub(super) struct Asked {
    /// How it ended.
    pub(super) ended: Result<(), Halt>,
    /// Questions that were sent.
    pub(super) requests: u64,
    /// What is known of the quota now.
    pub(super) quota: Option<Quota>,
}

/// Lets a task ask Context7, where that may be asked, and remembers what is learned by it.
///
/// # Errors
/// When its artifact cannot be written.
pub(super) fn ask(
    (ground, web): (&dyn Ground, &dyn Web),
    around: &Surroundings,
    cache: &Cache,
    work: impl FnOnce(&Fetch<'_>) -> io::Result<Result<(), Halt>>,
) -> io::Result<Asked> {
    let quota = Quota::read(cache.root(), around.now);
    let not_asked = |why: String| Asked {
        ended: Err(Halt::NotRun(why)),
        requests: 0,
        quota: quota.said(),
    };
    let access = match &around.access {
        Ok(access) => access,
        Err(why) => return Ok(not_asked(why.clone())),
    };
    if let Some(until) = quota.until(around.now) {
        let why = format!("Context7 takes no more questions until {}", told(until));
        return Ok(not_asked(why));
    }
    let fetch = Fetch {
        cache,
        api: Api::new(web, ground, access, quota, around.now),
        ground,
        now: around.now,
    };
    let ended = work(&fetch)?;
    let remembered = fetch.remember();
    Ok(Asked {
        ended: ended.and(remembered),
        requests: fetch.api.sent(),
        quota: fetch.api.quota().said(),
    })
}

/// Fetches with one client into one knowledge base.
pub(super) struct Fetch<'a> {
    pub(super) cache: &'a Cache,
    pub(super) api: Api<'a>,
    pub(super) ground: &'a dyn Ground,
    pub(super) now: Timestamp,
}

/// What came of a library.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Topics that are there now.
    pub(super) topics: usize,
    /// Topics of which there is nothing.
    pub(super) absent: Vec<String>,
    /// What stopped the others.
    pub(super) refusal: Option<Refusal>,
}

impl Fetch<'_> {
    /// Fetches these topics. What is there before stays until the new is.
    pub(super) fn library(
        &self,
        name: &str,
        known_id: Option<&str>,
        topics: &[String],
    ) -> Result<Fetched, Halt> {
        let mut fetched = Fetched {
            topics: 0,
            absent: Vec::new(),
            refusal: None,
        };
        let mut known = known_id.map(|id| (id.to_owned(), None));
        for topic in topics {
            match self.topic(name, topic, &mut known)? {
                Ok(()) => fetched.topics += 1,
                // Of one topic there may be nothing, and of the next there is.
                Err(Refusal::NotFound) if known.is_some() => {
                    fetched.absent.push(topic.clone());
                    fetched.refusal = Some(Refusal::NotFound);
                }
                Err(refusal) => {
                    fetched.refusal = Some(refusal);
                    break;
                }
            }
        }
        if let Some(stop) = fetched.refusal.as_ref().and_then(stop_of) {
            return Err(Halt::Stopped(stop));
        }
        Ok(fetched)
    }

    fn topic(
        &self,
        name: &str,
        topic: &str,
        known: &mut Option<(String, Option<f64>)>,
    ) -> Result<Result<(), Refusal>, Halt> {
        let question = question(name, topic);
        let (id, trust) = match known.clone() {
            Some(known) => known,
            None => match self.api.find(name, &question) {
                Ok(found) => known.insert((found.id, found.trust)).clone(),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        let docs = match self.api.docs(&id, &question) {
            Ok(docs) => docs,
            Err(refusal) => return Ok(Err(refusal)),
        };
        *known = Some((docs.id.clone(), trust));
        let entry = Entry {
            library: name.to_owned(),
            topic: topic.to_owned(),
            id: Some(docs.id),
            trust,
            snippets: docs.snippets,
            tokens: tokens(&docs.text),
            updated: Some(self.now),
            hits: 0,
            body: docs.text,
            other: Vec::new(),
        };
        self.cache.store(self.ground, &entry, self.now)?;
        Ok(Ok(()))
    }

    /// Brings to disk what was learned: the quota, and how often was asked. Also when the task has to end, as the
    /// questions were sent all the same.
    pub(super) fn remember(&self) -> Result<(), Halt> {
        let sent = self.api.sent();
        if sent == 0 {
            return Ok(());
        }
        let quota = self.api.quota().write(self.cache.root());
        quota.map_err(|error| Halt::Failed(format!("the quota cannot be remembered: {error}")))?;
        self.cache.count(
            &Unhurried {
                ground: self.ground,
                until: Instant::now() + PATIENCE,
            },
            &Counts {
                api_calls: sent,
                ..Counts::default()
            },
        )
    }
}

/// Longer than this a lock is held by somebody who is stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last thing that a task does: for a while it waits for a lock although it has to end.
struct Unhurried<'a> {
    ground: &'a dyn Ground,
    until: Instant,
}

impl Ground for Unhurried<'_> {
    fn root(&self) -> &std::path::Path {
        self.ground.root()
    }

    fn files(&self) -> Result<Vec<std::path::PathBuf>, Halt> {
        self.ground.files()
    }

    fn added_lines(&self, range: &str) -> Result<Vec<crate::ground::AddedLines>, Halt> {
        self.ground.added_lines(range)
    }

    fn stop(&self) -> Option<crate::ground::Stop> {
        match Instant::now() < self.until {
            true => None,
            false => self.ground.stop(),
        }
    }
}
