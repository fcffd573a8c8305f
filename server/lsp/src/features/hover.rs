//! `textDocument/hover`.

use super::completion::markup;
use crate::daemon::Connect;
use crate::language::hover::hover;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{Contents, Hover, TextDocumentPositionParams};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_hover(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<Hover>> {
        let session = self.session();
        let Some(spot) = session.place(&params).await else {
            return Ok(None);
        };
        let known = session.known(&spot.reading.uri);
        let markdown = session.options().client.markdown;
        let shown = hover(&spot.reading, spot.at, &known);
        Ok(shown.map(|(text, range)| Hover {
            contents: Contents::MarkupContent(markup(text, markdown)),
            range: Some(session.lines(&spot.reading).range(&range)),
        }))
    }
}
