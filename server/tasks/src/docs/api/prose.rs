//! A documenting text as a part of a page: its headings do not break the page's, its tags become lists.

use crate::docs::item::Doc;
use crate::docs::language::Language;

/// Bytes of one text.
const LARGEST: usize = 8 << 10;

/// The text in Markdown, with a newline at its end.
pub(super) fn markdown(language: Language, doc: &Doc) -> String {
    let lines: Vec<&str> = doc.texts().collect();
    // The sections of Python mean something else in Markdown: they are shown as they are written.
    let sections = match language {
        Language::Python => lines
            .iter()
            .position(|line| begins_sections(line))
            .unwrap_or(lines.len()),
        _ => lines.len(),
    };
    let mut text = prose(language, &lines[..sections]);
    if let Some(rest) = lines.get(sections..).filter(|rest| !rest.is_empty()) {
        let fence = if rest.iter().any(|line| line.contains("```")) {
            "~~~~"
        } else {
            "```"
        };
        push(&mut text, &format!("{fence}text"));
        for line in rest {
            if text.len() > LARGEST {
                push(&mut text, "…");
                break;
            }
            push(&mut text, line);
        }
        push(&mut text, fence);
    }
    text
}

/// Whether sections or fields begin here, after the style of Google, NumPy or reST.
fn begins_sections(line: &str) -> bool {
    let line = line.trim();
    let title = line.strip_suffix(':').unwrap_or(line);
    let heads = [
        "Args",
        "Arguments",
        "Parameters",
        "Returns",
        "Raises",
        "Yields",
        "Attributes",
        "Examples",
        "Example",
        "Notes",
        "Note",
    ];
    heads.contains(&title)
        || line.starts_with(':')
        || line.starts_with(">>>")
        || line.starts_with(".. ")
}

fn prose(language: Language, lines: &[&str]) -> String {
    let mut text = String::new();
    let mut fence: Option<Fence> = None;
    for line in lines.iter().copied() {
        if text.len() > LARGEST {
            text.push_str("\n…\n");
            break;
        }
        match &fence {
            Some(open) if open.closes(line) => {
                fence = None;
                push(&mut text, line);
            }
            // rustdoc hides such lines.
            Some(open)
                if open.rust && (line.trim() == "#" || line.trim_start().starts_with("# ")) => {}
            Some(_) => push(&mut text, line),
            None => {
                fence = Fence::opened(line, language);
                match &fence {
                    Some(_) => push(&mut text, line),
                    None => push(&mut text, &plain(language, line)),
                }
            }
        }
    }
    if let Some(fence) = fence {
        push(&mut text, &fence.mark);
    }
    text
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A block of code that is open.
struct Fence {
    mark: String,
    rust: bool,
}

impl Fence {
    fn opened(line: &str, language: Language) -> Option<Self> {
        let line = line.trim();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.starts_with(mark))?;
        let character = mark.chars().next()?;
        let length = line.chars().take_while(|c| *c == character).count();
        let words = line.get(length..).unwrap_or_default();
        let first = words.split([',', ' ']).next().unwrap_or_default();
        let attribute = matches!(
            first,
            "" | "rust" | "no_run" | "ignore" | "should_panic" | "compile_fail"
        );
        Some(Self {
            mark: line.get(..length)?.to_owned(),
            rust: language == Language::Rust && attribute,
        })
    }

    fn closes(&self, line: &str) -> bool {
        let line = line.trim();
        line.starts_with(&self.mark) && line.trim_start_matches(['`', '~']).is_empty()
    }
}

/// A line outside of code.
fn plain(language: Language, line: &str) -> String {
    if let Some(title) = line.strip_prefix('#') {
        let title = title.trim_start_matches('#');
        if title.starts_with(' ') && language != Language::Python {
            return format!("**{}**", title.trim());
        }
    }
    let tagged = matches!(
        language,
        Language::JavaScript | Language::TypeScript | Language::Java
    );
    match line.trim_start().strip_prefix('@').filter(|_| tagged) {
        Some("packageDocumentation" | "module" | "file" | "fileoverview" | "overview") => {
            String::new()
        }
        Some(tag) => format!("- @{}", tag.replace('<', "\\<")),
        None => line.to_owned(),
    }
}
