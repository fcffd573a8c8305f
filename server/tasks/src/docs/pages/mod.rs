//! Pages of Markdown: what they link to, what they tell to run, and their blocks of code.

mod blocks;
mod claims;
mod code;
mod html;
mod links;
mod manifests;
mod outside;
mod shell;
mod slug;
#[cfg(test)]
mod tests;
mod tree;

use super::place::{Lines, Note, Place, Rule};
use super::record::first_sentence;
use blocks::Block;
pub(crate) use claims::Claim;
pub(crate) use links::judge as judge_links;
pub(crate) use manifests::Manifests;
pub(crate) use outside::{Asked, Wrong, ask as ask_outside};
use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};
use serde::{Deserialize, Serialize};
use slug::Slugs;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
pub(crate) use tree::Tree;

/// A page.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Its first heading.
    pub(crate) title: String,
    /// The first sentence below it.
    pub(crate) about: String,
    /// What a link can lead to in it.
    pub(crate) anchors: Vec<String>,
    pub(crate) links: Vec<Link>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) notes: Vec<Note>,
    /// Blocks of code that were parsed.
    pub(crate) blocks: u32,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) place: Place,
    pub(crate) address: String,
}

/// Reads a page.
pub(crate) fn read_page(text: &str) -> Page {
    let undefined: RefCell<Vec<Range<usize>>> = RefCell::default();
    let callback = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        if link.link_type == LinkType::Reference {
            undefined.borrow_mut().push(link.span);
        }
        None
    };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(callback));
    let definitions: HashMap<String, Range<usize>> = parser
        .reference_definitions()
        .iter()
        .map(|(label, definition)| (label.to_lowercase(), definition.span.clone()))
        .collect();
    let mut reader = Reader {
        text,
        lines: Lines::of(text),
        definitions,
        page: Page::default(),
        slugs: Slugs::default(),
        heading: None,
        paragraph: None,
        block: None,
        in_html: false,
    };
    for (event, range) in parser.into_offset_iter() {
        reader.event(event, range);
    }
    reader.undefined(&undefined.borrow());
    reader.finish()
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    definitions: HashMap<String, Range<usize>>,
    page: Page,
    slugs: Slugs,
    heading: Option<String>,
    paragraph: Option<String>,
    block: Option<Block>,
    in_html: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { .. }) => self.heading = Some(String::new()),
            Event::End(TagEnd::Heading(level)) => self.heading_ends(level),
            Event::Start(Tag::Paragraph) if self.page.about.is_empty() => {
                self.paragraph = Some(String::new())
            }
            Event::End(TagEnd::Paragraph) => {
                if let Some(text) = self.paragraph.take() {
                    self.page.about =
                        first_sentence(&text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    id,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    id,
                    ..
                },
            ) => {
                self.link(link_type, &dest_url, &id, range);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                self.block = Some(Block::new(&info, range));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(block) = self.block.take() {
                    block.read(self.text, &self.lines, &mut self.page);
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                self.in_html = true;
                self.html(range);
            }
            Event::End(TagEnd::HtmlBlock) => self.in_html = false,
            Event::InlineHtml(_) if !self.in_html => self.html(range),
            Event::Text(text) => match &mut self.block {
                Some(block) => block.push(&text, range),
                None => self.words(&text),
            },
            Event::Code(text) => self.words(&text),
            Event::SoftBreak | Event::HardBreak => self.words(" "),
            _ => {}
        }
    }

    fn words(&mut self, text: &str) {
        for open in [&mut self.heading, &mut self.paragraph]
            .into_iter()
            .flatten()
        {
            open.push_str(text);
        }
    }

    fn heading_ends(&mut self, level: HeadingLevel) {
        let Some(title) = self.heading.take() else {
            return;
        };
        self.page.anchors.push(self.slugs.next(&title));
        if self.page.title.is_empty() && level == HeadingLevel::H1 {
            self.page.title = title.trim().to_owned();
            self.page.about.clear();
        }
    }

    fn link(&mut self, kind: LinkType, address: &str, label: &str, range: Range<usize>) {
        let within = match kind {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => self
                .definitions
                .get(&label.to_lowercase())
                .cloned()
                .unwrap_or(range),
            LinkType::Email => return,
            _ => range,
        };
        let text = self.text.get(within.clone()).unwrap_or_default();
        let place = match text.rfind(address) {
            Some(at) if !address.is_empty() => self
                .lines
                .place(&(within.start + at..within.start + at + address.len())),
            _ => self.lines.place(&within),
        };
        self.page.links.push(Link {
            place,
            address: address.to_owned(),
        });
    }

    fn html(&mut self, range: Range<usize>) {
        for attribute in html::attributes(self.text.get(range.clone()).unwrap_or_default()) {
            match attribute.kind {
                html::Kind::Anchor => self.page.anchors.push(attribute.value),
                html::Kind::Address => {
                    let at = range.start + attribute.at;
                    let place = self.lines.place(&(at..at + attribute.value.len()));
                    self.page.links.push(Link {
                        place,
                        address: attribute.value,
                    });
                }
            }
        }
    }

    /// `[text][name]` without a definition is shown as it stands.
    fn undefined(&mut self, ranges: &[Range<usize>]) {
        for range in ranges {
            // `a[i][j]` is no link.
            let before = self
                .text
                .get(..range.start)
                .and_then(|text| text.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')' | ']')) {
                continue;
            }
            let text = self.text.get(range.clone()).unwrap_or_default();
            let name = text
                .rsplit_once("][")
                .map_or(text, |(_, name)| name.trim_end_matches(']'));
            // rustdoc looks such names up in the code.
            if name.contains("::") {
                continue;
            }
            let message = format!("the reference `{name}` is not defined in this page");
            self.page.notes.push(Note {
                rule: Rule::UndefinedReference,
                message,
                place: self.lines.place(range),
            });
        }
    }

    fn finish(mut self) -> Page {
        self.page.links.sort();
        self.page.links.dedup();
        self.page
            .notes
            .sort_by(|a, b| (a.place, &a.message).cmp(&(b.place, &b.message)));
        self.page.notes.dedup();
        self.page
    }
}
