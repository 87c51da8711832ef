//! The rows, as they are written and as they are read. Times are Unix milliseconds, durations milliseconds.

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub enum RequestStatus {
    /// On its way.
    Started,
    /// Answered.
    Ok,
    /// Answered with an error.
    Failed,
    /// The client left before the end.
    Cancelled,
    /// Keywheel ended before the request did.
    Interrupted,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub enum FinalStatus {
    /// Answered.
    Ok,
    /// Answered with an error.
    Failed,
    /// The client left before the end.
    Cancelled,
}

/// One key for one model, as it was named at the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneRow {
    /// The provider's id.
    pub provider: String,
    /// The model as the provider knows it.
    pub model: String,
    /// The key's id, never its secret.
    pub key_id: String,
    /// The name the user gave the key.
    pub key_label: String,
}

/// Written before anything is sent upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestStarted {
    /// A UUID of version 7; its order is the order in time.
    pub id: String,
    /// When it arrived.
    pub started_at_ms: u64,
    /// The wire format the client speaks, for example `openai_chat`.
    pub client_dialect: String,
    /// The model name as the client wrote it.
    pub requested_model: String,
    /// The virtual model that name stands for, if any.
    pub virtual_model: Option<String>,
    /// Whether a streamed answer was asked for.
    pub stream: bool,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

/// Written when the request is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFinished {
    /// The id given at the start.
    pub id: String,
    /// When it was over.
    pub finished_at_ms: u64,
    /// How it ended.
    pub status: FinalStatus,
    /// The status the client got; `None` if it left first.
    pub http_status: Option<u16>,
    /// The lane whose answer the client got.
    pub served_by: Option<LaneRow>,
    /// From the start to the first meaningful event.
    pub first_token_ms: Option<u64>,
    /// From the start to the end.
    pub duration_ms: u64,
    /// Tokens of the prompt, as the provider counted them.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// The part of the input that came from the provider's cache.
    pub cached_tokens: Option<u64>,
    /// The code of the error the client got.
    pub error_code: Option<String>,
    /// Every call made upstream, in order.
    pub attempts: Vec<AttemptRow>,
    /// What selection said of every lane at first, as JSON.
    pub why: Option<String>,
}

/// One call upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// 1 for the first of its request.
    pub number: u32,
    /// Where it was sent.
    pub lane: LaneRow,
    /// When it was sent.
    pub started_at_ms: u64,
    /// How long it took.
    pub duration_ms: u64,
    /// [`OK`](Self::OK), [`CANCELLED`](Self::CANCELLED), or the name of a failure.
    pub outcome: String,
    /// What the provider answered; `None` if it did not.
    pub http_status: Option<u16>,
    /// Until when the lane rests because of it.
    pub held_until_ms: Option<u64>,
    /// A short reason for a person, for example `429 · retry-after: 58`.
    pub detail: Option<String>,
}

impl AttemptRow {
    /// The outcome of an attempt that served the request.
    pub const OK: &str = "ok";
    /// The outcome of an attempt that ended because the client left; no fault of the lane.
    pub const CANCELLED: &str = "cancelled";
}

/// A request as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// What was known at its start.
    pub started: RequestStarted,
    /// How it stands.
    pub status: RequestStatus,
    /// When it was over.
    pub finished_at_ms: Option<u64>,
    /// The status the client got.
    pub http_status: Option<u16>,
    /// The lane whose answer the client got.
    pub served_by: Option<LaneRow>,
    /// How many calls upstream it took.
    pub attempt_count: u32,
    /// From the start to the first meaningful event.
    pub first_token_ms: Option<u64>,
    /// From the start to the end.
    pub duration_ms: Option<u64>,
    /// Tokens of the prompt.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// The part of the input that came from the provider's cache.
    pub cached_tokens: Option<u64>,
    /// The code of the error the client got.
    pub error_code: Option<String>,
}

/// A request with everything that was tried for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestDetail {
    /// The request.
    pub request: RequestRow,
    /// Its calls upstream, in order. Empty until it is finished.
    pub attempts: Vec<AttemptRow>,
    /// What selection said of every lane at first, as JSON.
    pub why: Option<String>,
}
