//! `pom.xml`: no lockfile, but what there is. Parents and imported lists of versions are followed where they lie in the
//! project or in Maven's own repository on this machine; what is not settled by that is said and left out.

mod model;

use super::Beside;
use crate::ops::deps::package::{Ecosystem, Parsed};
use model::{Effective, Poms};
use roxmltree::{Document, Node, ParsingOptions};

/// Elements of a file.
const MOST_NODES: u32 = 500_000;

pub(super) fn parse(text: &str, beside: &dyn Beside) -> Result<Parsed, String> {
    let document = document(text)?;
    let project = document.root_element();
    if project.tag_name().name() != "project" {
        return Err("it has no `project`".to_owned());
    }
    let pom = Pom {
        document: &document,
        effective: Poms::new(beside).effective(project),
    };
    let mut parsed = Parsed::default();
    for missing in &pom.effective.missing {
        let text =
            format!("the versions in `{missing}` are not on this machine: they are not known");
        parsed.note(pom.line_of(project, missing), text);
    }
    let profiles = child(project, "profiles").into_iter().flat_map(elements);
    let mut places = vec![project];
    places.extend(profiles);
    for place in places {
        for dependency in children(place, "dependencies") {
            pom.dependency(dependency, &mut parsed);
        }
    }
    parsed.note(
        1,
        "a pom.xml does not name what its dependencies need: only they themselves are looked up",
    );
    Ok(parsed)
}

fn document(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

struct Pom<'a, 'input> {
    document: &'a Document<'input>,
    effective: Effective,
}

impl<'a, 'input> Pom<'a, 'input> {
    fn dependency(&self, node: Node<'a, 'input>, parsed: &mut Parsed) {
        let line = self.line(node);
        let Some(name) = self.name(node) else {
            return parsed.note(line, "a dependency without a name that can be settled");
        };
        let version = self
            .text(node, "version")
            .or_else(|| self.effective.managed.get(&name).cloned());
        let Some(version) = version else {
            let text = format!("the version of `{name}` is nowhere here: it is not looked up");
            return parsed.note(line, text);
        };
        if version.contains("${") || version.starts_with(['[', '(']) || version.contains(',') {
            let text = format!(
                "`{name}` has the version `{version}`, which nothing here settles: it is not looked up"
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
        text(node, name).map(|text| self.effective.filled(text))
    }

    fn line(&self, node: Node<'a, 'input>) -> u32 {
        // Of the name, which is what people look for.
        let node = child(node, "artifactId").unwrap_or(node);
        self.document.text_pos_at(node.range().start).row
    }

    /// Where a parent or a list of versions is named: the first line where it is another file that names it.
    fn line_of(&self, project: Node<'a, 'input>, name: &str) -> u32 {
        let management = child(project, "dependencyManagement").into_iter();
        let lists = management.flat_map(|management| children(management, "dependencies"));
        let named = child(project, "parent").into_iter().chain(lists);
        let mut found = named.filter(|node| self.name(*node).as_deref() == Some(name));
        found.next().map_or(1, |node| self.line(node))
    }
}

/// The text of a child; none where there is none.
fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?
        .text()
        .map(str::trim)
        .filter(|text| !text.is_empty())
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
