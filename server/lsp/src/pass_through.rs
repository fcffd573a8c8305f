//! Every row of the method table as a request of the client: `offshoot/<name>` is the daemon's `<name>`.

use crate::daemon::Connect;
use crate::guard::answer;
use crate::server::Server;
use crate::session::Session;
use protocol::event::Subscribed;
use protocol::{Error, methods};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use tower_lsp::jsonrpc::{self, FromParams, Method};

macro_rules! rows {
    ($(#[doc = $doc:literal] $fn:ident $name:literal $params:ty => $result:ty;)*) => {
        /// Name for the client, and in the table.
        pub(crate) const ROWS: &[(&str, &str)] = &[$((concat!("offshoot/", $name), $name)),*];
    };
}
protocol::method_table!(rows);

/// The handler of one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PassThrough(pub(crate) &'static str);

/// Parameters of any shape; absent ones are `{}`.
#[derive(Debug)]
pub(crate) struct Params(Value);

impl FromParams for Params {
    fn from_params(params: Option<Value>) -> jsonrpc::Result<Self> {
        let params = params.filter(|params| !params.is_null());
        Ok(Self(params.unwrap_or_else(|| json!({}))))
    }
}

type Answer = jsonrpc::Result<Value>;

impl<C: Connect> Method<&Server<C>, Params, Answer> for PassThrough {
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn invoke(&self, server: &Server<C>, params: Params) -> Self::Future {
        let session = Arc::clone(server.session());
        let method = self.0;
        Box::pin(async move { pass(&session, method, params.0).await.map_err(answer) })
    }
}

/// Asks the daemon.
async fn pass<C: Connect>(
    session: &Session<C>,
    method: &str,
    params: Value,
) -> Result<Value, Error> {
    let _place = session.waiting.place()?;
    // Events come anyway, once: another subscription of the one connection would double them.
    if method == "events.subscribe" {
        let subscribed = Subscribed::default();
        return serde_json::to_value(subscribed)
            .map_err(|error| Error::new(protocol::ErrorKind::Internal, error.to_string()));
    }
    let params = filled(session, method, params);
    let asks = method == "trust.set" && params["trusted"].is_null();
    let api = if methods::reads(method) || asks {
        session.to_read().await?
    } else {
        session.to_change().await?
    };
    client::dispatch(&api, method, params).await
}

/// Puts in what the client left out and the session knows.
fn filled<C: Connect>(session: &Session<C>, method: &str, mut params: Value) -> Value {
    let (Some(given), Some(takes)) = (params.as_object_mut(), takes().get(method)) else {
        return params;
    };
    for name in takes {
        if !given.contains_key(name)
            && let Some(value) = known(session, name)
        {
            given.insert(name.clone(), value);
        }
    }
    // Whoever asks through here is an editor, whatever it says.
    if given.contains_key("origin") {
        given.insert("origin".to_owned(), json!("editor"));
    }
    params
}

fn known<C: Connect>(session: &Session<C>, name: &str) -> Option<Value> {
    match name {
        "repo" | "folder" => Some(json!(session.folder()?.to_str()?)),
        "origin" => Some(json!("editor")),
        "environment" => Some(json!(session.connect.environment())),
        _ => None,
    }
}

/// What each method takes of what a session knows, by the schemas of the table.
fn takes() -> &'static HashMap<&'static str, Vec<String>> {
    static TAKES: OnceLock<HashMap<&'static str, Vec<String>>> = OnceLock::new();
    TAKES.get_or_init(|| {
        let rows = methods::schemas().into_iter();
        rows.map(|(name, params, _)| {
            let properties = params.get("properties").and_then(Value::as_object);
            (name, known_names(properties))
        })
        .collect()
    })
}

fn known_names(properties: Option<&Map<String, Value>>) -> Vec<String> {
    let names = properties.into_iter().flat_map(Map::keys);
    names
        .filter(|name| ["repo", "folder", "origin", "environment"].contains(&name.as_str()))
        .cloned()
        .collect()
}
