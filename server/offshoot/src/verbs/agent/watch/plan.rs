//! From a file that appeared to what is to be done for it.

use super::claim::Plan;
use super::files::Found;
use agents::handoff::skill::{SkillCommand, read_command};
use daemon::environment::filter;
use daemon::settings::background_agents::{BackgroundAgent, Variable, placeholders};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How the names of command files begin.
const COMMAND_FILE: &str = ".cursor-skill-command";
/// The largest command file that is copied.
const MAX_BYTES: u64 = 16 << 20;

/// A file that appeared, read.
#[derive(Debug)]
pub(super) struct Appeared {
    /// The file.
    pub(super) path: PathBuf,
    /// What tells it from another one at the same place.
    pub(super) key: String,
    /// What it asks for, where it is a command file.
    pub(super) command: Option<SkillCommand>,
    /// Its content, for a command file.
    pub(super) bytes: Option<Vec<u8>>,
    /// When it was last changed, in milliseconds since 1970.
    pub(super) changed_at: i64,
}

/// Why a file is not taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotNow {
    /// It went away again.
    Gone,
    /// It cannot be understood; somebody may still be writing it.
    Unreadable(String),
}

/// Reads a file that somebody waits for.
pub(super) fn appeared(found: &Found) -> Result<Appeared, NotNow> {
    let meta = std::fs::metadata(&found.path).map_err(|_| NotNow::Gone)?;
    let modified = meta.modified().ok();
    let changed_at = modified
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(i64::MAX));
    let name = found.path.file_name().unwrap_or_default();
    if !name.to_string_lossy().starts_with(COMMAND_FILE) {
        return Ok(Appeared {
            path: found.path.clone(),
            key: format!("{changed_at} {}", meta.len()),
            command: None,
            bytes: None,
            changed_at,
        });
    }
    if meta.len() > MAX_BYTES {
        return Err(NotNow::Unreadable("it is larger than 16 MiB".to_owned()));
    }
    let bytes = std::fs::read(&found.path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => NotNow::Gone,
        _ => NotNow::Unreadable(error.to_string()),
    })?;
    let command = read_command(&found.path).map_err(|error| {
        if found.path.exists() {
            NotNow::Unreadable(error.to_string())
        } else {
            NotNow::Gone
        }
    })?;
    // Without a nonce the same words at another time are another command.
    let key = command.execution_id.clone().unwrap_or_else(|| {
        let digest = Sha256::digest(&bytes);
        format!("{changed_at} {}", data_encoding::HEXLOWER.encode(&digest))
    });
    Ok(Appeared {
        path: found.path.clone(),
        key,
        command: Some(command),
        bytes: Some(bytes),
        changed_at,
    })
}

/// What the plan is made with.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// Root of the repository.
    pub(super) root: &'a Path,
    /// The watcher's environment.
    pub(super) environment: &'a [(String, String)],
    /// Names of further variables that are kept: `offshoot.env`.
    pub(super) kept: &'a [String],
    /// Names of variables that the configured agents need.
    pub(super) of_agents: &'a [String],
    /// `owner/name` of the repository, where its remote tells.
    pub(super) github_repo: Option<&'a str>,
    /// In milliseconds since 1970, UTC.
    pub(super) now: i64,
}

/// Makes it.
pub(super) fn plan(
    agent: &BackgroundAgent,
    appeared: &Appeared,
    name: &str,
    around: &Surroundings<'_>,
) -> Plan {
    let values = values(appeared, around.root);
    let fill = |template: &str| placeholders::fill(template, |name| lookup(name, &values, around));
    let worktree = appeared
        .command
        .as_ref()
        .map(|command| command.worktree.clone());
    let folder = match &agent.working_directory {
        Some(folder) => around.root.join(fill(folder)),
        None => worktree.clone().unwrap_or_else(|| around.root.to_owned()),
    };
    let mut environment = filter(around.environment, around.kept).0;
    environment.push(("PROJECT_ROOT".to_owned(), text(around.root)));
    environment.extend(
        around
            .github_repo
            .map(|repo| ("GITHUB_REPO".to_owned(), repo.to_owned())),
    );
    let mut inherited = around.of_agents.to_vec();
    for variable in &agent.environment {
        match variable {
            Variable::Plain(name, value) => environment.push((name.clone(), fill(value))),
            Variable::Inherited(name) => inherited.push(name.clone()),
        }
    }
    inherited.sort();
    inherited.dedup();
    let report = agent.report_folder.as_ref().map(|folder| {
        let file = format!("{}-{name}.json", slug(&agent.name));
        around.root.join(fill(folder)).join(file)
    });
    Plan {
        version: Plan::VERSION,
        file: appeared.path.clone(),
        agent: agent.name.clone(),
        commands: agent.commands.clone(),
        environment,
        inherited,
        values,
        folder,
        worktree,
        report,
        timeout_ms: u64::try_from(agent.timeout.as_millis()).unwrap_or(u64::MAX),
        retries: agent.retries,
        taken_at: around.now,
    }
}

fn values(appeared: &Appeared, root: &Path) -> Vec<(String, String)> {
    let command = appeared.command.as_ref();
    let of = |pick: fn(&SkillCommand) -> Option<String>| command.and_then(pick).unwrap_or_default();
    let values = [
        ("command", of(|command| Some(command.command.clone()))),
        ("command_file_path", text(&appeared.path)),
        ("command_file", text(&appeared.path)),
        (
            "worktree",
            command.map_or_else(|| text(root), |command| text(&command.worktree)),
        ),
        ("workflow_id", of(|command| command.workflow_id.clone())),
        ("run_id", of(|command| command.run_id.clone())),
        ("step_id", of(|command| command.step_id.clone())),
        ("prompt", of(|command| Some(command.prompt.clone()))),
    ];
    values
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
}

fn lookup(name: &str, values: &[(String, String)], around: &Surroundings<'_>) -> Option<String> {
    match name {
        "PROJECT_ROOT" => Some(text(around.root)),
        "GITHUB_REPO" => around.github_repo.map(str::to_owned),
        _ => {
            let found = values.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        }
    }
}

/// Paths that are no UTF-8 cannot be put into a command; the repository was opened, so its root is.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A name that is safe in a file name.
fn slug(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let parts: Vec<&str> = safe.split('-').filter(|part| !part.is_empty()).collect();
    let slug: String = parts.join("-").chars().take(60).collect();
    if slug.is_empty() {
        "agent".to_owned()
    } else {
        slug
    }
}

/// `owner/name` of an address of a repository at a forge: `git@host:owner/name.git`, `https://host/owner/name`.
pub(super) fn owner_and_name(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url.split_once(':')?.1,
    };
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    let mut parts = path.rsplit('/').filter(|part| !part.is_empty());
    let (name, owner) = (parts.next()?, parts.next()?);
    Some(format!("{owner}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::{owner_and_name, slug};

    #[test]
    fn names() {
        for (url, expected) in [
            ("git@forge.example:ada/shop.git", Some("ada/shop")),
            ("https://forge.example/ada/shop", Some("ada/shop")),
            ("ssh://git@forge.example:22/ada/shop.git/", Some("ada/shop")),
            ("/srv/git/shop.git", None),
            ("", None),
        ] {
            assert_eq!(owner_and_name(url).as_deref(), expected, "{url}");
        }
        assert_eq!(
            slug("Offshoot: Workflow Executor!"),
            "offshoot-workflow-executor"
        );
        assert_eq!(slug("é"), "agent");
    }
}
