//! What was noticed about a step's result, as stored. A step may have thousands of them: what is
//! not there is not written.

use super::Invalid;
use super::parts::severity;
use model::finding::{Finding, OFFSHOOT, Place, Related, Span};
use serde::{Deserialize, Serialize};

/// A `Finding`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FindingDoc {
    /// Added with the places; before, all was said by Offshoot.
    #[serde(default = "offshoot")]
    source: String,
    #[serde(default)]
    code: String,
    severity: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artifact: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedDoc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RelatedDoc {
    path: String,
    line: Option<u32>,
    message: String,
}

fn offshoot() -> String {
    OFFSHOOT.to_owned()
}

impl From<&Finding> for FindingDoc {
    fn from(finding: &Finding) -> Self {
        let place = finding.place.as_ref();
        let span = place.and_then(|place| place.span);
        Self {
            source: finding.source.clone(),
            code: finding.code.clone(),
            severity: finding.severity.as_str().to_owned(),
            message: finding.message.clone(),
            path: place.map(|place| place.path.clone()),
            line: span.map(|span| span.line),
            column: span.and_then(|span| span.column),
            end_line: span.and_then(|span| span.end_line),
            end_column: span.and_then(|span| span.end_column),
            text: finding.text.clone(),
            artifact: finding.artifact.clone(),
            related: finding.related.iter().map(RelatedDoc::from).collect(),
            help: finding.help.clone(),
        }
    }
}

impl TryFrom<FindingDoc> for Finding {
    type Error = Invalid;

    fn try_from(doc: FindingDoc) -> Result<Self, Invalid> {
        let span = doc.line.map(|line| Span {
            line,
            column: doc.column,
            end_line: doc.end_line,
            end_column: doc.end_column,
        });
        Ok(Self {
            source: doc.source,
            code: doc.code,
            severity: severity(doc.severity)?,
            message: doc.message,
            place: doc.path.map(|path| Place { path, span }),
            text: doc.text,
            artifact: doc.artifact,
            related: doc.related.into_iter().map(Related::from).collect(),
            help: doc.help,
        })
    }
}

impl From<&Related> for RelatedDoc {
    fn from(related: &Related) -> Self {
        Self {
            path: related.path.clone(),
            line: related.line,
            message: related.message.clone(),
        }
    }
}

impl From<RelatedDoc> for Related {
    fn from(doc: RelatedDoc) -> Self {
        Self {
            path: doc.path,
            line: doc.line,
            message: doc.message,
        }
    }
}
