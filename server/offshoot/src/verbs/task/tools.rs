//! Programs of the machine, for tasks that may ask some.

use agents::tool::{self, Unheard};
use tasks::ground::{Ground, Stop};
use tasks::tools::{Call, NotRun, Said, Tools};

/// Those on the search path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Installed;

impl Tools for Installed {
    fn run(&self, call: &Call, ground: &dyn Ground) -> Result<Said, NotRun> {
        let stop = || ground.stop().is_some();
        match tool::run(&call.argv, &call.folder, call.time, &stop) {
            Ok(said) => Ok(Said {
                code: said.code,
                stdout: said.stdout,
                stderr: without_home(said.stderr),
            }),
            Err(Unheard::Missing) => Err(NotRun::Missing),
            Err(Unheard::Stopped) => Err(NotRun::Stopped(ground.stop().unwrap_or(Stop::Cancelled))),
            Err(other) => {
                let name = call.argv.first().map_or("", String::as_str);
                Err(NotRun::Failed(format!("`{name}`: {other}")))
            }
        }
    }
}

/// The last words of a program can end up in an artifact, and tell there whose machine it was.
fn without_home(text: String) -> String {
    match std::env::var("HOME") {
        Ok(home) if home.len() > 1 => text.replace(&home, "~"),
        _ => text,
    }
}
