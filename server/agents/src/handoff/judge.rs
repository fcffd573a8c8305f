//! What a look means: pure. Looks and the time since the command go in, signals and at most one
//! end come out.

use super::end::{By, HandOffEnd, Signal, Via};
use super::look::{CompletedFile, Look, Read, combined};
use super::status::Said;
use model::failure::FailureClass;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// Artifacts that were the same at two looks this far apart are taken as finished.
pub(super) const STABLE_AFTER: Duration = Duration::from_secs(1);
/// A file that is unreadable for this long is not just half-written.
const MALFORMED_AFTER: Duration = Duration::from_secs(1);
/// Distinct warnings of one hand-off.
const MAX_WARNINGS: usize = 64;

/// Content that is no JSON object (yet).
#[derive(Debug)]
struct Malformed {
    sha256: String,
    since: Duration,
    told: bool,
}

/// What is remembered between looks.
#[derive(Debug)]
pub(super) struct Judge {
    pick_up: Duration,
    picked_up: bool,
    missed: bool,
    command_seen: bool,
    /// The agent speaks by a status: nothing is inferred from artifacts.
    speaks: bool,
    stable: Option<(String, Duration)>,
    completed: Option<(String, Duration)>,
    missing: Vec<String>,
    /// By place: content that cannot be read.
    malformed: HashMap<String, Malformed>,
    progress: Option<Signal>,
    warned: HashSet<String>,
    pub(super) outbox: VecDeque<Signal>,
}

impl Judge {
    pub(super) fn new(pick_up: Duration) -> Self {
        Self {
            pick_up,
            picked_up: false,
            missed: false,
            command_seen: false,
            speaks: false,
            stable: None,
            completed: None,
            missing: Vec::new(),
            malformed: HashMap::new(),
            progress: None,
            warned: HashSet::new(),
            outbox: VecDeque::new(),
        }
    }

    /// Whether artifacts could end it now.
    pub(super) fn wants_artifacts(&self) -> bool {
        !self.speaks
    }

    /// Takes in a look made `at` this long after the command.
    pub(super) fn hear(&mut self, look: &Look, at: Duration) -> Option<HandOffEnd> {
        if let Some(message) = &look.gone {
            return Some(HandOffEnd::Failed {
                class: FailureClass::Worktree,
                message: message.clone(),
                code: None,
                retryable: Some(true),
            });
        }
        for trouble in &look.troubles {
            self.warn(trouble.clone());
        }
        self.malformed.retain(|place, _| {
            let mut reads = look.statuses.iter().chain(&look.markers);
            reads
                .any(|read| read.place == *place && matches!(read.reading.said, Said::Malformed(_)))
        });
        let end = self
            .statuses(&look.statuses, at)
            .or_else(|| self.markers(&look.markers, at));
        let end = end.or_else(|| self.completed_file(look.completed_file.as_ref(), at));
        let end = end.or_else(|| self.artifacts(look, at));
        // Agents that read the command file and delete it have taken it.
        if end.is_some() || (self.command_seen && !look.command_there) {
            self.pick_up();
        }
        self.command_seen |= look.command_there;
        if end.is_none() && !self.picked_up && !self.missed && at >= self.pick_up {
            self.missed = true;
            self.outbox.push_back(Signal::NotPickedUp { after: at });
        }
        end
    }

    /// The end when the attempt's time is over.
    pub(super) fn timed_out(&self, timeout: Duration) -> HandOffEnd {
        let spent = timeout.as_secs_f64();
        let mut message = format!("the hand-off did not end within {spent} s");
        if !self.picked_up {
            message.push_str("; no agent picked it up");
        }
        if !self.missing.is_empty() {
            message.push_str("; not written: ");
            message.push_str(&self.missing.join(", "));
        }
        HandOffEnd::TimedOut {
            by: By::Engine,
            message,
            retryable: None,
        }
    }

    /// When, after the command, a look is due even if nothing happens.
    pub(super) fn due(&self) -> Option<Duration> {
        let pick_up = (!self.picked_up && !self.missed).then_some(self.pick_up);
        let stable = |known: &Option<(String, Duration)>| {
            known.as_ref().map(|(_, since)| *since + STABLE_AFTER)
        };
        let untold = self.malformed.values().filter(|known| !known.told);
        let malformed = untold.map(|known| known.since + MALFORMED_AFTER).min();
        let due = [
            pick_up,
            stable(&self.stable),
            stable(&self.completed),
            malformed,
        ];
        due.into_iter().flatten().min()
    }

    fn pick_up(&mut self) {
        if !self.picked_up {
            self.picked_up = true;
            self.outbox.push_back(Signal::PickedUp);
        }
    }

    fn warn(&mut self, text: String) {
        if self.warned.len() < MAX_WARNINGS && self.warned.insert(text.clone()) {
            self.outbox.push_back(Signal::Warning { text });
        }
    }

    fn statuses(&mut self, statuses: &[Read], at: Duration) -> Option<HandOffEnd> {
        self.speaks = false;
        let mut end = None;
        for read in statuses {
            self.notes(read);
            match &read.reading.said {
                Said::Malformed(problem) => self.malformed(read, problem, at),
                Said::Ignored(_) => {}
                Said::Unknown(word) => {
                    // Somebody is there. Its artifacts may still tell what its words do not.
                    self.pick_up();
                    let word = if word.is_empty() {
                        "no `status`".to_owned()
                    } else {
                        format!("status {word:?}")
                    };
                    self.warn(format!("{} has {word}; known are pending, running, completed, failed, cancelled, timeout", read.place));
                }
                Said::Pending => self.speaks(),
                Said::Running(progress) => {
                    self.speaks();
                    let (percentage, message) = (progress.percentage, progress.message.clone());
                    self.progress(Signal::Progress {
                        percentage,
                        message,
                    });
                }
                said => end = end.or_else(|| ending(said, Via::Status)),
            }
        }
        end
    }

    fn speaks(&mut self) {
        self.speaks = true;
        self.pick_up();
    }

    /// Only the newest matters to anybody.
    fn progress(&mut self, signal: Signal) {
        let empty =
            matches!(&signal, Signal::Progress { percentage: None, message } if message.is_empty());
        if empty || self.progress.as_ref() == Some(&signal) {
            return;
        }
        self.outbox
            .retain(|waiting| !matches!(waiting, Signal::Progress { .. }));
        self.outbox.push_back(signal.clone());
        self.progress = Some(signal);
    }

    /// Of several markers the last one written counts.
    fn markers(&mut self, markers: &[Read], at: Duration) -> Option<HandOffEnd> {
        let mut newest: Option<(&Read, HandOffEnd)> = None;
        for read in markers {
            self.notes(read);
            if let Said::Malformed(problem) = &read.reading.said {
                self.malformed(read, problem, at);
            }
            let Some(end) = ending(&read.reading.said, Via::Marker) else {
                continue;
            };
            if newest
                .as_ref()
                .is_none_or(|(other, _)| read.mtime_ns > other.mtime_ns)
            {
                newest = Some((read, end));
            }
        }
        newest.map(|(_, end)| end)
    }

    fn notes(&mut self, read: &Read) {
        let ignored = match &read.reading.said {
            Said::Ignored(reason) => reason.text(),
            _ => None,
        };
        for text in ignored.iter().chain(&read.reading.notes) {
            self.warn(format!("{}: {text}", read.place));
        }
    }

    fn malformed(&mut self, read: &Read, problem: &str, at: Duration) {
        let known = self
            .malformed
            .remove(&read.place)
            .filter(|known| known.sha256 == read.sha256);
        let mut known = known.unwrap_or_else(|| Malformed {
            sha256: read.sha256.clone(),
            since: at,
            told: false,
        });
        if !known.told && at.saturating_sub(known.since) >= MALFORMED_AFTER {
            known.told = true;
            self.warn(format!("{} is not used: {problem}", read.place));
        }
        self.malformed.insert(read.place.clone(), known);
    }

    /// What git may be putting back has to last.
    fn completed_file(&mut self, file: Option<&CompletedFile>, at: Duration) -> Option<HandOffEnd> {
        let Some(file) = file else {
            self.completed = None;
            return None;
        };
        let known = self
            .completed
            .take()
            .filter(|(sha256, _)| *sha256 == file.sha256);
        let (sha256, since) = known.unwrap_or_else(|| (file.sha256.clone(), at));
        let sure = !file.doubtful || at.saturating_sub(since) >= STABLE_AFTER;
        self.completed = Some((sha256, since));
        sure.then(|| HandOffEnd::Completed {
            via: Via::CompletedFile,
            artifacts: Vec::new(),
            output: None,
        })
    }

    fn artifacts(&mut self, look: &Look, at: Duration) -> Option<HandOffEnd> {
        let missing = look
            .artifacts
            .iter()
            .filter(|artifact| artifact.new.is_none());
        self.missing = missing.map(|artifact| artifact.path.clone()).collect();
        if self.missing.len() < look.artifacts.len() {
            self.pick_up();
        }
        let Some(now) = combined(&look.artifacts).filter(|_| !self.speaks) else {
            self.stable = None;
            return None;
        };
        match &self.stable {
            Some((before, since)) if *before == now => (at.saturating_sub(*since) >= STABLE_AFTER)
                .then(|| HandOffEnd::Completed {
                    via: Via::Artifacts,
                    artifacts: look
                        .artifacts
                        .iter()
                        .map(|artifact| artifact.path.clone())
                        .collect(),
                    output: None,
                }),
            _ => {
                self.stable = Some((now, at));
                None
            }
        }
    }
}

fn ending(said: &Said, via: Via) -> Option<HandOffEnd> {
    Some(match said.clone() {
        Said::Completed(results) => HandOffEnd::Completed {
            via,
            artifacts: results.artifacts,
            output: results.output,
        },
        Said::Failed(failed) => HandOffEnd::Failed {
            class: FailureClass::Exit,
            message: failed.message,
            code: failed.code,
            retryable: failed.retryable,
        },
        Said::Cancelled(said) => HandOffEnd::Cancelled {
            by: By::Agent,
            message: said.message,
            retryable: said.retryable,
        },
        Said::TimedOut(said) => HandOffEnd::TimedOut {
            by: By::Agent,
            message: said.message,
            retryable: said.retryable,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
