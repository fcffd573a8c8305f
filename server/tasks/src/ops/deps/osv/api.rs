//! The service of OSV: which advisories are about a package, in batches and pages, then the advisories themselves,
//! which are kept in the cache until the service says that they changed.

use super::incoming::Incoming;
use super::record::Record;
use crate::ground::{Ground, Halt, go_on};
use crate::ops::deps::package::Package;
use crate::web::{Answer, Request, Unanswered, Web};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Queries of one batch, as the service takes them.
const BATCH: usize = 1000;
/// Pages of the answer to one query.
const PAGES: usize = 50;
/// Times that a question is put.
const TRIES: u32 = 3;
/// Advisories that are fetched at once.
const AT_ONCE: usize = 6;
/// Bytes of one answer.
const LARGEST: u64 = 64 << 20;
/// How long one answer may take.
const TIME: Duration = Duration::from_secs(20);
/// The longest that is waited when the service asks to come back later.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at whether it has to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// The service.
#[derive(Clone, Copy)]
pub(crate) struct Service<'a> {
    /// Its address.
    pub(crate) base: &'a str,
    pub(crate) web: &'a dyn Web,
    pub(crate) ground: &'a dyn Ground,
    /// Folder for advisories that were fetched.
    pub(crate) cache: &'a Path,
    /// Before the second try; then twice as long.
    pub(crate) pause: Duration,
}

/// What the service knows about one package: ids, with the time of their last change.
pub(crate) type Ids = BTreeMap<String, String>;

/// What it said.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Of each package that was asked about, in order.
    pub(crate) ids: Vec<Ids>,
    /// The advisories that could be had.
    pub(crate) records: BTreeMap<String, Record>,
    /// What went wrong.
    pub(crate) errors: Vec<String>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    results: Vec<Page>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    vulns: Vec<Named>,
    next_page_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    id: String,
    modified: String,
}

impl Service<'_> {
    /// Asks about these packages. What failed is among the errors; only a stop ends it early.
    pub(crate) fn ask(&self, packages: &[&Package]) -> Result<Answers, Halt> {
        let mut answers = Answers::default();
        for batch in packages.chunks(BATCH) {
            let mut ids = vec![Ids::new(); batch.len()];
            match self.batch(batch, &mut ids) {
                Ok(()) => {}
                Err(Halt::Failed(why)) => answers.errors.push(why),
                Err(stopped) => return Err(stopped),
            }
            answers.ids.append(&mut ids);
        }
        answers.errors.dedup();
        let wanted: BTreeMap<&String, &String> = answers.ids.iter().flatten().collect();
        let (records, errors) = self.records(&wanted)?;
        answers.records = records;
        answers.errors.extend(errors);
        Ok(answers)
    }

    fn batch(&self, packages: &[&Package], ids: &mut [Ids]) -> Result<(), Halt> {
        let mut open: Vec<(usize, Option<String>)> =
            (0..packages.len()).map(|at| (at, None)).collect();
        for _ in 0..PAGES {
            let queries: Vec<_> = open
                .iter()
                .filter_map(|(at, token)| Some(query(packages.get(*at)?, token.as_deref())))
                .collect();
            let url = format!("{}/v1/querybatch", self.base.trim_end_matches('/'));
            let answer = self.patiently(&Request {
                time: TIME,
                ..Request::post(url.clone(), json!({ "queries": queries }).to_string())
            })?;
            let read: Result<Batch, _> = serde_json::from_slice(&answer.body);
            let batch = read.map_err(|error| {
                Halt::Failed(format!("{url}: the answer cannot be read: {error}"))
            })?;
            if batch.results.len() != open.len() {
                let text = format!(
                    "{url}: {} answers to {} questions",
                    batch.results.len(),
                    open.len()
                );
                return Err(Halt::Failed(text));
            }
            let mut further = Vec::new();
            for ((at, _), page) in open.into_iter().zip(batch.results) {
                if let Some(ids) = ids.get_mut(at) {
                    ids.extend(
                        page.vulns
                            .into_iter()
                            .map(|named| (named.id, named.modified)),
                    );
                }
                if page
                    .next_page_token
                    .as_ref()
                    .is_some_and(|token| !token.is_empty())
                {
                    further.push((at, page.next_page_token));
                }
            }
            if further.is_empty() {
                return Ok(());
            }
            open = further;
        }
        Err(Halt::Failed(format!(
            "the service did not come to an end after {PAGES} pages"
        )))
    }

    /// Fetches advisories, several at once.
    fn records(
        &self,
        wanted: &BTreeMap<&String, &String>,
    ) -> Result<(BTreeMap<String, Record>, BTreeSet<String>), Halt> {
        let list: Vec<(&String, &String)> = wanted
            .iter()
            .map(|(id, modified)| (*id, *modified))
            .collect();
        let next = AtomicUsize::new(0);
        let done = Mutex::new((BTreeMap::new(), BTreeSet::new()));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(list.len()) {
                scope.spawn(|| {
                    while let Some((id, modified)) = list.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let outcome = self.record(id, modified);
                        let mut done = done.lock().unwrap_or_else(|held| held.into_inner());
                        match outcome {
                            Ok(record) => {
                                done.0.insert((*id).clone(), record);
                            }
                            Err(Halt::Failed(why)) => {
                                done.1.insert(why);
                            }
                            Err(Halt::Stopped(_) | Halt::NotRun(_)) => break,
                        }
                    }
                });
            }
        });
        go_on(self.ground)?;
        Ok(done.into_inner().unwrap_or_else(|held| held.into_inner()))
    }

    fn record(&self, id: &str, modified: &str) -> Result<Record, Halt> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if id.is_empty() || id.len() > 100 || id.starts_with('.') || !id.chars().all(plain) {
            return Err(Halt::Failed(
                "the service named an advisory by what is no id".to_owned(),
            ));
        }
        let name = format!("{id}.json");
        if let Some(record) = self.cached(&name)
            && record.modified == modified
        {
            return Ok(record);
        }
        let url = format!("{}/v1/vulns/{id}", self.base.trim_end_matches('/'));
        let answer = self.patiently(&Request {
            time: TIME,
            ..Request::get(url.clone())
        })?;
        let record = Record::read(&answer.body)
            .map_err(|error| Halt::Failed(format!("{url}: the answer cannot be read: {error}")))?;
        if let Ok(text) = serde_json::to_string(&record) {
            // A cache that cannot be written costs time and nothing else.
            let _ = crate::sheet::write(self.cache, &name, &text);
        }
        Ok(record)
    }

    fn cached(&self, name: &str) -> Option<Record> {
        let mut text = Vec::new();
        let file = File::open(self.cache.join(name)).ok()?;
        file.take(16 << 20).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Asks until there is an answer that will not get better.
    fn patiently(&self, request: &Request) -> Result<Answer, Halt> {
        let mut pause = self.pause;
        let mut why = String::new();
        for attempt in 1..=TRIES {
            go_on(self.ground)?;
            let mut wait = pause;
            match self.once(request) {
                Ok(answer) if answer.status == 200 => return Ok(answer),
                Ok(answer) => {
                    why = format!("{}: it answered with status {}", request.url, answer.status);
                    if !matches!(answer.status, 429 | 500 | 502 | 503 | 504) {
                        return Err(Halt::Failed(why));
                    }
                    if let Some(later) = later(&answer) {
                        if later > PATIENCE {
                            why = format!("{why} and asks to come back in {} s", later.as_secs());
                            return Err(Halt::Failed(why));
                        }
                        wait = later;
                    }
                }
                Err(Unanswered::NotAllowed) => {
                    return Err(Halt::Failed("the network may not be used".to_owned()));
                }
                Err(error) => why = error.to_string(),
            }
            if attempt < TRIES {
                self.wait(wait)?;
            }
            pause *= 2;
        }
        Err(Halt::Failed(format!("{why} ({TRIES} tries)")))
    }

    /// Asks once, and stops waiting when the task has to end.
    fn once(&self, request: &Request) -> Result<Answer, Unanswered> {
        let mut body = Incoming {
            into: Vec::new(),
            ground: self.ground,
        };
        let answer = self.web.fetch(request, LARGEST, &mut body)?;
        Ok(Answer {
            body: body.into,
            ..answer
        })
    }

    fn wait(&self, mut time: Duration) -> Result<(), Halt> {
        while !time.is_zero() {
            go_on(self.ground)?;
            let piece = time.min(GLANCE);
            std::thread::sleep(piece);
            time -= piece;
        }
        Ok(())
    }
}

fn query(package: &Package, token: Option<&str>) -> serde_json::Value {
    let mut query = json!({
        "package": { "name": package.name, "ecosystem": package.ecosystem.name() },
        "version": package.version,
    });
    if let (Some(token), Some(fields)) = (token, query.as_object_mut()) {
        fields.insert("page_token".to_owned(), token.into());
    }
    query
}

/// `Retry-After` in seconds; a date is not understood.
fn later(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
