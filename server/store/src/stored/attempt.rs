//! Attempts as stored: back end, phase, outcome, end.

use super::Invalid;
use super::parts::{FailureDoc, millis};
use model::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use model::backend::{Backend, PassedOver};
use model::failure::Failure;
use model::settings::AgentTemplate;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An `Attempt`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AttemptDoc {
    number: u32,
    backend: BackendDoc,
    #[serde(default)]
    passed_over: Vec<PassedOverDoc>,
    #[serde(default)]
    started_at: i64,
    phase: PhaseDoc,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BackendDoc {
    Own,
    Command {
        agent: String,
        template: TemplateDoc,
    },
    BuiltIn,
    File {
        #[serde(default)]
        manual: bool,
    },
    Nothing,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct TemplateDoc {
    command: Vec<String>,
    env: Vec<String>,
    timeout_ms: Option<u64>,
    confine: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct PassedOverDoc {
    backend: String,
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PhaseDoc {
    Preparing,
    Starting,
    Running {
        #[serde(default)]
        since: i64,
        #[serde(default)]
        pid: Option<u32>,
    },
    Verifying {
        #[serde(default)]
        end: EndDoc,
    },
    Ended {
        #[serde(default)]
        at: i64,
        outcome: OutcomeDoc,
        #[serde(default)]
        end: Option<EndDoc>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeDoc {
    Completed,
    Failed(FailureDoc),
    Cancelled,
    Interrupted,
    Revoked,
    Unverified(FailureDoc),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EndDoc {
    at: i64,
    failure: Option<FailureDoc>,
    stopped: bool,
    exit_code: Option<i32>,
    peak_rss_bytes: u64,
    cpu_ms: u64,
    leaked_processes: Vec<String>,
    artifacts: Vec<String>,
}

impl From<&Attempt> for AttemptDoc {
    fn from(attempt: &Attempt) -> Self {
        let passed = |over: &PassedOver| PassedOverDoc {
            backend: over.backend.clone(),
            reason: over.reason.clone(),
        };
        Self {
            number: attempt.number,
            backend: BackendDoc::from(&attempt.backend),
            passed_over: attempt.passed_over.iter().map(passed).collect(),
            started_at: attempt.started_at.0,
            phase: PhaseDoc::from(&attempt.phase),
        }
    }
}

impl TryFrom<AttemptDoc> for Attempt {
    type Error = Invalid;

    fn try_from(doc: AttemptDoc) -> Result<Self, Invalid> {
        let passed = |over: PassedOverDoc| PassedOver {
            backend: over.backend,
            reason: over.reason,
        };
        Ok(Self {
            number: doc.number,
            backend: doc.backend.into(),
            passed_over: doc.passed_over.into_iter().map(passed).collect(),
            started_at: Timestamp(doc.started_at),
            phase: doc.phase.try_into()?,
        })
    }
}

impl From<&Backend> for BackendDoc {
    fn from(backend: &Backend) -> Self {
        match backend {
            Backend::Own => Self::Own,
            Backend::Command { agent, template } => Self::Command {
                agent: agent.clone(),
                template: TemplateDoc {
                    command: template.command.clone(),
                    env: template.env.clone(),
                    timeout_ms: template.timeout.map(millis),
                    confine: template.confine,
                },
            },
            Backend::BuiltIn => Self::BuiltIn,
            Backend::File { manual } => Self::File { manual: *manual },
            Backend::Nothing => Self::Nothing,
        }
    }
}

impl From<BackendDoc> for Backend {
    fn from(doc: BackendDoc) -> Self {
        match doc {
            BackendDoc::Own => Self::Own,
            BackendDoc::Command { agent, template } => Self::Command {
                agent,
                template: AgentTemplate {
                    command: template.command,
                    env: template.env,
                    timeout: template.timeout_ms.map(Duration::from_millis),
                    confine: template.confine,
                },
            },
            BackendDoc::BuiltIn => Self::BuiltIn,
            BackendDoc::File { manual } => Self::File { manual },
            BackendDoc::Nothing => Self::Nothing,
        }
    }
}

impl From<&Phase> for PhaseDoc {
    fn from(phase: &Phase) -> Self {
        match phase {
            Phase::Preparing => Self::Preparing,
            Phase::Starting => Self::Starting,
            Phase::Running { since, pid } => Self::Running {
                since: since.0,
                pid: *pid,
            },
            Phase::Verifying { end } => Self::Verifying { end: end.into() },
            Phase::Ended { at, outcome, end } => Self::Ended {
                at: at.0,
                outcome: outcome.into(),
                end: end.as_ref().map(EndDoc::from),
            },
        }
    }
}

impl TryFrom<PhaseDoc> for Phase {
    type Error = Invalid;

    fn try_from(doc: PhaseDoc) -> Result<Self, Invalid> {
        Ok(match doc {
            PhaseDoc::Preparing => Self::Preparing,
            PhaseDoc::Starting => Self::Starting,
            PhaseDoc::Running { since, pid } => Self::Running {
                since: Timestamp(since),
                pid,
            },
            PhaseDoc::Verifying { end } => Self::Verifying {
                end: end.try_into()?,
            },
            PhaseDoc::Ended { at, outcome, end } => Self::Ended {
                at: Timestamp(at),
                outcome: outcome.try_into()?,
                end: end.map(AttemptEnd::try_from).transpose()?,
            },
        })
    }
}

impl From<&AttemptOutcome> for OutcomeDoc {
    fn from(outcome: &AttemptOutcome) -> Self {
        match outcome {
            AttemptOutcome::Completed => Self::Completed,
            AttemptOutcome::Failed(failure) => Self::Failed(failure.into()),
            AttemptOutcome::Cancelled => Self::Cancelled,
            AttemptOutcome::Interrupted => Self::Interrupted,
            AttemptOutcome::Revoked => Self::Revoked,
            AttemptOutcome::Unverified(failure) => Self::Unverified(failure.into()),
        }
    }
}

impl TryFrom<OutcomeDoc> for AttemptOutcome {
    type Error = Invalid;

    fn try_from(doc: OutcomeDoc) -> Result<Self, Invalid> {
        Ok(match doc {
            OutcomeDoc::Completed => Self::Completed,
            OutcomeDoc::Failed(failure) => Self::Failed(failure.try_into()?),
            OutcomeDoc::Cancelled => Self::Cancelled,
            OutcomeDoc::Interrupted => Self::Interrupted,
            OutcomeDoc::Revoked => Self::Revoked,
            OutcomeDoc::Unverified(failure) => Self::Unverified(failure.try_into()?),
        })
    }
}

impl From<&AttemptEnd> for EndDoc {
    fn from(end: &AttemptEnd) -> Self {
        Self {
            at: end.at.0,
            failure: end.failure.as_ref().map(FailureDoc::from),
            stopped: end.stopped,
            exit_code: end.exit_code,
            peak_rss_bytes: end.peak_rss_bytes,
            cpu_ms: end.cpu_ms,
            leaked_processes: end.leaked_processes.clone(),
            artifacts: end.artifacts.clone(),
        }
    }
}

impl TryFrom<EndDoc> for AttemptEnd {
    type Error = Invalid;

    fn try_from(doc: EndDoc) -> Result<Self, Invalid> {
        Ok(Self {
            at: Timestamp(doc.at),
            failure: doc.failure.map(Failure::try_from).transpose()?,
            stopped: doc.stopped,
            exit_code: doc.exit_code,
            peak_rss_bytes: doc.peak_rss_bytes,
            cpu_ms: doc.cpu_ms,
            leaked_processes: doc.leaked_processes,
            artifacts: doc.artifacts,
        })
    }
}
