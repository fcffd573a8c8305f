//! Source files of packages that others wrote, as they lie on this machine: Rust from Cargo's registry, TypeScript
//! and JavaScript from the editor's `node_modules`, Python from its own library, Go from its own. What is not
//! there is made.

#![expect(
    clippy::disallowed_methods,
    reason = "makes the repository that is measured"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use support::tree::source_root;

/// Files of each language.
const WANTED: [(&str, usize); 6] = [
    ("rs", 2_000),
    ("ts", 800),
    ("js", 800),
    ("py", 700),
    ("go", 350),
    ("java", 350),
];
/// Pages of Markdown beside them.
const PAGES: usize = 200;
/// Files of more bytes were written by programs.
const LARGEST: u64 = 150_000;

/// What was put together.
#[derive(Debug, Default)]
pub(super) struct Packages {
    pub(super) bytes: u64,
    pub(super) rust: Vec<PathBuf>,
    /// Of each language: files that were found, and files that were made.
    counts: BTreeMap<&'static str, (usize, usize)>,
}

impl Packages {
    pub(super) fn describe(&self) -> String {
        let each = self.counts.iter().map(|(end, (found, made))| match made {
            0 => format!("{found} {end}"),
            made => format!("{found} {end} (and {made} made)"),
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

/// Fills a folder.
pub(super) fn fill(folder: &Path) -> Packages {
    let mut found = BTreeMap::<&str, Vec<PathBuf>>::new();
    for root in roots() {
        walk(&root, &mut found);
    }
    let mut packages = Packages::default();
    for (end, wanted) in WANTED.into_iter().chain([("md", PAGES)]) {
        let candidates = found.remove(end).unwrap_or_default();
        // Evenly from all of them.
        let step = (candidates.len() / wanted).max(1);
        let chosen: Vec<_> = candidates.into_iter().step_by(step).take(wanted).collect();
        let made = wanted - chosen.len();
        for number in 0..wanted {
            let text = match chosen.get(number) {
                Some(path) => fs::read(path).expect("a source"),
                None => sample(end, number).into_bytes(),
            };
            let place = folder.join(format!("{end}/{:02}/part_{number}.{end}", number / 100));
            fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            packages.bytes += text.len() as u64;
            fs::write(&place, text).expect("a file");
            if end == "rs" {
                packages.rust.push(place);
            }
        }
        packages.counts.insert(end, (chosen.len(), made));
    }
    packages
}

fn roots() -> Vec<PathBuf> {
    let home = |name: &str, below: &str| {
        let own = std::env::var_os(name).map(PathBuf::from);
        own.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(below)))
    };
    let mut roots = Vec::new();
    roots.extend(home("CARGO_HOME", ".cargo").map(|home| home.join("registry/src")));
    roots.push(source_root().join("editor-client/node_modules"));
    roots.push(source_root().join("tests/editor/node_modules"));
    roots.extend(home("GOROOT", "go").map(|root| root.join("src")));
    let python = fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    roots.extend(python.filter(|path| path.display().to_string().contains("/python3.")));
    roots
}

fn walk(root: &Path, found: &mut BTreeMap<&'static str, Vec<PathBuf>>) {
    let mut entries: Vec<_> = fs::read_dir(root).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            walk(&path, found);
            continue;
        }
        let end = path
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default();
        let wanted = WANTED
            .iter()
            .map(|(end, _)| *end)
            .chain(["md"])
            .find(|wanted| *wanted == end);
        let size = entry.metadata().map_or(0, |meta| meta.len());
        if let Some(end) = wanted.filter(|_| kind.is_file() && (200..LARGEST).contains(&size)) {
            found.entry(end).or_default().push(path);
        }
    }
}

/// A file of a language that nothing lies here of.
fn sample(end: &str, number: usize) -> String {
    let mut text = match end {
        "go" => format!("// Package part{number} is made.\npackage part{number}\n\n"),
        "java" => format!("package made;\n\n/** Part {number}. */\npublic class Part{number} {{\n"),
        _ => String::new(),
    };
    for item in 0..60 {
        text.push_str(&match end {
            "go" => format!(
                "// Count{item} counts from one value to another and gives the sum of both.\nfunc Count{item}(from int, to int) (int, error) {{\n\tsum := from\n\tfor i := from; i < to; i++ {{\n\t\tsum += i * {item}\n\t}}\n\treturn sum, nil\n}}\n\n"
            ),
            "java" => format!(
                "    /**\n     * Counts from one value to another.\n     *\n     * @param from where to begin\n     * @param to where to end\n     * @return the sum\n     */\n    public int count{item}(int from, int to) {{\n        int sum = {item};\n        for (int i = from; i < to; i++) {{\n            sum += i;\n        }}\n        return sum;\n    }}\n\n"
            ),
            "py" => format!("def count_{item}(start, end):\n    \"\"\"Counts.\"\"\"\n    return sum(range(start, end)) + {item}\n\n\n"),
            "ts" => format!("/** Counts. */\nexport function count{item}(from: number, to: number): number {{\n  return from + to + {item};\n}}\n\n"),
            "js" => format!("/** Counts. */\nexport function count{item}(from, to) {{\n  return from + to + {item};\n}}\n\n"),
            "rs" => format!("/// Counts.\npub fn count_{item}(from: u32, to: u32) -> u32 {{\n    (from..to).sum::<u32>() + {item}\n}}\n\n"),
            _ => format!("## Part {item}\n\nSee [the first](#part-0).\n\n"),
        });
    }
    if end == "java" {
        text.push_str("}\n");
    }
    text
}
