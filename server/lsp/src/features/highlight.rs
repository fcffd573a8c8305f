//! `textDocument/documentHighlight`.

use crate::daemon::Connect;
use crate::language::names::mentions;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{
    DocumentHighlight, DocumentHighlightKind, TextDocumentPositionParams,
};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_highlight(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let session = self.session();
        let Some(spot) = session.place(&params).await else {
            return Ok(None);
        };
        let lines = session.lines(&spot.reading);
        let highlight = |mention: model::language::Mention| DocumentHighlight {
            range: lines.range(&mention.range),
            kind: Some(if mention.definition {
                DocumentHighlightKind::Write
            } else {
                DocumentHighlightKind::Read
            }),
        };
        let found = mentions(&spot.reading, spot.at);
        Ok(found.map(|found| found.into_iter().map(highlight).collect()))
    }
}
