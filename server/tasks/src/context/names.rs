//! Names of libraries and topics as names of files: whatever they are, they stay below their folder.

use std::path::{Component, Path, PathBuf};

/// Bytes of a name.
const LONGEST: usize = 120;

/// A name that cannot be one of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

/// A library's folder below `libraries`, in lower case. A scope of npm is a folder above it, as in `@types/node`.
pub(crate) fn folder(library: &str) -> Result<PathBuf, Refused> {
    let name = checked(library)?.to_lowercase();
    match name.split_once('/') {
        Some((scope, rest)) if scope.len() > 1 && scope.starts_with('@') && !rest.contains('/') => {
            Ok(Path::new(&safe(scope)).join(safe(rest)))
        }
        _ => Ok(PathBuf::from(safe(&name))),
    }
}

/// The file of a topic.
pub(crate) fn file(topic: &str) -> Result<String, Refused> {
    Ok(safe(checked(topic)?) + ".md")
}

/// What a name stands for: the other way round.
pub(crate) fn of_path(path: &Path) -> Option<String> {
    let parts = path.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let parts: Option<Vec<&str>> = parts.collect();
    let name = parts?.join("/");
    let plain = percent_encoding::percent_decode_str(&name).decode_utf8();
    Some(plain.map_or_else(|_| name.clone(), |plain| plain.into_owned()))
}

/// No way up, no way to the root, nothing that a terminal or a file system could take for something else.
fn checked(name: &str) -> Result<&str, Refused> {
    let name = name.trim();
    let climbs = |part: &str| part.is_empty() || part == "." || part == "..";
    let bad = name.len() > LONGEST
        || name.chars().any(char::is_control)
        || name.split(['/', '\\']).any(climbs);
    if bad { Err(Refused) } else { Ok(name) }
}

/// One name of a file: what is not plain becomes `%xx`.
fn safe(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, c) in name.char_indices() {
        let plain = c.is_alphanumeric() || "-_+@~ ".contains(c) || (c == '.' && at > 0);
        if plain {
            out.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{file, folder, of_path};
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn names_become_paths() {
        for (name, expected) in [
            ("FastAPI", "fastapi"),
            ("@TanStack/react-query", "@tanstack/react-query"),
            ("github.com/a/b", "github.com%2Fa%2Fb"),
            (".hidden", "%2Ehidden"),
            ("a:b", "a%3Ab"),
            ("Ünï", "ünï"),
        ] {
            assert_eq!(folder(name).unwrap(), Path::new(expected), "{name}");
        }
        assert_eq!(
            file("Getting started/1.0").unwrap(),
            "Getting started%2F1.0.md"
        );
        for name in [
            "", " ", "..", "../x", "a/../b", "/etc", "a\\..\\b", "a\0b", "a//b", "@/..",
        ] {
            assert!(folder(name).is_err() && file(name).is_err(), "{name:?}");
        }
        assert!(folder(&"a".repeat(121)).is_err());
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(name in any::<String>()) {
            if let Ok(path) = folder(&name) {
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
                prop_assert!(path.components().count() <= 2);
            }
            if let Ok(topic) = file(&name) {
                prop_assert_eq!(Path::new(&topic).components().count(), 1);
                prop_assert!(!topic.starts_with('.'));
                let back = of_path(Path::new(&topic[..topic.len() - 3]));
                prop_assert_eq!(back.as_deref(), Some(name.trim()));
            }
        }
    }
}
