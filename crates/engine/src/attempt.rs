//! One upstream call, up to the point where it is known whether the answer may be committed.

use std::borrow::Cow;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use keywheel_dialects::openai_chat::{Progress, ReplyShape, StreamEvent, reply_shape, watch_event};
use keywheel_dialects::sse::Splitter;
use keywheel_dialects::{limits, reply};
use keywheel_rotation::{Lane, Outcome, ProviderId, Signal, Timestamp, TransportFault, classify};
use keywheel_secrets::{Redactor, Secret};
use tokio::time::{Instant, timeout_at};

use crate::flight::Landing;
use crate::{Call, Engine, Snapshot, upstream};

/// What is said of an answer without content.
const EMPTY: &str = "sent an empty answer";

/// Bytes from the upstream.
pub(crate) type UpstreamBytes = BoxStream<'static, Result<Bytes, reqwest::Error>>;

/// Largest whole reply that is taken in.
const MAX_REPLY_BYTES: usize = 64 << 20;
/// Largest error body that is read; it is small or it is no error body.
const MAX_ERROR_BYTES: usize = 256 << 10;
/// Largest run of bytes without a meaningful event.
const MAX_PREAMBLE_BYTES: usize = 1 << 20;

/// What a call brought.
pub(crate) enum Arrival {
    /// A whole reply, good or bad; the landing says which.
    Whole(WholeReply, Landing),
    /// A stream whose answer has begun.
    Stream(OpenStream),
    /// Nothing that could be passed on.
    Broken(Landing),
}

/// A reply that is complete.
pub(crate) struct WholeReply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A stream at its commit point.
pub(crate) struct OpenStream {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Everything up to and including the first meaningful event, byte for byte.
    pub(crate) head: Bytes,
    pub(crate) splitter: Splitter,
    pub(crate) progress: Progress,
    pub(crate) rest: UpstreamBytes,
}

impl Arrival {
    /// An error that quotes the key is passed on without it.
    fn without(self, secret: Option<&Secret>) -> Self {
        match (self, secret) {
            (Self::Whole(mut reply, landing), Some(secret)) if !reply.status.is_success() => {
                let redactor = Redactor::new();
                redactor.add(secret);
                if let Cow::Owned(redacted) = redactor.redact(&reply.body) {
                    reply.body = redacted.into();
                }
                Self::Whole(reply, landing)
            }
            (arrival, _) => arrival,
        }
    }
}

impl Engine {
    /// Calls the upstream of `lane` and waits until the answer is whole or has begun.
    pub(crate) async fn attempt(
        &self,
        snapshot: &Snapshot,
        lane: &Lane,
        call: &Call,
        deadline: Instant,
    ) -> Arrival {
        let Some(upstream) = snapshot.upstreams.get(&lane.provider) else {
            return Arrival::Broken(broken(TransportFault::Connect, "the provider has no address"));
        };
        // A whole reply comes when it is done, however long that takes; a stream has to begin.
        let patience = call.request.stream().then(|| Instant::now() + snapshot.timeouts.first_event);
        let deadline = patience.map_or(deadline, |patience| patience.min(deadline));
        let secret = snapshot.secrets.get(&lane.key);
        let sent = self.client.chat(upstream, secret, call.request.body_for(lane.model.as_str()));
        let response = match timeout_at(deadline, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error))
                if error.is_connect() && !upstream::is_local(&upstream.base_url) && is_offline() =>
            {
                return Arrival::Broken(Landing::new(Outcome::OfflineHere, "this machine is offline"));
            }
            Ok(Err(error)) => return Arrival::Broken(from_transport(&error)),
            Err(_) => return Arrival::Broken(broken(TransportFault::Timeout, "did not answer in time")),
        };
        let arrived = self.receive(response, &lane.provider, call.request.stream());
        match timeout_at(deadline, arrived).await {
            Ok(Ok(arrival)) => arrival.without(secret),
            Ok(Err(landing)) => Arrival::Broken(landing),
            Err(_) => Arrival::Broken(broken(TransportFault::Timeout, "began no answer in time")),
        }
    }

    async fn receive(
        &self,
        response: reqwest::Response,
        provider: &ProviderId,
        wants_stream: bool,
    ) -> Result<Arrival, Landing> {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes_stream().boxed();
        if status.is_success() && wants_stream && is_event_stream(&headers) {
            return self.receive_stream(provider, status, headers, bytes).await;
        }
        let limit = if status.is_success() { MAX_REPLY_BYTES } else { MAX_ERROR_BYTES };
        let body = collect(bytes, limit).await?;
        let landing = self.judge(provider, status, &headers, &body);
        Ok(Arrival::Whole(WholeReply { status, headers, body }, landing))
    }

    async fn receive_stream(
        &self,
        provider: &ProviderId,
        status: StatusCode,
        headers: HeaderMap,
        mut rest: UpstreamBytes,
    ) -> Result<Arrival, Landing> {
        let mut splitter = Splitter::default();
        let mut head = BytesMut::new();
        let mut seen = Progress::default();
        while let Some(bytes) = rest.next().await {
            splitter.push(&bytes.map_err(|error| from_transport(&error))?);
            while let Some(event) = splitter.next_event() {
                head.extend_from_slice(event.raw());
                match event.data().map(|data| watch_event(&data)) {
                    Some(StreamEvent::Chunk(progress)) => {
                        seen.finished |= progress.finished;
                        seen.usage = progress.usage.or(seen.usage);
                        if progress.begins {
                            let (head, progress) = (head.freeze(), seen);
                            return Ok(Arrival::Stream(OpenStream {
                                status,
                                headers,
                                head,
                                splitter,
                                progress,
                                rest,
                            }));
                        }
                    }
                    Some(StreamEvent::Error(body)) => {
                        return Err(self.judge(provider, status, &headers, &body));
                    }
                    Some(StreamEvent::Done) => {
                        let landing = Landing::empty(status);
                        return Ok(Arrival::Whole(
                            WholeReply { status, headers, body: head.freeze() },
                            landing,
                        ));
                    }
                    None => {}
                }
            }
            if head.len() + splitter.pending().len() > MAX_PREAMBLE_BYTES {
                return Err(broken(TransportFault::Incomplete, "sent a megabyte without an answer"));
            }
        }
        Err(broken(TransportFault::Incomplete, "ended before its answer began"))
    }

    /// Judges a complete reply or the error that stands in for one.
    pub(crate) fn judge(
        &self,
        provider: &ProviderId,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Landing {
        let now = self.clock.now();
        let is_error = !status.is_success() || reply::is_error_body(body);
        let signal = if is_error {
            reply::signal(Some(provider), status, headers, body, now)
        } else {
            Signal { status: Some(status.as_u16()), transport: fault_of(headers, body), ..Signal::default() }
        };
        Landing {
            outcome: classify(&signal, now),
            reason: match signal.transport {
                Some(TransportFault::Empty) => EMPTY.to_owned(),
                Some(_) => "sent an answer that is cut off or no JSON".to_owned(),
                None => describe(status, headers, &signal),
            },
            http_status: Some(status.as_u16()),
            readings: limits::budget_readings(Some(provider), headers, now),
            first_token: None,
            used_tokens: None,
            owner: signal.owner,
        }
    }
}

/// What is wrong with a success. A body of another type than JSON is the client's to judge.
fn fault_of(headers: &HeaderMap, body: &[u8]) -> Option<TransportFault> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match reply_shape(body) {
        ReplyShape::Empty => Some(TransportFault::Empty),
        ReplyShape::Invalid if body.is_empty() || content_type.contains("json") => {
            Some(TransportFault::Incomplete)
        }
        ReplyShape::Invalid | ReplyShape::Answer => None,
    }
}

/// Status, code and the stated wait: short, and nothing that echoes a prompt.
fn describe(status: StatusCode, headers: &HeaderMap, signal: &Signal) -> String {
    const MAX_CODE_CHARACTERS: usize = 60;
    let mut text = status.as_u16().to_string();
    let code = if signal.code.is_empty() { &signal.kind } else { &signal.code };
    if !code.is_empty() && signal.code != text {
        text.push(' ');
        text.extend(code.chars().filter(|character| !character.is_control()).take(MAX_CODE_CHARACTERS));
    }
    if let Some(wait) = headers.get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()) {
        text.push_str(" · retry-after: ");
        text.extend(wait.chars().take(MAX_CODE_CHARACTERS));
    }
    text
}

/// Whether this machine has no way out at all. Binding a UDP socket to an address sends nothing; without a route to
/// anywhere the system refuses it at once.
fn is_offline() -> bool {
    use std::net::UdpSocket;
    // Addresses that are reserved for documentation: nobody is there, and a default route covers them.
    let has_route =
        |own: &str, other: &str| UdpSocket::bind(own).is_ok_and(|socket| socket.connect(other).is_ok());
    !has_route("0.0.0.0:0", "192.0.2.1:9") && !has_route("[::]:0", "[2001:db8::1]:9")
}

async fn collect(mut bytes: UpstreamBytes, limit: usize) -> Result<Bytes, Landing> {
    let Some(first) = bytes.next().await.transpose().map_err(|error| from_transport(&error))? else {
        return Ok(Bytes::new());
    };
    let mut whole = BytesMut::from(first);
    while let Some(more) = bytes.next().await {
        whole.extend_from_slice(&more.map_err(|error| from_transport(&error))?);
        if whole.len() > limit {
            return Err(broken(TransportFault::Incomplete, "sent more than can be taken in"));
        }
    }
    Ok(whole.freeze())
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.trim_start().starts_with("text/event-stream"))
}

/// The error's own text is left out: it may hold the address with what a person put into it.
pub(crate) fn from_transport(error: &reqwest::Error) -> Landing {
    if error.is_timeout() {
        broken(TransportFault::Timeout, "did not answer in time")
    } else if error.is_connect() {
        broken(TransportFault::Connect, "can't be reached")
    } else {
        broken(TransportFault::Reset, "broke the connection")
    }
}

impl Landing {
    /// A stream that is complete and says nothing.
    fn empty(status: StatusCode) -> Self {
        let http_status = Some(status.as_u16());
        Self { http_status, ..broken(TransportFault::Empty, EMPTY) }
    }
}

pub(crate) fn broken(fault: TransportFault, reason: &str) -> Landing {
    let signal = Signal { transport: Some(fault), ..Signal::default() };
    Landing::new(classify(&signal, Timestamp::default()), reason)
}

/// How long to wait before the same lane is asked once more: 150 to 350 ms.
pub(crate) fn backoff(jitter: f64) -> Duration {
    Duration::from_millis(150) + Duration::from_millis(200).mul_f64(jitter.clamp(0.0, 1.0))
}
