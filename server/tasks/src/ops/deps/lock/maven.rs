//! `pom.xml`: no lockfile, but what there is. What the file alone does not tell (a parent's properties, an imported list of
//! versions, a range) is said and left out.

use crate::ops::deps::package::{Ecosystem, Parsed};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashMap;

/// Elements of a file.
const MOST_NODES: u32 = 500_000;
/// Properties inside of properties.
const DEEPEST: usize = 10;

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    let project = document.root_element();
    if project.tag_name().name() != "project" {
        return Err("it has no `project`".to_owned());
    }
    let pom = Pom {
        document: &document,
        properties: properties(project),
    };
    let mut parsed = Parsed::default();
    let managed = pom.managed(project, &mut parsed);
    let profiles = child(project, "profiles").into_iter().flat_map(elements);
    let mut places = vec![project];
    places.extend(profiles);
    for place in places {
        for dependency in children(place, "dependencies") {
            pom.dependency(dependency, &managed, &mut parsed);
        }
    }
    parsed.note(
        1,
        "a pom.xml does not name what its dependencies need: only they themselves are looked up",
    );
    Ok(parsed)
}

struct Pom<'a, 'input> {
    document: &'a Document<'input>,
    properties: HashMap<String, String>,
}

impl<'a, 'input> Pom<'a, 'input> {
    /// Versions of `dependencyManagement` by `group:artifact`.
    fn managed(&self, project: Node<'a, 'input>, parsed: &mut Parsed) -> HashMap<String, String> {
        let mut managed = HashMap::new();
        let Some(management) = child(project, "dependencyManagement") else {
            return managed;
        };
        for dependency in children(management, "dependencies") {
            let Some(name) = self.name(dependency) else {
                continue;
            };
            if self.text(dependency, "scope").as_deref() == Some("import") {
                let text =
                    format!("the versions in `{name}` are not in this file: they are not known");
                parsed.note(self.line(dependency), text);
            } else if let Some(version) = self.text(dependency, "version") {
                managed.insert(name, version);
            }
        }
        managed
    }

    fn dependency(
        &self,
        node: Node<'a, 'input>,
        managed: &HashMap<String, String>,
        parsed: &mut Parsed,
    ) {
        let line = self.line(node);
        let Some(name) = self.name(node) else {
            return parsed.note(line, "a dependency without a name that this file tells");
        };
        let version = self
            .text(node, "version")
            .or_else(|| managed.get(&name).cloned());
        let Some(version) = version else {
            let text = format!("the version of `{name}` is not in this file: it is not looked up");
            return parsed.note(line, text);
        };
        if version.contains("${") || version.starts_with(['[', '(']) || version.contains(',') {
            let text = format!(
                "`{name}` has the version `{version}`, which this file does not settle: it is not looked up"
            );
            return parsed.note(line, text);
        }
        let scope = self.text(node, "scope");
        if let Some(package) = parsed.add(Ecosystem::Maven, &name, &version, line) {
            package.direct = Some(true);
            package.development = scope.as_deref() == Some("test");
        }
    }

    fn name(&self, node: Node<'a, 'input>) -> Option<String> {
        let name = format!(
            "{}:{}",
            self.text(node, "groupId")?,
            self.text(node, "artifactId")?
        );
        (!name.contains("${")).then_some(name)
    }

    /// The text of a child with its properties put in.
    fn text(&self, node: Node<'a, 'input>, name: &str) -> Option<String> {
        let text = child(node, name)?.text()?.trim();
        (!text.is_empty()).then(|| self.filled(text, 0))
    }

    fn filled(&self, text: &str, depth: usize) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                filled.push_str("${");
                continue;
            };
            match self.properties.get(name) {
                Some(value) if depth < DEEPEST && filled.len() < 1000 => {
                    filled.push_str(&self.filled(value, depth + 1));
                }
                _ => filled.push_str(&format!("${{{name}}}")),
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn line(&self, node: Node<'a, 'input>) -> u32 {
        // Of the name, which is what people look for.
        let node = child(node, "artifactId").unwrap_or(node);
        self.document.text_pos_at(node.range().start).row
    }
}

/// `properties`, and what Maven itself says of the project and of its parent.
fn properties(project: Node<'_, '_>) -> HashMap<String, String> {
    let text = |node: Node<'_, '_>| node.text().unwrap_or_default().trim().to_owned();
    let own = child(project, "properties").into_iter().flat_map(elements);
    let mut all: HashMap<String, String> = own
        .map(|node| (node.tag_name().name().to_owned(), text(node)))
        .collect();
    let parent = child(project, "parent");
    for field in ["groupId", "artifactId", "version"] {
        let parents = parent.and_then(|parent| child(parent, field));
        if let Some(value) = parents {
            all.insert(format!("project.parent.{field}"), text(value));
        }
        if let Some(value) = child(project, field).or(parents) {
            all.insert(format!("project.{field}"), text(value));
            all.insert(format!("pom.{field}"), text(value));
        }
    }
    all
}

fn elements<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    elements(node).find(|child| child.tag_name().name() == name)
}

/// The elements below this child.
fn children<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Vec<Node<'a, 'input>> {
    child(node, name).into_iter().flat_map(elements).collect()
}
