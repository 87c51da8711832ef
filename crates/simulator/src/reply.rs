//! A reply as plain data: what to send, when to wait, where to break. Nothing here waits or sends.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::answer::Answer;
use crate::errors::{ErrorText, body_for};
use crate::faults::Fault;
use crate::request::ChatRequest;
use crate::script::Script;
use crate::wire;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream; charset=utf-8");

/// What happens before the response head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opening {
    After(Duration),
    Reset,
    Stall,
}

/// One thing that happens in the body, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Wait(Duration),
    Send(Bytes),
    Stall,
    Reset,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) opening: Opening,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<Step>,
}

impl Reply {
    /// A whole JSON body at once.
    pub(crate) fn json(status: StatusCode, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, JSON);
        headers.insert(header::CONTENT_LENGTH, body.len().into());
        Self { opening: Opening::After(Duration::ZERO), status, headers, body: vec![Step::Send(body)] }
    }

    /// The reply to an admitted request, with the fault it meets.
    pub(crate) fn to_chat(
        script: &Script,
        request: &ChatRequest,
        answer: &Answer,
        fault: Option<&Fault>,
    ) -> Self {
        let mut reply = match fault {
            Some(Fault::Status { status, body, headers }) => {
                Self::with_status(*status, body.as_deref(), headers)
            }
            Some(Fault::ErrorInOk { code }) => Self::error_in_ok(code),
            Some(Fault::ErrorFrame { code, .. }) if !request.wants_stream() => Self::error_in_ok(code),
            Some(Fault::EmptyAnswer) => Self::answer(script, request, &answer.emptied(), None),
            _ => Self::answer(script, request, answer, fault),
        };
        reply.opening = opening(script, fault);
        reply
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.headers.get(header::CONTENT_TYPE) == Some(&EVENT_STREAM)
    }

    fn with_status(status: StatusCode, body: Option<&str>, headers: &HeaderMap) -> Self {
        let body = body.map_or_else(|| body_for(status), |body| Bytes::from(body.to_owned()));
        let mut reply = Self::json(status, body);
        reply.headers.extend(headers.clone());
        reply
    }

    fn error_in_ok(code: &str) -> Self {
        Self::json(StatusCode::OK, simulated_error(code).body())
    }

    fn answer(script: &Script, request: &ChatRequest, answer: &Answer, fault: Option<&Fault>) -> Self {
        let mut headers = HeaderMap::new();
        let pieces = if request.wants_stream() {
            headers.insert(header::CONTENT_TYPE, EVENT_STREAM);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            wire::stream_events(answer, request.wants_usage_event())
        } else {
            let body = wire::plain_body(answer);
            headers.insert(header::CONTENT_TYPE, JSON);
            if !matches!(fault, Some(Fault::Truncated { .. })) {
                headers.insert(header::CONTENT_LENGTH, body.len().into());
            }
            let half = body.len() / 2;
            vec![body.slice(..half), body.slice(half..)]
        };
        Self {
            opening: Opening::After(Duration::ZERO),
            status: StatusCode::OK,
            headers,
            body: steps(script, request, pieces, fault),
        }
    }
}

fn opening(script: &Script, fault: Option<&Fault>) -> Opening {
    let latency = Duration::from_millis(script.latency_ms);
    match fault {
        Some(Fault::ResetBeforeHeaders) => Opening::Reset,
        Some(Fault::StallBeforeHeaders) => Opening::Stall,
        Some(Fault::SlowHeaders { delay_ms }) => Opening::After(latency + Duration::from_millis(*delay_ms)),
        _ => Opening::After(latency),
    }
}

fn simulated_error(code: &str) -> ErrorText<'_> {
    ErrorText { message: "Simulated failure inside a successful reply.", kind: "server_error", code }
}

/// Cuts the pieces where the fault says, paces them, and adds how it ends.
fn steps(script: &Script, request: &ChatRequest, mut pieces: Vec<Bytes>, fault: Option<&Fault>) -> Vec<Step> {
    let ending = match fault {
        Some(Fault::ResetMidStream { after_events }) => {
            pieces.truncate(*after_events);
            Some(Step::Reset)
        }
        Some(Fault::StallMidStream { after_events }) => {
            pieces.truncate(*after_events);
            Some(Step::Stall)
        }
        Some(Fault::Truncated { after_events }) => {
            pieces.truncate((*after_events).min(pieces.len().saturating_sub(1)));
            None
        }
        Some(Fault::ErrorFrame { after_events, code }) => {
            pieces.truncate((*after_events).min(pieces.len().saturating_sub(1)));
            pieces.push(wire::error_event(simulated_error(code)));
            None
        }
        _ => None,
    };
    let interval =
        if request.wants_stream() { Duration::from_millis(script.chunk_interval_ms) } else { Duration::ZERO };
    let mut steps = paced(recut(pieces, script.chunk_bytes), interval);
    steps.extend(ending);
    steps
}

/// Cuts the same bytes into pieces of `chunk_bytes`.
fn recut(pieces: Vec<Bytes>, chunk_bytes: Option<usize>) -> Vec<Bytes> {
    let Some(size) = chunk_bytes else {
        return pieces;
    };
    pieces.concat().chunks(size.max(1)).map(Bytes::copy_from_slice).collect()
}

fn paced(pieces: Vec<Bytes>, interval: Duration) -> Vec<Step> {
    let mut steps = Vec::with_capacity(pieces.len() * 2);
    for piece in pieces {
        if !steps.is_empty() && !interval.is_zero() {
            steps.push(Step::Wait(interval));
        }
        steps.push(Step::Send(piece));
    }
    steps
}

#[cfg(test)]
mod tests;
