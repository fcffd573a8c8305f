//! What a run says of a workflow's steps, in words for people.

use protocol::run::{Run, Step};

/// The step of a run with this id.
pub(super) fn step<'r>(run: &'r Run, id: &str) -> Option<&'r Step> {
    run.steps.iter().find(|step| step.id == id)
}

/// Whether the run may still change by itself.
pub(super) fn is_open(run: &Run) -> bool {
    matches!(run.status.as_str(), "queued" | "running" | "needs_input")
}

/// A state as people say it.
pub(super) fn word(status: &str) -> String {
    match status {
        "needs_input" => "waits for you".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A length of time, short.
pub(super) fn duration(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{}.{} s", seconds, ms % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// `completed, 12.3 s`, with the class of a failure.
pub(super) fn summary(step: &Step) -> String {
    let mut text = word(&step.status);
    if let Some(class) = &step.class {
        text += &format!(" ({class})");
    }
    if step.duration_ms > 0 {
        text += &format!(", {}", duration(step.duration_ms));
    }
    text
}

/// `2 errors, 1 warning`; empty where there are none.
pub(super) fn findings(step: &Step) -> String {
    let count = |number: u32, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let counts = step.findings;
    [
        count(counts.error, "error"),
        count(counts.warning, "warning"),
        count(counts.info, "note"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (ms, expected) in [
            (0, "0 ms"),
            (850, "850 ms"),
            (1_240, "1.2 s"),
            (61_000, "1 min 1 s"),
            (3_720_000, "1 h 2 min"),
        ] {
            assert_eq!(duration(ms), expected);
        }
    }
}
