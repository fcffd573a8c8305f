//! The auditors of the ecosystems themselves: how each is asked, and what its answer means. An answer that is none
//! is an error, never "nothing found".

mod cargo_audit;
mod npm_audit;
mod pip_audit;
#[cfg(test)]
mod tests;

use super::advisory::Advisory;
use super::lock::Kind;
use super::package::Package;
use crate::ground::{Ground, Halt};
use crate::tools::{Call, NotRun, Said, Tools};
use std::path::Path;
use std::time::Duration;

/// How long one of them may take.
const TIME: Duration = Duration::from_secs(300);

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Cargo,
    Npm,
    Pip,
}

/// What it says: the place of a package in the list that it was asked about, and an advisory.
pub(crate) type Hits = Vec<(usize, Advisory)>;

impl Tool {
    /// The one that reads such a lockfile.
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Cargo => Some(Self::Cargo),
            Kind::Npm => Some(Self::Npm),
            Kind::Requirements => Some(Self::Pip),
            _ => None,
        }
    }

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo-audit",
            Self::Npm => "npm-audit",
            Self::Pip => "pip-audit",
        }
    }

    fn argv(self, lockfile: &str, network: &Network<'_>) -> Vec<String> {
        let argv: Vec<&str> = match self {
            Self::Cargo => vec!["cargo-audit", "audit", "--json", "--file", lockfile],
            Self::Npm => vec![
                "npm",
                "audit",
                "--json",
                "--package-lock-only",
                "--ignore-scripts",
            ],
            Self::Pip => vec![
                "pip-audit",
                "--requirement",
                lockfile,
                "--no-deps",
                "--disable-pip",
                "--format=json",
                "--progress-spinner=off",
            ],
        };
        let mut argv: Vec<String> = argv.into_iter().map(str::to_owned).collect();
        match self {
            Self::Cargo if !network.allowed => argv.push("--no-fetch".to_owned()),
            Self::Pip if network.other_service => {
                let url = format!("{}/v1/query", network.service.trim_end_matches('/'));
                argv.extend([
                    "--vulnerability-service=osv".to_owned(),
                    format!("--osv-url={url}"),
                ]);
            }
            _ => {}
        }
        argv
    }

    /// Whether it can work without the network.
    pub(crate) fn works_offline(self) -> bool {
        self == Self::Cargo
    }

    /// Asks it about a lockfile; none where it is not on this machine.
    ///
    /// # Errors
    /// When it gave no answer, or when the task has to end.
    pub(crate) fn ask(
        self,
        lockfile: &Path,
        packages: &[&Package],
        network: &Network<'_>,
        tools: &dyn Tools,
        ground: &dyn Ground,
    ) -> Result<Option<Hits>, Halt> {
        let name = lockfile.file_name().unwrap_or_default().to_string_lossy();
        let call = Call {
            argv: self.argv(&name, network),
            folder: lockfile.parent().unwrap_or(lockfile).to_owned(),
            time: TIME,
        };
        let said = match tools.run(&call, ground) {
            Ok(said) => said,
            Err(NotRun::Missing) => return Ok(None),
            Err(NotRun::Stopped(stop)) => return Err(Halt::Stopped(stop)),
            Err(NotRun::Failed(why)) => return Err(Halt::Failed(why)),
        };
        let read = match self {
            Self::Cargo => cargo_audit::read(&said, packages),
            Self::Npm => npm_audit::read(&said, packages),
            Self::Pip => pip_audit::read(&said, packages),
        };
        read.map(Some).map_err(Halt::Failed)
    }
}

/// What a tool may use of the network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network<'a> {
    pub(crate) allowed: bool,
    pub(crate) service: &'a str,
    /// Whether the service is another than the usual.
    pub(crate) other_service: bool,
}

/// A sentence on an answer that is none: the exit code, and the last thing it complained about.
fn no_answer(said: &Said, why: &str) -> String {
    let code = said
        .code
        .map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
    // npm ends with the place of its log, which tells who the user is and nothing else.
    let tells = |line: &&str| !line.is_empty() && !line.contains("complete log of this run");
    let mut lines = said.stderr.lines().map(str::trim).filter(tells);
    let last: String = lines
        .next_back()
        .unwrap_or_default()
        .chars()
        .take(300)
        .collect();
    if last.is_empty() {
        format!("it ended with {code} and {why}")
    } else {
        format!("it ended with {code} and {why}: {last}")
    }
}

/// Places of the packages of this name and, where given, version.
fn places(packages: &[&Package], name: &str, version: Option<&str>) -> Vec<usize> {
    let is = |package: &&Package| {
        package.name == package.ecosystem.normal(name)
            && version.is_none_or(|version| package.version == version)
    };
    (0..)
        .zip(packages)
        .filter(|(_, package)| is(package))
        .map(|(index, _)| index)
        .collect()
}
