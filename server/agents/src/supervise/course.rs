//! The course of one attempt, from the agent's start to the end of its last process.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{WaitOptions, WaitStatus, wait};

use super::cgroup::Cgroup;
use super::command::{self, Streams};
use super::events::Events;
use super::exec::{ExecError, Spawned, spawn};
use super::output::Output;
use super::phase::{Action, Course, Facts};
use super::report::Report;
use super::tree::AgentTree;
use super::{secrets, started};
use crate::attempt::folder::{self, STARTED, STOP, Started, Stop};
use crate::attempt::signal::{Signal, Usage};
use crate::attempt::spec::VERSION;
use crate::attempt::{AttemptResult, AttemptSpec, LeakedProcess, Outcome};

/// How often the tree is looked at for `usage`, and where a limit hangs on it.
const SAMPLE: Duration = Duration::from_secs(1);
const SAMPLE_FOR_LIMIT: Duration = Duration::from_millis(250);
/// The lines of output in a result.
const LAST_LINES: usize = 10;

/// Runs the agent. An error is one of the supervisor itself; whatever happens to the agent is a result.
pub(super) fn run(dir: &Path, spec: &AttemptSpec, events: Events) -> io::Result<AttemptResult> {
    let not_spawned = |message, errno| AttemptResult::not_spawned(message, errno, folder::now());
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let secrets = match secrets::read(&spec.secrets) {
        Ok(secrets) => secrets,
        Err(message) => return Ok(not_spawned(message, None)),
    };
    if events.asked_to_end() {
        let outcome = Outcome::Stopped {
            reason: stop_reason(dir),
        };
        return Ok(AttemptResult {
            outcome,
            ..not_spawned(String::new(), None)
        });
    }
    let mut started = started(Cgroup::place(&spec.cookie));
    folder::write(dir, STARTED, &started)?;
    let mut cgroup = started.cgroup.as_deref().and_then(Cgroup::create);
    let (output, stdout, stderr) = Output::new(dir, spec.log, &secrets)?;
    let agent = match start(spec, &secrets, (stdout, stderr), cgroup.as_ref()) {
        Ok(agent) => agent,
        Err((message, errno)) => return Ok(not_spawned(message, errno)),
    };
    if !agent.in_cgroup {
        cgroup = None;
        started.cgroup = None;
    }
    started.agent_pid = Some(agent.pid);
    started.at = folder::now().0;
    let mut report = Report::new();
    // Who waits for the start hears it first: a new file may take half a millisecond.
    report.say(&Signal::Started(started.clone()));
    // The agent runs: a full disk must not end it. The first `started` is there in any case.
    folder::append(dir, STARTED, &started).ok();
    let tree = AgentTree::new(cgroup);
    let attempt = Attempt::new(dir, spec, events, output, tree, report, started);
    attempt.watch()
}

/// Starts the agent; our copies of its ends of the pipes are closed on return.
fn start(
    spec: &AttemptSpec,
    secrets: &[(String, String)],
    (stdout, stderr): (OwnedFd, OwnedFd),
    cgroup: Option<&Cgroup>,
) -> Result<Spawned, (String, Option<i32>)> {
    let null = File::open("/dev/null")
        .map_err(|e| (format!("cannot open /dev/null: {e}"), e.raw_os_error()))?;
    let streams = Streams {
        stdin: null.as_fd(),
        stdout: stdout.as_fd(),
        stderr: stderr.as_fd(),
    };
    let exec =
        command::agent(spec, secrets, &streams, cgroup.map(AsFd::as_fd)).map_err(|m| (m, None))?;
    let name = spec
        .program
        .argv()
        .first()
        .copied()
        .unwrap_or_default()
        .to_owned();
    spawn(&exec).map_err(|error| match error {
        ExecError::Clone(e) => (format!("cannot make a process: {e}"), e.raw_os_error()),
        ExecError::Cwd(e) => (
            format!(
                "cannot enter the working folder {}: {e}",
                spec.cwd.display()
            ),
            e.raw_os_error(),
        ),
        ExecError::Program(e) => (format!("cannot start {name}: {e}"), e.raw_os_error()),
    })
}

/// Everything about the running attempt.
struct Attempt<'a> {
    dir: &'a Path,
    events: Events,
    output: Output,
    tree: AgentTree,
    report: Report,
    course: Course,
    started: Started,
    began: Instant,
    /// How the main process ended.
    main: Option<WaitStatus>,
    stop: Option<String>,
    usage: Usage,
    peak_rss: u64,
    sample_every: Duration,
    sample_at: Instant,
    said: u64,
    leaked: Vec<LeakedProcess>,
}

impl<'a> Attempt<'a> {
    fn new(
        dir: &'a Path,
        spec: &AttemptSpec,
        events: Events,
        output: Output,
        tree: AgentTree,
        report: Report,
        started: Started,
    ) -> Self {
        let began = Instant::now();
        let limited = spec.limits.memory_bytes.is_some() || spec.limits.processes.is_some();
        let sample_every = if limited { SAMPLE_FOR_LIMIT } else { SAMPLE };
        Self {
            dir,
            events,
            output,
            tree,
            report,
            course: Course::new(spec, began),
            started,
            began,
            main: None,
            stop: None,
            usage: Usage::default(),
            peak_rss: 0,
            sample_every,
            sample_at: began + sample_every,
            said: 0,
            leaked: Vec::new(),
        }
    }

    /// Until nothing of the tree is left.
    fn watch(mut self) -> io::Result<AttemptResult> {
        loop {
            if self.events.asked_to_end() && self.stop.is_none() {
                self.stop = Some(stop_reason(self.dir));
            }
            let children = self.reap();
            let now = Instant::now();
            let more = self.output.take(now);
            self.sample(now);
            self.say_output(now);
            match self.decide(now, children) {
                Action::Over => return Ok(self.result(now)),
                action => self.act(action),
            }
            if !more {
                self.events
                    .wait(&self.output.inputs(), Some(self.wake_at()))?;
            }
        }
    }

    fn decide(&mut self, now: Instant, children: bool) -> Action {
        self.course.decide(&Facts {
            now,
            main_ended: self.main.is_some(),
            children,
            stop: self.stop.as_deref(),
            output_bytes: self.output.received(),
            last_output: self.output.last(),
            usage: self.usage,
        })
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Wait | Action::Over => {}
            Action::Term => self.tree.term(),
            Action::TermLeaked => {
                let leaked = |stat: crate::proc::Stat| LeakedProcess {
                    pid: stat.pid,
                    name: stat.name,
                    alive: false,
                };
                self.leaked = self.tree.members().into_iter().map(leaked).collect();
                self.tree.term();
            }
            Action::Kill => self.tree.kill(),
        }
    }

    /// Reaps all that ended; false when nothing is left below us.
    fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => {
                    if Some(pid.as_raw_nonzero().get()) == self.started.agent_pid {
                        self.main = Some(status);
                    }
                }
                Ok(None) => return true,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }

    fn sample(&mut self, now: Instant) {
        if now < self.sample_at {
            return;
        }
        self.sample_at = now + self.sample_every;
        self.usage = self.tree.usage(reaped().0);
        self.peak_rss = self.peak_rss.max(self.usage.rss_bytes);
        self.report.say(&Signal::Usage(self.usage));
    }

    fn say_output(&mut self, now: Instant) {
        let bytes = self.output.totals().bytes;
        if bytes == self.said || self.report.due().is_some_and(|due| now < due) {
            return;
        }
        self.said = bytes;
        self.report.note_output(now);
        let line = self.output.lines().last().unwrap_or_default();
        self.report.say(&Signal::Output { line, bytes });
    }

    fn wake_at(&self) -> Instant {
        let unsaid = self.output.totals().bytes != self.said;
        let report = self.report.due().filter(|_| unsaid);
        let course = self.course.wake_at(self.output.last());
        [report, course]
            .into_iter()
            .flatten()
            .fold(self.sample_at, Instant::min)
    }

    fn result(mut self, now: Instant) -> AttemptResult {
        self.output.finish(now);
        let ended_at = folder::now().0;
        let (cpu_ms, largest) = reaped();
        if self.reap() {
            self.name_survivors();
        }
        AttemptResult {
            version: VERSION,
            exit_code: self.main.and_then(WaitStatus::exit_status),
            started_at: self.started.at,
            ended_at,
            duration_ms: u64::try_from((now - self.began).as_millis()).unwrap_or(u64::MAX),
            peak_rss_bytes: self.peak_rss.max(largest),
            cpu_ms,
            leaked_processes: std::mem::take(&mut self.leaked),
            log: self.output.totals(),
            tree: self.tree.mechanism(),
            last_lines: self.output.lines().tail(LAST_LINES),
            outcome: self.course.cause().unwrap_or_else(|| outcome_of(self.main)),
        }
    }

    /// What even KILL did not end.
    fn name_survivors(&mut self) {
        for stat in self.tree.members() {
            self.leaked.retain(|leaked| leaked.pid != stat.pid);
            self.leaked.push(LeakedProcess {
                pid: stat.pid,
                name: stat.name,
                alive: true,
            });
        }
    }
}

fn outcome_of(main: Option<WaitStatus>) -> Outcome {
    let signal = main.and_then(WaitStatus::terminating_signal);
    match (main.and_then(WaitStatus::exit_status), signal) {
        (Some(code), _) => Outcome::Exited { code },
        (None, Some(signal)) => Outcome::Signalled { signal },
        // It outlived KILL: only `Course` ends such an attempt, and then it has a cause.
        (None, None) => Outcome::Stopped {
            reason: "unknown".to_owned(),
        },
    }
}

/// Why somebody sent TERM: what the daemon wrote down before, if it was the daemon.
fn stop_reason(dir: &Path) -> String {
    let stop: Option<Stop> = folder::read(dir, STOP).unwrap_or_default();
    stop.map_or_else(
        || "the supervisor was asked to end (SIGTERM)".to_owned(),
        |stop| stop.reason,
    )
}

/// Of all processes reaped so far: processor time in milliseconds, and the resident memory of the largest in bytes.
fn reaped() -> (u64, u64) {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else {
        return (0, 0);
    };
    let cpu = (usage.user_time() + usage.system_time()).num_milliseconds();
    // Linux counts in kilobytes.
    (
        u64::try_from(cpu).unwrap_or(0),
        u64::try_from(usage.max_rss()).unwrap_or(0) * 1024,
    )
}
