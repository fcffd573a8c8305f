//! The port to the network. A task that was not given leave to use it is given one that refuses.

use std::fmt;
use std::io::Write;
use std::time::Duration;

/// What is asked of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The whole address, `https:` or, for servers of this machine, `http:`.
    pub url: String,
    /// Header fields, for example `Authorization`. Their values are never logged.
    pub headers: Vec<(String, String)>,
    /// JSON to send: then it is a POST, else a GET.
    pub body: Option<String>,
    /// How long it may take in all.
    pub time: Duration,
}

impl Request {
    /// A GET that may take 30 s.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: Vec::new(),
            body: None,
            time: Duration::from_secs(30),
        }
    }

    /// A POST of JSON that may take 30 s.
    #[must_use]
    pub fn post(url: impl Into<String>, json: impl Into<String>) -> Self {
        Self {
            body: Some(json.into()),
            ..Self::get(url)
        }
    }

    /// With one more header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What a server answered, whatever its status. Redirects are not followed: who asks decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, for example 404.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most 64 MiB.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header field by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// This task may not use the network.
    NotAllowed,
    /// Nobody could be reached, or the answer was cut off: a sentence for people, without the request's secrets.
    Failed(String),
}

impl fmt::Display for Unanswered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed => out.write_str("the network may not be used"),
            Self::Failed(why) => out.write_str(why),
        }
    }
}

/// The network.
pub trait Web: Sync {
    /// Asks a server once.
    ///
    /// # Errors
    /// When there is no answer.
    fn ask(&self, request: &Request) -> Result<Answer, Unanswered>;

    /// The same for what is too large for memory: the body goes into `into`, up to `most` bytes, and the answer has
    /// none. Of an answer that is not 200 there is no body. While nothing comes `into` is flushed now and then: when
    /// that fails, nobody waits any longer.
    ///
    /// # Errors
    /// When there is no answer, it is longer, or it cannot be written.
    fn fetch(
        &self,
        request: &Request,
        most: u64,
        into: &mut dyn Write,
    ) -> Result<Answer, Unanswered> {
        let mut answer = self.ask(request)?;
        let body = std::mem::take(&mut answer.body);
        if answer.status == 200 {
            if body.len() as u64 > most {
                return Err(Unanswered::Failed(format!(
                    "it is longer than {most} bytes"
                )));
            }
            into.write_all(&body)
                .map_err(|error| Unanswered::Failed(error.to_string()))?;
        }
        Ok(answer)
    }
}

/// A network that may not be used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl Web for Offline {
    fn ask(&self, _request: &Request) -> Result<Answer, Unanswered> {
        Err(Unanswered::NotAllowed)
    }
}
