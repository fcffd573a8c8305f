//! What the rules about files in an image look for.

use super::super::super::check::{Hits, name};
use super::parse::{Dockerfile, Instruction};
use super::words::Word;

/// Endings of archives, which `ADD` unpacks.
const ARCHIVES: &[&str] = &[
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tar.zst",
];
/// Names of files that are private.
const PRIVATE: &[&str] = &[
    ".env",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    "credentials.json",
    ".dockerconfigjson",
    "kubeconfig",
];

/// Files that are taken from the context.
fn sources(one: &Instruction) -> &[Word] {
    if one.flag("from").is_some() {
        return &[];
    }
    one.words.split_last().map_or(&[], |(_, sources)| sources)
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

pub(super) fn add_address(file: &Dockerfile, hits: &mut Hits) {
    for one in file
        .each("ADD")
        .filter(|one| one.flag("checksum").is_none())
    {
        let git = |word: &&Word| !word.text.contains(".git");
        for word in sources(one)
            .iter()
            .filter(|word| is_address(&word.text))
            .filter(git)
        {
            let message = format!(
                "what `{}` sends is taken without a checksum",
                name(&word.text)
            );
            hits.at(word.place, message);
        }
    }
}

pub(super) fn add_file(file: &Dockerfile, hits: &mut Hits) {
    for one in file.each("ADD") {
        let local = |word: &&Word| {
            !word.text.contains("://")
                && !word.text.starts_with("git@")
                && !word.text.starts_with("<<")
                && !ARCHIVES.iter().any(|end| word.text.ends_with(end))
        };
        if sources(one).iter().any(|word| local(&word)) {
            hits.at(one.place, "`ADD` unpacks and downloads; `COPY` only copies");
        }
    }
}

pub(super) fn whole_context(file: &Dockerfile, hits: &mut Hits) {
    if file.has_ignore {
        return;
    }
    for name in ["COPY", "ADD"] {
        for word in file.each(name).flat_map(sources) {
            if matches!(word.text.as_str(), "." | "./" | "*" | "./*" | "/") {
                hits.at(
                    word.place,
                    "all of the folder goes into the image: history, settings, secrets",
                );
            }
        }
    }
}

pub(super) fn private_file(file: &Dockerfile, hits: &mut Hits) {
    for kind in ["COPY", "ADD"] {
        for word in file.each(kind).flat_map(sources) {
            let file = word.text.rsplit('/').next().unwrap_or_default();
            let key = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore"];
            if PRIVATE.contains(&file) || key.iter().any(|end| file.ends_with(end)) {
                hits.at(
                    word.place,
                    format!(
                        "`{}` is private, and is in the image for everybody to read",
                        name(file)
                    ),
                );
            }
        }
    }
}
