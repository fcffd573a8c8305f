//! What an agent adds to an artifact that a program wrote. What the program wrote stays as it is.

use crate::bounds;
use crate::finding::Finding;
use crate::form::Artifact;
use crate::read::Invalid;
use serde_json::{Map, Value};
use std::path::Path;

/// The field under which everything stands that an agent said and that is no finding.
const AGENT: &str = "agent";
/// Bytes of an agent's own fields that are taken.
const OTHER: usize = 64 << 10;

/// Why what an agent left is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    Invalid(#[from] Invalid),
    /// It has no form of an artifact.
    #[error("it is no artifact: it has neither `findings` nor a `schema_version`")]
    Formless,
}

impl Artifact {
    /// Whether an agent added to it.
    pub fn has_addition(&self) -> bool {
        self.other.contains_key(AGENT)
    }

    /// Takes in what the agent of this name left, and says how many findings are new. They carry its name as
    /// their source; its other fields go into one field of their own. `roots` are as for [`crate::read()`].
    ///
    /// # Errors
    /// Where it is no artifact; nothing is changed then.
    pub fn add(&mut self, text: &[u8], agent: &str, roots: &[&Path]) -> Result<usize, NotTaken> {
        let (added, notes) = Self::from_json(text, roots)?;
        let object = serde_json::from_slice::<Map<String, Value>>(text.trim_ascii_start());
        let says = |name: &str| {
            object
                .as_ref()
                .is_ok_and(|fields| fields.contains_key(name))
        };
        if added.findings.is_empty() && !says("findings") && !says("schema_version") {
            return Err(NotTaken::Formless);
        }
        let known = self.findings.len();
        let room = bounds::MOST.saturating_sub(known);
        for finding in added.findings {
            if self.findings.len() - known < room && !self.has(&finding) {
                let source = match finding.source.is_empty() {
                    true => agent.to_owned(),
                    false => finding.source,
                };
                self.findings.push(Finding { source, ..finding });
            }
        }
        let new = self.findings.len() - known;
        self.findings.sort_by(|a, b| a.order().cmp(&b.order()));
        let said = Map::from_iter([
            ("name".to_owned(), agent.into()),
            ("status".to_owned(), added.status.into()),
            ("error".to_owned(), added.error.into()),
            ("findings".to_owned(), new.into()),
            ("notes".to_owned(), notes.into()),
        ]);
        let said = self.own_fields(added.other).into_iter().chain(said);
        self.other
            .insert(AGENT.to_owned(), Value::Object(said.collect()));
        Ok(new)
    }

    /// Whether it says that already.
    fn has(&self, finding: &Finding) -> bool {
        self.findings
            .iter()
            .any(|known| known.order() == finding.order())
    }

    /// What only the agent says, as much of it as there is room for.
    fn own_fields(&self, fields: Map<String, Value>) -> Map<String, Value> {
        let mut room = OTHER;
        let own = fields.into_iter().filter(|(name, value)| {
            let size = serde_json::to_string(value).map_or(usize::MAX, |text| text.len());
            let fits = self.other.get(name) != Some(value) && size <= room;
            room -= if fits { size } else { 0 };
            fits && name != AGENT
        });
        own.collect()
    }
}

impl Finding {
    /// What findings of one artifact are sorted by: place, then what it is.
    pub fn order(&self) -> (&Option<String>, Option<u32>, Option<u32>, &str, &str) {
        (
            &self.path,
            self.line,
            self.column,
            &self.code,
            &self.message,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn built_in() -> Artifact {
        let mut artifact = Artifact::new("security-scan");
        artifact.findings.push(Finding {
            code: "aws".to_owned(),
            message: "a key".to_owned(),
            path: Some("b.rs".to_owned()),
            line: Some(2),
            ..Finding::default()
        });
        artifact.other.insert("rules".to_owned(), 7.into());
        artifact
    }

    fn add(text: &Value) -> (Result<usize, String>, Artifact) {
        let mut artifact = built_in();
        let added = artifact.add(text.to_string().as_bytes(), "claude", &[]);
        (added.map_err(|error| error.to_string()), artifact)
    }

    #[test]
    fn the_program_is_right_and_the_agent_adds() {
        let (added, artifact) = add(&json!({
            "schema_version": "9.1", "kind": "other", "status": "failed", "error": "half of it", "rules": 7, "verdict": "bad",
            "findings": [
                {"path": "b.rs", "line": 2, "code": "aws", "message": "a key", "severity": "info"},
                {"path": "a.rs", "line": 9, "severity": "high", "message": "no check of who asks"},
                {"path": "/etc/passwd", "message": "outside"},
            ],
        }));
        assert_eq!(added, Ok(2));
        assert_eq!(
            (artifact.kind.as_str(), artifact.status.as_str()),
            ("security-scan", "completed")
        );
        assert_eq!(artifact.schema_version, "1.0");
        let found: Vec<_> = artifact
            .findings
            .iter()
            .map(|found| {
                (
                    found.path.as_deref(),
                    found.source.as_str(),
                    found.severity.as_str(),
                )
            })
            .collect();
        let expected = [
            (None, "claude", "warning"),
            (Some("a.rs"), "claude", "error"),
            (Some("b.rs"), "", "warning"),
        ];
        assert_eq!(found, expected);
        let agent = &artifact.other["agent"];
        assert_eq!(agent["verdict"], "bad");
        assert_eq!(
            (&agent["status"], &agent["error"]),
            (&json!("failed"), &json!("half of it"))
        );
        assert_eq!(
            (&agent["findings"], &agent["rules"]),
            (&json!(2), &Value::Null)
        );
        assert!(
            agent["notes"].to_string().contains("leave the repository"),
            "{agent}"
        );
        assert_eq!(artifact.other["rules"], 7);
        assert!(artifact.has_addition() && !built_in().has_addition());
    }

    #[test]
    fn what_is_no_artifact_changes_nothing() {
        for text in ["", "{", "[]", "7", "{}", r#"{"summary": "all is well"}"#] {
            let mut artifact = built_in();
            let added = artifact.add(text.as_bytes(), "claude", &[]);
            assert!(added.is_err(), "{text}");
            assert_eq!(artifact, built_in(), "{text}");
        }
        assert_eq!(add(&json!({"findings": []})).0, Ok(0));
    }

    #[test]
    fn what_is_taken_is_bounded() {
        let long = "x".repeat(OTHER);
        let (_, artifact) = add(&json!({"findings": [], "a": "kept", "b": long, "c": "kept"}));
        let agent = &artifact.other["agent"];
        assert_eq!(
            (&agent["a"], &agent["b"], &agent["c"]),
            (&json!("kept"), &Value::Null, &json!("kept"))
        );
        let many: Vec<_> = (0..bounds::MOST + 5)
            .map(|n| json!({"message": n.to_string()}))
            .collect();
        let (added, artifact) = add(&json!({"findings": many}));
        assert_eq!(added, Ok(bounds::MOST - 1));
        assert_eq!(artifact.findings.len(), bounds::MOST);
    }
}
