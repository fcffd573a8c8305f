//! `offshoot.showHealth` -> what `background status` says.

use super::{Call, value};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::daemon::Empty;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.showHealth";

/// Asks for it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    value(call.session.to_read().await?.daemon_status(Empty {}).await?)
}
