//! How the client learns of the requests: where it registers at run time, only for our kind of files; else
//! in the answer to `initialize`. One table for both.

use crate::daemon::Connect;
use crate::session::Session;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{Registration, ServerCapabilities};

/// A request that is offered.
struct Offer {
    /// Its name among the client's capabilities of text documents.
    client: &'static str,
    /// Its name among the server's.
    server: &'static str,
    /// Its method.
    method: &'static str,
    options: fn() -> Value,
}

const fn row(
    client: &'static str,
    server: &'static str,
    method: &'static str,
    options: fn() -> Value,
) -> Offer {
    Offer {
        client,
        server,
        method,
        options,
    }
}

fn plain() -> Value {
    json!({})
}

#[rustfmt::skip]
const OFFERS: &[Offer] = &[
    row("completion", "completionProvider", "textDocument/completion",
        || json!({"triggerCharacters": [" ", ":", "-", ".", "[", "{", ",", "'", "\""]})),
    row("hover", "hoverProvider", "textDocument/hover", plain),
    row("definition", "definitionProvider", "textDocument/definition", plain),
    row("references", "referencesProvider", "textDocument/references", plain),
    row("documentHighlight", "documentHighlightProvider", "textDocument/documentHighlight", plain),
    row("rename", "renameProvider", "textDocument/rename", || json!({"prepareProvider": true})),
    row("documentSymbol", "documentSymbolProvider", "textDocument/documentSymbol", plain),
    row("foldingRange", "foldingRangeProvider", "textDocument/foldingRange", plain),
    row("codeLens", "codeLensProvider", "textDocument/codeLens", plain),
    row("inlayHint", "inlayHintProvider", "textDocument/inlayHint", plain),
];

/// YAML by language, and files with that ending that an editor has another language for.
fn selector() -> Value {
    json!([
        {"language": "yaml"},
        {"scheme": "file", "pattern": "**/*.{yaml,yml}"},
    ])
}

/// What a client registers at run time, of the requests of text documents: `dynamicRegistration` by name.
pub(crate) fn registered(text_document: &Value) -> Vec<&'static str> {
    let dynamic = |offer: &&Offer| text_document[offer.client]["dynamicRegistration"] == true;
    OFFERS
        .iter()
        .filter(dynamic)
        .map(|offer| offer.client)
        .collect()
}

/// Adds what is not registered later.
pub(crate) fn offer(capabilities: ServerCapabilities, later: &[&str]) -> ServerCapabilities {
    let Ok(mut sent) = serde_json::to_value(&capabilities) else {
        return capabilities;
    };
    for offer in OFFERS.iter().filter(|offer| !later.contains(&offer.client)) {
        sent[offer.server] = (offer.options)();
    }
    serde_json::from_value(sent).unwrap_or(capabilities)
}

/// Registers the others, once the client is ready. A task of its own: it waits for the client.
pub(crate) async fn register<C: Connect>(session: Arc<Session<C>>) {
    let mut begun = session.begun.subscribe();
    // The sender lives as long as the session.
    let _ = begun.wait_for(|begun| *begun).await;
    let later = &session.options().registered;
    let registrations: Vec<Registration> = OFFERS
        .iter()
        .filter(|offer| later.contains(&offer.client))
        .map(registration)
        .collect();
    if registrations.is_empty() {
        return;
    }
    if let Err(error) = session.editor.register_capability(registrations).await {
        tracing::warn!(%error, "the client registers nothing");
    }
}

fn registration(offer: &Offer) -> Registration {
    let mut options = (offer.options)();
    options["documentSelector"] = selector();
    Registration {
        id: format!("offshoot/{}", offer.client),
        method: offer.method.to_owned(),
        register_options: Some(options),
    }
}
