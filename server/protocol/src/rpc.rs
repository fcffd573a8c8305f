//! JSON-RPC 2.0 messages, one per line.

use crate::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest line either side accepts, bytes.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// A call, or (without `id`) a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// `2.0`.
    pub jsonrpc: String,
    /// Chosen by the caller; absent in a notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// A name of the method table, or `event`.
    pub method: String,
    /// The method's parameters.
    #[serde(default)]
    pub params: Value,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// `2.0`.
    pub jsonrpc: String,
    /// The call's.
    pub id: Option<u64>,
    /// On success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// On failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RpcError>,
}

/// JSON-RPC's error object; `data` is an [`Error`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RpcError {
    /// [`ErrorKind::rpc_code`].
    pub code: i64,
    /// The error's message.
    pub message: String,
    /// The error itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Error>,
}

impl Request {
    /// A call.
    pub fn call(id: u64, method: &str, params: Value) -> Self {
        Self {
            jsonrpc: "2.0".to_owned(),
            id: Some(id),
            method: method.to_owned(),
            params,
        }
    }

    /// A notification.
    pub fn notification(method: &str, params: Value) -> Self {
        Self {
            jsonrpc: "2.0".to_owned(),
            id: None,
            method: method.to_owned(),
            params,
        }
    }
}

impl Response {
    /// The answer to the call with this id.
    pub fn new(id: Option<u64>, outcome: Result<Value, Error>) -> Self {
        let (result, error) = match outcome {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(RpcError::from(error))),
        };
        Self {
            jsonrpc: "2.0".to_owned(),
            id,
            result,
            error,
        }
    }

    /// What was answered.
    pub fn into_outcome(self) -> Result<Value, Error> {
        match self.error {
            None => Ok(self.result.unwrap_or(Value::Null)),
            Some(error) => Err(error
                .data
                .unwrap_or_else(|| Error::new(ErrorKind::Internal, error.message))),
        }
    }
}

impl From<Error> for RpcError {
    fn from(error: Error) -> Self {
        Self {
            code: error.kind.rpc_code(),
            message: error.message.clone(),
            data: Some(error),
        }
    }
}
