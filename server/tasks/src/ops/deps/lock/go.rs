//! `go.mod` and `go.sum`. Since Go 1.17 `go.mod` names all modules that are built in; `go.sum` names more than are
//! used, and stands for itself only where there is no `go.mod`.

use super::Beside;
use super::lines::numbered;
use crate::ops::deps::package::{Ecosystem, Parsed};
use crate::ops::deps::version;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Lines of a go.sum.
const MOST_SUMS: usize = 200_000;

pub(super) fn parse_mod(text: &str, beside: &dyn Beside) -> Result<Parsed, String> {
    let file = read(text);
    if !file.is_one {
        return Err("it names no `module`".to_owned());
    }
    let mut parsed = Parsed::default();
    let sums = beside
        .file("go.sum")
        .map_or_else(Sums::new, |text| sums(&text));
    for wanted in &file.required {
        let replaced = file
            .replaced
            .get(&(wanted.module, Some(wanted.version)))
            .or_else(|| file.replaced.get(&(wanted.module, None)));
        let (module, written) = match replaced {
            Some((_, None)) => {
                let text = format!(
                    "`{}` is replaced by a folder: it is not looked up",
                    wanted.module
                );
                parsed.note(wanted.line, text);
                continue;
            }
            Some((module, Some(version))) => (*module, *version),
            None => (wanted.module, wanted.version),
        };
        add(
            &mut parsed,
            module,
            written,
            wanted.line,
            Some(!wanted.indirect),
        );
    }
    if file.before_1_17 {
        // The modules that these ask for are in go.sum only, each in the version that is chosen: the highest.
        let named: HashSet<&str> = file.required.iter().map(|one| one.module).collect();
        for ((module, written), _) in highest(&sums) {
            if !named.contains(module.as_str()) {
                add(&mut parsed, &module, &written, file.line, Some(false));
            }
        }
        let text = "before Go 1.17 it does not name all modules: go.sum was asked for the others";
        parsed.note(file.line, text);
    }
    Ok(parsed)
}

pub(super) fn parse_sum(text: &str) -> Result<Parsed, String> {
    let sums = sums(text);
    if sums.is_empty() && !text.trim().is_empty() {
        return Err("it holds no sum of a module".to_owned());
    }
    let mut parsed = Parsed::default();
    parsed.note(
        1,
        "there is no go.mod: of each module the highest version in go.sum is taken",
    );
    for ((module, written), line) in highest(&sums) {
        add(&mut parsed, &module, &written, line, None);
    }
    Ok(parsed)
}

/// `h1:` is a sum over a list of sums and of no file: nobody else could check it, so it is not told.
fn add(parsed: &mut Parsed, module: &str, written: &str, line: u32, direct: Option<bool>) {
    // OSV has the versions of Go without their `v`.
    let version = written.strip_prefix('v').unwrap_or(written);
    if let Some(package) = parsed.add(Ecosystem::Go, module, version, line) {
        package.direct = direct;
    }
}

/// Modules and versions that were downloaded, with lines.
type Sums = BTreeMap<(String, String), u32>;

fn sums(text: &str) -> Sums {
    let mut sums = Sums::new();
    let is_version = |text: &str| {
        let rest = text.strip_prefix('v');
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    for (number, line) in numbered(text).take(MOST_SUMS) {
        let mut words = line.split_ascii_whitespace();
        // Of `version/go.mod` only the file go.mod was read, to choose versions.
        if let (Some(module), Some(version)) = (words.next(), words.next())
            && is_version(version)
            && !version.ends_with("/go.mod")
        {
            sums.entry((module.to_owned(), version.to_owned()))
                .or_insert(number);
        }
    }
    sums
}

/// Of each module the highest version.
fn highest(sums: &Sums) -> Vec<((String, String), u32)> {
    let mut found: BTreeMap<&str, (&str, u32)> = BTreeMap::new();
    for ((module, written), line) in sums {
        let higher = found.get(module.as_str()).is_none_or(|(other, _)| {
            version::compare(Ecosystem::Go, written, other) == Some(Ordering::Greater)
        });
        if higher {
            found.insert(module, (written, *line));
        }
    }
    let owned = |(module, (written, line)): (&str, (&str, u32))| {
        ((module.to_owned(), written.to_owned()), line)
    };
    found.into_iter().map(owned).collect()
}

struct Required<'a> {
    module: &'a str,
    version: &'a str,
    indirect: bool,
    line: u32,
}

/// A module, or one version of it.
type Replaced<'a> = (&'a str, Option<&'a str>);

#[derive(Default)]
struct File<'a> {
    required: Vec<Required<'a>>,
    replaced: HashMap<Replaced<'a>, Replaced<'a>>,
    before_1_17: bool,
    /// Whether it names its module: else it is something else.
    is_one: bool,
    /// Of the `go` directive.
    line: u32,
}

fn read(text: &str) -> File<'_> {
    let mut file = File {
        line: 1,
        before_1_17: true,
        ..File::default()
    };
    let mut block = None;
    for (number, line) in numbered(text) {
        let (content, comment) = line.split_once("//").unwrap_or((line, ""));
        let content = content.trim();
        if content == ")" {
            block = None;
            continue;
        }
        let mut words = content.split_ascii_whitespace();
        let verb = match block {
            Some(verb) => verb,
            None => match words.next() {
                Some(verb) => verb,
                None => continue,
            },
        };
        let words: Vec<&str> = words.map(|word| word.trim_matches('"')).take(8).collect();
        match (verb, words.as_slice()) {
            (_, ["("]) => block = Some(verb),
            ("module", [_]) => file.is_one = true,
            ("go", [version]) => {
                file.line = number;
                file.before_1_17 = is_before_1_17(version);
            }
            ("require", [module, version]) => file.required.push(Required {
                module,
                version,
                indirect: comment.trim().starts_with("indirect"),
                line: number,
            }),
            ("replace", [from, "=>", to]) => {
                file.replaced.insert((from, None), (to, None));
            }
            ("replace", [from, "=>", to, version]) => {
                file.replaced.insert((from, None), (to, Some(version)));
            }
            ("replace", [from, of, "=>", to]) => {
                file.replaced.insert((from, Some(of)), (to, None));
            }
            ("replace", [from, of, "=>", to, version]) => {
                file.replaced.insert((from, Some(of)), (to, Some(version)));
            }
            _ => {}
        }
    }
    file
}

fn is_before_1_17(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < (1, 17)
}
