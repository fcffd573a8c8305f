//! Finding entries by names that are not quite those.

use super::shelf::Library;

/// What two names have to have in common, 0 to 1.
pub(crate) const ENOUGH: f64 = 0.7;
/// What the library counts for where a topic is asked for too, and what the topic.
const OF_LIBRARY: f64 = 0.6;
const OF_TOPIC: f64 = 0.4;
/// Characters of a name that are compared.
const LONGEST: usize = 200;

/// An entry that was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Match<'a> {
    pub(crate) library: &'a Library,
    /// None: the library was found, not one of its topics.
    pub(crate) topic: Option<usize>,
    pub(crate) score: f64,
}

impl Match<'_> {
    pub(crate) fn is_exact(&self) -> bool {
        self.score >= 1.0
    }
}

/// What two names have in common, whatever their case: twice the longest common subsequence by the length of both.
pub(crate) fn ratio(a: &str, b: &str) -> f64 {
    let letters =
        |text: &str| -> Vec<char> { text.trim().to_lowercase().chars().take(LONGEST).collect() };
    let (a, b) = (letters(a), letters(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut row = vec![0_usize; b.len() + 1];
    for x in &a {
        let mut corner = 0;
        for (at, y) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if x == y {
                corner + 1
            } else {
                above.max(row[at])
            };
            corner = above;
        }
    }
    2.0 * row[b.len()] as f64 / (a.len() + b.len()) as f64
}

/// What matches, the best first. Without a topic, libraries and topics by their names.
pub(crate) fn find<'a>(
    held: &'a [Library],
    library: &str,
    topic: Option<&str>,
    enough: f64,
) -> Vec<Match<'a>> {
    let mut found = Vec::new();
    for one in held {
        let of_library = ratio(library, &one.name);
        let mut take = |topic, score: f64| {
            if score >= enough {
                found.push(Match {
                    library: one,
                    topic,
                    score,
                });
            }
        };
        for (index, held) in one.topics.iter().enumerate() {
            match topic {
                Some(topic) => {
                    take(
                        Some(index),
                        of_library * OF_LIBRARY + ratio(topic, &held.name) * OF_TOPIC,
                    );
                }
                None => take(Some(index), ratio(library, &held.name)),
            }
        }
        if topic.is_none() {
            take(None, of_library);
        }
    }
    let key = |one: &Match<'_>| (one.library.folder.clone(), one.topic);
    found.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| key(a).cmp(&key(b)))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::{ENOUGH, find, ratio};
    use crate::context::shelf::{Library, Topic};
    use proptest::prelude::*;

    #[test]
    fn names_are_compared() {
        for (a, b, expected) in [
            ("fastapi", "FastAPI", 1.0),
            ("fastapi", "fast-api", 14.0 / 15.0),
            ("react", "preact", 10.0 / 11.0),
            ("react", "vue", 2.0 / 8.0),
            ("", "vue", 0.0),
        ] {
            assert!(
                (ratio(a, b) - expected).abs() < 1e-9,
                "{a} {b} {}",
                ratio(a, b)
            );
        }
    }

    fn library(name: &str, topics: &[&str]) -> Library {
        let topic = |name: &&str| Topic {
            name: (*name).to_owned(),
            file: Default::default(),
            bytes: 0,
            tokens: 0,
            trust: None,
            updated: None,
            accessed: None,
        };
        Library {
            name: name.to_owned(),
            folder: name.into(),
            id: None,
            hits: 0,
            accessed: None,
            topics: topics.iter().map(topic).collect(),
            meta: Default::default(),
        }
    }

    #[test]
    fn library_and_topic_count_together() {
        let held = [
            library("fastapi", &["overview", "routing"]),
            library("react", &["routing"]),
        ];
        let check = |library: &str, topic: Option<&str>, expected: &[(&str, Option<usize>)]| {
            let found = find(&held, library, topic, ENOUGH);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.library.name.as_str(), one.topic))
                .collect();
            assert_eq!(found, expected, "{library} {topic:?}");
        };
        check("fast-api", Some("route"), &[("fastapi", Some(1))]);
        check(
            "fastapi",
            Some("overview"),
            &[("fastapi", Some(0)), ("fastapi", Some(1))],
        );
        check("reactt", None, &[("react", None)]);
        check("routing", None, &[("fastapi", Some(1)), ("react", Some(0))]);
        check("django", Some("models"), &[]);
        // 0.6 of the library alone is not enough, however well it matches.
        check("react", Some("zzzz"), &[]);
    }

    proptest! {
        #[test]
        fn it_is_the_same_both_ways_and_within_bounds(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let score = ratio(&a, &b);
            prop_assert!((0.0..=1.0).contains(&score));
            prop_assert!((score - ratio(&b, &a)).abs() < 1e-9);
        }
    }
}
