//! Manifests: what people write down that they want, and on which line. The line is looked for in the text: a
//! manifest that cannot be read has a line for it all the same.

use super::lock::{Lines, names_in_package_json};
use super::package::Ecosystem;
use toml::de::{DeTable, DeValue};

/// Names that a manifest asks for, with their lines.
pub(crate) fn asked(ecosystem: Ecosystem, text: &str) -> Vec<(String, u32)> {
    match ecosystem {
        Ecosystem::Npm => names_in_package_json(text),
        Ecosystem::Crates => from_toml(text, &in_cargo),
        Ecosystem::PyPi => from_toml(text, &in_pyproject),
        Ecosystem::RubyGems => in_gemfile(text),
        // Their lockfile is their manifest.
        Ecosystem::Go | Ecosystem::Maven => Vec::new(),
    }
}

/// Takes what is found: name, and place in the text.
type Take<'a> = &'a mut dyn FnMut(String, usize);
/// Looks through a table.
type Look<'a> = &'a dyn Fn(&DeTable<'_>, Take<'_>);

fn from_toml(text: &str, look: Look<'_>) -> Vec<(String, u32)> {
    let (document, _) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    let mut found = Vec::new();
    look(document.get_ref(), &mut |name, at| {
        found.push((name, lines.line(at)))
    });
    found
}

/// `[dependencies]` and its sisters, also of the workspace and below `[target.…]`.
fn in_cargo(table: &DeTable<'_>, take: Take<'_>) {
    for (key, value) in table {
        let Some(inner) = value.get_ref().as_table() else {
            continue;
        };
        match key.get_ref().as_ref() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                for (name, value) in inner {
                    let fields = value.get_ref().as_table();
                    let renamed = fields.and_then(|fields| fields.get("package"));
                    let renamed = renamed.and_then(|name| name.get_ref().as_str());
                    let real = renamed.unwrap_or(name.get_ref());
                    take(real.to_owned(), name.span().start);
                }
            }
            "workspace" => in_cargo(inner, take),
            "target" => {
                for (_, value) in inner {
                    if let Some(target) = value.get_ref().as_table() {
                        in_cargo(target, take);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `project.dependencies` and the optional ones, `dependency-groups`, and the tables of Poetry.
fn in_pyproject(table: &DeTable<'_>, take: Take<'_>) {
    if let Some(project) = below(table, &["project"]) {
        requirements(
            project.get("dependencies").map(|value| value.get_ref()),
            take,
        );
        for group in below(project, &["optional-dependencies"])
            .into_iter()
            .flatten()
        {
            requirements(Some(group.1.get_ref()), take);
        }
    }
    for group in below(table, &["dependency-groups"]).into_iter().flatten() {
        requirements(Some(group.1.get_ref()), take);
    }
    let Some(poetry) = below(table, &["tool", "poetry"]) else {
        return;
    };
    let groups = below(poetry, &["group"]).into_iter().flatten();
    let of_groups =
        groups.filter_map(|(_, group)| below(group.get_ref().as_table()?, &["dependencies"]));
    let of_all = ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(|name| below(poetry, &[name]));
    for names in of_all.chain(of_groups) {
        for (name, _) in names {
            take(Ecosystem::PyPi.normal(name.get_ref()), name.span().start);
        }
    }
}

fn below<'t, 'a>(table: &'t DeTable<'a>, path: &[&str]) -> Option<&'t DeTable<'a>> {
    let mut here = table;
    for name in path {
        here = here.get(*name)?.get_ref().as_table()?;
    }
    Some(here)
}

/// A list of texts such as `requests[socks]>=2; python_version > "3"`.
fn requirements(value: Option<&DeValue<'_>>, take: Take<'_>) {
    let Some(list) = value.and_then(DeValue::as_array) else {
        return;
    };
    for one in list {
        let Some(text) = one.get_ref().as_str() else {
            continue;
        };
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        take(Ecosystem::PyPi.normal(name), one.span().start);
    }
}

/// `gem "name"` with either kind of quotes.
fn in_gemfile(text: &str) -> Vec<(String, u32)> {
    let name = |line: &str| {
        let rest = line
            .trim()
            .strip_prefix("gem")?
            .trim_start()
            .trim_start_matches('(');
        let quote = rest.chars().next().filter(|c| "\"'".contains(*c))?;
        Some(rest.get(1..)?.split_once(quote)?.0.to_owned())
    };
    let lines = (1_u32..).zip(text.lines());
    lines
        .filter_map(|(number, line)| Some((name(line)?, number)))
        .collect()
}
