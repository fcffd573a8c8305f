//! A service of OSV on this machine: batches, advisories, and archives; or one that says the same to everybody.

use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// It lives as long as the test's process.
pub(super) struct Service {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    advisories: Vec<Value>,
    asked: Vec<String>,
    /// What everybody is told.
    always: Option<String>,
}

impl Service {
    /// One that knows nothing.
    pub(super) fn start() -> Self {
        Self::with(State::default())
    }

    /// One that says this, whatever is asked, and hangs up.
    pub(super) fn saying(answer: &str) -> Self {
        Self::with(State {
            always: Some(answer.to_owned()),
            ..State::default()
        })
    }

    fn with(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { url, state }
    }

    pub(super) fn knows(&self, advisory: &Value) {
        self.state
            .lock()
            .expect("the state")
            .advisories
            .push(advisory.clone());
    }

    /// Paths that were asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        self.state.lock().expect("the state").asked.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let (path, body) = request(&mut stream)?;
    let mut state = state.lock().ok()?;
    state.asked.push(path.clone());
    let answer = match &state.always {
        Some(answer) => answer.clone().into_bytes(),
        None => answer(&state.advisories, &path, &body),
    };
    drop(state);
    stream.write_all(&answer).ok()
}

/// Path and body.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            let first = String::from_utf8_lossy(&bytes[..end])
                .lines()
                .next()?
                .to_owned();
            let path = first.split(' ').nth(1)?.to_owned();
            return Some((path, bytes[end + 4..].to_vec()));
        }
    }
}

fn answer(advisories: &[Value], path: &str, body: &[u8]) -> Vec<u8> {
    let about = |ecosystem: &str, name: Option<&str>| {
        let ecosystem = ecosystem.to_owned();
        let name = name.map(str::to_owned);
        let of = move |one: &&Value| {
            let package = &one["affected"][0]["package"];
            package["ecosystem"] == ecosystem.as_str()
                && name.as_deref().is_none_or(|name| package["name"] == name)
        };
        advisories.iter().filter(of).cloned().collect::<Vec<_>>()
    };
    if path == "/v1/querybatch" {
        let asked: Value = serde_json::from_slice(body).expect("JSON");
        let results = asked["queries"]
            .as_array()
            .expect("queries")
            .iter()
            .map(|query| {
                let package = &query["package"];
                let ecosystem = package["ecosystem"].as_str().expect("an ecosystem");
                let known = about(ecosystem, package["name"].as_str());
                let named = known
                    .iter()
                    .map(|one| json!({ "id": one["id"], "modified": one["modified"] }));
                json!({ "vulns": named.collect::<Vec<_>>() })
            });
        return ok(json!({ "results": results.collect::<Vec<_>>() })
            .to_string()
            .as_bytes());
    }
    if let Some(id) = path.strip_prefix("/v1/vulns/")
        && let Some(one) = advisories.iter().find(|one| one["id"] == id)
    {
        return ok(one.to_string().as_bytes());
    }
    if let Some(ecosystem) = path.strip_suffix("/all.zip") {
        return ok(&archive(&about(ecosystem.trim_start_matches('/'), None)));
    }
    b"HTTP/1.1 404 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec()
}

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn archive(advisories: &[Value]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for one in advisories {
        let options = zip::write::SimpleFileOptions::default();
        let name = format!("{}.json", one["id"].as_str().expect("an id"));
        zip.start_file(name, options).expect("an entry");
        zip.write_all(one.to_string().as_bytes())
            .expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}
