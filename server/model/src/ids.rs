//! Names of things. An id is made once, by the daemon, and is a value ever after.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id with this text. No check: where text comes from a user, the front end checks it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// `<slug, at most 24>-<8 base32>`; unique prefixes are accepted at the surfaces.
    RunId
);
id!(
    /// `t-<10 base32>`.
    TaskId
);
id!(
    /// The id of a step within its workflow: safe as a file name and as part of a ref.
    StepId
);
id!(
    /// `<task id>-<attempt number>`: the name of the attempt's folder and the cookie of its processes.
    AttemptId
);

impl TaskId {
    /// The id of this task's attempt with this number (from 1).
    pub fn attempt(&self, number: u32) -> AttemptId {
        AttemptId(format!("{}-{number}", self.0))
    }
}

impl AttemptId {
    /// The task and the number that this id was made of; `None` for text of another form.
    pub fn parts(&self) -> Option<(TaskId, u32)> {
        let (task, number) = self.0.rsplit_once('-')?;
        Some((TaskId::new(task), number.parse().ok()?))
    }
}

/// Turns free text into lower-case words of `[a-z0-9]` joined by `-`, at most `max` bytes.
/// Empty when nothing of the text is usable.
pub fn slug(text: &str, max: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= max {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (text, expected) in [
            ("Gather Requirements", "gather-requirements"),
            ("  --x  ", "x"),
            ("ä/ö", ""),
            ("Über die Brücke", "ber-die-br-cke"),
        ] {
            assert_eq!(slug(text, 24), expected, "{text}");
        }
        assert_eq!(slug(&"ab ".repeat(40), 5), "ab-ab");
    }

    #[test]
    fn attempt_ids_name_their_task() {
        let id = TaskId::new("t-abc").attempt(12);
        assert_eq!(id.as_str(), "t-abc-12");
        assert_eq!(id.parts(), Some((TaskId::new("t-abc"), 12)));
        assert_eq!(AttemptId::new("nonsense").parts(), None);
    }
}
