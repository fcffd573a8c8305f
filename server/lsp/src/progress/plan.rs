//! Which token is made, told and ended when. Decides; [`super`] acts.

use super::words::{self, Look};
use crate::runs::Snapshot;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Ask the client to take a token.
    Create { token: String },
    /// Begin.
    Begin { token: String, look: Look },
    /// It looks different now.
    Report { token: String, look: Look },
    /// It is over.
    End { token: String, message: String },
}

/// Tokens by run.
#[derive(Debug, Default)]
pub(super) struct Plan {
    tokens: BTreeMap<String, Token>,
    /// Runs whose token the client did not take.
    refused: BTreeSet<String>,
    made: u64,
}

/// The token of a run.
#[derive(Debug)]
struct Token {
    name: String,
    state: Taken,
}

/// Whether the client has it.
#[derive(Debug)]
enum Taken {
    /// It was asked, and may take any time.
    Asked,
    /// It has it, and was told nothing of it.
    Ready,
    /// It shows it like this.
    Begun(Look),
}

impl Plan {
    /// Compares what is shown with how the runs are now.
    #[must_use]
    pub(super) fn look(&mut self, now: &Snapshot) -> Vec<Act> {
        let mut acts = Vec::new();
        for run in now.all() {
            let Some(look) = words::look(run) else {
                acts.extend(self.end(&run.run_id, || words::outcome(run)));
                self.refused.remove(&run.run_id);
                continue;
            };
            acts.extend(self.show(&run.run_id, look));
        }
        let gone: Vec<String> = self
            .tokens
            .keys()
            .filter(|id| now.get(id).is_none())
            .cloned()
            .collect();
        for run_id in gone {
            acts.extend(self.end(&run_id, || "the run is not known any more".to_owned()));
        }
        acts
    }

    /// The client has answered for a token; the next look begins it.
    pub(super) fn created(&mut self, token: &str, taken: bool) {
        let Some(run_id) = self.run_of(token) else {
            // The run ended meanwhile; a token that was never begun needs no end.
            return;
        };
        if !taken {
            self.tokens.remove(&run_id);
            self.refused.insert(run_id);
        } else if let Some(token) = self.tokens.get_mut(&run_id) {
            token.state = Taken::Ready;
        }
    }

    /// Ends all that were begun.
    #[must_use]
    pub(super) fn end_all(&mut self, message: &str) -> Vec<Act> {
        let all: Vec<String> = self.tokens.keys().cloned().collect();
        all.iter()
            .filter_map(|run_id| self.end(run_id, || message.to_owned()))
            .collect()
    }

    /// The run of a token.
    pub(super) fn run_of(&self, token: &str) -> Option<String> {
        let mut tokens = self.tokens.iter();
        tokens
            .find(|(_, known)| known.name == token)
            .map(|(run_id, _)| run_id.clone())
    }

    fn show(&mut self, run_id: &str, look: Look) -> Option<Act> {
        if self.refused.contains(run_id) {
            return None;
        }
        let Some(token) = self.tokens.get_mut(run_id) else {
            return Some(self.create(run_id));
        };
        let name = token.name.clone();
        let before = std::mem::replace(&mut token.state, Taken::Begun(look.clone()));
        match before {
            Taken::Asked => {
                token.state = Taken::Asked;
                None
            }
            Taken::Ready => Some(Act::Begin { token: name, look }),
            Taken::Begun(shown) if shown == look => None,
            Taken::Begun(_) => Some(Act::Report { token: name, look }),
        }
    }

    /// A run that goes on again gets another token: one that ended cannot be begun again.
    fn create(&mut self, run_id: &str) -> Act {
        self.made += 1;
        let name = format!("offshoot/{run_id}/{}", self.made);
        let state = Taken::Asked;
        self.tokens.insert(
            run_id.to_owned(),
            Token {
                name: name.clone(),
                state,
            },
        );
        Act::Create { token: name }
    }

    fn end(&mut self, run_id: &str, message: impl FnOnce() -> String) -> Option<Act> {
        let token = self.tokens.remove(run_id)?;
        match token.state {
            Taken::Begun(_) => Some(Act::End {
                token: token.name,
                message: message(),
            }),
            Taken::Asked | Taken::Ready => None,
        }
    }
}
