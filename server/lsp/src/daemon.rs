//! The way to the daemon. Tests bring a fake.

use client::{Api, Client, Home};
use protocol::Error;
use protocol::daemon::Hello;
use protocol::event::Event;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use tokio::sync::mpsc;

/// What is done where no daemon runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// One is started.
    Start,
    /// It is an error.
    Leave,
}

/// A connection that was made.
#[derive(Debug)]
pub(crate) struct Connection<A> {
    /// What is asked.
    pub(crate) api: A,
    /// Events, once they were subscribed to; ends when the connection is lost.
    pub(crate) events: mpsc::Receiver<Event>,
    /// What the daemon said of itself.
    pub(crate) hello: Hello,
}

/// Where a session gets the daemon from.
pub(crate) trait Connect: Send + Sync + 'static {
    /// What it talks to.
    type Api: Api + Clone + 'static;

    /// Connects. An older daemon hands over where one may be started.
    fn connect(
        &self,
        absent: Absent,
    ) -> impl Future<Output = Result<Connection<Self::Api>, Error>> + Send;

    /// Whether the daemon that was lost ended because it was told to, rather than died.
    fn was_stopped(&self) -> bool;

    /// What a run gets of the editor's environment; the daemon keeps what the contract names.
    fn environment(&self) -> BTreeMap<String, String>;

    /// A folder of the user's state, for files that are shown.
    fn state(&self) -> PathBuf;
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

    async fn connect(&self, absent: Absent) -> Result<Connection<Client>, Error> {
        let api = match absent {
            Absent::Start => client::ensure_daemon(&self.home, &self.program).await?,
            Absent::Leave => client::connect(&self.home).await?,
        };
        Ok(Connection {
            events: api.events(),
            hello: api.hello().cloned().unwrap_or_default(),
            api,
        })
    }

    /// One that ends in order takes its socket along.
    fn was_stopped(&self) -> bool {
        !self.home.socket_path().exists()
    }

    fn environment(&self) -> BTreeMap<String, String> {
        // Names and values that are not UTF-8 cannot be sent as JSON; nothing that a step gets is such.
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    fn state(&self) -> PathBuf {
        self.home.root().to_owned()
    }
}
