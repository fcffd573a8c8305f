//! `background-agent-config validate`.

use crate::context::Context;
use crate::exit::Exit;
use crate::git;
use daemon::settings::background_agents;
use protocol::documents::CheckedAgents;
use protocol::{Error, ErrorKind};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Another file than `.cursor/background-agents.yaml`
    file: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Error> {
    let path = match &args.file {
        Some(file) => context.file(file),
        None => git::open(&context.repo)?
            .root()
            .join(background_agents::FILE),
    };
    let shown = path.display().to_string();
    let read = background_agents::read(&path);
    let diagnostics: Vec<_> = read
        .diagnostics
        .iter()
        .map(|found| daemon::diagnostic(&shown, found))
        .collect();
    let agents = match read.agents {
        Some(agents) => agents,
        None if read.exists => {
            return Err(Error::invalid("the agents' file has errors", &diagnostics));
        }
        None => {
            return Err(
                Error::new(ErrorKind::NotFound, format!("there is no file {shown}"))
                    .hint("`offshoot background-agent-config generate` writes one"),
            );
        }
    };
    context.out.diagnostics(&diagnostics);
    let watching = agents.agents.iter().filter(|agent| agent.watches());
    let checked = CheckedAgents {
        file: shown,
        agents: agents.agents.len(),
        watching: watching.map(|agent| agent.name.clone()).collect(),
        diagnostics,
    };
    context.out.result(&checked, |checked| {
        let agents = crate::times::count(checked.agents, "agent");
        let mut lines = vec![format!("{}: {agents}", checked.file)];
        lines.extend(
            checked
                .watching
                .iter()
                .map(|name| format!("  {name} watches")),
        );
        lines
    });
    Ok(Exit::DONE)
}
