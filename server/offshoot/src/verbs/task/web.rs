//! The network, for tasks that may use it: proxies and certificates are those of the machine.

use std::error::Error;
use tasks::web::{Answer, Request, Unanswered, Web};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, http};

/// Bytes of a body.
const MOST: u64 = 64 * 1024 * 1024;
/// Who asks.
const NAME: &str = concat!("offshoot/", env!("CARGO_PKG_VERSION"));

/// The network.
#[derive(Debug)]
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

    fn answer(&self, request: &Request) -> Result<Answer, ureq::Error> {
        let method = match request.body {
            Some(_) => http::Method::POST,
            None => http::Method::GET,
        };
        let mut wire = http::Request::builder().method(method).uri(&request.url);
        for (name, value) in &request.headers {
            wire = wire.header(name, value);
        }
        let mut response = match &request.body {
            Some(json) => {
                let wire = wire
                    .header("content-type", "application/json")
                    .body(json.as_str())?;
                let wire = self.agent.configure_request(wire);
                let wire = wire.timeout_global(Some(request.time)).build();
                self.agent.run(wire)?
            }
            None => {
                let wire = self.agent.configure_request(wire.body(())?);
                let wire = wire.timeout_global(Some(request.time)).build();
                self.agent.run(wire)?
            }
        };
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter();
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            body: response
                .body_mut()
                .with_config()
                .limit(MOST)
                .read_to_vec()?,
        })
    }
}

impl Web for Online {
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        self.answer(request).map_err(|error| {
            // The address is told without its query: ids and words of a person may be in it.
            let place = request.url.split(['?', '#']).next().unwrap_or_default();
            let source = error.source().map(|source| format!(": {source}"));
            Unanswered::Failed(format!("{place}: {error}{}", source.unwrap_or_default()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

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
}
