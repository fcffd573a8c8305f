//! `task context health`.

use super::show::{self, show};
use super::surroundings::Look;
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use tasks::context::health;

pub(super) async fn run(context: &Context, args: Look) -> Result<Exit, Error> {
    let artifact = args.perform(context, health::run).await?;
    Ok(show(context, health::ARTIFACT.0, &artifact, |artifact| {
        let word = artifact
            .other
            .get("health")
            .and_then(|word| word.as_str())
            .unwrap_or("unknown");
        let mut lines = vec![word.replace('_', " ")];
        for list in ["issues", "recommendations"] {
            lines.extend(show::rows(artifact, list, |line| {
                Some(format!("  {}", line.as_str()?))
            }));
        }
        lines
    }))
}
