//! Object ids as validated text.

use std::fmt;

use crate::error::{Error, Result};

/// The full name of a git object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(String);

impl Oid {
    /// Reads a full object id.
    ///
    /// # Errors
    /// [`Error::BadOid`] for anything but 40 or 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self> {
        let hex = text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if hex && matches!(text.len(), 40 | 64) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::BadOid {
                text: text.chars().take(80).collect(),
            })
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for names and messages.
    pub fn short(&self) -> &str {
        &self.0[..10]
    }

    /// The bytes that the digits stand for.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let digit = |c: u8| {
            if c.is_ascii_digit() {
                c - b'0'
            } else {
                c - b'a' + 10
            }
        };
        let pairs = self.0.as_bytes().chunks_exact(2);
        pairs
            .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
            .collect()
    }

    /// The id with these bytes.
    ///
    /// # Errors
    /// [`Error::BadOid`] for another number of them than an id has.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Self> {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::parse(&digits)
    }

    /// The id of no object, as long as this one: `update-ref` reads it as "must not exist".
    pub(crate) fn zero(&self) -> String {
        "0".repeat(self.0.len())
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_lower_case_ids_are_read() {
        for (text, expected) in [
            ("0123456789abcdef0123456789abcdef01234567", true),
            (&"ab".repeat(32) as &str, true),
            ("0123456789ABCDEF0123456789ABCDEF01234567", false),
            ("HEAD", false),
            ("", false),
            ("--all", false),
        ] {
            assert_eq!(Oid::parse(text).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn digits_and_bytes_are_the_same_id() {
        let id = Oid::parse("0123456789abcdef0123456789abcdef01234567").unwrap();
        assert_eq!(id.bytes()[..3], [0x01, 0x23, 0x45]);
        assert_eq!(Oid::of_bytes(&id.bytes()).unwrap(), id);
        assert!(Oid::of_bytes(&[1, 2, 3]).is_err());
    }
}
