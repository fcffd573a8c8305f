//! Why Context7 gave nothing.

use crate::ground::{Halt, Stop};
use crate::web::{Answer, Unanswered};
use jiff::Timestamp;
use serde_json::Value;
use std::fmt;

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The task has to end.
    Stopped(Stop),
    /// The network may not be used.
    NotAllowed,
    /// Nobody answered.
    NoAnswer,
    /// The key is none, or may not do this.
    Key(u16),
    /// What was paid for is used up.
    Spending,
    /// Too many questions; for so many seconds.
    Limited(Option<u64>),
    /// The library is known and not ready yet.
    NotReady,
    /// The library has another id now.
    Moved(String),
    /// There is nothing.
    NotFound,
    /// The question was no good.
    Question(u16),
    /// The server fails.
    Server(u16),
    /// An answer that is none.
    Odd(String),
}

impl Refusal {
    /// Whether asking for another library is of no use now.
    pub(crate) fn ends_all(&self) -> bool {
        matches!(
            self,
            Self::Stopped(_)
                | Self::NotAllowed
                | Self::NoAnswer
                | Self::Key(401)
                | Self::Spending
                | Self::Limited(_)
        )
    }
}

impl Refusal {
    /// How a task ends for it. Where nothing was fetched before, and nobody is to blame here, it was not run.
    pub(crate) fn halt(&self, fetched: bool) -> Halt {
        match self {
            Self::Stopped(stop) => Halt::Stopped(*stop),
            Self::NotAllowed | Self::NoAnswer | Self::Spending | Self::Limited(_) if !fetched => {
                Halt::NotRun(self.to_string())
            }
            _ => Halt::Failed(self.to_string()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(Stop::Cancelled) => out.write_str("somebody stopped it"),
            Self::Stopped(Stop::TimedOut) => out.write_str("its time was over"),
            Self::NotAllowed => out.write_str("the network may not be used"),
            Self::NoAnswer => out.write_str("Context7 cannot be reached"),
            Self::Key(401) => out.write_str("Context7 does not know the key in CONTEXT7_API_KEY"),
            Self::Key(status) => write!(
                out,
                "Context7 does not give this to the key in CONTEXT7_API_KEY ({status})"
            ),
            Self::Spending => out.write_str("the spending limit at Context7 is reached"),
            Self::Limited(Some(seconds)) => {
                write!(out, "Context7 takes no more questions for {seconds} s")
            }
            Self::Limited(None) => out.write_str("Context7 takes no more questions for now"),
            Self::NotReady => out.write_str("Context7 is still reading this library"),
            Self::Moved(_) => out.write_str("the library has moved"),
            Self::NotFound => out.write_str("Context7 has no documentation of it"),
            Self::Question(status) => write!(out, "Context7 did not take the question ({status})"),
            Self::Server(status) => write!(out, "Context7 fails ({status})"),
            Self::Odd(what) => write!(out, "the answer of Context7 cannot be used: {what}"),
        }
    }
}

/// The words of the network are left out: an address with a question is in them.
pub(super) fn of_silence(why: &Unanswered) -> Refusal {
    match why {
        Unanswered::NotAllowed => Refusal::NotAllowed,
        Unanswered::Failed(_) => Refusal::NoAnswer,
    }
}

/// None: it is what was asked for.
pub(super) fn of_answer(answer: &Answer, now: Timestamp) -> Option<Refusal> {
    Some(match answer.status {
        200 => return None,
        202 => Refusal::NotReady,
        301 | 302 | 307 | 308 => moved(answer),
        401 | 403 => Refusal::Key(answer.status),
        402 => Refusal::Spending,
        404 => Refusal::NotFound,
        429 => Refusal::Limited(wait(answer, now)),
        400..=499 => Refusal::Question(answer.status),
        500..=599 => Refusal::Server(answer.status),
        status => Refusal::Odd(format!("status {status}")),
    })
}

/// The id that `redirectUrl` names. Only the id is taken: nothing is sent to another place.
fn moved(answer: &Answer) -> Refusal {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let to = body
        .get("redirectUrl")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let path = match to.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => to,
    };
    match is_id(path) {
        true => Refusal::Moved(path.to_owned()),
        false => Refusal::Odd("it says that the library has moved, and not where to".to_owned()),
    }
}

/// `/owner/name`, with a version or without.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_.@+~".contains(c);
    let parts: Vec<&str> = text.split('/').skip(1).collect();
    let fine =
        |part: &&str| !part.is_empty() && part.chars().all(plain) && part.chars().any(|c| c != '.');
    text.starts_with('/')
        && text.len() <= 300
        && (2..=4).contains(&parts.len())
        && parts.iter().all(fine)
}

/// Seconds until it may be asked again: `Retry-After` as a number, else the end of the window.
fn wait(answer: &Answer, now: Timestamp) -> Option<u64> {
    let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
    number("retry-after").or_else(|| {
        let reset = Timestamp::from_second(i64::try_from(number("ratelimit-reset")?).ok()?).ok()?;
        u64::try_from(reset.duration_since(now).as_secs()).ok()
    })
}
