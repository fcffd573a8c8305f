//! Paths as text. Nearly all are UTF-8 and are stored as they are; the others as a NUL, which no
//! path can hold, and the bytes in hexadecimal digits, so that nothing is lost.

use super::Invalid;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// A path in a document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PathText(String);

impl From<&PathBuf> for PathText {
    fn from(path: &PathBuf) -> Self {
        Self(path_to_text(path))
    }
}

impl TryFrom<PathText> for PathBuf {
    type Error = Invalid;

    fn try_from(text: PathText) -> Result<Self, Invalid> {
        path_from_text(text.0)
    }
}

/// The text that stands for a path.
pub(crate) fn path_to_text(path: &Path) -> String {
    if let Some(text) = path.to_str() {
        return text.to_owned();
    }
    let mut out = String::from('\0');
    for byte in path.as_os_str().as_bytes() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The path that a text stands for.
pub(crate) fn path_from_text(text: String) -> Result<PathBuf, Invalid> {
    let Some(digits) = text.strip_prefix('\0') else {
        return Ok(PathBuf::from(text));
    };
    let bytes = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).map_err(|_| Invalid::Path)?;
            u8::from_str_radix(pair, 16).map_err(|_| Invalid::Path)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_survives() {
        for bytes in [
            &b"/home/a b/\xc3\xa9"[..],
            b"/x/\xff\xfe",
            b"",
            b"rel/a",
            b"hex:00",
        ] {
            let path = PathBuf::from(OsString::from_vec(bytes.to_vec()));
            let text = path_to_text(&path);
            assert_eq!(path_from_text(text).expect("a path"), path);
        }
        assert!(path_from_text("\0zz".to_owned()).is_err());
    }
}
