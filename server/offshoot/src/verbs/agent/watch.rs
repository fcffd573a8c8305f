//! `agent watch`: waits for command files and does with each what `.cursor/background-agents.yaml` says.
//!
//! No state of its own but what lies in the folders of the files that were taken ([`claim`]): killed at any
//! moment, the next watcher goes on with them, and none is done twice. Typing it is consent to the
//! commands of the file.

mod answer;
mod appeared;
mod claim;
mod course;
mod files;
mod identity;
mod job;
mod plan;
mod say;
mod spelling;
mod surroundings;
mod watcher;
mod withdrawn;
mod work;

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::agent::watch::surroundings::Surroundings;
use daemon::settings::background_agents::{self, BackgroundAgents};
use protocol::{Error, ErrorKind};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use watcher::Watcher;

/// Arguments of `agent watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to go by, in the place of `.cursor/background-agents.yaml`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only this agent; may be given several times
    #[arg(long, value_name = "NAME")]
    agent: Vec<String>,
    /// Do what is there now, and end
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let surroundings = Surroundings::find(context)?;
    let config = match &args.config {
        Some(file) => context.file(file),
        None => surroundings.root.join(background_agents::FILE),
    };
    let agents = agents(context, &config)?;
    check_names(&agents, &args.agent)?;
    let watcher = Watcher::new(context, surroundings, config, args.agent, agents)?;
    if args.once {
        watcher.once().await
    } else {
        watcher.stay().await
    }
}

/// The agents of the file. Its warnings are shown.
fn agents(context: &Context, config: &Path) -> Result<BackgroundAgents, Error> {
    let read = background_agents::read(config);
    let shown = config.display().to_string();
    let diagnostics: Vec<_> = read
        .diagnostics
        .iter()
        .map(|found| daemon::diagnostic(&shown, found))
        .collect();
    match read.agents {
        Some(agents) => {
            context.out.diagnostics(&diagnostics);
            Ok(agents)
        }
        None if read.exists => Err(Error::invalid("the agents' file has errors", &diagnostics)),
        None => Err(
            Error::new(ErrorKind::NotFound, format!("there is no file {shown}"))
                .hint("`offshoot background-agent-config generate` writes one"),
        ),
    }
}

fn check_names(agents: &BackgroundAgents, wanted: &[String]) -> Result<(), Error> {
    let names: Vec<&str> = agents
        .agents
        .iter()
        .map(|agent| agent.name.as_str())
        .collect();
    let unknown = wanted.iter().find(|name| !names.contains(&name.as_str()));
    if let Some(name) = unknown {
        let message = format!("there is no agent `{name}`");
        return Err(Error::new(ErrorKind::NotFound, message)
            .hint(format!("the file has {}", names.join(", "))));
    }
    Ok(())
}

/// Writes a file whole or not at all; makes its folder.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.tmp"));
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file: File = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}
