//! The demo's repository: a small program in shell and awk, its tests, and a workflow.

use crate::git;
use protocol::{Error, ErrorKind};
use std::path::Path;
use worktree::Environment;

/// The workflow, relative to the repository.
pub(super) const WORKFLOW: &str = "workflows/release.yaml";

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        /// Path and text.
        pub(crate) const FILES: &[(&str, &str)] =
            &[$(($path, include_str!(concat!("../../../demo/words/", $path)))),*];
    };
}

files![
    "README.md",
    "CHANGELOG.md",
    "bin/words.sh",
    "data/sample.txt",
    "requirements.txt",
    "src/readability.py",
    "src/sentences.awk",
    "src/words.awk",
    "tests/run.sh",
    "workflows/release.yaml",
];

/// A file with what looks like a token of a well-known form; put together here, so that no file of ours holds one.
const LEAK: (&str, &str) = (
    "deploy/publish.env",
    concat!(
        "# Not a real one: it is here to be found.\nPUBLISH_TOKEN=gh",
        "p_Vd93kQm2Xr7Lw5Tz8",
        "Bn4Yc6Hj1Pf0Gs3Ua9E\n"
    ),
);

/// Makes it, with one commit.
pub(super) fn create(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir(folder).map_err(|error| {
        Error::new(
            ErrorKind::Storage,
            format!("`{}` cannot be made: {error}", folder.display()),
        )
    })?;
    let files: Vec<(&str, &str)> = FILES.iter().copied().chain([LEAK]).collect();
    worktree::create_repository(folder, &files, Environment::of_this_process())
        .map(drop)
        .map_err(|error| git::edge(&error))
}
