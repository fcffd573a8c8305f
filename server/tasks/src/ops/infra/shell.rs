//! What commands of a shell do that is dangerous wherever they stand.

use super::super::check::pattern;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static PIPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\b(?:curl|wget)\b[^|;&\n]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/usr/bin/env\s+|/bin/|/usr/bin/)?(?:ba|z|da|k)?sh\b|\b(?:ba|z|da|k)?sh\s+(?:-c\s+)?["']?(?:<\(|\$\()\s*(?:curl|wget)\b"#,
    )
});
static UNCHECKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bcurl\b[^|;&\n]*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?:\s|$)|\bwget\b[^|;&\n]*\s--no-check-certificate\b|\bhttp\.sslVerify[=\s]+false\b|\bstrict-ssl[=\s]+false\b|\bNODE_TLS_REJECT_UNAUTHORIZED=.?0",
    )
});

/// Where something from the network is run unseen.
pub(super) fn piped(text: &str) -> Option<Range<usize>> {
    PIPED.find(text).map(|found| found.range())
}

/// Where nobody looks whom one talks to.
pub(super) fn unchecked(text: &str) -> Option<Range<usize>> {
    UNCHECKED.find(text).map(|found| found.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_run_unseen() {
        for text in [
            "curl -fsSL https://x/i.sh | sh",
            "wget -qO- x | sudo -E bash -s",
            "bash -c \"$(curl -fsSL x)\"",
            "bash <(curl x)",
            "curl x | /bin/bash",
        ] {
            assert!(piped(text).is_some(), "{text}");
        }
        for text in [
            "curl x -o y && sh y",
            "curl x | tar xz",
            "cat x | sh",
            "curl x | shasum",
        ] {
            assert!(piped(text).is_none(), "{text}");
        }
    }

    #[test]
    fn whom_one_talks_to() {
        for text in [
            "curl -sk https://x",
            "curl x --insecure",
            "wget --no-check-certificate x",
            "git config --global http.sslVerify false",
        ] {
            assert!(unchecked(text).is_some(), "{text}");
        }
        for text in ["curl -sL https://x/-k", "curl --keepalive x", "wget x"] {
            assert!(unchecked(text).is_none(), "{text}");
        }
    }
}
