//! Whether what a rule caught is a secret: people write placeholders, names and examples where secrets stand.

use super::rules::{Rule, Strength};

/// What stands in place of a secret, in lower case.
const STAND_INS: [&str; 26] = [
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "redacted",
    "xxxx",
    "dummy",
    "fake",
    "insert",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "my_secret",
    "my-secret",
    "mysecret",
    "foobar",
    "todo",
    "****",
    "....",
    "test-token",
    "deadbeef",
    "lorem",
];

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// In quotes of the text's language.
    pub(super) quoted: bool,
    /// The file holds settings: there a bare word is a value, elsewhere it is a name.
    pub(super) settings: bool,
    /// What comes after it on the line.
    pub(super) after: &'a [u8],
}

/// Judges a value that a rule caught.
pub(super) fn is_secret(rule: &Rule, value: &[u8], around: Around<'_>) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    if is_stand_in(value) || entropy(value) < rule.entropy {
        return false;
    }
    match (rule.strength, rule.id) {
        (Strength::Format | Strength::Armor, _) => true,
        (Strength::Context, "url-password") => !is_usual_word(value),
        (Strength::Context, "authorization-header") => has_digit(value),
        (Strength::Context, "password") => is_password(value, around),
        (Strength::Context, _) => is_random(value, around),
    }
}

/// Whether the text of a key follows its first line: 40 characters of base64, after a line end of any kind.
pub(super) fn key_follows(after: &[u8]) -> bool {
    let window = &after[..after.len().min(400)];
    let mut run = 0;
    for byte in window {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => run += 1,
            // The end of a key that has nothing in it.
            b'-' => return false,
            _ => run = 0,
        }
        if run >= 40 {
            return true;
        }
    }
    false
}

/// Bits for each character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = text.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0);
    shares
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

fn is_stand_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    STAND_INS.iter().any(|word| lower.contains(word))
        || is_reference(value)
        || longest_repeat(value) >= 6
        || is_sequence(value)
}

/// A variable, a template or a call, whose value is elsewhere.
fn is_reference(value: &str) -> bool {
    let starts = [
        "${",
        "$(",
        "{{",
        "<%",
        "%(",
        "#{",
        "@{",
        "<",
        "$",
        "%{",
        "env.",
        "env:",
        "process.env",
        "os.environ",
        "os.getenv",
        "secrets.",
        "vault:",
        "op://",
        "!ref",
        "arn:",
        "ref:",
    ];
    let lower = value.trim().to_ascii_lowercase();
    starts.iter().any(|start| lower.starts_with(start))
        || ["${", "{{", "%s", "%d", "{}"]
            .iter()
            .any(|part| value.contains(part))
}

fn longest_repeat(value: &str) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for c in value.chars() {
        run = if last == Some(c) { run + 1 } else { 1 };
        last = Some(c);
        longest = longest.max(run);
    }
    longest
}

/// `123456789`, `abcdefghijkl`: at least nine that follow each other, and most of the value.
fn is_sequence(value: &str) -> bool {
    let bytes = value.as_bytes();
    let (mut longest, mut run) = (1, 1);
    for pair in bytes.windows(2) {
        run = if pair[1] == pair[0].wrapping_add(1) {
            run + 1
        } else {
            1
        };
        longest = longest.max(run);
    }
    longest >= 9 && longest * 2 >= bytes.len()
}

fn is_usual_word(value: &str) -> bool {
    let usual = [
        "password",
        "passwd",
        "pass",
        "secret",
        "pwd",
        "token",
        "user",
        "guest",
        "postgres",
        "root",
        "admin",
        "test",
        "dev",
        "local",
        "password1",
        "password123",
        "foo",
        "bar",
        "xyz",
        "abc",
        "123",
    ];
    usual.contains(&value.to_ascii_lowercase().as_str())
}

fn is_password(value: &str, around: Around<'_>) -> bool {
    let told_otherwise = is_usual_word(value) || is_name(value, around) || value.contains(' ');
    if told_otherwise || value.starts_with('/') || value.contains('/') && !has_digit(value) {
        return false;
    }
    // Without a digit or a sign it is a word, and words after `password` are most often names and labels.
    has_digit(value) || value.chars().any(|c| "!@#%^&*?+~".contains(c))
}

fn is_random(value: &str, around: Around<'_>) -> bool {
    let letters = value.chars().any(|c| c.is_ascii_alphabetic());
    let shape = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+/=_-.~:!@#$%^&*".contains(c));
    has_digit(value)
        && letters
        && shape
        && !is_name(value, around)
        && !is_path(value)
        && !is_hash_with_name(value)
        && !is_uuid(value)
        && !is_short_hash(value)
}

/// A fingerprint that was cut, as build tools put it into names.
fn is_short_hash(value: &str) -> bool {
    value.len() < 24 && value.chars().all(|c| c.is_ascii_hexdigit())
}

/// A name of something in a program, or a bare word of one.
fn is_name(value: &str, around: Around<'_>) -> bool {
    let bare_code = !around.quoted && !around.settings;
    let called = !around.quoted
        && around
            .after
            .first()
            .is_some_and(|next| b"([{".contains(next));
    let words = value
        .split(['_', '-', '.', ':'])
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let plain = |word: &&str| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        !stem.is_empty() && stem.len() + 3 >= word.len() && is_word(stem)
    };
    bare_code || called || (!words.is_empty() && words.iter().all(plain))
}

/// Letters that people put together: one case, or humps of some length.
fn is_word(word: &str) -> bool {
    if !word.chars().all(|c| c.is_ascii_alphabetic()) {
        return false;
    }
    let humps = word.chars().filter(char::is_ascii_uppercase).count();
    humps == word.len() || humps * 3 <= word.len()
}

fn is_path(value: &str) -> bool {
    value.starts_with(['/', '.', '~'])
        || value.contains("://")
        || value.matches('/').count() >= 2 && value.split('/').all(|part| part.len() < 20)
}

/// `sha256:…`, `sha512-…`: a fingerprint, not a key.
fn is_hash_with_name(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["sha1", "sha2", "sha3", "sha5", "md5", "blake"]
        .iter()
        .any(|name| lower.starts_with(name))
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<usize> = value.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && value.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

fn has_digit(value: &str) -> bool {
    value.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{entropy, is_sequence, is_word, key_follows, longest_repeat};

    #[test]
    fn measures() {
        assert!(entropy("aaaa").abs() < 1e-9);
        assert!((entropy("abcd") - 2.0).abs() < 1e-9);
        assert_eq!(longest_repeat("abbbc"), 3);
        assert!(is_sequence("1234567890") && !is_sequence("1357913579"));
        assert!(is_word("accessToken") && is_word("TOKEN") && !is_word("aBcDeF"));
        assert!(!key_follows(b"-----END"));
        assert!(key_follows(
            b"\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB"
        ));
    }
}
