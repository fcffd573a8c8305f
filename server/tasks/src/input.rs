//! Reading files: bounded, texts only, and never what the tasks wrote themselves.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Larger files are data.
pub(crate) const LARGEST: u64 = 5 << 20;
/// A NUL in the first bytes tells a binary file, as git has it.
const HEAD: usize = 8000;

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// Its text.
    Text(Vec<u8>),
    /// No text, or a link or device.
    Binary,
    /// Over [`LARGEST`].
    TooLarge(u64),
    /// It went away, or may not be read: why.
    Unreadable(String),
}

/// Reads a file. Links are not followed: what they lead to is a file of its own, or not of this folder.
pub(crate) fn read(path: &Path) -> Input {
    read_up_to(path, LARGEST)
}

/// The same with another limit.
pub(crate) fn read_up_to(path: &Path, most: u64) -> Input {
    let failed = |error: io::Error| Input::Unreadable(error.to_string());
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(error) => return failed(error),
    };
    if !meta.is_file() {
        return Input::Binary;
    }
    if meta.len() > most {
        return Input::TooLarge(meta.len());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default());
    match File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)) {
        Err(error) => failed(error),
        Ok(_) if bytes[..bytes.len().min(HEAD)].contains(&0) => Input::Binary,
        Ok(_) => Input::Text(bytes),
    }
}

/// Whether a path is one of the tasks' own outputs.
pub(crate) fn is_own_output(path: &str) -> bool {
    path == "llms.txt"
        || [
            "reports/docs/",
            "reports/ops/",
            "reports/context/",
            "docs/api/",
            ".tapps-agents/",
        ]
        .iter()
        .any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::{Input, is_own_output, read};
    use std::io::Write;

    #[test]
    fn texts_are_read_and_others_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::File::create(&path)
                .unwrap()
                .write_all(bytes)
                .unwrap();
            path
        };
        assert_eq!(read(&put("a", b"text")), Input::Text(b"text".to_vec()));
        assert_eq!(read(&put("b", b"\0")), Input::Binary);
        assert_eq!(read(folder.path()), Input::Binary);
        let link = folder.path().join("l");
        std::os::unix::fs::symlink(folder.path().join("a"), &link).unwrap();
        assert_eq!(read(&link), Input::Binary);
        let large = put("c", b"");
        std::fs::File::options()
            .write(true)
            .open(&large)
            .unwrap()
            .set_len(super::LARGEST + 1)
            .unwrap();
        assert_eq!(read(&large), Input::TooLarge(super::LARGEST + 1));
        assert!(matches!(
            read(&folder.path().join("no")),
            Input::Unreadable(_)
        ));
    }

    #[test]
    fn own_outputs_are_known() {
        assert!(is_own_output("reports/ops/security-report.json") && is_own_output("llms.txt"));
        assert!(!is_own_output("reports/quarter.md") && !is_own_output("docs/apis.md"));
    }
}
