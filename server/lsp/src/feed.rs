//! What is done with a connection while it lasts: the workspace's repositories are found, their runs read,
//! and events passed on to the client and into [`Runs`].

mod repositories;
mod whose;

use crate::daemon::Connection;
use crate::link;
use crate::notices::EventNotice;
use crate::runs::Runs;
use client::Api;
use protocol::event::{Event, Subscribe};
use protocol::run::{Run, RunFilter, RunRef};
use protocol::{Error, ErrorKind};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tower_lsp::Client;
use whose::{Known, Whose};

/// Runs read of each repository when a connection is made.
const RUNS: u32 = 50;

/// What the feed needs of the session, and what it fills.
pub(crate) struct Feed {
    /// Where events go.
    pub(crate) editor: Client,
    /// What is kept of them.
    pub(crate) runs: Runs,
    /// The workspace's folders; they change while it lasts.
    pub(crate) folders: watch::Receiver<Vec<PathBuf>>,
    /// The client's word on the workspace's trust; it may change, too.
    pub(crate) trusted: watch::Receiver<Option<bool>>,
    /// Told when findings may have changed.
    pub(crate) findings: Arc<Notify>,
    /// The last event that was seen: after a loss the feed goes on from there.
    pub(crate) since: Option<u64>,
}

impl<A: Api + Clone + 'static> link::Feed<A> for Feed {
    async fn feed(&mut self, connection: Connection<A>) {
        if let Err(error) = self.run(connection).await {
            // The connection is lost, or as good as: another is made.
            tracing::warn!(%error, "the daemon's events cannot be followed");
        }
    }
}

/// Runs that are being read again.
struct Reading {
    tasks: JoinSet<(String, Result<Run, Error>)>,
    under_way: HashSet<String>,
    /// Changed once more meanwhile.
    again: HashSet<String>,
}

impl Feed {
    async fn run<A: Api + Clone + 'static>(
        &mut self,
        mut connection: Connection<A>,
    ) -> Result<(), Error> {
        let api = connection.api.clone();
        let mut folders = self.folders.clone();
        let mut trusted = self.trusted.clone();
        folders.mark_unchanged();
        trusted.mark_unchanged();
        let mut known = Known::default();
        let mut reading = Reading::new();
        self.subscribe(&api).await?;
        self.read_all(&api).await?;
        loop {
            tokio::select! {
                event = connection.events.recv() => match event {
                    Some(event) => self.take(&api, event, &mut known, &mut reading).await?,
                    None => return Ok(()),
                },
                Some(read) = reading.tasks.join_next() => {
                    if let Ok((run_id, outcome)) = read {
                        reading.done(&run_id, &api);
                        self.put(run_id, outcome);
                    }
                }
                Ok(()) = folders.changed() => {
                    known = Known::default();
                    self.read_all(&api).await?;
                }
                Ok(()) = trusted.changed() => self.read_all(&api).await?,
            }
        }
    }

    /// From here on events come; what happened since the last one comes first.
    async fn subscribe<A: Api>(&mut self, api: &A) -> Result<(), Error> {
        let subscribe = Subscribe {
            since: self.since,
            ..Subscribe::default()
        };
        let subscribed = api.events_subscribe(subscribe).await?;
        if subscribed.reload {
            self.tell(reload()).await;
        }
        // After a journal that begins anew the old number would hide what comes.
        if self
            .since
            .is_none_or(|since| subscribed.reload || since > subscribed.last_seq)
        {
            self.since = Some(subscribed.last_seq);
        }
        Ok(())
    }

    async fn read_all<A: Api>(&mut self, api: &A) -> Result<(), Error> {
        let folders = self.folders.borrow().clone();
        let trusted = *self.trusted.borrow();
        let repositories = repositories::find(api, folders, trusted).await?;
        let mut runs = Vec::new();
        for root in repositories.roots() {
            let filter = RunFilter {
                repo: Some(root.display().to_string()),
                limit: Some(RUNS),
                ..RunFilter::default()
            };
            match api.run_list(filter).await {
                Ok(list) => runs.extend(list.runs),
                Err(error) if error.kind == ErrorKind::Unreachable => return Err(error),
                // A repository that was removed meanwhile, for example.
                Err(error) => tracing::warn!(%error, root = %root.display(), "runs cannot be read"),
            }
        }
        self.runs.replace(repositories, runs);
        self.findings.notify_one();
        Ok(())
    }

    async fn take<A: Api + Clone + 'static>(
        &mut self,
        api: &A,
        event: Event,
        known: &mut Known,
        reading: &mut Reading,
    ) -> Result<(), Error> {
        if let Some(seq) = event.seq {
            self.since = Some(seq);
        }
        if event.kind == "reload" {
            self.tell(event).await;
            return self.read_all(api).await;
        }
        match known.whose(api, &self.runs, &event).await {
            Whose::Others => return Ok(()),
            Whose::Ours => {}
            Whose::New(run) => {
                self.runs.adopt(PathBuf::from(&run.repo));
                self.runs.put(*run);
            }
        }
        if let Some(run_id) = event.run_id.clone().filter(|_| event.seq.is_some()) {
            reading.read(run_id, api);
        }
        if changes_findings(&event) {
            self.findings.notify_one();
        }
        self.tell(event).await;
        Ok(())
    }

    fn put(&self, run_id: String, outcome: Result<Run, Error>) {
        match outcome {
            Ok(run) => self.runs.put(run),
            Err(error) if error.kind == ErrorKind::NotFound => self.runs.remove(&run_id),
            Err(error) => tracing::warn!(%error, run_id, "a run cannot be read"),
        }
    }

    /// A client that does not read holds up the feed; what it misses becomes one `reload`.
    async fn tell(&self, event: Event) {
        self.editor.send_notification::<EventNotice>(event).await;
    }
}

impl Reading {
    fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            under_way: HashSet::new(),
            again: HashSet::new(),
        }
    }

    /// Reads a run; one at a time of each, so that the newest answer is the last.
    fn read<A: Api + Clone + 'static>(&mut self, run_id: String, api: &A) {
        if !self.under_way.insert(run_id.clone()) {
            self.again.insert(run_id);
            return;
        }
        let api = api.clone();
        self.tasks.spawn(async move {
            let reference = RunRef {
                run_id: run_id.clone(),
                repo: None,
            };
            let outcome = api.run_show(reference).await;
            (run_id, outcome)
        });
    }

    fn done<A: Api + Clone + 'static>(&mut self, run_id: &str, api: &A) {
        self.under_way.remove(run_id);
        if self.again.remove(run_id) {
            self.read(run_id.to_owned(), api);
        }
    }
}

/// Steps that begin or end supersede what was found before; what they do in between does not.
fn changes_findings(event: &Event) -> bool {
    match event.kind.split_once('.') {
        Some(("run", _)) => true,
        Some(("step", status)) => {
            !matches!(status, "waiting" | "queued" | "preparing" | "verifying")
        }
        _ => event.kind.starts_with("finding"),
    }
}

fn reload() -> Event {
    Event {
        kind: "reload".to_owned(),
        ..Event::default()
    }
}
