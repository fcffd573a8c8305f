//! Whether a block of code parses. Fragments are common in pages: a block is accepted as soon as it is a file, some
//! statements, members of a type, or an expression; and one with placeholders is not judged.

use crate::docs::language::Language;
use crate::docs::tree::{Grammar, parse};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use tree_sitter::Node;

/// Larger blocks are data.
const LARGEST: usize = 64 << 10;

/// Lines that are looked at one by one.
const LINES: usize = 30;

/// What a block claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Code(Language),
    Json,
    Yaml,
    Toml,
}

impl Format {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "json" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            "toml" => Self::Toml,
            _ => Self::Code(Language::of_fence(word)?),
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Code(language) => language.name(),
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        }
    }
}

/// `…`, `...`, `<your-name>`, `{{ name }}`, `{% … %}`.
static PLACEHOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"…|\.\.\.|<[A-Za-z]\w*[- ][\w -]*>|\{\{|\{%|<[A-Z_]{2,}>|\$\{?[A-Z_]+").ok()
});

/// Where a block is broken; none where it is not, or cannot be judged.
pub(super) fn broken(format: Format, text: &str) -> Option<Range<usize>> {
    if text.len() > LARGEST || text.trim().is_empty() {
        return None;
    }
    let found = match format {
        Format::Code(language) => broken_code(language, text),
        Format::Json => broken_json(text),
        Format::Yaml => broken_yaml(text),
        Format::Toml => broken_toml(text),
    };
    // Asked last: most blocks with such signs parse.
    found.filter(|_| {
        !PLACEHOLDER
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    })
}

fn broken_code(language: Language, text: &str) -> Option<Range<usize>> {
    let prompts = language == Language::Python && text.lines().any(|line| line.starts_with(">>> "));
    let plain = if prompts {
        typed(text)
    } else {
        text.to_owned()
    };
    let grammars: &[Grammar] = match language {
        Language::Rust => &[Grammar::Rust],
        Language::Python => &[Grammar::Python],
        Language::TypeScript => &[Grammar::TypeScript, Grammar::Tsx],
        Language::JavaScript => &[Grammar::JavaScript, Grammar::Tsx],
        Language::Go => &[Grammar::Go],
        Language::Java => &[Grammar::Java],
    };
    let fits = |text: &str| {
        let whole = |grammar: &Grammar| {
            parse(*grammar, text).is_none_or(|tree| !tree.root_node().has_error())
        };
        grammars.iter().any(whole)
    };
    let plain = if language == Language::Rust {
        shown(&plain)
    } else {
        plain
    };
    if fits(&plain)
        || wraps(language)
            .iter()
            .any(|(before, after)| fits(&format!("{before}{plain}{after}")))
    {
        return None;
    }
    if language == Language::Python && fits(&dedented(&plain)) {
        return None;
    }
    // A list of expressions, one on each line, is common too.
    let alone = |line: &str| {
        let wraps = wraps(language).iter();
        line.trim().is_empty()
            || fits(line)
            || wraps
                .clone()
                .any(|(before, after)| fits(&format!("{before}{line}{after}")))
    };
    if plain.lines().count() <= LINES && plain.lines().all(alone) {
        return None;
    }
    // Changes shown as such are no code.
    if plain.lines().any(|line| line.starts_with(['+', '-'])) {
        return None;
    }
    let first = grammars.first()?;
    let tree = parse(*first, text)?;
    let error = first_error(tree.root_node()).unwrap_or(0..text.lines().next().map_or(1, str::len));
    Some(error)
}

/// What may stand around a fragment.
fn wraps(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Rust => &[
            ("async fn f() {\n", "\n}"),
            ("async fn f() {\n", ";\n}"),
            ("impl A {\n", "\n}"),
            ("trait A {\n", "\n}"),
            ("trait A {\n", ";\n}"),
            ("struct A {\n", "\n}"),
            ("enum A {\n", "\n}"),
            ("fn f() { match a {\n", "\n} }"),
            ("type A = ", ";"),
        ],
        Language::Python => &[
            ("a = ", ""),
            ("class A:\n", ""),
            ("", ":\n    pass"),
            ("", "\n    pass"),
        ],
        Language::TypeScript => &[
            ("async function f() {\n", "\n}"),
            ("class A {\n", "\n}"),
            ("interface A {\n", "\n}"),
            ("const a = ", ""),
            ("type A = ", ""),
            ("const a = {\n", "\n}"),
            ("declare ", ""),
        ],
        Language::JavaScript => &[
            ("async function f() {\n", "\n}"),
            ("class A {\n", "\n}"),
            ("const a = ", ""),
            ("const a = {\n", "\n}"),
            ("async function* f() {\n", "\n}"),
        ],
        Language::Go => &[
            ("package p\n", "\n"),
            ("package p\nfunc f() {\n", "\n}\n"),
            ("package p\ntype A struct {\n", "\n}\n"),
            ("package p\ntype A interface {\n", "\n}\n"),
            ("package p\nvar a = ", "\n"),
        ],
        Language::Java => &[
            ("class A {\n", "\n}"),
            ("class A { void f() {\n", "\n} }"),
            ("class A { void f() {\n", ";\n} }"),
            ("interface A {\n", "\n}"),
            ("interface A {\n", ";\n}"),
            ("class A { Object a = ", "; }"),
        ],
    }
}

/// What was typed at a prompt of Python.
fn typed(text: &str) -> String {
    let lines = text.lines().filter_map(|line| {
        let line = line
            .strip_prefix(">>> ")
            .or_else(|| line.strip_prefix("... "));
        line.map(|line| format!("{line}\n"))
    });
    lines.collect()
}

/// Rust as it is compiled: lines that rustdoc hides are a part of it.
fn shown(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let hidden = line
            .trim_start()
            .strip_prefix("# ")
            .filter(|rest| !rest.starts_with('['));
        format!(
            "{}\n",
            if line.trim() == "#" {
                ""
            } else {
                hidden.unwrap_or(line)
            }
        )
    });
    lines.collect()
}

fn dedented(text: &str) -> String {
    let filled = text.lines().filter(|line| !line.trim().is_empty());
    let indent = filled
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or_default();
    text.lines()
        .map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()))
        .collect()
}

/// The first place where a tree is broken. Code can be nested deeper than a stack.
fn first_error(root: Node<'_>) -> Option<Range<usize>> {
    let mut node = root;
    while !node.is_error() && !node.is_missing() {
        let mut cursor = node.walk();
        node = node.children(&mut cursor).find(|child| child.has_error())?;
    }
    Some(node.byte_range())
}

fn broken_json(text: &str) -> Option<Range<usize>> {
    let whole = |text: &str| {
        let values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
        values.into_iter().find_map(Result::err)
    };
    let error = whole(text)?;
    let inner = text.trim().trim_end_matches(',');
    let fragment = [format!("{{{inner}}}"), format!("[{inner}]")];
    // With comments it is another format that has no fence of its own everywhere.
    let commented = text
        .lines()
        .any(|line| line.trim_start().starts_with(['/', '#']) || line.contains(" // "));
    if commented || fragment.iter().any(|text| whole(text).is_none()) {
        return None;
    }
    Some(line_range(text, error.line()))
}

fn broken_yaml(text: &str) -> Option<Range<usize>> {
    let error = saphyr_parser::Parser::new_from_str(text).find_map(Result::err)?;
    Some(line_range(text, error.marker().line()))
}

fn broken_toml(text: &str) -> Option<Range<usize>> {
    let error = text.parse::<toml::Table>().err()?;
    // Two ways to write the same table in one block are common.
    if error.message().contains("duplicate key") {
        return None;
    }
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text
        .get(..start)
        .map_or(1, |text| text.matches('\n').count() + 1);
    Some(line_range(text, line))
}

/// The bytes of a line, without its indentation.
fn line_range(text: &str, line: usize) -> Range<usize> {
    let mut start = 0;
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let last = start + whole.len() == text.len();
        if index + 1 == line || last {
            let trimmed = whole.trim();
            let indent = whole.len() - whole.trim_start().len();
            return start + indent..start + indent + trimmed.len();
        }
        start += whole.len();
    }
    0..text.len()
}
