//! Programs that built-in tasks ask, such as `npm audit`: short, bounded, and ended with all that they started when
//! their time is over or nobody wants the answer any more.
#![expect(
    clippy::disallowed_methods,
    reason = "tools of the built-in tasks start here"
)]

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Bytes that are taken of what it prints.
const MOST: u64 = 64 << 20;
/// Bytes of the end of what it complains about.
const MOST_STDERR: u64 = 64 << 10;
/// Between two looks at whether it has ended.
const GLANCE: Duration = Duration::from_millis(20);
/// Time to leave after the first signal.
const GRACE: Duration = Duration::from_secs(2);

/// What a program said, whatever its exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// None when a signal ended it.
    pub code: Option<i32>,
    /// All that it printed.
    pub stdout: Vec<u8>,
    /// The end of what it complained about.
    pub stderr: String,
}

/// Why it was ended, or never began.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// There is no such program.
    #[error("there is no such program")]
    Missing,
    /// Nobody wants the answer any more.
    #[error("it was stopped")]
    Stopped,
    /// Its time was over.
    #[error("it did not end within {0:?}")]
    TimedOut(Duration),
    /// It printed more than is taken.
    #[error("it printed more than {MOST} bytes")]
    TooMuch,
    /// The system refused something.
    #[error("it cannot be run: {0}")]
    Io(#[from] io::Error),
}

/// Runs a program to its end in a process group of its own, with nothing to read.
///
/// # Errors
/// When it did not come to its end. Nothing of it is left then.
pub fn run(
    argv: &[String],
    folder: &Path,
    time: Duration,
    stop: &dyn Fn() -> bool,
) -> Result<Said, Unheard> {
    let (program, arguments) = argv.split_first().ok_or(Unheard::Missing)?;
    let mut stdout = tempfile::tempfile()?;
    let mut stderr = tempfile::tempfile()?;
    let child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?)
        .process_group(0)
        .spawn();
    let mut running = match child {
        Ok(child) => Running(child),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unheard::Missing),
        Err(error) => return Err(error.into()),
    };
    let until = Instant::now() + time;
    let status = loop {
        if let Some(status) = running.0.try_wait()? {
            break status;
        }
        if stop() {
            return Err(Unheard::Stopped);
        }
        if Instant::now() >= until {
            return Err(Unheard::TimedOut(time));
        }
        if stdout.metadata()?.len() > MOST || stderr.metadata()?.len() > MOST {
            return Err(Unheard::TooMuch);
        }
        std::thread::sleep(GLANCE);
    };
    Ok(Said {
        code: status.code(),
        stdout: whole(&mut stdout)?,
        stderr: String::from_utf8_lossy(&end(&mut stderr)?).into_owned(),
    })
}

fn whole(file: &mut std::fs::File) -> Result<Vec<u8>, Unheard> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(Unheard::TooMuch);
    }
    Ok(bytes)
}

fn end(file: &mut std::fs::File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_STDERR)))?;
    let mut bytes = Vec::new();
    file.take(MOST_STDERR).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A program and all that it started in its group: gone when this is.
struct Running(Child);

impl Running {
    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            self.signal(Signal::TERM);
            let until = Instant::now() + GRACE;
            while let Ok(None) = self.0.try_wait()
                && Instant::now() < until
            {
                std::thread::sleep(GLANCE);
            }
        }
        // What it left behind in its group, and itself where it did not listen.
        self.signal(Signal::KILL);
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn shell(script: &str, time: Duration, stop: &dyn Fn() -> bool) -> Result<Said, Unheard> {
        let argv = ["sh", "-c", script].map(str::to_owned);
        run(&argv, Path::new("/"), time, stop)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_it_says_is_heard_whatever_its_code() {
        let said = shell("pwd; echo no >&2; exit 3", LONG, &|| false).unwrap();
        assert_eq!(
            (said.code, said.stdout, said.stderr),
            (Some(3), b"/\n".to_vec(), "no\n".to_owned())
        );
        let killed = shell("kill -9 $$", LONG, &|| false).unwrap();
        assert_eq!(killed.code, None);
    }

    #[test]
    fn a_program_that_is_not_there_is_told_apart() {
        let argv = ["no-such-program-anywhere".to_owned()];
        let missing = run(&argv, Path::new("/"), LONG, &|| false);
        assert!(matches!(missing, Err(Unheard::Missing)), "{missing:?}");
        assert!(matches!(
            run(&[], Path::new("/"), LONG, &|| false),
            Err(Unheard::Missing)
        ));
    }

    #[test]
    fn it_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        // The child of the child holds out against the first signal.
        let script = format!(
            "sh -c 'trap \"\" TERM; echo $$ > {0}.new; mv {0}.new {0}; sleep 600' & wait",
            pids.display()
        );
        let looks = Cell::new(0);
        let stop = || {
            looks.set(looks.get() + 1);
            pids.exists()
        };
        let stopped = shell(&script, LONG, &stop);
        assert!(matches!(stopped, Err(Unheard::Stopped)), "{stopped:?}");
        let pid: i32 = std::fs::read_to_string(&pids)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let gone = || crate::proc::stat(pid).is_none_or(|stat| stat.is_dead());
        let until = Instant::now() + LONG;
        while !gone() {
            assert!(Instant::now() < until, "process {pid} lives on");
            std::thread::yield_now();
        }
    }

    #[test]
    fn its_time_and_its_output_are_bounded() {
        let late = shell("exec sleep 600", Duration::from_millis(50), &|| false);
        assert!(matches!(late, Err(Unheard::TimedOut(_))), "{late:?}");
        let much = shell("exec yes", LONG, &|| false);
        assert!(matches!(much, Err(Unheard::TooMuch)), "{much:?}");
    }
}
