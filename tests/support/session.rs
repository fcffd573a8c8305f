//! A language server's other end: messages with `Content-Length` heads over the pipes of a process.
#![expect(
    clippy::disallowed_methods,
    reason = "the harness starts the binary under test"
)]

use crate::call::code;
use crate::sandbox::Sandbox;
use crate::wait::{LIMIT, poll};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A session under way. Killed when dropped.
#[derive(Debug)]
pub struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<(Value, Timestamp)>,
    next_id: i64,
}

impl Session {
    /// Starts `offshoot lsp` in `folder`.
    #[track_caller]
    pub fn start(sandbox: &Sandbox, folder: &Path) -> Self {
        let mut child = Command::new(sandbox.program())
            .arg("lsp")
            .env_clear()
            .envs(sandbox.environment())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send((message, Timestamp::now())).is_err() {
                    return;
                }
            }
        });
        Self {
            stdin: child.stdin.take(),
            child,
            messages,
            next_id: 0,
        }
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a process id")
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and waits for its answer; what comes in between is dropped.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        self.expect(method, |message| message["id"] == id)
    }

    /// Answers a request of the server's.
    pub fn respond(&mut self, request: &Value, result: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result}));
    }

    /// The next message that is wanted; others before it are dropped.
    #[track_caller]
    pub fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.expect_at(what, wanted).0
    }

    /// The same, and when it came.
    #[track_caller]
    pub fn expect_at(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> (Value, Timestamp) {
        loop {
            match self.messages.recv_timeout(LIMIT) {
                Ok((message, at)) if wanted(&message) => return (message, at),
                Ok(_) => {}
                Err(error) => panic!("waited in vain for {what}: {error}"),
            }
        }
    }

    /// Waits for the end of the process. The pipe to it stays open.
    #[track_caller]
    pub fn exit_code(&mut self) -> i32 {
        let ended = poll(LIMIT, || self.child.try_wait().ok().flatten());
        code(ended.expect("the server goes on"))
    }

    /// Closes the pipe to it, as an editor that crashes.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let stdin = self.stdin.as_mut().expect("the pipe is open");
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server reads");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
