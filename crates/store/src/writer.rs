//! The handle that requests record their history with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::insert::Record;
use crate::rows::{RequestFinished, RequestStarted};

/// Hands rows to the store. Cheap to clone. No call waits or fails: when ten thousand rows are waiting already, or
/// the store is closed, the row is dropped and counted.
#[derive(Clone, Debug)]
pub struct Writer {
    sender: mpsc::Sender<Record>,
    dropped_rows: Arc<AtomicU64>,
}

impl Writer {
    pub(crate) fn new(sender: mpsc::Sender<Record>, dropped_rows: Arc<AtomicU64>) -> Self {
        Self { sender, dropped_rows }
    }

    /// Records that a request is on its way.
    pub fn started(&self, row: RequestStarted) {
        self.send(Record::Started(Box::new(row)));
    }

    /// Records how a request ended. It is on disk within 50 ms, unless the disk is slower than that.
    pub fn finished(&self, row: RequestFinished) {
        self.send(Record::Finished(Box::new(row)));
    }

    /// How many rows were lost since the store was opened, over all writers.
    #[must_use]
    pub fn dropped_rows(&self) -> u64 {
        self.dropped_rows.load(Ordering::Relaxed)
    }

    fn send(&self, record: Record) {
        if self.sender.try_send(record).is_err() {
            self.dropped_rows.fetch_add(1, Ordering::Relaxed);
        }
    }
}
