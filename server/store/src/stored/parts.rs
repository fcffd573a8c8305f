//! Small stored values that several documents share: failures, limits, retries, spans.

use super::Invalid;
use model::diagnostic::Severity;
use model::failure::{Failure, FailureClass};
use model::workflow::{Limits, Retry};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A span in whole milliseconds; what is longer than `u64` can say becomes the longest it can.
pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// A `Failure`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FailureDoc {
    class: String,
    #[serde(default)]
    message: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    for_good: bool,
}

impl From<&Failure> for FailureDoc {
    fn from(failure: &Failure) -> Self {
        Self {
            class: failure.class.as_str().to_owned(),
            message: failure.message.clone(),
            for_good: failure.for_good,
        }
    }
}

impl TryFrom<FailureDoc> for Failure {
    type Error = Invalid;

    fn try_from(doc: FailureDoc) -> Result<Self, Invalid> {
        match FailureClass::parse(&doc.class) {
            Some(class) => Ok(Self {
                for_good: doc.for_good,
                ..Self::new(class, doc.message)
            }),
            None => Err(Invalid::Word {
                what: "class of failure",
                word: doc.class,
            }),
        }
    }
}

/// The severity with this name.
pub(super) fn severity(word: String) -> Result<Severity, Invalid> {
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| severity.as_str() == word)
        .ok_or(Invalid::Word {
            what: "severity",
            word,
        })
}

/// `Limits`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LimitsDoc {
    memory: Option<u64>,
    cpu_percent: Option<u32>,
    output: Option<u64>,
}

impl From<&Limits> for LimitsDoc {
    fn from(limits: &Limits) -> Self {
        Self {
            memory: limits.memory,
            cpu_percent: limits.cpu_percent,
            output: limits.output,
        }
    }
}

impl From<LimitsDoc> for Limits {
    fn from(doc: LimitsDoc) -> Self {
        Self {
            memory: doc.memory,
            cpu_percent: doc.cpu_percent,
            output: doc.output,
        }
    }
}

/// A `Retry`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RetryDoc {
    max_attempts: u32,
    backoff_multiplier: f64,
    initial_delay_ms: u64,
}

impl Default for RetryDoc {
    fn default() -> Self {
        Self {
            max_attempts: 1,
            backoff_multiplier: 2.0,
            initial_delay_ms: 1000,
        }
    }
}

impl From<&Retry> for RetryDoc {
    fn from(retry: &Retry) -> Self {
        Self {
            max_attempts: retry.max_attempts,
            backoff_multiplier: retry.backoff_multiplier,
            initial_delay_ms: millis(retry.initial_delay),
        }
    }
}

impl From<RetryDoc> for Retry {
    fn from(doc: RetryDoc) -> Self {
        Self {
            max_attempts: doc.max_attempts,
            backoff_multiplier: doc.backoff_multiplier,
            initial_delay: Duration::from_millis(doc.initial_delay_ms),
        }
    }
}
