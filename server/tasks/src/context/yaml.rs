//! The YAML of the knowledge base: read as it comes, written so that readers of YAML 1.1 get back what was meant.
//! A plain `2026-11-20T10:00:00Z` is a date to them, a plain `on` a truth value: all texts but plain words are quoted.

use serde_yaml::{Mapping, Value};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A larger file is none of the knowledge base.
const LARGEST: u64 = 8 << 20;
/// Words that mean something else in YAML 1.1.
const MEAN_MORE: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The mapping in a file; none where there is no such file, or something else in it.
pub(crate) fn read(path: &Path) -> Option<Mapping> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST + 1).read_to_string(&mut text).ok()?;
    if text.len() as u64 > LARGEST {
        return None;
    }
    match serde_yaml::from_str(&text).ok()? {
        Value::Mapping(mapping) => Some(mapping),
        _ => None,
    }
}

/// A text of a mapping; a number there is its digits.
pub(crate) fn text(mapping: &Mapping, key: &str) -> Option<String> {
    match mapping.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number of a mapping.
pub(crate) fn number(mapping: &Mapping, key: &str) -> u64 {
    mapping.get(key).and_then(Value::as_u64).unwrap_or_default()
}

/// The text of a mapping in block style.
pub(crate) fn render(mapping: &Mapping) -> String {
    let mut out = String::new();
    block(&mut out, mapping, 0);
    out
}

fn block(out: &mut String, mapping: &Mapping, depth: usize) {
    for (key, value) in mapping {
        out.push_str(&"  ".repeat(depth));
        out.push_str(&scalar(key));
        out.push(':');
        match value {
            Value::Mapping(inner) if !inner.is_empty() => {
                out.push('\n');
                block(out, inner, depth + 1);
            }
            Value::Sequence(items) if !items.is_empty() => {
                out.push('\n');
                for item in items {
                    out.push_str(&"  ".repeat(depth));
                    out.push_str(&format!("- {}\n", scalar(item)));
                }
            }
            value => out.push_str(&format!(" {}\n", scalar(value))),
        }
    }
}

/// A value on one line; what is nested deeper than a list is JSON, which is YAML too.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) if number.is_finite() => format!("{number:?}"),
            Some(_) => "null".to_owned(),
            None => number.to_string(),
        },
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(text) => quote(text),
        Value::Sequence(items) => format!("[{}]", list(items.iter().map(scalar))),
        Value::Mapping(mapping) => {
            let pairs = mapping
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), scalar(value)));
            format!("{{{}}}", list(pairs))
        }
        Value::Tagged(tagged) => scalar(&tagged.value),
    }
}

/// In double quotes; what is no letter, digit or sign of ASCII is escaped: some spaces are ends of lines there.
fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out + "\""
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '/')
        && text.chars().all(word)
        && !MEAN_MORE.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{Mapping, Value, is_plain, render};
    use proptest::prelude::*;

    #[test]
    fn what_means_more_is_quoted() {
        for text in [
            "2026-11-20T10:00:00Z",
            "on",
            "No",
            "1.0",
            "",
            "~",
            "a: b",
            "- a",
            "@x/y",
            "*a",
            "a\nb",
            "12",
        ] {
            assert!(!is_plain(text), "{text}");
        }
        for text in ["fastapi", "next.js", "/a/b", "react-query"] {
            assert!(is_plain(text), "{text}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<f32>()
                .prop_filter("finite", |n| n.is_finite())
                .prop_map(|n| Value::from(f64::from(n))),
            "\\PC{0,12}".prop_map(Value::from),
            "(on|yes|null|[0-9.:-]{1,8})".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence),
                proptest::collection::vec(("[a-zA-Z0-9 .:@-]{0,8}", inner), 0..4).prop_map(
                    |pairs| {
                        Value::Mapping(
                            pairs
                                .into_iter()
                                .map(|(key, value)| (Value::from(key), value))
                                .collect(),
                        )
                    }
                ),
            ]
        })
    }

    proptest! {
        #[test]
        fn written_and_read_it_is_the_same(value in values()) {
            let mapping = Mapping::from_iter([(Value::from("a"), value)]);
            let back: Mapping = serde_yaml::from_str(&render(&mapping)).unwrap();
            prop_assert_eq!(back, mapping);
        }
    }
}
