//! Notifications of a connection: what happened since, then what happens.

use super::Session;
use crate::convert;
use crate::core::FindingsChanged;
use engine::Happening;
use engine::ports::Signal;
use model::ids::RunId;
use model::journal::Event;
use model::task::{Product, Task};
use protocol::Error;
use protocol::event::{EVENT, Subscribe, Subscribed};
use protocol::rpc::Request;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

/// Lines to a connection, in order.
pub(crate) type Outbox = mpsc::Sender<Vec<u8>>;

/// Events since a place in the journal that are told again; beyond that everything is read again.
const BACKLOG: u32 = 10_000;

pub(super) async fn subscribe(session: &Session, params: Subscribe) -> Result<Subscribed, Error> {
    // First the ear, then the look back: what happens in between is heard, and told once.
    let happenings = session.core.engine.subscribe();
    let last_seq = session
        .core
        .engine
        .last_seq()
        .await
        .map_err(crate::core::engine_error)?;
    let filter = Filter::new(session, &params).await?;
    let (past, reload) = past(session, params.since, last_seq).await?;
    let forward = Forward {
        core: Arc::clone(&session.core),
        outbox: session.outbox.clone(),
        filter,
        tasks: HashMap::new(),
    };
    let findings = session.core.findings.subscribe();
    tokio::spawn(forward.run(past, last_seq, happenings, findings));
    Ok(Subscribed { last_seq, reload })
}

async fn past(
    session: &Session,
    since: Option<u64>,
    last_seq: u64,
) -> Result<(Vec<Event>, bool), Error> {
    let Some(since) = since.filter(|since| *since < last_seq) else {
        return Ok((Vec::new(), false));
    };
    let read = move |store: &mut store::Store| {
        Ok((
            store.oldest_seq()?,
            store.events_since(since, BACKLOG, None)?,
        ))
    };
    let (oldest, events) = session.core.store().with(read).await?;
    let complete = oldest <= since + 1 && events.last().is_some_and(|event| event.seq >= last_seq);
    Ok(if complete {
        (events, false)
    } else {
        (Vec::new(), true)
    })
}

/// Which happenings a subscriber wants.
struct Filter {
    run: Option<String>,
    task: Option<String>,
    repo: Option<PathBuf>,
}

impl Filter {
    async fn new(session: &Session, params: &Subscribe) -> Result<Self, Error> {
        let repo = match &params.repo {
            Some(folder) => Some(session.core.root(folder).await?),
            None => None,
        };
        Ok(Self {
            run: params.run_id.clone(),
            task: params.task_id.clone(),
            repo,
        })
    }

    fn wants(&self, run: Option<&str>, task: Option<&str>, tenant: Option<&PathBuf>) -> bool {
        let same =
            |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        let here = self.repo.is_none() || self.repo.as_ref() == tenant;
        same(&self.run, run) && same(&self.task, task) && here
    }
}

struct Forward {
    core: Arc<crate::core::Core>,
    outbox: Outbox,
    filter: Filter,
    /// Tasks that signals were about, without what changes in them.
    tasks: HashMap<model::ids::TaskId, Option<Arc<Task>>>,
}

impl Forward {
    async fn run(
        mut self,
        past: Vec<Event>,
        mut last_seq: u64,
        mut happenings: broadcast::Receiver<Happening>,
        mut findings: broadcast::Receiver<FindingsChanged>,
    ) {
        for event in past {
            last_seq = last_seq.max(event.seq);
            if self.event(&event).await.is_err() {
                return;
            }
        }
        loop {
            let sent = tokio::select! {
                happening = happenings.recv() => match happening {
                    Ok(Happening::Event(event)) if event.seq > last_seq => self.event(&event).await,
                    Ok(Happening::Event(_)) => Ok(()),
                    Ok(Happening::Signal(signal)) => self.signal(&signal).await,
                    Err(RecvError::Lagged(_)) => self.reload().await,
                    Err(RecvError::Closed) => return,
                },
                changed = findings.recv() => match changed {
                    Ok(changed) => self.findings(changed).await,
                    Err(RecvError::Lagged(_)) => self.reload().await,
                    Err(RecvError::Closed) => return,
                },
                () = self.outbox.closed() => return,
            };
            if sent.is_err() {
                return;
            }
        }
    }

    async fn event(&mut self, event: &Event) -> Result<(), Gone> {
        let tenant = if self.filter.repo.is_some() {
            self.tenant(event).await
        } else {
            None
        };
        let run = event.run.as_ref().map(RunId::as_str);
        let task = event.task.as_ref().map(model::ids::TaskId::as_str);
        if !self.filter.wants(run, task, tenant.as_ref()) {
            return Ok(());
        }
        self.send(convert::event(event)).await
    }

    async fn tenant(&mut self, event: &Event) -> Option<PathBuf> {
        if let Some(id) = &event.task {
            return self.task(id).await.map(|task| task.tenant.clone());
        }
        let id = event.run.clone()?;
        let found = self
            .core
            .store()
            .with(move |store| store.run(&id))
            .await
            .ok()
            .flatten();
        found.map(|(run, _)| run.repo)
    }

    async fn signal(&mut self, signal: &Signal) -> Result<(), Gone> {
        let task = self.task(&signal.task).await;
        let run = task
            .as_ref()
            .and_then(|task| task.run.as_ref())
            .map(|(run, _)| run.to_string());
        let tenant = task.as_ref().map(|task| &task.tenant);
        if !self
            .filter
            .wants(run.as_deref(), Some(signal.task.as_str()), tenant)
        {
            return Ok(());
        }
        // A signal may be lost: nobody waits for a slow reader because of one.
        let line = line(convert::signal(signal, task.as_deref()));
        let _ = self.outbox.try_send(line);
        Ok(())
    }

    /// Unlike other signals it is not dropped: it comes once.
    async fn findings(&self, changed: FindingsChanged) -> Result<(), Gone> {
        if !self.filter.wants(None, None, Some(&changed.repo)) {
            return Ok(());
        }
        self.send(convert::findings_changed(changed.id)).await
    }

    async fn task(&mut self, id: &model::ids::TaskId) -> Option<Arc<Task>> {
        if let Some(known) = self.tasks.get(id) {
            return known.clone();
        }
        if self.tasks.len() > 1000 {
            self.tasks.clear();
        }
        let wanted = id.clone();
        let found = self
            .core
            .store()
            .with(move |store| store.task(&wanted))
            .await
            .ok()
            .flatten()
            .map(|mut task| {
                // What it left may be large, and changes.
                task.product = Product::default();
                Arc::new(task)
            });
        self.tasks.insert(id.clone(), found.clone());
        found
    }

    async fn reload(&self) -> Result<(), Gone> {
        let kind = "reload".to_owned();
        let at = crate::clock::text(crate::clock::now());
        self.send(protocol::event::Event {
            kind,
            at,
            ..protocol::event::Event::default()
        })
        .await
    }

    async fn send(&self, event: protocol::event::Event) -> Result<(), Gone> {
        self.outbox.send(line(event)).await.map_err(|_| Gone)
    }
}

/// The connection is closed.
struct Gone;

fn line(event: protocol::event::Event) -> Vec<u8> {
    let params = serde_json::to_value(event).unwrap_or_default();
    serde_json::to_vec(&Request::notification(EVENT, params)).unwrap_or_default()
}
