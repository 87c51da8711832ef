use bytes::Bytes;

use crate::provider::SimulatedProvider;

/// How a reply was meant to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Served,
    Limited,
    Rejected,
    Faulted,
}

/// A reply under way. Dropped before its end, it counts as cancelled by the client.
#[derive(Debug)]
pub(crate) struct Progress {
    provider: SimulatedProvider,
    secret: Option<String>,
    outcome: Outcome,
    exchange: Option<u64>,
    sent: Vec<u8>,
    is_over: bool,
}

impl Progress {
    pub(crate) fn begin(
        provider: SimulatedProvider,
        secret: Option<String>,
        outcome: Outcome,
        exchange: Option<u64>,
    ) -> Self {
        provider.count(secret.as_deref(), |key| {
            key.requests += 1;
            key.open += 1;
            match outcome {
                Outcome::Served => {}
                Outcome::Limited => key.limited += 1,
                Outcome::Rejected => key.rejected += 1,
                Outcome::Faulted => key.faulted += 1,
            }
        });
        Self { provider, secret, outcome, exchange, sent: Vec::new(), is_over: false }
    }

    /// Notes bytes that are about to be handed over.
    pub(crate) fn send(&mut self, bytes: &Bytes) {
        if self.exchange.is_some() {
            self.sent.extend_from_slice(bytes);
        }
    }

    /// Notes that the last bytes are about to be handed over, so that a client that has them also
    /// finds them counted.
    pub(crate) fn complete(&mut self) {
        self.end(End::Complete);
    }

    /// Notes that the provider itself breaks the reply off.
    pub(crate) fn break_off(&mut self) {
        self.end(End::BrokenOff);
    }

    fn end(&mut self, end: End) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        if let Some(number) = self.exchange {
            let sent = Bytes::from(std::mem::take(&mut self.sent));
            self.provider.record_end(number, sent, end == End::Complete);
        }
        let is_served = self.outcome == Outcome::Served && end == End::Complete;
        self.provider.count(self.secret.as_deref(), |key| {
            key.open = key.open.saturating_sub(1);
            key.served += u64::from(is_served);
            key.cancelled += u64::from(end == End::Cancelled);
        });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end(End::Cancelled);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    BrokenOff,
    Cancelled,
}
