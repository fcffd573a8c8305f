//! What Context7 answers, made into what is kept.

use super::Found;
use super::refusal::{Refusal, is_id};
use crate::context::matching::{ENOUGH, ratio};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of the documentation of one topic.
const MOST: usize = 256 << 10;
/// Bytes of a name or a heading.
const HEADING: usize = 200;

/// Documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Docs {
    /// Where it is from, after redirects.
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) snippets: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Library {
    id: String,
    title: String,
    name: String,
    state: String,
    trust_score: Option<f64>,
}

/// The library that is meant, out of `{"results": […]}` or `[…]`; not just the first one.
pub(super) fn best(body: &[u8], name: &str) -> Result<Found, Refusal> {
    let odd = || Refusal::Odd("a list of libraries was expected".to_owned());
    let value: Value = serde_json::from_slice(body).map_err(|_| odd())?;
    let list = match value {
        Value::Array(list) => list,
        Value::Object(mut whole) => match whole.remove("results") {
            Some(Value::Array(list)) => list,
            _ => return Err(odd()),
        },
        _ => return Err(odd()),
    };
    let mut best: Option<(f64, bool, Found)> = None;
    for library in list {
        let Ok(library) = serde_json::from_value::<Library>(library) else {
            continue;
        };
        let score = likeness(name, &library);
        let ready = library.state.is_empty() || library.state == "finalized";
        let better = best
            .as_ref()
            .is_none_or(|(other, was_ready, _)| (score, ready) > (*other, *was_ready));
        if is_id(&library.id) && score >= ENOUGH && better {
            let trust = library
                .trust_score
                .filter(|score| score.is_finite() && *score >= 0.0);
            best = Some((
                score,
                ready,
                Found {
                    id: library.id,
                    trust,
                },
            ));
        }
    }
    match best {
        Some((_, true, found)) => Ok(found),
        Some((_, false, _)) => Err(Refusal::NotReady),
        None => Err(Refusal::NotFound),
    }
}

/// How much a name is like a library's title or id.
fn likeness(name: &str, library: &Library) -> f64 {
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let base = letters(name.rsplit('/').next().unwrap_or(name));
    let of_id = library
        .id
        .split(['/', '@'])
        .filter(|part| !part.is_empty())
        .nth(1)
        .unwrap_or_default();
    [library.title.as_str(), &library.name, of_id]
        .iter()
        .flat_map(|text| {
            [
                letters(text),
                letters(text.strip_suffix(".js").unwrap_or(text)),
            ]
        })
        .map(|text| ratio(&base, &text).max(ratio(&letters(name), &text)))
        .fold(0.0, f64::max)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Context {
    code_snippets: Vec<Code>,
    info_snippets: Vec<Info>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Code {
    code_title: String,
    code_description: String,
    code_list: Vec<Piece>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Piece {
    language: String,
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info {
    breadcrumb: Option<String>,
    content: String,
}

/// Documentation as Markdown; of an answer that is plain text, that text.
pub(super) fn docs(body: &[u8], id: String) -> Result<Docs, Refusal> {
    let odd = |what: &str| Refusal::Odd(what.to_owned());
    let text = std::str::from_utf8(body).map_err(|_| odd("it is no text"))?;
    let (text, snippets) = if text.trim_start().starts_with(['{', '[']) {
        let context: Context =
            serde_json::from_str(text).map_err(|_| odd("snippets were expected"))?;
        markdown(&context)
    } else {
        let text = text.trim();
        let mut end = text.len().min(MOST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        (text[..end].to_owned(), u64::from(!text.is_empty()))
    };
    if text.is_empty() {
        return Err(Refusal::NotFound);
    }
    Ok(Docs { id, text, snippets })
}

fn markdown(context: &Context) -> (String, u64) {
    let mut text = String::new();
    let mut snippets = 0;
    let info = context.info_snippets.iter().map(|info| {
        let title = info.breadcrumb.as_deref().unwrap_or_default();
        section(title, &info.content, &[])
    });
    let code = context
        .code_snippets
        .iter()
        .map(|code| section(&code.code_title, &code.code_description, &code.code_list));
    for piece in info.chain(code).filter(|piece| !piece.is_empty()) {
        if text.len() + piece.len() > MOST {
            text.push_str("The rest was left out: it is too long.\n");
            break;
        }
        text.push_str(&piece);
        snippets += 1;
    }
    (text.trim().to_owned(), snippets)
}

fn section(title: &str, words: &str, code: &[Piece]) -> String {
    let code: Vec<&Piece> = code
        .iter()
        .filter(|piece| !piece.code.trim().is_empty())
        .collect();
    let words = words.trim();
    if words.is_empty() && code.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let title: String = title
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(HEADING)
        .collect();
    if !title.is_empty() {
        text.push_str(&format!("### {title}\n\n"));
    }
    if !words.is_empty() {
        text.push_str(&format!("{words}\n\n"));
    }
    for piece in code {
        let longest = piece
            .code
            .split(|c| c != '`')
            .map(str::len)
            .max()
            .unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let language: String = piece
            .language
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "+-#".contains(*c))
            .collect();
        text.push_str(&format!(
            "{fence}{language}\n{}\n{fence}\n\n",
            piece.code.trim_end()
        ));
    }
    text
}
