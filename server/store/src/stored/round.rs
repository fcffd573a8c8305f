//! Rounds of loops, what gates said, and scores, as stored. A task that no gate has anything to do with
//! has none of it in its document.

use super::Invalid;
use model::round::{GateAnswer, Round, SentBack, Way};
use model::score::Scores;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A `Round`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RoundDoc {
    attempt: u32,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    commit: Option<String>,
    answer: Option<AnswerDoc>,
}

#[derive(Debug, Serialize, Deserialize)]
struct AnswerDoc {
    way: String,
    #[serde(default)]
    why: String,
}

/// A `SentBack`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SentBackDoc {
    gate: usize,
    commit: Option<String>,
}

/// `Scores`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ScoresDoc {
    path: String,
    passed: Option<bool>,
    values: Vec<(String, f64)>,
}

impl From<&Round> for RoundDoc {
    fn from(round: &Round) -> Self {
        Self {
            attempt: round.attempt,
            at: round.at.0,
            base: round.base.clone(),
            commit: round.commit.clone(),
            answer: round.answer.as_ref().map(|answer| AnswerDoc {
                way: answer.way.as_str().to_owned(),
                why: answer.why.clone(),
            }),
        }
    }
}

impl TryFrom<RoundDoc> for Round {
    type Error = Invalid;

    fn try_from(doc: RoundDoc) -> Result<Self, Invalid> {
        Ok(Self {
            attempt: doc.attempt,
            at: Timestamp(doc.at),
            base: doc.base,
            commit: doc.commit,
            answer: doc.answer.map(GateAnswer::try_from).transpose()?,
        })
    }
}

impl TryFrom<AnswerDoc> for GateAnswer {
    type Error = Invalid;

    fn try_from(doc: AnswerDoc) -> Result<Self, Invalid> {
        let way = Way::parse(&doc.way).ok_or(Invalid::Word {
            what: "way of a gate",
            word: doc.way,
        })?;
        Ok(Self { way, why: doc.why })
    }
}

impl From<&SentBack> for SentBackDoc {
    fn from(back: &SentBack) -> Self {
        Self {
            gate: back.gate,
            commit: back.commit.clone(),
        }
    }
}

impl From<SentBackDoc> for SentBack {
    fn from(doc: SentBackDoc) -> Self {
        Self {
            gate: doc.gate,
            commit: doc.commit,
        }
    }
}

impl From<&Scores> for ScoresDoc {
    fn from(scores: &Scores) -> Self {
        Self {
            path: scores.path.clone(),
            passed: scores.passed,
            values: scores.values.clone(),
        }
    }
}

impl From<ScoresDoc> for Scores {
    fn from(doc: ScoresDoc) -> Self {
        Self {
            path: doc.path,
            passed: doc.passed,
            values: doc.values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_of_a_round_is_kept_and_missing_in_what_earlier_versions_wrote() {
        let round = Round {
            attempt: 2,
            at: Timestamp(7),
            base: Some("ba5e".to_owned()),
            commit: Some("cafe".to_owned()),
            answer: None,
        };
        let text = serde_json::to_string(&RoundDoc::from(&round)).unwrap();
        let read: RoundDoc = serde_json::from_str(&text).unwrap();
        assert_eq!(Round::try_from(read).unwrap(), round);
        let old = r#"{"attempt":2,"at":7,"commit":"cafe","answer":null}"#;
        let read: RoundDoc = serde_json::from_str(old).unwrap();
        assert_eq!(
            Round::try_from(read).unwrap(),
            Round {
                base: None,
                ..round
            }
        );
    }
}
