//! The values of secrets, as they come by stdin: `NAME=value\0` for each, and one more `\0` at the
//! end, which tells a whole message from one whose writer died.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// The most that is read, in bytes. An environment of the kernel's size fits.
const MAX: usize = 4 << 20;
/// How long the daemon may take to write them.
const PATIENCE: Duration = Duration::from_secs(30);

/// The message with these secrets.
pub(crate) fn encode<'a>(secrets: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut message = Vec::new();
    for (name, value) in secrets {
        message.extend_from_slice(name.as_bytes());
        message.push(b'=');
        message.extend_from_slice(value.as_bytes());
        message.push(0);
    }
    message.push(0);
    message
}

/// Reads the message from stdin and picks the secrets of these names from it.
pub(super) fn read(names: &[String]) -> Result<Vec<(String, String)>, String> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let message = read_message()
        .map_err(|error| format!("cannot read the secrets from the daemon: {error}"))?;
    decode(&message, names)
}

fn decode(message: &[u8], names: &[String]) -> Result<Vec<(String, String)>, String> {
    let entries: Vec<(&str, &str)> = message
        .split(|byte| *byte == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok()?.split_once('='))
        .collect();
    let value = |name: &String| {
        let found = entries.iter().find(|(candidate, _)| candidate == name);
        let missing = || format!("secret {name} did not come from the daemon; set it and retry");
        found
            .map(|(_, value)| (name.clone(), (*value).to_owned()))
            .ok_or_else(missing)
    };
    names.iter().map(value).collect()
}

fn read_message() -> io::Result<Vec<u8>> {
    let until = Instant::now() + PATIENCE;
    let stdin = rustix::stdio::stdin();
    let mut message = Vec::new();
    let mut chunk = [0_u8; 4096];
    while !ends(&message) {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: left.as_secs().cast_signed(),
            tv_nsec: left.subsec_nanos().into(),
        };
        if poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&timeout))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = rustix::io::read(stdin, &mut chunk)?;
        if count == 0 || message.len() > MAX {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        message.extend_from_slice(chunk.get(..count).unwrap_or_default());
    }
    Ok(message)
}

/// An entry never ends in an empty one but the last.
fn ends(message: &[u8]) -> bool {
    message == [0] || message.ends_with(&[0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let message = encode([("A", "1=2\n3"), ("EMPTY", "")].into_iter());
        assert!(ends(&message));
        assert!(!ends(&message[..message.len() - 1]));
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let found = decode(&message, &names(&["EMPTY", "A"])).unwrap();
        assert_eq!(
            found,
            [
                ("EMPTY".into(), String::new()),
                ("A".into(), "1=2\n3".into())
            ]
        );
        assert!(
            decode(&message, &names(&["B"]))
                .unwrap_err()
                .contains("secret B")
        );
    }
}
