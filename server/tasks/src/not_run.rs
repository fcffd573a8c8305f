//! The artifact of a task that was not run: switched off is never a silent success.

use crate::{markdown, sheet};
use artifact::{Artifact, status};
use std::io;
use std::path::Path;

/// Leaves an artifact of this kind at this path, which is relative to `folder`. It says `status: not_run`,
/// `enabled: false` and why.
///
/// # Errors
/// When it cannot be written.
pub fn not_run(folder: &Path, path: &str, kind: &str, reason: &str) -> io::Result<Artifact> {
    let mut artifact = Artifact::new(kind);
    artifact.status = status::NOT_RUN.to_owned();
    artifact.error = Some(reason.to_owned());
    artifact.other.insert("enabled".to_owned(), false.into());
    let text = artifact.to_json().map_err(io::Error::from)?;
    sheet::write(folder, path, &text)?;
    let beside = Path::new(path).with_extension("md");
    let page = markdown::page(&artifact, "Nothing was looked at.");
    sheet::write(folder, &beside.to_string_lossy(), &page)?;
    Ok(artifact)
}

#[cfg(test)]
mod tests {
    use super::not_run;
    use artifact::Artifact;

    #[test]
    fn it_says_that_it_was_not_run_and_why() {
        let folder = tempfile::tempdir().unwrap();
        let made = not_run(
            folder.path(),
            "reports/x/a.json",
            "security-scan",
            "it is off",
        )
        .unwrap();
        let text = std::fs::read(folder.path().join("reports/x/a.json")).unwrap();
        let (read, notes) = Artifact::from_json(&text, &[]).unwrap();
        assert_eq!((&read, notes.as_slice()), (&made, &[][..]));
        assert_eq!(
            (read.status.as_str(), read.error.as_deref()),
            ("not_run", Some("it is off"))
        );
        assert_eq!(read.other["enabled"], false);
        let page = std::fs::read_to_string(folder.path().join("reports/x/a.md")).unwrap();
        assert!(page.contains("**not_run**: it is off"), "{page}");
    }
}
