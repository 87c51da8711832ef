//! The loop: from a request to something that may be returned.
//!
//! Every call is bounded by the one deadline. A lane whose upstream failed is asked once more after a short
//! pause, then never again for this request. A lane that was limited may be asked again after its hold has ended.
//! With nothing usable, the request waits in the queue for the soonest change that lies inside the deadline.
//!
//! An answer that is no success but still worth something (an empty one, "too long for this model") is kept: if no
//! other lane does better, the client gets it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use keywheel_dialects::openai_chat::{ChatRequest, reply_usage};
use keywheel_rotation::{Chain, Lane, LaneIndex, Next, Outcome, Request, Roster, Selection};
use keywheel_store::FinalStatus;
use tokio::time::Instant;

use crate::attempt::{Arrival, OpenStream, WholeReply, backoff};
use crate::flight::{Flight, Landing};
use crate::journey::Journey;
use crate::queue::Wanted;
use crate::why;
use crate::{Engine, Failure, Relay, RequestId, Snapshot};

/// A client's request.
#[derive(Debug)]
pub struct Call {
    /// Names it everywhere.
    pub id: RequestId,
    /// What is asked.
    pub request: ChatRequest,
    /// A deadline shorter than the configured one.
    pub timeout: Option<Duration>,
    /// The conversation it belongs to, where the client names it.
    pub session: Option<String>,
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
    /// Why it was this one, in one line.
    pub why: String,
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
pub(crate) struct Chat<'a> {
    pub(crate) engine: &'a Arc<Engine>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) call: &'a Call,
    pub(crate) chain: Chain,
    pub(crate) roster: Arc<Roster>,
    pub(crate) request: Request,
    timeout: Duration,
    deadline: Instant,
    /// Lanes that had their second chance.
    retried: HashSet<LaneIndex>,
    /// The best answer so far that is no success, and who gave it.
    fallback: Option<(WholeReply, Server)>,
}

/// What one round of the loop came to.
enum Round {
    Whole(WholeReply),
    Stream(OpenStream),
    /// No success, but better than nothing.
    Fallback(WholeReply),
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
        let chat = Chat::new(self, call)?;
        let virtual_model = chat.snapshot.fleet.chain(&chat.chain.name).map(|chain| chain.name.clone());
        chat.run(Journey::begin(self, call, virtual_model)).await
    }
}

impl<'a> Chat<'a> {
    pub(crate) fn new(engine: &'a Arc<Engine>, call: &'a Call) -> Result<Self, Failure> {
        let snapshot = engine.snapshot();
        let chain =
            snapshot.fleet.expand(call.request.model(), snapshot.strategy).map_err(Failure::UnknownModel)?;
        let roster = engine.rotation.lock().roster(&snapshot.fleet, &chain, engine.clock.now());
        let timeout =
            call.timeout.map_or(snapshot.timeouts.request, |own| own.min(snapshot.timeouts.request));
        Ok(Self {
            engine,
            deadline: Instant::now() + timeout,
            timeout,
            request: why::request(call, &snapshot),
            snapshot,
            call,
            chain,
            roster,
            retried: HashSet::new(),
            fallback: None,
        })
    }

    async fn run(mut self, mut journey: Journey) -> Result<Reply, Failure> {
        loop {
            if journey.why().is_empty() {
                journey.explain(self.explain());
            }
            let booked = self.engine.select_and_book(&self.wanted());
            self.request.again = None;
            let flight = match booked {
                Ok(flight) => flight,
                Err(selection) => match self.wait(selection).await {
                    Some(flight) => flight,
                    None => return self.give_up(journey),
                },
            };
            let lane = flight.booking().lane;
            let server = journey.take_off(flight);
            match self.fly(lane, &server.lane, &mut journey).await {
                Round::Whole(whole) => return Ok(Reply::whole(whole, server, &journey)),
                Round::Stream(stream) => return Ok(self.relay(stream, server, journey)),
                Round::Fallback(whole) => self.fallback = Some((whole, server)),
                Round::Onward => {}
            }
            if Instant::now() >= self.deadline {
                return self.give_up(journey);
            }
        }
    }

    fn relay(&self, stream: OpenStream, server: Server, journey: Journey) -> Reply {
        let (status, headers) = (stream.status, stream.headers.clone());
        let why = why::line(&journey);
        let relay = Relay::new(journey, stream, self.engine.clone(), self.snapshot.timeouts.idle);
        Reply { status, headers, body: ReplyBody::Stream(Box::new(relay)), server, why }
    }

    fn wanted(&self) -> Wanted {
        Wanted { snapshot: self.snapshot.clone(), roster: self.roster.clone(), request: self.request.clone() }
    }

    /// One call on the booked lane.
    async fn fly(&mut self, index: LaneIndex, lane: &Lane, journey: &mut Journey) -> Round {
        match self.engine.attempt(&self.snapshot, lane, self.call, self.deadline).await {
            Arrival::Stream(stream) => {
                journey.began_answer();
                Round::Stream(stream)
            }
            Arrival::Whole(reply, landing) => match landing.outcome.next() {
                // Nothing repairs a request yet: the answer says what is wrong with it.
                Next::Return | Next::RepairThenRetry => {
                    finish_whole(journey, &reply, landing);
                    Round::Whole(reply)
                }
                Next::RetryThenOnward | Next::Onward | Next::OnwardElsewhere | Next::LargerWindow => {
                    let outcome = landing.outcome.clone();
                    self.land_and_go_on(index, journey, landing).await;
                    if is_worth_keeping(&outcome) { Round::Fallback(reply) } else { Round::Onward }
                }
            },
            Arrival::Broken(landing) => {
                self.land_and_go_on(index, journey, landing).await;
                Round::Onward
            }
        }
    }

    /// Decides whether the lane that just failed gets a second chance. Most outcomes have set the lane aside already;
    /// one that was limited may serve this request after its hold.
    async fn land_and_go_on(&mut self, lane: LaneIndex, journey: &mut Journey, landing: Landing) {
        let outcome = landing.outcome.clone();
        journey.land(landing);
        match outcome {
            Outcome::OfflineHere => self.pause(OFFLINE_PAUSE).await,
            Outcome::UpstreamFailed | Outcome::ModelFault if self.retried.insert(lane) => {
                self.pause(backoff(self.call.id.jitter())).await;
                self.request.again = Some(lane);
            }
            Outcome::UpstreamFailed | Outcome::ModelFault => {
                self.request.tried.insert(lane);
            }
            Outcome::ContextTooLong => self.look_for_a_larger_window(lane),
            Outcome::RateLimited { .. } => self.stay_for_a_moment(lane).await,
            _ => {}
        }
    }

    /// A conversation waits a moment for its own lane rather than lose the provider's cache of its prompt.
    async fn stay_for_a_moment(&mut self, lane: LaneIndex) {
        if let Some(wait) = self.wait_for_own(lane).filter(|wait| *wait <= WORTH_STAYING) {
            self.pause(wait).await;
            self.request.again = Some(lane);
        }
    }

    /// How long `lane` rests, if it is the conversation's own.
    fn wait_for_own(&self, lane: LaneIndex) -> Option<Duration> {
        let now = self.engine.clock.now();
        let rotation = self.engine.rotation.lock();
        let is_own = rotation.state.session_lane(&self.request, now) == Some(lane);
        let held_until =
            rotation.state.held_until(lane, now).filter(|_| is_own && self.snapshot.wait_for_capacity);
        held_until.map(|until| until.since(now))
    }

    fn look_for_a_larger_window(&mut self, lane: LaneIndex) {
        match self.roster.abilities(lane).context_tokens {
            Some(window) => self.request.needs.context_tokens = window + 1,
            None => self.request.tried.extend(self.roster.siblings(lane)),
        }
    }

    async fn pause(&self, length: Duration) {
        tokio::time::sleep_until((Instant::now() + length).min(self.deadline)).await;
    }

    /// Waits in the queue until a lane is free, as long as that can still happen inside the deadline.
    async fn wait(&self, mut selection: Selection) -> Option<Flight> {
        let mut until = self.worth_waiting_for(&selection)?;
        let wanted = self.wanted_in_time();
        let mut place = self.engine.queue(wanted.clone())?;
        loop {
            if let Some(flight) = place.lane_until(until).await {
                return Some(flight);
            }
            if Instant::now() >= self.deadline {
                return None;
            }
            selection = self.engine.look(&wanted);
            until = self.worth_waiting_for(&selection)?;
        }
    }

    /// What a request wants that has waited: a lane that still answers in time. One that has not waited may try any.
    fn wanted_in_time(&self) -> Wanted {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let answer_by = Some(self.engine.clock.now() + left);
        Wanted { request: Request { answer_by, ..self.request.clone() }, ..self.wanted() }
    }

    /// When to look again: the soonest end of a hold, or any change while a lane is only busy.
    fn worth_waiting_for(&self, selection: &Selection) -> Option<Instant> {
        if !self.snapshot.wait_for_capacity {
            return None;
        }
        let soonest = selection.soonest.map(|soonest| self.engine.clock.instant(soonest));
        match soonest.filter(|soonest| *soonest < self.deadline) {
            Some(soonest) => Some(soonest),
            None => (selection.busy || selection.chosen.is_some()).then_some(self.deadline),
        }
    }

    /// Nothing serves: the best answer so far, or why there is none.
    fn give_up(mut self, mut journey: Journey) -> Result<Reply, Failure> {
        if let Some((whole, server)) = self.fallback.take() {
            let status = if whole.status.is_success() { FinalStatus::Ok } else { FinalStatus::Failed };
            journey.end(status, Some(whole.status.as_u16()), None);
            return Ok(Reply::whole(whole, server, &journey));
        }
        let candidates = self.explain();
        let now = self.engine.clock.now();
        let reasons = why::reasons(&journey, &candidates, now);
        let failure = if Instant::now() >= self.deadline {
            Failure::DeadlinePassed { after: self.timeout, reasons }
        } else {
            why::exhausted(self.call.request.model(), &candidates, reasons, now)
        };
        journey.end(FinalStatus::Failed, Some(failure.http_status().as_u16()), Some(failure.code()));
        Err(failure)
    }
}

/// How long to wait before looking whether this machine is online again.
const OFFLINE_PAUSE: Duration = Duration::from_secs(1);

/// The longest wait that a warm prompt cache makes up for.
const WORTH_STAYING: Duration = Duration::from_secs(2);

/// Whether an answer that is no success is better than none.
fn is_worth_keeping(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::ModelFault | Outcome::ContextTooLong | Outcome::TooLargeForTier { .. })
}

impl Reply {
    fn whole(reply: WholeReply, server: Server, journey: &Journey) -> Self {
        let WholeReply { status, headers, body } = reply;
        Self { status, headers, body: ReplyBody::Whole(body), server, why: why::line(journey) }
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
