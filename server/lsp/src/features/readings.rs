//! Documents as they were read, one reading for each version. Reading a large file takes a while, so it is
//! done beside the handlers; requests for the same version wait for the same reading.

use crate::language::Reading;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// The readings of what is open.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<HashMap<String, Slot>>);

#[derive(Debug, Clone)]
struct Slot {
    /// The text that is, or is being, read.
    text: Arc<str>,
    reading: Arc<OnceCell<Arc<Reading>>>,
}

impl Readings {
    /// The reading of this text. `open` tells which documents are to be kept.
    pub(crate) async fn get(
        &self,
        uri: &str,
        text: &Arc<str>,
        open: impl Fn(&str) -> bool,
    ) -> Option<Arc<Reading>> {
        let slot = self.slot(uri, text, open);
        let read = slot
            .reading
            .get_or_try_init(|| read(uri.to_owned(), Arc::clone(text)));
        match read.await {
            Ok(reading) => Some(Arc::clone(reading)),
            Err(error) => {
                tracing::error!(%error, "a document could not be read");
                None
            }
        }
    }

    /// Those that are there, without reading any.
    pub(crate) fn ready(&self) -> Vec<Arc<Reading>> {
        let slots = self.lock();
        let ready = slots.values().filter_map(|slot| slot.reading.get());
        ready.cloned().collect()
    }

    fn slot(&self, uri: &str, text: &Arc<str>, open: impl Fn(&str) -> bool) -> Slot {
        let mut slots = self.lock();
        match slots.get(uri) {
            Some(slot) if Arc::ptr_eq(&slot.text, text) => slot.clone(),
            _ => {
                slots.retain(|uri, _| open(uri));
                let slot = Slot {
                    text: Arc::clone(text),
                    reading: Arc::default(),
                };
                slots.insert(uri.to_owned(), slot.clone());
                slot
            }
        }
    }

    /// A panic elsewhere leaves the map whole: each change is one insert or remove.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(uri: String, text: Arc<str>) -> Result<Arc<Reading>, tokio::task::JoinError> {
    tokio::task::spawn_blocking(move || Arc::new(Reading::of(&uri, &text))).await
}
