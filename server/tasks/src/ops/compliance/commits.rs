//! What the rules about files that should not be committed look for.

use super::super::check::{Hits, name, pattern};
use super::repository::{Repository, base, is_ours, place};
use globset::GlobBuilder;
use regex::Regex;
use std::sync::LazyLock;

/// Endings of settings files that are only samples.
const SAMPLES: &[&str] = &[
    "example", "sample", "template", "dist", "defaults", "test", "schema", "vault", "enc",
];

pub(super) fn environment(repository: &Repository, hits: &mut Hits) {
    for path in &repository.files {
        let file = base(path);
        let rest = match file.strip_prefix(".env") {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => rest,
            _ => continue,
        };
        let sample = rest.split('.').any(|part| SAMPLES.contains(&part));
        if !sample && is_ours(path) {
            hits.in_file(
                path,
                None,
                "settings of one machine, and mostly its secrets, are committed or would be",
            );
        }
    }
}

pub(super) fn keys(repository: &Repository, hits: &mut Hits) {
    const NAMES: [&str; 5] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "kubeconfig"];
    const STORES: [&str; 6] = [".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];
    static ARMOR: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"));
    for path in repository.files.iter().filter(|path| is_ours(path)) {
        let file = base(path).to_ascii_lowercase();
        let store = NAMES.contains(&file.as_str()) || STORES.iter().any(|end| file.ends_with(end));
        let text = repository.text(path);
        let line = text.lines().zip(1..).find(|(line, _)| ARMOR.is_match(line));
        if let Some((line, number)) = line {
            let at = place(number, line, line.trim());
            hits.in_file(path, Some(at), "a private key is committed, or would be");
        } else if store {
            hits.in_file(
                path,
                None,
                "a private key or a store of them is committed, or would be",
            );
        }
    }
}

pub(super) fn large(repository: &Repository, hits: &mut Hits) {
    for (path, bytes) in &repository.large {
        let lock = path.ends_with(".lock") || path.ends_with("-lock.json");
        if !lock {
            hits.in_file(
                path,
                None,
                format!("{} MiB, which every clone has for ever", bytes >> 20),
            );
        }
    }
}

pub(super) fn products(repository: &Repository, hits: &mut Hits) {
    const FOLDERS: [&str; 8] = [
        "node_modules/",
        "__pycache__/",
        ".venv/",
        ".tox/",
        ".gradle/",
        ".terraform/",
        ".next/",
        ".pytest_cache/",
    ];
    const ENDS: [&str; 6] = [".pyc", ".class", ".o", ".obj", ".dll", ".exe"];
    let mut seen: Vec<&str> = Vec::new();
    for path in &repository.files {
        let folder = FOLDERS.iter().find_map(|folder| {
            let at = path.find(folder)?;
            let whole = at == 0 || path[..at].ends_with('/');
            whole.then(|| &path[..at + folder.len()])
        });
        match folder {
            // One finding for a folder, whatever it holds.
            Some(folder) if seen.contains(&folder) => {}
            Some(folder) => {
                seen.push(folder);
                hits.in_file(
                    path,
                    None,
                    format!("`{}` is made by a program from other files", name(folder)),
                );
            }
            None if ENDS.iter().any(|end| path.ends_with(end)) && is_ours(path) => {
                hits.in_file(path, None, "it is made by a program from other files");
            }
            None => {}
        }
    }
}

pub(super) fn data(repository: &Repository, hits: &mut Hits) {
    const ENDS: [&str; 9] = [
        ".sqlite", ".sqlite3", ".db", ".mdb", ".dump", ".sql.gz", ".bak", ".rdb", ".pgdump",
    ];
    for path in repository.files.iter().filter(|path| is_ours(path)) {
        let lower = path.to_ascii_lowercase();
        if ENDS.iter().any(|end| lower.ends_with(end)) {
            hits.in_file(
                path,
                None,
                "a database, or a copy of one: it may hold data of people",
            );
        }
    }
}

pub(super) fn logs(repository: &Repository, hits: &mut Hits) {
    for path in repository.files.iter().filter(|path| is_ours(path)) {
        let lower = path.to_ascii_lowercase();
        if lower.ends_with(".log") || lower.ends_with(".har") || lower.ends_with(".pcap") {
            hits.in_file(
                path,
                None,
                "a record of what happened on a machine: it may hold data of people",
            );
        }
    }
}

pub(super) fn of_systems(repository: &Repository, hits: &mut Hits) {
    for path in &repository.files {
        if matches!(base(path), ".DS_Store" | "Thumbs.db" | "desktop.ini") {
            hits.in_file(path, None, "a file that a desktop left");
        }
    }
}

pub(super) fn not_ignored(repository: &Repository, hits: &mut Hits) {
    let Some(text) = repository.texts.get(".gitignore") else {
        return hits
            .whole("there is no .gitignore: `.env` and what programs leave would be committed");
    };
    let mut ignored = false;
    for line in text.lines().map(str::trim) {
        let (negative, plain) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let plain = plain.trim_start_matches('/').trim_start_matches("**/");
        let glob = GlobBuilder::new(plain).literal_separator(true).build();
        if !plain.is_empty() && glob.is_ok_and(|glob| glob.compile_matcher().is_match(".env")) {
            ignored = !negative;
        }
    }
    if !ignored {
        hits.in_file(
            ".gitignore",
            None,
            "`.env` is not in it, so the secrets of a machine would be committed",
        );
    }
}

pub(super) fn plain_submodules(repository: &Repository, hits: &mut Hits) {
    let Some(text) = repository.texts.get(".gitmodules") else {
        return hits.not_applicable();
    };
    for (line, number) in text.lines().zip(1..) {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim();
        let plain = value.starts_with("http://") || value.starts_with("git://");
        if key.trim() == "url" && plain {
            hits.in_file(
                ".gitmodules",
                Some(place(number, line, value)),
                "this address is not encrypted",
            );
        }
    }
}
