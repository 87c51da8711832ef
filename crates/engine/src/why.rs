//! What a request needs, and why it got the lane it got, or none.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use keywheel_rotation::{
    Candidate, HoldCause, LimitWindow, Needs, Request, SessionId, Spent, Timestamp, Unit, Verdict,
};
use serde::Serialize;

use crate::chat::Chat;
use crate::journey::Journey;
use crate::{Call, Engine, Exhaustion, Failure, Snapshot};

/// What would happen to a request, without anything being sent.
#[derive(Clone, Debug, Serialize)]
pub struct DryRun {
    /// The name the request asked for, resolved.
    pub model: String,
    /// Index into `candidates` of the lane that would serve.
    pub chosen: Option<usize>,
    /// Milliseconds since the Unix epoch: when a lane can serve, if none can now.
    pub served_again_at: Option<Timestamp>,
    /// Every lane and its verdict, in the order in which they are looked at.
    pub candidates: Vec<Candidate>,
}

/// More lanes than this are not written out for every request.
const MAX_EXPLAINED: usize = 64;

impl Engine {
    /// Who would serve `call` now, and why. Nothing is sent or booked.
    ///
    /// # Errors
    /// [`Failure::UnknownModel`].
    pub fn dry_run(self: &Arc<Self>, call: &Call) -> Result<DryRun, Failure> {
        let chat = Chat::new(self, call)?;
        let now = self.clock.now();
        let mut rotation = self.rotation.lock();
        let selection = rotation.state.select(&chat.roster, &chat.request, now);
        let candidates = rotation.explain(&chat.snapshot.fleet, &chat.chain, &chat.request, now);
        let served_again_at = candidates.iter().filter_map(|candidate| candidate.verdict.back_at()).min();
        Ok(DryRun {
            model: chat.chain.name,
            chosen: candidates.iter().position(|candidate| Some(candidate.index) == selection.chosen),
            served_again_at: served_again_at.filter(|_| selection.chosen.is_none()),
            candidates,
        })
    }
}

impl Chat<'_> {
    /// What selection says of every lane now.
    pub(crate) fn explain(&self) -> Vec<Candidate> {
        let now = self.engine.clock.now();
        let mut rotation = self.engine.rotation.lock();
        let mut candidates = rotation.explain(&self.snapshot.fleet, &self.chain, &self.request, now);
        candidates.truncate(MAX_EXPLAINED);
        candidates
    }
}

/// What a request needs of a lane.
pub(crate) fn request(call: &Call, snapshot: &Snapshot) -> Request {
    let chat = &call.request;
    let keep = snapshot.session_affinity;
    let mut hasher = DefaultHasher::new();
    match &call.session {
        Some(session) => session.hash(&mut hasher),
        None => chat.opening().hash(&mut hasher),
    }
    let traits = chat.traits();
    let tokens = chat.estimated_tokens();
    Request {
        tokens,
        needs: Needs {
            context_tokens: tokens,
            tools: traits.tools,
            vision: traits.images,
            audio: traits.audio,
            json_schema: traits.json_schema,
        },
        free_only: snapshot.free_only,
        session: (!keep.is_zero()).then(|| (SessionId(hasher.finish()), keep)),
        ..Request::default()
    }
}

/// Why it was this lane, in one line: what was passed over, and what failed on the way.
pub(crate) fn line(journey: &Journey) -> String {
    const MAX_PASSED_OVER: usize = 3;
    let now = journey.started_at();
    let passed = journey.why().iter().filter_map(|candidate| reason(candidate, now)).take(MAX_PASSED_OVER);
    let parts: Vec<_> = passed.chain(journey.reasons()).collect();
    parts.join("; ")
}

/// One line per call that failed and per lane that can't serve.
pub(crate) fn reasons(journey: &Journey, candidates: &[Candidate], now: Timestamp) -> Vec<String> {
    let lines = candidates.iter().filter_map(|candidate| reason(candidate, now));
    let mut reasons: Vec<_> = journey.reasons().into_iter().chain(lines).collect();
    if reasons.is_empty() {
        reasons.push("it has no key".to_owned());
    }
    reasons
}

/// What kept every lane from serving, as a whole.
pub(crate) fn exhausted(
    model: &str,
    candidates: &[Candidate],
    reasons: Vec<String>,
    now: Timestamp,
) -> Failure {
    let verdicts = || {
        candidates.iter().map(|candidate| &candidate.verdict).filter(|verdict| **verdict != Verdict::Disabled)
    };
    let all = |is: fn(&Verdict) -> bool| verdicts().next().is_some() && verdicts().all(is);
    let retry_at = candidates.iter().filter_map(|candidate| candidate.verdict.back_at()).min();
    let cause = if all(|verdict| matches!(verdict, Verdict::Held(hold) if hold.cause == HoldCause::Model)) {
        Exhaustion::ModelGone
    } else if all(|verdict| matches!(verdict, Verdict::Unsuitable(_) | Verdict::TooLarge { .. })) {
        Exhaustion::NothingFits
    } else if retry_at.is_some() || verdicts().any(|verdict| matches!(verdict, Verdict::Busy { .. })) {
        Exhaustion::Resting
    } else if verdicts().any(|verdict| *verdict == Verdict::AlreadyTried) {
        Exhaustion::UpstreamsFailed
    } else {
        Exhaustion::NeedsPerson
    };
    let retry_after = retry_at.map(|retry_at| retry_at.since(now));
    Failure::Exhausted { model: model.to_owned(), cause, retry_after, reasons }
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
        Verdict::Spent(spent) => {
            format!("has spent its {}, more in {} s", budget(spent), seconds(spent.until))
        }
        Verdict::Busy { max, .. } => format!("is busy with {max} requests"),
        Verdict::TooLarge { limit_tokens } => format!("takes no more than {limit_tokens} tokens at once"),
        Verdict::Unsuitable(lack) => format!("is unsuitable ({lack:?})"),
    };
    Some(format!("{} '{}' {why}", candidate.lane.provider, candidate.label))
}

/// A budget in words: `30 requests per minute`.
fn budget(spent: &Spent) -> String {
    let unit = match spent.unit {
        Unit::Requests => "requests",
        Unit::Tokens => "tokens",
    };
    let per = match spent.window {
        LimitWindow::Second => " per second",
        LimitWindow::Minute => " per minute",
        LimitWindow::Hour => " per hour",
        LimitWindow::Day => " per day",
        LimitWindow::Month => " per month",
        LimitWindow::Unknown => "",
    };
    format!("{} {unit}{per}", spent.limit)
}
