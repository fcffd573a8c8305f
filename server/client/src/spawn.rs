//! Starting the daemon's process. The one place of this crate that starts processes.
#![expect(
    clippy::disallowed_methods,
    reason = "the client crate starts the daemon, see the architecture's invariant 5"
)]

use crate::home::Home;
use protocol::{Error, ErrorKind};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use tokio::sync::oneshot;

/// How much of the log an error looks at, and how many lines it quotes.
const TAIL_BYTES: u64 = 8 * 1024;
const TAIL_LINES: usize = 5;

/// A daemon that was started and has not been reached yet.
pub(crate) struct Starting {
    exit: oneshot::Receiver<ExitStatus>,
    /// Length of the log before the start: what is older is not quoted.
    log_start: u64,
    in_scope: bool,
}

/// How it stands with it.
pub(crate) enum Outcome {
    /// It is on its way.
    Alive,
    /// Another daemon holds the lock.
    OtherHoldsLock,
    /// It (or what was to put it into a scope) ended.
    Failed {
        /// How.
        status: Option<ExitStatus>,
        /// A scope was tried: it may work without.
        in_scope: bool,
    },
}

impl Starting {
    pub(crate) fn outcome(&mut self) -> Outcome {
        match self.exit.try_recv() {
            Err(oneshot::error::TryRecvError::Empty) => Outcome::Alive,
            Ok(status) if status.success() => Outcome::OtherHoldsLock,
            Ok(status) => self.failed(Some(status)),
            Err(oneshot::error::TryRecvError::Closed) => self.failed(None),
        }
    }

    fn failed(&self, status: Option<ExitStatus>) -> Outcome {
        Outcome::Failed {
            status,
            in_scope: self.in_scope,
        }
    }

    /// The last lines the daemon wrote since this start; empty where it wrote none.
    pub(crate) fn last_words(&self, home: &Home) -> String {
        tail(&home.log_path(), self.log_start).unwrap_or_default()
    }
}

/// Whether a user service manager can hold the daemon in a scope of its own, so that the end of the
/// editor (or of the terminal's session) does not take it along.
pub(crate) fn has_service_manager() -> bool {
    std::env::var_os("XDG_RUNTIME_DIR")
        .is_some_and(|folder| Path::new(&folder).join("systemd/private").exists())
}

/// Starts `program daemon` with a clean environment, in `/`, its output at the end of the log. It calls
/// `setsid` itself, which only works because it is not made a group's leader here.
pub(crate) fn start(
    home: &Home,
    program: &Path,
    arguments: &[&str],
    in_scope: bool,
) -> Result<Starting, Error> {
    home.create()?;
    let failed = |error: std::io::Error| {
        Error::new(
            ErrorKind::Unreachable,
            format!("`{} daemon` cannot be started: {error}", program.display()),
        )
    };
    let log = open_log(home)?;
    let log_start = log.metadata().map_or(0, |metadata| metadata.len());
    let mut command = command(program, in_scope);
    command
        .args(arguments)
        .current_dir("/")
        .env_clear()
        .envs(clean_environment(std::env::vars_os()))
        .env("OFFSHOOT_HOME", home.root())
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log);
    let child = command.spawn().map_err(failed)?;
    Ok(Starting {
        exit: reap(child),
        log_start,
        in_scope,
    })
}

fn command(program: &Path, in_scope: bool) -> Command {
    if !in_scope {
        let mut command = Command::new(program);
        command.arg("daemon");
        return command;
    }
    let mut command = Command::new("systemd-run");
    command
        .args(["--user", "--scope", "--quiet", "--collect"])
        // The attempts get control groups of their own below the daemon's.
        .arg("--property=Delegate=yes")
        .arg("--")
        .arg(program)
        .arg("daemon");
    command
}

/// Waits for the child in a thread of its own: no zombie stays in an editor's server that outlives
/// the daemon, and the waiter for readiness learns of an early end.
fn reap(mut child: Child) -> oneshot::Receiver<ExitStatus> {
    let (sender, receiver) = oneshot::channel();
    let spawned = std::thread::Builder::new()
        .name("daemon-reaper".to_owned())
        .stack_size(64 * 1024)
        .spawn(move || {
            if let Ok(status) = child.wait() {
                // Nobody listens any more once the daemon answered.
                let _ = sender.send(status);
            }
        });
    if let Err(error) = spawned {
        tracing::debug!(%error, "the daemon is started without a thread that waits for its end");
    }
    receiver
}

fn open_log(home: &Home) -> Result<File, Error> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(home.log_path())
        .map_err(|error| {
            Error::new(
                ErrorKind::Storage,
                format!("`{}` cannot be written: {error}", home.log_path().display()),
            )
            .hint("set OFFSHOOT_HOME to a folder on a local disk that this user can write")
        })
}

fn tail(path: &Path, start: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    // A log that was cut in between is shorter than at the start.
    let start = if start > length { 0 } else { start };
    file.seek(SeekFrom::Start(
        start.max(length.saturating_sub(TAIL_BYTES)),
    ))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    Ok(lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
}

/// What a daemon keeps of the environment of the one who starts it: what finds programs and folders,
/// language and time zone, our own settings. Runs bring their own environment with each submit.
pub fn clean_environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    variables.into_iter().filter(|(name, _)| is_kept(name))
}

fn is_kept(name: &OsStr) -> bool {
    const KEPT: &[&str] = &[
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "TZ",
        "TMPDIR",
        "RUST_LOG",
        "RUST_BACKTRACE",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_GLOBAL",
    ];
    // A daemon started from within a step belongs to no attempt: with the attempt's cookie in its
    // environment it would be ended together with the step.
    const OF_A_STEP: &[&str] = &[
        "OFFSHOOT_RUN_ID",
        "OFFSHOOT_STEP_ID",
        "OFFSHOOT_TASK_ID",
        "OFFSHOOT_ATTEMPT",
        "OFFSHOOT_ATTEMPT_NUMBER",
        "OFFSHOOT_WORKTREE",
        "OFFSHOOT_BASE",
        "OFFSHOOT_OUTPUT",
        "OFFSHOOT_ARTIFACTS",
    ];
    let Some(name) = name.to_str() else {
        return false;
    };
    !OF_A_STEP.contains(&name)
        && !name.starts_with("OFFSHOOT_INPUT_")
        && (KEPT.contains(&name)
            || ["LC_", "XDG_", "OFFSHOOT_"]
                .iter()
                .any(|prefix| name.starts_with(prefix)))
}
