//! `textDocument/definition`: from a mention of a step to its id, from a required file to who creates it.

use crate::daemon::Connect;
use crate::language::names::mentions;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{
    Definition, DefinitionResponse, Location, TextDocumentPositionParams,
};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_definition(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<DefinitionResponse>> {
        let session = self.session();
        let Some(spot) = session.place(&params).await else {
            return Ok(None);
        };
        let lines = session.lines(&spot.reading);
        let found = mentions(&spot.reading, spot.at).unwrap_or_default();
        let places: Vec<Location> = found
            .into_iter()
            .filter(|mention| mention.definition)
            .map(|mention| Location {
                uri: params.text_document.uri.clone(),
                range: lines.range(&mention.range),
            })
            .collect();
        let some = !places.is_empty();
        Ok(
            some.then_some(DefinitionResponse::Definition(Definition::LocationList(
                places,
            ))),
        )
    }
}
