//! `textDocument/completion`.

use crate::daemon::Connect;
use crate::language::complete::{Client, Item, ItemKind, complete};
use crate::positions::Lines;
use crate::server::Server;
use tower_lsp::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionResponse, InsertTextFormat,
    InsertTextMode, MarkupContent, MarkupKind, TextDocumentPositionParams, TextEdit,
};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_completion(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<CompletionResponse>> {
        let session = self.session();
        let Some(spot) = session.place(&params).await else {
            return Ok(None);
        };
        let known = session.known(&spot.reading.uri);
        let can = session.options().client;
        let client = Client {
            snippets: can.snippets,
            lines: can.lines_as_is,
        };
        let items = complete(&spot.reading, spot.at, &known, client);
        let lines = session.lines(&spot.reading);
        let items = items
            .into_iter()
            .enumerate()
            .map(|(index, item)| to_lsp(index, item, &lines, can.markdown))
            .collect();
        Ok(Some(CompletionResponse::CompletionList(CompletionList {
            items,
            ..Default::default()
        })))
    }
}

fn to_lsp(index: usize, item: Item, lines: &Lines<'_>, markdown: bool) -> CompletionItem {
    let edit = TextEdit {
        range: lines.range(&item.range),
        new_text: item.insert,
    };
    let text = |text: String| (!text.is_empty()).then_some(text);
    let multi = edit.new_text.contains('\n');
    CompletionItem {
        kind: Some(match item.kind {
            ItemKind::Key => CompletionItemKind::Property,
            ItemKind::Word => CompletionItemKind::Value,
            ItemKind::Step => CompletionItemKind::Reference,
            ItemKind::File => CompletionItemKind::File,
            ItemKind::Agent => CompletionItemKind::Class,
        }),
        detail: text(item.detail),
        documentation: text(item.documentation).map(|value| markup(value, markdown).into()),
        // As they come: keys in the order of the table, steps in that of the file.
        sort_text: Some(format!("{index:05}")),
        filter_text: Some(item.label.clone()),
        insert_text_format: item.snippet.then_some(InsertTextFormat::Snippet),
        insert_text_mode: multi.then_some(InsertTextMode::AsIs),
        text_edit: Some(edit.into()),
        label: item.label,
        ..Default::default()
    }
}

/// Text for people; clients that know no markdown get it as it is.
pub(super) fn markup(value: String, markdown: bool) -> MarkupContent {
    let kind = if markdown {
        MarkupKind::Markdown
    } else {
        MarkupKind::PlainText
    };
    MarkupContent { kind, value }
}
