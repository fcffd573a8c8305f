//! A Context7 on this machine, in a thread: it has each library, but those whose names say what is wrong with them.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// The key that it knows.
pub(crate) const KEY: &str = "ctx7sk-of-the-tests-only";

/// A question that was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) key: String,
}

/// The server; it ends with the test.
pub(crate) struct Fake {
    url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<Asked>>,
    changed: Condvar,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/api", listener.local_addr().expect("an address"));
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { url, state }
    }

    /// What `CONTEXT7_API_URL` is set to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().expect("the list").clone()
    }

    /// Waits until it was asked so often.
    pub(crate) fn wait_asked(&self, count: usize) {
        let asked = self.state.asked.lock().expect("the list");
        let waited =
            self.state
                .changed
                .wait_timeout_while(asked, Duration::from_secs(30), |asked| asked.len() < count);
        let (asked, timeout) = waited.expect("the list");
        assert!(!timeout.timed_out(), "asked {} times", asked.len());
    }
}

fn serve(stream: TcpStream, state: &State) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let first = lines.next()?.ok()?;
        let mut key = String::new();
        for line in lines.by_ref() {
            let line = line.ok()?;
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("authorization: bearer ") {
                value.clone_into(&mut key);
            }
        }
        let asked = parse(&first, key)?;
        {
            let mut all = state.asked.lock().expect("the list");
            all.push(asked.clone());
            state.changed.notify_all();
        }
        let (status, headers, body) = answer(&asked)?;
        let text = format!(
            "HTTP/1.1 {status} x\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        out.write_all(text.as_bytes()).ok()?;
    }
}

fn parse(line: &str, key: String) -> Option<Asked> {
    let target = line.split(' ').nth(1)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs
        .map(|(name, value)| (name.to_owned(), decode(value)))
        .collect();
    Some(Asked {
        path: path.to_owned(),
        query,
        key,
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Status, further header fields, and body; none = it hangs up.
fn answer(asked: &Asked) -> Option<(u16, String, String)> {
    let get = |name: &str| asked.query.get(name).map_or("", String::as_str);
    let error = |status: u16, headers: &str| {
        let body = json!({"error": "refused", "message": "as told"});
        Some((status, headers.to_owned(), body.to_string()))
    };
    if asked.key != KEY {
        return error(401, "");
    }
    let quota = "RateLimit-Limit: 1000\r\nRateLimit-Remaining: 990\r\n";
    let subject = format!("{} {}", get("libraryName"), get("libraryId"));
    let status = subject
        .split(['-', ' ', '/'])
        .find_map(|part| part.strip_prefix("status")?.parse().ok());
    match status {
        Some(429) => return error(429, "Retry-After: 7200\r\n"),
        Some(301) if asked.path == "/api/v2/context" => {
            let body = json!({"error": "moved", "message": "x", "redirectUrl": "/owner/moved"});
            return Some((301, String::new(), body.to_string()));
        }
        Some(0) => return None,
        Some(301) | None => {}
        Some(status) => return error(status, ""),
    }
    if subject.contains("hangs") {
        std::thread::sleep(Duration::from_secs(60));
    }
    let body = match asked.path.as_str() {
        "/api/v2/libs/search" => found(get("libraryName")),
        "/api/v2/context" if get("type") == "json" => documentation(get("libraryId")),
        // As it answers who does not say what he wants.
        "/api/v2/context" => {
            return Some((
                200,
                quota.to_owned(),
                format!("### Start\n\nAbout {}.", get("libraryId")),
            ));
        }
        _ => return error(404, ""),
    };
    Some((200, quota.to_owned(), body.to_string()))
}

fn found(name: &str) -> Value {
    let id = format!("/owner/{}", name.rsplit('/').next().unwrap_or(name));
    json!({"results": [{
        "id": id, "title": name, "description": "d", "branch": "main", "lastUpdateDate": "2026-01-15T10:30:00.000Z",
        "state": "finalized", "totalTokens": 500, "totalSnippets": 25, "stars": 22, "trustScore": 9.5,
        "benchmarkScore": 95.5, "versions": ["v18.2.0"],
    }], "searchFilterApplied": false})
}

fn documentation(id: &str) -> Value {
    json!({
        "codeSnippets": [{
            "codeTitle": "Use it", "codeDescription": "As here.", "codeLanguage": "python", "codeTokens": 5, "codeId": "x",
            "pageTitle": "p", "codeList": [{"language": "python", "code": "print(1)"}],
        }],
        "infoSnippets": [{"pageId": "x", "breadcrumb": "Start", "content": format!("About {id}."), "contentTokens": 2}],
    })
}
