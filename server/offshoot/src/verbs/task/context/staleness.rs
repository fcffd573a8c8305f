//! `task context staleness`.

use super::show::{self, show};
use super::surroundings::Look;
use crate::context::Context;
use crate::exit::Exit;
use crate::times;
use protocol::Error;
use tasks::context::staleness;

pub(super) async fn run(context: &Context, args: Look) -> Result<Exit, Error> {
    let artifact = args.perform(context, staleness::run).await?;
    Ok(show(
        context,
        staleness::ARTIFACT.0,
        &artifact,
        |artifact| {
            let mut lines = show::rows(artifact, "libraries", |row| {
                let name = show::text(row, "library_name")?;
                let when = match (row["is_stale"].as_bool(), show::text(row, "expires_at")) {
                    (Some(true), Some(at)) => format!("stale since {}", times::local(at)),
                    (_, Some(at)) => format!("fresh until {}", times::local(at)),
                    (_, None) => "stale: it does not say when it was fetched".to_owned(),
                };
                Some(format!(
                    "{name:<28} {:<8} {when}",
                    show::text(row, "library_type")?
                ))
            });
            if lines.is_empty() {
                lines.push("the knowledge base is empty".to_owned());
            }
            lines
        },
    ))
}
