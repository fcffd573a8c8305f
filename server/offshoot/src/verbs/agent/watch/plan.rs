//! From a file that appeared to what is to be done for it.

use super::appeared::Appeared;
use super::claim::Plan;
use agents::handoff::skill::SkillCommand;
use daemon::environment::filter;
use daemon::settings::background_agents::{BackgroundAgent, Variable, placeholders};
use std::path::Path;

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
            Variable::Plain(name, value) => {
                let value = placeholders::fill(value, |name| {
                    lookup(name, &values, around).or_else(|| last(name, &environment))
                });
                environment.push((name.clone(), value));
            }
            Variable::Inherited(name) => inherited.push(name.clone()),
        }
    }
    inherited.sort();
    inherited.dedup();
    let report = agent.report_folder.as_ref().map(|folder| {
        let file = format!("{}-{}.json", slug(&agent.name), appeared.identity.name);
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
        words: appeared.identity.words.clone(),
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

/// A variable as it is so far: what was put in later counts.
fn last(name: &str, environment: &[(String, String)]) -> Option<String> {
    let mut found = environment.iter().rev();
    let found = found.find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone())
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
