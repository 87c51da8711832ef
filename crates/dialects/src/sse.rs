//! Server-sent events at byte level.
//!
//! [`Splitter`] cuts a byte stream into events without changing a byte, wherever the network split it. An event
//! ends at an empty line; lines end with LF, CRLF or CR. [`Event::data`] joins the event's `data:` lines.

use bytes::{Bytes, BytesMut};

/// One event with exactly the bytes that carried it, its closing empty line included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    raw: Bytes,
}

/// Cuts bytes into events.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: BytesMut,
    /// Up to here no event ends.
    scanned: usize,
}

impl Splitter {
    /// Takes the next bytes from the network.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete event, if its end has arrived.
    pub fn next_event(&mut self) -> Option<Event> {
        let end = self.find_end()?;
        self.scanned = 0;
        Some(Event { raw: self.buffer.split_to(end).freeze() })
    }

    /// Bytes that no event was made of yet.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// Takes what is left when the stream is over; a server may leave out the last empty line.
    pub fn finish(&mut self) -> Option<Event> {
        self.scanned = 0;
        (!self.buffer.is_empty()).then(|| Event { raw: self.buffer.split().freeze() })
    }

    /// Index after the first empty line. A CR at the very end stays undecided until the next byte shows
    /// whether an LF belongs to it.
    fn find_end(&mut self) -> Option<usize> {
        let mut position = self.scanned;
        loop {
            let rest = self.buffer.get(position..)?;
            let line_end = position + memchr::memchr2(b'\n', b'\r', rest)?;
            let after_line = self.after_break(line_end)?;
            if line_end == self.line_start(line_end) {
                return Some(after_line);
            }
            // The next search starts at the line that follows, so that its emptiness is seen.
            self.scanned = after_line;
            position = after_line;
        }
    }

    fn line_start(&self, line_end: usize) -> usize {
        let before = self.buffer.get(..line_end).unwrap_or_default();
        memchr::memrchr2(b'\n', b'\r', before).map_or(0, |index| index + 1)
    }

    fn after_break(&self, line_end: usize) -> Option<usize> {
        match (self.buffer.get(line_end)?, self.buffer.get(line_end + 1)) {
            (b'\r', None) => None,
            (b'\r', Some(b'\n')) => Some(line_end + 2),
            _ => Some(line_end + 1),
        }
    }
}

impl Event {
    /// The bytes as they came.
    #[must_use]
    pub const fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The joined `data:` lines; `None` for comments and events without data.
    #[must_use]
    pub fn data(&self) -> Option<Bytes> {
        let mut lines = self.lines().filter_map(|line| {
            let value = line.strip_prefix(b"data")?;
            match value.strip_prefix(b":") {
                Some(value) => Some(value.strip_prefix(b" ").unwrap_or(value)),
                None => value.is_empty().then_some(value),
            }
        });
        let first = lines.next()?;
        let Some(second) = lines.next() else {
            return Some(self.raw.slice_ref(first));
        };
        let mut joined = first.to_vec();
        for line in std::iter::once(second).chain(lines) {
            joined.push(b'\n');
            joined.extend_from_slice(line);
        }
        Some(joined.into())
    }

    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let raw = self.raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.raw);
        raw.split(|byte| matches!(byte, b'\n' | b'\r'))
    }
}

#[cfg(test)]
mod tests;
