//! The loop: looks, takes, has it done, and listens for changes, ends and signals.

use super::answer::{self, End, still_waits};
use super::appeared::{Appeared, Contents, NotNow, appeared, twin};
use super::claim::{Claim, Claims};
use super::files::{Found, Patterns};
use super::identity::Standing;
use super::plan::plan;
use super::say::{Say, Tell};
use super::surroundings::Surroundings;
use super::work::{self, Shared};
use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Signal, Signals};
use agents::attempt::folder::{self, Lock};
use agents::handoff::Folders;
use daemon::settings::background_agents::{self, BackgroundAgents};
use protocol::{Error, ErrorKind};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

/// Between two walks through the repository for globs that no event covers.
const FAR: Duration = Duration::from_secs(30);
/// The poll is never quicker, whatever is configured.
const MIN_POLL: Duration = Duration::from_millis(200);
/// Files that cannot be understood are spoken of once; this many are remembered.
const REMEMBERED: usize = 1_000;

/// A work that ended: which, and how.
type Joined = Result<(Id, Result<End, Error>), JoinError>;

/// A watcher of one repository.
pub(super) struct Watcher {
    around: Surroundings,
    config: PathBuf,
    /// When the agents' file was last changed.
    config_seen: Option<SystemTime>,
    only: Vec<String>,
    agents: BackgroundAgents,
    patterns: Patterns,
    claims: Claims,
    /// What stands where it was taken.
    standing: Standing,
    contents: Contents,
    /// When the repository was first watched.
    since: i64,
    folders: Folders,
    shared: Arc<Shared>,
    works: JoinSet<Result<End, Error>>,
    claims_of: HashMap<Id, Claim>,
    /// Taken, and waiting for room.
    waiting: VecDeque<Claim>,
    cancel: watch::Sender<bool>,
    /// What was said of files that cannot be taken.
    said: HashMap<PathBuf, String>,
    next_far: Instant,
    failed: bool,
    /// Held for life: there is one watcher for each repository.
    _locks: (Lock, Option<File>),
}

impl Watcher {
    pub(super) fn new(
        context: &Context,
        around: Surroundings,
        config: PathBuf,
        only: Vec<String>,
        agents: BackgroundAgents,
    ) -> Result<Self, Error> {
        context.home.create()?;
        let claims = Claims::open(context.home.root(), &around.root).map_err(|e| storage(&e))?;
        let lock = claims.lock().map_err(|error| storage(&error))?;
        let (Some(lock), Some(repo_lock)) = (lock, around.lock()) else {
            let message = format!("{} is watched already", around.root.display());
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("one watcher does the work of all agents; end the other one first"));
        };
        let now = folder::now().0;
        claims.prune(now);
        let mut watcher = Self {
            since: claims.since(now).map_err(|error| storage(&error))?,
            waiting: claims.open_ones().map_err(|error| storage(&error))?.into(),
            standing: Standing::of(&claims).map_err(|error| storage(&error))?,
            contents: Contents::default(),
            patterns: Patterns::new(&around.root, &agents, |_| true),
            config_seen: changed_at(&config),
            shared: Arc::new(Shared {
                program: context.program.clone(),
                home: context.home.clone(),
                environment: around.environment.clone(),
                say: Say { out: context.out },
            }),
            folders: Folders::default(),
            works: JoinSet::new(),
            claims_of: HashMap::new(),
            cancel: watch::Sender::new(false),
            said: HashMap::new(),
            next_far: Instant::now(),
            failed: false,
            around,
            config,
            only,
            agents,
            claims,
            _locks: (lock, repo_lock),
        };
        watcher.patterns = watcher.patterns_of(&watcher.agents);
        Ok(watcher)
    }

    /// Does what is there, and ends.
    pub(super) async fn once(mut self) -> Result<Exit, Error> {
        let mut signals = Signals::listen()?;
        self.look()?;
        self.start();
        while !self.works.is_empty() {
            tokio::select! {
                ended = self.works.join_next_with_id() => self.ended(ended),
                signal = signals.next() => match signal {
                    Signal::Interrupt => drop(self.cancel.send_replace(true)),
                    Signal::Detach => return Ok(Exit::DONE),
                },
            }
            self.start();
        }
        Ok(match (*self.cancel.borrow(), self.failed) {
            (true, _) => Exit::CANCELLED,
            (false, true) => Exit::FAILED,
            (false, false) => Exit::DONE,
        })
    }

    /// Watches until it is told to stop.
    pub(super) async fn stay(mut self) -> Result<Exit, Error> {
        let mut signals = Signals::listen()?;
        self.say(Tell::watching(self.greeting()));
        let poll = self.around.settings.hand_off.poll.max(MIN_POLL);
        loop {
            self.reload();
            self.look()?;
            self.start();
            tokio::select! {
                () = self.folders.changed() => {}
                () = tokio::time::sleep(poll) => {}
                ended = self.works.join_next_with_id(), if !self.works.is_empty() => self.ended(ended),
                signal = signals.next() => return self.leave(signal, signals).await,
            }
        }
    }

    /// The first interrupt lets what is under way come to its end, the second one stops it. Whoever ends the
    /// watcher in another way leaves it to the next one.
    async fn leave(mut self, signal: Signal, mut signals: Signals) -> Result<Exit, Error> {
        let count = self.works.len();
        if signal == Signal::Detach || count == 0 {
            return Ok(Exit::DONE);
        }
        let files = crate::times::count(count, "file");
        self.say(Tell::watching(format!(
            "nothing new is taken; {files} under way, ctrl-c again stops that"
        )));
        while !self.works.is_empty() {
            tokio::select! {
                ended = self.works.join_next_with_id() => self.ended(ended),
                signal = signals.next() => match signal {
                    Signal::Interrupt => drop(self.cancel.send_replace(true)),
                    Signal::Detach => return Ok(Exit::DONE),
                },
            }
        }
        Ok(if *self.cancel.borrow() {
            Exit::CANCELLED
        } else {
            Exit::DONE
        })
    }

    fn greeting(&self) -> String {
        let agents = crate::times::count(self.patterns.agents(), "agent");
        let root = self.around.root.display();
        match self.patterns.agents() {
            0 => format!("{root}: no agent is switched on and has `watch_paths`"),
            _ => format!("{root}, for {agents}; ctrl-c ends it"),
        }
    }

    /// Takes what is there.
    fn look(&mut self) -> Result<(), Error> {
        let near = self.patterns.near();
        let trouble = self.folders.fit(near.clone());
        if let Some(trouble) = trouble {
            let key = PathBuf::from("folders");
            self.say_once(&key, trouble.clone(), |_| {
                Tell::trouble(&format!("not all folders can be watched ({trouble}); they are looked at every few seconds"))
            });
        }
        let mut found = self.patterns.look_near(&near);
        if Instant::now() >= self.next_far {
            found.extend(self.patterns.look_far());
            self.next_far = Instant::now() + FAR;
        }
        self.standing.look();
        for file in found {
            self.consider(&file)?;
        }
        Ok(())
    }

    fn consider(&mut self, found: &Found) -> Result<(), Error> {
        if twin(&found.path).is_some_and(|twin| self.patterns.wanted(&twin).is_some()) {
            return Ok(());
        }
        let file = appeared(found, &self.around.root, self.since, &mut self.contents);
        let file = match file {
            Ok(file) => file,
            Err(NotNow::Nothing) => return Ok(()),
            Err(NotNow::Unreadable(reason)) => {
                self.skip_once(&found.path, reason.clone(), &reason);
                return Ok(());
            }
        };
        if self.claims.is_taken(&file.identity.name) || !self.is_news(&file) {
            return Ok(());
        }
        let Some(agent) = self.agents.agents.get(found.agent) else {
            return Ok(());
        };
        let plan = plan(agent, &file, &self.around.for_plan(folder::now().0));
        let name = &file.identity.name;
        let taken = self.claims.take(name, plan, file.bytes.as_deref());
        if let Some(claim) = taken.map_err(|error| storage(&error))? {
            self.say(Tell::taken(&claim.plan));
            answer::taken(&claim);
            self.standing.note(&claim);
            self.waiting.push_back(claim);
        }
        Ok(())
    }

    /// Whether a file asks for anything: one that holds what was done already does not, nor does a command that
    /// was answered or has run out of time.
    fn is_news(&mut self, file: &Appeared) -> bool {
        let words = file.identity.words.as_ref();
        if words.is_some_and(|words| self.standing.has(words)) {
            if file.command.is_some() {
                let why = "it holds what was done before; other words, or an `execution_id` of its own, make another command of it";
                self.skip_once(&file.path, file.identity.name.clone(), why);
            }
            return false;
        }
        let waits = |command| still_waits(command, file.changed_at, folder::now().0);
        if file.command.as_ref().is_none_or(waits) {
            return true;
        }
        let why = "it was answered before, or nobody waits for it any more";
        self.skip_once(&file.path, file.identity.name.clone(), why);
        false
    }

    /// Begins what was taken, as far as there is room.
    fn start(&mut self) {
        while self.works.len() < self.agents.max_parallel
            && let Some(claim) = self.waiting.pop_front()
        {
            let work = work::work(
                claim.clone(),
                Arc::clone(&self.shared),
                self.cancel.subscribe(),
            );
            let id = self.works.spawn(work).id();
            self.claims_of.insert(id, claim);
        }
    }

    fn ended(&mut self, ended: Option<Joined>) {
        let Some(ended) = ended else { return };
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => {
                let message = error.to_string();
                (error.id(), Err(Error::new(ErrorKind::Internal, message)))
            }
        };
        let Some(claim) = self.claims_of.remove(&id) else {
            return;
        };
        let tell = match outcome {
            Ok(end) => {
                self.failed |= end != End::Completed;
                Tell::ended(&claim.plan, end.status(), end.error())
            }
            Err(error) => {
                self.failed = true;
                Tell::problem(&claim.plan, &error.message)
            }
        };
        self.say(tell);
    }

    /// Goes by the file as it is now. One with errors changes nothing.
    fn reload(&mut self) {
        let now = changed_at(&self.config);
        if now == self.config_seen {
            return;
        }
        self.config_seen = now;
        let read = background_agents::read(&self.config);
        let Some(agents) = read.agents else {
            let first = read.diagnostics.first();
            let why = first.map_or("it is gone", |found| found.message.as_str());
            self.say(Tell::trouble(&format!(
                "{} cannot be used: {why}; what it said before holds",
                self.config.display()
            )));
            return;
        };
        self.patterns = self.patterns_of(&agents);
        self.agents = agents;
        self.next_far = Instant::now();
        self.say(Tell::watching(self.greeting()));
    }

    fn patterns_of(&self, agents: &BackgroundAgents) -> Patterns {
        Patterns::new(&self.around.root, agents, |agent| {
            self.only.is_empty() || self.only.contains(&agent.name)
        })
    }

    fn say(&self, tell: Tell) {
        self.shared.say.tell(tell);
    }

    /// Says why a file is passed over, once for each `state` it is in.
    fn skip_once(&mut self, path: &Path, state: String, why: &str) {
        self.say_once(path, state, |path| Tell::skipped(path, why));
    }

    fn say_once(&mut self, path: &Path, what: String, tell: impl FnOnce(&Path) -> Tell) {
        if self.said.len() >= REMEMBERED {
            self.said.clear();
        }
        if self.said.insert(path.to_owned(), what.clone()) != Some(what) {
            self.say(tell(path));
        }
    }
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|meta| meta.modified())
        .ok()
}

fn storage(error: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("the watcher's state cannot be kept: {error}"),
    )
    .hint("look for room and rights in the state folder")
}
