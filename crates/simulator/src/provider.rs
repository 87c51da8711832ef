mod decide;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::counters::{Counters, KeyCounters, WaitExpired};
use crate::errors::body_for;
use crate::faults::{Fault, FaultQueue, Scope};
use crate::limits::Limits;
use crate::progress::{Outcome, Progress};
use crate::recorder::{Exchange, Recorder};
use crate::reply::Reply;
use crate::script::{Script, ScriptError};
use crate::wire;

/// A provider that plays a [`Script`]; cheap to clone, every clone is the same provider.
///
/// [`router`](Self::router) serves it in process; [`Simulator`](crate::Simulator) over a socket.
///
/// A chat request is looked at in this order: its key, the key's fixed status, its body, its
/// model, the key's limits, the faults pushed. So a fault hits only a request that would have been
/// answered, and that request is charged to the limits.
#[derive(Debug, Clone)]
pub struct SimulatedProvider {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    script: Script,
    keys: HashMap<String, Key>,
    faults: Mutex<FaultQueue>,
    counters: watch::Sender<Counters>,
    recorder: Mutex<Recorder>,
    answers: AtomicU64,
}

#[derive(Debug)]
struct Key {
    status: Option<StatusCode>,
    limits: Mutex<Limits>,
}

impl SimulatedProvider {
    /// Sets the provider up without serving it.
    ///
    /// # Errors
    /// The script contradicts itself.
    pub fn new(script: Script) -> Result<Self, ScriptError> {
        script.check()?;
        let keys = script
            .keys
            .iter()
            .map(|key| {
                let limits = Mutex::new(Limits::new(key));
                let status = key.status;
                (key.secret.clone(), Key { status, limits })
            })
            .collect();
        let shared = Shared {
            keys,
            faults: Mutex::default(),
            counters: watch::Sender::default(),
            recorder: Mutex::new(Recorder::new(script.recorded_exchanges)),
            answers: AtomicU64::new(1),
            script,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Lets the next `times` requests in `scope` that would be answered meet `fault`. Faults are
    /// used up in the order they were pushed.
    pub fn push_fault(&self, scope: Scope, fault: Fault, times: u32) {
        self.shared.faults.lock().push(scope, fault, times);
    }

    /// Takes back every fault not met yet.
    pub fn clear_faults(&self) {
        self.shared.faults.lock().clear();
    }

    /// Forgets counters, recorded exchanges, faults and what was charged to the limits. Replies
    /// under way go on and stay counted as open.
    pub fn reset(&self) {
        self.clear_faults();
        self.shared.recorder.lock().clear();
        for key in self.shared.keys.values() {
            key.limits.lock().clear();
        }
        self.shared.counters.send_modify(Counters::clear);
    }

    /// What it saw so far.
    pub fn counters(&self) -> Counters {
        self.shared.counters.borrow().clone()
    }

    /// Waits until the counters satisfy `reached`, and returns them as they were then.
    ///
    /// # Errors
    /// They did not within `deadline`; the error shows how far they got.
    pub async fn wait_until(
        &self,
        deadline: Duration,
        reached: impl FnMut(&Counters) -> bool,
    ) -> Result<Counters, WaitExpired> {
        let mut receiver = self.shared.counters.subscribe();
        if let Ok(Ok(counters)) = timeout(deadline, receiver.wait_for(reached)).await {
            return Ok(counters.clone());
        }
        Err(WaitExpired { counters: self.counters() })
    }

    /// The latest chat exchanges, oldest first, as many as the script lets it record.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.recorder.lock().exchanges()
    }

    /// The exact body of the latest recorded stream that was sent completely, to be compared byte
    /// for byte with what a client received.
    pub fn last_stream_bytes(&self) -> Option<Bytes> {
        self.shared.recorder.lock().last_stream()
    }

    pub(crate) fn count(&self, secret: Option<&str>, change: impl FnOnce(&mut KeyCounters)) {
        self.shared.counters.send_modify(|counters| change(counters.entry(secret)));
    }

    pub(crate) fn record_end(&self, number: u64, sent: Bytes, is_complete: bool) {
        self.shared.recorder.lock().finish(number, sent, is_complete);
    }

    /// The list of models, which costs nothing and is counted nowhere.
    pub(crate) fn models(&self, headers: &HeaderMap) -> (StatusCode, Bytes) {
        match self.accepted_key(headers).map(|(_, key)| key.status) {
            None => (StatusCode::UNAUTHORIZED, body_for(StatusCode::UNAUTHORIZED)),
            Some(Some(status)) => (status, body_for(status)),
            Some(None) => {
                let script = &self.shared.script;
                let body = wire::model_list(&script.provider, &script.models);
                (StatusCode::OK, body)
            }
        }
    }

    /// Decides on one chat request.
    pub(crate) fn take(&self, headers: &HeaderMap, body: &Bytes, now: Instant) -> (Progress, Reply) {
        let accepted = self.accepted_key(headers);
        let (outcome, reply) = match accepted {
            None => (Outcome::Rejected, decide::unknown_key()),
            Some((secret, key)) => self.decide(secret, key, body, now),
        };
        let secret = accepted.map(|(secret, _)| secret.to_owned());
        let exchange = self.record_begin(secret.clone(), headers, body, &reply);
        let progress = Progress::begin(self.clone(), secret, outcome, exchange);
        (progress, reply)
    }

    fn accepted_key<'a>(&'a self, headers: &'a HeaderMap) -> Option<(&'a str, &'a Key)> {
        let presented = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let secret = presented.strip_prefix("Bearer ")?.trim();
        Some((secret, self.shared.keys.get(secret)?))
    }

    fn record_begin(
        &self,
        secret: Option<String>,
        headers: &HeaderMap,
        body: &Bytes,
        reply: &Reply,
    ) -> Option<u64> {
        let mut recorder = self.shared.recorder.lock();
        recorder.records().then(|| {
            recorder.begin(Exchange {
                secret,
                request_headers: headers.clone(),
                request_body: body.clone(),
                status: reply.status,
                is_stream: reply.is_stream(),
                response_body: Bytes::new(),
                is_complete: false,
            })
        })
    }
}
