//! `textDocument/prepareRename` and `textDocument/rename`.

use crate::daemon::Connect;
use crate::guard::answer;
use crate::language::names::{Edit, prepare_rename, rename};
use crate::positions::Lines;
use crate::server::Server;
use protocol::{Error, ErrorKind};
use std::collections::HashMap;
use tower_lsp::gen_lsp_types::{
    PrepareRenamePlaceholder, PrepareRenameResult, RenameParams, TextDocumentPositionParams,
    TextEdit, Uri, WorkspaceEdit,
};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResult>> {
        let session = self.session();
        let Some(spot) = session.place(&params).await else {
            return Ok(None);
        };
        let lines = session.lines(&spot.reading);
        let found = prepare_rename(&spot.reading, spot.at);
        Ok(found.map(|(range, placeholder)| {
            PrepareRenameResult::PrepareRenamePlaceholder(PrepareRenamePlaceholder {
                range: lines.range(&range),
                placeholder,
            })
        }))
    }

    pub(crate) async fn on_rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let session = self.session();
        let place = &params.text_document_position_params;
        let Some(spot) = session.place(place).await else {
            return Ok(None);
        };
        let edits = rename(&spot.reading, spot.at, &params.new_name)
            .map_err(|why| answer(Error::new(ErrorKind::InvalidInput, why)))?;
        let lines = session.lines(&spot.reading);
        Ok(Some(workspace_edit(
            &place.text_document.uri,
            edits,
            &lines,
        )))
    }
}

/// Edits of one document.
pub(super) fn workspace_edit(uri: &Uri, edits: Vec<Edit>, lines: &Lines<'_>) -> WorkspaceEdit {
    let edits = edits.into_iter().map(|edit| TextEdit {
        range: lines.range(&edit.range),
        new_text: edit.text,
    });
    WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits.collect())])),
        ..Default::default()
    }
}
