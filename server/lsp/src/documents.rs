//! The texts that are open in the editor, and which of them changed. All files are synced, not only
//! workflows: findings are shown on any of them.
//!
//! Handlers only put things in, without waiting, so that changes keep their order; the checker takes out
//! what changed. Only the newest text of a document is kept: typing faster than reading skips texts, and
//! memory is bounded by what is open.

use crate::positions::{self, Encoding};
use crate::uri;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tower_lsp::gen_lsp_types::{TextDocumentContentChangeEvent as Change, Uri};

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

    /// Its text changed, in pieces or as a whole, in order. A change of a document that is not open is
    /// dropped.
    pub(crate) fn change(&self, uri: &Uri, version: i32, changes: Vec<Change>) {
        let mut state = self.lock();
        let encoding = state.encoding;
        let Some(document) = state.open.get(&uri.0) else {
            tracing::warn!(uri = uri.0, "a document changed that is not open");
            return;
        };
        let document = Document {
            version,
            text: changed(&document.text, changes, encoding),
            yaml: document.yaml,
        };
        state.put(uri.0.clone(), document);
        drop(state);
        self.changed.notify_one();
    }

    /// An open document as it is now.
    pub(crate) fn get(&self, uri: &str) -> Option<Document> {
        self.lock().open.get(uri).cloned()
    }

    /// It was closed.
    pub(crate) fn close(&self, uri: &Uri) {
        let mut state = self.lock();
        state.open.remove(&uri.0);
        state.unseen.insert(uri.0.clone(), None);
        drop(state);
        self.changed.notify_one();
    }

    /// Paths of the open files.
    pub(crate) fn paths(&self) -> HashSet<PathBuf> {
        self.lock()
            .open
            .keys()
            .filter_map(|uri| uri::to_path(uri))
            .collect()
    }

    /// The address of a file: that of the document that has it open, else the usual one.
    pub(crate) fn address(&self, path: &Path) -> String {
        let usual = uri::from_path(path);
        let state = self.lock();
        if state.open.contains_key(&usual) {
            return usual;
        }
        let same = |uri: &&String| uri::to_path(uri).as_deref() == Some(path);
        state.open.keys().find(same).cloned().unwrap_or(usual)
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
        })
    }

    fn put(&self, uri: String, document: Document) {
        self.lock().put(uri, document);
        self.changed.notify_one();
    }

    /// A panic elsewhere leaves the maps whole: each change is one insert or remove.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, uri: String, document: Document) {
        self.unseen.insert(uri.clone(), Some(document.clone()));
        self.open.insert(uri, document);
    }
}

/// Each change counts from what the one before left.
fn changed(text: &Arc<str>, changes: Vec<Change>, encoding: Encoding) -> Arc<str> {
    // What comes before the last whole text is written over.
    let whole =
        |change: &Change| matches!(change, Change::TextDocumentContentChangeWholeDocument(_));
    let last = changes.iter().rposition(whole).unwrap_or(0);
    let mut text = String::from(&**text);
    for change in changes.into_iter().skip(last) {
        match change {
            Change::TextDocumentContentChangeWholeDocument(change) => text = change.text,
            Change::TextDocumentContentChangePartial(change) => {
                let start = positions::offset(&text, change.range.start, encoding);
                let end = positions::offset(&text, change.range.end, encoding);
                text.replace_range(start..end.max(start), &change.text);
            }
        }
    }
    text.into()
}
