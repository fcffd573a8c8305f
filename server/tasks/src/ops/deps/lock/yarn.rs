//! `yarn.lock`: a form of its own until version 1 ("classic"), YAML since version 2 ("berry").

use super::lines::numbered;
use super::yaml::{Entry, load};
use super::{Beside, is_foreign};
use crate::ops::deps::package::{Ecosystem, Hash, Parsed};
use std::collections::{HashMap, HashSet};

pub(super) fn parse(text: &str, beside: &dyn Beside) -> Result<Parsed, String> {
    let mut blocks = if text.lines().any(|line| line.starts_with("__metadata:")) {
        berry(text)?
    } else {
        classic(text)?
    };
    let mut parsed = Parsed::default();
    // Which package a wish such as `lodash@^4.17.0` was answered with.
    let mut answers: HashMap<String, usize> = HashMap::new();
    let mut wants = Vec::new();
    let mut asked: HashSet<String> = HashSet::new();
    for block in &mut blocks {
        let own = ["workspace:", "link:", "portal:"];
        if let Some(resolution) = &block.resolution
            && own.iter().any(|kind| resolution.contains(kind))
        {
            asked.extend(block.wants.drain(..));
            continue;
        }
        let Some(name) = block.name() else {
            parsed.note(block.line, "an entry without a name");
            continue;
        };
        if block.is_foreign() {
            let text = format!("`{name}` does not come from the registry: it is not looked up");
            parsed.note(block.line, text);
            continue;
        }
        let Some(package) = parsed.add(Ecosystem::Npm, &name, &block.version, block.line) else {
            continue;
        };
        package.hashes = std::mem::take(&mut block.hashes);
        let index = parsed.packages.len() - 1;
        answers.extend(block.wishes.drain(..).map(|wish| (wish, index)));
        wants.push((index, std::mem::take(&mut block.wants)));
    }
    for (from, wishes) in wants {
        let mut needs: Vec<usize> = wishes
            .iter()
            .filter_map(|wish| answers.get(wish).copied())
            .collect();
        needs.sort_unstable();
        needs.dedup();
        if let Some(package) = parsed.packages.get_mut(from) {
            package.needs = needs;
        }
    }
    mark_direct(&mut parsed, &asked, &answers, beside);
    Ok(parsed)
}

/// Classic does not hold the project itself: what it asks for stands in `package.json`.
fn mark_direct(
    parsed: &mut Parsed,
    asked: &HashSet<String>,
    answers: &HashMap<String, usize>,
    beside: &dyn Beside,
) {
    if asked.is_empty() {
        let Some(project) = beside.file(Ecosystem::Npm.manifest()) else {
            return;
        };
        let names: HashSet<String> = super::names_in_package_json(&project)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        for package in &mut parsed.packages {
            package.direct = Some(names.contains(&package.name));
        }
        return;
    }
    let direct: HashSet<usize> = asked
        .iter()
        .filter_map(|wish| answers.get(wish).copied())
        .collect();
    for (index, package) in parsed.packages.iter_mut().enumerate() {
        package.direct = Some(direct.contains(&index));
    }
}

/// One entry.
#[derive(Default)]
struct Block {
    line: u32,
    /// The wishes that it answers: `name@range`.
    wishes: Vec<String>,
    version: String,
    /// Berry: `name@npm:1.0.0`.
    resolution: Option<String>,
    /// Classic: the address it was fetched from.
    resolved: Option<String>,
    hashes: Vec<Hash>,
    /// What it asks for, as `name@range`.
    wants: Vec<String>,
}

impl Block {
    /// The name in the registry: another than in the wish where that is an alias.
    fn name(&self) -> Option<String> {
        let written = self
            .resolution
            .as_deref()
            .or(self.wishes.first().map(String::as_str))?;
        let (name, range) = split_wish(written)?;
        let alias = range.strip_prefix("npm:").and_then(split_wish);
        Some(alias.map_or(name, |(name, _)| name).to_owned())
    }

    fn is_foreign(&self) -> bool {
        match (&self.resolution, &self.resolved) {
            (Some(resolution), _) => !resolution.contains("@npm:"),
            (None, Some(resolved)) => is_foreign(resolved),
            (None, None) => self.wishes.iter().any(|wish| wish.contains("@file:")),
        }
    }
}

/// `@scope/name@range` into name and range.
fn split_wish(wish: &str) -> Option<(&str, &str)> {
    let at = wish.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    Some((wish.get(..at)?, wish.get(at + 1..)?))
}

fn berry(text: &str) -> Result<Vec<Block>, String> {
    let documents = load(text)?;
    let entries = documents.iter().flat_map(|node| node.entries());
    Ok(entries
        .filter(|entry| entry.key != "__metadata")
        .map(berry_block)
        .collect())
}

fn berry_block(entry: &Entry) -> Block {
    let node = &entry.value;
    let checksum = node.text("checksum").unwrap_or_default();
    let groups = ["dependencies", "optionalDependencies"];
    let wanted = groups.into_iter().flat_map(|group| node.below(group));
    let wish = |wanted: &Entry| match &wanted.value {
        super::yaml::Node::Text(range) if range.contains(':') => format!("{}@{range}", wanted.key),
        super::yaml::Node::Text(range) => format!("{}@npm:{range}", wanted.key),
        _ => wanted.key.clone(),
    };
    Block {
        line: entry.line,
        wishes: entry.key.split(", ").map(str::to_owned).collect(),
        version: node.text("version").unwrap_or_default().to_owned(),
        resolution: node.text("resolution").map(str::to_owned),
        resolved: None,
        // Since version 8 the number of a cache comes before the sum.
        hashes: Hash::hex(checksum.rsplit('/').next().unwrap_or_default())
            .into_iter()
            .collect(),
        wants: wanted.map(wish).collect(),
    }
}

fn classic(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut in_wants = false;
    for (number, line) in numbered(text) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let depth = line.len() - line.trim_start_matches(' ').len();
        if depth == 0 {
            let Some(wishes) = content.strip_suffix(':') else {
                return Err(format!("line {number} is no entry of a yarn.lock"));
            };
            blocks.push(Block {
                line: number,
                wishes: wishes.split(", ").map(unquote).collect(),
                ..Block::default()
            });
            in_wants = false;
            continue;
        }
        let Some(block) = blocks.last_mut() else {
            return Err(format!("line {number} belongs to no entry"));
        };
        if depth == 2 {
            in_wants = matches!(content, "dependencies:" | "optionalDependencies:");
        }
        let Some((key, value)) = split_field(content) else {
            continue;
        };
        match (depth, key.as_str()) {
            (2, "version") => block.version = unquote(&value),
            (2, "resolved") => block.resolved = Some(unquote(&value)),
            (2, "integrity") => block.hashes = Hash::integrity(&unquote(&value)),
            (4, name) if in_wants => block.wants.push(format!("{name}@{}", unquote(&value))),
            _ => {}
        }
    }
    for block in &mut blocks {
        let sum = block
            .resolved
            .as_deref()
            .and_then(|from| from.rsplit_once('#'));
        if block.hashes.is_empty() {
            block.hashes = sum
                .and_then(|(_, sum)| Hash::hex(sum))
                .into_iter()
                .collect();
        }
    }
    Ok(blocks)
}

/// `key value`, where the key may stand in quotes.
fn split_field(content: &str) -> Option<(String, String)> {
    if let Some(rest) = content.strip_prefix('"') {
        let (key, value) = rest.split_once('"')?;
        return Some((key.to_owned(), value.trim().to_owned()));
    }
    let (key, value) = content.split_once(' ')?;
    Some((key.to_owned(), value.trim().to_owned()))
}

fn unquote(text: &str) -> String {
    text.trim().trim_matches('"').to_owned()
}
