//! What agents leave: good, bad, over the artifact, and none.

use super::{Added, addition, set_aside, take_in};
use crate::sheet::{Sheet, write};
use artifact::{Artifact, Finding};
use std::path::Path;
use tempfile::TempDir;

const PATH: &str = "reports/ops/security-report.json";

struct Bed {
    folder: TempDir,
    aside: TempDir,
}

impl Bed {
    /// A built-in task has left its artifact.
    fn new() -> Self {
        let bed = Self {
            folder: tempfile::tempdir().unwrap(),
            aside: tempfile::tempdir().unwrap(),
        };
        let mut sheet = Sheet::begin(bed.folder.path(), PATH, "security-scan").unwrap();
        sheet.found(Finding {
            message: "a key".to_owned(),
            path: Some("a.rs".to_owned()),
            line: Some(1),
            ..Finding::default()
        });
        sheet.end(&Ok(()), "One.").unwrap();
        bed
    }

    fn aside(self) -> Self {
        set_aside(self.folder.path(), PATH, self.aside.path()).unwrap();
        self
    }

    fn leave(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text).unwrap();
    }

    fn take(&self) -> Added {
        take_in(self.folder.path(), PATH, self.aside.path(), "claude").unwrap()
    }

    fn text(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join(path)).ok()
    }

    fn findings(&self) -> Vec<String> {
        let text = self.text(PATH).unwrap();
        let (artifact, _) = Artifact::from_json(text.as_bytes(), &[]).unwrap();
        artifact
            .findings
            .into_iter()
            .map(|found| found.message)
            .collect()
    }
}

const GOOD: &str =
    r#"{"findings": [{"path": "b.rs", "line": 3, "message": "no check"}], "summary": "bad"}"#;

#[test]
fn an_addition_is_taken_in_once() {
    let bed = Bed::new().aside();
    bed.leave(&addition(PATH), GOOD);
    assert_eq!(bed.take(), Added::Findings(1));
    assert_eq!(bed.findings(), ["a key", "no check"]);
    assert_eq!(bed.text(&addition(PATH)), None);
    let merged = bed.text(PATH).unwrap();
    assert!(merged.contains("\"warning\": 2"), "{merged}");
    let page = bed.text("reports/ops/security-report.md").unwrap();
    assert!(
        page.contains("a key") && page.contains("claude") && page.contains("`b.rs:3`"),
        "{page}"
    );
    let merged = bed.text(PATH);
    assert_eq!(bed.take(), Added::Before);
    assert_eq!(bed.text(PATH), merged);
}

#[test]
fn what_the_task_wrote_stays_whatever_an_agent_writes_over_it() {
    let bed = Bed::new().aside();
    bed.leave(PATH, GOOD);
    assert_eq!(bed.take(), Added::Findings(1));
    assert_eq!(bed.findings(), ["a key", "no check"]);

    let bed = Bed::new().aside();
    bed.leave(PATH, "I found nothing.");
    assert!(matches!(bed.take(), Added::Refused(why) if why.contains("JSON")));
    assert_eq!(bed.findings(), ["a key"]);
    assert_eq!(
        bed.text(&addition(PATH)).as_deref(),
        Some("I found nothing.")
    );

    let bed = Bed::new().aside();
    std::fs::remove_dir_all(bed.folder.path().join("reports")).unwrap();
    assert_eq!(bed.take(), Added::Nothing);
    assert_eq!(bed.findings(), ["a key"]);
}

#[test]
fn what_cannot_be_taken_in_is_refused_and_stays() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let secret = format!(r#"{{"findings": [], "token": "{token}"}}"#);
    for (text, word) in [
        ("{}", "no artifact"),
        ("[1", "JSON"),
        (&secret, "looks like"),
    ] {
        let bed = Bed::new().aside();
        bed.leave(&addition(PATH), text);
        let Added::Refused(why) = bed.take() else {
            panic!("{text} was taken");
        };
        assert!(why.contains(word) && !why.contains(&token), "{why}");
        assert_eq!(bed.findings(), ["a key"], "{text}");
        assert_eq!(bed.text(&addition(PATH)).as_deref(), Some(text));
    }
}

#[test]
fn an_addition_of_an_earlier_agent_is_not_this_ones() {
    let bed = Bed::new();
    bed.leave(&addition(PATH), GOOD);
    let bed = bed.aside();
    assert_eq!(bed.take(), Added::Nothing);
    bed.leave(&addition(PATH), &GOOD.replace("no check", "another"));
    assert_eq!(bed.take(), Added::Findings(1));
}

#[test]
fn without_an_artifact_there_is_nothing_to_add_to() {
    let bed = Bed::new();
    bed.leave(&addition(PATH), GOOD);
    assert_eq!(bed.take(), Added::Nothing);
    assert!(bed.text(&addition(PATH)).is_some());
    assert_eq!(addition("a/b"), "a/b.agent.json");
    assert!(Path::new(PATH).is_relative());
}
