//! `pom.xml`: direct dependencies, by the names of their artifacts.

use super::Said;
use roxmltree::{Document, Node};

pub(super) fn read(text: &str) -> Option<Said> {
    let document = Document::parse(text).ok()?;
    let project = document.root_element();
    if project.tag_name().name() != "project" {
        return None;
    }
    let mut said = Said::default();
    let group = value(project, "groupId").or_else(|| value(child(project, "parent")?, "groupId"));
    said.own.extend(value(project, "artifactId"));
    let managed = child(project, "dependencyManagement");
    for holder in [Some(project), managed].into_iter().flatten() {
        let list = child(holder, "dependencies");
        for dependency in list
            .into_iter()
            .flat_map(|list| list.children())
            .filter(Node::is_element)
        {
            let Some(name) = value(dependency, "artifactId").filter(|name| !name.contains("${"))
            else {
                continue;
            };
            let of = value(dependency, "groupId");
            let own = of.as_deref() == Some("${project.groupId}") || (of.is_some() && of == group);
            let tool = value(dependency, "scope").as_deref() == Some("test");
            if own {
                said.own.push(name);
            } else {
                said.uses.push((name, tool));
            }
        }
    }
    Some(said)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.tag_name().name() == name)
}

fn value(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = child(node, name)?.text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
