//! A rule: one row of a table.

use super::{Hits, yaml};
use crate::ops::compliance::Repository;
use crate::ops::infra::Dockerfile;
use artifact::Severity;

/// A rule, and all that is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable name; the code of its findings.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub what: &'static str,
    /// How bad that is.
    pub severity: Severity,
    /// Why.
    pub reason: &'static str,
    /// The way out.
    pub help: &'static str,
    /// What it finds something in. `»` stands where the finding begins; files of a repository begin with `== path`.
    pub bad: &'static str,
    /// The same without.
    pub good: &'static str,
    /// How it looks.
    pub(crate) check: Check,
}

impl Rule {
    /// What it looks at.
    pub fn group(&self) -> Group {
        match self.check {
            Check::Dockerfile(_) => Group::Dockerfile,
            Check::Compose(_) => Group::Compose,
            Check::Workflow(_) => Group::Workflow,
            Check::Kubernetes(_) => Group::Kubernetes,
            Check::Unreadable => Group::Yaml,
            Check::Repository(_) => Group::Repository,
        }
    }
}

/// What rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A manifest of Kubernetes.
    Kubernetes,
    /// A workflow or a composite action of GitHub.
    Workflow,
    /// Any of the YAML files above.
    Yaml,
    /// The repository as a whole.
    Repository,
}

impl Group {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Dockerfile => "Dockerfiles",
            Self::Compose => "Compose files",
            Self::Kubernetes => "Kubernetes manifests",
            Self::Workflow => "GitHub workflows",
            Self::Yaml => "YAML files",
            Self::Repository => "The repository",
        }
    }
}

/// How a rule looks at what it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    Dockerfile(fn(&Dockerfile, &mut Hits)),
    Compose(fn(&yaml::Node, &mut Hits)),
    Workflow(fn(&yaml::Node, &mut Hits)),
    /// One object of a manifest.
    Kubernetes(fn(&yaml::Node, &mut Hits)),
    /// The text is no YAML.
    Unreadable,
    Repository(fn(&Repository, &mut Hits)),
}
