//! `pool …`: the slots.

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::background;
use clap::Subcommand;
use client::Api;
use protocol::Error;
use protocol::daemon::{Empty, Scale};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show the slots
    Status,
    /// Have another number of slots, until the daemon ends
    Scale {
        /// Slots wanted
        #[arg(value_name = "N")]
        size: u32,
    },
    /// Start nothing new
    Pause,
    /// Start things again
    Resume,
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        let client = context.daemon().await?;
        let pool = match self {
            Self::Status => client.pool_status(Empty {}).await?,
            Self::Scale { size } => client.pool_scale(Scale { size }).await?,
            Self::Pause => client.pool_pause(Empty {}).await?,
            Self::Resume => client.pool_resume(Empty {}).await?,
        };
        context
            .out
            .result(&pool, |pool| vec![background::pool_line(pool)]);
        Ok(Exit::DONE)
    }
}
