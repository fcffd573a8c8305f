//! Starts a program the way nothing in std can: straight into a cgroup, dying with its parent,
//! in a process group of its own, with a clean signal state and no file of ours open.
//!
//! The only unsafe code of the crate. Why not `Command` with `pre_exec`: a process that moves itself
//! into a cgroup before exec waits for an RCU grace period (measured: 22 ms on an idle machine),
//! one that is born there (`CLONE_INTO_CGROUP`, Linux 5.7) does not (0.05 ms).
//!
//! Between clone and exec the child makes system calls on memory prepared before, and nothing
//! else: no allocation, no lock, no drop. The supervisor is single-threaded besides.
#![expect(
    unsafe_code,
    reason = "clone3 into a cgroup and the calls between clone and exec have no safe wrapper"
)]

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::ptr;

use nix::libc;

/// A program to start, all memory prepared.
pub(super) struct Exec<'a> {
    /// Files to try in this order (the places of PATH).
    pub(super) files: Vec<CString>,
    /// The arguments, the name first.
    pub(super) argv: Vec<CString>,
    /// The whole environment, `NAME=value`.
    pub(super) env: Vec<CString>,
    pub(super) cwd: CString,
    pub(super) stdin: BorrowedFd<'a>,
    pub(super) stdout: BorrowedFd<'a>,
    pub(super) stderr: BorrowedFd<'a>,
    /// The cgroup (its folder) to be born in.
    pub(super) cgroup: Option<BorrowedFd<'a>>,
    /// In a session of its own and outliving us, instead of in a group of its own and dying with us.
    pub(super) detached: bool,
}

/// A started program.
pub(super) struct Spawned {
    pub(super) pid: i32,
    /// Whether it was born in the cgroup that was asked for.
    pub(super) in_cgroup: bool,
}

/// Where a start failed, with the system's error.
#[derive(Debug)]
pub(super) enum ExecError {
    /// Before there was a process.
    Clone(io::Error),
    /// The working folder could not be entered.
    Cwd(io::Error),
    /// The program could not be executed.
    Program(io::Error),
}

/// Of linux/sched.h (libc's own constant is too narrow for it).
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

const STAGE_CWD: i32 = 1;
const STAGE_PROGRAM: i32 = 2;
const SHELL: &CStr = c"/bin/sh";

/// Pointers for the kernel, all into an `Exec` that outlives them.
struct Prepared {
    files: Vec<*const libc::c_char>,
    argv: Vec<*const libc::c_char>,
    /// `sh <file> args…`, for a script without `#!`; the second place is filled in by the child.
    shell_argv: Vec<*const libc::c_char>,
    env: Vec<*const libc::c_char>,
    parent: libc::pid_t,
    report: RawFd,
}

/// Starts the program and returns when it runs or is known not to.
pub(super) fn spawn(exec: &Exec<'_>) -> Result<Spawned, ExecError> {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
        .map_err(|e| ExecError::Clone(e.into()))?;
    let mut prepared = prepare(exec, writer.as_raw_fd());
    let (pid, in_cgroup) = clone(exec.cgroup).map_err(ExecError::Clone)?;
    if pid == 0 {
        child(exec, &mut prepared);
    }
    drop(writer);
    match read_report(reader) {
        None => Ok(Spawned { pid, in_cgroup }),
        Some((stage, errno)) => {
            reap(pid);
            let error = io::Error::from_raw_os_error(errno);
            Err(if stage == STAGE_CWD {
                ExecError::Cwd(error)
            } else {
                ExecError::Program(error)
            })
        }
    }
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings
        .iter()
        .map(|s| s.as_ptr())
        .chain([ptr::null()])
        .collect()
}

fn prepare(exec: &Exec<'_>, report: RawFd) -> Prepared {
    let mut shell_argv = vec![SHELL.as_ptr(), ptr::null()];
    shell_argv.extend(pointers(exec.argv.get(1..).unwrap_or_default()));
    Prepared {
        files: exec.files.iter().map(|file| file.as_ptr()).collect(),
        argv: pointers(&exec.argv),
        shell_argv,
        env: pointers(&exec.env),
        parent: rustix::process::getpid().as_raw_nonzero().get(),
        report,
    }
}

/// Forks, into the cgroup where that works. `(0, _)` in the child.
fn clone(cgroup: Option<BorrowedFd<'_>>) -> io::Result<(libc::pid_t, bool)> {
    if let Some(cgroup) = cgroup
        && let Some(pid) = clone_into(cgroup)
    {
        return Ok((pid, true));
    }
    // SAFETY: single-threaded, and the child only makes system calls until exec.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok((pid, false)),
    }
}

/// `None` where the kernel refuses (older than 5.7, seccomp, no right to that cgroup).
fn clone_into(cgroup: BorrowedFd<'_>) -> Option<libc::pid_t> {
    // SAFETY: all zero is the valid "nothing special" of this plain C struct.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = CLONE_INTO_CGROUP;
    args.exit_signal = libc::SIGCHLD as u64;
    args.cgroup = u64::try_from(cgroup.as_raw_fd()).ok()?;
    // SAFETY: without CLONE_VM this is fork: the child runs on a copy of the memory. glibc's own
    // fork hooks are passed by, which is fine as the child makes system calls only.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            &raw mut args,
            size_of::<libc::clone_args>(),
        )
    };
    libc::pid_t::try_from(pid).ok().filter(|pid| *pid >= 0)
}

/// The child's side: never returns, never allocates.
fn child(exec: &Exec<'_>, prepared: &mut Prepared) -> ! {
    // SAFETY: system calls on descriptors and pointers prepared by the parent; the pointers lead
    // into `exec`, of which this process has its own copy.
    unsafe {
        if exec.detached {
            libc::setsid();
        } else {
            libc::setpgid(0, 0);
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            // The parent may have died before that call.
            if libc::getppid() != prepared.parent {
                libc::_exit(127);
            }
        }
        clean_signals();
        for (from, to) in [(exec.stdin, 0), (exec.stdout, 1), (exec.stderr, 2)] {
            libc::dup2(from.as_raw_fd(), to);
        }
        libc::syscall(
            libc::SYS_close_range,
            3,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        );
        if libc::chdir(exec.cwd.as_ptr()) != 0 {
            fail(prepared.report, STAGE_CWD, *libc::__errno_location());
        }
        let errno = execute(prepared);
        fail(prepared.report, STAGE_PROGRAM, errno)
    }
}

/// Rust ignores SIGPIPE and we block signals; both would be inherited, and so would what our own
/// parents ignore. Asks the kernel, as libc refuses the two signals it keeps for itself.
unsafe fn clean_signals() {
    /// All zero: the default action, no flags, no mask. Larger than the kernel's struct anywhere.
    const DEFAULT: [u64; 8] = [0; 8];
    /// Of the kernel's signal set, in bytes.
    const SET: usize = 8;
    let nothing: *const u64 = ptr::null();
    // SAFETY: called in the child; the kernel reads the zeros and writes nothing.
    unsafe {
        for signal in 1..=64 {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                DEFAULT.as_ptr(),
                nothing,
                SET,
            );
        }
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            DEFAULT.as_ptr(),
            nothing,
            SET,
        );
    }
}

/// Tries the files in order, as execvp does; returns the error that tells most.
unsafe fn execute(prepared: &mut Prepared) -> i32 {
    let mut told = libc::ENOENT;
    for file in &prepared.files {
        // SAFETY: null-terminated arrays of C strings, made by `prepare`.
        unsafe {
            libc::execve(*file, prepared.argv.as_ptr(), prepared.env.as_ptr());
            match *libc::__errno_location() {
                libc::ENOENT | libc::ENOTDIR => {}
                libc::EACCES => told = libc::EACCES,
                libc::ENOEXEC => {
                    if let Some(place) = prepared.shell_argv.get_mut(1) {
                        *place = *file;
                    }
                    libc::execve(
                        SHELL.as_ptr(),
                        prepared.shell_argv.as_ptr(),
                        prepared.env.as_ptr(),
                    );
                    return *libc::__errno_location();
                }
                errno => return errno,
            }
        }
    }
    told
}

unsafe fn fail(report: RawFd, stage: i32, errno: i32) -> ! {
    let message = [stage, errno];
    // SAFETY: eight bytes of the stack into a pipe, which takes them as one.
    unsafe {
        libc::write(report, message.as_ptr().cast(), size_of_val(&message));
        libc::_exit(127)
    }
}

/// What the child said before exec closed the pipe; `None` when exec did.
fn read_report(reader: OwnedFd) -> Option<(i32, i32)> {
    let mut file = File::from(reader);
    let mut message = [0_u8; 8];
    file.read_exact(&mut message).ok()?;
    let (stage, errno) = message.split_at(4);
    Some((
        i32::from_ne_bytes(stage.try_into().ok()?),
        i32::from_ne_bytes(errno.try_into().ok()?),
    ))
}

fn reap(pid: i32) {
    let options = rustix::process::WaitOptions::empty();
    while let Err(rustix::io::Errno::INTR) =
        rustix::process::waitpid(rustix::process::Pid::from_raw(pid), options)
    {}
}
