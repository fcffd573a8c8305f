//! One function per row of the method table: [`Api`] for callers, [`dispatch`] for those who are called.

use crate::Client;
use protocol::{Error, ErrorKind};
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

macro_rules! api {
    ($(#[doc = $doc:literal] $fn:ident $name:literal $params:ty => $result:ty;)*) => {
        /// Everything a surface can ask of the daemon. [`Client`] asks over the socket; tests bring a
        /// fake, the daemon its own.
        pub trait Api: Send + Sync {
            $(
                #[doc = $doc]
                fn $fn(&self, params: $params) -> impl Future<Output = Result<$result, Error>> + Send;
            )*
        }

        impl Api for Client {
            $(
                fn $fn(&self, params: $params) -> impl Future<Output = Result<$result, Error>> + Send {
                    self.call($name, params)
                }
            )*
        }

        impl<A: Api> Api for Arc<A> {
            $(
                fn $fn(&self, params: $params) -> impl Future<Output = Result<$result, Error>> + Send {
                    A::$fn(self, params)
                }
            )*
        }

        /// Calls the method of this wire name. An unknown name and parameters of another shape are
        /// errors of the kinds `unknown_method` and `invalid_input`.
        pub async fn dispatch<A: Api>(api: &A, method: &str, params: Value) -> Result<Value, Error> {
            match method {
                $(
                    $name => encode(method, api.$fn(decode::<$params>(method, params)?).await?),
                )*
                _ => Err(Error::new(ErrorKind::UnknownMethod, format!("there is no method `{method}`"))),
            }
        }
    };
}
protocol::method_table!(api);

/// Absent parameters are read as `{}`: every method's fields may then have defaults.
fn decode<T: serde::de::DeserializeOwned>(method: &str, params: Value) -> Result<T, Error> {
    let params = match params {
        Value::Null => Value::Object(serde_json::Map::new()),
        params => params,
    };
    serde_json::from_value(params).map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the parameters of `{method}` cannot be read: {error}"),
        )
    })
}

fn encode<T: serde::Serialize>(method: &str, result: T) -> Result<Value, Error> {
    serde_json::to_value(result).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("the result of `{method}` cannot be written: {error}"),
        )
    })
}
