//! `offshoot.reloadConfig {repo?}` -> `{files, diagnostics}`: reads all settings again.

use super::{Call, argument, value};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::config::RepoRef;
use serde::Deserialize;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.reloadConfig";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// A folder in the repository; absent = the workspace's.
    #[serde(default)]
    repo: Option<String>,
}

/// Reads them.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let given = Some(call.argument).filter(|argument| !argument.is_null());
    let given: Argument = given.map_or_else(|| Ok(Argument::default()), |given| argument(NAME, given))?;
    let folder = || Some(call.session.folder()?.to_str()?.to_owned());
    let repo = given.repo.or_else(folder);
    value(call.session.to_change().await?.daemon_reload(RepoRef { repo }).await?)
}
