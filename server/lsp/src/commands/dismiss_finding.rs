//! `offshoot.dismissFinding {id, repo?, undo?}` -> `{id, dismissed}`: does not show a finding again, in later runs
//! either; or takes that back.

use super::{Call, argument, value};
use crate::daemon::Connect;
use client::Api;
use protocol::finding::FindingDismiss;
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.dismissFinding";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// Id of the finding.
    id: String,
    /// A folder in its repository; absent = the workspace's.
    #[serde(default)]
    repo: Option<String>,
    #[serde(default)]
    undo: bool,
}

/// Dismisses it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Argument { id, repo, undo } = argument(NAME, call.argument)?;
    let folder = || Some(call.session.folder()?.to_str()?.to_owned());
    let repo = repo.or_else(folder).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "no repository is named, and no folder is open")
    })?;
    let params = FindingDismiss { repo, id, undo };
    let dismissed = call.session.to_change().await?.finding_dismiss(params).await?;
    call.session.findings.notify_one();
    value(dismissed)
}
