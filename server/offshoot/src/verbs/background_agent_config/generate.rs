//! `background-agent-config generate`.

use crate::context::Context;
use crate::exit::Exit;
use crate::git;
use crate::render::ending;
use daemon::settings::background_agents;
use protocol::documents::Initialized;
use protocol::{Error, ErrorKind};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// With every key, explained.
const FULL: &str = include_str!("../../../templates/background-agents.yaml");
/// What has to be there.
const MINIMAL: &str = include_str!("../../../templates/background-agents-minimal.yaml");

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what has to be there
    #[arg(long)]
    minimal: bool,
    /// In the place of a file that is there
    #[arg(long)]
    overwrite: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Error> {
    let repo = git::open(&context.repo)?;
    let path = repo.root().join(background_agents::FILE);
    let text = if args.minimal { MINIMAL } else { FULL };
    match write(&path, text, args.overwrite) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("there is a file {} already", background_agents::FILE);
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("--overwrite writes another one in its place"));
        }
        Err(error) => {
            let message = format!("`{}` cannot be written: {error}", background_agents::FILE);
            return Err(Error::new(ErrorKind::Failed, message));
        }
    }
    let done = Initialized {
        repo: repo.root().display().to_string(),
        written: vec![background_agents::FILE.to_owned()],
        kept: Vec::new(),
    };
    context.out.result(&done, |_| {
        let mut lines = vec![format!("wrote {}", background_agents::FILE)];
        let next = [(
            "offshoot agent watch".to_owned(),
            "start the agents when command files appear",
        )];
        lines.extend(ending::commands(&next, context.out.style));
        lines
    });
    Ok(Exit::DONE)
}

fn write(path: &Path, text: &str, overwrite: bool) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    if !overwrite {
        let mut file = File::options().write(true).create_new(true).open(path)?;
        return file.write_all(text.as_bytes());
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
