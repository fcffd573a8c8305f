//! Which token is made, told and ended when. Decides; [`super`] acts.

use super::words::{self, Look};
use crate::runs::Snapshot;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// Tokens of runs that ended before the client had answered for them, oldest first.
    over: VecDeque<Over>,
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

/// A token that is told in one go, once the client has it: how a run came out is worth knowing also where it
/// took no time.
#[derive(Debug)]
struct Over {
    name: String,
    look: Look,
    message: String,
}

/// Tokens of that kind that are remembered: a client may never answer.
const OVER: usize = 64;

/// Whether the client has it.
#[derive(Debug)]
enum Taken {
    /// It was asked, and may take any time; the run looks like this.
    Asked(Look),
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
    #[must_use]
    pub(super) fn created(&mut self, token: &str, taken: bool) -> Vec<Act> {
        if let Some(at) = self.over.iter().position(|over| over.name == token) {
            return self
                .over
                .remove(at)
                .filter(|_| taken)
                .map(Over::acts)
                .unwrap_or_default();
        }
        let Some(run_id) = self.run_of(token) else {
            // A token that was never begun needs no end.
            return Vec::new();
        };
        if !taken {
            self.tokens.remove(&run_id);
            self.refused.insert(run_id);
        } else if let Some(token) = self.tokens.get_mut(&run_id) {
            token.state = Taken::Ready;
        }
        Vec::new()
    }

    /// Ends all that were begun, and forgets the others.
    #[must_use]
    pub(super) fn end_all(&mut self, message: &str) -> Vec<Act> {
        let all: Vec<String> = self.tokens.keys().cloned().collect();
        let acts = all
            .iter()
            .filter_map(|run_id| self.end(run_id, || message.to_owned()));
        let acts = acts.collect();
        self.over.clear();
        acts
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
            return Some(self.create(run_id, look));
        };
        let name = token.name.clone();
        let before = std::mem::replace(&mut token.state, Taken::Begun(look.clone()));
        match before {
            Taken::Asked(_) => {
                token.state = Taken::Asked(look);
                None
            }
            Taken::Ready => Some(Act::Begin { token: name, look }),
            Taken::Begun(shown) if shown == look => None,
            Taken::Begun(_) => Some(Act::Report { token: name, look }),
        }
    }

    /// A run that goes on again gets another token: one that ended cannot be begun again.
    fn create(&mut self, run_id: &str, look: Look) -> Act {
        self.made += 1;
        let name = format!("offshoot/{run_id}/{}", self.made);
        let state = Taken::Asked(look);
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
            Taken::Asked(look) => {
                if self.over.len() >= OVER {
                    self.over.pop_front();
                }
                self.over.push_back(Over {
                    name: token.name,
                    look,
                    message: message(),
                });
                None
            }
            Taken::Ready => None,
        }
    }
}

impl Over {
    fn acts(self) -> Vec<Act> {
        let begin = Act::Begin {
            token: self.name.clone(),
            look: self.look,
        };
        let end = Act::End {
            token: self.name,
            message: self.message,
        };
        vec![begin, end]
    }
}
