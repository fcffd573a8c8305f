//! `textDocument/inlayHint`.

use super::completion::markup;
use crate::daemon::Connect;
use crate::language::hints::{Hint, hints};
use crate::positions::Lines;
use crate::server::Server;
use model::diagnostic::Position as Place;
use tower_lsp::gen_lsp_types::{InlayHint, InlayHintParams, Label, Tooltip};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_inlay_hint(
        &self,
        params: InlayHintParams,
    ) -> Result<Option<Vec<InlayHint>>> {
        let session = self.session();
        let uri = &params.text_document.uri.0;
        let Some(reading) = session.reading(uri).await else {
            return Ok(None);
        };
        let known = session.known(uri);
        let wanted = params.range.start.line..params.range.end.line.saturating_add(1);
        let lines = session.lines(&reading);
        let markdown = session.options().client.markdown;
        let found = hints(&reading, wanted, &known).into_iter();
        Ok(Some(
            found.map(|hint| to_lsp(hint, &lines, markdown)).collect(),
        ))
    }
}

fn to_lsp(hint: Hint, lines: &Lines<'_>, markdown: bool) -> InlayHint {
    // Behind the last character of the line.
    let end = Place {
        line: hint.line,
        column: u32::MAX,
    };
    InlayHint {
        position: lines.range(&(end..end)).end,
        label: Label::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: Some(Tooltip::MarkupContent(markup(hint.tooltip, markdown))),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
