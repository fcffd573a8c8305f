//! What the rules about steps and scripts look for.

use super::super::super::check::yaml::Node;
use super::super::super::check::{Hits, is_literal, is_secret_name, name, pattern};
use super::super::{images, shell};
use super::shape::{environments, is_started_by, jobs, scripts, steps, uses};
use regex::Regex;
use std::sync::LazyLock;

/// A version that nobody can move: a commit, or the digest of an image.
fn is_pinned(version: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (matches!(version.len(), 40 | 64) && hex(version)) || version.starts_with("sha256:")
}

fn loose(root: &Node, hits: &mut Hits, own: bool, message: &str) {
    for used in uses(root) {
        let text = used.text().unwrap_or_default();
        if text.starts_with("./") || text.starts_with("docker://") || text.contains("${{") {
            continue;
        }
        let (action, version) = text.split_once('@').unwrap_or((text, ""));
        let of_github = action.starts_with("actions/") || action.starts_with("github/");
        if of_github == own && !is_pinned(version) {
            hits.at(used.place, format!("`{}` {message}", name(text)));
        }
    }
}

pub(super) fn loose_action(root: &Node, hits: &mut Hits) {
    loose(root, hits, false, "is whatever its owner makes of it");
}

pub(super) fn loose_own_action(root: &Node, hits: &mut Hits) {
    loose(root, hits, true, "can be moved to another commit");
}

pub(super) fn loose_image(root: &Node, hits: &mut Hits) {
    let mut look = |node: &Node, image: &str| {
        if let Some(sentence) = images::loose(image) {
            hits.at(node.place, sentence);
        }
    };
    for used in uses(root) {
        if let Some(image) = used.text().and_then(|text| text.strip_prefix("docker://")) {
            look(used, image);
        }
    }
    for (_, job) in jobs(root) {
        let container = job.get("container");
        let container = container.map(|container| container.get("image").unwrap_or(container));
        let services = job.get("services").into_iter().flat_map(Node::entries);
        let services = services.filter_map(|(_, service)| service.get("image"));
        for image in container.into_iter().chain(services) {
            if let Some(text) = image.text() {
                look(image, text);
            }
        }
    }
}

static UNTRUSTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\$\{\{[^}]*?(?:\bgithub\.head_ref\b|\bgithub\.event\.(?:",
        r"(?:issue|discussion|pull_request)\.(?:title|body)\b",
        r"|pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))\b",
        r"|(?:comment|review|review_comment)\.body\b",
        r"|pages[.\[][^}]*page_name",
        r"|(?:commits[^}]*|head_commit|workflow_run\.head_commit)\.(?:message\b|(?:author|committer)\.(?:name|email)\b)",
        r"|workflow_run\.(?:head_branch|display_title)\b))[^}]*\}\}",
    ))
});

pub(super) fn injection(root: &Node, hits: &mut Hits) {
    for script in scripts(root) {
        let text = script.text().unwrap_or_default();
        for found in UNTRUSTED.find_iter(text) {
            let place = script.place_of(found.start(), found.end());
            hits.at(place, "a stranger writes what becomes part of this script");
        }
    }
}

static PRINTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\becho\b|\bprintf\b|\bconsole\.log\b|\bcore\.(?:info|notice|debug)\b|\bprint\b|\bWrite-(?:Host|Output)\b)[^|>\n]*\$\{\{\s*secrets\.[A-Za-z0-9_]+[^}]*\}\}\s*['\x22)]*\s*(?:$|\n|;|&)",
    )
});

pub(super) fn printed_secret(root: &Node, hits: &mut Hits) {
    for script in scripts(root) {
        let text = script.text().unwrap_or_default();
        for found in PRINTED.find_iter(text) {
            let end = found.start() + found.as_str().trim_end().len();
            hits.at(
                script.place_of(found.start(), end),
                "a secret is written to the log",
            );
        }
    }
}

static SECRET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\$\{\{\s*secrets\.[A-Za-z0-9_]+[^}]*\}\}"));

pub(super) fn secret_in_script(root: &Node, hits: &mut Hits) {
    for script in scripts(root) {
        let text = script.text().unwrap_or_default();
        let printed: Vec<_> = PRINTED.find_iter(text).collect();
        for found in SECRET.find_iter(text) {
            if !printed
                .iter()
                .any(|one| one.range().contains(&found.start()))
            {
                let place = script.place_of(found.start(), found.end());
                hits.at(place, "a secret becomes part of this script");
            }
        }
    }
}

pub(super) fn whole_context(root: &Node, hits: &mut Hits) {
    static ALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)tojson\(\s*secrets\s*\)"));
    for env in environments(root) {
        for (_, value) in env.entries() {
            if value.text().is_some_and(|text| ALL.is_match(text)) {
                hits.at(
                    value.place,
                    "all secrets of the repository are given away at once",
                );
            }
        }
    }
    for step in steps(root) {
        for (_, value) in step.get("with").into_iter().flat_map(Node::entries) {
            if value.text().is_some_and(|text| ALL.is_match(text)) {
                hits.at(
                    value.place,
                    "all secrets of the repository are given away at once",
                );
            }
        }
    }
    for script in scripts(root) {
        if let Some(found) = ALL.find(script.text().unwrap_or_default()) {
            let place = script.place_of(found.start(), found.end());
            hits.at(
                place,
                "all secrets of the repository are given away at once",
            );
        }
    }
}

/// A rule about a pattern in scripts.
fn in_scripts(
    root: &Node,
    hits: &mut Hits,
    message: &str,
    find: impl Fn(&str) -> Option<std::ops::Range<usize>>,
) {
    for script in scripts(root) {
        if let Some(found) = find(script.text().unwrap_or_default()) {
            hits.at(script.place_of(found.start, found.end), message);
        }
    }
}

pub(super) fn old_command(root: &Node, hits: &mut Hits) {
    static OLD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"::(?:set-output|save-state|set-env|add-path)(?: name=[^:\n]*)?::")
    });
    let message = "this command is not understood any more, or will not be";
    in_scripts(root, hits, message, |text| {
        OLD.find(text).map(|found| found.range())
    });
}

pub(super) fn pipe_to_shell(root: &Node, hits: &mut Hits) {
    let message = "something from the network is run without having been looked at";
    in_scripts(root, hits, message, shell::piped);
}

pub(super) fn tls_off(root: &Node, hits: &mut Hits) {
    in_scripts(root, hits, "certificates are not checked", shell::unchecked);
}

pub(super) fn stored_token(root: &Node, hits: &mut Hits) {
    static FIND: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\bgit\s+config\s+(?:--\S+\s+)*(?:http\S*extraheader\s+\S+|credential\.helper\s+.?store\b)",
        )
    });
    let message = "the token is left in a file for every later step";
    in_scripts(root, hits, message, |text| {
        FIND.find(text).map(|found| found.range())
    });
}

pub(super) fn old_commands_allowed(root: &Node, hits: &mut Hits) {
    for env in environments(root) {
        if let Some((key, value)) = env.entry("ACTIONS_ALLOW_UNSECURE_COMMANDS")
            && !value.is_false()
        {
            hits.at(
                key.place,
                "whatever a program prints can set variables of later steps",
            );
        }
    }
}

pub(super) fn literal_secret(root: &Node, hits: &mut Hits) {
    for env in environments(root) {
        for (key, value) in env.entries() {
            if is_secret_name(&key.text) && value.text().is_some_and(is_literal) {
                hits.at(
                    key.place,
                    format!(
                        "the value of `{}` stands here for everybody to read",
                        name(&key.text)
                    ),
                );
            }
        }
    }
}

/// Whether a step checks out what a stranger wrote.
fn strangers_checkout(step: &Node) -> Option<&Node> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"github\.(?:head_ref|event\.(?:pull_request\.(?:head\.(?:sha|ref)|merge_commit_sha|number)|workflow_run\.(?:head_sha|head_branch|head_commit)|issue\.number|number))|refs/pull/|pull_requests\[|steps\.[\w-]+\.outputs\.(?:head|sha|ref)",
        )
    });
    let checkout = step
        .word("uses")
        .is_some_and(|uses| uses.starts_with("actions/checkout@"));
    let given = ["ref", "repository"]
        .into_iter()
        .filter_map(|key| step.at(&["with", key]));
    let mut foreign = given.filter(|value| value.text().is_some_and(|text| HEAD.is_match(text)));
    foreign.next().filter(|_| checkout)
}

pub(super) fn strangers_code(root: &Node, hits: &mut Hits) {
    if !is_started_by(
        root,
        &["pull_request_target", "workflow_run", "issue_comment"],
    ) {
        return;
    }
    for step in steps(root) {
        if let Some(reference) = strangers_checkout(step) {
            hits.at(
                reference.place,
                "a stranger's files are checked out where secrets and a token that may write are",
            );
        }
    }
}

pub(super) fn kept_credentials(root: &Node, hits: &mut Hits) {
    for step in steps(root) {
        let Some(used) = step.get("uses") else {
            continue;
        };
        let kept = step.at(&["with", "persist-credentials"]);
        if used
            .text()
            .is_some_and(|text| text.starts_with("actions/checkout@"))
            && !kept.is_some_and(Node::is_false)
        {
            hits.at(
                used.place,
                "the token stays in .git/config for every later step",
            );
        }
    }
}

pub(super) fn gone_action(root: &Node, hits: &mut Hits) {
    /// Action, the newest version that does not work any more.
    const GONE: [(&str, u32); 6] = [
        ("actions/upload-artifact", 3),
        ("actions/download-artifact", 3),
        ("actions/cache", 2),
        ("actions/checkout", 1),
        ("actions/create-release", u32::MAX),
        ("actions/upload-release-asset", u32::MAX),
    ];
    for used in uses(root) {
        let text = used.text().unwrap_or_default();
        let Some((action, version)) = text.split_once('@') else {
            continue;
        };
        let major = version.trim_start_matches('v').split('.').next();
        let major: Option<u32> = major.and_then(|major| major.parse().ok());
        let gone = GONE.iter().any(|(name, newest)| {
            *name == action && (*newest == u32::MAX || major.is_some_and(|major| major <= *newest))
        });
        if gone && !is_pinned(version) {
            hits.at(
                used.place,
                format!(
                    "`{}` does not work any more, or is looked after by nobody",
                    name(text)
                ),
            );
        }
    }
}
