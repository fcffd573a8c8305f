//! From bytes to characters.

use super::MAX_BYTES;
use super::report::Report;
use super::tree::at;
use crate::diagnostic::Position;

/// The text, without a byte order mark; nothing where it is none.
pub(super) fn decode<'a>(bytes: &'a [u8], report: &mut Report) -> Option<&'a str> {
    if bytes.len() > MAX_BYTES {
        let message = format!(
            "the file has {} bytes; at most {MAX_BYTES} are read",
            bytes.len()
        );
        report.error(
            at(0, 0),
            "too-large",
            message,
            Some("long texts belong into files of their own".to_owned()),
        );
        return None;
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let hint = Some("save the file as UTF-8".to_owned());
        report.error(
            at(0, 0),
            "encoding",
            "the file is UTF-16; only UTF-8 is read".to_owned(),
            hint,
        );
        return None;
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let start = end_of(&String::from_utf8_lossy(before));
            let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
            let end = Position {
                column: start.column + 1,
                ..start
            };
            let message = format!("the byte 0x{byte:02x} is no UTF-8");
            report.error(
                start..end,
                "encoding",
                message,
                Some("save the file as UTF-8".to_owned()),
            );
            None
        }
    }
}

/// The place behind the last character. Lines end with `\n`, `\r\n` or a lone `\r`, as in YAML.
fn end_of(text: &str) -> Position {
    let mut place = Position::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
            place.line += 1;
            place.column = 0;
        } else {
            place.column += 1;
        }
    }
    place
}
