//! `textDocument/codeLens`.

use crate::daemon::Connect;
use crate::language::lenses::{Lens, lenses};
use crate::positions::Lines;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{CodeLens, CodeLensParams, Command};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_code_lens(
        &self,
        params: CodeLensParams,
    ) -> Result<Option<Vec<CodeLens>>> {
        let session = self.session();
        let uri = &params.text_document.uri.0;
        let Some(reading) = session.reading(uri).await else {
            return Ok(None);
        };
        let known = session.known(uri);
        let lines = session.lines(&reading);
        let found = lenses(&reading, &known).into_iter();
        Ok(Some(found.map(|lens| to_lsp(lens, &lines)).collect()))
    }
}

fn to_lsp(lens: Lens, lines: &Lines<'_>) -> CodeLens {
    CodeLens {
        range: lines.range(&lens.range),
        command: Some(Command {
            title: lens.title,
            tooltip: None,
            command: lens.command.to_owned(),
            arguments: Some(vec![lens.argument]),
        }),
        data: None,
    }
}
