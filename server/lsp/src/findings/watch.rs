//! Files with findings that are not open are watched by the client, which watches its workspace anyway.

use crate::daemon::Connect;
use crate::session::Session;
use crate::uri;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;
use tower_lsp::gen_lsp_types::{Registration, Unregistration};

/// The most files that are watched. The others are looked at when findings change.
const FILES: usize = 1000;

const METHOD: &str = "workspace/didChangeWatchedFiles";

/// What is watched.
#[derive(Debug, Default)]
pub(super) struct Watch {
    files: BTreeSet<PathBuf>,
    registered: u64,
    /// Registrations that the client has not answered; in order, beside everything else.
    telling: JoinSet<()>,
}

impl Watch {
    /// Watches these files, and no others.
    pub(super) fn files<C: Connect>(
        &mut self,
        session: &Arc<Session<C>>,
        files: BTreeSet<PathBuf>,
    ) {
        let files: BTreeSet<PathBuf> = files.into_iter().take(FILES).collect();
        if !session.options().client.watched_files || files == self.files {
            return;
        }
        let id = |number: u64| format!("offshoot/watched/{number}");
        let old = (!self.files.is_empty()).then(|| Unregistration {
            id: id(self.registered),
            method: METHOD.to_owned(),
        });
        self.registered += 1;
        let new = (!files.is_empty()).then(|| Registration {
            id: id(self.registered),
            method: METHOD.to_owned(),
            register_options: Some(watchers(&files, session.options().client.relative_patterns)),
        });
        self.files = files;
        while self.telling.try_join_next().is_some() {}
        let editor = session.editor.clone();
        self.telling.spawn(async move {
            // The new one first: nothing is missed in between.
            if let Some(new) = new
                && let Err(error) = editor.register_capability(vec![new]).await
            {
                tracing::warn!(%error, "the client does not watch files");
            }
            if let Some(old) = old {
                // A client that lost it has nothing to take back.
                let _ = editor.unregister_capability(vec![old]).await;
            }
        });
    }
}

fn watchers(files: &BTreeSet<PathBuf>, relative: bool) -> serde_json::Value {
    let watchers = files.iter().filter_map(|file| {
        let name = escaped(file.file_name()?.to_str()?);
        let folder = file.parent()?;
        Some(if relative {
            json!({"globPattern": {"baseUri": uri::from_path(folder), "pattern": name}})
        } else {
            json!({"globPattern": format!("{}/{name}", escaped(folder.to_str()?))})
        })
    });
    json!({"watchers": watchers.collect::<Vec<_>>()})
}

/// Characters that mean something in a pattern stand for any one character.
fn escaped(text: &str) -> String {
    text.replace(['*', '?', '[', ']', '{', '}'], "?")
}
