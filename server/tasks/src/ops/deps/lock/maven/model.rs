//! What a `pom.xml` comes to with its parents and the lists of versions that it imports.

use super::super::Beside;
use super::{child, children, document, elements, text};
use roxmltree::Node;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

/// Properties inside of properties, parents of parents, imports of imports.
const DEEPEST: usize = 10;
/// Files that are read for one.
const MOST_FILES: usize = 200;
/// Characters of a value.
const LONGEST: usize = 1000;

/// Properties and versions, and the names of what could not be found.
#[derive(Debug, Default)]
pub(super) struct Effective {
    properties: HashMap<String, String>,
    /// Versions by `group:artifact`.
    pub(super) managed: HashMap<String, String>,
    /// Parents and imported lists, as `group:artifact`.
    pub(super) missing: BTreeSet<String>,
}

impl Effective {
    /// With properties put in; what is not known stays as it is.
    pub(super) fn filled(&self, text: &str) -> String {
        filled(&self.properties, text, 0)
    }
}

fn filled(properties: &HashMap<String, String>, text: &str, depth: usize) -> String {
    let mut filled_in = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled_in.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            filled_in.push_str("${");
            continue;
        };
        match properties.get(name) {
            Some(value) if depth < DEEPEST && filled_in.len() < LONGEST => {
                filled_in.push_str(&filled(properties, value, depth + 1));
            }
            _ => filled_in.push_str(&format!("${{{name}}}")),
        }
        rest = after;
    }
    filled_in.push_str(rest);
    filled_in
}

/// A file and its parents, before properties are put in: a child's properties count in what it has from a parent.
#[derive(Debug, Default)]
struct Raw {
    properties: HashMap<String, String>,
    /// Those of the farthest parent come first.
    managed: Vec<Managed>,
    missing: BTreeSet<String>,
}

/// A version of `dependencyManagement`.
#[derive(Debug)]
struct Managed {
    group: String,
    artifact: String,
    version: String,
    /// Whether it stands for all versions in another file.
    import: bool,
}

/// Where a file lies: relative to the one that was asked for, or in Maven's repository.
#[derive(Debug, Clone)]
enum Place {
    Project(String),
    Repository,
}

/// The files that can be had.
pub(super) struct Poms<'a> {
    beside: &'a dyn Beside,
    read: Cell<usize>,
}

impl<'a> Poms<'a> {
    pub(super) fn new(beside: &'a dyn Beside) -> Self {
        let read = Cell::new(0);
        Self { beside, read }
    }

    /// What the file that was asked for comes to.
    pub(super) fn effective(&self, project: Node<'_, '_>) -> Effective {
        let raw = self.raw(project, &Place::Project(String::new()), 0);
        self.settled(raw, 0)
    }

    fn raw(&self, project: Node<'_, '_>, place: &Place, depth: usize) -> Raw {
        let mut raw = child(project, "parent")
            .map(|parent| self.parent(parent, place, depth))
            .unwrap_or_default();
        raw.properties.extend(properties(project));
        if let Some(management) = child(project, "dependencyManagement") {
            let own = children(management, "dependencies");
            raw.managed.extend(own.into_iter().filter_map(managed));
        }
        raw
    }

    /// The parent, where it can be had: by its path, else by its name.
    fn parent(&self, node: Node<'_, '_>, place: &Place, depth: usize) -> Raw {
        let coordinates = || Some((text(node, "groupId")?, text(node, "artifactId")?));
        let Some((group, artifact)) = coordinates().filter(|_| depth < DEEPEST) else {
            return Raw::default();
        };
        let version = text(node, "version").unwrap_or_default();
        if let Place::Project(folder) = place
            && let Some(path) = parents_path(node, folder)
            && let Some(file) = self.read(|beside| beside.file(&path))
            && let Ok(document) = document(&file)
            && text(document.root_element(), "artifactId") == Some(artifact)
        {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let place = Place::Project(folder.to_owned());
            return self.raw(document.root_element(), &place, depth + 1);
        }
        if let Some(file) = self.read(|beside| beside.pom(group, artifact, version))
            && let Ok(document) = document(&file)
        {
            return self.raw(document.root_element(), &Place::Repository, depth + 1);
        }
        Raw {
            missing: BTreeSet::from([format!("{group}:{artifact}")]),
            ..Raw::default()
        }
    }

    fn read(&self, read: impl FnOnce(&dyn Beside) -> Option<String>) -> Option<String> {
        let so_far = self.read.get();
        self.read.set(so_far + 1);
        (so_far < MOST_FILES).then(|| read(self.beside))?
    }

    /// Puts properties in. What is written out counts before what is imported, the nearest before the farthest.
    fn settled(&self, raw: Raw, depth: usize) -> Effective {
        let mut effective = Effective {
            properties: raw.properties,
            managed: HashMap::new(),
            missing: raw.missing,
        };
        let mut imports = Vec::new();
        for managed in raw.managed {
            let group = effective.filled(&managed.group);
            let artifact = effective.filled(&managed.artifact);
            let version = effective.filled(&managed.version);
            if managed.import {
                imports.push((group, artifact, version));
            } else {
                let name = format!("{group}:{artifact}");
                effective.managed.insert(name, version);
            }
        }
        for (group, artifact, version) in imports.into_iter().rev() {
            let known = (depth < DEEPEST)
                .then(|| self.read(|beside| beside.pom(&group, &artifact, &version)))
                .flatten();
            let document = known.as_deref().and_then(|file| document(file).ok());
            let Some(document) = document else {
                effective.missing.insert(format!("{group}:{artifact}"));
                continue;
            };
            let raw = self.raw(document.root_element(), &Place::Repository, 0);
            let imported = self.settled(raw, depth + 1);
            for (name, version) in imported.managed {
                effective.managed.entry(name).or_insert(version);
            }
            effective.missing.extend(imported.missing);
        }
        effective
    }
}

/// Where the parent lies, relative to the file that was asked for; none where it says that it lies nowhere.
fn parents_path(parent: Node<'_, '_>, folder: &str) -> Option<String> {
    let written = match child(parent, "relativePath") {
        None => "../pom.xml",
        Some(node) => node.text().map(str::trim).filter(|path| !path.is_empty())?,
    };
    let path = match folder {
        "" => written.to_owned(),
        folder => format!("{folder}/{written}"),
    };
    // A folder stands for the file in it.
    let is_file = path.ends_with(".xml") || path.ends_with(".pom");
    Some(if is_file {
        path
    } else {
        format!("{path}/pom.xml")
    })
}

fn managed(node: Node<'_, '_>) -> Option<Managed> {
    let own = |name: &str| text(node, name).map(str::to_owned);
    Some(Managed {
        group: own("groupId")?,
        artifact: own("artifactId")?,
        version: own("version")?,
        import: text(node, "scope") == Some("import"),
    })
}

/// `properties`, and what Maven itself says of the project and of its parent.
fn properties(project: Node<'_, '_>) -> HashMap<String, String> {
    let value = |node: Node<'_, '_>| node.text().unwrap_or_default().trim().to_owned();
    let own = child(project, "properties").into_iter().flat_map(elements);
    let mut all: HashMap<String, String> = own
        .map(|node| (node.tag_name().name().to_owned(), value(node)))
        .collect();
    let parent = child(project, "parent");
    for field in ["groupId", "artifactId", "version"] {
        let parents = parent.and_then(|parent| child(parent, field));
        if let Some(node) = parents {
            all.insert(format!("project.parent.{field}"), value(node));
        }
        if let Some(node) = child(project, field).or(parents) {
            all.insert(format!("project.{field}"), value(node));
            all.insert(format!("pom.{field}"), value(node));
        }
    }
    all
}
