//! The socket without our client: lines of JSON, as another program or another version would write them.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use support::Sandbox;
pub(crate) use support::wire::Wire;

/// A daemon of another version, played by the test: it greets, notes what it is asked, and makes room when told.
pub(crate) struct OtherDaemon {
    asked: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
    socket: std::path::PathBuf,
}

impl OtherDaemon {
    /// Listens where the sandbox's daemon would.
    pub(crate) fn start(sandbox: &Sandbox, version: &'static str, protocol: u32) -> Self {
        std::fs::create_dir_all(sandbox.state()).expect("a state folder");
        let socket = sandbox.state().join("daemon.sock");
        let listener = UnixListener::bind(&socket).expect("the socket is free");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (notes, path) = (Arc::clone(&asked), socket.clone());
        let thread = thread::spawn(move || serve(&listener, version, protocol, &notes, &path));
        Self {
            asked,
            thread: Some(thread),
            socket,
        }
    }

    /// The methods it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("notes").clone()
    }
}

impl Drop for OtherDaemon {
    fn drop(&mut self) {
        // One more connection makes it look whether its socket is still there.
        let last = UnixStream::connect(&self.socket);
        let _ = std::fs::remove_file(&self.socket);
        drop(last);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    listener: &UnixListener,
    version: &str,
    protocol: u32,
    asked: &Mutex<Vec<String>>,
    path: &std::path::Path,
) {
    for stream in listener.incoming().flatten() {
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .expect("a deadline");
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while matches!(reader.read_line(&mut line), Ok(1..)) {
            let request: Value = serde_json::from_str(&line).expect("a request is JSON");
            line.clear();
            let method = request["method"].as_str().unwrap_or_default().to_owned();
            asked.lock().expect("notes").push(method.clone());
            let result = match method.as_str() {
                "daemon.hello" => json!({"version": version, "protocol": protocol, "pid": 1}),
                "daemon.handover" => {
                    std::fs::remove_file(path).expect("its socket");
                    json!({"pid": 1, "repositories": [], "attempts": 0})
                }
                _ => json!({"pid": 1}),
            };
            let answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
            let _ = reader.get_mut().write_all(format!("{answer}\n").as_bytes());
            if method == "daemon.handover" {
                return;
            }
        }
        if !path.exists() {
            return;
        }
    }
}
