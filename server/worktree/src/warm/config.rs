//! What decides how a blob becomes a file, beside the tree itself: line ends, filters, attributes of
//! the user. A tree that was checked out under other settings is no use.
//!
//! Asking git costs a process; so its answer is remembered, with the files it came from.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::bytes;
use crate::error::Result;
use crate::repo::{Identity, Repo};

/// A file that decides about an answer of git.
#[derive(Clone)]
struct Source {
    path: PathBuf,
    seen: Seen,
    /// None where there was none.
    content: Option<[u8; 32]>,
}

/// How it was: time, inode, size; none where there was none.
type Seen = Option<(i64, i64, u64, u64)>;

impl Source {
    fn of(path: PathBuf) -> Self {
        let seen = seen(&path);
        // A pipe or a device would never end.
        let content = path.is_file().then(|| fs::read(&path).ok()).flatten();
        Self {
            content: content.map(|content| Sha256::digest(content).into()),
            seen,
            path,
        }
    }

    /// Whether it says what it said; many programs write a settings file anew without changing it.
    fn is_same(&mut self) -> bool {
        if seen(&self.path) == self.seen {
            return true;
        }
        let now = Self::of(self.path.clone());
        let same = now.content == self.content;
        if same {
            *self = now;
        }
        same
    }
}

#[derive(Clone)]
struct Known {
    files: Vec<Source>,
    print: String,
    /// What git keeps of a worktree is nothing but the usual files.
    plain_entries: bool,
    /// Who commits, once somebody asked.
    identity: Option<Identity>,
}

static KNOWN: Mutex<Option<HashMap<(PathBuf, String), Known>>> = Mutex::new(None);

/// Variables that change what git answers.
const VARIABLES: &[&str] = &[
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "EMAIL",
];

/// Sections whose settings change what is checked out.
const SECTIONS: &[&str] = &["core.", "filter.", "lfs.", "extensions.", "index."];

impl Repo {
    /// One word for all settings that change what a checkout writes: where two are equal, the same
    /// tree becomes the same files.
    ///
    /// # Errors
    /// Those of git.
    pub fn checkout_settings(&self) -> Result<String> {
        self.known().map(|known| known.print)
    }

    /// Whether what git keeps of a worktree is nothing but the usual files, with the usual permissions: refs in
    /// files, and no settings of its own.
    pub(crate) fn has_plain_entries(&self) -> Result<bool> {
        self.known().map(|known| known.plain_entries)
    }

    /// As [`Repo::identity`], without asking git again while the files that say it are the same.
    ///
    /// # Errors
    /// Those of git.
    pub fn remembered_identity(&self) -> Result<Identity> {
        let known = self.known()?;
        if let Some(identity) = known.identity {
            return Ok(identity);
        }
        let identity = self.identity()?;
        let fresh = Known {
            identity: Some(identity.clone()),
            ..known
        };
        remembered()
            .get_or_insert_default()
            .insert(self.key(), fresh);
        Ok(identity)
    }

    fn known(&self) -> Result<Known> {
        let mut all = remembered();
        if let Some(known) = all.as_mut().and_then(|all| all.get_mut(&self.key()))
            && known.files.iter_mut().all(Source::is_same)
        {
            return Ok(known.clone());
        }
        drop(all);
        let fresh = self.ask()?;
        remembered()
            .get_or_insert_default()
            .insert(self.key(), fresh.clone());
        Ok(fresh)
    }

    /// The repository, and those variables that change what git answers.
    fn key(&self) -> (PathBuf, String) {
        let variable = |name: &&str| {
            let value = self.environment().get(name);
            value
                .map(|value| value.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let variables: Vec<String> = VARIABLES.iter().map(variable).collect();
        (self.git_dir().to_owned(), variables.join("\0"))
    }

    fn ask(&self) -> Result<Known> {
        let (mut files, attributes) = self.usual_files();
        // Looked at before git reads them: what changes meanwhile is asked for again.
        let mut before: Vec<Source> = files.iter().cloned().map(Source::of).collect();
        let mut attributes: Vec<Source> = attributes.into_iter().map(Source::of).collect();
        let output = self
            .git("config")
            .args(["--list", "-z", "--show-origin"])
            .run()?;
        let mut print = Sha256::new();
        let mut plain_entries = true;
        let mut fields = bytes::fields(&output);
        while let (Some(origin), Some(setting)) = (fields.next(), fields.next()) {
            let Some(file) = origin.strip_prefix(b"file:") else {
                continue;
            };
            let file = self.root().join(bytes::path(file));
            if !files.contains(&file) {
                before.push(Source::of(file.clone()));
                files.push(file);
            }
            let text = bytes::lossy(setting);
            plain_entries &= !changes_entries(&text);
            if SECTIONS.iter().any(|section| text.starts_with(section)) {
                print.update(setting);
                print.update([0]);
            }
            if let Some(path) = text.strip_prefix("core.attributesfile\n") {
                attributes.push(Source::of(self.expand(path)));
            }
        }
        for source in &attributes {
            print.update(source.content.unwrap_or_default());
        }
        before.extend(attributes);
        let print = print.finalize();
        let digits = print.iter().take(8).map(|byte| format!("{byte:02x}"));
        Ok(Known {
            files: before,
            plain_entries,
            identity: None,
            print: digits.collect(),
        })
    }

    /// Files that git reads where they exist, of settings and of attributes: one that appears has to be noticed.
    fn usual_files(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let variable = |name: &str| self.environment().get(name).map(PathBuf::from);
        let home = variable("HOME").unwrap_or_default();
        let xdg = variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        let mut settings = vec![
            self.common_dir().join("config"),
            self.common_dir().join("config.worktree"),
            self.git_dir().join("config.worktree"),
            "/etc/gitconfig".into(),
            home.join(".gitconfig"),
            xdg.join("git/config"),
        ];
        settings.extend(variable("GIT_CONFIG_GLOBAL"));
        settings.extend(variable("GIT_CONFIG_SYSTEM"));
        let attributes = vec![
            self.common_dir().join("info/attributes"),
            "/etc/gitattributes".into(),
            xdg.join("git/attributes"),
        ];
        (settings, attributes)
    }

    fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.environment().get("HOME")) {
            (Some(rest), Some(home)) => Path::new(home).join(rest),
            _ => self.root().join(path),
        }
    }
}

/// Whether a setting (`key\nvalue`) makes git keep something else of a worktree. Extensions that are not known
/// here may.
fn changes_entries(setting: &str) -> bool {
    let (key, value) = setting.split_once('\n').unwrap_or((setting, "true"));
    let off = |value: &str| matches!(value, "false" | "no" | "off" | "0" | "");
    match key {
        "extensions.objectformat" | "extensions.partialclone" | "extensions.noop" => false,
        "extensions.refstorage" => value != "files",
        "core.sharedrepository" => !off(value) && value != "umask",
        "core.sparsecheckout" => !off(value),
        _ => key.starts_with("extensions.") && !off(value),
    }
}

fn remembered() -> MutexGuard<'static, Option<HashMap<(PathBuf, String), Known>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seen(path: &Path) -> Seen {
    let meta = fs::metadata(path).ok()?;
    Some((meta.mtime(), meta.mtime_nsec(), meta.ino(), meta.size()))
}
