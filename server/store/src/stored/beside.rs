//! Steps that ended beside an attempt under way, as stored. Nearly every task has none of them.

use model::ids::{RunId, StepId};
use model::overlap::Beside;
use serde::{Deserialize, Serialize};

/// A `Beside`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct BesideDoc {
    run: String,
    step: String,
    files: Vec<String>,
}

impl From<&Beside> for BesideDoc {
    fn from(beside: &Beside) -> Self {
        Self {
            run: beside.run.to_string(),
            step: beside.step.to_string(),
            files: beside.files.to_vec(),
        }
    }
}

impl From<BesideDoc> for Beside {
    fn from(doc: BesideDoc) -> Self {
        Self {
            run: RunId::new(doc.run),
            step: StepId::new(doc.step),
            files: doc.files.into(),
        }
    }
}
