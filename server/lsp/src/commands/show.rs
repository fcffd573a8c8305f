//! Opens something in the client, where it can. Not waited for: a command's answer does not hang on what the
//! client does.

use crate::daemon::Connect;
use crate::session::Session;
use crate::uri;
use std::path::Path;
use tower_lsp::gen_lsp_types::{Position, Range, ShowDocumentParams, Uri};

/// Shows a file or folder; a line counts from 1.
pub(super) fn show<C: Connect>(session: &Session<C>, path: &Path, line: Option<u32>) {
    if !session.options().client.show_document {
        return;
    }
    let editor = session.editor.clone();
    let at = line.map(|line| Position {
        line: line.saturating_sub(1),
        character: 0,
    });
    let params = ShowDocumentParams {
        uri: Uri(uri::from_path(path)),
        external: None,
        take_focus: Some(true),
        selection: at.map(|at| Range { start: at, end: at }),
    };
    tokio::spawn(async move {
        if let Err(error) = editor.show_document(params).await {
            tracing::warn!(%error, "the client does not show a document");
        }
    });
}
