//! Packages of Maven: their `pom.xml` in its repository on this machine, or that of a parent, names the licence.

use super::reader::{Told, read};
use crate::ops::deps::find::pom_in_repository;
use crate::ops::deps::package::Package;
use roxmltree::{Document, Node};
use std::path::Path;

/// Parents of parents.
const DEEPEST: usize = 10;

pub(super) fn told(package: &Package, repository: Option<&Path>) -> Told {
    let (Some(repository), Some((group, artifact))) = (repository, package.name.split_once(':'))
    else {
        return Told::NotHere;
    };
    let mut wanted = (
        group.to_owned(),
        artifact.to_owned(),
        package.version.clone(),
    );
    for depth in 0..DEEPEST {
        let path = pom_in_repository(&wanted.0, &wanted.1, &wanted.2);
        let text = path.and_then(|path| read(&repository.join(path)));
        let Some(text) = text else {
            return if depth == 0 {
                Told::NotHere
            } else {
                Told::Nothing
            };
        };
        let Ok(document) = Document::parse(&text) else {
            return Told::Nothing;
        };
        let project = document.root_element();
        if let Some(licences) = child(project, "licenses") {
            return Told::of(named(licences));
        }
        let parent = child(project, "parent").and_then(|parent| {
            let field = |name: &str| text_of(parent, name);
            Some((field("groupId")?, field("artifactId")?, field("version")?))
        });
        match parent {
            Some(parent) => wanted = parent,
            None => return Told::Nothing,
        }
    }
    Told::Nothing
}

/// Of several one may be chosen.
fn named(licences: Node<'_, '_>) -> Option<String> {
    let all = licences
        .children()
        .filter(|node| node.is_element() && node.tag_name().name() == "license");
    let names: Vec<String> = all
        .take(10)
        .filter_map(|licence| {
            let name = text_of(licence, "name");
            let url = text_of(licence, "url").unwrap_or_default();
            spdx_of(name.as_deref().unwrap_or_default(), &url).or(name)
        })
        .collect();
    (!names.is_empty()).then(|| names.join(" OR "))
}

/// The name in SPDX: people write the name of a licence in many ways, and its address in few.
fn spdx_of(name: &str, url: &str) -> Option<String> {
    if let Some(id) = spdx::license_id(name) {
        return Some(id.name.to_owned());
    }
    if let Some((id, length)) = spdx::imprecise_license_id(name)
        && length == name.len()
    {
        return Some(id.name.to_owned());
    }
    let url = url.trim_end_matches('/').to_ascii_lowercase();
    let url = url.trim_end_matches(".txt").trim_end_matches(".html");
    let known = [
        ("apache.org/licenses/license-2.0", "Apache-2.0"),
        ("opensource.org/licenses/mit", "MIT"),
        ("opensource.org/licenses/mit-license", "MIT"),
        ("opensource.org/licenses/mit-license.php", "MIT"),
        ("opensource.org/license/mit", "MIT"),
        ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
        ("eclipse.org/legal/epl-v20", "EPL-2.0"),
        ("eclipse.org/legal/epl-v10", "EPL-1.0"),
        ("mozilla.org/mpl/2.0", "MPL-2.0"),
        ("mozilla.org/en-us/mpl/2.0", "MPL-2.0"),
        ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
        ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ];
    let found = known.iter().find(|(end, _)| url.ends_with(end));
    found.map(|(_, id)| (*id).to_owned())
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
