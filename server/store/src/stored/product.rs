//! What a task has in the file system and leaves behind, as stored.

use super::Invalid;
use super::finding::FindingDoc;
use super::path::PathText;
use super::round::ScoresDoc;
use model::finding::Finding;
use model::score::Scores;
use model::task::{ArtifactRef, Product, Worktree};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A `Worktree`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct WorktreeDoc {
    path: PathText,
    branch: String,
    base: String,
}

/// A `Product`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ProductDoc {
    commit: Option<String>,
    base: Option<String>,
    branch: Option<String>,
    outputs: Vec<(String, String)>,
    artifacts: Vec<ArtifactDoc>,
    findings: Vec<FindingDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores: Option<ScoresDoc>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ArtifactDoc {
    path: String,
    kind: String,
    schema_version: Option<String>,
    stored: Option<PathText>,
}

impl From<&Worktree> for WorktreeDoc {
    fn from(worktree: &Worktree) -> Self {
        Self {
            path: (&worktree.path).into(),
            branch: worktree.branch.clone(),
            base: worktree.base.clone(),
        }
    }
}

impl TryFrom<WorktreeDoc> for Worktree {
    type Error = Invalid;

    fn try_from(doc: WorktreeDoc) -> Result<Self, Invalid> {
        Ok(Self {
            path: doc.path.try_into()?,
            branch: doc.branch,
            base: doc.base,
        })
    }
}

impl From<&Product> for ProductDoc {
    fn from(product: &Product) -> Self {
        Self {
            commit: product.commit.clone(),
            base: product.base.clone(),
            branch: product.branch.clone(),
            outputs: product.outputs.clone(),
            artifacts: product.artifacts.iter().map(ArtifactDoc::from).collect(),
            findings: product.findings.iter().map(FindingDoc::from).collect(),
            scores: product.scores.as_ref().map(ScoresDoc::from),
        }
    }
}

impl TryFrom<ProductDoc> for Product {
    type Error = Invalid;

    fn try_from(doc: ProductDoc) -> Result<Self, Invalid> {
        let artifacts = doc.artifacts.into_iter().map(ArtifactRef::try_from);
        let findings = doc.findings.into_iter().map(Finding::try_from);
        Ok(Self {
            commit: doc.commit,
            base: doc.base,
            branch: doc.branch,
            outputs: doc.outputs,
            artifacts: artifacts.collect::<Result<_, _>>()?,
            findings: findings.collect::<Result<_, _>>()?,
            scores: doc.scores.map(Scores::from),
        })
    }
}

impl From<&ArtifactRef> for ArtifactDoc {
    fn from(artifact: &ArtifactRef) -> Self {
        Self {
            path: artifact.path.clone(),
            kind: artifact.kind.clone(),
            schema_version: artifact.schema_version.clone(),
            stored: artifact.stored.as_ref().map(PathText::from),
        }
    }
}

impl TryFrom<ArtifactDoc> for ArtifactRef {
    type Error = Invalid;

    fn try_from(doc: ArtifactDoc) -> Result<Self, Invalid> {
        Ok(Self {
            path: doc.path,
            kind: doc.kind,
            schema_version: doc.schema_version,
            stored: doc.stored.map(PathBuf::try_from).transpose()?,
        })
    }
}
