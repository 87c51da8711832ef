//! Plays a [`Reply`] to a client: the only place that waits, stalls or resets.

use std::collections::VecDeque;
use std::future::{pending, ready};
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use tokio::time::{Instant, sleep};

use crate::connection::ResetSwitch;
use crate::errors::ErrorText;
use crate::progress::Progress;
use crate::provider::SimulatedProvider;
use crate::reply::{Opening, Reply, Step};

/// The largest request body taken in, in bytes: more than any client sends.
const MAX_BODY_BYTES: usize = 64 << 20;

/// Pause before a reset inside a body: the connection flushes, and the client reads what was sent,
/// because some systems throw unread bytes away when a reset arrives.
const RESET_DELAY: Duration = Duration::from_millis(20);

const JSON: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

impl SimulatedProvider {
    /// The provider's routes (`/v1/chat/completions`, `/v1/models`), for use in process.
    ///
    /// Without a socket, a fault that resets the connection becomes a body that fails.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/chat/completions", post(chat_completions))
            .route("/v1/models", get(models))
            .fallback(unknown_url)
            .with_state(self.clone())
    }
}

async fn chat_completions(
    State(provider): State<SimulatedProvider>,
    request: Request,
) -> Result<Response, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let reset = parts.extensions.get::<ResetSwitch>().cloned().unwrap_or_default();
    let (progress, reply) = provider.take(&parts.headers, &body, Instant::now());
    Ok(perform(progress, reply, reset).await)
}

async fn models(State(provider): State<SimulatedProvider>, headers: HeaderMap) -> impl IntoResponse {
    let (status, body) = provider.models(&headers);
    (status, JSON, body)
}

async fn unknown_url(uri: Uri) -> impl IntoResponse {
    let message = format!("Unknown request URL: {}.", uri.path());
    let text = ErrorText { message: &message, kind: "invalid_request_error", code: "unknown_url" };
    (StatusCode::NOT_FOUND, JSON, text.body())
}

async fn perform(mut progress: Progress, reply: Reply, reset: ResetSwitch) -> Response {
    match reply.opening {
        Opening::After(wait) if wait.is_zero() => {}
        Opening::After(wait) => sleep(wait).await,
        Opening::Stall => pending().await,
        Opening::Reset => {
            progress.break_off();
            reset.throw();
            return Response::new(Body::from_stream(stream::once(ready(reset_error()))));
        }
    }
    let mut response = Response::new(Body::from_stream(body(progress, reply.body, reset)));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

fn body(progress: Progress, steps: Vec<Step>, reset: ResetSwitch) -> impl Stream<Item = io::Result<Bytes>> {
    let start = (progress, VecDeque::from(steps));
    stream::unfold(start, move |(mut progress, mut steps)| {
        let reset = reset.clone();
        async move {
            let piece = next_piece(&mut progress, &mut steps, &reset).await?;
            Some((piece, (progress, steps)))
        }
    })
}

/// Plays steps up to the next piece of the body; `None` is its end.
async fn next_piece(
    progress: &mut Progress,
    steps: &mut VecDeque<Step>,
    reset: &ResetSwitch,
) -> Option<io::Result<Bytes>> {
    while let Some(step) = steps.pop_front() {
        match step {
            Step::Wait(interval) => sleep(interval).await,
            Step::Stall => pending().await,
            Step::Send(bytes) => {
                progress.send(&bytes);
                if steps.is_empty() {
                    progress.complete();
                }
                return Some(Ok(bytes));
            }
            Step::Reset => {
                sleep(RESET_DELAY).await;
                progress.break_off();
                reset.throw();
                return Some(reset_error());
            }
        }
    }
    progress.complete();
    None
}

fn reset_error() -> io::Result<Bytes> {
    Err(io::Error::from(io::ErrorKind::ConnectionReset))
}
