//! What a step is told when it runs in a loop: why it runs again, and how its own gate is asked.

use engine::Job;
use model::finding::Finding;
use model::score;
use model::workflow::Step;
use std::fmt::Write as _;

/// Findings that are told; the files of the step have all of them.
const FINDINGS: usize = 50;

/// The step whose gate sent this one back, and what the gate said.
pub(super) fn sent_by(job: &Job) -> Option<(String, String)> {
    let gate = job.gate.as_ref()?;
    let answers = gate.rounds.iter().rev();
    let answer = answers.filter_map(|round| round.answer.as_ref()).next()?;
    Some((gate.step.id.to_string(), answer.why.clone()))
}

/// Why it runs again, for whoever does it; none in the first round.
pub(super) fn context(job: &Job) -> Option<String> {
    let (name, why) = sent_by(job)?;
    let gate = job.gate.as_ref()?;
    let round = job.task.round();
    let mut text = format!(
        "This is round {round}. The gate of `{name}` did not pass: {why}\n\
         What was done in earlier rounds is in your folder; go on from there."
    );
    let findings = &gate.product.findings;
    if !findings.is_empty() {
        text.push_str("\n\nWhat was noticed:");
        for finding in findings.iter().take(FINDINGS) {
            let _ = write!(text, "\n- {}", line(finding));
        }
    }
    if !gate.product.artifacts.is_empty() {
        let _ = write!(text, "\n\nFiles that `{name}` wrote, in your folder:");
        for artifact in &gate.product.artifacts {
            let _ = write!(text, "\n- {}", artifact.path);
        }
    }
    Some(text)
}

fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    let line = place.and_then(|place| place.span).map(|span| span.line);
    let place = match (place, line) {
        (Some(place), Some(line)) => format!("{}:{line}: ", place.path),
        (Some(place), None) => format!("{}: ", place.path),
        _ => String::new(),
    };
    format!("{place}{}: {}", finding.severity.as_str(), finding.message)
}

/// What a step that is scored has to write.
pub(super) fn scores(step: &Step) -> Option<String> {
    let scoring = step.scoring.as_ref().filter(|scoring| scoring.enabled)?;
    if !step.is_agent() {
        return None;
    }
    let declared = step.creates.iter().find(|path| path.ends_with(".json"));
    let file = declared.map_or(score::DEFAULT_FILE, String::as_str);
    let mut text = format!(
        "Your scores decide how it goes on. Write them as a JSON object of numbers into {file}"
    );
    if scoring.thresholds.is_empty() {
        text.push_str(", for example {\"overall_score\": 8.5, \"security_score\": 9}.");
        return Some(text);
    }
    text.push_str(". What they are held against:");
    for (threshold, limit) in &scoring.thresholds {
        let (name, upper) = score::bound(threshold);
        let bound = if upper { "at most" } else { "at least" };
        let _ = write!(text, "\n- {name}_score: {bound} {limit}");
    }
    Some(text)
}
