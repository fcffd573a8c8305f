//! One text at a time: words, rules, judgement.

use super::RULES;
use super::judge::{self, Around};
use super::marks::is_marked;
use super::rules::{Rule, Strength};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::ops::Range;

/// The most of one line that a rule looks at, before and after a word: lines of minified files have no end.
const BEFORE: usize = 256;
const AFTER: usize = 1024;
/// Hits of one text; what has more is a list of them.
pub(super) const MOST: usize = 1_000;

/// A secret that was found. What it is is not in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which rule, in [`RULES`].
    pub rule: usize,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// The rules, ready to be used. Making one takes milliseconds; it can be shared.
#[derive(Debug)]
pub struct Scanner {
    words: AhoCorasick,
    set: RegexSet,
    regexes: Vec<Regex>,
}

impl Scanner {
    /// With all rules.
    ///
    /// # Panics
    /// Never: the rules are constants, and a test compiles them.
    pub fn new() -> Self {
        let words = RULES.iter().flat_map(|rule| rule.words);
        let patterns = RULES.iter().map(|rule| rule.pattern);
        Self {
            words: AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostFirst)
                .build(words)
                .expect("words"),
            set: RegexSetBuilder::new(patterns.clone())
                .unicode(false)
                .build()
                .expect("patterns"),
            regexes: patterns
                .map(|pattern| RegexBuilder::new(pattern).unicode(false).build())
                .collect::<Result<_, _>>()
                .expect("patterns"),
        }
    }

    /// All secrets in a text, by place. `path` says what kind of file it is.
    pub fn scan(&self, path: &str, text: &[u8]) -> Vec<Hit> {
        let kind = Kind::of(path);
        let mut hits: Vec<Hit> = Vec::new();
        let mut done = 0;
        for word in self.words.find_iter(text) {
            if word.end() <= done {
                continue;
            }
            let piece = piece(text, word.start(), word.end());
            done = piece.end;
            self.scan_piece(text, piece, kind, &mut hits);
            if hits.len() >= MOST {
                break;
            }
        }
        hits.sort_by_key(|hit| (hit.range.start, hit.rule));
        hits.dedup_by(|later, first| overlap(&later.range, &first.range));
        hits.truncate(MOST);
        hits
    }

    fn scan_piece(&self, text: &[u8], piece: Range<usize>, kind: Kind, hits: &mut Vec<Hit>) {
        let bytes = &text[piece.clone()];
        for index in self.set.matches(bytes) {
            let (Some(rule), Some(regex)) = (RULES.get(index), self.regexes.get(index)) else {
                continue;
            };
            if kind == Kind::Generated && rule.strength == Strength::Context {
                continue;
            }
            for found in regex.captures_iter(bytes) {
                let groups = found.iter().skip(1).enumerate();
                let Some((group, value)) = groups.filter_map(|(n, m)| Some((n, m?))).next() else {
                    continue;
                };
                let range = piece.start + value.start()..piece.start + value.end();
                let around = Around {
                    quoted: is_quoted(rule, group, text, &range),
                    settings: kind == Kind::Settings,
                    after: &text[range.end..],
                };
                let follows = rule.strength != Strength::Armor || judge::key_follows(around.after);
                if follows
                    && judge::is_secret(rule, value.as_bytes(), around)
                    && !is_marked(text, range.start)
                {
                    hits.push(Hit { rule: index, range });
                }
            }
        }
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a value stood in quotes: the groups of assignments tell, for others what stands before it.
fn is_quoted(rule: &Rule, group: usize, text: &[u8], range: &Range<usize>) -> bool {
    match rule.id {
        "password" | "assigned-secret" => group < 2,
        _ => range.start > 0 && matches!(text[range.start - 1], b'"' | b'\'' | b'`'),
    }
}

/// The line around a word, as far as a rule looks.
fn piece(text: &[u8], start: usize, end: usize) -> Range<usize> {
    let from = start.saturating_sub(BEFORE);
    let before = text[from..start].iter().rposition(|byte| *byte == b'\n');
    let to = text.len().min(end + AFTER);
    let after = text[end..to].iter().position(|byte| *byte == b'\n');
    before.map_or(from, |newline| from + newline + 1)..after.map_or(to, |newline| end + newline)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// What a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Values without quotes.
    Settings,
    /// Written by programs, full of fingerprints.
    Generated,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if ends(&[
            ".lock",
            "-lock.json",
            "-lock.yaml",
            ".sum",
            ".min.js",
            ".min.css",
            ".map",
            ".svg",
            ".snap",
            ".ipynb",
        ]) {
            Self::Generated
        } else if name.starts_with(".env")
            || name.starts_with("dockerfile")
            || ends(&[
                ".env",
                ".ini",
                ".properties",
                ".yaml",
                ".yml",
                ".conf",
                ".cfg",
                ".cnf",
                ".toml",
                ".sh",
                ".bash",
                ".zsh",
                ".tfvars",
                ".npmrc",
                ".netrc",
                ".pgpass",
                ".service",
            ])
        {
            Self::Settings
        } else {
            Self::Other
        }
    }
}
