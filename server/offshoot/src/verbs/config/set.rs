//! `config set KEY VALUE [--scope project|auto|user]`.

use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::config::SetParams;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Path of the setting, for example `offshoot.max_parallel`
    key: String,
    /// Its value, as YAML
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// The file: the project's, the auto-execution one, or the user's own
    #[arg(long, value_enum)]
    scope: Option<Scope>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Scope {
    /// `.tapps-agents/config.yaml`
    Project,
    /// `.tapps-agents/auto_execution_config.yaml`
    Auto,
    /// The user's own file
    User,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Auto => "auto",
            Self::User => "user",
        }
    }
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let params = SetParams {
        repo: Some(context.repo_text()),
        key: args.key,
        value: args.value,
        scope: args.scope.map(|scope| scope.name().to_owned()),
    };
    let result = context.daemon().await?.config_set(params).await?;
    context.out.result(&result, |result| {
        vec![format!("set {} in {}", result.key, result.file)]
    });
    Ok(Exit::DONE)
}
