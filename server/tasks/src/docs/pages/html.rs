//! Tags of HTML in Markdown, as far as they are links or can be linked to.

use regex::Regex;
use std::sync::LazyLock;

/// A comment, or an attribute of a tag.
static ATTRIBUTES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)<!--.*?-->|<(a|img|[a-z][a-z0-9-]*)\b([^<>]*)>"#).ok());
static VALUES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)\b(href|src|id|name)\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something can be linked to here.
    Anchor,
    /// This leads somewhere.
    Address,
}

/// An attribute that matters.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) kind: Kind,
    pub(super) value: String,
    /// Where the value begins, in bytes.
    pub(super) at: usize,
}

/// The attributes in a piece of HTML.
pub(super) fn attributes(html: &str) -> Vec<Attribute> {
    let (Some(tags), Some(values)) = (ATTRIBUTES.as_ref(), VALUES.as_ref()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for tag in tags.captures_iter(html) {
        let (Some(name), Some(inside)) = (tag.get(1), tag.get(2)) else {
            continue;
        };
        for attribute in values.captures_iter(inside.as_str()) {
            let (Some(word), Some(value)) = (
                attribute.get(1),
                attribute.get(2).or_else(|| attribute.get(3)),
            ) else {
                continue;
            };
            let kind = match (
                word.as_str().to_ascii_lowercase().as_str(),
                name.as_str().to_ascii_lowercase().as_str(),
            ) {
                ("id", _) | ("name", "a") => Kind::Anchor,
                ("href", "a") | ("src", "img") => Kind::Address,
                _ => continue,
            };
            found.push(Attribute {
                kind,
                value: value.as_str().to_owned(),
                at: inside.start() + value.start(),
            });
        }
    }
    found
}
