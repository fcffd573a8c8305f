//! What the artifact says beside its findings, and the summary of it for people.

use super::Options;
use super::language::Language;
use super::pages::Page;
use super::record::Code;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Files that are listed; the others are in the sums.
const MOST: usize = 10_000;
/// Files that the page for people lists.
const SHOWN: usize = 50;

/// What the artifact says beside its findings.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Report {
    /// The folder or file that is reported on; absent = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// All of it.
    pub totals: Coverage,
    /// By language.
    pub languages: BTreeMap<String, LanguageCoverage>,
    /// Source files with public items, by path.
    pub files: Vec<FileCoverage>,
    /// Source files beyond those listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_left_out: Option<usize>,
    /// Files that were passed over: generated, too large, no text.
    pub files_skipped: usize,
    /// Pages of Markdown that were read.
    pub pages: usize,
    /// Links and images in them.
    pub links: usize,
    /// Those that lead outside.
    pub links_outside: usize,
    /// Addresses outside that were asked for, if that was wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links_asked: Option<usize>,
    /// Addresses outside that could not be judged: too many of them, or the server does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links_left_out: Option<usize>,
    /// Commands in pages that name something of the repository.
    pub commands: usize,
    /// Blocks of code in pages that were parsed.
    pub code_blocks: usize,
    /// Pages of the reference; absent where none was to be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_pages: Option<usize>,
}

/// Public items, and how many of them have a text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Public items.
    pub public: u64,
    /// Those with a text.
    pub documented: u64,
    /// In percent, to two places; absent where nothing is public.
    pub percent: Option<f64>,
}

/// What is documented of a language.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct LanguageCoverage {
    /// Files that were read.
    pub files: u64,
    /// Their items.
    pub items: Coverage,
}

/// What is documented of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileCoverage {
    /// Relative to the root.
    pub path: String,
    /// What it is written in.
    pub language: Language,
    /// Its items.
    pub items: Coverage,
}

impl Coverage {
    fn add(&mut self, public: u32, documented: u32) {
        self.public += u64::from(public);
        self.documented += u64::from(documented);
    }

    fn finish(&mut self) {
        // Rounded down: 100 is said only where nothing is left.
        let hundredths = (self.documented * 10_000).checked_div(self.public);
        let small = hundredths.and_then(|hundredths| u32::try_from(hundredths).ok());
        self.percent = small.map(|hundredths| f64::from(hundredths) / 100.0);
    }
}

impl Report {
    pub(super) fn code(&mut self, path: &str, code: &Code) {
        self.totals.add(code.public, code.documented);
        let language = self
            .languages
            .entry(code.language.name().to_owned())
            .or_default();
        language.files += 1;
        language.items.add(code.public, code.documented);
        if code.public == 0 {
            return;
        }
        if self.files.len() >= MOST {
            *self.files_left_out.get_or_insert(0) += 1;
            return;
        }
        let mut items = Coverage::default();
        items.add(code.public, code.documented);
        self.files.push(FileCoverage {
            path: path.to_owned(),
            language: code.language,
            items,
        });
    }

    pub(super) fn page(&mut self, page: &Page) {
        self.pages += 1;
        self.links += page.links.len();
        self.commands += page.claims.len();
        self.code_blocks += page.blocks as usize;
    }

    pub(super) fn finished(mut self) -> Self {
        self.totals.finish();
        self.languages
            .values_mut()
            .for_each(|language| language.items.finish());
        self.files.iter_mut().for_each(|file| file.items.finish());
        self
    }

    /// For the page beside the artifact.
    pub(super) fn summary(&self, options: &Options) -> String {
        let Coverage {
            public,
            documented,
            percent,
        } = self.totals;
        let mut text = match percent {
            Some(percent) => {
                format!("{documented} of {public} public items are documented ({percent} %).")
            }
            None => "There are no public items.".to_owned(),
        };
        if let Some(within) = &options.within {
            let _ = write!(text, " Only `{within}` is reported on.");
        }
        let _ = write!(
            text,
            " {} read, with {} ({} outside), {} and {}.",
            count(self.pages, "page"),
            count(self.links, "link"),
            self.links_outside,
            count(self.commands, "command"),
            count(self.code_blocks, "block") + " of code"
        );
        match (self.links_asked, self.links_outside) {
            (Some(asked), _) => {
                let _ = write!(
                    text,
                    " {asked} addresses outside were asked for, {} could not be judged.",
                    self.links_left_out.unwrap_or_default()
                );
            }
            (None, 0) => {}
            (None, _) => {
                text.push_str(" Those that lead outside were not asked for (`--links` does).")
            }
        }
        if let Some(pages) = self.api_pages.filter(|pages| *pages > 0) {
            let _ = write!(
                text,
                " The reference in `docs/api/` has {}.",
                count(pages, "page")
            );
        }
        text.push_str("\n\n");
        self.tables(&mut text);
        text
    }

    fn tables(&self, text: &mut String) {
        if self.languages.is_empty() {
            return;
        }
        text.push_str("| language | files | documented |\n|---|---|---|\n");
        for (name, language) in &self.languages {
            let _ = writeln!(
                text,
                "| {name} | {} | {} |",
                language.files,
                language.items.words()
            );
        }
        let mut files: Vec<_> = self
            .files
            .iter()
            .filter(|file| file.items.documented < file.items.public)
            .collect();
        if files.is_empty() {
            return;
        }
        files.sort_by_key(|file| {
            (
                std::cmp::Reverse(file.items.public - file.items.documented),
                &file.path,
            )
        });
        text.push_str("\n| file with the most to document | documented |\n|---|---|\n");
        for file in files.iter().take(SHOWN) {
            let _ = writeln!(
                text,
                "| `{}` | {} |",
                file.path.replace('|', "\\|"),
                file.items.words()
            );
        }
    }
}

impl Coverage {
    fn words(&self) -> String {
        match self.percent {
            Some(percent) => format!("{} of {} ({percent} %)", self.documented, self.public),
            None => "nothing public".to_owned(),
        }
    }
}

/// `1 page`, `2 pages`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
