//! A repository of our own making, for `offshoot demo`, and what `offshoot doctor` asks of git.

use std::path::Path;

use crate::bytes;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::git::Call;
use crate::repo::Repo;

/// Makes a repository with one commit of these files (path and text) in a folder that is there and
/// empty. Files that end in `.sh` can be executed. Nothing of the user's is touched; the commit is in
/// the user's name where git knows it.
///
/// # Errors
/// Those of git, and of writing the files.
pub fn create_repository(
    folder: &Path,
    files: &[(&str, &str)],
    environment: Environment,
) -> Result<Repo> {
    let init = Call::new(&environment, folder).arg("init");
    // Without a template there are no sample hooks.
    init.args(["--quiet", "--template=", "--initial-branch=main"])
        .run()?;
    for (path, text) in files {
        write(&folder.join(path), text)?;
    }
    let repo = Repo::open(folder, environment)?;
    let identity = repo.identity()?;
    repo.git("add").args(["--all", "."]).run()?;
    let message = [
        "--quiet",
        "--message=Start with a small program and its tests",
    ];
    repo.git_as(&identity, "commit").args(message).run()?;
    Ok(repo)
}

/// The version of the `git` program, for example `2.47.3`.
///
/// # Errors
/// [`Error::GitMissing`], or what git says.
pub fn git_version(environment: &Environment, folder: &Path) -> Result<String> {
    let answer = Call::new(environment, folder).arg("--version").run()?;
    let text = bytes::lossy(bytes::line(&answer));
    Ok(text
        .strip_prefix("git version ")
        .unwrap_or(&text)
        .to_owned())
}

#[expect(
    clippy::disallowed_methods,
    reason = "new files in a new folder that nobody else reads yet"
)]
fn write(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make", folder, e))?;
    }
    std::fs::write(path, text).map_err(|e| Error::io("write", path, e))?;
    if path.extension().is_some_and(|end| end == "sh") {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, mode).map_err(|e| Error::io("write", path, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_with_one_commit() {
        let folder = tempfile::tempdir().unwrap();
        let none = [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
        ];
        let path = ("PATH", std::env::var("PATH").unwrap_or_default());
        let environment = Environment::filtered(
            none.map(|(key, value)| (key, value.to_owned()))
                .into_iter()
                .chain([path]),
        );
        let files = [("a/b.sh", "echo hello\n"), ("README.md", "# Hello\n")];
        let repo = create_repository(folder.path(), &files, environment.clone()).unwrap();
        assert_eq!(repo.head().unwrap().branch.as_deref(), Some("main"));
        assert!(!repo.is_dirty().unwrap());
        let version = git_version(&environment, folder.path()).unwrap();
        assert!(
            version.starts_with(|c: char| c.is_ascii_digit()),
            "{version}"
        );
    }
}
