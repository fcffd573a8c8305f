//! The handlers: each hands over and returns. What takes time runs elsewhere.

use crate::commands;
use crate::daemon::Connect;
use crate::documents::Opened;
use crate::features;
use crate::options::Options;
use crate::positions::Encoding;
use crate::session::Session;
use crate::uri;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower_lsp::LanguageServer;
use tower_lsp::gen_lsp_types::{
    CodeActionKind, CodeActionOptions, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, ExecuteCommandOptions, ExecuteCommandParams, InitializeParams,
    InitializeResult, InitializedParams, LspAny, ProgressToken, ServerCapabilities, ServerInfo,
    TextDocumentSyncKind, TextDocumentSyncOptions, WorkDoneProgressCancelParams,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use tower_lsp::jsonrpc::Result;

/// The handlers of one session.
pub(crate) struct Server<C: Connect> {
    session: Arc<Session<C>>,
    shutdown: Arc<AtomicBool>,
}

impl<C: Connect> Server<C> {
    pub(crate) fn new(session: Arc<Session<C>>, shutdown: Arc<AtomicBool>) -> Self {
        Self { session, shutdown }
    }

    /// What the handlers share.
    pub(crate) fn session(&self) -> &Arc<Session<C>> {
        &self.session
    }

    /// `window/workDoneProgress/cancel`: a person cancelled a run in the client.
    pub(crate) async fn did_cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        if let ProgressToken::String(token) = params.token {
            // More than may wait are no person's.
            let _ = self.session.cancels.try_send(token);
        }
    }

    /// `offshoot/trust`: the workspace's trust changed while the session lasts.
    pub(crate) async fn did_change_trust(&self, params: TrustChanged) {
        self.session.trusted.send_replace(Some(params.trusted));
    }
}

/// Parameters of the notification `offshoot/trust`.
#[derive(Debug, Deserialize)]
pub(crate) struct TrustChanged {
    trusted: bool,
}

impl<C: Connect> LanguageServer for Server<C> {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let options = Options::new(&params);
        let offered = capabilities(options.encoding);
        let offered = features::offer(offered, &options.registered);
        self.session.settle(options);
        Ok(InitializeResult {
            capabilities: offered,
            server_info: Some(ServerInfo {
                name: "offshoot".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.session.begun.send_replace(true);
    }

    async fn shutdown(&self) -> Result<()> {
        self.shutdown.store(true, Ordering::Release);
        self.session.ending.send_replace(true);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let language = String::from(document.language_id);
        self.session.documents.open(Opened {
            yaml: language == "yaml" || uri::is_yaml(&document.uri),
            uri: document.uri,
            version: document.version,
            text: document.text,
        });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let uri = document.text_document_identifier.uri;
        let documents = &self.session.documents;
        documents.change(&uri, document.version, params.content_changes);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.session.documents.close(&params.text_document.uri);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        // Editors send it unasked; the text is known already.
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let paths = params
            .changes
            .iter()
            .filter_map(|change| uri::to_path(&change.uri.0));
        let _ = self.session.touched.try_send(paths.collect());
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let path = |uri: &tower_lsp::gen_lsp_types::Uri| uri::to_path(&uri.0);
        let removed = params
            .event
            .removed
            .iter()
            .filter_map(|folder| path(&folder.uri));
        let removed: Vec<_> = removed.collect();
        let added = params
            .event
            .added
            .iter()
            .filter_map(|folder| path(&folder.uri));
        self.session.folders.send_modify(|folders| {
            folders.retain(|folder| !removed.contains(folder));
            folders.extend(added);
        });
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LspAny>> {
        let argument = params.arguments.unwrap_or_default().into_iter().next();
        let call = commands::Call {
            session: Arc::clone(&self.session),
            argument: argument.unwrap_or_default(),
        };
        commands::execute(params.command, call).await.map(Some)
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        ..Default::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(true.into()),
    };
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(sync.into()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::NAMES
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            ..Default::default()
        }),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
                ..Default::default()
            }
            .into(),
        ),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(folders),
            ..Default::default()
        }),
        ..Default::default()
    }
}
