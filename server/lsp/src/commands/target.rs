//! What most commands are about: a run, and perhaps a step of it. And files, by address or path.

use crate::uri;
use protocol::run::{Run, Step};
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A run, or a step of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    /// Id or unique prefix.
    pub(super) run_id: String,
    /// The step.
    #[serde(default)]
    pub(super) step_id: Option<String>,
}

/// The step of a run.
pub(super) fn step_of<'a>(run: &'a Run, id: &str) -> Result<&'a Step, Error> {
    run.steps.iter().find(|step| step.id == id).ok_or_else(|| {
        let message = format!("run {} has no step `{id}`", run.run_id);
        Error::new(ErrorKind::NotFound, message)
    })
}

/// The file of a URI or path; relative ones start at the workspace's folder.
pub(super) fn file_of(name: &str, folder: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = uri::to_path(name) {
        return Ok(path);
    }
    if has_scheme(name) {
        let message = format!("`{name}` is no file of this machine");
        return Err(Error::new(ErrorKind::InvalidInput, message).hint("save it as a file first"));
    }
    match (Path::new(name), folder) {
        (path, _) if path.is_absolute() => Ok(path.to_owned()),
        (path, Some(folder)) => Ok(folder.join(path)),
        (_, None) => {
            let message = format!("`{name}` is a relative path, and no folder is open");
            Err(Error::new(ErrorKind::InvalidInput, message).hint("open the repository's folder"))
        }
    }
}

/// `untitled:Untitled-1` and `https://…`, but not a path with a colon somewhere.
fn has_scheme(name: &str) -> bool {
    let Some((scheme, _)) = name.split_once(':') else {
        return false;
    };
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(letters)
}

/// A path as the wire has it.
pub(super) fn text(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the path {} is not UTF-8", path.display()),
        )
        .hint("rename the file")
    })
}
