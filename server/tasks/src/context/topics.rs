//! Which topics of a library are worth having, and how Context7 is asked for them.

/// The topic that each library has.
pub(crate) const OVERVIEW: &str = "overview";

/// Further topics of libraries that many projects use; in lower case.
const MORE: &[(&str, &[&str])] = &[
    ("axum", &["routing", "extractors"]),
    ("clap", &["derive"]),
    ("django", &["models", "views", "testing"]),
    ("express", &["routing", "middleware"]),
    ("fastapi", &["routing", "dependency-injection", "testing"]),
    ("flask", &["routing", "testing"]),
    ("gin", &["routing", "middleware"]),
    ("next", &["routing", "data-fetching"]),
    ("playwright", &["locators", "assertions"]),
    ("pydantic", &["models", "validators"]),
    ("pytest", &["fixtures", "parametrize"]),
    ("rails", &["models", "routing"]),
    ("react", &["hooks", "state"]),
    ("serde", &["derive", "attributes"]),
    ("spring-boot-starter-web", &["controllers", "configuration"]),
    ("sqlalchemy", &["models", "queries", "sessions"]),
    ("tokio", &["tasks", "synchronization"]),
    ("vitest", &["mocking", "configuration"]),
    ("vue", &["components", "reactivity"]),
];

/// The topics of a library: those that were asked for, else an overview and what is known to be worth it.
pub(crate) fn of(library: &str, asked: &[String]) -> Vec<String> {
    if !asked.is_empty() {
        let mut topics = asked.to_vec();
        topics.dedup();
        return topics;
    }
    let library = library.to_lowercase();
    let more = MORE.iter().find(|(name, _)| *name == library);
    let more = more.map_or(&[][..], |(_, topics)| topics);
    std::iter::once(OVERVIEW)
        .chain(more.iter().copied())
        .map(str::to_owned)
        .collect()
}

/// The question that gets a topic's documentation.
pub(crate) fn question(library: &str, topic: &str) -> String {
    if topic == OVERVIEW {
        format!("overview of {library}: how to get started, its main concepts, and how it is used")
    } else {
        format!("{} in {library}", topic.replace(['-', '_'], " "))
    }
}

#[cfg(test)]
mod tests {
    use super::{MORE, of};

    #[test]
    fn topics_are_those_asked_for_or_known() {
        assert_eq!(of("React", &[]), ["overview", "hooks", "state"]);
        assert_eq!(of("nobody-knows-it", &[]), ["overview"]);
        assert_eq!(of("react", &["testing".to_owned()]), ["testing"]);
        assert!(MORE.is_sorted_by_key(|(name, _)| name));
    }
}
