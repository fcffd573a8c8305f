//! From the spec to a program that can be started: where it lies, its arguments, its environment.

use std::ffi::CString;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;

use super::exec::Exec;
use crate::attempt::spec::COOKIE_VARIABLE;
use crate::attempt::{AttemptSpec, Program};

/// Where programs are looked for when the attempt has no PATH.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The streams of a program.
pub(super) struct Streams<'a> {
    pub(super) stdin: BorrowedFd<'a>,
    pub(super) stdout: BorrowedFd<'a>,
    pub(super) stderr: BorrowedFd<'a>,
}

/// The agent, ready to start; the message says what is wrong with the spec.
pub(super) fn agent<'a>(
    spec: &AttemptSpec,
    secrets: &[(String, String)],
    streams: &Streams<'a>,
    cgroup: Option<BorrowedFd<'a>>,
) -> Result<Exec<'a>, String> {
    let argv = spec.program.argv();
    let name = argv
        .first()
        .copied()
        .filter(|name| !name.is_empty())
        .ok_or("the command is empty")?;
    let files = match spec.program {
        Program::Shell(_) => vec!["/bin/sh".to_owned()],
        Program::Argv(_) => places(name, variable(&spec.env, "PATH")),
    };
    Ok(Exec {
        files: files
            .iter()
            .map(|file| c_string(file.as_str()))
            .collect::<Result<_, _>>()?,
        argv: argv
            .iter()
            .map(|argument| c_string(*argument))
            .collect::<Result<_, _>>()?,
        env: environment(spec, secrets)?,
        cwd: c_string(spec.cwd.as_os_str().as_bytes())?,
        stdin: streams.stdin,
        stdout: streams.stdout,
        stderr: streams.stderr,
        cgroup,
        detached: false,
    })
}

/// The cookie first, where whoever looks for it finds it at once.
fn environment(spec: &AttemptSpec, secrets: &[(String, String)]) -> Result<Vec<CString>, String> {
    let hidden =
        |name: &String| name == COOKIE_VARIABLE || secrets.iter().any(|(secret, _)| secret == name);
    let cookie = (COOKIE_VARIABLE.to_owned(), spec.cookie.clone());
    std::iter::once(&cookie)
        .chain(spec.env.iter().filter(|(name, _)| !hidden(name)))
        .chain(secrets)
        .map(|(name, value)| {
            // Without the value: it may be a secret.
            CString::new(format!("{name}={value}")).map_err(|_| format!("{name} holds a NUL byte"))
        })
        .collect()
}

fn variable<'a>(env: &'a [(String, String)], name: &str) -> Option<&'a str> {
    env.iter()
        .rev()
        .find(|(candidate, _)| candidate == name)
        .map(|(_, value)| value.as_str())
}

/// The files that `name` may mean, in the order of PATH.
fn places(name: &str, path: Option<&str>) -> Vec<String> {
    if name.contains('/') {
        return vec![name.to_owned()];
    }
    let folders = path.unwrap_or(DEFAULT_PATH).split(':');
    folders
        .map(|folder| if folder.is_empty() { "." } else { folder })
        .map(|f| format!("{f}/{name}"))
        .collect()
}

pub(super) fn c_string(text: impl Into<Vec<u8>>) -> Result<CString, String> {
    CString::new(text).map_err(|_| "the command or its folder holds a NUL byte".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_looked_for_as_a_shell_does() {
        for (name, path, expected) in [
            ("x", Some("/a:/b"), &["/a/x", "/b/x"][..]),
            ("x", Some("/a:"), &["/a/x", "./x"]),
            ("./x", Some("/a"), &["./x"]),
            ("/x", None, &["/x"]),
            ("x", None, &["/usr/local/bin/x", "/usr/bin/x", "/bin/x"]),
        ] {
            assert_eq!(places(name, path), expected, "{name} {path:?}");
        }
    }

    #[test]
    fn the_environment_is_exactly_what_was_said() {
        let mut spec = AttemptSpec::new("c-1", Program::Shell(String::new()), "/");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        spec.env = vec![
            pair("A", "1"),
            pair("OFFSHOOT_ATTEMPT", "other"),
            pair("KEY", "plain"),
        ];
        let made = environment(&spec, &[pair("KEY", "secret")]).unwrap();
        let made: Vec<&str> = made.iter().map(|entry| entry.to_str().unwrap()).collect();
        assert_eq!(made, ["OFFSHOOT_ATTEMPT=c-1", "A=1", "KEY=secret"]);
        let error = environment(&spec, &[pair("KEY", "se\0cret")]).unwrap_err();
        assert_eq!(error, "KEY holds a NUL byte");
    }
}
