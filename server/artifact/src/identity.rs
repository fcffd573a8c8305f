//! Ids of findings. The same finding has the same id in every run, wherever its lines have moved to;
//! so what a person dismissed stays dismissed until the text itself changes.

use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Crockford's letters: no `i`, `l`, `o`, `u`, so that people can read an id out.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of an id: 60 bits. Among 10 000 findings two are confused once in 10 to the power of 10 cases.
const LENGTH: u32 = 12;

/// What makes a finding this one and no other. Where it stands is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity<'a> {
    /// Who says so.
    pub source: &'a str,
    /// Name of the rule.
    pub code: &'a str,
    /// The file.
    pub path: Option<&'a str>,
    /// The lines it is about; what space they have between words does not count.
    pub text: Option<&'a str>,
    /// What is said; numbers in it do not count, because lines and measures change.
    pub message: &'a str,
}

impl Identity<'_> {
    /// The id, with a number for those that are the same in everything above.
    fn id(&self, ordinal: u32) -> String {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        field(self.source);
        field(self.code);
        for optional in [self.path.map(str::to_owned), self.text.map(plain_text)] {
            field(if optional.is_some() { "some" } else { "none" });
            field(&optional.unwrap_or_default());
        }
        field(&without_numbers(self.message));
        hash.update(ordinal.to_le_bytes());
        letters(&hash.finalize())
    }
}

/// The ids of the findings of one step, in order. Those that are the same in everything are counted.
pub fn ids<'a>(identities: impl IntoIterator<Item = Identity<'a>>) -> Vec<String> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut numbered = |identity: Identity<'a>| {
        let id = identity.id(0);
        match seen.get_mut(&id) {
            None => {
                seen.insert(id.clone(), 0);
                id
            }
            Some(count) => {
                *count += 1;
                identity.id(*count)
            }
        }
    };
    identities.into_iter().map(&mut numbered).collect()
}

/// The first 60 bits of a hash.
fn letters(hash: &[u8]) -> String {
    let bits = hash
        .iter()
        .take(8)
        .fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: u32| {
        let index = (bits >> (64 - 5 * (place + 1))) & 31;
        char::from(LETTERS[index as usize])
    };
    (0..LENGTH).map(letter).collect()
}

/// Words with one space between them, lines with one end, empty lines left out.
fn plain_text(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Each word that begins with a digit becomes `#`. A digit within a name stays: `x1` is not `x2`.
fn without_numbers(message: &str) -> String {
    let mut plain = String::with_capacity(message.len());
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let end = if in_word(first) {
            rest.find(|c| !in_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(end);
        plain.push_str(if first.is_ascii_digit() { "#" } else { piece });
        rest = after;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: Identity<'static> = Identity {
        source: "lint",
        code: "E1",
        path: Some("src/a.rs"),
        text: Some("let x = 1;"),
        message: "x1 is unused in line 12",
    };

    fn id(identity: Identity<'_>) -> String {
        identity.id(0)
    }

    #[test]
    fn an_id_is_twelve_letters_that_stay() {
        // Stored with dismissals: another value here makes all of them forgotten.
        assert_eq!(id(ONE), "eczrv7cp3eev");
    }

    #[test]
    fn what_does_not_count() {
        let same = |other: Identity<'_>| assert_eq!(id(ONE), id(other), "{other:?}");
        same(Identity {
            text: Some("\n    let  x = 1;\r\n"),
            ..ONE
        });
        same(Identity {
            message: "x1 is unused in line 4096",
            ..ONE
        });
    }

    #[test]
    fn what_counts() {
        let other = |other: Identity<'_>| assert_ne!(id(ONE), id(other), "{other:?}");
        other(Identity {
            source: "lint2",
            ..ONE
        });
        other(Identity { code: "E2", ..ONE });
        other(Identity { path: None, ..ONE });
        other(Identity {
            path: Some("src/b.rs"),
            ..ONE
        });
        other(Identity { text: None, ..ONE });
        other(Identity {
            text: Some("letx = 1;"),
            ..ONE
        });
        other(Identity {
            message: "x2 is unused in line 12",
            ..ONE
        });
        // The border between two fields is part of them.
        other(Identity {
            source: "lintE",
            code: "1",
            ..ONE
        });
    }

    #[test]
    fn the_same_twice_is_told_apart_and_stays_in_order() {
        let ids = ids([ONE, Identity { code: "E2", ..ONE }, ONE, ONE]);
        let alone = super::ids([ONE, ONE]);
        assert_eq!(ids[0], alone[0]);
        assert_eq!(ids[2], alone[1]);
        let mut different = ids.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), 4);
    }

    proptest! {
        #[test]
        fn moving_and_indenting_lines_keeps_the_id(
            text in "[a-z(){};=\" \n]{0,80}", indent in "[ \t]{0,8}", line in 1u32..100_000, other in 1u32..100_000,
        ) {
            let moved: Vec<String> = text.lines().map(|line| format!("{indent}{line}  \r")).collect();
            let moved = moved.join("\n");
            let said = |line: u32| format!("unexpected `}}` at line {line}, see {line}:7");
            let (here, there) = (said(line), said(other));
            let before = Identity { text: Some(&text), message: &here, ..ONE };
            let after = Identity { text: Some(&moved), message: &there, ..ONE };
            prop_assert_eq!(id(before), id(after));
        }

        #[test]
        fn all_of_a_step_are_different(fields in proptest::collection::vec(("[ab]", "[ab]{0,2}", "[ab]{0,2}"), 0..60)) {
            let identities = fields.iter().map(|(code, text, message)| Identity {
                code, text: Some(text), message, ..Identity::default()
            });
            let mut found = ids(identities);
            let count = found.len();
            found.sort();
            found.dedup();
            prop_assert_eq!(found.len(), count);
        }

        #[test]
        fn any_text_has_an_id(text in any::<String>(), message in any::<String>()) {
            let found = id(Identity { text: Some(&text), message: &message, ..ONE });
            prop_assert!(found.len() == 12 && found.bytes().all(|byte| LETTERS.contains(&byte)));
        }
    }
}
