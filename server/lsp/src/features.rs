//! The requests of [`crate::language`]: one file each. They read a document once for each of its versions,
//! answer nothing for files that are not ours, and never wait for the daemon.

mod agents;
mod code_action;
mod code_lens;
mod completion;
mod definition;
mod folding;
mod highlight;
mod hover;
mod inlay_hint;
mod offer;
mod readings;
mod references;
mod refresh;
mod rename;
mod symbols;

use crate::daemon::Connect;
use crate::guard::guarded;
use crate::language::{Known, Reading, is_ours};
use crate::positions::Lines;
use crate::server::Server;
use crate::session::Session;
use crate::uri;
use std::sync::Arc;
use tower_lsp::LspServiceBuilder;
use tower_lsp::gen_lsp_types::TextDocumentPositionParams;

pub(crate) use agents::AgentsCache;
pub(crate) use offer::{offer, register, registered};
pub(crate) use readings::Readings;
pub(crate) use refresh::refresh;

/// Adds the requests, one line for each.
pub(crate) fn methods<C: Connect>(
    builder: LspServiceBuilder<Server<C>>,
) -> LspServiceBuilder<Server<C>> {
    builder
        .custom_method(
            "textDocument/completion",
            guarded(Server::<C>::on_completion),
        )
        .custom_method("textDocument/hover", guarded(Server::<C>::on_hover))
        .custom_method(
            "textDocument/definition",
            guarded(Server::<C>::on_definition),
        )
        .custom_method(
            "textDocument/references",
            guarded(Server::<C>::on_references),
        )
        .custom_method(
            "textDocument/documentHighlight",
            guarded(Server::<C>::on_highlight),
        )
        .custom_method(
            "textDocument/prepareRename",
            guarded(Server::<C>::on_prepare_rename),
        )
        .custom_method("textDocument/rename", guarded(Server::<C>::on_rename))
        .custom_method(
            "textDocument/documentSymbol",
            guarded(Server::<C>::on_symbols),
        )
        .custom_method(
            "textDocument/foldingRange",
            guarded(Server::<C>::on_folding),
        )
        .custom_method("textDocument/codeLens", guarded(Server::<C>::on_code_lens))
        .custom_method(
            "textDocument/inlayHint",
            guarded(Server::<C>::on_inlay_hint),
        )
        .custom_method(
            "textDocument/codeAction",
            guarded(Server::<C>::on_code_action),
        )
}

impl<C: Connect> Session<C> {
    /// A document as it is now; nothing for one that is not open or not ours.
    pub(crate) async fn reading(&self, uri: &str) -> Option<Arc<Reading>> {
        let document = self.documents.get(uri).filter(is_ours)?;
        let open = |uri: &str| self.documents.get(uri).is_some();
        self.readings.get(uri, &document.text, open).await
    }

    /// A place in a document.
    pub(crate) async fn place(&self, params: &TextDocumentPositionParams) -> Option<Spot> {
        let reading = self.reading(&params.text_document.uri.0).await?;
        let lines = Lines::new(&reading.text, self.options().encoding);
        let at = lines.place(params.position);
        drop(lines);
        Some(Spot { reading, at })
    }
}

impl<C: Connect> Session<C> {
    /// What is known beyond the text, without asking anybody now.
    pub(crate) fn known(self: &Arc<Self>, uri: &str) -> Known {
        let file = uri::to_path(uri);
        Known {
            run: file.as_deref().and_then(|file| self.newest_run(file)),
            agents: agents::of(self),
        }
    }

    /// Its lines, for positions.
    pub(crate) fn lines<'r>(&self, reading: &'r Reading) -> Lines<'r> {
        Lines::new(&reading.text, self.options().encoding)
    }
}

/// A place in a document that was read.
pub(crate) struct Spot {
    /// The document.
    pub(crate) reading: Arc<Reading>,
    /// As the model counts.
    pub(crate) at: model::diagnostic::Position,
}
