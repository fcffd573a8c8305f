//! Whether a step changed a file: what the daemon says of it before and after. A result does not change, so it is
//! asked once.

use super::Found;
use crate::daemon::Connect;
use crate::session::Session;
use client::Api;
use protocol::Error;
use protocol::file::{FileRead, Side};
use protocol::run::Step;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a menu may wait for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers that are kept; beyond that all are asked for again.
const KEPT: usize = 1000;

/// The commit of a result, and a file in it.
type Key = (String, String);

/// What was asked already.
#[derive(Debug, Default)]
pub(crate) struct Changed(Mutex<HashMap<Key, bool>>);

impl Changed {
    /// Whether the step changed the file that a finding of it is about. What cannot be learned in time counts as
    /// no.
    pub(super) async fn by<C: Connect>(
        &self,
        session: &Session<C>,
        found: &Found,
        step: &Step,
    ) -> bool {
        let Some(path) = &found.finding.path else {
            return false;
        };
        // Without a commit somebody is still at work there: it is another answer each time.
        let key = step
            .commit
            .as_ref()
            .map(|commit| (commit.clone(), path.clone()));
        if let Some(known) = key.as_ref().and_then(|key| self.lock().get(key).copied()) {
            return known;
        }
        let read = FileRead {
            run_id: found.run_id.clone(),
            step_id: Some(step.id.clone()),
            side: Side::Base,
            path: path.clone(),
            repo: found.root.to_str().map(str::to_owned),
        };
        match tokio::time::timeout(PATIENCE, ask(session, read)).await {
            Ok(Ok(changed)) => {
                if let Some(key) = key {
                    self.keep(key, changed);
                }
                changed
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "what a step changed is not known");
                false
            }
            Err(_) => false,
        }
    }

    fn keep(&self, key: Key, changed: bool) {
        let mut known = self.lock();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, changed);
    }

    /// A panic elsewhere leaves the map whole: each change is one insert or the removal of all.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that the step made anew is changed; one that it removed, or that is no text, is nothing to merge.
async fn ask<C: Connect>(session: &Session<C>, read: FileRead) -> Result<bool, Error> {
    let _place = session.waiting.place()?;
    let api = session.to_read().await?;
    let base = api.file_read(read.clone()).await?;
    let side = Side::Result;
    let result = api.file_read(FileRead { side, ..read }).await?;
    Ok(!base.binary && result.text.is_some() && result.text != base.text)
}
