//! What the rules find in one file, before it becomes findings.

use super::Place;

/// The most of one rule in one file; a file that has more is generated.
const MOST: usize = 100;
/// The most characters of a name that is told.
const LONGEST: usize = 80;

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Another file than the one that was looked at; for a repository the file.
    pub(crate) path: Option<String>,
    pub(crate) place: Option<Place>,
    /// One sentence. It names keys, images and files, never values.
    pub(crate) message: String,
}

/// What one rule found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hits {
    pub(crate) hits: Vec<Hit>,
    /// The rule had nothing to look at.
    pub(crate) not_applicable: bool,
}

impl Hits {
    pub(crate) fn at(&mut self, place: Place, message: impl Into<String>) {
        self.push(None, Some(place), message.into());
    }

    pub(crate) fn in_file(&mut self, path: &str, place: Option<Place>, message: impl Into<String>) {
        self.push(Some(path.to_owned()), place, message.into());
    }

    /// About the whole, without a place.
    pub(crate) fn whole(&mut self, message: impl Into<String>) {
        self.push(None, None, message.into());
    }

    pub(crate) fn not_applicable(&mut self) {
        self.not_applicable = true;
    }

    fn push(&mut self, path: Option<String>, place: Option<Place>, message: String) {
        if self.hits.len() < MOST {
            self.hits.push(Hit {
                path,
                place,
                message,
            });
        }
    }
}

/// A name out of a file as it may stand in a message: short, on one line, and without what comes before an `@` in an
/// address, which may be a password.
pub(crate) fn name(text: &str) -> String {
    let text = text.trim();
    let text = match text.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}")
        }
        None => text.to_owned(),
    };
    let mut plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST + 1)
        .collect();
    if plain.chars().count() > LONGEST {
        plain = plain.chars().take(LONGEST).collect::<String>() + "…";
    }
    plain.replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_short_and_without_passwords() {
        assert_eq!(name(" a\nb`c "), "a b'c");
        assert_eq!(
            name("https://user:pw@example.org/a?token=x"),
            "https://example.org"
        );
        assert_eq!(name(&"ä".repeat(200)).chars().count(), 81);
    }
}
