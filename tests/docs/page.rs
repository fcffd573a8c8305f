//! A page taken apart: blocks of code, and code in sentences.

use std::fs;
use support::tree::{files, source_root};

/// A page of the documentation.
pub(crate) struct Page {
    /// Relative to the root.
    pub(crate) name: String,
    text: String,
}

/// A block between two lines of three backticks.
pub(crate) struct Fence {
    /// What stands behind the backticks.
    pub(crate) info: String,
    /// Line of its first backticks, from 1.
    pub(crate) line: usize,
    /// What is in it, without the indentation of the block.
    pub(crate) text: String,
}

/// The README and everything in `docs/`.
pub(crate) fn pages() -> Vec<Page> {
    let root = source_root();
    let docs = files(&root.join("docs"), &|_| true);
    let docs = docs.iter().map(|path| format!("docs/{}", path.display()));
    ["README.md".to_owned()]
        .into_iter()
        .chain(docs.filter(|name| name.ends_with(".md")))
        .map(|name| Page {
            text: fs::read_to_string(root.join(&name)).expect("pages are UTF-8"),
            name,
        })
        .collect()
}

impl Page {
    /// The page with this name.
    pub(crate) fn named(name: &str) -> Self {
        let found = pages().into_iter().find(|page| page.name == name);
        found.unwrap_or_else(|| panic!("there is no {name}"))
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Its blocks of code.
    pub(crate) fn fences(&self) -> Vec<Fence> {
        let mut found = Vec::new();
        let mut open: Option<(usize, Fence)> = None;
        for (number, line) in self.text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let marker = line.trim_start().strip_prefix("```");
            match (open.take(), marker) {
                (None, Some(info)) => {
                    let fence = Fence {
                        info: info.trim().to_owned(),
                        line: number + 1,
                        text: String::new(),
                    };
                    open = Some((indent, fence));
                }
                (Some((_, fence)), Some(_)) => found.push(fence),
                (Some((indent, mut fence)), None) => {
                    fence.text.push_str(line.get(indent..).unwrap_or_default());
                    fence.text.push('\n');
                    open = Some((indent, fence));
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block has no end", self.name);
        found
    }

    /// Code in sentences: the line, and what stands between the backticks.
    pub(crate) fn spans(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        let mut fenced = false;
        for (number, line) in self.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            } else if !fenced {
                let spans = line.split('`').skip(1).step_by(2);
                found.extend(spans.map(|span| (number + 1, span)));
            }
        }
        found
    }
}

#[test]
fn pages_are_taken_apart() {
    let page = Page {
        name: String::new(),
        text: "say `a b` and `c`\n  ```sh\n  x `y`\n    z\n  ```\n".to_owned(),
    };
    assert_eq!(page.spans(), [(1, "a b"), (1, "c")]);
    let fences = page.fences();
    assert_eq!(fences.len(), 1);
    assert_eq!((fences[0].info.as_str(), fences[0].line), ("sh", 2));
    assert_eq!(fences[0].text, "x `y`\n  z\n");
}
