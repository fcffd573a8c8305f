//! `textDocument/documentSymbol`, as a tree, or as a list for clients that know no tree.

use crate::daemon::Connect;
use crate::language::symbols::{Sign, SignKind, symbols};
use crate::positions::Lines;
use crate::server::Server;
use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, SymbolKind,
};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_symbols(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let session = self.session();
        let uri = &params.text_document.uri.0;
        let Some(reading) = session.reading(uri).await else {
            return Ok(None);
        };
        let lines = session.lines(&reading);
        let signs = symbols(&reading);
        if session.options().client.symbol_trees {
            let tree = signs.into_iter().map(|sign| to_tree(sign, &lines));
            let tree = DocumentSymbolResponse::DocumentSymbolList(tree.collect());
            return Ok(Some(tree));
        }
        let mut list = Vec::new();
        flatten(&signs, uri, None, &lines, &mut list);
        Ok(serde_json::from_value(Value::Array(list))
            .ok()
            .map(DocumentSymbolResponse::SymbolInformationList))
    }
}

fn to_tree(sign: Sign, lines: &Lines<'_>) -> DocumentSymbol {
    let children = sign.children.into_iter().map(|sign| to_tree(sign, lines));
    DocumentSymbol::new(
        named(&sign.name),
        Some(sign.detail).filter(|detail| !detail.is_empty()),
        kind(sign.kind),
        None,
        None,
        lines.range(&sign.range),
        lines.range(&sign.selection),
        Some(children.collect()),
    )
}

/// Clients refuse a whole outline for one name that is empty.
fn named(name: &str) -> String {
    if name.trim().is_empty() { "?" } else { name }.to_owned()
}

fn kind(kind: SignKind) -> SymbolKind {
    match kind {
        SignKind::Workflow => SymbolKind::Module,
        SignKind::Step => SymbolKind::Function,
        SignKind::File => SymbolKind::File,
        SignKind::Section => SymbolKind::Namespace,
        SignKind::Value => SymbolKind::Property,
    }
}

/// The same as a list. Its type has fields that are flattened in the sent form, so it is made as JSON.
fn flatten(
    signs: &[Sign],
    uri: &str,
    above: Option<&str>,
    lines: &Lines<'_>,
    list: &mut Vec<Value>,
) {
    for sign in signs {
        list.push(json!({
            "name": named(&sign.name),
            "kind": kind(sign.kind),
            "location": {"uri": uri, "range": lines.range(&sign.range)},
            "containerName": above,
        }));
        flatten(&sign.children, uri, Some(&sign.name), lines, list);
    }
}
