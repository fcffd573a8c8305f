//! Where a run or task comes from, as stored: source, submission, environment. None of it
//! changes once it is written.

use super::parts::millis;
use super::{VERSION, document};
use model::run::{Environment, Source, Submission};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// A `Source`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SourceDoc {
    pub(super) v: u32,
    source: SourceKind,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SourceKind {
    File {
        #[serde(default)]
        path: String,
        text: Arc<str>,
    },
    Submission(SubmissionFields),
}

/// A `Submission` in a column of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SubmissionDoc {
    pub(super) v: u32,
    submission: SubmissionFields,
}

/// An `Environment`: plain values only, in order of name.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EnvironmentDoc {
    pub(super) v: u32,
    #[serde(default)]
    variables: Vec<(String, String)>,
}

document!(SourceDoc, SubmissionDoc, EnvironmentDoc);

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct SubmissionFields {
    agent: String,
    task: String,
    files: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    params: Vec<(String, String)>,
    argv: Vec<String>,
    backends: Vec<String>,
    env: Vec<String>,
    timeout_ms: Option<u64>,
    silence_ms: Option<u64>,
    max_retries: Option<u32>,
    task_type: String,
}

impl From<&Source> for SourceDoc {
    fn from(source: &Source) -> Self {
        let source = match source {
            Source::File { path, text } => SourceKind::File {
                path: path.clone(),
                text: text.clone(),
            },
            Source::Submission(submission) => SourceKind::Submission(submission.into()),
        };
        Self { v: VERSION, source }
    }
}

impl From<SourceDoc> for Source {
    fn from(doc: SourceDoc) -> Self {
        match doc.source {
            SourceKind::File { path, text } => Self::File { path, text },
            SourceKind::Submission(fields) => Self::Submission(fields.into()),
        }
    }
}

impl From<&Submission> for SubmissionDoc {
    fn from(submission: &Submission) -> Self {
        Self {
            v: VERSION,
            submission: submission.into(),
        }
    }
}

impl From<SubmissionDoc> for Submission {
    fn from(doc: SubmissionDoc) -> Self {
        doc.submission.into()
    }
}

impl From<&Submission> for SubmissionFields {
    fn from(submission: &Submission) -> Self {
        Self {
            agent: submission.agent.clone(),
            task: submission.task.clone(),
            files: submission.files.clone(),
            params: submission.params.clone(),
            argv: submission.argv.clone(),
            backends: submission.backends.clone(),
            env: submission.env.clone(),
            timeout_ms: submission.timeout.map(millis),
            silence_ms: submission.silence.map(millis),
            max_retries: submission.max_retries,
            task_type: submission.task_type.clone(),
        }
    }
}

impl From<SubmissionFields> for Submission {
    fn from(fields: SubmissionFields) -> Self {
        Self {
            agent: fields.agent,
            task: fields.task,
            files: fields.files,
            params: fields.params,
            argv: fields.argv,
            backends: fields.backends,
            env: fields.env,
            timeout: fields.timeout_ms.map(Duration::from_millis),
            silence: fields.silence_ms.map(Duration::from_millis),
            max_retries: fields.max_retries,
            task_type: fields.task_type,
        }
    }
}

impl From<&Environment> for EnvironmentDoc {
    fn from(environment: &Environment) -> Self {
        Self {
            v: VERSION,
            variables: environment.0.clone(),
        }
    }
}

impl From<EnvironmentDoc> for Environment {
    fn from(doc: EnvironmentDoc) -> Self {
        Self(doc.variables)
    }
}
