//! Results of steps that are read to place findings well: a few at a time, and not more than fit.

use super::super::ask;
use super::super::board::{Found, Origin};
use super::super::look::Looked;
use super::Show;
use crate::daemon::Connect;
use crate::uri;
use std::path::PathBuf;
use std::sync::Arc;

/// Results that are read at once.
const READING: usize = 8;
/// The most bytes of results that are kept; beyond that findings are searched for by their own lines.
const TEXTS: usize = 24 << 20;

/// A result that would help to place findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Want {
    file: PathBuf,
    run_id: String,
    step_id: Option<String>,
}

/// A result that was read.
pub(super) type Read = (Want, Option<Arc<str>>);

impl<C: Connect> Show<'_, C> {
    pub(super) fn want(&mut self, address: &str, looked: &Looked) {
        let Some(file) = uri::to_path(address).filter(|_| self.kept < TEXTS) else {
            return;
        };
        for (run_id, step_id) in &looked.wants {
            let want = Want {
                file: file.clone(),
                run_id: run_id.clone(),
                step_id: step_id.clone(),
            };
            self.origin(&want, Origin::Asked);
            self.to_read.push(want);
        }
    }

    /// Reads results, a few at a time.
    pub(super) fn read(&mut self) {
        let Some(api) = self.session.link.connected() else {
            return;
        };
        while self.reading.len() < READING {
            let Some(want) = self.to_read.pop() else {
                return;
            };
            let Some(found) = self.found(&want) else {
                continue;
            };
            let api = api.clone();
            self.reading.spawn(async move {
                let path = found.finding.path.as_deref().unwrap_or_default();
                let step_id = want.step_id.as_deref();
                let text = ask::result(&api, &found.root, &want.run_id, step_id, path).await;
                (want, text)
            });
        }
    }

    pub(super) async fn was_read(&mut self, read: Option<Read>) {
        if let Some((want, text)) = read {
            self.kept += text.as_ref().map_or(0, |text| text.len());
            let origin = text.map_or(Origin::Gone, Origin::Text);
            self.origin(&want, origin);
            let jobs = self.job(&want.file).into_iter().collect();
            self.look(jobs).await;
        }
        self.read();
    }

    fn found(&self, want: &Want) -> Option<Arc<Found>> {
        let file = self.board.get(&want.file)?;
        let key = (want.run_id.as_str(), want.step_id.as_deref());
        let group = file.groups.iter().find(|group| group.of() == key)?;
        group.found.first().cloned()
    }

    fn origin(&mut self, want: &Want, origin: Origin) {
        let Some(file) = self.board.get_mut(&want.file) else {
            return;
        };
        let key = (want.run_id.as_str(), want.step_id.as_deref());
        let groups = &mut Arc::make_mut(file).groups;
        if let Some(group) = groups.iter_mut().find(|group| group.of() == key) {
            group.origin = origin;
        }
    }
}
