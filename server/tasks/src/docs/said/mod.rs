//! What the text of a declaration says about its parameters, its result and its exceptions, held against what the
//! declaration has.

mod judge;
mod python;
mod rust;
mod tags;

use super::item::Doc;
use super::language::Language;
pub(crate) use judge::judge;

/// What a text says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    parameters: Vec<Named>,
    type_parameters: Vec<Named>,
    returns: Option<Claim>,
    throws: Vec<Named>,
    /// It says that the text stands elsewhere, or that it is about something else.
    elsewhere: bool,
}

/// A name in a text.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    name: String,
    line: u32,
}

/// What is said of the result.
#[derive(Debug, PartialEq, Eq)]
struct Claim {
    line: u32,
    /// It says that nothing comes back.
    nothing: bool,
}

impl Said {
    fn read(language: Language, doc: &Doc) -> Self {
        match language {
            Language::Rust => rust::read(doc),
            Language::Python => python::read(doc),
            Language::TypeScript | Language::JavaScript | Language::Java => tags::read(doc),
            // Its convention is prose.
            Language::Go => Self::default(),
        }
    }
}

/// Whether a text about a result says that there is none.
fn is_nothing(text: &str) -> bool {
    let text = text.trim().trim_start_matches('{');
    let text = text.split(['}', ';']).next().unwrap_or(text);
    let text: String = text.chars().filter(|c| !matches!(c, '`' | '*')).collect();
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    text.starts_with("asserts ")
        || matches!(
            text.as_str(),
            "" | "void"
                | "none"
                | "nothing"
                | "undefined"
                | "never"
                | "null"
                | "promise<void>"
                | "n/a"
        )
}
