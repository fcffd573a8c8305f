//! `llms.txt`: an index of a repository for language models, in the form of llmstxt.org.

use super::api::{self, MARK};
use super::pages::Page;
use super::record::Code;
use std::fmt::Write;

/// Where it lies.
pub(crate) const PATH: &str = "llms.txt";
/// Entries of a section.
const MOST: usize = 500;

/// The index.
pub(crate) fn index(
    name: Option<&str>,
    pages: &[(&str, &Page)],
    codes: &[(&str, &Code)],
) -> String {
    let readme = pages.iter().find(|(path, _)| is_readme(path));
    let title = readme
        .map(|(_, page)| page.title.as_str())
        .filter(|title| !title.is_empty());
    let mut text = format!("# {}\n\n", title.or(name).unwrap_or("Project"));
    if let Some((_, page)) = readme.filter(|(_, page)| !page.about.is_empty()) {
        let _ = writeln!(text, "> {}\n", page.about);
    }
    let mut pages: Vec<_> = pages.to_vec();
    // What stands at the root is read first.
    pages.sort_by_key(|(path, _)| (!is_readme(path), path.matches('/').count(), *path));
    section(
        &mut text,
        "Docs",
        pages.iter().map(|(path, page)| Entry {
            title: if page.title.is_empty() {
                path
            } else {
                &page.title
            },
            path: (*path).to_owned(),
            about: &page.about,
        }),
    );
    let reference = codes.iter().map(|(path, code)| Entry {
        title: path,
        path: api::path(path),
        about: &code.about,
    });
    section(&mut text, "API reference", reference);
    let _ = writeln!(
        text,
        "{MARK}: made from the repository; changes are lost -->"
    );
    text
}

fn is_readme(path: &str) -> bool {
    path.eq_ignore_ascii_case("readme.md")
}

struct Entry<'a> {
    title: &'a str,
    path: String,
    about: &'a str,
}

fn section<'a>(text: &mut String, title: &str, entries: impl ExactSizeIterator<Item = Entry<'a>>) {
    let count = entries.len();
    if count == 0 {
        return;
    }
    let _ = writeln!(text, "## {title}\n");
    for Entry { title, path, about } in entries.take(MOST) {
        let title = title.replace(['[', ']'], "");
        let about = if about.is_empty() {
            String::new()
        } else {
            format!(": {about}")
        };
        let _ = writeln!(text, "- [{title}]({}){about}", api::address(&path));
    }
    if count > MOST {
        let _ = writeln!(text, "- {} more", count - MOST);
    }
    text.push('\n');
}
