//! The API reference: a page of Markdown for each source file with public items, and their index.

mod prose;
mod shelf;

use super::item::{Item, Reading};
use super::language::Language;
use super::record::Code;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
pub(crate) use shelf::{Put, Shelf};
use std::fmt::Write;

/// What every page begins with. A file without it is somebody else's.
pub(crate) const MARK: &str = "<!-- offshoot task docs";
/// The folder of the reference.
pub(crate) const FOLDER: &str = "docs/api";
/// Its index.
pub(crate) const INDEX: &str = "docs/api/README.md";
/// Bytes of a page.
const LARGEST: usize = 256 << 10;
/// What cannot stand in the address of a link.
const ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'%')
    .add(b'#')
    .add(b'?')
    .add(b'\\');

/// Where the page of a source file lies.
pub(crate) fn path(source: &str) -> String {
    format!("{FOLDER}/{source}.md")
}

/// A path as the address of a link.
pub(crate) fn address(path: &str) -> String {
    utf8_percent_encode(path, ADDRESS).to_string()
}

/// The page of a source file.
pub(crate) fn page(language: Language, path: &str, reading: &Reading) -> String {
    let mut page = format!(
        "{MARK}: made from {}; changes are lost -->\n\n# `{path}`\n\n",
        path.replace("--", "- -")
    );
    if let Some(module) = &reading.module {
        // Of Java it is that of the first type, which follows.
        if language != Language::Java {
            page.push_str(&prose::markdown(language, module));
            page.push('\n');
        }
    }
    let up = "../".repeat(path.matches('/').count() + 2);
    let _ = writeln!(page, "[Source]({up}{})", address(path));
    let items = reading.items.iter().filter(|item| item.public);
    let mut left_out = 0;
    for item in items {
        if page.len() > LARGEST {
            left_out += 1;
        } else {
            write_item(&mut page, language, item);
        }
    }
    if left_out > 0 {
        let _ = writeln!(page, "\n{left_out} more are in the source.");
    }
    page
}

fn write_item(page: &mut String, language: Language, item: &Item) {
    let level = if item.kind.is_member() { "###" } else { "##" };
    let _ = writeln!(page, "\n{level} {} `{}`\n", item.kind.word(), item.name);
    let _ = writeln!(page, "```{}\n{}\n```", language.fence(), item.signature);
    if let Some(doc) = &item.doc {
        page.push('\n');
        page.push_str(&prose::markdown(language, doc));
    }
}

/// The index of the reference.
pub(crate) fn index<'a>(codes: impl Iterator<Item = (&'a str, &'a Code)>) -> String {
    let mut index =
        format!("{MARK}: made from the sources; changes are lost -->\n\n# API reference\n\n");
    index.push_str("| file | documented | about |\n|---|---|---|\n");
    for (path, code) in codes {
        let about = code.about.replace('|', "\\|");
        let address = address(path);
        let _ = writeln!(
            index,
            "| [{path}]({address}.md) | {} of {} | {about} |",
            code.documented, code.public
        );
    }
    index
}
