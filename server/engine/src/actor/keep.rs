//! Storing what a turn came to, and what follows from that: telling, answering, acting; or, where it
//! cannot be stored, as if the turn had not been.

use super::{Actor, Work};
use crate::handle::Happening;
use crate::ports::{Ports, Store, StoreError};
use model::journal::{Batch, Event};
use model::machine::Turn;
use model::run::Run;
use model::task::Task;
use std::sync::Arc;
use tokio::sync::oneshot;

impl<P: Ports> Actor<P> {
    /// Stores a turn; then tells, answers and acts. Where it cannot be stored none of it has happened:
    /// the state is read again, commands are refused, reports come again. `Some` after the last turn.
    pub(super) async fn keep(&mut self, work: Work) -> Option<oneshot::Sender<()>> {
        let batch = self.batch(&work.turn);
        let (stored, events) = (!batch.is_empty(), batch.events.clone());
        let result = match stored {
            true => self.ports.store().commit(batch).await,
            false => Ok(()),
        };
        match result {
            Ok(()) => self.kept(work, stored, events).await,
            Err(error) => self.roll_back(error, work).await,
        }
    }

    async fn kept(
        &mut self,
        work: Work,
        stored: bool,
        events: Vec<Event>,
    ) -> Option<oneshot::Sender<()>> {
        self.unsettled = false;
        if self.problem.is_some() && (stored || self.probe().await) {
            self.problem = None;
            tracing::info!("the state can be stored again");
        }
        self.last_seq = events.last().map_or(self.last_seq, |event| event.seq);
        for event in events {
            let _ = self.happenings.send(Happening::Event(Arc::new(event)));
        }
        for (reply, answer) in work.replies {
            let _ = reply.send(answer);
        }
        if work.last.is_none() {
            for effect in &work.turn.effects {
                self.act(effect.clone());
            }
        }
        self.stop_asking();
        self.show(work.looks);
        self.state.evict_ended(&work.turn.runs, &work.turn.tasks);
        self.state
            .evict_ended(&work.brought.runs, &work.brought.tasks);
        work.last
    }

    fn batch(&self, turn: &Turn) -> Batch {
        let runs: Vec<Run> = turn
            .runs
            .iter()
            .filter_map(|id| self.state.run(id))
            .cloned()
            .collect();
        let tasks: Vec<Task> = turn
            .tasks
            .iter()
            .filter_map(|id| self.state.task(id))
            .cloned()
            .collect();
        let events = turn.events.iter().cloned().zip(self.last_seq + 1..);
        let events = events
            .map(|(draft, seq)| Event {
                seq,
                at: draft.at,
                kind: draft.kind,
                run: draft.run,
                step: draft.step,
                task: draft.task,
                attempt: draft.attempt,
                message: draft.message,
            })
            .collect();
        Batch {
            runs,
            tasks,
            events,
        }
    }

    /// Whether storing works again, tried on a value that is stored already. With nothing at hand the
    /// next change will tell.
    async fn probe(&self) -> bool {
        let Some(task) = self.state.tasks().find(|task| task.run.is_none()).cloned() else {
            let Some(run) = self.state.runs().next().cloned() else {
                return false;
            };
            return self.commit_again(vec![run], Vec::new()).await;
        };
        self.commit_again(Vec::new(), vec![task]).await
    }

    async fn commit_again(&self, runs: Vec<Run>, tasks: Vec<Task>) -> bool {
        let batch = Batch {
            runs,
            tasks,
            events: Vec::new(),
        };
        self.ports.store().commit(batch).await.is_ok()
    }

    async fn roll_back(&mut self, error: StoreError, work: Work) -> Option<oneshot::Sender<()>> {
        if self.problem.as_deref() != Some(error.message.as_str()) {
            tracing::error!(%error, "nothing new is started until the state can be stored");
        }
        self.problem = Some(error.message.clone());
        self.again = work.reports;
        for (reply, answer) in work.replies {
            let _ = reply.send(answer.and(Err(error.clone().into())));
        }
        self.stale = true;
        self.read_back().await;
        self.show(work.looks);
        work.last
    }

    /// Makes the state what is stored. False when that cannot be read either.
    pub(super) async fn read_back(&mut self) -> bool {
        match self.ports.store().load().await {
            Ok(loaded) => {
                let mut state = self.state.emptied();
                state.insert(loaded.runs, loaded.tasks);
                self.state = state;
                self.last_seq = loaded.last_seq;
                self.stale = false;
                self.unsettled = true;
            }
            Err(error) => tracing::error!(%error, "the state could not be read back"),
        }
        !self.stale
    }
}
