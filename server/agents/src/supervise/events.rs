//! What the supervisor waits for: signals, the agent's output, time. One `poll`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// The signals of this process, read instead of delivered.
pub(super) struct Events {
    signals: SignalFd,
}

impl Events {
    /// Blocks the signals that matter; HUP, INT and QUIT only so that they do nothing.
    pub(super) fn new() -> io::Result<Self> {
        let mut set = SigSet::empty();
        for signal in [
            Signal::SIGCHLD,
            Signal::SIGTERM,
            Signal::SIGHUP,
            Signal::SIGINT,
            Signal::SIGQUIT,
        ] {
            set.add(signal);
        }
        set.thread_block()?;
        Ok(Self {
            signals: SignalFd::with_flags(&set, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?,
        })
    }

    /// Reads all signals that came; true if one of them asks for the end.
    pub(super) fn asked_to_end(&self) -> bool {
        let mut asked = false;
        while let Ok(Some(info)) = self.signals.read_signal() {
            asked |= i32::try_from(info.ssi_signo) == Ok(Signal::SIGTERM as i32);
        }
        asked
    }

    /// Waits for a signal, for anything on these descriptors, or until then.
    pub(super) fn wait(&self, inputs: &[BorrowedFd<'_>], until: Option<Instant>) -> io::Result<()> {
        let mut fds = vec![PollFd::from_borrowed_fd(
            self.signals.as_fd(),
            PollFlags::IN,
        )];
        fds.extend(
            inputs
                .iter()
                .map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN)),
        );
        match poll(&mut fds, until.map(span_to).as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn span_to(until: Instant) -> Timespec {
    let span = until.saturating_duration_since(Instant::now());
    Timespec {
        tv_sec: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: span.subsec_nanos().into(),
    }
}
