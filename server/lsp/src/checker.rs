//! Reads workflows as they change and shows what is wrong with them. The only task that talks to the editor
//! unasked.

use crate::daemon::Connect;
use crate::diagnostics::{Checked, check};
use crate::documents::{Changes, Document};
use crate::positions::Encoding;
use crate::session::Session;
use std::collections::HashMap;
use std::sync::Arc;
use tower_lsp::Client;
use tower_lsp::gen_lsp_types::{Diagnostic, Uri};

/// What the editor was shown of a document.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    /// It was a workflow at some time since it was opened.
    workflow: bool,
    /// Something is shown that has to go when it is no longer true.
    something: bool,
}

/// Checks documents until the session ends.
pub(crate) async fn check_documents<C: Connect>(session: Arc<Session<C>>) {
    let editor = &session.editor;
    let mut shown = HashMap::<String, Shown>::new();
    loop {
        let Changes {
            documents: changed,
            encoding,
        } = session.documents.changes().await;
        for (uri, document) in changed {
            let before = shown.get(&uri).copied().unwrap_or_default();
            let Some(document) = document else {
                shown.remove(&uri);
                if before.something {
                    publish(editor, uri, Vec::new(), None).await;
                }
                continue;
            };
            if !document.yaml {
                continue;
            }
            let version = document.version;
            let checked = check_aside(uri.clone(), document, before.workflow, encoding).await;
            let now = Shown {
                workflow: before.workflow || checked.workflow,
                something: !checked.diagnostics.is_empty(),
            };
            shown.insert(uri.clone(), now);
            // A file that is no workflow is none of our business, unless we said something about it.
            if checked.workflow || before.something {
                publish(editor, uri, checked.diagnostics, Some(version)).await;
            }
        }
    }
}

async fn publish(editor: &Client, uri: String, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
    editor
        .publish_diagnostics(Uri(uri), diagnostics, version)
        .await;
}

/// A large file takes a while: it must not hold up requests. A panic is a defect of the reader, shown as
/// nothing rather than as the end of the session.
async fn check_aside(
    uri: String,
    document: Document,
    was_workflow: bool,
    encoding: Encoding,
) -> Checked {
    let read = move || check(&uri, &document.text, was_workflow, encoding);
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a document could not be checked");
            Checked::default()
        })
}
