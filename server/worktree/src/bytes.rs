//! Between git's bytes and the system's paths. Names in git are bytes, not text.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The path with exactly these bytes.
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// The bytes of a path.
pub(crate) fn of(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// The fields of `-z` output: every field is ended by a NUL.
pub(crate) fn fields(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = output.strip_suffix(b"\0").unwrap_or(output);
    let none = output.is_empty();
    body.split(|b| *b == 0).filter(move |_| !none)
}

/// Text for people: what is not UTF-8 becomes a replacement character.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The bytes without the one line end that git puts behind a single answer.
pub(crate) fn line(output: &[u8]) -> &[u8] {
    output.strip_suffix(b"\n").unwrap_or(output)
}

/// Whether the path is relative and stays below its root: no `..`, no root, not empty, nothing of `.git`.
pub(crate) fn stays_inside(path: &Path) -> bool {
    use std::path::Component;
    let mut parts = 0;
    for component in path.components() {
        match component {
            Component::Normal(name) if name != ".git" => parts += 1,
            Component::CurDir => {}
            _ => return false,
        }
    }
    parts > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_separated_fields() {
        let check = |input: &[u8], expected: &[&[u8]]| {
            assert_eq!(fields(input).collect::<Vec<_>>(), expected);
        };
        check(b"", &[]);
        check(b"a\0", &[b"a"]);
        check(b"a\0\0b\0", &[b"a", b"", b"b"]);
        check(b"\xff\n\0", &[b"\xff\n"]);
    }

    #[test]
    fn paths_that_leave_are_seen() {
        for (text, expected) in [
            ("a/b", true),
            ("./a", true),
            ("../a", false),
            ("a/../b", false),
            ("/a", false),
            (".git/config", false),
            ("a/.git", false),
            ("", false),
            (".", false),
        ] {
            assert_eq!(stays_inside(Path::new(text)), expected, "{text}");
        }
    }
}
