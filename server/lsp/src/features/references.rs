//! `textDocument/references`.

use crate::daemon::Connect;
use crate::language::names::mentions;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{Location, ReferenceParams};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_references(
        &self,
        params: ReferenceParams,
    ) -> Result<Option<Vec<Location>>> {
        let session = self.session();
        let place = &params.text_document_position_params;
        let Some(spot) = session.place(place).await else {
            return Ok(None);
        };
        let all = params.context.include_declaration;
        let lines = session.lines(&spot.reading);
        Ok(mentions(&spot.reading, spot.at).map(|found| {
            found
                .into_iter()
                .filter(|mention| all || !mention.definition)
                .map(|mention| Location {
                    uri: place.text_document.uri.clone(),
                    range: lines.range(&mention.range),
                })
                .collect()
        }))
    }
}
