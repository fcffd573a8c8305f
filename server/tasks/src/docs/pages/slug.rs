//! The anchors of headings, by GitHub's rules.

use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What does not stay in an anchor.
static OTHERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[^\p{L}\p{M}\p{Nd}\p{Pc}\- ]").ok());

/// The anchors of a page so far.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    seen: HashMap<String, u32>,
}

impl Slugs {
    /// The anchor of the next heading. One that is there gets a number.
    pub(super) fn next(&mut self, title: &str) -> String {
        let first = slug(title);
        let mut anchor = first.clone();
        while self.seen.contains_key(&anchor) {
            let count = self.seen.entry(first.clone()).or_default();
            *count += 1;
            anchor = format!("{first}-{count}");
        }
        self.seen.insert(anchor.clone(), 0);
        anchor
    }
}

fn slug(title: &str) -> String {
    let lower = title.trim().to_lowercase();
    let kept = OTHERS.as_ref().map_or(lower.clone().into(), |others| {
        others.replace_all(&lower, "")
    });
    kept.replace(' ', "-")
}
