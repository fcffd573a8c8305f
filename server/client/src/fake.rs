//! An [`Api`] made of one function: for tests of everything that asks the daemon.

use crate::Api;
use protocol::{Error, ErrorKind};
use serde_json::Value;
use std::future::Future;

/// Answers every method with what the function returns for its wire name and parameters.
#[derive(Debug, Clone, Copy)]
pub struct Fake<F>(pub F);

impl<F> Fake<F>
where
    F: Fn(&str, Value) -> Result<Value, Error> + Send + Sync,
{
    fn answer<P: serde::Serialize, R: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: P,
    ) -> Result<R, Error> {
        let broken = |error: serde_json::Error| Error::new(ErrorKind::Internal, error.to_string());
        let value = self.0(method, serde_json::to_value(params).map_err(broken)?)?;
        serde_json::from_value(value).map_err(broken)
    }
}

macro_rules! fake {
    ($(#[doc = $doc:literal] $fn:ident $name:literal $params:ty => $result:ty;)*) => {
        impl<F> Api for Fake<F>
        where
            F: Fn(&str, Value) -> Result<Value, Error> + Send + Sync,
        {
            $(
                fn $fn(&self, params: $params) -> impl Future<Output = Result<$result, Error>> + Send {
                    std::future::ready(self.answer($name, params))
                }
            )*
        }
    };
}
protocol::method_table!(fake);
