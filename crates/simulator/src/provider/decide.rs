//! What a provider makes of one chat request.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::StatusCode;
use tokio::time::Instant;

use super::{Key, SimulatedProvider};
use crate::answer::Answer;
use crate::errors::{ErrorText, body_for};
use crate::limit_headers;
use crate::limits::{Admission, Standing};
use crate::progress::Outcome;
use crate::reply::Reply;
use crate::request::ChatRequest;

/// `error.code` of every refusal for a limit.
const LIMIT_CODE: &str = "rate_limit_exceeded";

impl SimulatedProvider {
    /// Decides on a request with an accepted key.
    pub(super) fn decide(&self, secret: &str, key: &Key, body: &Bytes, now: Instant) -> (Outcome, Reply) {
        if let Some(status) = key.status {
            return (Outcome::Rejected, Reply::json(status, body_for(status)));
        }
        let (outcome, mut reply) = match self.understand(body) {
            Ok(request) => self.admit(secret, key, &request, now),
            Err((status, body)) => (Outcome::Rejected, Reply::json(status, body)),
        };
        if self.shared.script.sends_rate_limit_headers {
            let standings = key.limits.lock().standings(now);
            limit_headers::add_standings(&mut reply.headers, &standings);
        }
        (outcome, reply)
    }

    fn admit(&self, secret: &str, key: &Key, request: &ChatRequest, now: Instant) -> (Outcome, Reply) {
        let script = &self.shared.script;
        let number = self.shared.answers.fetch_add(1, Ordering::Relaxed);
        let answer = Answer::compose(script, request, number);
        let admission = key.limits.lock().admit(now, answer.total_tokens());
        if let Some(refusal) = self.refuse(&admission) {
            return (Outcome::Limited, refusal);
        }
        let fault = self.shared.faults.lock().take(secret);
        let outcome = if fault.is_some() { Outcome::Faulted } else { Outcome::Served };
        let reply = Reply::to_chat(script, request, &answer, fault.as_ref());
        (outcome, reply)
    }

    fn understand(&self, body: &Bytes) -> Result<ChatRequest, (StatusCode, Bytes)> {
        let kind = "invalid_request_error";
        let request: ChatRequest = serde_json::from_slice(body).map_err(|error| {
            let message = format!("The body is not a chat request: {error}");
            refusal(StatusCode::BAD_REQUEST, kind, "invalid_body", &message)
        })?;
        if self.shared.script.models.contains(&request.model) {
            return Ok(request);
        }
        let message = format!("The model `{}` does not exist.", request.model);
        Err(refusal(StatusCode::NOT_FOUND, kind, "model_not_found", &message))
    }

    fn refuse(&self, admission: &Admission) -> Option<Reply> {
        match admission {
            Admission::Admitted => None,
            Admission::TooLarge { limit, requested } => Some(too_large(*limit, *requested)),
            Admission::Spent(standing) if self.shared.script.sends_retry_after => {
                let mut reply = spent(standing, &limit_headers::refusal(standing));
                limit_headers::add_retry_after(&mut reply.headers, standing.resets_in);
                Some(reply)
            }
            Admission::Spent(standing) => Some(spent(standing, "Rate limit reached. Please slow down.")),
        }
    }
}

fn too_large(limit: u32, requested: u32) -> Reply {
    let message =
        format!("Request too large on tokens per minute (TPM): Limit {limit}, Requested {requested}.");
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    let (status, body) = refusal(status, "tokens", LIMIT_CODE, &message);
    Reply::json(status, body)
}

fn spent(standing: &Standing, message: &str) -> Reply {
    let kind = limit_headers::refusal_type(standing.meter);
    let status = StatusCode::TOO_MANY_REQUESTS;
    let (status, body) = refusal(status, kind, LIMIT_CODE, message);
    Reply::json(status, body)
}

/// The refusal of a key that is missing or not accepted.
pub(super) fn unknown_key() -> Reply {
    Reply::json(StatusCode::UNAUTHORIZED, body_for(StatusCode::UNAUTHORIZED))
}

fn refusal(status: StatusCode, kind: &str, code: &str, message: &str) -> (StatusCode, Bytes) {
    let text = ErrorText { message, kind, code };
    (status, text.body())
}
