//! An editor for tests: speaks the protocol over memory pipes, and fails on what it was not asked to expect.

use crate::daemon::Connect;
use crate::serve::{Ended, serve};
use client::fake::Fake;
use protocol::Error;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::task::JoinHandle;

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

type Answer = Box<dyn Fn(&str, Value) -> Result<Value, Error> + Send + Sync>;

/// A daemon made of one function; remembers what it was asked.
#[derive(Clone)]
pub(super) struct FakeDaemon {
    answer: Arc<Answer>,
    /// Methods and parameters, in order.
    pub(super) asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeDaemon {
    pub(super) fn new(
        answer: impl Fn(&str, Value) -> Result<Value, Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Arc::new(Box::new(answer)),
            asked: Arc::default(),
        }
    }
}

impl Connect for FakeDaemon {
    type Api = Fake<Box<dyn Fn(&str, Value) -> Result<Value, Error> + Send + Sync>>;

    async fn connect(&self) -> Result<Self::Api, Error> {
        let Self { answer, asked } = self.clone();
        Ok(Fake(Box::new(move |method: &str, params: Value| {
            asked
                .lock()
                .unwrap()
                .push((method.to_owned(), params.clone()));
            answer(method, params)
        })))
    }

    fn environment(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())])
    }
}

/// The editor's end of a session.
pub(super) struct Editor {
    to: Option<DuplexStream>,
    from: BufReader<DuplexStream>,
    session: JoinHandle<Ended>,
    next_id: i64,
    /// Messages that came while another was waited for.
    unread: Vec<Value>,
}

impl Editor {
    /// A session that was not initialized.
    pub(super) fn start(daemon: FakeDaemon) -> Self {
        let (to, input) = duplex(1 << 20);
        let (output, from) = duplex(1 << 20);
        Self {
            to: Some(to),
            from: BufReader::new(from),
            session: tokio::spawn(serve(input, output, daemon)),
            next_id: 0,
            unread: Vec::new(),
        }
    }

    /// A session that is ready, for tests that need no daemon.
    pub(super) async fn ready() -> Self {
        Self::ready_with(FakeDaemon::new(|method, _| {
            panic!("{method} was not expected")
        }))
        .await
    }

    /// A session that is ready.
    pub(super) async fn ready_with(daemon: FakeDaemon) -> Self {
        let mut editor = Self::start(daemon);
        let folders = json!([{"uri": "file:///home/u/my%20repo", "name": "repo"}]);
        let answer = editor
            .call(
                "initialize",
                json!({"capabilities": {}, "workspaceFolders": folders}),
            )
            .await;
        assert!(answer.get("result").is_some(), "{answer}");
        editor.notify("initialized", json!({})).await;
        editor
    }

    /// Sends bytes as they are.
    pub(super) async fn raw(&mut self, text: &str) {
        let to = self.to.as_mut().expect("the pipe is open");
        to.write_all(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes())
            .await
            .unwrap();
    }

    /// Sends a notification.
    pub(super) async fn notify(&mut self, method: &str, params: Value) {
        self.raw(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string())
            .await;
    }

    /// Sends a request and returns its id.
    pub(super) async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.raw(&message.to_string()).await;
        id
    }

    /// The answer to a request.
    pub(super) async fn answer(&mut self, id: i64) -> Value {
        self.expect(|message| message["id"] == id && message.get("method").is_none())
            .await
    }

    /// Asks, and waits for the answer.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        self.answer(id).await
    }

    /// The next diagnostics of a document, as `line:character-line:character severity code`.
    pub(super) async fn diagnostics(&mut self, uri: &str, version: Option<i32>) -> Vec<String> {
        let message = self
            .expect(|message| {
                message["method"] == "textDocument/publishDiagnostics"
                    && message["params"]["uri"] == uri
                    && message["params"]["version"] == json!(version)
            })
            .await;
        let list = message["params"]["diagnostics"]
            .as_array()
            .cloned()
            .unwrap();
        list.iter().map(short).collect()
    }

    /// `didOpen`.
    pub(super) async fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}))
            .await;
    }

    /// `didChange`.
    pub(super) async fn change(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({"uri": uri, "version": version});
        let changes = json!([{"text": text}]);
        self.notify(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": changes}),
        )
        .await;
    }

    /// An error that answers no request.
    pub(super) async fn expect_error(&mut self) -> Value {
        self.expect(|message| message["id"].is_null() && message.get("error").is_some())
            .await
    }

    async fn expect(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&wanted) {
            return self.unread.remove(at);
        }
        loop {
            let message = tokio::time::timeout(LIMIT, read(&mut self.from)).await;
            let message = message
                .expect("the server says nothing")
                .expect("the server has gone");
            if wanted(&message) {
                return message;
            }
            self.unread.push(message);
        }
    }

    /// Closes the editor's end without a word.
    pub(super) async fn vanish(mut self) -> Ended {
        self.to = None;
        self.ended().await
    }

    /// How the session ended; every message must have been looked at.
    pub(super) async fn ended(mut self) -> Ended {
        let ended = tokio::time::timeout(LIMIT, &mut self.session).await;
        let ended = ended
            .expect("the session goes on")
            .expect("the session panicked");
        while let Some(message) = read(&mut self.from).await {
            self.unread.push(message);
        }
        assert!(
            self.unread.is_empty(),
            "nobody looked at {:#?}",
            self.unread
        );
        ended
    }
}

fn short(diagnostic: &Value) -> String {
    let place = |end: &str| {
        let place = &diagnostic["range"][end];
        format!("{}:{}", place["line"], place["character"])
    };
    assert_eq!(diagnostic["source"], "offshoot");
    let code = diagnostic["code"].as_str().unwrap();
    format!(
        "{}-{} {} {code}",
        place("start"),
        place("end"),
        diagnostic["severity"]
    )
}

async fn read(from: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}
