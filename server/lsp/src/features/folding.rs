//! `textDocument/foldingRange`.

use crate::daemon::Connect;
use crate::language::fold::folds;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{FoldingRange, FoldingRangeParams};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_folding(
        &self,
        params: FoldingRangeParams,
    ) -> Result<Option<Vec<FoldingRange>>> {
        let reading = self.session().reading(&params.text_document.uri.0).await;
        Ok(reading.map(|reading| {
            let fold = |(start_line, end_line)| FoldingRange {
                start_line,
                end_line,
                ..Default::default()
            };
            folds(&reading).into_iter().map(fold).collect()
        }))
    }
}
