//! The handlers: each hands over and returns. What takes time runs elsewhere.

use crate::commands;
use crate::daemon::Connect;
use crate::documents::{Documents, Opened};
use crate::positions::Encoding;
use crate::uri;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tower_lsp::LanguageServer;
use tower_lsp::gen_lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, ExecuteCommandOptions, ExecuteCommandParams, InitializeParams,
    InitializeResult, LspAny, ServerCapabilities, ServerInfo, TextDocumentContentChangeEvent,
    TextDocumentSyncKind, TextDocumentSyncOptions,
};
use tower_lsp::jsonrpc::Result;

/// What the handlers share.
pub(crate) struct Server<C> {
    documents: Arc<Documents>,
    connect: Arc<C>,
    /// Folder of the workspace, for paths that are relative.
    folder: OnceLock<PathBuf>,
    shutdown: Arc<AtomicBool>,
}

impl<C> Server<C> {
    pub(crate) fn new(documents: Arc<Documents>, connect: C, shutdown: Arc<AtomicBool>) -> Self {
        Self {
            documents,
            connect: Arc::new(connect),
            folder: OnceLock::new(),
            shutdown,
        }
    }
}

impl<C: Connect> LanguageServer for Server<C> {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let encoding = Encoding::negotiate(&params);
        self.documents.set_encoding(encoding);
        if let Some(folder) = workspace_folder(&params) {
            // The library lets `initialize` through once.
            let _ = self.folder.set(folder);
        }
        Ok(InitializeResult {
            capabilities: capabilities(encoding),
            server_info: Some(ServerInfo {
                name: "offshoot".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn shutdown(&self) -> Result<()> {
        self.shutdown.store(true, Ordering::Release);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let language = String::from(document.language_id);
        self.documents.open(Opened {
            yaml: language == "yaml" || uri::is_yaml(&document.uri),
            uri: document.uri,
            version: document.version,
            text: document.text,
        });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        // Full sync: the last change is the whole text. An editor that sends pieces does not keep to what
        // was negotiated; its pieces cannot be used.
        let Some(TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change)) =
            params.content_changes.into_iter().next_back()
        else {
            tracing::warn!("a change came in pieces although full texts were asked for");
            return;
        };
        let uri = document.text_document_identifier.uri;
        self.documents.change(&uri, document.version, change.text);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.documents.close(&params.text_document.uri);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        // Editors send it unasked; the text is known already.
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LspAny>> {
        let argument = params.arguments.unwrap_or_default().into_iter().next();
        let folder = self.folder.get().cloned();
        let call = commands::Call {
            connect: Arc::clone(&self.connect),
            argument: argument.unwrap_or_default(),
            folder,
        };
        commands::execute(params.command, call).await.map(Some)
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Full),
        ..Default::default()
    };
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(sync.into()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::NAMES.map(str::to_owned).to_vec(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn workspace_folder(params: &InitializeParams) -> Option<PathBuf> {
    // Read as JSON: where the folders stand in the types is a matter of the generator.
    let params = serde_json::to_value(params).ok()?;
    let folders = params.pointer("/workspaceFolders/0/uri");
    let root = folders.or_else(|| params.get("rootUri"))?.as_str()?;
    uri::to_path(root)
}
