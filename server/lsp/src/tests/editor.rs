//! An editor for tests: speaks the protocol over memory pipes, and fails on every message it was not asked
//! to look at, when it is dropped at the latest.

use super::fake::FakeDaemon;
use super::pipes::session;
use crate::serve::Ended;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

/// The editor's end of a session; the server runs on a thread of its own.
pub(super) struct Editor {
    to: Option<UnboundedSender<Vec<u8>>>,
    from: Receiver<Value>,
    server: Option<JoinHandle<Ended>>,
    next_id: i64,
    /// Messages that came while another was waited for.
    unread: Vec<Value>,
}

impl Editor {
    /// A session that was not initialized.
    pub(super) fn start(daemon: FakeDaemon) -> Self {
        let (to, outgoing) = unbounded_channel();
        let (incoming, from) = channel();
        let server = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .unwrap()
                .block_on(session(daemon, outgoing, incoming))
        });
        Self {
            to: Some(to),
            from,
            server: Some(server),
            next_id: 0,
            unread: Vec::new(),
        }
    }

    /// A session that is ready, for tests that need no daemon.
    #[track_caller]
    pub(super) fn ready() -> Self {
        Self::ready_with(FakeDaemon::quiet())
    }

    /// A session that is ready, connected to a daemon, by a client that can nothing but the least.
    #[track_caller]
    pub(super) fn ready_with(daemon: FakeDaemon) -> Self {
        Self::capable(daemon, json!({}))
    }

    /// The same by a client with these capabilities.
    #[track_caller]
    pub(super) fn capable(daemon: FakeDaemon, capabilities: Value) -> Self {
        Self::with(daemon, json!({"capabilities": capabilities}))
    }

    /// The same with these parameters of `initialize`.
    #[track_caller]
    pub(super) fn with(daemon: FakeDaemon, params: Value) -> Self {
        let mut editor = Self::initialized(daemon, params);
        editor.status("connected");
        editor
    }

    /// A session after `initialized`, whether or not there is a daemon.
    #[track_caller]
    pub(super) fn initialized(daemon: FakeDaemon, mut params: Value) -> Self {
        let mut editor = Self::start(daemon);
        if params.get("workspaceFolders").is_none() {
            params["workspaceFolders"] =
                json!([{"uri": "file:///home/u/my%20repo", "name": "repo"}]);
        }
        let answer = editor.call("initialize", params);
        assert!(answer.get("result").is_some(), "{answer}");
        editor.notify("initialized", json!({}));
        editor
    }

    /// Sends a message as it is.
    pub(super) fn raw(&mut self, text: &str) {
        let message = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        let to = self.to.as_ref().expect("the pipe is open");
        // The server may have gone; whoever waits for it notices.
        let _ = to.send(message.into_bytes());
    }

    /// Sends a notification.
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.raw(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    /// Sends a request and returns its id.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.raw(&message.to_string());
        id
    }

    /// The answer to a request.
    #[track_caller]
    pub(super) fn answer(&mut self, id: i64) -> Value {
        self.expect("an answer", |message| {
            message["id"] == id && message.get("method").is_none()
        })
    }

    /// Asks, and waits for the answer.
    #[track_caller]
    pub(super) fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Runs a command of the server and waits for its answer.
    #[track_caller]
    pub(super) fn command(&mut self, name: &str, argument: Value) -> Value {
        let params = json!({"command": name, "arguments": [argument]});
        self.call("workspace/executeCommand", params)
    }

    /// A request of the server's, by its method.
    #[track_caller]
    pub(super) fn request(&mut self, method: &str) -> Value {
        self.expect(method, |message| {
            message["method"] == method && message.get("id").is_some()
        })
    }

    /// Answers a request of the server's.
    pub(super) fn respond(&mut self, request: &Value, result: Value) {
        let answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
        self.raw(&answer.to_string());
    }

    /// Parameters of the next notification of this method.
    #[track_caller]
    pub(super) fn notification(&mut self, method: &str) -> Value {
        let message = self.expect(method, |message| {
            message["method"] == method && message.get("id").is_none()
        });
        message["params"].clone()
    }

    /// The next `offshoot/event` of this kind.
    #[track_caller]
    pub(super) fn event(&mut self, kind: &str) -> Value {
        let message = self.expect(kind, |message| {
            message["method"] == "offshoot/event" && message["params"]["kind"] == kind
        });
        message["params"].clone()
    }

    /// Waits for this state of the connection; states on the way to it may be skipped by the server, too.
    #[track_caller]
    pub(super) fn status(&mut self, state: &str) -> Value {
        loop {
            let status = self.notification("offshoot/status");
            if status["state"] == state {
                return status;
            }
        }
    }

    /// The next diagnostics of a document, as `line:character-line:character severity code`.
    #[track_caller]
    pub(super) fn diagnostics(&mut self, uri: &str, version: Option<i32>) -> Vec<String> {
        self.published(uri, version).iter().map(short).collect()
    }

    /// The same as they were sent.
    #[track_caller]
    pub(super) fn published(&mut self, uri: &str, version: Option<i32>) -> Vec<Value> {
        let message = self.expect(&format!("diagnostics of {uri} {version:?}"), |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == json!(version)
        });
        message["params"]["diagnostics"]
            .as_array()
            .cloned()
            .unwrap()
    }

    /// The same, once there are this many: findings may come after the file was opened.
    #[track_caller]
    pub(super) fn published_of(
        &mut self,
        uri: &str,
        version: Option<i32>,
        count: usize,
    ) -> Vec<Value> {
        loop {
            let shown = self.published(uri, version);
            if shown.len() == count {
                return shown;
            }
        }
    }

    /// `didOpen`.
    pub(super) fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// `didChange` with a whole text.
    pub(super) fn change(&mut self, uri: &str, version: i32, text: &str) {
        self.edit(uri, version, json!([{"text": text}]));
    }

    /// `didChange`.
    pub(super) fn edit(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": changes}),
        );
    }

    /// `didClose`.
    pub(super) fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            json!({"textDocument": {"uri": uri}}),
        );
    }

    /// The next message like that. Others that come before it stay to be looked at.
    #[track_caller]
    pub(super) fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&wanted) {
            return self.unread.remove(at);
        }
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.from.recv_timeout(left) {
                Ok(message) if wanted(&message) => return message,
                Ok(message) => self.unread.push(message),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("waited in vain for {what}; what came: {:#?}", self.unread)
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!(
                        "the server has gone before {what}; what came: {:#?}",
                        self.unread
                    )
                }
            }
        }
    }

    /// Forgets what came and was not looked at, where a test is not about it.
    pub(super) fn ignore(&mut self, method: &str) {
        self.unread.extend(self.from.try_iter());
        self.unread.retain(|message| message["method"] != method);
    }

    /// Closes the editor's end without a word.
    #[track_caller]
    pub(super) fn vanish(mut self) -> Ended {
        self.to = None;
        self.end()
    }

    /// How the session ended by itself.
    #[track_caller]
    pub(super) fn ended(mut self) -> Ended {
        let ended = self.join();
        self.check();
        ended
    }

    /// How the session ended by itself while the pipe stays open; what it said on the way is not looked at.
    #[track_caller]
    pub(super) fn gone(mut self) -> Ended {
        let ended = self.join();
        self.ignore("offshoot/status");
        self.check();
        ended
    }

    #[track_caller]
    fn end(&mut self) -> Ended {
        self.to = None;
        let ended = self.join();
        self.check();
        ended
    }

    #[track_caller]
    fn join(&mut self) -> Ended {
        let server = self.server.take().expect("it ends once");
        let deadline = Instant::now() + LIMIT;
        while !server.is_finished() && Instant::now() < deadline {
            thread::yield_now();
            self.unread
                .extend(self.from.recv_timeout(Duration::from_millis(5)).ok());
        }
        assert!(server.is_finished(), "the session goes on");
        server.join().expect("the session panicked")
    }

    #[track_caller]
    fn check(&mut self) {
        self.unread.extend(self.from.iter());
        let unread = std::mem::take(&mut self.unread);
        assert!(unread.is_empty(), "nobody looked at {unread:#?}");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.to = None;
        if self.server.is_some() && !thread::panicking() {
            self.end();
        }
    }
}

fn short(diagnostic: &Value) -> String {
    let place = |end: &str| {
        let place = &diagnostic["range"][end];
        format!("{}:{}", place["line"], place["character"])
    };
    let code = diagnostic["code"].as_str().unwrap();
    format!(
        "{}-{} {} {code}",
        place("start"),
        place("end"),
        diagnostic["severity"]
    )
}

/// Waits for what cannot be heard from the server.
#[track_caller]
pub(super) fn wait(what: &str, mut there: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !there() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
