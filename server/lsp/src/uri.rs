//! Addresses of files: `file:` URIs and paths.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use tower_lsp::gen_lsp_types::Uri;

/// The path of a `file:` URI of this machine.
pub(crate) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // `file:///path` and `file://localhost/path`; other hosts are other machines.
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    path.starts_with('/')
        .then(|| PathBuf::from(OsString::from_vec(decode(path))))
}

/// The `file:` URI of a path. Everything is encoded that some client encodes: they compare addresses by what
/// they mean, if not as texts.
pub(crate) fn from_path(path: &Path) -> String {
    format!("file://{}", encoded(path.as_os_str().as_bytes()))
}

/// Bytes as a part of an address; slashes stay.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            _ => {
                text.push('%');
                for digit in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                    text.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
    text
}

/// Undoes `%XX`; what is no such pair is left as it stands.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match pair {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Whether the name is that of a YAML file.
pub(crate) fn is_yaml(uri: &Uri) -> bool {
    uri.0.ends_with(".yaml") || uri.0.ends_with(".yml")
}

/// The name of the file, as people see it.
pub(crate) fn file_name(uri: &str) -> String {
    let last = uri.rsplit('/').next().unwrap_or(uri);
    String::from_utf8_lossy(&decode(last)).into_owned()
}
