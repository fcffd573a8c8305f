//! From advisories and licences to findings: at the lockfile's line, with the place where people can do something.

use super::advisory::{Advisory, merged};
use super::find::Lock;
use super::licences::{Judgement, Policy, Unknown};
use super::manifest;
use super::package::{Ecosystem, Package};
use crate::ground::Ground;
use crate::input::{Input, read};
use artifact::{Finding, Related, Severity};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};

/// Manifests of an ecosystem that are looked at.
const MOST_MANIFESTS: usize = 500;

/// What is said about packages: lockfile, package, advisory.
pub(crate) type Hits = Vec<(usize, usize, Advisory)>;

/// Where in the project's manifests packages are asked for.
#[derive(Debug, Default)]
pub(crate) struct Manifests(HashMap<Ecosystem, Vec<Manifest>>);

/// Its path, and the names in it with their lines.
type Manifest = (PathBuf, HashMap<String, u32>);

impl Manifests {
    /// Reads those of the ecosystems that there are lockfiles of.
    pub(crate) fn read(ground: &dyn Ground, locks: &[Lock]) -> Self {
        let mut all = HashMap::new();
        let files = ground.files().unwrap_or_default();
        for lock in locks {
            let ecosystem = lock.kind.ecosystem();
            all.entry(ecosystem).or_insert_with(|| {
                let named = |path: &&PathBuf| {
                    path.file_name()
                        .is_some_and(|name| name == ecosystem.manifest())
                };
                let mut found: Vec<&PathBuf> = files.iter().filter(named).collect();
                // The nearest to the lockfile comes first.
                found.sort_by_key(|path| (path.components().count(), *path));
                found
                    .into_iter()
                    .take(MOST_MANIFESTS)
                    .map(|path| (path.clone(), asked(ecosystem, &ground.root().join(path))))
                    .collect()
            });
        }
        Self(all)
    }

    fn place(&self, package: &Package) -> Option<Related> {
        let folder = Path::new(&package.path).parent().unwrap_or(Path::new(""));
        let manifests = self.0.get(&package.ecosystem)?.iter();
        let mut below = manifests.filter(|(path, _)| path.starts_with(folder));
        let (path, line) =
            below.find_map(|(path, asked)| Some((path, asked.get(&package.name)?)))?;
        Some(Related {
            path: path.to_string_lossy().into_owned(),
            line: Some(*line),
            message: format!("`{}` is asked for here", package.name),
        })
    }
}

fn asked(ecosystem: Ecosystem, path: &Path) -> HashMap<String, u32> {
    let Input::Text(text) = read(path) else {
        return HashMap::new();
    };
    let mut asked = HashMap::new();
    for (name, line) in manifest::asked(ecosystem, &String::from_utf8_lossy(&text)) {
        asked.entry(name).or_insert(line);
    }
    asked
}

/// Of each package the one that the project asks for and that brings it along; itself where it is one.
fn brought_by(packages: &[Package]) -> Vec<Option<usize>> {
    let mut by = vec![None; packages.len()];
    let mut open: VecDeque<usize> = VecDeque::new();
    for (index, package) in packages.iter().enumerate() {
        if package.direct == Some(true)
            && let Some(by) = by.get_mut(index)
        {
            *by = Some(index);
            open.push_back(index);
        }
    }
    while let Some(from) = open.pop_front() {
        let root = by.get(from).copied().flatten();
        for need in packages.get(from).map_or(&[][..], |package| &package.needs) {
            if let Some(by @ None) = by.get_mut(*need) {
                *by = root;
                open.push_back(*need);
            }
        }
    }
    by
}

/// What advisories come to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The findings, the worst first.
    pub(crate) findings: Vec<Finding>,
    /// How many of each level.
    pub(crate) levels: BTreeMap<&'static str, usize>,
    /// Names that were asked to be left out, and were.
    pub(crate) ignored: Vec<String>,
}

/// Puts together what was said.
pub(crate) fn of_advisories(
    hits: &Hits,
    locks: &[Lock],
    manifests: &Manifests,
    ignore: &[String],
) -> Judged {
    let mut by_package: BTreeMap<(usize, usize), Vec<Advisory>> = BTreeMap::new();
    for (lock, package, advisory) in hits {
        let all = by_package.entry((*lock, *package)).or_default();
        all.push(advisory.clone());
    }
    let mut brought: HashMap<usize, Vec<Option<usize>>> = HashMap::new();
    let mut judged = Judged::default();
    for ((lock, index), advisories) in by_package {
        let packages = locks.get(lock).map_or(&[][..], Lock::packages);
        let Some(package) = packages.get(index) else {
            continue;
        };
        let brought = brought.entry(lock).or_insert_with(|| brought_by(packages));
        let root = brought.get(index).copied().flatten();
        let root = root.and_then(|root| packages.get(root));
        for advisory in merged(advisories) {
            let names = std::iter::once(&advisory.id).chain(&advisory.aliases);
            if let Some(name) = names.into_iter().find(|name| ignore.contains(name)) {
                judged.ignored.push(name.clone());
                continue;
            }
            *judged.levels.entry(advisory.level.name()).or_default() += 1;
            let related = root.and_then(|root| manifests.place(root));
            judged
                .findings
                .push(finding(package, &advisory, root, related));
        }
    }
    judged.ignored.sort();
    judged.ignored.dedup();
    judged.findings.sort_by_key(|finding| finding.severity);
    judged
}

fn finding(
    package: &Package,
    advisory: &Advisory,
    root: Option<&Package>,
    related: Option<Related>,
) -> Finding {
    let summary = match advisory.summary.trim() {
        "" => "an advisory without a summary",
        summary => summary,
    };
    let fixed = match &advisory.fixed {
        Some(fixed) => format!("fixed in {fixed}"),
        None => "no fixed version is known".to_owned(),
    };
    let brought = root.filter(|root| root.name != package.name);
    let mut other = serde_json::Map::new();
    let mut put = |name: &str, value: serde_json::Value| other.insert(name.to_owned(), value);
    put("package", package.name.clone().into());
    put("version", package.version.clone().into());
    put("ecosystem", package.ecosystem.name().into());
    put("level", advisory.level.name().into());
    put("told_by", advisory.sources.clone().into());
    if let Some(fixed) = &advisory.fixed {
        put("fixed_version", fixed.clone().into());
    }
    if let Some(score) = advisory.score {
        put("cvss", score.into());
    }
    if !advisory.aliases.is_empty() {
        put("aliases", advisory.aliases.clone().into());
    }
    if let Some(brought) = brought {
        put("brought_by", brought.name.clone().into());
    }
    if package.development {
        put("development", true.into());
    }
    Finding {
        severity: advisory.level.severity(),
        code: advisory.id.clone(),
        message: format!(
            "`{}` {}: {summary} ({fixed})",
            package.name, package.version
        ),
        path: Some(package.path.clone()),
        line: Some(package.line),
        related: related.into_iter().collect(),
        help: Some(help(package, advisory, brought)),
        other,
        ..Finding::default()
    }
}

fn help(package: &Package, advisory: &Advisory, brought: Option<&Package>) -> String {
    let way = match (&advisory.fixed, brought) {
        (Some(fixed), None) => format!("update `{}` to {fixed} or later", package.name),
        (Some(fixed), Some(brought)) => format!(
            "update `{}`, which brings it along, so that `{}` becomes {fixed} or later",
            brought.name, package.name
        ),
        (None, None) => format!("look whether you can do without `{}`", package.name),
        (None, Some(brought)) => {
            format!(
                "look whether `{}`, which brings it along, can do without it",
                brought.name
            )
        }
    };
    format!("{way}: {}", advisory.url)
}

/// Lockfiles that cannot be read: nothing is known of their packages.
pub(crate) fn of_lockfiles(locks: &[Lock]) -> Vec<Finding> {
    let unread = locks
        .iter()
        .filter_map(|lock| Some((lock, lock.content.as_ref().err()?)));
    unread
        .map(|(lock, why)| Finding {
            severity: Severity::Error,
            code: "unreadable-lockfile".to_owned(),
            message: format!(
                "this lockfile cannot be read, nothing is known of its packages: {why}"
            ),
            path: Some(lock.path.clone()),
            line: Some(1),
            help: Some("make it anew with its own tool, or leave it out with --exclude".to_owned()),
            ..Finding::default()
        })
        .collect()
}

/// Packages whose licence is against the policy.
pub(crate) fn of_licences(
    locks: &[Lock],
    licences: &BTreeMap<(String, String, Ecosystem), Result<String, Unknown>>,
    policy: &Policy,
    manifests: &Manifests,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if policy.is_empty() {
        return findings;
    }
    for lock in locks {
        let brought = brought_by(lock.packages());
        for (index, package) in lock.packages().iter().enumerate() {
            let key = (
                package.name.clone(),
                package.version.clone(),
                package.ecosystem,
            );
            let licence = match licences.get(&key) {
                Some(Ok(licence)) => Ok(licence.as_str()),
                Some(Err(unknown)) => Err(*unknown),
                None => Err(Unknown::NotHere),
            };
            let Some((severity, code, what)) = against(policy, licence) else {
                continue;
            };
            let root = brought.get(index).copied().flatten();
            let root = root.and_then(|root| lock.packages().get(root));
            findings.push(Finding {
                severity,
                code: code.to_owned(),
                message: format!("`{}` {}: {what}", package.name, package.version),
                path: Some(package.path.clone()),
                line: Some(package.line),
                related: root
                    .and_then(|root| manifests.place(root))
                    .into_iter()
                    .collect(),
                help: Some("use another package, or change the lists of licences".to_owned()),
                ..Finding::default()
            });
        }
    }
    findings
}

fn against(
    policy: &Policy,
    licence: Result<&str, Unknown>,
) -> Option<(Severity, &'static str, String)> {
    let told = licence.unwrap_or("none");
    match policy.judge(licence.ok()) {
        Judgement::Fine => None,
        Judgement::Denied => Some((
            Severity::Error,
            "licence-denied",
            format!("its licence `{told}` is denied"),
        )),
        Judgement::NotAllowed => Some((
            Severity::Error,
            "licence-not-allowed",
            format!("its licence `{told}` is not among those that are allowed"),
        )),
        Judgement::Unknown => Some((
            Severity::Warning,
            "licence-unknown",
            match licence {
                Ok(told) => format!("what it says of its licence is no SPDX expression: `{told}`"),
                Err(unknown) => format!("its licence is not known: {}", unknown.because()),
            },
        )),
    }
}
