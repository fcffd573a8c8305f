//! Lockfiles: which files are one, and what each holds. Parsers are pure: text in, packages out.

mod cargo;
mod gem;
mod go;
mod json;
mod lines;
mod maven;
mod npm;
mod pnpm;
mod poetry;
mod requirements;
#[cfg(test)]
mod tests;
mod toml;
mod uv;
mod yaml;
mod yarn;

use super::package::{Ecosystem, Parsed};

pub(super) use json::Text;
pub(super) use lines::Lines;

/// Files that a parser may ask for; none where there is none to be had.
pub(crate) trait Beside {
    /// The text of a file by its path relative to the lockfile's folder.
    fn file(&self, path: &str) -> Option<String>;

    /// The text of a `pom.xml` in Maven's own repository on this machine.
    fn pom(&self, _group: &str, _artifact: &str, _version: &str) -> Option<String> {
        None
    }
}

impl<F: Fn(&str) -> Option<String>> Beside for F {
    fn file(&self, path: &str) -> Option<String> {
        self(path)
    }
}

/// A kind of lockfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Cargo,
    Npm,
    Pnpm,
    Yarn,
    Requirements,
    Poetry,
    Uv,
    GoMod,
    GoSum,
    Maven,
    Gem,
}

impl Kind {
    /// What a file of this name is; none for no lockfile. `folder` is the name of the folder it lies in.
    pub(crate) fn of(folder: &str, name: &str) -> Option<Self> {
        Some(match name {
            "Cargo.lock" => Self::Cargo,
            "package-lock.json" | "npm-shrinkwrap.json" => Self::Npm,
            "pnpm-lock.yaml" => Self::Pnpm,
            "yarn.lock" => Self::Yarn,
            "poetry.lock" => Self::Poetry,
            "uv.lock" => Self::Uv,
            "go.mod" => Self::GoMod,
            "go.sum" => Self::GoSum,
            "pom.xml" => Self::Maven,
            "Gemfile.lock" | "gems.locked" => Self::Gem,
            name => {
                let plain = name.strip_suffix(".txt")?;
                let named = plain.starts_with("requirements") || plain.ends_with("requirements");
                (named || folder == "requirements").then_some(Self::Requirements)?
            }
        })
    }

    /// The name of the kind in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo.lock",
            Self::Npm => "package-lock.json",
            Self::Pnpm => "pnpm-lock.yaml",
            Self::Yarn => "yarn.lock",
            Self::Requirements => "requirements.txt",
            Self::Poetry => "poetry.lock",
            Self::Uv => "uv.lock",
            Self::GoMod => "go.mod",
            Self::GoSum => "go.sum",
            Self::Maven => "pom.xml",
            Self::Gem => "Gemfile.lock",
        }
    }

    /// Whose packages it pins.
    pub(crate) fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Cargo => Ecosystem::Crates,
            Self::Npm | Self::Pnpm | Self::Yarn => Ecosystem::Npm,
            Self::Requirements | Self::Poetry | Self::Uv => Ecosystem::PyPi,
            Self::GoMod | Self::GoSum => Ecosystem::Go,
            Self::Maven => Ecosystem::Maven,
            Self::Gem => Ecosystem::RubyGems,
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// A sentence on why it cannot be read at all.
    pub(crate) fn parse(self, text: &str, beside: &dyn Beside) -> Result<Parsed, String> {
        match self {
            Self::Cargo => cargo::parse(text),
            Self::Npm => npm::parse(text),
            Self::Pnpm => pnpm::parse(text),
            Self::Yarn => yarn::parse(text, beside),
            Self::Requirements => Ok(requirements::parse(text, beside)),
            Self::Poetry => poetry::parse(text, beside),
            Self::Uv => uv::parse(text),
            Self::GoMod => go::parse_mod(text, beside),
            Self::GoSum => go::parse_sum(text),
            Self::Maven => maven::parse(text, beside),
            Self::Gem => gem::parse(text),
        }
    }
}

/// The manifest's own dependencies, where a lockfile does not tell which of its packages those are.
pub(super) fn names_in_package_json(text: &str) -> Vec<(String, u32)> {
    json::dependencies(text)
}

/// Whether a package of npm was fetched from elsewhere than a registry: git, an archive of GitHub, a file.
fn is_foreign(resolved: &str) -> bool {
    resolved.starts_with("git")
        || resolved.starts_with("file:")
        || resolved.contains("codeload.github.com")
}
