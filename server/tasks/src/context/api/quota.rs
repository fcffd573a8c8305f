//! What may still be asked, remembered from run to run in the folder of the knowledge base.

use super::later;
use super::refusal::Refusal;
use crate::context::stamp;
use crate::sheet;
use crate::web::Answer;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const FILE: &str = ".quota.json";
const VERSION: u32 = 1;
/// Where the server does not say for how long: an hour, and after a spending limit too, which a person can lift.
const UNSAID: u64 = 3600;
/// Longer than a month nobody has to wait.
const LONGEST: u64 = 31 * 86_400;

/// What is known of the quota.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Quota {
    /// Version of the file.
    version: u32,
    /// Questions of a window of time.
    pub limit: Option<u64>,
    /// Those that are left of it.
    pub remaining: Option<u64>,
    /// When the next window begins.
    pub resets_at: Option<String>,
    /// Nothing is asked before.
    pub blocked_until: Option<String>,
}

impl Quota {
    /// What was remembered; windows that are over are forgotten.
    pub(crate) fn read(root: &Path, now: Timestamp) -> Self {
        let mut text = String::new();
        let file = File::open(root.join(FILE)).ok();
        let _ = file.map(|file| file.take(64 << 10).read_to_string(&mut text));
        let mut quota: Self = serde_json::from_str(&text).unwrap_or_default();
        let over = |text: &Option<String>| {
            text.as_deref()
                .and_then(stamp::parse)
                .is_none_or(|at| at <= now)
        };
        if over(&quota.resets_at) {
            (quota.remaining, quota.resets_at) = (None, None);
        }
        if over(&quota.blocked_until) {
            quota.blocked_until = None;
        }
        quota
    }

    /// What an artifact tells of it; nothing where nothing is known.
    pub(crate) fn said(&self) -> Option<Self> {
        (*self != Self::default()).then(|| self.clone())
    }

    /// Remembers it.
    pub(crate) fn write(&self, root: &Path) -> io::Result<()> {
        let whole = Self {
            version: VERSION,
            ..self.clone()
        };
        sheet::write(root, FILE, &(serde_json::to_string_pretty(&whole)? + "\n"))
    }

    /// Until when nothing is to be asked.
    pub(crate) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let time = |text: &Option<String>| {
            text.as_deref()
                .and_then(stamp::parse)
                .filter(|at| *at > now)
        };
        let used_up = self.remaining == Some(0);
        time(&self.blocked_until).or_else(|| time(&self.resets_at).filter(|_| used_up))
    }

    /// Takes what the server says beside its answer.
    pub(super) fn heard(&mut self, answer: &Answer, now: Timestamp) {
        let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
        if let Some(limit) = number("ratelimit-limit") {
            self.limit = Some(limit);
        }
        if let Some(remaining) = number("ratelimit-remaining") {
            self.remaining = Some(remaining);
        }
        let reset = number("ratelimit-reset")
            .and_then(|at| Timestamp::from_second(i64::try_from(at).ok()?).ok());
        if let Some(reset) = reset {
            self.resets_at = Some(stamp::text(reset.min(later(now, LONGEST))));
        }
    }

    /// Takes a refusal.
    pub(super) fn refused(&mut self, refusal: &Refusal, now: Timestamp) {
        let seconds = match refusal {
            Refusal::Limited(seconds) => seconds.unwrap_or(UNSAID),
            Refusal::Spending => UNSAID,
            _ => return,
        };
        self.blocked_until = Some(stamp::text(later(now, seconds.min(LONGEST))));
    }
}
