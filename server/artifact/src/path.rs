//! Paths that artifacts name: only those within the repository are taken.

use std::path::{Component, Path};

/// Bytes of a path.
const LONGEST: usize = 1024;

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is somewhere else.
    #[error("it leaves the repository")]
    Outside,
    /// It names nothing a person would open.
    #[error("it is no path of a file")]
    NoFile,
}

/// The path relative to the repository, in its shortest form. An absolute one is taken where it is below one of
/// `roots`: the folders in which the repository's files lay while the artifact was written.
///
/// # Errors
/// [`Refused`].
pub fn inside(path: &str, roots: &[&Path]) -> Result<String, Refused> {
    if path.len() > LONGEST || path.contains('\0') {
        return Err(Refused::NoFile);
    }
    let given = Path::new(path);
    let below = if given.is_absolute() {
        let below = roots.iter().find_map(|root| given.strip_prefix(root).ok());
        below.ok_or(Refused::Outside)?
    } else {
        given
    };
    let mut parts: Vec<&str> = Vec::new();
    for component in below.components() {
        match component {
            Component::Normal(name) => parts.push(name.to_str().ok_or(Refused::NoFile)?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop().ok_or(Refused::Outside)?;
            }
            Component::RootDir | Component::Prefix(_) => return Err(Refused::Outside),
        }
    }
    if parts.is_empty() || parts.contains(&".git") {
        return Err(Refused::NoFile);
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_inside_and_what_is_not() {
        let roots = [
            Path::new("/state/worktrees/r--s"),
            Path::new("/home/u/a repo"),
        ];
        let check = |path: &str, expected: Result<&str, Refused>| {
            let found = inside(path, &roots);
            assert_eq!(
                found.as_deref().map_err(|refused| *refused),
                expected,
                "{path}"
            );
        };
        check("src/a.rs", Ok("src/a.rs"));
        check("./src//b/../a b.rs", Ok("src/a b.rs"));
        check("/home/u/a repo/src/ä.rs", Ok("src/ä.rs"));
        check("/state/worktrees/r--s/x", Ok("x"));
        check("/state/worktrees/r--s/../y/x", Err(Refused::Outside));
        check("/state/worktrees/r--s2/x", Err(Refused::Outside));
        check("../x", Err(Refused::Outside));
        check("a/../../x", Err(Refused::Outside));
        check("/etc/passwd", Err(Refused::Outside));
        for path in [
            "",
            ".",
            "a/..",
            ".git/config",
            "a/.git/x",
            "a\0b",
            &"x/".repeat(600),
        ] {
            check(path, Err(Refused::NoFile));
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_stays_inside(path in any::<String>(), parts in proptest::collection::vec("[a./ ]{0,3}", 0..8)) {
            for path in [path, parts.join("/")] {
                if let Ok(found) = inside(&path, &[Path::new("/a")]) {
                    prop_assert!(Path::new(&found).components().all(|part| matches!(part, Component::Normal(_))));
                    prop_assert_eq!(inside(&found, &[]), Ok(found.clone()), "it is in its shortest form");
                }
            }
        }
    }
}
