//! Which files the agents watch for, and where they are looked for.
//!
//! A path without a folder (`.cursor-skill-command.txt`) is looked for where hand-offs lie: in the repository's
//! root, in each worktree's root, and in `.cursor` of those. Any other is a glob from the repository's root. In
//! worktrees only these places are looked into: the rest is a copy of the repository.

use daemon::settings::background_agents::{BackgroundAgent, BackgroundAgents};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Where the engine makes the worktrees that it hands over.
pub(super) const WORKTREES: &str = ".tapps-agents/worktrees";
/// Entries of one look, against folders that are something else entirely.
const MOST_ENTRIES: usize = 200_000;
const DEPTH: usize = 32;
/// Full of files, and never of command files.
const PASSED_OVER: [&str; 4] = [".git", "node_modules", "target", ".venv"];

/// A file that an agent waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// The file.
    pub(super) path: PathBuf,
    /// Index of the first agent that wants it.
    pub(super) agent: usize,
}

/// The patterns of all agents that watch.
#[derive(Debug)]
pub(super) struct Patterns {
    root: PathBuf,
    bases: Vec<PathBuf>,
    of_agents: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    agent: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A name, perhaps with wildcards, at the places of hand-offs.
    Name(GlobMatcher),
    /// A path from the root, and the folder that all its matches are in.
    Path(GlobMatcher, PathBuf),
}

impl Patterns {
    /// Of those agents that `wanted` picks. Patterns were checked when the file was read.
    pub(super) fn new(
        root: &Path,
        agents: &BackgroundAgents,
        wanted: impl Fn(&BackgroundAgent) -> bool,
    ) -> Self {
        let mut of_agents = Vec::new();
        let watching = agents.agents.iter().enumerate();
        for (index, agent) in watching.filter(|(_, agent)| agent.watches() && wanted(agent)) {
            let kinds = agent.watch_paths.iter().filter_map(|path| kind(path));
            of_agents.extend(kinds.map(|kind| Pattern { agent: index, kind }));
        }
        let bases: BTreeSet<PathBuf> = [Path::new(WORKTREES), &agents.worktree_base]
            .map(|base| root.join(base))
            .into();
        Self {
            root: root.to_owned(),
            bases: bases.into_iter().collect(),
            of_agents,
        }
    }

    /// How many agents watch.
    pub(super) fn agents(&self) -> usize {
        let agents: BTreeSet<usize> = self.of_agents.iter().map(|one| one.agent).collect();
        agents.len()
    }

    /// The folders in which hand-offs lie, and those above that get new ones.
    pub(super) fn near(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        let mut add_with_cursor = |folder: PathBuf| {
            folders.push(folder.join(".cursor"));
            folders.push(folder);
        };
        add_with_cursor(self.root.clone());
        for base in &self.bases {
            let worktrees = std::fs::read_dir(base).into_iter().flatten().flatten();
            let worktrees = worktrees.filter(|entry| entry.file_type().is_ok_and(|t| t.is_dir()));
            worktrees.for_each(|entry| add_with_cursor(entry.path()));
        }
        // A base that is not there yet shows in the folder above it.
        for base in &self.bases {
            folders.push(base.clone());
            folders.extend(
                base.ancestors()
                    .skip(1)
                    .take_while(|above| above.starts_with(&self.root) && **above != self.root)
                    .map(Path::to_owned),
            );
        }
        folders
    }

    /// Files in the folders of [`Self::near`].
    pub(super) fn look_near(&self, near: &[PathBuf]) -> Vec<Found> {
        let entries = near
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|t| t.is_file()));
        sorted(files.filter_map(|entry| self.wanted(&entry.path())))
    }

    /// Files anywhere else in the repository that a glob names.
    pub(super) fn look_far(&self) -> Vec<Found> {
        let starts: BTreeSet<&Path> = self
            .of_agents
            .iter()
            .filter_map(|pattern| match &pattern.kind {
                Kind::Path(_, start) => Some(start.as_path()),
                Kind::Name(_) => None,
            })
            .collect();
        // One below another is walked with that.
        let outer = starts.iter().filter(|start| {
            !starts
                .iter()
                .any(|other| other != *start && start.starts_with(other))
        });
        sorted(outer.flat_map(|start| self.walk(start)))
    }

    fn walk(&self, start: &Path) -> Vec<Found> {
        WalkDir::new(self.root.join(start))
            .max_depth(DEPTH)
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || self.goes_into(entry))
            .take(MOST_ENTRIES)
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| self.wanted(entry.path()))
            .collect()
    }

    fn goes_into(&self, entry: &DirEntry) -> bool {
        let passed_over = entry
            .file_name()
            .to_str()
            .is_some_and(|name| PASSED_OVER.contains(&name));
        let base = self.bases.iter().any(|base| base == entry.path());
        !entry.file_type().is_dir() || !(passed_over || base)
    }

    /// The file at this path, where an agent waits for it.
    pub(super) fn wanted(&self, path: &Path) -> Option<Found> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let agent = self
            .of_agents
            .iter()
            .find(|pattern| match &pattern.kind {
                Kind::Name(glob) => {
                    self.is_place(path) && path.file_name().is_some_and(|name| glob.is_match(name))
                }
                Kind::Path(glob, _) => glob.is_match(relative),
            })?
            .agent;
        let path = path.to_owned();
        Some(Found { path, agent })
    }

    /// Whether a file lies where hand-offs do.
    fn is_place(&self, path: &Path) -> bool {
        let folder = path.parent().unwrap_or(path);
        let root = match folder.file_name() {
            Some(name) if name == ".cursor" => folder.parent().unwrap_or(folder),
            _ => folder,
        };
        root == self.root
            || root
                .parent()
                .is_some_and(|above| self.bases.iter().any(|base| base == above))
    }
}

fn kind(pattern: &str) -> Option<Kind> {
    let pattern = pattern.trim_start_matches("${PROJECT_ROOT}/");
    let pattern = pattern.trim_start_matches("./");
    let glob = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .ok()?
        .compile_matcher();
    if !pattern.contains('/') {
        return Some(Kind::Name(glob));
    }
    let literal = Path::new(pattern)
        .parent()?
        .components()
        .take_while(|part| {
            !part
                .as_os_str()
                .to_string_lossy()
                .contains(['*', '?', '[', '{'])
        })
        .collect();
    Some(Kind::Path(glob, literal))
}

fn sorted(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let found: BTreeSet<Found> = found.collect();
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, Patterns};
    use daemon::settings::background_agents::{BackgroundAgent, BackgroundAgents};
    use std::fs::{File, create_dir_all};
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    fn agent(name: &str, paths: &[&str]) -> BackgroundAgent {
        BackgroundAgent {
            name: name.to_owned(),
            enabled: name != "off",
            commands: vec!["true".to_owned()],
            watch_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            environment: Vec::new(),
            timeout: Duration::from_secs(1),
            retries: 0,
            working_directory: None,
            report_folder: None,
        }
    }

    fn patterns(root: &Path, agents: Vec<BackgroundAgent>) -> Patterns {
        let agents = BackgroundAgents {
            agents,
            max_parallel: 1,
            worktree_base: PathBuf::from("trees"),
        };
        Patterns::new(root, &agents, |_| true)
    }

    #[track_caller]
    fn check(agents: &[(&str, &[&str])], expected: &[(&str, usize)]) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [
            "cmd.txt",
            ".cursor/cmd.txt",
            "deep/er/cmd.txt",
            "node_modules/cmd.txt",
            ".tapps-agents/worktrees/r--s/cmd.txt",
            ".tapps-agents/worktrees/r--s/.cursor/cmd.txt",
            ".tapps-agents/worktrees/r--s/src/cmd.txt",
            "trees/t/cmd.txt",
            "state/a/b/cmd.txt",
        ] {
            let path = root.join(path);
            create_dir_all(path.parent().unwrap()).unwrap();
            File::create(path).unwrap();
        }
        let agents = agents.iter().map(|(name, paths)| agent(name, paths));
        let patterns = patterns(root, agents.collect());
        let mut found = patterns.look_near(&patterns.near());
        found.extend(patterns.look_far());
        found.sort();
        found.dedup();
        let found: Vec<(String, usize)> = found
            .into_iter()
            .map(|Found { path, agent }| {
                let path = path.strip_prefix(root).unwrap().display().to_string();
                (path, agent)
            })
            .collect();
        let expected: Vec<(String, usize)> = expected
            .iter()
            .map(|(path, agent)| ((*path).to_owned(), *agent))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_name_is_looked_for_where_hand_offs_lie() {
        check(
            &[("a", &["cmd.txt"])],
            &[
                (".cursor/cmd.txt", 0),
                (".tapps-agents/worktrees/r--s/.cursor/cmd.txt", 0),
                (".tapps-agents/worktrees/r--s/cmd.txt", 0),
                ("cmd.txt", 0),
                ("trees/t/cmd.txt", 0),
            ],
        );
    }

    #[test]
    fn a_glob_is_looked_for_everywhere_but_in_worktrees() {
        check(
            &[("a", &["**/cmd.txt"])],
            &[
                (".cursor/cmd.txt", 0),
                (".tapps-agents/worktrees/r--s/.cursor/cmd.txt", 0),
                (".tapps-agents/worktrees/r--s/cmd.txt", 0),
                ("cmd.txt", 0),
                ("deep/er/cmd.txt", 0),
                ("state/a/b/cmd.txt", 0),
                ("trees/t/cmd.txt", 0),
            ],
        );
        check(
            &[("a", &["state/*/cmd.txt", "${PROJECT_ROOT}/deep/er/c*"])],
            &[("deep/er/cmd.txt", 0)],
        );
        check(&[("a", &["state/**/cmd.txt"])], &[("state/a/b/cmd.txt", 0)]);
    }

    #[test]
    fn the_first_agent_that_is_on_gets_it() {
        check(
            &[
                ("off", &["**/cmd.txt"]),
                ("b", &["deep/**"]),
                ("c", &["**/er/cmd.txt"]),
            ],
            &[("deep/er/cmd.txt", 1)],
        );
        check(&[("a", &[])], &[]);
    }
}
