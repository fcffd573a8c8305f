//! Starts the supervisor of an attempt, and listens to it.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{ffi::OsString, fmt};

use model::failure::{Failure, FailureClass};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

use super::folder::{self, SPEC};
use super::signal::Signal;
use super::spec::AttemptSpec;
use crate::supervise::encode_secrets;

/// Signals waiting to be read; what does not fit is dropped, except `Started` and `Ended`.
const SIGNALS: usize = 32;
/// The longest line of a supervisor; they are below 4096 bytes.
const LINE: u64 = 64 << 10;
/// How long a supervisor may take to read its secrets.
const SECRETS_TAKEN: Duration = Duration::from_secs(30);

/// The value of a secret: never in a debug print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps this value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An attempt to launch.
#[derive(Debug, Clone)]
pub struct LaunchJob {
    /// The attempt's folder: absolute, not there yet, in a folder that is.
    pub dir: PathBuf,
    /// What to run.
    pub spec: AttemptSpec,
    /// A value for each name in `spec.secrets`.
    pub secrets: Vec<(String, Secret)>,
    /// The program that calls `supervise::main`, absolute.
    pub supervisor: PathBuf,
    /// Its arguments; the attempt's folder is added as the last.
    pub supervisor_args: Vec<OsString>,
}

/// A launched attempt. Its end comes from `watch_end`, which also reaps it.
#[derive(Debug)]
pub struct Launched {
    /// The supervisor's process id.
    pub pid: i32,
    /// What the supervisor says; ends when it ends. Dropping it is fine.
    pub signals: mpsc::Receiver<Signal>,
}

/// Why an attempt could not be launched.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The folder or its spec could not be made.
    #[error("cannot make the attempt's folder {dir}; look for room and rights on that disk")]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
    /// The supervisor could not be started.
    #[error("cannot start the supervisor {program}; reinstall offshoot, or lower `max_parallel`")]
    Supervisor {
        /// The program.
        program: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
}

impl SpawnError {
    /// The failure of the attempt.
    pub fn failure(&self) -> Failure {
        let (class, source) = match self {
            Self::Folder { source, .. } if is_full(source) => (FailureClass::Disk, source),
            Self::Folder { source, .. } => (FailureClass::Supervisor, source),
            Self::Supervisor { source, .. } => (FailureClass::Spawn, source),
        };
        Failure::new(class, format!("{self}: {source}"))
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// Makes the folder, writes the spec and starts the supervisor. Does not wait for the agent.
/// To be called within a tokio runtime; blocks for the few file operations and the start, about
/// a millisecond.
pub fn launch(job: LaunchJob) -> Result<Launched, SpawnError> {
    let LaunchJob {
        dir,
        spec,
        secrets,
        supervisor,
        supervisor_args,
    } = job;
    folder::create(&dir)
        .and_then(|()| folder::write(&dir, SPEC, &spec))
        .map_err(|source| SpawnError::Folder {
            dir: dir.clone(),
            source,
        })?;
    let mut command = supervisor_command(&supervisor, !spec.secrets.is_empty());
    command.args(&supervisor_args).arg(&dir);
    let failed = |source| SpawnError::Supervisor {
        program: supervisor.clone(),
        source,
    };
    let mut child = command.spawn().map_err(failed)?;
    let signals = match attach(&mut child, &secrets) {
        Ok(signals) => signals,
        Err(error) => {
            // Out of descriptors, most likely. Nobody would learn its end: it must not go on.
            child.kill().and_then(|()| child.wait()).ok();
            return Err(failed(error));
        }
    };
    // A process id fits: `pid_t` is an i32. The handle goes; `watch_end` reaps by pidfd.
    let pid = i32::try_from(child.id()).unwrap_or_default();
    Ok(Launched { pid, signals })
}

/// Hands over the secrets and listens.
fn attach(child: &mut Child, secrets: &[(String, Secret)]) -> io::Result<mpsc::Receiver<Signal>> {
    if let Some(stdin) = child.stdin.take() {
        let pairs = secrets
            .iter()
            .map(|(name, value)| (name.as_str(), value.0.as_str()));
        hand_over(stdin.into(), encode_secrets(pairs))?;
    }
    let (sender, signals) = mpsc::channel(SIGNALS);
    if let Some(stdout) = child.stdout.take() {
        tokio::spawn(listen(
            pipe::Receiver::from_owned_fd(stdout.into())?,
            sender,
        ));
    }
    Ok(signals)
}

/// With an empty environment: a supervisor must not carry the cookie of an attempt around it.
/// Nothing here needs code between fork and exec, so std takes the fast way (posix_spawn).
#[expect(
    clippy::disallowed_methods,
    reason = "this crate is where supervisors start"
)]
fn supervisor_command(program: &PathBuf, with_secrets: bool) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .stdin(if with_secrets {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn hand_over(stdin: OwnedFd, message: Vec<u8>) -> io::Result<()> {
    let mut stdin = pipe::Sender::from_owned_fd(stdin)?;
    tokio::spawn(async move {
        // A supervisor that does not take them says so in its result.
        tokio::time::timeout(SECRETS_TAKEN, stdin.write_all(&message))
            .await
            .ok();
    });
    Ok(())
}

/// Passes on what the supervisor says until it ends.
async fn listen(stdout: pipe::Receiver, sender: mpsc::Sender<Signal>) {
    let mut reader = BufReader::with_capacity(4096, stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(LINE).read_until(b'\n', &mut line).await;
        if !matches!(read, Ok(count) if count > 0) {
            return;
        }
        // What a newer supervisor says beyond this is ignored.
        let Ok(signal) = serde_json::from_slice(&line) else {
            continue;
        };
        let sent = match signal {
            signal @ (Signal::Started(_) | Signal::Ended) => sender.send(signal).await.is_ok(),
            signal => !matches!(
                sender.try_send(signal),
                Err(mpsc::error::TrySendError::Closed(_))
            ),
        };
        if !sent {
            return;
        }
    }
}
