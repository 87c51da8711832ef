//! Receiving a JSON body within limits.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ApiFailure;

/// The largest body.
pub(crate) const MAX_BODY_BYTES: usize = 64 << 20;
/// All bodies being received at once.
const MAX_BYTES_IN_FLIGHT: usize = 512 << 20;
/// A body that takes longer is not coming.
const BODY_TIMEOUT: Duration = Duration::from_mins(1);
/// Permits are kibibytes.
const PERMIT_BYTES: usize = 1 << 10;

/// How much may be received at once.
#[derive(Clone, Debug)]
pub(crate) struct BodyBudget(Arc<Semaphore>);

impl Default for BodyBudget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_BYTES_IN_FLIGHT / PERMIT_BYTES)))
    }
}

impl BodyBudget {
    /// Receives a body that must be declared as JSON.
    pub(crate) async fn receive_json(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, ApiFailure> {
        if !is_json(headers) {
            return Err(ApiFailure::NotJson);
        }
        let _reserved = self.reserve(headers)?;
        let collected = Limited::new(body, MAX_BODY_BYTES).collect();
        match tokio::time::timeout(BODY_TIMEOUT, collected).await {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
            Ok(Err(_)) | Err(_) => Err(ApiFailure::BodyLost),
        }
    }

    /// A body of unknown length reserves the most it could be.
    fn reserve(&self, headers: &HeaderMap) -> Result<OwnedSemaphorePermit, ApiFailure> {
        let declared =
            headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let bytes = declared.unwrap_or(MAX_BODY_BYTES);
        if bytes > MAX_BODY_BYTES {
            return Err(too_large());
        }
        let permits = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).map_err(|_| too_large())?;
        self.0.clone().try_acquire_many_owned(permits).map_err(|_| ApiFailure::Overloaded)
    }
}

const fn too_large() -> ApiFailure {
    ApiFailure::TooLarge { limit_bytes: MAX_BODY_BYTES }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
