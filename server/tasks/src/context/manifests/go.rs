//! `go.mod`: direct modules, by the name that they are known under.

use super::Said;

pub(super) fn read(text: &str) -> Option<Said> {
    let mut said = Said::default();
    let mut within = false;
    for line in text.lines().map(str::trim) {
        let one = line
            .strip_prefix("require ")
            .map(str::trim)
            .filter(|rest| !rest.starts_with('('));
        match (line, one) {
            (_, Some(module)) => said.uses.extend(direct(module)),
            (")", _) => within = false,
            _ if line.starts_with("require") && line.ends_with('(') => within = true,
            _ if within => said.uses.extend(direct(line)),
            _ => {}
        }
    }
    Some(said)
}

/// `path version`, unless it is only needed by another.
fn direct(line: &str) -> Option<(String, bool)> {
    let (module, comment) = line.split_once("//").unwrap_or((line, ""));
    let path = module
        .split_whitespace()
        .next()
        .filter(|path| path.contains('.'))?;
    (comment.trim() != "indirect").then(|| (name(path), false))
}

/// The last part of a path that is no version: `gin` of `github.com/gin-gonic/gin`, `yaml` of `gopkg.in/yaml.v3`.
fn name(path: &str) -> String {
    let path = path.trim_matches('"');
    let version = |part: &str| {
        let digits = part.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    };
    let last = path.rsplit('/').find(|part| !version(part)).unwrap_or(path);
    match last.rsplit_once('.') {
        Some((name, end)) if version(end) && !name.is_empty() => name.to_owned(),
        _ => last.to_owned(),
    }
}
