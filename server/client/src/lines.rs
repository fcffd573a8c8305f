//! Framing of the socket: one JSON message per line, never longer than [`MAX_LINE`].

use protocol::rpc::MAX_LINE;
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A buffer that grew beyond this for one message is given back after it.
const KEEP: usize = 256 * 1024;

/// Reads the next line without its end into `line`; false at the end of the stream. A line over
/// [`MAX_LINE`] bytes is an error: the stream cannot be read on from there. A last line without an
/// end is dropped: its writer died in the middle of it.
pub async fn read<R: AsyncBufRead + Unpin>(reader: &mut R, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    line.shrink_to(KEEP);
    let read = reader
        .take(MAX_LINE as u64 + 1)
        .read_until(b'\n', line)
        .await?;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(true);
    }
    if read > MAX_LINE {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a message is longer than {MAX_LINE} bytes"),
        ));
    }
    Ok(false)
}

/// Writes a message and the end of its line in one piece.
pub async fn write<W: AsyncWrite + Unpin>(writer: &mut W, mut message: Vec<u8>) -> io::Result<()> {
    message.push(b'\n');
    writer.write_all(&message).await
}
