//! The parts of a step that are mappings, or have rules of their own.

use super::keys::Level;
use super::read::{At, Fields, number, scalar_text, shortened, text, wrong};
use super::report::Report;
use super::step::{Decides, expression};
use super::tree::{Entry, Kind, Node, Span};
use crate::diagnostic::Position;
use crate::round::MOST_ROUNDS;
use crate::score;
use crate::workflow::{Gate, Limits, OnError, Retry, Scoring};
use std::ops::Range;
use std::time::Duration;

/// A gate whose targets are names.
pub(super) struct GateDraft {
    pub(super) gate: Gate,
    /// Where `gate` stands.
    pub(super) key: Span,
    /// Where its condition stands.
    pub(super) condition: Option<Span>,
    pub(super) asks: Vec<At<String>>,
    pub(super) on_pass: Option<At<String>>,
    pub(super) on_fail: Option<At<String>>,
}

pub(super) fn gate(fields: &Fields<'_>, report: &mut Report) -> Option<GateDraft> {
    let key = fields.key_span("gate").unwrap_or_default();
    let fields = Fields::open(fields.map("gate", report)?, Level::Gate, report);
    let text = fields.filled("condition", report);
    let node = fields.node("condition").filter(|_| text.is_some());
    let (condition, asks) = node
        .and_then(|node| expression(node, report, Decides::Gate))
        .unzip();
    let on_pass = fields.filled("on_pass", report);
    let on_fail = fields.filled("on_fail", report);
    let gate = Gate {
        enabled: true,
        condition,
        on_pass: None,
        on_fail: None,
        again: Vec::new(),
        max_rounds: fields.whole("max_rounds", 1, MOST_ROUNDS, report),
    };
    Some(GateDraft {
        gate,
        key,
        condition: node.map(|node| node.span.clone()),
        asks: asks.unwrap_or_default(),
        on_pass,
        on_fail,
    })
}

pub(super) fn limits(fields: &Fields<'_>, report: &mut Report) -> Limits {
    let Some(entries) = fields.map("limits", report) else {
        return Limits::default();
    };
    let fields = Fields::open(entries, Level::Limits, report);
    Limits {
        memory: fields.size("memory", report),
        cpu_percent: fields.whole("cpu_percent", 1, 1_000_000, report),
        output: fields.size("output", report),
    }
}

/// `retry` in any of its three spellings; none where it is switched off or absent.
pub(super) fn retry(fields: &Fields<'_>, level: Level, report: &mut Report) -> Option<Retry> {
    let fields = Fields::open(fields.map("retry", report)?, level, report);
    let delay = if level == Level::StepMetadataRetry {
        "initial_backoff_seconds"
    } else {
        "initial_delay_seconds"
    };
    let most = Duration::from_secs(24 * 3600).as_secs_f64();
    let retry = Retry {
        max_attempts: fields.whole("max_attempts", 1, 1_000, report).unwrap_or(3),
        backoff_multiplier: fields
            .number("backoff_multiplier", 1.0, 1_000.0, report)
            .unwrap_or(2.0),
        initial_delay: Duration::from_secs_f64(
            fields.number(delay, 0.0, most, report).unwrap_or(1.0),
        ),
    };
    let enabled = level == Level::Retry || fields.boolean("enabled", report).unwrap_or(true);
    enabled.then_some(retry)
}

pub(super) fn scoring(fields: &Fields<'_>, report: &mut Report) -> Option<Scoring> {
    let fields = Fields::open(fields.map("scoring", report)?, Level::Scoring, report);
    let thresholds = fields.map("thresholds", report).unwrap_or_default();
    Some(Scoring {
        enabled: fields.boolean("enabled", report).unwrap_or(true),
        thresholds: thresholds
            .iter()
            .filter_map(|entry| threshold(entry, report))
            .collect(),
    })
}

fn threshold(entry: &Entry, report: &mut Report) -> Option<(String, f64)> {
    let bound = number(&entry.value);
    if bound.is_none() {
        wrong(&entry.value, &entry.key, "a number", report);
    }
    unknown_threshold(entry, report);
    bound.map(|bound| (entry.key.clone(), bound))
}

/// A score may have any name, but one that nobody writes never passes.
fn unknown_threshold(entry: &Entry, report: &mut Report) {
    let (score, _) = score::bound(&entry.key);
    let has_end = entry.key.ends_with("_min") || entry.key.ends_with("_max");
    if score::KNOWN.contains(&score) && has_end {
        return;
    }
    let name = shortened(&entry.key);
    let (message, hint) = if has_end {
        let usual = score::KNOWN
            .iter()
            .flat_map(|known| [format!("{known}_min"), format!("{known}_max")]);
        let usual: Vec<String> = usual.collect();
        let near = report.did_you_mean(&entry.key, usual.iter().map(String::as_str));
        let message = format!("`{name}` is none of the usual thresholds");
        (
            message,
            near.or_else(|| {
                Some(format!(
                    "the file with the scores has to have `{}_score`",
                    shortened(score)
                ))
            }),
        )
    } else {
        let message =
            format!("`{name}` does not say which bound it is; it is taken as the lower one");
        (message, Some(format!("write `{name}_min` or `{name}_max`")))
    };
    report.warning(entry.key_span.clone(), "unknown-threshold", message, hint);
}

/// What `metadata` of a step says about how it runs.
pub(super) struct Metadata {
    pub(super) on_error: OnError,
    pub(super) retry: Option<Retry>,
    pub(super) scoring: Option<Scoring>,
}

pub(super) fn metadata(fields: &Fields<'_>, report: &mut Report) -> Metadata {
    let entries = fields
        .node("metadata")
        .and_then(Node::entries)
        .unwrap_or_default();
    let fields = Fields::open(entries, Level::StepMetadata, report);
    let skip = fields.boolean("skip_on_fail", report).unwrap_or(false);
    let recoverable = fields.boolean("error_recoverable", report).unwrap_or(false);
    Metadata {
        on_error: if skip || recoverable {
            OnError::Continue
        } else {
            OnError::Fail
        },
        retry: retry(&fields, Level::StepMetadataRetry, report),
        scoring: scoring(&fields, report),
    }
}

/// 1 to 4, also as `"3"` or `TIER3`.
pub(super) fn context_tier(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<u8> {
    let node = fields.node(key)?;
    let upper = scalar_text(node).map(str::to_ascii_uppercase);
    let digits = upper
        .as_deref()
        .map(|text| text.strip_prefix("TIER").unwrap_or(text));
    let tier = digits
        .and_then(|digits| digits.parse().ok())
        .filter(|tier| (1..=4).contains(tier));
    if tier.is_none() {
        wrong(node, key, "1 to 4, or `TIER1` to `TIER4`", report);
    }
    tier
}

/// Text, or lines of it as a list.
pub(super) fn notes(fields: &Fields<'_>, report: &mut Report) -> String {
    let Some(node) = fields.node("notes") else {
        return String::new();
    };
    let lines = match &node.kind {
        Kind::List(items) => items
            .iter()
            .filter_map(|item| text(item, "notes", report))
            .collect(),
        Kind::Scalar(_) | Kind::Map(_) => {
            text(node, "notes", report).into_iter().collect::<Vec<_>>()
        }
    };
    lines
        .into_iter()
        .map(|line| line.value)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Names of environment variables. Values have no place in a file that is committed.
pub(super) fn env(fields: &Fields<'_>, report: &mut Report) -> Vec<String> {
    if let Some(entry) = fields
        .entry("env")
        .filter(|entry| entry.value.entries().is_some())
    {
        let hint = Some(
            "list the names; the values come from the environment of whoever starts the run"
                .to_owned(),
        );
        let message = "`env` is a list of names, not a mapping".to_owned();
        report.error(entry.key_span.clone(), "wrong-type", message, hint);
        return Vec::new();
    }
    let names = fields.list("env", report);
    names
        .into_iter()
        .filter_map(|name| {
            let usable = !name.value.starts_with(|c: char| c.is_ascii_digit())
                && !name.value.is_empty()
                && name
                    .value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !usable {
                let message = format!(
                    "`{}` is no name of an environment variable",
                    shortened(&name.value)
                );
                report.error(name.span, "bad-name", message, None);
                return None;
            }
            Some(name.value)
        })
        .collect()
}

/// One word of a command string, without the sign that may stand before it.
pub(super) fn word(found: At<String>, key: &str, sign: char, report: &mut Report) -> String {
    let word = found.value.trim().trim_start_matches(sign);
    let breaks = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`');
    if word.is_empty() || word.contains(breaks) || word.starts_with('-') {
        let message = format!("`{key}` is one word, not `{}`", shortened(&found.value));
        let hint = Some("free text belongs into `prompt`".to_owned());
        report.error(found.span, "bad-name", message, hint);
        return String::new();
    }
    word.to_owned()
}

/// The place of these characters of a text; of all of it, where the file spells it otherwise.
pub(super) fn within(node: &Node, chars: Range<usize>) -> Span {
    let Kind::Scalar(scalar) = &node.kind else {
        return node.span.clone();
    };
    let Some(quote) = scalar.verbatim else {
        return node.span.clone();
    };
    let column = |chars: usize| {
        let offset = u32::try_from(chars).unwrap_or(u32::MAX);
        let column = node
            .span
            .start
            .column
            .saturating_add(quote)
            .saturating_add(offset);
        Position {
            column,
            ..node.span.start
        }
    };
    column(chars.start)..column(chars.end)
}
