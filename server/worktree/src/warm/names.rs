//! Names that go into an index without git looking at them.

/// Whether git takes this path into an index on every system: nothing that is, or that some file system
/// takes for, `.git` or a folder above. Names that only look so are not plain either.
pub(super) fn is_plain(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').all(|name| {
        // Some file systems leave characters out that are not ASCII, and take letters for equal.
        let ascii: Vec<u8> = name
            .iter()
            .filter(|byte| byte.is_ascii())
            .copied()
            .collect();
        let lower = ascii.to_ascii_lowercase();
        let like_git = lower.strip_prefix(b".git").is_some_and(|rest| {
            let next = rest.first();
            !next.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
        });
        let special = matches!(name, b"" | b"." | b"..") || lower == b".gitmodules";
        let like_short = lower.starts_with(b"git~") || lower.starts_with(b"gi7eba~");
        !(like_git || like_short || special || name.contains(&b'\\'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_system_takes_for_git_is_not_plain() {
        for (path, expected) in [
            (&b"src/a b.txt"[..], true),
            (b".github/workflows/ci.yml", true),
            (b".gitignore", true),
            (b"a/.gitattributes", true),
            (b".git-blame-ignore-revs", true),
            ("größe/ü".as_bytes(), true),
            (b"\xff\xfe", true),
            (b"..a", true),
            (b"", false),
            (b"a//b", false),
            (b"/a", false),
            (b"../a", false),
            (b"a/..", false),
            (b"a/./b", false),
            (b".git", false),
            (b"a/.GIT/hooks/post-checkout", false),
            (b".git /config", false),
            (b".git./config", false),
            (b".git::$INDEX_ALLOCATION/config", false),
            (b"git~1/config", false),
            (b"GIT~1", false),
            ("a/.g\u{200c}it/config".as_bytes(), false),
            (b".gitmodules", false),
            (b"..\\a", false),
        ] {
            assert_eq!(is_plain(path), expected, "{}", path.escape_ascii());
        }
    }
}
