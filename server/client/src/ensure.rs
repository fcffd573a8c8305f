//! Connecting, and starting a daemon where none runs. Any number of callers at once end up with one daemon.

use crate::api::Api;
use crate::connection::Client;
use crate::home::Home;
use crate::spawn::{self, Outcome, Starting};
use crate::version::{Fit, fit};
use protocol::daemon::{Hello, HelloParams};
use protocol::{Error, ErrorKind, PROTOCOL_VERSION};
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::time::Instant;

/// This program's version: the workspace has one for all its crates.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long a daemon may take to answer after its start, or to make room for a newer one.
const READY: Duration = Duration::from_secs(10);

/// Deadline of the greeting: a daemon that is up answers at once.
const GREETING: Duration = Duration::from_secs(10);

/// Connects to a daemon that runs, of whatever version it can talk to; never starts one.
///
/// # Errors
/// `not_running` where no daemon listens, `unreachable` where it does not answer, `version` where the
/// protocols are too far apart.
pub async fn connect(home: &Home) -> Result<Client, Error> {
    let (client, hello) = greet(home).await?;
    match fit((VERSION, PROTOCOL_VERSION), &hello) {
        Fit::HandOver if hello.protocol.abs_diff(PROTOCOL_VERSION) > 1 => Err(apart(&hello)),
        Fit::Use | Fit::HandOver => Ok(client),
        Fit::TooNew | Fit::TooOld => Err(apart(&hello)),
    }
}

/// Connects to the daemon; starts `program daemon` where none runs, and takes over from an older one.
///
/// # Errors
/// `unreachable` with the daemon's last words where it does not come up, `storage` where the state's
/// folder cannot be used, `version` where a newer daemon speaks another protocol.
pub async fn ensure_daemon(home: &Home, program: &Path) -> Result<Client, Error> {
    ensure_daemon_with(home, program, &[]).await
}

/// The same with arguments after `daemon`, for one that has to be started.
///
/// # Errors
/// As [`ensure_daemon`].
pub async fn ensure_daemon_with(
    home: &Home,
    program: &Path,
    arguments: &[&str],
) -> Result<Client, Error> {
    let mut start = Start::new(home, program, arguments);
    loop {
        match greet(home).await {
            Ok((client, hello)) => match fit((VERSION, PROTOCOL_VERSION), &hello) {
                Fit::Use => return Ok(client),
                Fit::HandOver => start.hand_over(&client, &hello).await?,
                Fit::TooNew | Fit::TooOld => return Err(apart(&hello)),
            },
            Err(error) if error.kind == ErrorKind::NotRunning => start.step()?,
            // Ended between the connection and its answer, for example for a newer one.
            Err(error) if error.kind == ErrorKind::Unreachable => start.check_deadline(&error)?,
            Err(error) => return Err(error),
        }
        start.pause().await;
    }
}

/// The state of waiting for a daemon.
struct Start<'a> {
    home: &'a Home,
    program: &'a Path,
    arguments: &'a [&'a str],
    started: Option<Starting>,
    /// Whether a scope is worth a try.
    scope: bool,
    delay: Duration,
    deadline: Instant,
}

impl<'a> Start<'a> {
    fn new(home: &'a Home, program: &'a Path, arguments: &'a [&'a str]) -> Self {
        Self {
            home,
            program,
            arguments,
            started: None,
            scope: spawn::has_service_manager(),
            delay: Duration::from_millis(2),
            deadline: Instant::now() + READY,
        }
    }

    /// Nobody listens: starts a daemon, or looks how it stands with the one that was started.
    fn step(&mut self) -> Result<(), Error> {
        let outcome = self.started.as_mut().map(Starting::outcome);
        match outcome {
            None => self.spawn(),
            Some(Outcome::Alive) => self.check_deadline(&slow()),
            Some(Outcome::OtherHoldsLock) => {
                self.check_deadline(&slow())?;
                // The one that held the lock may be on its way out: then the next start succeeds.
                self.spawn()
            }
            Some(Outcome::Failed { in_scope: true, .. }) => {
                self.scope = false;
                self.spawn()
            }
            Some(Outcome::Failed { status, .. }) => Err(self.ended(status)),
        }
    }

    fn spawn(&mut self) -> Result<(), Error> {
        let start = |scope| spawn::start(self.home, self.program, self.arguments, scope);
        self.started = match start(self.scope) {
            Err(_) if self.scope => {
                self.scope = false;
                Some(start(false)?)
            }
            started => Some(started?),
        };
        Ok(())
    }

    /// Asks an older daemon to go and waits until it has. Another client may have asked already, so
    /// what it answers does not matter.
    async fn hand_over(&mut self, client: &Client, older: &Hello) -> Result<(), Error> {
        if let Err(error) = client.with_deadline(GREETING).daemon_handover(ours()).await {
            tracing::debug!(%error, "the older daemon did not take the request to hand over");
        }
        self.deadline = Instant::now() + READY;
        loop {
            match greet(self.home).await {
                Ok((_, hello)) if hello.pid == older.pid => {
                    self.check_deadline(&stays(older))?;
                    self.pause().await;
                }
                _ => break,
            }
        }
        self.started = None;
        self.delay = Duration::from_millis(2);
        Ok(())
    }

    async fn pause(&mut self) {
        tokio::time::sleep(self.delay).await;
        self.delay = (self.delay * 2).min(Duration::from_millis(100));
    }

    fn check_deadline(&self, error: &Error) -> Result<(), Error> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        Err(self.with_last_words(error.clone()))
    }

    fn ended(&self, status: Option<ExitStatus>) -> Error {
        let how = status.map_or_else(|| "unknown how".to_owned(), |status| status.to_string());
        self.with_last_words(Error::new(
            ErrorKind::Unreachable,
            format!("the daemon ended while it was starting ({how})"),
        ))
    }

    fn with_last_words(&self, mut error: Error) -> Error {
        let words = match &self.started {
            Some(started) => started.last_words(self.home),
            None => String::new(),
        };
        if !words.is_empty() {
            error.message = format!("{}; its last words:\n{words}", error.message);
        } else if let Err(reason) = self.home.try_to_write() {
            // Where the log has no room, the reason for everything is that.
            error.kind = ErrorKind::Storage;
            error.message = format!("{}: {reason}", error.message);
        }
        error.hint(format!("more in {}", self.home.log_path().display()))
    }
}

/// Connects and says hello.
async fn greet(home: &Home) -> Result<(Client, Hello), Error> {
    let client = Client::new(open(home).await?);
    let hello = client.with_deadline(GREETING).daemon_hello(ours()).await?;
    client.set_hello(hello.clone());
    Ok((client, hello))
}

/// A connection to a process of this user.
async fn open(home: &Home) -> Result<UnixStream, Error> {
    home.check_socket_folder()?;
    let path = home.socket_path();
    let unreachable = |error: io::Error| {
        Error::new(
            ErrorKind::Unreachable,
            format!(
                "the daemon's socket `{}` cannot be used: {error}",
                path.display()
            ),
        )
    };
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error) if is_absence(&error) => return Err(not_running()),
        Err(error) => return Err(unreachable(error)),
    };
    let peer = stream.peer_cred().map_err(unreachable)?;
    if peer.uid() != rustix::process::getuid().as_raw() {
        return Err(unreachable(io::ErrorKind::PermissionDenied.into()));
    }
    Ok(stream)
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory
    )
}

fn ours() -> HelloParams {
    HelloParams {
        version: VERSION.to_owned(),
        protocol: PROTOCOL_VERSION,
    }
}

fn not_running() -> Error {
    Error::new(ErrorKind::NotRunning, "no daemon is running")
        .hint("`offshoot background start` starts one; so does every run")
}

fn slow() -> Error {
    Error::new(
        ErrorKind::Unreachable,
        format!(
            "the daemon did not answer within {} s of its start",
            READY.as_secs()
        ),
    )
}

fn stays(older: &Hello) -> Error {
    Error::new(
        ErrorKind::Version,
        format!(
            "the daemon of version {} (process {}) does not make room for version {VERSION}",
            older.version, older.pid
        ),
    )
}

fn apart(hello: &Hello) -> Error {
    let error = Error::new(
        ErrorKind::Version,
        format!(
            "the daemon is of version {} (protocol {}), this program of version {VERSION} (protocol {PROTOCOL_VERSION})",
            hello.version, hello.protocol
        ),
    );
    if hello.protocol > PROTOCOL_VERSION {
        error.hint("update this program, or the extension that brings it")
    } else {
        error.hint("`offshoot background restart` starts a daemon of this version")
    }
}
