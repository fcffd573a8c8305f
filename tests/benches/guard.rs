//! What happens to worlds whose benchmark does not come to its end.
//!
//! All of them lie in one folder. A second process waits for the end of this one, however that comes, and
//! then ends and removes what is left in there. Interrupted, this process becomes such a one itself, so that
//! the terminal comes back when all is cleared. Whoever started it takes it along.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the benchmark starts its guard, and speaks to a terminal"
)]

use nix::sys::signal::Signal;
use std::fs;
use std::io::Read;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use support::{Sandbox, process, tree};
use tokio::signal::unix::{SignalKind, signal};

/// The argument by which the program knows that it is to be a guard. The folder follows, and the exit code.
const GUARD: &str = "--guard";
/// Signals that interrupt: their number above 128 is the exit code, as shells have it.
const INTERRUPTS: [Signal; 2] = [Signal::SIGINT, Signal::SIGTERM];
/// How long removing may take: a row of many files leaves hundreds of thousands.
const LONGEST: Duration = Duration::from_secs(300);
/// Where the folder is made. A guard is told its name only: whoever names the whole path belongs to it.
const PLACE: &str = "/tmp";

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Where worlds are to be made.
pub(crate) fn folder() -> &'static Path {
    FOLDER.get().expect("a guard that is set").as_path()
}

/// The process that waits. Dropping this ends it, and the folder is gone.
pub(crate) struct Guard {
    process: Child,
    /// Never written to: it is closed when this process ends.
    life: Option<ChildStdin>,
}

impl Guard {
    /// Before the first world: makes the folder, and starts what watches over it.
    pub(crate) fn set() -> Self {
        let folder = tempfile::Builder::new().prefix("os-").tempdir_in(PLACE);
        let folder = folder.expect("a folder for all worlds").keep();
        let mut process = command(&folder, 0)
            .stdin(Stdio::piped())
            // The terminal's signals are not for it.
            .process_group(0)
            .spawn()
            .expect("a guard");
        let life = process.stdin.take();
        FOLDER.set(folder).expect("one guard");
        end_with_parent();
        std::thread::spawn(become_guard_when_interrupted);
        Self { process, life }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.life = None;
        let _ = self.process.wait();
    }
}

fn command(folder: &Path, code: u8) -> Command {
    let own = std::env::current_exe().expect("the benchmark's own path");
    let mut command = Command::new(own);
    let name = folder.file_name().unwrap_or_default();
    command.arg(GUARD).arg(name).arg(code.to_string());
    command
}

/// Without the one who reads the figures they are of no use.
fn end_with_parent() {
    let parent = parent_id();
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGTERM);
    if parent_id() != parent {
        // It was gone before that could be asked for.
        let _ = nix::sys::signal::raise(Signal::SIGTERM);
    }
}

/// Other threads end where a process becomes another program: nothing new is started from then on.
fn become_guard_when_interrupted() {
    let interrupt = interrupted();
    eprintln!("{interrupt}: stopping what was started, removing its files");
    let code = 128 + u8::try_from(interrupt as i32).unwrap_or(0);
    let error = command(folder(), code).stdin(Stdio::null()).exec();
    eprintln!("the guard cannot be called: {error}");
    // Then the one that waits does it.
    let _ = nix::sys::signal::raise(Signal::SIGKILL);
}

fn interrupted() -> Signal {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (sender, mut came) = tokio::sync::mpsc::channel(1);
        for number in INTERRUPTS {
            let mut stream = signal(SignalKind::from_raw(number as i32)).expect("a signal");
            let sender = sender.clone();
            tokio::spawn(async move {
                stream.recv().await;
                let _ = sender.send(number).await;
            });
        }
        came.recv().await.expect("a signal")
    })
}

/// Where this process was started as a guard: waits for the end of what it guards, and clears up.
pub(crate) fn called() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()?.to_str() != Some(GUARD) {
        return None;
    }
    let folder = Path::new(PLACE).join(arguments.next()?);
    let code: u8 = arguments.next()?.to_str()?.parse().ok()?;
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    clear(&folder);
    Some(ExitCode::from(code))
}

/// Until nothing is left: what was being started when its benchmark died may come late.
fn clear(folder: &Path) {
    let program = std::env::current_exe().map(|own| own.with_file_name("offshoot"));
    let program = program.unwrap_or_default();
    let began = Instant::now();
    while folder.exists() && began.elapsed() < LONGEST {
        for world in fs::read_dir(folder).into_iter().flatten().flatten() {
            Sandbox::adopt(&world.path(), &program).abandon();
        }
        process::clear(&process::belonging_to(folder));
        tree::make_writable(folder);
        let _ = fs::remove_dir_all(folder);
    }
    process::clear(&process::belonging_to(folder));
}
