//! Which of some paths a commit holds.

use crate::error::Result;
use crate::oid::Oid;
use crate::repo::Repo;

impl Repo {
    /// Those of these paths (relative to the root) that the commit has as files.
    ///
    /// # Errors
    /// Those of git.
    pub fn tracked(&self, commit: &Oid, paths: &[String]) -> Result<Vec<String>> {
        let call = self.git("--literal-pathspecs").args([
            "ls-tree",
            "-z",
            "--name-only",
            commit.as_str(),
            "--",
        ]);
        let answer = call.args(paths).run()?;
        let names = answer.split(|b| *b == 0).filter(|name| !name.is_empty());
        Ok(names
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .filter(|name| paths.contains(name))
            .collect())
    }
}
