//! The artifact of a task that could not say itself how it ended: it was killed, or it never began.

use crate::sheet::{self, Counts, Sheet};
use crate::{input, markdown};
use artifact::{Artifact, LARGEST, status};
use std::io;
use std::path::Path;

/// Leaves an artifact of this kind at this path, which is relative to `folder`, that says that its task has not come
/// to its end: what lies there from another time is never taken for what this one finds.
///
/// # Errors
/// When it cannot be written.
pub fn begin(folder: &Path, path: &str, kind: &str) -> io::Result<()> {
    Sheet::begin(folder, path, kind).map(drop)
}

/// Says in the artifact how its task ended (a word of [`status`]) and why, unless it says so itself. What was found
/// until then stays.
///
/// # Errors
/// When it cannot be written.
pub fn broken_off(folder: &Path, path: &str, kind: &str, word: &str, why: &str) -> io::Result<()> {
    let there = match input::read_up_to(&folder.join(path), LARGEST) {
        input::Input::Text(text) => Artifact::from_json(&text, &[folder]).ok(),
        _ => None,
    };
    let mut artifact = match there {
        Some((artifact, _)) if artifact.status != status::RUNNING => return Ok(()),
        Some((artifact, _)) => artifact,
        None => Artifact::new(kind),
    };
    artifact.status = word.to_owned();
    artifact.error = Some(why.to_owned());
    artifact.findings.sort_by(|a, b| a.order().cmp(&b.order()));
    let counts = serde_json::to_value(Counts::of(&artifact.findings))?;
    artifact.other.insert("counts".to_owned(), counts);
    let text = artifact.to_json().map_err(io::Error::from)?;
    sheet::write(folder, path, &text)?;
    let beside = Path::new(path).with_extension("md");
    let page = markdown::page(&artifact, "It was broken off.");
    sheet::write(folder, &beside.to_string_lossy(), &page)
}

#[cfg(test)]
mod tests {
    use super::{begin, broken_off};
    use crate::not_run;
    use artifact::{Artifact, status};

    const PATH: &str = "reports/x/a.json";

    fn read(folder: &std::path::Path) -> Artifact {
        let text = std::fs::read(folder.join(PATH)).unwrap();
        Artifact::from_json(&text, &[]).unwrap().0
    }

    #[test]
    fn what_says_nothing_is_told_how_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let off = |why| broken_off(folder.path(), PATH, "k", status::FAILED, why).unwrap();
        off("it was never there");
        let artifact = read(folder.path());
        assert_eq!(artifact.error.as_deref(), Some("it was never there"));
        assert_eq!(
            (artifact.kind.as_str(), artifact.status.as_str()),
            ("k", "failed")
        );
        begin(folder.path(), PATH, "k").unwrap();
        assert_eq!(read(folder.path()).status, status::RUNNING);
        off("it was killed");
        assert_eq!(read(folder.path()).error.as_deref(), Some("it was killed"));
        let page = std::fs::read_to_string(folder.path().join("reports/x/a.md")).unwrap();
        assert!(page.contains("**failed**: it was killed"), "{page}");
    }

    #[test]
    fn what_says_how_it_ended_stays() {
        let folder = tempfile::tempdir().unwrap();
        not_run(folder.path(), PATH, "k", "it is off").unwrap();
        broken_off(folder.path(), PATH, "k", status::FAILED, "no").unwrap();
        assert_eq!(read(folder.path()).status, status::NOT_RUN);
    }
}
