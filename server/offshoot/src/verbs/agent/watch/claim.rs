//! Files that were taken, on disk: `$OFFSHOOT_HOME/watch/<repository>/claims/<file>/`. Making that folder takes
//! the file, once for all time; what is in it is all that a later watcher needs to go on.
//!
//! ```text
//! plan.json        what is to be done: a snapshot, whatever becomes of the settings and of the file
//! command.txt      the command file as it was
//! 001-002/         the second attempt at the first command, a folder like every attempt's
//! gone.json        the file is not there any more: the same words at its place are another command
//! ended.json       it is over
//! ```

use super::course::{Became, Tried};
use super::identity::Words;
use agents::attempt::folder::{self, Lock};
use agents::attempt::{Condition, Outcome, Revocation, inspect, kill_tree, revoke};
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Of `plan.json` and `ended.json`.
const VERSION: u32 = 1;
const PLAN: &str = "plan.json";
const COMMAND: &str = "command.txt";
const ENDED: &str = "ended.json";
const GONE: &str = "gone.json";
/// Ended claims are kept this long: as long as their files may still lie about.
const KEPT: i64 = 30 * 86_400_000;

/// The folder of the watchers of one repository.
#[derive(Debug)]
pub(super) struct Claims {
    root: PathBuf,
}

/// What is to be done for one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// [`VERSION`].
    pub(super) version: u32,
    /// The file that appeared.
    pub(super) file: PathBuf,
    /// The agent's name.
    pub(super) agent: String,
    /// Shell texts with placeholders.
    pub(super) commands: Vec<String>,
    /// Plain variables.
    pub(super) environment: Vec<(String, String)>,
    /// Names of variables whose values come from the watcher's own environment.
    pub(super) inherited: Vec<String>,
    /// Values of the placeholders.
    pub(super) values: Vec<(String, String)>,
    /// Where the commands run.
    pub(super) folder: PathBuf,
    /// Where the status is answered, for a command file.
    pub(super) worktree: Option<PathBuf>,
    /// The report to write.
    pub(super) report: Option<PathBuf>,
    /// Wall clock of one command, in milliseconds.
    pub(super) timeout_ms: u64,
    /// Attempts after the first, for each command.
    pub(super) retries: u32,
    /// When the file was taken, in milliseconds since 1970, UTC.
    pub(super) taken_at: i64,
    /// What stood in the file, where only that tells it from another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) words: Option<Words>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    /// [`VERSION`].
    pub(super) version: u32,
    /// `completed`, `failed`, `timeout` or `cancelled`.
    pub(super) status: String,
    /// Why it is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// In milliseconds since 1970, UTC.
    pub(super) ended_at: i64,
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// Its folder.
    pub(super) dir: PathBuf,
    /// What is to be done.
    pub(super) plan: Plan,
}

impl Claims {
    /// Those of a repository.
    pub(super) fn open(home: &Path, repo: &Path) -> io::Result<Self> {
        let root = home.join("watch").join(short(repo.as_os_str()));
        fs::create_dir_all(root.join("claims"))?;
        Ok(Self { root })
    }

    /// Makes this process the one watcher of the repository; none where there is another.
    pub(super) fn lock(&self) -> io::Result<Option<Lock>> {
        Lock::try_take(&self.root)
    }

    /// When the repository was first watched, in milliseconds since 1970: what is older and no command file is
    /// nothing that just appeared.
    pub(super) fn since(&self, now: i64) -> io::Result<i64> {
        if let Some(since) = folder::read(&self.root, "since.json")? {
            return Ok(since);
        }
        folder::write_durable(&self.root, "since.json", &now)?;
        Ok(now)
    }

    /// Whether it was taken before.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.dir(name).join(PLAN).exists()
    }

    /// Takes a file. None where somebody has it already.
    pub(super) fn take(
        &self,
        name: &str,
        plan: Plan,
        command: Option<&[u8]>,
    ) -> io::Result<Option<Claim>> {
        let dir = self.dir(name);
        match fs::create_dir(&dir) {
            Ok(()) => {}
            // One without a plan was begun by a watcher that was killed: nothing ran for it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && !dir.join(PLAN).exists() => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        }
        if let Some(command) = command {
            let path = dir.join(COMMAND);
            crate::verbs::agent::watch::write_whole(&path, command)?;
        }
        // The plan makes the claim: from here on it is done, by whoever comes after us.
        folder::write_durable(&dir, PLAN, &plan)?;
        Ok(Some(Claim { dir, plan }))
    }

    /// All that was taken and is still known, in no order.
    pub(super) fn all(&self) -> io::Result<Vec<Claim>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.root.join("claims"))? {
            let dir = entry?.path();
            // A plan of a newer version is that version's to do.
            if let Ok(Some(plan)) = folder::read::<Plan>(&dir, PLAN)
                && plan.version == VERSION
            {
                all.push(Claim { dir, plan });
            }
        }
        Ok(all)
    }

    /// What was taken and is not over.
    pub(super) fn open_ones(&self) -> io::Result<Vec<Claim>> {
        let mut open = self.all()?;
        open.retain(|claim| !folder::has(&claim.dir, ENDED));
        open.sort_by_key(|claim| claim.plan.taken_at);
        Ok(open)
    }

    /// Forgets what ended long ago, unless its file still lies there: it would be taken for a new one.
    pub(super) fn prune(&self, now: i64) {
        for claim in self.all().into_iter().flatten() {
            let ended: Option<Ended> = folder::read(&claim.dir, ENDED).ok().flatten();
            let old = ended.is_some_and(|ended| now - ended.ended_at > KEPT);
            if old && (claim.is_gone() || !claim.plan.file.exists()) {
                // What cannot be removed is tried again at the next start.
                let _ = fs::remove_dir_all(&claim.dir);
            }
        }
    }

    fn dir(&self, name: &str) -> PathBuf {
        self.root.join("claims").join(name)
    }
}

impl Claim {
    /// The folder of an attempt.
    pub(super) fn attempt(&self, command: usize, number: u32) -> PathBuf {
        self.dir.join(format!("{:03}-{number:03}", command + 1))
    }

    /// The copy of the command file.
    pub(super) fn command_file(&self) -> PathBuf {
        self.dir.join(COMMAND)
    }

    /// What was tried, in order. What is dead is called so, and what it left behind is ended.
    pub(super) fn tried(&self) -> io::Result<Vec<Tried>> {
        let mut tried = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let Some((command, number)) = entry.file_name().to_str().and_then(numbers) else {
                continue;
            };
            tried.push(Tried {
                command,
                number,
                became: became(&entry.path())?,
            });
        }
        tried.sort_by_key(|one| (one.command, one.number));
        Ok(tried)
    }

    /// Writes down that its file is not there any more.
    pub(super) fn gone(&self) -> io::Result<()> {
        folder::write(&self.dir, GONE, &true)
    }

    /// Whether its file was seen to be away.
    pub(super) fn is_gone(&self) -> bool {
        folder::has(&self.dir, GONE)
    }

    /// Writes down that it is over.
    pub(super) fn end(&self, status: &str, error: Option<&str>, now: i64) -> io::Result<()> {
        let ended = Ended {
            version: VERSION,
            status: status.to_owned(),
            error: error.map(str::to_owned),
            ended_at: now,
        };
        folder::write_durable(&self.dir, ENDED, &ended)
    }
}

impl Plan {
    /// The version that is written.
    pub(super) const VERSION: u32 = VERSION;
}

/// Command (from 0) and attempt of a folder's name.
fn numbers(name: &str) -> Option<(usize, u32)> {
    let (command, number) = name.split_once('-')?;
    let command: usize = command.parse().ok()?;
    Some((command.checked_sub(1)?, number.parse().ok()?))
}

fn became(dir: &Path) -> io::Result<Became> {
    Ok(match inspect(dir)? {
        Condition::Running { .. } => Became::Running,
        Condition::Ended(result) => of_outcome(&result.outcome),
        Condition::NotStarted => match revoke(dir)? {
            Revocation::Revoked => Became::NeverBegan,
            Revocation::StillAlive => Became::Running,
            Revocation::Ended(result) => of_outcome(&result.outcome),
        },
        Condition::Dead => {
            let began = folder::has(dir, folder::STARTED);
            if let Revocation::Ended(result) = revoke(dir)? {
                return Ok(of_outcome(&result.outcome));
            }
            kill_tree(dir)?;
            if began {
                Became::Failed
            } else {
                Became::NeverBegan
            }
        }
    })
}

fn of_outcome(outcome: &Outcome) -> Became {
    match outcome {
        Outcome::Exited { code: 0 } => Became::Succeeded,
        Outcome::Stopped { .. } => Became::Stopped,
        _ => Became::Failed,
    }
}

/// 26 characters that stand for this text.
pub(super) fn short(text: &OsStr) -> String {
    let digest = Sha256::digest(text.as_bytes());
    BASE32_NOPAD.encode(&digest[..16]).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Claims, Plan, Words, numbers};
    use std::path::{Path, PathBuf};

    fn plan() -> Plan {
        Plan {
            version: Plan::VERSION,
            file: PathBuf::from("/r/f"),
            agent: "a".to_owned(),
            commands: vec!["true".to_owned()],
            environment: vec![("A".to_owned(), "b".to_owned())],
            inherited: vec!["KEY".to_owned()],
            values: vec![("command".to_owned(), "@a b".to_owned())],
            folder: PathBuf::from("/r"),
            worktree: Some(PathBuf::from("/r")),
            report: None,
            timeout_ms: 1000,
            retries: 2,
            taken_at: 5,
            words: None,
        }
    }

    #[test]
    fn a_file_is_taken_once() {
        let home = tempfile::tempdir().unwrap();
        let claims = Claims::open(home.path(), Path::new("/r")).unwrap();
        let name = "nonce".to_owned();
        assert!(!claims.is_taken(&name));
        let claim = claims.take(&name, plan(), Some(b"@a b")).unwrap().unwrap();
        assert!(claims.is_taken(&name));
        assert_eq!(claims.take(&name, plan(), None).unwrap(), None);
        // A later watcher sees it.
        let later = Claims::open(home.path(), Path::new("/r")).unwrap();
        assert_eq!(later.open_ones().unwrap(), std::slice::from_ref(&claim));
        claim.end("completed", None, 10).unwrap();
        assert_eq!(later.open_ones().unwrap(), []);
        assert!(later.is_taken(&name));
        later.prune(10);
        assert!(later.is_taken(&name));
        later.prune(i64::MAX / 2);
        assert!(!later.is_taken(&name));
    }

    #[test]
    fn a_claim_that_was_only_begun_is_taken_again() {
        let home = tempfile::tempdir().unwrap();
        let claims = Claims::open(home.path(), Path::new("/r")).unwrap();
        let name = "nonce";
        std::fs::create_dir(claims.dir(name)).unwrap();
        assert!(!claims.is_taken(name));
        assert!(claims.take(name, plan(), None).unwrap().is_some());
    }

    #[test]
    fn stored_plans_stay_readable() {
        // As written by the first version; added to, never edited.
        let golden = include_str!("golden/plan-1.json");
        let read: Plan = serde_json::from_str(golden).unwrap();
        assert_eq!(read, plan());
        let written = serde_json::to_string_pretty(&plan()).unwrap();
        assert_eq!(written, golden.trim_end());
    }

    #[test]
    fn stored_words_stay_readable() {
        // Came later, in plans of files that only their content tells.
        let words = Words {
            place: PathBuf::from("/r/f"),
            digest: "d1".to_owned(),
        };
        let with_words = Plan {
            words: Some(words),
            ..plan()
        };
        let golden = include_str!("golden/plan-1-words.json");
        assert_eq!(serde_json::from_str::<Plan>(golden).unwrap(), with_words);
        let written = serde_json::to_string_pretty(&with_words).unwrap();
        assert_eq!(written, golden.trim_end());
    }

    #[test]
    fn attempts_are_folders_with_two_numbers() {
        for (name, expected) in [
            ("001-002", Some((0, 2))),
            ("012-001", Some((11, 1))),
            ("000-001", None),
            ("plan.json", None),
            ("1", None),
        ] {
            assert_eq!(numbers(name), expected, "{name}");
        }
    }
}
