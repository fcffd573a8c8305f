//! The way to the daemon: started on demand, at the first command that needs it.

use client::{Api, Client, Home};
use protocol::Error;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;

/// Where commands get the daemon from. Tests bring a fake.
pub(crate) trait Connect: Send + Sync + 'static {
    /// What they talk to.
    type Api: Api;

    /// Connects, and starts the daemon where none runs.
    fn connect(&self) -> impl Future<Output = Result<Self::Api, Error>> + Send;

    /// What a run gets of the editor's environment; the daemon keeps what the contract names.
    fn environment(&self) -> BTreeMap<String, String>;
}

/// The user's daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    /// Where its socket lies.
    pub(crate) home: Home,
    /// What is started where none runs.
    pub(crate) program: PathBuf,
}

impl Connect for Daemon {
    type Api = Client;

    async fn connect(&self) -> Result<Client, Error> {
        client::ensure_daemon(&self.home, &self.program).await
    }

    fn environment(&self) -> BTreeMap<String, String> {
        // Names and values that are not UTF-8 cannot be sent as JSON; nothing that a step gets is such.
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }
}
