//! Types of settings that worktrees brought: sizes on disk, ports, commands and patterns, paths.

use super::kind::{Problem, Reading, got};
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

const UNITS: [(&str, u64); 4] = [
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("t", 1 << 40),
];
/// Ports of one worktree: more is a typing error.
const MOST_PORTS: u64 = 32;

/// Bytes, or a number with K, M, G or T behind it; `GB` and `GiB` mean the same.
pub(crate) fn read(value: &Yaml) -> Reading {
    let bytes = match value.as_str() {
        Some(text) => parse(text),
        None => value.as_u64(),
    };
    bytes.map(Json::from).ok_or_else(|| {
        let message = format!("must be a size (got: {})", got(value));
        vec![Problem::new("type", message).hint("write bytes, or 500M, 20G")]
    })
}

fn parse(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let text = text
        .strip_suffix("ib")
        .or(text.strip_suffix('b'))
        .unwrap_or(&text)
        .trim();
    for (unit, factor) in UNITS {
        if let Some(number) = text.strip_suffix(unit) {
            return number.trim_end().parse::<u64>().ok()?.checked_mul(factor);
        }
    }
    text.parse().ok()
}

/// The shortest way to write a size exactly.
pub(crate) fn show(bytes: u64) -> String {
    for (unit, factor) in UNITS.iter().rev() {
        if bytes > 0 && bytes.is_multiple_of(*factor) {
            return format!("{}{}", bytes / factor, unit.to_ascii_uppercase());
        }
    }
    bytes.to_string()
}

/// A number becomes that many names: an empty one first, then `2`, `3`…
pub(crate) fn ports(value: &Yaml) -> Reading {
    if let Some(number) = value.as_u64() {
        if number > MOST_PORTS {
            return Err(vec![Problem::new(
                "range",
                format!("must be <= {MOST_PORTS}"),
            )]);
        }
        let name = |at: u64| {
            if at == 1 {
                String::new()
            } else {
                at.to_string()
            }
        };
        return Ok((1..=number).map(|at| Json::from(name(at))).collect());
    }
    if value.as_sequence().is_none() {
        let message = format!("must be a number or a list of names (got: {})", got(value));
        return Err(vec![
            Problem::new("type", message).hint("write 2, or [web, db]"),
        ]);
    }
    super::check::list(value, port_name)
}

fn port_name(name: &str) -> Result<(), Problem> {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain {
        return Ok(());
    }
    let message = format!("holds `{name}`, which cannot be part of a variable");
    Err(Problem::new("name", message).hint("use letters, digits, `_` and `-`"))
}

/// A command or pattern.
pub(crate) fn line(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() || text.contains('\0') {
        return Err(Problem::new("type", "holds an empty text"));
    }
    Ok(())
}

/// A path that stays in the repository.
pub(crate) fn path(text: &str) -> Result<(), Problem> {
    let path = std::path::Path::new(text);
    let inside = path.components().all(|part| {
        use std::path::Component;
        match part {
            Component::Normal(name) => name != ".git",
            part => part == Component::CurDir,
        }
    });
    if inside && !text.trim().is_empty() {
        return Ok(());
    }
    let message = format!("holds `{text}`, which is no path inside the repository");
    Err(Problem::new("path", message).hint("write it relative to the repository, without `..`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, bytes, shown) in [
            ("0", Some(0), "0"),
            ("1024", Some(1024), "1K"),
            ("20G", Some(20 << 30), "20G"),
            ("500 MiB", Some(500 << 20), "500M"),
            ("1kb", Some(1024), "1K"),
            ("1500", Some(1500), "1500"),
            ("20000000T", None, ""),
            ("much", None, ""),
            ("-1", None, ""),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
            assert_eq!(bytes.map(show).unwrap_or_default(), shown, "{text}");
        }
    }

    #[test]
    fn ports_are_a_number_or_names() {
        for (text, expected) in [
            ("0", Ok(vec![])),
            ("2", Ok(vec!["", "2"])),
            ("[web, DB-1]", Ok(vec!["web", "DB-1"])),
            ("33", Err("range")),
            ("many", Err("type")),
            ("[a b]", Err("name")),
        ] {
            let value = serde_yaml::from_str(text).unwrap();
            let read = ports(&value).map_err(|problems| problems[0].code);
            assert_eq!(read, expected.map(Json::from), "{text}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        for (text, expected) in [
            ("node_modules", true),
            ("./a/b", true),
            ("../a", false),
            ("/etc", false),
            (".git/config", false),
            ("", false),
        ] {
            assert_eq!(path(text).is_ok(), expected, "{text:?}");
        }
    }
}
