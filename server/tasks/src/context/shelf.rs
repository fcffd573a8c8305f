//! What the knowledge base holds: the files of its entries, and what index and `meta.yaml` know of them. The files
//! are the truth; the index is made from them whenever something changes.

use super::entry::Entry;
use super::{names, stamp, yaml};
use jiff::Timestamp;
use serde_yaml::{Mapping, Value};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Entries of one library, and libraries: beyond that somebody else lives there.
const MOST: usize = 10_000;
/// What of an entry's file is read to know it.
const HEAD: u64 = 4096;

/// A library that is held.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Library {
    /// As it is shown.
    pub(crate) name: String,
    /// Its folder below `libraries`.
    pub(crate) folder: PathBuf,
    pub(crate) id: Option<String>,
    pub(crate) hits: u64,
    /// When anything of it was used.
    pub(crate) accessed: Option<Timestamp>,
    /// Sorted by their names.
    pub(crate) topics: Vec<Topic>,
    /// `meta.yaml` as it was.
    pub(crate) meta: Mapping,
}

/// A topic of a library that is held.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Topic {
    pub(crate) name: String,
    /// Its file, from the folder of the knowledge base.
    pub(crate) file: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) tokens: u64,
    pub(crate) trust: Option<f64>,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) accessed: Option<Timestamp>,
}

impl Library {
    pub(crate) fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.name == name)
    }

    /// When it was fetched: the oldest of its topics; none where one of them does not say.
    pub(crate) fn updated(&self) -> Option<Timestamp> {
        let times: Option<Vec<Timestamp>> = self.topics.iter().map(|topic| topic.updated).collect();
        times?.into_iter().min()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.topics.iter().map(|topic| topic.bytes).sum()
    }

    pub(crate) fn tokens(&self) -> u64 {
        self.topics.iter().map(|topic| topic.tokens).sum()
    }
}

/// All libraries, sorted by their folders.
pub(crate) fn read(root: &Path) -> Vec<Library> {
    let index = Index::read(root);
    let mut found = Vec::new();
    for folder in folders(&root.join("libraries")) {
        let library = of_folder(root, &folder, &index);
        found.extend(library.filter(|library| !library.topics.is_empty()));
    }
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    found
}

/// One library, where it is held.
pub(crate) fn read_one(root: &Path, folder: &Path) -> Option<Library> {
    of_folder(root, folder, &Index::read(root))
}

/// One library as index and files have it.
pub(crate) fn of_folder(root: &Path, folder: &Path, index: &Index) -> Option<Library> {
    let place = Path::new("libraries").join(folder);
    let meta = yaml::read(&root.join(&place).join("meta.yaml")).unwrap_or_default();
    let mut files = Vec::new();
    markdown(&root.join(&place), Path::new(""), 0, &mut files);
    let known = index.topics(folder);
    let mut topics: Vec<Topic> = Vec::new();
    for file in files {
        if let Some(name) = names::of_path(&file.with_extension("")) {
            topics.extend(topic(root, place.join(&file), name, &known));
        }
    }
    topics.sort_by(|a, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
    topics.dedup_by(|next, before| next.name == before.name);
    let name =
        yaml::text(&meta, "library").filter(|name| names::folder(name).as_deref() == Ok(folder));
    let name = name
        .or_else(|| index.name(folder))
        .or_else(|| names::of_path(folder))?;
    let time = |key: &str| yaml::text(&meta, key).and_then(|text| stamp::parse(&text));
    Some(Library {
        id: yaml::text(&meta, "context7_id").or_else(|| index.id(folder)),
        hits: yaml::number(&meta, "cache_hits"),
        accessed: time("last_accessed"),
        name,
        folder: folder.to_owned(),
        topics,
        meta,
    })
}

fn topic(
    root: &Path,
    file: PathBuf,
    name: String,
    known: &BTreeMap<String, Mapping>,
) -> Option<Topic> {
    let path = root.join(&file);
    let open = File::open(path).ok()?;
    let bytes = open.metadata().ok()?.len();
    let mut head = Vec::new();
    open.take(HEAD).read_to_end(&mut head).ok()?;
    let head = Entry::of_head(&String::from_utf8_lossy(&head));
    let noted = known.get(&name);
    let time = |key: &str| stamp::parse(&yaml::text(noted?, key)?);
    Some(Topic {
        updated: head.updated.or_else(|| time("cached_at")),
        accessed: time("last_accessed"),
        tokens: head.tokens,
        trust: head.trust,
        bytes,
        name,
        file,
    })
}

/// Folders of libraries: one level, and a second one below scopes. Links are not followed.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in children(root, true) {
        if name.starts_with('@') {
            let below = children(&root.join(&name), true);
            found.extend(below.iter().map(|inner| Path::new(&name).join(inner)));
        }
        found.push(PathBuf::from(name));
    }
    found
}

/// Entries of a library. Others make folders of topics with a slash in them.
fn markdown(folder: &Path, below: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let here = folder.join(below);
    for name in children(&here, false) {
        if name.ends_with(".md") && found.len() < MOST {
            found.push(below.join(name));
        }
    }
    // The folders of a scope are libraries of their own.
    let scope = depth == 0
        && folder
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('@'));
    if depth < 3 && !scope {
        for name in children(&here, true) {
            markdown(folder, &below.join(name), depth + 1, found);
        }
    }
}

/// Names of folders or files in a folder that are text and not hidden, sorted.
fn children(folder: &Path, folders: bool) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(MOST);
    let wanted = entries.filter(|entry| {
        entry.file_type().is_ok_and(|kind| {
            if folders {
                kind.is_dir()
            } else {
                kind.is_file()
            }
        })
    });
    let mut names: Vec<String> = wanted
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// `index.yaml`.
#[derive(Debug, Default)]
pub(crate) struct Index {
    whole: Mapping,
    /// By the libraries' folders; two spellings of one are one.
    libraries: BTreeMap<PathBuf, Vec<(String, Mapping)>>,
}

impl Index {
    /// What is in the file; nothing where it is damaged or missing.
    pub(crate) fn read(root: &Path) -> Self {
        let whole = yaml::read(&root.join("index.yaml")).unwrap_or_default();
        let mut libraries: BTreeMap<PathBuf, Vec<(String, Mapping)>> = BTreeMap::new();
        let listed = whole.get("libraries").and_then(Value::as_mapping);
        for (name, value) in listed.into_iter().flatten() {
            let (Some(name), Some(value)) = (name.as_str(), value.as_mapping()) else {
                continue;
            };
            if let Ok(folder) = names::folder(name) {
                libraries
                    .entry(folder)
                    .or_default()
                    .push((name.to_owned(), value.clone()));
            }
        }
        Self { whole, libraries }
    }

    fn spellings(&self, folder: &Path) -> &[(String, Mapping)] {
        self.libraries.get(folder).map_or(&[], Vec::as_slice)
    }

    fn name(&self, folder: &Path) -> Option<String> {
        self.spellings(folder).first().map(|(name, _)| name.clone())
    }

    fn id(&self, folder: &Path) -> Option<String> {
        self.spellings(folder)
            .iter()
            .find_map(|(_, value)| yaml::text(value, "context7_id"))
    }

    /// What is noted of the topics of a library.
    fn topics(&self, folder: &Path) -> BTreeMap<String, Mapping> {
        let all = self.spellings(folder).iter();
        let topics = all
            .filter_map(|(_, value)| value.get("topics")?.as_mapping())
            .flatten();
        let named = topics.filter_map(|(name, value)| {
            Some((
                name.as_str()?.to_owned(),
                value.as_mapping().cloned().unwrap_or_default(),
            ))
        });
        named.collect()
    }

    /// How many entries it lists.
    pub(crate) fn entries(&self) -> usize {
        self.libraries
            .keys()
            .map(|folder| self.topics(folder).len())
            .sum()
    }

    /// The index of what is held; what others noted stays.
    pub(crate) fn of(&self, held: &[Library], now: Timestamp) -> Mapping {
        let mut libraries = Mapping::new();
        for library in held {
            let noted = self.topics(&library.folder);
            let mut entry = Mapping::new();
            entry.insert("context7_id".into(), or_null(library.id.clone()));
            entry.insert("topics".into(), Value::Mapping(topics(library, &noted)));
            for (_, other) in self.spellings(&library.folder) {
                keep(&mut entry, other);
            }
            libraries.insert(library.name.clone().into(), Value::Mapping(entry));
        }
        let total: usize = held.iter().map(|library| library.topics.len()).sum();
        let mut whole = Mapping::new();
        whole.insert("version".into(), "1.0".into());
        whole.insert("last_updated".into(), stamp::text(now).into());
        whole.insert("total_entries".into(), total.into());
        whole.insert("libraries".into(), Value::Mapping(libraries));
        keep(&mut whole, &self.whole);
        whole
    }
}

fn topics(library: &Library, noted: &BTreeMap<String, Mapping>) -> Mapping {
    let of = |topic: &Topic| {
        let mut entry = Mapping::new();
        let mut time = |key: &str, at: Option<Timestamp>| {
            if let Some(at) = at {
                entry.insert(key.into(), stamp::text(at).into());
            }
        };
        time("cached_at", topic.updated);
        time("last_accessed", topic.accessed);
        if let Some(other) = noted.get(&topic.name) {
            keep(&mut entry, other);
        }
        (Value::from(topic.name.clone()), Value::Mapping(entry))
    };
    library.topics.iter().map(of).collect()
}

fn or_null(value: Option<impl Into<Value>>) -> Value {
    value.map_or(Value::Null, Into::into)
}

/// Adds what is in `other` and not here.
pub(crate) fn keep(mapping: &mut Mapping, other: &Mapping) {
    for (key, value) in other {
        if !mapping.contains_key(key) {
            mapping.insert(key.clone(), value.clone());
        }
    }
}

/// `meta.yaml` of a library. Readers there refuse a field that they do not know: none is added.
pub(crate) fn meta(library: &Library) -> Mapping {
    let time = |at: Option<Timestamp>| or_null(at.map(stamp::text));
    let topics = library.topics.iter();
    let trust = topics
        .clone()
        .filter_map(|topic| topic.trust)
        .reduce(f64::max);
    let updated = topics.clone().filter_map(|topic| topic.updated).max();
    let names = topics
        .map(|topic| Value::from(topic.name.clone()))
        .collect();
    let fields = [
        ("library", Value::from(library.name.clone())),
        ("context7_id", or_null(library.id.clone())),
        ("trust_score", or_null(trust)),
        ("topics", Value::Sequence(names)),
        ("total_docs", Value::from(library.topics.len())),
        ("total_size_bytes", Value::from(library.bytes())),
        ("total_tokens", Value::from(library.tokens())),
        ("last_updated", time(updated)),
        ("last_accessed", time(library.accessed)),
        ("cache_hits", Value::from(library.hits)),
    ];
    let mut mapping: Mapping = fields
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect();
    keep(&mut mapping, &library.meta);
    mapping
}
