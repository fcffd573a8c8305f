//! Where answers of servers go: it takes no more once the task has to end.

use crate::ground::Ground;
use std::io::{self, Write};

/// A place for bytes, for as long as they are wanted.
pub(super) struct Incoming<'a, W> {
    pub(super) into: W,
    pub(super) ground: &'a dyn Ground,
}

impl<W: Write> Incoming<'_, W> {
    fn wanted(&self) -> io::Result<()> {
        match self.ground.stop() {
            Some(_) => Err(io::Error::other("it was stopped")),
            None => Ok(()),
        }
    }
}

impl<W: Write> Write for Incoming<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wanted()?;
        self.into.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wanted()?;
        self.into.flush()
    }
}
