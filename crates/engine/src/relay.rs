//! A committed stream on its way to the client, byte for byte.
//!
//! Bytes are passed on as they came, in the pieces they came in; the relay only reads along to learn usage and
//! whether the stream ended as it should. A stream that breaks ends with the dialect's error event and never with
//! an end marker that the upstream did not send. Dropping the relay closes the upstream connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use keywheel_dialects::limits;
use keywheel_dialects::openai_chat::{StreamEvent, stream_error, watch_event};
use keywheel_dialects::sse::Splitter;
use keywheel_rotation::{Outcome, TransportFault};
use keywheel_store::FinalStatus;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::Engine;
use crate::attempt::{OpenStream, UpstreamBytes, broken, from_transport};
use crate::flight::Landing;
use crate::journey::Journey;

/// The rest of a stream.
pub struct Relay {
    journey: Journey,
    engine: Arc<Engine>,
    headers: HeaderMap,
    head: Option<Bytes>,
    upstream: UpstreamBytes,
    splitter: Splitter,
    first_token: Duration,
    /// An end marker or a finish reason was seen.
    complete: bool,
    /// The upstream reported an error inside the stream.
    failed: Option<Landing>,
    over: bool,
    idle: Duration,
    idle_until: Pin<Box<Sleep>>,
}

impl Relay {
    pub(crate) fn new(journey: Journey, stream: OpenStream, engine: Arc<Engine>, idle: Duration) -> Self {
        // What arrived together with the first event is still in the splitter: it goes out with the head.
        let head = [stream.head.as_ref(), stream.splitter.pending()].concat();
        let mut relay = Self {
            first_token: journey.flight_time(),
            journey,
            engine,
            headers: stream.headers,
            head: Some(head.into()),
            upstream: stream.rest,
            splitter: stream.splitter,
            complete: stream.progress.finished,
            failed: None,
            over: false,
            idle,
            idle_until: Box::pin(sleep_until(Instant::now() + idle)),
        };
        if let Some(usage) = stream.progress.usage {
            relay.journey.used(usage);
        }
        relay.read_along();
        relay
    }

    fn read_along(&mut self) {
        while let Some(event) = self.splitter.next_event() {
            let Some(data) = event.data() else { continue };
            match watch_event(&data) {
                StreamEvent::Chunk(progress) => {
                    self.complete |= progress.finished;
                    if let Some(usage) = progress.usage {
                        self.journey.used(usage);
                    }
                }
                StreamEvent::Done => self.complete = true,
                StreamEvent::Error(body) => {
                    if let Some(provider) = self.journey.provider() {
                        let landing = self.engine.judge(provider, http::StatusCode::OK, &self.headers, &body);
                        self.failed = Some(landing);
                    }
                }
            }
        }
    }

    /// The upstream ended the stream.
    fn upstream_ended(&mut self) -> Option<Bytes> {
        if let Some(event) = self.splitter.finish()
            && event.data().is_some_and(|data| watch_event(&data) == StreamEvent::Done)
        {
            self.complete = true;
        }
        match self.failed.take() {
            Some(landing) => {
                self.close(landing, FinalStatus::Failed);
                None
            }
            None if self.complete => {
                let mut landing = Landing::new(Outcome::Served, "200");
                landing.http_status = Some(200);
                self.close(landing, FinalStatus::Ok);
                None
            }
            None => Some(self.break_off(broken(TransportFault::Incomplete, "ended the stream too early"))),
        }
    }

    /// Ends a stream that can't be continued, with the dialect's error event.
    fn break_off(&mut self, landing: Landing) -> Bytes {
        let provider = self.journey.provider().map(ToString::to_string).unwrap_or_default();
        let message = format!("The provider {provider} {}.", landing.reason);
        self.close(landing, FinalStatus::Failed);
        let error = stream_error(&message, "upstream_failed");
        // Half an event may be out already: an empty line ends it, so that the error is read as its own event.
        if self.splitter.pending().is_empty() { error } else { [b"\n\n", error.as_ref()].concat().into() }
    }

    fn close(&mut self, mut landing: Landing, status: FinalStatus) {
        self.over = true;
        landing.first_token = Some(self.first_token);
        landing.readings =
            limits::budget_readings(self.journey.provider(), &self.headers, self.engine.clock().now());
        self.journey.land(landing);
        let failed = status == FinalStatus::Failed;
        self.journey.end(status, Some(200), failed.then_some("stream_broken"));
    }
}

impl Stream for Relay {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let relay = &mut *self;
        if let Some(head) = relay.head.take() {
            return Poll::Ready(Some(head));
        }
        if relay.over {
            return Poll::Ready(None);
        }
        match relay.upstream.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                relay.idle_until.as_mut().reset(Instant::now() + relay.idle);
                relay.splitter.push(&bytes);
                relay.read_along();
                Poll::Ready(Some(bytes))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(relay.break_off(from_transport(&error)))),
            Poll::Ready(None) => Poll::Ready(relay.upstream_ended()),
            Poll::Pending => match relay.idle_until.as_mut().poll(context) {
                Poll::Ready(()) => {
                    let landing = broken(TransportFault::Timeout, "fell silent in the middle of its answer");
                    Poll::Ready(Some(relay.break_off(landing)))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Relay").field("journey", &self.journey).finish_non_exhaustive()
    }
}
