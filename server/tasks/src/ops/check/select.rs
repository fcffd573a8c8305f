//! What is looked at, and by which rules: what the caller said.

use super::Rule;
use crate::Within;
use crate::ground::Halt;
use globset::{Glob, GlobSet, GlobSetBuilder};

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What is looked at.
    pub within: Within,
    /// Globs of files that are not looked at.
    pub allow: Vec<String>,
    /// Rules that are not used.
    pub ignore: Vec<String>,
}

/// The same, ready to be asked.
pub(crate) struct Selection {
    within: Within,
    allowed: GlobSet,
    ignored: Vec<String>,
}

impl Selection {
    /// # Errors
    /// A sentence for people: what is no glob, or no rule.
    pub(crate) fn new(options: &Options, rules: &[&Rule]) -> Result<Self, Halt> {
        let mut set = GlobSetBuilder::new();
        for glob in &options.allow {
            let glob = Glob::new(glob)
                .map_err(|error| Halt::Failed(format!("`{glob}` is no glob: {}", error.kind())))?;
            set.add(glob);
        }
        let unknown = options
            .ignore
            .iter()
            .find(|name| !rules.iter().any(|rule| rule.id == name.as_str()));
        if let Some(name) = unknown {
            return Err(Halt::Failed(format!("there is no rule `{name}`")));
        }
        let mut ignored = options.ignore.clone();
        ignored.sort();
        ignored.dedup();
        Ok(Self {
            within: options.within.clone(),
            allowed: set
                .build()
                .map_err(|error| Halt::Failed(error.to_string()))?,
            ignored,
        })
    }

    /// Whether a file is looked at.
    pub(crate) fn wants(&self, path: &str) -> bool {
        self.within.covers(path) && self.reads(path)
    }

    /// Whether a file is read, if only to judge others.
    pub(crate) fn reads(&self, path: &str) -> bool {
        !self.allowed.is_match(path)
    }

    pub(crate) fn within(&self) -> &Within {
        &self.within
    }

    pub(crate) fn uses(&self, rule: &Rule) -> bool {
        !self.ignored.iter().any(|name| name == rule.id)
    }

    pub(crate) fn ignored(&self) -> &[String] {
        &self.ignored
    }
}
