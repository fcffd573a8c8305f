//! `offshoot.applyRun {run_id, check?, undo?, paths?}` -> `{run_id, mode, changed, clashes}`: puts a run's changes
//! into the working tree, only says whether that would work, or takes it back.

use super::{Call, argument, value};
use crate::daemon::Connect;
use client::Api;
use protocol::results::{ApplyMode, ApplyParams};
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.applyRun";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// Id or unique prefix.
    run_id: String,
    #[serde(default)]
    check: bool,
    #[serde(default)]
    undo: bool,
    /// Only these files; empty = all.
    #[serde(default)]
    paths: Vec<String>,
}

/// Does it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let argument: Argument = argument(NAME, call.argument)?;
    let mode = match (argument.check, argument.undo) {
        (false, false) => ApplyMode::Apply,
        (true, false) => ApplyMode::Check,
        (false, true) => ApplyMode::Undo,
        (true, true) => {
            let message = "`check` and `undo` do not go together";
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
    };
    let params = ApplyParams {
        run_id: argument.run_id,
        mode,
        paths: argument.paths,
        ..ApplyParams::default()
    };
    let applied = call.session.to_change().await?.run_apply(params).await?;
    // Files changed: findings are somewhere else now, or gone.
    call.session.findings.notify_one();
    value(applied)
}
