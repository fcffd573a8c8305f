//! The texts that are open in the editor, and which of them changed.
//!
//! Handlers only put things in, without waiting, so that changes keep their order; the checker takes out
//! what changed. Only the newest text of a document is kept: typing faster than reading skips texts, and
//! memory is bounded by what is open.

use crate::positions::Encoding;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tower_lsp::gen_lsp_types::Uri;

/// The open documents.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    open: HashMap<String, Document>,
    /// What the checker has not seen: the newest text, or nothing for a document that was closed.
    unseen: BTreeMap<String, Option<Document>>,
    encoding: Encoding,
}

/// An open document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The editor's count of its changes.
    pub(crate) version: i32,
    /// The whole text.
    pub(crate) text: Arc<str>,
    /// It is YAML by language or name: may be a workflow.
    pub(crate) yaml: bool,
}

/// What `didOpen` says.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Its address.
    pub(crate) uri: Uri,
    /// As in [`Document`].
    pub(crate) version: i32,
    /// The whole text.
    pub(crate) text: String,
    /// As in [`Document`].
    pub(crate) yaml: bool,
}

/// What changed since the last look.
#[derive(Debug)]
pub(crate) struct Changes {
    /// By address; nothing for a document that was closed.
    pub(crate) documents: BTreeMap<String, Option<Document>>,
    /// In which positions are sent.
    pub(crate) encoding: Encoding,
}

impl Documents {
    /// Sets what was negotiated.
    pub(crate) fn set_encoding(&self, encoding: Encoding) {
        self.lock().encoding = encoding;
    }

    /// A document was opened.
    pub(crate) fn open(&self, opened: Opened) {
        let document = Document {
            version: opened.version,
            text: opened.text.into(),
            yaml: opened.yaml,
        };
        self.put(opened.uri.0, document);
    }

    /// Its text changed. A change of a document that is not open is dropped.
    pub(crate) fn change(&self, uri: &Uri, version: i32, text: String) {
        let Some(yaml) = self.lock().open.get(&uri.0).map(|document| document.yaml) else {
            tracing::warn!(uri = uri.0, "a document changed that is not open");
            return;
        };
        let document = Document {
            version,
            text: text.into(),
            yaml,
        };
        self.put(uri.0.clone(), document);
    }

    /// It was closed.
    pub(crate) fn close(&self, uri: &Uri) {
        let mut state = self.lock();
        state.open.remove(&uri.0);
        state.unseen.insert(uri.0.clone(), None);
        drop(state);
        self.changed.notify_one();
    }

    /// Waits until something changed, and takes it.
    pub(crate) async fn changes(&self) -> Changes {
        loop {
            if let Some(changes) = self.take() {
                return changes;
            }
            self.changed.notified().await;
        }
    }

    fn take(&self) -> Option<Changes> {
        let mut state = self.lock();
        (!state.unseen.is_empty()).then(|| Changes {
            documents: std::mem::take(&mut state.unseen),
            encoding: state.encoding,
        })
    }

    fn put(&self, uri: String, document: Document) {
        let mut state = self.lock();
        state.unseen.insert(uri.clone(), Some(document.clone()));
        state.open.insert(uri, document);
        drop(state);
        self.changed.notify_one();
    }

    /// A panic elsewhere leaves the maps whole: each change is one insert or remove.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
