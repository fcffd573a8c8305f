//! Programs of the machine, for tasks that may ask some.

use super::ground::stop_after_signal;
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
            Ok(said) => {
                let ended = ended_by_signal(said.code);
                match ended.then(|| stop_after_signal(ground)).flatten() {
                    Some(stop) => Err(NotRun::Stopped(stop)),
                    None => Ok(Said {
                        code: said.code,
                        stdout: said.stdout,
                        stderr: without_home(said.stderr),
                    }),
                }
            }
            Err(Unheard::Missing) => Err(NotRun::Missing),
            Err(Unheard::Stopped) => Err(NotRun::Stopped(ground.stop().unwrap_or(Stop::Cancelled))),
            Err(other) => {
                let name = call.argv.first().map_or("", String::as_str);
                Err(NotRun::Failed(format!("`{name}`: {other}")))
            }
        }
    }
}

/// Whether a signal ended it, or it says as a shell does that one ended what it ran.
fn ended_by_signal(code: Option<i32>) -> bool {
    code.is_none_or(|code| code == 128 + 15 || code == 128 + 2)
}

/// The last words of a program can end up in an artifact, and tell there whose machine it was.
fn without_home(text: String) -> String {
    match std::env::var("HOME") {
        Ok(home) if home.len() > 1 => text.replace(&home, "~"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;
    use tasks::ground::{AddedLines, Halt};

    /// One that hears that it is to stop only when it has been asked so often.
    struct Late(AtomicU32, u32);

    impl Ground for Late {
        fn root(&self) -> &Path {
            Path::new("/")
        }
        fn files(&self) -> Result<Vec<PathBuf>, Halt> {
            Ok(Vec::new())
        }
        fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
            Ok(Vec::new())
        }
        fn stop(&self) -> Option<Stop> {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            (asked >= self.1).then_some(Stop::Cancelled)
        }
    }

    fn run(script: &str, hears_after: u32) -> Result<Option<i32>, NotRun> {
        let call = Call {
            argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
            folder: PathBuf::from("/"),
            time: Duration::from_secs(60),
        };
        let ground = Late(AtomicU32::new(0), hears_after);
        Installed.run(&call, &ground).map(|said| said.code)
    }

    #[test]
    fn what_a_signal_ended_was_stopped_where_the_task_is_to_stop_too() {
        for script in ["kill -TERM $$", "sh -c 'kill -TERM $$'; exit $?"] {
            let stopped = run(script, 50);
            assert!(
                matches!(stopped, Err(NotRun::Stopped(Stop::Cancelled))),
                "{script}: {stopped:?}"
            );
        }
        assert!(matches!(run("kill -TERM $$", u32::MAX), Ok(None)));
        assert!(matches!(run("exit 1", u32::MAX), Ok(Some(1))));
    }
}
