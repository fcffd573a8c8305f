//! The corpus, and texts that no corpus has.

use super::{RULES, Scanner};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Making one takes long without optimisation.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// What the corpus has to come to; what it came to when this was written stands in `docs/performance.md`.
const LEAST_PRECISION: f64 = 0.95;
const LEAST_RECALL: f64 = 0.95;

/// A line of the corpus, filled in.
struct Case {
    /// Where it stands in the corpus, from 1.
    line: usize,
    rule: Option<&'static str>,
    path: &'static str,
    text: String,
}

fn corpus() -> Vec<Case> {
    let lines = include_str!("corpus.txt").lines().enumerate();
    let written = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    written
        .map(|(index, line)| {
            let mut fields = line.splitn(3, '\t');
            let mut field = || fields.next().expect("three fields with tabs");
            let rule = Some(field()).filter(|rule| *rule != "-");
            let path = field();
            Case {
                line: index + 1,
                rule,
                path,
                text: fill(field(), index as u64),
            }
        })
        .collect()
}

/// Random characters in place of `{X:N}`; the same in every run.
fn fill(template: &str, seed: u64) -> String {
    let template = template.replace("\\n", "\n").replace("\\\n", "\\n");
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    let mut out = String::new();
    let mut rest = template.as_str();
    while let Some((before, name, length, after)) = placeholder(rest) {
        out.push_str(before);
        let letters = alphabet(name).as_bytes();
        out.extend((0..length).map(|_| char::from(letters[next() % letters.len()])));
        rest = after;
    }
    out + rest
}

fn placeholder(text: &str) -> Option<(&str, &str, usize, &str)> {
    for (at, _) in text.match_indices('{') {
        let Some((inner, after)) = text[at + 1..].split_once('}') else {
            continue;
        };
        if let Some((name, length)) = inner.split_once(':')
            && name.len() == 1
            && let Ok(length) = length.parse()
        {
            return Some((&text[..at], name, length, after));
        }
    }
    None
}

fn alphabet(name: &str) -> &'static str {
    match name {
        "U" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "a" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "h" => "0123456789abcdef",
        "b" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
        "w" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
        "l" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "n" => "0123456789",
        "x" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        _ => panic!("no alphabet {name}"),
    }
}

#[test]
fn the_corpus_is_told_apart() {
    let (mut found, mut missed, mut wrong) = (0_u32, Vec::new(), Vec::new());
    for case in corpus() {
        let hits = SCANNER.scan(case.path, case.text.as_bytes());
        let ids: Vec<&str> = hits.iter().map(|hit| RULES[hit.rule].id).collect();
        match case.rule {
            Some(rule) if ids == [rule] => found += 1,
            Some(rule) => missed.push(format!("{}: {rule} but {ids:?}: {}", case.line, case.text)),
            None if ids.is_empty() => {}
            None => wrong.push(format!("{}: {ids:?}: {}", case.line, case.text)),
        }
    }
    let recall = f64::from(found) / f64::from(found + missed.len() as u32);
    let precision = f64::from(found) / f64::from(found + wrong.len() as u32);
    let report = [missed, wrong].concat().join("\n");
    println!("precision {precision:.3}, recall {recall:.3}\n{report}");
    assert!(
        recall >= LEAST_RECALL && precision >= LEAST_PRECISION,
        "precision {precision:.3}, recall {recall:.3}\n{report}"
    );
}

#[test]
fn every_rule_has_a_case() {
    let mut cases: BTreeMap<&str, usize> = RULES.iter().map(|rule| (rule.id, 0)).collect();
    assert_eq!(cases.len(), RULES.len(), "two rules have one name");
    for rule in corpus().iter().filter_map(|case| case.rule) {
        *cases.get_mut(rule).expect("a rule of this name") += 1;
    }
    let without: Vec<_> = cases.iter().filter(|(_, count)| **count == 0).collect();
    // Their formats differ from those of others by a few letters only.
    let few = [
        "discord-token",
        "discord-webhook",
        "heroku-key",
        "sentry-token",
    ];
    let unexpected: Vec<_> = without.iter().filter(|(id, _)| !few.contains(id)).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
}

#[test]
fn places_are_those_of_the_secret() {
    let text = fill("x\n  token: \"ghp_{a:36}\" # {a:3}\nghp_{a:36}", 1);
    let hits = SCANNER.scan("a.txt", text.as_bytes());
    let found: Vec<&str> = hits.iter().map(|hit| &text[hit.range.clone()]).collect();
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|secret| secret.starts_with("ghp_") && secret.len() == 40)
    );
}

#[test]
fn long_lines_and_many_hits_are_bounded() {
    let line = fill("token='ghp_{a:36}';", 3).repeat(20_000);
    assert!(SCANNER.scan("a.js", line.as_bytes()).len() <= super::scan::MOST);
    let nothing = "token".repeat(100_000);
    assert_eq!(SCANNER.scan("a.js", nothing.as_bytes()), []);
}

proptest! {
    #[test]
    fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..400), path in ".{0,20}") {
        let _ = SCANNER.scan(&path, &text);
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands(before in "[a-z \n]{0,300}", after in "[ \n;,][a-z \n]{0,300}", seed in 1_u64..1000) {
        let secret = fill("ghp_{a:36}", seed);
        let text = format!("{before} {secret}{after}");
        let hits = SCANNER.scan("notes.md", text.as_bytes());
        prop_assert_eq!(hits.len(), 1);
        prop_assert_eq!(&text[hits[0].range.clone()], secret);
    }
}
