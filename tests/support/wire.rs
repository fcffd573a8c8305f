//! The socket without our client: lines of JSON, as another program would write them.

use crate::sandbox::Sandbox;
use crate::wait::LIMIT;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

/// A connection to the daemon.
#[derive(Debug)]
pub struct Wire {
    reader: BufReader<UnixStream>,
    id: u64,
}

impl Wire {
    /// Connects to the sandbox's daemon.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[track_caller]
    #[must_use]
    pub fn open(sandbox: &Sandbox) -> Self {
        let stream = UnixStream::connect(sandbox.state().join("daemon.sock")).expect("a daemon");
        stream.set_read_timeout(Some(LIMIT)).expect("a deadline");
        Self {
            reader: BufReader::new(stream),
            id: 0,
        }
    }

    /// Writes bytes as they are.
    ///
    /// # Panics
    ///
    /// When the daemon closed the connection.
    pub fn write(&mut self, bytes: &[u8]) {
        self.reader
            .get_mut()
            .write_all(bytes)
            .expect("the daemon listens");
    }

    /// The next line; `None` when the daemon closed the connection.
    pub fn read(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(serde_json::from_str(&line).expect("a line is a JSON document")),
        }
    }

    /// Calls a method; `result` or `error` stand in the answer.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let request = json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params});
        self.write(format!("{request}\n").as_bytes());
        let answer = self.read().expect("an answer");
        assert_eq!(answer["id"], self.id, "{answer:#}");
        answer
    }
}
