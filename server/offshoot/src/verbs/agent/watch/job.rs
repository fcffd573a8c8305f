//! One attempt at one command, ready to be launched: supervised like every other process.

use super::claim::Claim;
use super::spelling::{Asks, asks};
use agents::attempt::{AttemptSpec, LaunchJob, Limits, Program, Secret};
use daemon::settings::background_agents::placeholders;
use std::ffi::OsString;
use std::path::Path;

/// The longest text that a process can get as one variable; the kernel refuses 128 KiB.
const LONGEST: usize = 100 << 10;
/// What `execute-skill-command` gets to end its agent and say so, in milliseconds.
const NET: u64 = 60_000;

/// What every job needs.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// This program.
    pub(super) program: &'a Path,
    /// `OFFSHOOT_HOME`.
    pub(super) home: &'a Path,
    /// The watcher's environment: where inherited variables come from.
    pub(super) environment: &'a [(String, String)],
}

/// Makes it. `last`: a failure of this attempt is the last.
///
/// # Errors
/// A sentence that says why the command cannot be started.
pub(super) fn job(
    claim: &Claim,
    (command, number): (usize, u32),
    last: bool,
    around: &Surroundings<'_>,
) -> Result<LaunchJob, String> {
    let plan = &claim.plan;
    let template = plan
        .commands
        .get(command)
        .ok_or("there is no such command")?;
    let ours = plan.worktree.as_ref();
    let ours = ours.and_then(|_| asks(template, |name| is_installed(name, &plan.environment)));
    let executes = ours.is_some();
    let argv = execute(claim, last, around.program);
    let program = match ours {
        Some(Asks::Whole) => Program::Argv(argv),
        Some(Asks::Part(range)) => {
            let mut text = template.clone();
            let call = shlex::try_join(argv.iter().map(String::as_str));
            text.replace_range(range, &call.map_err(|error| error.to_string())?);
            Program::Shell(placeholders::to_shell(&text))
        }
        None => Program::Shell(placeholders::to_shell(template)),
    };
    // What is missing is for whoever needs it to say: `execute-skill-command` does, a plain command may do without.
    let (secrets, _missing) = daemon::environment::secrets(around.environment, &plan.inherited);
    let dir = claim.attempt(command, number);
    let mut spec = AttemptSpec::new(cookie(&dir), program, &plan.folder);
    spec.env = plan.environment.clone();
    spec.env
        .push(("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned()));
    if executes {
        let home = around.home.to_string_lossy().into_owned();
        spec.env.push(("OFFSHOOT_HOME".to_owned(), home));
    }
    if matches!(spec.program, Program::Shell(_)) {
        spec.env.extend(values(claim, template)?);
    }
    // The first of two with one name is the one that a program finds: what was configured comes last here.
    spec.env.reverse();
    spec.secrets = secrets.iter().map(|(name, _)| name.clone()).collect();
    // Ours ends its agent by itself, and says why; this is the net under it.
    let net = if executes { NET } else { 0 };
    spec.limits = Limits {
        wall_ms: Some(plan.timeout_ms.saturating_add(net)),
        ..Limits::default()
    };
    Ok(LaunchJob {
        dir,
        spec,
        secrets: secrets
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect(),
        supervisor: around.program.to_owned(),
        supervisor_args: vec![OsString::from("supervise")],
    })
}

/// Whether a program of this name is found on the path of an environment.
fn is_installed(name: &str, environment: &[(String, String)]) -> bool {
    let mut paths = environment.iter().rev().filter(|(key, _)| key == "PATH");
    let path = paths.next().map_or("", |(_, path)| path.as_str());
    std::env::split_paths(path).any(|folder| folder.join(name).is_file())
}

/// This program does what the command file says. While another attempt may follow it leaves the end open.
fn execute(claim: &Claim, last: bool, program: &Path) -> Vec<String> {
    let mut argv = vec![
        program.to_string_lossy().into_owned(),
        "workflow".to_owned(),
        "execute-skill-command".to_owned(),
        "--command-file".to_owned(),
        claim.command_file().to_string_lossy().into_owned(),
    ];
    if let Some(worktree) = &claim.plan.worktree {
        argv.extend([
            "--worktree".to_owned(),
            worktree.to_string_lossy().into_owned(),
        ]);
    }
    let seconds = claim.plan.timeout_ms.div_ceil(1000);
    argv.extend(["--timeout".to_owned(), seconds.to_string()]);
    if !last {
        argv.push("--more-attempts".to_owned());
    }
    argv
}

/// The variables that stand for the placeholders a command uses.
fn values(claim: &Claim, template: &str) -> Result<Vec<(String, String)>, String> {
    let mut variables = Vec::new();
    for name in placeholders::used(template) {
        let value = claim.plan.values.iter().find(|(known, _)| known == name);
        let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
        if value.len() > LONGEST {
            return Err(format!(
                "{{{name}}} has {} bytes, more than a program can be given; use {{command_file_path}}",
                value.len()
            ));
        }
        variables.push((placeholders::variable(name), value));
    }
    Ok(variables)
}

/// Unique on the machine: the claim's name is, and its attempts have numbers.
fn cookie(dir: &Path) -> String {
    let name = |path: Option<&Path>| {
        path.and_then(Path::file_name)
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    format!("w-{}-{}", name(dir.parent()), name(Some(dir)))
}
