//! The loop: from a request to something that may be returned.
//!
//! Every call is bounded by the one deadline. A lane whose upstream failed is asked once more after a short
//! pause, then never again for this request. A lane that was limited may be asked again after its hold has ended.
//! With nothing usable, the request waits for the soonest change that lies inside the deadline.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use keywheel_dialects::openai_chat::{ChatRequest, reply_usage};
use keywheel_rotation::{Candidate, Chain, HoldCause, Lane, Next, Outcome, Selection, Timestamp, Verdict};
use keywheel_store::FinalStatus;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::attempt::{Arrival, OpenStream, WholeReply, backoff};
use crate::engine::Wanted;
use crate::flight::Landing;
use crate::journey::Journey;
use crate::{Engine, Exhaustion, Failure, Relay, RequestId, Snapshot};

/// A client's request.
#[derive(Debug)]
pub struct Call {
    /// Names it everywhere.
    pub id: RequestId,
    /// What is asked.
    pub request: ChatRequest,
    /// A deadline shorter than the configured one.
    pub timeout: Option<Duration>,
    /// What the client calls itself, for the history.
    pub user_agent: Option<String>,
}

/// An answer, with who gave it.
#[derive(Debug)]
pub struct Reply {
    /// The upstream's status.
    pub status: StatusCode,
    /// The upstream's headers.
    pub headers: HeaderMap,
    /// The upstream's body.
    pub body: ReplyBody,
    /// Who gave it.
    pub server: Server,
}

/// The lane that answered.
#[derive(Clone, Debug)]
pub struct Server {
    /// The lane.
    pub lane: Lane,
    /// Its key's label.
    pub key_label: String,
    /// Upstream calls made, this one included.
    pub attempts: usize,
}

/// A body, whole or passing by.
#[derive(Debug)]
pub enum ReplyBody {
    /// Complete.
    Whole(Bytes),
    /// A stream that has begun.
    Stream(Box<Relay>),
}

/// A request under way with everything the loop needs.
struct Chat<'a> {
    engine: &'a Arc<Engine>,
    snapshot: Arc<Snapshot>,
    call: &'a Call,
    chain: Chain,
    timeout: Duration,
    deadline: Instant,
    /// Lanes that failed twice, or in a way that another try does not mend.
    tried: HashSet<Lane>,
    /// Lanes that had their second chance.
    retried: HashSet<Lane>,
    /// The lane whose second chance is now.
    again: Option<Lane>,
    /// An empty answer, and who gave it: better than none if every lane has nothing to say.
    empty: Option<(WholeReply, Server)>,
}

/// What one round of the loop came to.
enum Round {
    Whole(WholeReply),
    Stream(OpenStream),
    /// A complete answer without content.
    Empty(WholeReply),
    Onward,
}

impl Engine {
    /// Answers a chat request from whichever lane can.
    ///
    /// # Errors
    /// [`Failure`] when every option is exhausted or the deadline is over.
    pub async fn chat(self: &Arc<Self>, call: &Call) -> Result<Reply, Failure> {
        if let Some(pause) = self.paused() {
            let remaining = pause.until.map(|until| until.since(self.clock.now()));
            return Err(Failure::Paused { remaining });
        }
        let snapshot = self.snapshot();
        let chain =
            snapshot.fleet.expand(call.request.model(), snapshot.strategy).map_err(Failure::UnknownModel)?;
        let timeout =
            call.timeout.map_or(snapshot.timeouts.request, |own| own.min(snapshot.timeouts.request));
        let chat = Chat {
            engine: self,
            deadline: Instant::now() + timeout,
            timeout,
            snapshot,
            call,
            chain,
            tried: HashSet::new(),
            retried: HashSet::new(),
            again: None,
            empty: None,
        };
        let virtual_model = chat.snapshot.fleet.chain(&chat.chain.name).map(|chain| chain.name.clone());
        chat.run(Journey::begin(self, call, virtual_model)).await
    }
}

impl Chat<'_> {
    async fn run(mut self, mut journey: Journey) -> Result<Reply, Failure> {
        loop {
            // Subscribed before selecting, so that no change in between is missed.
            let changes = self.engine.changes();
            let (selection, flight) = self.engine.select_and_book(&self.wanted());
            self.again = None;
            if let Some(flight) = flight {
                let server = journey.take_off(flight);
                match self.fly(&server.lane, &mut journey).await {
                    Round::Whole(whole) => return Ok(Reply::whole(whole, server)),
                    Round::Empty(whole) => self.empty = Some((whole, server)),
                    Round::Stream(stream) => return Ok(self.relay(stream, server, journey)),
                    Round::Onward => {}
                }
            } else if let Some(until) = self.worth_waiting_for(&selection) {
                change_or(until, changes).await;
            } else if let Some((whole, server)) = self.empty.take() {
                journey.end(FinalStatus::Ok, Some(whole.status.as_u16()), None);
                return Ok(Reply::whole(whole, server));
            } else {
                let failure = self.exhausted(&selection, &journey);
                return Err(fail(&mut journey, failure));
            }
            if Instant::now() >= self.deadline {
                let reasons = self.reasons(&selection, &journey);
                return Err(fail(&mut journey, Failure::DeadlinePassed { after: self.timeout, reasons }));
            }
        }
    }

    fn relay(&self, stream: OpenStream, server: Server, journey: Journey) -> Reply {
        let (status, headers) = (stream.status, stream.headers.clone());
        let relay = Relay::new(journey, stream, self.engine.clone(), self.snapshot.timeouts.idle);
        Reply { status, headers, body: ReplyBody::Stream(Box::new(relay)), server }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            snapshot: &self.snapshot,
            chain: &self.chain,
            tried: &self.tried,
            again: self.again.as_ref(),
            estimated_tokens: self.call.request.estimated_tokens(),
        }
    }

    /// One call on the booked lane.
    async fn fly(&mut self, lane: &Lane, journey: &mut Journey) -> Round {
        match self.engine.attempt(&self.snapshot, lane, self.call, self.deadline).await {
            Arrival::Stream(stream) => {
                journey.began_answer();
                Round::Stream(stream)
            }
            Arrival::Whole(reply, landing) if landing.outcome.next() == Next::Return => {
                finish_whole(journey, &reply, landing);
                Round::Whole(reply)
            }
            Arrival::Whole(reply, landing) => {
                let is_empty = landing.outcome == Outcome::ModelFault;
                self.land_and_go_on(lane, journey, landing).await;
                if is_empty { Round::Empty(reply) } else { Round::Onward }
            }
            Arrival::Broken(landing) => {
                self.land_and_go_on(lane, journey, landing).await;
                Round::Onward
            }
        }
    }

    /// Decides whether the lane that just failed gets a second chance. Every other outcome has set the lane aside
    /// already; one that was limited may serve this request after its hold.
    async fn land_and_go_on(&mut self, lane: &Lane, journey: &mut Journey, landing: Landing) {
        let outcome = landing.outcome.clone();
        journey.land(landing);
        if outcome.next() == Next::RetryThenOnward && self.retried.insert(lane.clone()) {
            let pause = Instant::now() + backoff(self.call.id.jitter());
            tokio::time::sleep_until(pause.min(self.deadline)).await;
            self.again = Some(lane.clone());
        } else if matches!(outcome, Outcome::UpstreamFailed | Outcome::ModelFault) {
            self.tried.insert(lane.clone());
        }
    }

    /// When to look again: the soonest end of a hold, or any change while a lane is only busy.
    fn worth_waiting_for(&self, selection: &Selection) -> Option<Instant> {
        if !self.snapshot.wait_for_capacity {
            return None;
        }
        let busy =
            selection.candidates.iter().any(|candidate| matches!(candidate.verdict, Verdict::Busy { .. }));
        let soonest = selection.soonest.map(|soonest| self.engine.clock.instant(soonest));
        match soonest.filter(|soonest| *soonest < self.deadline) {
            Some(soonest) => Some(soonest),
            None => busy.then_some(self.deadline),
        }
    }

    fn exhausted(&self, selection: &Selection, journey: &Journey) -> Failure {
        let now = self.engine.clock.now();
        let mut verdicts = selection.candidates.iter().map(|candidate| &candidate.verdict);
        let is_gone =
            |verdict: &Verdict| matches!(verdict, Verdict::Held(hold) if hold.cause == HoldCause::Model);
        let cause = if selection.candidates.iter().any(|candidate| is_gone(&candidate.verdict))
            && verdicts.clone().all(|verdict| is_gone(verdict) || *verdict == Verdict::Disabled)
        {
            Exhaustion::ModelGone
        } else if selection.soonest.is_some() {
            Exhaustion::Resting
        } else if verdicts.any(|verdict| *verdict == Verdict::AlreadyTried) {
            Exhaustion::UpstreamsFailed
        } else {
            Exhaustion::NeedsPerson
        };
        Failure::Exhausted {
            model: self.call.request.model().to_owned(),
            cause,
            retry_after: selection.soonest.map(|soonest| soonest.since(now)),
            reasons: self.reasons(selection, journey),
        }
    }

    fn reasons(&self, selection: &Selection, journey: &Journey) -> Vec<String> {
        let now = self.engine.clock.now();
        let lines = selection.candidates.iter().filter_map(|candidate| reason(candidate, now));
        let mut reasons: Vec<_> = journey.reasons().into_iter().chain(lines).collect();
        if reasons.is_empty() {
            reasons.push("it has no key".to_owned());
        }
        reasons
    }
}

impl Reply {
    fn whole(reply: WholeReply, server: Server) -> Self {
        Self { status: reply.status, headers: reply.headers, body: ReplyBody::Whole(reply.body), server }
    }
}

async fn change_or(until: Instant, mut changes: watch::Receiver<u64>) {
    tokio::select! {
        () = tokio::time::sleep_until(until) => {}
        _ = changes.changed() => {}
    }
}

fn finish_whole(journey: &mut Journey, reply: &WholeReply, mut landing: Landing) {
    landing.first_token = Some(journey.flight_time());
    let served = landing.outcome == Outcome::Served;
    if let Some(usage) = reply_usage(&reply.body) {
        journey.used(usage);
    }
    journey.began_answer();
    journey.land(landing);
    let status = if served { FinalStatus::Ok } else { FinalStatus::Failed };
    journey.end(status, Some(reply.status.as_u16()), (!served).then_some("request_refused"));
}

fn fail(journey: &mut Journey, failure: Failure) -> Failure {
    journey.end(FinalStatus::Failed, Some(failure.http_status().as_u16()), Some(failure.code()));
    failure
}

/// Why a lane can't serve, in one line; `None` where the failed call's own line says it already.
fn reason(candidate: &Candidate, now: Timestamp) -> Option<String> {
    let seconds = |until: Timestamp| until.since(now).as_secs().max(1);
    let why = match &candidate.verdict {
        Verdict::Usable | Verdict::AlreadyTried => return None,
        Verdict::Disabled => "is switched off".to_owned(),
        Verdict::Rejected => "is rejected by the provider; replace it".to_owned(),
        Verdict::OutOfCredit(_) => "has no credit".to_owned(),
        Verdict::Held(hold) => format!("rests for {} s ({})", seconds(hold.until), hold.reason),
        Verdict::Spent(until) => format!("has spent its budget, full again in {} s", seconds(*until)),
        Verdict::Busy { max, .. } => format!("is busy with {max} requests"),
    };
    Some(format!("{} '{}' {why}", candidate.lane.provider, candidate.label))
}
