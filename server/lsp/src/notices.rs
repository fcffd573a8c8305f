//! Notifications of ours to the client.

use serde::{Deserialize, Serialize};
use tower_lsp::gen_lsp_types::{LspNotificationMethod, MessageDirection, Notification};

/// `offshoot/event`: something happened in a repository of the workspace.
#[derive(Debug)]
pub(crate) enum EventNotice {}

impl Notification for EventNotice {
    type Params = protocol::event::Event;

    const METHOD: LspNotificationMethod<'static> = LspNotificationMethod::Custom("offshoot/event");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}

/// `offshoot/status`: how it stands with the daemon.
#[derive(Debug)]
pub(crate) enum StatusNotice {}

impl Notification for StatusNotice {
    type Params = Status;

    const METHOD: LspNotificationMethod<'static> = LspNotificationMethod::Custom("offshoot/status");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}

/// How it stands with the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// `starting`, `connected`, `lost` or `unavailable`.
    pub(crate) state: String,
    /// Why, and the way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// Version of the daemon that is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) daemon_version: Option<String>,
    /// Its process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pid: Option<u32>,
}
