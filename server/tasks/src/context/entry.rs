//! An entry of the knowledge base: the documentation of one topic of a library, with what is known of it, as the
//! Markdown that TappsCodingAgents writes.

use super::stamp;
use jiff::Timestamp;

/// What opens the comments at the end of the file.
const BLOCK: &str = "<!-- KB Metadata -->";
/// What stands for nothing.
const UNKNOWN: &str = "Unknown";
const NONE: &str = "N/A";
/// Comments whose names are known.
const KNOWN: [&str; 8] = [
    "Library",
    "Topic",
    "Context7 ID",
    "Trust Score",
    "Snippet Count",
    "Last Updated",
    "Cache Hits",
    "Token Count",
];

/// An entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Entry {
    pub(crate) library: String,
    pub(crate) topic: String,
    pub(crate) id: Option<String>,
    pub(crate) trust: Option<f64>,
    pub(crate) snippets: u64,
    pub(crate) tokens: u64,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) hits: u64,
    /// The documentation.
    pub(crate) body: String,
    /// Comments of others.
    pub(crate) other: Vec<(String, String)>,
}

impl Entry {
    /// The text of its file.
    pub(crate) fn render(&self) -> String {
        let id = self.id.as_deref().unwrap_or(UNKNOWN);
        let trust = self
            .trust
            .map_or_else(|| NONE.to_owned(), |trust| format!("{trust:?}"));
        let updated = self.updated.map_or_else(|| NONE.to_owned(), stamp::text);
        let (library, topic) = (&self.library, &self.topic);
        let (snippets, tokens, hits) = (self.snippets, self.tokens, self.hits);
        let mut text = format!(
            "# {library} - {topic}\n\n**Source**: {id} (Trust Score: {trust})\n\
             **Snippets**: {snippets} | **Tokens**: {tokens}\n\
             **Last Updated**: {updated} | **Cache Hits**: {hits}\n\n---\n\n{}\n\n---\n\n{BLOCK}\n",
            self.body.trim()
        );
        let values = [
            library.clone(),
            topic.clone(),
            id.to_owned(),
            trust,
            snippets.to_string(),
            updated,
            hits.to_string(),
            tokens.to_string(),
        ];
        let own = KNOWN.into_iter().zip(&values);
        let other = self
            .other
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let lines: Vec<String> = own
            .chain(other)
            .map(|(name, value)| format!("<!-- {name}: {value} -->"))
            .collect();
        text.push_str(&lines.join("\n"));
        text
    }

    /// Reads a file. What is not there, or no number, is none; a file of another form is all body.
    pub(crate) fn parse(text: &str) -> Self {
        let (rest, block) = text.rfind(BLOCK).map_or((text, ""), |at| text.split_at(at));
        let (head, body) = rest.split_once("\n---\n").unwrap_or(("", rest));
        let body = body.trim_end();
        let body = body
            .strip_suffix("---")
            .filter(|_| !block.is_empty())
            .unwrap_or(body);
        let mut entry = Self {
            body: body.trim().to_owned(),
            ..Self::of_head(head)
        };
        for line in block.lines().skip(1) {
            let comment = line
                .trim()
                .strip_prefix("<!--")
                .and_then(|rest| rest.strip_suffix("-->"));
            if let Some((name, value)) = comment.and_then(|comment| comment.trim().split_once(": "))
            {
                entry.take(name, value.trim());
            }
        }
        entry
    }

    /// Reads what stands above the documentation; the title is left out, as its two names cannot be told apart.
    pub(crate) fn of_head(head: &str) -> Self {
        let mut entry = Self::default();
        for line in head.lines().take_while(|line| *line != "---") {
            for field in line.split(" | ") {
                let Some((name, value)) = field
                    .strip_prefix("**")
                    .and_then(|field| field.split_once("**: "))
                else {
                    continue;
                };
                let value = value.trim();
                match name {
                    "Source" => {
                        let (id, trust) =
                            value.split_once(" (Trust Score: ").unwrap_or((value, NONE));
                        entry.take("Context7 ID", id);
                        entry.take("Trust Score", trust.trim_end_matches(')'));
                    }
                    "Snippets" => entry.take("Snippet Count", value),
                    "Tokens" => entry.take("Token Count", value),
                    "Last Updated" | "Cache Hits" => entry.take(name, value),
                    _ => {}
                }
            }
        }
        entry
    }

    fn take(&mut self, name: &str, value: &str) {
        let some = |value: &str| (value != UNKNOWN && value != NONE).then(|| value.to_owned());
        match name {
            "Library" => self.library = value.to_owned(),
            "Topic" => self.topic = value.to_owned(),
            "Context7 ID" => self.id = some(value).or(self.id.take()),
            "Trust Score" => {
                let score = value.parse().ok().filter(|score: &f64| score.is_finite());
                self.trust = score.or(self.trust);
            }
            "Snippet Count" => self.snippets = value.parse().unwrap_or(self.snippets),
            "Token Count" => self.tokens = value.parse().unwrap_or(self.tokens),
            "Last Updated" => self.updated = stamp::parse(value).or(self.updated),
            "Cache Hits" => self.hits = value.parse().unwrap_or(self.hits),
            _ => self.other.push((name.to_owned(), value.to_owned())),
        }
    }
}

/// Tokens of a text, as they are estimated there: four characters each.
pub(crate) fn tokens(text: &str) -> u64 {
    text.chars().count() as u64 / 4
}

#[cfg(test)]
mod tests {
    use super::{Entry, stamp};
    use jiff::Timestamp;
    use proptest::prelude::*;

    /// As it is on disk there, with the time that is none.
    const THEIRS: &str = include_str!("golden/theirs/libraries/fastapi/overview.md");

    #[test]
    fn theirs_is_read() {
        let entry = Entry::parse(THEIRS);
        assert_eq!(
            (entry.library.as_str(), entry.topic.as_str()),
            ("FastAPI", "overview")
        );
        assert_eq!(entry.id.as_deref(), Some("/fastapi/fastapi"));
        assert_eq!(
            (entry.trust, entry.snippets, entry.tokens, entry.hits),
            (Some(9.2), 3, 55, 0)
        );
        assert_eq!(entry.updated, stamp::parse("2026-11-20T09:58:27.470750Z"));
        assert!(
            entry.body.starts_with("## Routes") && entry.body.ends_with("is text."),
            "{}",
            entry.body
        );
        assert!(
            entry.body.contains("<!-- KB Metadata -->\n"),
            "a body may hold the heading"
        );
    }

    #[test]
    fn what_has_another_form_is_all_body() {
        let entry = Entry::parse("just text\nof someone");
        assert_eq!(
            (entry.body.as_str(), entry.updated),
            ("just text\nof someone", None)
        );
        assert_eq!(Entry::parse("").body, "");
    }

    proptest! {
        #[test]
        fn written_and_read_it_is_the_same(
            body in "[a-z#*`<>!|: \\-\n]{0,200}",
            library in "[a-zA-Z@/ -]{1,20}",
            numbers in any::<[u32; 3]>(),
            at in 0_i64..4_000_000_000,
            trust in proptest::option::of(0_u8..100),
        ) {
            let [snippets, tokens, hits] = numbers.map(u64::from);
            let entry = Entry {
                library: library.trim().to_owned(),
                topic: "a - b".to_owned(),
                id: Some("/a/b".to_owned()),
                trust: trust.map(|trust| f64::from(trust) / 10.0),
                snippets,
                tokens,
                updated: Timestamp::from_second(at).ok(),
                hits,
                body: body.trim().to_owned(),
                other: vec![("Their Own".to_owned(), "x".to_owned())],
            };
            prop_assert_eq!(Entry::parse(&entry.render()), entry);
        }

        #[test]
        fn nothing_makes_it_panic(text in any::<String>()) {
            let _ = Entry::parse(&text);
        }
    }
}
