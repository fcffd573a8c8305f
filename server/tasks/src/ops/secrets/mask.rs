//! Covers secrets in texts that are made of other texts: what the scan would tell of a source is not passed on.

use super::{RULES, Scanner, Strength};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// What stands in the place of a secret.
const COVER: &str = "(hidden: it looks like a secret)";
/// The end of an armored key.
const END: &str = "-----END";

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// The text with its secrets covered.
pub(crate) fn masked<'a>(path: &str, text: &'a str) -> Cow<'a, str> {
    let hits = SCANNER.scan(path, text.as_bytes());
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for hit in hits {
        let armored = RULES
            .get(hit.rule)
            .is_some_and(|rule| rule.strength == Strength::Armor);
        let range = match armored {
            true => whole_key(text, hit.range),
            false => hit.range,
        };
        // A hit may stand within a key that is covered already.
        if range.start < done {
            continue;
        }
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(COVER);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether a text of the file at this path holds what looks like a secret.
pub fn holds_secret(path: &str, text: &str) -> bool {
    !SCANNER.scan(path, text.as_bytes()).is_empty()
}

/// From its first line to its last, or to the end of the text.
fn whole_key(text: &str, head: Range<usize>) -> Range<usize> {
    let rest = text.get(head.end..).unwrap_or_default();
    let last = rest.find(END).map(|at| at + END.len());
    let end = last.and_then(|at| Some(at + rest.get(at..)?.find('\n')?));
    head.start..end.map_or(text.len(), |end| head.end + end)
}

#[cfg(test)]
mod tests {
    use super::{COVER, masked};

    #[test]
    fn secrets_are_covered_and_all_else_stays() {
        let token = ["gh", "p_Vd93kQm2Xr7Lw5Tz8", "Bn4Yc6Hj1Pf0Gs3Ua9E"].concat();
        let text = format!("a `{token}` b \"{token}\" c");
        assert_eq!(
            masked("a.md", &text),
            format!("a `{COVER}` b \"{COVER}\" c")
        );
        assert_eq!(masked("a.md", "nothing é here"), "nothing é here");
    }

    #[test]
    fn of_a_key_nothing_stays() {
        let line = "MIIEpAIBAAKCAQEA7yQ2mXr7Lw5Tz8Bn4Yc6Hj1Pf0Gs3Ua9EVd93kQm2Xr7Lw5T\n";
        let name = ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat();
        let end = ["-----END RSA PRIV", "ATE KEY-----"].concat();
        let text = format!("before\n{name}\n{}{end}\nafter\n", line.repeat(8));
        let covered = masked("a.md", &text);
        assert!(
            !covered.contains("MIIE") && covered.ends_with("after\n"),
            "{covered}"
        );
    }
}
