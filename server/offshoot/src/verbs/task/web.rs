//! The network, for tasks that may use it: proxies and certificates are those of the machine.

use std::error::Error;
use std::io::{self, Read, Write};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use tasks::web::{Answer, Request, Unanswered, Web};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, http};

/// Bytes of a body.
const MOST: u64 = 64 * 1024 * 1024;
/// Who asks.
const NAME: &str = concat!("offshoot/", env!("CARGO_PKG_VERSION"));

/// Between two looks at whether an answer is still wanted.
const GLANCE: Duration = Duration::from_millis(50);

/// The network.
#[derive(Debug, Clone)]
pub(super) struct Online {
    agent: Agent,
}

impl Online {
    pub(super) fn new() -> Self {
        let certificates = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let agent = Agent::config_builder()
            .user_agent(NAME)
            .tls_config(certificates.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Self {
            agent: agent.into(),
        }
    }

    fn send(&self, request: &Request) -> Result<http::Response<Body>, ureq::Error> {
        let method = match request.body {
            Some(_) => http::Method::POST,
            None => http::Method::GET,
        };
        let mut wire = http::Request::builder().method(method).uri(&request.url);
        for (name, value) in &request.headers {
            wire = wire.header(name, value);
        }
        match &request.body {
            Some(json) => {
                let wire = wire
                    .header("content-type", "application/json")
                    .body(json.as_str())?;
                let wire = self.agent.configure_request(wire);
                let wire = wire.timeout_global(Some(request.time)).build();
                self.agent.run(wire)
            }
            None => {
                let wire = self.agent.configure_request(wire.body(())?);
                let wire = wire.timeout_global(Some(request.time)).build();
                self.agent.run(wire)
            }
        }
    }

    /// Hands an answer over in pieces, until it ends or nobody wants it any more.
    fn stream(&self, request: &Request, most: u64, to: &SyncSender<Piece>) {
        let failed = |error: &(dyn Error + 'static)| Piece::Failed(unanswered(request, error));
        let mut response = match self.send(request) {
            Ok(response) => response,
            Err(error) => {
                let _ = to.send(failed(&error));
                return;
            }
        };
        let head = head(&response);
        let has_body = head.status == 200;
        if to.send(Piece::Head(head)).is_err() || !has_body {
            return;
        }
        let body = response.body_mut().with_config();
        let mut body = body.limit(most.saturating_add(1)).reader();
        let mut left = most;
        let mut piece = vec![0; 1 << 16];
        loop {
            let next = match body.read(&mut piece) {
                Ok(0) => return,
                Ok(read) if read as u64 > left => {
                    let why = format!("it is longer than {most} bytes");
                    Piece::Failed(Unanswered::Failed(why))
                }
                Ok(read) => {
                    left -= read as u64;
                    Piece::Body(piece.get(..read).unwrap_or_default().to_vec())
                }
                Err(error) => failed(&error),
            };
            let last = matches!(next, Piece::Failed(_));
            if to.send(next).is_err() || last {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> Result<Answer, ureq::Error> {
        let mut response = self.send(request)?;
        let body = response.body_mut().with_config().limit(MOST);
        let body = body.read_to_vec()?;
        Ok(Answer {
            body,
            ..head(&response)
        })
    }
}

/// What comes of an answer, one after the other. The end is that nothing more comes.
enum Piece {
    Head(Answer),
    Body(Vec<u8>),
    Failed(Unanswered),
}

fn head(response: &http::Response<Body>) -> Answer {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body: Vec::new(),
    }
}

/// Why there is no answer. The address is told without its query: ids and words of a person may be in it.
fn unanswered(request: &Request, error: &(dyn Error + 'static)) -> Unanswered {
    let place = request.url.split(['?', '#']).next().unwrap_or_default();
    let source = error.source().map(|source| format!(": {source}"));
    Unanswered::Failed(format!("{place}: {error}{}", source.unwrap_or_default()))
}

impl Web for Online {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        self.answer(request)
            .map_err(|error| unanswered(request, &error))
    }

    fn fetch(
        &self,
        request: &Request,
        most: u64,
        into: &mut dyn Write,
    ) -> Result<Answer, Unanswered> {
        let (send, receive) = sync_channel(4);
        let (online, asked) = (self.clone(), request.clone());
        // A thread of its own: whoever waits can leave at any time, however silent the server is.
        thread::spawn(move || online.stream(&asked, most, &send));
        let cannot_write = |error: io::Error| Unanswered::Failed(error.to_string());
        let mut head = None;
        loop {
            match receive.recv_timeout(GLANCE) {
                Ok(Piece::Head(answer)) => head = Some(answer),
                Ok(Piece::Body(bytes)) => into.write_all(&bytes).map_err(cannot_write)?,
                Ok(Piece::Failed(why)) => return Err(why),
                Err(RecvTimeoutError::Timeout) => into.flush().map_err(cannot_write)?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        head.ok_or_else(|| Unanswered::Failed("there is no answer".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A server that answers once with this text, and hands over what it was asked. A GET ends with its head, a
    /// POST with its document.
    fn server(posted: bool, answer: &'static str) -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a?word=hidden", listener.local_addr().unwrap());
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut piece = [0; 4096];
            let end: &[u8] = if posted { b"}" } else { b"\r\n\r\n" };
            while !asked.ends_with(end) {
                let read = stream.read(&mut piece).unwrap();
                asked.extend_from_slice(&piece[..read]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        (url, asked)
    }

    #[test]
    fn every_status_is_an_answer() {
        for status in [200, 202, 301, 404, 429, 500] {
            let text = format!(
                "HTTP/1.1 {status} x\r\nRetry-After: 7\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{{}}"
            );
            let (url, asked) = server(false, text.leak());
            let request = Request::get(url).header("Authorization", "Bearer k");
            let answer = Online::new().ask(&request).unwrap();
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("retry-after"), Some("7"));
            assert_eq!(answer.body, b"{}");
            let asked = asked.join().unwrap();
            assert!(asked.starts_with("GET /a?word=hidden HTTP/1.1"), "{asked}");
            assert!(asked.contains("authorization: Bearer k"), "{asked}");
        }
    }

    #[test]
    fn what_is_sent_is_json() {
        let (url, asked) = server(true, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Online::new()
            .ask(&Request::post(url, r#"{"a":1}"#))
            .unwrap();
        let asked = asked.join().unwrap();
        assert!(asked.starts_with("POST "), "{asked}");
        assert!(asked.contains("content-type: application/json"), "{asked}");
        assert!(asked.ends_with(r#"{"a":1}"#), "{asked}");
    }

    #[test]
    fn no_answer_is_told_without_what_was_asked() {
        let (url, _asked) = server(false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        let Err(Unanswered::Failed(why)) = Online::new().ask(&Request::get(url)) else {
            panic!("an answer");
        };
        assert!(why.starts_with("http://127.0.0.1:"), "{why}");
        assert!(!why.contains("hidden"), "{why}");
    }

    #[test]
    fn its_time_is_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let request = Request {
            time: Duration::from_millis(50),
            ..Request::get(format!("http://{}/", listener.local_addr().unwrap()))
        };
        assert!(matches!(
            Online::new().ask(&request),
            Err(Unanswered::Failed(_))
        ));
    }

    #[test]
    fn what_is_large_comes_in_pieces_up_to_a_limit() {
        let text = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n{}",
            "x".repeat(200_000)
        );
        let text: &'static str = text.leak();
        for (most, fits) in [(200_000, true), (199_999, false)] {
            let mut into = Vec::new();
            let fetched =
                Online::new().fetch(&Request::get(server(false, text).0), most, &mut into);
            assert_eq!(fetched.is_ok(), fits, "{fetched:?}");
            assert_eq!(into.len() == 200_000, fits);
        }
        let (url, _asked) = server(false, "HTTP/1.1 404 x\r\nContent-Length: 4\r\n\r\ngone");
        let mut into = Vec::new();
        let answer = Online::new()
            .fetch(&Request::get(url), 9, &mut into)
            .unwrap();
        assert_eq!((answer.status, into.len()), (404, 0));
        let (url, _asked) = server(false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        assert!(
            Online::new()
                .fetch(&Request::get(url), 9, &mut into)
                .is_err()
        );
    }

    #[test]
    fn whoever_waits_can_leave() {
        struct Leaving;
        impl Write for Leaving {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::Error::other("enough"))
            }
        }
        // It takes the call, and never says anything.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let left = Online::new().fetch(&Request::get(url), 9, &mut Leaving);
        assert_eq!(left, Err(Unanswered::Failed("enough".to_owned())));
    }
}
