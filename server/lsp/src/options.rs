//! What the client said of itself in `initialize`.

use crate::features;
use crate::positions::Encoding;
use crate::uri;
use serde_json::Value;
use std::path::PathBuf;
use tower_lsp::gen_lsp_types::InitializeParams;

/// What a session goes by. All of it is settled by `initialize`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// In which positions are counted.
    pub(crate) encoding: Encoding,
    /// The workspace's folders on this machine, as the client names them.
    pub(crate) folders: Vec<PathBuf>,
    /// The client's process.
    pub(crate) process: Option<i32>,
    /// The workspace's trust where the client has a word for it: `initializationOptions.trusted`.
    pub(crate) trusted: Option<bool>,
    /// What the client can do.
    pub(crate) client: Capabilities,
    /// Requests of text documents that the client registers at run time.
    pub(crate) registered: Vec<&'static str>,
}

/// Capabilities of the client that change what it is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// `window/workDoneProgress/create` and `$/progress`.
    pub(crate) progress: bool,
    /// `window/showDocument`.
    pub(crate) show_document: bool,
    /// `workspace/applyEdit`.
    pub(crate) apply_edit: bool,
    /// Edits of a named version of a document.
    pub(crate) document_changes: bool,
    /// `relatedInformation` of a diagnostic.
    pub(crate) related: bool,
    /// `codeDescription` of a diagnostic.
    pub(crate) code_description: bool,
    /// `workspace/didChangeWatchedFiles`, registered by the server.
    pub(crate) watched_files: bool,
    /// Patterns of watched files that start at a folder.
    pub(crate) relative_patterns: bool,
    /// `workspace/codeLens/refresh`.
    pub(crate) lens_refresh: bool,
    /// `workspace/inlayHint/refresh`.
    pub(crate) hint_refresh: bool,
    /// Completions with places to fill in.
    pub(crate) snippets: bool,
    /// Completions of several lines that are put in as they are sent.
    pub(crate) lines_as_is: bool,
    /// Markdown where people read.
    pub(crate) markdown: bool,
    /// Symbols as a tree.
    pub(crate) symbol_trees: bool,
    /// Documents at `offshoot:` addresses, which it reads out of results: `initializationOptions.results`.
    pub(crate) results: bool,
}

impl Options {
    /// Reads the parameters. Where things stand in the types is a matter of their generator, so it reads
    /// them as JSON.
    pub(crate) fn new(params: &InitializeParams) -> Self {
        let encoding = Encoding::negotiate(params);
        let params = serde_json::to_value(params).unwrap_or_default();
        Self {
            encoding,
            folders: folders(&params),
            process: params["processId"]
                .as_i64()
                .and_then(|pid| i32::try_from(pid).ok()),
            trusted: params["initializationOptions"]["trusted"].as_bool(),
            client: Capabilities::new(&params["capabilities"], &params["initializationOptions"]),
            registered: features::registered(&params["capabilities"]["textDocument"]),
        }
    }
}

impl Capabilities {
    fn new(capabilities: &Value, options: &Value) -> Self {
        let can = |path: &str| capabilities.pointer(path).and_then(Value::as_bool) == Some(true);
        let has = |path: &str, wanted: &Value| {
            let list = capabilities.pointer(path).and_then(Value::as_array);
            list.is_some_and(|list| list.contains(wanted))
        };
        Self {
            progress: can("/window/workDoneProgress"),
            show_document: can("/window/showDocument/support"),
            apply_edit: can("/workspace/applyEdit"),
            document_changes: can("/workspace/workspaceEdit/documentChanges"),
            related: can("/textDocument/publishDiagnostics/relatedInformation"),
            code_description: can("/textDocument/publishDiagnostics/codeDescriptionSupport"),
            watched_files: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            relative_patterns: can("/workspace/didChangeWatchedFiles/relativePatternSupport"),
            lens_refresh: can("/workspace/codeLens/refreshSupport"),
            hint_refresh: can("/workspace/inlayHint/refreshSupport"),
            snippets: can("/textDocument/completion/completionItem/snippetSupport"),
            lines_as_is: has(
                "/textDocument/completion/completionItem/insertTextModeSupport/valueSet",
                &Value::from(1),
            ),
            markdown: has(
                "/textDocument/hover/contentFormat",
                &Value::from("markdown"),
            ),
            symbol_trees: can("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            results: options["results"] == true,
        }
    }
}

/// Folders of other machines and of no machine are left out.
fn folders(params: &Value) -> Vec<PathBuf> {
    let named = params["workspaceFolders"].as_array();
    let named = named
        .into_iter()
        .flatten()
        .filter_map(|folder| folder["uri"].as_str());
    let folders: Vec<PathBuf> = named.filter_map(uri::to_path).collect();
    if !folders.is_empty() {
        return folders;
    }
    let root = params["rootUri"].as_str().and_then(uri::to_path);
    root.or_else(|| params["rootPath"].as_str().map(PathBuf::from))
        .filter(|folder| folder.is_absolute())
        .into_iter()
        .collect()
}
