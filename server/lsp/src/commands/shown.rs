//! Files that only exist to be shown: diffs and logs, in the user's state. The oldest go.
#![expect(
    clippy::disallowed_methods,
    reason = "files that are read by one editor, and written anew for each look"
)]

use protocol::{Error, ErrorKind};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many are kept.
const KEPT: usize = 100;

/// Writes a file to show. `name` is made of ids; what does not fit a file's name is replaced.
pub(super) async fn write(state: PathBuf, name: String, text: String) -> Result<PathBuf, Error> {
    let work = move || {
        let folder = state.join("shown");
        let written = write_in(&folder, &name, &text);
        written.map_err(|error| {
            let message = format!(
                "a file to show cannot be written in {}: {error}",
                folder.display()
            );
            Error::new(ErrorKind::Storage, message).hint("make room, or set OFFSHOOT_HOME")
        })
    };
    let written = tokio::task::spawn_blocking(work).await;
    written.unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, error.to_string())))
}

fn write_in(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let fits = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    let name: String = name
        .chars()
        .map(|letter| if fits(letter) { letter } else { '_' })
        .collect();
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    forget_old(folder)?;
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

fn forget_old(folder: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if let Ok(modified) = entry.metadata().and_then(|metadata| metadata.modified()) {
            files.push((modified, entry.path()));
        }
    }
    files.sort();
    let too_many = files.len().saturating_sub(KEPT - 1);
    for (_, path) in files.into_iter().take(too_many) {
        // Another window may have been faster.
        let _ = fs::remove_file(path);
    }
    Ok(())
}
