//! Paths of artifacts: relative to the worktree and within it.

/// The path in one spelling (no `./`, no doubled `/`; a folder keeps its `/`), or what is wrong.
pub fn normal(path: &str) -> Result<String, &'static str> {
    let windows = path.as_bytes().get(1) == Some(&b':')
        && path.starts_with(|c: char| c.is_ascii_alphabetic());
    if path.starts_with(['/', '\\', '~']) || windows {
        return Err("is absolute; paths are relative to the worktree");
    }
    if path.contains(char::is_control) {
        return Err("holds a control character");
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    match parts.as_slice() {
        [] => return Err("names no file"),
        parts if parts.contains(&"..") => return Err("leaves the worktree"),
        [first, ..] if first.eq_ignore_ascii_case(".git") => {
            return Err("lies in git's own folder");
        }
        _ => {}
    }
    let folder = if path.ends_with('/') || path.ends_with("/.") {
        "/"
    } else {
        ""
    };
    Ok(parts.join("/") + folder)
}

/// The folders that hold it, from the outermost, each with its `/`; the path itself is not among
/// them.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.trim_end_matches('/');
    inner.match_indices('/').map(move |(at, _)| &path[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, expected) in [
            ("a.md", Ok("a.md")),
            ("./docs//a b.md", Ok("docs/a b.md")),
            ("src/", Ok("src/")),
            ("src/.", Ok("src/")),
            (".gitignore", Ok(".gitignore")),
            ("", Err("names no file")),
            (".", Err("names no file")),
            ("a/../b", Err("leaves the worktree")),
            ("..", Err("leaves the worktree")),
            (
                "/etc/passwd",
                Err("is absolute; paths are relative to the worktree"),
            ),
            (
                "C:\\x",
                Err("is absolute; paths are relative to the worktree"),
            ),
            (
                "~/x",
                Err("is absolute; paths are relative to the worktree"),
            ),
            ("a\0b", Err("holds a control character")),
            (".git/hooks/x", Err("lies in git's own folder")),
        ] {
            assert_eq!(normal(path), expected.map(str::to_owned), "{path}");
        }
        assert_eq!(folders("a/b/c.md").collect::<Vec<_>>(), ["a/", "a/b/"]);
        assert_eq!(folders("a/b/").collect::<Vec<_>>(), ["a/"]);
        assert_eq!(folders("a/").count(), 0);
    }
}
