//! One call of the binary under test: arguments, environment, deadline, output.
#![expect(
    clippy::disallowed_methods,
    reason = "the harness starts the binary under test"
)]

use crate::wait::{LIMIT, poll};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A call that was not made yet.
#[derive(Debug)]
pub struct Call {
    command: Command,
    stdin: Vec<u8>,
    limit: Duration,
    shown: String,
}

/// What a call left behind.
#[derive(Debug, Clone)]
pub struct Output {
    /// Exit code; 128 + n where signal n ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    shown: String,
}

/// A call under way. Killed when dropped.
#[derive(Debug)]
pub struct Spawned {
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    limit: Duration,
    shown: String,
}

impl Call {
    /// A call of `program` in `folder` with nothing in its environment.
    pub fn new(program: &Path, folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.env_clear().current_dir(folder);
        Self {
            command,
            stdin: Vec::new(),
            limit: LIMIT,
            shown: String::new(),
        }
    }

    /// More arguments.
    #[must_use]
    pub fn args(mut self, args: &[impl AsRef<OsStr>]) -> Self {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    /// One more variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without a variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// In another folder.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What stands on standard input; nothing without this.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Another deadline than [`LIMIT`].
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn spawn(mut self) -> Spawned {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("cannot start{}: {error}", self.shown),
        };
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        let text = self.stdin;
        // A program may end without reading: a broken pipe is its good right.
        thread::spawn(move || stdin.write_all(&text));
        Spawned {
            stdout: drain(child.stdout.take().expect("stdout is a pipe")),
            stderr: drain(child.stderr.take().expect("stderr is a pipe")),
            child,
            limit: self.limit,
            shown: self.shown,
        }
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Runs it with `--json` already among its arguments, and reads the one document on its stdout.
    #[track_caller]
    pub fn json(self) -> Value {
        self.run().json()
    }
}

impl Spawned {
    /// Its process.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Whether it goes on.
    pub fn running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it takes longer than its deadline, or when something it started keeps its output open: a daemon
    /// that does that makes every pipe of its caller hang.
    #[track_caller]
    pub fn wait(mut self) -> Output {
        let ended = poll(self.limit, || self.child.try_wait().ok().flatten());
        let Some(status) = ended else {
            let _ = self.child.kill();
            let said = self
                .stderr
                .recv_timeout(Duration::from_secs(1))
                .unwrap_or_default();
            panic!(
                "offshoot{} did not end in {:?}; stderr: {}",
                self.shown,
                self.limit,
                String::from_utf8_lossy(&said)
            );
        };
        Output {
            code: code(status),
            stdout: self.collect(&self.stdout),
            stderr: self.collect(&self.stderr),
            shown: self.shown.clone(),
        }
    }

    #[track_caller]
    fn collect(&self, pipe: &Receiver<Vec<u8>>) -> String {
        match pipe.recv_timeout(Duration::from_secs(20)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => panic!(
                "offshoot{} ended, but another process keeps its output open",
                self.shown
            ),
        }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    /// The one JSON document on stdout.
    ///
    /// # Panics
    ///
    /// When there is none, or more than that.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("stdout is not one JSON document ({error}): {self}"),
        }
    }

    /// The same output, after a look at the exit code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            shown,
        } = self;
        write!(
            f,
            "offshoot{shown}\nexit {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// 128 + n where signal n ended it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Runs a program that is not under test, `git` for example, and returns its stdout.
///
/// # Panics
///
/// When it cannot be started or fails.
#[track_caller]
pub fn tool(program: &str, folder: &Path, envs: &[(String, PathBuf)], args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .envs(envs.iter().cloned())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => panic!(
            "{program} {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("cannot start {program}: {error}"),
    }
}
