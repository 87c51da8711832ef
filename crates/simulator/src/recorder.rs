use std::collections::VecDeque;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// One chat request as it arrived and the reply as it was sent.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The accepted key it came with, if any.
    pub secret: Option<String>,
    /// The request's headers.
    pub request_headers: HeaderMap,
    /// The request's exact body.
    pub request_body: Bytes,
    /// The status decided on; a client sees none if the connection was reset or stalled before.
    pub status: StatusCode,
    /// Whether the reply is an event stream.
    pub is_stream: bool,
    /// The exact body bytes handed to the connection; empty until the reply is over.
    pub response_body: Bytes,
    /// Whether every byte of the reply was handed over. A truncated reply is complete, a reset,
    /// stalled or abandoned one is not.
    pub is_complete: bool,
}

/// The latest exchanges, oldest first.
#[derive(Debug)]
pub(crate) struct Recorder {
    capacity: usize,
    next_number: u64,
    exchanges: VecDeque<(u64, Exchange)>,
}

impl Recorder {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, next_number: 0, exchanges: VecDeque::new() }
    }

    pub(crate) fn records(&self) -> bool {
        self.capacity > 0
    }

    /// Keeps an exchange that has begun and returns its number.
    pub(crate) fn begin(&mut self, exchange: Exchange) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        if self.exchanges.len() >= self.capacity {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back((number, exchange));
        number
    }

    /// Adds what was sent, unless the exchange is already forgotten.
    pub(crate) fn finish(&mut self, number: u64, response_body: Bytes, is_complete: bool) {
        if let Some((_, exchange)) = self.exchanges.iter_mut().find(|(own, _)| *own == number) {
            exchange.response_body = response_body;
            exchange.is_complete = is_complete;
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.iter().map(|(_, exchange)| exchange.clone()).collect()
    }

    /// The bytes of the latest stream that was sent completely.
    pub(crate) fn last_stream(&self) -> Option<Bytes> {
        self.exchanges
            .iter()
            .rev()
            .map(|(_, exchange)| exchange)
            .find(|exchange| exchange.is_stream && exchange.is_complete)
            .map(|exchange| exchange.response_body.clone())
    }

    pub(crate) fn clear(&mut self) {
        self.exchanges.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(is_stream: bool) -> Exchange {
        Exchange {
            secret: None,
            request_headers: HeaderMap::new(),
            request_body: Bytes::new(),
            status: StatusCode::OK,
            is_stream,
            response_body: Bytes::new(),
            is_complete: false,
        }
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut recorder = Recorder::new(2);
        let first = recorder.begin(exchange(true));
        recorder.begin(exchange(true));
        let third = recorder.begin(exchange(true));
        recorder.finish(first, Bytes::from_static(b"first"), true);
        recorder.finish(third, Bytes::from_static(b"third"), true);
        assert_eq!(recorder.exchanges().len(), 2);
        assert_eq!(recorder.last_stream(), Some(Bytes::from_static(b"third")));
    }

    #[test]
    fn the_last_stream_is_neither_plain_nor_broken() {
        let mut recorder = Recorder::new(8);
        let good = recorder.begin(exchange(true));
        let plain = recorder.begin(exchange(false));
        let broken = recorder.begin(exchange(true));
        recorder.finish(good, Bytes::from_static(b"good"), true);
        recorder.finish(plain, Bytes::from_static(b"plain"), true);
        recorder.finish(broken, Bytes::from_static(b"broken"), false);
        assert_eq!(recorder.last_stream(), Some(Bytes::from_static(b"good")));
    }
}
