//! The languages whose sources are read, what is public in each, and what documents it. The table is the rule that
//! the readers in `source` keep to, and that the user guide shows.

use serde::{Deserialize, Serialize};

/// A language.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust.
    Rust,
    /// Python, also its stubs.
    Python,
    /// TypeScript, also with JSX.
    TypeScript,
    /// JavaScript, also with JSX.
    JavaScript,
    /// Go.
    Go,
    /// Java.
    Java,
}

/// What counts in a language.
#[derive(Debug)]
pub struct Counted {
    /// The language.
    pub language: Language,
    /// Its name as people write it.
    pub name: &'static str,
    /// Ends of file names.
    pub ends: &'static [&'static str],
    /// What is public.
    pub public: &'static str,
    /// What documents it.
    pub documentation: &'static str,
}

/// The rules of all languages.
pub const COUNTED: [Counted; 6] = [
    Counted {
        language: Language::Rust,
        name: "Rust",
        ends: &[".rs"],
        public: "items marked `pub` (not `pub(crate)`) outside private inline modules, with fields and variants; \
                 what a public trait declares; exported macros. Not: `#[doc(hidden)]`, tests, implementations of traits",
        documentation: "`///`, `/** */`, `#[doc = …]`, for inline modules also `//!`",
    },
    Counted {
        language: Language::Python,
        name: "Python",
        ends: &[".py", ".pyi"],
        public: "modules, classes, functions and methods without a leading underscore; with `__all__`, of the top \
                 level only what it names. Not: special methods, overloads, setters",
        documentation: "docstrings",
    },
    Counted {
        language: Language::TypeScript,
        name: "TypeScript",
        ends: &[".ts", ".tsx", ".mts", ".cts"],
        public: "what is exported, and the methods of exported classes and interfaces that are neither `private`, \
                 `protected` nor named with `_` or `#`",
        documentation: "`/** */` right before it",
    },
    Counted {
        language: Language::JavaScript,
        name: "JavaScript",
        ends: &[".js", ".jsx", ".mjs", ".cjs"],
        public: "what is exported (`export`, `module.exports`, `exports.name`), and the methods of exported classes \
                 that are not named with `_` or `#`",
        documentation: "`/** */` right before it",
    },
    Counted {
        language: Language::Go,
        name: "Go",
        ends: &[".go"],
        public: "functions, types, constants, variables, and methods of such types, that begin with a capital \
                 letter. Not: package `main`, tests",
        documentation: "the comment right before it; of a group also the group's, or the one behind it on its line",
    },
    Counted {
        language: Language::Java,
        name: "Java",
        ends: &[".java"],
        public: "`public` and `protected` types, methods, constructors, fields and constants of such types; all of \
                 a public interface. Not: what is marked `@Override`",
        documentation: "`/** */`, or `///` lines",
    },
];

impl Language {
    /// The language of a file, by its name.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let of = |counted: &&Counted| counted.ends.iter().any(|end| path.ends_with(end));
        COUNTED.iter().find(of).map(|counted| counted.language)
    }

    /// The language of a block of code, by the word behind its fence.
    pub(crate) fn of_fence(word: &str) -> Option<Self> {
        Some(match word {
            "rust" | "rs" => Self::Rust,
            "python" | "py" | "python3" => Self::Python,
            "typescript" | "ts" | "tsx" | "mts" | "cts" => Self::TypeScript,
            "javascript" | "js" | "jsx" | "mjs" | "cjs" | "node" => Self::JavaScript,
            "go" | "golang" => Self::Go,
            "java" => Self::Java,
            _ => return None,
        })
    }

    /// Its name as people write it.
    pub(crate) fn name(self) -> &'static str {
        let found = COUNTED.iter().find(|counted| counted.language == self);
        found.map_or("", |counted| counted.name)
    }

    /// The word behind a fence.
    pub(crate) fn fence(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::TypeScript => "ts",
            Self::JavaScript => "js",
            Self::Go => "go",
            Self::Java => "java",
        }
    }
}

/// Folders of others' code and of samples: nothing in them is this repository's to document.
const ASIDE: [&str; 9] = [
    "node_modules",
    "vendor",
    "third_party",
    "testdata",
    "fixtures",
    "__fixtures__",
    "__snapshots__",
    "site-packages",
    "bower_components",
];
/// Folders of tests.
const TESTS: [&str; 4] = ["tests", "test", "__tests__", "benches"];

/// Whether a file is others' or a sample.
pub(crate) fn is_aside(path: &str) -> bool {
    folders(path).any(|folder| ASIDE.contains(&folder))
}

/// Whether a source file only tests others, or was written by a program.
pub(crate) fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    folders(path).any(|folder| TESTS.contains(&folder))
        || name.ends_with("_test.go")
        || name.ends_with("_test.py")
        || name.starts_with("test_")
        || name == "conftest.py"
        || name == "tests.rs"
        || name.ends_with("Test.java")
        || [".test.", ".spec.", ".min.", ".bundle."]
            .iter()
            .any(|part| name.contains(part))
}

fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit_once('/')
        .map_or("", |(folders, _)| folders)
        .split('/')
}

/// Whether its first lines say that a program wrote it.
pub(crate) fn is_generated(text: &str) -> bool {
    let says = |line: &str| {
        line.contains("@generated") || (line.contains("generated") && line.contains("DO NOT EDIT"))
    };
    text.lines().take(10).any(says)
}

#[cfg(test)]
mod tests {
    use super::{COUNTED, is_aside, is_generated, is_test};

    #[test]
    fn the_guide_shows_this_table() {
        let guide = include_str!("../../../../docs/user-guide.md");
        for counted in &COUNTED {
            let row = format!(
                "| {} | {} | {} |",
                counted.name, counted.public, counted.documentation
            );
            assert!(guide.contains(&row), "{row}");
        }
    }

    #[test]
    fn what_is_left_out_is_known_by_its_name_or_its_first_lines() {
        assert!(
            is_aside("a/vendor/b.go") && is_aside("node_modules/a.js") && !is_aside("a/vendors.go")
        );
        assert!(
            is_test("a/tests/b.rs")
                && is_test("b_test.go")
                && is_test("a.spec.ts")
                && !is_test("a/latest.py")
        );
        assert!(
            is_generated("// Code generated by x. DO NOT EDIT.\n")
                && !is_generated("// generated with care\n")
        );
    }
}
