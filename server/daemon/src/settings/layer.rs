//! A file of settings on disk, and what it says.

use model::diagnostic::Diagnostic;
use settings::document::{MOST_BYTES, not_utf8, unreadable};
use settings::{Content, Scope};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// What one file says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    pub(super) scope: Scope,
    pub(super) file: PathBuf,
    pub(super) content: Content,
}

impl Layer {
    /// Reads a file; none when there is none.
    pub(super) fn of(scope: Scope, path: &Path) -> Option<Self> {
        let content = match text(path) {
            Ok(text) => settings::read(scope, &text?),
            Err(problem) => Content::broken(scope, vec![problem]),
        };
        Some(Self {
            scope,
            file: path.to_path_buf(),
            content,
        })
    }
}

/// The text of a file; none when there is no such file.
pub(super) fn text(path: &Path) -> Result<Option<String>, Diagnostic> {
    let missing = |error: &std::io::Error| {
        matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
    };
    match std::fs::metadata(path) {
        Err(error) if missing(&error) => return Ok(None),
        // Opening a pipe would wait for a writer for ever.
        Ok(meta) if !meta.is_file() => return Err(unreadable("is not a file")),
        _ => {}
    }
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes));
    match read {
        Err(error) if missing(&error) => return Ok(None),
        Err(error) => return Err(unreadable(&format!("cannot be read: {error}"))),
        Ok(read) if read > MOST_BYTES => {
            return Err(unreadable("is larger than 1 MiB, too large for settings"));
        }
        Ok(_) => {}
    }
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to()))
}
