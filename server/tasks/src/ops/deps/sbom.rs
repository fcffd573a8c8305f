//! The list of what the project is made of: CycloneDX 1.5 as JSON (<https://cyclonedx.org/docs/1.5/json/>). The same
//! input gives the same bytes: no serial number, no time.

use super::licences::is_expression;
use super::package::{Ecosystem, Hash, Package};
use packageurl::PackageUrl;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The project itself in the graph.
const PROJECT: &str = "project";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a> {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: Vec<Component<'a>>,
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Serialize)]
struct Metadata {
    tools: Tools,
    component: Root,
}

#[derive(Serialize)]
struct Tools {
    components: [Tool; 1],
}

#[derive(Serialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Root {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
struct Component<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    name: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Sum<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Choice<'a>>,
    purl: &'a str,
}

#[derive(Serialize)]
struct Sum<'a> {
    alg: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Choice<'a> {
    Expression(&'a str),
    License { name: &'a str },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    depends_on: &'a BTreeSet<&'a str>,
}

/// A package of several lockfiles is one component.
#[derive(Default)]
struct Part<'a> {
    package: Option<&'a Package>,
    licence: Option<&'a str>,
    hashes: BTreeSet<&'a Hash>,
    needs: BTreeSet<&'a str>,
}

/// Writes the document, for packages by lockfile and their licences.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write<'a>(
    locks: &[&'a [Package]],
    licences: &dyn Fn(&Package) -> Option<&'a str>,
    into: &mut dyn Write,
) -> io::Result<()> {
    let addresses: Vec<Vec<String>> = locks
        .iter()
        .map(|packages| packages.iter().map(purl).collect())
        .collect();
    let mut parts: BTreeMap<&str, Part<'_>> = BTreeMap::new();
    let mut direct = BTreeSet::new();
    for (packages, addresses) in locks.iter().zip(&addresses) {
        for (package, address) in packages.iter().zip(addresses) {
            let part = parts.entry(address).or_default();
            part.package.get_or_insert(package);
            part.licence = part.licence.or_else(|| licences(package));
            part.hashes.extend(&package.hashes);
            let needs = package.needs.iter().filter_map(|need| addresses.get(*need));
            let others = needs.filter(|need| *need != address);
            part.needs.extend(others.map(String::as_str));
            if package.direct == Some(true) {
                direct.insert(address.as_str());
            }
        }
    }
    let bom = Bom {
        bom_format: "CycloneDX",
        spec_version: "1.5",
        version: 1,
        metadata: metadata(),
        components: parts.iter().filter_map(component).collect(),
        dependencies: dependencies(&direct, &parts),
    };
    serde_json::to_writer_pretty(&mut *into, &bom)?;
    into.write_all(b"\n")
}

fn metadata() -> Metadata {
    Metadata {
        tools: Tools {
            components: [Tool {
                kind: "application",
                name: "offshoot",
                version: env!("CARGO_PKG_VERSION"),
            }],
        },
        component: Root {
            kind: "application",
            reference: PROJECT,
            name: PROJECT,
        },
    }
}

fn component<'a>((address, part): (&&'a str, &Part<'a>)) -> Option<Component<'a>> {
    let package = part.package?;
    let (group, name) = split(package);
    let licence = part.licence.map(|text| {
        if is_expression(text) {
            Choice::Expression(text)
        } else {
            Choice::License { name: text }
        }
    });
    Some(Component {
        kind: "library",
        reference: address,
        group,
        name,
        version: &package.version,
        hashes: sums(&part.hashes),
        licenses: licence.into_iter().collect(),
        purl: address,
    })
}

/// Of packages that come as several files, which file is meant is not known: then there is no sum.
fn sums<'a>(hashes: &BTreeSet<&'a Hash>) -> Vec<Sum<'a>> {
    let alone = |hash: &&&Hash| {
        let same = hashes
            .iter()
            .filter(|other| other.algorithm == hash.algorithm);
        same.count() == 1
    };
    let sum = |hash: &&'a Hash| Sum {
        alg: hash.algorithm,
        content: &hash.hex,
    };
    hashes.iter().filter(alone).map(sum).collect()
}

fn dependencies<'a>(
    direct: &'a BTreeSet<&'a str>,
    parts: &'a BTreeMap<&'a str, Part<'a>>,
) -> Vec<Dependency<'a>> {
    let project = Dependency {
        reference: PROJECT,
        depends_on: direct,
    };
    let others = parts.iter().map(|(address, part)| Dependency {
        reference: address,
        depends_on: &part.needs,
    });
    std::iter::once(project).chain(others).collect()
}

/// Group and name, as each ecosystem has them.
fn split(package: &Package) -> (Option<&str>, &str) {
    let name = package.name.as_str();
    let parts = match package.ecosystem {
        Ecosystem::Maven => name.split_once(':'),
        Ecosystem::Npm if name.starts_with('@') => name.split_once('/'),
        Ecosystem::Go => name.rsplit_once('/'),
        _ => None,
    };
    parts.map_or((None, name), |(group, name)| (Some(group), name))
}

/// The address of a package (<https://github.com/package-url/purl-spec>).
pub(crate) fn purl(package: &Package) -> String {
    let kind = match package.ecosystem {
        Ecosystem::Crates => "cargo",
        Ecosystem::Npm => "npm",
        Ecosystem::PyPi => "pypi",
        Ecosystem::Go => "golang",
        Ecosystem::Maven => "maven",
        Ecosystem::RubyGems => "gem",
    };
    let (group, name) = split(package);
    let address = PackageUrl::new(kind, name).and_then(|mut address| {
        if let Some(group) = group {
            address.with_namespace(group)?;
        }
        let version = match package.ecosystem {
            Ecosystem::Go => format!("v{}", package.version),
            _ => package.version.clone(),
        };
        address.with_version(version)?;
        Ok(address.to_string())
    });
    address.unwrap_or_else(|_| format!("pkg:{kind}/{}@{}", package.name, package.version))
}

#[cfg(test)]
mod tests;
