//! What the rules about CODEOWNERS look for.

use super::super::check::{Hits, name};
use super::repository::{Repository, place};
use globset::GlobBuilder;

/// Where GitHub looks, in this order.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

pub(super) fn missing(repository: &Repository, hits: &mut Hits) {
    if repository.first(&PLACES).is_none() {
        hits.whole("nobody is named who has to look at changes");
    }
}

/// Lines with a pattern: number, line, words before a comment.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, Vec<&str>)> {
    text.lines().zip(1..).filter_map(|(line, number)| {
        let plain = line.split(" #").next().unwrap_or(line).trim();
        let written =
            !plain.is_empty() && !plain.starts_with(['#', '^']) && !plain.starts_with('[');
        // `[Section]` is GitLab's.
        written.then(|| (number, line, plain.split_whitespace().collect()))
    })
}

fn is_owner(word: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match word.strip_prefix('@') {
        Some(account) => account.split('/').all(part) && account.split('/').count() <= 2,
        None => word
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
    }
}

pub(super) fn syntax(repository: &Repository, hits: &mut Hits) {
    let Some(path) = repository.first(&PLACES) else {
        return hits.not_applicable();
    };
    for (number, line, words) in lines(repository.text(path)) {
        let Some((pattern, owners)) = words.split_first() else {
            continue;
        };
        if pattern.starts_with('!') || pattern.contains('[') || pattern.starts_with("\\#") {
            hits.in_file(
                path,
                Some(place(number, line, pattern)),
                "such a pattern is not understood here, unlike in .gitignore",
            );
        }
        if let Some(owner) = owners.iter().find(|owner| !is_owner(owner)) {
            hits.in_file(
                path,
                Some(place(number, line, owner)),
                "this is neither `@account`, `@organisation/team` nor an address",
            );
        }
    }
}

pub(super) fn of_nothing(repository: &Repository, hits: &mut Hits) {
    let Some(path) = repository.first(&PLACES) else {
        return hits.not_applicable();
    };
    for (number, line, words) in lines(repository.text(path)) {
        let Some(pattern) = words.first() else {
            continue;
        };
        let Some(globs) = globs(pattern) else {
            continue;
        };
        if !repository
            .files
            .iter()
            .any(|file| globs.iter().any(|glob| glob.is_match(file)))
        {
            hits.in_file(
                path,
                Some(place(number, line, pattern)),
                format!("`{}` is no file of this repository", name(pattern)),
            );
        }
    }
}

/// The pattern as globs: itself, and what is in it where it is a folder.
fn globs(pattern: &str) -> Option<Vec<globset::GlobMatcher>> {
    let (anchored, plain) = match pattern.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (pattern.trim_end_matches('/').contains('/'), pattern),
    };
    let start = if anchored { "" } else { "**/" };
    let plain_end = plain.trim_end_matches('/');
    let mut texts = vec![format!("{start}{plain_end}/**")];
    // `docs/*` is the files of a folder and not of those below it.
    if plain.ends_with("/*") {
        texts.clear();
    }
    if !plain.ends_with('/') {
        texts.push(format!("{start}{plain}"));
    }
    let glob = |text: &String| {
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .build()
            .ok()?;
        Some(glob.compile_matcher())
    };
    texts.iter().map(glob).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_on_github() {
        let check = |pattern: &str, file: &str, expected: bool| {
            let found = globs(pattern)
                .expect("globs")
                .iter()
                .any(|glob| glob.is_match(file));
            assert_eq!(found, expected, "{pattern} {file}");
        };
        check("*", "a/b.rs", true);
        check("*.js", "a/b.js", true);
        check("/build/logs/", "build/logs/x/y", true);
        check("/build/logs/", "a/build/logs/x", false);
        check("docs/*", "docs/a.md", true);
        check("docs/*", "docs/a/b.md", false);
        check("apps/", "x/apps/y", true);
        check("/apps/github", "apps/github/x", true);
        check("**/logs", "a/logs/b", true);
    }

    #[test]
    fn owners() {
        for word in ["@a", "@a/b-c", "a@example.org"] {
            assert!(is_owner(word), "{word}");
        }
        for word in ["a", "@", "@a/b/c", "a@b"] {
            assert!(!is_owner(word), "{word}");
        }
    }
}
