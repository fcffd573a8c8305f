//! What setup of a worktree is: of the settings, `.worktreeinclude` and `.cursor/worktrees.json`.

use model::worktrees::WorktreeSettings;
use serde_json::Value;
use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use worktree::{Include, Repo};

/// The file of Cursor's that says how a worktree is set up.
const CURSOR_FILE: &str = ".cursor/worktrees.json";
/// Its keys, the one for this system first.
const CURSOR_KEYS: [&str; 2] = ["setup-worktree-unix", "setup-worktree"];
/// The one for another system.
const CURSOR_ELSEWHERE: &str = "setup-worktree-windows";
/// The largest that is read.
const LARGEST: u64 = 1 << 20;

/// Files on which the dependencies of a project depend, where nobody says which do.
const USUAL_INPUTS: &[&str] = &[
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "yarn.lock",
    ".yarnrc.yml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "Pipfile",
    "Pipfile.lock",
    "setup.py",
    "setup.cfg",
    "Gemfile",
    "Gemfile.lock",
    "go.mod",
    "go.sum",
    "composer.json",
    "composer.lock",
    "mix.exs",
    "mix.lock",
    "pubspec.yaml",
    "pubspec.lock",
    "build.gradle",
    "build.gradle.kts",
    "gradle.lockfile",
    "pom.xml",
    "Makefile",
    ".tool-versions",
    ".nvmrc",
    ".node-version",
    ".python-version",
    ".npmrc",
    ".gitignore",
];

/// A shell command, and what is said before it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    said: String,
    shell: String,
}

impl Command {
    fn of(text: &str) -> Self {
        Self {
            said: text.to_owned(),
            shell: text.to_owned(),
        }
    }
}

/// What is to be done in a new worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) include: Include,
    /// What is run, in order.
    pub(crate) commands: Vec<Command>,
    /// Shell commands before it goes.
    pub(crate) teardown: Vec<String>,
    pub(crate) timeout: Duration,
    /// Names of tracked files that setup depends on.
    pub(crate) inputs: Vec<String>,
    print: Option<String>,
}

impl Plan {
    /// Of a repository's settings and files.
    ///
    /// # Errors
    /// In words: a file that cannot be understood; git.
    pub(crate) fn of(repo: &Repo, settings: &WorktreeSettings) -> Result<Self, String> {
        let mut plan = Self {
            include: Include {
                copy: repo
                    .included(&settings.copy)
                    .map_err(|error| error.to_string())?,
                link: settings.link.iter().map(PathBuf::from).collect(),
                reflink: settings.reflink.iter().map(PathBuf::from).collect(),
            },
            commands: settings
                .setup
                .iter()
                .map(|text| Command::of(text))
                .collect(),
            teardown: settings.teardown.clone(),
            timeout: settings.timeout,
            inputs: settings.inputs.clone(),
            print: None,
        };
        let mut script = None;
        if plan.commands.is_empty()
            && let Some((commands, file)) = of_cursor(repo.root())?
        {
            plan.commands = commands;
            plan.inputs.push("worktrees.json".to_owned());
            plan.inputs.extend(
                file.iter()
                    .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())),
            );
            script = file;
        }
        if plan.is_nothing() {
            return Ok(plan);
        }
        if settings.inputs.is_empty() && !plan.commands.is_empty() {
            plan.inputs
                .extend(USUAL_INPUTS.iter().map(|name| (*name).to_owned()));
        }
        // What is undone at the end of a step is done anew for each.
        if plan.teardown.is_empty() {
            plan.print = Some(plan.fingerprint(repo.root(), script.as_deref()));
        }
        Ok(plan)
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_nothing(&self) -> bool {
        let include = &self.include;
        let lays = include.copy.len() + include.link.len() + include.reflink.len();
        lays == 0 && self.commands.is_empty() && self.teardown.is_empty()
    }

    /// One word for everything outside the commit that setup depends on; none where setup is not kept.
    pub(crate) fn print(&self) -> Option<&String> {
        self.print.as_ref()
    }

    fn fingerprint(&self, root: &Path, script: Option<&Path>) -> String {
        let mut text = format!(
            "{:?}{:?}{:?}",
            self.commands, self.inputs, self.include.link
        );
        let laid = self.include.copy.iter().chain(&self.include.reflink);
        let outside = script.into_iter().map(Path::to_owned);
        for path in laid.map(|path| root.join(path)).chain(outside) {
            let meta = std::fs::symlink_metadata(&path).ok();
            let stamp = meta.map(|meta| (meta.ino(), meta.size(), meta.ctime(), meta.ctime_nsec()));
            let _ = write!(text, "{path:?}{stamp:?}");
        }
        format!(
            "{:016x}{:016x}",
            fnv(text.as_bytes(), 0),
            fnv(text.as_bytes(), 1)
        )
    }

    /// The script of setup: each command in a shell of its own, said before it is run.
    pub(crate) fn script(&self) -> String {
        self.commands.iter().map(line).collect()
    }

    /// The same of teardown.
    pub(crate) fn teardown_script(commands: &[String]) -> String {
        let commands = commands.iter().map(|text| Command::of(text));
        commands.map(|command| line(&command)).collect()
    }
}

fn line(Command { said, shell }: &Command) -> String {
    let (said, shell) = (quoted(said), quoted(shell));
    format!("printf '$ %s\\n' {said}\nsh -e -c {shell}\n")
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// FNV-1a with a start of its own: equal words are no matter of security here.
fn fnv(bytes: &[u8], start: u64) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325_u64.wrapping_add(start);
    bytes.iter().fold(begin, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Commands, and the script where one is named.
type Commands = (Vec<Command>, Option<PathBuf>);

/// The commands of Cursor's file.
fn of_cursor(root: &Path) -> Result<Option<Commands>, String> {
    let file = root.join(CURSOR_FILE);
    let Ok(meta) = std::fs::metadata(&file) else {
        return Ok(None);
    };
    let bad = |what: &str| format!("{CURSOR_FILE}: {what}");
    if meta.len() > LARGEST {
        return Err(bad("it is larger than 1 MiB"));
    }
    let text = std::fs::read(&file).map_err(|error| bad(&error.to_string()))?;
    let value: Value = serde_json::from_slice(&text).map_err(|error| bad(&error.to_string()))?;
    let Value::Object(keys) = &value else {
        return Err(bad("it is no mapping of `setup-worktree` to commands"));
    };
    let found = CURSOR_KEYS
        .iter()
        .find_map(|key| Some((*key, keys.get(*key)?)));
    let Some((key, value)) = found else {
        let misspelled =
            |key: &&String| key.starts_with("setup") && key.as_str() != CURSOR_ELSEWHERE;
        return match keys.keys().find(misspelled) {
            Some(key) => Err(bad(&format!(
                "`{key}` is not known; the keys are `setup-worktree-unix` and `setup-worktree`"
            ))),
            None => Ok(None),
        };
    };
    match value {
        Value::String(script) => {
            let path = match of_checkout(script) {
                Some(below) => root.join(below),
                None => root.join(".cursor").join(script),
            };
            Ok(Some((vec![run_script(script)], Some(path))))
        }
        Value::Array(items) => {
            let commands = items.iter().map(|item| item.as_str().map(Command::of));
            let commands: Option<Vec<Command>> = commands.collect();
            let commands = commands
                .ok_or_else(|| bad(&format!("`{key}` holds something else than commands")))?;
            Ok(Some((commands, None)))
        }
        _ => Err(bad(&format!(
            "`{key}` is neither a list of commands nor the path of a script"
        ))),
    }
}

/// What of a script's path comes after the variable that names the main checkout.
fn of_checkout(script: &str) -> Option<&str> {
    let named = ["$ROOT_WORKTREE_PATH/", "${ROOT_WORKTREE_PATH}/"];
    named.iter().find_map(|name| script.strip_prefix(name))
}

/// A script lies beside the file that names it: in the worktree, else in the main checkout. One that may not be
/// executed is given to the program that its first line names.
fn run_script(script: &str) -> Command {
    let place = match (of_checkout(script), script.starts_with('/')) {
        (Some(below), _) => format!("s=\"$ROOT_WORKTREE_PATH\"/{}", quoted(below)),
        (None, true) => format!("s={}", quoted(script)),
        (None, false) => format!(
            "s=./.cursor/{}; [ -f \"$s\" ] || s=\"$ROOT_WORKTREE_PATH/$s\"",
            quoted(script)
        ),
    };
    let missing = quoted(&format!(
        "{CURSOR_FILE}: the script `{script}` is neither in the worktree nor in the checkout; commands stand in a list"
    ));
    Command {
        said: script.to_owned(),
        shell: format!(
            "{place}\n[ -f \"$s\" ] || {{ printf '%s\\n' {missing} >&2; exit 1; }}\n\
             if [ -x \"$s\" ]; then \"$s\"; else $(sed -n '1s/^#! *//p;1!q' \"$s\" | grep . || echo sh) \"$s\"; fi"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Option<&[&str]>, &str>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".cursor")).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a file of the test's own")]
        std::fs::write(folder.path().join(CURSOR_FILE), text).unwrap();
        match (of_cursor(folder.path()), expected) {
            (Ok(None), Ok(None)) => {}
            (Ok(Some((commands, _))), Ok(Some(expected))) => {
                let said: Vec<&str> = commands.iter().map(|one| one.said.as_str()).collect();
                assert_eq!(said, expected, "{text}")
            }
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn every_form_of_cursors_file_is_read() {
        check("{}", Ok(None));
        check(
            "{\"setup-worktree\": [\"a\", \"b c\"]}",
            Ok(Some(&["a", "b c"])),
        );
        check(
            "{\"setup-worktree\": [\"a\"], \"setup-worktree-unix\": [\"u\"], \"setup-worktree-windows\": \"w.ps1\"}",
            Ok(Some(&["u"])),
        );
        check("{\"setup-worktree-windows\": [\"w\"]}", Ok(None));
        check("{\"setup-worktree\": []}", Ok(Some(&[])));
        check("{\"setup-worktree\": 3}", Err("neither a list of commands"));
        check(
            "{\"setup-worktree\": [1]}",
            Err("something else than commands"),
        );
        check("{", Err("worktrees.json: "));
        check(
            "{\"setup-worktree\": \"setup.sh\"}",
            Ok(Some(&["setup.sh"])),
        );
        check(
            "{\"setup-worktrees\": [\"a\"]}",
            Err("`setup-worktrees` is not known"),
        );
        check("[\"a\"]", Err("no mapping"));
        check("{\"$schema\": \"x\", \"other\": 1}", Ok(None));
    }

    #[test]
    fn commands_are_quoted() {
        let script = Plan::teardown_script(&["echo 'a b'".to_owned()]);
        assert_eq!(
            script,
            "printf '$ %s\\n' 'echo '\\''a b'\\'''\nsh -e -c 'echo '\\''a b'\\'''\n"
        );
    }
}
