//! What is written into the JSON columns, version 1. Each type here mirrors one of `model`, which
//! has no serde on purpose: the domain may change its shape without a stored row noticing.
//!
//! Rules: unknown fields are ignored and missing ones take a default (a field added later needs
//! one), except the words that say which case of an enum it is. Moments and spans are
//! milliseconds. The files in `golden/v1` hold every type here; they are never edited.

mod attempt;
mod beside;
mod finding;
#[cfg(test)]
mod golden;
mod parts;
mod path;
mod product;
mod round;
mod run;
mod source;
mod state;
mod task;

pub(crate) use path::{path_from_text, path_to_text};
pub(crate) use run::{RunDoc, RunParts};
pub(crate) use source::{EnvironmentDoc, SourceDoc, SubmissionDoc};
pub(crate) use task::{TaskDoc, TaskParts};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version that is written, and the newest that is read.
pub(crate) const VERSION: u32 = 1;

/// A stored type that stands alone in a column and says its version.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// The version found in the text.
    fn version(&self) -> u32;
}

/// Why a stored value cannot be turned into one of the model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Invalid {
    /// Not JSON, or not of this shape.
    #[error("is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// From a later Offshoot.
    #[error("was written by a newer version (v{0}): use that version")]
    Newer(u32),
    /// A word that is none of the known ones.
    #[error("has an unknown {what} `{word}`")]
    Word {
        /// What kind of word.
        what: &'static str,
        /// The word.
        word: String,
    },
    /// A path in the hexadecimal form that is none.
    #[error("has a path that is not readable")]
    Path,
}

/// The text of a document.
pub(crate) fn encode<D: Document>(document: &D) -> Result<String, serde_json::Error> {
    serde_json::to_string(document)
}

/// The document in a text.
pub(crate) fn decode<D: Document>(text: &str) -> Result<D, Invalid> {
    let document: D = serde_json::from_str(text)?;
    match document.version() {
        newer if newer > VERSION => Err(Invalid::Newer(newer)),
        _ => Ok(document),
    }
}

macro_rules! document {
    ($($name:ident),*) => {
        $(impl crate::stored::Document for $name {
            fn version(&self) -> u32 {
                self.v
            }
        })*
    };
}
use document;
